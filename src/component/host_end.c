/* SPDX-License-Identifier: Apache-2.0 */
/** Canonical ABI, Stream State; Future State, with the host at one end. */
#include "gale/component/host_end.h"

#include "runtime.h"

#define HOST_END_HOLDS 8u /* flag: an element that was lifted waits in the arena for `take` */
#define HOST_END_BITS 32u /* of a word of `end_asks` */
#define HOST_END_SIDES (GALE_COPY_HOST_READS | GALE_COPY_HOST_WRITES)

/* ---- opening and closing ------------------------------------------------------------------------------------- */

/** True when the elements can pass: plain ones always, others through an arena with room for one. */
/*@ requires own: \valid_read(end); */
static bool host_end_can_pass(const struct gale_host_end *end, const struct gale_value_type *type)
{
    if (type == NULL || type->move == NULL) {
        return true;
    }
    return end->options != NULL && end->options->memory->size >= type->size;
}

/** Joins `end` and `copy`; the budget that `copy` counts in is kept for later. */
/*@ requires own: \valid(s) && \valid(end) && \valid(c); */
static void host_end_bind(struct gale_store *s, struct gale_host_end *end, struct gale_copy *c, gale_id copy,
                          unsigned side)
{
    const gale_id id = gale__slots_next(&s->ends);

    gale__slots_take(&s->ends, id, s->memory.ends[id].next);
    s->memory.ends[id].end = end;
    end->store = s;
    end->copy = copy;
    end->id = id;
    end->payer = c->owner;
    end->flags = (uint8_t)((side == GALE_COPY_HOST_READS ? GALE_HOST_END_READS : GALE_HOST_END_WRITES) |
                           ((c->flags & GALE_COPY_IS_FUTURE) != 0 ? GALE_HOST_END_FUTURE : 0u));
    c->flags = (uint8_t)(c->flags | side);
    c->owner = id;
    s->live_ends++;
}

/** Takes `end` off its stream, which may go on with the component's end alone. */
/*@ requires own: \valid(end); */
static void host_end_unbind(struct gale_host_end *end)
{
    struct gale_store *s = end->store;
    struct gale_copy *c = gale__copy(s, end->copy);
    const gale_id copy = end->copy;

    c->flags = (uint8_t)((c->flags & ~HOST_END_SIDES) | GALE_COPY_IS_DROPPED);
    c->owner = end->payer;
    end->copy = GALE_ID_NONE;
    s->memory.ends[end->id].end = NULL;
    s->memory.ends[end->id].next = gale__slots_give(&s->ends, end->id);
    s->live_ends--;
    gale__copy_release(s, copy);
}

/** The component's side is gone, or the value of a future has passed. */
/*@ requires own: \valid(end); */
static void host_end_finish(struct gale_host_end *end)
{
    host_end_unbind(end);
    if (end->ops->closed != NULL) {
        end->ops->closed(end);
    }
}

int gale_host_end_attach(struct gale_store *store, struct gale_host_end *end, uint32_t token)
{
    struct gale_copy *c;

    if (token >= store->copies.used || gale__copy(store, (gale_id)token)->ends == 0) {
        return GALE_EINVAL;
    }
    c = gale__copy(store, (gale_id)token);
    if ((c->flags & HOST_END_SIDES) != 0 || !host_end_can_pass(end, c->type)) {
        return GALE_EINVAL;
    }
    if (gale__slots_next(&store->ends) == GALE_ID_NONE) {
        return GALE_ENOMEM;
    }
    host_end_bind(store, end, c, (gale_id)token, GALE_COPY_HOST_READS);
    if ((c->flags & GALE_COPY_IS_DROPPED) != 0) {
        host_end_finish(end);
    } else {
        gale_host_end_ready(end);
    }
    return GALE_OK;
}

int gale_host_end_open(struct gale_store *store, struct gale_host_end *end, const struct gale_value_type *type,
                       bool future, uint32_t *token)
{
    gale_id copy;

    if (!host_end_can_pass(end, type)) {
        return GALE_EINVAL;
    }
    if (gale__slots_next(&store->ends) == GALE_ID_NONE || gale__slots_next(&store->copies) == GALE_ID_NONE) {
        return GALE_ENOMEM;
    }
    copy = gale__copy_new(store, type, future ? GALE_COPY_IS_FUTURE : 0u);
    host_end_bind(store, end, gale__copy(store, copy), copy, GALE_COPY_HOST_WRITES);
    *token = copy;
    return GALE_OK;
}

void gale__host_end_adopt(struct gale_store *s, gale_id copy, struct gale_instance *i)
{
    struct gale_copy *c = gale__copy(s, copy);

    if (i->left.streams == 0) {
        gale_trap(i, GALE_TRAP_BUDGET);
    }
    i->left.streams--;
    GALE_ASSERT((c->flags & GALE_COPY_HOST_WRITES) != 0);
    s->memory.ends[c->owner].end->payer = i->id;
}

