/* SPDX-License-Identifier: Apache-2.0 */
/** @file An executor in virtual time for the tests of executor itself, and a log of what ran in which order. */
#ifndef TESTS_UNIT_KERNEL_EXECUTOR_FIXTURE_H
#define TESTS_UNIT_KERNEL_EXECUTOR_FIXTURE_H

#include "gale/kernel/executor.h"
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

static inline void log_add(int entry)
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

static inline void begin(void)
{
    gale_virtual_reset(START);
    stacks_used = 0;
    log_length = 0;
    CHECK_EQ(gale_executor_init(&x, &exec_memory), GALE_OK);
}

static inline gale_id spawn(void (*entry)(void *arg), void *arg, uint8_t priority)
{
    const unsigned i = stacks_used++ % THREADS;
    const struct gale_thread_spec spec = {entry, arg, stacks[i], sizeof stacks[i], priority, NULL};
    gale_id id = GALE_ID_NONE;

    CHECK_EQ(gale_executor_spawn(&x, &spec, &id), GALE_OK);
    return id;
}

static inline gale_id spawn_task(void (*entry)(void *arg), void *arg, uint8_t priority)
{
    const struct gale_thread_spec spec = {entry, arg, NULL, 0, priority, NULL};
    gale_id id = GALE_ID_NONE;

    CHECK_EQ(gale_executor_spawn(&x, &spec, &id), GALE_OK);
    return id;
}

static inline void run(void)
{
    CHECK_EQ(gale_executor_run(&x), GALE_OK);
    CHECK(gale_executor_is_valid(&x));
    CHECK_EQ(x.live, 0);
}

static inline int number(const void *arg)
{
    return *(const int *)arg;
}

static int one = 1;
static int two = 2;
static int three = 3;

static inline void log_once(void *arg)
{
    log_add(number(arg));
}

static inline void log_and_yield(void *arg)
{
    for (int i = 0; i < 3; i++) {
        log_add(number(arg) * 10 + i);
        CHECK_EQ(gale_executor_yield(&x), GALE_OK);
    }
}

static inline void sleep_twice(void *arg)
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

static gale_id sleeper;

static inline void sleep_forever(void *arg)
{
    (void)arg;
    log_add(gale_executor_sleep_until(&x, GALE_FOREVER));
}

#endif /* TESTS_UNIT_KERNEL_EXECUTOR_FIXTURE_H */
