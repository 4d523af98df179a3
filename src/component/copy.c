/* SPDX-License-Identifier: Apache-2.0 */
/** Canonical ABI, Buffer State; Stream State; Future State. */
#include "copy_internal.h"
#include "runtime.h"

#define COPY_RESULT_STEP 16u /* a result takes the low four bits */

/* ---- birth and death ----------------------------------------------------------------------------------------- */

gale_id gale__copy_new(struct gale_store *s, const struct gale_value_type *type, unsigned flags)
{
    const gale_id id = gale__slots_next(&s->copies);
    struct gale_copy *c = &s->memory.copies[id];

    GALE_ASSERT(id != GALE_ID_NONE);
    gale__slots_take(&s->copies, id, c->handle);
    c->type = type;
    c->handle = GALE_ID_NONE;
    c->owner = GALE_ID_NONE;
    c->flags = (uint8_t)flags;
    c->ends = 2;
    gale__trace(s, GALE_TRACE_NEW, GALE_ID_NONE, id, flags & GALE_COPY_IS_FUTURE);
    return id;
}

#define COPY_HAS_HOST (GALE_COPY_HOST_READS | GALE_COPY_HOST_WRITES)

void gale__copy_release(struct gale_store *s, gale_id copy)
{
    struct gale_copy *c = gale__copy(s, copy);

    c->ends--;
    if (c->ends == 0) {
        GALE_ASSERT((c->flags & COPY_HAS_HOST) == 0);
        if (c->owner != GALE_ID_NONE) {
            gale__instance(s, c->owner)->left.streams++;
        }
        c->handle = gale__slots_give(&s->copies, copy);
    }
}

/* ---- the pending side ---------------------------------------------------------------------------------------- */

/** A result and a count as a guest gets them. */
/*@ requires most: count <= GALE_COPY_LENGTH_MAX && result <= GALE_COPY_CANCELLED;
    assigns  \nothing;
    ensures  st02: \result == count * 16 + result;
*/
static uint32_t copy_pack(enum gale_copy_result result, uint32_t count)
{
    return count * COPY_RESULT_STEP + (uint32_t)result;
}

/** What the pending side gets for `result`: a future's result has no count. */
/*@ requires own: \valid_read(c);
    requires most: c->progress <= c->length <= GALE_COPY_LENGTH_MAX && result <= GALE_COPY_CANCELLED;
    assigns  \nothing;
    ensures  st02: \result == result || \result == c->progress * 16 + result;
*/
static uint32_t copy_outcome(const struct gale_copy *c, enum gale_copy_result result)
{
    return copy_pack(result, (c->flags & GALE_COPY_IS_FUTURE) != 0 ? 0 : c->progress);
}

void gale__copy_notify(struct gale_store *s, struct gale_copy *c, enum gale_copy_result result)
{
    struct gale_instance *i = gale__instance(s, c->instance);
    const gale_id index = c->handle;

    i->handles.entries[index - 1u].payload = copy_outcome(c, result);
    c->handle = GALE_ID_NONE;
    gale__waitable_post(i, index);
}

void gale__copy_advance(struct gale_store *s, gale_id copy, uint32_t count)
{
    struct gale_copy *c = gale__copy(s, copy);

    gale__copy_step(c, count);
    gale__trace(s, GALE_TRACE_COPY, c->instance, copy, count);
    if ((c->flags & GALE_COPY_IS_FUTURE) != 0) {
        gale__copy_notify(s, c, GALE_COPY_COMPLETED);
    } else {
        /* The buffer stays with the other side until the event is delivered. */
        gale__waitable_post(gale__instance(s, c->instance), c->handle);
    }
}

/** The state of an end after `result`: its copy is over. */
/*@ requires own: \valid_read(h);
    assigns  \nothing;
    ensures  st04: \result == GALE_COPY_IDLE || \result == GALE_COPY_DONE;
    ensures  done: \result == GALE_COPY_DONE <==>
                     result == GALE_COPY_DROPPED || (h->kind >= GALE_HANDLE_FUTURE_READ && result == GALE_COPY_COMPLETED);
*/
static uint8_t copy_state_after(const struct gale_handle *h, uint32_t result)
{
    const bool future = h->kind >= GALE_HANDLE_FUTURE_READ;

    return result == GALE_COPY_DROPPED || (future && result == GALE_COPY_COMPLETED) ? GALE_COPY_DONE : GALE_COPY_IDLE;
}

