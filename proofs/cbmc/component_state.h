/* SPDX-License-Identifier: Apache-2.0 */
/** @file Any valid state of the small store of component.h, and what valid means. */
#ifndef GALE_PROOFS_CBMC_COMPONENT_STATE_H
#define GALE_PROOFS_CBMC_COMPONENT_STATE_H

static bool value_passed[COPIES]; /* of a future: its value has passed */

static struct gale_instance *of(unsigned i)
{
    return i == 0 ? A : B;
}

/* ---- looking ------------------------------------------------------------------------------------------------- */

static struct gale_handle *entry(unsigned i, gale_id at)
{
    return &small_handles[i * HANDLES + at];
}

static gale_id owner(gale_id node)
{
    return small_links[node].owner;
}

static gale_id entry_owner(unsigned i, gale_id at)
{
    return owner((gale_id)(of(i)->handles.node + at));
}

static bool is_used(unsigned i, gale_id at)
{
    return at < of(i)->handles.used && entry(i, at)->kind != GALE_HANDLE_FREE;
}

/** Handles that say `kind` and `object`. */
static unsigned count(enum gale_handle_kind kind, gale_id object)
{
    unsigned n = 0;

    for (unsigned i = 0; i < 2; i++) {
        for (gale_id at = 0; at < HANDLES; at++) {
            n += is_used(i, at) && entry(i, at)->kind == (uint8_t)kind && entry(i, at)->object == object;
        }
    }
    return n;
}

static bool is_set_of(unsigned i, gale_id set)
{
    bool found = false;

    for (gale_id at = 0; at < HANDLES; at++) {
        found = found || (is_used(i, at) && entry(i, at)->kind == GALE_HANDLE_SET && entry(i, at)->object == set);
    }
    return found && set < store.sets.used;
}

static bool is_member(unsigned i, gale_id at, gale_id set)
{
    const struct gale_handle *h = entry(i, at);

    return is_used(i, at) && gale__handle_is_waitable(h) && (h->lends & GALE_HANDLE_SYNC) == 0 && h->set == set;
}

static bool waits(gale_id thread, enum gale_wait wait, gale_id object)
{
    const struct gale_guest_thread *t = &small_threads[thread];

    return thread < store.threads.used && t->state == GALE_GUEST_THREAD_WAITING && t->wait == (uint8_t)wait &&
           t->object == object;
}

static struct gale_instance *home(gale_id thread)
{
    return small_tasks[small_threads[thread].task].func->instance;
}

/** A chain of free slots: all that are free, each once. */
#define CHAIN_OK(slots, next, is_free)                                  \
    do {                                                                \
        gale_id free_ = 0;                                              \
        gale_id walked_ = 0;                                            \
        for (gale_id id = 0; id < (slots).used; id++) {                 \
            free_ = (gale_id)(free_ + ((is_free) ? 1 : 0));             \
        }                                                               \
        for (gale_id id = (slots).free; id != NONE; id = (next)) {      \
            if (id >= (slots).used || !(is_free) || walked_ == free_) { \
                return false;                                           \
            }                                                           \
            walked_++;                                                  \
        }                                                               \
        if (walked_ != free_ || (slots).used > (slots).count) {         \
            return false;                                               \
        }                                                               \
    } while (false)

static bool chains_ok(void)
{
    CHAIN_OK(store.threads, small_threads[id].task, small_threads[id].state == GALE_GUEST_THREAD_FREE);
    CHAIN_OK(store.tasks, small_tasks[id].subtask, small_tasks[id].func == NULL);
    CHAIN_OK(store.subtasks, small_subtasks[id].handle, small_subtasks[id].binding == NULL);
    CHAIN_OK(store.copies, small_copies[id].handle, small_copies[id].ends == 0);
    CHAIN_OK(store.sets, small_sets[id].next, count(GALE_HANDLE_SET, id) == 0);
    return true;
}

/* ---- handles ------------------------------------------------------------------------------------------------- */

/** The event of a waitable is in the list of its set, and nowhere if it is in no set. */
static bool event_ok(unsigned i, gale_id at)
{
    const struct gale_handle *h = entry(i, at);
    const bool sync = (h->lends & GALE_HANDLE_SYNC) != 0;
    const bool event = (h->lends & GALE_HANDLE_EVENT) != 0;

    if (h->lends > (GALE_HANDLE_EVENT | GALE_HANDLE_SYNC) ||
        (sync && !waits(h->set, GALE_WAIT_EVENT, (gale_id)(at + 1u)))) {
        return false;
    }
    if (sync) {
        return home(h->set) == of(i) && entry_owner(i, at) == NONE;
    }
    return (h->set == NONE || is_set_of(i, h->set)) &&
           entry_owner(i, at) == (event && h->set != NONE ? gale__list_events(&store, h->set) : NONE);
}

