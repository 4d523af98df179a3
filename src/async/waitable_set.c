/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/async/waitable_set.h"

#include "gale/kernel/list.h"
#include "gale/kernel/wait_queue.h"

/* ---- init and validity --------------------------------------------------------------------------------------- */

/*@ requires own: \valid_read(pool) && \valid(pool->executor);
    assigns  \nothing;
    ensures  links: \result == &pool->executor->links;
*/
static struct gale_list_pool *waitable_set_links(const struct gale_waitable_pool *pool)
{
    return &pool->executor->links;
}

/*@ requires own: \valid_read(pool) && pool->first_node + waitable < GALE_ID_NONE;
    assigns  \nothing;
    ensures  node: \result == pool->first_node + waitable;
*/
static gale_id waitable_set_node(const struct gale_waitable_pool *pool, gale_id waitable)
{
    return (gale_id)(pool->first_node + waitable);
}

/*@ requires own: \valid(item);
    assigns  *item;
    ensures  pl14: item->set == \null && item->type == GALE_WAITABLE_EVENT_NONE &&
               item->cancel == GALE_WAITABLE_CANCEL_NONE;
*/
static void waitable_set_renew(struct gale_waitable *item)
{
    item->set = NULL;
    item->payload = 0;
    item->type = GALE_WAITABLE_EVENT_NONE;
    item->cancel = GALE_WAITABLE_CANCEL_NONE;
}

int gale_waitable_set_pool_init(struct gale_waitable_pool *pool, struct gale_executor *x, struct gale_waitable *items,
                                gale_id count)
{
    if (count == 0) {
        return GALE_EINVAL;
    }
    pool->executor = x;
    pool->items = items;
    pool->count = count;
    /*@ loop invariant range: 0 <= i <= count;
        loop assigns i, items[0 .. count - 1];
        loop variant count - i;
    */
    for (gale_id i = 0; i < count; i++) {
        waitable_set_renew(&items[i]);
    }
    return gale_list_pool_take_nodes(&x->links, count, &pool->first_node);
}

int gale_waitable_set_init(struct gale_waitable_set *set, struct gale_waitable_pool *pool)
{
    const int status = gale_list_pool_take_lists(waitable_set_links(pool), 1, &set->pending);

    if (status != GALE_OK) {
        return status;
    }
    set->pool = pool;
    set->members = 0;
    set->task = GALE_ID_NONE;
    return gale_wait_queue_init(&set->waiters, pool->executor);
}

/* A cancellation that has yet to follow has something to follow; one that is pending was sent. */
/*@ requires own: \valid_read(item);
    assigns  \nothing;
    ensures  pl11: \result <==> waitable_item_ok(item);
*/
static bool waitable_set_item_is_valid(const struct gale_waitable *item)
{
    const bool posted = item->type < GALE_WAITABLE_EVENT_CANCELLED;

    if (item->cancel == GALE_WAITABLE_CANCEL_NONE) {
        return posted;
    }
    if (item->cancel == GALE_WAITABLE_CANCEL_NEXT) {
        return posted && item->type != GALE_WAITABLE_EVENT_NONE;
    }
    return item->cancel == GALE_WAITABLE_CANCEL_SENT && item->type <= GALE_WAITABLE_EVENT_CANCELLED;
}

/* The list that the waitable belongs in now. */
/*@ requires own: \valid_read(item) && (item->set == \null || \valid_read(item->set));
    assigns  \nothing;
    ensures  pl14: \result == ((item->set == \null || item->type == GALE_WAITABLE_EVENT_NONE)
                               ? GALE_ID_NONE : item->set->pending);
*/
static gale_id waitable_set_place(const struct gale_waitable *item)
{
    return item->set == NULL || item->type == GALE_WAITABLE_EVENT_NONE ? GALE_ID_NONE : item->set->pending;
}

