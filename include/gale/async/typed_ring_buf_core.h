/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The algorithm of the typed ring, once for both ends: library-internal, use gale/async/typed_ring_buf.h.
 *
 * A ring is a circle of slots, and each slot belongs to one end: free slots to the writer, written ones to the reader.
 * An end owns the slots from its `index` up to its `limit`, hands over the first of them by publishing a larger index,
 * and learns of new ones from the peer's published index. So both ends run the same code; a writer's limit lies one
 * capacity ahead of the reader's index, which is what `bias` says.
 *
 * An index runs through [0, 2 * capacity): full and empty differ, every slot is usable, any capacity works, and all
 * steps are comparisons. Bit 31 of a published word says that its side is closed, so that the end of a stream and its
 * final index are one atomic fact.
 *
 * Size and pace (`capacity`, `batch`) are arguments: constants in the typed form, fields of the end in the other.
 */
#ifndef GALE_ASYNC_TYPED_RING_BUF_CORE_H
#define GALE_ASYNC_TYPED_RING_BUF_CORE_H

#include "gale/atomic.h"
#include "gale/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** For the steps of one element, which are smaller than a call; also at -Os. Without optimisation they stay functions:
    one body for who steps through them or counts what is reached. */
#ifdef __OPTIMIZE__
#define GALE__RING_INLINE static inline __attribute__((always_inline))
#else
#define GALE__RING_INLINE static inline
#endif

/** In a published word: this side is closed, the rest of the word is its final index. */
#define GALE__RING_CLOSED 0x80000000u

/** One end of a ring: private to whoever runs that end. */
struct gale__ring_end {
    uint32_t gate;       /**< Where an element call must stop and look: limit, or index while a claim may be open. */
    uint32_t index;      /**< The next slot to hand over, 0..2*capacity-1. */
    uint32_t slot;       /**< Where it lies: index, or index - capacity. */
    uint32_t limit;      /**< The first index that is not ours, as last seen. */
    uint32_t claimed;    /**< Slots of the claim that is open; 0: none is. */
    uint32_t pending;    /**< Slots handed over but not yet published, less than batch. */
    uint32_t batch;      /**< Publish when this many are pending; 1: at once. */
    uint32_t capacity;   /**< Slots, 1..GALE_TYPED_RING_BUF_CAPACITY_MAX. */
    uint32_t elem_bytes; /**< Bytes of one element, at least 1. */
    uint32_t bias;       /**< From the peer's index to our limit: capacity for a writer, 0 for a reader. */
    struct gale_atomic_u32 *own;        /**< The word that we publish. */
    const struct gale_atomic_u32 *peer; /**< The word that the peer publishes, or a checked copy of it. */
    uint8_t *data;                      /**< The slots. */
};

#ifdef __FRAMAC__
#include "async/typed_ring_buf.acsl"
#endif

/** The peer's word now. For WP the peer goes on at this moment, within its rely (trusted: SOUNDNESS.md). */
/*@ requires ok:   ring_mem(e) && ring_ok(e);
    requires peer: ring_peer(e);
    assigns  e->peer->value;
    ensures  peer: ring_peer(e) && \result == e->peer->value;
    ensures  rely: ring_later{Pre, Post}(e);
*/
static inline uint32_t gale__ring_peer_word(const struct gale__ring_end *e);

#ifndef __FRAMAC__
static inline uint32_t gale__ring_peer_word(const struct gale__ring_end *e)
{
    return gale_atomic_load_acquire(e->peer);
}
#endif

/**
 * Asks the peer for more slots: the only place that reads its word, with one acquire load.
 *
 * @return How many slots the end owns now, at least 1; or:
 * @retval GALE_EAGAIN  Nothing to own now; what was pending is published, so the peer can go on.
 * @retval GALE_EPIPE   The peer is closed, and a reader has read all there was.
 * @retval GALE_EPERM   This end itself is closed.
 *
 * Ends an open claim, with nothing handed over.
 * @context the end's own side; never blocks.
 */
