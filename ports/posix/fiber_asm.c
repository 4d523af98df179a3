/* SPDX-License-Identifier: Apache-2.0 */
/** The context switch by assembly of our own: lays out a new stack as fiber_<machine>.S expects it. */
#include "fiber.h"

#if GALE__FIBER_ASM

#include "fiber_tool.h"

/** Saves the callee-saved registers on the stack and their place in `*from`, takes over those at `to`. */
void gale__fiber_switch(void **from, void *to);

/** First return address of a new flow: calls gale__fiber_begin(entry, arg). */
void gale__fiber_start(void);

#if defined(__x86_64__)

/** What gale__fiber_switch() pops, lowest address first. */
struct fiber_frame {
    uint32_t mxcsr;
    uint32_t x87_control;
    void *r15_r14[2];
    void (*entry)(void *arg); /**< r13 */
    void *arg;                /**< r12 */
    void *rbx_rbp[2];
    void (*pc)(void);
    void *no_caller[2]; /**< Stays on the new stack, which so is where the ABI wants it at a call. */
};

/* Floating point begins as the ABI's default: no exception, round to nearest, extended precision. */
static const struct fiber_frame fiber_first_frame = {.mxcsr = 0x1f80u, .x87_control = 0x037fu};

#else

/** What gale__fiber_switch() loads, lowest address first. */
struct fiber_frame {
    uint64_t d8_to_d15[8];
    void (*entry)(void *arg); /**< x19 */
    void *arg;                /**< x20 */
    void *x21_to_x29[9];
    void (*pc)(void); /**< x30 */
    uint64_t fpcr;
    uint64_t unused;
};

/* Floating point begins as the ABI's default: round to nearest, no trap, no flush to zero. */
static const struct fiber_frame fiber_first_frame = {.fpcr = 0};

#endif

GALE_STATIC_ASSERT(sizeof(struct fiber_frame) % 16u == 0, the_frame_keeps_the_stack_aligned);

void gale_port_context_init(struct gale_port_context *context, void *stack, size_t stack_bytes,
                            void (*entry)(void *arg), void *arg)
{
    gale__fiber_check_stack(stack, stack_bytes);
    struct fiber_frame *frame = (struct fiber_frame *)(void *)((char *)stack + stack_bytes) - 1;

    context->stack = stack;
    context->stack_bytes = stack_bytes;
    gale__fiber_tool_prepare(context);
    *frame = fiber_first_frame;
    frame->entry = entry;
    frame->arg = arg;
    frame->pc = gale__fiber_start;
    context->sp = frame;
}

void gale_port_context_switch(struct gale_port_context *from, struct gale_port_context *to)
{
    gale__fiber_tool_leave(from, to);
    gale__fiber_switch(&from->sp, to->sp);
    gale__fiber_tool_arrive();
}

#endif
