/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Who runs next: ready queues by priority, a bitmap of those that are not empty, and the rules of preemption.
 *
 * A ready thread is `current`, or it is `preempted`, or it is in the ready queue of its priority (a current thread that was
 * woken before the core changed hands is both current and queued). Priority 0 is the best. Classes: MetaIRQ below
 * GALE_PRIO_METAIRQ, cooperative below GALE_PRIO_PREEMPT, preemptible from there. A cooperative thread that a MetaIRQ
 * thread cuts off is kept as `preempted` and goes on before any queued thread but a MetaIRQ one; a preemptible thread that
 * is cut off goes to the front of its queue, a yielding one to the back (POSIX SCHED_FIFO).
 *
 * Owner:   part of the executor. Every operation is O(1) in the number of threads (SC17).
 * Source:  Zephyr's next_up() for one core. Properties: SC01..SC12, SC17.
 */
#ifndef GALE_KERNEL_SCHED_H
#define GALE_KERNEL_SCHED_H

#include "gale/kernel/list.h"
#include "gale/kernel/thread.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The scheduler's state. Thread ids are nodes of `links` and indices of `threads`. */
struct gale_sched {
    struct gale_list_pool *links; /**< The executor's links. */
    struct gale_thread *threads;  /**< The executor's threads. */
    gale_id count;                /**< Threads are 0..count-1. */
    gale_id first_list;           /**< The ready queue of priority p is list first_list + p. */
    gale_id current;              /**< The thread that holds the core, ready or just blocked; GALE_ID_NONE: idle. */
    gale_id preempted;            /**< The cooperative thread that a MetaIRQ thread cut off; GALE_ID_NONE: none. */
    uint32_t ready;               /**< Bit p is set iff the queue of priority p is not empty. */
};

#ifdef __FRAMAC__
#include "kernel/sched.acsl"
#endif

/**
 * Start with no thread ready. `first_list` is the first of GALE_PRIORITIES lists that belong to the scheduler alone.
 *
 * @context init only; never blocks.
 */
/*@ requires own:   \valid(s) && list_pool_ok(links) && \valid(threads + (0 .. count - 1));
    requires sep:   \separated(s, links, links->links + (0 .. links->nodes + links->lists - 1),
                               threads + (0 .. count - 1));
    requires range: count <= links->nodes && first_list + GALE_PRIORITIES <= links->lists;
    requires empty: \forall integer l; first_list <= l < first_list + GALE_PRIORITIES ==> list_len(l) == 0;
    requires th02:  \forall integer t; 0 <= t < count ==> threads[t].spec.priority < GALE_PRIORITIES;
    assigns  *s;
    ensures  ok:    sched_ok(s) && s->links == links && s->threads == threads && s->count == count &&
                    s->first_list == first_list;
    ensures  sc07:  s->current == GALE_ID_NONE && s->preempted == GALE_ID_NONE;
*/
void gale_sched_init(struct gale_sched *s, struct gale_list_pool *links, struct gale_thread *threads, gale_id count,
                     gale_id first_list);

/** True when bitmap and queues agree and no queued thread is unready (a bounded walk). @context any; never blocks. */
/*@ requires own: sched_memory(s);
    assigns  \nothing;
    ensures  ok: sched_ok(s) ==> \result;
*/
bool gale_sched_is_valid(const struct gale_sched *s);

/**
 * Queue `thread`, which has just become ready, behind its equals; the current thread stays where it is.
 *
 * @context executor only; never blocks; O(1).
 * @satisfies SC02 SC17
 */
/*@ requires ok:  sched_ok(s) && thread < s->count;
    requires in:  thread_ready(&s->threads[thread]) && list_free(s->links, thread) && thread != s->preempted;
    assigns  s->ready, s->links->links[0 .. s->links->nodes + s->links->lists - 1], list_ghosts;
    ensures  ok:  sched_ok(s) && sched_same{Pre, Post}(s, thread);
    ensures  sc02: list_inserted{Pre, Post}(s->links, s->first_list + sched_prio(s, thread),
                     \old(list_len(s->first_list + sched_prio(s, thread))), thread);
    ensures  sc03: list_owners_kept{Pre, Post}(s->links, thread) && sched_queued(s, thread);
*/
void gale_sched_add(struct gale_sched *s, gale_id thread);

/**
 * Take `thread` out of its queue, or out of the `preempted` place; nothing if it is in neither.
 *
 * @context executor only; never blocks; O(1).
 * @satisfies SC03 SC17
 */
