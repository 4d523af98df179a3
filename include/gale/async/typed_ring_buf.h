/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A ring of fixed-size elements between one writer and one reader: threads, cores, interrupt handlers, MPU domains.
 *
 * Each end is private to its side; one call at a time per end, any context, never blocks, wakes nobody. The two sides
 * need no common lock. A full ring gives GALE_EAGAIN to the writer, an empty one to the reader.
 *
 * Zero-copy: `write_claim` gives a contiguous run of free elements in place, `write_commit` hands over the first k of
 * them; `read_claim` and `read_release` likewise. A run ends at the end of the data area: what is left follows with the
 * next claim. Copy: `write`, `read`, `write_n`, `read_n` are covers of that pair and end an open claim.
 *
 * Publication: with `batch` 1 each call is visible to the peer at once. With a larger batch an end publishes when that
 * many elements are pending, when it finds no slot left, at close and at flush. **Flush before you wait, yield or leave
 * an interrupt handler**: what is pending is unknown to the peer, and both could wait for each other.
 *
 * The peer's word is read when the slots known so far are used up: a writer may notice a closed reader up to one
 * capacity later. `gale_typed_ring_buf_space_available` and `..._elements_available` look now, but count slots only: that
 * an end is closed shows when you claim or copy.
 *
 * Indices lie in [0, 2 * capacity) and wrap by comparison, so that any capacity works and the provers follow. Against
 * free-running indices with a mask this costs 4.6 of 31.0 instructions per typed 4-byte write and read on Cortex-M3, and
 * on a 64-bit host from -15 % to +16 % by compiler and call: within the targets, so the provable form was taken.
 *
 * Owner:  the caller supplies lines, ends and data; they outlive both sides.
 * Source: rtrb, MCRingBuffer. Properties: RB09..RB11, RB13, RB14, spec/properties.toml.
 */
#ifndef GALE_ASYNC_TYPED_RING_BUF_H
#define GALE_ASYNC_TYPED_RING_BUF_H

#include "gale/async/typed_ring_buf_copy.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Most elements of a ring. */
#define GALE_TYPED_RING_BUF_CAPACITY_MAX 0x3fffffffu

/** What the two sides share besides the data: one published word each, in a line of its own. All zero to begin with. */
struct gale_typed_ring_buf {
    struct gale_atomic_u32 writer GALE_ALIGNED(GALE_CACHE_LINE); /**< Written by the writer only. */
    struct gale_atomic_u32 reader GALE_ALIGNED(GALE_CACHE_LINE); /**< Written by the reader only. */
};

/** The writer's end. Private to the writer; the fields are the library's. */
struct GALE_ALIGNED(GALE_CACHE_LINE) gale_typed_ring_buf_writer {
    struct gale__ring_end end;
};

/** The reader's end. Private to the reader; the fields are the library's. */
struct GALE_ALIGNED(GALE_CACHE_LINE) gale_typed_ring_buf_reader {
    struct gale__ring_end end;
};

#ifndef __FRAMAC__ /* which does not read offsetof in a constant */
GALE_STATIC_ASSERT(offsetof(struct gale_typed_ring_buf, reader) >= GALE_CACHE_LINE, ring_lines_apart);
GALE_STATIC_ASSERT(__alignof__(struct gale_typed_ring_buf) >= GALE_CACHE_LINE, ring_lines_aligned);
GALE_STATIC_ASSERT(__alignof__(struct gale_typed_ring_buf_writer) >= GALE_CACHE_LINE, ring_writer_aligned);
GALE_STATIC_ASSERT(__alignof__(struct gale_typed_ring_buf_reader) >= GALE_CACHE_LINE, ring_reader_aligned);
#endif

/**
 * Set up the writer's end over three areas that may lie apart (MPU regions, mappings): its word, the peer's, the data.
 * On a machine with caches, let them start at different offsets within their pages.
 *
 * @param[out] w           The end.
 * @param[out] own         The writer's word; set to 0. The writer alone writes it.
 * @param[in]  peer        The reader's word, 0 until the reader runs; or a checked copy of it that the writer keeps.
 * @param[in]  data        capacity * elem_bytes bytes, aligned for the element; kept until neither end is used.
 * @param[in]  capacity    Elements, 1..GALE_TYPED_RING_BUF_CAPACITY_MAX.
 * @param[in]  elem_bytes  Bytes per element, at least 1; capacity * elem_bytes is at most UINT32_MAX.
 * @param[in]  batch       Elements to collect before publishing, at least 1; 1 publishes each call.
 * @context init only; never blocks.
 */
