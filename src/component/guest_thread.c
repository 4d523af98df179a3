/* SPDX-License-Identifier: Apache-2.0 */
/** Canonical ABI, Stack Switching; Threads. */
#include "runtime.h"

/* ---- birth and death ----------------------------------------------------------------------------------------- */

/*@ requires own: \valid(s); */
static gale_id guest_thread_take_stack(struct gale_store *s, gale_id thread)
{
    const gale_id id = gale__slots_next(&s->stacks);

    GALE_ASSERT(id != GALE_ID_NONE);
    gale__slots_take(&s->stacks, id, s->memory.stacks[id].thread);
    s->memory.stacks[id].thread = thread;
    return id;
}

gale_id gale__thread_new(struct gale_store *s, gale_id task, unsigned flags)
{
    const gale_id id = gale__slots_next(&s->threads);
    struct gale_guest_thread *t = &s->memory.threads[id];

    GALE_ASSERT(id != GALE_ID_NONE);
    gale__slots_take(&s->threads, id, t->task);
    t->context[0] = 0;
    t->context[1] = 0;
    t->task = task;
    t->index = GALE_ID_NONE;
    t->call = GALE_ID_NONE;
    t->state = GALE_GUEST_THREAD_SUSPENDED;
    t->wait = GALE_WAIT_NOTHING;
    t->flags = (uint8_t)flags;
    t->stack = (flags & GALE_GUEST_THREAD_STACK) != 0 ? guest_thread_take_stack(s, id) : GALE_ID_NONE;
    return id;
}

void gale__thread_free(struct gale_store *s, gale_id thread)
{
    struct gale_guest_thread *t = gale__thread(s, thread);

    if (t->stack != GALE_ID_NONE) {
        s->memory.stacks[t->stack].thread = gale__slots_give(&s->stacks, t->stack);
    }
    t->state = GALE_GUEST_THREAD_FREE;
    t->task = gale__slots_give(&s->threads, thread);
}

void gale__thread_register(struct gale_instance *i, gale_id thread)
{
    struct gale_thread_table *t = &i->threads;
    const gale_id at = gale__thread_next_index(i);

    GALE_ASSERT(at < t->count);
    if (at == t->free) {
        t->free = t->threads[at];
    } else {
        t->used++;
    }
    t->threads[at] = thread;
    t->live[at] = 1;
    gale__thread(i->store, thread)->index = (gale_id)(at + 1u);
}

void gale__thread_unregister(struct gale_instance *i, gale_id thread)
{
    struct gale_guest_thread *t = gale__thread(i->store, thread);
    const gale_id at = (gale_id)(t->index - 1u);

    i->threads.live[at] = 0;
    i->threads.threads[at] = i->threads.free;
    i->threads.free = at;
    t->index = GALE_ID_NONE;
}

/* ---- waiting ------------------------------------------------------------------------------------------------- */

/*@ requires own: \valid_read(t);
    assigns  \nothing;
    ensures  set: \result <==> t->wait == GALE_WAIT_SET || t->wait == GALE_WAIT_SET_TURN;
*/
static bool guest_thread_wants_set(const struct gale_guest_thread *t)
{
    return t->wait == GALE_WAIT_SET || t->wait == GALE_WAIT_SET_TURN;
}

void gale__thread_unlink(struct gale_store *s, gale_id thread)
{
    const gale_id owner = s->links.links[thread].owner;
    struct gale_instance *i = gale__thread_instance(s, gale__thread(s, thread));
    const gale_id first = gale__list_of(i, GALE__LIST_TURN);

    if (owner != GALE_ID_NONE) {
        i->queued = (gale_id)(i->queued - (owner >= first && owner <= first + 2u));
        gale_list_remove(&s->links, thread);
    }
    gale__unlink(s, gale__node_here(s, thread));
}

