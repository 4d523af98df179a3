/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Who runs next: ready queues by priority, a bitmap of those that are not empty, and the rules of preemption.
 *
 * A ready thread is in exactly one place: it is `current`, or it is `preempted` (a MetaIRQ thread cut it off), or it is
 * in the ready queue of its priority. Priority 0 is the best. Classes: MetaIRQ below GALE_PRIO_METAIRQ, cooperative
 * below GALE_PRIO_PREEMPT, preemptible from there. Among equals: FIFO; a preempted thread goes to the front of its
 * queue, a yielding one to the back (POSIX SCHED_FIFO).
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
    gale_id first_list;           /**< The ready queue of priority p is list first_list + p. */
    gale_id current;              /**< The thread that holds the core, ready or just blocked; GALE_ID_NONE: idle. */
    gale_id preempted;            /**< The ready thread that a MetaIRQ thread cut off; GALE_ID_NONE: none. */
    uint32_t ready;               /**< Bit p is set iff the queue of priority p is not empty. */
};

/**
 * Start with no thread ready. `first_list` is the first of GALE_PRIORITIES lists that belong to the scheduler alone.
 *
 * @context init only; never blocks.
 */
/*@ requires own: \valid(s);
    assigns  *s;
    ensures  idle: s->current == GALE_ID_NONE && s->preempted == GALE_ID_NONE && s->ready == 0;
*/
void gale_sched_init(struct gale_sched *s, struct gale_list_pool *links, struct gale_thread *threads,
                     gale_id first_list);

/** True when bitmap and queues agree and no queued thread is unready (a bounded walk). @context any; never blocks. */
/*@ requires own: \valid_read(s);
    assigns  \nothing;
*/
bool gale_sched_is_valid(const struct gale_sched *s);

/**
 * Queue `thread`, which has just become ready, behind its equals; the current thread stays where it is.
 *
 * @context executor only; never blocks; O(1).
 * @satisfies SC02 SC17
 */
/*@ requires own: \valid(s); */
void gale_sched_add(struct gale_sched *s, gale_id thread);

/**
 * Take `thread` out of its queue, or out of the `preempted` place; nothing if it is in neither.
 *
 * @context executor only; never blocks; O(1).
 * @satisfies SC03 SC17
 */
/*@ requires own: \valid(s); */
void gale_sched_remove(struct gale_sched *s, gale_id thread);

/**
 * The head of the best non-empty queue.
 *
 * @return A ready thread of the numerically lowest priority present, the longest queued of those; GALE_ID_NONE if none.
 * @context any; never blocks; O(1).
 * @satisfies SC01 SC17
 */
/*@ requires own: \valid_read(s);
    assigns  \nothing;
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
/*@ requires own: \valid_read(s);
    assigns  \nothing;
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
/*@ requires own: \valid(s); */
gale_id gale_sched_switch(struct gale_sched *s, bool yield);

/**
 * Change the priority of a thread, wherever it is; if queued it goes behind its new equals.
 *
 * @retval GALE_OK      Done.
 * @retval GALE_EINVAL  `priority` is out of range; nothing changed.
 * @context executor only; never blocks; O(1).
 * @satisfies SC02 SC03 TH02
 */
/*@ requires own: \valid(s); */
int gale_sched_set_priority(struct gale_sched *s, gale_id thread, uint8_t priority);

#ifdef __cplusplus
}
#endif

#endif /* GALE_KERNEL_SCHED_H */
