/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Executor threads that run in an order chosen from outside, one operation per turn: for schedule and property tests of
 * modules whose calls happen inside one executor.
 *
 * Every thread is suspended except the one whose turn it is; it performs one operation and suspends itself. A thread
 * that blocks is suspended too, so one that is woken stays where it is until it gets a turn: each order of returns can
 * be tried. What one turn does is uninterrupted, as a call inside an executor is up to its last step, the reschedule.
 */
#ifndef TESTS_SUPPORT_TURNS_H
#define TESTS_SUPPORT_TURNS_H

#include "gale/kernel/executor.h"
#include "gale/port_virtual.h"
#include "test.h"

#define TURNS_THREADS 4u        /**< Most threads with a stack. */
#define TURNS_NODES 16u         /**< Nodes beyond the threads. */
#define TURNS_LISTS 8u          /**< Lists beyond the executor's own. */
#define TURNS_STACK_BYTES 8192u /**< Three times what a build with sanitizers uses; each spawn paints it. */

GALE_EXECUTOR_MEMORY_DEFINE(turns, TURNS_THREADS + 1u, 0, TURNS_NODES, TURNS_LISTS);

static struct gale_executor turns_x;
static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t turns_stacks[TURNS_THREADS][TURNS_STACK_BYTES];
static unsigned turns_count;               /**< Threads with a stack; their ids are 0..turns_count-1. */
static void (*turns_operate)(unsigned me); /**< One turn of a thread. */
static bool turns_over;

static void turns_main(void *arg)
{
    unsigned me = (unsigned)(uintptr_t)arg;

    for (;;) {
        (void)gale_executor_suspend(&turns_x, (gale_id)me);
        if (turns_over) {
            return;
        }
        turns_operate(me);
    }
}

static inline const struct gale_thread *turns_thread(unsigned thread)
{
    return &turns_x.memory.threads[thread];
}

/** True when the thread could go on: it is suspended, and for no other reason does it not run. */
static inline bool turns_can_run(unsigned thread)
{
    return turns_thread(thread)->suspended && !turns_thread(thread)->pending;
}

static inline bool turns_is_blocked(unsigned thread)
{
    return turns_thread(thread)->suspended && turns_thread(thread)->pending;
}

/** One turn for a thread or task that can run. */
static inline void turns_run(unsigned thread)
{
    CHECK_EQ(gale_executor_resume(&turns_x, (gale_id)thread), GALE_OK);
    CHECK(gale_executor_step(&turns_x));
    CHECK_EQ(gale_executor_current(&turns_x), GALE_ID_NONE);
    /* It is suspended, has ended, or blocks; a task waits for work or was asked to run again meanwhile. */
    if (!turns_thread(thread)->suspended && !turns_thread(thread)->dead) {
        (void)gale_executor_suspend(&turns_x, (gale_id)thread);
    }
}

/** One tick passes; what is due fires. */
static inline void turns_tick(void)
{
    gale_virtual_advance(1);
    CHECK(!gale_executor_step(&turns_x));
}

/** A fresh executor at tick 100 with `count` threads that perform operate(own number) at each turn. */
static inline void turns_begin(unsigned count, void (*operate)(unsigned me))
{
    gale_virtual_reset(100);
    turns_over = false;
    turns_count = count;
    turns_operate = operate;
    CHECK_EQ(gale_executor_init(&turns_x, &turns_memory), GALE_OK);
    for (unsigned i = 0; i < count; i++) {
        const struct gale_thread_spec spec = {turns_main,        (void *)(uintptr_t)i, turns_stacks[i],
                                              TURNS_STACK_BYTES, GALE_PRIORITIES - 1,  NULL};
        gale_id id = GALE_ID_NONE;
        CHECK_EQ(gale_executor_spawn(&turns_x, &spec, &id), GALE_OK);
        CHECK_EQ(id, i);
        CHECK(gale_executor_step(&turns_x));
    }
}

/** Lets every thread end, after its return from a wait where it is in one; none may be blocked any more. */
static inline void turns_end(void)
{
    turns_over = true;
    for (unsigned i = 0; i < 2u * turns_count; i++) {
        if (turns_can_run(i % turns_count)) {
            turns_run(i % turns_count);
        }
    }
    for (unsigned i = 0; i < turns_count; i++) {
        CHECK(turns_thread(i)->dead);
    }
}

#endif /* TESTS_SUPPORT_TURNS_H */