uint32_t gale__copy_deliver(struct gale_instance *i, uint32_t index, struct gale_handle *h)
{
    struct gale_copy *c = gale__copy(i->store, h->object);

    if (c->handle == index && c->instance == i->id) {
        h->payload = copy_outcome(c, GALE_COPY_COMPLETED);
        c->handle = GALE_ID_NONE;
    }
    h->state = copy_state_after(h, h->payload & (COPY_RESULT_STEP - 1u));
    return h->payload;
}

void gale__copy_drop(struct gale_store *s, gale_id copy)
{
    struct gale_copy *c = gale__copy(s, copy);

    gale__trace(s, GALE_TRACE_DROP, GALE_ID_NONE, copy, 0);
    if ((c->flags & GALE_COPY_IS_DROPPED) == 0) {
        c->flags |= GALE_COPY_IS_DROPPED;
        if (c->handle != GALE_ID_NONE) {
            gale__copy_notify(s, c, GALE_COPY_DROPPED);
        }
        if ((c->flags & COPY_HAS_HOST) != 0) {
            gale__host_end_closed(s, copy);
        }
    }
    gale__copy_release(s, copy);
}

/* ---- moving elements ----------------------------------------------------------------------------------------- */

/** Moves elements by the functions of their type. */
/*@ requires own: \valid_read(c) && \valid_read(o); */
static void copy_by_type(const struct gale_copy *c, const struct copy_offer *o, uint32_t count)
{
    const struct gale_value_side mine = {o->instance, o->options->values, NULL, GALE_ID_NONE};
    const struct gale_value_side theirs = {gale__instance(o->instance->store, c->instance), c->options, NULL,
                                           GALE_ID_NONE};
    const struct gale_transfer t =
        o->reads ? (struct gale_transfer){theirs, mine} : (struct gale_transfer){mine, theirs};

    c->type->move(&t, o->reads ? c->ptr : o->ptr, o->reads ? o->ptr : c->ptr, count);
}

/** Moves elements; both ranges were checked when they were offered, and memories do not shrink. */
/*@ requires own: \valid_read(c) && \valid_read(o); */
static void copy_meet(const struct gale_copy *c, const struct copy_offer *o, uint32_t count)
{
    if (c->type == NULL) {
        return;
    }
    if (c->type->move == NULL) {
        copy_plain(c, o, count);
    } else {
        copy_by_type(c, o, count);
    }
}

/* ---- the side that comes now --------------------------------------------------------------------------------- */

/** The offer becomes the pending one, of which there was none. */
/*@ requires own:  \valid(c) && \valid_read(o) && \valid_read(o->options) && \valid_read(o->instance);
    requires own:  \separated(c, o) && \separated(c, o->options) && \separated(c, o->instance);
    requires type: o->options->type == c->type && o->length <= GALE_COPY_LENGTH_MAX;
    requires from: copy_readable(c->type, o->options->values) && copy_apart_from(c, c->type, o->options->values);
    requires from: copy_range(c->type, o->options->values->memory, o->ptr, o->length);
    requires one:  c->handle == GALE_ID_NONE;
    assigns  c->options, c->ptr, c->length, c->progress, c->handle, c->instance, c->flags;
    ensures  own:  copy_apart_from(c, c->type, c->options);
    ensures  st02: copy_ok(c) && c->progress == 0 && c->length == o->length;
    ensures  st03: c->ptr == o->ptr && c->options == o->options->values;
    ensures  st04: c->handle == (gale_id)o->index;
*/
static void copy_take_offer(struct gale_copy *c, const struct copy_offer *o)
{
    GALE_ASSERT(c->handle == GALE_ID_NONE);
    c->options = o->options->values;
    c->ptr = o->ptr;
    c->length = o->length;
    c->progress = 0;
    c->handle = (gale_id)o->index;
    c->instance = o->instance->id;
    c->flags = (uint8_t)((c->flags & ~GALE_COPY_PENDING_READ) | (o->reads ? GALE_COPY_PENDING_READ : 0u));
}

/** The offer waits for the other side. */
/*@ requires own: \valid(c) && \valid_read(o); */
static uint32_t copy_pend(struct gale_copy *c, const struct copy_offer *o)
{
    copy_take_offer(c, o);
    gale__trace(o->instance->store, GALE_TRACE_PEND, c->instance, o->handle->object,
                o->index | (o->reads ? GALE_TRACE_PEND_READS : 0u));
    return GALE_CANON_BLOCKED;
}

