/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One step of waitables and their sets from any valid state of them and of their executor. In a FIFO the waitables
 * stand in the order of their ids: every other state is one of these with the waitables renamed.
 * @bound 2 waitables, 1 set, 1 thread, 3 priorities, 1 timer; any events, cancellations, waiters, tasks, caller
 * @cbmc --unwind 5
 * @cbmc --unwindset executor_init_bell.0:32,list_init_links.1:12,gale_list_pool_is_valid.0:12
 */
#define THREADS 1
#define WAITABLES 2
#define SETS 1
#define OBJECT_LISTS 4
#include "executor.h"

#include "async/waitable_set.c"

static struct gale_waitable_pool pool;
static struct gale_waitable items[WAITABLES], old[WAITABLES];
static struct gale_waitable_set a, b;
static struct gale_waitable_set old_a, old_b;
static gale_id old_place[THREADS], old_node[WAITABLES];
static struct gale_waitable_event event, old_event;

static struct gale_waitable_set *any_set(void)
{
    return SETS > 1 && nondet_bool() ? &b : &a;
}

static void any_item(gale_id w)
{
    items[w].set = nondet_bool() ? any_set() : NULL;
    items[w].payload = nondet_u32();
    items[w].type = nondet_u8();
    items[w].cancel = nondet_u8();
    assume(waitable_set_item_is_valid(&items[w]));
    if (items[w].set != NULL) {
        items[w].set->members++;
        if (items[w].type != GALE_WAITABLE_EVENT_NONE) {
            gale_list_push_back(&x.links, items[w].set->pending, waitable_set_node(&pool, w));
        }
    }
}

static void any_sets(void)
{
    new_executor();
    assume(gale_waitable_set_pool_init(&pool, &x, items, WAITABLES) == GALE_OK);
    assume(gale_waitable_set_init(&a, &pool) == GALE_OK && gale_waitable_set_init(&b, &pool) == GALE_OK);
    any_state();
    for (gale_id id = 0; id < THREADS; id++) {
        old_place[id] = place_of(id);
        assume(old_place[id] != a.pending && old_place[id] != b.pending);
    }
    a.task = nondet_bool() ? GALE_ID_NONE : (gale_id)any_upto(THREADS - 1u);
    b.task = nondet_bool() ? GALE_ID_NONE : (gale_id)any_upto(THREADS - 1u);
    for (gale_id w = 0; w < WAITABLES; w++) {
        any_item(w);
    }
    assume(gale_waitable_set_is_valid(&a) && gale_waitable_set_is_valid(&b)); /* nobody waits at a pending event */
    for (gale_id w = 0; w < WAITABLES; w++) {
        old[w] = items[w];
        old_node[w] = place_of(waitable_set_node(&pool, w));
    }
    old_a = a;
    old_b = b;
    event.type = nondet_u32();
    event.join_id = nondet_u32();
    event.payload = nondet_u32();
    old_event = event;
}

static bool item_kept(gale_id w)
{
    return items[w].set == old[w].set && items[w].type == old[w].type && items[w].cancel == old[w].cancel &&
           items[w].payload == old[w].payload && place_of(waitable_set_node(&pool, w)) == old_node[w];
}

/** The thread that has waited longest at `set`. */
static gale_id first_waiter(const struct gale_waitable_set *set)
{
    gale_id first = GALE_ID_NONE;

    for (gale_id id = 0; id < THREADS; id++) {
        first = first == GALE_ID_NONE && old_place[id] == set->waiters.list ? id : first;
    }
    return first;
}

/** The oldest event of `set`. */
static gale_id oldest(const struct gale_waitable_set *set)
{
    gale_id first = GALE_ID_NONE;

    for (gale_id w = 0; w < WAITABLES; w++) {
        first = first == GALE_ID_NONE && old_node[w] == set->pending ? w : first;
    }
    return first;
}

static bool has_words(gale_id thread, uint32_t type, uint32_t w, uint32_t payload)
{
    const uint32_t *words = memory_threads[thread].wait_words;

    return is_woken(thread, GALE_OK) && words[0] == type && words[1] == w && words[2] == payload;
}

/** `w` is in the FIFO of its set, at its end. */
static bool is_newest(gale_id w)
{
    return items[w].set != NULL && gale_list_last(&x.links, items[w].set->pending) == waitable_set_node(&pool, w);
}

