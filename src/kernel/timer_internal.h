/* SPDX-License-Identifier: Apache-2.0 */
/** @file The one call of a timer through a pointer, in a place of its own. */
#ifndef GALE_SRC_KERNEL_TIMER_INTERNAL_H
#define GALE_SRC_KERNEL_TIMER_INTERNAL_H

#include "gale/kernel/executor.h"
#include "gale/kernel/timer.h"

/* Calls the timer's function. For WP a function without body: it is other code, which may restart or stop the timer and
   make any call of its executor (SOUNDNESS.md). */
/*@ requires own: \valid_read(t) && t->fn != \null;
    assigns  *t, executor_all(t->executor);
*/
static inline void timer_call(struct gale_timer *t);

#ifndef __FRAMAC__
static inline void timer_call(struct gale_timer *t)
{
    t->fn(t->arg);
}
#endif

#endif /* GALE_SRC_KERNEL_TIMER_INTERNAL_H */
