/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/async/waitable_set.h"

#include "gale/port_virtual.h"
#include "test.h"

#define THREADS 4u
#define WAITABLES 8u
#define STACK_BYTES 65536u
#define START 50u

GALE_EXECUTOR_MEMORY_DEFINE(set_test, THREADS, 0, WAITABLES, 2u * GALE_WAITABLE_SET_LISTS);

static struct gale_executor x;
static struct gale_waitable items[WAITABLES];
static struct gale_waitable_pool pool;
static struct gale_waitable_set set;
static struct gale_waitable_set other;
static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t stacks[THREADS][STACK_BYTES];
static unsigned next_stack;

static void start(void)
{
    gale_virtual_reset(START);
    next_stack = 0;
    CHECK_EQ(gale_executor_init(&x, &set_test_memory), GALE_OK);
    CHECK_EQ(gale_waitable_set_pool_init(&pool, &x, items, WAITABLES), GALE_OK);
    CHECK_EQ(gale_waitable_set_init(&set, &pool), GALE_OK);
    CHECK_EQ(gale_waitable_set_init(&other, &pool), GALE_OK);
}

static void still_valid(void)
{
    CHECK(gale_waitable_set_pool_is_valid(&pool));
    CHECK(gale_waitable_set_is_valid(&set));
    CHECK(gale_waitable_set_is_valid(&other));
    CHECK(gale_executor_is_valid(&x));
}

static gale_id spawn(void (*entry)(void *arg), void *arg, uint8_t priority)
{
    const struct gale_thread_spec spec = {entry, arg, stacks[next_stack++], STACK_BYTES, priority, NULL};
    gale_id id = GALE_ID_NONE;

    CHECK_EQ(gale_executor_spawn(&x, &spec, &id), GALE_OK);
    return id;
}

static void join_all(void)
{
    for (gale_id w = 0; w < WAITABLES; w++) {
        CHECK_EQ(gale_waitable_set_join(&set, w), GALE_OK);
    }
}

/* Checks that the next event is this one; type NONE: that there is none. */
#define CHECK_NEXT(s, type_, join_id_, payload_)                                                                    \
    do {                                                                                                            \
        struct gale_waitable_event next_ = {GALE_WAITABLE_EVENT_NONE, (join_id_), (payload_)};                      \
        CHECK_EQ(gale_waitable_set_poll((s), &next_), (type_) == GALE_WAITABLE_EVENT_NONE ? GALE_EAGAIN : GALE_OK); \
        CHECK_EQ(next_.type, (type_));                                                                              \
        CHECK_EQ(next_.join_id, (join_id_));                                                                        \
        CHECK_EQ(next_.payload, (payload_));                                                                        \
    } while (0)

#define CHECK_NO_EVENT(s) CHECK_NEXT((s), GALE_WAITABLE_EVENT_NONE, 7, 7)

/* ---- init ------------------------------------------------------------------------------------------------------ */

TEST(waitable_set, init_beyond_the_executors_memory_returns_enomem)
{
    struct gale_waitable more[1];
    struct gale_waitable_pool second;
    struct gale_waitable_set third;

    start();
    CHECK_EQ(gale_waitable_set_pool_init(&second, &x, more, 0), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_pool_init(&second, &x, more, 1), GALE_ENOMEM);
    CHECK_EQ(gale_waitable_set_init(&third, &pool), GALE_ENOMEM);
}

TEST(waitable_set, init_with_one_list_left_returns_enomem)
{
    struct gale_executor_memory memory = set_test_memory;

    memory.list_count = (gale_id)(memory.list_count - 3u);
    CHECK_EQ(gale_executor_init(&x, &memory), GALE_OK);
    CHECK_EQ(gale_waitable_set_pool_init(&pool, &x, items, WAITABLES), GALE_OK);
    CHECK_EQ(gale_waitable_set_init(&set, &pool), GALE_ENOMEM);
}

/* ---- post and poll --------------------------------------------------------------------------------------------- */

/* @verifies PL09 PL12 */
TEST(waitable_set, poll_of_an_empty_set_returns_eagain)
{
    start();
    CHECK_NO_EVENT(&set);
    join_all();
    CHECK_NO_EVENT(&set);
    CHECK_EQ(gale_waitable_set_members(&set), WAITABLES);
    still_valid();
}