/** The event of `w`, which has just come up in its set: the first waiter has it, or it waits as the newest. */
static void arrived(gale_id w, const struct gale_waitable_set *set, uint32_t type, uint32_t payload)
{
    const gale_id thread = first_waiter(set);
    const gale_id task = set->task;

    if (thread != GALE_ID_NONE) {
        prove(has_words(thread, type, w, payload),
              "PL12 PL13 PL10: the thread that has waited longest has it, and is ready");
    } else {
        prove(items[w].type == type && items[w].payload == payload && is_newest(w), "PL12: it is the last in the FIFO");
        prove(task == GALE_ID_NONE || old_place[task] != GALE_ID_NONE || memory_threads[task].spec.stack != NULL ||
                  memory_threads[task].dead || !memory_threads[task].pending,
              "PL13: else the callback task is asked to run");
    }
}

static void sets_still_valid(void)
{
    const gale_id w = (gale_id)any_upto(WAITABLES - 1u);
    const gale_id node = waitable_set_node(&pool, w);

    prove(gale_waitable_set_pool_is_valid(&pool),
          "PL10 PL14: a waitable with an event is in the FIFO of its set, else in none");
    prove(gale_waitable_set_is_valid(&a) && gale_waitable_set_is_valid(&b),
          "PL13: nobody waits while an event is pending");
    prove(items[w].type < GALE_WAITABLE_EVENT_TYPES, "PL09: one of the seven codes");
    prove(items[w].type != GALE_WAITABLE_EVENT_CANCELLED || items[w].cancel == GALE_WAITABLE_CANCEL_SENT,
          "PL11: a cancellation that is pending was sent once");
    prove(place_of(node) == GALE_ID_NONE || (items[w].set != NULL && place_of(node) == items[w].set->pending),
          "PL14: in at most one set");
    still_valid();
}

/* @mutant src/async/waitable_set.c: `waitable_set_hand_over(set);` -> ``
 * @mutant src/async/waitable_set.c: `words[1] = event.join_id;` -> ``
 * @mutant src/async/waitable_set.c: `|| type >= GALE_WAITABLE_EVENT_CANCELLED` -> `|| type > GALE_WAITABLE_EVENT_CANCELLED`
 * @mutant src/async/waitable_set.c: `(void)gale_executor_post_task(x, set->task);` -> `` */
void check_post(void)
{
    const gale_id w = (gale_id)any_upto(WAITABLES);
    const gale_id other = (gale_id)any_upto(WAITABLES - 1u);
    const uint32_t type = nondet_u32();
    const uint32_t payload = nondet_u32();

    any_sets();
    on_any_flow();
    const int status = gale_waitable_set_post(&pool, w, type, payload);

    prove((status == GALE_EINVAL) == (w >= WAITABLES || type == 0 || type >= 6u),
          "PL09: only codes that can be posted");
    prove(status == GALE_EINVAL || (status == GALE_EBUSY) == (old[w].type != 0), "PL12: one event at a time");
    if (status != GALE_OK) {
        prove(item_kept(other), "PL12: refused without a trace");
    } else if (old[w].set != NULL) {
        arrived(w, old[w].set, type, payload);
    } else {
        prove(items[w].type == type && items[w].payload == payload, "PL12: it waits for a set");
    }
    prove(other == w || item_kept(other), "PL12: no other event is touched");
    sets_still_valid();
}

/* @mutant src/async/waitable_set.c: `item->cancel = GALE_WAITABLE_CANCEL_SENT;` -> ``
 * @mutant src/async/waitable_set.c: `return GALE_EALREADY;` -> `return GALE_OK;` */
void check_cancel(void)
{
    const gale_id w = (gale_id)any_upto(WAITABLES);
    const gale_id other = (gale_id)any_upto(WAITABLES - 1u);

    any_sets();
    on_any_flow();
    const int status = gale_waitable_set_cancel(&pool, w);

    prove((status == GALE_EINVAL) == (w >= WAITABLES), "PL10: only a waitable");
    prove(w >= WAITABLES || (status == GALE_EALREADY) == (old[w].cancel != 0), "PL11: only once");
    if (status != GALE_OK) {
        prove(item_kept(other), "PL11: refused without a trace");
    } else if (old[w].type != 0) {
        prove(items[w].type == old[w].type && items[w].cancel == GALE_WAITABLE_CANCEL_NEXT &&
                  items[w].set == old[w].set,
              "PL11 PL12: it follows the event that is pending");
    } else if (old[w].set != NULL) {
        arrived(w, old[w].set, GALE_WAITABLE_EVENT_CANCELLED, 0);
    } else {
        prove(items[w].type == GALE_WAITABLE_EVENT_CANCELLED, "PL11: it waits for a set");
    }
    prove(other == w || item_kept(other), "PL12: no other event is touched");
    sets_still_valid();
}

