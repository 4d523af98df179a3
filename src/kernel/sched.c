/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/sched.h"

#include "bits.h"

/*@ requires own: sched_readable(s, thread);
    assigns  \nothing;
    ensures  prio: \result == sched_prio(s, thread);
*/
static uint8_t sched_priority(const struct gale_sched *s, gale_id thread)
{
    return s->threads[thread].spec.priority;
}

/*@ requires own: sched_readable(s, thread) && s->first_list + sched_prio(s, thread) <= GALE_ID_NONE;
    assigns  \nothing;
    ensures  list: \result == s->first_list + sched_prio(s, thread);
*/
static gale_id sched_list(const struct gale_sched *s, gale_id thread)
{
    return (gale_id)(s->first_list + sched_priority(s, thread));
}

/*@ requires own: sched_readable(s, thread);
    assigns  \nothing;
    ensures  meta: \result <==> sched_prio(s, thread) < GALE_PRIO_METAIRQ;
*/
static bool sched_is_metairq(const struct gale_sched *s, gale_id thread)
{
    return sched_priority(s, thread) < GALE_PRIO_METAIRQ;
}

/*@ requires own: sched_readable(s, thread);
    assigns  \nothing;
    ensures  preemptible: \result <==> sched_prio(s, thread) >= GALE_PRIO_PREEMPT;
*/
static bool sched_is_preemptible(const struct gale_sched *s, gale_id thread)
{
    return sched_priority(s, thread) >= GALE_PRIO_PREEMPT;
}

/*@ requires own: sched_readable(s, thread);
    assigns  \nothing;
    ensures  cooperative: \result <==> GALE_PRIO_METAIRQ <= sched_prio(s, thread) < GALE_PRIO_PREEMPT;
*/
static bool sched_is_cooperative(const struct gale_sched *s, gale_id thread)
{
    return !sched_is_metairq(s, thread) && !sched_is_preemptible(s, thread);
}

/*@ requires ok: sched_ok(s) && thread < s->count;
    assigns  \nothing;
    ensures  queued: \result <==> sched_queued(s, thread);
    ensures  marked: \result ==> sched_mark(s, thread);
*/
static bool sched_is_queued(const struct gale_sched *s, gale_id thread)
{
    //@ assert marked: sched_marked(s);
    return gale_list_owner(s->links, thread) == sched_list(s, thread);
}

/* The current thread may go on: it exists and nothing keeps it from running. */
/*@ requires ok: sched_ok(s);
    assigns  \nothing;
    ensures  active: \result <==> sched_active(s);
*/
static bool sched_is_active(const struct gale_sched *s)
{
    return s->current != GALE_ID_NONE && gale_thread_is_ready(&s->threads[s->current]);
}

/*@ requires own: sched_memory(s);
    assigns  s->preempted;
    ensures  own: sched_memory(s) && sched_same{Pre, Post}(s, GALE_ID_NONE) && s->preempted == thread;
*/
static void sched_store_preempted(struct gale_sched *s, gale_id thread)
{
    s->preempted = thread;
    //@ assert elems: sched_elems_kept(s->links);
    //@ assert lists: sched_lists_kept(s->links);
    //@ assert kept: sched_nodes_kept(s->links);
}

/*@ requires own: sched_memory(s);
    assigns  s->current;
    ensures  own: sched_memory(s) && sched_same{Pre, Post}(s, GALE_ID_NONE) && s->current == thread;
*/
static void sched_store_current(struct gale_sched *s, gale_id thread)
{
    s->current = thread;
    //@ assert elems: sched_elems_kept(s->links);
    //@ assert lists: sched_lists_kept(s->links);
    //@ assert kept: sched_nodes_kept(s->links);
}

/*@ requires own:   \valid(s) && list_pool_ok(links) && \valid(threads + (0 .. count - 1));
    requires sep:   \separated(s, links, links->links + (0 .. links->nodes + links->lists - 1),
                               threads + (0 .. count - 1));
    requires range: count <= links->nodes && first_list + GALE_PRIORITIES <= links->lists;
    assigns  s->links \from links;
    assigns  s->threads \from threads;
    assigns  s->count, s->first_list;
    ensures  own:   sched_memory(s) && s->links == links && s->threads == threads && s->count == count &&
                    s->first_list == first_list;
    ensures  same:  \forall integer t; 0 <= t < links->nodes ==> links->links[t].owner == \at(links->links[t].owner, Pre);
*/
static void sched_init_fields(struct gale_sched *s, struct gale_list_pool *links, struct gale_thread *threads,
                              gale_id count, gale_id first_list)
{
    s->links = links;
    s->threads = threads;
    s->count = count;
    s->first_list = first_list;
    //@ assert elems: sched_elems_kept(links);
    //@ assert lists: sched_lists_kept(links);
    //@ assert kept: sched_nodes_kept(links);
}

