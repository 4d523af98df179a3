/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The small store of component.h in named situations, for calls that are too large to be looked at from any state.
 *
 * A situation is built by the library's own functions: which threads, calls, sets and handles there are, and what lists
 * they stand in, is fixed, so that CBMC knows nearly all of it; what vary() and the harness leave open is open. That the
 * invariant holds is shown before the call and after it. Lists are the real ones.
 */
#ifndef GALE_PROOFS_CBMC_COMPONENT_CALL_H
#define GALE_PROOFS_CBMC_COMPONENT_CALL_H

#ifndef HANDLES
#define HANDLES 3
#endif
#define REAL_LISTS
#include "component.h"

/* Function flags of a lift: without async, async with a stack, async with a callback. */
#define SYNC_LIFT (GALE_FUNC_ASYNC_TYPE | GALE_FUNC_STACK)
#define STACK_LIFT (GALE_FUNC_ASYNC_TYPE | GALE_FUNC_ASYNC | GALE_FUNC_STACK)
#define CALLBACK_LIFT (GALE_FUNC_ASYNC_TYPE | GALE_FUNC_ASYNC | GALE_FUNC_CALLBACK)

/* One situation of a harness: it is built, the call is made, and the end of it has to be reachable. */
#define WHEN(n, situation, call) \
    case (n):                    \
        situation;               \
        call;                    \
        reached();               \
        break

/* The same where the call has to trap: nothing is behind it. */
#define TRAPS_WHEN(n, situation, call)                         \
    case (n):                                                  \
        situation;                                             \
        reached();                                             \
        call;                                                  \
        prove(false, "in this situation each argument traps"); \
        break

/* A call with an index: 0, each that can name something, and one that cannot. That any other 32-bit value is refused is
 * shown where an index is looked up: handle_table_cbmc.c, thread_cbmc.c. */
#define AT_INDEX(call)         \
    do {                       \
        switch (any_upto(4)) { \
        case 0:                \
            call(0);           \
            break;             \
        case 1:                \
            call(1);           \
            break;             \
        case 2:                \
            call(2);           \
            break;             \
        case 3:                \
            call(3);           \
            break;             \
        default:               \
            call(4);           \
        }                      \
    } while (false)

/** Without gale_store_init()'s look at the alignment of the stacks: CBMC's addresses are no numbers that it knows. */
static void fixed_store(void)
{
    const struct gale_instance_budget of_a = {HANDLES, 3, 2, 2, COPIES, SETS, LENDS};
    const struct gale_instance_budget of_b = {HANDLES, 1, 1, 1, 0, SETS, 0};

    store_begin(&store, &small_memory);
    prove(gale_instance_init(A, &store, NULL, &of_a, NULL) == 0 &&
              gale_instance_init(B, &store, NULL, &of_b, NULL) == 0,
          "a new store");
    gale_store_resource_types(&store, resource_table, TYPES);
    store.running = true;
    store.begun = true;
    store.flow = &store.run;
    for (unsigned n = 0; n < 2; n++) {
        types[n] = (struct gale_value_type){0};
        options[n] = (struct gale_value_options){0};
        options[n].memory = &memories[n];
        options[n].encoding = GALE_ENCODING_UTF8;
    }
    host_task.on_resolve = any_on_resolve;
    host_func = (struct gale_host_func){NULL, NULL, GALE_FUNC_ASYNC_TYPE, any_host_start, any_host_cancel};
}

static void fixed_func(unsigned n, struct gale_instance *i, unsigned flags)
{
    funcs[n] = (struct gale_func){i, &options[i->id], (uint8_t)flags, &types[0], any_core, any_callback, NULL};
    bindings[n] = (struct gale_binding){&funcs[n], NULL, NULL, 0, 0, any_params, any_results};
}

static void host_binding(unsigned n)
{
    bindings[n] = (struct gale_binding){NULL, &host_func, NULL, 0, 0, any_params, any_results};
}

