/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Event flags: 32 bits that threads wait for, any or all of a mask, and may take as they wake.
 *
 * The call that makes a waiter's condition true wakes it (EV09). It looks at the waiters in the order of their queue:
 * best priority first, then arrival; bits that one takes are gone before the next is looked at.
 *
 * Owner:   the caller supplies the struct; it belongs to one executor and takes one of its lists for good.
 * Needs:   kernel/wait_queue, kernel/executor. Used by: kernel/poll.
 * Source:  Zephyr kernel/events.c. Properties: EV01..EV09.
 */
#ifndef GALE_KERNEL_EVENT_H
#define GALE_KERNEL_EVENT_H

#include "gale/kernel/wait_queue.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Lists of the executor that an event takes. */
#define GALE_EVENT_LISTS 1u

/* Options of gale_event_wait(): ANY or ALL, and CLEAR with either. */
#define GALE_EVENT_ANY 0u   /**< One bit of the mask suffices. */
#define GALE_EVENT_ALL 1u   /**< Every bit of the mask must be set. */
#define GALE_EVENT_CLEAR 2u /**< The matched bits are cleared as the wait succeeds. */

/** Event flags. Fields are private. */
struct gale_event {
    struct gale_wait_queue waiters; /**< Threads in gale_event_wait(); the condition of none of them holds. */
    uint32_t flags;                 /**< The bits that are set now; any value. */
};

#ifdef __FRAMAC__
#include "kernel/event.acsl"
#endif

/**
 * Make an event with no bit set.
 *
 * @param[out] e  Filled in; must not move while threads wait.
 * @param[in]  x  The executor whose threads use it.
 * @retval GALE_OK      Ready for use.
 * @retval GALE_ENOMEM  The executor has no list left; `e` must not be used.
 * @context init only; never blocks.
 */
/*@ requires own: \valid(e) && \valid(x) && \separated(e, x);
    requires lists: x->links.lists_used <= x->links.lists <= LIST_LISTS;
    assigns  *e, x->links.lists_used, executor_waits[x->links.lists_used];
    ensures  clear: \result == GALE_OK ==> e->flags == 0;
    ensures  result: \result == GALE_OK || \result == GALE_ENOMEM;
*/
int gale_event_init(struct gale_event *e, struct gale_executor *x);

/** True when no waiter's condition holds: nobody was forgotten (EV09). @context thread; never blocks; O(waiters). */
/*@ requires own: \valid_read(e) && wait_queue_ok(&e->waiters);
    assigns  \nothing;
*/
bool gale_event_is_valid(const struct gale_event *e);

/**
 * The bits of `mask` that are set.
 *
 * @context thread; never blocks.
 * @satisfies EV05 EV06 EV07
 */
/*@ requires own: \valid_read(e);
    assigns  \nothing;
    ensures  ev07: \result == (e->flags & mask);
*/
uint32_t gale_event_test(const struct gale_event *e, uint32_t mask);

/**
 * Set `bits` in addition to those that are set.
 *
 * @context thread; never blocks; may be preempted; O(waiters and pollers).
 * @satisfies EV01 EV08 EV09
 */
/*@ requires own: \valid(e) && event_calls(e);
    assigns  e->flags, executor_all(e->waiters.executor);
*/
void gale_event_post(struct gale_event *e, uint32_t bits);

/**
 * Replace all flags by `bits`.
 *
 * @context thread; never blocks; may be preempted; O(waiters and pollers).
 * @satisfies EV02 EV09
 */
/*@ requires own: \valid(e) && event_calls(e);
    assigns  e->flags, executor_all(e->waiters.executor);
*/
void gale_event_set(struct gale_event *e, uint32_t bits);

/**
 * Replace the flags named by `mask` by those of `bits`; the others stay.
 *
 * @context thread; never blocks; may be preempted; O(waiters and pollers).
 * @satisfies EV04 EV09
 */
/*@ requires own: \valid(e) && event_calls(e);
    assigns  e->flags, executor_all(e->waiters.executor);
*/
void gale_event_set_masked(struct gale_event *e, uint32_t bits, uint32_t mask);

/**
 * Clear exactly `bits`.
 *
 * @context thread; never blocks; wakes nobody.
 * @satisfies EV03
 */
/*@ requires own: \valid(e);
    assigns  e->flags;
    ensures  ev03: e->flags == (\old(e->flags) & (uint32_t)(~bits));
*/
void gale_event_clear(struct gale_event *e, uint32_t bits);

/**
 * Wait until any or all bits of `mask` are set.
 *
 * @param[in]  mask      At least one bit.
 * @param[in]  options   GALE_EVENT_ANY or GALE_EVENT_ALL, with GALE_EVENT_CLEAR if the matched bits shall be taken.
 * @param[in]  deadline  Absolute, in ticks; GALE_NO_WAIT only looks.
 * @param[out] matched   The bits of `mask` that were set when the condition held; unchanged after an error. May be NULL.
 * @retval GALE_OK         The condition held.
 * @retval GALE_EAGAIN     It does not hold and `deadline` is GALE_NO_WAIT.
 * @retval GALE_ETIMEDOUT  The deadline passed first; no bit was taken.
 * @retval GALE_ECANCELED  gale_executor_cancel_wait() ended the wait.
 * @retval GALE_EINVAL     `mask` is 0 or an option is unknown.
 * @retval GALE_EPERM      The condition does not hold and the caller may not block.
 * @context thread; blocks until `deadline`.
 * @satisfies EV05 EV06 EV07 EV09
 */
/*@ requires own: \valid(e) && (matched == \null || (\valid(matched) && event_apart(e, matched)));
    requires ok: event_calls(e) && e->waiters.executor->timeouts.sequence < UINT64_MAX;
    assigns  e->flags, *matched, executor_all(e->waiters.executor);
    behavior gale_einval:
      assumes mask == 0 || options > 3;
      assigns \nothing;
      ensures range: \result == GALE_EINVAL;
    behavior gale_ok:
      assumes mask != 0 && options <= 3 &&
              ((options & GALE_EVENT_ALL) != 0 ? (e->flags & mask) == mask : (e->flags & mask) != 0);
      assigns e->flags, *matched;
      ensures ev05: \result == GALE_OK && (matched != \null ==> *matched == (\old(e->flags) & mask));
      ensures take: (options & GALE_EVENT_CLEAR) != 0 ==> e->flags == (\old(e->flags) & (uint32_t)(~mask));
      ensures kept: (options & GALE_EVENT_CLEAR) == 0 ==> e->flags == \old(e->flags);
    behavior gale_eagain:
      assumes mask != 0 && options <= 3 && deadline == GALE_NO_WAIT &&
              ((options & GALE_EVENT_ALL) != 0 ? (e->flags & mask) != mask : (e->flags & mask) == 0);
      assigns \nothing;
      ensures ev06: \result == GALE_EAGAIN;
    disjoint behaviors;
*/
int gale_event_wait(struct gale_event *e, uint32_t mask, uint32_t options, gale_tick deadline, uint32_t *matched);

#ifdef __cplusplus
}
#endif

#endif /* GALE_KERNEL_EVENT_H */