/*@ requires mem:  ring_mem(e);
    requires ok:   ring_ok(e);
    requires peer: ring_peer(e);
    assigns  e->gate, e->limit, e->claimed, e->pending, e->own->value, e->peer->value;
    ensures  mem:  ring_mem(e) && ring_there{Pre, Post}(e);
    ensures  ok:   ring_ok(e);
    ensures  peer: ring_peer(e);
    ensures  rb10: \result >= 0 ==> \result == ring_known(e);
    ensures  some: \result >= 0 ==> \result >= 1;
    ensures  last: \result >= 0 ==> e->limit == ring_limit(e->peer->value, e->bias, e->capacity);
    ensures  code: \result >= 0 || \result == GALE_EAGAIN || \result == GALE_EPIPE || \result == GALE_EPERM;
    ensures  rb14: ring_closed(\old(e->own->value)) ==> \result == GALE_EPERM;
    ensures  done: e->claimed == 0 && (\result >= 0 ==> e->gate == e->limit);
    ensures  none: \result == GALE_EAGAIN ==> ring_known(e) == 0 && e->pending == 0;
    ensures  ends: \result == GALE_EPIPE ==> ring_known(e) == 0;
    ensures  pend: \result != GALE_EAGAIN ==> e->pending == \old(e->pending) && e->own->value == \old(e->own->value);
*/
int32_t gale__ring_refresh(struct gale__ring_end *e);

/** The limit that the peer's word gives. */
/*@ requires own: \valid_read(e);
    requires ok:  ring_shape(e) && ring_index(word) < 2 * e->capacity;
    assigns  \nothing;
    ensures  rb10: \result == ring_limit(word, e->bias, e->capacity);
*/
static inline uint32_t gale__ring_limit(const struct gale__ring_end *e, uint32_t word)
{
    uint32_t index = word < GALE__RING_CLOSED ? word : word - GALE__RING_CLOSED;
    uint32_t limit = index + e->bias;

    return limit < 2u * e->capacity ? limit : limit - 2u * e->capacity;
}

/** The slots that the end owns up to `limit`. */
/*@ requires own: \valid_read(e);
    requires ok:  ring_shape(e) && 0 <= e->index < 2 * e->capacity && 0 <= limit < 2 * e->capacity;
    assigns  \nothing;
    ensures  rb10: \result == ring_dist(e->index, limit, e->capacity);
*/
static inline uint32_t gale__ring_known(const struct gale__ring_end *e, uint32_t limit)
{
    return limit >= e->index ? limit - e->index : 2u * e->capacity - (e->index - limit);
}

/** Not negative when the end owns a slot and no claim is open, else what gale__ring_refresh() says. */
/*@ requires mem:  ring_mem(e);
    requires ok:   ring_ok(e) && index == e->index;
    requires peer: ring_peer(e);
    assigns  e->gate, e->limit, e->claimed, e->pending, e->own->value, e->peer->value;
    ensures  mem:  ring_mem(e) && ring_there{Pre, Post}(e);
    ensures  ok:   ring_ok(e);
    ensures  peer: ring_peer(e);
    ensures  own:  \result >= 0 ==> ring_known(e) >= 1 && e->claimed == 0 && e->gate == e->limit
                   && e->pending == \old(e->pending);
    ensures  code: \result >= 0 || \result == GALE_EAGAIN || \result == GALE_EPIPE || \result == GALE_EPERM;
*/
GALE__RING_INLINE int32_t gale__ring_ready(struct gale__ring_end *e, uint32_t index)
{
    return index != e->gate ? 0 : gale__ring_refresh(e);
}

/** The first slot that the end owns. */
/*@ requires mem: ring_mem(e) && ring_ok(e) && elem_bytes == e->elem_bytes;
    assigns  \nothing;
    ensures  rb09: \result == e->data + gm(e->slot, e->elem_bytes);
*/
GALE__RING_INLINE uint8_t *gale__ring_run(const struct gale__ring_end *e, uint32_t elem_bytes)
{
    /*@ assert room: 0 <= gm(e->slot, elem_bytes)
                     && gm(e->slot, elem_bytes) + elem_bytes <= gm(e->capacity, elem_bytes); */
    //@ assert bytes: e->slot * elem_bytes == gm(e->slot, elem_bytes);
    return e->data + (size_t)e->slot * elem_bytes;
}

/** Counts `n` more pending slots; true when it is time to publish. */
/*@ requires own: \valid(e);
    requires ok:  1 <= batch && e->pending < batch && e->pending + n <= 0x3fffffff;
    assigns  e->pending;
    ensures  due:   \result <==> \old(e->pending) + n >= batch;
    ensures  count: e->pending == (\result ? 0 : \old(e->pending) + n);
*/
GALE__RING_INLINE bool gale__ring_due(struct gale__ring_end *e, uint32_t n, uint32_t batch)
{
    uint32_t pending = e->pending + n;
    bool due = pending >= batch;

    e->pending = due ? 0 : pending;
    return due;
}

