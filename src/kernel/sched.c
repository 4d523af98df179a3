/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/sched.h"

/*@ requires some: w != 0;
    assigns  \nothing;
    ensures  sc01: 0 <= \result < 32 && ((w >> \result) & 1) == 1 && (w & ((1 << \result) - 1)) == 0;
*/
static unsigned sched_lowest_bit(uint32_t w)
{
    return (unsigned)__builtin_ctz(w);
}

static uint8_t sched_priority(const struct gale_sched *s, gale_id thread)
{
    return s->threads[thread].spec.priority;
}

static gale_id sched_list(const struct gale_sched *s, gale_id thread)
{
    return (gale_id)(s->first_list + sched_priority(s, thread));
}

static uint32_t sched_bit(const struct gale_sched *s, gale_id thread)
{
    return UINT32_C(1) << sched_priority(s, thread);
}

static bool sched_is_metairq(const struct gale_sched *s, gale_id thread)
{
    return sched_priority(s, thread) < GALE_PRIO_METAIRQ;
}

static bool sched_is_preemptible(const struct gale_sched *s, gale_id thread)
{
    return sched_priority(s, thread) >= GALE_PRIO_PREEMPT;
}

static bool sched_is_queued(const struct gale_sched *s, gale_id thread)
{
    return gale_list_owner(s->links, thread) == sched_list(s, thread);
}

/* The current thread may go on: it exists and nothing keeps it from running. */
static bool sched_is_active(const struct gale_sched *s)
{
    return s->current != GALE_ID_NONE && gale_thread_is_ready(&s->threads[s->current]);
}

void gale_sched_init(struct gale_sched *s, struct gale_list_pool *links, struct gale_thread *threads,
                     gale_id first_list)
{
    s->links = links;
    s->threads = threads;
    s->first_list = first_list;
    s->current = GALE_ID_NONE;
    s->preempted = GALE_ID_NONE;
    s->ready = 0;
}

static bool sched_queue_is_valid(const struct gale_sched *s, uint8_t priority)
{
    gale_id thread = gale_list_first(s->links, (gale_id)(s->first_list + priority));
    const bool marked = ((s->ready >> priority) & 1u) != 0;
    bool ok = marked == (thread != GALE_ID_NONE);

    for (gale_id n = 0; ok && thread != GALE_ID_NONE && n < s->links->nodes; n++) {
        ok = sched_priority(s, thread) == priority && gale_thread_is_ready(&s->threads[thread]) &&
             thread != s->preempted;
        thread = gale_list_next(s->links, thread);
    }
    return ok;
}

bool gale_sched_is_valid(const struct gale_sched *s)
{
    bool ok = s->preempted == GALE_ID_NONE || gale_thread_is_ready(&s->threads[s->preempted]);

    for (uint8_t priority = 0; priority < GALE_PRIORITIES; priority++) {
        ok = ok && sched_queue_is_valid(s, priority);
    }
    return ok;
}

void gale_sched_add(struct gale_sched *s, gale_id thread)
{
    GALE_ASSERT(gale_thread_is_ready(&s->threads[thread]));
    gale_list_push_back(s->links, sched_list(s, thread), thread);
    s->ready |= sched_bit(s, thread);
}

static void sched_add_front(struct gale_sched *s, gale_id thread)
{
    gale_list_push_front(s->links, sched_list(s, thread), thread);
    s->ready |= sched_bit(s, thread);
}

void gale_sched_remove(struct gale_sched *s, gale_id thread)
{
    if (thread == s->preempted) {
        s->preempted = GALE_ID_NONE;
    } else if (sched_is_queued(s, thread)) {
        gale_list_remove(s->links, thread);
        if (gale_list_is_empty(s->links, sched_list(s, thread))) {
            s->ready &= ~sched_bit(s, thread);
        }
    }
}

gale_id gale_sched_best(const struct gale_sched *s)
{
    if (s->ready == 0) {
        return GALE_ID_NONE;
    }
    return gale_list_first(s->links, (gale_id)(s->first_list + sched_lowest_bit(s->ready)));
}

/* The one to compare the current thread with: the preempted thread goes before the queue unless that has a MetaIRQ. */
static gale_id sched_candidate(const struct gale_sched *s)
{
    const gale_id best = gale_sched_best(s);

    if (s->preempted != GALE_ID_NONE && (best == GALE_ID_NONE || !sched_is_metairq(s, best))) {
        return s->preempted;
    }
    return best;
}

/* May `candidate` take the core from the current, ready thread? */
static bool sched_may_replace(const struct gale_sched *s, gale_id candidate, bool yield)
{
    const uint8_t mine = sched_priority(s, s->current);
    const uint8_t other = sched_priority(s, candidate);

    if (yield) {
        return other <= mine;
    }
    return other < mine && (sched_is_preemptible(s, s->current) || sched_is_metairq(s, candidate));
}

gale_id gale_sched_choose(const struct gale_sched *s, bool yield)
{
    const gale_id candidate = sched_candidate(s);

    if (!sched_is_active(s) || sched_is_queued(s, s->current)) {
        return candidate;
    }
    if (candidate == GALE_ID_NONE || !sched_may_replace(s, candidate, yield)) {
        return s->current;
    }
    return candidate;
}

/* Where the thread that gives the core away waits for it: SC12. */
static void sched_requeue_current(struct gale_sched *s, gale_id next, bool yield)
{
    if (!sched_is_active(s) || sched_is_queued(s, s->current)) {
        return;
    }
    if (yield) {
        gale_sched_add(s, s->current);
    } else if (sched_is_metairq(s, next) && !sched_is_metairq(s, s->current) && s->preempted == GALE_ID_NONE) {
        s->preempted = s->current;
    } else {
        sched_add_front(s, s->current);
    }
}

gale_id gale_sched_switch(struct gale_sched *s, bool yield)
{
    const gale_id next = gale_sched_choose(s, yield);

    if (next != GALE_ID_NONE) {
        gale_sched_remove(s, next);
    }
    if (next != s->current) {
        sched_requeue_current(s, next, yield);
    }
    s->current = next;
    return next;
}

int gale_sched_set_priority(struct gale_sched *s, gale_id thread, uint8_t priority)
{
    const bool queued = sched_is_queued(s, thread);

    if (priority >= GALE_PRIORITIES) {
        return GALE_EINVAL;
    }
    if (queued) {
        gale_sched_remove(s, thread);
    }
    (void)gale_thread_set_priority(&s->threads[thread], priority);
    if (queued) {
        gale_sched_add(s, thread);
    }
    return GALE_OK;
}