/* @verifies PL09 PL10 PL12 */
TEST(waitable_set, events_come_once_and_in_the_order_of_their_posts)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_post(&pool, 5, GALE_WAITABLE_EVENT_STREAM_READ, 50), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 2, GALE_WAITABLE_EVENT_SUBTASK, UINT32_MAX), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 7, GALE_WAITABLE_EVENT_FUTURE_WRITE, 0), GALE_OK);
    still_valid();

    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_STREAM_READ, 5, 50);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_SUBTASK, 2, UINT32_MAX);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_FUTURE_WRITE, 7, 0);
    CHECK_NO_EVENT(&set);
    still_valid();
}

/* @verifies PL09 */
TEST(waitable_set, post_of_what_is_no_event_returns_einval)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_post(&pool, 0, GALE_WAITABLE_EVENT_NONE, 1), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_post(&pool, 0, GALE_WAITABLE_EVENT_CANCELLED, 1), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_post(&pool, 0, GALE_WAITABLE_EVENT_TYPES, 1), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_post(&pool, 0, 257, 1), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_post(&pool, 0, UINT32_MAX, 1), GALE_EINVAL);
    CHECK_NO_EVENT(&set);
}

/* @verifies PL10 */
TEST(waitable_set, a_waitable_beyond_the_pool_is_einval_everywhere)
{
    start();
    CHECK_EQ(gale_waitable_set_join(&set, WAITABLES), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_leave(&pool, WAITABLES), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_drop_waitable(&pool, GALE_ID_NONE), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_post(&pool, WAITABLES, GALE_WAITABLE_EVENT_SUBTASK, 1), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_cancel(&pool, GALE_ID_NONE), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_members(&set), 0);
}

/* @verifies PL12 */
TEST(waitable_set, second_post_returns_ebusy_and_keeps_the_first)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_post(&pool, 1, GALE_WAITABLE_EVENT_STREAM_WRITE, 10), GALE_OK);

    CHECK_EQ(gale_waitable_set_post(&pool, 1, GALE_WAITABLE_EVENT_FUTURE_READ, 11), GALE_EBUSY);

    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_STREAM_WRITE, 1, 10);
    CHECK_EQ(gale_waitable_set_post(&pool, 1, GALE_WAITABLE_EVENT_FUTURE_READ, 11), GALE_OK);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_FUTURE_READ, 1, 11);
}

/* ---- membership ------------------------------------------------------------------------------------------------ */

/* @verifies PL12 PL14 */
TEST(waitable_set, event_of_a_waitable_in_no_set_waits_until_it_joins)
{
    start();
    CHECK_EQ(gale_waitable_set_post(&pool, 3, GALE_WAITABLE_EVENT_SUBTASK, 30), GALE_OK);
    CHECK_NO_EVENT(&set);
    CHECK_EQ(gale_waitable_set_join(&set, 3), GALE_OK);
    still_valid();
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_SUBTASK, 3, 30);
}

/* @verifies PL12 PL14 */
TEST(waitable_set, leave_takes_the_event_out_of_the_set_but_not_from_the_waitable)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_post(&pool, 3, GALE_WAITABLE_EVENT_SUBTASK, 30), GALE_OK);
    CHECK_EQ(gale_waitable_set_leave(&pool, 3), GALE_OK);
    CHECK_EQ(gale_waitable_set_members(&set), WAITABLES - 1u);
    CHECK_NO_EVENT(&set);
    still_valid();
    CHECK_EQ(gale_waitable_set_leave(&pool, 3), GALE_OK);
    CHECK_EQ(gale_waitable_set_members(&set), WAITABLES - 1u);
    CHECK_EQ(gale_waitable_set_join(&other, 3), GALE_OK);
    CHECK_NEXT(&other, GALE_WAITABLE_EVENT_SUBTASK, 3, 30);
}

