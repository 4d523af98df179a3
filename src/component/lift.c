/* SPDX-License-Identifier: Apache-2.0 */
/** Canonical ABI, canon lift; Embedding API (lift). */
#include "runtime.h"

enum lift_code { LIFT_EXIT, LIFT_YIELD, LIFT_WAIT };

#define LIFT_CODE_MASK 0xfu
#define LIFT_CODE_BITS 4u

/* ---- the core code of a task --------------------------------------------------------------------------------- */

/** The task has what it needs; the caller is told if not. */
/*@ requires own: \valid(s) && \valid_read(f); */
static void lift_check_budget(const struct gale_store *s, const struct gale_func *f, struct gale_instance *caller)
{
    const bool stack = (f->flags & GALE_FUNC_STACK) == 0 || gale__slots_next(&s->stacks) != GALE_ID_NONE;

    if (f->instance->left.tasks == 0 || gale__slots_next(&s->threads) == GALE_ID_NONE || !stack) {
        gale__trap_refuse(caller, f->instance, GALE_TRAP_BUDGET);
    }
    if (s->nesting >= GALE_CALL_DEPTH) {
        gale__trap_refuse(caller, f->instance, GALE_TRAP_DEPTH);
    }
}

/** A sync lift has returned: its flats are the result. */
/*@ requires own: \valid(s) && \valid_read(f); */
static void lift_return(struct gale_store *s, const struct gale_func *f, gale_id task, const union gale_flat *results)
{
    gale__task_return(s, task, results);
    if (f->post_return != NULL) {
        f->instance->may_leave = false;
        f->post_return(f->instance->guest, results);
        f->instance->may_leave = true;
    }
}

/** The callback said WAIT on the set of index `index`: true if it has been cancelled instead. */
/*@ requires own: \valid(s) && \valid(t); */
static bool lift_wait(struct gale_store *s, struct gale_guest_thread *t, uint32_t index)
{
    struct gale_instance *i = gale__task_instance(s, t->task);
    const gale_id set = gale__set_get(i, index);

    if (gale__task_take_cancel(gale__task(s, t->task), true)) {
        return true;
    }
    gale__thread_start_wait(s, s->current, GALE_WAIT_SET_TURN, set, true);
    return false;
}

/** The callback said YIELD: true if it has been cancelled instead. */
/*@ requires own: \valid(s) && \valid(t); */
static bool lift_yield(struct gale_store *s, struct gale_guest_thread *t)
{
    if (gale__task_take_cancel(gale__task(s, t->task), true)) {
        return true;
    }
    gale__thread_start_wait(s, s->current, GALE_WAIT_TURN, GALE_ID_NONE, true);
    return false;
}

/** Does what the callback's code says; true if the callback runs again at once, cancelled. */
/*@ requires own: \valid(s) && \valid(t); */
static bool lift_obey(struct gale_store *s, struct gale_guest_thread *t, uint32_t packed)
{
    struct gale_instance *i = gale__task_instance(s, t->task);
    const uint32_t code = packed & LIFT_CODE_MASK;

    if (code == LIFT_EXIT) {
        gale__task_leave(s, t->task, s->current);
        return false;
    }
    if (code > LIFT_WAIT) {
        gale_trap_value(i, GALE_TRAP_CALLBACK_CODE, code);
    }
    gale__instance_unlock(i);
    return code == LIFT_YIELD ? lift_yield(s, t) : lift_wait(s, t, packed >> LIFT_CODE_BITS);
}

/** Runs the callback with `e`, and again with a cancellation that waits for it; once at most. */
/*@ requires own: \valid(s) && \valid(t); */
static void lift_callback(struct gale_store *s, struct gale_guest_thread *t, struct gale__event *e)
{
    const struct gale_func *f = gale__task(s, t->task)->func;
    uint32_t packed;

    /*@ loop invariant own: \valid(s);
        loop assigns *e, packed;
        loop variant GALE_TASK_RESOLVED - s->memory.tasks[t->task].state;
    */
    do {
        gale__instance_lock(f->instance, s->current);
        packed = f->callback(f->instance->guest, e->code, e->p1, e->p2);
        *e = (struct gale__event){GALE_CANON_EVENT_TASK_CANCELLED, 0, 0};
    } while (lift_obey(s, t, packed));
}

/** The event that ended the wait of a callback. */
/*@ requires own: \valid(s) && \valid(t); */
static void lift_event(struct gale_store *s, const struct gale_guest_thread *t, struct gale__event *e)
{
    if ((t->flags & GALE_GUEST_THREAD_CANCELLED) != 0) {
        e->code = GALE_CANON_EVENT_TASK_CANCELLED;
    } else if (t->wait == GALE_WAIT_SET_TURN) {
        gale__set_take(gale__task_instance(s, t->task), t->object, e);
    }
}

