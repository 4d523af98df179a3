/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One step of a timer from any valid state of it and of its executor's deadlines.
 * @bound 1 timer among the deadlines of 2 threads; any count, period, deadline, tick
 * @cbmc --max-field-sensitivity-array-size 0 --unwind 5
 * @cbmc --unwindset executor_init_bell.0:32,list_init_links.1:12,gale_list_pool_is_valid.0:12
 */
#include "executor.h"

static struct gale_timer t;
static struct gale_timer old;
static uint32_t calls;
static bool restart;

static void others(gale_id self)
{
    (void)self;
}

static void expired(void *arg)
{
    prove(arg == &calls, "TM05: the function gets its argument");
    calls++;
    if (restart) {
        gale_timer_stop(&t);
    }
}

static void any_timer(void)
{
    new_executor();
    prove(gale_timer_init(&t, &x, nondet_bool() ? expired : NULL, &calls) == GALE_OK, "TM01: made");
    prove(t.expired == 0 && !t.running && gale_timer_is_valid(&t), "TM01: a new timer has not expired");
    any_deadlines();
    t.expired = nondet_u32();
    t.period = nondet_u64();
    t.deadline = nondet_u64();
    t.running = nondet_bool();
    assume(!gale_timeout_is_active(&x.timeouts, t.id) || memory_timeouts[t.id].deadline == t.deadline);
    assume(gale_timer_is_valid(&t));
    old = t;
}

static void timer_still_valid(void)
{
    prove(gale_timer_is_valid(&t), "TM04: it has a deadline exactly while an expiry is to come");
    prove(gale_timeout_queue_is_valid(&x.timeouts), "TO01: the deadlines are valid");
    prove(gale_timer_is_running(&t) == t.running, "TM04 TM06: running is told");
    prove(gale_timer_is_saturated(&t) == (t.expired == UINT32_MAX), "TM08: saturation is told");
    reached();
}

/* @mutant src/kernel/timer.c: `if (slot >= x->memory.timer_count)` -> `if (slot > x->memory.timer_count)` */
void check_init(void)
{
    static struct gale_timer second;

    new_executor();
    prove(gale_timer_init(&t, &x, NULL, NULL) == GALE_OK && t.expired == 0 && !t.running, "TM01: a new timer");
    prove(gale_timer_init(&second, &x, NULL, NULL) == GALE_ENOMEM && x.timers_used == 1, "TM01: no more than slots");
    prove(gale_timer_is_valid(&t), "TM01: the first keeps its slot");
    reached();
}

/* @mutant src/kernel/timer.c: `first < now ? now : first` -> `first`
 * @mutant src/kernel/timer.c: `t->period = period;` -> ``
 * @mutant src/kernel/timer.c: `gale_timer_stop(t);` -> `` */
void check_start(void)
{
    const gale_tick first = nondet_u64();
    const gale_tick period = nondet_u64();

    any_timer();
    gale_timer_start(&t, first, period);
    prove(t.expired == 0, "TM03: start zeroes the count");
    prove(t.running && t.period == period, "TM06 TM07: as asked");
    prove(t.deadline >= first && (t.deadline == first || t.deadline == clock), "TM07: the first expiry, or now");
    prove(first == GALE_FOREVER || memory_timeouts[t.id].deadline == t.deadline, "TM07: that is its deadline");
    timer_still_valid();
}

/* @mutant src/kernel/timer.c: `(void)gale_timeout_abort(&t->executor->timeouts, t->id);` -> `` */
void check_stop(void)
{
    any_timer();
    gale_timer_stop(&t);
    prove(t.expired == 0 && !t.running && !gale_timeout_is_active(&x.timeouts, t.id), "TM04: stopped, and zero");
    prove(gale_timer_remaining(&t) == 0, "TM04: nothing is to come");
    timer_still_valid();
}

/* @mutant src/kernel/timer.c: `return expired;` -> `return t->expired;`
 * @mutant src/kernel/timer.c: `t->deadline - now` -> `now - t->deadline` */
void check_read(void)
{
    any_timer();
    const gale_tick left = gale_timer_remaining(&t);

    prove(!t.running || left == (t.deadline == GALE_FOREVER ? GALE_FOREVER
                                 : t.deadline > clock       ? t.deadline - clock
                                                            : 0),
          "TM07: what is left until the expiry");
    prove(gale_timer_read(&t) == old.expired && t.expired == 0, "TM02 TM01: a read returns the count and zeroes it");
    prove(t.running == old.running && t.deadline == old.deadline, "TM02: and changes nothing else");
    timer_still_valid();
}

/* @mutant src/kernel/timer.c: `if (t->expired < UINT32_MAX)` -> ``
 * @mutant src/kernel/timer.c: `t->period > 0;` -> `true;`
 * @mutant src/kernel/timer.c: `deadline_after(t->deadline, t->period)` -> `deadline_after(gale_port_now(), t->period)` */
void check_expire(void)
{
    any_timer();
    assume(t.running && t.deadline != GALE_FOREVER && x.timeouts.now == t.deadline);
    memory_timeouts[t.id].slot = GALE_ID_NONE; /* it came out */
    x.timeouts.count--;
    executor_fire(&x, t.id);
    prove(t.expired == (old.expired < UINT32_MAX ? old.expired + 1u : UINT32_MAX),
          "TM05 TM08: one more, at most the maximum");
    prove(t.running == (old.period > 0), "TM06: period 0 is one-shot");
    prove(old.period == 0 ||
              t.deadline == (old.period < GALE_FOREVER - old.deadline ? old.deadline + old.period : GALE_FOREVER),
          "TM07: the next expiry is a period after the last deadline");
    prove(calls == (t.fn != NULL ? 1u : 0u), "TM05: its function is called once");
    timer_still_valid();
}

/* @mutant src/kernel/timer_internal.h: `t->fn(t->arg);` -> `t->fn(t->arg); t->running = t->period > 0;` */
void check_stop_in_its_function(void)
{
    any_timer();
    assume(t.running && t.deadline != GALE_FOREVER && x.timeouts.now == t.deadline && t.fn != NULL);
    memory_timeouts[t.id].slot = GALE_ID_NONE;
    x.timeouts.count--;
    restart = true;
    executor_fire(&x, t.id);
    prove(!t.running && t.expired == 0, "TM04: a stop by its own function holds");
    prove(calls == 1, "TM05: its function is called once");
    timer_still_valid();
}
