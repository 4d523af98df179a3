/* SPDX-License-Identifier: Apache-2.0 */
/**
 * subtask.drop in the situations of a small store that the harnesses name.
 * @bound 2 instances of 3 handles, 2 calls, 2 threads; indices 0 to 4
 * @cbmc --arrays-uf-never --max-field-sensitivity-array-size 64 --unwind 8
 * @cbmc --unwindset list_init_links.0:40,list_init_links.1:20
 */
#include "component_call.h"

/* ---- the call that SELF has made: call 1 ----------------------------------------------------------------------- */

static void caller(unsigned flags)
{
    self_runs(NULL, flags);
}

/** B's gate is closed: the call waits there. */
static void waits_to_start(unsigned flags)
{
    caller(flags);
    B->backpressure = 1;
    (void)call_made(1, A, B, CALLBACK_LIFT);
    prove(!gale__task_admit(&store, OTHER), "the gate is closed");
    (void)handle_for(1, A);
}

/** It has started on a stack and is blocked; `listens`: a cancellation reaches it there. */
static void has_started(unsigned flags, bool listens)
{
    caller(flags);
    (void)call_started(1, A, B, STACK_LIFT);
    other_suspended(listens);
    (void)handle_for(1, A);
}

/** It is one of a function of the host, which has not answered. */
static void host_has_it(unsigned flags)
{
    caller(flags);
    host_binding(1);
    prove(gale__subtask_new(&store, &bindings[1], A, flats, NULL) == 1, "call 1 is subtask 1");
    gale__subtask_start_host(&store, 1, A, flats);
    small_subtasks[1].flags |= GALE_SUBTASK_OPEN;
    store.host_calls++;
    (void)handle_for(1, A);
    params_ran = false;
}

/** It has ended, by a result or by a cancellation; SELF does not know yet. */
static void has_ended(unsigned flags, bool returned)
{
    host_has_it(flags);
    if (returned) {
        const struct gale_host_call answer = {&store, A, 1};

        (void)gale_host_call_return(&answer, flats);
    } else {
        const struct gale_host_call answer = {&store, A, 1};

        (void)gale_host_call_cancelled(&answer);
    }
    results_ran = false;
}

static void is_known(unsigned flags)
{
    has_ended(flags, true);
    (void)gale__waitable_take(A, 1);
}

static void in_set(void)
{
    gale_canon_waitable_join(A, 1, new_set(A));
}

static bool is_subtask(const struct gale_handle *h)
{
    return h != NULL && h->kind == GALE_HANDLE_SUBTASK;
}

/* ---- subtask.drop ---------------------------------------------------------------------------------------------- */

static void call_drop(uint32_t s)
{
    const struct gale_handle *h;

    vary();
    h = named(s);
    wrong = !A->may_leave || !is_subtask(h) || (small_subtasks[1].flags & GALE_SUBTASK_DELIVERED) == 0;
    gale_canon_subtask_drop(A, s);
    prove(!is_used(0, (gale_id)(s - 1u)), "HT03: the index names nothing now");
    prove(small_subtasks[1].binding == NULL && A->left.subtasks == old_a.left.subtasks + 1, "HT05: it is free");
    prove(others_same(s) && bytes_same(), "HT01: no other handle is touched");
    ended();
}

/* @mutant src/component/canon_task.c: `if ((gale__subtask(i->store, id)->flags & GALE_SUBTASK_DELIVERED) == 0) {`
 * -> `if (false) {`
 * @mutant src/component/canon_task.c: `gale__subtask_free(i->store, id);` -> ``
 * @mutant src/component/canon_task.c: `gale__waitable_leave(i, s);` -> ``
 * @mutant src/component/canon_task.c: `if (h->kind != GALE_HANDLE_SUBTASK) {` -> `if (false) {` */
void check_drop(void)
{
    switch (any_upto(5)) {
        WHEN(0, is_known(STACK_LIFT), AT_INDEX(call_drop));
        WHEN(1, is_known(STACK_LIFT); in_set(), AT_INDEX(call_drop));
        TRAPS_WHEN(2, has_ended(STACK_LIFT, nondet_bool()), AT_INDEX(call_drop));
        TRAPS_WHEN(3, host_has_it(STACK_LIFT), AT_INDEX(call_drop));
        TRAPS_WHEN(4, waits_to_start(STACK_LIFT); in_set(), AT_INDEX(call_drop));
        TRAPS_WHEN(5, has_started(STACK_LIFT, true), AT_INDEX(call_drop));
    }
}
