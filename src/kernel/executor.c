/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/executor.h"

#include "executor_internal.h"
#include "gale/kernel/timer.h"

/*
 * Five places let other code run: each is one small function whose contract says what that code may do to the
 * executor, and the proofs trust it (SOUNDNESS.md). Every caller hands over a valid executor and finds one again.
 */

/** From a thread back to the executor's own flow; returns when the thread is dispatched again. */
/*@ requires ok:  executor_ok(x) && executor_flow(x) && executor_on_thread(x);
    assigns  executor_all(x);
    ensures  ok:  executor_calls(x) && executor_on_thread(x) && x->running == \old(x->running);
    ensures  kept: executor_waits_kept{Pre, Post}(x);
*/
static void executor_leave(struct gale_executor *x)
{
    gale_port_context_switch(&x->memory.threads[x->running].context, &x->host);
}

/** From the executor's own flow to the running thread; returns when that leaves. */
/*@ requires ok: executor_calls(x) && executor_on_thread(x);
    assigns  executor_all(x);
    ensures  ok: executor_ok(x) && executor_waits_kept{Pre, Post}(x);
*/
static void executor_enter(struct gale_executor *x)
{
    gale_port_context_switch(&x->host, &x->memory.threads[x->running].context);
}

void gale__executor_call_entry(struct gale_executor *x, gale_id thread)
{
    const struct gale_thread_spec *spec = &x->memory.threads[thread].spec;

    spec->entry(spec->arg);
}

/*@ requires ok: executor_own_flow(x) && bit < GALE_BELL_BITS && x->bell_handlers[bit].fn != \null;
    assigns  executor_all(x);
    ensures  ok: executor_own_flow(x) && executor_waits_kept{Pre, Post}(x);
*/
static void executor_call_handler(struct gale_executor *x, uint32_t bit)
{
    x->bell_handlers[bit].fn(x->bell_handlers[bit].arg);
}

/** The timer whose deadline is due counts and calls its function. */
/*@ requires ok: executor_own_flow(x) && timer < x->timers_used;
    assigns  executor_all(x);
    ensures  ok: executor_own_flow(x) && executor_waits_kept{Pre, Post}(x);
*/
static void executor_call_timer(struct gale_executor *x, gale_id timer)
{
    gale__timer_expire(x->memory.timers[timer]);
}

/* ---- switching ----------------------------------------------------------------------------------------------- */

bool gale__executor_may_block(const struct gale_executor *x)
{
    return x->running != GALE_ID_NONE && !gale_thread_is_task(&x->memory.threads[x->running]);
}

void gale__executor_pend(struct gale_executor *x, gale_tick deadline)
{
    GALE_ASSERT(!gale_port_in_isr());
    gale_thread_pend(&x->memory.threads[x->running]);
    (void)gale_timeout_add(&x->timeouts, x->running, deadline);
}

int gale__executor_block(struct gale_executor *x)
{
    executor_leave(x);
    return x->memory.threads[x->running].wait_status;
}

void gale__executor_unlink(struct gale_executor *x, gale_id thread)
{
    if (gale_list_owner(&x->links, thread) != GALE_ID_NONE) {
        gale_list_remove(&x->links, thread);
    }
}

void gale__executor_unblock(struct gale_executor *x, gale_id thread, int status)
{
    gale__executor_unlink(x, thread);
    (void)gale_timeout_abort(&x->timeouts, thread);
    if (gale_thread_wake(&x->memory.threads[thread], status)) {
        gale_sched_add(&x->sched, thread);
    }
}

void gale_executor_reschedule(struct gale_executor *x)
{
    GALE_ASSERT(!gale_port_in_isr());
    if (gale__executor_may_block(x) && gale_sched_choose(&x->sched, false) != x->running) {
        executor_leave(x);
    }
}

int gale_executor_yield(struct gale_executor *x)
{
    if (!gale__executor_may_block(x)) {
        return GALE_EPERM;
    }
    x->yielding = true;
    executor_leave(x);
    return GALE_OK;
}

int gale_executor_sleep_until(struct gale_executor *x, gale_tick deadline)
{
    int status = GALE_ETIMEDOUT;

    if (!gale__executor_may_block(x)) {
        return GALE_EPERM;
    }
    if (deadline > gale_port_now()) {
        gale__executor_pend(x, deadline);
        status = gale__executor_block(x);
    }
    return status == GALE_ETIMEDOUT ? GALE_OK : status;
}

gale_id gale_executor_current(const struct gale_executor *x)
{
    return x->running;
}

/* ---- the main loop ------------------------------------------------------------------------------------------- */

struct gale_doorbell *gale_executor_bell(struct gale_executor *x)
{
    return &x->bell;
}

int gale_executor_on_bell(struct gale_executor *x, uint32_t bit, void (*fn)(void *arg), void *arg)
{
    if (bit >= GALE_BELL_BITS) {
        return GALE_EINVAL;
    }
    x->bell_handlers[bit].fn = fn;
    x->bell_handlers[bit].arg = arg;
    return GALE_OK;
}

