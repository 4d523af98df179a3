/* SPDX-License-Identifier: Apache-2.0 */
/** @file The C side of the oracle for events, polls and timers. */
#include <string.h>

#include "stub.h"

#include "gale/kernel/event.h"
#include "gale/kernel/poll.h"
#include "gale/kernel/sem.h"
#include "gale/kernel/timer.h"
#include "turns.h"

static bool away[TURNS_THREADS]; /* In a call that has not returned. */
static int status_of[TURNS_THREADS];

/* Everybody whose wait is over comes back; `says` tells what it was told. */
static void collect(void (*says)(unsigned thread))
{
    for (unsigned i = 0; i < turns_count; i++) {
        if (away[i] && turns_can_run(i)) {
            turns_run(i);
            if (!away[i]) {
                says(i);
            }
        }
    }
}

static void cancel_all(void (*says)(unsigned thread))
{
    for (unsigned i = 0; i < turns_count; i++) {
        if (away[i]) {
            (void)gale_executor_cancel_wait(&turns_x, (gale_id)i);
        }
    }
    collect(says);
    turns_end();
}

static void begin(unsigned threads, void (*operate)(unsigned me))
{
    memset(away, 0, sizeof away);
    turns_begin(threads, operate);
}

/* ---- events ---------------------------------------------------------------------------------------------------- */

static struct gale_event flags;
static uint32_t event_mask, event_options;
static gale_tick event_deadline;
static uint32_t event_found[TURNS_THREADS];

static void event_operate(unsigned me)
{
    away[me] = true;
    event_found[me] = 0;
    status_of[me] = gale_event_wait(&flags, event_mask, event_options, event_deadline, &event_found[me]);
    away[me] = false;
}

static void event_says(unsigned thread)
{
    stub_say((long)thread);
    stub_say(status_of[thread]);
    stub_say((long)event_found[thread]);
}

static void event_begin(void)
{
    begin(TURNS_THREADS, event_operate);
    for (unsigned i = 0; i < TURNS_THREADS; i++) {
        stub_check(gale_executor_set_priority(&turns_x, (gale_id)i, stub_byte(i)) == GALE_OK);
    }
    stub_check(gale_event_init(&flags, &turns_x) == GALE_OK);
}

/* options: 1 all, 2 clear, 4 do not wait. Says what was found, if the call returned. */
static long event_wait(unsigned me, uint32_t mask, uint32_t options)
{
    event_mask = mask;
    event_options = ((options & 1u) != 0 ? GALE_EVENT_ALL : 0u) | ((options & 2u) != 0 ? GALE_EVENT_CLEAR : 0u);
    event_deadline = (options & 4u) != 0 ? GALE_NO_WAIT : GALE_FOREVER;
    turns_run(me);
    stub_say(away[me] ? 0 : (long)event_found[me]);
    return away[me] ? WAIT_BLOCKED : status_of[me];
}

value oracle_event(value op, value va, value vb, value vc)
{
    const uint32_t a = (uint32_t)Long_val(va);
    const uint32_t b = (uint32_t)Long_val(vb);
    long status = 0;

    stub_begin();
    switch (Long_val(op)) {
    case 0:
        event_begin();
        break;
    case 1:
        gale_event_post(&flags, a);
        break;
    case 2:
        gale_event_set(&flags, a);
        break;
    case 3:
        gale_event_clear(&flags, a);
        break;
    case 4:
        gale_event_set_masked(&flags, a, b);
        break;
    case 5:
        stub_say((long)gale_event_test(&flags, a));
        break;
    case 6:
        status = event_wait((unsigned)Long_val(vc), a, b);
        break;
    case 7:
        status = gale_executor_cancel_wait(&turns_x, (gale_id)a);
        break;
    default:
        cancel_all(event_says);
        return Val_long(0);
    }
    collect(event_says);
    stub_check(gale_event_is_valid(&flags));
    return Val_long(status);
}

/* ---- polls ----------------------------------------------------------------------------------------------------- */

#define POLL_OBJECTS 2u
#define POLL_MEMBERS 8u

static struct gale_sem poll_sems[POLL_OBJECTS];
static struct gale_poll_signal poll_signals[POLL_OBJECTS];
static struct gale_event poll_flags[POLL_OBJECTS];
static struct gale_poll_event poll_members[POLL_MEMBERS];
static uint32_t poll_count;

static void poll_operate(unsigned me)
{
    away[me] = true;
    status_of[me] = gale_poll(&turns_x, poll_members, poll_count, GALE_FOREVER);
    away[me] = false;
}

static void poll_says(unsigned thread)
{
    stub_say(status_of[thread]);
}

static void poll_begin(void)
{
    begin(1, poll_operate);
    poll_count = 0;
    for (unsigned i = 0; i < POLL_OBJECTS; i++) {
        stub_check(gale_sem_init(&poll_sems[i], &turns_x, 0, 100) == GALE_OK);
        gale_poll_signal_init(&poll_signals[i], &turns_x);
        stub_check(gale_event_init(&poll_flags[i], &turns_x) == GALE_OK);
    }
}

