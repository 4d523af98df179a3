/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/port_virtual.h"

#include "executor_fixture.h"

TEST(executor, init_refuses_memory_that_does_not_suffice)
{
    struct gale_executor_memory m = exec_memory;

    m.thread_count = 0;
    CHECK_EQ(gale_executor_init(&x, &m), GALE_EINVAL);
    m = exec_memory;
    m.node_count = THREADS - 1;
    CHECK_EQ(gale_executor_init(&x, &m), GALE_EINVAL);
    m = exec_memory;
    m.list_count = GALE_EXECUTOR_OWN_LISTS - 1;
    CHECK_EQ(gale_executor_init(&x, &m), GALE_EINVAL);
    m = exec_memory;
    m.node_count = GALE_ID_NONE;
    CHECK_EQ(gale_executor_init(&x, &m), GALE_EINVAL);
    m = exec_memory;
    m.timer_count = GALE_ID_NONE;
    CHECK_EQ(gale_executor_init(&x, &m), GALE_EINVAL);
}

/* @verifies TH01 TH03 */
TEST(executor, spawn_refuses_a_stack_that_the_port_cannot_use)
{
    struct gale_thread_spec spec = {log_once, &one, stacks[0], GALE_STACK_MIN - GALE_STACK_ALIGN, 10, NULL};

    begin();
    CHECK_EQ(gale_executor_spawn(&x, &spec, NULL), GALE_EINVAL);
    spec.stack = stacks[0] + 8;
    spec.stack_bytes = GALE_STACK_MIN;
    CHECK_EQ(gale_executor_spawn(&x, &spec, NULL), GALE_EINVAL);
    CHECK_EQ(x.live, 0);
    spec.stack = stacks[0];
    CHECK_EQ(gale_executor_spawn(&x, &spec, NULL), GALE_OK);
    run();
    CHECK_LOG(1);
}

/* @verifies SC05 SC01 */
TEST(executor, the_best_thread_runs_first)
{
    begin();
    (void)spawn(log_once, &three, 30);
    (void)spawn(log_once, &one, 10);
    (void)spawn(log_once, &two, 20);
    run();
    CHECK_LOG(1, 2, 3);
}

/* @verifies SC04 SC11 */
TEST(executor, equals_take_turns_when_they_yield)
{
    begin();
    (void)spawn(log_and_yield, &one, 10);
    (void)spawn(log_and_yield, &two, 10);
    run();
    CHECK_LOG(10, 20, 11, 21, 12, 22);
}

static void spawn_better(void *arg)
{
    log_add(1);
    (void)spawn(log_once, arg, GALE_PRIO_PREEMPT);
    log_add(3);
}

/* @verifies SC05 SC10 */
TEST(executor, a_spawned_better_thread_preempts_its_creator)
{
    begin();
    (void)spawn(spawn_better, &two, GALE_PRIO_PREEMPT + 1);
    run();
    CHECK_LOG(1, 2, 3);
}

/* @verifies SC06 */
TEST(executor, a_cooperative_creator_goes_on)
{
    begin();
    (void)spawn(spawn_better, &two, GALE_PRIO_PREEMPT - 1);
    run();
    CHECK_LOG(1, 3, 2);
}

/* @verifies TH05 TH06 */
TEST(executor, slots_are_bounded_and_used_again)
{
    gale_id id = 77;
    const struct gale_thread_spec spec = {log_once, &one, NULL, 0, 5, NULL};
    const struct gale_thread_spec bad = {NULL, NULL, NULL, 0, 5, NULL};

    begin();
    for (int i = 0; i < THREADS; i++) {
        (void)spawn_task(log_once, &one, 5);
        CHECK_EQ(x.live, i + 1);
    }
    CHECK_EQ(gale_executor_spawn(&x, &spec, &id), GALE_ENOMEM);
    CHECK_EQ(id, 77);
    CHECK_EQ(gale_executor_abort(&x, 2), GALE_OK);
    CHECK_EQ(gale_executor_spawn(&x, &bad, NULL), GALE_EINVAL);
    CHECK_EQ(gale_executor_spawn(&x, &spec, NULL), GALE_OK);
    CHECK_EQ(x.live, THREADS);
    for (gale_id i = 0; i < THREADS; i++) {
        CHECK_EQ(gale_executor_abort(&x, i), GALE_OK);
        CHECK_EQ(gale_executor_abort(&x, i), GALE_EPERM);
    }
    CHECK_EQ(x.live, 0);
    CHECK(gale_executor_is_valid(&x));
}

