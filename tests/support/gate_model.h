/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A plain model of async/backpressure_gate, and turns in which threads use a gate and compare it with the model.
 * The schedule test makes every choice, the property test random ones.
 */
#ifndef TESTS_SUPPORT_GATE_MODEL_H
#define TESTS_SUPPORT_GATE_MODEL_H

#include "gale/async/backpressure_gate.h"
#include "turns.h"

#define GATE_BLOCKED 1 /**< No status: the call has not returned. */

/** What a turn does. */
enum gate_operation {
    GATE_ENABLE,
    GATE_DISABLE,
    GATE_INC,
    GATE_DEC,
    GATE_TRY,
    GATE_LEAVE,
    GATE_WAIT,       /**< Until the gate opens. */
    GATE_WAIT_TICKS, /**< For one or two ticks. */
    GATE_WAIT_NOT,   /**< With GALE_NO_WAIT. */
    GATE_CANCEL,     /**< The longest waiting thread. */
    GATE_TICK,       /**< Time passes. */
    GATE_OPERATIONS
};

static struct gale_backpressure_gate gate;
static uint32_t (*gate_choose)(uint32_t n); /**< A number below n. */
static unsigned gate_operation;             /**< Of the turn that is on. */

/** The model: what a reader of the header would write down. */
static struct {
    uint32_t incs;
    bool enabled;
    uint32_t inside;
    unsigned line[TURNS_THREADS]; /**< Who waits, in order of arrival. */
    unsigned length;
    gale_tick deadline[TURNS_THREADS];
    int outcome[TURNS_THREADS]; /**< What each thread's wait returns; GATE_BLOCKED while it must not return. */
    bool away[TURNS_THREADS];   /**< It is in a call that blocked. */
    uint64_t entered;           /**< Entries that the threads were told of. */
    uint64_t left;
} model;

static bool model_is_closed(void)
{
    return model.incs > 0 || model.enabled;
}

static void model_remove(unsigned at)
{
    model.length--;
    for (unsigned i = at; i < model.length; i++) {
        model.line[i] = model.line[i + 1u];
    }
}

static void model_end_wait(unsigned at, int outcome)
{
    model.outcome[model.line[at]] = outcome;
    model_remove(at);
}

static void model_changed(void)
{
    while (!model_is_closed() && model.length > 0) {
        model.inside++;
        model_end_wait(0, GALE_OK);
    }
}

static void model_tick(void)
{
    for (unsigned i = model.length; i > 0; i--) {
        if (model.deadline[model.line[i - 1u]] <= gale_port_now()) {
            model_end_wait(i - 1u, GALE_ETIMEDOUT);
        }
    }
}

static void gate_note_entry(int status)
{
    model.entered += status == GALE_OK ? 1u : 0u;
}

static void gate_wait(unsigned me, gale_tick deadline)
{
    bool blocks = model_is_closed() && deadline != GALE_NO_WAIT;
    int status;

    model.outcome[me] = model_is_closed() ? GALE_EBUSY : GALE_OK;
    if (blocks) {
        model.outcome[me] = GATE_BLOCKED;
        model.deadline[me] = deadline;
        model.line[model.length++] = me;
    } else if (!model_is_closed()) {
        model.inside++;
    }
    model.away[me] = blocks;
    status = gale_backpressure_gate_wait_until_ready(&gate, deadline);
    model.away[me] = false;
    CHECK_EQ(status, model.outcome[me]);
    gate_note_entry(status);
}

static void gate_try(void)
{
    const int expected = model_is_closed() ? GALE_EBUSY : GALE_OK;
    const int status = gale_backpressure_gate_try_enter(&gate);

    CHECK_EQ(status, expected);
    model.inside += expected == GALE_OK ? 1u : 0u;
    gate_note_entry(status);
}

static void gate_leave(void)
{
    const int expected = model.inside > 0 ? GALE_OK : GALE_EINVAL;

    CHECK_EQ(gale_backpressure_gate_leave(&gate), expected);
    model.inside -= expected == GALE_OK ? 1u : 0u;
    model.left += expected == GALE_OK ? 1u : 0u;
}

static void gate_inc(void)
{
    const bool room = model.incs + (model.enabled ? 1u : 0u) < GALE_BACKPRESSURE_GATE_MAX;

    model.incs += room ? 1u : 0u;
    CHECK_EQ(gale_backpressure_gate_inc(&gate), room ? GALE_OK : GALE_EOVERFLOW);
}