/**
 * Hands over the first `n` slots of a contiguous run that the end owns. `index` and `slot` are those of the end, read
 * before the element was copied: the compiler cannot know that the copy leaves them alone.
 */
/*@ requires mem: ring_mem(e) && own == e->own && index == e->index && slot == e->slot;
    requires ok:  ring_ok(e) && capacity == e->capacity && batch == e->batch && e->claimed == 0 && e->gate == e->limit;
    requires run: 1 <= n <= ring_known(e) && n <= e->capacity - e->slot;
    assigns  e->index, e->slot, e->pending, own->value;
    ensures  mem:  ring_mem(e) && ring_still{Pre, Post}(e) && e->limit == \old(e->limit);
    ensures  ok:   ring_ok(e);
    ensures  peer: \old(ring_peer(e)) ==> ring_peer(e);
    ensures  rb10: ring_known(e) == \old(ring_known(e)) - n;
    ensures  move: e->index == ring_wrap(\old(e->index) + n, e->capacity);
    ensures  rb13: e->pending == 0 ==> own->value == e->index;
    ensures  late: e->pending != 0 ==> own->value == \old(own->value) && e->pending == \old(e->pending) + n;
*/
GALE__RING_INLINE void gale__ring_step(struct gale__ring_end *e, struct gale_atomic_u32 *own, uint32_t index,
                                       uint32_t slot, uint32_t n, uint32_t capacity, uint32_t batch)
{
    index += n;
    slot += n;
    if (slot == capacity) {
        slot = 0;
        index = index == 2u * capacity ? 0 : index;
    }
    e->index = index;
    e->slot = slot;
    if (batch == 1u || gale__ring_due(e, n, batch)) {
        gale_atomic_store_release(own, index);
    }
}

/** Opens a claim on as many of `want` slots as there are among the `known` ones. */
/*@ requires mem:  ring_mem(e) && ring_ok(e);
    requires some: known <= ring_known(e) && want <= e->capacity - e->slot;
    assigns  e->gate, e->claimed;
    ensures  mem:  ring_mem(e) && ring_there{Pre, Post}(e);
    ensures  ok:   ring_ok(e);
    ensures  peer: \old(ring_peer(e)) ==> ring_peer(e);
    ensures  rb11: e->claimed == \result == (known < want ? known : want) <= ring_known(e);
    ensures  rb11_run: ring_run(e, \result);
*/
static inline int32_t gale__ring_open(struct gale__ring_end *e, uint32_t known, uint32_t want)
{
    uint32_t k = known < want ? known : want;

    e->claimed = k;
    e->gate = e->index;
    return (int32_t)k;
}

/** Opens a claim on up to `n` slots in place; an earlier claim ends with nothing handed over. */
/*@ requires mem:  ring_mem(e);
    requires ok:   ring_ok(e);
    requires peer: ring_peer(e);
    assigns  e->gate, e->limit, e->claimed, e->pending, e->own->value, e->peer->value;
    ensures  mem:  ring_mem(e) && ring_there{Pre, Post}(e);
    ensures  ok:   ring_ok(e);
    ensures  peer: ring_peer(e);
    ensures  rb11: \result >= 0 ==> e->claimed == \result <= n && \result <= e->capacity - e->slot
                   && \result <= ring_known(e);
    ensures  rb11_run: ring_run(e, \result);
    ensures  some: n > 0 ==> \result != 0;
    ensures  none: \result < 0 ==> e->claimed == 0 &&
                   (\result == GALE_EAGAIN || \result == GALE_EPIPE || \result == GALE_EPERM);
*/
static inline int32_t gale__ring_claim(struct gale__ring_end *e, uint32_t n)
{
    uint32_t to_wrap = e->capacity - e->slot;
    uint32_t want = n < to_wrap ? n : to_wrap;
    int32_t known = (int32_t)gale__ring_known(e, e->limit);

    if (known < (int32_t)want) {
        known = gale__ring_refresh(e);
        if (known < 0) {
            return known;
        }
        //@ assert still: e->capacity == \at(e->capacity, Pre) && e->slot == \at(e->slot, Pre) && known == ring_known(e);
    }
    return gale__ring_open(e, (uint32_t)known, want);
}