/** Call `n` of `callee`'s function, made by `caller` (NULL: the host); its thread has not run yet. */
static gale_id call_made(unsigned n, struct gale_instance *caller, struct gale_instance *callee, unsigned flags)
{
    gale_id subtask, task;

    fixed_func(n, callee, flags);
    subtask = gale__subtask_new(&store, &bindings[n], caller, flats, flats);
    task = gale__task_new(&store, &funcs[n], subtask);
    prove(subtask == n && task == n, "call n is subtask n and task n");
    small_subtasks[n].task = task;
    small_subtasks[n].host = caller == NULL ? &host_task : NULL;
    small_tasks[n].implicit =
        gale__thread_new(&store, task, (flags & GALE_FUNC_STACK) != 0 ? GALE_GUEST_THREAD_STACK : 0);
    return small_tasks[n].implicit;
}

/** The same, and it has started. */
static gale_id call_started(unsigned n, struct gale_instance *caller, struct gale_instance *callee, unsigned flags)
{
    const gale_id thread = call_made(n, caller, callee, flags);

    prove(gale__task_admit(&store, thread), "the gate is open");
    gale__task_start(&store, (gale_id)n, flats);
    small_threads[thread].flags |= GALE_GUEST_THREAD_STARTED;
    params_ran = false;
    return thread;
}

/** A function of A runs, called by the host or by B: the thread SELF. */
static void self_runs(struct gale_instance *caller, unsigned flags)
{
    fixed_store();
    prove(call_started(0, caller, A, flags) == SELF, "SELF is the first thread");
    small_threads[SELF].state = GALE_GUEST_THREAD_RUNNING;
    small_threads[SELF].resumer = NONE;
    store.current = SELF;
    store.nesting = 1;
    A->may_enter = false;
    if (small_threads[SELF].stack != NONE) {
        small_stacks[small_threads[SELF].stack].back = &store.run;
        store.flow = &small_stacks[small_threads[SELF].stack].own;
    }
}

/** A handle of `i` for call `n`. */
static uint32_t handle_for(unsigned n, struct gale_instance *i)
{
    const uint32_t index = gale_handle_table_add(&i->handles, GALE_HANDLE_SUBTASK, (gale_id)n);

    small_subtasks[n].handle = (gale_id)index;
    return index;
}

static uint32_t new_set(struct gale_instance *i)
{
    return gale_canon_waitable_set_new(i);
}

/** SELF's task has been asked to end: not yet told (`state` PENDING_CANCEL), or told. */
static void self_asked(enum gale_task_state state)
{
    if (state != GALE_TASK_STARTED) {
        small_tasks[0].state = (uint8_t)state;
        small_subtasks[0].flags |= GALE_SUBTASK_CANCEL_ASKED;
    }
}

/** SELF's task has returned its result. */
static void self_resolved(void)
{
    gale__task_return(&store, 0, flats);
    results_ran = false;
}

/** OTHER, of call 1, has begun and is blocked on its stack. */
static void other_blocks(enum gale_wait wait, gale_id object, bool cancellable)
{
    gale__thread_start_wait(&store, OTHER, wait, object, cancellable);
    small_threads[OTHER].flags |= GALE_GUEST_THREAD_INSIDE;
}

static void other_suspended(bool cancellable)
{
    small_threads[OTHER].state = GALE_GUEST_THREAD_SUSPENDED;
    small_threads[OTHER].flags |=
        (uint8_t)(GALE_GUEST_THREAD_INSIDE | (cancellable ? GALE_GUEST_THREAD_CANCELLABLE : 0));
}

/** What is open in each situation; then the invariant is shown, and the state remembered. */
static void vary(void)
{
    small_threads[SELF].context[0] = nondet_u32();
    small_threads[SELF].context[1] = nondet_u32();
    small_threads[OTHER].context[0] = nondet_u32();
    small_threads[OTHER].context[1] = nondet_u32();
    A->may_leave = nondet_bool();
    store.profile = nondet_bool() ? GALE_PROFILE_DEFINITIONS : GALE_PROFILE_SCRIPTS;
    remember();
    still_valid();
}

/** What holds behind each call that has not trapped. */
static void ended(void)
{
    prove(!wrong || may_choose, "wrong arguments trap");
    prove(store.current == SELF && small_threads[SELF].state == GALE_GUEST_THREAD_RUNNING, "the thread runs on");
    still_valid();
}

#endif /* GALE_PROOFS_CBMC_COMPONENT_CALL_H */
