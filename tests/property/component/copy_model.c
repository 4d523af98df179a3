/* SPDX-License-Identifier: Apache-2.0 */
/** Canonical ABI, Stream State; Future State; Waitable State; Table State: said once more, plainly. */
#include "copy_model.h"

/* ---- element types ------------------------------------------------------------------------------------------- */

static void move_pairs(const struct gale_transfer *t, uint32_t src, uint32_t dst, uint32_t count)
{
    for (uint32_t n = 0; n < count; n++) {
        memcpy(gale_value_at(&t->to, dst + 8u * n, 8, 4), gale_value_at(&t->from, src + 8u * n, 8, 4), 8);
    }
}

static const struct gale_value_type type_u32 = {4, 4, GALE_VALUE_NUMBER, NULL};
static const struct gale_value_type type_u8 = {1, 1, GALE_VALUE_NUMBER, NULL};
static const struct gale_value_type type_pair = {8, 4, 0, move_pairs};
const struct gale_value_type *const types[TYPES] = {&type_u32, &type_u8, &type_pair, NULL};
const uint32_t sizes[TYPES] = {4, 1, 8, 0};
const uint32_t aligns[TYPES] = {4, 1, 4, 1};

void element(unsigned type, uint32_t n, uint8_t *at)
{
    const uint32_t pair[2] = {n * 2654435761u, ~n};

    memcpy(at, pair, sizes[type]);
}

/* ---- the model ----------------------------------------------------------------------------------------------- */

struct model_guest model[COUNT];
struct model_copy copies[COUNT * STREAMS];

void model_begin(void)
{
    memset(model, 0, sizeof model);
    memset(copies, 0, sizeof copies);
    for (unsigned g = 0; g < COUNT; g++) {
        model[g].streams_left = STREAMS;
        model[g].sets_left = SETS;
    }
}

unsigned model_room(const struct model_guest *m)
{
    return m->unused_count + HANDLES - m->used;
}

static unsigned model_add(struct model_guest *m, enum gale_handle_kind kind)
{
    const unsigned index = m->unused_count > 0 ? m->unused[--m->unused_count] : ++m->used;

    memset(&m->handles[index], 0, sizeof m->handles[index]);
    m->handles[index].kind = kind;
    return index;
}

static void model_remove(struct model_guest *m, unsigned index)
{
    m->handles[index].kind = GALE_HANDLE_FREE;
    m->unused[m->unused_count++] = index;
}

static void model_forget_event(struct model_guest *m, unsigned index)
{
    struct model_handle *set = &m->handles[m->handles[index].set];

    for (unsigned n = 0; n < set->event_count; n++) {
        if (set->events[n] == index) {
            set->event_count--;
            memmove(&set->events[n], &set->events[n + 1u], (set->event_count - n) * sizeof set->events[0]);
            return;
        }
    }
}

static void model_leave_set(struct model_guest *m, unsigned index)
{
    if (m->handles[index].set != 0) {
        model_forget_event(m, index);
        m->handles[m->handles[index].set].members--;
        m->handles[index].set = 0;
    }
}

static void model_post(struct model_guest *m, unsigned index)
{
    struct model_handle *h = &m->handles[index];

    if (!h->event && !m->dead) {
        h->event = true;
        if (h->set != 0) {
            m->handles[h->set].events[m->handles[h->set].event_count++] = index;
        }
    }
}

static uint32_t model_packed(const struct model_copy *c, enum gale_copy_result result)
{
    return (uint32_t)result | (c->future ? 0 : c->progress << 4);
}

/* The pending end of `c` gets its result. */
static void model_finish(struct model_copy *c, enum gale_copy_result result)
{
    struct model_guest *m = &model[c->guest];

    m->handles[c->index].payload = model_packed(c, result);
    model_post(m, c->index);
    c->index = 0;
}