void gale_sched_init(struct gale_sched *s, struct gale_list_pool *links, struct gale_thread *threads, gale_id count,
                     gale_id first_list)
{
    sched_init_fields(s, links, threads, count, first_list);
    sched_store_current(s, GALE_ID_NONE);
    sched_store_preempted(s, GALE_ID_NONE);
    s->ready = bits_empty();
    //@ assert nodes: \forall integer t; sched_in_queue(s, t) ==> list_node_ok(links, t) && list_len(sched_owner(s, t)) > 0;
    //@ assert queues: sched_queues_ok(s);
    //@ assert bits: sched_bits_ok(s);
}

/*@ requires ok: sched_ok(s) && (thread == GALE_ID_NONE || (thread < s->count && !sched_queued(s, thread) &&
                 thread_ready(&s->threads[thread])));
    assigns  s->preempted;
    ensures  ok: sched_ok(s) && sched_same{Pre, Post}(s, GALE_ID_NONE) && s->preempted == thread;
*/
static void sched_set_preempted(struct gale_sched *s, gale_id thread)
{
    sched_store_preempted(s, thread);
    //@ assert queues: sched_queues_ok(s);
    //@ assert bits: sched_bits_ok(s);
}

/*@ requires ok: sched_ok(s) && (thread == GALE_ID_NONE || thread < s->count);
    assigns  s->current;
    ensures  ok: sched_ok(s) && sched_same{Pre, Post}(s, GALE_ID_NONE) && s->current == thread;
*/
static void sched_set_current(struct gale_sched *s, gale_id thread)
{
    sched_store_current(s, thread);
    //@ assert queues: sched_queues_ok(s);
    //@ assert bits: sched_bits_ok(s);
}

/** A thread may stand in the queue of `priority`. */
/*@ requires own: sched_memory(s);
    assigns  \nothing;
    ensures  ok: \result <==> thread < s->count && sched_prio(s, thread) == priority &&
               thread_ready(&s->threads[thread]) && thread != s->preempted;
*/
static bool sched_is_in_place(const struct gale_sched *s, gale_id thread, uint8_t priority)
{
    return thread < s->count && sched_priority(s, thread) == priority && gale_thread_is_ready(&s->threads[thread]) &&
           thread != s->preempted;
}

/*@ requires own: sched_memory(s) && priority < GALE_PRIORITIES;
    assigns  \nothing;
    ensures  ok: sched_ok(s) ==> \result;
*/
static bool sched_queue_is_valid(const struct gale_sched *s, uint8_t priority)
{
    const gale_id list = (gale_id)(s->first_list + priority);
    gale_id thread = gale_list_first(s->links, list);
    bool ok = bits_is_set(s->ready, priority) == (thread != GALE_ID_NONE);

    //@ assert head: list == s->first_list + priority && list_place_ok(s->links, list, 1);
    /*@ loop invariant in: thread == GALE_ID_NONE ||
          (thread < s->links->nodes && sched_owner(s, thread) == list);
        loop invariant ok: sched_ok(s) ==> ok;
        loop assigns thread, ok;
        loop variant thread == GALE_ID_NONE ? 0 : list_len(list) + 1 - list_pos_of(thread);
    */
    while (ok && thread != GALE_ID_NONE) {
        //@ assert at: list_node_ok(s->links, thread) && list_place_ok(s->links, list, list_pos_of(thread) + 1);
        ok = sched_is_in_place(s, thread, priority);
        thread = gale_list_next(s->links, thread);
    }
    return ok;
}

/*@ requires own: sched_memory(s);
    assigns  \nothing;
    ensures  ok: \result <==> s->preempted == GALE_ID_NONE ||
               (s->preempted < s->count && thread_ready(&s->threads[s->preempted]));
*/
static bool sched_preempted_is_valid(const struct gale_sched *s)
{
    return s->preempted == GALE_ID_NONE || (s->preempted < s->count && gale_thread_is_ready(&s->threads[s->preempted]));
}