/*@ requires mem:  \valid(w) && \valid(own);
    requires size: 1 <= capacity <= 0x3fffffff && 1 <= elem_bytes && 1 <= batch;
    requires fits: gm(capacity, elem_bytes) <= 0xffffffff;
    requires sep:  \separated(w, own);
    assigns  *w, own->value;
    ensures  ok:   ring_ok(&w->end) && own->value == 0 && w->end.own == own && w->end.peer == peer;
    ensures  rb10: ring_known(&w->end) == capacity;
*/
void gale_typed_ring_buf_writer_init(struct gale_typed_ring_buf_writer *w, struct gale_atomic_u32 *own,
                                     const struct gale_atomic_u32 *peer, void *data, uint32_t capacity,
                                     uint32_t elem_bytes, uint32_t batch);

/**
 * Set up the reader's end; see gale_typed_ring_buf_writer_init().
 *
 * @param[out] r           The end.
 * @param[out] own         The reader's word; set to 0. The reader alone writes it.
 * @param[in]  peer        The writer's word, 0 until the writer runs; or a checked copy of it that the reader keeps.
 * @param[in]  data        capacity * elem_bytes bytes; the reader never writes them.
 * @param[in]  capacity    Elements, as for the writer.
 * @param[in]  elem_bytes  Bytes per element, as for the writer.
 * @param[in]  batch       Elements to collect before their slots are given back, at least 1.
 * @context init only; never blocks.
 */
/*@ requires mem:  \valid(r) && \valid(own);
    requires size: 1 <= capacity <= 0x3fffffff && 1 <= elem_bytes && 1 <= batch;
    requires fits: gm(capacity, elem_bytes) <= 0xffffffff;
    requires sep:  \separated(r, own);
    assigns  *r, own->value;
    ensures  ok:   ring_ok(&r->end) && own->value == 0 && r->end.own == own && r->end.peer == peer;
    ensures  rb10: ring_known(&r->end) == 0;
*/
void gale_typed_ring_buf_reader_init(struct gale_typed_ring_buf_reader *r, struct gale_atomic_u32 *own,
                                     const struct gale_atomic_u32 *peer, const void *data, uint32_t capacity,
                                     uint32_t elem_bytes, uint32_t batch);

/** Set up both ends over one ring and its data, publishing each call. @context init only; never blocks. */
/*@ requires mem:  \valid(ring) && \valid(w) && \valid(r) && \separated(ring, w, r);
    requires size: 1 <= capacity <= 0x3fffffff && 1 <= elem_bytes && gm(capacity, elem_bytes) <= 0xffffffff;
    assigns  *ring, *w, *r;
    ensures  ok:   ring_ok(&w->end) && ring_ok(&r->end);
*/
static inline void gale_typed_ring_buf_init(struct gale_typed_ring_buf *ring, struct gale_typed_ring_buf_writer *w,
                                            struct gale_typed_ring_buf_reader *r, void *data, uint32_t capacity,
                                            uint32_t elem_bytes)
{
    gale_typed_ring_buf_writer_init(w, &ring->writer, &ring->reader, data, capacity, elem_bytes, 1);
    gale_typed_ring_buf_reader_init(r, &ring->reader, &ring->writer, data, capacity, elem_bytes, 1);
}

/** True when `w` holds its invariant; for tests, harnesses and assertions. @context the writer; never blocks. */
/*@ requires own: \valid_read(w);
    assigns  \nothing;
    ensures  ok:  \result <==> ring_ok(&w->end) && w->end.bias == w->end.capacity;
*/
static inline bool gale_typed_ring_buf_writer_is_valid(const struct gale_typed_ring_buf_writer *w)
{
    return gale__ring_end_is_valid(&w->end) && w->end.bias == w->end.capacity;
}