/** `w` was delivered: its event is gone, or its cancellation has taken the place. */
static void delivered(gale_id w)
{
    prove(event.type == old[w].type && event.join_id == w && event.payload == old[w].payload,
          "PL12 PL10 PL09: the oldest event, as it was posted");
    prove(event.type > 0 && event.type < GALE_WAITABLE_EVENT_TYPES, "PL09: one of the codes");
    if (old[w].cancel == GALE_WAITABLE_CANCEL_NEXT) {
        prove(items[w].type == GALE_WAITABLE_EVENT_CANCELLED && is_newest(w) &&
                  items[w].cancel == GALE_WAITABLE_CANCEL_SENT,
              "PL11: now the cancellation is pending");
    } else {
        prove(items[w].type == 0 && items[w].cancel == old[w].cancel, "PL12 PL11: delivered once");
    }
    prove(items[w].set == old[w].set, "PL14: it stays a member");
}

/* @mutant src/async/waitable_set.c: `event->type = item->type;` -> `event->type = GALE_WAITABLE_EVENT_SUBTASK;`
 * @mutant src/async/waitable_set.c: `item->cancel != GALE_WAITABLE_CANCEL_NEXT` -> `item->cancel == GALE_WAITABLE_CANCEL_NONE`
 * @mutant src/async/waitable_set.c: `event->payload = item->payload;` -> `` */
void check_poll(void)
{
    struct gale_waitable_set *const set = any_set();
    const gale_id other = (gale_id)any_upto(WAITABLES - 1u);

    any_sets();
    on_any_flow();
    const gale_id w = oldest(set);
    const int status =
        nondet_bool() ? gale_waitable_set_poll(set, &event) : gale_waitable_set_wait(set, GALE_NO_WAIT, &event);

    prove(status == (w == GALE_ID_NONE ? GALE_EAGAIN : GALE_OK), "PL12: iff an event is pending");
    if (w == GALE_ID_NONE) {
        prove(event.type == old_event.type && event.join_id == old_event.join_id, "PL12: nothing is told");
        prove(item_kept(other) && !gave_way, "PL12 TO08: nothing has changed");
    } else {
        delivered(w);
    }
    prove(other == w || item_kept(other), "PL12: no other event is touched");
    sets_still_valid();
}

static enum { NO_WAIT, POSTED, EARLY } how; /* what ends the wait; NO_WAIT: there is none */
static struct gale_waitable_set *waited_at;
static int owed;

static void others(gale_id self)
{
    static bool inside; /* nobody holds the core meanwhile, so nobody gives it away */

    prove(how != NO_WAIT && !inside, "TO08: this call does not wait");
    assume(how != NO_WAIT && !inside);
    inside = true;
    prove(place_of(self) == waited_at->waiters.list && gale_list_last(&x.links, waited_at->waiters.list) == self,
          "PL13: the caller waits at the end of the line");
    prove(oldest(waited_at) == GALE_ID_NONE, "PL13: only while no event is pending");
    if (how == POSTED) {
        const gale_id w = (gale_id)any_upto(WAITABLES - 1u);

        if (nondet_bool()) {
            (void)gale_waitable_set_post(&pool, w, any_upto(7), nondet_u32());
        } else {
            (void)gale_waitable_set_cancel(&pool, w);
        }
        owed = GALE_OK;
    } else {
        owed = end_early(self);
    }
    old_event.type = memory_threads[self].wait_words[0];
    old_event.join_id = memory_threads[self].wait_words[1];
    inside = false;
    assume(gale_thread_is_ready(&memory_threads[self])); /* the others may go on until it is */
}

static void wait(void)
{
    any_sets();
    (void)on_thread();
    waited_at = &a;
    assume(oldest(&a) == GALE_ID_NONE);
    const gale_tick deadline = nondet_u64();
    const int status = gale_waitable_set_wait(&a, deadline, &event);

    prove(gave_way || status == (deadline == GALE_NO_WAIT ? GALE_EAGAIN : GALE_ETIMEDOUT),
          "TO08: it blocks, or says why");
    prove(!gave_way || status == owed, "PL13: the status of what ended the wait");
    if (gave_way && status == GALE_OK) {
        prove(event.type == old_event.type && event.join_id == old_event.join_id,
              "PL12: the event that was handed over");
        prove(event.type > 0 && event.type < GALE_WAITABLE_EVENT_TYPES, "PL09: one of the codes");
        prove(event.join_id < WAITABLES && items[event.join_id].set == &a, "PL10: of a waitable in this set");
    }
    sets_still_valid();
}

