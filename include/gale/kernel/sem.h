/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Counting semaphore: up to `limit` permits. A permit that is given while a thread waits goes to that thread directly,
 * so no newcomer can take it on the way.
 *
 * Owner:   the caller supplies the struct; it belongs to one executor and takes one of its lists for good.
 * A permit handed to a thread that is aborted before it runs ends with it.
 *
 * Needs:   kernel/wait_queue, kernel/executor. Used by: kernel/poll.
 * Source:  Zephyr kernel/sem.c. Properties: P01..P10.
 */
#ifndef GALE_KERNEL_SEM_H
#define GALE_KERNEL_SEM_H

#include "gale/kernel/wait_queue.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Lists of the executor that a semaphore takes. */
#define GALE_SEM_LISTS 1u

/** A semaphore. Fields are private. */
struct gale_sem {
    struct gale_wait_queue waiters; /**< Threads in gale_sem_take(), best priority first; empty while count > 0. */
    uint32_t count;                 /**< Permits free now, 0..limit. */
    uint32_t limit;                 /**< Most permits ever free, 1..UINT32_MAX. */
};

#ifdef __FRAMAC__
#include "kernel/sem.acsl"
#endif

/**
 * Make a semaphore with `initial` of `limit` permits free.
 *
 * @param[out] s        Filled in; must not move while threads wait.
 * @param[in]  x        The executor whose threads use it.
 * @param[in]  initial  Permits free at first, 0..limit.
 * @param[in]  limit    Most permits, 1..UINT32_MAX.
 * @retval GALE_OK      Ready for use.
 * @retval GALE_EINVAL  `limit` is 0 or below `initial`; nothing changed.
 * @retval GALE_ENOMEM  The executor has no list left; `s` must not be used.
 * @context init only; never blocks.
 * @satisfies P01 P02
 */
/*@ requires own: \valid(s) && \valid(x) && \separated(s, x);
    requires lists: x->links.lists_used <= x->links.lists <= LIST_LISTS;
    assigns  *s, x->links.lists_used, executor_waits[x->links.lists_used];
    behavior gale_einval:
      assumes limit == 0 || initial > limit;
      assigns \nothing;
      ensures p02: \result == GALE_EINVAL;
    behavior valid:
      assumes limit > 0 && initial <= limit;
      assigns *s, x->links.lists_used, executor_waits[x->links.lists_used];
      ensures p01: \result == GALE_OK ==> sem_ok(s) && s->count == initial && s->limit == limit;
      ensures result: \result == GALE_OK || \result == GALE_ENOMEM;
    complete behaviors;
    disjoint behaviors;
*/
int gale_sem_init(struct gale_sem *s, struct gale_executor *x, uint32_t initial, uint32_t limit);

/** True when `s` holds its invariant: nobody waits while a permit is free. @context thread; never blocks. */
/*@ requires own: \valid_read(s) && wait_queue_ok(&s->waiters);
    assigns  \nothing;
    ensures  p01: \result ==> sem_ok(s);
    ensures  p04: \result <==> sem_ok(s) && (s->count > 0 ==> sem_no_waiters(s));
*/
bool gale_sem_is_valid(const struct gale_sem *s);

/**
 * How many permits are free.
 *
 * @return 0..limit.
 * @context thread; never blocks.
 * @satisfies P01
 */
/*@ requires own: \valid_read(s);
    assigns  \nothing;
    ensures  count: \result == s->count;
*/
uint32_t gale_sem_count(const struct gale_sem *s);

/**
 * Take one permit if one is free.
 *
 * @retval GALE_OK     A permit was taken; the count fell by one.
 * @retval GALE_EBUSY  None was free; nothing changed.
 * @context thread; never blocks; wakes nobody.
 * @satisfies P05 P06
 */
/*@ requires own: \valid(s);
    requires ok:  sem_ok(s);
    assigns  s->count;
    ensures  p01: sem_ok(s);
    behavior gale_ok:
      assumes s->count > 0;
      ensures p05: \result == GALE_OK && s->count == \old(s->count) - 1;
    behavior gale_ebusy:
      assumes s->count == 0;
      ensures p06: \result == GALE_EBUSY && s->count == 0;
    complete behaviors;
    disjoint behaviors;
*/
int gale_sem_try_take(struct gale_sem *s);

/**
 * Take one permit, waiting for one until `deadline`. Among waiters the best priority is served first, equals in the
 * order of their coming.
 *
 * @param[in] deadline  Absolute, in ticks; GALE_NO_WAIT only tries.
 * @retval GALE_OK         A permit was taken.
 * @retval GALE_EBUSY      None was free and `deadline` is GALE_NO_WAIT; nothing changed.
 * @retval GALE_ETIMEDOUT  The deadline passed first; no permit was taken.
 * @retval GALE_EAGAIN     gale_sem_reset() ended the wait.
 * @retval GALE_ECANCELED  gale_executor_cancel_wait() ended the wait.
 * @retval GALE_EPERM      None was free and the caller may not block.
 * @context thread; blocks until `deadline`.
 * @satisfies P05 P06 P07 P10
 */
/*@ requires own: \valid(s);
    requires ok:  sem_calls(s) && s->waiters.executor->timeouts.sequence < UINT64_MAX;
    assigns  s->count, executor_all(s->waiters.executor);
    ensures  p01: sem_ok(s);
    behavior free:
      assumes s->count > 0;
      assigns s->count;
      ensures p05: \result == GALE_OK && s->count == \old(s->count) - 1;
    behavior gale_ebusy:
      assumes s->count == 0 && deadline == GALE_NO_WAIT;
      assigns s->count;
      ensures p06: \result == GALE_EBUSY && s->count == 0;
    behavior wait:
      assumes s->count == 0 && deadline != GALE_NO_WAIT;
    complete behaviors;
    disjoint behaviors;
*/
int gale_sem_take(struct gale_sem *s, gale_tick deadline);

/**
 * Give one permit: to the best, longest waiting thread, whose take succeeds; without waiters the count rises by one,
 * unless it is at the limit.
 *
 * @context thread; never blocks; may be preempted; O(log n) in the number of deadlines without pollers. Wakes one
 *          waiter, or every thread in gale_poll().
 * @satisfies P03 P04 P09
 */
/*@ requires own: \valid(s);
    requires ok:  sem_calls(s);
    assigns  s->count, executor_all(s->waiters.executor);
    ensures  p01: sem_ok(s);
*/
void gale_sem_give(struct gale_sem *s);

/**
 * Take all permits away and end every wait with GALE_EAGAIN.
 *
 * @context thread; never blocks; may be preempted; O(waiters).
 * @satisfies P08
 */
/*@ requires own: \valid(s);
    requires ok:  sem_calls(s);
    assigns  s->count, executor_all(s->waiters.executor);
    ensures  p01: sem_ok(s);
*/
void gale_sem_reset(struct gale_sem *s);

#ifdef __cplusplus
}
#endif

#endif /* GALE_KERNEL_SEM_H */