/* @verifies PL10 PL12 PL14 */
TEST(waitable_set, joining_another_set_moves_the_event_to_the_end_of_its_fifo)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_join(&other, 0), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 3, GALE_WAITABLE_EVENT_SUBTASK, 30), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 0, GALE_WAITABLE_EVENT_SUBTASK, 0), GALE_OK);
    CHECK_EQ(gale_waitable_set_join(&other, 3), GALE_OK);
    still_valid();

    CHECK_EQ(gale_waitable_set_members(&set), WAITABLES - 2u);
    CHECK_EQ(gale_waitable_set_members(&other), 2);
    CHECK_NO_EVENT(&set);
    CHECK_NEXT(&other, GALE_WAITABLE_EVENT_SUBTASK, 0, 0);
    CHECK_NEXT(&other, GALE_WAITABLE_EVENT_SUBTASK, 3, 30);
}

/* @verifies PL12 PL14 */
TEST(waitable_set, joining_the_same_set_again_changes_nothing)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_post(&pool, 3, GALE_WAITABLE_EVENT_SUBTASK, 30), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 0, GALE_WAITABLE_EVENT_SUBTASK, 0), GALE_OK);
    CHECK_EQ(gale_waitable_set_join(&set, 3), GALE_OK);
    CHECK_EQ(gale_waitable_set_members(&set), WAITABLES);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_SUBTASK, 3, 30);
}

/* @verifies PL14 */
TEST(waitable_set, drop_waitable_removes_membership_event_and_cancellation)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_post(&pool, 3, GALE_WAITABLE_EVENT_SUBTASK, 30), GALE_OK);
    CHECK_EQ(gale_waitable_set_cancel(&pool, 3), GALE_OK);
    CHECK_EQ(gale_waitable_set_drop_waitable(&pool, 3), GALE_OK);
    CHECK_NO_EVENT(&set);
    CHECK_EQ(gale_waitable_set_members(&set), WAITABLES - 1u);
    CHECK_EQ(gale_waitable_set_join(&set, 3), GALE_OK);
    CHECK_NO_EVENT(&set);
    CHECK_EQ(gale_waitable_set_cancel(&pool, 3), GALE_OK);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_CANCELLED, 3, 0);
    still_valid();
}

TEST(waitable_set, drop_of_a_set_with_members_returns_ebusy)
{
    start();
    CHECK_EQ(gale_waitable_set_join(&set, 1), GALE_OK);
    CHECK_EQ(gale_waitable_set_drop(&set), GALE_EBUSY);
    CHECK_EQ(gale_waitable_set_leave(&pool, 1), GALE_OK);
    CHECK_EQ(gale_waitable_set_drop(&set), GALE_OK);
    CHECK_EQ(gale_waitable_set_join(&set, 1), GALE_OK);
    still_valid();
}

/* ---- cancel ---------------------------------------------------------------------------------------------------- */

/* @verifies PL11 */
TEST(waitable_set, cancellation_is_delivered_once_and_a_second_returns_ealready)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_cancel(&pool, 4), GALE_OK);
    CHECK_EQ(gale_waitable_set_cancel(&pool, 4), GALE_EALREADY);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_CANCELLED, 4, 0);
    CHECK_NO_EVENT(&set);
    CHECK_EQ(gale_waitable_set_cancel(&pool, 4), GALE_EALREADY);
    CHECK_NO_EVENT(&set);
}

/* @verifies PL11 PL12 */
TEST(waitable_set, cancellation_follows_the_event_that_it_finds)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_post(&pool, 4, GALE_WAITABLE_EVENT_STREAM_READ, 40), GALE_OK);
    CHECK_EQ(gale_waitable_set_cancel(&pool, 4), GALE_OK);
    CHECK_EQ(gale_waitable_set_cancel(&pool, 4), GALE_EALREADY);
    CHECK_EQ(gale_waitable_set_post(&pool, 4, GALE_WAITABLE_EVENT_STREAM_READ, 41), GALE_EBUSY);
    CHECK_EQ(gale_waitable_set_post(&pool, 5, GALE_WAITABLE_EVENT_STREAM_READ, 50), GALE_OK);
    still_valid();

    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_STREAM_READ, 4, 40);
    still_valid();
    CHECK_EQ(gale_waitable_set_post(&pool, 4, GALE_WAITABLE_EVENT_STREAM_READ, 41), GALE_EBUSY);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_STREAM_READ, 5, 50);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_CANCELLED, 4, 0);
    CHECK_NO_EVENT(&set);
}