/** The offer ends at once. */
/*@ requires own:  \valid_read(o) && \valid(o->handle) && \separated(o, o->handle);
    requires most: count <= o->length <= GALE_COPY_LENGTH_MAX && result <= GALE_COPY_CANCELLED;
    assigns  o->handle->state;
    ensures  st02: \result == count * 16 + result;
    ensures  st04: o->handle->state == GALE_COPY_IDLE || o->handle->state == GALE_COPY_DONE;
*/
static uint32_t copy_done(const struct copy_offer *o, enum gale_copy_result result, uint32_t count)
{
    o->handle->state = copy_state_after(o->handle, (uint32_t)result);
    return copy_pack(result, count);
}

/*@ requires own: \valid_read(c) && \valid_read(o); */
static void copy_check_instances(const struct gale_copy *c, const struct copy_offer *o)
{
    const bool number = c->type == NULL || (c->type->flags & GALE_VALUE_NUMBER) != 0;

    if (c->instance == o->instance->id && !number) {
        gale_trap(o->instance, GALE_TRAP_COPY_SAME_INSTANCE);
    }
}

/** An offer to a stream whose other end is pending: moves what fits; GALE_CANON_BLOCKED if it pends in its place. */
/*@ requires own: \valid(c) && \valid_read(o); */
static uint32_t copy_meet_stream(struct gale_store *s, struct gale_copy *c, const struct copy_offer *o)
{
    const uint32_t count = gale__copy_fitting(c, o->length);

    copy_check_instances(c, o);
    if (gale__copy_left(c) > 0) {
        if (count > 0) {
            copy_meet(c, o, count);
            gale__copy_advance(s, o->handle->object, count);
        }
        return copy_done(o, GALE_COPY_COMPLETED, count);
    }
    if (!o->reads && o->length == 0 && c->length == 0) {
        return copy_done(o, GALE_COPY_COMPLETED, 0);
    }
    gale__copy_notify(s, c, GALE_COPY_COMPLETED);
    return copy_pend(c, o);
}

/** An offer to a future whose other end is pending: the value passes. */
/*@ requires own: \valid(c) && \valid_read(o); */
static uint32_t copy_meet_future(struct gale_store *s, struct gale_copy *c, const struct copy_offer *o)
{
    copy_check_instances(c, o);
    copy_meet(c, o, 1);
    gale__copy_advance(s, o->handle->object, 1);
    return copy_done(o, GALE_COPY_COMPLETED, 0);
}

/** The other end is the host's: it takes or gives what it can at once. */
/*@ requires own: \valid(c) && \valid_read(o); */
static uint32_t copy_meet_host(struct gale_store *s, struct gale_copy *c, const struct copy_offer *o)
{
    (void)copy_pend(c, o);
    gale__host_end_serve(s, o->handle->object);
    return (o->handle->lends & GALE_HANDLE_EVENT) != 0 ? gale__waitable_take(o->instance, o->index)
                                                       : GALE_CANON_BLOCKED;
}

/*@ requires own: \valid_read(o); */
static uint32_t copy_rendezvous(const struct copy_offer *o)
{
    struct gale_store *s = o->instance->store;
    struct gale_copy *c = gale__copy(s, o->handle->object);

    if ((c->flags & GALE_COPY_IS_DROPPED) != 0) {
        return copy_done(o, GALE_COPY_DROPPED, 0);
    }
    if (c->handle == GALE_ID_NONE) {
        return (c->flags & COPY_HAS_HOST) != 0 ? copy_meet_host(s, c, o) : copy_pend(c, o);
    }
    return (c->flags & GALE_COPY_IS_FUTURE) != 0 ? copy_meet_future(s, c, o) : copy_meet_stream(s, c, o);
}

/* ---- what a guest passes ------------------------------------------------------------------------------------- */

/** Why an end in `state` cannot begin a copy. */
/*@ assigns \nothing;
    ensures fault: \result != GALE_TRAP_NONE;
*/
static enum gale_trap copy_state_fault(enum gale_handle_kind kind, uint8_t state)
{
    if (state != GALE_COPY_DONE) {
        return GALE_TRAP_COPY_BUSY;
    }
    switch (kind) {
    case GALE_HANDLE_STREAM_READ:
        return GALE_TRAP_STREAM_READ_DONE;
    case GALE_HANDLE_STREAM_WRITE:
        return GALE_TRAP_STREAM_WRITE_DONE;
    case GALE_HANDLE_FUTURE_READ:
        return GALE_TRAP_FUTURE_READ_DONE;
    default:
        return GALE_TRAP_FUTURE_WRITE_DONE;
    }
}