static uint32_t model_deliver(unsigned g, unsigned index)
{
    struct model_handle *h = &model[g].handles[index];
    struct model_copy *c = &copies[h->copy];
    uint32_t result;

    if (c->index == index && c->guest == g) {
        h->payload = model_packed(c, GALE_COPY_COMPLETED);
        c->index = 0;
    }
    result = h->payload & 15u;
    h->state =
        result == GALE_COPY_DROPPED || (c->future && result == GALE_COPY_COMPLETED) ? GALE_COPY_DONE : GALE_COPY_IDLE;
    if (h->set != 0) {
        model_forget_event(&model[g], index);
    }
    h->event = false;
    return h->payload;
}

static void model_drop_end(unsigned copy)
{
    struct model_copy *c = &copies[copy];

    if (!c->dropped) {
        c->dropped = true;
        if (c->index != 0) {
            model_finish(c, GALE_COPY_DROPPED);
        }
    }
    if (--c->ends == 0) {
        model[c->owner].streams_left++;
    }
}

/* Moves `count` elements between the pending end of `c` and `ptr` of guest `g`: those that come next, and no others. */
static void model_move(struct model_copy *c, unsigned g, uint32_t ptr, uint32_t count)
{
    const uint32_t size = sizes[c->type];
    uint8_t *theirs = model[c->guest].page + c->ptr + c->progress * size;
    uint8_t *mine = model[g].page + ptr;
    const uint8_t *src = c->pending_reads ? mine : theirs;
    uint8_t wanted[8];

    for (uint32_t n = 0; n < count; n++) {
        element(c->type, c->moved + n, wanted);
        CHECK(memcmp(src + n * size, wanted, size) == 0);
    }
    memmove(c->pending_reads ? theirs : mine, src, (size_t)count * size);
    c->progress += count;
    c->moved += count;
    CHECK(c->progress <= c->length);
}

/* ---- what the model does ------------------------------------------------------------------------------------- */

static uint64_t apply_new(const struct op *o)
{
    struct model_guest *m = &model[o->guest];
    unsigned copy = 0;
    unsigned readable, writable;

    while (copies[copy].ends != 0) {
        copy++;
    }
    copies[copy] = (struct model_copy){.future = op_future(o), .type = o->type, .owner = o->guest, .ends = 2};
    m->streams_left--;
    readable = model_add(m, o->kind);
    writable = model_add(m, (enum gale_handle_kind)(o->kind + 1));
    m->handles[readable].copy = copy;
    m->handles[writable].copy = copy;
    return readable | (uint64_t)writable << 32;
}

static uint32_t apply_pend(struct model_copy *c, const struct op *o)
{
    c->guest = o->guest;
    c->index = o->index;
    c->pending_reads = op_reads(o);
    c->ptr = o->ptr;
    c->length = o->length;
    c->progress = 0;
    model[o->guest].handles[o->index].state = GALE_COPY_BUSY;
    return GALE_CANON_BLOCKED;
}

/* An offer to a stream whose other end is pending. */
static uint32_t apply_meet(struct model_copy *c, const struct op *o)
{
    const uint32_t theirs = c->length - c->progress;
    const uint32_t count = o->length < theirs ? o->length : theirs;

    if (theirs == 0 && (op_reads(o) || o->length > 0 || c->length > 0)) {
        model_finish(c, GALE_COPY_COMPLETED);
        return apply_pend(c, o);
    }
    if (count > 0) {
        model_move(c, o->guest, o->ptr, count);
        model_post(&model[c->guest], c->index);
    }
    return GALE_COPY_COMPLETED | count << 4;
}

static uint32_t apply_begin(const struct op *o)
{
    struct model_handle *h = &model[o->guest].handles[o->index];
    struct model_copy *c = &copies[h->copy];

    if (c->dropped) {
        h->state = GALE_COPY_DONE;
        return GALE_COPY_DROPPED;
    }
    if (c->index == 0) {
        return apply_pend(c, o);
    }
    if (!c->future) {
        return apply_meet(c, o);
    }
    model_move(c, o->guest, o->ptr, 1);
    CHECK_EQ(c->moved, 1); /* a future has one value */
    model_finish(c, GALE_COPY_COMPLETED);
    h->state = GALE_COPY_DONE;
    return GALE_COPY_COMPLETED;
}