/** True when `r` holds its invariant; for tests, harnesses and assertions. @context the reader; never blocks. */
/*@ requires own: \valid_read(r);
    assigns  \nothing;
    ensures  ok:  \result <==> ring_ok(&r->end) && r->end.bias == 0;
*/
static inline bool gale_typed_ring_buf_reader_is_valid(const struct gale_typed_ring_buf_reader *r)
{
    return gale__ring_end_is_valid(&r->end) && r->end.bias == 0;
}

/**
 * How many elements can be written now; both runs across the wrap, an open claim included.
 *
 * With nothing pending on either side and no other call between, this and gale_typed_ring_buf_elements_available() add
 * up to the capacity; what is pending is in neither.
 *
 * @context the writer; never blocks.
 * @satisfies RB10
 */
/*@ requires mem:  ring_mem(&w->end) && ring_ok(&w->end) && ring_peer(&w->end);
    assigns  w->end.peer->value;
    ensures  peer: ring_peer(&w->end);
    ensures  rb10: ring_known(&w->end) <= \result <= w->end.capacity - w->end.pending;
*/
static inline uint32_t gale_typed_ring_buf_space_available(const struct gale_typed_ring_buf_writer *w)
{
    return gale__ring_end_available(&w->end);
}

/** How many elements can be read now; see gale_typed_ring_buf_space_available(). @context the reader; never blocks. */
/*@ requires mem:  ring_mem(&r->end) && ring_ok(&r->end) && ring_peer(&r->end);
    assigns  r->end.peer->value;
    ensures  peer: ring_peer(&r->end);
    ensures  rb10: ring_known(&r->end) <= \result <= r->end.capacity - r->end.pending;
*/
static inline uint32_t gale_typed_ring_buf_elements_available(const struct gale_typed_ring_buf_reader *r)
{
    return gale__ring_end_available(&r->end);
}

/**
 * Claim up to `n` free elements in place, to be filled and then handed over by gale_typed_ring_buf_write_commit().
 *
 * @param[in,out] w    The writer's end.
 * @param[in]     n    Elements wanted.
 * @param[out]    run  The first of them, in the ring's data area; set only when some are claimed. Contiguous.
 * @return How many were claimed, 1..n; less than n at the wrap or when fewer are free. 0 only if n is 0.
 * @retval GALE_EAGAIN  Full.
 * @retval GALE_EPIPE   The reader has closed.
 * @retval GALE_EPERM   The writer has closed.
 * @context the writer; never blocks; ends a claim that was open, with nothing handed over.
 * @satisfies RB09 RB11
 */
/*@ requires mem:  ring_mem(&w->end) && ring_ok(&w->end) && ring_peer(&w->end) && \valid(run);
    requires sep:  \separated(run, w, w->end.own, w->end.peer);
    assigns  w->end.gate, w->end.limit, w->end.claimed, w->end.pending, w->end.own->value,
             w->end.peer->value, *run;
    ensures  ok:   ring_ok(&w->end) && ring_peer(&w->end);
    ensures  rb11: \result >= 0 ==> w->end.claimed == \result <= n;
*/
static inline int32_t gale_typed_ring_buf_write_claim(struct gale_typed_ring_buf_writer *w, uint32_t n, void **run)
{
    int32_t k = gale__ring_end_claim(&w->end, n);

    if (k > 0) {
        *run = gale__ring_run(&w->end, w->end.elem_bytes);
    }
    return k;
}

/**
 * Hand over the first `k` elements of the open claim and end the claim. `k` may be less than was claimed, or 0.
 *
 * @retval GALE_OK      They are written; published at once or by the next flush, as `batch` says.
 * @retval GALE_EINVAL  More than was claimed; nothing changed, the claim is still open.
 * @context the writer; never blocks.
 * @satisfies RB09 RB11
 */
