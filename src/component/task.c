/* SPDX-License-Identifier: Apache-2.0 */
/** Canonical ABI, Tasks. */
#include "runtime.h"

gale_id gale__task_new(struct gale_store *s, const struct gale_func *f, gale_id subtask)
{
    const gale_id id = gale__slots_next(&s->tasks);
    struct gale_task *t = &s->memory.tasks[id];

    GALE_ASSERT(id != GALE_ID_NONE);
    gale__slots_take(&s->tasks, id, t->subtask);
    t->func = f;
    t->subtask = subtask;
    t->threads = 0;
    t->borrows = 0;
    t->state = GALE_TASK_INITIAL;
    f->instance->left.tasks--;
    s->live_tasks++;
    gale__trace(s, GALE_TRACE_CALL, f->instance->id, id, f->flags);
    return id;
}

void gale__task_free(struct gale_store *s, gale_id task)
{
    struct gale_task *t = gale__task(s, task);

    t->func->instance->left.tasks++;
    t->func = NULL;
    t->subtask = gale__slots_give(&s->tasks, task);
    s->live_tasks--;
}

/* ---- the gate ------------------------------------------------------------------------------------------------ */

/** True when others wait to start. */
/*@ requires own: \valid_read(i); */
static bool task_others_wait(const struct gale_instance *i)
{
    const struct gale_list_pool *links = &i->store->links;

    return i->queued != 0 && (!gale_list_is_empty(links, gale__list_of(i, GALE__LIST_ENTRY_LOCKED)) ||
                              !gale_list_is_empty(links, gale__list_of(i, GALE__LIST_ENTRY_FREE)));
}

/** True when a task of `f` may start now; `behind`: others came before it. */
/*@ requires own: \valid_read(f) && \valid_read(f->instance);
    assigns  \nothing;
    ensures  tk05: \result ==> f->instance->backpressure == 0;
    ensures  tk04: \result && func_needs_lock(f) ==> f->instance->exclusive == GALE_ID_NONE;
    ensures  turn: \result ==> !behind;
*/
static bool task_may_start(const struct gale_func *f, bool behind)
{
    return !behind && !gale__instance_is_closed(f->instance, gale__func_needs_lock(f));
}

/** The task was cancelled before it passed the gate: that is its end. */
/*@ requires own: \valid(s); */
static void task_end_unstarted(struct gale_store *s, struct gale_guest_thread *t)
{
    gale__task_cancel(s, t->task);
    gale__task_free(s, t->task);
    t->state = GALE_GUEST_THREAD_FREE;
}

bool gale__task_admit(struct gale_store *s, gale_id thread)
{
    struct gale_guest_thread *t = gale__thread(s, thread);
    struct gale_task *task = gale__task(s, t->task);
    const struct gale_func *f = task->func;

    if ((f->flags & GALE_FUNC_ASYNC_TYPE) != 0) {
        const bool waited = t->wait == GALE_WAIT_ENTRY;

        if (waited && (t->flags & GALE_GUEST_THREAD_CANCELLED) != 0) {
            task_end_unstarted(s, t);
            return false;
        }
        if (!task_may_start(f, !waited && task_others_wait(f->instance))) {
            gale__thread_start_wait(s, thread, GALE_WAIT_ENTRY, GALE_ID_NONE, true);
            return false;
        }
        if (gale__func_needs_lock(f)) {
            gale__instance_lock(f->instance, thread);
        }
    }
    if (gale__thread_next_index(f->instance) >= f->instance->threads.count) {
        gale_trap(f->instance, GALE_TRAP_BUDGET);
    }
    task->threads++;
    gale__thread_register(f->instance, thread);
    return true;
}

/** One thread less. The last one must leave a result behind. */
/*@ requires own: \valid(t) && \valid_read(t->func) && \valid(t->func->instance) && t->threads > 0;
    assigns  t->threads;
    ensures  left: t->threads == \old(t->threads) - 1;
    ensures  tk02: t->threads == 0 ==> t->state == GALE_TASK_RESOLVED;
*/
static void task_count_out(struct gale_task *t)
{
    if (t->threads == 1u && t->state != GALE_TASK_RESOLVED) {
        gale_trap(t->func->instance, GALE_TRAP_NO_RESULT);
    }
    t->threads--;
}