/* @verifies PL11 PL12 */
TEST(waitable_set, posts_go_on_after_a_cancellation)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_cancel(&pool, 4), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 4, GALE_WAITABLE_EVENT_SUBTASK, 1), GALE_EBUSY);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_CANCELLED, 4, 0);
    CHECK_EQ(gale_waitable_set_post(&pool, 4, GALE_WAITABLE_EVENT_SUBTASK, 1), GALE_OK);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_SUBTASK, 4, 1);
}

/* ---- wait ------------------------------------------------------------------------------------------------------ */

struct waiter {
    gale_tick deadline;
    int status;
    gale_tick returned;
    struct gale_waitable_event event;
};

#define WAITER(deadline_)  \
    {                      \
        (deadline_), 1, 0, \
        {                  \
            9, 9, 9        \
        }                  \
    }

static void wait(void *arg)
{
    struct waiter *w = arg;

    w->status = gale_waitable_set_wait(&set, w->deadline, &w->event);
    w->returned = gale_port_now();
}

static void check_event(const struct waiter *w, uint32_t type, uint32_t join_id, uint32_t payload)
{
    CHECK_EQ(w->event.type, type);
    CHECK_EQ(w->event.join_id, join_id);
    CHECK_EQ(w->event.payload, payload);
}

/* @verifies PL13 */
TEST(waitable_set, wait_with_an_event_pending_does_not_block)
{
    struct gale_waitable_event event = {9, 9, 9};

    start();
    join_all();
    CHECK_EQ(gale_waitable_set_post(&pool, 6, GALE_WAITABLE_EVENT_FUTURE_READ, 60), GALE_OK);
    CHECK_EQ(gale_waitable_set_wait(&set, GALE_FOREVER, &event), GALE_OK);
    CHECK_EQ(event.join_id, 6);
    CHECK_EQ(gale_waitable_set_wait(&set, GALE_NO_WAIT, &event), GALE_EAGAIN);
    CHECK_EQ(gale_waitable_set_wait(&set, GALE_FOREVER, &event), GALE_EPERM);
    CHECK_EQ(event.join_id, 6);
}

static void post_two(void *arg)
{
    (void)arg;
    CHECK_EQ(gale_waitable_set_drop(&other), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 1, GALE_WAITABLE_EVENT_SUBTASK, 10), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 2, GALE_WAITABLE_EVENT_STREAM_READ, 20), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 1, GALE_WAITABLE_EVENT_SUBTASK, 11), GALE_OK);
    still_valid();
}

/* @verifies PL12 PL13 */
TEST(waitable_set, waiting_threads_get_one_event_each_in_order_of_arrival)
{
    struct waiter a = WAITER(GALE_FOREVER);
    struct waiter b = WAITER(GALE_FOREVER);

    start();
    join_all();
    (void)spawn(wait, &a, 12);
    (void)spawn(wait, &b, 12);
    (void)spawn(post_two, NULL, 12);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);

    CHECK_EQ(a.status, GALE_OK);
    check_event(&a, GALE_WAITABLE_EVENT_SUBTASK, 1, 10);
    CHECK_EQ(b.status, GALE_OK);
    check_event(&b, GALE_WAITABLE_EVENT_STREAM_READ, 2, 20);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_SUBTASK, 1, 11);
    CHECK_NO_EVENT(&set);
}

static void join_and_check(void *arg)
{
    (void)arg;
    CHECK_EQ(gale_waitable_set_drop(&set), GALE_EBUSY);
    CHECK_EQ(gale_waitable_set_join(&set, 1), GALE_OK);
    CHECK_NO_EVENT(&set);
}

/* The event and the cancellation behind it wake two threads. @verifies PL11 PL12 PL13 */
TEST(waitable_set, joining_with_an_event_and_a_cancellation_wakes_two_waiters)
{
    struct waiter a = WAITER(GALE_FOREVER);
    struct waiter b = WAITER(GALE_FOREVER);

    start();
    CHECK_EQ(gale_waitable_set_post(&pool, 1, GALE_WAITABLE_EVENT_SUBTASK, 10), GALE_OK);
    CHECK_EQ(gale_waitable_set_cancel(&pool, 1), GALE_OK);
    (void)spawn(wait, &a, 12);
    (void)spawn(wait, &b, 12);
    (void)spawn(join_and_check, NULL, 12);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);

    CHECK_EQ(a.status, GALE_OK);
    check_event(&a, GALE_WAITABLE_EVENT_SUBTASK, 1, 10);
    CHECK_EQ(b.status, GALE_OK);
    check_event(&b, GALE_WAITABLE_EVENT_CANCELLED, 1, 0);
    CHECK_EQ(gale_waitable_set_members(&set), 1);
    still_valid();
}

