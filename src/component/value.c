/* SPDX-License-Identifier: Apache-2.0 */
/** Canonical ABI, Lifting and Lowering Context; Loading (handles); Storing (handles). */
#include "gale/component/value.h"

#include <string.h>

#include "runtime.h"

/* ---- memory -------------------------------------------------------------------------------------------------- */

/** Stops the side's instance; for a host side, its peer: it may have asked for more than the host's arena holds. */
/*@ requires own: \valid_read(side) && \valid(side->instance != \null ? side->instance : side->peer);
    assigns  \nothing;
    ensures  never: \false;
*/
static void value_trap(const struct gale_value_side *side, enum gale_trap code)
{
    gale_trap(side->instance != NULL ? side->instance : side->peer, code);
}

/** Traps unless `bytes` bytes at `ptr` are aligned and lie in the side's memory. */
/*@ requires own:   \valid_read(side) && \valid(side->instance != \null ? side->instance : side->peer);
    requires own:   \valid_read(side->options) && \valid_read(side->options->memory);
    requires align: align > 0;
    assigns  \nothing;
    ensures  st03: ptr + bytes <= side->options->memory->size;
    ensures  align: (ptr & (align - 1)) == 0;
*/
static void value_check(const struct gale_value_side *side, uint32_t ptr, uint32_t bytes, uint32_t align,
                        enum gale_trap unaligned, enum gale_trap outside)
{
    if ((ptr & (align - 1u)) != 0) {
        value_trap(side, unaligned);
    }
    if (!gale_memory_holds(side->options->memory, ptr, bytes)) {
        value_trap(side, outside);
    }
}

uint8_t *gale_value_at(const struct gale_value_side *side, uint32_t ptr, uint32_t bytes, uint32_t align)
{
    value_check(side, ptr, bytes, align, GALE_TRAP_UNALIGNED, GALE_TRAP_OUT_OF_BOUNDS);
    return side->options->memory->data + ptr;
}

/** Takes `bytes` bytes of an arena, behind all that was taken before, to `*at`; false if there are not as many left. */
/*@ requires own:   \valid(arena) && \valid(at) && \separated(arena, at);
    requires align: 0 < align <= 8 && arena->used <= arena->memory.size <= UINT32_MAX - 8;
    assigns  arena->used, *at;
    ensures  st03: \result ==> *at + bytes == arena->used <= arena->memory.size;
    ensures  st03: \result ==> \old(arena->used) <= *at;
    ensures  full: !\result ==> arena->used == \old(arena->used);
*/
static bool value_arena_fit(struct gale_arena *arena, uint32_t align, uint32_t bytes, uint32_t *at)
{
    const uint32_t past = arena->used % align;

    *at = past == 0 ? arena->used : arena->used + (align - past);
    if (!gale_memory_holds(&arena->memory, *at, bytes)) {
        return false;
    }
    arena->used = *at + bytes;
    return true;
}

/** Hands out the next piece of a host's arena. */
/*@ requires own: \valid_read(side); */
static uint32_t value_arena_take(const struct gale_value_side *side, uint32_t align, uint32_t bytes)
{
    struct gale_arena *arena = (struct gale_arena *)(void *)side->options->memory;
    uint32_t at;

    if (!value_arena_fit(arena, align, bytes, &at)) {
        value_trap(side, GALE_TRAP_NO_REALLOC);
    }
    return at;
}

/** A block of the arena that becomes smaller stays; one that becomes larger moves, its content with it. */
/*@ requires own: \valid_read(side); */
static uint32_t value_arena_realloc(const struct gale_value_side *side, uint32_t old, uint32_t old_size, uint32_t align,
                                    uint32_t new_size)
{
    uint8_t *data = side->options->memory->data;
    uint32_t at;

    if (old_size != 0 && new_size <= old_size) {
        return old;
    }
    at = value_arena_take(side, align, new_size);
    if (old_size != 0) {
        memcpy(data + at, data + old, old_size);
    }
    return at;
}

/** Calls the guest's realloc on a thread of its own, from which no call leaves. */
/*@ requires own: \valid_read(side); */
static uint32_t value_guest_realloc(const struct gale_value_side *side, uint32_t old, uint32_t old_size, uint32_t align,
                                    uint32_t new_size)
{
    struct gale_instance *i = side->instance;
    struct gale_store *s = i->store;
    const gale_id back = s->current;
    struct gale_guest_thread *t = gale__thread(s, s->realloc_thread);
    uint32_t ptr;

    t->context[0] = 0;
    t->context[1] = 0;
    t->object = i->id;
    t->resumer = back;
    s->current = s->realloc_thread;
    i->may_leave = false;
    ptr = side->options->realloc(i, old, old_size, align, new_size);
    i->may_leave = true;
    s->current = back;
    return ptr;
}

