/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The copying calls of the typed ring, once for both ends: library-internal, use gale/async/typed_ring_buf.h.
 */
#ifndef GALE_ASYNC_TYPED_RING_BUF_COPY_H
#define GALE_ASYNC_TYPED_RING_BUF_COPY_H

#include <string.h>

#include "gale/async/typed_ring_buf_core.h"

#ifdef __cplusplus
extern "C" {
#endif

/*@ requires src: \valid_read(src + (0 .. n - 1));
    requires dst: \valid(dst + (0 .. n - 1));
    requires sep: \separated(dst + (0 .. n - 1), src + (0 .. n - 1));
    assigns  dst[0 .. n - 1];
    ensures  copied: \forall integer i; 0 <= i < n ==> dst[i] == src[i];
*/
static inline void gale__ring_copy(uint8_t *dst, const uint8_t *src, uint32_t n);

#ifdef __FRAMAC__
static inline void gale__ring_copy(uint8_t *dst, const uint8_t *src, uint32_t n)
{
    /*@ loop invariant range: 0 <= i <= n;
        loop invariant done: \forall integer j; 0 <= j < i ==> dst[j] == src[j];
        loop assigns i, dst[0 .. n - 1];
        loop variant n - i;
    */
    for (uint32_t i = 0; i < n; i++) {
        dst[i] = src[i];
    }
}
#else
static inline void gale__ring_copy(uint8_t *dst, const uint8_t *src, uint32_t n)
{
    (void)memcpy(dst, src, n);
}
#endif

/** Copies the first `n` slots of the end, which are contiguous, from `outside` for a writer and to it for a reader. */
/*@ requires mem:  ring_mem(e) && ring_ok(e) && elem_bytes == e->elem_bytes;
    requires run:  1 <= n <= ring_known(e) && n <= e->capacity - e->slot;
    requires in:   \valid_read(outside + (0 .. gm(n, elem_bytes) - 1));
    requires out:  e->bias == 0 ==> \valid(outside + (0 .. gm(n, elem_bytes) - 1));
    requires sep:  \separated(outside + (0 .. gm(n, elem_bytes) - 1), e->data + (0 .. gm(e->capacity, elem_bytes) - 1));
    assigns  e->data[0 .. gm(e->capacity, elem_bytes) - 1], outside[0 .. gm(n, elem_bytes) - 1];
    ensures  rb09_place: ring_nth(e, ring_count(e)) == e->slot;
    behavior write:
      assumes e->bias != 0;
      ensures rb09_append: ring_run_is(e, outside, gm(n, elem_bytes));
      ensures rb09_in: ring_bytes_same{Pre, Post}(outside, gm(n, elem_bytes));
      ensures rb09_keep: ring_kept{Pre, Post}(e, ring_count(e));
    behavior read:
      assumes e->bias == 0;
      ensures rb09_head: ring_run_is(e, outside, gm(n, elem_bytes));
      ensures rb09_left: ring_data_same{Pre, Post}(e);
*/
static inline void gale__ring_carry(const struct gale__ring_end *e, uint8_t *outside, uint32_t n, uint32_t elem_bytes)
{
    uint8_t *run = gale__ring_run(e, elem_bytes);
    uint8_t *dst = e->bias != 0 ? run : outside;
    const uint8_t *src = e->bias != 0 ? outside : run;

    /* The run lies in the data, and no element of the queue overlaps it. */
    /*@ assert last: gm(e->slot + n, elem_bytes) == gm(e->slot, elem_bytes) + gm(n, elem_bytes)
                     && gm(e->slot + n, elem_bytes) <= gm(e->capacity, elem_bytes); */
    //@ assert bytes: 0 <= n * elem_bytes == gm(n, elem_bytes) <= 0xffffffff;
    /*@ assert neq: e->bias != 0 ==>
          \forall integer k; 0 <= k < ring_count(e) ==> ring_beside(ring_nth(e, k), e->slot, n, e->capacity); */
    /*@ assert dis: e->bias != 0 ==>
          \forall integer k; 0 <= k < ring_count(e) ==> ring_apart(ring_nth(e, k), e->slot, n, elem_bytes); */
    gale__ring_copy(dst, src, n * elem_bytes);
    //@ assert copied: \forall integer j; 0 <= j < gm(n, elem_bytes) ==> dst[j] == src[j];
    //@ assert put: e->bias != 0 ==> \forall integer j; 0 <= j < gm(n, elem_bytes) ==> run[j] == outside[j];
    //@ assert got: e->bias == 0 ==> \forall integer j; 0 <= j < gm(n, elem_bytes) ==> outside[j] == run[j];
}

/** Copies one element between the ring and `outside`, in for a writer and out for a reader. */
/*@ requires mem:  ring_mem(e) && ring_ok(e) && ring_peer(e);
    requires in:   \valid_read(outside + (0 .. e->elem_bytes - 1));
    requires out:  e->bias == 0 ==> \valid(outside + (0 .. e->elem_bytes - 1));
    requires sep:  \separated(outside + (0 .. e->elem_bytes - 1), e, e->own, e->peer,
                              e->data + (0 .. gm(e->capacity, e->elem_bytes) - 1));
    assigns  *e, e->own->value, e->peer->value, e->data[0 .. gm(e->capacity, e->elem_bytes) - 1],
             outside[0 .. e->elem_bytes - 1];
    ensures  ok:   ring_ok(e) && ring_peer(e);
    ensures  rb09: e->index == (\result == GALE_OK ? ring_wrap(\old(e->index) + 1, e->capacity) : \old(e->index));
    ensures  rb09_copy: \result == GALE_OK ==> ring_slot_is(e, \old(e->slot), outside);
    ensures  none: \result != GALE_OK ==>
                   ring_data_same{Pre, Post}(e) && ring_bytes_same{Pre, Post}(outside, e->elem_bytes);
    behavior write:
      assumes e->bias != 0;
      ensures rb09_append: \result == GALE_OK ==> ring_nth(e, ring_count(e) - 1) == \old(e->slot);
      ensures rb09_keep: \result == GALE_OK ==> ring_kept{Pre, Post}(e, ring_count(e) - 1);
      ensures rb09_in: ring_bytes_same{Pre, Post}(outside, e->elem_bytes);
    behavior read:
      assumes e->bias == 0;
      ensures rb09_left: ring_data_same{Pre, Post}(e);
*/
static inline int gale__ring_one(struct gale__ring_end *e, uint8_t *outside)
{
    uint32_t index = e->index;
    uint32_t slot = e->slot;
    int32_t status = gale__ring_ready(e, index);

    if (status < 0) {
        return status;
    }
    //@ assert one: gm(1, e->elem_bytes) == e->elem_bytes && ring_there{Pre, Here}(e);
    gale__ring_carry(e, outside, 1, e->elem_bytes);
    //@ assert got: ring_slot_is(e, slot, outside);
    gale__ring_step(e, e->own, index, slot, 1, e->capacity, e->batch);
    return GALE_OK;
}

/**
 * Copies up to `n` elements between the ring and `outside`, in for a writer and out for a reader: one claim up to the
 * wrap, one after it, more only if the peer goes on meanwhile. A writer only reads `outside`.
 */
/*@ requires mem:  ring_mem(e);
    requires ok:   ring_ok(e) && elem_bytes == e->elem_bytes;
    requires peer: ring_peer(e);
    requires n:    gm(n, elem_bytes) <= 0xffffffff && n <= 0x7fffffff;
    requires in:   \valid_read(outside + (0 .. gm(n, elem_bytes) - 1));
    requires out:  e->bias == 0 ==> \valid(outside + (0 .. gm(n, elem_bytes) - 1));
    requires sep:  \separated(outside + (0 .. gm(n, elem_bytes) - 1), e, e->own, e->peer,
                              e->data + (0 .. gm(e->capacity, elem_bytes) - 1));
    assigns  *e, e->own->value, e->peer->value, e->data[0 .. gm(e->capacity, elem_bytes) - 1],
             outside[0 .. gm(n, elem_bytes) - 1];
    ensures  ok:   ring_ok(e) && ring_peer(e);
    ensures  rb09: \result <= n;
*/
static inline int32_t gale__ring_transfer(struct gale__ring_end *e, uint8_t *outside, uint32_t n, uint32_t elem_bytes)
{
    uint32_t done = 0;
    int32_t k;

    /*@ loop invariant range: 0 <= done <= n;
        loop invariant mem:   ring_mem(e) && ring_still{Pre, Here}(e);
        loop invariant ok:    ring_ok(e) && ring_peer(e);
        loop assigns   k, done, *e, e->own->value, e->peer->value,
                       e->data[0 .. gm(e->capacity, elem_bytes) - 1], outside[0 .. gm(n, elem_bytes) - 1];
        loop variant   n - done;
    */
    do {
        k = gale__ring_claim(e, n - done);
        if (k <= 0) {
            break;
        }
        /*@ assert place: 0 <= done * elem_bytes == gm(done, elem_bytes) && 0 <= gm(k, elem_bytes)
                          && gm(done, elem_bytes) + gm(k, elem_bytes) <= gm(n, elem_bytes) <= 0xffffffff; */
        gale__ring_carry(e, outside + (size_t)done * elem_bytes, (uint32_t)k, elem_bytes);
        (void)gale__ring_commit(e, (uint32_t)k);
        done += (uint32_t)k;
    } while (done < n);
    return done != 0 ? (int32_t)done : k;
}

#ifdef __cplusplus
}
#endif

#endif /* GALE_ASYNC_TYPED_RING_BUF_COPY_H */