/*@ requires mem: ring_mem(&w->end) && ring_ok(&w->end);
    assigns  w->end.gate, w->end.index, w->end.slot, w->end.claimed, w->end.pending, w->end.own->value;
    ensures  ok:   ring_ok(&w->end);
    ensures  rb11: \result == (k <= \old(w->end.claimed) ? GALE_OK : GALE_EINVAL);
*/
static inline int gale_typed_ring_buf_write_commit(struct gale_typed_ring_buf_writer *w, uint32_t k)
{
    return gale__ring_end_commit(&w->end, k);
}

/**
 * Claim up to `n` written elements in place, to be read and then given back by gale_typed_ring_buf_read_release().
 *
 * @param[in,out] r    The reader's end.
 * @param[in]     n    Elements wanted.
 * @param[out]    run  The first of them, in the ring's data area; set only when some are claimed. Contiguous.
 * @return How many were claimed, 1..n; less than n at the wrap or when fewer are there. 0 only if n is 0.
 * @retval GALE_EAGAIN  Empty.
 * @retval GALE_EPIPE   The writer has closed and everything was read; stays so.
 * @retval GALE_EPERM   The reader has closed.
 * @context the reader; never blocks; ends a claim that was open, with nothing given back.
 * @satisfies RB09 RB11 RB14
 */
/*@ requires mem:  ring_mem(&r->end) && ring_ok(&r->end) && ring_peer(&r->end) && \valid(run);
    requires sep:  \separated(run, r, r->end.own, r->end.peer);
    assigns  r->end.gate, r->end.limit, r->end.claimed, r->end.pending, r->end.own->value,
             r->end.peer->value, *run;
    ensures  ok:   ring_ok(&r->end) && ring_peer(&r->end);
    ensures  rb11: \result >= 0 ==> r->end.claimed == \result <= n;
*/
static inline int32_t gale_typed_ring_buf_read_claim(struct gale_typed_ring_buf_reader *r, uint32_t n, const void **run)
{
    int32_t k = gale__ring_end_claim(&r->end, n);

    if (k > 0) {
        *run = gale__ring_run(&r->end, r->end.elem_bytes);
    }
    return k;
}

/**
 * Give back the first `k` elements of the open claim and end the claim. With `k` 0 the claim was a look only.
 *
 * @retval GALE_OK      They are read; their slots are free at once or by the next flush, as `batch` says.
 * @retval GALE_EINVAL  More than was claimed; nothing changed, the claim is still open.
 * @context the reader; never blocks.
 * @satisfies RB09 RB11
 */
/*@ requires mem: ring_mem(&r->end) && ring_ok(&r->end);
    assigns  r->end.gate, r->end.index, r->end.slot, r->end.claimed, r->end.pending, r->end.own->value;
    ensures  ok:   ring_ok(&r->end);
    ensures  rb11: \result == (k <= \old(r->end.claimed) ? GALE_OK : GALE_EINVAL);
*/
static inline int gale_typed_ring_buf_read_release(struct gale_typed_ring_buf_reader *r, uint32_t k)
{
    return gale__ring_end_commit(&r->end, k);
}

/**
 * Write one element, elem_bytes bytes at `element`.
 *
 * @return GALE_OK, or the failure of gale_typed_ring_buf_write_claim() with nothing written.
 * @context the writer; never blocks; ends an open claim.
 * @satisfies RB09
 */
/*@ requires mem:  ring_mem(&w->end) && ring_ok(&w->end) && ring_peer(&w->end);
    requires buf:  \valid_read((uint8_t *)element + (0 .. w->end.elem_bytes - 1));
    requires sep:  \separated((uint8_t *)element + (0 .. w->end.elem_bytes - 1), &w->end, w->end.own, w->end.peer,
                              w->end.data + (0 .. gm(w->end.capacity, w->end.elem_bytes) - 1));
    assigns  w->end, w->end.own->value, w->end.peer->value,
             w->end.data[0 .. gm(w->end.capacity, w->end.elem_bytes) - 1];
    ensures  ok:   ring_ok(&w->end);
    ensures  rb09: \result == GALE_OK ==> ring_nth(&w->end, ring_count(&w->end) - 1) == \old(w->end.slot)
                   && ring_slot_is(&w->end, \old(w->end.slot), (uint8_t *)element);
*/
static inline int gale_typed_ring_buf_write(struct gale_typed_ring_buf_writer *w, const void *element)
{
    return gale__ring_one(&w->end, (uint8_t *)(uintptr_t)element);
}

