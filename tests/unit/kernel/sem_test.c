/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/sem.h"
#include "gale/port_virtual.h"
#include "test.h"
#include "threads.h"

static struct gale_sem sem;
static gale_tick soon = THREADS_START + 10u;
static gale_tick never = GALE_FOREVER;
static gale_tick past = THREADS_START;

static void begin(uint32_t initial, uint32_t limit)
{
    threads_begin();
    CHECK_EQ(gale_sem_init(&sem, &threads_x, initial, limit), GALE_OK);
    CHECK(gale_sem_is_valid(&sem));
}

static void take(void *deadline)
{
    threads_done(gale_sem_take(&sem, *(const gale_tick *)deadline));
}

static void end(void)
{
    CHECK(gale_sem_is_valid(&sem));
    CHECK(gale_executor_is_valid(&threads_x));
}

/* @verifies P01 P02 */
TEST(sem, init_refuses_a_limit_of_zero_and_more_permits_than_the_limit)
{
    threads_begin();
    CHECK_EQ(gale_sem_init(&sem, &threads_x, 0, 0), GALE_EINVAL);
    CHECK_EQ(gale_sem_init(&sem, &threads_x, 4, 3), GALE_EINVAL);
    CHECK_EQ(gale_sem_init(&sem, &threads_x, 3, 3), GALE_OK);
    CHECK_EQ(gale_sem_count(&sem), 3);
    CHECK(gale_sem_is_valid(&sem));
}

TEST(sem, init_without_a_list_left_returns_enomem)
{
    threads_begin();
    for (unsigned i = 0; i < THREADS_LISTS; i++) {
        CHECK_EQ(gale_sem_init(&sem, &threads_x, 0, 1), GALE_OK);
    }
    CHECK_EQ(gale_sem_init(&sem, &threads_x, 0, 1), GALE_ENOMEM);
}

/* @verifies P05 */
TEST(sem, a_take_subtracts_exactly_one)
{
    begin(3, 5);
    CHECK_EQ(gale_sem_try_take(&sem), GALE_OK);
    CHECK_EQ(gale_sem_count(&sem), 2);
    CHECK_EQ(gale_sem_take(&sem, GALE_NO_WAIT), GALE_OK);
    CHECK_EQ(gale_sem_take(&sem, GALE_FOREVER), GALE_OK);
    CHECK_EQ(gale_sem_count(&sem), 0);
    end();
}

/* @verifies P06 */
TEST(sem, try_take_when_empty_returns_ebusy)
{
    begin(0, 1);
    CHECK_EQ(gale_sem_try_take(&sem), GALE_EBUSY);
    CHECK_EQ(gale_sem_take(&sem, GALE_NO_WAIT), GALE_EBUSY);
    CHECK_EQ(gale_sem_count(&sem), 0);
    end();
}

/* @verifies P03 P01 */
TEST(sem, give_without_waiters_adds_one_up_to_the_limit)
{
    begin(0, 2);
    gale_sem_give(&sem);
    CHECK_EQ(gale_sem_count(&sem), 1);
    gale_sem_give(&sem);
    gale_sem_give(&sem);
    CHECK_EQ(gale_sem_count(&sem), 2);
    end();
}

/* @verifies P09 P03 */
TEST(sem, give_at_the_greatest_limit_does_not_wrap)
{
    begin(UINT32_MAX - 1u, UINT32_MAX);
    gale_sem_give(&sem);
    gale_sem_give(&sem);
    CHECK_EQ(gale_sem_count(&sem), UINT32_MAX);
    end();
}

/* @verifies P07 */
TEST(sem, take_when_empty_blocks_the_caller_on_the_queue)
{
    begin(0, 1);
    const gale_id a = threads_spawn(take, &never, 10);
    CHECK(threads_is_blocked(a));
    CHECK_EQ(gale_wait_queue_first(&sem.waiters), a);
    CHECK_NONE_DONE();
    end();
}

/* @verifies P04 P10 */
TEST(sem, give_readies_the_best_longest_waiting_thread_and_keeps_the_count)
{
    begin(0, 3);
    const gale_id a = threads_spawn(take, &never, 20);
    const gale_id b = threads_spawn(take, &never, 10);
    const gale_id c = threads_spawn(take, &never, 20);
    const gale_id d = threads_spawn(take, &never, 10);
    for (unsigned i = 0; i < 4; i++) {
        gale_sem_give(&sem);
        CHECK_EQ(gale_sem_count(&sem), 0);
        threads_settle();
        CHECK_EQ(threads_logged, i + 1u);
    }
    CHECK_DONE({b, GALE_OK}, {d, GALE_OK}, {a, GALE_OK}, {c, GALE_OK});
    end();
}

/* @verifies P04 */
TEST(sem, a_permit_given_to_a_waiter_cannot_be_taken_by_another)
{
    begin(0, 1);
    const gale_id a = threads_spawn(take, &never, 10);
    gale_sem_give(&sem);
    CHECK_EQ(gale_sem_try_take(&sem), GALE_EBUSY);
    threads_settle();
    CHECK_DONE({a, GALE_OK});
    end();
}