/** Hands over the first `k` slots of the open claim and ends it. */
/*@ requires mem: ring_mem(e) && ring_ok(e);
    assigns  e->gate, e->index, e->slot, e->claimed, e->pending, e->own->value;
    ensures  mem: ring_mem(e) && ring_still{Pre, Post}(e) && e->limit == \old(e->limit);
    ensures  ok:  ring_ok(e);
    ensures  peer: \old(ring_peer(e)) ==> ring_peer(e);
    behavior gale_ok:
      assumes k <= e->claimed;
      ensures rb10: \result == GALE_OK && e->claimed == 0 && ring_known(e) == \old(ring_known(e)) - k;
    behavior gale_einval:
      assumes k > e->claimed;
      ensures rb11: \result == GALE_EINVAL && ring_same{Pre, Here}(e);
    complete behaviors;
    disjoint behaviors;
*/
static inline int gale__ring_commit(struct gale__ring_end *e, uint32_t k)
{
    if (k > e->claimed) {
        return GALE_EINVAL;
    }
    e->claimed = 0;
    e->gate = e->limit;
    if (k != 0) {
        gale__ring_step(e, e->own, e->index, e->slot, k, e->capacity, e->batch);
    }
    return GALE_OK;
}

/** gale__ring_claim() of a typed ring: one slot that is known to be owned costs no more than with a copy. */
/*@ requires mem:  ring_mem(e);
    requires ok:   ring_ok(e);
    requires peer: ring_peer(e);
    assigns  e->gate, e->limit, e->claimed, e->pending, e->own->value, e->peer->value;
    ensures  mem:  ring_mem(e) && ring_there{Pre, Post}(e);
    ensures  ok:   ring_ok(e);
    ensures  peer: ring_peer(e);
    ensures  rb11: \result >= 0 ==> e->claimed == \result <= n && \result <= e->capacity - e->slot
                   && \result <= ring_known(e);
    ensures  rb11_run: ring_run(e, \result);
    ensures  some: n > 0 ==> \result != 0;
    ensures  none: \result < 0 ==> e->claimed == 0 &&
                   (\result == GALE_EAGAIN || \result == GALE_EPIPE || \result == GALE_EPERM);
*/
GALE__RING_INLINE int32_t gale__ring_claim_typed(struct gale__ring_end *e, uint32_t n)
{
    if (n != 1u || e->index == e->gate) {
        return gale__ring_claim(e, n);
    }
    return gale__ring_open(e, 1, 1);
}

/** gale__ring_commit() of a typed ring: one slot steps with constant sizes. */
/*@ requires mem: ring_mem(e) && own == e->own;
    requires ok:  ring_ok(e) && capacity == e->capacity && batch == e->batch;
    assigns  e->gate, e->index, e->slot, e->claimed, e->pending, own->value;
    ensures  mem: ring_mem(e) && ring_still{Pre, Post}(e) && e->limit == \old(e->limit);
    ensures  ok:  ring_ok(e);
    ensures  peer: \old(ring_peer(e)) ==> ring_peer(e);
    behavior gale_ok:
      assumes k <= e->claimed;
      ensures rb10: \result == GALE_OK && e->claimed == 0 && ring_known(e) == \old(ring_known(e)) - k;
    behavior gale_einval:
      assumes k > e->claimed;
      assigns \nothing;
      ensures rb11: \result == GALE_EINVAL;
    complete behaviors;
    disjoint behaviors;
*/
GALE__RING_INLINE int gale__ring_commit_typed(struct gale__ring_end *e, struct gale_atomic_u32 *own, uint32_t k,
                                              uint32_t capacity, uint32_t batch)
{
    if (k != 1u || e->claimed == 0) {
        return gale__ring_commit(e, k);
    }
    e->claimed = 0;
    e->gate = e->limit;
    gale__ring_step(e, own, e->index, e->slot, 1, capacity, batch);
    return GALE_OK;
}

/* The same with the sizes of the end, out of line; the copying calls are in gale/async/typed_ring_buf_copy.h. */