bool gale_waitable_set_pool_is_valid(const struct gale_waitable_pool *pool)
{
    bool ok = true;

    /*@ loop invariant range: 0 <= w <= pool->count;
        loop assigns w, ok;
        loop variant pool->count - w;
    */
    for (gale_id w = 0; ok && w < pool->count; w++) {
        const struct gale_waitable *item = &pool->items[w];
        ok = waitable_set_item_is_valid(item) && (item->set == NULL || item->set->pool == pool) &&
             gale_list_owner(waitable_set_links(pool), waitable_set_node(pool, w)) == waitable_set_place(item);
    }
    return ok;
}

/* Members with a pending event, by a walk of the FIFO; more than there are members if the FIFO is broken. */
/*@ requires own: waitable_set_own(set);
    assigns  \nothing;
    ensures  most: \result <= set->members + 1;
*/
static gale_id waitable_set_count_pending(const struct gale_waitable_set *set)
{
    gale_id node = gale_list_first(waitable_set_links(set->pool), set->pending);
    gale_id count = 0;

    /*@ loop invariant range: 0 <= count <= set->members + 1;
        loop assigns count, node;
        loop variant set->members + 1 - count;
    */
    for (; node != GALE_ID_NONE && count <= set->members; count++) {
        node = gale_list_next(waitable_set_links(set->pool), node);
    }
    return count;
}

bool gale_waitable_set_is_valid(const struct gale_waitable_set *set)
{
    gale_id members = 0;
    gale_id pending = 0;

    /*@ loop invariant range: 0 <= w <= set->pool->count && members <= w && pending <= w;
        loop assigns w, members, pending;
        loop variant set->pool->count - w;
    */
    for (gale_id w = 0; w < set->pool->count; w++) {
        const struct gale_waitable *item = &set->pool->items[w];
        members = (gale_id)(members + (item->set == set ? 1 : 0));
        pending = (gale_id)(pending + (waitable_set_place(item) == set->pending ? 1 : 0));
    }
    return members == set->members && pending == waitable_set_count_pending(set) &&
           (pending == 0 || gale_wait_queue_is_empty(&set->waiters));
}

gale_id gale_waitable_set_members(const struct gale_waitable_set *set)
{
    return set->members;
}

/* ---- delivery ------------------------------------------------------------------------------------------------ */

/*@ requires own: waitable_set_own(set) && waitable < set->pool->count;
    requires pl14: list_free(&set->pool->executor->links, set->pool->first_node + waitable);
    ensures  pl12: list_at(set->pending, list_len(set->pending)) == set->pool->first_node + waitable;
*/
static void waitable_set_enqueue(struct gale_waitable_set *set, gale_id waitable)
{
    gale_list_push_back(waitable_set_links(set->pool), set->pending, waitable_set_node(set->pool, waitable));
}

/*@ requires own: \valid(item);
    assigns  item->type, item->payload, item->cancel;
    ensures  pl11: item->type == GALE_WAITABLE_EVENT_CANCELLED && item->payload == 0 &&
               item->cancel == GALE_WAITABLE_CANCEL_SENT;
*/
static void waitable_set_pend_cancel(struct gale_waitable *item)
{
    item->type = GALE_WAITABLE_EVENT_CANCELLED;
    item->payload = 0;
    item->cancel = GALE_WAITABLE_CANCEL_SENT;
}

/* Takes the oldest event of a set that has one; true if a cancellation has become pending in its wake. */
/*@ requires own: waitable_set_own(set) && \valid(event);
    requires some: list_len(set->pending) > 0;
    ensures  pl09: 0 < event->type < GALE_WAITABLE_EVENT_TYPES;
    ensures  pl10: event->join_id == \old(list_at(set->pending, 1)) - set->pool->first_node;
    ensures  pl11: \result ==> list_len(set->pending) == \old(list_len(set->pending));
    ensures  pl12: !\result ==> list_len(set->pending) == \old(list_len(set->pending)) - 1;
*/
static bool waitable_set_take(struct gale_waitable_set *set, struct gale_waitable_event *event)
{
    const gale_id node = gale_list_pop_front(waitable_set_links(set->pool), set->pending);
    const gale_id waitable = (gale_id)(node - set->pool->first_node);
    struct gale_waitable *item = &set->pool->items[waitable];

    event->type = item->type;
    event->join_id = waitable;
    event->payload = item->payload;
    item->type = GALE_WAITABLE_EVENT_NONE;
    if (item->cancel != GALE_WAITABLE_CANCEL_NEXT) {
        return false;
    }
    waitable_set_pend_cancel(item);
    waitable_set_enqueue(set, waitable);
    return true;
}

