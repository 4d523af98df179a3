/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Every sequence of STEPS operations by three threads and a callback task on two sets and two waitables, from four
 * beginnings, with every order of returns from waits and with time passing in between.
 */
#include "gale/port_virtual.h"

#include "schedule.h"
#include "set_turns.h"

#define STEPS 4u
#define THREADS 3u
#define WAITABLES 2u

static void setup(void)
{
    set_begin(THREADS, WAITABLES, schedule_choose);
}

static void begin_with(unsigned thread, unsigned operation, gale_id waitable)
{
    const struct set_turn turn = {operation, 0, waitable};

    set_do(thread, turn);
}

/* Nothing yet; both waitables in set 0; a thread waits there too; or an event is pending there. */
static void choose_beginning(void)
{
    const uint32_t beginning = schedule_choose(4);

    if (beginning > 0) {
        begin_with(0, SET_JOIN, 0);
        begin_with(0, SET_JOIN, 1);
    }
    if (beginning == 2) {
        begin_with(0, SET_WAIT, 0);
    }
    if (beginning == 3) {
        begin_with(0, SET_POST, 0);
    }
}

static void all_steps(void)
{
    choose_beginning();
    for (unsigned i = 0; i < STEPS && test_failures() == 0; i++) {
        set_step();
    }
}

/* @verifies PL09 PL10 PL11 PL12 PL13 PL14 */
TEST(waitable_set, any_order_of_operations_delivers_every_event_once)
{
    static void (*const flows[])(void) = {all_steps};

    CHECK(schedule_explore(setup, flows, 1, set_end, 5000000) > 100000);
}
