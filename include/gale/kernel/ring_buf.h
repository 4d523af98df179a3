/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Byte ring: a FIFO of bytes in a caller's buffer, with copying calls and zero-copy claims.
 *
 * Sequential: the caller serialises both sides. Between cores, interrupts or domains use async/typed_ring_buf.
 *
 * Owner:   the caller supplies struct and buffer; the buffer outlives the ring.
 * Context: thread, isr; never blocks; wakes nobody. put, get and peek take time in the bytes copied, the rest is O(1).
 * Source:  properties RB01..RB08 and RB12, spec/properties.toml.
 */
#ifndef GALE_KERNEL_RING_BUF_H
#define GALE_KERNEL_RING_BUF_H

#include "gale/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Largest capacity in bytes: a count has to fit beside the status codes. */
#define GALE_RING_BUF_CAPACITY_MAX ((uint32_t)INT32_MAX)

/** A byte ring. Fields are private; read them through the functions below. */
struct gale_ring_buf {
    uint8_t *buf;      /**< capacity bytes. */
    uint32_t capacity; /**< In bytes, 1..GALE_RING_BUF_CAPACITY_MAX; all of it is usable. */
    uint32_t head;     /**< Offset of the oldest byte, below capacity. */
    uint32_t tail;     /**< Offset where the next byte goes, below capacity. */
    uint32_t size;     /**< Bytes stored now, 0..capacity. */
};

#ifdef __FRAMAC__
#include "kernel/ring_buf.acsl"
#endif

/**
 * Make an empty ring over `buf`.
 *
 * @param[out] rb        Filled in.
 * @param[in]  buf       capacity bytes; kept by the ring.
 * @param[in]  capacity  1..GALE_RING_BUF_CAPACITY_MAX bytes.
 * @context init only; never blocks.
 * @satisfies RB01 RB02
 */
/*@ requires own:  \valid(rb) && \valid(buf + (0 .. capacity - 1)) && \separated(rb, buf + (0 .. capacity - 1));
    requires ok:   0 < capacity <= GALE_RING_BUF_CAPACITY_MAX;
    assigns  *rb;
    ensures  rb02: ring_buf_ok(rb) && ring_buf_memory(rb) && rb->buf == buf && rb->capacity == capacity;
    ensures  rb01: rb->size == 0;
*/
void gale_ring_buf_init(struct gale_ring_buf *rb, uint8_t *buf, uint32_t capacity);

/** True when `rb` holds its invariant. @context thread, isr; never blocks. @satisfies RB01 RB02 RB07 */
/*@ requires own:  \valid_read(rb);
    assigns  \nothing;
    ensures  rb07: \result <==> ring_buf_ok(rb);
*/
bool gale_ring_buf_is_valid(const struct gale_ring_buf *rb);

/** The number of bytes stored now. @context thread, isr; never blocks. @satisfies RB01 RB07 */
/*@ requires own:  \valid_read(rb) && ring_buf_ok(rb);
    assigns  \nothing;
    ensures  rb07: \result == rb->size;
*/
uint32_t gale_ring_buf_size(const struct gale_ring_buf *rb);

/** The number of bytes that still fit. @context thread, isr; never blocks. @satisfies RB01 */
/*@ requires own:  \valid_read(rb) && ring_buf_ok(rb);
    assigns  \nothing;
    ensures  rb01: \result == rb->capacity - rb->size;
*/
uint32_t gale_ring_buf_space(const struct gale_ring_buf *rb);

/**
 * Throw away all bytes.
 *
 * @context thread, isr; never blocks.
 * @satisfies RB01 RB02
 */
/*@ requires own:  \valid(rb) && ring_buf_ok(rb);
    assigns  rb->head, rb->tail, rb->size;
    ensures  rb02: ring_buf_ok(rb);
    ensures  rb01: rb->size == 0;
*/
void gale_ring_buf_reset(struct gale_ring_buf *rb);

/**
 * Append bytes, as many as fit.
 *
 * @param[in] src  len bytes, not in the ring's buffer; kept by the caller.
 * @param[in] len  How many to append, 0 or more.
 * @return The count appended, the minimum of `len` and the space.
 * @retval GALE_EAGAIN  The ring is full and `len` > 0; nothing changed.
 * @context thread, isr; never blocks.
 * @satisfies RB01 RB02 RB03 RB05 RB08 RB12
 */
