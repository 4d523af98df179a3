/* SPDX-License-Identifier: Apache-2.0 */
/** One executor, one pool, two sets: what the unit tests of async/waitable_set begin with. */
#ifndef TESTS_UNIT_ASYNC_WAITABLE_SET_FIXTURE_H
#define TESTS_UNIT_ASYNC_WAITABLE_SET_FIXTURE_H

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

static inline void start(void)
{
    gale_virtual_reset(START);
    next_stack = 0;
    CHECK_EQ(gale_executor_init(&x, &set_test_memory), GALE_OK);
    CHECK_EQ(gale_waitable_set_pool_init(&pool, &x, items, WAITABLES), GALE_OK);
    CHECK_EQ(gale_waitable_set_init(&set, &pool), GALE_OK);
    CHECK_EQ(gale_waitable_set_init(&other, &pool), GALE_OK);
}

static inline void still_valid(void)
{
    CHECK(gale_waitable_set_pool_is_valid(&pool));
    CHECK(gale_waitable_set_is_valid(&set));
    CHECK(gale_waitable_set_is_valid(&other));
    CHECK(gale_executor_is_valid(&x));
}

static inline gale_id spawn(void (*entry)(void *arg), void *arg, uint8_t priority)
{
    const struct gale_thread_spec spec = {entry, arg, stacks[next_stack++], STACK_BYTES, priority, NULL};
    gale_id id = GALE_ID_NONE;

    CHECK_EQ(gale_executor_spawn(&x, &spec, &id), GALE_OK);
    return id;
}

static inline void join_all(void)
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

#endif /* TESTS_UNIT_ASYNC_WAITABLE_SET_FIXTURE_H */