/* @verifies TO04 TO08 */
TEST(executor, sleepers_wake_in_deadline_order_at_their_tick)
{
    begin();
    (void)spawn(sleep_twice, &three, 10);
    (void)spawn(sleep_twice, &one, 11);
    (void)spawn(sleep_twice, &two, 12);
    run();
    CHECK_LOG(1, 2, 3, 30, 20, 10);
}

static void cancel_sleeper(void *arg)
{
    (void)arg;
    CHECK_EQ(gale_executor_cancel_wait(&x, sleeper), GALE_OK);
    CHECK_EQ(gale_executor_cancel_wait(&x, sleeper), GALE_EINVAL);
    CHECK_EQ(gale_executor_cancel_wait(&x, THREADS), GALE_EINVAL);
    CHECK_EQ(gale_executor_cancel_wait(&x, gale_executor_current(&x)), GALE_EINVAL);
}

/* @verifies TO07 */
TEST(executor, forever_ends_only_when_it_is_cancelled)
{
    begin();
    sleeper = spawn(sleep_forever, NULL, 10);
    (void)spawn(cancel_sleeper, NULL, 11);
    run();
    CHECK_LOG(GALE_ECANCELED);
}

static void suspend_self(void *arg)
{
    log_add(number(arg));
    CHECK_EQ(gale_executor_suspend(&x, gale_executor_current(&x)), GALE_OK);
    log_add(number(arg) * 10);
}

static void resume_first(void *arg)
{
    (void)arg;
    log_add(2);
    CHECK_EQ(gale_executor_suspend(&x, 0), GALE_OK);
    CHECK_EQ(gale_executor_resume(&x, 0), GALE_OK);
    CHECK_EQ(gale_executor_resume(&x, 0), GALE_EINVAL);
    CHECK_EQ(gale_executor_resume(&x, 4), GALE_EPERM);
    CHECK_EQ(gale_executor_suspend(&x, 4), GALE_EPERM);
    CHECK_EQ(gale_executor_suspend(&x, THREADS), GALE_EINVAL);
    CHECK_EQ(gale_executor_resume(&x, THREADS), GALE_EINVAL);
    log_add(3);
}

/* @verifies SC13 SC14 SC15 */
TEST(executor, a_suspended_thread_runs_again_only_after_resume)
{
    begin();
    (void)spawn(suspend_self, &one, 10);
    (void)spawn(resume_first, NULL, GALE_PRIO_PREEMPT - 1);
    CHECK_EQ(gale_executor_suspend(&x, 1), GALE_OK);
    CHECK(gale_executor_step(&x));
    CHECK(!gale_executor_step(&x));
    CHECK_EQ(gale_executor_resume(&x, 1), GALE_OK);
    run();
    CHECK_LOG(1, 2, 3, 10);
}

static void sleep_until_hundred(void *arg)
{
    (void)arg;
    CHECK_EQ(gale_executor_sleep_until(&x, START + 100), GALE_OK);
    log_add((int)(gale_port_now() - START));
}

/* @verifies SC15 */
TEST(executor, a_wait_that_ends_while_suspended_is_kept_until_resume)
{
    begin();
    (void)spawn(sleep_until_hundred, NULL, 10);
    CHECK(gale_executor_step(&x));
    CHECK_EQ(gale_executor_suspend(&x, 0), GALE_OK);
    gale_virtual_advance(500);
    CHECK(!gale_executor_step(&x));
    CHECK_EQ(log_length, 0);
    CHECK_EQ(gale_executor_resume(&x, 0), GALE_OK);
    run();
    CHECK_LOG(500);
}

static void aborts(void *arg)
{
    log_add(1);
    CHECK_EQ(gale_executor_abort(&x, *(gale_id *)arg), GALE_OK);
    CHECK_EQ(gale_executor_abort(&x, THREADS), GALE_EINVAL);
    log_add(2);
    (void)gale_executor_abort(&x, gale_executor_current(&x));
    log_add(3);
}

/* @verifies SC16 SC13 */
TEST(executor, abort_ends_sleeping_suspended_ready_and_running_threads)
{
    begin();
    sleeper = spawn(sleep_forever, NULL, 10);
    (void)spawn(aborts, &sleeper, 11);
    run();
    CHECK_LOG(1, 2);

    begin();
    sleeper = spawn(log_once, &three, 12);
    (void)spawn(aborts, &sleeper, 11);
    run();
    CHECK_LOG(1, 2);

    begin();
    sleeper = spawn(suspend_self, &one, 10);
    (void)spawn(aborts, &sleeper, 11);
    run();
    CHECK_LOG(1, 1, 2);
}