/** Puts a waiting thread where it belongs as long as what it waits for has not come. */
/*@ requires own: \valid(s); */
static void guest_thread_park(struct gale_store *s, gale_id thread)
{
    const struct gale_guest_thread *t = gale__thread(s, thread);
    const bool now = t->wait == GALE_WAIT_NOTHING || t->wait == GALE_WAIT_TURN;

    if (now || (guest_thread_wants_set(t) && gale__set_has_event(s, t->object))) {
        gale__ready_put(s, thread);
    } else if (guest_thread_wants_set(t)) {
        gale_list_push_back(&s->links, gale__list_waiters(s, t->object), thread);
    }
}

/** Queues a thread before the gate of its instance. */
/*@ requires own: \valid(s); */
static void guest_thread_queue(struct gale_store *s, gale_id thread)
{
    const struct gale_func *f = gale__task(s, gale__thread(s, thread)->task)->func;
    const bool locked = gale__func_needs_lock(f);

    f->instance->queued++;
    gale_list_push_back(&s->links, gale__list_of(f->instance, locked ? GALE__LIST_ENTRY_LOCKED : GALE__LIST_ENTRY_FREE),
                        thread);
    if (!gale__instance_is_closed(f->instance, locked)) {
        gale__ready_offer(f->instance, locked ? GALE__SOURCE_ENTRY_LOCKED : GALE__SOURCE_ENTRY_FREE);
    }
}

void gale__thread_start_wait(struct gale_store *s, gale_id thread, enum gale_wait wait, gale_id object,
                             bool cancellable)
{
    struct gale_guest_thread *t = gale__thread(s, thread);

    t->state = GALE_GUEST_THREAD_WAITING;
    t->wait = (uint8_t)wait;
    t->object = object;
    t->flags =
        (uint8_t)((t->flags & ~GALE_GUEST_THREAD_CANCELLABLE) | (cancellable ? GALE_GUEST_THREAD_CANCELLABLE : 0u));
    if (guest_thread_wants_set(t)) {
        s->memory.sets[object].waiting++;
    }
    if (wait == GALE_WAIT_ENTRY) {
        guest_thread_queue(s, thread);
    } else {
        guest_thread_park(s, thread);
    }
}

void gale__thread_wake(struct gale_store *s, gale_id thread)
{
    gale__thread_unlink(s, thread);
    gale__ready_put(s, thread);
}

bool gale__thread_is_ready(const struct gale_store *s, gale_id thread)
{
    const struct gale_guest_thread *t = gale__thread(s, thread);

    if (t->state != GALE_GUEST_THREAD_WAITING) {
        return false;
    }
    switch ((enum gale_wait)t->wait) {
    case GALE_WAIT_SET:
        return gale__set_has_event(s, t->object);
    case GALE_WAIT_SET_TURN:
        return gale__thread_instance(s, t)->exclusive == GALE_ID_NONE && gale__set_has_event(s, t->object);
    case GALE_WAIT_TURN:
        return gale__thread_instance(s, t)->exclusive == GALE_ID_NONE;
    default:
        break;
    }
    return s->links.links[thread].owner == GALE__LIST_READY;
}

/* ---- running ------------------------------------------------------------------------------------------------- */

/** First and last frame of a thread on its own stack. */
/*@ requires own: \valid((struct gale_store *)arg); */
static void guest_thread_main(void *arg)
{
    struct gale_store *s = arg;
    const gale_id thread = s->current;
    struct gale_guest_stack *k = &s->memory.stacks[gale__thread(s, thread)->stack];

    gale__thread_body(s, thread);
    s->flow = k->back;
    gale_port_context_switch(&k->own, k->back);
}

/*@ requires own: \valid(s) && \valid(t); */
static void guest_thread_run_on_stack(struct gale_store *s, struct gale_guest_thread *t)
{
    struct gale_guest_stack *k = &s->memory.stacks[t->stack];

    if ((t->flags & GALE_GUEST_THREAD_INSIDE) == 0) {
        gale_port_context_init(&k->own, s->memory.stack_memory + t->stack * s->memory.stack_bytes,
                               s->memory.stack_bytes, guest_thread_main, s);
    }
    k->back = s->flow;
    s->flow = &k->own;
    gale_port_context_switch(k->back, &k->own);
}

