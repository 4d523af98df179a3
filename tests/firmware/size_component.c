/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the component runtime costs: two instances, four streams, eight tasks, and the built-ins of tasks, streams and
 * waitable sets, or with SIZE_EVERY_BUILTIN all there are. A thread of the kernel's calls `echo` of the first instance.
 * Its size is the figure; it also runs.
 */
#include "gale/component/canon.h"
#include "gale/kernel/executor.h"
#include "gale/kernel/sem.h"
#include "semihosting.h"

#define INSTANCES 2
#define STREAMS 4
#define TASKS 8

GALE_EXECUTOR_MEMORY_DEFINE(size, 2, 0, 0, 1);
GALE_STORE_MEMORY_DEFINE(runtime, INSTANCES, 24, 0, TASKS, 8, STREAMS, 4, 2, 2, 1, 1024, 2048);

typedef void (*builtin)(void);

/* What a component imports; the linker drops none of it. */
static const volatile builtin builtins[] = {
    (builtin)gale_canon_backpressure_inc,
    (builtin)gale_canon_backpressure_dec,
    (builtin)gale_canon_context_get,
    (builtin)gale_canon_context_set,
    (builtin)gale_canon_lower,
    (builtin)gale_canon_stream_new,
    (builtin)gale_canon_stream_read,
    (builtin)gale_canon_stream_write,
    (builtin)gale_canon_stream_cancel_read,
    (builtin)gale_canon_stream_cancel_write,
    (builtin)gale_canon_stream_drop_readable,
    (builtin)gale_canon_stream_drop_writable,
    (builtin)gale_canon_subtask_cancel,
    (builtin)gale_canon_subtask_drop,
    (builtin)gale_canon_task_return,
    (builtin)gale_canon_task_cancel,
    (builtin)gale_canon_waitable_join,
    (builtin)gale_canon_waitable_set_new,
    (builtin)gale_canon_waitable_set_drop,
    (builtin)gale_canon_waitable_set_poll,
    (builtin)gale_canon_waitable_set_wait,
#ifdef SIZE_EVERY_BUILTIN
    (builtin)gale_canon_error_context_new,
    (builtin)gale_canon_error_context_debug_message,
    (builtin)gale_canon_error_context_drop,
    (builtin)gale_canon_future_new,
    (builtin)gale_canon_future_read,
    (builtin)gale_canon_future_write,
    (builtin)gale_canon_future_cancel_read,
    (builtin)gale_canon_future_cancel_write,
    (builtin)gale_canon_future_drop_readable,
    (builtin)gale_canon_future_drop_writable,
    (builtin)gale_canon_resource_new,
    (builtin)gale_canon_resource_rep,
    (builtin)gale_canon_resource_drop,
    (builtin)gale_canon_thread_index,
    (builtin)gale_canon_thread_new_indirect,
    (builtin)gale_canon_thread_resume_later,
    (builtin)gale_canon_thread_suspend,
    (builtin)gale_canon_thread_suspend_then_promote,
    (builtin)gale_canon_thread_suspend_then_resume,
    (builtin)gale_canon_thread_yield,
    (builtin)gale_canon_thread_yield_then_promote,
    (builtin)gale_canon_thread_yield_then_resume,
#endif
};

static struct gale_executor x;
static struct gale_sem returned;
static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t stacks[2][512];
static struct gale_store store;
static struct gale_instance instances[INSTANCES];
static bool answered;

int main(void);

static void echo(void *guest, const union gale_flat *params, union gale_flat *results)
{
    (void)guest;
    results[0].i32 = params[0].i32;
}

static void host(void *arg)
{
    static const struct gale_func func = {&instances[0], NULL, 0, NULL, echo, NULL, NULL};
    static const struct gale_binding call = {&func, NULL, NULL, 0, 0, NULL, NULL};
    struct gale_host_task task = {NULL, NULL, NULL, 0, false, 0};
    const union gale_flat params[1] = {{42}};

    (void)arg;
    (void)gale_store_invoke(&store, &call, params, NULL, &task);
    (void)gale_store_run(&store, GALE_NO_WAIT);
    answered = task.resolved;
    gale_sem_give(&returned);
}

static void wait(void *arg)
{
    (void)arg;
    (void)gale_sem_take(&returned, GALE_FOREVER);
}

int main(void)
{
    static const struct gale_instance_budget budget = {12, 4, 4, 2, 4, 1, 0};
    struct gale_thread_spec spec = {host, NULL, stacks[0], sizeof stacks[0], 10, NULL};

    (void)gale_executor_init(&x, &size_memory);
    (void)gale_sem_init(&returned, &x, 0, 1);
    (void)gale_store_init(&store, &runtime_memory);
    for (uint32_t i = 0; i < INSTANCES; i++) {
        (void)gale_instance_init(&instances[i], &store, NULL, &budget, NULL);
    }
    (void)gale_executor_spawn(&x, &spec, NULL);
    spec.entry = wait;
    spec.stack = stacks[1];
    (void)gale_executor_spawn(&x, &spec, NULL);
    (void)gale_executor_run(&x);
    semihosting_text(answered && builtins[0] != NULL ? "1 passed, 0 failed\n" : "0 passed, 1 failed\n");
    semihosting_exit(answered ? 0 : 1);
}