static void poll_set_sem(unsigned i, uint32_t count)
{
    gale_sem_reset(&poll_sems[i]);
    for (uint32_t n = 0; n < count; n++) {
        gale_sem_give(&poll_sems[i]);
    }
}

static void poll_add(unsigned kind, unsigned i, uint32_t mask)
{
    struct gale_poll_event *member = &poll_members[poll_count++];

    if (kind == 0) {
        gale_poll_event_init_sem(member, &poll_sems[i]);
    } else if (kind == 1) {
        gale_poll_event_init_signal(member, &poll_signals[i]);
    } else {
        gale_poll_event_init_event(member, &poll_flags[i], mask);
    }
}

value oracle_poll(value op, value va, value vb, value vc)
{
    const uint32_t a = (uint32_t)Long_val(va);
    const uint32_t b = (uint32_t)Long_val(vb);
    int32_t result = -1;
    long status = 0;

    stub_begin();
    switch (Long_val(op)) {
    case 0:
        poll_begin();
        break;
    case 1:
        gale_poll_signal_raise(&poll_signals[a], (int32_t)b);
        break;
    case 2:
        gale_poll_signal_reset(&poll_signals[a]);
        break;
    case 3:
        status = gale_poll_signal_check(&poll_signals[a], &result) ? result : -1;
        break;
    case 4:
        poll_set_sem(a, b);
        break;
    case 5:
        gale_event_set(&poll_flags[a], b);
        break;
    case 6:
        poll_add(a, b, (uint32_t)Long_val(vc));
        break;
    case 7:
        status = gale_poll(&turns_x, poll_members, poll_count, GALE_NO_WAIT);
        break;
    case 8:
        turns_run(0);
        status = away[0] ? WAIT_BLOCKED : status_of[0];
        break;
    case 9:
        status = gale_executor_cancel_wait(&turns_x, 0);
        break;
    default:
        cancel_all(poll_says);
        return Val_long(0);
    }
    collect(poll_says);
    for (uint32_t i = 0; i < poll_count; i++) {
        stub_say(poll_members[i].state);
    }
    stub_check(gale_poll_signal_is_valid(&poll_signals[0]) && gale_poll_signal_is_valid(&poll_signals[1]));
    return Val_long(status);
}

/* ---- timers ---------------------------------------------------------------------------------------------------- */

GALE_EXECUTOR_MEMORY_DEFINE(timers, 1, 1, 0, 0);

static struct gale_executor timers_x;
static struct gale_timer timer;
static long timer_calls; /* Of the timer's function: one for each expiry. */

static void timer_fn(void *arg)
{
    (void)arg;
    timer_calls++;
}

static gale_tick tick_of(long v)
{
    return v < FOREVER_HERE / 2 ? (gale_tick)v : GALE_FOREVER - (gale_tick)(FOREVER_HERE - v);
}

static long of_tick(gale_tick t)
{
    return t < (gale_tick)(FOREVER_HERE / 2) ? (long)t : FOREVER_HERE - (long)(GALE_FOREVER - t);
}

static void timer_begin(gale_tick now)
{
    gale_virtual_reset(now);
    stub_check(gale_executor_init(&timers_x, &timers_memory) == GALE_OK);
    stub_check(gale_timer_init(&timer, &timers_x, timer_fn, NULL) == GALE_OK);
}

/* One expiry, if one is due: what gale_executor_step() does for each. */
static void timer_fire(void)
{
    gale_id id = GALE_ID_NONE;

    if (gale_timeout_pop_due(&timers_x.timeouts, gale_port_now(), &id) == GALE_OK) {
        stub_check(id == timer.id);
        gale__timer_expire(&timer);
    }
}

value oracle_timer(value op, value va, value vb, value vc)
{
    const long a = Long_val(va);
    const long b = Long_val(vb);
    long status = 0;

    (void)vc;
    stub_begin();
    timer_calls = 0;
    switch (Long_val(op)) {
    case 0:
        timer_begin(tick_of(a));
        break;
    case 1:
        gale_timer_start(&timer, tick_of(a), tick_of(b));
        break;
    case 2:
        gale_timer_stop(&timer);
        break;
    case 3:
        status = gale_timer_read(&timer);
        break;
    case 4:
        timer_fire();
        break;
    case 5:
        gale_virtual_advance(tick_of(a) > gale_port_now() ? tick_of(a) - gale_port_now() : 0);
        break;
    case 6: /* the executor itself, until nothing is due: one step serves a bounded number */
        while (gale_timeout_next_deadline(&timers_x.timeouts) <= gale_port_now()) {
            (void)gale_executor_step(&timers_x);
        }
        break;
    default: /* so many expiries that the count nears its end */
        timer.expired = UINT32_MAX - (uint32_t)a;
        break;
    }
    stub_say(gale_timer_is_running(&timer));
    stub_say((long)timer.expired);
    stub_say(gale_timer_is_saturated(&timer));
    stub_say(of_tick(timer.deadline));
    stub_say(timer_calls);
    stub_check(gale_timer_is_valid(&timer));
    return Val_long(status);
}
