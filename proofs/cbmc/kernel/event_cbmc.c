/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One step of an event from any valid state of it and of its executor.
 * @bound 2 threads, 3 priorities, 1 timer; any flags, waiters, deadlines, caller
 * @cbmc --max-field-sensitivity-array-size 0 --unwind 5
 * @cbmc --unwindset executor_init_bell.0:32,list_init_links.1:12,gale_list_pool_is_valid.0:12
 */
#include "executor.h"

#include "kernel/event.c"

static struct gale_event e;
static uint32_t old_flags;
static gale_id old_place[THREADS];
static bool served[THREADS];     /* what the next set of flags owes each waiter ... */
static uint32_t handed[THREADS]; /* ... and the bits that go with it */

static bool holds(uint32_t flags, const uint32_t *words)
{
    return words[1] % 2u == 1u ? (~flags & words[0]) == 0 : (flags & words[0]) != 0;
}

static void any_event(void)
{
    new_executor();
    assume(gale_event_init(&e, &x) == GALE_OK);
    prove(e.flags == 0, "EV02: a new event has no flag");
    e.flags = nondet_u32();
    any_state();
    old_flags = e.flags;
    waiting_by_priority(e.waiters.list);
    for (gale_id id = 0; id < THREADS; id++) {
        const uint32_t *words = memory_threads[id].wait_words;

        old_place[id] = place_of(id);
        assume(old_place[id] != e.waiters.list || (words[0] != 0 && words[1] <= 3u && !holds(e.flags, words)));
    }
}

static void event_still_valid(void)
{
    prove(gale_event_is_valid(&e), "EV09: the condition of no waiter holds");
    still_valid();
}

/** What new flags owe those who wait, in their order: the flags that are left. */
static uint32_t serve(uint32_t flags)
{
    for (gale_id id = 0; id < THREADS; id++) {
        const uint32_t *words = memory_threads[id].wait_words;

        served[id] = old_place[id] == e.waiters.list && holds(flags, words);
        handed[id] = flags & words[0];
        flags &= served[id] && words[1] >= 2u ? ~words[0] : UINT32_MAX;
    }
    return flags;
}

/** Everybody whose condition became true has it, and no other. */
static void all_served(void)
{
    for (gale_id id = 0; id < THREADS; id++) {
        prove(!served[id] || (is_woken(id, GALE_OK) && memory_threads[id].wait_words[2] == handed[id]),
              "EV09 EV05 EV06: made ready by the call that made its condition true, with the bits");
        prove(served[id] || old_place[id] != e.waiters.list || place_of(id) == old_place[id],
              "EV05 EV06: whose condition does not hold waits on");
        prove(old_place[id] != x.pollers.list || is_woken(id, GALE_OK), "PL02: who polls looks again");
    }
}

/* @mutant src/kernel/event.c: `e->flags |= bits;` -> `e->flags = bits;`
 * @mutant src/kernel/event.c: `thread = next;` -> `thread = GALE_ID_NONE;` */
void check_post(void)
{
    const uint32_t bits = nondet_u32();

    any_event();
    on_any_flow();
    const uint32_t left = serve(old_flags | bits);

    gale_event_post(&e, bits);
    prove(e.flags == left, "EV01 EV07: the bits are added; only who was served took some");
    prove((old_flags & ~e.flags & left) == 0, "EV08: post clears nothing");
    all_served();
    event_still_valid();
}

/* @mutant src/kernel/event.c: `e->flags = bits;` -> `e->flags |= bits;`
 * @mutant src/kernel/event.c: `found == mask : found != 0` -> `found != 0 : found == mask` */
void check_set(void)
{
    const uint32_t bits = nondet_u32();

    any_event();
    on_any_flow();
    const uint32_t left = serve(bits);

    gale_event_set(&e, bits);
    prove(e.flags == left, "EV02: the bits are the flags; only who was served took some");
    all_served();
    event_still_valid();
}

