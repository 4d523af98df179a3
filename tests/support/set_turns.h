/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Turns in which threads and a callback task use waitable sets and compare them with the model. The schedule test makes
 * every choice, the property test random ones.
 */
#ifndef TESTS_SUPPORT_SET_TURNS_H
#define TESTS_SUPPORT_SET_TURNS_H

#include "set_model.h"

/** What a turn does. */
enum set_operation {
    SET_JOIN,
    SET_LEAVE,
    SET_POST,
    SET_CANCEL,
    SET_DROP_WAITABLE,
    SET_POLL,
    SET_WAIT,       /**< Until an event comes. */
    SET_WAIT_TICKS, /**< For one or two ticks. */
    SET_DROP,
    SET_ON_EVENT,    /**< The callback task is set, or taken away. */
    SET_CANCEL_WAIT, /**< Of the thread that has waited longest on a set. */
    SET_TICK,        /**< Time passes. */
    SET_OPERATIONS
};

/** An operation with what it is about. */
struct set_turn {
    unsigned operation;
    unsigned set;
    gale_id waitable;
};

static struct gale_waitable_pool set_pool;
static struct gale_waitable set_items[SET_WAITABLES];
static struct gale_waitable_set sets[SET_SETS];
static gale_id set_task;                   /**< The callback task. */
static uint32_t (*set_choose)(uint32_t n); /**< A number below n. */
static struct set_turn set_turn;           /**< That is on. */

/* ---- operations ------------------------------------------------------------------------------------------------ */

static void set_check_event(struct gale_waitable_event got, struct gale_waitable_event expected)
{
    CHECK_EQ(got.type, expected.type);
    CHECK_EQ(got.join_id, expected.join_id);
    CHECK_EQ(got.payload, expected.payload);
}

static void set_join(unsigned set, gale_id waitable)
{
    if (model.w[waitable].set != set) {
        model_leave(waitable);
        model.w[waitable].set = set;
        if (model.w[waitable].event.type != GALE_WAITABLE_EVENT_NONE) {
            model_arrive(waitable);
        }
    }
    CHECK_EQ(gale_waitable_set_join(&sets[set], waitable), GALE_OK);
}

static void set_post(gale_id waitable)
{
    struct model_waitable *w = &model.w[waitable];
    const int expected = w->event.type == GALE_WAITABLE_EVENT_NONE ? GALE_OK : GALE_EBUSY;
    const uint32_t type = 1u + model.serial % 5u;
    const uint32_t payload = ++model.serial;

    if (expected == GALE_OK) {
        w->event = (struct gale_waitable_event){type, waitable, payload};
        w->posted++;
        model_arrive(waitable);
    }
    CHECK_EQ(gale_waitable_set_post(&set_pool, waitable, type, payload), expected);
}

static void set_cancel(gale_id waitable)
{
    struct model_waitable *w = &model.w[waitable];
    const int expected = w->cancelled ? GALE_EALREADY : GALE_OK;

    if (!w->cancelled) {
        w->cancelled = true;
        w->posted++;
        w->cancel_follows = w->event.type != GALE_WAITABLE_EVENT_NONE;
        if (!w->cancel_follows) {
            w->event = (struct gale_waitable_event){GALE_WAITABLE_EVENT_CANCELLED, waitable, 0};
            model_arrive(waitable);
        }
    }
    CHECK_EQ(gale_waitable_set_cancel(&set_pool, waitable), expected);
}

static void set_drop_waitable(gale_id waitable)
{
    struct model_waitable *w = &model.w[waitable];

    model_leave(waitable);
    w->dropped += w->event.type != GALE_WAITABLE_EVENT_NONE ? 1u : 0u;
    w->dropped += w->cancel_follows ? 1u : 0u;
    w->event.type = GALE_WAITABLE_EVENT_NONE;
    w->cancelled = w->cancel_follows = false;
    CHECK_EQ(gale_waitable_set_drop_waitable(&set_pool, waitable), GALE_OK);
}

static void set_poll(unsigned set)
{
    const struct gale_waitable_event untouched = {77, 77, 77};
    struct gale_waitable_event expected = untouched;
    struct gale_waitable_event event = untouched;
    const bool some = model.s[set].events > 0;

    if (some) {
        expected = model_deliver(&model.s[set]);
    }
    CHECK_EQ(gale_waitable_set_poll(&sets[set], &event), some ? GALE_OK : GALE_EAGAIN);
    set_check_event(event, expected);
}

