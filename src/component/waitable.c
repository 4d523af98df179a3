/* SPDX-License-Identifier: Apache-2.0 */
/** Canonical ABI, Waitable State. */
#include <string.h>

#include "runtime.h"

/** From the kind of a waitable's handle to the code of its events. */
#define WAITABLE_CODE (GALE_HANDLE_SUBTASK - GALE_CANON_EVENT_SUBTASK)

gale_id gale__set_get(struct gale_instance *i, uint32_t index)
{
    const struct gale_handle *h = gale__handle(i, index);

    if (h->kind != GALE_HANDLE_SET) {
        gale_trap_value(i, GALE_TRAP_WRONG_KIND, index);
    }
    return h->object;
}

void gale__set_free(struct gale_instance *i, gale_id set)
{
    i->left.sets++;
    i->store->memory.sets[set].next = gale__slots_give(&i->store->sets, set);
}

/** Wakes all who wait on a set that has got an event: normally one. */
/*@ requires own: \valid(s); */
static void waitable_wake(struct gale_store *s, gale_id set)
{
    const gale_id list = gale__list_waiters(s, set);
    gale_id thread = gale_list_first(&s->links, list);

    /*@ loop invariant own: \valid(s);
        loop assigns thread;
        loop variant list_len(list);
    */
    while (thread != GALE_ID_NONE) {
        gale__thread_wake(s, thread);
        thread = gale_list_first(&s->links, list);
    }
}

void gale__waitable_post(struct gale_instance *i, uint32_t index)
{
    struct gale_handle *h = &i->handles.entries[index - 1u];

    if (i->poisoned || (h->lends & GALE_HANDLE_EVENT) != 0) {
        return; /* nobody is left to learn of it, or it is known already */
    }
    h->lends |= GALE_HANDLE_EVENT;
    if ((h->lends & GALE_HANDLE_SYNC) != 0) {
        gale__thread_wake(i->store, h->set);
    } else if (h->set != GALE_ID_NONE) {
        gale_list_push_back(&i->store->links, gale__list_events(i->store, h->set), gale__node_handle(i, index));
        waitable_wake(i->store, h->set);
    }
}

/** The state of a subtask, at the moment at which its caller learns it. */
/*@ requires own: \valid(s); */
static uint32_t waitable_deliver_subtask(struct gale_store *s, gale_id id)
{
    struct gale_subtask *st = gale__subtask(s, id);

    if (gale__subtask_is_resolved(st)) {
        gale__subtask_deliver(s, st);
    }
    return st->state;
}

/*@ requires own: \valid_read(h);
    assigns  \nothing;
*/
static uint32_t waitable_code(const struct gale_handle *h)
{
    return (uint32_t)h->kind - WAITABLE_CODE;
}

uint32_t gale__waitable_take(struct gale_instance *i, uint32_t index)
{
    struct gale_handle *h = &i->handles.entries[index - 1u];
    uint32_t payload;

    h->lends &= (gale_id)~GALE_HANDLE_EVENT;
    gale__unlink(i->store, gale__node_handle(i, index));
    payload = gale__handle_is_end(h) ? gale__copy_deliver(i, index, h) : waitable_deliver_subtask(i->store, h->object);
    gale__trace(i->store, GALE_TRACE_EVENT, i->id, index, waitable_code(h));
    return payload;
}

void gale__set_take(struct gale_instance *i, gale_id set, struct gale__event *e)
{
    const gale_id node = gale_list_first(&i->store->links, gale__list_events(i->store, set));
    const uint32_t index = (uint32_t)(node - i->handles.node) + 1u;

    /* Through a pointer, member by member: a structure that is returned is read in larger pieces than it was written,
       and such a read waits until all writes before it have reached the cache, those of a long copy too. */
    e->code = waitable_code(&i->handles.entries[index - 1u]);
    e->p1 = index;
    e->p2 = gale__waitable_take(i, index);
}

void gale__waitable_wait(struct gale_instance *i, uint32_t index)
{
    struct gale_handle *h = &i->handles.entries[index - 1u];

    GALE_ASSERT(h->set == GALE_ID_NONE);
    /* A subtask may still have the event that it has started: what is waited for comes after that. */
    h->lends = (gale_id)((h->lends & ~(unsigned)GALE_HANDLE_EVENT) | GALE_HANDLE_SYNC);
    h->set = i->store->current;
    (void)gale__thread_wait(i->store, GALE_WAIT_EVENT, (gale_id)index, false);
    h->lends &= (gale_id)~GALE_HANDLE_SYNC;
    h->set = GALE_ID_NONE;
}

void gale__waitable_leave(struct gale_instance *i, uint32_t index)
{
    struct gale_handle *h = &i->handles.entries[index - 1u];

    if (h->set != GALE_ID_NONE) {
        i->store->memory.sets[h->set].members--;
        h->set = GALE_ID_NONE;
        gale__unlink(i->store, gale__node_handle(i, index));
    }
}

/* ---- the built-ins ------------------------------------------------------------------------------------------- */

/*@ requires own: \valid(i); */
static void waitable_may_leave(struct gale_instance *i)
{
    if (!i->may_leave) {
        gale_trap(i, GALE_TRAP_CANNOT_LEAVE);
    }
}

