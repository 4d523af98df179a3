/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * One executor with a few threads, in virtual time, for unit tests of what threads wait for.
 *
 * threads_spawn() lets the new thread run until it blocks or ends. What a thread's call returned goes to the log with
 * threads_done(); CHECK_DONE tells who came back, in which order and with which status.
 */
#ifndef TESTS_SUPPORT_THREADS_H
#define TESTS_SUPPORT_THREADS_H

#include "gale/kernel/executor.h"
#include "gale/port_virtual.h"
#include "test.h"

#define THREADS_MAX 5u
#define THREADS_TIMERS 3u
#define THREADS_LISTS 3u
#define THREADS_LOG_MAX 32u
#define THREADS_START 100u /**< The tick at which a test begins. */

struct threads_entry {
    gale_id thread;
    int status;
};

GALE_EXECUTOR_MEMORY_DEFINE(threads, THREADS_MAX, THREADS_TIMERS, 0, THREADS_LISTS);
static struct gale_executor threads_x;
static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t threads_stacks[THREADS_MAX][32768];
static struct threads_entry threads_log[THREADS_LOG_MAX];
static unsigned threads_logged;

static inline void threads_begin(void)
{
    gale_virtual_reset(THREADS_START);
    threads_logged = 0;
    CHECK_EQ(gale_executor_init(&threads_x, &threads_memory), GALE_OK);
}

/** Runs threads until none is ready. Time stands still, except that a thread may let it pass. */
static inline void threads_settle(void)
{
    while (gale_executor_step(&threads_x)) {
        /* Each step runs one thread until it blocks, yields or ends. */
    }
}

/** Lets `ticks` pass; what is due fires, then threads run. */
static inline void threads_pass(gale_tick ticks)
{
    gale_virtual_advance(ticks);
    threads_settle();
}

/** A thread with its own stack; runs until it blocks or ends. Slots are not used again in one test. */
static inline gale_id threads_spawn(void (*entry)(void *arg), void *arg, uint8_t priority)
{
    gale_id id = gale_list_first(&threads_x.links, threads_x.free_threads);
    const struct gale_thread_spec spec = {entry,    arg, threads_stacks[id % THREADS_MAX], sizeof threads_stacks[0],
                                          priority, NULL};

    CHECK_EQ(gale_executor_spawn(&threads_x, &spec, &id), GALE_OK);
    threads_settle();
    return id;
}

/** Runs `entry` once as a callback task. */
static inline void threads_run_task(void (*entry)(void *arg), void *arg)
{
    const struct gale_thread_spec spec = {entry, arg, NULL, 0, 10, NULL};
    gale_id id = GALE_ID_NONE;

    CHECK_EQ(gale_executor_spawn(&threads_x, &spec, &id), GALE_OK);
    CHECK_EQ(gale_executor_post_task(&threads_x, id), GALE_OK);
    threads_settle();
}

static inline bool threads_is_blocked(gale_id id)
{
    return threads_memory.threads[id].pending;
}

/** Notes that the running thread's call returned `status`. */
static inline void threads_done(int status)
{
    if (threads_logged < THREADS_LOG_MAX) {
        threads_log[threads_logged++] = (struct threads_entry){gale_executor_current(&threads_x), status};
    }
}

/** Checks the last `n` entries; the log begins anew. */
static inline void threads_check(const struct threads_entry *expected, unsigned n, const char *file, int line)
{
    (void)test_check_eq(threads_logged, n, "calls that returned", file, line);
    for (unsigned i = 0; i < n && i < threads_logged; i++) {
        test_note("return", i);
        (void)test_check_eq(threads_log[i].thread, expected[i].thread, "thread", file, line);
        (void)test_check_eq(threads_log[i].status, expected[i].status, "its status", file, line);
    }
    threads_logged = 0;
}

/** CHECK_DONE({thread, status}, ...): exactly these calls returned since the last time, in this order. */
#define CHECK_DONE(...)                                                                       \
    do {                                                                                      \
        const struct threads_entry expected_[] = {__VA_ARGS__};                               \
        threads_check(expected_, sizeof expected_ / sizeof expected_[0], __FILE__, __LINE__); \
    } while (0)
#define CHECK_NONE_DONE() CHECK_EQ(threads_logged, 0)

#endif /* TESTS_SUPPORT_THREADS_H */
