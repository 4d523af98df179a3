/* SPDX-License-Identifier: Apache-2.0 */
/** The context switch by ucontext: any machine, at the price of a system call for the signal mask per switch. */
#include "fiber.h"

#if !GALE__FIBER_ASM

#include <ucontext.h>

#include "fiber_tool.h"

/** Lies at the top of a new flow's stack until it begins. */
struct fiber_first {
    ucontext_t registers;
    void (*entry)(void *arg);
    void *arg;
} GALE_ALIGNED(16);

/** makecontext() passes int arguments only, so the pointer comes in two halves. */
static void fiber_start(unsigned high, unsigned low)
{
    uintptr_t address = (uintptr_t)((uint64_t)high << 32 | low);
    const struct fiber_first *first = (const struct fiber_first *)address;

    gale__fiber_begin(first->entry, first->arg);
}

void gale_port_context_init(struct gale_port_context *context, void *stack, size_t stack_bytes,
                            void (*entry)(void *arg), void *arg)
{
    gale__fiber_check_stack(stack, stack_bytes);
    struct fiber_first *first = (struct fiber_first *)(void *)((char *)stack + stack_bytes) - 1;
    uint64_t address = (uintptr_t)first;

    context->stack = stack;
    context->stack_bytes = stack_bytes;
    gale__fiber_tool_prepare(context);
    (void)getcontext(&first->registers);
    first->registers.uc_link = NULL;
    first->registers.uc_stack.ss_sp = stack;
    first->registers.uc_stack.ss_size = stack_bytes - sizeof *first;
    first->entry = entry;
    first->arg = arg;
    makecontext(&first->registers, (void (*)(void))fiber_start, 2, (unsigned)(address >> 32), (unsigned)address);
    context->sp = &first->registers;
}

void gale_port_context_switch(struct gale_port_context *from, struct gale_port_context *to)
{
    ucontext_t here;

    from->sp = &here;
    gale__fiber_tool_leave(from, to);
    (void)swapcontext(&here, to->sp);
    gale__fiber_tool_arrive();
}

#endif
