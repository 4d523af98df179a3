/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Deadlines: which of many ids is due next, earliest first, in the order of adding among equals.
 *
 * An array heap of ids. Each id of 0..capacity-1 has at most one deadline; its entry in the pool knows its slot in the
 * heap, so that abort needs no search. A 64-bit sequence number breaks ties, which makes the order total (FIFO among
 * equals) and a run replayable.
 *
 * Owner:   the caller supplies pool and heap; they outlive the queue.
 * Context: thread, isr, within one executor; the caller serialises. Never blocks. add, abort and pop_due are
 *          O(log n), the rest O(1).
 * Source:  properties TO01..TO08, spec/properties.toml.
 */
#ifndef GALE_KERNEL_TIMEOUT_H
#define GALE_KERNEL_TIMEOUT_H

#include "gale/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The deadline of one id. Fields are private. */
struct gale_timeout {
    gale_tick deadline; /**< When it is due, in ticks; meaningful while active. */
    uint64_t sequence;  /**< Order of adding, among equal deadlines. */
    gale_id slot;       /**< Where the id stands in the heap; GALE_ID_NONE while inactive. */
};

/** The deadlines of one executor. Fields are private. */
struct gale_timeout_queue {
    struct gale_timeout *pool; /**< capacity entries, by id. */
    gale_id *heap;             /**< capacity entries; the first count of them are active ids. */
    gale_id capacity;          /**< Ids are 0..capacity-1. */
    gale_id count;             /**< Active deadlines now. */
    gale_tick now;             /**< The tick that announcing has reached; never moves back. */
    uint64_t sequence;         /**< Number of the next deadline added. At 10^9 a second it lasts 580 years. */
};

#ifdef __FRAMAC__
#include "kernel/timeout.acsl"
#endif

/**
 * Make a queue without deadlines.
 *
 * @param[out] q         Filled in.
 * @param[in]  pool      capacity entries, any content; kept by the queue.
 * @param[in]  heap      capacity entries, any content; kept by the queue.
 * @param[in]  capacity  Number of ids, 0..GALE_ID_NONE.
 * @param[in]  now       The tick now.
 * @context init only; never blocks; O(capacity).
 */
/*@ requires own: \valid(q) && \valid(pool + (0 .. capacity - 1)) && \valid(heap + (0 .. capacity - 1));
    requires sep: timeout_separated(q, pool, heap, capacity);
    assigns  *q, pool[0 .. capacity - 1].slot;
    ensures  ok:  timeout_queue_ok(q) && q->pool == pool && q->heap == heap && q->capacity == capacity;
    ensures  set: q->now == now && q->count == 0;
    ensures  ids: \forall integer x; 0 <= x < capacity ==> !timeout_active(q, x);
*/
void gale_timeout_queue_init(struct gale_timeout_queue *q, struct gale_timeout *pool, gale_id *heap, gale_id capacity,
                             gale_tick now);

/** True when `q` holds its invariant. @context thread, isr; never blocks; O(capacity). @satisfies TO01 */
/*@ requires own: timeout_memory(q);
    assigns  \nothing;
    ensures  ok:  \result <==> timeout_queue_ok(q);
*/
bool gale_timeout_queue_is_valid(const struct gale_timeout_queue *q);

/**
 * The deadline `duration` ticks after `now`; GALE_FOREVER where the sum would leave the range.
 *
 * @context thread, isr; never blocks.
 * @satisfies TO05 TO06
 */
/*@ assigns \nothing;
    ensures to06: \result == \min(now + duration, GALE_FOREVER);
*/
gale_tick gale_timeout_deadline_after(gale_tick now, gale_tick duration);

/** True while `id` has a deadline that has not been popped or aborted. @context thread, isr; never blocks. */
/*@ requires ok: timeout_queue_ok(q) && id < q->capacity;
    assigns  \nothing;
    ensures  in: \result <==> timeout_active(q, id);
*/
bool gale_timeout_is_active(const struct gale_timeout_queue *q, gale_id id);

/** The earliest deadline; GALE_FOREVER if there is none. @context thread, isr; never blocks. @satisfies TO04 */
/*@ requires ok:   timeout_queue_ok(q);
    assigns  \nothing;
    ensures  to04: \forall integer x; 0 <= x < q->capacity && timeout_active(q, x) ==> \result <= q->pool[x].deadline;
    ensures  some: q->count == 0 ? \result == GALE_FOREVER : \result == q->pool[q->heap[0]].deadline;
*/
gale_tick gale_timeout_next_deadline(const struct gale_timeout_queue *q);

/**
 * Give `id` a deadline. One that has passed counts as now and is due at once. GALE_FOREVER stores nothing: `id` stays
 * inactive and never fires.
 *
 * @param[in] deadline  Absolute, in ticks.
 * @retval GALE_OK        Done.
 * @retval GALE_EALREADY  `id` is active; unchanged.
 * @context thread, isr; never blocks.
 * @satisfies TO01 TO04 TO07
 */