/*@ requires own: waitable_set_own(set);
    assigns  \nothing;
    ensures  some: \result <==> list_len(set->pending) > 0;
*/
static bool waitable_set_has_event(const struct gale_waitable_set *set)
{
    return !gale_list_is_empty(waitable_set_links(set->pool), set->pending);
}

/* Gives the oldest event to the thread that has waited longest, if there are both. */
/*@ requires own: waitable_set_own(set); */
static void waitable_set_hand_over(struct gale_waitable_set *set)
{
    const gale_id thread = gale_wait_queue_first(&set->waiters);
    struct gale_waitable_event event;
    uint32_t *words;

    if (thread == GALE_ID_NONE || !waitable_set_has_event(set)) {
        return;
    }
    (void)waitable_set_take(set, &event);
    words = gale_wait_queue_words(&set->waiters, thread);
    words[0] = event.type;
    words[1] = event.join_id;
    words[2] = event.payload;
    gale_wait_queue_wake(&set->waiters, thread, GALE_OK);
}

/* To be called when an event has become pending: it goes to threads that wait, else the callback task is to run. */
/*@ requires own: waitable_set_own(set);
    requires some: list_len(set->pending) > 0;
*/
static void waitable_set_announce(struct gale_waitable_set *set)
{
    struct gale_executor *x = set->pool->executor;

    /* Twice: the event may be followed by a cancellation. */
    waitable_set_hand_over(set);
    waitable_set_hand_over(set);
    if (set->task != GALE_ID_NONE && waitable_set_has_event(set)) {
        /* A task that has died meanwhile is no error of who posts; the event stays pending. */
        (void)gale_executor_post_task(x, set->task);
    }
    /* Others may have run by now and given the set up: it is not looked at again. */
    gale_executor_reschedule(x);
}

/* The event that `waitable` has now has just become pending. */
/*@ requires own: \valid(pool) && waitable < pool->count;
    requires some: pool->items[waitable].type != GALE_WAITABLE_EVENT_NONE;
*/
static void waitable_set_arrive(struct gale_waitable_pool *pool, gale_id waitable)
{
    struct gale_waitable_set *set = pool->items[waitable].set;

    if (set != NULL) {
        waitable_set_enqueue(set, waitable);
        waitable_set_announce(set);
    }
}

int gale_waitable_set_on_event(struct gale_waitable_set *set, gale_id task)
{
    const gale_id before = set->task;
    int status = GALE_OK;

    set->task = task;
    if (task != GALE_ID_NONE) {
        /* The task may run at once, and what becomes pending then asks for it again. A refusal switches to nobody. */
        status = gale_executor_post_task(set->pool->executor, task);
    }
    if (status != GALE_OK) {
        set->task = before;
    }
    return status;
}

int gale_waitable_set_post(struct gale_waitable_pool *pool, gale_id waitable, uint32_t type, uint32_t payload)
{
    if (waitable >= pool->count || type == GALE_WAITABLE_EVENT_NONE || type >= GALE_WAITABLE_EVENT_CANCELLED) {
        return GALE_EINVAL;
    }
    if (pool->items[waitable].type != GALE_WAITABLE_EVENT_NONE) {
        return GALE_EBUSY;
    }
    pool->items[waitable].type = (uint8_t)type;
    pool->items[waitable].payload = payload;
    waitable_set_arrive(pool, waitable);
    return GALE_OK;
}