static bool is_pending(const struct gale_copy *c, unsigned i, gale_id at)
{
    return c->handle == at + 1u && c->instance == i;
}

/** The result that waits for its delivery agrees with what happened. */
static bool result_ok(const struct gale_handle *h, const struct gale_copy *c)
{
    const uint32_t result = h->payload & 15u;
    const bool future = (c->flags & GALE_COPY_IS_FUTURE) != 0;

    return result <= GALE_COPY_CANCELLED && h->payload >> 4 <= (future ? 0 : GALE_COPY_LENGTH_MAX) &&
           (result != GALE_COPY_DROPPED || (c->flags & GALE_COPY_IS_DROPPED) != 0) &&
           (!future || (result == GALE_COPY_COMPLETED) == value_passed[h->object]);
}

static bool end_ok(unsigned i, gale_id at)
{
    const struct gale_handle *h = entry(i, at);
    const struct gale_copy *c = &small_copies[h->object];
    const bool event = (h->lends & GALE_HANDLE_EVENT) != 0;
    const bool future = h->kind >= GALE_HANDLE_FUTURE_READ;
    const bool reads = h->kind == GALE_HANDLE_STREAM_READ || h->kind == GALE_HANDLE_FUTURE_READ;

    if (h->object >= store.copies.used || c->ends == 0 || future != ((c->flags & GALE_COPY_IS_FUTURE) != 0)) {
        return false;
    }
    if (is_pending(c, i, at)) {
        return h->state == GALE_COPY_BUSY && event == (c->progress > 0) &&
               reads == ((c->flags & GALE_COPY_PENDING_READ) != 0);
    }
    if (h->state == GALE_COPY_BUSY) {
        return event && result_ok(h, c);
    }
    if (h->lends != 0 || (future && value_passed[h->object] && h->state != GALE_COPY_DONE)) {
        return false;
    }
    return h->state == GALE_COPY_IDLE || (h->state == GALE_COPY_DONE && ((c->flags & GALE_COPY_IS_DROPPED) != 0 ||
                                                                         (future && value_passed[h->object])));
}

static bool handle_ok(unsigned i, gale_id at)
{
    const struct gale_handle *h = entry(i, at);
    const struct gale_subtask *st = &small_subtasks[h->object];

    if (!is_used(i, at)) {
        return entry_owner(i, at) == NONE;
    }
    if (gale__handle_is_end(h)) {
        return event_ok(i, at) && end_ok(i, at);
    }
    switch ((enum gale_handle_kind)h->kind) {
    case GALE_HANDLE_SUBTASK:
        return event_ok(i, at) && h->object < store.subtasks.used && st->binding != NULL && st->instance == i &&
               st->handle == at + 1u && (st->flags & GALE_SUBTASK_WAITED) == 0 &&
               ((h->lends & GALE_HANDLE_SYNC) == 0 || (st->flags & GALE_SUBTASK_CANCEL_ASKED) != 0);
    case GALE_HANDLE_SET:
        return h->object < store.sets.used && count(GALE_HANDLE_SET, h->object) == 1 &&
               small_sets[h->object].next == at + 1u && entry_owner(i, at) == NONE;
    case GALE_HANDLE_BORROW:
        return h->set < store.tasks.used && small_tasks[h->set].func != NULL && small_tasks[h->set].borrows > 0 &&
               h->object < TYPES && h->lends <= LENDS && entry_owner(i, at) == NONE;
    case GALE_HANDLE_OWN:
        return h->object < TYPES && h->lends <= LENDS && entry_owner(i, at) == NONE;
    default:
        return h->kind == GALE_HANDLE_ERROR_CONTEXT && entry_owner(i, at) == NONE;
    }
}

static bool handles_ok(void)
{
    bool ok = gale_handle_table_is_valid(&A->handles) && gale_handle_table_is_valid(&B->handles);

    for (unsigned i = 0; i < 2; i++) {
        for (gale_id at = 0; at < HANDLES; at++) {
            ok = ok && handle_ok(i, at);
        }
    }
    return ok;
}

