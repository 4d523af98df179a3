/* SPDX-License-Identifier: Apache-2.0 */
/** Canonical ABI, canon thread.*. */
#include "runtime.h"

/*@ requires own: \valid(i); */
static void canon_thread_may_leave(struct gale_instance *i)
{
    if (!i->may_leave) {
        gale_trap(i, GALE_TRAP_CANNOT_LEAVE);
    }
}

/** The thread of index `t`, or a trap. */
/*@ requires own: \valid(i); */
static gale_id canon_thread_get(struct gale_instance *i, uint32_t t)
{
    const uint32_t at = t - 1u;

    if (at >= i->threads.used || i->threads.live[at] == 0) {
        gale_trap_value(i, GALE_TRAP_UNKNOWN_HANDLE, t);
    }
    return i->threads.threads[at];
}

/** The suspended thread of index `t`, or a trap. */
/*@ requires own: \valid(i); */
static gale_id canon_thread_suspended(struct gale_instance *i, uint32_t t)
{
    const gale_id thread = canon_thread_get(i, t);

    if (gale__thread(i->store, thread)->state != GALE_GUEST_THREAD_SUSPENDED) {
        gale_trap(i, GALE_TRAP_THREAD_NOT_SUSPENDED);
    }
    return thread;
}

uint32_t gale_canon_thread_index(struct gale_instance *i)
{
    canon_thread_may_leave(i);
    return gale__thread(i->store, i->store->current)->index;
}

uint32_t gale_canon_thread_new_indirect(struct gale_instance *i, void (*fn)(void *guest, void *fn_arg, uint32_t c),
                                        void *fn_arg, uint32_t c)
{
    struct gale_store *s = i->store;
    struct gale_guest_thread *t;
    gale_id task;
    gale_id thread;

    canon_thread_may_leave(i);
    if (gale__slots_next(&s->threads) == GALE_ID_NONE || gale__slots_next(&s->stacks) == GALE_ID_NONE ||
        gale__thread_next_index(i) >= i->threads.count) {
        gale_trap(i, GALE_TRAP_BUDGET);
    }
    task = gale__thread(s, s->current)->task;
    thread = gale__thread_new(s, task, GALE_GUEST_THREAD_STACK | GALE_GUEST_THREAD_EXPLICIT);
    t = gale__thread(s, thread);
    t->fn = fn;
    t->fn_arg = fn_arg;
    t->c = c;
    gale_list_push_back(&s->links, gale__list_task(s, task), gale__node_sibling(s, thread));
    gale__task(s, task)->threads++;
    gale__thread_register(i, thread);
    return t->index;
}

void gale_canon_thread_resume_later(struct gale_instance *i, uint32_t t)
{
    gale_id thread;

    canon_thread_may_leave(i);
    thread = canon_thread_suspended(i, t);
    gale__thread_start_wait(i->store, thread, GALE_WAIT_NOTHING, GALE_ID_NONE,
                            (gale__thread(i->store, thread)->flags & GALE_GUEST_THREAD_CANCELLABLE) != 0);
}

/* ---- leaving the core ---------------------------------------------------------------------------------------- */

/** How the running thread stops. */
enum canon_thread_stop { CANON_THREAD_SUSPEND, CANON_THREAD_YIELD };

/** Stops the running thread and runs `next` (GALE_ID_NONE: whoever resumed it); 1 if cancelled. */
/*@ requires own: \valid(i); */
static uint32_t canon_thread_stop(struct gale_instance *i, enum canon_thread_stop how, bool cancellable, gale_id next)
{
    struct gale_store *s = i->store;
    struct gale_guest_thread *t = gale__thread(s, s->current);

    if (t->stack == GALE_ID_NONE) {
        gale_trap(i, GALE_TRAP_CANNOT_BLOCK);
    }
    if (how == CANON_THREAD_YIELD) {
        gale__thread_start_wait(s, s->current, GALE_WAIT_NOTHING, GALE_ID_NONE, cancellable);
    } else {
        t->state = GALE_GUEST_THREAD_SUSPENDED;
        t->flags =
            (uint8_t)((t->flags & ~GALE_GUEST_THREAD_CANCELLABLE) | (cancellable ? GALE_GUEST_THREAD_CANCELLABLE : 0u));
    }
    return gale__thread_block(s, next);
}

/*@ requires own: \valid(i); */
static bool canon_thread_is_cancelled(struct gale_instance *i, bool cancellable)
{
    return gale__task_take_cancel(gale__current_task(i->store), cancellable);
}

/*@ requires own: \valid(i); */
static uint32_t canon_thread_leave(struct gale_instance *i, enum canon_thread_stop how, bool cancellable)
{
    canon_thread_may_leave(i);
    return canon_thread_is_cancelled(i, cancellable) ? 1u : canon_thread_stop(i, how, cancellable, GALE_ID_NONE);
}

uint32_t gale_canon_thread_suspend(struct gale_instance *i, bool cancellable)
{
    uint32_t cancelled;

    gale__thread_sync(i->store, true);
    cancelled = canon_thread_leave(i, CANON_THREAD_SUSPEND, cancellable);
    gale__thread_sync(i->store, false);
    return cancelled;
}

uint32_t gale_canon_thread_yield(struct gale_instance *i, bool cancellable)
{
    return canon_thread_leave(i, CANON_THREAD_YIELD, cancellable);
}

/** Stops with the suspended thread of index `t` running next. */
/*@ requires own: \valid(i); */
static uint32_t canon_thread_then_resume(struct gale_instance *i, enum canon_thread_stop how, bool cancellable,
                                         uint32_t t)
{
    gale_id next;

    canon_thread_may_leave(i);
    next = canon_thread_suspended(i, t);
    return canon_thread_is_cancelled(i, cancellable) ? 1u : canon_thread_stop(i, how, cancellable, next);
}

uint32_t gale_canon_thread_suspend_then_resume(struct gale_instance *i, bool cancellable, uint32_t t)
{
    return canon_thread_then_resume(i, CANON_THREAD_SUSPEND, cancellable, t);
}

uint32_t gale_canon_thread_yield_then_resume(struct gale_instance *i, bool cancellable, uint32_t t)
{
    return canon_thread_then_resume(i, CANON_THREAD_YIELD, cancellable, t);
}

/** Stops with the thread of index `t` running next, if it is ready. */
/*@ requires own: \valid(i); */
static uint32_t canon_thread_then_promote(struct gale_instance *i, enum canon_thread_stop how, bool cancellable,
                                          uint32_t t)
{
    gale_id next;

    canon_thread_may_leave(i);
    next = canon_thread_get(i, t);
    if (canon_thread_is_cancelled(i, cancellable)) {
        return 1;
    }
    if (!gale__thread_is_ready(i->store, next)) {
        next = GALE_ID_NONE;
    }
    return canon_thread_stop(i, how, cancellable, next);
}

uint32_t gale_canon_thread_suspend_then_promote(struct gale_instance *i, bool cancellable, uint32_t t)
{
    return canon_thread_then_promote(i, CANON_THREAD_SUSPEND, cancellable, t);
}

uint32_t gale_canon_thread_yield_then_promote(struct gale_instance *i, bool cancellable, uint32_t t)
{
    return canon_thread_then_promote(i, CANON_THREAD_YIELD, cancellable, t);
}