/*@ requires own: ring_buf_memory(rb) && ring_buf_ok(rb);
    requires src: \valid_read(src + (0 .. len - 1)) && ring_buf_apart(rb, src, len);
    assigns  rb->tail, rb->size, rb->buf[0 .. rb->capacity - 1];
    ensures  rb01: ring_buf_ok(rb);
    behavior count:
      assumes len == 0 || rb->size < rb->capacity;
      ensures rb03: \result == \min(len, rb->capacity - \old(rb->size)) && rb->size == \old(rb->size) + \result &&
                    rb->tail == ring_buf_wrap(\old(rb->tail) + \result, rb->capacity);
      ensures rb12: ring_buf_kept{Pre, Post}(rb) && ring_buf_holds(rb, \old(rb->size), src, \result);
    behavior gale_eagain:
      assumes len > 0 && rb->size == rb->capacity;
      assigns \nothing;
      ensures rb05: \result == GALE_EAGAIN;
    complete behaviors;
    disjoint behaviors;
*/
int32_t gale_ring_buf_put(struct gale_ring_buf *rb, const uint8_t *src, uint32_t len);

/**
 * Copy the oldest bytes out, as many as there are, and leave them in the ring.
 *
 * @param[out] dst  len bytes, not in the ring's buffer; kept by the caller.
 * @param[in]  len  How many to copy, 0 or more.
 * @return The count copied, the minimum of `len` and the size.
 * @retval GALE_EAGAIN  The ring is empty and `len` > 0; nothing changed.
 * @context thread, isr; never blocks.
 * @satisfies RB04 RB06 RB12
 */
/*@ requires own: ring_buf_memory(rb) && ring_buf_ok(rb);
    requires dst: \valid(dst + (0 .. len - 1)) && ring_buf_apart(rb, dst, len);
    assigns  dst[0 .. len - 1];
    behavior count:
      assumes len == 0 || rb->size > 0;
      ensures rb04: \result == \min(len, rb->size);
      ensures rb12: ring_buf_holds(rb, 0, dst, \result);
    behavior gale_eagain:
      assumes len > 0 && rb->size == 0;
      assigns \nothing;
      ensures rb06: \result == GALE_EAGAIN;
    complete behaviors;
    disjoint behaviors;
*/
int32_t gale_ring_buf_peek(const struct gale_ring_buf *rb, uint8_t *dst, uint32_t len);

/**
 * Move the oldest bytes out, as many as there are.
 *
 * @param[out] dst  len bytes, not in the ring's buffer; kept by the caller.
 * @param[in]  len  How many to take, 0 or more.
 * @return The count taken, the minimum of `len` and the size.
 * @retval GALE_EAGAIN  The ring is empty and `len` > 0; nothing changed.
 * @context thread, isr; never blocks.
 * @satisfies RB01 RB02 RB04 RB06 RB08 RB12
 */
/*@ requires own: ring_buf_memory(rb) && ring_buf_ok(rb);
    requires dst: \valid(dst + (0 .. len - 1)) && ring_buf_apart(rb, dst, len);
    assigns  rb->head, rb->size, dst[0 .. len - 1];
    ensures  rb01: ring_buf_ok(rb);
    behavior count:
      assumes len == 0 || rb->size > 0;
      ensures rb04: \result == \min(len, \old(rb->size)) && rb->size == \old(rb->size) - \result &&
                    rb->head == ring_buf_wrap(\old(rb->head) + \result, rb->capacity);
      ensures rb12: ring_buf_held{Pre, Post}(rb, dst, \result) && ring_buf_shifted{Pre, Post}(rb, \result);
    behavior gale_eagain:
      assumes len > 0 && rb->size == 0;
      assigns \nothing;
      ensures rb06: \result == GALE_EAGAIN;
    complete behaviors;
    disjoint behaviors;
*/
int32_t gale_ring_buf_get(struct gale_ring_buf *rb, uint8_t *dst, uint32_t len);

/**
 * Show where the next bytes go, in one piece, for writing in place. Nothing changes until gale_ring_buf_put_finish().
 *
 * @param[out] run  First byte of the piece, inside the ring's buffer; unchanged on failure.
 * @param[in]  len  Most bytes wanted, 0 or more.
 * @return The count, the minimum of `len`, the space and the bytes up to the end of the buffer.
 * @retval GALE_EAGAIN  The ring is full and `len` > 0.
 * @context thread, isr; never blocks.
 * @satisfies RB03 RB05 RB08
 */
