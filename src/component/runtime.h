/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What the parts of the component runtime share. Library-internal; below the built-ins all arguments are checked.
 *
 * Links of a store, by node: thread t has t (queue it waits in, or the ready list), T + t (ready list of its instance)
 * and 2T + t (its task's explicit threads). Then each instance has four sources, then come the handles. By list: ready;
 * per instance ready, turn and two entry queues; per task its explicit threads; per set events and waiters.
 */
#ifndef SRC_COMPONENT_RUNTIME_H
#define SRC_COMPONENT_RUNTIME_H

#include "gale/component/canon.h"
#include "gale/component/trace.h"

#include "copy_core.h"
#include "instance_core.h"
#include "subtask_core.h"
#include "task_core.h"

/* ---- pools --------------------------------------------------------------------------------------------------- */

/** The slot that gale__slots_take() will take; GALE_ID_NONE if there is none. */
inline gale_id gale__slots_next(const struct gale_slots *s)
{
    if (s->free != GALE_ID_NONE) {
        return s->free;
    }
    return s->used < s->count ? s->used : GALE_ID_NONE;
}

/** Takes the slot `id` that gale__slots_next() named; `next` is what its record says of the next free one. */
inline void gale__slots_take(struct gale_slots *s, gale_id id, gale_id next)
{
    if (id == s->free) {
        s->free = next;
    } else {
        s->used++;
    }
}

/** Gives slot `id` back; the answer belongs into its record. */
inline gale_id gale__slots_give(struct gale_slots *s, gale_id id)
{
    const gale_id next = s->free;

    s->free = id;
    return next;
}

/* ---- where things are ---------------------------------------------------------------------------------------- */

inline struct gale_guest_thread *gale__thread(const struct gale_store *s, gale_id id)
{
    GALE_ASSERT(id < s->threads.used);
    return &s->memory.threads[id];
}

inline struct gale_task *gale__task(const struct gale_store *s, gale_id id)
{
    GALE_ASSERT(id < s->tasks.used);
    return &s->memory.tasks[id];
}

inline struct gale_subtask *gale__subtask(const struct gale_store *s, gale_id id)
{
    GALE_ASSERT(id < s->subtasks.used);
    return &s->memory.subtasks[id];
}

/*@ requires own: \valid_read(s) && id < s->copies.used;
    assigns  \nothing;
    ensures  own: \result == s->memory.copies + id;
*/
inline struct gale_copy *gale__copy(const struct gale_store *s, gale_id id)
{
    GALE_ASSERT(id < s->copies.used);
    return &s->memory.copies[id];
}

inline struct gale_instance *gale__instance(const struct gale_store *s, gale_id id)
{
    GALE_ASSERT(id < s->instances_used);
    return s->memory.instances[id];
}

inline struct gale_instance *gale__task_instance(const struct gale_store *s, gale_id task)
{
    return gale__task(s, task)->func->instance;
}

/** Whose code a thread runs; the thread of a realloc says it in `object`. */
inline struct gale_instance *gale__thread_instance(const struct gale_store *s, const struct gale_guest_thread *t)
{
    return t->task != GALE_ID_NONE ? gale__task_instance(s, t->task) : gale__instance(s, t->object);
}

inline struct gale_task *gale__current_task(const struct gale_store *s)
{
    return gale__task(s, gale__thread(s, s->current)->task);
}

/** Sources of an instance in the ready lists. */
enum gale__source { GALE__SOURCE_TURN, GALE__SOURCE_TURN_HERE, GALE__SOURCE_ENTRY_LOCKED, GALE__SOURCE_ENTRY_FREE };

#define GALE__LIST_READY ((gale_id)0)

inline gale_id gale__node_here(const struct gale_store *s, gale_id thread)
{
    return (gale_id)(s->memory.thread_count + thread);
}

inline gale_id gale__node_sibling(const struct gale_store *s, gale_id thread)
{
    return (gale_id)(2u * s->memory.thread_count + thread);
}

inline gale_id gale__node_first_source(const struct gale_store *s)
{
    return (gale_id)(GALE_STORE_THREAD_NODES * s->memory.thread_count);
}

inline gale_id gale__node_source(const struct gale_instance *i, enum gale__source source)
{
    return (gale_id)(gale__node_first_source(i->store) + GALE_STORE_INSTANCE_NODES * i->id + (unsigned)source);
}

/** Lists of an instance, in this order. */
enum gale__instance_list { GALE__LIST_HERE, GALE__LIST_TURN, GALE__LIST_ENTRY_LOCKED, GALE__LIST_ENTRY_FREE };

inline gale_id gale__list_of(const struct gale_instance *i, enum gale__instance_list list)
{
    return (gale_id)(GALE_STORE_OWN_LISTS + GALE_STORE_INSTANCE_LISTS * i->id + (unsigned)list);
}

inline gale_id gale__list_task(const struct gale_store *s, gale_id task)
{
    return (gale_id)(GALE_STORE_OWN_LISTS + GALE_STORE_INSTANCE_LISTS * s->memory.instance_count + task);
}

inline gale_id gale__list_events(const struct gale_store *s, gale_id set)
{
    return (gale_id)(gale__list_task(s, s->memory.task_count) + 2u * set);
}

inline gale_id gale__list_waiters(const struct gale_store *s, gale_id set)
{
    return (gale_id)(gale__list_events(s, set) + 1u);
}

inline gale_id gale__node_handle(const struct gale_instance *i, uint32_t index)
{
    return (gale_id)(i->handles.node + (index - 1u));
}

/** True when the node is in a list. */
inline bool gale__linked(const struct gale_store *s, gale_id node)
{
    return s->links.links[node].owner != GALE_ID_NONE;
}

inline void gale__unlink(struct gale_store *s, gale_id node)
{
    if (gale__linked(s, node)) {
        gale_list_remove(&s->links, node);
    }
}

/* ---- trace --------------------------------------------------------------------------------------------------- */

void gale__trace_put(struct gale_trace *trace, enum gale_trace_kind kind, gale_id instance, uint32_t a, uint32_t b);

inline void gale__trace(const struct gale_store *s, enum gale_trace_kind kind, gale_id instance, uint32_t a, uint32_t b)
{
    if (GALE_TRACE && s->trace != NULL) {
        gale__trace_put(s->trace, kind, instance, a, b);
    }
}

/* ---- instance ------------------------------------------------------------------------------------------------ */

/** The first of `i` and its ancestors that `caller` (NULL: the host) is in already; NULL if none. */
struct gale_instance *gale__instance_shared(struct gale_instance *i, struct gale_instance *caller);
/** True when all up to `stop` may be entered. */
bool gale__instance_may_enter(const struct gale_instance *i, const struct gale_instance *stop);
void gale__instance_set_enter(struct gale_instance *i, const struct gale_instance *stop, bool may_enter);

/** The lock is free, or the gate open: those who wait for it become ready. */
void gale__instance_offer(struct gale_instance *i);

inline void gale__instance_unlock(struct gale_instance *i)
{
    i->exclusive = GALE_ID_NONE;
    if (i->queued != 0) {
        gale__instance_offer(i);
    }
}

/** Traps `caller`, whose call of `callee` is refused; if that is the host (NULL), nobody is poisoned. */
void gale__trap_refuse(struct gale_instance *caller, struct gale_instance *callee, enum gale_trap code)
    __attribute__((noreturn));

/* ---- guest_thread -------------------------------------------------------------------------------------------- */

/** A suspended thread of `task`; the caller has seen that there is a slot, and a stack if `flags` wants one. */
gale_id gale__thread_new(struct gale_store *s, gale_id task, unsigned flags);
/** The entry that gale__thread_register() will take; the table's count if there is none. */
inline gale_id gale__thread_next_index(const struct gale_instance *i)
{
    return i->threads.free != GALE_ID_NONE ? i->threads.free : i->threads.used;
}

/** An index of the instance's thread table, which has one left, for it. */
void gale__thread_register(struct gale_instance *i, gale_id thread);
void gale__thread_unregister(struct gale_instance *i, gale_id thread);
/** Gives slot and stack back. */
void gale__thread_free(struct gale_store *s, gale_id thread);
/** Takes it out of every list it waits in. */
void gale__thread_unlink(struct gale_store *s, gale_id thread);

/** Runs a blocked thread, and whomever it switches to, until that blocks or ends. */
void gale__thread_resume(struct gale_store *s, gale_id thread, bool cancelled);
/** Blocks the running thread, which runs on a stack of its own; true if cancelled. */
bool gale__thread_block(struct gale_store *s, gale_id switch_to);
/** Makes a thread wait; the caller blocks it next. */
void gale__thread_start_wait(struct gale_store *s, gale_id thread, enum gale_wait wait, gale_id object,
                             bool cancellable);
/** Waits on a stack of its own; true if cancelled. No cancellation that it listens to is pending. */
bool gale__thread_wait(struct gale_store *s, enum gale_wait wait, gale_id object, bool cancellable);
/** What a parked thread waits for has come. */
void gale__thread_wake(struct gale_store *s, gale_id thread);
/** True when the thread waits and what it waits for holds. */
bool gale__thread_is_ready(const struct gale_store *s, gale_id thread);
/** The body of a thread of either kind: lift.c; returns when it ends or waits at a callback's boundary. */
void gale__thread_body(struct gale_store *s, gale_id thread);

/** Marks the running thread as one that may block now; for the record of a trap. */
inline void gale__thread_sync(struct gale_store *s, bool begins)
{
    struct gale_guest_thread *t = gale__thread(s, s->current);

    t->flags = (uint8_t)(begins ? t->flags | GALE_GUEST_THREAD_SYNC : t->flags & ~GALE_GUEST_THREAD_SYNC);
}

/* ---- ready --------------------------------------------------------------------------------------------------- */

/** Takes the first ready thread out of the lists. */
gale_id gale__ready_take(struct gale_store *s);
/** Takes the first ready thread of one instance, but not the lock's holder; those that want the lock come last. */
gale_id gale__ready_take_here(struct gale_instance *i);
/** Appends a source to the ready list; a source of turns also to its instance's. */
void gale__ready_offer(struct gale_instance *i, enum gale__source source);
/** Puts a thread whose wait is over for now into the ready lists, or into the queue for its turn. */
void gale__ready_put(struct gale_store *s, gale_id thread);

/* ---- waitable ------------------------------------------------------------------------------------------------ */

struct gale__event {
    uint32_t code;
    uint32_t p1;
    uint32_t p2;
};

inline bool gale__set_has_event(const struct gale_store *s, gale_id set)
{
    return !gale_list_is_empty(&s->links, gale__list_events(s, set));
}

/** The handle `index`, or a trap. */
/*@ requires own:  \valid(i) && \valid(i->handles.entries + (0 .. i->handles.count - 1)) && i->handles.used <= i->handles.count;
    assigns  \nothing;
    ensures  ht03: handle_table_live(&i->handles, index) && \result == i->handles.entries + (index - 1);
*/
inline struct gale_handle *gale__handle(struct gale_instance *i, uint32_t index)
{
    struct gale_handle *h = gale_handle_table_get(&i->handles, index);

    if (h == NULL) {
        gale_trap_value(i, GALE_TRAP_UNKNOWN_HANDLE, index);
    }
    return h;
}

gale_id gale__set_get(struct gale_instance *i, uint32_t index);
/** Marks an event as pending and wakes who waits for it. */
void gale__waitable_post(struct gale_instance *i, uint32_t index);
/** Takes the pending event of one waitable: its payload. */
uint32_t gale__waitable_take(struct gale_instance *i, uint32_t index);
/** Takes the first event of a set that has one. */
void gale__set_take(struct gale_instance *i, gale_id set, struct gale__event *e);
/** Blocks until the waitable, which is in no set, has an event. */
void gale__waitable_wait(struct gale_instance *i, uint32_t index);
/** Takes a waitable without event and synchronous waiter out of its set. */
void gale__waitable_leave(struct gale_instance *i, uint32_t index);
void gale__set_free(struct gale_instance *i, gale_id set);

/* ---- task, lift ---------------------------------------------------------------------------------------------- */

/** Calls a lifted function; `subtask` is the call seen from `caller` (NULL: the host). */
void gale__lift(struct gale_store *s, const struct gale_func *f, struct gale_instance *caller, gale_id subtask);
/** True once the new thread has passed the gate; false when it waits there or its task was cancelled. */
bool gale__task_admit(struct gale_store *s, gale_id thread);
void gale__task_start(struct gale_store *s, gale_id task, union gale_flat *params);
void gale__task_return(struct gale_store *s, gale_id task, const union gale_flat *results);
void gale__task_cancel(struct gale_store *s, gale_id task);
void gale__task_request_cancel(struct gale_store *s, gale_id task, struct gale_instance *caller);
/** True when a cancellation is pending; from now on it counts as delivered. */
bool gale__task_take_cancel(struct gale_task *t, bool cancellable);
gale_id gale__task_new(struct gale_store *s, const struct gale_func *f, gale_id subtask);
void gale__task_free(struct gale_store *s, gale_id task);
/** The end of a thread of the table. */
void gale__task_leave(struct gale_store *s, gale_id task, gale_id thread);

/* ---- subtask, host ------------------------------------------------------------------------------------------- */

/** A new subtask; GALE_ID_NONE if there is none. */
gale_id gale__subtask_new(struct gale_store *s, const struct gale_binding *b, struct gale_instance *caller,
                          const union gale_flat *args, union gale_flat *results);
void gale__subtask_free(struct gale_store *s, gale_id id);
/** Begins the call: its state is STARTED and its parameters are moved. `t->to`, the callee's side, is there. */
void gale__subtask_start(struct gale_store *s, gale_id id, struct gale_transfer *t, union gale_flat *params);
/** The same for a host function, whose parameters are lifted for the host; `peer` is its caller. */
void gale__subtask_start_host(struct gale_store *s, gale_id id, struct gale_instance *peer, union gale_flat *params);
/** Its result is moved; `t->from` is there. */
void gale__subtask_return(struct gale_store *s, gale_id id, struct gale_transfer *t, const union gale_flat *results);
void gale__subtask_cancelled(struct gale_store *s, gale_id id);
/** Asks for cancellation on behalf of `caller`. */
void gale__subtask_request_cancel(struct gale_store *s, gale_id id, struct gale_instance *caller);
/** The resolution reaches the caller: lent handles are back. */
void gale__subtask_deliver(struct gale_store *s, struct gale_subtask *st);
void gale__subtask_lend(struct gale_store *s, gale_id id, struct gale_instance *i, uint32_t handle);
void gale__host_call_start(struct gale_store *s, gale_id subtask);
void gale__host_call_cancel(struct gale_store *s, gale_id subtask);
/** Calls what a binding leads to. */
void gale__subtask_call(struct gale_store *s, gale_id id, struct gale_instance *caller);

/* ---- copy ---------------------------------------------------------------------------------------------------- */

inline bool gale__handle_is_end(const struct gale_handle *h)
{
    return h->kind >= GALE_HANDLE_STREAM_READ;
}

inline bool gale__handle_is_waitable(const struct gale_handle *h)
{
    return h->kind >= GALE_HANDLE_SUBTASK;
}

/** A new stream or future whose ends nobody has yet; the caller has seen that there is room for it. */
gale_id gale__copy_new(struct gale_store *s, const struct gale_value_type *type, unsigned flags);
/** One end is gone; frees the object with its last end. */
void gale__copy_release(struct gale_store *s, gale_id copy);
/** The result of a pending end that has an event, at the moment of its delivery. */
uint32_t gale__copy_deliver(struct gale_instance *i, uint32_t index, struct gale_handle *h);
/** An end is dropped: tells the other one. */
void gale__copy_drop(struct gale_store *s, gale_id copy);
/** The pending end gets its result. */
void gale__copy_notify(struct gale_store *s, struct gale_copy *c, enum gale_copy_result result);
/** The end `index` of the given kind and type, or a trap. */
struct gale_handle *gale__copy_end(struct gale_instance *i, enum gale_handle_kind kind,
                                   const struct gale_value_type *type, uint32_t index);
/** Read or write of a guest; the packed result, or GALE_CANON_BLOCKED. */
uint32_t gale__copy_begin(struct gale_instance *i, enum gale_handle_kind kind, const struct gale_copy_options *o,
                          uint32_t index, uint32_t ptr, uint32_t length);
uint32_t gale__copy_cancel(struct gale_instance *i, enum gale_handle_kind kind, const struct gale_copy_options *o,
                           uint32_t index);
/** Elements were moved into or out of the pending buffer. */
void gale__copy_advance(struct gale_store *s, gale_id copy, uint32_t count);

/* ---- host ends, store ---------------------------------------------------------------------------------------- */

/** The host holds the other end: lets it take or give at once. */
void gale__host_end_serve(struct gale_store *s, gale_id copy);
void gale__host_end_closed(struct gale_store *s, gale_id copy);
/** Serves the host ends that asked for it in the words whose bits were rung. */
void gale__host_end_serve_rung(struct gale_store *s, uint32_t rung);
/** The end that the host has opened goes to `i`: it counts in its budget from now on. */
void gale__host_end_adopt(struct gale_store *s, gale_id copy, struct gale_instance *i);
/** Runs `fn` on the run stack; GALE_OK, GALE_EBUSY, GALE_ETRAP. */
int gale__store_enter(struct gale_store *s, void (*fn)(struct gale_store *store, void *arg), void *arg);
/** After a trap: poisons who had frames on the flow, and takes apart what they had. */
void gale__store_poison(struct gale_store *s);

#endif /* SRC_COMPONENT_RUNTIME_H */