static bool sets_ok(void)
{
    bool ok = true;

    for (gale_id set = 0; set < ALL_SETS; set++) {
        gale_id members = 0;
        gale_id waiting = 0;

        for (gale_id at = 0; at < HANDLES; at++) {
            members = (gale_id)(members + (is_member(0, at, set) ? 1 : 0) + (is_member(1, at, set) ? 1 : 0));
        }
        for (gale_id t = 0; t < THREADS; t++) {
            waiting = (gale_id)(waiting + (waits(t, GALE_WAIT_SET, set) || waits(t, GALE_WAIT_SET_TURN, set) ? 1 : 0));
        }
        ok = ok && (set >= store.sets.used || count(GALE_HANDLE_SET, set) == 0 ||
                    (small_sets[set].members == members && small_sets[set].waiting == waiting));
    }
    return ok;
}

/* ---- copies -------------------------------------------------------------------------------------------------- */

/** What the pending side offered lies in its memory. */
static bool offer_ok(const struct gale_copy *c)
{
    const uint64_t bytes = c->type == NULL ? 0 : (uint64_t)(c->length - c->progress) * c->type->size;

    return c->options == &options[c->instance] && c->length <= GALE_COPY_LENGTH_MAX && c->progress <= c->length &&
           (c->type == NULL || c->length == 0 ||
            (gale_memory_holds(&memories[c->instance], c->ptr, bytes) && (c->ptr & (c->type->align - 1u)) == 0)) &&
           ((c->flags & GALE_COPY_IS_FUTURE) == 0 || (c->length == 1 && c->progress == 0));
}

static bool copy_ok(gale_id id)
{
    const struct gale_copy *c = &small_copies[id];
    const bool future = (c->flags & GALE_COPY_IS_FUTURE) != 0;
    const unsigned readers = count(future ? GALE_HANDLE_FUTURE_READ : GALE_HANDLE_STREAM_READ, id);
    const unsigned writers = count(future ? GALE_HANDLE_FUTURE_WRITE : GALE_HANDLE_STREAM_WRITE, id);

    if (id >= store.copies.used || c->ends == 0) {
        return true;
    }
    if (readers > 1 || writers > 1 || readers + writers != c->ends || (c->flags & 12u) != 0 || c->flags > 31u ||
        c->owner >= 2 || ((c->flags & GALE_COPY_IS_DROPPED) != 0) != (c->ends < 2) ||
        !(c->type == NULL || c->type == &types[0] || c->type == &types[1])) {
        return false;
    }
    return c->handle == NONE || ((c->flags & GALE_COPY_IS_DROPPED) == 0 && c->instance < 2 && c->handle >= 1 &&
                                 c->handle <= HANDLES && is_used(c->instance, (gale_id)(c->handle - 1u)) &&
                                 gale__handle_is_end(entry(c->instance, (gale_id)(c->handle - 1u))) &&
                                 entry(c->instance, (gale_id)(c->handle - 1u))->object == id &&
                                 !(future && value_passed[id]) && offer_ok(c));
}

static bool copies_ok(void)
{
    bool ok = true;

    for (gale_id id = 0; id < COPIES; id++) {
        ok = ok && copy_ok(id);
    }
    return ok;
}

/* ---- threads ------------------------------------------------------------------------------------------------- */

/** A thread that waits is where it will be found when what it waits for comes, and ready if it has come. */
static bool waiting_ok(gale_id thread)
{
    const struct gale_guest_thread *t = &small_threads[thread];
    const struct gale_instance *i = home(thread);
    const gale_id at = owner(thread);
    const bool ready = at == GALE__LIST_READY;
    const bool turn = at == gale__list_of(i, GALE__LIST_TURN);
    const bool here = owner(gale__node_here(&store, thread)) == gale__list_of(i, GALE__LIST_HERE);

    if (here != ready || (!ready && owner(gale__node_here(&store, thread)) != NONE)) {
        return false;
    }
    switch ((enum gale_wait)t->wait) {
    case GALE_WAIT_NOTHING:
        return ready;
    case GALE_WAIT_SUBTASK:
        return t->object < store.subtasks.used && small_subtasks[t->object].binding != NULL &&
               small_subtasks[t->object].handle == thread &&
               (small_subtasks[t->object].flags & GALE_SUBTASK_WAITED) != 0 &&
               (gale__subtask_is_resolved(&small_subtasks[t->object]) ? ready : at == NONE);
    case GALE_WAIT_EVENT:
        return t->object >= 1 && t->object <= HANDLES && is_used(i->id, (gale_id)(t->object - 1u)) &&
               gale__handle_is_waitable(entry(i->id, (gale_id)(t->object - 1u))) &&
               entry(i->id, (gale_id)(t->object - 1u))->set == thread &&
               (entry(i->id, (gale_id)(t->object - 1u))->lends & GALE_HANDLE_SYNC) != 0 &&
               ((entry(i->id, (gale_id)(t->object - 1u))->lends & GALE_HANDLE_EVENT) != 0 ? ready : at == NONE);
    case GALE_WAIT_SET:
        return is_set_of(i->id, t->object) &&
               (ready || (at == gale__list_waiters(&store, t->object) && !gale__set_has_event(&store, t->object)));
    case GALE_WAIT_SET_TURN:
        return is_set_of(i->id, t->object) &&
               (turn || (at == gale__list_waiters(&store, t->object) && !gale__set_has_event(&store, t->object)));
    case GALE_WAIT_TURN:
        return turn;
    case GALE_WAIT_ENTRY:
        return at == gale__list_of(i, gale__func_needs_lock(gale__task(&store, t->task)->func) ? GALE__LIST_ENTRY_LOCKED
                                                                                               : GALE__LIST_ENTRY_FREE);
    }
    return false;
}