/*@ requires own: ring_buf_memory(rb) && ring_buf_ok(rb) && \valid(run) && \separated(run, rb);
    assigns  *run;
    behavior count:
      assumes len == 0 || rb->size < rb->capacity;
      ensures rb03: \result == \min(len, ring_buf_put_run(rb)) && *run == rb->buf + rb->tail;
    behavior gale_eagain:
      assumes len > 0 && rb->size == rb->capacity;
      assigns \nothing;
      ensures rb05: \result == GALE_EAGAIN;
    complete behaviors;
    disjoint behaviors;
*/
int32_t gale_ring_buf_put_claim(const struct gale_ring_buf *rb, uint8_t **run, uint32_t len);

/**
 * Append the first `len` bytes of the piece that gale_ring_buf_put_claim() showed.
 *
 * @param[in] len  0 up to the largest count a claim could give now.
 * @retval GALE_OK      Appended.
 * @retval GALE_EINVAL  More than could be claimed; nothing changed.
 * @context thread, isr; never blocks.
 * @satisfies RB01 RB02 RB03 RB08 RB12
 */
/*@ requires own: ring_buf_memory(rb) && ring_buf_ok(rb);
    assigns  rb->tail, rb->size;
    ensures  rb01: ring_buf_ok(rb);
    behavior gale_ok:
      assumes len <= ring_buf_put_run(rb);
      ensures rb03: \result == GALE_OK && rb->size == \old(rb->size) + len &&
                    rb->tail == ring_buf_wrap(\old(rb->tail) + len, rb->capacity);
      ensures rb12: ring_buf_kept{Pre, Post}(rb) &&
                    ring_buf_holds(rb, \old(rb->size), rb->buf + \old(rb->tail), len);
    behavior gale_einval:
      assumes len > ring_buf_put_run(rb);
      assigns \nothing;
      ensures rb03: \result == GALE_EINVAL;
    complete behaviors;
    disjoint behaviors;
*/
int gale_ring_buf_put_finish(struct gale_ring_buf *rb, uint32_t len);

/**
 * Show the oldest bytes, in one piece, for reading in place. Nothing changes until gale_ring_buf_get_finish().
 *
 * @param[out] run  First byte of the piece, inside the ring's buffer; unchanged on failure.
 * @param[in]  len  Most bytes wanted, 0 or more.
 * @return The count, the minimum of `len`, the size and the bytes up to the end of the buffer.
 * @retval GALE_EAGAIN  The ring is empty and `len` > 0.
 * @context thread, isr; never blocks.
 * @satisfies RB04 RB06 RB08 RB12
 */
/*@ requires own: ring_buf_memory(rb) && ring_buf_ok(rb) && \valid(run) && \separated(run, rb);
    assigns  *run;
    behavior count:
      assumes len == 0 || rb->size > 0;
      ensures rb04: \result == \min(len, ring_buf_get_run(rb)) && *run == rb->buf + rb->head;
      ensures rb12: ring_buf_holds(rb, 0, rb->buf + rb->head, \result);
    behavior gale_eagain:
      assumes len > 0 && rb->size == 0;
      assigns \nothing;
      ensures rb06: \result == GALE_EAGAIN;
    complete behaviors;
    disjoint behaviors;
*/
int32_t gale_ring_buf_get_claim(const struct gale_ring_buf *rb, const uint8_t **run, uint32_t len);

/**
 * Take the first `len` bytes of the piece that gale_ring_buf_get_claim() showed out of the ring.
 *
 * @param[in] len  0 up to the largest count a claim could give now.
 * @retval GALE_OK      Taken.
 * @retval GALE_EINVAL  More than could be claimed; nothing changed.
 * @context thread, isr; never blocks.
 * @satisfies RB01 RB02 RB04 RB08 RB12
 */
/*@ requires own: ring_buf_memory(rb) && ring_buf_ok(rb);
    assigns  rb->head, rb->size;
    ensures  rb01: ring_buf_ok(rb);
    behavior gale_ok:
      assumes len <= ring_buf_get_run(rb);
      ensures rb04: \result == GALE_OK && rb->size == \old(rb->size) - len &&
                    rb->head == ring_buf_wrap(\old(rb->head) + len, rb->capacity);
      ensures rb12: ring_buf_shifted{Pre, Post}(rb, len);
    behavior gale_einval:
      assumes len > ring_buf_get_run(rb);
      assigns \nothing;
      ensures rb04: \result == GALE_EINVAL;
    complete behaviors;
    disjoint behaviors;
*/
int gale_ring_buf_get_finish(struct gale_ring_buf *rb, uint32_t len);

#ifdef __cplusplus
}
#endif

#endif /* GALE_KERNEL_RING_BUF_H */
