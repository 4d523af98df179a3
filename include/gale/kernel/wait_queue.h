/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The one place where threads block: a queue of waiting threads, ordered by priority or by arrival.
 *
 * A waker takes a thread off the queue, may hand it words, and gives it the status that its wait returns. The thread is
 * ready from then on, so no wake-up is lost (P13-style races cannot occur: everything here is one executor).
 *
 * Owner:   embedded in the object that is waited for; its list comes from the executor once, at init.
 * Needs:   kernel/executor. Used by: sem, event, poll, async/backpressure_gate, async/waitable_set.
 * Properties: P10 (order), TO08.
 */
#ifndef GALE_KERNEL_WAIT_QUEUE_H
#define GALE_KERNEL_WAIT_QUEUE_H

#include "gale/base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gale_executor;

/** A queue of waiting threads. */
struct gale_wait_queue {
    struct gale_executor *executor; /**< Whose threads wait here. */
    gale_id list;                   /**< Their list in the executor's links. */
};

/** Where a thread enters the queue. */
enum gale_wait_order {
    GALE_WAIT_PRIORITY, /**< Behind all of its own or a better priority. O(waiters). */
    GALE_WAIT_FIFO      /**< At the end. O(1). */
};

/**
 * Make an empty queue, taking one list of the executor for good.
 *
 * @retval GALE_OK      Ready for use.
 * @retval GALE_ENOMEM  The executor has no list left; `q` must not be used.
 * @context init only; never blocks.
 */
/*@ requires own: \valid(q) && \valid(x); */
int gale_wait_queue_init(struct gale_wait_queue *q, struct gale_executor *x);

/** True when no thread waits. @context thread; never blocks. */
/*@ requires own: \valid_read(q); */
bool gale_wait_queue_is_empty(const struct gale_wait_queue *q);

/**
 * Block the calling thread until it is woken or `deadline` passes.
 *
 * @return The waker's status.
 * @retval GALE_ETIMEDOUT  The deadline passed first; a deadline that has already passed never blocks.
 * @retval GALE_EPERM      The caller may not block: a callback task, a handler, or no thread of this executor.
 * @context thread; blocks until `deadline`.
 * @satisfies P10 TO08
 */
/*@ requires own: \valid(q); */
int gale_wait_queue_wait(struct gale_wait_queue *q, enum gale_wait_order order, gale_tick deadline);

/**
 * The thread at the head.
 *
 * @return Its id, GALE_ID_NONE if nobody waits.
 * @context thread; never blocks; O(1).
 */
/*@ requires own: \valid_read(q);
    assigns  \nothing;
*/
gale_id gale_wait_queue_first(const struct gale_wait_queue *q);

/**
 * The thread behind `thread`, which waits on `q`.
 *
 * @return Its id, GALE_ID_NONE at the end.
 * @context thread; never blocks; O(1).
 */
/*@ requires own: \valid_read(q);
    assigns  \nothing;
*/
gale_id gale_wait_queue_next(const struct gale_wait_queue *q, gale_id thread);

/**
 * The words of a waiting thread, or of the caller: what it waits for, and what its waker handed over.
 *
 * @return GALE_WAIT_WORDS words inside the thread's record.
 * @context thread; never blocks; O(1).
 */
/*@ requires own: \valid_read(q);
    assigns  \nothing;
*/
uint32_t *gale_wait_queue_words(const struct gale_wait_queue *q, gale_id thread);

/**
 * End the wait of `thread`, which waits on `q`: it leaves the queue, its deadline is dropped, and its wait returns
 * `status`. Does not switch: call gale_executor_reschedule() when the state is consistent again.
 *
 * @context thread; never blocks; O(log n) in the number of deadlines.
 */
/*@ requires own: \valid(q); */
void gale_wait_queue_wake(struct gale_wait_queue *q, gale_id thread, int status);

/**
 * Wake the head of the queue, if any.
 *
 * @return The thread that was woken, GALE_ID_NONE if nobody waits.
 * @context thread; never blocks; O(log n) in the number of deadlines.
 */
/*@ requires own: \valid(q); */
gale_id gale_wait_queue_wake_first(struct gale_wait_queue *q, int status);

/**
 * Wake all, in order.
 *
 * @return How many were woken.
 * @context thread; never blocks; O(waiters).
 */
/*@ requires own: \valid(q); */
gale_id gale_wait_queue_wake_all(struct gale_wait_queue *q, int status);

#ifdef __cplusplus
}
#endif

#endif /* GALE_KERNEL_WAIT_QUEUE_H */
