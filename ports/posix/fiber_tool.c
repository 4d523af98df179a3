/* SPDX-License-Identifier: Apache-2.0 */
/** What AddressSanitizer and ThreadSanitizer need to follow a switch of flows. */
#include "fiber_tool.h"

#if defined(GALE__FIBER_ASAN) || defined(GALE__FIBER_TSAN)

#include <pthread.h>

/* A flow ends by never being continued, which nobody tells the tool. So its record is kept by stack, and the next flow
   on that stack takes it over (ASan) or gives it back (TSan). Records of further stacks are lost to the tool. */
#define RECORDS_MAX 4096u

static struct {
    const void *stack;
    void *tool;
} records[RECORDS_MAX];

static pthread_mutex_t records_lock = PTHREAD_MUTEX_INITIALIZER;

/** Sets the record of `stack` and returns the one before; NULL if there was none or the table is full. */
static void *record_exchange(const void *stack, void *tool)
{
    uint32_t first = (uint32_t)(((uintptr_t)stack >> 4) * 2654435761u) % RECORDS_MAX;
    void *before = NULL;

    (void)pthread_mutex_lock(&records_lock);
    for (uint32_t i = 0; i < RECORDS_MAX; i++) {
        uint32_t at = (first + i) % RECORDS_MAX;
        if (records[at].stack == stack || records[at].stack == NULL) {
            before = records[at].tool;
            records[at].stack = stack;
            records[at].tool = tool;
            break;
        }
    }
    (void)pthread_mutex_unlock(&records_lock);
    return before;
}

#endif

#if defined(GALE__FIBER_ASAN)

#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

/** The stack that the system gave this thread; learned when its flow is left. */
static _Thread_local const void *system_stack;
static _Thread_local size_t system_stack_bytes;

static _Thread_local bool leaving_system;
static _Thread_local void *arriving_tool;

/* `tool` is the flow's store of locals that outlive their call. */
void gale__fiber_tool_prepare(struct gale_port_context *context)
{
    context->tool = record_exchange(context->stack, NULL);
    __asan_unpoison_memory_region(context->stack, context->stack_bytes);
}

void gale__fiber_tool_leave(struct gale_port_context *from, struct gale_port_context *to)
{
    bool to_system = to->stack == NULL;

    leaving_system = from->stack == NULL;
    arriving_tool = to->tool;
    __sanitizer_start_switch_fiber(&from->tool, to_system ? system_stack : to->stack,
                                   to_system ? system_stack_bytes : to->stack_bytes);
    if (!leaving_system) {
        (void)record_exchange(from->stack, from->tool);
    }
}

void gale__fiber_tool_arrive(void)
{
    const void *stack;
    size_t stack_bytes;

    __sanitizer_finish_switch_fiber(arriving_tool, &stack, &stack_bytes);
    if (leaving_system) {
        system_stack = stack;
        system_stack_bytes = stack_bytes;
    }
}

#elif defined(GALE__FIBER_TSAN)

#include <sanitizer/tsan_interface.h>

/* `tool` is the tool's own flow. */
void gale__fiber_tool_prepare(struct gale_port_context *context)
{
    context->tool = __tsan_create_fiber(0);
    void *before = record_exchange(context->stack, context->tool);
    if (before != NULL) {
        __tsan_destroy_fiber(before);
    }
}

#endif