bool gale_sched_is_valid(const struct gale_sched *s)
{
    bool ok = sched_preempted_is_valid(s) && (s->current == GALE_ID_NONE || s->current < s->count);

    /*@ loop invariant ok: 0 <= priority <= GALE_PRIORITIES && (sched_ok(s) ==> ok);
        loop assigns priority, ok;
        loop variant GALE_PRIORITIES - priority;
    */
    for (uint8_t priority = 0; priority < GALE_PRIORITIES; priority++) {
        ok = ok && sched_queue_is_valid(s, priority);
    }
    return ok;
}

void gale_sched_add(struct gale_sched *s, gale_id thread)
{
    const uint8_t priority = sched_priority(s, thread);

    GALE_ASSERT(gale_thread_is_ready(&s->threads[thread]));
    gale_list_push_back(s->links, sched_list(s, thread), thread);
    s->ready = bits_set(s->ready, priority);
    //@ assert same: sched_same{Pre, Here}(s, thread) && s->preempted == \at(s->preempted, Pre);
    //@ assert len: \at(list_seq_ok(s->links, s->first_list + sched_prio(s, thread)), Pre);
    //@ assert queues: sched_queues_ok(s);
    //@ assert bits: sched_bits_ok(s);
}

/*@ requires ok: sched_ok(s) && thread < s->count;
    requires in: thread_ready(&s->threads[thread]) && list_free(s->links, thread) && thread != s->preempted;
    assigns  s->ready, s->links->links[0 .. s->links->nodes + s->links->lists - 1], list_ghosts;
    ensures  ok: sched_ok(s) && list_owners_kept{Pre, Post}(s->links, thread) && sched_queued(s, thread) &&
               sched_same{Pre, Post}(s, thread);
*/
static void sched_add_front(struct gale_sched *s, gale_id thread)
{
    const uint8_t priority = sched_priority(s, thread);

    gale_list_push_front(s->links, sched_list(s, thread), thread);
    s->ready = bits_set(s->ready, priority);
    //@ assert same: sched_same{Pre, Here}(s, thread) && s->preempted == \at(s->preempted, Pre);
    //@ assert len: \at(list_seq_ok(s->links, s->first_list + sched_prio(s, thread)), Pre);
    //@ assert queues: sched_queues_ok(s);
    //@ assert bits: sched_bits_ok(s);
}

/** Takes a queued thread out of its queue. */
/*@ requires ok: sched_ok(s) && thread < s->count && sched_queued(s, thread) && sched_mark(s, thread);
    assigns  s->ready, s->links->links[0 .. s->links->nodes + s->links->lists - 1], list_ghosts;
    ensures  ok: sched_ok(s) && sched_same{Pre, Post}(s, thread);
    ensures  sc03: list_owners_kept{Pre, Post}(s->links, thread) && list_free(s->links, thread) &&
               list_removed{Pre, Post}(s->links, \old(sched_owner(s, thread)), \old(list_pos_of(thread)));
*/
static void sched_unqueue(struct gale_sched *s, gale_id thread)
{
    const uint8_t priority = sched_priority(s, thread);

    gale_list_remove(s->links, thread);
    //@ assert fixed: sched_same{Pre, Here}(s, thread);
    if (gale_list_is_empty(s->links, (gale_id)(s->first_list + priority))) {
        s->ready = bits_clear(s->ready, priority);
    }
    //@ assert same: sched_same{Pre, Here}(s, thread) && s->preempted == \at(s->preempted, Pre);
    //@ assert len: \at(list_seq_ok(s->links, s->first_list + sched_prio(s, thread)), Pre);
    //@ assert queues: sched_queues_ok(s);
    //@ assert bits: sched_bits_ok(s);
}

void gale_sched_remove(struct gale_sched *s, gale_id thread)
{
    if (thread == s->preempted) {
        sched_set_preempted(s, GALE_ID_NONE);
    } else if (sched_is_queued(s, thread)) {
        sched_unqueue(s, thread);
    }
}