void gale__task_leave(struct gale_store *s, gale_id task, gale_id thread)
{
    struct gale_task *t = gale__task(s, task);
    struct gale_instance *i = t->func->instance;

    task_count_out(t);
    gale__thread_unregister(i, thread);
    gale__thread(s, thread)->state = GALE_GUEST_THREAD_FREE;
    if (thread != t->implicit) {
        gale__unlink(s, gale__node_sibling(s, thread));
    } else {
        t->implicit = GALE_ID_NONE;
        if (i->exclusive == thread) {
            gale__instance_unlock(i);
        }
    }
    if (t->threads == 0) {
        gale__task_free(s, task);
    }
}

/* ---- start and resolution ------------------------------------------------------------------------------------ */

/** The callee's side of a transfer. */
/*@ requires own: \valid_read(t) && \valid_read(t->func) && \valid(side);
    assigns  *side;
*/
static void task_side(const struct gale_task *t, gale_id task, struct gale_value_side *side)
{
    side->instance = t->func->instance;
    side->options = t->func->options;
    side->peer = NULL;
    side->scope = task;
}

void gale__task_start(struct gale_store *s, gale_id task, union gale_flat *params)
{
    struct gale_task *t = gale__task(s, task);
    struct gale_transfer transfer;

    gale__task_move(t, GALE_TASK_STARTED);
    task_side(t, task, &transfer.to);
    gale__subtask_start(s, t->subtask, &transfer, params);
    gale__trace(s, GALE_TRACE_START, t->func->instance->id, task, 0);
}

/** Traps unless the task may give its result. */
/*@ requires own: \valid_read(t) && \valid_read(t->func) && \valid(t->func->instance);
    assigns  \nothing;
    ensures  tk02: t->state != GALE_TASK_RESOLVED;
    ensures  left: t->borrows == 0;
*/
static void task_check_return(const struct gale_task *t)
{
    if (t->state == GALE_TASK_RESOLVED) {
        gale_trap(t->func->instance, GALE_TRAP_RETURN_TWICE);
    }
    if (t->borrows > 0) {
        gale_trap(t->func->instance, GALE_TRAP_BORROWS_LEFT);
    }
}

/** Traps unless the task may end without a result: it was told to. */
/*@ requires own: \valid_read(t) && \valid_read(t->func) && \valid(t->func->instance);
    assigns  \nothing;
    ensures  tk02: t->state != GALE_TASK_RESOLVED;
    ensures  tk03: t->state == GALE_TASK_CANCEL_DELIVERED;
    ensures  left: t->borrows == 0;
*/
static void task_check_cancel(const struct gale_task *t)
{
    if (t->state != GALE_TASK_CANCEL_DELIVERED && t->state != GALE_TASK_RESOLVED) {
        gale_trap(t->func->instance, GALE_TRAP_NOT_CANCELLED);
    }
    task_check_return(t);
}

/** The task has its result, or has none and never will. */
/*@ requires own:  \valid(t);
    requires edge: task_edge(t->state, GALE_TASK_RESOLVED);
    assigns  t->state, t->subtask;
    ensures  tk01: t->state == GALE_TASK_RESOLVED && t->subtask == GALE_ID_NONE;
    ensures  tk02: \old(t->state) != GALE_TASK_RESOLVED;
*/
static void task_resolve(struct gale_task *t)
{
    gale__task_move(t, GALE_TASK_RESOLVED);
    t->subtask = GALE_ID_NONE;
}

void gale__task_return(struct gale_store *s, gale_id task, const union gale_flat *results)
{
    struct gale_task *t = gale__task(s, task);
    struct gale_transfer transfer;

    task_check_return(t);
    task_side(t, task, &transfer.from);
    gale__subtask_return(s, t->subtask, &transfer, results);
    task_resolve(t);
    gale__trace(s, GALE_TRACE_RETURN, t->func->instance->id, task, 0);
}

void gale__task_cancel(struct gale_store *s, gale_id task)
{
    struct gale_task *t = gale__task(s, task);

    task_check_cancel(t);
    gale__subtask_cancelled(s, t->subtask);
    task_resolve(t);
    gale__trace(s, GALE_TRACE_CANCEL, t->func->instance->id, task, 0);
}