/** Whoever runs code of a function that needs the lock has it, and nobody who waits between two runs. */
static bool lock_ok(gale_id thread)
{
    const struct gale_guest_thread *t = &small_threads[thread];
    const struct gale_func *f = gale__task(&store, t->task)->func;
    const bool between = t->state == GALE_GUEST_THREAD_WAITING && t->wait >= GALE_WAIT_TURN;
    const bool needs = (f->flags & GALE_FUNC_ASYNC_TYPE) != 0 && gale__func_needs_lock(f) &&
                       (t->flags & GALE_GUEST_THREAD_EXPLICIT) == 0 && !between;

    return (f->instance->exclusive == thread) == needs;
}

/** The call that a thread says it makes is one of its instance, and it waits for it or runs it. */
static bool making_ok(gale_id thread)
{
    const struct gale_guest_thread *t = &small_threads[thread];
    const bool waiting = t->state == GALE_GUEST_THREAD_WAITING && t->wait == GALE_WAIT_SUBTASK;

    if (t->call == NONE) {
        return !waiting;
    }
    return t->call < store.subtasks.used && small_subtasks[t->call].binding != NULL &&
           small_subtasks[t->call].instance == home(thread)->id &&
           (waiting ? t->object == t->call
                    : t->state == GALE_GUEST_THREAD_RUNNING && small_subtasks[t->call].handle == NONE);
}

/** Where a thread stands in its function agrees with what it is and with what it waits for. */
static bool kind_ok(gale_id thread)
{
    const struct gale_guest_thread *t = &small_threads[thread];
    const struct gale_task *k = gale__task(&store, t->task);
    const bool is_explicit = (t->flags & GALE_GUEST_THREAD_EXPLICIT) != 0;
    const bool started = (t->flags & GALE_GUEST_THREAD_STARTED) != 0;
    const bool inside = (t->flags & GALE_GUEST_THREAD_INSIDE) != 0;
    const bool stack = is_explicit || (k->func->flags & GALE_FUNC_STACK) != 0;
    const bool between = t->state == GALE_GUEST_THREAD_WAITING && t->wait >= GALE_WAIT_TURN;
    const bool entering = between && t->wait == GALE_WAIT_ENTRY;

    if (is_explicit != (k->implicit != thread) || (t->index == NONE) != entering ||
        entering != (k->state == GALE_TASK_INITIAL) || (!is_explicit && started == entering) ||
        stack != (t->stack != NONE) || (stack && (t->stack >= STACKS || small_stacks[t->stack].thread != thread))) {
        return false;
    }
    if (between || t->state == GALE_GUEST_THREAD_RUNNING) {
        return !inside && (entering || started) && !(between && is_explicit) &&
               (!between || (k->func->flags & (entering ? GALE_FUNC_ASYNC_TYPE : GALE_FUNC_CALLBACK)) != 0);
    }
    return inside == started && (started || t->state == GALE_GUEST_THREAD_SUSPENDED || t->wait == GALE_WAIT_NOTHING) &&
           (stack || !inside);
}