static void gate_dec(void)
{
    const int expected = model.incs > 0 ? GALE_OK : GALE_EOVERFLOW;

    model.incs -= expected == GALE_OK ? 1u : 0u;
    model_changed();
    CHECK_EQ(gale_backpressure_gate_dec(&gate), expected);
}

static void gate_enable(void)
{
    const bool room = model.enabled || model.incs < GALE_BACKPRESSURE_GATE_MAX;

    model.enabled = room;
    CHECK_EQ(gale_backpressure_gate_enable(&gate), room ? GALE_OK : GALE_EOVERFLOW);
}

static void gate_disable(void)
{
    model.enabled = false;
    model_changed();
    gale_backpressure_gate_disable(&gate);
}

static void gate_cancel(void)
{
    if (model.length > 0) {
        const unsigned first = model.line[0];
        model_end_wait(0, GALE_ECANCELED);
        CHECK_EQ(gale_executor_cancel_wait(&turns_x, (gale_id)first), GALE_OK);
    }
}

static void gate_operate(unsigned me)
{
    switch (gate_operation) {
    case GATE_ENABLE:
        gate_enable();
        break;
    case GATE_DISABLE:
        gate_disable();
        break;
    case GATE_INC:
        gate_inc();
        break;
    case GATE_DEC:
        gate_dec();
        break;
    case GATE_TRY:
        gate_try();
        break;
    case GATE_LEAVE:
        gate_leave();
        break;
    case GATE_CANCEL:
        gate_cancel();
        break;
    case GATE_WAIT:
        gate_wait(me, GALE_FOREVER);
        break;
    case GATE_WAIT_TICKS:
        gate_wait(me, gale_port_now() + 1u + gate_choose(2));
        break;
    default:
        gate_wait(me, GALE_NO_WAIT);
        break;
    }
}

/** Gate and model agree, and nobody who waits was forgotten or let go (BP01 BP02 BP03 BP05). */
static void gate_check(void)
{
    CHECK(gale_backpressure_gate_is_valid(&gate));
    CHECK_EQ(gale_backpressure_gate_is_enabled(&gate), model_is_closed());
    CHECK_EQ(gale_backpressure_gate_inside(&gate), model.inside);
    for (unsigned i = 0; i < turns_count; i++) {
        CHECK_EQ(turns_is_blocked(i), model.outcome[i] == GATE_BLOCKED);
    }
}

static void gate_begin(unsigned threads, uint32_t (*choose)(uint32_t n))
{
    model.incs = model.inside = 0;
    model.enabled = false;
    model.length = 0;
    model.entered = model.left = 0;
    for (unsigned i = 0; i < TURNS_THREADS; i++) {
        model.outcome[i] = GALE_OK;
        model.away[i] = false;
    }
    gate_choose = choose;
    turns_begin(threads, gate_operate);
    CHECK_EQ(gale_backpressure_gate_init(&gate, &turns_x), GALE_OK);
}

static inline void gate_turn(unsigned thread, unsigned operation)
{
    gate_operation = operation;
    turns_run(thread);
}

/**
 * One step: time passes, or a thread has a turn. Threads are alike, so of those that begin an operation only the first
 * is taken; those that come back from a wait are told apart.
 */
static void gate_step(void)
{
    unsigned actors[TURNS_THREADS + 1u];
    uint32_t n = 0;
    unsigned fresh = TURNS_THREADS;
    uint32_t pick;

    for (unsigned i = 0; i < turns_count; i++) {
        if (turns_can_run(i) && model.away[i]) {
            actors[n++] = i;
        } else if (turns_can_run(i) && fresh == TURNS_THREADS) {
            fresh = i;
        }
    }
    pick = gate_choose(n + (fresh < TURNS_THREADS ? GATE_OPERATIONS : 1u));
    if (pick < n) {
        turns_run(actors[pick]);
    } else if (fresh == TURNS_THREADS || pick - n == GATE_TICK) {
        turns_tick();
        model_tick();
    } else {
        gate_turn(fresh, pick - n);
    }
    gate_check();
}

/** Opens the gate for good: everybody comes back, and entries add up (BP04). */
static void gate_end(void)
{
    model.enabled = false;
    model.incs = 0;
    model_changed();
    while (gale_backpressure_gate_dec(&gate) == GALE_OK) {
        /* Until inc holds nothing. */
    }
    gale_backpressure_gate_disable(&gate);
    gate_check();
    turns_end();
    CHECK_EQ(model.entered, model.left + model.inside);
}

#endif /* TESTS_SUPPORT_GATE_MODEL_H */