/*@ requires ok: executor_own_flow(x);
    assigns  executor_all(x);
    ensures  ok: executor_own_flow(x) && executor_waits_kept{Pre, Post}(x);
*/
static void executor_serve_bell(struct gale_executor *x, uint32_t rung)
{
    /*@ loop invariant ok: executor_own_flow(x) && 0 <= bit <= GALE_BELL_BITS && executor_waits_kept{Pre, Here}(x);
        loop assigns bit, executor_all(x);
        loop variant GALE_BELL_BITS - bit;
    */
    for (uint32_t bit = 0; rung != 0 && bit < GALE_BELL_BITS; bit++) {
        if (bits_is_set(rung, bit) && x->bell_handlers[bit].fn != NULL) {
            executor_call_handler(x, bit);
        }
    }
}

/** Serves the deadline that came out: a thread's wait or sleep ends, or a timer expires. */
/*@ requires ok: executor_own_flow(x) && !timeout_active(&x->timeouts, id) &&
                 (id < x->memory.thread_count ? x->memory.threads[id].pending
                                              : id - x->memory.thread_count < x->timers_used);
    assigns  executor_all(x);
    ensures  ok: executor_own_flow(x) && executor_waits_kept{Pre, Post}(x);
*/
static void executor_fire(struct gale_executor *x, gale_id id)
{
    if (id < x->memory.thread_count) {
        gale__executor_unblock(x, id, GALE_ETIMEDOUT);
    } else {
        executor_call_timer(x, (gale_id)(id - x->memory.thread_count));
    }
}

/* Fires what is due, at most as many as there are deadlines; a periodic timer that is far behind goes on next time. */
/*@ requires ok: executor_own_flow(x);
    assigns  executor_all(x);
    ensures  ok: executor_own_flow(x) && executor_waits_kept{Pre, Post}(x);
*/
static void executor_fire_due(struct gale_executor *x)
{
    gale_id id = GALE_ID_NONE;

    if (gale_timeout_next_deadline(&x->timeouts) != GALE_FOREVER) {
        const gale_tick now = gale_port_now();
        /*@ loop invariant ok: executor_own_flow(x) && 0 <= n <= x->timeouts.capacity &&
              executor_waits_kept{Pre, Here}(x);
            loop assigns n, id, executor_all(x);
            loop variant x->timeouts.capacity - n;
        */
        for (gale_id n = 0; n < x->timeouts.capacity && gale_timeout_pop_due(&x->timeouts, now, &id) == GALE_OK; n++) {
            executor_fire(x, id);
        }
    }
}

/** Runs `id`, which the scheduler chose, until it leaves. */
/*@ requires ok: executor_own_flow(x) && x->sched.current == id && id < x->memory.thread_count &&
                 thread_ready(&x->memory.threads[id]) && !sched_queued(&x->sched, id);
    assigns  executor_all(x);
    ensures  ok: executor_own_flow(x) && executor_waits_kept{Pre, Post}(x);
*/
static void executor_dispatch(struct gale_executor *x, gale_id id)
{
    struct gale_thread *t = &x->memory.threads[id];

    x->running = id;
    gale_port_mpu_apply(t->spec.domain);
    if (gale_thread_is_task(t)) {
        gale_thread_pend(t);
        gale__executor_call_entry(x, id);
    } else {
        executor_enter(x);
    }
    gale_port_mpu_apply(NULL);
    x->running = GALE_ID_NONE;
}

bool gale_executor_step(struct gale_executor *x)
{
    const bool yielding = x->yielding;
    gale_id next = GALE_ID_NONE;

    x->yielding = false;
    if (gale_doorbell_pending(&x->bell) != 0) {
        executor_serve_bell(x, gale_doorbell_take(&x->bell));
    }
    executor_fire_due(x);
    next = gale_sched_switch(&x->sched, yielding);
    gale_port_alarm(gale_timeout_next_deadline(&x->timeouts));
    if (next == GALE_ID_NONE) {
        return false;
    }
    executor_dispatch(x, next);
    return true;
}

int gale_executor_run(struct gale_executor *x)
{
    bool stopped = false;

    /*@ loop invariant ok: executor_own_flow(x) && executor_waits_kept{Pre, Here}(x);
        loop assigns executor_all(x);
        // no loop variant: an executor runs for as long as its threads live
    */
    while (!x->stop && x->live > 0) {
        if (!gale_executor_step(x)) {
            executor_serve_bell(x, gale_doorbell_wait(&x->bell, gale_timeout_next_deadline(&x->timeouts)));
        }
    }
    stopped = x->stop;
    x->stop = false;
    return stopped ? GALE_ECANCELED : GALE_OK;
}

void gale_executor_stop(struct gale_executor *x)
{
    x->stop = true;
}