static bool thread_ok(gale_id thread)
{
    const struct gale_guest_thread *t = &small_threads[thread];
    const bool in_list = owner(thread) != NONE || owner(gale__node_here(&store, thread)) != NONE;

    if (thread >= store.threads.used || t->state == GALE_GUEST_THREAD_FREE) {
        return !in_list && owner(gale__node_sibling(&store, thread)) == NONE;
    }
    if (thread == REALLOC) {
        return t->task == NONE && !in_list;
    }
    if (t->task >= store.tasks.used || small_tasks[t->task].func == NULL || !kind_ok(thread) || !lock_ok(thread) ||
        !making_ok(thread) ||
        owner(gale__node_sibling(&store, thread)) !=
            ((t->flags & GALE_GUEST_THREAD_EXPLICIT) != 0 ? gale__list_task(&store, t->task) : NONE)) {
        return false;
    }
    return t->state == GALE_GUEST_THREAD_WAITING ? waiting_ok(thread) : !in_list;
}

/** The thread table of instance `i`: who is in it is told so, the others are in its free chain. */
static bool thread_table_ok(const struct gale_instance *i)
{
    const struct gale_thread_table *t = &i->threads;
    gale_id live = 0;
    gale_id walked = 0;

    for (gale_id at = 0; at < t->used; at++) {
        const gale_id thread = t->threads[at];

        live = (gale_id)(live + t->live[at]);
        if (t->live[at] > 1 || (t->live[at] == 1 && (thread >= store.threads.used || thread == REALLOC ||
                                                     small_threads[thread].state == GALE_GUEST_THREAD_FREE ||
                                                     small_threads[thread].index != at + 1u || home(thread) != i))) {
            return false;
        }
    }
    for (gale_id at = t->free; at != NONE; at = t->threads[at]) {
        if (at >= t->used || t->live[at] != 0 || walked == t->used) {
            return false;
        }
        walked++;
    }
    return t->used <= t->count && walked == t->used - live;
}

static bool threads_ok(void)
{
    bool ok = thread_table_ok(A) && thread_table_ok(B);

    for (gale_id t = 0; t < THREADS; t++) {
        ok = ok && thread_ok(t);
    }
    return ok;
}

/* ---- instances: gate, lock, who may go on ---------------------------------------------------------------------- */

static bool source_offered(const struct gale_instance *i, enum gale__source source)
{
    return owner(gale__node_source(i, source)) == GALE__LIST_READY;
}

static bool queue_empty(const struct gale_instance *i, enum gale__instance_list list)
{
    return gale_list_is_empty(&store.links, gale__list_of(i, list));
}

/** A source of `i` is in the ready list or in none; that of turns is in the instance's list together with it. */
static bool sources_ok(const struct gale_instance *i)
{
    const gale_id here = owner(gale__node_source(i, GALE__SOURCE_TURN_HERE));
    const bool turn = source_offered(i, GALE__SOURCE_TURN);

    return (turn || owner(gale__node_source(i, GALE__SOURCE_TURN)) == NONE) &&
           here == (turn ? gale__list_of(i, GALE__LIST_HERE) : NONE) &&
           (source_offered(i, GALE__SOURCE_ENTRY_LOCKED) ||
            owner(gale__node_source(i, GALE__SOURCE_ENTRY_LOCKED)) == NONE) &&
           (source_offered(i, GALE__SOURCE_ENTRY_FREE) || owner(gale__node_source(i, GALE__SOURCE_ENTRY_FREE)) == NONE);
}

/** Those who queue are counted, and offered to whoever looks for a thread that can go on, if they can. */
static bool instance_ok(const struct gale_instance *i)
{
    const gale_id first = gale__list_of(i, GALE__LIST_TURN);
    gale_id queued = 0;

    for (gale_id t = 0; t < THREADS; t++) {
        queued = (gale_id)(queued + (owner(t) >= first && owner(t) <= first + 2u ? 1 : 0));
    }
    return i->queued == queued && i->backpressure <= CANON_TASK_BACKPRESSURE_MAX &&
           (i->exclusive == NONE ||
            (i->exclusive < store.threads.used && small_threads[i->exclusive].state != GALE_GUEST_THREAD_FREE &&
             i->exclusive != REALLOC && home(i->exclusive) == i)) &&
           sources_ok(i) &&
           (i->exclusive != NONE || queue_empty(i, GALE__LIST_TURN) || source_offered(i, GALE__SOURCE_TURN)) &&
           (gale__instance_is_closed(i, true) || queue_empty(i, GALE__LIST_ENTRY_LOCKED) ||
            source_offered(i, GALE__SOURCE_ENTRY_LOCKED)) &&
           (gale__instance_is_closed(i, false) || queue_empty(i, GALE__LIST_ENTRY_FREE) ||
            source_offered(i, GALE__SOURCE_ENTRY_FREE));
}

#include "component_calls.h"

#include "component_build.h"

#endif /* GALE_PROOFS_CBMC_COMPONENT_STATE_H */