int gale_waitable_set_cancel(struct gale_waitable_pool *pool, gale_id waitable)
{
    struct gale_waitable *item;

    if (waitable >= pool->count) {
        return GALE_EINVAL;
    }
    item = &pool->items[waitable];
    if (item->cancel != GALE_WAITABLE_CANCEL_NONE) {
        return GALE_EALREADY;
    }
    if (item->type != GALE_WAITABLE_EVENT_NONE) {
        item->cancel = GALE_WAITABLE_CANCEL_NEXT;
        return GALE_OK;
    }
    waitable_set_pend_cancel(item);
    waitable_set_arrive(pool, waitable);
    return GALE_OK;
}

int gale_waitable_set_poll(struct gale_waitable_set *set, struct gale_waitable_event *event)
{
    if (!waitable_set_has_event(set)) {
        return GALE_EAGAIN;
    }
    if (waitable_set_take(set, event)) {
        waitable_set_announce(set);
    }
    return GALE_OK;
}

int gale_waitable_set_wait(struct gale_waitable_set *set, gale_tick deadline, struct gale_waitable_event *event)
{
    const gale_id me = gale_executor_current(set->pool->executor);
    const uint32_t *words;
    int status = gale_waitable_set_poll(set, event);

    if (status == GALE_OK || deadline == GALE_NO_WAIT) {
        return status;
    }
    if (me == GALE_ID_NONE) {
        return GALE_EPERM;
    }
    /* Once an event is handed over, others may drop the set before this thread runs. */
    words = gale_wait_queue_words(&set->waiters, me);
    status = gale_wait_queue_wait(&set->waiters, GALE_WAIT_FIFO, deadline);
    if (status == GALE_OK) {
        event->type = words[0];
        event->join_id = words[1];
        event->payload = words[2];
    }
    return status;
}

/* ---- membership ---------------------------------------------------------------------------------------------- */

/*@ requires own: waitable_pool_ok(pool) && waitable < pool->count;
    ensures  pl14: pool->items[waitable].set == \null;
    ensures  pl12: pool->items[waitable].type == \old(pool->items[waitable].type);
*/
static void waitable_set_detach(struct gale_waitable_pool *pool, gale_id waitable)
{
    struct gale_waitable *item = &pool->items[waitable];

    if (item->set == NULL) {
        return;
    }
    if (item->type != GALE_WAITABLE_EVENT_NONE) {
        gale_list_remove(waitable_set_links(pool), waitable_set_node(pool, waitable));
    }
    item->set->members--;
    item->set = NULL;
}

int gale_waitable_set_join(struct gale_waitable_set *set, gale_id waitable)
{
    struct gale_waitable_pool *pool = set->pool;

    if (waitable >= pool->count) {
        return GALE_EINVAL;
    }
    if (pool->items[waitable].set == set) {
        return GALE_OK;
    }
    waitable_set_detach(pool, waitable);
    pool->items[waitable].set = set;
    set->members++;
    if (pool->items[waitable].type != GALE_WAITABLE_EVENT_NONE) {
        waitable_set_arrive(pool, waitable);
    }
    return GALE_OK;
}

int gale_waitable_set_leave(struct gale_waitable_pool *pool, gale_id waitable)
{
    if (waitable >= pool->count) {
        return GALE_EINVAL;
    }
    waitable_set_detach(pool, waitable);
    return GALE_OK;
}

int gale_waitable_set_drop_waitable(struct gale_waitable_pool *pool, gale_id waitable)
{
    const int status = gale_waitable_set_leave(pool, waitable);

    if (status == GALE_OK) {
        waitable_set_renew(&pool->items[waitable]);
    }
    return status;
}

int gale_waitable_set_drop(struct gale_waitable_set *set)
{
    if (set->members > 0 || !gale_wait_queue_is_empty(&set->waiters)) {
        return GALE_EBUSY;
    }
    set->task = GALE_ID_NONE;
    return GALE_OK;
}