static void set_wait(unsigned me, unsigned set, gale_tick deadline)
{
    const struct gale_waitable_event untouched = {77, 77, 77};
    struct gale_waitable_event event = untouched;
    const bool blocks = model.s[set].events == 0;
    int status;

    model.gets[me] = untouched;
    if (blocks) {
        model.outcome[me] = SET_BLOCKED;
        model.deadline[me] = deadline;
        model.s[set].line[model.s[set].length++] = me;
    } else {
        model.outcome[me] = GALE_OK;
        model.gets[me] = model_deliver(&model.s[set]);
    }
    model.away[me] = blocks;
    status = gale_waitable_set_wait(&sets[set], deadline, &event);
    model.away[me] = false;
    CHECK_EQ(status, model.outcome[me]);
    set_check_event(event, model.gets[me]);
}

static void set_drop(unsigned set)
{
    const bool busy = model_members(set) > 0 || model.s[set].length > 0;

    model.s[set].task = model.s[set].task && busy;
    CHECK_EQ(gale_waitable_set_drop(&sets[set]), busy ? GALE_EBUSY : GALE_OK);
}

static void set_on_event(unsigned set)
{
    const bool on = !model.s[set].task;

    model.s[set].task = on;
    model.task_due = model.task_due || on;
    CHECK_EQ(gale_waitable_set_on_event(&sets[set], on ? set_task : GALE_ID_NONE), GALE_OK);
}

static void set_cancel_wait(unsigned set)
{
    if (model.s[set].length > 0) {
        const unsigned thread = model.s[set].line[0];
        model_stop_waiting(&model.s[set], thread, GALE_ECANCELED);
        CHECK_EQ(gale_executor_cancel_wait(&turns_x, (gale_id)thread), GALE_OK);
    }
}

static void set_operate_on_waitable(void)
{
    switch (set_turn.operation) {
    case SET_JOIN:
        set_join(set_turn.set, set_turn.waitable);
        break;
    case SET_LEAVE:
        model_leave(set_turn.waitable);
        CHECK_EQ(gale_waitable_set_leave(&set_pool, set_turn.waitable), GALE_OK);
        break;
    case SET_POST:
        set_post(set_turn.waitable);
        break;
    case SET_CANCEL:
        set_cancel(set_turn.waitable);
        break;
    default:
        set_drop_waitable(set_turn.waitable);
        break;
    }
}

static void set_operate(unsigned me)
{
    switch (set_turn.operation) {
    case SET_POLL:
        set_poll(set_turn.set);
        break;
    case SET_WAIT:
        set_wait(me, set_turn.set, GALE_FOREVER);
        break;
    case SET_WAIT_TICKS:
        set_wait(me, set_turn.set, gale_port_now() + 1u + set_choose(2));
        break;
    case SET_DROP:
        set_drop(set_turn.set);
        break;
    case SET_ON_EVENT:
        set_on_event(set_turn.set);
        break;
    case SET_CANCEL_WAIT:
        set_cancel_wait(set_turn.set);
        break;
    default:
        set_operate_on_waitable();
        break;
    }
}

/* The callback task: it takes all there is in the sets that it serves. */
static void set_run_task(void *arg)
{
    (void)arg;
    model.task_due = false;
    for (unsigned k = 0; k < SET_SETS; k++) {
        while (model.s[k].task && model.s[k].events > 0) {
            set_poll(k);
        }
    }
    model.task_due = false; /* A cancellation that followed asks it to run again, but it is gone already. */
}

/* ---- checks and steps ------------------------------------------------------------------------------------------ */

/** Sets and model agree, who is to be ready is, who waits waits (PL09 PL13 PL14). */
static void set_check(void)
{
    CHECK(gale_waitable_set_pool_is_valid(&set_pool));
    for (unsigned k = 0; k < SET_SETS; k++) {
        CHECK(gale_waitable_set_is_valid(&sets[k]));
        CHECK_EQ(gale_waitable_set_members(&sets[k]), model_members(k));
        CHECK(model.s[k].events == 0 || model.s[k].length == 0);
        CHECK(model.s[k].events == 0 || !model.s[k].task || turns_can_run(set_task));
    }
    for (unsigned i = 0; i < turns_count; i++) {
        CHECK_EQ(turns_is_blocked(i), model.outcome[i] == SET_BLOCKED);
    }
    CHECK(!model.task_due || turns_can_run(set_task));
}