/*@ requires own:  \valid(i) && \valid(i->handles.entries + (0 .. i->handles.count - 1)) && i->handles.used <= i->handles.count;
    requires ends: \valid_read(i->store) && \valid(i->store->memory.copies + (0 .. i->store->copies.used - 1)) &&
                   \forall integer k; 1 <= k <= i->handles.used && i->handles.entries[k - 1].kind == kind ==>
                     i->handles.entries[k - 1].object < i->store->copies.used;
    requires kind: kind >= GALE_HANDLE_STREAM_READ;
    assigns  \nothing;
    ensures  ht03: handle_table_live(&i->handles, index) && \result == i->handles.entries + (index - 1);
    ensures  ht04: \result->kind == kind;
*/
struct gale_handle *gale__copy_end(struct gale_instance *i, enum gale_handle_kind kind,
                                   const struct gale_value_type *type, uint32_t index)
{
    struct gale_handle *h;

    if (!i->may_leave) {
        gale_trap(i, GALE_TRAP_CANNOT_LEAVE);
    }
    h = gale__handle(i, index);
    if (h->kind != kind || gale__copy(i->store, h->object)->type != type) {
        gale_trap_value(i, GALE_TRAP_WRONG_KIND, index);
    }
    return h;
}

/** A synchronous built-in may not use an end that is in a set: who would get the event? */
/*@ requires own: \valid(i) && \valid_read(h);
    assigns  \nothing;
    ensures  alone: async || h->set == GALE_ID_NONE;
*/
static void copy_check_set(struct gale_instance *i, const struct gale_handle *h, bool async)
{
    if (!async && h->set != GALE_ID_NONE) {
        gale_trap(i, GALE_TRAP_SYNC_IN_SET);
    }
}

/** The elements are aligned and lie in memory. */
/*@ requires own: \valid_read(o) && \valid(o->instance) && \valid_read(o->options) && type == o->options->type;
    requires own: copy_readable(type, o->options->values) && type != \null && type->align > 0;
    requires fit: o->length <= GALE_COPY_LENGTH_MAX;
    assigns  \nothing;
    ensures  st03: copy_range(type, o->options->values->memory, o->ptr, o->length);
    ensures  align: (o->ptr & (type->align - 1)) == 0;
*/
static void copy_check_place(const struct copy_offer *o, const struct gale_value_type *type)
{
    if ((o->ptr & (type->align - 1u)) != 0) {
        gale_trap(o->instance, GALE_TRAP_UNALIGNED);
    }
    /*@ assert span: o->length * type->size == copy_span(o->length, type->size); */
    if (!gale_memory_holds(o->options->values->memory, o->ptr, (uint64_t)o->length * type->size)) {
        gale_trap(o->instance, GALE_TRAP_OUT_OF_BOUNDS);
    }
}

/** The buffer lies in memory and is aligned, if there are elements. */
/*@ requires own: \valid_read(o) && \valid(o->instance) && \valid_read(o->options);
    requires own: copy_readable(o->options->type, o->options->values);
    requires own: o->options->type == \null || o->options->type->align > 0;
    assigns  \nothing;
    ensures  st02: o->length <= GALE_COPY_LENGTH_MAX;
    ensures  st03: o->options->type != \null && o->length > 0 ==>
                     o->ptr + copy_span(o->length, o->options->type->size) <= o->options->values->memory->size;
    ensures  align: o->options->type != \null && o->length > 0 ==> (o->ptr & (o->options->type->align - 1)) == 0;
*/
static void copy_check_buffer(const struct copy_offer *o)
{
    const struct gale_value_type *type = o->options->type;

    if (o->length > GALE_COPY_LENGTH_MAX) {
        gale_trap(o->instance, GALE_TRAP_COPY_LENGTH);
    }
    if (type != NULL && o->length > 0) {
        copy_check_place(o, type);
    }
}

/** Checks an offer; from here on its end is busy. */
/*@ requires own: \valid_read(o) && \valid(o->instance) && \valid_read(o->options) && \valid(o->handle);
    requires own: \separated(o, o->handle) && \separated(o->handle, o->options);
    requires own: copy_readable(o->options->type, o->options->values) &&
                  (o->options->type == \null || (o->options->type->align > 0 && \separated(o->handle, o->options->type) &&
                    \separated(o->handle, o->options->values) && \separated(o->handle, o->options->values->memory)));
    assigns  o->handle->state;
    ensures  st04: \old(o->handle->state) == GALE_COPY_IDLE && o->handle->state == GALE_COPY_BUSY;
    ensures  st02: o->length <= GALE_COPY_LENGTH_MAX;
    ensures  st03: copy_range(o->options->type, o->options->values->memory, o->ptr, o->length);
*/
static void copy_claim(const struct copy_offer *o, enum gale_handle_kind kind)
{
    if (o->handle->state != GALE_COPY_IDLE) {
        gale_trap(o->instance, copy_state_fault(kind, o->handle->state));
    }
    copy_check_set(o->instance, o->handle, o->options->async);
    copy_check_buffer(o);
    o->handle->state = GALE_COPY_BUSY;
}