static void post_one(void *arg)
{
    CHECK_EQ(gale_waitable_set_post(&pool, 1, GALE_WAITABLE_EVENT_SUBTASK, 10), GALE_OK);
    *(gale_tick *)arg = gale_port_now() + 1000u;
}

/* @verifies PL13 */
TEST(waitable_set, better_thread_that_waits_runs_before_the_post_returns)
{
    struct waiter a = WAITER(GALE_FOREVER);
    gale_tick posted = 0;

    start();
    join_all();
    (void)spawn(wait, &a, GALE_PRIO_PREEMPT);
    (void)spawn(post_one, &posted, GALE_PRIO_PREEMPT + 1);
    while (posted == 0 && gale_executor_step(&x)) {
        CHECK(posted == 0 || a.status == GALE_OK);
    }
    CHECK_EQ(a.status, GALE_OK);
    CHECK_EQ(a.returned, START);
}

/* @verifies PL12 PL13 */
TEST(waitable_set, wait_times_out_at_its_deadline_and_takes_nothing)
{
    struct waiter a = WAITER(START + 9u);
    struct waiter b = WAITER(START);

    start();
    join_all();
    (void)spawn(wait, &a, 12);
    (void)spawn(wait, &b, 12);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);

    CHECK_EQ(a.status, GALE_ETIMEDOUT);
    CHECK_EQ(a.returned, START + 9u);
    check_event(&a, 9, 9, 9);
    CHECK_EQ(b.status, GALE_ETIMEDOUT);
    CHECK_EQ(b.returned, START);
    still_valid();
}

static void cancel_first_then_post(void *arg)
{
    CHECK_EQ(gale_executor_cancel_wait(&x, *(const gale_id *)arg), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 1, GALE_WAITABLE_EVENT_SUBTASK, 10), GALE_OK);
}

/* @verifies PL12 PL13 */
TEST(waitable_set, cancelled_wait_takes_nothing_and_the_next_waiter_does)
{
    struct waiter a = WAITER(GALE_FOREVER);
    struct waiter b = WAITER(GALE_FOREVER);
    gale_id first = GALE_ID_NONE;

    start();
    join_all();
    first = spawn(wait, &a, 12);
    (void)spawn(wait, &b, 12);
    (void)spawn(cancel_first_then_post, &first, 12);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);

    CHECK_EQ(a.status, GALE_ECANCELED);
    check_event(&a, 9, 9, 9);
    CHECK_EQ(b.status, GALE_OK);
    check_event(&b, GALE_WAITABLE_EVENT_SUBTASK, 1, 10);
}

/* ---- the callback task ----------------------------------------------------------------------------------------- */

static unsigned task_runs;

static void count_run(void *arg)
{
    (void)arg;
    task_runs++;
}

static gale_id spawn_task(void)
{
    const struct gale_thread_spec spec = {count_run, NULL, NULL, 0, 12, NULL};
    gale_id id = GALE_ID_NONE;

    task_runs = 0;
    CHECK_EQ(gale_executor_spawn(&x, &spec, &id), GALE_OK);
    return id;
}

static unsigned runs(void)
{
    while (gale_executor_step(&x)) {
        CHECK(task_runs < 100u);
    }
    return task_runs;
}

/* @verifies PL13 */
TEST(waitable_set, callback_task_runs_when_an_event_becomes_pending)
{
    gale_id task = GALE_ID_NONE;

    start();
    task = spawn_task();
    join_all();
    CHECK_EQ(gale_waitable_set_on_event(&set, task), GALE_OK);
    CHECK_EQ(runs(), 1);
    CHECK_EQ(gale_waitable_set_post(&pool, 1, GALE_WAITABLE_EVENT_SUBTASK, 10), GALE_OK);
    CHECK_EQ(gale_waitable_set_cancel(&pool, 1), GALE_OK);
    CHECK_EQ(runs(), 2);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_SUBTASK, 1, 10);
    CHECK_EQ(runs(), 3);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_CANCELLED, 1, 0);
    CHECK_EQ(runs(), 3);
    CHECK_EQ(gale_waitable_set_on_event(&set, GALE_ID_NONE), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 1, GALE_WAITABLE_EVENT_SUBTASK, 10), GALE_OK);
    CHECK_EQ(runs(), 3);
}

