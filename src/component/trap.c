/* SPDX-License-Identifier: Apache-2.0 */
/** Explainer, Component Invariants: after a trap no code of the instance runs again. */
#include "gale/component/trap.h"

#include "runtime.h"

const char *gale_trap_text(enum gale_trap code)
{
    static const char *const texts[] = {
#define TRAP_TEXT(name, text) text,
        GALE_TRAP_TABLE(TRAP_TEXT)
#undef TRAP_TEXT
    };

    return (unsigned)code < GALE_TRAP_COUNT ? texts[code] : "unknown trap";
}

/** True when a task on the flow was about to block that may not. */
/*@ requires own: \valid_read(s); */
static bool trap_is_sync(const struct gale_store *s)
{
    gale_id thread = s->current;

    /*@ loop invariant own: \valid_read(s);
        loop assigns thread;
        loop variant 0;
    */
    while (thread != GALE_ID_NONE) {
        const struct gale_guest_thread *t = gale__thread(s, thread);
        const struct gale_task *task = t->task == GALE_ID_NONE ? NULL : gale__task(s, t->task);

        if ((t->flags & GALE_GUEST_THREAD_SYNC) != 0 && task != NULL && task->state != GALE_TASK_RESOLVED &&
            (task->func->flags & GALE_FUNC_ASYNC_TYPE) == 0) {
            return true;
        }
        thread = t->resumer;
    }
    return false;
}

void gale_trap(struct gale_instance *instance, enum gale_trap code)
{
    gale_trap_value(instance, code, 0);
}

void gale_trap_value(struct gale_instance *instance, enum gale_trap code, uint32_t value)
{
    struct gale_store *s = instance->store;
    struct gale_port_context *flow = s->flow;

    GALE_ASSERT(s->running);
    s->trap = (struct gale_trap_info){code, value, instance, trap_is_sync(s)};
    s->trapped = true;
    gale__trace(s, GALE_TRACE_TRAP, instance->id, (uint32_t)code, value);
    gale_port_context_switch(flow, &s->host);
    gale_port_panic(__FILE__, __LINE__);
}

/* ---- poisoning: outside of the flow, which is gone -------------------------------------------------------------- */

/*@ requires own: \valid(i); */
static void trap_poison(struct gale_instance *i, const struct gale_trap_info *why)
{
    if (!i->poisoned) {
        i->poisoned = true;
        i->trap = *why;
    }
}

/** Whoever has a frame on the flow cannot go on: the code that trapped, and those who wait for it to return. */
/*@ requires own: \valid(s); */
static void trap_poison_flow(struct gale_store *s)
{
    gale_id thread = s->current;

    if (thread != GALE_ID_NONE) {
        trap_poison(s->trap.instance, &s->trap);
    }
    /*@ loop invariant own: \valid(s);
        loop assigns thread;
        loop variant 0;
    */
    while (thread != GALE_ID_NONE) {
        const struct gale_guest_thread *t = gale__thread(s, thread);

        trap_poison(gale__thread_instance(s, t), &s->trap);
        thread = t->resumer;
    }
}

/*@ requires own: \valid(s); */
static void trap_free_threads(struct gale_store *s)
{
    /*@ loop invariant range: 0 <= n <= s->threads.used;
        loop assigns n;
        loop variant s->threads.used - n;
    */
    for (gale_id n = 0; n < s->threads.used; n++) {
        struct gale_guest_thread *t = gale__thread(s, n);

        if (t->state != GALE_GUEST_THREAD_FREE && n != s->realloc_thread && gale__thread_instance(s, t)->poisoned) {
            gale__thread_unlink(s, n);
            gale__unlink(s, gale__node_sibling(s, n));
            gale__thread_free(s, n);
        }
    }
}

/** A thread of a poisoned instance that waits for `st` is gone: nobody is to be woken. */
/*@ requires own: \valid(s) && \valid(st);
    assigns  st->handle;
*/
static void trap_forget_waiter(struct gale_store *s, struct gale_subtask *st)
{
    if (st->instance != GALE_ID_NONE && gale__instance(s, st->instance)->poisoned &&
        (st->flags & GALE_SUBTASK_WAITED) != 0) {
        st->handle = GALE_ID_NONE;
    }
}