/** What an offer that is pending leads to: an event, waited for if the built-in is synchronous. */
/*@ requires own: \valid(i); */
static uint32_t copy_await(struct gale_instance *i, uint32_t index, bool async)
{
    if (async) {
        return GALE_CANON_BLOCKED;
    }
    gale__waitable_wait(i, index);
    return gale__waitable_take(i, index);
}

/** gale__copy_begin() but for what a trap's record says. */
/*@ requires own: \valid(i) && \valid_read(o); */
static uint32_t copy_begin(struct gale_instance *i, enum gale_handle_kind kind, const struct gale_copy_options *o,
                           uint32_t index, uint32_t ptr, uint32_t length)
{
    struct gale_handle *h = gale__copy_end(i, kind, o->type, index);
    const struct copy_offer offer = {
        i, h, o, index, ptr, length, kind == GALE_HANDLE_STREAM_READ || kind == GALE_HANDLE_FUTURE_READ};
    uint32_t packed;

    copy_claim(&offer, kind);
    packed = copy_rendezvous(&offer);
    return packed == GALE_CANON_BLOCKED ? copy_await(i, index, o->async) : packed;
}

uint32_t gale__copy_begin(struct gale_instance *i, enum gale_handle_kind kind, const struct gale_copy_options *o,
                          uint32_t index, uint32_t ptr, uint32_t length)
{
    uint32_t packed;

    if (!o->async) {
        gale__thread_sync(i->store, true);
    }
    packed = copy_begin(i, kind, o, index, ptr, length);
    if (!o->async) {
        gale__thread_sync(i->store, false);
    }
    return packed;
}

/** What a cancellation tells, where `packed` is how the copy stood. */
/*@ requires own: \valid_read(s);
    assigns  \nothing;
*/
static uint32_t copy_cancelled(const struct gale_store *s, enum gale_handle_kind kind, uint32_t packed)
{
    const bool stream = kind == GALE_HANDLE_STREAM_READ || kind == GALE_HANDLE_STREAM_WRITE;
    const bool completed = (packed & (COPY_RESULT_STEP - 1u)) == GALE_COPY_COMPLETED;

    return stream && completed && s->profile == GALE_PROFILE_SCRIPTS ? packed | GALE_COPY_CANCELLED : packed;
}

/** Only a copy that is under way, and that no one waits for, can be cancelled. */
/*@ requires own: \valid(i) && \valid_read(h);
    assigns  \nothing;
    ensures  st04: h->state == GALE_COPY_BUSY;
*/
static void copy_check_cancel(struct gale_instance *i, const struct gale_handle *h, bool async)
{
    if (h->state != GALE_COPY_BUSY || (h->lends & GALE_HANDLE_SYNC) != 0) {
        gale_trap(i, GALE_TRAP_COPY_IDLE);
    }
    copy_check_set(i, h, async);
}

/** gale__copy_cancel() but for what a trap's record says. The other side is told at once: nothing is waited for. */
/*@ requires own: \valid(i) && \valid_read(o); */
static uint32_t copy_cancel(struct gale_instance *i, enum gale_handle_kind kind, const struct gale_copy_options *o,
                            uint32_t index)
{
    struct gale_handle *h = gale__copy_end(i, kind, o->type, index);

    copy_check_cancel(i, h, o->async);
    if ((h->lends & GALE_HANDLE_EVENT) == 0) {
        gale__copy_notify(i->store, gale__copy(i->store, h->object), GALE_COPY_CANCELLED);
    }
    return copy_cancelled(i->store, kind, gale__waitable_take(i, index));
}

uint32_t gale__copy_cancel(struct gale_instance *i, enum gale_handle_kind kind, const struct gale_copy_options *o,
                           uint32_t index)
{
    uint32_t packed;

    gale__thread_sync(i->store, !o->async);
    packed = copy_cancel(i, kind, o, index);
    gale__thread_sync(i->store, false);
    return packed;
}