void gale_host_end_ready(struct gale_host_end *end)
{
    struct gale_store *s = end->store;
    const unsigned word = end->id / HOST_END_BITS;

    (void)gale_atomic_fetch_or(&s->memory.end_asks[word], UINT32_C(1) << (end->id % HOST_END_BITS));
    gale_doorbell_ring(&s->bell, UINT32_C(1) << word);
    if (s->far != NULL) {
        gale_doorbell_ring(s->far, s->far_bits);
    }
}

int gale_host_end_close(struct gale_host_end *end)
{
    const unsigned owes = GALE_HOST_END_FUTURE | GALE_HOST_END_WRITES;
    const gale_id copy = end->copy;
    const bool passed = end->payer != GALE_ID_NONE;

    if (copy == GALE_ID_NONE) {
        return GALE_EALREADY;
    }
    if (passed && (end->flags & owes) == owes) {
        return GALE_EPERM;
    }
    if (gale__copy(end->store, copy)->handle != GALE_ID_NONE) {
        gale__copy_notify(end->store, gale__copy(end->store, copy), GALE_COPY_DROPPED);
    }
    host_end_unbind(end);
    if (!passed) {
        gale__copy_release(end->store, copy); /* its readable end never went to anybody */
    }
    return GALE_OK;
}

void gale__host_end_closed(struct gale_store *s, gale_id copy)
{
    host_end_finish(s->memory.ends[gale__copy(s, copy)->owner].end);
}

/* ---- moving elements ----------------------------------------------------------------------------------------- */

/** The component's side of a transfer. */
/*@ requires own: \valid_read(c); */
static struct gale_value_side host_end_guest_side(const struct gale_store *s, const struct gale_copy *c)
{
    return (struct gale_value_side){gale__instance(s, c->instance), c->options, NULL, GALE_ID_NONE};
}

/*@ requires own: \valid_read(end) && \valid_read(c); */
static struct gale_value_side host_end_host_side(const struct gale_host_end *end, const struct gale_copy *c)
{
    return (struct gale_value_side){NULL, end->options, gale__instance(end->store, c->instance), GALE_ID_NONE};
}

/** The elements that the pending component offers or wants, in its memory. */
/*@ requires own: \valid_read(c); */
static uint8_t *host_end_in_place(const struct gale_copy *c)
{
    return c->type == NULL ? NULL : c->options->memory->data + c->ptr;
}

/** Offers the element in the arena to `take`. */
/*@ requires own: \valid(end); */
static int32_t host_end_take_held(struct gale_host_end *end)
{
    const int32_t n = end->ops->take(end, end->options->memory->data, 1);

    if (n != 0) {
        end->flags = (uint8_t)(end->flags & ~HOST_END_HOLDS);
    }
    return n;
}

/** Lifts one element into the arena, where it belongs to the host, and offers it. */
/*@ requires own: \valid(end) && \valid_read(c); */
static int32_t host_end_take_lifted(struct gale_host_end *end, const struct gale_copy *c)
{
    const struct gale_transfer t = {host_end_guest_side(end->store, c), host_end_host_side(end, c)};

    if ((end->flags & HOST_END_HOLDS) != 0) {
        const int32_t n = host_end_take_held(end);

        if (n <= 0) {
            return n;
        }
    }
    ((struct gale_arena *)(void *)end->options->memory)->used = c->type->size;
    c->type->move(&t, c->ptr, 0, 1);
    end->flags |= HOST_END_HOLDS;
    return host_end_take_held(end) < 0 ? GALE_HOST_END_DONE : 1;
}

/** Asks the host for one element in the arena and lowers it. */
/*@ requires own: \valid(end) && \valid_read(c); */
static int32_t host_end_give_lowered(struct gale_host_end *end, const struct gale_copy *c)
{
    const struct gale_transfer t = {host_end_host_side(end, c), host_end_guest_side(end->store, c)};
    int32_t n;

    ((struct gale_arena *)(void *)end->options->memory)->used = c->type->size;
    n = end->ops->give(end, end->options->memory->data, 1);
    if (n > 0) {
        c->type->move(&t, 0, c->ptr, 1);
    }
    return n;
}

/** Moves some of the `count` elements that the component offers or wants. */
/*@ requires own: \valid(end) && \valid_read(c); */
static int32_t host_end_move(struct gale_host_end *end, const struct gale_copy *c, uint32_t count)
{
    const bool plain = c->type == NULL || c->type->move == NULL;

    if ((end->flags & GALE_HOST_END_READS) != 0) {
        return plain ? end->ops->take(end, host_end_in_place(c), count) : host_end_take_lifted(end, c);
    }
    return plain ? end->ops->give(end, host_end_in_place(c), count) : host_end_give_lowered(end, c);
}

/** The host has taken or given `n` elements of the `count` it could; true if it may go on. */
/*@ requires own: \valid(end); */
static bool host_end_account(struct gale_host_end *end, gale_id copy, int32_t n, uint32_t count)
{
    const bool future = (end->flags & GALE_HOST_END_FUTURE) != 0;

    if (n > 0) {
        gale__copy_advance(end->store, copy, (uint32_t)n < count ? (uint32_t)n : count);
    }
    if (n < 0 || (n > 0 && future)) {
        struct gale_copy *c = gale__copy(end->store, copy);

        if (c->handle != GALE_ID_NONE) {
            gale__copy_notify(end->store, c, GALE_COPY_DROPPED);
        }
        host_end_finish(end);
        return false;
    }
    return n > 0;
}

