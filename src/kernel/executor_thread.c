/* SPDX-License-Identifier: Apache-2.0 */
#include "executor_internal.h"

#ifdef __FRAMAC__
#include "kernel/executor_ghost.acsl"
#endif

/* ---- birth --------------------------------------------------------------------------------------------------- */

/** A thread's first and last frame. */
/*@ requires ok: executor_calls((struct gale_executor *)arg) && executor_on_thread((struct gale_executor *)arg);
    assigns  executor_all((struct gale_executor *)arg);
*/
static void executor_thread_main(void *arg)
{
    struct gale_executor *x = arg;

    gale__executor_call_entry(x, x->running);
    (void)gale_executor_abort(x, x->running);
}

/** Takes the free slot `id` for the thread that `spec` describes. */
/*@ requires ok:   executor_ok(x) && id < x->memory.thread_count && x->memory.threads[id].dead && id != x->running;
    requires spec: thread_spec_ok(spec) && executor_spec_apart(x, spec);
    assigns  executor_links(x), x->live, x->memory.threads[id], spec->stack[0 .. spec->stack_bytes - 1],
             executor_living[0 .. LIST_NODES];
    ensures  ok:   executor_ok(x) && list_free(&x->links, id) && x->sched.preempted != id;
    ensures  th06: x->live == \old(x->live) + 1 && x->live <= x->memory.thread_count;
    ensures  th01: !x->memory.threads[id].dead && !x->memory.threads[id].suspended &&
                   x->memory.threads[id].spec == \old(*spec) &&
                   (x->memory.threads[id].pending <==> spec->stack == \null);
    ensures  flow: \old(executor_calls(x)) ==> executor_calls(x);
*/
static void executor_occupy(struct gale_executor *x, const struct gale_thread_spec *spec, gale_id id)
{
    gale_list_remove(&x->links, id);
    (void)gale_thread_init(&x->memory.threads[id], spec);
    x->live++;
    //@ ghost executor_ghost_count(id, x->memory.thread_count, 1);
}

/** A new thread becomes ready; a task waits to be asked. */
/*@ requires ok:   executor_ok(x) && id < x->memory.thread_count && list_free(&x->links, id) && id != x->running &&
                   id != x->sched.preempted && !x->memory.threads[id].suspended && !x->memory.threads[id].dead &&
                   (x->memory.threads[id].pending <==> x->memory.threads[id].spec.stack == \null);
    requires own:  x->memory.threads[id].spec.stack == \null ||
                   \valid(x->memory.threads[id].spec.stack + (0 .. x->memory.threads[id].spec.stack_bytes - 1));
    assigns  executor_links(x), x->sched.ready, x->memory.threads[id].context;
    ensures  ok:   executor_ok(x);
    ensures  sc02: !executor_is_task(x, id) ==> sched_queued(&x->sched, id);
    ensures  flow: \old(executor_calls(x)) ==> executor_calls(x);
*/
static void executor_start(struct gale_executor *x, gale_id id)
{
    struct gale_thread *t = &x->memory.threads[id];

    if (!gale_thread_is_task(t)) {
        gale_port_context_init(&t->context, t->spec.stack, t->spec.stack_bytes, executor_thread_main, x);
        gale_sched_add(&x->sched, id);
    }
}

/** True when the port can run a thread on the spec's stack; a callback task needs none. */
/*@ requires own: \valid_read(spec);
    assigns  \nothing;
    ensures  th03: \result ==> spec->stack == \null || spec->stack_bytes >= GALE_STACK_MIN;
*/
static bool executor_stack_suffices(const struct gale_thread_spec *spec)
{
    return spec->stack == NULL ||
           (spec->stack_bytes >= GALE_STACK_MIN && (uintptr_t)spec->stack % GALE_STACK_ALIGN == 0);
}

int gale_executor_spawn(struct gale_executor *x, const struct gale_thread_spec *spec, gale_id *id)
{
    const gale_id slot = gale_list_first(&x->links, x->free_threads);

    if (!gale_thread_spec_is_valid(spec) || !executor_stack_suffices(spec)) {
        return GALE_EINVAL;
    }
    if (slot == GALE_ID_NONE) {
        return GALE_ENOMEM;
    }
    executor_occupy(x, spec, slot);
    executor_start(x, slot);
    if (id != NULL) {
        *id = slot;
    }
    gale_executor_reschedule(x);
    return GALE_OK;
}

/* ---- life ---------------------------------------------------------------------------------------------------- */

int gale_executor_post_task(struct gale_executor *x, gale_id task)
{
    if (task >= x->memory.thread_count || !gale_thread_is_task(&x->memory.threads[task])) {
        return GALE_EINVAL;
    }
    if (x->memory.threads[task].dead) {
        return GALE_EPERM;
    }
    if (x->memory.threads[task].pending) {
        gale__executor_unblock(x, task, GALE_OK);
        gale_executor_reschedule(x);
    }
    return GALE_OK;
}

int gale_executor_cancel_wait(struct gale_executor *x, gale_id thread)
{
    if (thread >= x->memory.thread_count || gale_thread_is_task(&x->memory.threads[thread]) ||
        !x->memory.threads[thread].pending) {
        return GALE_EINVAL;
    }
    gale__executor_unblock(x, thread, GALE_ECANCELED);
    gale_executor_reschedule(x);
    return GALE_OK;
}

int gale_executor_suspend(struct gale_executor *x, gale_id thread)
{
    if (thread >= x->memory.thread_count) {
        return GALE_EINVAL;
    }
    gale_sched_remove(&x->sched, thread);
    if (gale_thread_suspend(&x->memory.threads[thread]) != GALE_OK) {
        return GALE_EPERM;
    }
    gale_executor_reschedule(x);
    return GALE_OK;
}

