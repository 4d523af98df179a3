/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The one place where threads block: a queue of waiting threads, ordered by priority or by arrival.
 *
 * A waker takes a thread off the queue, may hand it words, and gives it the status that its wait returns. The thread is
 * ready from then on, so no wake-up is lost (everything here is one executor).
 *
 * Owner:   embedded in the object that is waited for; its list comes from the executor once, at init.
 * Needs:   kernel/executor. Used by: sem, event, poll, async/backpressure_gate, async/waitable_set.
 * Properties: P10 (order), TO08.
 */
#ifndef GALE_KERNEL_WAIT_QUEUE_H
#define GALE_KERNEL_WAIT_QUEUE_H

#include "gale/kernel/executor.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __FRAMAC__
#include "kernel/wait_queue.acsl"
#endif

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
/*@ requires own: \valid(q) && \valid(x) && \separated(q, &x->links) && x->links.lists_used <= x->links.lists;
    requires bound: x->links.lists <= LIST_LISTS;
    assigns  *q, x->links.lists_used, executor_waits[x->links.lists_used];
    behavior gale_ok:
      assumes x->links.lists_used < x->links.lists;
      ensures list: \result == GALE_OK && q->executor == x && q->list == \old(x->links.lists_used);
      ensures used: x->links.lists_used == q->list + 1 && executor_waits[q->list] == 1;
      ensures ok: \old(executor_ok(x) && \separated(q, x, executor_arrays(x))) ==> wait_queue_ok(q) &&
               wait_queue_ordered(x, q->list) && list_len(q->list) == 0;
    behavior gale_enomem:
      assumes x->links.lists_used == x->links.lists;
      ensures full: \result == GALE_ENOMEM && x->links.lists_used == \old(x->links.lists_used) &&
               executor_waits[x->links.lists_used] == \old(executor_waits[x->links.lists_used]);
    complete behaviors;
    disjoint behaviors;
*/
int gale_wait_queue_init(struct gale_wait_queue *q, struct gale_executor *x);

/** True when no thread waits. @context thread; never blocks. */
/*@ requires ok: wait_queue_ok(q);
    assigns  \nothing;
    ensures  empty: \result <==> list_len(q->list) == 0;
*/
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
/*@ requires ok:   wait_queue_ok(q) && executor_calls(q->executor) && q->executor->timeouts.sequence < UINT64_MAX;
    assigns  executor_all(q->executor);
    ensures  ok:   wait_queue_ok(q) && executor_calls(q->executor) &&
                   executor_waits_kept{Pre, Post}(q->executor);
    ensures  same: q->executor->running == \old(q->executor->running);
    ensures  eperm: !\old(executor_on_thread(q->executor)) ==> \result == GALE_EPERM;
    ensures  to08: \old(executor_on_thread(q->executor)) && deadline == GALE_NO_WAIT ==> \result == GALE_ETIMEDOUT;
*/
int gale_wait_queue_wait(struct gale_wait_queue *q, enum gale_wait_order order, gale_tick deadline);

/**
 * The thread at the head.
 *
 * @return Its id, GALE_ID_NONE if nobody waits.
 * @context thread; never blocks; O(1).
 */
/*@ requires ok: wait_queue_ok(q);
    assigns  \nothing;
    ensures  p10: \result == (list_len(q->list) == 0 ? GALE_ID_NONE : list_at(q->list, 1));
    ensures  in: \result != GALE_ID_NONE ==> wait_queue_has(q, \result);
*/
gale_id gale_wait_queue_first(const struct gale_wait_queue *q);

/**
 * The thread behind `thread`, which waits on `q`.
 *
 * @return Its id, GALE_ID_NONE at the end.
 * @context thread; never blocks; O(1).
 */
/*@ requires ok: wait_queue_ok(q) && wait_queue_has(q, thread);
    assigns  \nothing;
    ensures  p10: \result == (list_pos_of(thread) == list_len(q->list) ? GALE_ID_NONE
                                                                       : list_at(q->list, list_pos_of(thread) + 1));
    ensures  in: \result != GALE_ID_NONE ==> wait_queue_has(q, \result) && \result != thread;
*/
gale_id gale_wait_queue_next(const struct gale_wait_queue *q, gale_id thread);

/**
 * The words of a waiting thread, or of the caller: what it waits for, and what its waker handed over.
 *
 * @return GALE_WAIT_WORDS words inside the thread's record.
 * @context thread; never blocks; O(1).
 */
/*@ requires ok: wait_queue_ok(q) && thread < q->executor->memory.thread_count;
    assigns  \nothing;
    ensures  words: \result == &q->executor->memory.threads[thread].wait_words[0];
*/
uint32_t *gale_wait_queue_words(const struct gale_wait_queue *q, gale_id thread);

/**
 * End the wait of `thread`, which waits on `q`: it leaves the queue, its deadline is dropped, and its wait returns
 * `status`. Does not switch: call gale_executor_reschedule() when the state is consistent again.
 *
 * @context thread; never blocks; O(log n) in the number of deadlines.
 */
/*@ requires ok:   wait_queue_ok(q) && wait_queue_has(q, thread);
    assigns  executor_unblocks(q->executor, thread);
    ensures  ok:   wait_queue_ok(q);
    ensures  woken: !q->executor->memory.threads[thread].pending &&
                    q->executor->memory.threads[thread].wait_status == status;
    ensures  others: wait_queue_others_kept{Pre, Post}(q->executor, thread);
    ensures  flow: \old(executor_flow(q->executor)) ==> executor_flow(q->executor);
    ensures  kept: \old(executor_calls(q->executor)) ==> executor_calls(q->executor);
*/
void gale_wait_queue_wake(struct gale_wait_queue *q, gale_id thread, int status);

/**
 * Wake the head of the queue, if any.
 *
 * @return The thread that was woken, GALE_ID_NONE if nobody waits.
 * @context thread; never blocks; O(log n) in the number of deadlines.
 */
/*@ requires ok:   wait_queue_ok(q);
    assigns  executor_unblocks_any(q->executor);
    ensures  ok:   wait_queue_ok(q);
    ensures  p10:  \result == (\old(list_len(q->list)) == 0 ? GALE_ID_NONE : \old(list_at(q->list, 1)));
    ensures  woken: \result != GALE_ID_NONE ==> !q->executor->memory.threads[\result].pending &&
                    q->executor->memory.threads[\result].wait_status == status;
    ensures  flow: \old(executor_flow(q->executor)) ==> executor_flow(q->executor);
    ensures  kept: \old(executor_calls(q->executor)) ==> executor_calls(q->executor);
*/
gale_id gale_wait_queue_wake_first(struct gale_wait_queue *q, int status);

/**
 * Wake all, in order.
 *
 * @return How many were woken.
 * @context thread; never blocks; O(waiters).
 */
/*@ requires ok:   wait_queue_ok(q);
    assigns  executor_unblocks_any(q->executor);
    ensures  ok:   wait_queue_ok(q);
    ensures  count: 0 <= \result <= q->executor->memory.thread_count;
    ensures  flow: \old(executor_flow(q->executor)) ==> executor_flow(q->executor);
    ensures  kept: \old(executor_calls(q->executor)) ==> executor_calls(q->executor);
*/
gale_id gale_wait_queue_wake_all(struct gale_wait_queue *q, int status);

#ifdef __cplusplus
}
#endif

#endif /* GALE_KERNEL_WAIT_QUEUE_H */