/**
 * Read one element into elem_bytes bytes at `element`.
 *
 * @return GALE_OK, or the failure of gale_typed_ring_buf_read_claim() with nothing read.
 * @context the reader; never blocks; ends an open claim.
 * @satisfies RB09 RB14
 */
/*@ requires mem:  ring_mem(&r->end) && ring_ok(&r->end) && ring_peer(&r->end);
    requires buf:  \valid((uint8_t *)element + (0 .. r->end.elem_bytes - 1));
    requires sep:  \separated((uint8_t *)element + (0 .. r->end.elem_bytes - 1), &r->end, r->end.own, r->end.peer,
                              r->end.data + (0 .. gm(r->end.capacity, r->end.elem_bytes) - 1));
    assigns  r->end, r->end.own->value, r->end.peer->value,
             ((uint8_t *)element)[0 .. r->end.elem_bytes - 1];
    ensures  ok:   ring_ok(&r->end);
    ensures  rb09: \result == GALE_OK ==> ring_slot_is(&r->end, \old(r->end.slot), (uint8_t *)element);
*/
static inline int gale_typed_ring_buf_read(struct gale_typed_ring_buf_reader *r, void *element)
{
    return gale__ring_one(&r->end, (uint8_t *)element);
}

/**
 * Write as many of the `n` elements at `src` as fit.
 *
 * @param[in] n  At most INT32_MAX, and n * elem_bytes at most UINT32_MAX.
 * @return How many, 1..n (0 only if n is 0), or the failure of gale_typed_ring_buf_write_claim() with nothing written.
 * @context the writer; never blocks; ends an open claim.
 * @satisfies RB09
 */
/*@ requires mem:  ring_mem(&w->end) && ring_ok(&w->end) && ring_peer(&w->end);
    requires buf:  \valid_read((uint8_t *)src + (0 .. gm(n, w->end.elem_bytes) - 1));
    requires sep:  \separated((uint8_t *)src + (0 .. gm(n, w->end.elem_bytes) - 1), &w->end, w->end.own, w->end.peer,
                              w->end.data + (0 .. gm(w->end.capacity, w->end.elem_bytes) - 1));
    requires n:    gm(n, w->end.elem_bytes) <= 0xffffffff && n <= 0x7fffffff;
    assigns  w->end, w->end.own->value, w->end.peer->value,
             w->end.data[0 .. gm(w->end.capacity, w->end.elem_bytes) - 1];
    ensures  ok:   ring_ok(&w->end);
    ensures  rb09: \result <= n;
*/
static inline int32_t gale_typed_ring_buf_write_n(struct gale_typed_ring_buf_writer *w, const void *src, uint32_t n)
{
    return gale__ring_end_transfer(&w->end, (uint8_t *)(uintptr_t)src, n);
}

/**
 * Read up to `n` elements into `dst`.
 *
 * @param[in] n  At most INT32_MAX, and n * elem_bytes at most UINT32_MAX.
 * @return How many, 1..n (0 only if n is 0), or the failure of gale_typed_ring_buf_read_claim() with nothing read.
 * @context the reader; never blocks; ends an open claim.
 * @satisfies RB09 RB14
 */
/*@ requires mem:  ring_mem(&r->end) && ring_ok(&r->end) && ring_peer(&r->end);
    requires buf:  \valid((uint8_t *)dst + (0 .. gm(n, r->end.elem_bytes) - 1));
    requires sep:  \separated((uint8_t *)dst + (0 .. gm(n, r->end.elem_bytes) - 1), &r->end, r->end.own, r->end.peer,
                              r->end.data + (0 .. gm(r->end.capacity, r->end.elem_bytes) - 1));
    requires n:    gm(n, r->end.elem_bytes) <= 0xffffffff && n <= 0x7fffffff;
    assigns  r->end, r->end.own->value, r->end.peer->value,
             ((uint8_t *)dst)[0 .. gm(n, r->end.elem_bytes) - 1];
    ensures  ok:   ring_ok(&r->end);
    ensures  rb09: \result <= n;
*/
static inline int32_t gale_typed_ring_buf_read_n(struct gale_typed_ring_buf_reader *r, void *dst, uint32_t n)
{
    return gale__ring_end_transfer(&r->end, (uint8_t *)dst, n);
}