/** Runs the core function of a new task. */
/*@ requires own: \valid(s) && \valid(t); */
static void lift_begin(struct gale_store *s, struct gale_guest_thread *t)
{
    const gale_id task = t->task;
    const struct gale_func *f = gale__task(s, task)->func;
    union gale_flat params[GALE_FLAT_PARAMS];
    union gale_flat results[1] = {{0}};
    struct gale__event cancelled = {GALE_CANON_EVENT_TASK_CANCELLED, 0, 0};

    gale__task_start(s, task, params);
    f->core(f->instance->guest, params, results);
    if ((f->flags & GALE_FUNC_CALLBACK) != 0) {
        if (lift_obey(s, t, results[0].i32)) {
            lift_callback(s, t, &cancelled);
        }
        return;
    }
    if ((f->flags & GALE_FUNC_ASYNC) == 0) {
        lift_return(s, f, task, results);
    }
    gale__task_leave(s, task, s->current);
}

void gale__thread_body(struct gale_store *s, gale_id thread)
{
    struct gale_guest_thread *t = gale__thread(s, thread);
    const bool started = (t->flags & GALE_GUEST_THREAD_STARTED) != 0;
    struct gale__event e = {GALE_CANON_EVENT_NONE, 0, 0};

    t->flags |= GALE_GUEST_THREAD_STARTED;
    if ((t->flags & GALE_GUEST_THREAD_EXPLICIT) != 0) {
        t->fn(gale__task_instance(s, t->task)->guest, t->fn_arg, t->c);
        gale__task_leave(s, t->task, thread);
    } else if (started) {
        lift_event(s, t, &e);
        lift_callback(s, t, &e);
    } else {
        lift_begin(s, t);
    }
}

/* ---- the call ------------------------------------------------------------------------------------------------ */

/** A function whose type is not async must have returned: until then, its instance's other threads may help. */
/*@ requires own: \valid(s) && \valid(i); */
static void lift_finish(struct gale_store *s, struct gale_instance *i, gale_id subtask)
{
    /*@ loop invariant own: \valid(s);
        loop assigns \nothing;
        // no loop variant: for as long as the guest's other threads run
    */
    while (!gale__subtask_is_resolved(gale__subtask(s, subtask))) {
        const gale_id thread = gale__ready_take_here(i);

        if (thread == GALE_ID_NONE) {
            gale_trap(i, GALE_TRAP_SYNC_BLOCK);
        }
        gale__thread_resume(s, thread, false);
    }
}

/** Who holds the lock and can go on, goes on before a newcomer has to wait for it. */
/*@ requires own: \valid(s) && \valid(i); */
static void lift_let_holder_go_on(struct gale_store *s, struct gale_instance *i, const struct gale_instance *stop)
{
    const gale_id holder = i->exclusive;

    if (holder != GALE_ID_NONE && gale__thread_is_ready(s, holder)) {
        gale__thread_unlink(s, holder);
        gale__instance_set_enter(i, stop, false);
        gale__thread_resume(s, holder, false);
        gale__instance_set_enter(i, stop, true);
    }
}

void gale__lift(struct gale_store *s, const struct gale_func *f, struct gale_instance *caller, gale_id subtask)
{
    struct gale_instance *i = f->instance;
    const struct gale_instance *stop = gale__instance_shared(i, caller);
    const unsigned flags = (f->flags & GALE_FUNC_STACK) != 0 ? GALE_GUEST_THREAD_STACK : 0u;
    gale_id task;

    if (!gale__instance_may_enter(i, stop)) {
        gale__trap_refuse(caller, i, i->poisoned ? GALE_TRAP_POISONED : GALE_TRAP_CANNOT_ENTER);
    }
    lift_check_budget(s, f, caller);
    if (s->profile == GALE_PROFILE_SCRIPTS && gale__func_needs_lock(f)) {
        lift_let_holder_go_on(s, i, stop);
        lift_check_budget(s, f, caller);
    }
    task = gale__task_new(s, f, subtask);
    gale__subtask(s, subtask)->task = task;
    gale__task(s, task)->implicit = gale__thread_new(s, task, flags);
    gale__instance_set_enter(i, stop, false);
    gale__thread_resume(s, gale__task(s, task)->implicit, false);
    if ((f->flags & GALE_FUNC_ASYNC_TYPE) == 0) {
        lift_finish(s, i, subtask);
    }
    gale__instance_set_enter(i, stop, true);
}
