/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/timer.h"
#include "gale/port_virtual.h"
#include "test.h"
#include "threads.h"

static struct gale_timer timer;
static gale_tick fired[THREADS_LOG_MAX];
static unsigned fires;

static void note(void *arg)
{
    (void)arg;
    CHECK_EQ(gale_executor_current(&threads_x), GALE_ID_NONE);
    if (fires < THREADS_LOG_MAX) {
        fired[fires] = gale_port_now() - THREADS_START;
    }
    fires++;
}

static void begin(void (*fn)(void *arg))
{
    threads_begin();
    fires = 0;
    CHECK_EQ(gale_timer_init(&timer, &threads_x, fn, NULL), GALE_OK);
    CHECK(gale_timer_is_valid(&timer));
}

static void end(void)
{
    CHECK(gale_timer_is_valid(&timer));
    CHECK(gale_executor_is_valid(&threads_x));
}

/* Time passes tick by tick, as on a core that is never late. */
static void pass_each(unsigned ticks)
{
    for (unsigned i = 0; i < ticks; i++) {
        threads_pass(1);
    }
}

/* @verifies TM01 */
TEST(timer, a_new_timer_does_not_run_and_has_not_expired)
{
    begin(note);
    CHECK(!gale_timer_is_running(&timer));
    CHECK_EQ(gale_timer_remaining(&timer), 0);
    pass_each(20);
    CHECK_EQ(gale_timer_read(&timer), 0);
    CHECK_EQ(fires, 0);
    end();
}

TEST(timer, init_without_a_slot_left_returns_enomem)
{
    static struct gale_timer more[THREADS_TIMERS];

    begin(note);
    for (unsigned i = 1; i < THREADS_TIMERS; i++) {
        CHECK_EQ(gale_timer_init(&more[i], &threads_x, NULL, NULL), GALE_OK);
        CHECK(gale_timer_is_valid(&more[i]));
    }
    CHECK_EQ(gale_timer_init(&more[0], &threads_x, NULL, NULL), GALE_ENOMEM);
    end();
}

/* @verifies TM05 TM06 */
TEST(timer, a_one_shot_expires_once_at_its_deadline)
{
    begin(note);
    gale_timer_start(&timer, THREADS_START + 5u, 0);
    CHECK(gale_timer_is_running(&timer));
    CHECK_EQ(gale_timer_remaining(&timer), 5);
    pass_each(4);
    CHECK_EQ(fires, 0);
    CHECK_EQ(gale_timer_remaining(&timer), 1);
    pass_each(20);
    CHECK_EQ(fires, 1);
    CHECK_EQ(fired[0], 5);
    CHECK(!gale_timer_is_running(&timer));
    CHECK_EQ(gale_timer_remaining(&timer), 0);
    CHECK_EQ(gale_timer_read(&timer), 1);
    end();
}

/* @verifies TM05 TM07 */
TEST(timer, a_periodic_timer_expires_every_period)
{
    begin(note);
    gale_timer_start(&timer, THREADS_START + 3u, 10);
    pass_each(35);
    CHECK_EQ(fires, 4);
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQ(fired[i], 3u + 10u * i);
    }
    CHECK(gale_timer_is_running(&timer));
    CHECK_EQ(gale_timer_remaining(&timer), 8);
    CHECK_EQ(gale_timer_read(&timer), 4);
    end();
}

/* @verifies TM07 TM05 */
TEST(timer, a_periodic_timer_that_is_served_late_does_not_drift_and_counts_all)
{
    begin(note);
    gale_timer_start(&timer, THREADS_START + 10u, 10);
    threads_pass(17);
    CHECK_EQ(gale_timer_read(&timer), 1);
    CHECK_EQ(gale_timer_remaining(&timer), 3);
    threads_pass(28);
    CHECK_EQ(gale_timer_read(&timer), 3);
    CHECK_EQ(gale_timer_remaining(&timer), 5);
    CHECK_EQ(timer.deadline, THREADS_START + 50u);
    end();
}

/* @verifies TM02 */
TEST(timer, read_returns_the_count_and_zeroes_it)
{
    begin(NULL);
    gale_timer_start(&timer, THREADS_START + 1u, 1);
    pass_each(3);
    CHECK_EQ(gale_timer_read(&timer), 3);
    CHECK_EQ(gale_timer_read(&timer), 0);
    pass_each(2);
    CHECK_EQ(gale_timer_read(&timer), 2);
    end();
}