/** Publish what the writer wrote so far. @context the writer; never blocks. @satisfies RB13 */
/*@ requires mem: ring_mem(&w->end) && ring_ok(&w->end);
    assigns  w->end.pending, w->end.own->value;
    ensures  rb13: ring_ok(&w->end) && w->end.pending == 0;
*/
static inline void gale_typed_ring_buf_write_flush(struct gale_typed_ring_buf_writer *w)
{
    gale__ring_end_flush(&w->end);
}

/** Give back to the writer what was read so far. @context the reader; never blocks. @satisfies RB13 */
/*@ requires mem: ring_mem(&r->end) && ring_ok(&r->end);
    assigns  r->end.pending, r->end.own->value;
    ensures  rb13: ring_ok(&r->end) && r->end.pending == 0;
*/
static inline void gale_typed_ring_buf_read_flush(struct gale_typed_ring_buf_reader *r)
{
    gale__ring_end_flush(&r->end);
}

/** End the stream: the reader gets what was written, then GALE_EPIPE. @context the writer; never blocks. @satisfies RB14 */
/*@ requires mem: ring_mem(&w->end) && ring_ok(&w->end);
    assigns  w->end.gate, w->end.limit, w->end.claimed, w->end.pending, w->end.own->value;
    ensures  rb14: ring_ok(&w->end) && ring_closed(w->end.own->value);
*/
static inline void gale_typed_ring_buf_write_close(struct gale_typed_ring_buf_writer *w)
{
    gale__ring_end_close(&w->end);
}

/** Stop listening: the writer gets GALE_EPIPE. @context the reader; never blocks. @satisfies RB14 */
/*@ requires mem: ring_mem(&r->end) && ring_ok(&r->end);
    assigns  r->end.gate, r->end.limit, r->end.claimed, r->end.pending, r->end.own->value;
    ensures  rb14: ring_ok(&r->end) && ring_closed(r->end.own->value);
*/
static inline void gale_typed_ring_buf_read_close(struct gale_typed_ring_buf_reader *r)
{
    gale__ring_end_close(&r->end);
}

#define GALE__RING_END(own, peer, data, capacity, elem_bytes, batch, bias)                           \
    {                                                                                                \
        (bias), 0, 0, (bias), 0, 0, (batch), (capacity), (elem_bytes), (bias), (own), (peer), (data) \
    }

/**
 * A ring of `capacity` elements of `type`, laid out statically, ready without init, and its typed functions:
 * `name_write(const type *)`, `name_read(type *)`, `name_write_n`, `name_read_n`, `name_write_claim(n, type **)`,
 * `name_write_commit(k)`, `name_read_claim(n, const type **)`, `name_read_release(k)`, `name_write_flush()`, ...
 * They do what their namesakes above do, with constant sizes and copies by assignment. `name_writer` and `name_reader`
 * are the ends, for those. Publishes each call.
 */
#define GALE_TYPED_RING_BUF_DEFINE(name, type, capacity) GALE_TYPED_RING_BUF_DEFINE_DEFERRED(name, type, capacity, 1u)

