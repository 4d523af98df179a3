/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A plain model of threads that wait for something in priority order, and random or exhaustive turns of such threads.
 * What they wait for is the test's: it says in `expect` what a call is to return, or that it is to block.
 */
#ifndef TESTS_SUPPORT_WAITERS_H
#define TESTS_SUPPORT_WAITERS_H

#include "turns.h"

#define WAITERS_BLOCKED INT32_MAX     /**< No status: the call must not return yet. */
#define WAITERS_WOKEN (INT32_MAX - 1) /**< No status: woken to look again when its turn comes. */
#define WAITERS_OUTSIDE TURNS_THREADS /**< Who calls outside every thread, and may not block. */
#define WAITERS_BEST_PRIORITY 20u

/** Operations that every test has; its own begin at WAITERS_OPERATIONS. Behind them all: another priority. */
enum waiters_operation { WAITERS_TICK, WAITERS_CANCEL, WAITERS_OPERATIONS };

static struct {
    unsigned line[TURNS_THREADS]; /**< Who waits: best priority first, then arrival. */
    unsigned length;
    uint8_t priority[TURNS_THREADS];
    gale_tick deadline[TURNS_THREADS];
    int expect[TURNS_THREADS + 1u]; /**< What each one's call returns, or WAITERS_*. */
    bool away[TURNS_THREADS + 1u];  /**< It is in a call that blocked. */
} waiters;

/** What a test supplies. */
struct waiters_test {
    unsigned operations;             /**< Their number, WAITERS_OPERATIONS included. */
    void (*operate)(unsigned me);    /**< Performs waiters_operation for `me`. */
    void (*look_again)(unsigned me); /**< A woken `me` gets its turn: set `expect`. May be NULL. */
    void (*check)(void);             /**< Object and model agree. */
    bool alike; /**< Threads differ in nothing at first: of those that may begin, try only one; priorities stay. */
};

static const struct waiters_test *waiters_test;
static uint32_t (*waiters_choose)(uint32_t n); /**< A number below n. */
static unsigned waiters_operation;             /**< Of the turn that is on. */

static void waiters_enter(unsigned thread)
{
    unsigned at = waiters.length++;

    for (; at > 0 && waiters.priority[waiters.line[at - 1u]] > waiters.priority[thread]; at--) {
        waiters.line[at] = waiters.line[at - 1u];
    }
    waiters.line[at] = thread;
}

static void waiters_remove(unsigned at)
{
    waiters.length--;
    for (unsigned i = at; i < waiters.length; i++) {
        waiters.line[i] = waiters.line[i + 1u];
    }
}

/** The wait of the one at place `at` ends. */
static void waiters_end(unsigned at, int status)
{
    waiters.expect[waiters.line[at]] = status;
    waiters_remove(at);
}

static inline void waiters_end_all(int status)
{
    while (waiters.length > 0) {
        waiters_end(0, status);
    }
}

/** What a call that cannot succeed now does: returns a status, or blocks and enters the line. */
static inline int waiters_wait(unsigned me, gale_tick deadline, int no_wait_status)
{
    int expect = WAITERS_BLOCKED;

    if (deadline == GALE_NO_WAIT) {
        expect = no_wait_status;
    } else if (me == WAITERS_OUTSIDE) {
        expect = GALE_EPERM;
    } else if (deadline <= gale_port_now()) {
        expect = GALE_ETIMEDOUT;
    } else {
        waiters.deadline[me] = deadline;
        waiters_enter(me);
    }
    waiters.expect[me] = expect;
    return expect;
}

/** Before and after a call that may block. */
static inline void waiters_call(unsigned me)
{
    waiters.away[me] = waiters.expect[me] == WAITERS_BLOCKED;
}

static inline void waiters_returned(unsigned me, int status)
{
    waiters.away[me] = false;
    CHECK_EQ(status, waiters.expect[me]);
}

/** None, passed, soon, later or never. */
static inline gale_tick waiters_any_deadline(void)
{
    const uint32_t pick = waiters_choose(6);

    return pick == 0 ? GALE_NO_WAIT : pick > 3u ? GALE_FOREVER : gale_port_now() + pick - 1u;
}

static void waiters_tick(void)
{
    turns_tick();
    for (unsigned i = waiters.length; i > 0; i--) {
        if (waiters.deadline[waiters.line[i - 1u]] <= gale_port_now()) {
            waiters_end(i - 1u, GALE_ETIMEDOUT);
        }
    }
}

