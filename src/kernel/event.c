/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/event.h"

#include "gale/kernel/executor.h"
#include "poll_internal.h"

/* The wait words of a waiter. */
enum event_word {
    EVENT_WORD_MASK,
    EVENT_WORD_OPTIONS,
    EVENT_WORD_MATCHED /* Filled in by the waker. */
};

/*@ assigns \nothing;
    ensures ev05: (options & GALE_EVENT_ALL) == 0 ==> (\result <==> (flags & mask) != 0);
    ensures ev06: (options & GALE_EVENT_ALL) != 0 ==> (\result <==> (flags & mask) == mask);
*/
static bool event_condition_holds(uint32_t flags, uint32_t mask, uint32_t options)
{
    const uint32_t found = flags & mask;

    return (options & GALE_EVENT_ALL) != 0 ? found == mask : found != 0;
}

/*@ requires own: \valid(e);
    assigns  e->flags;
    ensures  ev02: e->flags == bits;
*/
static void event_replace(struct gale_event *e, uint32_t bits)
{
    e->flags = bits;
}

/*@ requires own: \valid(e);
    assigns  e->flags;
    ensures  ev01: e->flags == (\old(e->flags) | bits);
    ensures  ev08: \forall integer j; 0 <= j < 32 && event_has(\old(e->flags), j) ==> event_has(e->flags, j);
*/
static void event_add(struct gale_event *e, uint32_t bits)
{
    e->flags |= bits;
}

/*@ requires own: \valid(e);
    assigns  e->flags;
    ensures  ev04: \forall integer j; 0 <= j < 32 ==>
               (event_has(e->flags, j) <==> (event_has(mask, j) ? event_has(bits, j) : event_has(\old(e->flags), j)));
*/
static void event_merge(struct gale_event *e, uint32_t bits, uint32_t mask)
{
    e->flags = (e->flags & ~mask) | (bits & mask);
}

/* The matched bits, for a waiter whose condition holds; they leave the flags if it asked for that. */
/*@ requires own: \valid(e);
    assigns  e->flags;
    ensures  ev07: \result == (\old(e->flags) & mask);
    ensures  take: (options & GALE_EVENT_CLEAR) != 0 ==> e->flags == (\old(e->flags) & (uint32_t)(~mask));
    ensures  kept: (options & GALE_EVENT_CLEAR) == 0 ==> e->flags == \old(e->flags);
*/
static uint32_t event_take(struct gale_event *e, uint32_t mask, uint32_t options)
{
    const uint32_t found = e->flags & mask;

    if ((options & GALE_EVENT_CLEAR) != 0) {
        e->flags &= ~mask;
    }
    return found;
}

/*@ requires own: \valid_read(e) && wait_queue_ok(&e->waiters) && thread < e->waiters.executor->memory.thread_count;
    assigns  \nothing;
*/
static bool event_waiter_is_satisfied(const struct gale_event *e, gale_id thread)
{
    const uint32_t *words = gale_wait_queue_words(&e->waiters, thread);

    return event_condition_holds(e->flags, words[EVENT_WORD_MASK], words[EVENT_WORD_OPTIONS]);
}

/*@ requires own: \valid(e) && event_queue_ok(e) && wait_queue_has(&e->waiters, thread);
    assigns  e->flags, executor_all(e->waiters.executor);
    ensures  own: event_queue_ok(e);
*/
static void event_serve(struct gale_event *e, gale_id thread)
{
    uint32_t *words = gale_wait_queue_words(&e->waiters, thread);

    if (event_waiter_is_satisfied(e, thread)) {
        words[EVENT_WORD_MATCHED] = event_take(e, words[EVENT_WORD_MASK], words[EVENT_WORD_OPTIONS]);
        gale_wait_queue_wake(&e->waiters, thread, GALE_OK);
    }
}