/** Takes a blocked thread out of its wait and makes it the running one. */
/*@ requires own: \valid(s) && \valid(t); */
static void guest_thread_begin(struct gale_store *s, struct gale_guest_thread *t, gale_id thread, bool cancelled)
{
    if (t->state == GALE_GUEST_THREAD_WAITING) {
        gale__thread_unlink(s, thread);
        if (guest_thread_wants_set(t)) {
            s->memory.sets[t->object].waiting--;
        }
    }
    t->state = GALE_GUEST_THREAD_RUNNING;
    t->flags = (uint8_t)((t->flags & ~GALE_GUEST_THREAD_CANCELLED) | (cancelled ? GALE_GUEST_THREAD_CANCELLED : 0u));
    t->resumer = s->current;
    s->current = thread;
    s->switch_to = GALE_ID_NONE;
    gale__trace(s, GALE_TRACE_RESUME, gale__thread_instance(s, t)->id, thread, cancelled);
}

/** Runs a blocked thread until it blocks or ends; whom it wants to run next. */
/*@ requires own: \valid(s); */
static gale_id guest_thread_run(struct gale_store *s, gale_id thread, bool cancelled)
{
    struct gale_guest_thread *t = gale__thread(s, thread);
    const gale_id back = s->current;

    guest_thread_begin(s, t, thread, cancelled);
    s->nesting++;
    if ((t->flags & (GALE_GUEST_THREAD_STARTED | GALE_GUEST_THREAD_EXPLICIT)) != 0 || gale__task_admit(s, thread)) {
        if (t->stack == GALE_ID_NONE) {
            gale__thread_body(s, thread);
        } else {
            guest_thread_run_on_stack(s, t);
        }
    }
    s->nesting--;
    s->current = back;
    if (t->state == GALE_GUEST_THREAD_FREE) {
        gale__trace(s, GALE_TRACE_EXIT, GALE_ID_NONE, thread, 0);
        gale__thread_free(s, thread);
        return GALE_ID_NONE;
    }
    gale__trace(s, GALE_TRACE_BLOCK, gale__thread_instance(s, t)->id, thread, t->wait | (uint32_t)t->state << 8);
    return s->switch_to;
}

void gale__thread_resume(struct gale_store *s, gale_id thread, bool cancelled)
{
    if (s->nesting >= GALE_CALL_DEPTH) {
        gale_trap(gale__thread_instance(s, gale__thread(s, thread)), GALE_TRAP_DEPTH);
    }
    /*@ loop invariant own: \valid(s);
        loop assigns thread, cancelled;
        // no loop variant: guests may hand over to each other for as long as they like
    */
    while (thread != GALE_ID_NONE) {
        thread = guest_thread_run(s, thread, cancelled);
        cancelled = false;
    }
}

bool gale__thread_block(struct gale_store *s, gale_id switch_to)
{
    struct gale_guest_thread *t = gale__thread(s, s->current);
    struct gale_guest_stack *k = &s->memory.stacks[t->stack];

    s->switch_to = switch_to;
    t->flags |= GALE_GUEST_THREAD_INSIDE;
    s->flow = k->back;
    gale_port_context_switch(&k->own, k->back);
    t->flags = (uint8_t)(t->flags & ~GALE_GUEST_THREAD_INSIDE);
    return (t->flags & GALE_GUEST_THREAD_CANCELLED) != 0;
}

bool gale__thread_wait(struct gale_store *s, enum gale_wait wait, gale_id object, bool cancellable)
{
    const gale_id thread = s->current;
    struct gale_guest_thread *t = gale__thread(s, thread);

    if (t->stack == GALE_ID_NONE) {
        gale_trap(gale__thread_instance(s, t), GALE_TRAP_CANNOT_BLOCK);
    }
    gale__thread_start_wait(s, thread, wait, object, cancellable);
    return gale__thread_block(s, GALE_ID_NONE);
}