/* ---- cancellation -------------------------------------------------------------------------------------------- */

/*@ requires own: \valid(t);
    assigns  t->state;
    ensures  tk03: \result <==> cancellable && \old(t->state) == GALE_TASK_PENDING_CANCEL;
    ensures  tk03: \result ==> t->state == GALE_TASK_CANCEL_DELIVERED;
    ensures  tk01: !\result ==> t->state == \old(t->state);
*/
bool gale__task_take_cancel(struct gale_task *t, bool cancellable)
{
    const bool taken = cancellable && t->state == GALE_TASK_PENDING_CANCEL;

    if (taken) {
        gale__task_move(t, GALE_TASK_CANCEL_DELIVERED);
    }
    return taken;
}

/*@ requires own: \valid_read(t);
    assigns  \nothing;
    ensures  tk03: \result ==> (t->flags & GALE_GUEST_THREAD_CANCELLABLE) != 0;
*/
static bool task_thread_is_cancellable(const struct gale_guest_thread *t)
{
    return (t->state == GALE_GUEST_THREAD_SUSPENDED || t->state == GALE_GUEST_THREAD_WAITING) &&
           (t->flags & GALE_GUEST_THREAD_CANCELLABLE) != 0;
}

/** True when the first thread of the task may be told now: it could not run while another one holds the lock. */
/*@ requires own: \valid_read(t); */
static bool task_implicit_is_candidate(const struct gale_store *s, const struct gale_task *t)
{
    const gale_id holder = t->func->instance->exclusive;

    return t->implicit != GALE_ID_NONE && task_thread_is_cancellable(gale__thread(s, t->implicit)) &&
           (!gale__func_needs_lock(t->func) || holder == GALE_ID_NONE || holder == t->implicit);
}

/** The thread that a cancellation is told to: the oldest that listens. The walk is as long as the task has threads. */
/*@ requires own: \valid_read(s); */
static gale_id task_candidate(const struct gale_store *s, gale_id task)
{
    const struct gale_task *t = gale__task(s, task);
    const gale_id list = gale__list_task(s, task);
    gale_id node;

    if (task_implicit_is_candidate(s, t)) {
        return t->implicit;
    }
    node = gale_list_first(&s->links, list);
    /*@ loop invariant own: \valid_read(s);
        loop assigns node;
        loop variant node == GALE_ID_NONE ? 0 : list_len(list) + 1 - list_pos_of(node);
    */
    while (node != GALE_ID_NONE &&
           !task_thread_is_cancellable(gale__thread(s, (gale_id)(node - gale__node_sibling(s, 0))))) {
        node = gale_list_next(&s->links, node);
    }
    return node == GALE_ID_NONE ? GALE_ID_NONE : (gale_id)(node - gale__node_sibling(s, 0));
}

/** Tells a task that has started: now, if one of its threads listens, else at the next occasion. */
/*@ requires own: \valid(s); */
static void task_cancel_started(struct gale_store *s, gale_id task, struct gale_instance *caller)
{
    struct gale_task *t = gale__task(s, task);
    struct gale_instance *i = t->func->instance;
    const struct gale_instance *stop = gale__instance_shared(i, caller);
    const gale_id thread = task_candidate(s, task);

    if (thread == GALE_ID_NONE || !gale__instance_may_enter(i, stop)) {
        gale__task_move(t, GALE_TASK_PENDING_CANCEL);
        return;
    }
    gale__task_move(t, GALE_TASK_CANCEL_DELIVERED);
    gale__instance_set_enter(i, stop, false);
    gale__thread_resume(s, thread, true);
    gale__instance_set_enter(i, stop, true);
}

void gale__task_request_cancel(struct gale_store *s, gale_id task, struct gale_instance *caller)
{
    struct gale_task *t = gale__task(s, task);

    if (t->state == GALE_TASK_INITIAL) {
        gale__task_move(t, GALE_TASK_CANCEL_DELIVERED);
        gale__thread_resume(s, t->implicit, true);
    } else {
        task_cancel_started(s, task, caller);
    }
}
