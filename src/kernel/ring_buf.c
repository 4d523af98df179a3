/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/ring_buf.h"

/*@ assigns \nothing;
    ensures min: \result == \min(a, b);
*/
static uint32_t ring_buf_min(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/** `offset` moved on by `n`. Written so that nothing overflows (RB08). */
/*@ requires ok:   offset < capacity && n <= capacity;
    assigns  \nothing;
    ensures  rb08: \result == ring_buf_wrap(offset + n, capacity) && \result < capacity;
*/
static uint32_t ring_buf_advance(uint32_t offset, uint32_t n, uint32_t capacity)
{
    return n < capacity - offset ? offset + n : n - (capacity - offset);
}

/*@ requires own: \valid(dst + (0 .. n - 1)) && \valid_read(src + (0 .. n - 1));
    requires sep: \separated(dst + (0 .. n - 1), src + (0 .. n - 1));
    assigns  dst[0 .. n - 1];
    ensures  rb12: \forall integer k; 0 <= k < n ==> dst[k] == src[k];
*/
static void ring_buf_copy(uint8_t *dst, const uint8_t *src, uint32_t n)
{
    /*@ loop invariant range: 0 <= i <= n;
        loop invariant rb12:  \forall integer k; 0 <= k < i ==> dst[k] == src[k];
        loop assigns i, dst[0 .. n - 1];
        loop variant n - i;
    */
    for (uint32_t i = 0; i < n; i++) {
        dst[i] = src[i];
    }
}

/** What a call returns that was asked for `len` bytes and can move `possible`. */
/*@ requires ok:  possible <= GALE_RING_BUF_CAPACITY_MAX;
    assigns  \nothing;
    ensures  count: \result == (len > 0 && possible == 0 ? GALE_EAGAIN : \min(len, possible));
*/
static int32_t ring_buf_count(uint32_t len, uint32_t possible)
{
    return len > 0 && possible == 0 ? GALE_EAGAIN : (int32_t)ring_buf_min(len, possible);
}

/** Copies `n` bytes to behind the tail, in one or two pieces. */
/*@ requires own:  ring_buf_memory(rb) && ring_buf_ok(rb) && n <= rb->capacity - rb->size;
    requires src:  \valid_read(src + (0 .. n - 1)) && ring_buf_apart(rb, src, n);
    assigns  rb->buf[0 .. rb->capacity - 1];
    ensures  rb12: \forall integer i; 0 <= i < n ==> src[i] == rb->buf[ring_buf_wrap(rb->tail + i, rb->capacity)];
    ensures  kept: ring_buf_kept{Pre, Post}(rb);
*/
static void ring_buf_copy_in(struct gale_ring_buf *rb, const uint8_t *src, uint32_t n)
{
    uint32_t run = ring_buf_min(n, rb->capacity - rb->tail);

    ring_buf_copy(rb->buf + rb->tail, src, run);
    ring_buf_copy(rb->buf, src + run, n - run);
    //@ assert first: \forall integer i; 0 <= i < run ==> src[i] == rb->buf[ring_buf_wrap(rb->tail + i, rb->capacity)];
    //@ assert rest: \forall integer k; 0 <= k < n - run ==> src[run + k] == rb->buf[k];
}

/** Copies the oldest `n` bytes, in one or two pieces. */
/*@ requires own:  ring_buf_memory(rb) && ring_buf_ok(rb) && n <= rb->size;
    requires dst:  \valid(dst + (0 .. n - 1)) && ring_buf_apart(rb, dst, n);
    assigns  dst[0 .. n - 1];
    ensures  rb12: ring_buf_holds(rb, 0, dst, n);
*/
static void ring_buf_copy_out(const struct gale_ring_buf *rb, uint8_t *dst, uint32_t n)
{
    uint32_t run = ring_buf_min(n, rb->capacity - rb->head);

    ring_buf_copy(dst, rb->buf + rb->head, run);
    ring_buf_copy(dst + run, rb->buf, n - run);
    //@ assert first: \forall integer i; 0 <= i < run ==> dst[i] == ring_buf_at(rb, i);
    //@ assert rest: \forall integer k; 0 <= k < n - run ==> dst[run + k] == rb->buf[k];
}

/*@ requires own: \valid_read(rb) && ring_buf_ok(rb);
    assigns  \nothing;
    ensures  run: \result == ring_buf_put_run(rb);
*/
static uint32_t ring_buf_put_run(const struct gale_ring_buf *rb)
{
    return ring_buf_min(rb->capacity - rb->size, rb->capacity - rb->tail);
}

/*@ requires own: \valid_read(rb) && ring_buf_ok(rb);
    assigns  \nothing;
    ensures  run: \result == ring_buf_get_run(rb);
*/
static uint32_t ring_buf_get_run(const struct gale_ring_buf *rb)
{
    return ring_buf_min(rb->size, rb->capacity - rb->head);
}

/*@ requires own: \valid(rb) && ring_buf_ok(rb) && n <= rb->capacity - rb->size;
    assigns  rb->tail, rb->size;
    ensures  rb01: ring_buf_ok(rb);
    ensures  rb03: rb->size == \old(rb->size) + n && rb->tail == ring_buf_wrap(\old(rb->tail) + n, rb->capacity);
*/
static void ring_buf_append(struct gale_ring_buf *rb, uint32_t n)
{
    rb->tail = ring_buf_advance(rb->tail, n, rb->capacity);
    rb->size += n;
}

/*@ requires own: \valid(rb) && ring_buf_ok(rb) && n <= rb->size;
    assigns  rb->head, rb->size;
    ensures  rb01: ring_buf_ok(rb);
    ensures  rb04: rb->size == \old(rb->size) - n && rb->head == ring_buf_wrap(\old(rb->head) + n, rb->capacity);
*/
static void ring_buf_drop(struct gale_ring_buf *rb, uint32_t n)
{
    rb->head = ring_buf_advance(rb->head, n, rb->capacity);
    rb->size -= n;
}

void gale_ring_buf_init(struct gale_ring_buf *rb, uint8_t *buf, uint32_t capacity)
{
    GALE_ASSERT(capacity > 0 && capacity <= GALE_RING_BUF_CAPACITY_MAX);
    *rb = (struct gale_ring_buf){buf, capacity, 0, 0, 0};
}

bool gale_ring_buf_is_valid(const struct gale_ring_buf *rb)
{
    return rb->capacity > 0 && rb->capacity <= GALE_RING_BUF_CAPACITY_MAX && rb->head < rb->capacity &&
           rb->tail < rb->capacity && rb->size <= rb->capacity &&
           rb->tail == ring_buf_advance(rb->head, rb->size, rb->capacity);
}

uint32_t gale_ring_buf_size(const struct gale_ring_buf *rb)
{
    return rb->size;
}

uint32_t gale_ring_buf_space(const struct gale_ring_buf *rb)
{
    return rb->capacity - rb->size;
}

void gale_ring_buf_reset(struct gale_ring_buf *rb)
{
    rb->head = 0;
    rb->tail = 0;
    rb->size = 0;
}

int32_t gale_ring_buf_put(struct gale_ring_buf *rb, const uint8_t *src, uint32_t len)
{
    int32_t n = ring_buf_count(len, rb->capacity - rb->size);

    if (n > 0) {
        ring_buf_copy_in(rb, src, (uint32_t)n);
        ring_buf_append(rb, (uint32_t)n);
    }
    return n;
}

int32_t gale_ring_buf_peek(const struct gale_ring_buf *rb, uint8_t *dst, uint32_t len)
{
    int32_t n = ring_buf_count(len, rb->size);

    if (n > 0) {
        ring_buf_copy_out(rb, dst, (uint32_t)n);
    }
    return n;
}

int32_t gale_ring_buf_get(struct gale_ring_buf *rb, uint8_t *dst, uint32_t len)
{
    int32_t n = ring_buf_count(len, rb->size);

    if (n > 0) {
        ring_buf_copy_out(rb, dst, (uint32_t)n);
        ring_buf_drop(rb, (uint32_t)n);
    }
    return n;
}

int32_t gale_ring_buf_put_claim(const struct gale_ring_buf *rb, uint8_t **run, uint32_t len)
{
    int32_t n = ring_buf_count(len, ring_buf_put_run(rb));

    if (n >= 0) {
        *run = rb->buf + rb->tail;
    }
    return n;
}

int gale_ring_buf_put_finish(struct gale_ring_buf *rb, uint32_t len)
{
    if (len > ring_buf_put_run(rb)) {
        return GALE_EINVAL;
    }
    ring_buf_append(rb, len);
    return GALE_OK;
}

int32_t gale_ring_buf_get_claim(const struct gale_ring_buf *rb, const uint8_t **run, uint32_t len)
{
    int32_t n = ring_buf_count(len, ring_buf_get_run(rb));

    if (n >= 0) {
        *run = rb->buf + rb->head;
    }
    return n;
}

int gale_ring_buf_get_finish(struct gale_ring_buf *rb, uint32_t len)
{
    if (len > ring_buf_get_run(rb)) {
        return GALE_EINVAL;
    }
    ring_buf_drop(rb, len);
    return GALE_OK;
}
