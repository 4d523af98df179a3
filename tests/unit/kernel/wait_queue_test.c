/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/wait_queue.h"
#include "gale/port_virtual.h"
#include "test.h"

#define THREADS 5
#define START 100u

GALE_EXECUTOR_MEMORY_DEFINE(waits, THREADS, 0, 0, 1);
static struct gale_executor x;
static struct gale_wait_queue q;
static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t stacks[THREADS][32768];
static enum gale_wait_order order;
static gale_tick deadline;
static int status_of[THREADS];
static gale_id woken[THREADS];
static unsigned woken_count;

static void waiter(void *arg)
{
    const gale_id me = gale_executor_current(&x);

    (void)arg;
    status_of[me] = gale_wait_queue_wait(&q, order, deadline);
    woken[woken_count++] = me;
}

/* Waiters with the given priorities, all blocked on the queue in the order of their ids. */
static void begin(enum gale_wait_order how, gale_tick until, const uint8_t *priorities, unsigned n)
{
    gale_virtual_reset(START);
    order = how;
    deadline = until;
    woken_count = 0;
    CHECK_EQ(gale_executor_init(&x, &waits_memory), GALE_OK);
    CHECK_EQ(gale_wait_queue_init(&q, &x), GALE_OK);
    for (unsigned i = 0; i < n; i++) {
        const struct gale_thread_spec spec = {waiter, NULL, stacks[i], sizeof stacks[i], priorities[i], NULL};
        CHECK_EQ(gale_executor_spawn(&x, &spec, NULL), GALE_OK);
        (void)gale_executor_step(&x);
    }
}

static void run(void)
{
    CHECK_EQ(gale_executor_run(&x), GALE_OK);
    CHECK(gale_executor_is_valid(&x));
}

static void check_queue(const gale_id *expected, unsigned n)
{
    gale_id t = gale_wait_queue_first(&q);

    for (unsigned i = 0; i < n; i++) {
        test_note("place", i);
        CHECK_EQ(t, expected[i]);
        t = t == GALE_ID_NONE ? t : gale_wait_queue_next(&q, t);
    }
    CHECK_EQ(t, GALE_ID_NONE);
}

static const uint8_t mixed[] = {20, 10, 20, 30, 10};

/* @verifies P10 */
TEST(wait_queue, by_priority_and_fifo_among_equals)
{
    const gale_id expected[] = {1, 4, 0, 2, 3};

    begin(GALE_WAIT_PRIORITY, GALE_FOREVER, mixed, 5);
    check_queue(expected, 5);
    CHECK(!gale_wait_queue_is_empty(&q));
}

/* @verifies BP02 */
TEST(wait_queue, by_arrival_when_asked_so)
{
    const gale_id expected[] = {0, 1, 2, 3, 4};

    begin(GALE_WAIT_FIFO, GALE_FOREVER, mixed, 5);
    check_queue(expected, 5);
}

/* @verifies P10 TH02 */
TEST(wait_queue, a_new_priority_moves_a_waiter_if_the_queue_is_ordered_so)
{
    const gale_id by_priority[] = {3, 1, 4, 2, 0};
    const gale_id by_arrival[] = {0, 1, 2, 3, 4};

    begin(GALE_WAIT_PRIORITY, GALE_FOREVER, mixed, 5);
    CHECK_EQ(gale_executor_set_priority(&x, 3, 5), GALE_OK);
    CHECK_EQ(gale_executor_set_priority(&x, 0, 20), GALE_OK);
    check_queue(by_priority, 5);

    begin(GALE_WAIT_FIFO, GALE_FOREVER, mixed, 5);
    CHECK_EQ(gale_executor_set_priority(&x, 3, 5), GALE_OK);
    check_queue(by_arrival, 5);
}

/* @verifies P10 TH02 */
TEST(wait_queue, a_refused_priority_changes_no_order)
{
    const gale_id expected[] = {1, 4, 0, 2, 3};

    begin(GALE_WAIT_PRIORITY, GALE_FOREVER, mixed, 5);
    CHECK_EQ(gale_executor_set_priority(&x, 1, GALE_PRIORITIES), GALE_EINVAL);
    check_queue(expected, 5);
}