uint32_t gale_canon_waitable_set_new(struct gale_instance *i)
{
    struct gale_store *s = i->store;
    const gale_id set = gale__slots_next(&s->sets);
    uint32_t index;

    waitable_may_leave(i);
    if (i->left.sets == 0) {
        gale_trap(i, GALE_TRAP_BUDGET);
    }
    GALE_ASSERT(set != GALE_ID_NONE);
    index = gale_handle_table_add(&i->handles, GALE_HANDLE_SET, set);
    if (index == 0) {
        gale_trap(i, GALE_TRAP_TABLE_FULL);
    }
    gale__slots_take(&s->sets, set, s->memory.sets[set].next);
    i->left.sets--;
    s->memory.sets[set] = (struct gale_guest_set){0, 0, (gale_id)index};
    return index;
}

/** Writes the payloads of `e` to `ptr`: its code. */
/*@ requires own: \valid(i) && \valid_read(m) && \valid_read(e); */
static uint32_t waitable_unpack(struct gale_instance *i, const struct gale_memory *m, uint32_t ptr,
                                const struct gale__event *e)
{
    if ((ptr & (sizeof e->p1 - 1u)) != 0) {
        gale_trap(i, GALE_TRAP_UNALIGNED);
    }
    if (!gale_memory_holds(m, ptr, sizeof e->p1 + sizeof e->p2)) {
        gale_trap(i, GALE_TRAP_OUT_OF_BOUNDS);
    }
    memcpy(m->data + ptr, &e->p1, sizeof e->p1);
    memcpy(m->data + ptr + sizeof e->p1, &e->p2, sizeof e->p2);
    return e->code;
}

uint32_t gale_canon_waitable_set_wait(struct gale_instance *i, struct gale_memory *m, bool cancellable, uint32_t set,
                                      uint32_t ptr)
{
    struct gale__event e = {GALE_CANON_EVENT_TASK_CANCELLED, 0, 0};
    bool cancelled;
    gale_id id;

    gale__thread_sync(i->store, true);
    waitable_may_leave(i);
    id = gale__set_get(i, set);
    cancelled = gale__task_take_cancel(gale__current_task(i->store), cancellable);
    if (!cancelled && !gale__set_has_event(i->store, id)) {
        cancelled = gale__thread_wait(i->store, GALE_WAIT_SET, id, cancellable);
    }
    if (!cancelled) {
        gale__set_take(i, id, &e);
    }
    gale__thread_sync(i->store, false);
    return waitable_unpack(i, m, ptr, &e);
}

uint32_t gale_canon_waitable_set_poll(struct gale_instance *i, struct gale_memory *m, bool cancellable, uint32_t set,
                                      uint32_t ptr)
{
    struct gale__event e = {GALE_CANON_EVENT_NONE, 0, 0};
    gale_id id;

    waitable_may_leave(i);
    id = gale__set_get(i, set);
    if (gale__task_take_cancel(gale__current_task(i->store), cancellable)) {
        e.code = GALE_CANON_EVENT_TASK_CANCELLED;
    } else if (gale__set_has_event(i->store, id)) {
        gale__set_take(i, id, &e);
    }
    return waitable_unpack(i, m, ptr, &e);
}

void gale_canon_waitable_set_drop(struct gale_instance *i, uint32_t set)
{
    const struct gale_guest_set *record;
    gale_id id;

    waitable_may_leave(i);
    id = gale__set_get(i, set);
    record = &i->store->memory.sets[id];
    if (record->members > 0) {
        gale_trap(i, GALE_TRAP_SET_HAS_MEMBERS);
    }
    if (record->waiting > 0) {
        gale_trap(i, GALE_TRAP_SET_HAS_WAITERS);
    }
    gale_handle_table_remove(&i->handles, set);
    gale__set_free(i, id);
}

/** Puts a waitable that is in no set into `set`; a pending event arrives in it now. */
/*@ requires own: \valid(i) && \valid(h); */
static void waitable_enter(struct gale_instance *i, struct gale_handle *h, uint32_t index, gale_id set)
{
    h->set = set;
    i->store->memory.sets[set].members++;
    if ((h->lends & GALE_HANDLE_EVENT) != 0) {
        gale_list_push_back(&i->store->links, gale__list_events(i->store, set), gale__node_handle(i, index));
        waitable_wake(i->store, set);
    }
}

void gale_canon_waitable_join(struct gale_instance *i, uint32_t w, uint32_t set)
{
    struct gale_handle *h;
    gale_id id = GALE_ID_NONE;

    waitable_may_leave(i);
    h = gale__handle(i, w);
    if (!gale__handle_is_waitable(h)) {
        gale_trap_value(i, GALE_TRAP_WRONG_KIND, w);
    }
    if ((h->lends & GALE_HANDLE_SYNC) != 0) {
        gale_trap(i, GALE_TRAP_SYNC_WAITER);
    }
    id = set == 0 ? GALE_ID_NONE : gale__set_get(i, set);
    gale__waitable_leave(i, w);
    if (id != GALE_ID_NONE) {
        waitable_enter(i, h, w, id);
    }
}
