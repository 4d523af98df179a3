/* SPDX-License-Identifier: Apache-2.0 */
/** What all implementations of the context switch share. */
#include "fiber.h"

#include "gale/port_posix.h"

#include "fiber_tool.h"

void gale__fiber_begin(void (*entry)(void *arg), void *arg)
{
    gale__fiber_tool_arrive();
    entry(arg);
    gale_port_panic(__FILE__, __LINE__);
}

void gale__fiber_check_stack(const void *stack, size_t stack_bytes)
{
    GALE_ASSERT(stack != NULL && (uintptr_t)stack % GALE_POSIX_STACK_ALIGN == 0);
    GALE_ASSERT(stack_bytes >= GALE_POSIX_STACK_MIN && stack_bytes % GALE_POSIX_STACK_ALIGN == 0);
    (void)stack;
    (void)stack_bytes;
}
