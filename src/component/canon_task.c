/* SPDX-License-Identifier: Apache-2.0 */
/** Canonical ABI, canon context.{get, set}, backpressure.{inc, dec}, task.{return, cancel}, subtask.{cancel, drop}. */
#include "runtime.h"

#define CANON_TASK_BACKPRESSURE_MAX 65535u

uint32_t gale_canon_context_get(struct gale_instance *i, uint32_t slot)
{
    GALE_ASSERT(slot < 2u);
    return gale__thread(i->store, i->store->current)->context[slot];
}

void gale_canon_context_set(struct gale_instance *i, uint32_t slot, uint32_t v)
{
    GALE_ASSERT(slot < 2u);
    gale__thread(i->store, i->store->current)->context[slot] = v;
}

void gale_canon_backpressure_inc(struct gale_instance *i)
{
    if (i->backpressure == CANON_TASK_BACKPRESSURE_MAX) {
        gale_trap(i, GALE_TRAP_BACKPRESSURE);
    }
    i->backpressure++;
}

void gale_canon_backpressure_dec(struct gale_instance *i)
{
    if (i->backpressure == 0) {
        gale_trap(i, GALE_TRAP_BACKPRESSURE);
    }
    i->backpressure--;
    if (i->queued != 0) {
        gale__instance_offer(i);
    }
}

/* ---- tasks --------------------------------------------------------------------------------------------------- */

/** The running task, which must have been lifted async. */
/*@ requires own: \valid(i); */
static struct gale_task *canon_task_async(struct gale_instance *i, enum gale_trap fault)
{
    struct gale_task *t;

    if (!i->may_leave) {
        gale_trap(i, GALE_TRAP_CANNOT_LEAVE);
    }
    t = gale__current_task(i->store);
    if ((t->func->flags & GALE_FUNC_ASYNC) == 0) {
        gale_trap(i, fault);
    }
    return t;
}

/** Lift options agree if memory and encoding do; a result that needs no memory may be returned without naming one. */
/*@ assigns \nothing; */
static bool canon_task_same_options(const struct gale_value_options *a, const struct gale_value_options *b)
{
    if (a == b || a == NULL || a->memory == NULL) {
        return true;
    }
    return b != NULL && a->memory == b->memory && a->encoding == b->encoding;
}

void gale_canon_task_return(struct gale_instance *i, const void *result_type, const struct gale_value_options *o,
                            const union gale_flat *args)
{
    const struct gale_task *t = canon_task_async(i, GALE_TRAP_RETURN_SYNC);

    if (t->func->result_type != result_type || !canon_task_same_options(o, t->func->options)) {
        gale_trap(i, GALE_TRAP_RETURN_SIGNATURE);
    }
    gale__task_return(i->store, gale__thread(i->store, i->store->current)->task, args);
}

void gale_canon_task_cancel(struct gale_instance *i)
{
    (void)canon_task_async(i, GALE_TRAP_CANCEL_SYNC);
    gale__task_cancel(i->store, gale__thread(i->store, i->store->current)->task);
}

/* ---- subtasks ------------------------------------------------------------------------------------------------ */

/*@ requires own: \valid(i); */
static struct gale_handle *canon_task_subtask(struct gale_instance *i, uint32_t s)
{
    struct gale_handle *h;

    if (!i->may_leave) {
        gale_trap(i, GALE_TRAP_CANNOT_LEAVE);
    }
    h = gale__handle(i, s);
    if (h->kind != GALE_HANDLE_SUBTASK) {
        gale_trap_value(i, GALE_TRAP_WRONG_KIND, s);
    }
    return h;
}

/*@ requires own: \valid(i) && \valid_read(h) && \valid_read(st); */
static void canon_task_check_cancel(struct gale_instance *i, const struct gale_handle *h, const struct gale_subtask *st,
                                    bool async)
{
    if ((st->flags & GALE_SUBTASK_DELIVERED) != 0) {
        gale_trap(i, GALE_TRAP_SUBTASK_DELIVERED);
    }
    if ((st->flags & GALE_SUBTASK_CANCEL_ASKED) != 0) {
        gale_trap(i, GALE_TRAP_SUBTASK_CANCELLED);
    }
    if (!async && h->set != GALE_ID_NONE) {
        gale_trap(i, GALE_TRAP_SYNC_IN_SET);
    }
}

/** The callee has run and, if it is of the same instance, may have taken the event, dropped the subtask or joined it. */
/*@ requires own: \valid(i); */
static void canon_task_check_again(struct gale_instance *i, uint32_t s, gale_id id, bool async)
{
    const struct gale_handle *h = canon_task_subtask(i, s);
    const struct gale_subtask *st = gale__subtask(i->store, id);

    if (h->object != id ||
        (st->flags & (GALE_SUBTASK_CANCEL_ASKED | GALE_SUBTASK_DELIVERED)) != GALE_SUBTASK_CANCEL_ASKED) {
        gale_trap(i, GALE_TRAP_SUBTASK_DELIVERED);
    }
    if (!async && !gale__subtask_is_resolved(st) && h->set != GALE_ID_NONE) {
        gale_trap(i, GALE_TRAP_SYNC_IN_SET);
    }
}

/** gale_canon_subtask_cancel() but for what a trap's record says. */
/*@ requires own: \valid(i); */
static uint32_t canon_task_cancel_subtask(struct gale_instance *i, bool async, uint32_t s)
{
    const struct gale_handle *h = canon_task_subtask(i, s);
    const gale_id id = h->object;
    const struct gale_subtask *st = gale__subtask(i->store, id);

    canon_task_check_cancel(i, h, st, async);
    if (!gale__subtask_is_resolved(st)) {
        gale__subtask_request_cancel(i->store, id, i);
        canon_task_check_again(i, s, id, async);
        if (!gale__subtask_is_resolved(st)) {
            if (async) {
                return GALE_CANON_BLOCKED;
            }
            gale__waitable_wait(i, s);
        }
    }
    return gale__waitable_take(i, s);
}

uint32_t gale_canon_subtask_cancel(struct gale_instance *i, bool async, uint32_t s)
{
    uint32_t state;

    gale__thread_sync(i->store, !async);
    state = canon_task_cancel_subtask(i, async, s);
    gale__thread_sync(i->store, false);
    return state;
}

void gale_canon_subtask_drop(struct gale_instance *i, uint32_t s)
{
    const gale_id id = canon_task_subtask(i, s)->object;

    if ((gale__subtask(i->store, id)->flags & GALE_SUBTASK_DELIVERED) == 0) {
        gale_trap(i, GALE_TRAP_SUBTASK_UNRESOLVED);
    }
    gale__waitable_leave(i, s);
    gale_handle_table_remove(&i->handles, s);
    gale__subtask_free(i->store, id);
}