/*@ requires ok:  sched_ok(s) && thread < s->count;
    assigns  s->ready, s->preempted, s->links->links[0 .. s->links->nodes + s->links->lists - 1], list_ghosts;
    ensures  ok:  sched_ok(s) && sched_same{Pre, Post}(s, thread);
    ensures  sc03: list_owners_kept{Pre, Post}(s->links, thread) && !sched_queued(s, thread) &&
                   s->preempted == (\old(s->preempted) == thread ? GALE_ID_NONE : \old(s->preempted));
    ensures  sc02: \old(sched_queued(s, thread)) ?
                     list_removed{Pre, Post}(s->links, \old(sched_owner(s, thread)), \old(list_pos_of(thread))) &&
                     list_free(s->links, thread)
                   : sched_owner(s, thread) == \old(sched_owner(s, thread));
*/
void gale_sched_remove(struct gale_sched *s, gale_id thread);

/**
 * The head of the best non-empty queue.
 *
 * @return A ready thread of the numerically lowest priority present, the longest queued of those; GALE_ID_NONE if none.
 * @context any; never blocks; O(1).
 * @satisfies SC01 SC17
 */
/*@ requires ok:  sched_ok(s);
    assigns  \nothing;
    ensures  sc01: sched_best_ok(s, \result);
*/
gale_id gale_sched_best(const struct gale_sched *s);

/**
 * The thread that should hold the core now. Changes nothing.
 *
 * @param[in] yield  True when the current thread offers the core to its equals.
 * @return `current` if it is to go on, another ready thread, or GALE_ID_NONE to idle.
 * @context any; never blocks; O(1).
 * @satisfies SC05 SC06 SC07 SC09 SC10 SC11 SC17
 */
/*@ requires ok:   sched_ok(s);
    assigns  \nothing;
    ensures  sc05: sched_sc05(s, \result);
    ensures  sc06: sched_sc06(s, yield, \result);
    ensures  sc07: sched_sc07(s, \result);
    ensures  sc09: sched_sc09(s, \result);
    ensures  sc10: sched_sc10(s, yield, \result);
*/
gale_id gale_sched_choose(const struct gale_sched *s, bool yield);

/**
 * Give the core to gale_sched_choose()'s answer: it becomes `current` and leaves its queue; the thread before it goes
 * to the front of its queue (to the back if it yields), to `preempted`, or nowhere if it is not ready.
 *
 * @return The new `current`.
 * @context executor only; never blocks; O(1).
 * @satisfies SC04 SC05 SC12
 */
/*@ requires ok:   sched_ok(s);
    requires sc12: sched_holds(s) ==> list_free(s->links, s->current) && s->current != s->preempted;
    assigns  s->ready, s->current, s->preempted, list_ghosts,
             s->links->links[0 .. s->links->nodes + s->links->lists - 1];
    ensures  ok:   sched_ok(s) && s->current == \result;
    ensures  sc05: sched_choice_ok{Pre}(s, yield, \result);
    ensures  sc12: \old(sched_holds(s)) && \result != \old(s->current) ==>
                     sched_queued(s, \old(s->current)) || s->preempted == \old(s->current);
    ensures  sc03: \result != GALE_ID_NONE ==> !sched_queued(s, \result) && \result != s->preempted;
*/
gale_id gale_sched_switch(struct gale_sched *s, bool yield);

/**
 * Change the priority of a thread, wherever it is; if queued it goes behind its new equals.
 *
 * @retval GALE_OK      Done.
 * @retval GALE_EINVAL  `priority` is out of range; nothing changed.
 * @context executor only; never blocks; O(1).
 * @satisfies SC02 SC03 TH02
 */
/*@ requires ok:  sched_ok(s) && thread < s->count && thread_ok(&s->threads[thread]);
    assigns  s->ready, s->threads[thread].spec.priority, list_ghosts,
             s->links->links[0 .. s->links->nodes + s->links->lists - 1];
    ensures  ok:  sched_ok(s);
    ensures  th02: \result == (priority < GALE_PRIORITIES ? GALE_OK : GALE_EINVAL);
    ensures  set: \result == GALE_OK ==> s->threads[thread].spec.priority == priority;
    ensures  sc03: sched_queued(s, thread) <==> \old(sched_queued(s, thread));
*/
int gale_sched_set_priority(struct gale_sched *s, gale_id thread, uint8_t priority);

#ifdef __cplusplus
}
#endif

#endif /* GALE_KERNEL_SCHED_H */
