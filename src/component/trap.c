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
        // no loop variant: the chain of resumers is as long as the flow is deep, GALE_CALL_DEPTH at most
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

/** Leaves the flow for the host; `spares`: nobody is poisoned but those who have frames on the flow. */
/*@ requires own: \valid(instance) && \valid_read(why);
    ensures  in01: \false;
*/
static void __attribute__((noreturn))
trap_leave(struct gale_instance *instance, const struct gale_trap_info *why, bool spares)
{
    struct gale_store *s = instance->store;
    struct gale_port_context *flow = s->flow;

    GALE_ASSERT(s->running);
    s->trap = *why;
    s->trap.sync = trap_is_sync(s);
    s->trapped = true;
    s->spares = spares;
    gale__trace(s, GALE_TRACE_TRAP, instance->id, (uint32_t)why->code, why->value);
    /*@ loop invariant own: \valid(s);
        loop assigns \nothing;
        // no loop variant: what was left is not gone on with
    */
    for (;;) {
        gale_port_context_switch(flow, &s->host); /* nobody switches back */
    }
}

void gale_trap(struct gale_instance *instance, enum gale_trap code)
{
    gale_trap_value(instance, code, 0);
}

void gale_trap_value(struct gale_instance *instance, enum gale_trap code, uint32_t value)
{
    const struct gale_trap_info why = {code, value, instance, false};

    trap_leave(instance, &why, false);
}

void gale__trap_refuse(struct gale_instance *caller, struct gale_instance *callee, enum gale_trap code)
{
    const struct gale_trap_info why = {code, 0, caller != NULL ? caller : callee, false};

    trap_leave(why.instance, &why, caller == NULL);
}

/* ---- poisoning: outside of the flow, which is gone --------------------------------------------------------------
 *
 * What is taken apart is found from the instance: its threads in its thread table and before its gate, its tasks
 * from their threads, the calls it makes from the threads that make them and from its handles. No pool is searched.
 */

/** Stops `i`, and puts it before `first`, the instances that this trap stops; the new first one. */
/*@ requires own: \valid(i); */
static struct gale_instance *trap_poison(struct gale_instance *i, struct gale_instance *first)
{
    if (i->poisoned) {
        return first;
    }
    i->poisoned = true;
    i->trap = i->store->trap;
    i->next_poisoned = first;
    return i;
}

/** Whoever has a frame on the flow cannot go on: the code that trapped, and those who wait for it to return. */
/*@ requires own: \valid(s); */
static struct gale_instance *trap_poison_flow(struct gale_store *s)
{
    struct gale_instance *first = s->spares ? NULL : trap_poison(s->trap.instance, NULL);