static void waiters_cancel(unsigned at)
{
    const unsigned thread = waiters.line[at];

    waiters_end(at, GALE_ECANCELED);
    CHECK_EQ(gale_executor_cancel_wait(&turns_x, (gale_id)thread), GALE_OK);
}

/* A waiter goes behind its new equals, also when its priority stays what it was. */
static void waiters_set_priority(unsigned thread, uint8_t priority)
{
    waiters.priority[thread] = priority;
    for (unsigned at = 0; at < waiters.length; at++) {
        if (waiters.line[at] == thread) {
            waiters_remove(at);
            waiters_enter(thread);
            break;
        }
    }
    CHECK_EQ(gale_executor_set_priority(&turns_x, (gale_id)thread, priority), GALE_OK);
}

static void waiters_operate(unsigned me)
{
    if (waiters_operation == WAITERS_CANCEL) {
        if (waiters.length > 0) {
            waiters_cancel(waiters_choose(waiters.length));
        }
    } else if (waiters_operation == waiters_test->operations) {
        waiters_set_priority(waiters_choose(turns_count), (uint8_t)(WAITERS_BEST_PRIORITY + waiters_choose(3)));
    } else {
        waiters_test->operate(me);
    }
}

static void waiters_check(void)
{
    waiters_test->check();
    for (unsigned i = 0; i < turns_count; i++) {
        CHECK_EQ(turns_is_blocked(i), waiters.expect[i] == WAITERS_BLOCKED);
    }
}

static void waiters_resume(unsigned thread)
{
    if (waiters.expect[thread] == WAITERS_WOKEN) {
        waiters_test->look_again(thread);
    }
    turns_run(thread);
}

static inline void waiters_begin(const struct waiters_test *test, unsigned threads, uint32_t (*choose)(uint32_t n))
{
    waiters.length = 0;
    waiters_test = test;
    waiters_choose = choose;
    turns_begin(threads, waiters_operate);
    for (unsigned i = 0; i <= TURNS_THREADS; i++) {
        waiters.expect[i] = GALE_OK;
        waiters.away[i] = false;
    }
    for (unsigned i = 0; i < threads; i++) {
        waiters_set_priority(i, WAITERS_BEST_PRIORITY);
    }
}

/** One operation: by a thread, or from outside. */
static inline void waiters_turn(unsigned actor, unsigned operation)
{
    waiters_operation = operation;
    if (operation == WAITERS_TICK) {
        waiters_tick();
    } else if (actor == WAITERS_OUTSIDE) {
        waiters_operate(actor);
    } else {
        turns_run(actor);
    }
    waiters_check();
}

static inline unsigned waiters_operator(const unsigned *fresh, unsigned n)
{
    unsigned actor = WAITERS_OUTSIDE;

    if (waiters_test->alike) {
        actor = n > 0 ? fresh[0] : WAITERS_OUTSIDE;
    } else {
        const uint32_t pick = waiters_choose(n + 1u);
        actor = pick < n ? fresh[pick] : WAITERS_OUTSIDE;
    }
    return actor;
}

/** One step of any kind: somebody comes back from a wait, or somebody performs an operation. */
static inline void waiters_step(void)
{
    unsigned back[TURNS_THREADS];
    unsigned fresh[TURNS_THREADS];
    unsigned backs = 0;
    unsigned freshs = 0;
    uint32_t pick;

    for (unsigned i = 0; i < turns_count; i++) {
        if (turns_can_run(i) && waiters.away[i]) {
            back[backs++] = i;
        } else if (turns_can_run(i)) {
            fresh[freshs++] = i;
        }
    }
    pick = waiters_choose(backs + waiters_test->operations + (waiters_test->alike ? 0u : 1u));
    if (pick < backs) {
        waiters_resume(back[pick]);
        waiters_check();
    } else {
        waiters_turn(waiters_operator(fresh, freshs), pick - backs);
    }
}

/** Everybody comes back: those who still wait are cancelled. */
static inline void waiters_finish(void)
{
    for (unsigned n = 0; n < 2u * TURNS_THREADS; n++) {
        while (waiters.length > 0) {
            waiters_cancel(0);
        }
        for (unsigned i = 0; i < turns_count; i++) {
            if (turns_can_run(i) && waiters.away[i]) {
                waiters_resume(i);
            }
        }
    }
    waiters_check();
    turns_end();
}

#endif /* TESTS_SUPPORT_WAITERS_H */