/*@ requires ok: sched_ok(s) && priority < GALE_PRIORITIES && bit(s->ready, priority);
    assigns  \nothing;
    ensures  in: 0 <= \result < s->links->nodes && sched_owner(s, \result) == s->first_list + priority;
    ensures  sc02: \result == list_at(s->first_list + priority, 1);
*/
static gale_id sched_head(const struct gale_sched *s, unsigned priority)
{
    const gale_id list = (gale_id)(s->first_list + priority);

    //@ assert head: list == s->first_list + priority && list_seq_ok(s->links, list) && list_len(list) > 0;
    return gale_list_first(s->links, list);
}

gale_id gale_sched_best(const struct gale_sched *s)
{
    //@ assert marked: sched_marked(s);
    if (bits_none(s->ready)) {
        return GALE_ID_NONE;
    }
    return sched_head(s, bits_lowest(s->ready));
}

/* The one to compare the current thread with: the preempted thread goes before the queue unless that has a MetaIRQ. */
/*@ requires ok: sched_ok(s);
    assigns  \nothing;
    ensures  sc05: \result == s->preempted || sched_best_ok(s, \result);
    ensures  sc09: s->preempted != GALE_ID_NONE && \result != s->preempted ==>
               sched_queued(s, \result) && sched_prio(s, \result) < GALE_PRIO_METAIRQ;
    ensures  sc07: \result == GALE_ID_NONE ==> s->preempted == GALE_ID_NONE && sched_best_ok(s, GALE_ID_NONE);
    ensures  ready: \result != GALE_ID_NONE ==> \result < s->count && thread_ready(&s->threads[\result]);
*/
static gale_id sched_candidate(const struct gale_sched *s)
{
    const gale_id best = gale_sched_best(s);

    if (s->preempted != GALE_ID_NONE && (best == GALE_ID_NONE || !sched_is_metairq(s, best))) {
        return s->preempted;
    }
    return best;
}

/* May `candidate` take the core from the current, ready thread? */
/*@ requires ok: sched_ok(s) && s->current != GALE_ID_NONE && candidate < s->count;
    assigns  \nothing;
    ensures  sc10: \result ==> (yield != 0 ? sched_prio(s, candidate) <= sched_prio(s, s->current)
                                     : sched_prio(s, candidate) < sched_prio(s, s->current));
    ensures  sc06: \result && yield == 0 && sched_prio(s, s->current) < GALE_PRIO_PREEMPT ==>
               sched_prio(s, candidate) < GALE_PRIO_METAIRQ;
*/
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
/*@ requires ok:   sched_ok(s) && (sched_active(s) ==> next < s->count);
    requires sc12: sched_holds(s) ==> list_free(s->links, s->current) && s->current != s->preempted;
    assigns  s->ready, s->preempted, list_ghosts, s->links->links[0 .. s->links->nodes + s->links->lists - 1];
    ensures  ok:   sched_ok(s) && list_owners_kept{Pre, Post}(s->links, s->current) &&
                   sched_same{Pre, Post}(s, s->current);
    ensures  sc12: \old(sched_holds(s)) ==> sched_queued(s, s->current) || s->preempted == s->current;
    ensures  kept: !\old(sched_holds(s)) ==> s->preempted == \old(s->preempted) &&
               (\forall integer t; sched_queued(s, t) <==> \old(sched_queued(s, t)));
    ensures  mine: s->preempted == \old(s->preempted) || s->preempted == s->current;
*/
static void sched_requeue_current(struct gale_sched *s, gale_id next, bool yield)
{
    if (!sched_is_active(s) || sched_is_queued(s, s->current)) {
        return;
    }
    if (yield) {
        gale_sched_add(s, s->current);
    } else if (sched_is_metairq(s, next) && sched_is_cooperative(s, s->current) && s->preempted == GALE_ID_NONE) {
        sched_set_preempted(s, s->current);
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
    //@ assert still: s->current == \at(s->current, Pre);
    if (next != s->current) {
        sched_requeue_current(s, next, yield);
    }
    //@ assert same: s->current == \at(s->current, Pre);
    //@ assert out: next != GALE_ID_NONE ==> !sched_queued(s, next) && next != s->preempted;
    sched_set_current(s, next);
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
    //@ assert out: sched_ok(s) && !sched_queued(s, thread);
    (void)gale_thread_set_priority(&s->threads[thread], priority);
    //@ assert threads: sched_threads_ok(s);
    //@ assert queues: sched_queues_ok(s);
    if (queued) {
        gale_sched_add(s, thread);
    }
    return GALE_OK;
}
