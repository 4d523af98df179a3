/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A plain model of async/waitable_set: its rules on arrays, by looking at everything.
 */
#ifndef TESTS_SUPPORT_SET_MODEL_H
#define TESTS_SUPPORT_SET_MODEL_H

#include "gale/async/waitable_set.h"
#include "turns.h"

#define SET_SETS 2u
#define SET_WAITABLES TURNS_NODES
#define SET_BLOCKED 1 /**< No status: the call has not returned. */
#define SET_NONE SET_SETS

static gale_id set_waitables; /**< How many are used. */

/** The model of a waitable. */
struct model_waitable {
    unsigned set; /**< SET_NONE: in none. */
    struct gale_waitable_event event;
    bool cancelled;
    bool cancel_follows;
    uint64_t posted; /**< Events that the module took, cancellations included. */
    uint64_t delivered;
    uint64_t dropped; /**< Events that a drop took away. */
};

struct model_set {
    gale_id fifo[SET_WAITABLES]; /**< Members with an event, oldest first. */
    unsigned events;
    unsigned line[TURNS_THREADS]; /**< Who waits. */
    unsigned length;
    bool task;
};

static struct {
    struct model_waitable w[SET_WAITABLES];
    struct model_set s[SET_SETS];
    int outcome[TURNS_THREADS]; /**< What each thread's wait returns; SET_BLOCKED while it must not return. */
    struct gale_waitable_event gets[TURNS_THREADS];
    gale_tick deadline[TURNS_THREADS];
    bool away[TURNS_THREADS]; /**< It is in a call that blocked. */
    bool task_due;            /**< The callback task was asked to run. */
    uint32_t serial;          /**< The next payload. */
} model;

/* ---- the model's rules ----------------------------------------------------------------------------------------- */

static void model_take_out(struct model_set *s, gale_id waitable)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < s->events; i++) {
        if (s->fifo[i] != waitable) {
            s->fifo[kept++] = s->fifo[i];
        }
    }
    s->events = kept;
}

static void model_stop_waiting(struct model_set *s, unsigned thread, int outcome)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < s->length; i++) {
        if (s->line[i] != thread) {
            s->line[kept++] = s->line[i];
        }
    }
    s->length = kept;
    model.outcome[thread] = outcome;
}

static void model_arrive(gale_id waitable);

/* The oldest event leaves the set; a cancellation may take its place at the end. */
static struct gale_waitable_event model_deliver(struct model_set *s)
{
    const gale_id id = s->fifo[0];
    struct model_waitable *w = &model.w[id];
    const struct gale_waitable_event event = w->event;

    model_take_out(s, id);
    w->delivered++;
    w->event.type = GALE_WAITABLE_EVENT_NONE;
    if (w->cancel_follows) {
        w->cancel_follows = false;
        w->event = (struct gale_waitable_event){GALE_WAITABLE_EVENT_CANCELLED, id, 0};
        model_arrive(id);
    }
    return event;
}

static void model_arrive(gale_id waitable)
{
    struct model_set *s;

    if (model.w[waitable].set == SET_NONE) {
        return;
    }
    s = &model.s[model.w[waitable].set];
    s->fifo[s->events++] = waitable;
    if (s->length > 0) {
        const unsigned thread = s->line[0];
        model_stop_waiting(s, thread, GALE_OK);
        model.gets[thread] = model_deliver(s);
    }
    model.task_due = model.task_due || (s->task && s->events > 0);
}

static void model_leave(gale_id waitable)
{
    struct model_waitable *w = &model.w[waitable];

    if (w->set != SET_NONE) {
        model_take_out(&model.s[w->set], waitable);
        w->set = SET_NONE;
    }
}

static unsigned model_members(unsigned set)
{
    unsigned n = 0;

    for (gale_id i = 0; i < set_waitables; i++) {
        n += model.w[i].set == set ? 1u : 0u;
    }
    return n;
}

static void model_tick(void)
{
    for (unsigned k = 0; k < SET_SETS; k++) {
        for (unsigned i = model.s[k].length; i > 0; i--) {
            const unsigned thread = model.s[k].line[i - 1u];
            if (model.deadline[thread] <= gale_port_now()) {
                model_stop_waiting(&model.s[k], thread, GALE_ETIMEDOUT);
            }
        }
    }
}

#endif /* TESTS_SUPPORT_SET_MODEL_H */
