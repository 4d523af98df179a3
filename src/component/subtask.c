/* SPDX-License-Identifier: Apache-2.0 */
/** Canonical ABI, Subtask State; canon lower. */
#include "runtime.h"

#define SUBTASK_STATE_BITS 4u

/* ---- birth and death ----------------------------------------------------------------------------------------- */

gale_id gale__subtask_new(struct gale_store *s, const struct gale_binding *b, struct gale_instance *caller,
                          const union gale_flat *args, union gale_flat *results)
{
    const gale_id id = gale__slots_next(&s->subtasks);
    struct gale_subtask *st = &s->memory.subtasks[id];

    if (id == GALE_ID_NONE || (caller != NULL && caller->left.subtasks == 0)) {
        return GALE_ID_NONE;
    }
    gale__slots_take(&s->subtasks, id, st->handle);
    st->binding = b;
    st->host = NULL;
    st->args = args;
    st->results = results;
    st->instance = GALE_ID_NONE;
    st->task = GALE_ID_NONE;
    st->handle = GALE_ID_NONE;
    st->lenders = GALE_ID_NONE;
    st->state = GALE_SUBTASK_STARTING;
    st->flags = 0;
    if (caller != NULL) {
        st->instance = caller->id;
        caller->left.subtasks--;
    }
    return id;
}

void gale__subtask_free(struct gale_store *s, gale_id id)
{
    struct gale_subtask *st = gale__subtask(s, id);

    if (st->instance != GALE_ID_NONE) {
        gale__instance(s, st->instance)->left.subtasks++;
    }
    st->binding = NULL;
    st->handle = gale__slots_give(&s->subtasks, id);
}

/* ---- lending ------------------------------------------------------------------------------------------------- */

void gale__subtask_lend(struct gale_store *s, gale_id id, struct gale_instance *i, uint32_t handle)
{
    struct gale_subtask *st = gale__subtask(s, id);
    const gale_id lend = gale__slots_next(&s->lends);

    if (i->left.lends == 0) {
        gale_trap(i, GALE_TRAP_BUDGET);
    }
    GALE_ASSERT(lend != GALE_ID_NONE);
    gale__slots_take(&s->lends, lend, s->memory.lends[lend].next);
    i->left.lends--;
    s->memory.lends[lend] = (struct gale_lend){(gale_id)handle, st->lenders};
    st->lenders = lend;
    gale_handle_table_get(&i->handles, handle)->lends++;
}

/** Gives back the first lend of `st`. */
/*@ requires own: \valid(s) && \valid(st); */
static void subtask_unlend(struct gale_store *s, struct gale_subtask *st)
{
    const gale_id id = st->lenders;
    struct gale_lend *lend = &s->memory.lends[id];
    struct gale_instance *i = gale__instance(s, st->instance);

    st->lenders = lend->next;
    i->left.lends++;
    gale_handle_table_get(&i->handles, lend->handle)->lends--;
    lend->next = gale__slots_give(&s->lends, id);
}

void gale__subtask_deliver(struct gale_store *s, struct gale_subtask *st)
{
    st->flags |= GALE_SUBTASK_DELIVERED;
    /*@ loop invariant own: \valid(s);
        loop assigns st->lenders;
        loop variant GALE_ID_NONE - s->memory.instances[st->instance]->left.lends;
    */
    while (st->lenders != GALE_ID_NONE) {
        subtask_unlend(s, st);
    }
}

/* ---- from start to resolution -------------------------------------------------------------------------------- */

/** The caller learns of a change, if it has gone on meanwhile. */
/*@ requires own: \valid(s) && \valid(st); */
static void subtask_progress(struct gale_store *s, const struct gale_subtask *st)
{
    if (st->handle == GALE_ID_NONE) {
        return;
    }
    if ((st->flags & GALE_SUBTASK_WAITED) == 0) {
        gale__waitable_post(gale__instance(s, st->instance), st->handle);
    } else if (gale__subtask_is_resolved(st)) {
        gale__thread_wake(s, st->handle);
    }
}

/** The caller's side of a transfer whose other side is there. Filled in place: a structure that is copied is read in
    larger pieces than it was written, and such a read waits. */
/*@ requires own: \valid_read(s) && \valid_read(other) && \valid(side); */
static void subtask_side(const struct gale_store *s, gale_id id, const struct gale_value_side *other,
                         struct gale_value_side *side)
{
    const struct gale_subtask *st = gale__subtask(s, id);

    side->instance = st->instance == GALE_ID_NONE ? NULL : gale__instance(s, st->instance);
    side->options = st->binding->options;
    side->peer = other->instance;
    side->scope = id;
}

void gale__subtask_start(struct gale_store *s, gale_id id, struct gale_transfer *t, union gale_flat *params)
{
    struct gale_subtask *st = gale__subtask(s, id);

    gale__subtask_move(st, GALE_SUBTASK_STARTED);
    subtask_progress(s, st);
    if (st->binding->params != NULL) {
        subtask_side(s, id, &t->to, &t->from);
        st->binding->params(t, st->args, params);
    }
}

void gale__subtask_start_host(struct gale_store *s, gale_id id, struct gale_instance *peer, union gale_flat *params)
{
    struct gale_transfer t;

    t.to = (struct gale_value_side){NULL, gale__subtask(s, id)->binding->host->options, peer, id};
    gale__subtask_start(s, id, &t, params);
}