/** Records room for content, made for `instance`; `known` is an instance of the same store, NULL if there is none. */
/*@ requires own: known == \null || \valid_read(known); */
static void value_trace_alloc(const struct gale_instance *known, gale_id instance, uint32_t before, uint32_t now)
{
    if (known != NULL) {
        gale__trace(known->store, GALE_TRACE_ALLOC, instance, now, before);
    }
}

uint32_t gale_value_realloc_unchecked(const struct gale_value_side *side, uint32_t old, uint32_t old_size,
                                      uint32_t align, uint32_t new_size)
{
    if (side->instance == NULL) {
        value_trace_alloc(side->peer, GALE_ID_NONE, old_size, new_size);
        return value_arena_realloc(side, old, old_size, align, new_size);
    }
    if (side->options->realloc == NULL) {
        value_trap(side, GALE_TRAP_NO_REALLOC);
    }
    value_trace_alloc(side->instance, side->instance->id, old_size, new_size);
    return value_guest_realloc(side, old, old_size, align, new_size);
}

uint32_t gale_value_realloc(const struct gale_value_side *side, uint32_t old, uint32_t old_size, uint32_t align,
                            uint32_t new_size)
{
    const uint32_t ptr = gale_value_realloc_unchecked(side, old, old_size, align, new_size);

    value_check(side, ptr, new_size, align, GALE_TRAP_REALLOC_UNALIGNED, GALE_TRAP_REALLOC_BOUNDS);
    return ptr;
}

/* ---- handles ------------------------------------------------------------------------------------------------- */

/** A new entry in the receiving table; traps if it is full. */
/*@ requires own: \valid(i); */
static uint32_t value_add(struct gale_instance *i, enum gale_handle_kind kind, gale_id object)
{
    const uint32_t index = gale_handle_table_add(&i->handles, kind, object);

    if (index == 0) {
        gale_trap(i, GALE_TRAP_TABLE_FULL);
    }
    return index;
}

/** The resource behind a handle of the given type, or a trap. */
/*@ requires own: \valid(i); */
static struct gale_handle *value_resource(struct gale_instance *i, gale_id type, uint32_t handle)
{
    struct gale_handle *h = gale__handle(i, handle);

    if (h->kind != GALE_HANDLE_OWN && h->kind != GALE_HANDLE_BORROW) {
        gale_trap_value(i, GALE_TRAP_WRONG_KIND, handle);
    }
    if (h->object != type) {
        gale_trap_value(i, GALE_TRAP_WRONG_RESOURCE, handle);
    }
    return h;
}

/** Takes an owning handle out of `i`: its representation. */
/*@ requires own: \valid(i); */
static uint32_t value_lift_own(struct gale_instance *i, gale_id type, uint32_t handle)
{
    const struct gale_handle *h = value_resource(i, type, handle);

    if (h->lends != 0) {
        gale_trap(i, GALE_TRAP_LENT);
    }
    if (h->kind != GALE_HANDLE_OWN) {
        gale_trap(i, GALE_TRAP_NOT_OWNED);
    }
    gale_handle_table_remove(&i->handles, handle);
    return h->payload;
}

/*@ requires own: \valid(i); */
static uint32_t value_lower_own(struct gale_instance *i, gale_id type, uint32_t rep)
{
    const uint32_t index = value_add(i, GALE_HANDLE_OWN, type);

    i->handles.entries[index - 1u].payload = rep;
    return index;
}

uint32_t gale_value_move_own(const struct gale_transfer *t, gale_id type, uint32_t handle)
{
    const uint32_t rep = t->from.instance == NULL ? handle : value_lift_own(t->from.instance, type, handle);

    return t->to.instance == NULL ? rep : value_lower_own(t->to.instance, type, rep);
}

/** Lends a handle of `side` to its subtask: the representation. */
/*@ requires own: \valid_read(side); */
static uint32_t value_lift_borrow(const struct gale_value_side *side, gale_id type, uint32_t handle)
{
    const struct gale_handle *h = value_resource(side->instance, type, handle);

    gale__subtask_lend(side->instance->store, side->scope, side->instance, handle);
    return h->payload;
}

