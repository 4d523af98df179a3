/* SPDX-License-Identifier: Apache-2.0 */
/** The exploration itself: it runs every order, each once, and no more. */
#include "schedule.h"

#include "gale/atomic.h"

#include "test.h"

#define ORDERS_MAX 1000u

static uint32_t trace; /**< One bit per step: which flow made it. */
static uint32_t orders[ORDERS_MAX];
static uint32_t order_count;
static bool open;

static void setup(void)
{
    trace = 1;
    open = false;
}

static void three_steps_of(uint32_t flow)
{
    for (unsigned i = 0; i < 3u; i++) {
        trace = trace << 1 | flow;
        if (i < 2u) {
            schedule_point();
        }
    }
}

static void three_steps_of_0(void)
{
    three_steps_of(0);
}

static void three_steps_of_1(void)
{
    three_steps_of(1);
}

static void note_order(void)
{
    for (uint32_t i = 0; i < order_count; i++) {
        CHECK(orders[i] != trace);
    }
    REQUIRE(order_count < ORDERS_MAX);
    orders[order_count++] = trace;
}

TEST(schedule, every_order_of_three_and_three_steps_runs_once)
{
    static void (*const flows[])(void) = {three_steps_of_0, three_steps_of_1};
    order_count = 0;
    CHECK_EQ(schedule_explore(setup, flows, 2, note_order, 100), 20); /* 6 over 3 */
    CHECK_EQ(order_count, 20);
}

TEST(schedule, without_preemption_only_the_order_of_whole_flows_varies)
{
    static void (*const flows[])(void) = {three_steps_of_0, three_steps_of_1};
    order_count = 0;
    schedule_bound_preemptions(0);
    CHECK_EQ(schedule_explore(setup, flows, 2, note_order, 100), 2);
    schedule_bound_preemptions(1); /* Each of the two: at one of the two points, then the other flow to its end. */
    order_count = 0;
    CHECK_EQ(schedule_explore(setup, flows, 2, note_order, 100), 6);
}

static void choose_numbers(void)
{
    trace = schedule_choose(3) * 100u;
    trace += schedule_choose(1) * 10u;
    trace += schedule_choose(4);
}

TEST(schedule, choices_of_a_test_are_enumerated)
{
    static void (*const flows[])(void) = {choose_numbers};
    order_count = 0;
    CHECK_EQ(schedule_explore(setup, flows, 1, note_order, 100), 12);
}

static bool is_open(void *arg)
{
    return *(const bool *)arg;
}

static void open_then_step(void)
{
    open = true;
    trace = trace << 1;
}

static void wait_then_step(void)
{
    schedule_block_until(is_open, &open);
    CHECK(open);
    trace = trace << 1 | 1u;
}

static void check_two_steps(void)
{
    CHECK_EQ(trace, 5); /* The opener's step is not cut off from the opening. */
}

TEST(schedule, a_blocked_flow_runs_when_its_condition_holds_and_not_before)
{
    static void (*const flows[])(void) = {open_then_step, wait_then_step};
    CHECK(schedule_explore(setup, flows, 2, check_two_steps, 100) >= 2u);
}

static struct gale_atomic_u32 word;

static void set_word_up(void)
{
    setup();
    gale_atomic_store_relaxed(&word, 0);
}

static void increment_by_load_and_store(void)
{
    gale_atomic_store_release(&word, gale_atomic_load_acquire(&word) + 1u);
}

static void note_word(void)
{
    orders[gale_atomic_load_acquire(&word)]++;
}

TEST(schedule, atomic_accesses_are_points_so_a_lost_update_is_found)
{
    static void (*const flows[])(void) = {increment_by_load_and_store, increment_by_load_and_store};
    orders[1] = orders[2] = 0;
    CHECK(schedule_explore(set_word_up, flows, 2, note_word, 1000) > 2u);
    CHECK(orders[1] > 0);
    CHECK(orders[2] > 0);
}

TEST(schedule, outside_an_exploration_points_do_nothing)
{
    schedule_point();
    CHECK_EQ(schedule_choose(5), 0);
    open = true;
    schedule_block_until(is_open, &open);
    CHECK(open);
}
