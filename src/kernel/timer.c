/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/timer.h"

#include "gale/kernel/executor.h"
#include "timer_internal.h"

/*@ requires own: \valid(t) && timer_armable(t) && !timer_awaited(t);
    assigns  t->deadline, t->period, timer_arms(t);
    ensures  own: timer_usable(t);
    ensures  same: timer_stays{Pre, Post}(t);
    ensures  slot: \old(timer_slot_ok(t)) ==> timer_slot_ok(t);
    ensures  set: t->deadline == deadline && t->period == period && (timer_awaited(t) <==> deadline != GALE_FOREVER);
*/
static void timer_arm(struct gale_timer *t, gale_tick deadline, gale_tick period)
{
    (void)gale_timeout_add(&t->executor->timeouts, t->id, deadline);
    //@ assert id: t->id == \at(t->id, Pre);
    //@ assert length: timer_length(t) == \at(timer_length(t), Pre);
    //@ assert used: timer_used(t) == \at(timer_used(t), Pre);
    //@ assert first: timer_first(t) == \at(timer_first(t), Pre);
    //@ assert apart: timer_unaliased(t);
    t->deadline = deadline;
    t->period = period;
    //@ assert slots: timeout_slots(&t->executor->timeouts);
}

/*@ requires own: \valid(t);
    assigns  t->expired;
    ensures  tm05: \old(t->expired) < UINT32_MAX ==> t->expired == \old(t->expired) + 1;
    ensures  tm08: \old(t->expired) == UINT32_MAX ==> t->expired == UINT32_MAX;
*/
static void timer_count_expiry(struct gale_timer *t)
{
    if (t->expired < UINT32_MAX) {
        t->expired++;
    }
}

int gale_timer_init(struct gale_timer *t, struct gale_executor *x, void (*fn)(void *arg), void *arg)
{
    const gale_id slot = x->timers_used;

    if (slot >= x->memory.timer_count) {
        return GALE_ENOMEM;
    }
    t->executor = x;
    t->fn = fn;
    t->arg = arg;
    t->deadline = GALE_FOREVER;
    t->period = 0;
    t->expired = 0;
    t->id = (gale_id)(x->memory.thread_count + slot);
    t->running = false;
    x->memory.timers[slot] = t;
    x->timers_used++;
    return GALE_OK;
}

/*@ requires own: \valid_read(t) && timer_readable(t);
    assigns  \nothing;
    ensures  slot: \result <==> timer_slot_ok(t);
*/
static bool timer_owns_its_slot(const struct gale_timer *t)
{
    const struct gale_executor *x = t->executor;
    const struct gale_timer *holder = NULL;

    if (t->id >= x->memory.thread_count && t->id - x->memory.thread_count < x->timers_used) {
        holder = x->memory.timers[t->id - x->memory.thread_count];
    }
    return holder == t;
}

bool gale_timer_is_valid(const struct gale_timer *t)
{
    const bool awaited = t->running && t->deadline != GALE_FOREVER;

    return timer_owns_its_slot(t) && gale_timeout_is_active(&t->executor->timeouts, t->id) == awaited;
}

void gale_timer_start(struct gale_timer *t, gale_tick first, gale_tick period)
{
    const gale_tick now = gale_port_now();

    gale_timer_stop(t);
    t->running = true;
    timer_arm(t, first < now ? now : first, period);
}

void gale_timer_stop(struct gale_timer *t)
{
    (void)gale_timeout_abort(&t->executor->timeouts, t->id);
    //@ assert id: t->id == \at(t->id, Pre);
    //@ assert length: timer_length(t) == \at(timer_length(t), Pre);
    //@ assert used: timer_used(t) == \at(timer_used(t), Pre);
    //@ assert first: timer_first(t) == \at(timer_first(t), Pre);
    t->expired = 0;
    t->running = false;
}

bool gale_timer_is_running(const struct gale_timer *t)
{
    return t->running;
}

uint32_t gale_timer_read(struct gale_timer *t)
{
    const uint32_t expired = t->expired;

    t->expired = 0;
    return expired;
}

bool gale_timer_is_saturated(const struct gale_timer *t)
{
    return t->expired == UINT32_MAX;
}

gale_tick gale_timer_remaining(const struct gale_timer *t)
{
    const gale_tick now = gale_port_now();

    if (!t->running || t->deadline <= now) {
        return 0;
    }
    return t->deadline == GALE_FOREVER ? GALE_FOREVER : t->deadline - now;
}

/* Counts, then arms the next expiry or stops. The next deadline follows from the last one, not from now: no drift. */
/*@ requires own: \valid(t) && timer_armable(t) && !timer_awaited(t);
    assigns  t->expired, t->running, t->deadline, t->period, timer_arms(t);
    ensures  same: t->period == \old(t->period) && timer_stays{Pre, Post}(t);
    ensures  own: timer_usable(t);
    ensures  slot: \old(timer_slot_ok(t)) ==> timer_slot_ok(t);
    ensures  tm05: \old(t->expired) < UINT32_MAX ==> t->expired == \old(t->expired) + 1;
    ensures  tm08: \old(t->expired) == UINT32_MAX ==> t->expired == UINT32_MAX;
    ensures  tm06: t->period == 0 ==> !t->running && !timer_awaited(t);
    ensures  tm07: t->period > 0 ==> t->running && t->deadline == timer_next(\old(t->deadline), t->period) &&
               (timer_awaited(t) <==> t->deadline != GALE_FOREVER);
*/
static void timer_serve(struct gale_timer *t)
{
    timer_count_expiry(t);
    t->running = t->period > 0;
    if (t->running) {
        timer_arm(t, gale_timeout_deadline_after(t->deadline, t->period), t->period);
    }
}

/* Armed before the call, so that the function may stop or restart its own timer. */
void gale__timer_expire(struct gale_timer *t)
{
    timer_serve(t);
    if (t->fn != NULL) {
        timer_call(t);
    }
}
