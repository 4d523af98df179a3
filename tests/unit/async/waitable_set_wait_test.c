/* SPDX-License-Identifier: Apache-2.0 */
/** Threads that wait on a set, and the callback task. */
#include "gale/port_virtual.h"

#include "waitable_set_fixture.h"

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

/* @verifies PL12 PL13 */
TEST(waitable_set, arrival_and_not_priority_decides_who_gets_the_first_event)
{
    struct waiter a = WAITER(GALE_FOREVER);
    struct waiter b = WAITER(GALE_FOREVER);

    start();
    join_all();
    (void)spawn(wait, &a, 13);
    CHECK(gale_executor_step(&x));
    (void)spawn(wait, &b, 12);
    CHECK(gale_executor_step(&x));
    CHECK_EQ(gale_waitable_set_post(&pool, 1, GALE_WAITABLE_EVENT_SUBTASK, 10), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 2, GALE_WAITABLE_EVENT_SUBTASK, 20), GALE_OK);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);

    check_event(&a, GALE_WAITABLE_EVENT_SUBTASK, 1, 10);
    check_event(&b, GALE_WAITABLE_EVENT_SUBTASK, 2, 20);
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
