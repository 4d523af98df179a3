/* SPDX-License-Identifier: Apache-2.0 */
/** Kernel flows: lays out a new stack as gale_port_context_switch() expects it. */
#include "port.h"

/** What gale_port_context_switch() pops, lowest address first. */
struct context_frame {
    void (*entry)(void *arg); /**< r4 */
    void *arg;                /**< r5 */
    void *r6_r11[6];
    void (*pc)(void);
};

/** First instructions of a new flow: calls entry(arg). */
void gale__cortex_m_begin(void);

void gale_port_context_init(struct gale_port_context *context, void *stack, size_t stack_bytes,
                            void (*entry)(void *arg), void *arg)
{
    struct context_frame *frame = (struct context_frame *)(void *)((uint8_t *)stack + stack_bytes) - 1;

    GALE_ASSERT(stack_bytes >= GALE_STACK_MIN && (uintptr_t)stack % 8u == 0 && stack_bytes % 8u == 0);
    frame->entry = entry;
    frame->arg = arg;
    frame->pc = gale__cortex_m_begin;
    context->sp = frame;
    context->stack = stack;
    context->stack_bytes = stack_bytes;
    context->tool = NULL;
}