/* @mutant src/kernel/event.c: `(e->flags & ~mask) | (bits & mask)` -> `e->flags | (bits & mask)`
 * @mutant src/kernel/event.c: `gale__poll_notify(e->waiters.executor);` -> `` */
void check_set_masked(void)
{
    const uint32_t bits = nondet_u32();
    const uint32_t mask = nondet_u32();

    any_event();
    on_any_flow();
    const uint32_t left = serve((old_flags & ~mask) | (bits & mask));

    gale_event_set_masked(&e, bits, mask);
    prove(e.flags == left, "EV04: only flags of the mask have changed, before those who were served took some");
    all_served();
    event_still_valid();
}

/* @mutant src/kernel/event.c: `e->flags &= ~bits;` -> `e->flags ^= bits;` */
void check_clear(void)
{
    const uint32_t bits = nondet_u32();
    const uint32_t mask = nondet_u32();

    any_event();
    on_any_flow();
    gale_event_clear(&e, bits);
    prove(e.flags == (old_flags & ~bits), "EV03: exactly the named bits are gone");
    prove(gale_event_test(&e, mask) == (e.flags & mask), "EV07: a test tells the flags of the mask");
    event_still_valid();
}

static enum { POSTED, EARLY } how; /* what ends the wait */
static int owed;
static uint32_t words[3], posted;

static void others(gale_id self)
{
    prove(place_of(self) == e.waiters.list && by_priority(e.waiters.list), "P10 EV09: the caller waits in its place");
    prove(gale_event_is_valid(&e), "EV09: while its condition does not hold");
    if (how == POSTED) {
        posted = nondet_u32();
        gale_event_set(&e, posted);
        owed = GALE_OK;
    } else {
        owed = end_early(self);
    }
    assume(gale_thread_is_ready(&memory_threads[self])); /* the others may go on until it is */
}

static void wait(void)
{
    uint32_t matched = nondet_u32();
    const uint32_t before = matched;

    any_event();
    on_any_flow();
    words[0] = nondet_u32();
    words[1] = nondet_u32();
    const gale_tick deadline = nondet_u64();
    const int status = gale_event_wait(&e, words[0], words[1], deadline, &matched);

    if (words[0] == 0 || words[1] > 3u) {
        prove(status == GALE_EINVAL && e.flags == old_flags && !gave_way, "EV07: no mask or option of that kind");
    } else if (holds(old_flags, words)) {
        prove(status == GALE_OK && matched == (old_flags & words[0]) && !gave_way, "EV05 EV06: at once, if it holds");
        prove(e.flags == (words[1] >= 2u ? old_flags & ~words[0] : old_flags), "EV03: exactly the matched bits go");
    } else if (!gave_way) {
        prove(status == (deadline == GALE_NO_WAIT                                              ? GALE_EAGAIN
                         : x.running < THREADS && memory_threads[x.running].spec.stack != NULL ? GALE_ETIMEDOUT
                                                                                               : GALE_EPERM),
              "TO08 EV05 EV06: who need not or may not wait is told");
        prove(e.flags == old_flags, "EV05 EV06: and nothing has changed");
    } else {
        prove(deadline != GALE_NO_WAIT && status == owed, "TO08 EV09: the status of what ended the wait");
        prove(status != GALE_OK || (holds(posted, words) && (matched & ~(posted & words[0])) == 0),
              "EV05 EV06: woken only when the condition holds, with bits of the mask");
    }
    prove(status == GALE_OK || matched == before, "EV05: nothing is told unless it holds");
    event_still_valid();
}

/* @mutant src/kernel/event.c: `deadline == GALE_NO_WAIT` -> `deadline == GALE_FOREVER`
 * @mutant src/kernel/event.c: `words[EVENT_WORD_OPTIONS] = options;` -> `words[EVENT_WORD_OPTIONS] = GALE_EVENT_ANY;` */
void check_wait_until_posted(void)
{
    how = POSTED;
    wait();
}

/* @mutant src/kernel/event.c: `status == GALE_OK && matched` -> `matched` */
void check_wait_until_ended(void)
{
    how = EARLY;
    wait();
}