/** The same, publishing when `batch` elements are pending; flush before waiting. */
#define GALE_TYPED_RING_BUF_DEFINE_DEFERRED(name, type, capacity, batch)                                       \
    static struct {                                                                                            \
        struct gale_typed_ring_buf lines;                                                                      \
        type data[(capacity)];                                                                                 \
    } name##_ring;                                                                                             \
    GALE__RING_FACE(name, write, writer, reader, type, const type, type, capacity, batch, (capacity))          \
    GALE__RING_FACE(name, read, reader, writer, type, type, const type, capacity, batch, 0)                    \
    GALE__RING_UNUSED int name##_write(const type *element)                                                    \
    {                                                                                                          \
        uint32_t index = name##_writer.end.index;                                                              \
        uint32_t slot = name##_writer.end.slot;                                                                \
        int32_t status = gale__ring_ready(&name##_writer.end, index);                                          \
        if (status < 0) {                                                                                      \
            return status;                                                                                     \
        }                                                                                                      \
        name##_ring.data[slot] = *element;                                                                     \
        gale__ring_step(&name##_writer.end, &name##_ring.lines.writer, index, slot, 1, (capacity), (batch));   \
        return GALE_OK;                                                                                        \
    }                                                                                                          \
    GALE__RING_UNUSED int name##_read(type *element)                                                           \
    {                                                                                                          \
        uint32_t index = name##_reader.end.index;                                                              \
        uint32_t slot = name##_reader.end.slot;                                                                \
        int32_t status = gale__ring_ready(&name##_reader.end, index);                                          \
        if (status < 0) {                                                                                      \
            return status;                                                                                     \
        }                                                                                                      \
        *element = name##_ring.data[slot];                                                                     \
        gale__ring_step(&name##_reader.end, &name##_ring.lines.reader, index, slot, 1, (capacity), (batch));   \
        return GALE_OK;                                                                                        \
    }                                                                                                          \
    GALE__RING_UNUSED int name##_write_commit(uint32_t k)                                                      \
    {                                                                                                          \
        return gale__ring_commit_typed(&name##_writer.end, &name##_ring.lines.writer, k, (capacity), (batch)); \
    }                                                                                                          \
    GALE__RING_UNUSED int name##_read_release(uint32_t k)                                                      \
    {                                                                                                          \
        return gale__ring_commit_typed(&name##_reader.end, &name##_ring.lines.reader, k, (capacity), (batch)); \
    }                                                                                                          \
    GALE__RING_UNUSED uint32_t name##_space_available(void)                                                    \
    {                                                                                                          \
        return gale__ring_end_available(&name##_writer.end);                                                   \
    }                                                                                                          \
    GALE__RING_UNUSED uint32_t name##_elements_available(void)                                                 \
    {                                                                                                          \
        return gale__ring_end_available(&name##_reader.end);                                                   \
    }                                                                                                          \
    GALE_STATIC_ASSERT((capacity) >= 1 && (capacity) <= GALE_TYPED_RING_BUF_CAPACITY_MAX &&                    \
                           sizeof name##_ring.data <= UINT32_MAX && (batch) >= 1,                              \
                       name##_capacity)

#define GALE__RING_UNUSED static inline __attribute__((unused))

/* One end of a static ring and what is alike for both: `copied` and `seen` are the type as the call and the claim see it. */
#define GALE__RING_FACE(name, verb, side, other, type, copied, seen, capacity, batch, bias)                        \
    static struct gale_typed_ring_buf_##side name##_##side = {                                                     \
        GALE__RING_END(&name##_ring.lines.side, &name##_ring.lines.other, (uint8_t *)name##_ring.data, (capacity), \
                       sizeof(type), (batch), bias)};                                                              \
    GALE__RING_UNUSED int32_t name##_##verb##_n(copied *elements, uint32_t n)                                      \
    {                                                                                                              \
        return gale__ring_transfer(&name##_##side.end, (uint8_t *)(uintptr_t)elements, n, sizeof(type));           \
    }                                                                                                              \
    GALE__RING_UNUSED int32_t name##_##verb##_claim(uint32_t n, seen **run)                                        \
    {                                                                                                              \
        int32_t k = gale__ring_claim_typed(&name##_##side.end, n);                                                 \
        if (k > 0) {                                                                                               \
            *run = &name##_ring.data[name##_##side.end.slot];                                                      \
        }                                                                                                          \
        return k;                                                                                                  \
    }                                                                                                              \
    GALE__RING_UNUSED void name##_##verb##_flush(void)                                                             \
    {                                                                                                              \
        gale__ring_end_flush(&name##_##side.end);                                                                  \
    }                                                                                                              \
    GALE__RING_UNUSED void name##_##verb##_close(void)                                                             \
    {                                                                                                              \
        gale__ring_end_close(&name##_##side.end);                                                                  \
    }

#ifdef __cplusplus
}
#endif

#endif /* GALE_ASYNC_TYPED_RING_BUF_H */