int gale_executor_resume(struct gale_executor *x, gale_id thread)
{
    int status = GALE_EINVAL;

    if (thread < x->memory.thread_count) {
        status = gale_thread_resume(&x->memory.threads[thread]);
    }
    if (status == GALE_OK && gale_thread_is_ready(&x->memory.threads[thread])) {
        gale_sched_add(&x->sched, thread);
        gale_executor_reschedule(x);
    }
    return status;
}

int gale_executor_set_priority(struct gale_executor *x, gale_id thread, uint8_t priority)
{
    int status = GALE_OK;

    if (thread >= x->memory.thread_count) {
        return GALE_EINVAL;
    }
    if (x->memory.threads[thread].dead) {
        return GALE_EPERM;
    }
    status = gale_sched_set_priority(&x->sched, thread, priority);
    if (status != GALE_OK) {
        return status;
    }
    if (x->memory.threads[thread].pending) {
        gale__wait_queue_reorder(x, thread);
    }
    gale_executor_reschedule(x);
    return GALE_OK;
}

/* ---- death --------------------------------------------------------------------------------------------------- */

/** Wakes those who wait for `dead`. */
/*@ requires ok:   executor_ok(x) && executor_flow(x);
    assigns  executor_unblocks_any(x);
    ensures  ok:   executor_ok(x) && executor_flow(x);
    ensures  kept: \old(executor_calls(x)) ==> executor_calls(x);
*/
static void executor_wake_joiners(struct gale_executor *x, gale_id dead)
{
    gale_id joiner = gale_wait_queue_first(&x->joiners);

    /*@ loop invariant ok: executor_ok(x) && executor_flow(x) && 0 <= n <= x->memory.thread_count;
        loop invariant kept: \at(executor_calls(x), Pre) ==> executor_calls(x);
        loop invariant in: joiner == GALE_ID_NONE ||
          (joiner < x->memory.thread_count && x->links.links[joiner].owner == x->joiners.list);
        loop assigns n, joiner, executor_unblocks_any(x);
        loop variant x->memory.thread_count - n;
    */
    for (gale_id n = 0; n < x->memory.thread_count && joiner != GALE_ID_NONE; n++) {
        const gale_id next = gale_wait_queue_next(&x->joiners, joiner);
        if (gale_wait_queue_words(&x->joiners, joiner)[0] == dead) {
            gale_wait_queue_wake(&x->joiners, joiner, GALE_OK);
        }
        joiner = next;
    }
}

/** Takes a dying thread out of every queue. */
/*@ requires ok:   executor_ok(x) && executor_flow(x) && thread < x->memory.thread_count &&
                   !x->memory.threads[thread].dead;
    assigns  x->sched.ready, x->sched.preempted, executor_links(x), executor_deadlines(x);
    ensures  ok:   executor_ok(x) && executor_flow(x) && list_free(&x->links, thread) &&
                   x->sched.preempted != thread && !timeout_active(&x->timeouts, thread);
    ensures  kept: \old(executor_calls(x)) ==> executor_calls(x);
*/
static void executor_isolate(struct gale_executor *x, gale_id thread)
{
    gale_sched_remove(&x->sched, thread);
    gale__executor_unlink(x, thread);
    (void)gale_timeout_abort(&x->timeouts, thread);
}

/** Ends a thread that is in no queue; its slot can be used again. */
/*@ requires ok:   executor_ok(x) && executor_flow(x) && list_free(&x->links, thread) && thread < x->memory.thread_count &&
                   x->sched.preempted != thread && !timeout_active(&x->timeouts, thread) &&
                   !x->memory.threads[thread].dead;
    assigns  executor_links(x), x->live, x->running, x->memory.threads[thread].dead, x->memory.threads[thread].pending,
             x->memory.threads[thread].suspended, executor_living[0 .. LIST_NODES];
    ensures  ok:   executor_ok(x) && executor_flow(x);
    ensures  sc16: x->memory.threads[thread].dead;
    ensures  th05: x->live == \old(x->live) - 1;
    ensures  kept: \old(executor_calls(x)) && (executor_on_thread(x) ==> thread != x->running) ==> executor_calls(x);
*/
static void executor_bury(struct gale_executor *x, gale_id thread)
{
    (void)gale_thread_abort(&x->memory.threads[thread]);
    if (thread == x->running && gale_thread_is_task(&x->memory.threads[thread])) {
        x->running = GALE_ID_NONE; /* its function goes on, but the slot may have another thread before it returns */
    }
    gale_list_push_back(&x->links, x->free_threads, thread);
    x->live--;
    //@ ghost executor_ghost_count(thread, x->memory.thread_count, -1);
}

int gale_executor_abort(struct gale_executor *x, gale_id thread)
{
    if (thread >= x->memory.thread_count) {
        return GALE_EINVAL;
    }
    if (x->memory.threads[thread].dead) {
        return GALE_EPERM;
    }
    executor_isolate(x, thread);
    executor_bury(x, thread);
    executor_wake_joiners(x, thread);
    gale_executor_reschedule(x);
    return GALE_OK;
}

int gale_executor_join(struct gale_executor *x, gale_id thread, gale_tick deadline)
{
    if (!gale__executor_may_block(x)) {
        return GALE_EPERM;
    }
    if (thread >= x->memory.thread_count || thread == x->running) {
        return GALE_EINVAL;
    }
    if (x->memory.threads[thread].dead) {
        return GALE_ENOENT;
    }
    x->memory.threads[x->running].wait_words[0] = thread;
    return gale_wait_queue_wait(&x->joiners, GALE_WAIT_FIFO, deadline);
}