/** Tasks of a poisoned instance end without a result, whatever their callers asked. */
/*@ requires own: \valid(s); */
static void trap_free_tasks(struct gale_store *s)
{
    /*@ loop invariant range: 0 <= n <= s->tasks.used;
        loop assigns n;
        loop variant s->tasks.used - n;
    */
    for (gale_id n = 0; n < s->tasks.used; n++) {
        const struct gale_task *t = gale__task(s, n);

        if (t->func != NULL && t->func->instance->poisoned) {
            const gale_id subtask = t->subtask;

            gale__task_free(s, n);
            if (subtask != GALE_ID_NONE) {
                trap_forget_waiter(s, gale__subtask(s, subtask));
                gale__subtask_cancelled(s, subtask);
            }
        }
    }
}

/** A task that no one waits for and that has not started never will. */
/*@ requires own: \valid(s) && \valid(st); */
static void trap_orphan(struct gale_store *s, struct gale_subtask *st, gale_id subtask)
{
    st->flags |= GALE_SUBTASK_ORPHAN;
    st->lenders = GALE_ID_NONE;
    if (st->task == GALE_ID_NONE) {
        gale__host_call_cancel(s, subtask);
    } else if (gale__task(s, st->task)->state == GALE_TASK_INITIAL) {
        const gale_id task = st->task;

        gale__thread_unlink(s, gale__task(s, task)->implicit);
        gale__thread_free(s, gale__task(s, task)->implicit);
        gale__task_free(s, task);
        gale__subtask_cancelled(s, subtask);
    }
}

/** Calls that a poisoned instance has made: those under way go on without it. */
/*@ requires own: \valid(s); */
static void trap_free_subtasks(struct gale_store *s)
{
    /*@ loop invariant range: 0 <= n <= s->subtasks.used;
        loop assigns n;
        loop variant s->subtasks.used - n;
    */
    for (gale_id n = 0; n < s->subtasks.used; n++) {
        struct gale_subtask *st = gale__subtask(s, n);

        if (st->binding == NULL || st->instance == GALE_ID_NONE || !gale__instance(s, st->instance)->poisoned ||
            (st->flags & GALE_SUBTASK_ORPHAN) != 0) {
            continue;
        }
        if (gale__subtask_is_resolved(st) || (st->task == GALE_ID_NONE && st->state == GALE_SUBTASK_STARTING)) {
            gale__subtask_free(s, n);
        } else {
            trap_orphan(s, st, n);
        }
    }
}

/** Takes one handle of a poisoned instance apart: peers see its ends dropped. */
/*@ requires own: \valid(i) && \valid(h); */
static void trap_free_handle(struct gale_instance *i, struct gale_handle *h, uint32_t index)
{
    struct gale_store *s = i->store;

    gale__unlink(s, gale__node_handle(i, index));
    if (gale__handle_is_end(h)) {
        struct gale_copy *c = gale__copy(s, h->object);

        if (c->handle == index && c->instance == i->id) {
            c->handle = GALE_ID_NONE;
        }
        gale__copy_drop(s, h->object);
    } else if (h->kind == GALE_HANDLE_SET) {
        gale__set_free(i, h->object);
    }
    h->kind = GALE_HANDLE_FREE;
}

/*@ requires own: \valid(i); */
static void trap_free_handles(struct gale_instance *i)
{
    /*@ loop invariant range: 0 <= n <= i->handles.used;
        loop assigns n;
        loop variant i->handles.used - n;
    */
    for (gale_id n = 0; n < i->handles.used; n++) {
        if (i->handles.entries[n].kind != GALE_HANDLE_FREE) {
            trap_free_handle(i, &i->handles.entries[n], (uint32_t)n + 1u);
        }
    }
    i->handles.used = 0;
    i->handles.free = GALE_ID_NONE;
}

/** All flows are gone, hence nobody is inside of an instance. */
/*@ requires own: \valid(s); */
static void trap_reset(struct gale_store *s)
{
    s->current = GALE_ID_NONE;
    s->switch_to = GALE_ID_NONE;
    s->nesting = 0;
    /*@ loop invariant range: 0 <= n <= s->instances_used;
        loop assigns n;
        loop variant s->instances_used - n;
    */
    for (gale_id n = 0; n < s->instances_used; n++) {
        gale__instance(s, n)->may_enter = true;
    }
}

void gale__store_poison(struct gale_store *s)
{
    trap_poison_flow(s);
    trap_reset(s);
    trap_free_threads(s);
    trap_free_tasks(s);
    trap_free_subtasks(s);
    /*@ loop invariant range: 0 <= n <= s->instances_used;
        loop assigns n;
        loop variant s->instances_used - n;
    */
    for (gale_id n = 0; n < s->instances_used; n++) {
        if (gale__instance(s, n)->poisoned) {
            trap_free_handles(gale__instance(s, n));
        }
    }
}