/* @verifies TM03 */
TEST(timer, start_zeroes_the_count_and_replaces_the_deadline)
{
    begin(note);
    gale_timer_start(&timer, THREADS_START + 1u, 4);
    pass_each(2);
    gale_timer_start(&timer, THREADS_START + 20u, 0);
    CHECK_EQ(timer.expired, 0);
    CHECK_EQ(gale_timer_remaining(&timer), 18);
    pass_each(30);
    CHECK_EQ(fires, 2);
    CHECK_EQ(fired[1], 20);
    CHECK_EQ(gale_timer_read(&timer), 1);
    end();
}

/* @verifies TM04 */
TEST(timer, stop_zeroes_the_count_and_nothing_expires_any_more)
{
    begin(note);
    gale_timer_start(&timer, THREADS_START + 1u, 4);
    pass_each(6);
    CHECK_EQ(fires, 2);
    gale_timer_stop(&timer);
    CHECK(!gale_timer_is_running(&timer));
    CHECK_EQ(gale_timer_read(&timer), 0);
    CHECK_EQ(gale_timer_remaining(&timer), 0);
    pass_each(20);
    CHECK_EQ(fires, 2);
    gale_timer_stop(&timer);
    end();
}

/* @verifies TM08 */
TEST(timer, the_count_saturates_and_says_so)
{
    begin(NULL);
    gale_timer_start(&timer, THREADS_START + 1u, 1);
    timer.expired = UINT32_MAX - 1u;
    CHECK(!gale_timer_is_saturated(&timer));
    pass_each(1);
    CHECK(gale_timer_is_saturated(&timer));
    pass_each(2);
    CHECK(gale_timer_is_saturated(&timer));
    CHECK_EQ(gale_timer_read(&timer), UINT32_MAX);
    CHECK(!gale_timer_is_saturated(&timer));
    end();
}

/* @verifies TM07 */
TEST(timer, a_first_deadline_that_has_passed_counts_as_now)
{
    begin(note);
    gale_timer_start(&timer, GALE_NO_WAIT, 10);
    threads_settle();
    CHECK_EQ(fires, 1);
    pass_each(10);
    CHECK_EQ(fires, 2);
    CHECK_EQ(fired[1], 10);
    end();
}

/* @verifies TO07 */
TEST(timer, forever_never_expires)
{
    begin(note);
    gale_timer_start(&timer, GALE_FOREVER, 1);
    CHECK(gale_timer_is_running(&timer));
    CHECK_EQ(gale_timer_remaining(&timer), GALE_FOREVER);
    pass_each(50);
    CHECK_EQ(fires, 0);
    end();
}

/* @verifies TM07 TO05 */
TEST(timer, a_period_beyond_the_end_of_time_never_comes)
{
    begin(note);
    gale_timer_start(&timer, THREADS_START + 1u, GALE_FOREVER);
    pass_each(5);
    CHECK_EQ(fires, 1);
    CHECK(gale_timer_is_running(&timer));
    CHECK_EQ(gale_timer_remaining(&timer), GALE_FOREVER);
    end();
}

static void stop_at_third(void *arg)
{
    note(arg);
    if (fires == 3) {
        gale_timer_stop(&timer);
    }
}

static void restart_once(void *arg)
{
    note(arg);
    if (fires == 1) {
        gale_timer_start(&timer, gale_port_now() + 7u, 0);
    }
}

/* @verifies TM04 TM03 */
TEST(timer, its_function_may_stop_and_restart_it)
{
    begin(stop_at_third);
    gale_timer_start(&timer, THREADS_START + 1u, 1);
    pass_each(10);
    CHECK_EQ(fires, 3);
    CHECK(!gale_timer_is_running(&timer));
    end();

    begin(restart_once);
    gale_timer_start(&timer, THREADS_START + 2u, 1);
    pass_each(20);
    CHECK_EQ(fires, 2);
    CHECK_EQ(fired[1], 9);
    CHECK_EQ(gale_timer_read(&timer), 1);
    end();
}

/* @verifies TM01 */
TEST(timer, is_valid_sees_each_broken_invariant)
{
    begin(note);
    timer.running = true;
    timer.deadline = 7;
    CHECK(!gale_timer_is_valid(&timer));
    timer.running = false;
    const gale_id id = timer.id;
    timer.id = 0;
    CHECK(!gale_timer_is_valid(&timer));
    timer.id = (gale_id)(id + 1);
    CHECK(!gale_timer_is_valid(&timer));
    timer.id = id;
    threads_memory.timers[0] = NULL;
    CHECK(!gale_timer_is_valid(&timer));
}
