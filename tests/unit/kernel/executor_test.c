/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/executor.h"
#include "gale/kernel/timer.h"
#include "gale/port_virtual.h"
#include "test.h"

#define THREADS 5
#define TIMERS 2
#define LOG_MAX 64u
#define START 1000u

GALE_EXECUTOR_MEMORY_DEFINE(exec, THREADS, TIMERS, 2, 2);
static struct gale_executor x;
static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t stacks[THREADS][32768];
static unsigned stacks_used;
static int log_entries[LOG_MAX];
static unsigned log_length;

static void log_add(int entry)
{
    if (log_length < LOG_MAX) {
        log_entries[log_length++] = entry;
    }
}

#define CHECK_LOG(...)                                                          \
    do {                                                                        \
        const int expected_[] = {__VA_ARGS__};                                  \
        const unsigned n_ = (unsigned)(sizeof expected_ / sizeof expected_[0]); \
        CHECK_EQ(log_length, n_);                                               \
        for (unsigned i_ = 0; i_ < n_ && i_ < log_length; i_++) {               \
            test_note("log entry", i_);                                         \
            CHECK_EQ(log_entries[i_], expected_[i_]);                           \
        }                                                                       \
    } while (0)

static void begin(void)
{
    gale_virtual_reset(START);
    stacks_used = 0;
    log_length = 0;
    CHECK_EQ(gale_executor_init(&x, &exec_memory), GALE_OK);
}

static gale_id spawn(void (*entry)(void *arg), void *arg, uint8_t priority)
{
    const unsigned i = stacks_used++ % THREADS;
    const struct gale_thread_spec spec = {entry, arg, stacks[i], sizeof stacks[i], priority, NULL};
    gale_id id = GALE_ID_NONE;

    CHECK_EQ(gale_executor_spawn(&x, &spec, &id), GALE_OK);
    return id;
}

static gale_id spawn_task(void (*entry)(void *arg), void *arg, uint8_t priority)
{
    const struct gale_thread_spec spec = {entry, arg, NULL, 0, priority, NULL};
    gale_id id = GALE_ID_NONE;

    CHECK_EQ(gale_executor_spawn(&x, &spec, &id), GALE_OK);
    return id;
}

static void run(void)
{
    CHECK_EQ(gale_executor_run(&x), GALE_OK);
    CHECK(gale_executor_is_valid(&x));
    CHECK_EQ(x.live, 0);
}

static int number(const void *arg)
{
    return *(const int *)arg;
}

static int one = 1;
static int two = 2;
static int three = 3;

static void log_once(void *arg)
{
    log_add(number(arg));
}

static void log_and_yield(void *arg)
{
    for (int i = 0; i < 3; i++) {
        log_add(number(arg) * 10 + i);
        CHECK_EQ(gale_executor_yield(&x), GALE_OK);
    }
}

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

static void sleep_twice(void *arg)
{
    const gale_tick step = (gale_tick)number(arg) * 100;

    CHECK_EQ(gale_executor_sleep_until(&x, START + step), GALE_OK);
    log_add(number(arg));
    CHECK_EQ(gale_port_now(), START + step);
    CHECK_EQ(gale_executor_sleep_until(&x, START + 1000 - step), GALE_OK);
    log_add(10 * number(arg));
    CHECK_EQ(gale_port_now(), START + 1000 - step);
    CHECK_EQ(gale_executor_sleep_until(&x, GALE_NO_WAIT), GALE_OK);
    CHECK_EQ(gale_port_now(), START + 1000 - step);
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

static gale_id sleeper;

static void sleep_forever(void *arg)
{
    (void)arg;
    log_add(gale_executor_sleep_until(&x, GALE_FOREVER));
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
