/* SPDX-License-Identifier: Apache-2.0 */
/** @file What sem.c, event.c and poll.c share: telling the pollers that something may be ready now. */
#ifndef GALE_SRC_KERNEL_POLL_INTERNAL_H
#define GALE_SRC_KERNEL_POLL_INTERNAL_H

#include "gale/kernel/wait_queue.h"

/**
 * Wake every thread in gale_poll(), so that each looks at its members again. Does not switch.
 *
 * Inline, so that a program with semaphores and without polls does not link poll.c.
 *
 * @context thread; never blocks; O(1) when nobody polls, else O(pollers).
 */
/*@ requires ok:   x->pollers.executor == x && wait_queue_ok(&x->pollers);
    assigns  executor_unblocks_any(x);
    ensures  ok:   executor_ok(x);
    ensures  flow: \old(executor_flow(x)) ==> executor_flow(x);
    ensures  kept: \old(executor_calls(x)) ==> executor_calls(x);
*/
static inline void gale__poll_notify(struct gale_executor *x)
{
    (void)gale_wait_queue_wake_all(&x->pollers, GALE_OK);
}

#endif /* GALE_SRC_KERNEL_POLL_INTERNAL_H */