static void join_first(void *arg)
{
    (void)arg;
    log_add(gale_executor_join(&x, 0, GALE_FOREVER));
    log_add(gale_executor_join(&x, 0, GALE_FOREVER));
    CHECK_EQ(gale_executor_join(&x, THREADS, GALE_FOREVER), GALE_EINVAL);
    CHECK_EQ(gale_executor_join(&x, gale_executor_current(&x), GALE_FOREVER), GALE_EINVAL);
}

static void join_in_vain(void *arg)
{
    (void)arg;
    log_add(gale_executor_join(&x, 0, START + 50));
    CHECK_EQ(gale_port_now(), START + 50);
}

TEST(executor, join_returns_when_the_thread_is_dead)
{
    begin();
    (void)spawn(sleep_until_hundred, NULL, 20);
    (void)spawn(join_first, NULL, 10);
    (void)spawn(join_in_vain, NULL, 10);
    (void)spawn(log_once, &one, 30);
    CHECK_EQ(gale_executor_join(&x, 0, GALE_FOREVER), GALE_EPERM);
    run();
    CHECK_LOG(1, GALE_ETIMEDOUT, 100, GALE_OK, GALE_ENOENT);
}

static void change_priorities(void *arg)
{
    (void)arg;
    CHECK_EQ(gale_executor_set_priority(&x, 1, 12), GALE_OK);
    CHECK_EQ(gale_executor_set_priority(&x, 2, 11), GALE_OK);
    CHECK_EQ(gale_executor_set_priority(&x, 2, GALE_PRIORITIES), GALE_EINVAL);
    CHECK_EQ(gale_executor_set_priority(&x, 4, 3), GALE_EPERM);
    CHECK_EQ(gale_executor_set_priority(&x, THREADS, 3), GALE_EINVAL);
    log_add(0);
    CHECK_EQ(gale_executor_set_priority(&x, 0, 20), GALE_OK);
    log_add(9);
}

/* @verifies TH02 SC02 */
TEST(executor, a_changed_priority_takes_effect_at_once)
{
    begin();
    (void)spawn(change_priorities, NULL, 10);
    (void)spawn(log_once, &one, 11);
    (void)spawn(log_once, &two, 12);
    run();
    CHECK_LOG(0, 2, 1, 9);
}

static void ring(void *arg)
{
    (void)arg;
    gale_doorbell_ring(gale_executor_bell(&x), 1u << 3);
}

static void log_bell(void *arg)
{
    log_add(number(arg));
}

static void sleep_until_due(void *arg)
{
    (void)arg;
    CHECK_EQ(gale_executor_sleep_until(&x, START + 300), GALE_OK);
    log_add(4);
}

/** Computes for long: interrupts and deadlines come, and are served at one place. */
static void compute(void *arg)
{
    (void)arg;
    log_add(1);
    gale_virtual_advance(500);
    log_add(2);
    gale_executor_serve(&x);
    log_add(3);
}

/* @verifies SC05 */
TEST(executor, serve_sees_doorbell_deadline_and_better_thread_and_then_the_caller_goes_on)
{
    static int bell = 70;

    begin();
    CHECK_EQ(gale_executor_on_bell(&x, 3, log_bell, &bell), GALE_OK);
    CHECK_EQ(gale_virtual_at(START + 200, ring, NULL), GALE_OK);
    (void)spawn(sleep_until_due, NULL, 10);
    (void)spawn(compute, NULL, 20);
    run();
    CHECK_LOG(1, 2, 70, 4, 3);
}

static void serve_between(void *arg)
{
    log_add(number(arg) * 10);
    gale_executor_serve(&x);
    log_add(number(arg) * 10 + 1);
}

/* @verifies SC12 */
TEST(executor, serve_leaves_the_caller_in_front_of_its_equals)
{
    begin();
    (void)spawn(serve_between, &one, 10);
    (void)spawn(serve_between, &two, 10);
    run();
    CHECK_LOG(10, 11, 20, 21);
}

static void serve_without_stack(void *arg)
{
    serve_between(arg);
    gale_executor_stop(&x);
}

TEST(executor, serve_in_a_callback_task_returns_at_once)
{
    gale_id task;

    begin();
    task = spawn_task(serve_without_stack, &three, 20);
    CHECK_EQ(gale_executor_post_task(&x, task), GALE_OK);
    (void)spawn(log_once, &one, 30);
    CHECK_EQ(gale_executor_run(&x), GALE_ECANCELED);
    CHECK_LOG(30, 31);
}
