/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/port_virtual.h"

#include "executor_fixture.h"
#include "gale/kernel/timer.h"

static void task_that_may_not_block(void *arg)
{
    log_add(number(arg));
    CHECK_EQ(gale_executor_yield(&x), GALE_EPERM);
    CHECK_EQ(gale_executor_sleep_until(&x, GALE_FOREVER), GALE_EPERM);
    if (log_length < 3) {
        CHECK_EQ(gale_executor_post_task(&x, gale_executor_current(&x)), GALE_OK);
    } else {
        (void)gale_executor_abort(&x, gale_executor_current(&x));
    }
}

TEST(executor, a_task_runs_once_for_each_time_it_is_asked)
{
    gale_id task = GALE_ID_NONE;

    begin();
    task = spawn_task(task_that_may_not_block, &one, 10);
    CHECK(!gale_executor_step(&x));
    CHECK_EQ(gale_executor_post_task(&x, task), GALE_OK);
    CHECK_EQ(gale_executor_post_task(&x, task), GALE_OK);
    CHECK(gale_executor_step(&x));
    CHECK_LOG(1);
    run();
    CHECK_LOG(1, 1, 1);
    CHECK_EQ(gale_executor_post_task(&x, task), GALE_EPERM);
    CHECK_EQ(gale_executor_post_task(&x, THREADS), GALE_EINVAL);
}

static void task_that_ends_itself_and_spawns(void *arg)
{
    const gale_id own = gale_executor_current(&x);

    CHECK_EQ(gale_executor_abort(&x, own), GALE_OK);
    CHECK_EQ(gale_executor_current(&x), GALE_ID_NONE);
    CHECK_EQ(spawn(log_once, arg, 3), own);
    CHECK_EQ(gale_executor_yield(&x), GALE_EPERM);
    log_add(7);
}

/* @verifies SC16 */
TEST(executor, a_task_that_ends_itself_does_not_run_as_the_thread_that_gets_its_slot)
{
    begin();
    for (int i = 1; i < THREADS; i++) {
        (void)spawn_task(log_once, &one, 5);
    }
    CHECK_EQ(gale_executor_post_task(&x, spawn_task(task_that_ends_itself_and_spawns, &one, 10)), GALE_OK);
    CHECK(gale_executor_step(&x));
    CHECK_LOG(7);
    CHECK(gale_executor_step(&x));
    CHECK_LOG(7, 1);
    CHECK(gale_executor_is_valid(&x));
}

TEST(executor, a_thread_cannot_be_posted_and_a_task_has_no_wait_to_cancel)
{
    begin();
    sleeper = spawn(sleep_forever, NULL, 10);
    CHECK_EQ(gale_executor_post_task(&x, sleeper), GALE_EINVAL);
    CHECK_EQ(gale_executor_cancel_wait(&x, spawn_task(log_once, &one, 10)), GALE_EINVAL);
    CHECK_EQ(gale_executor_yield(&x), GALE_EPERM);
    CHECK_EQ(gale_executor_current(&x), GALE_ID_NONE);
}

static void rung(void *arg)
{
    log_add(number(arg));
}

static void ring_both(void *arg)
{
    (void)arg;
    gale_doorbell_ring(gale_executor_bell(&x), 1u << 30 | 1u << 3 | 1u << 5);
}

static void stop(void *arg)
{
    (void)arg;
    log_add(99);
    gale_executor_stop(&x);
}

/* @verifies DB01 DB02 */
TEST(executor, doorbell_bits_reach_their_handlers_and_wake_the_sleeping_executor)
{
    begin();
    (void)spawn_task(log_once, &one, 3);
    CHECK_EQ(gale_executor_on_bell(&x, 3, rung, &three), GALE_OK);
    CHECK_EQ(gale_executor_on_bell(&x, 30, stop, NULL), GALE_OK);
    CHECK_EQ(gale_executor_on_bell(&x, GALE_BELL_BITS, rung, &one), GALE_EINVAL);
    CHECK_EQ(gale_virtual_at(START + 10, ring_both, NULL), GALE_OK);
    CHECK_EQ(gale_executor_run(&x), GALE_ECANCELED);
    CHECK_LOG(3, 99);
    CHECK(!gale_executor_step(&x));
    CHECK_LOG(3, 99);
}

static void ring_and_go_on(void *arg)
{
    log_add(1);
    gale_doorbell_ring(gale_executor_bell(&x), 1u << 3);
    CHECK_EQ(gale_executor_yield(&x), GALE_OK);
    log_add(number(arg));
}

/* @verifies DB02 */
TEST(executor, a_bell_that_rings_while_threads_run_is_served_before_the_next_one_runs)
{
    begin();
    CHECK_EQ(gale_executor_on_bell(&x, 3, rung, &three), GALE_OK);
    (void)spawn(ring_and_go_on, &two, 10);
    run();
    CHECK_LOG(1, 3, 2);
}

static void timer_fired(void *arg)
{
    log_add(number(arg));
    CHECK_EQ(gale_executor_current(&x), GALE_ID_NONE);
}

/* @verifies TO04 */
TEST(executor, timers_and_sleeping_threads_share_one_order_of_deadlines)
{
    struct gale_timer t;

    begin();
    CHECK_EQ(gale_timer_init(&t, &x, timer_fired, &two), GALE_OK);
    gale_timer_start(&t, START + 150, 0);
    (void)spawn(sleep_twice, &one, 10);
    run();
    CHECK_LOG(1, 2, 10);
}

/* @verifies SC07 */
TEST(executor, it_sleeps_only_when_nothing_is_ready)
{
    begin();
    (void)spawn(log_and_yield, &one, 10);
    run();
    CHECK_EQ(gale_port_now(), START);
    CHECK(!gale_virtual_deadlocked());
}

TEST(executor, is_valid_sees_a_wrong_count)
{
    begin();
    (void)spawn_task(log_once, &one, 5);
    x.live = 0;
    CHECK(!gale_executor_is_valid(&x));
    x.live = 1;
    x.timers_used = TIMERS + 1;
    CHECK(!gale_executor_is_valid(&x));
    x.timers_used = 0;
    x.memory.threads[1].dead = false;
    CHECK(!gale_executor_is_valid(&x));
}
