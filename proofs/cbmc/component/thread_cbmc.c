/* SPDX-License-Identifier: Apache-2.0 */
/**
 * thread.index, new-indirect, resume-later, suspend and yield in the situations of a small store that the harnesses
 * name.
 * @bound 2 instances of 3 handles, 2 calls, 2 threads and a new one; indices 0 to 4; a thread that stops is resumed once
 * @cbmc --arrays-uf-never --max-field-sensitivity-array-size 64 --unwind 8
 * @cbmc --unwindset list_init_links.0:40,list_init_links.1:20
 */
#define STACKS 3
#define BLOCKS
#include "component_call.h"

static bool was_blocked, was_cancelled, is_yield;
static gale_id next_thread;

/** SELF gives the core away; later it is resumed. */
static void blocked(void)
{
    struct gale_guest_thread *t = &small_threads[SELF];

    was_blocked = true;
    prove(store.switch_to == next_thread, "who runs next is whom the guest named, if it can run");
    prove(is_yield ? waits(SELF, GALE_WAIT_NOTHING, NONE) && owner(SELF) == GALE__LIST_READY
                   : t->state == GALE_GUEST_THREAD_SUSPENDED && owner(SELF) == NONE,
          "it yields or is suspended");
    prove(A->exclusive != SELF, "TK04: a thread that stops on its stack holds no lock");
    store.current = NONE;
    still_valid();
    was_cancelled = (t->flags & GALE_GUEST_THREAD_CANCELLABLE) != 0 && nondet_bool();
    guest_thread_begin(&store, t, SELF, was_cancelled);
}

/* ---- situations ------------------------------------------------------------------------------------------------ */

static void alone(unsigned flags)
{
    self_runs(NULL, flags);
}

/** OTHER is a thread of A too, of a call of its own; it is suspended. */
static void with_suspended(unsigned flags)
{
    self_runs(NULL, flags);
    prove(call_started(1, NULL, A, STACK_LIFT) == OTHER, "OTHER is the second thread");
    other_suspended(nondet_bool());
}

/** It yields. */
static void with_ready(unsigned flags)
{
    self_runs(NULL, flags);
    prove(call_started(1, NULL, A, STACK_LIFT) == OTHER, "OTHER is the second thread");
    other_blocks(GALE_WAIT_NOTHING, NONE, false);
}

/** It waits on a set, in which nothing has happened. */
static void with_waiting(unsigned flags)
{
    self_runs(NULL, flags);
    (void)new_set(A);
    prove(call_started(1, NULL, A, STACK_LIFT) == OTHER, "OTHER is the second thread");
    other_blocks(GALE_WAIT_SET, 0, true);
}

/** OTHER is one that SELF's task has made; it has not begun. */
static void with_new(unsigned flags)
{
    self_runs(NULL, flags);
    prove(gale_canon_thread_new_indirect(A, any_fn, NULL, 0) == 2, "the second index");
}

/** OTHER waits between two runs of its callback, and nobody has the lock. */
static void with_callback(unsigned flags)
{
    self_runs(NULL, flags);
    prove(call_started(1, NULL, A, CALLBACK_LIFT) == OTHER, "OTHER is the second thread");
    gale__instance_unlock(A);
    gale__thread_start_wait(&store, OTHER, GALE_WAIT_TURN, NONE, true);
}

static void full(void)
{
    (void)gale_canon_thread_new_indirect(A, any_fn, NULL, 0);
    (void)gale_canon_thread_new_indirect(A, any_fn, NULL, 0);
}

/** OTHER's index was given back and out again. */
static void with_hole(unsigned flags)
{
    with_suspended(flags);
    gale__thread_unregister(A, OTHER);
    gale__thread_register(A, OTHER);
}

/** The thread of A that index `t` names, as a guest passes it; NONE if there is none. */
static gale_id thread_of(uint32_t t)
{
    return t != 0 && t - 1u < A->threads.used && A->threads.live[t - 1u] == 1 ? A->threads.threads[t - 1u] : NONE;
}

static bool is_suspended(uint32_t t)
{
    return thread_of(t) != NONE && small_threads[thread_of(t)].state == GALE_GUEST_THREAD_SUSPENDED;
}

static void nothing_touched(void)
{
    prove(others_same(0) && bytes_same(), "HT01: no handle is touched");
    ended();
}

/* @bound 3 indices; any 32-bit value
 * @mutant src/component/canon_thread.c: `at >= i->threads.used || i->threads.live[at] == 0` -> `at >= i->threads.used`
 * @mutant src/component/canon_thread.c: `at >= i->threads.used ||` -> `at > i->threads.used ||` */
void check_get(void)
{
    const uint32_t t = nondet_u32();
    const unsigned out = any_upto(2);

    with_suspended(STACK_LIFT);
    A->threads.used = (gale_id)any_upto(3);
    A->threads.live[out] = 0;
    wrong = thread_of(t) == NONE;
    prove(canon_thread_get(A, t) == thread_of(t), "HT01: the index names the thread that it was given for");
    prove(!wrong, "HT02, HT03: an index that names none traps");
    reached();
}

/* ---- those that go on ------------------------------------------------------------------------------------------ */

static void call_index(void)
{
    vary();
    wrong = !A->may_leave;
    prove(thread_of(gale_canon_thread_index(A)) == SELF, "HT01: the index names the thread");
    nothing_touched();
}

