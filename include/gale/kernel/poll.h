/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Poll: wait for any of several semaphores, signals and events. Looks, takes nothing.
 *
 * Level-triggered: what a member reports is computed from its object at each look (PL06), never from a remembered
 * edge. Blocked pollers wait in one queue of the executor; a change wakes all of them and they look again, so that an
 * object needs no link to those who poll it.
 *
 * Owner:   the caller supplies members and signals; all objects of one poll belong to one executor.
 * Needs:   kernel/sem, kernel/event, kernel/executor.
 * Source:  Zephyr kernel/poll.c. Properties: PL01..PL08.
 */
#ifndef GALE_KERNEL_POLL_H
#define GALE_KERNEL_POLL_H

#include "gale/base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gale_event;
struct gale_executor;
struct gale_sem;

/** A signal: a flag with a result, raised by one thread and polled by others. Fields are private. */
struct gale_poll_signal {
    struct gale_executor *executor; /**< Whose pollers a raise wakes. */
    int32_t result;                 /**< What was raised last; 0 when not raised. */
    bool raised;                    /**< Raised and not reset since. */
};

/** What a member of a poll looks at. */
enum gale_poll_type {
    GALE_POLL_SEM,    /**< A semaphore: ready while its count is positive. */
    GALE_POLL_SIGNAL, /**< A signal: ready while raised. */
    GALE_POLL_EVENT   /**< An event: ready while a bit of the mask is set. */
};

/** What a member reports. */
enum gale_poll_state {
    GALE_POLL_NOT_READY,
    GALE_POLL_SEM_AVAILABLE, /**< A take may succeed; a thread that runs first may still be faster. */
    GALE_POLL_SIGNALED,
    GALE_POLL_EVENT_MATCHED
};

/** One member of a poll. Set up by the init functions below; `state` is read by the caller. */
struct gale_poll_event {
    union {
        const struct gale_sem *sem;
        const struct gale_poll_signal *signal;
        const struct gale_event *event;
    } object;      /**< The one that `type` names. */
    uint32_t mask; /**< Bits that an event is asked for; 0 for the other types. */
    uint8_t type;  /**< enum gale_poll_type. */
    uint8_t state; /**< enum gale_poll_state: the answer of the last poll. */
};

#ifdef __FRAMAC__
#include "kernel/poll.acsl"
#endif

/**
 * Make a signal that is not raised.
 *
 * @param[out] signal  Filled in.
 * @param[in]  x       The executor whose threads poll it.
 * @context init only; never blocks.
 */
/*@ requires own: \valid(signal);
    assigns  *signal;
    ensures  pl08: !signal->raised && signal->result == 0 && signal->executor == x;
*/
void gale_poll_signal_init(struct gale_poll_signal *signal, struct gale_executor *x);

/** True when `signal` holds its invariant: a result only while raised. @context thread; never blocks. */
/*@ requires own: \valid_read(signal);
    assigns  \nothing;
    ensures  ok: \result <==> poll_signal_ok(signal);
*/
bool gale_poll_signal_is_valid(const struct gale_poll_signal *signal);

/**
 * Raise the signal with `result`, replacing an earlier one, and wake the pollers.
 *
 * @context thread; never blocks; may be preempted; O(pollers).
 * @satisfies PL02 PL07
 */
/*@ requires own: \valid(signal) && \separated(signal, signal->executor) &&
               \separated(signal, executor_arrays(signal->executor)) && executor_calls(signal->executor);
    assigns  signal->raised, signal->result, executor_all(signal->executor);
*/
void gale_poll_signal_raise(struct gale_poll_signal *signal, int32_t result);

/** Take the signal back. @context thread; never blocks. @satisfies PL02 PL08 */
/*@ requires own: \valid(signal);
    assigns  signal->raised, signal->result;
    ensures  pl08: !signal->raised && signal->result == 0;
*/
void gale_poll_signal_reset(struct gale_poll_signal *signal);

/**
 * Whether the signal is raised, and with what.
 *
 * @param[out] result  The result, if it is raised; else unchanged. May be NULL.
 * @context thread; never blocks.
 * @satisfies PL04 PL07
 */
/*@ requires own: \valid_read(signal) && (result == \null || (\valid(result) && \separated(result, signal)));
    assigns  *result;
    ensures  pl04: \result <==> signal->raised;
    ensures  pl07: signal->raised && result != \null ==> *result == signal->result;
*/
bool gale_poll_signal_check(const struct gale_poll_signal *signal, int32_t *result);

/** Make a member that looks at a semaphore; NOT_READY. @context thread; never blocks. @satisfies PL01 */
/*@ requires own: \valid(event);
    assigns  *event;
    ensures  pl01: event->state == GALE_POLL_NOT_READY;
    ensures  kind: event->type == GALE_POLL_SEM && event->object.sem == sem && event->mask == 0;
*/
void gale_poll_event_init_sem(struct gale_poll_event *event, const struct gale_sem *sem);

/** Make a member that looks at a signal; NOT_READY. @context thread; never blocks. @satisfies PL01 */
/*@ requires own: \valid(event);
    assigns  *event;
    ensures  pl01: event->state == GALE_POLL_NOT_READY;
    ensures  kind: event->type == GALE_POLL_SIGNAL && event->object.signal == signal && event->mask == 0;
*/
void gale_poll_event_init_signal(struct gale_poll_event *event, const struct gale_poll_signal *signal);

/** Make a member that looks for any bit of `mask`, not 0, in `flags`; NOT_READY. @context thread. @satisfies PL01 */
/*@ requires own: \valid(event);
    assigns  *event;
    ensures  pl01: event->state == GALE_POLL_NOT_READY;
    ensures  kind: event->type == GALE_POLL_EVENT && event->object.event == flags && event->mask == mask;
*/
void gale_poll_event_init_event(struct gale_poll_event *event, const struct gale_event *flags, uint32_t mask);

/**
 * Wait until at least one member is ready.
 *
 * @param[in]     x         The executor that all objects belong to.
 * @param[in,out] events    n members; each one's state is set anew.
 * @param[in]     n         1..INT32_MAX.
 * @param[in]     deadline  Absolute, in ticks; GALE_NO_WAIT only looks.
 * @return The number of ready members, or a status.
 * @retval GALE_EAGAIN     None is ready and `deadline` is GALE_NO_WAIT.
 * @retval GALE_ETIMEDOUT  The deadline passed first.
 * @retval GALE_ECANCELED  gale_executor_cancel_wait() ended the wait.
 * @retval GALE_EINVAL     `n` is out of range or a member is malformed or of another executor; nothing changed.
 * @retval GALE_EPERM      None is ready and the caller may not block.
 * @context thread; blocks until `deadline`; O(n) each time something that pollers may wait for changes.
 * @satisfies PL02 PL03 PL04 PL05 PL06
 */
/*@ requires own: \valid(x) && \valid(events + (0 .. n - 1));
    requires objects: \forall integer i; 0 <= i < n ==> poll_event_readable(&events[i]);
    assigns  events[0 .. n - 1].state, executor_all(x);
    ensures  pl05: \result > 0 ==> poll_any_ready(events, n);
    ensures  pl06: \result <= 0 && \result != GALE_EINVAL ==> !poll_any_ready(events, n);
    ensures  result: \result != GALE_OK && \result <= n;
*/
int gale_poll(struct gale_executor *x, struct gale_poll_event *events, uint32_t n, gale_tick deadline);

#ifdef __cplusplus
}
#endif

#endif /* GALE_KERNEL_POLL_H */
