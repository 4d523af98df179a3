/* SPDX-License-Identifier: Apache-2.0 */
/** @file What wait_queue.c needs of the executor: blocking and unblocking one thread. */
#ifndef GALE_SRC_KERNEL_EXECUTOR_INTERNAL_H
#define GALE_SRC_KERNEL_EXECUTOR_INTERNAL_H

#include "gale/kernel/executor.h"

/** True when the code that executes now is a thread with a stack, which may block. @context thread; never blocks. */
/*@ requires own: \valid_read(x);
    assigns  \nothing;
*/
bool gale__executor_may_block(const struct gale_executor *x);

/**
 * Block the running thread, which the caller has put on its queue (if any), until it is unblocked or `deadline`.
 *
 * @return The status given by whoever unblocked it; GALE_ETIMEDOUT at the deadline.
 * @context thread; blocks until `deadline`.
 */
/*@ requires own: \valid(x); */
int gale__executor_block(struct gale_executor *x, gale_tick deadline);

/**
 * End the wait of `thread`, which is pending: off its queue, deadline dropped, ready unless suspended.
 *
 * @context thread; never blocks.
 */
/*@ requires own: \valid(x); */
void gale__executor_unblock(struct gale_executor *x, gale_id thread, int status);

/**
 * Put a pending thread whose priority has changed in its place, if its queue is ordered by priority (P10).
 *
 * @context thread; never blocks; O(waiters).
 */
/*@ requires own: \valid(x); */
void gale__wait_queue_reorder(struct gale_executor *x, gale_id thread);

#endif /* GALE_SRC_KERNEL_EXECUTOR_INTERNAL_H */
