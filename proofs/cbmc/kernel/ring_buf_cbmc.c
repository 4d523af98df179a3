/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One step of the byte ring from any valid state: any trace of calls is covered by induction, for these capacities.
 * @bound capacity <= 5, any content, any length asked for
 * @cbmc --unwind 7
 */
#include "harness.h"

#include "kernel/ring_buf.c"

enum { CAPACITY = 5 };

static uint8_t buf[CAPACITY], outside[CAPACITY];
static struct gale_ring_buf ring, old;
static uint8_t before[CAPACITY]; /* the content, oldest first */

static uint8_t at(const struct gale_ring_buf *rb, uint32_t k)
{
    return buf[rb->head + k < rb->capacity ? rb->head + k : rb->head + k - rb->capacity];
}

static void any_ring(void)
{
    for (uint32_t i = 0; i < CAPACITY; i++) {
        buf[i] = nondet_u8();
        outside[i] = nondet_u8();
    }
    ring.buf = buf;
    ring.capacity = nondet_u32();
    ring.head = nondet_u32();
    ring.tail = nondet_u32();
    ring.size = nondet_u32();
    assume(ring.capacity <= CAPACITY && gale_ring_buf_is_valid(&ring));
    old = ring;
    for (uint32_t i = 0; i < CAPACITY; i++) {
        before[i] = i < ring.size ? at(&ring, i) : 0;
    }
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t wrapped(uint32_t offset)
{
    return offset % old.capacity;
}

static bool unchanged(void)
{
    const uint32_t k = any_upto(CAPACITY - 1u);

    return ring.head == old.head && ring.tail == old.tail && ring.size == old.size && ring.capacity == old.capacity &&
           (k >= ring.size || at(&ring, k) == before[k]);
}

static void still_valid(void)
{
    prove(gale_ring_buf_is_valid(&ring), "RB01 RB02 RB07: the invariant holds after the step");
    prove(ring.size <= ring.capacity && gale_ring_buf_space(&ring) + gale_ring_buf_size(&ring) == ring.capacity,
          "RB01: size within the capacity");
    prove(ring.head < ring.capacity && ring.tail < ring.capacity, "RB02: head and tail below the capacity");
    prove(ring.tail == wrapped(ring.head + ring.size), "RB07: size is the wrapped distance");
    prove(ring.capacity == old.capacity && ring.buf == buf, "RB08: capacity and buffer stay");
    reached();
}

/* The content after `n` bytes were added that stand in `added`. */
static void appended(uint32_t n, const uint8_t *added)
{
    const uint32_t k = any_upto(CAPACITY - 1u);

    prove(ring.tail == wrapped(old.tail + n) && ring.head == old.head && ring.size == old.size + n,
          "RB03: the tail moves on by the count");
    prove(k >= old.size || at(&ring, k) == before[k], "RB12: what was in stays, in order");
    prove(k >= n || at(&ring, old.size + k) == added[k], "RB12: what is put comes behind it");
}

static void dropped(uint32_t n)
{
    const uint32_t k = any_upto(CAPACITY - 1u);

    prove(ring.head == wrapped(old.head + n) && ring.tail == old.tail && ring.size == old.size - n,
          "RB04: the head moves on by the count");
    prove(k >= ring.size || at(&ring, k) == before[n + k], "RB12: the rest stays, in order");
}

/* @mutant src/kernel/ring_buf.c: `(struct gale_ring_buf){buf, capacity, 0, 0, 0}` -> `(struct gale_ring_buf){buf, capacity, 0, 0, 1}` */
void check_init(void)
{
    const uint32_t capacity = any_upto(GALE_RING_BUF_CAPACITY_MAX);

    assume(capacity > 0);
    gale_ring_buf_init(&ring, buf, capacity);
    prove(gale_ring_buf_is_valid(&ring) && gale_ring_buf_size(&ring) == 0, "RB01 RB02 RB07: a new ring is empty");
    reached();
}

/* @mutant src/kernel/ring_buf.c: `rb->size += n;` -> `rb->size += n + 1u;`
 * @mutant src/kernel/ring_buf.c: `ring_buf_copy(rb->buf, src + run, n - run);` -> `ring_buf_copy(rb->buf, src, n - run);` */
void check_put(void)
{
    any_ring();
    const uint32_t len = nondet_u32();
    const int32_t n = gale_ring_buf_put(&ring, outside, len);

    if (len > 0 && old.size == old.capacity) {
        prove(n == GALE_EAGAIN && unchanged(), "RB05: put on a full ring is an error and changes nothing");
    } else {
        prove(n >= 0 && (uint32_t)n == least(len, old.capacity - old.size), "RB03: the count is the minimum");
        appended((uint32_t)n, outside);
    }
    still_valid();
}

/* @mutant src/kernel/ring_buf.c: `rb->size -= n;` -> `rb->size -= n - 1u;`
 * @mutant src/kernel/ring_buf.c: `ring_buf_copy(dst + run, rb->buf, n - run);` -> `` */
void check_get(void)
{
    any_ring();
    const uint32_t len = nondet_u32();
    const uint32_t k = any_upto(CAPACITY - 1u);
    const int32_t n = gale_ring_buf_get(&ring, outside, len);

    if (len > 0 && old.size == 0) {
        prove(n == GALE_EAGAIN && unchanged(), "RB06: get on an empty ring is an error and changes nothing");
    } else {
        prove(n >= 0 && (uint32_t)n == least(len, old.size), "RB04: the count is the minimum");
        prove(k >= (uint32_t)n || outside[k] == before[k], "RB12: the oldest bytes come out, in order");
        dropped((uint32_t)n);
    }
    still_valid();
}

/* @mutant src/kernel/ring_buf.c: `ring_buf_copy(dst, rb->buf + rb->head, run);` -> `ring_buf_copy(dst, rb->buf, run);` */
void check_peek(void)
{
    any_ring();
    const uint32_t len = nondet_u32();
    const uint32_t k = any_upto(CAPACITY - 1u);
    const int32_t n = gale_ring_buf_peek(&ring, outside, len);

    prove(n == (len > 0 && old.size == 0 ? GALE_EAGAIN : (int32_t)least(len, old.size)), "RB06: the count");
    prove(n < 0 || k >= (uint32_t)n || outside[k] == before[k], "RB12: the oldest bytes are shown");
    prove(unchanged(), "RB04: a look takes nothing");
    still_valid();
}

/* @mutant src/kernel/ring_buf.c: `len > ring_buf_put_run(rb)` -> `len > ring_buf_put_run(rb) + 1u`
 * @mutant src/kernel/ring_buf.c: `ring_buf_min(rb->capacity - rb->size, rb->capacity - rb->tail)` -> `(rb->capacity - rb->tail)` */
void check_put_claim_finish(void)
{
    uint8_t *run = NULL;
    uint8_t filled[CAPACITY];

    any_ring();
    const uint32_t len = nondet_u32();
    const uint32_t done = nondet_u32();
    const int32_t n = gale_ring_buf_put_claim(&ring, &run, len);

    prove(unchanged(), "RB03: a claim changes nothing");
    if (len > 0 && old.size == old.capacity) {
        prove(n == GALE_EAGAIN && run == NULL, "RB05: nothing to claim in a full ring");
        return;
    }
    prove(n >= 0 && run == buf + old.tail && (uint32_t)n <= old.capacity - old.tail, "RB08: the run is inside");
    for (uint32_t i = 0; i < (uint32_t)n; i++) {
        run[i] = filled[i];
    }
    const int status = gale_ring_buf_put_finish(&ring, done);

    prove(status == GALE_OK || (status == GALE_EINVAL && unchanged()), "RB03: too much is refused");
    prove(status == GALE_OK || done > (uint32_t)n, "RB03: what was claimed is accepted");
    if (status == GALE_OK && done <= (uint32_t)n) {
        appended(done, filled);
    }
    still_valid();
}

/* @mutant src/kernel/ring_buf.c: `len > ring_buf_get_run(rb)` -> `len > ring_buf_get_run(rb) + 1u`
 * @mutant src/kernel/ring_buf.c: `*run = rb->buf + rb->head;` -> `*run = rb->buf;` */
void check_get_claim_finish(void)
{
    const uint8_t *run = NULL;

    any_ring();
    const uint32_t len = nondet_u32();
    const uint32_t done = nondet_u32();
    const uint32_t k = any_upto(CAPACITY - 1u);
    const int32_t n = gale_ring_buf_get_claim(&ring, &run, len);

    if (len > 0 && old.size == 0) {
        prove(n == GALE_EAGAIN && run == NULL, "RB06: nothing to claim in an empty ring");
        return;
    }
    prove(n >= 0 && (k >= (uint32_t)n || run[k] == before[k]), "RB12: the run shows the oldest bytes");
    const int status = gale_ring_buf_get_finish(&ring, done);

    prove(status == GALE_OK || (status == GALE_EINVAL && unchanged()), "RB04: too much is refused");
    if (status == GALE_OK) {
        dropped(done);
    }
    still_valid();
}

/* @mutant src/kernel/ring_buf.c: `rb->head = 0;` -> `rb->head = 1;` */
void check_reset(void)
{
    any_ring();
    gale_ring_buf_reset(&ring);
    prove(gale_ring_buf_size(&ring) == 0, "RB01: empty after a reset");
    still_valid();
}