/* @mutant src/component/canon_thread.c: `return gale__thread(i->store, i->store->current)->index;` -> `return 0;`
 * @mutant src/component/canon_thread.c: `if (!i->may_leave) {` -> `if (false) {` */
void check_index(void)
{
    switch (any_upto(1)) {
        WHEN(0, alone(CALLBACK_LIFT), call_index());
        WHEN(1, with_suspended(STACK_LIFT), call_index());
    }
}

static void call_new(void)
{
    const uint32_t c = nondet_u32();
    uint32_t index;
    gale_id thread;

    vary();
    wrong = !A->may_leave || (A->threads.used == 3 && A->threads.free == NONE);
    index = gale_canon_thread_new_indirect(A, any_fn, NULL, c);
    thread = thread_of(index);
    prove(thread != NONE && old_threads[thread].state == GALE_GUEST_THREAD_FREE,
          "HT01, HT02: an index that named none");
    prove(is_suspended(index) && small_threads[thread].c == c && small_threads[thread].task == 0,
          "it is of the same task, and runs when it is resumed");
    nothing_touched();
}

/* @mutant src/component/canon_thread.c: `gale__task(s, task)->threads++;` -> ``
 * @mutant src/component/canon_thread.c: `gale__thread_next_index(i) >= i->threads.count` -> `false`
 * @mutant src/component/canon_thread.c: `gale_list_push_back(&s->links, gale__list_task(s, task),` -> `(void)((void)&s->links, task,`
 * @mutant src/component/guest_thread.c: `t->live[at] = 1;` -> `` */
void check_new_indirect(void)
{
    switch (any_upto(2)) {
        WHEN(0, alone(CALLBACK_LIFT), call_new());
        WHEN(1, with_hole(STACK_LIFT), call_new());
        TRAPS_WHEN(2, alone(STACK_LIFT); full(), call_new());
    }
}

static void call_resume_later(uint32_t t)
{
    vary();
    wrong = !A->may_leave || !is_suspended(t);
    gale_canon_thread_resume_later(A, t);
    prove(thread_of(t) == OTHER && waits(OTHER, GALE_WAIT_NOTHING, NONE) && owner(OTHER) == GALE__LIST_READY,
          "HT01: the thread that was named is ready");
    nothing_touched();
}

/* @mutant src/component/canon_thread.c: `if (gale__thread(i->store, thread)->state != GALE_GUEST_THREAD_SUSPENDED) {`
 * -> `if (false) {`
 * @mutant src/component/canon_thread.c: `at >= i->threads.used || i->threads.live[at] == 0` -> `at >= i->threads.used + 1`
 * @mutant src/component/canon_thread.c: `at >= i->threads.used || i->threads.live[at] == 0` -> `i->threads.live[at] == 0` */
void check_resume_later(void)
{
    switch (any_upto(4)) {
        WHEN(0, with_suspended(CALLBACK_LIFT), AT_INDEX(call_resume_later));
        WHEN(1, with_new(STACK_LIFT), AT_INDEX(call_resume_later));
        TRAPS_WHEN(2, with_ready(STACK_LIFT), AT_INDEX(call_resume_later));
        TRAPS_WHEN(3, with_waiting(STACK_LIFT), AT_INDEX(call_resume_later));
        TRAPS_WHEN(4, alone(STACK_LIFT), AT_INDEX(call_resume_later));
    }
}

/* ---- those that give the core away ----------------------------------------------------------------------------- */

/** What the stop of SELF means; `bad`: the index that was given is wrong. */
static void stop_begins(bool cancellable, bool bad)
{
    const bool cancelled = cancellable && small_tasks[0].state == GALE_TASK_PENDING_CANCEL;

    is_yield = nondet_bool();
    wrong = !A->may_leave || bad || (small_threads[SELF].stack == NONE && !cancelled);
}

static void stop_ends(bool cancellable, uint32_t answer)
{
    const bool cancelled = cancellable && old_tasks[0].state == GALE_TASK_PENDING_CANCEL;

    prove(was_blocked == !cancelled, "TK03: a cancellation that waits is told at once");
    prove(answer == (cancelled || was_cancelled ? 1u : 0u), "TK03: the answer says whether it was cancelled");
    prove(small_tasks[0].state == (cancelled ? GALE_TASK_CANCEL_DELIVERED : old_tasks[0].state),
          "TK03: it is told once");
    nothing_touched();
}

static void call_stop(void)
{
    const bool cancellable = nondet_bool();

    vary();
    next_thread = NONE;
    stop_begins(cancellable, false);
    stop_ends(cancellable,
              is_yield ? gale_canon_thread_yield(A, cancellable) : gale_canon_thread_suspend(A, cancellable));
}

/* @mutant src/component/canon_thread.c: `if (t->stack == GALE_ID_NONE) {` -> `if (false) {`
 * @mutant src/component/task.c: `if (taken) {` -> `if (false) {`
 * @mutant src/component/guest_thread.c: `t->flags |= GALE_GUEST_THREAD_INSIDE;` -> `` */
void check_stop(void)
{
    switch (any_upto(3)) {
        WHEN(0, alone(STACK_LIFT), call_stop());
        WHEN(1, with_callback(STACK_LIFT); self_asked(GALE_TASK_PENDING_CANCEL), call_stop());
        WHEN(2, alone(CALLBACK_LIFT); self_asked(GALE_TASK_PENDING_CANCEL), call_stop());
        TRAPS_WHEN(3, alone(CALLBACK_LIFT), call_stop());
    }
}