/** Slots that the end owns right now, by a fresh look at the peer's word; the end is not changed. */
/*@ requires mem:  ring_mem(e) && ring_ok(e) && ring_peer(e);
    assigns  e->peer->value;
    ensures  peer: ring_peer(e);
    ensures  rb10: \result == ring_slots(e, e->peer->value) && ring_known(e) <= \result <= e->capacity - e->pending;
*/
uint32_t gale__ring_end_available(const struct gale__ring_end *e);

/** gale__ring_claim() with the capacity of the end. */
/*@ requires mem:  ring_mem(e) && ring_ok(e) && ring_peer(e);
    assigns  e->gate, e->limit, e->claimed, e->pending, e->own->value, e->peer->value;
    ensures  mem:  ring_mem(e) && ring_there{Pre, Post}(e);
    ensures  ok:   ring_ok(e);
    ensures  peer: ring_peer(e);
    ensures  rb11: \result >= 0 ==> e->claimed == \result <= n && \result <= e->capacity - e->slot
                   && \result <= ring_known(e);
    ensures  rb11_run: ring_run(e, \result);
    ensures  some: n > 0 ==> \result != 0;
    ensures  none: \result < 0 ==> e->claimed == 0;
*/
int32_t gale__ring_end_claim(struct gale__ring_end *e, uint32_t n);

/** gale__ring_commit() with the sizes of the end. */
/*@ requires mem: ring_mem(e) && ring_ok(e);
    assigns  e->gate, e->index, e->slot, e->claimed, e->pending, e->own->value;
    ensures  ok:   ring_ok(e);
    behavior gale_ok:
      assumes k <= e->claimed;
      ensures rb10: \result == GALE_OK && e->claimed == 0 && ring_known(e) == \old(ring_known(e)) - k;
    behavior gale_einval:
      assumes k > e->claimed;
      ensures rb11: \result == GALE_EINVAL && ring_same{Pre, Here}(e);
    complete behaviors;
    disjoint behaviors;
*/
int gale__ring_end_commit(struct gale__ring_end *e, uint32_t k);

/** Publishes what is pending. */
/*@ requires mem: ring_mem(e) && ring_ok(e);
    assigns  e->pending, e->own->value;
    ensures  ok:   ring_ok(e) && e->pending == 0;
    ensures  rb13: \old(e->pending) != 0 ==> e->own->value == e->index;
    ensures  same: \old(e->pending) == 0 ==> e->own->value == \old(e->own->value);
*/
void gale__ring_end_flush(struct gale__ring_end *e);

/** Closes the end: publishes what is pending and the mark in one store; the end owns nothing after it. */
/*@ requires mem: ring_mem(e) && ring_ok(e);
    assigns  e->gate, e->limit, e->claimed, e->pending, e->own->value;
    ensures  ok:   ring_ok(e) && ring_known(e) == 0 && e->pending == 0 && e->claimed == 0;
    ensures  rb14: ring_closed(e->own->value) && ring_index(e->own->value) == e->index;
*/
void gale__ring_end_close(struct gale__ring_end *e);

/** gale__ring_transfer() with the sizes of the end. */
/*@ requires mem:  ring_mem(e) && ring_ok(e) && ring_peer(e);
    requires n:    gm(n, e->elem_bytes) <= 0xffffffff && n <= 0x7fffffff;
    requires in:   \valid_read(outside + (0 .. gm(n, e->elem_bytes) - 1));
    requires out:  e->bias == 0 ==> \valid(outside + (0 .. gm(n, e->elem_bytes) - 1));
    requires sep:  \separated(outside + (0 .. gm(n, e->elem_bytes) - 1), e, e->own, e->peer,
                              e->data + (0 .. gm(e->capacity, e->elem_bytes) - 1));
    assigns  *e, e->own->value, e->peer->value, e->data[0 .. gm(e->capacity, e->elem_bytes) - 1],
             outside[0 .. gm(n, e->elem_bytes) - 1];
    ensures  ok:   ring_ok(e) && ring_peer(e);
    ensures  rb09: \result <= n;
*/
int32_t gale__ring_end_transfer(struct gale__ring_end *e, uint8_t *outside, uint32_t n);

/** True when `e` holds its invariant. */
/*@ requires own: \valid_read(e);
    assigns  \nothing;
    ensures  ok:  \result <==> ring_ok(e);
*/
bool gale__ring_end_is_valid(const struct gale__ring_end *e);

#ifdef __cplusplus
}
#endif

#endif /* GALE_ASYNC_TYPED_RING_BUF_CORE_H */