TEST(wait_queue, a_new_priority_of_a_sleeper_moves_nothing)
{
    begin(GALE_WAIT_PRIORITY, START + 10, mixed, 1);
    gale_wait_queue_wake(&q, 0, GALE_OK);
    CHECK_EQ(gale_executor_suspend(&x, 0), GALE_OK);
    CHECK_EQ(gale_executor_set_priority(&x, 0, 3), GALE_OK);
    CHECK(gale_wait_queue_is_empty(&q));
    CHECK(gale_executor_is_valid(&x));
}

TEST(wait_queue, wake_first_gives_its_status_to_the_head_alone)
{
    begin(GALE_WAIT_PRIORITY, GALE_FOREVER, mixed, 2);
    CHECK_EQ(gale_wait_queue_wake_first(&q, 7), 1);
    CHECK(gale_executor_step(&x));
    CHECK_EQ(woken_count, 1);
    CHECK_EQ(status_of[1], 7);
    CHECK_EQ(gale_wait_queue_wake_first(&q, 8), 0);
    CHECK_EQ(gale_wait_queue_wake_first(&q, 9), GALE_ID_NONE);
    run();
    CHECK_EQ(status_of[0], 8);
}

TEST(wait_queue, wake_all_readies_everyone_in_order)
{
    begin(GALE_WAIT_FIFO, GALE_FOREVER, mixed, 5);
    CHECK_EQ(gale_wait_queue_wake_all(&q, GALE_EAGAIN), 5);
    CHECK_EQ(gale_wait_queue_wake_all(&q, GALE_EAGAIN), 0);
    run();
    CHECK_EQ(woken_count, 5);
    CHECK_EQ(woken[0], 1);
    CHECK_EQ(woken[4], 3);
    for (unsigned i = 0; i < 5; i++) {
        CHECK_EQ(status_of[i], GALE_EAGAIN);
    }
}

TEST(wait_queue, wake_takes_one_from_the_middle)
{
    const gale_id left[] = {0, 2};

    begin(GALE_WAIT_FIFO, GALE_FOREVER, mixed, 3);
    gale_wait_queue_words(&q, 1)[2] = 5;
    gale_wait_queue_wake(&q, 1, GALE_OK);
    check_queue(left, 2);
    CHECK_EQ(gale_wait_queue_words(&q, 1)[2], 5);
}

/* @verifies TO08 BP03 */
TEST(wait_queue, the_deadline_ends_the_wait_at_its_tick_and_not_before)
{
    begin(GALE_WAIT_FIFO, START + 25, mixed, 2);
    gale_virtual_advance(24);
    CHECK(!gale_executor_step(&x));
    gale_virtual_advance(1);
    CHECK(gale_executor_step(&x));
    CHECK_EQ(status_of[1], GALE_ETIMEDOUT);
    run();
    CHECK_EQ(status_of[0], GALE_ETIMEDOUT);
    CHECK(gale_wait_queue_is_empty(&q));
}

/* @verifies TO08 */
TEST(wait_queue, a_passed_deadline_never_blocks)
{
    begin(GALE_WAIT_FIFO, GALE_NO_WAIT, mixed, 1);
    CHECK_EQ(status_of[0], GALE_ETIMEDOUT);
    begin(GALE_WAIT_FIFO, START, mixed, 1);
    CHECK_EQ(status_of[0], GALE_ETIMEDOUT);
    CHECK_EQ(woken_count, 1);
}

TEST(wait_queue, only_a_thread_with_a_stack_may_wait)
{
    begin(GALE_WAIT_FIFO, GALE_FOREVER, mixed, 0);
    CHECK_EQ(gale_wait_queue_wait(&q, GALE_WAIT_FIFO, GALE_FOREVER), GALE_EPERM);
}

TEST(wait_queue, lists_run_out)
{
    struct gale_wait_queue other;

    begin(GALE_WAIT_FIFO, GALE_FOREVER, mixed, 0);
    CHECK_EQ(gale_wait_queue_init(&other, &x), GALE_ENOMEM);
}