/* One pass suffices: flags only fall on the way, so whoever was passed over stays unsatisfied (EV09). */
/*@ requires own: \valid(e) && event_queue_ok(e);
    assigns  e->flags, executor_all(e->waiters.executor);
    ensures  own: event_queue_ok(e);
*/
static void event_serve_all(struct gale_event *e)
{
    const gale_id most = e->waiters.executor->memory.thread_count;
    gale_id thread = gale_wait_queue_first(&e->waiters);

    /*@ loop invariant range: 0 <= n <= most;
        loop invariant own: event_queue_ok(e);
        loop assigns n, thread, e->flags, executor_all(e->waiters.executor);
        loop variant most - n;
    */
    for (gale_id n = 0; n < most && thread != GALE_ID_NONE; n++) {
        const gale_id next = gale_wait_queue_next(&e->waiters, thread);
        event_serve(e, thread);
        thread = next;
    }
}

int gale_event_init(struct gale_event *e, struct gale_executor *x)
{
    e->flags = 0;
    return gale_wait_queue_init(&e->waiters, x);
}

bool gale_event_is_valid(const struct gale_event *e)
{
    const gale_id most = e->waiters.executor->memory.thread_count;
    gale_id thread = gale_wait_queue_first(&e->waiters);
    bool ok = true;

    /*@ loop invariant range: 0 <= n <= most;
        loop assigns n, thread, ok;
        loop variant most - n;
    */
    for (gale_id n = 0; n < most && thread != GALE_ID_NONE; n++) {
        ok = ok && !event_waiter_is_satisfied(e, thread);
        thread = gale_wait_queue_next(&e->waiters, thread);
    }
    return ok;
}

uint32_t gale_event_test(const struct gale_event *e, uint32_t mask)
{
    return e->flags & mask;
}

/* After the flags have changed: the waiters whose condition holds now, then the pollers. */
/*@ requires own: \valid(e) && event_calls(e);
    assigns  e->flags, executor_all(e->waiters.executor);
*/
static void event_announce(struct gale_event *e)
{
    event_serve_all(e);
    gale__poll_notify(e->waiters.executor);
    gale_executor_reschedule(e->waiters.executor);
}

void gale_event_set_masked(struct gale_event *e, uint32_t bits, uint32_t mask)
{
    event_merge(e, bits, mask);
    event_announce(e);
}

void gale_event_post(struct gale_event *e, uint32_t bits)
{
    event_add(e, bits);
    event_announce(e);
}

void gale_event_set(struct gale_event *e, uint32_t bits)
{
    event_replace(e, bits);
    event_announce(e);
}

void gale_event_clear(struct gale_event *e, uint32_t bits)
{
    e->flags &= ~bits;
}

/*@ requires own: \valid(e) && \valid(found) && event_apart(e, found);
    requires ok: event_calls(e) && e->waiters.executor->timeouts.sequence < UINT64_MAX;
    assigns  executor_all(e->waiters.executor), *found;
*/
static int event_block(struct gale_event *e, uint32_t mask, uint32_t options, gale_tick deadline, uint32_t *found)
{
    const gale_id self = gale_executor_current(e->waiters.executor);
    uint32_t *words = NULL;
    int status = GALE_EPERM;

    if (self != GALE_ID_NONE) {
        words = gale_wait_queue_words(&e->waiters, self);
        words[EVENT_WORD_MASK] = mask;
        words[EVENT_WORD_OPTIONS] = options;
        status = gale_wait_queue_wait(&e->waiters, GALE_WAIT_PRIORITY, deadline);
        *found = words[EVENT_WORD_MATCHED];
    }
    return status;
}

int gale_event_wait(struct gale_event *e, uint32_t mask, uint32_t options, gale_tick deadline, uint32_t *matched)
{
    uint32_t found = 0;
    int status = GALE_OK;

    if (mask == 0 || options > (GALE_EVENT_ALL | GALE_EVENT_CLEAR)) {
        return GALE_EINVAL;
    }
    if (event_condition_holds(e->flags, mask, options)) {
        found = event_take(e, mask, options);
    } else if (deadline == GALE_NO_WAIT) {
        status = GALE_EAGAIN;
    } else {
        status = event_block(e, mask, options, deadline, &found);
    }
    if (status == GALE_OK && matched != NULL) {
        *matched = found;
    }
    return status;
}