/* @verifies P08 */
TEST(sem, reset_zeroes_the_count_and_sends_every_waiter_away)
{
    begin(2, 2);
    gale_sem_reset(&sem);
    CHECK_EQ(gale_sem_count(&sem), 0);
    const gale_id a = threads_spawn(take, &never, 20);
    const gale_id b = threads_spawn(take, &soon, 10);
    gale_sem_reset(&sem);
    threads_settle();
    CHECK_DONE({b, GALE_EAGAIN}, {a, GALE_EAGAIN});
    CHECK_EQ(gale_sem_count(&sem), 0);
    end();
}

/* @verifies P07 TO04 */
TEST(sem, take_times_out_at_its_deadline_and_not_before)
{
    begin(0, 1);
    const gale_id a = threads_spawn(take, &soon, 10);
    threads_pass(9);
    CHECK_NONE_DONE();
    threads_pass(1);
    CHECK_DONE({a, GALE_ETIMEDOUT});
    gale_sem_give(&sem);
    CHECK_EQ(gale_sem_count(&sem), 1);
    end();
}

/* @verifies TO08 P06 */
TEST(sem, take_with_a_deadline_that_has_passed_does_not_block)
{
    begin(0, 1);
    const gale_id a = threads_spawn(take, &past, 10);
    CHECK_DONE({a, GALE_ETIMEDOUT});
    CHECK_EQ(gale_sem_count(&sem), 0);
    end();
}

TEST(sem, a_cancelled_take_returns_ecanceled_and_loses_no_permit)
{
    begin(0, 1);
    const gale_id a = threads_spawn(take, &never, 10);
    CHECK_EQ(gale_executor_cancel_wait(&threads_x, a), GALE_OK);
    threads_settle();
    CHECK_DONE({a, GALE_ECANCELED});
    gale_sem_give(&sem);
    CHECK_EQ(gale_sem_count(&sem), 1);
    end();
}

/* @verifies P03 */
TEST(sem, the_permit_of_a_waiter_that_was_aborted_goes_to_the_next)
{
    begin(0, 1);
    const gale_id a = threads_spawn(take, &never, 10);
    const gale_id b = threads_spawn(take, &never, 20);
    CHECK_EQ(gale_executor_abort(&threads_x, a), GALE_OK);
    gale_sem_give(&sem);
    threads_settle();
    CHECK_DONE({b, GALE_OK});
    CHECK_EQ(gale_sem_count(&sem), 0);
    end();
}

TEST(sem, who_may_not_block_gets_eperm_and_takes_what_is_free)
{
    begin(0, 1);
    CHECK_EQ(gale_sem_take(&sem, GALE_FOREVER), GALE_EPERM);
    threads_run_task(take, &never);
    CHECK_EQ(threads_log[0].status, GALE_EPERM);
    gale_sem_give(&sem);
    threads_run_task(take, &never);
    CHECK_EQ(threads_log[1].status, GALE_OK);
    end();
}

static void give_and_look(void *arg)
{
    (void)arg;
    gale_sem_give(&sem);
    threads_done(GALE_EALREADY);
}

/* @verifies SC10 P04 */
TEST(sem, give_lets_a_better_waiter_run_before_it_returns)
{
    begin(0, 1);
    const gale_id better = threads_spawn(take, &never, 10);
    const gale_id giver = threads_spawn(give_and_look, NULL, 20);
    CHECK_DONE({better, GALE_OK}, {giver, GALE_EALREADY});

    const gale_id worse = threads_spawn(take, &never, 30);
    const gale_id giver2 = threads_spawn(give_and_look, NULL, 20);
    CHECK_DONE({giver2, GALE_EALREADY}, {worse, GALE_OK});
    end();
}

static void reset_and_look(void *arg)
{
    (void)arg;
    gale_sem_reset(&sem);
    threads_done(GALE_EALREADY);
}

/* @verifies P08 SC10 */
TEST(sem, reset_lets_a_better_waiter_run_before_it_returns)
{
    begin(0, 1);
    const gale_id better = threads_spawn(take, &never, 10);
    const gale_id resetter = threads_spawn(reset_and_look, NULL, 20);
    CHECK_DONE({better, GALE_EAGAIN}, {resetter, GALE_EALREADY});
    end();
}

/* @verifies P01 P02 */
TEST(sem, is_valid_sees_each_broken_invariant)
{
    begin(0, 1);
    (void)threads_spawn(take, &never, 10);
    sem.count = 1;
    CHECK(!gale_sem_is_valid(&sem));
    sem.count = 2;
    CHECK(!gale_sem_is_valid(&sem));
    sem.count = 0;
    sem.limit = 0;
    CHECK(!gale_sem_is_valid(&sem));
    sem.limit = 1;
    end();
}