static uint32_t apply_cancel(const struct op *o)
{
    struct model_handle *h = &model[o->guest].handles[o->index];

    if (!h->event) {
        model_finish(&copies[h->copy], GALE_COPY_CANCELLED);
    }
    return model_deliver(o->guest, o->index);
}

static uint32_t apply_poll(const struct op *o)
{
    struct model_guest *m = &model[o->guest];
    const struct model_handle *set = &m->handles[o->index];
    uint32_t payload[2] = {0, 0};
    uint32_t code = GALE_CANON_EVENT_NONE;

    if (set->event_count > 0) {
        payload[0] = set->events[0];
        code = (uint32_t)(m->handles[payload[0]].kind - GALE_HANDLE_STREAM_READ) + GALE_CANON_EVENT_STREAM_READ;
        payload[1] = model_deliver(o->guest, payload[0]);
    }
    memcpy(m->page + EVENT_PTR, payload, sizeof payload);
    return code;
}

static void apply_join(const struct op *o)
{
    struct model_guest *m = &model[o->guest];
    struct model_handle *h = &m->handles[o->index];

    model_leave_set(m, o->index);
    if (o->other != 0) {
        h->set = o->other;
        m->handles[o->other].members++;
        if (h->event) {
            m->handles[o->other].events[m->handles[o->other].event_count++] = o->index;
        }
    }
}

static uint32_t apply_move(const struct op *o)
{
    struct model_guest *m = &model[o->guest];
    const unsigned copy = m->handles[o->index].copy;
    unsigned index;

    model_remove(m, o->index);
    index = model_add(&model[o->other], o->kind);
    model[o->other].handles[index].copy = copy;
    return index;
}

static void apply_drop(const struct op *o)
{
    struct model_guest *m = &model[o->guest];

    model_leave_set(m, o->index);
    model_remove(m, o->index);
    model_drop_end(m->handles[o->index].copy);
}

static uint64_t apply_new_handle(const struct op *o)
{
    struct model_guest *m = &model[o->guest];
    unsigned index;

    switch (o->what) {
    case OP_SET_NEW:
        m->sets_left--;
        return model_add(m, GALE_HANDLE_SET);
    case OP_RESOURCE_NEW:
        index = model_add(m, GALE_HANDLE_OWN);
        m->handles[index].payload = o->other;
        return index;
    default:
        return model_add(m, GALE_HANDLE_ERROR_CONTEXT);
    }
}

uint64_t model_apply(const struct op *o)
{
    struct model_guest *m = &model[o->guest];

    switch (o->what) {
    case OP_NEW:
        return apply_new(o);
    case OP_BEGIN:
        return apply_begin(o);
    case OP_CANCEL:
        return apply_cancel(o);
    case OP_MOVE:
        return apply_move(o);
    case OP_POLL:
        return apply_poll(o);
    case OP_RESOURCE_REP:
        return m->handles[o->index].payload;
    case OP_DROP:
        apply_drop(o);
        return 0;
    case OP_JOIN:
        apply_join(o);
        return 0;
    case OP_SET_DROP:
        m->sets_left++;
        model_remove(m, o->index);
        return 0;
    case OP_RESOURCE_DROP:
    case OP_CONTEXT_DROP:
        model_remove(m, o->index);
        return 0;
    default:
        return apply_new_handle(o);
    }
}

void model_kill(unsigned g)
{
    struct model_guest *m = &model[g];

    m->dead = true;
    for (unsigned k = 1; k <= m->used; k++) {
        struct model_handle *h = &m->handles[k];

        if (h->kind >= GALE_HANDLE_STREAM_READ) {
            if (copies[h->copy].index == k && copies[h->copy].guest == g) {
                copies[h->copy].index = 0;
            }
            model_drop_end(h->copy);
        }
        h->kind = GALE_HANDLE_FREE;
    }
}
