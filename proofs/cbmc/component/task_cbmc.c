/* SPDX-License-Identifier: Apache-2.0 */
/**
 * task.return and task.cancel in the situations of a small store that the harnesses name.
 * @bound 2 instances of 3 handles, 2 calls, 2 threads; callers host and guest, sync and async; each state of the task
 * @cbmc --arrays-uf-never --max-field-sensitivity-array-size 64 --unwind 8
 * @cbmc --unwindset list_init_links.0:40,list_init_links.1:20
 */
#include "component_call.h"

/** The call was made by B, which went on and has a handle; `event`: it does not know that the call has started. */
static void from_b(unsigned flags, bool event)
{
    self_runs(B, flags);
    (void)handle_for(0, B);
    if (event) {
        gale__waitable_post(B, 1);
    }
}

/** The same, and OTHER of B waits on a set with it. */
static void from_b_set(unsigned flags)
{
    uint32_t set;

    from_b(flags, false);
    set = new_set(B);
    gale_canon_waitable_join(B, 1, set);
    prove(call_started(1, NULL, B, STACK_LIFT) == OTHER, "OTHER is the second thread");
    other_blocks(GALE_WAIT_SET, 0, false);
}

/** OTHER of B has made the call and waits for its end. */
static void from_b_sync(unsigned flags)
{
    self_runs(B, flags);
    prove(call_started(1, NULL, B, STACK_LIFT) == OTHER, "OTHER is the second thread");
    small_subtasks[0].handle = OTHER;
    small_subtasks[0].flags |= GALE_SUBTASK_WAITED;
    small_threads[OTHER].call = 0;
    other_blocks(GALE_WAIT_SUBTASK, 0, false);
}

static void with_borrow(unsigned flags)
{
    self_runs(NULL, flags);
    entry(0, (gale_id)(gale_handle_table_add(&A->handles, GALE_HANDLE_BORROW, 0) - 1u))->set = 0;
    small_tasks[0].borrows = 1;
}

/** The state of the task as far as it has not resolved. */
static enum gale_task_state any_progress(void)
{
    return nondet_bool() ? GALE_TASK_STARTED : nondet_bool() ? GALE_TASK_PENDING_CANCEL : GALE_TASK_CANCEL_DELIVERED;
}

/** The call of SELF's task has ended for its caller with `state`. */
static void resolved(enum gale_subtask_state state)
{
    const struct gale_subtask *st = &small_subtasks[0];
    const struct gale_subtask *o = &old_subtasks[0];

    prove(small_tasks[0].state == GALE_TASK_RESOLVED && small_tasks[0].subtask == NONE,
          "TK01, TK02: the task is resolved, and can tell no other result");
    if (o->instance == NONE) {
        prove(host_task.resolved && host_task.state == (uint8_t)state && st->binding == NULL,
              "TK02: the host knows, and the call is gone");
    } else {
        prove(st->state == (uint8_t)state && st->task == NONE, "TK01: the subtask is resolved");
        prove((o->flags & GALE_SUBTASK_WAITED) == 0 || owner(o->handle) == GALE__LIST_READY,
              "TK02: who waits is ready");
        prove((o->flags & GALE_SUBTASK_WAITED) != 0 ||
                  (entry(1, (gale_id)(o->handle - 1u))->lends & GALE_HANDLE_EVENT) != 0,
              "TK02: or has an event");
        prove(old_threads[OTHER].wait != GALE_WAIT_SET || owner(OTHER) == GALE__LIST_READY,
              "TK02: who waits on a set with it is ready");
    }
    prove(A->exclusive == old_a.exclusive, "TK04: the lock stays where it is");
    prove(others_same(0) && bytes_same(), "HT01: no handle of the callee is touched, and no byte");
    ended();
}

