/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/poll.h"

#include "gale/kernel/event.h"
#include "gale/kernel/executor.h"
#include "gale/kernel/sem.h"
#include "poll_internal.h"

/* ---- signals ------------------------------------------------------------------------------------------------- */

/*@ requires own: \valid(signal);
    assigns  signal->raised, signal->result;
    ensures  pl07: signal->raised && signal->result == result;
*/
static void poll_signal_mark(struct gale_poll_signal *signal, int32_t result)
{
    signal->raised = true;
    signal->result = result;
}

void gale_poll_signal_init(struct gale_poll_signal *signal, struct gale_executor *x)
{
    signal->executor = x;
    gale_poll_signal_reset(signal);
}

bool gale_poll_signal_is_valid(const struct gale_poll_signal *signal)
{
    return signal->executor != NULL && (signal->raised || signal->result == 0);
}

void gale_poll_signal_raise(struct gale_poll_signal *signal, int32_t result)
{
    poll_signal_mark(signal, result);
    gale__poll_notify(signal->executor);
    gale_executor_reschedule(signal->executor);
}

void gale_poll_signal_reset(struct gale_poll_signal *signal)
{
    signal->raised = false;
    signal->result = 0;
}

bool gale_poll_signal_check(const struct gale_poll_signal *signal, int32_t *result)
{
    if (signal->raised && result != NULL) {
        *result = signal->result;
    }
    return signal->raised;
}

/* ---- members ------------------------------------------------------------------------------------------------- */

void gale_poll_event_init_sem(struct gale_poll_event *event, const struct gale_sem *sem)
{
    event->object.sem = sem;
    event->mask = 0;
    event->type = GALE_POLL_SEM;
    event->state = GALE_POLL_NOT_READY;
}

void gale_poll_event_init_signal(struct gale_poll_event *event, const struct gale_poll_signal *signal)
{
    event->object.signal = signal;
    event->mask = 0;
    event->type = GALE_POLL_SIGNAL;
    event->state = GALE_POLL_NOT_READY;
}

void gale_poll_event_init_event(struct gale_poll_event *event, const struct gale_event *flags, uint32_t mask)
{
    event->object.event = flags;
    event->mask = mask;
    event->type = GALE_POLL_EVENT;
    event->state = GALE_POLL_NOT_READY;
}

/* The executor of the object that a member looks at; NULL for a malformed member. */
/*@ requires own: \valid_read(event) && poll_event_readable(event);
    assigns  \nothing;
    ensures  named: \result != \null ==> event->type <= GALE_POLL_EVENT && poll_event_named(event);
*/
static const struct gale_executor *poll_event_executor(const struct gale_poll_event *event)
{
    const struct gale_executor *x = NULL;

    if (event->type == GALE_POLL_SEM && event->object.sem != NULL) {
        x = event->object.sem->waiters.executor;
    } else if (event->type == GALE_POLL_SIGNAL && event->object.signal != NULL) {
        x = event->object.signal->executor;
    } else if (event->type == GALE_POLL_EVENT && event->object.event != NULL && event->mask != 0) {
        x = event->object.event->waiters.executor;
    }
    return x;
}

/*@ requires own: \valid_read(event) && poll_event_named(event);
    assigns  \nothing;
    ensures  pl03: event->type == GALE_POLL_SEM ==>
               \result == (event->object.sem->count > 0 ? GALE_POLL_SEM_AVAILABLE : GALE_POLL_NOT_READY);
    ensures  pl04: event->type == GALE_POLL_SIGNAL ==>
               \result == (event->object.signal->raised ? GALE_POLL_SIGNALED : GALE_POLL_NOT_READY);
    ensures  ev05: event->type == GALE_POLL_EVENT ==>
               \result == ((event->object.event->flags & event->mask) != 0 ? GALE_POLL_EVENT_MATCHED
                                                                            : GALE_POLL_NOT_READY);
*/
static enum gale_poll_state poll_event_look(const struct gale_poll_event *event)
{
    enum gale_poll_state state = GALE_POLL_NOT_READY;