void gale__host_end_serve(struct gale_store *s, gale_id copy)
{
    struct gale_copy *c = gale__copy(s, copy);
    struct gale_host_end *end = s->memory.ends[c->owner].end;
    bool more = c->handle != GALE_ID_NONE;

    gale__trace(s, GALE_TRACE_HOST, GALE_ID_NONE, GALE_TRACE_HOST_END, copy);
    if (more && c->length == 0) {
        gale__copy_notify(s, c, GALE_COPY_COMPLETED);
        return;
    }
    /*@ loop invariant own: \valid(s);
        loop assigns more;
        loop variant c->length - c->progress;
    */
    while (more && c->progress < c->length) {
        const uint32_t count = c->length - c->progress;

        more = host_end_account(end, copy, host_end_move(end, c, count), count);
    }
}

/** Serves one end that asked for it. */
/*@ requires own: \valid(end); */
static void host_end_serve(struct gale_host_end *end)
{
    if ((end->flags & HOST_END_HOLDS) != 0 && host_end_take_held(end) < 0) {
        (void)host_end_account(end, end->copy, GALE_HOST_END_DONE, 0);
    } else {
        gale__host_end_serve(end->store, end->copy);
    }
}

/** Serves the ends of one word that asked for it; one that is gone by now needs nothing. */
/*@ requires own: \valid(s); */
static void host_end_serve_word(struct gale_store *s, unsigned word)
{
    const struct gale_host_slot *slot = &s->memory.ends[word * HOST_END_BITS];

    /*@ loop invariant own: \valid(s);
        loop assigns asks, slot;
        loop variant asks;
    */
    for (uint32_t asks = gale_atomic_exchange(&s->memory.end_asks[word], 0); asks != 0; asks >>= 1) {
        if ((asks & 1u) != 0 && slot->end != NULL) {
            host_end_serve(slot->end);
        }
        slot++;
    }
}

void gale__host_end_serve_rung(struct gale_store *s, uint32_t rung)
{
    const unsigned words = GALE_STORE_ASKS(s->memory.end_count);

    /*@ loop invariant range: 0 <= word <= words;
        loop assigns word, rung;
        loop variant words - word;
    */
    for (unsigned word = 0; word < words && rung != 0; word++) {
        if ((rung & 1u) != 0) {
            host_end_serve_word(s, word);
        }
        rung >>= 1;
    }
}

/* ---- rings --------------------------------------------------------------------------------------------------- */

/** What an operation on a ring means for the end; tells the far side that something has changed. */
/*@ requires own: \valid(end); */
static int32_t host_end_ring_result(struct gale_host_end *end, int32_t n)
{
    if (n > 0 && end->far != NULL) {
        gale_doorbell_ring(end->far, end->far_bits);
    }
    if (n == GALE_EAGAIN) {
        return 0;
    }
    return n >= 0 ? n : GALE_HOST_END_DONE;
}

/** The most elements of one copy that a ring's calls can express. */
/*@ assigns \nothing; */
static uint32_t host_end_ring_limit(uint32_t count, uint32_t elem_bytes)
{
    const uint32_t most = UINT32_MAX / elem_bytes;

    return count < most ? count : most;
}

/*@ requires own: \valid(end); */
static int32_t host_end_ring_take(struct gale_host_end *end, const uint8_t *src, uint32_t count)
{
    struct gale_typed_ring_buf_writer *w = end->arg;
    const uint32_t n = host_end_ring_limit(count, w->end.elem_bytes);

    return host_end_ring_result(end, gale_typed_ring_buf_write_n(w, src, n));
}

/*@ requires own: \valid(end); */
static int32_t host_end_ring_give(struct gale_host_end *end, uint8_t *dst, uint32_t count)
{
    struct gale_typed_ring_buf_reader *r = end->arg;
    const uint32_t n = host_end_ring_limit(count, r->end.elem_bytes);

    return host_end_ring_result(end, gale_typed_ring_buf_read_n(r, dst, n));
}

/*@ requires own: \valid(end); */
static void host_end_ring_closed_writer(struct gale_host_end *end)
{
    gale_typed_ring_buf_write_close(end->arg);
    (void)host_end_ring_result(end, 1);
}

/*@ requires own: \valid(end); */
static void host_end_ring_closed_reader(struct gale_host_end *end)
{
    gale_typed_ring_buf_read_close(end->arg);
    (void)host_end_ring_result(end, 1);
}

const struct gale_host_end_ops gale_host_end_ring_writer = {host_end_ring_take, NULL, host_end_ring_closed_writer};
const struct gale_host_end_ops gale_host_end_ring_reader = {NULL, host_end_ring_give, host_end_ring_closed_reader};