/*@ requires ok:   timeout_queue_ok(q) && id < q->capacity && q->sequence < UINT64_MAX;
    assigns  q->count, q->sequence, q->heap[0 .. q->capacity - 1], q->pool[0 .. q->capacity - 1];
    ensures  ok:   timeout_queue_ok(q);
    behavior already:
      assumes timeout_active(q, id);
      assigns \nothing;
      ensures kept: \result == GALE_EALREADY;
    behavior forever:
      assumes !timeout_active(q, id) && deadline == GALE_FOREVER;
      assigns \nothing;
      ensures to07: \result == GALE_OK && !timeout_active(q, id);
    behavior added:
      assumes !timeout_active(q, id) && deadline != GALE_FOREVER;
      ensures to01: \result == GALE_OK && timeout_active(q, id) && q->pool[id].deadline == \max(deadline, q->now);
      ensures last: q->pool[id].sequence == \old(q->sequence) && q->sequence == \old(q->sequence) + 1;
      ensures set:  timeout_others_kept{Pre, Post}(q, id);
    complete behaviors;
    disjoint behaviors;
*/
int gale_timeout_add(struct gale_timeout_queue *q, gale_id id, gale_tick deadline);

/**
 * Give `id` the deadline `duration` ticks after the tick that announcing has reached; see gale_timeout_add(). Who knows
 * a later tick than that adds gale_timeout_deadline_after(tick, duration) instead.
 *
 * @retval GALE_OK        Done.
 * @retval GALE_EALREADY  `id` is active; unchanged.
 * @context thread, isr; never blocks.
 * @satisfies TO02 TO05 TO07
 */
/*@ requires ok:   timeout_queue_ok(q) && id < q->capacity && q->sequence < UINT64_MAX;
    assigns  q->count, q->sequence, q->heap[0 .. q->capacity - 1], q->pool[0 .. q->capacity - 1];
    ensures  ok:   timeout_queue_ok(q);
    behavior already:
      assumes timeout_active(q, id);
      assigns \nothing;
      ensures kept: \result == GALE_EALREADY;
    behavior forever:
      assumes !timeout_active(q, id) && q->now + duration >= GALE_FOREVER;
      assigns \nothing;
      ensures to07: \result == GALE_OK;
    behavior added:
      assumes !timeout_active(q, id) && q->now + duration < GALE_FOREVER;
      ensures to02: \result == GALE_OK && timeout_active(q, id) && q->pool[id].deadline == q->now + duration;
      ensures set:  timeout_others_kept{Pre, Post}(q, id);
    complete behaviors;
    disjoint behaviors;
*/
int gale_timeout_add_after(struct gale_timeout_queue *q, gale_id id, gale_tick duration);

/**
 * Take the deadline of `id` back.
 *
 * @retval GALE_OK      `id` is inactive now and will not be popped.
 * @retval GALE_ENOENT  It was inactive; unchanged.
 * @context thread, isr; never blocks.
 * @satisfies TO03
 */
/*@ requires ok:   timeout_queue_ok(q) && id < q->capacity;
    assigns  q->count, q->heap[0 .. q->capacity - 1], q->pool[0 .. q->capacity - 1].slot;
    ensures  ok:   timeout_queue_ok(q);
    ensures  to03: !timeout_active(q, id);
    ensures  set:  timeout_others_kept{Pre, Post}(q, id);
    behavior gale_ok:
      assumes timeout_active(q, id);
      ensures to03: \result == GALE_OK;
    behavior gale_enoent:
      assumes !timeout_active(q, id);
      assigns \nothing;
      ensures to03: \result == GALE_ENOENT;
    complete behaviors;
    disjoint behaviors;
*/
int gale_timeout_abort(struct gale_timeout_queue *q, gale_id id);

/**
 * Announce the tick `now` and take one id that is due by it: call until GALE_EAGAIN, and all due ids have come out in
 * the order of their deadlines. The queue's tick follows: it is the deadline that came out, and `now` at the end, so
 * gale_timeout_add_after() from within the loop does not drift. An earlier `now` than announced before counts as that.
 *
 * @param[out] id  The id, inactive now; unchanged when none is due.
 * @retval GALE_OK      `*id` was due.
 * @retval GALE_EAGAIN  No deadline is at or before `now`.
 * @context thread, isr; never blocks.
 * @satisfies TO01 TO04
 */
/*@ requires ok:   timeout_queue_ok(q) && \valid(id) && timeout_apart(q, id);
    assigns  q->now, q->count, q->heap[0 .. q->capacity - 1], q->pool[0 .. q->capacity - 1].slot, *id;
    ensures  ok:   timeout_queue_ok(q);
    behavior gale_ok:
      assumes timeout_any_due(q, \max(q->now, now));
      ensures to04: \result == GALE_OK && timeout_first{Pre}(q, \at(*id, Post)) && !timeout_active(q, *id);
      ensures due:  q->now == q->pool[*id].deadline && \old(q->now) <= q->now <= \max(\old(q->now), now);
      ensures set:  timeout_others_kept{Pre, Post}(q, *id);
    behavior gale_eagain:
      assumes !timeout_any_due(q, \max(q->now, now));
      assigns q->now;
      ensures to04: \result == GALE_EAGAIN && q->now == \max(\old(q->now), now);
    complete behaviors;
    disjoint behaviors;
*/
int gale_timeout_pop_due(struct gale_timeout_queue *q, gale_tick now, gale_id *id);

#ifdef __cplusplus
}
#endif

#endif /* GALE_KERNEL_TIMEOUT_H */
