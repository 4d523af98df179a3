/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Every sequence of STEPS operations on two bits of an event by three threads, after a first wait, with every order of
 * returns from waits and with time passing and cancellations in between; and every order of the steps of fixed programs
 * of three threads that hand a bit around.
 */
#include "gale/port_virtual.h"

#include "event_model.h"
#include "schedule.h"

#define STEPS 3u
#define THREADS 3u
#define BITS 2u

/* Left out: EVENT_TEST, with which every step ends anyway, and EVENT_SET_MASKED, of which the others are cases. */
static const struct waiters_test in_any_order = {EVENT_TEST, event_operate, NULL, event_check, true};

static gale_tick next_tick(void)
{
    return gale_port_now() + 1u;
}

static void setup(void)
{
    event_begin(&in_any_order, THREADS, schedule_choose, BITS, next_tick);
}

/* ---- every sequence -------------------------------------------------------------------------------------------- */

/* The second thread has the same priority as the first or a better one. */
static void all_steps(void)
{
    waiters_set_priority(1, (uint8_t)(WAITERS_BEST_PRIORITY - schedule_choose(2)));
    waiters_turn(0, EVENT_WAIT);
    for (unsigned i = 0; i < STEPS && test_failures() == 0; i++) {
        waiters_step();
    }
}

/* @verifies EV01 EV02 EV03 EV04 EV05 EV06 EV08 EV09 */
TEST(event, any_order_of_operations_by_three_threads_forgets_no_waiter)
{
    static void (*const flows[])(void) = {all_steps};

    CHECK(schedule_explore(setup, flows, 1, waiters_finish, 2000000) > 100000);
}

/* ---- every order of fixed programs ----------------------------------------------------------------------------- */

#define PING UINT32_C(1)
#define PONG UINT32_C(0x80000000)

/* What each thread does, one step a turn. A thread that blocks goes on with its next step when it was woken. */
struct step {
    unsigned operation;
    uint32_t bits;
    uint32_t options;
};

static const struct step programs[THREADS][4] = {
    {{EVENT_POST, PING, 0},
     {EVENT_WAIT, PONG, GALE_EVENT_ANY | GALE_EVENT_CLEAR},
     {EVENT_POST, PING, 0},
     {EVENT_WAIT, PONG, GALE_EVENT_ANY | GALE_EVENT_CLEAR}},
    {{EVENT_WAIT, PING, GALE_EVENT_ANY | GALE_EVENT_CLEAR},
     {EVENT_POST, PONG, 0},
     {EVENT_WAIT, PING, GALE_EVENT_ALL | GALE_EVENT_CLEAR},
     {EVENT_POST, PONG, 0}},
    {{EVENT_WAIT, 4, GALE_EVENT_ANY}, {EVENT_CLEAR, 4, 0}, {EVENT_POST, 2, 0}, {EVENT_WAIT, 6, GALE_EVENT_ALL}},
};
static unsigned at[THREADS];

static void perform(unsigned me)
{
    const struct step *s = &programs[me][at[me]++];

    if (s->operation == EVENT_WAIT) {
        event_wait(me, s->bits, s->options, GALE_FOREVER);
    } else if (s->operation == EVENT_POST) {
        event_model_change(event_model.flags | s->bits);
        gale_event_post(&event, s->bits);
    } else {
        event_model.flags &= ~s->bits;
        gale_event_clear(&event, s->bits);
    }
}

static void setup_programs(void)
{
    static const struct waiters_test test = {EVENT_OPERATIONS, perform, NULL, event_check, true};

    at[0] = at[1] = at[2] = 0;
    event_begin(&test, THREADS, schedule_choose, BITS, next_tick);
}

/* One turn of a thread that can run: it comes back from its wait or takes its next step. False: none can. */
static bool turn_of_any(void)
{
    unsigned able[THREADS];
    uint32_t n = 0;
    unsigned who;

    for (unsigned i = 0; i < THREADS; i++) {
        if (turns_can_run(i) && (waiters.away[i] || at[i] < 4u)) {
            able[n++] = i;
        }
    }
    if (n > 0) {
        who = able[schedule_choose(n)];
        turns_run(who);
        waiters_check();
    }
    return n > 0;
}

/* The first two threads always come to their ends; the third ends after somebody from outside posted bit 2 for it. */
static void all_turns(void)
{
    waiters_operation = EVENT_OPERATIONS + 1u;
    while (test_failures() == 0 && turn_of_any()) {
        /* Each turn is checked in itself. */
    }
    CHECK_EQ(at[0], 4);
    CHECK_EQ(at[1], 4);
    CHECK_EQ(at[2], 1);
    CHECK(!waiters.away[0] && !waiters.away[1] && waiters.away[2]);
    event_model_change(event_model.flags | 4u);
    gale_event_post(&event, 4);
    while (test_failures() == 0 && turn_of_any()) {
        /* As above. */
    }
    CHECK_EQ(at[2], 4);
    CHECK(waiters.away[2]);
    event_model_change(event_model.flags | 4u);
    gale_event_post(&event, 4);
    CHECK_EQ(waiters.length, 0);
}

/* @verifies EV05 EV06 EV09 */
TEST(event, two_threads_that_hand_a_bit_around_never_stall_in_any_order)
{
    static void (*const flows[])(void) = {all_turns};

    CHECK(schedule_explore(setup_programs, flows, 1, waiters_finish, 100000) > 10);
}
