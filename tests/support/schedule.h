/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * All interleavings of two to four flows, one after another, on one thread.
 *
 * Included before gale/atomic.h (by the build, `-include`), this file makes each atomic access of the library a point
 * where another flow may run. A test gives a set-up, the flows and a check; schedule_explore() runs them again and again
 * until every choice at every point has been taken. Accesses are sequentially consistent here: interleavings are the
 * question, weaker orders are that of the litmus tests.
 *
 * There is a point before every access and after every write, so plain data written too late or read too early stands
 * apart from the access that publishes it. A fence is no access and no point.
 *
 * A failing schedule prints its choices: `GALE_SCHEDULE=0102 ./schedule_tests part-of-name` runs that one again.
 */
#ifndef TESTS_SUPPORT_SCHEDULE_H
#define TESTS_SUPPORT_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCHEDULE_FLOWS_MAX 4u

/** Another flow may run here. Outside schedule_explore() nothing happens. */
void schedule_point(void);

/** A number in 0..n-1; every one is tried. Within a flow, for example: which of the enabled operations is next. */
uint32_t schedule_choose(uint32_t n);

/**
 * The flow stops until `cond(arg)` holds. The look at `cond` and the stop are one step: no other flow runs in between,
 * though one may run before. `cond` only reads. All flows stopped is a deadlock: a failed check.
 */
void schedule_block_until(bool (*cond)(void *arg), void *arg);

/** The next schedule_explore() leaves out schedules that take a flow away more than `most` times where it could go on. */
void schedule_bound_preemptions(uint32_t most);

/**
 * Runs `setup`, the `n` flows in some order of steps, and `check` (may be NULL), for every order. Ends at the first
 * schedule with a failed check. More than `max_schedules` is a failed check too: the stated bound was too small.
 *
 * @return The number of schedules run; it is also printed, with the bound on preemptions if there was one.
 */
#define schedule_explore(setup, flows, n, check, max_schedules) \
    schedule__explore(__func__, (setup), (flows), (n), (check), (max_schedules))

uint64_t schedule__explore(const char *name, void (*setup)(void), void (*const flows[])(void), unsigned n,
                           void (*check)(void), uint64_t max_schedules);

static inline uint32_t schedule__load(const uint32_t *value)
{
    schedule_point();
    return __atomic_load_n(value, __ATOMIC_SEQ_CST);
}

static inline void schedule__store(uint32_t *value, uint32_t v)
{
    schedule_point();
    __atomic_store_n(value, v, __ATOMIC_SEQ_CST);
    schedule_point();
}

static inline uint32_t schedule__fetch_or(uint32_t *value, uint32_t bits)
{
    schedule_point();
    uint32_t old = __atomic_fetch_or(value, bits, __ATOMIC_SEQ_CST);
    schedule_point();
    return old;
}

static inline uint32_t schedule__exchange(uint32_t *value, uint32_t v)
{
    schedule_point();
    uint32_t old = __atomic_exchange_n(value, v, __ATOMIC_SEQ_CST);
    schedule_point();
    return old;
}

#ifndef GALE__LOAD
#define GALE__LOAD(word, order) schedule__load(&(word)->value)
#define GALE__STORE(word, v, order) schedule__store(&(word)->value, (v))
#define GALE__FETCH_OR(word, bits) schedule__fetch_or(&(word)->value, (bits))
#define GALE__EXCHANGE(word, v) schedule__exchange(&(word)->value, (v))
#define GALE__FENCE() ((void)0)
#endif

#endif /* TESTS_SUPPORT_SCHEDULE_H */
