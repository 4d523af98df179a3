/* SPDX-License-Identifier: Apache-2.0 */
/** @file What the parts of the executor and wait_queue.c share: calling, blocking and unblocking one thread. */
#ifndef GALE_SRC_KERNEL_EXECUTOR_INTERNAL_H
#define GALE_SRC_KERNEL_EXECUTOR_INTERNAL_H

#include "bits.h"
#include "gale/kernel/executor.h"
#include "gale/kernel/wait_queue.h"

/** Call the function of the running thread or task. Trusted by the proofs: it is other code (SOUNDNESS.md). */
/*@ requires ok: executor_calls(x) && thread == x->running && x->running != GALE_ID_NONE;
    assigns  executor_all(x);
    ensures  ok: executor_ok(x) && executor_flow(x) && executor_waits_kept{Pre, Post}(x);
    ensures  on: \old(executor_on_thread(x)) ==>
                   executor_calls(x) && executor_on_thread(x) && x->running == \old(x->running);
*/
void gale__executor_call_entry(struct gale_executor *x, gale_id thread);

/** True when the code that executes now is a thread with a stack, which may block. @context thread; never blocks. */
/*@ requires own: executor_memory(x) && executor_flow(x);
    assigns  \nothing;
    ensures  on: \result <==> executor_on_thread(x);
*/
bool gale__executor_may_block(const struct gale_executor *x);

/**
 * Mark the running thread as waiting until it is unblocked or `deadline`. It may then be put on a queue; then it
 * blocks by gale__executor_block().
 *
 * @context thread; never blocks; O(log n) in the number of deadlines.
 */
/*@ requires ok:  executor_calls(x) && executor_on_thread(x) && x->timeouts.sequence < UINT64_MAX;
    assigns  x->memory.threads[x->running].pending, x->timeouts.count, x->timeouts.sequence,
             x->timeouts.heap[0 .. x->timeouts.capacity - 1], x->timeouts.pool[0 .. x->timeouts.capacity - 1];
    ensures  ok:  executor_ok(x) && executor_flow(x) && x->memory.threads[x->running].pending &&
                  list_free(&x->links, x->running);
*/
void gale__executor_pend(struct gale_executor *x, gale_tick deadline);

/**
 * Give the core away until the running thread, which is pending, was unblocked.
 *
 * @return The status given by whoever unblocked it; GALE_ETIMEDOUT at the deadline.
 * @context thread; blocks.
 */
/*@ requires ok:  executor_ok(x) && executor_flow(x) && executor_on_thread(x);
    assigns  executor_all(x);
    ensures  ok:  executor_calls(x) && executor_on_thread(x) && x->running == \old(x->running) &&
                  executor_waits_kept{Pre, Post}(x);
    ensures  status: \result == x->memory.threads[x->running].wait_status;
*/
int gale__executor_block(struct gale_executor *x);

/** Take `thread`, which is not dead and in no ready queue, off the wait queue that it is in, if any. */
/*@ requires ok:   executor_ok(x) && thread < x->memory.thread_count && !x->memory.threads[thread].dead &&
                   !sched_queued(&x->sched, thread);
    assigns  executor_links(x);
    ensures  ok:   executor_ok(x) && list_free(&x->links, thread) && list_owners_kept{Pre, Post}(&x->links, thread);
    ensures  p10:  \old(x->links.links[thread].owner) != GALE_ID_NONE ==>
                     list_removed{Pre, Post}(&x->links, \old(x->links.links[thread].owner), \old(list_pos_of(thread)));
    ensures  flow: \old(executor_flow(x)) ==> executor_flow(x);
    ensures  kept: \old(executor_calls(x)) ==> executor_calls(x);
*/
void gale__executor_unlink(struct gale_executor *x, gale_id thread);

/**
 * End the wait of `thread`, which is pending: off its queue, deadline dropped, ready unless suspended.
 *
 * @context thread; never blocks.
 */
/*@ requires ok:   executor_ok(x) && executor_waits_on(x, thread);
    assigns  executor_unblocks(x, thread);
    ensures  ok:   executor_ok(x) && !timeout_active(&x->timeouts, thread);
    ensures  woken: !x->memory.threads[thread].pending && x->memory.threads[thread].wait_status == status;
    ensures  sc02: thread_ready(&x->memory.threads[thread]) ==> sched_queued(&x->sched, thread);
    ensures  others: list_owners_kept{Pre, Post}(&x->links, thread);
    ensures  flow: \old(executor_flow(x)) && (executor_on_thread(x) ==> thread != x->running) ==> executor_flow(x);
    ensures  kept: \old(executor_calls(x)) ==> executor_calls(x);
*/
void gale__executor_unblock(struct gale_executor *x, gale_id thread, int status);

/**
 * Put a pending thread whose priority has changed in its place, if its queue is ordered by priority (P10).
 *
 * @context thread; never blocks; O(waiters).
 */
/*@ requires ok:   executor_ok(x) && executor_waits_on(x, thread);
    assigns  executor_links(x);
    ensures  ok:   executor_ok(x) && list_owners_kept{Pre, Post}(&x->links, GALE_ID_NONE);
    ensures  p10:  \let l = x->links.links[thread].owner; l != GALE_ID_NONE &&
                     x->memory.threads[thread].wait_by_priority && \old(wait_queue_ordered_but(x, l, thread)) ==>
                     wait_queue_ordered(x, l);
    ensures  flow: \old(executor_flow(x)) ==> executor_flow(x);
    ensures  kept: \old(executor_calls(x)) ==> executor_calls(x);
*/
void gale__wait_queue_reorder(struct gale_executor *x, gale_id thread);

#endif /* GALE_SRC_KERNEL_EXECUTOR_INTERNAL_H */
