/* SPDX-License-Identifier: Apache-2.0 */
/** @file What others do to a set while one of its calls lets them run: they may post to it, empty it, and drop it. */
#include <string.h>

#include "gale/port_virtual.h"
#include "waitable_set_fixture.h"

#define BETTER 9u
#define WORSE 20u

static unsigned task_runs;
static unsigned taken;

static void drop_set(void)
{
    for (gale_id w = 0; w < WAITABLES; w++) {
        CHECK_EQ(gale_waitable_set_leave(&pool, w), GALE_OK);
    }
    CHECK_EQ(gale_waitable_set_drop(&set), GALE_OK);
    memset(&set, 0, sizeof set);
}

static gale_id spawn_task(void (*entry)(void *arg))
{
    const struct gale_thread_spec spec = {entry, NULL, NULL, 0, BETTER, NULL};
    gale_id task = GALE_ID_NONE;

    CHECK_EQ(gale_executor_spawn(&x, &spec, &task), GALE_OK);
    task_runs = 0;
    taken = 0;
    return task;
}

/* Posts once on its first run, as if a peer had answered meanwhile, and takes what is there on each. */
static void post_then_take(void *arg)
{
    struct gale_waitable_event event;

    (void)arg;
    while (gale_waitable_set_poll(&set, &event) == GALE_OK) {
        taken++;
    }
    if (task_runs++ == 0) {
        CHECK_EQ(gale_waitable_set_post(&pool, 3, GALE_WAITABLE_EVENT_SUBTASK, 1), GALE_OK);
    } else {
        gale_executor_stop(&x);
    }
}

static void listen(void *arg)
{
    CHECK_EQ(gale_waitable_set_on_event(&set, *(gale_id *)arg), GALE_OK);
}

/* @verifies PL13 */
TEST(waitable_set, an_event_that_comes_while_on_event_runs_the_task_runs_it_again)
{
    gale_id task = GALE_ID_NONE;

    start();
    join_all();
    task = spawn_task(post_then_take);
    (void)spawn(listen, &task, WORSE);
    CHECK_EQ(gale_executor_run(&x), GALE_ECANCELED);
    CHECK_EQ(task_runs, 2);
    CHECK_EQ(taken, 1);
    still_valid();
}

static void take_and_drop(void *arg)
{
    struct gale_waitable_event event;

    (void)arg;
    if (gale_waitable_set_poll(&set, &event) == GALE_OK) {
        taken++;
        drop_set();
        (void)gale_executor_abort(&x, gale_executor_current(&x));
    }
}

static void post_one(void *arg)
{
    (void)arg;
    CHECK_EQ(gale_waitable_set_post(&pool, 3, GALE_WAITABLE_EVENT_SUBTASK, 1), GALE_OK);
}

/* @verifies PL12 */
TEST(waitable_set, the_task_may_drop_the_set_before_the_post_returns)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_on_event(&set, spawn_task(take_and_drop)), GALE_OK);
    (void)spawn(post_one, NULL, WORSE);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);
    CHECK_EQ(taken, 1);
}

static void wait_one(void *arg)
{
    struct gale_waitable_event event = {0, 0, 0};

    (void)arg;
    CHECK_EQ(gale_waitable_set_wait(&set, GALE_FOREVER, &event), GALE_OK);
    CHECK_EQ(event.type, GALE_WAITABLE_EVENT_SUBTASK);
    CHECK_EQ(event.join_id, 3);
    taken++;
}

static void post_and_drop(void *arg)
{
    post_one(arg);
    drop_set();
}

/* @verifies PL12 */
TEST(waitable_set, the_set_may_be_dropped_before_the_thread_runs_that_got_its_last_event)
{
    start();
    join_all();
    taken = 0;
    (void)spawn(wait_one, NULL, WORSE);
    CHECK(gale_executor_step(&x));
    (void)spawn(post_and_drop, NULL, BETTER);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);
    CHECK_EQ(taken, 1);
}

TEST(waitable_set, only_a_thread_may_wait)
{
    struct gale_waitable_event event;

    start();
    CHECK_EQ(gale_waitable_set_wait(&set, GALE_FOREVER, &event), GALE_EPERM);
}