/** Gives a borrowed handle to the task of `side`; who implements the resource gets the representation itself. */
/*@ requires own: \valid_read(side); */
static uint32_t value_lower_borrow(const struct gale_value_side *side, gale_id type, uint32_t rep)
{
    struct gale_store *s = side->instance->store;
    struct gale_handle *h;
    uint32_t index;

    if (s->resource_types[type]->instance == side->instance) {
        return rep;
    }
    index = value_add(side->instance, GALE_HANDLE_BORROW, type);
    h = &side->instance->handles.entries[index - 1u];
    h->payload = rep;
    h->set = side->scope;
    gale__task(s, side->scope)->borrows++;
    return index;
}

uint32_t gale_value_move_borrow(const struct gale_transfer *t, gale_id type, uint32_t handle)
{
    const uint32_t rep = t->from.instance == NULL ? handle : value_lift_borrow(&t->from, type, handle);

    return t->to.instance == NULL ? rep : value_lower_borrow(&t->to, type, rep);
}

/* ---- ends ---------------------------------------------------------------------------------------------------- */

/** What is wrong with moving the end `h`, by its state. */
/*@ requires own: \valid_read(h);
    assigns  \nothing;
    ensures  st04: \result == GALE_TRAP_NONE ==> h->state == GALE_COPY_IDLE && h->set == GALE_ID_NONE;
*/
static enum gale_trap value_end_fault(const struct gale_handle *h)
{
    const bool future = h->kind == GALE_HANDLE_FUTURE_READ;

    if (h->state == GALE_COPY_DONE) {
        return future ? GALE_TRAP_FUTURE_LIFT_DONE : GALE_TRAP_STREAM_LIFT_DONE;
    }
    if (h->state != GALE_COPY_IDLE) {
        return GALE_TRAP_COPY_BUSY;
    }
    if (h->set != GALE_ID_NONE) {
        return future ? GALE_TRAP_FUTURE_LIFT_IN_SET : GALE_TRAP_STREAM_LIFT_IN_SET;
    }
    return GALE_TRAP_NONE;
}

/*@ requires own: \valid_read(i);
    assigns  \nothing;
*/
static bool value_has_room(const struct gale_instance *i)
{
    return i->handles.free != GALE_ID_NONE || i->handles.used < i->handles.count;
}

/** What a readable end of `i` that may leave it shares with the writable one; or a trap. */
/*@ requires own: \valid(i); */
static gale_id value_check_end(struct gale_instance *i, enum gale_handle_kind kind, const struct gale_value_type *type,
                               uint32_t handle)
{
    const struct gale_handle *h = gale__handle(i, handle);
    const gale_id copy = h->object;

    if (h->kind != kind || gale__copy(i->store, copy)->type != type) {
        gale_trap_value(i, GALE_TRAP_WRONG_KIND, handle);
    }
    if (value_end_fault(h) != GALE_TRAP_NONE) {
        gale_trap(i, value_end_fault(h));
    }
    return copy;
}

/*@ requires own: \valid_read(t); */
static uint32_t value_move_end(const struct gale_transfer *t, enum gale_handle_kind kind,
                               const struct gale_value_type *type, uint32_t handle)
{
    struct gale_instance *to = t->to.instance;
    gale_id copy = (gale_id)handle;

    if (t->from.instance != NULL) {
        copy = value_check_end(t->from.instance, kind, type, handle);
    }
    /* An end that has left one table must arrive in the other: nobody would tell its peer that it is gone. */
    if (to != NULL && to != t->from.instance && !value_has_room(to)) {
        gale_trap(to, GALE_TRAP_TABLE_FULL);
    }
    if (t->from.instance != NULL) {
        gale_handle_table_remove(&t->from.instance->handles, handle);
    }
    if (to == NULL) {
        return copy;
    }
    if (t->from.instance == NULL) {
        gale__host_end_adopt(to->store, copy, to);
    }
    return value_add(to, kind, copy);
}

uint32_t gale_value_move_stream(const struct gale_transfer *t, const struct gale_value_type *type, uint32_t handle)
{
    return value_move_end(t, GALE_HANDLE_STREAM_READ, type, handle);
}

uint32_t gale_value_move_future(const struct gale_transfer *t, const struct gale_value_type *type, uint32_t handle)
{
    return value_move_end(t, GALE_HANDLE_FUTURE_READ, type, handle);
}

uint32_t gale_value_move_error_context(const struct gale_transfer *t, uint32_t handle)
{
    if (t->from.instance != NULL && gale__handle(t->from.instance, handle)->kind != GALE_HANDLE_ERROR_CONTEXT) {
        gale_trap_value(t->from.instance, GALE_TRAP_WRONG_KIND, handle);
    }
    return t->to.instance == NULL ? 0 : value_add(t->to.instance, GALE_HANDLE_ERROR_CONTEXT, 0);
}