    gale__instance_set_enter(s->trap.instance, NULL, true);
    /*@ loop invariant own: \valid(s);
        loop assigns first;
        // no loop variant: as long as the flow is deep
    */
    for (gale_id thread = s->current; thread != GALE_ID_NONE; thread = gale__thread(s, thread)->resumer) {
        struct gale_instance *i = gale__thread_instance(s, gale__thread(s, thread));

        gale__instance_set_enter(i, NULL, true);
        first = trap_poison(i, first);
    }
    return first;
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

/** A task without threads ends without a result, whatever its caller asked. */
/*@ requires own: \valid(s); */
static void trap_free_task(struct gale_store *s, gale_id task)
{
    const gale_id subtask = gale__task(s, task)->subtask;

    gale__task_free(s, task);
    if (subtask != GALE_ID_NONE) {
        trap_forget_waiter(s, gale__subtask(s, subtask));
        gale__subtask_cancelled(s, subtask);
    }
}

/** Frees a thread, which makes no call any more, and with the last one its task. */
/*@ requires own: \valid(s); */
static void trap_free_thread(struct gale_store *s, gale_id thread)
{
    struct gale_guest_thread *t = gale__thread(s, thread);
    const gale_id task = t->task;

    gale__thread_unlink(s, thread);
    gale__unlink(s, gale__node_sibling(s, thread));
    if (t->index != GALE_ID_NONE) {
        gale__thread_unregister(gale__task_instance(s, task), thread);
        gale__task(s, task)->threads--;
    }
    gale__thread_free(s, thread);
    if (gale__task(s, task)->threads == 0) {
        trap_free_task(s, task);
    }
}

/** A call that no one waits for any more: one that has not begun never will, others go on. */
/*@ requires own: \valid(s); */
static void trap_free_call(struct gale_store *s, gale_id subtask)
{
    struct gale_subtask *st = gale__subtask(s, subtask);

    if (st->task == GALE_ID_NONE && (st->flags & GALE_SUBTASK_OPEN) == 0) {
        gale__subtask_free(s, subtask);
        return;
    }
    st->flags |= GALE_SUBTASK_ORPHAN;
    if (st->task == GALE_ID_NONE) {
        gale__host_call_cancel(s, subtask);
    } else if (gale__task(s, st->task)->state == GALE_TASK_INITIAL) {
        trap_free_thread(s, gale__task(s, st->task)->implicit);
    }
}

/** A thread of a poisoned instance, and the call that it makes. */
/*@ requires own: \valid(s); */
static void trap_end_thread(struct gale_store *s, gale_id thread)
{
    const gale_id call = gale__thread(s, thread)->call;

    trap_free_thread(s, thread);
    if (call != GALE_ID_NONE) {
        trap_free_call(s, call);
    }
}

/** Threads on the flow that no table knows: their task was refused an index. */
/*@ requires own: \valid(s); */
static void trap_end_unregistered(struct gale_store *s, gale_id thread)
{
    /*@ loop invariant own: \valid(s);
        loop assigns thread;
        // no loop variant: as long as the flow is deep
    */
    while (thread != GALE_ID_NONE) {
        const gale_id next = gale__thread(s, thread)->resumer;

        if (thread != s->realloc_thread && gale__thread(s, thread)->index == GALE_ID_NONE) {
            trap_end_thread(s, thread);
        }
        thread = next;
    }
}

/** Threads of a poisoned instance that wait before its gate. */
/*@ requires own: \valid(i); */
static void trap_end_queue(struct gale_instance *i, enum gale__instance_list queue)
{
    const gale_id list = gale__list_of(i, queue);
    gale_id thread = gale_list_first(&i->store->links, list);

    /*@ loop invariant own: \valid(i);
        loop assigns thread;
        loop variant list_len(list);
    */
    while (thread != GALE_ID_NONE) {
        trap_end_thread(i->store, thread);
        thread = gale_list_first(&i->store->links, list);
    }
}

/** All threads of a poisoned instance; its thread table is not to be used any more. */
/*@ requires own: \valid(i); */
static void trap_end_threads(struct gale_instance *i)
{
    trap_end_queue(i, GALE__LIST_ENTRY_LOCKED);
    trap_end_queue(i, GALE__LIST_ENTRY_FREE);
    /*@ loop invariant range: 0 <= n <= i->threads.used;
        loop assigns n;
        loop variant i->threads.used - n;
    */
    for (gale_id n = 0; n < i->threads.used; n++) {
        if (i->threads.live[n] != 0) {
            trap_end_thread(i->store, i->threads.threads[n]);
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
    } else if (h->kind == GALE_HANDLE_SUBTASK) {
        trap_free_call(s, h->object);
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

void gale__store_poison(struct gale_store *s)
{
    const gale_id thread = s->current;
    struct gale_instance *first = trap_poison_flow(s);

    s->current = GALE_ID_NONE;
    s->switch_to = GALE_ID_NONE;
    s->nesting = 0;
    trap_end_unregistered(s, thread);
    /*@ loop invariant own: \valid(s);
        loop assigns \nothing;
        // no loop variant: each instance that this trap stops, once
    */
    for (struct gale_instance *i = first; i != NULL; i = i->next_poisoned) {
        trap_end_threads(i);
    }
    /*@ loop invariant own: \valid(s);
        loop assigns first;
        // no loop variant: each instance that this trap stops, once
    */
    for (; first != NULL; first = first->next_poisoned) {
        trap_free_handles(first);
    }
}