/* @verifies PL13 */
TEST(waitable_set, on_event_refuses_what_is_no_living_callback_task)
{
    struct waiter a = WAITER(GALE_NO_WAIT);
    gale_id task = GALE_ID_NONE;
    gale_id thread = GALE_ID_NONE;

    start();
    task = spawn_task();
    thread = spawn(wait, &a, 12);
    CHECK_EQ(gale_waitable_set_on_event(&set, thread), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_on_event(&set, THREADS), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_on_event(&set, task), GALE_OK);
    CHECK_EQ(gale_executor_abort(&x, task), GALE_OK);
    CHECK_EQ(gale_waitable_set_on_event(&other, task), GALE_EPERM);
    CHECK_EQ(gale_waitable_set_join(&set, 1), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 1, GALE_WAITABLE_EVENT_SUBTASK, 10), GALE_OK);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_SUBTASK, 1, 10);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);
    CHECK_EQ(a.status, GALE_EAGAIN);
}

/* ---- validity -------------------------------------------------------------------------------------------------- */

TEST(waitable_set, pool_is_valid_sees_each_broken_rule)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_post(&pool, 1, GALE_WAITABLE_EVENT_SUBTASK, 10), GALE_OK);
    still_valid();
    items[1].type = GALE_WAITABLE_EVENT_NONE;
    CHECK(!gale_waitable_set_pool_is_valid(&pool));
    items[1].type = GALE_WAITABLE_EVENT_CANCELLED;
    CHECK(!gale_waitable_set_pool_is_valid(&pool));
    items[1].cancel = GALE_WAITABLE_CANCEL_NEXT;
    CHECK(!gale_waitable_set_pool_is_valid(&pool));
    items[1].cancel = GALE_WAITABLE_CANCEL_SENT;
    CHECK(gale_waitable_set_pool_is_valid(&pool));
    items[1].type = GALE_WAITABLE_EVENT_CANCELLED + 1;
    CHECK(!gale_waitable_set_pool_is_valid(&pool));
    items[1].type = GALE_WAITABLE_EVENT_SUBTASK;
    items[1].cancel = GALE_WAITABLE_CANCEL_SENT + 1;
    CHECK(!gale_waitable_set_pool_is_valid(&pool));
    items[1].cancel = GALE_WAITABLE_CANCEL_NONE;
    items[2].cancel = GALE_WAITABLE_CANCEL_NEXT;
    CHECK(!gale_waitable_set_pool_is_valid(&pool));
    items[2].cancel = GALE_WAITABLE_CANCEL_NONE;
    items[2].type = GALE_WAITABLE_EVENT_SUBTASK;
    CHECK(!gale_waitable_set_pool_is_valid(&pool));
    items[2].type = GALE_WAITABLE_EVENT_NONE;
    other.pool = NULL;
    items[3].set = &other;
    CHECK(!gale_waitable_set_pool_is_valid(&pool));
}

static void break_waiting_set(void *arg)
{
    (void)arg;
    items[1].type = GALE_WAITABLE_EVENT_SUBTASK;
    gale_list_push_back(&x.links, set.pending, (gale_id)(pool.first_node + 1u));
    CHECK(!gale_waitable_set_is_valid(&set));
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_SUBTASK, 1, 0);
    CHECK_EQ(gale_waitable_set_cancel(&pool, 1), GALE_OK);
}

TEST(waitable_set, is_valid_sees_each_broken_rule)
{
    struct waiter a = WAITER(GALE_FOREVER);

    start();
    join_all();
    set.members--;
    CHECK(!gale_waitable_set_is_valid(&set));
    set.members++;
    items[1].type = GALE_WAITABLE_EVENT_SUBTASK;
    CHECK(!gale_waitable_set_is_valid(&set));
    items[1].type = GALE_WAITABLE_EVENT_NONE;
    (void)spawn(wait, &a, 12);
    (void)spawn(break_waiting_set, NULL, 12);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);
    check_event(&a, GALE_WAITABLE_EVENT_CANCELLED, 1, 0);
}