/* @mutant src/async/waitable_set.c: `event->join_id = words[1];` -> `event->join_id = words[2];` */
void check_wait_until_posted(void)
{
    how = POSTED;
    wait();
}

/* @mutant src/async/waitable_set.c: `status == GALE_OK || deadline == GALE_NO_WAIT` -> `status == GALE_OK`
 * @mutant src/async/waitable_set.c: `&set->waiters, GALE_WAIT_FIFO` -> `&set->waiters, GALE_WAIT_PRIORITY` */
void check_wait_until_ended(void)
{
    how = EARLY;
    wait();
}

/* @mutant src/async/waitable_set.c: `waitable_set_detach(pool, waitable);` -> ``
 * @mutant src/async/waitable_set.c: `set->members++;` -> `` */
void check_join(void)
{
    struct gale_waitable_set *const set = any_set();
    const gale_id w = (gale_id)any_upto(WAITABLES);
    const gale_id other = (gale_id)any_upto(WAITABLES - 1u);

    any_sets();
    on_any_flow();
    const int status = gale_waitable_set_join(set, w);

    prove(status == (w < WAITABLES ? GALE_OK : GALE_EINVAL), "PL10: only a waitable");
    if (status != GALE_OK || old[w].set == set) {
        prove(item_kept(other), "PL14: nothing changes");
    } else {
        prove(items[w].set == set, "PL14: it is in this set, and in no other");
        if (old[w].type != 0) {
            arrived(w, set, old[w].type, old[w].payload);
        }
    }
    prove(other == w || item_kept(other), "PL12: no other event is touched");
    sets_still_valid();
}

/* @mutant src/async/waitable_set.c: `item->set->members--;` -> ``
 * @mutant src/async/waitable_set.c: `waitable_set_renew(&pool->items[waitable]);` -> ``
 * @mutant src/async/waitable_set.c: `gale_list_remove(waitable_set_links(pool), waitable_set_node(pool, waitable));` -> `` */
void check_leave_and_drop(void)
{
    const gale_id w = (gale_id)any_upto(WAITABLES);
    const gale_id other = (gale_id)any_upto(WAITABLES - 1u);
    const bool drop = nondet_bool();

    any_sets();
    const int status = drop ? gale_waitable_set_drop_waitable(&pool, w) : gale_waitable_set_leave(&pool, w);

    prove(status == (w < WAITABLES ? GALE_OK : GALE_EINVAL), "PL10: only a waitable");
    if (status == GALE_OK) {
        prove(items[w].set == NULL && place_of(waitable_set_node(&pool, w)) == GALE_ID_NONE,
              "PL14: in no set, and its event in no FIFO");
        prove(drop ? items[w].type == 0 && items[w].cancel == 0
                   : items[w].type == old[w].type && items[w].cancel == old[w].cancel &&
                         items[w].payload == old[w].payload,
              "PL12 PL11: a pending event stays with it until it is dropped");
    }
    prove(other == w || item_kept(other), "PL12: no other event is touched");
    prove(!gave_way, "PL15: nobody is woken");
    sets_still_valid();
}

/* @mutant src/async/waitable_set.c: `set->members > 0 || ` -> ``
 * @mutant src/async/waitable_set.c: `status = gale_executor_post_task(set->pool->executor, task);` -> `` */
void check_drop_and_on_event(void)
{
    const gale_id task = (gale_id)nondet_u32();

    any_sets();
    on_any_flow();
    if (nondet_bool()) {
        const int status = gale_waitable_set_drop(&a);

        prove((status == GALE_OK) == (old_a.members == 0 && first_waiter(&a) == GALE_ID_NONE),
              "PL14: given up iff nobody is in it or waits for it");
        prove(a.task == (status == GALE_OK ? GALE_ID_NONE : old_a.task),
              "PL13: its task is forgotten, or nothing changed");
    } else {
        const bool is_task = task < THREADS && memory_threads[task].spec.stack == NULL && !memory_threads[task].dead;
        const int status = gale_waitable_set_on_event(&a, task);

        prove((status == GALE_OK) == (task == GALE_ID_NONE || is_task), "PL13: only a callback task");
        prove(a.task == (status == GALE_OK ? task : old_a.task), "PL13: it is set, or nothing changed");
        prove(status != GALE_OK || task == GALE_ID_NONE || !memory_threads[task].pending,
              "PL13: it is asked to run once");
    }
    sets_still_valid();
}