/** The host's call has resolved. */
/*@ requires own: \valid(s) && \valid(st); */
static void subtask_tell_host(struct gale_store *s, struct gale_subtask *st, gale_id id)
{
    struct gale_host_task *host = st->host;

    host->state = st->state;
    host->resolved = true;
    if ((st->flags & GALE_SUBTASK_HELD) == 0) {
        gale__subtask_free(s, id);
    }
    if (host->on_resolve != NULL) {
        host->on_resolve(host);
    }
}

/*@ requires own: \valid(s); */
static void subtask_resolve(struct gale_store *s, gale_id id, enum gale_subtask_state state)
{
    struct gale_subtask *st = gale__subtask(s, id);

    gale__subtask_move(st, state);
    st->task = GALE_ID_NONE;
    if ((st->flags & GALE_SUBTASK_ORPHAN) != 0) {
        gale__subtask_free(s, id);
    } else if (st->host != NULL) {
        subtask_tell_host(s, st, id);
    } else {
        subtask_progress(s, st);
    }
}

void gale__subtask_return(struct gale_store *s, gale_id id, struct gale_transfer *t, const union gale_flat *results)
{
    const struct gale_subtask *st = gale__subtask(s, id);

    if ((st->flags & GALE_SUBTASK_ORPHAN) == 0 && st->binding->results != NULL) {
        subtask_side(s, id, &t->from, &t->to);
        st->binding->results(t, results, st->args, st->results);
    }
    subtask_resolve(s, id, GALE_SUBTASK_RETURNED);
}

void gale__subtask_cancelled(struct gale_store *s, gale_id id)
{
    subtask_resolve(s, id, gale__subtask_cancelled_state(gale__subtask(s, id)));
}

void gale__subtask_request_cancel(struct gale_store *s, gale_id id, struct gale_instance *caller)
{
    struct gale_subtask *st = gale__subtask(s, id);

    gale__subtask_ask(st);
    if (st->binding->callee != NULL) {
        gale__task_request_cancel(s, st->task, caller);
    } else {
        gale__host_call_cancel(s, id);
    }
}

/* ---- canon lower --------------------------------------------------------------------------------------------- */

/** The answer of an async lower: resolved at once, or a handle to wait for. */
/*@ requires own: \valid(i); */
static uint32_t subtask_answer(struct gale_instance *i, gale_id id)
{
    struct gale_subtask *st = gale__subtask(i->store, id);
    uint32_t index;

    if (gale__subtask_is_resolved(st)) {
        gale__subtask_deliver(i->store, st);
        gale__subtask_free(i->store, id);
        return GALE_SUBTASK_RETURNED;
    }
    index = gale_handle_table_add(&i->handles, GALE_HANDLE_SUBTASK, id);
    if (index == 0) {
        gale_trap(i, GALE_TRAP_TABLE_FULL);
    }
    st->handle = (gale_id)index;
    /*@ loop invariant range: 0 <= n <= st->binding->args;
        loop assigns n, st->kept[0 .. 4];
        loop variant st->binding->args - n;
    */
    for (unsigned n = 0; n < st->binding->args; n++) {
        st->kept[n] = st->args[n];
    }
    st->args = st->kept;
    return st->state | index << SUBTASK_STATE_BITS;
}

/** The answer of a sync lower: waits until the call has resolved. */
/*@ requires own: \valid(i); */
static uint32_t subtask_wait(struct gale_instance *i, gale_id id)
{
    struct gale_store *s = i->store;
    struct gale_subtask *st = gale__subtask(s, id);

    if (!gale__subtask_is_resolved(st)) {
        st->flags |= GALE_SUBTASK_WAITED;
        st->handle = s->current;
        (void)gale__thread_wait(s, GALE_WAIT_SUBTASK, id, false);
    }
    gale__subtask_deliver(s, st);
    if (st->state != GALE_SUBTASK_RETURNED) {
        gale_trap(i, GALE_TRAP_POISONED);
    }
    gale__subtask_free(s, id);
    return 0;
}

void gale__subtask_call(struct gale_store *s, gale_id id, struct gale_instance *caller)
{
    const struct gale_binding *b = gale__subtask(s, id)->binding;

    if (b->callee != NULL) {
        gale__lift(s, b->callee, caller, id);
    } else {
        gale__host_call_start(s, id);
    }
}

uint32_t gale_canon_lower(struct gale_instance *i, const struct gale_binding *b, const union gale_flat *args,
                          union gale_flat *results)
{
    const bool async = (b->flags & GALE_LOWER_ASYNC) != 0;
    struct gale_guest_thread *t;
    uint32_t answer;
    gale_id id;

    if (!i->may_leave) {
        gale_trap(i, GALE_TRAP_CANNOT_LEAVE);
    }
    id = gale__subtask_new(i->store, b, i, args, results);
    if (id == GALE_ID_NONE) {
        gale_trap(i, GALE_TRAP_BUDGET);
    }
    t = gale__thread(i->store, i->store->current);
    t->call = id;
    if (async) {
        gale__subtask_call(i->store, id, i);
        answer = subtask_answer(i, id);
    } else {
        gale__thread_sync(i->store, b->callee != NULL && (b->callee->flags & GALE_FUNC_ASYNC_TYPE) != 0);
        gale__subtask_call(i->store, id, i);
        answer = subtask_wait(i, id);
        gale__thread_sync(i->store, false);
    }
    t->call = GALE_ID_NONE;
    return answer;
}
