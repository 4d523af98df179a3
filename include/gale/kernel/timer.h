/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Timer: calls a function in its executor at a deadline, once or periodically, and counts the expiries.
 *
 * A period is measured from deadline to deadline, not from call to call: a timer that is served late does not drift
 * (TM07), and each period that was missed meanwhile still counts and calls once.
 *
 * Owner:   the caller supplies the struct, which must not move; it takes one timer slot of its executor for good.
 * Needs:   kernel/timeout, kernel/executor. Source: Zephyr kernel/timer.c. Properties: TM01..TM08.
 */
#ifndef GALE_KERNEL_TIMER_H
#define GALE_KERNEL_TIMER_H

#include "gale/base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gale_executor;

/** A timer. Fields are private. */
struct gale_timer {
    struct gale_executor *executor; /**< Whose time it follows and whose stack `fn` runs on. */
    void (*fn)(void *arg);          /**< Called at each expiry; NULL: only count. */
    void *arg;                      /**< Passed to `fn`. */
    gale_tick deadline;             /**< The next expiry while running, else the last one. */
    gale_tick period;               /**< Ticks between expiries; 0: one-shot. */
    uint32_t expired;               /**< Expiries since the last start, stop or read; saturates. */
    gale_id id;                     /**< Its id among the executor's deadlines. */
    bool running;                   /**< An expiry is to come. */
};

#ifdef __FRAMAC__
#include "kernel/timer.acsl"
#endif

/**
 * Make a timer that is not running.
 *
 * @param[out] t    Filled in; registered in the executor, so it must not move.
 * @param[in]  x    Its executor.
 * @param[in]  fn   Called at each expiry on the executor's stack; may not block. NULL: only count.
 * @param[in]  arg  Passed to `fn`; kept by the caller.
 * @retval GALE_OK      Ready for use.
 * @retval GALE_ENOMEM  The executor has no timer slot left; `t` is unchanged.
 * @context init only; never blocks.
 * @satisfies TM01
 */
/*@ requires own: \valid(t) && \valid(x) && \separated(t, x);
    requires slots: x->timers_used <= x->memory.timer_count &&
               \valid(x->memory.timers + (0 .. x->memory.timer_count - 1)) &&
               \separated(t, x, x->memory.timers + (0 .. x->memory.timer_count - 1)) &&
               x->memory.thread_count + x->memory.timer_count < GALE_ID_NONE;
    behavior gale_ok:
      assumes x->timers_used < x->memory.timer_count;
      assigns *t, x->timers_used, x->memory.timers[x->timers_used];
      ensures tm01: \result == GALE_OK && !t->running && t->expired == 0;
      ensures slot: timer_slot_ok(t) && t->executor == x && t->fn == fn && t->arg == arg;
    behavior gale_enomem:
      assumes x->timers_used == x->memory.timer_count;
      assigns \nothing;
      ensures full: \result == GALE_ENOMEM;
    complete behaviors;
    disjoint behaviors;
*/
int gale_timer_init(struct gale_timer *t, struct gale_executor *x, void (*fn)(void *arg), void *arg);

/** True when its slot is its own and it has a deadline exactly while it runs. @context thread; never blocks. */
/*@ requires own: \valid_read(t) && timer_readable(t);
    assigns  \nothing;
    ensures  ok: \result <==> timer_ok(t);
*/
bool gale_timer_is_valid(const struct gale_timer *t);

/**
 * Expire at `first`, then every `period` ticks. A running timer starts anew; the count begins at zero.
 *
 * @param[in] first   Absolute, in ticks; one that has passed counts as now, GALE_FOREVER never comes.
 * @param[in] period  In ticks; 0: only once.
 * @context thread; never blocks; O(log n) in the number of deadlines.
 * @satisfies TM03 TM06 TM07
 */
/*@ requires own: \valid(t) && timer_armable(t);
    assigns  t->expired, t->running, t->deadline, t->period, timer_arms(t);
    ensures  own:  timer_usable(t);
    ensures  slot: \old(timer_slot_ok(t)) ==> timer_slot_ok(t);
    ensures  tm03: t->expired == 0;
    ensures  run:  t->running && t->deadline >= first && t->period == period;
    ensures  armed: timer_awaited(t) <==> t->deadline != GALE_FOREVER;
*/
void gale_timer_start(struct gale_timer *t, gale_tick first, gale_tick period);

/** No further expiry; the count becomes zero. @context thread; never blocks; O(log n). @satisfies TM04 */
/*@ requires own: \valid(t) && timer_usable(t);
    assigns  t->expired, t->running, timer_disarms(t);
    ensures  own:  timer_usable(t);
    ensures  slot: \old(timer_slot_ok(t)) ==> timer_slot_ok(t);
    ensures  same: timer_stays{Pre, Post}(t);
    ensures  tm04: t->expired == 0 && !t->running && !timer_awaited(t);
*/
void gale_timer_stop(struct gale_timer *t);

/** True while an expiry is to come. @context thread; never blocks. @satisfies TM04 TM06 */
/*@ requires own: \valid_read(t);
    assigns  \nothing;
    ensures  run: \result <==> t->running;
*/
bool gale_timer_is_running(const struct gale_timer *t);

/**
 * How often it expired since the last start, stop or read; the count becomes zero.
 *
 * @return 0..UINT32_MAX; ask gale_timer_is_saturated() before if that often is possible.
 * @context thread; never blocks.
 * @satisfies TM01 TM02
 */
/*@ requires own: \valid(t);
    assigns  t->expired;
    ensures  tm02: \result == \old(t->expired) && t->expired == 0;
*/
uint32_t gale_timer_read(struct gale_timer *t);

/** True when the count is at UINT32_MAX, so that it may miss expiries. @context thread; never blocks. @satisfies TM08 */
/*@ requires own: \valid_read(t);
    assigns  \nothing;
    ensures  tm08: \result <==> t->expired == UINT32_MAX;
*/
bool gale_timer_is_saturated(const struct gale_timer *t);

/**
 * Ticks until the next expiry.
 *
 * @return 0 if it is due or not running; GALE_FOREVER if it runs but never expires.
 * @context thread; never blocks.
 */
/*@ requires own: \valid_read(t);
    assigns  \nothing;
    ensures  stopped: !t->running ==> \result == 0;
    ensures  bound: \result <= t->deadline;
    ensures  forever: t->running && t->deadline == GALE_FOREVER && \result != 0 ==> \result == GALE_FOREVER;
*/
gale_tick gale_timer_remaining(const struct gale_timer *t);

/* Inside the library: */

/**
 * Serve one expiry: count it, arm the next one or stop, then call the function. For the executor, after it popped the
 * timer's deadline.
 *
 * @context executor only; never blocks; O(log n) in the number of deadlines, and what `fn` takes.
 * @satisfies TM05 TM06 TM07 TM08
 */
/*@ requires own: \valid(t) && timer_armable(t);
    requires run: t->running && !timer_awaited(t);
    assigns  *t, executor_all(t->executor);
*/
void gale__timer_expire(struct gale_timer *t);

#ifdef __cplusplus
}
#endif

#endif /* GALE_KERNEL_TIMER_H */
