/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Every sequence of STEPS gate operations by three threads, from two beginnings, with every order of returns from waits
 * and with time passing in between; and a reader on another core at every point of the gate's one atomic word.
 */
#include "gale/port_virtual.h"

#include "gate_model.h"
#include "schedule.h"

#define STEPS 5u
#define THREADS 3u

static void setup(void)
{
    gate_begin(THREADS, schedule_choose);
}

/* From an open gate, or from a closed one at which the first thread waits already. */
static void all_steps(void)
{
    if (schedule_choose(2) == 1u) {
        gate_turn(0, GATE_ENABLE);
        gate_turn(0, GATE_WAIT);
    }
    for (unsigned i = 0; i < STEPS && test_failures() == 0; i++) {
        gate_step();
    }
}

/* @verifies BP01 BP02 BP03 BP04 BP05 */
TEST(backpressure_gate, any_order_of_operations_by_three_threads_loses_and_doubles_nobody)
{
    static void (*const flows[])(void) = {all_steps};

    CHECK(schedule_explore(setup, flows, 1, gate_end, 2000000) > 100000);
}

/* ---- is_enabled from elsewhere --------------------------------------------------------------------------------- */

static uint32_t seen[3];

static void setup_reader(void)
{
    seen[0] = seen[1] = seen[2] = 0;
    gate_begin(0, schedule_choose);
}

static void open_and_close(void)
{
    (void)gale_backpressure_gate_inc(&gate);
    (void)gale_backpressure_gate_enable(&gate);
    (void)gale_backpressure_gate_dec(&gate);
    gale_backpressure_gate_disable(&gate);
}

static void look(void)
{
    for (unsigned i = 0; i < 3u; i++) {
        seen[i] = gale_backpressure_gate_is_enabled(&gate) ? 1u : 0u;
    }
}

/* Open, closed without a gap, open: a gap would show as closed, open, closed. */
static void check_reader(void)
{
    CHECK(!(seen[0] == 1u && seen[1] == 0u && seen[2] == 1u));
    CHECK(!gale_backpressure_gate_is_enabled(&gate));
}

/* @verifies BP04 BP05 */
TEST(backpressure_gate, a_reader_elsewhere_sees_no_opening_while_the_count_is_positive)
{
    static void (*const flows[])(void) = {open_and_close, look};

    CHECK(schedule_explore(setup_reader, flows, 2, check_reader, 1000000) > 100);
}