static void call_return(void)
{
    const void *type = nondet_bool() ? &types[0] : nondet_bool() ? &types[1] : NULL;
    const struct gale_value_options *o = nondet_bool() ? &options[0] : nondet_bool() ? &options[1] : NULL;

    vary();
    wrong = !A->may_leave || (funcs[0].flags & GALE_FUNC_ASYNC) == 0 || type != &types[0] || o == &options[1] ||
            small_tasks[0].state == GALE_TASK_RESOLVED || small_tasks[0].borrows != 0;
    gale_canon_task_return(A, type, o, flats);
    prove(results_ran, "TK02: the result is passed on");
    resolved(GALE_SUBTASK_RETURNED);
}

/* @mutant src/component/task.c: `if (t->borrows > 0) {` -> `if (false) {`
 * @mutant src/component/canon_task.c: `if ((t->func->flags & GALE_FUNC_ASYNC) == 0) {` -> `if (false) {`
 * @mutant src/component/canon_task.c: `t->func->result_type != result_type || ` -> ``
 * @mutant src/component/task.c: `t->subtask = GALE_ID_NONE;` -> ``
 * @mutant src/component/subtask.c: `gale__thread_wake(s, st->handle);` -> ``
 * @mutant src/component/waitable.c: `waitable_wake(i->store, h->set);` -> `` */
void check_return(void)
{
    switch (any_upto(8)) {
        WHEN(0, self_runs(NULL, STACK_LIFT); self_asked(any_progress()), call_return());
        WHEN(1, self_runs(NULL, CALLBACK_LIFT); self_asked(any_progress()), call_return());
        WHEN(2, from_b(CALLBACK_LIFT, false); self_asked(any_progress()), call_return());
        WHEN(3, from_b(CALLBACK_LIFT, true); self_asked(any_progress()), call_return());
        WHEN(4, from_b_set(CALLBACK_LIFT); self_asked(any_progress()), call_return());
        WHEN(5, from_b_sync(STACK_LIFT); self_asked(any_progress()), call_return());
        TRAPS_WHEN(6, self_runs(NULL, SYNC_LIFT), call_return());
        TRAPS_WHEN(7, with_borrow(STACK_LIFT), call_return());
        TRAPS_WHEN(8, from_b(STACK_LIFT, false); self_resolved(), call_return());
    }
}

static void call_cancel(void)
{
    vary();
    wrong = !A->may_leave || (funcs[0].flags & GALE_FUNC_ASYNC) == 0 ||
            small_tasks[0].state != GALE_TASK_CANCEL_DELIVERED || small_tasks[0].borrows != 0;
    gale_canon_task_cancel(A);
    prove(!results_ran, "TK02: no result passes");
    prove(old_tasks[0].state == GALE_TASK_CANCEL_DELIVERED, "TK03: only after the cancellation was told");
    resolved(GALE_SUBTASK_CANCELLED_BEFORE_RETURNED);
}

/* @mutant src/component/task.c: `if (t->state != GALE_TASK_CANCEL_DELIVERED && t->state != GALE_TASK_RESOLVED) {`
 * -> `if (false) {`
 * @mutant src/component/task.c: `t->subtask = GALE_ID_NONE;` -> ``
 * @mutant src/component/subtask.c: `st->task = GALE_ID_NONE;
    if` -> `if` */
void check_cancel(void)
{
    switch (any_upto(6)) {
        WHEN(0, self_runs(NULL, STACK_LIFT); self_asked(any_progress()), call_cancel());
        WHEN(1, from_b(CALLBACK_LIFT, nondet_bool()); self_asked(any_progress()), call_cancel());
        WHEN(2, from_b_set(CALLBACK_LIFT); self_asked(any_progress()), call_cancel());
        WHEN(3, from_b_sync(STACK_LIFT); self_asked(any_progress()), call_cancel());
        TRAPS_WHEN(4, self_runs(NULL, SYNC_LIFT), call_cancel());
        TRAPS_WHEN(5, with_borrow(STACK_LIFT); self_asked(GALE_TASK_CANCEL_DELIVERED), call_cancel());
        TRAPS_WHEN(6, from_b(STACK_LIFT, false); self_resolved(), call_cancel());
    }
}