/** Every event that was taken in is delivered, or dropped, or pending: none lost, none twice (PL11 PL12). */
static void set_check_sums(void)
{
    for (gale_id i = 0; i < set_waitables; i++) {
        const struct model_waitable *w = &model.w[i];
        const unsigned pending = (w->event.type != GALE_WAITABLE_EVENT_NONE ? 1u : 0u) + (w->cancel_follows ? 1u : 0u);
        CHECK_EQ(w->posted, w->delivered + w->dropped + pending);
    }
}

static void set_begin_task(void)
{
    const struct gale_thread_spec spec = {set_run_task, NULL, NULL, 0, GALE_PRIORITIES - 1, NULL};

    CHECK_EQ(gale_executor_spawn(&turns_x, &spec, &set_task), GALE_OK);
    CHECK_EQ(gale_executor_suspend(&turns_x, set_task), GALE_OK);
}

static void set_begin(unsigned threads, gale_id waitables, uint32_t (*choose)(uint32_t n))
{
    set_choose = choose;
    set_waitables = waitables;
    for (gale_id i = 0; i < waitables; i++) {
        model.w[i] = (struct model_waitable){.set = SET_NONE};
    }
    for (unsigned i = 0; i < TURNS_THREADS; i++) {
        model.outcome[i] = GALE_OK;
        model.away[i] = false;
    }
    model.task_due = false;
    model.serial = 0;
    turns_begin(threads, set_operate);
    set_begin_task();
    CHECK_EQ(gale_waitable_set_pool_init(&set_pool, &turns_x, set_items, waitables), GALE_OK);
    for (unsigned k = 0; k < SET_SETS; k++) {
        model.s[k].events = model.s[k].length = 0;
        model.s[k].task = false;
        CHECK_EQ(gale_waitable_set_init(&sets[k], &set_pool), GALE_OK);
    }
}

static struct set_turn set_choose_turn(void)
{
    struct set_turn turn = {set_choose(SET_OPERATIONS), 0, 0};

    if (turn.operation == SET_JOIN || (turn.operation >= SET_POLL && turn.operation < SET_TICK)) {
        turn.set = set_choose(SET_SETS);
    }
    if (turn.operation < SET_POLL) {
        turn.waitable = (gale_id)set_choose(set_waitables);
    }
    return turn;
}

static inline void set_do(unsigned thread, struct set_turn turn)
{
    set_turn = turn;
    turns_run(thread);
}

/** The first thread that can begin an operation; all such are alike. TURNS_THREADS if there is none. */
static unsigned set_fresh(void)
{
    for (unsigned i = 0; i < turns_count; i++) {
        if (turns_can_run(i) && !model.away[i]) {
            return i;
        }
    }
    return TURNS_THREADS;
}

/** One step: time passes, or a thread or the task has a turn. */
static void set_step(void)
{
    unsigned actors[TURNS_THREADS + 1u];
    uint32_t n = 0;
    uint32_t pick;
    struct set_turn turn = {SET_TICK, 0, 0};

    for (unsigned i = 0; i < turns_count; i++) {
        if (turns_can_run(i) && model.away[i]) {
            actors[n++] = i;
        }
    }
    if (turns_can_run(set_task)) {
        actors[n++] = (unsigned)set_task;
    }
    pick = set_choose(n + 1u);
    if (pick < n) {
        turns_run(actors[pick]);
    } else {
        turn = set_fresh() < TURNS_THREADS ? set_choose_turn() : turn;
        if (turn.operation == SET_TICK) {
            turns_tick();
            model_tick();
        } else {
            set_do(set_fresh(), turn);
        }
    }
    set_check();
}

/** Ends all waits and takes every event: the sums agree and the sets can be dropped. */
static void set_end(void)
{
    for (unsigned k = 0; k < SET_SETS; k++) {
        while (model.s[k].length > 0) {
            set_cancel_wait(k);
        }
        while (model.s[k].events > 0) {
            set_poll(k);
        }
    }
    set_check_sums();
    turns_end();
    for (gale_id i = 0; i < set_waitables; i++) {
        set_drop_waitable(i);
    }
    for (unsigned k = 0; k < SET_SETS; k++) {
        set_drop(k);
        CHECK_EQ(gale_waitable_set_members(&sets[k]), 0);
    }
    set_check_sums();
}

#endif /* TESTS_SUPPORT_SET_TURNS_H */