    if (event->type == GALE_POLL_SEM && gale_sem_count(event->object.sem) > 0) {
        state = GALE_POLL_SEM_AVAILABLE;
    } else if (event->type == GALE_POLL_SIGNAL && gale_poll_signal_check(event->object.signal, NULL)) {
        state = GALE_POLL_SIGNALED;
    } else if (event->type == GALE_POLL_EVENT && gale_event_test(event->object.event, event->mask) != 0) {
        state = GALE_POLL_EVENT_MATCHED;
    }
    return state;
}

/* ---- polling ------------------------------------------------------------------------------------------------- */

/*@ requires own: \valid_read(events + (0 .. n - 1)) && \valid_read(x);
    requires objects: \forall integer i; 0 <= i < n ==> poll_event_readable(&events[i]);
    assigns  \nothing;
    ensures  named: \result ==> \forall integer i; 0 <= i < n ==> poll_event_named(&events[i]);
    ensures  range: \result ==> 0 < n <= INT32_MAX;
*/
static bool poll_members_are_valid(const struct gale_executor *x, const struct gale_poll_event *events, uint32_t n)
{
    bool ok = n > 0 && n <= INT32_MAX;

    /*@ loop invariant range: 0 <= i <= n;
        loop invariant named: ok ==> \forall integer k; 0 <= k < i ==> poll_event_named(&events[k]);
        loop invariant bound: ok ==> 0 < n <= INT32_MAX;
        loop assigns i, ok;
        loop variant n - i;
    */
    for (uint32_t i = 0; ok && i < n; i++) {
        ok = poll_event_executor(&events[i]) == x;
    }
    return ok;
}

/* Sets every state from its object and counts the ready ones. */
/*@ requires own: 0 < n <= INT32_MAX && \valid(events + (0 .. n - 1));
    requires named: \forall integer i; 0 <= i < n ==> poll_event_named(&events[i]);
    requires apart: \forall integer i; 0 <= i < n ==> poll_event_apart(&events[i], events, n);
    assigns  events[0 .. n - 1].state;
    ensures  pl05: 0 <= \result <= n && (\result > 0 <==> poll_any_ready(events, n));
    ensures  pl06: \forall integer i; 0 <= i < n ==> events[i].state == poll_state(&events[i]);
*/
static int poll_look(struct gale_poll_event *events, uint32_t n)
{
    int ready = 0;

    /*@ loop invariant range: 0 <= i <= n && 0 <= ready <= i;
        loop invariant pl05: ready > 0 <==> poll_any_ready(events, i);
        loop invariant pl06: \forall integer k; 0 <= k < i ==> events[k].state == poll_state(&events[k]);
        loop assigns i, ready, events[0 .. n - 1].state;
        loop variant n - i;
    */
    for (uint32_t i = 0; i < n; i++) {
        events[i].state = (uint8_t)poll_event_look(&events[i]);
        ready += events[i].state != GALE_POLL_NOT_READY ? 1 : 0;
    }
    return ready;
}

int gale_poll(struct gale_executor *x, struct gale_poll_event *events, uint32_t n, gale_tick deadline)
{
    int answer = GALE_OK;

    if (!poll_members_are_valid(x, events, n)) {
        return GALE_EINVAL;
    }
    answer = poll_look(events, n);
    if (answer == 0 && deadline == GALE_NO_WAIT) {
        return GALE_EAGAIN;
    }
    /* A wake-up is only the advice to look again. All are woken at once, so their order is the scheduler's. */
    /*@ loop invariant pl06: answer == 0 ==> !poll_any_ready(events, n);
        loop invariant pl05: answer > 0 ==> poll_any_ready(events, n);
        loop invariant range: answer <= n;
        loop assigns answer, events[0 .. n - 1].state, *x;
        // No loop variant: each turn blocks, and the deadline or a waker ends it.
    */
    while (answer == 0) {
        answer = gale_wait_queue_wait(&x->pollers, GALE_WAIT_FIFO, deadline);
        if (answer == GALE_OK) {
            answer = poll_look(events, n);
        }
    }
    return answer;
}
