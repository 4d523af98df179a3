/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A typed ring between two protection domains that do not trust each other, laid out so that a protection unit can
 * enforce who writes what.
 *
 *     [ writer's line | data ][ reader's line ]      two runs of bytes, one region each, the same cut for both sides
 *      writer RW, reader RO    writer RO, reader RW
 *
 * The reader's line comes last: so the larger run starts the block and needs no padding in front, which on PMSAv7 saves
 * up to an eighth of it. On PMSAv7 a block wastes nothing when 32 + capacity * elem_bytes is a multiple of an eighth of
 * the next power of two (or that power of two itself, below 256 bytes).
 *
 * Three parties. The owner of the block (kernel, parent process) lays it out, grants and revokes. Each side has an end
 * in its own private memory and uses the calls of the ring: `write`, `read`, claim, commit and so on.
 *
 * The peer is hostile: it may write anything at any time into what it can reach, its own index included, and go on
 * changing it. Every call that depends on the peer reads its word once and admits it only if an honest peer could have
 * written it: an index in range, no step back, no more than this side published. Else the call gives GALE_ECORRUPT, now
 * and for ever, and closes this side. No value of the peer's word leads to an access outside the data (MD11).
 *
 * **The elements are the peer's too.** A writer can change an element while the reader looks at it. Copy an element
 * with `read` or `read_n` before you check it, and use the copy; use `read_claim` only where every value will do.
 *
 * Nothing here rings: the caller has the doorbell. Where the batch is more than 1, flush before you wait.
 *
 * Context: one call at a time per end, any context; never blocks. An end must not be moved or copied.
 * Properties: MD07..MD12, RB09..RB11, RB14, spec/properties.toml.
 */
#ifndef GALE_ASYNC_SHARED_STREAM_REGION_H
#define GALE_ASYNC_SHARED_STREAM_REGION_H

#include "gale/async/shared_stream_region_core.h"
#include "gale/async/typed_ring_buf.h"
#include "gale/kernel/mem_domain.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GALE_SHARED_STREAM_REGION_PARTITIONS 2u /**< What one side needs in its domain. */

/** The two ends of a stream. */
enum gale_shared_stream_region_side {
    GALE_SHARED_STREAM_REGION_WRITER, /**< Writes data and its own index. */
    GALE_SHARED_STREAM_REGION_READER  /**< Writes its own index only. */
};

/** Where everything lies in a block. Computed by each party from constants, never read from shared memory. */
struct gale_shared_stream_region_layout {
    enum gale_mpu_rules rules; /**< Who enforces it. */
    uint32_t capacity;         /**< Elements, 1..GALE_TYPED_RING_BUF_CAPACITY_MAX. */
    uint32_t elem_bytes;       /**< Bytes of one element, at least 1. */
    size_t align_bytes;        /**< Alignment of the block, a power of two. */
    size_t block_bytes;        /**< Size of the block. */
    size_t data_offset;        /**< Where the elements start; the writer's line is at 0. */
    size_t reader_offset;      /**< Where the reader's line starts, and the run of line and data ends. */
};

/** What the owner of a block keeps about it. Private memory of the owner; the fields are the library's. */
struct gale_shared_stream_region {
    struct gale_shared_stream_region_layout layout; /**< Of this block. */
    uint8_t *block;                                 /**< Its first byte. */
    struct gale_mem_domain *domain[2];              /**< By side: who has the grant; NULL: nobody. */
    bool revoked[2];                                /**< By side: revoked, so its word is closed. */
};

/** The writer's end, in memory that the reader cannot reach. The fields are the library's. */
struct gale_shared_stream_region_writer {
    struct gale_typed_ring_buf_writer ring;
    struct gale__shared_peer peer;
};

/** The reader's end, in memory that the writer cannot reach. The fields are the library's. */
struct gale_shared_stream_region_reader {
    struct gale_typed_ring_buf_reader ring;
    struct gale__shared_peer peer;
};

#ifdef __FRAMAC__
#include "async/shared_stream_region.acsl"
#endif

/**
 * Compute the layout of a ring of `capacity` elements of `elem_bytes` bytes under `rules`.
 *
 * @param[out] layout  Filled in on success, else unchanged.
 * @retval GALE_OK      Done.
 * @retval GALE_EINVAL  A size is 0 or too large, or no region holds it.
 * @context any; never blocks.
 * @satisfies MD02 MD06
 */
/*@ requires own: \valid(layout);
    requires ok:  mpu_rules_ok(rules);
    assigns  *layout;
    ensures  code: \result == GALE_OK || \result == GALE_EINVAL;
    ensures  md06: \result == GALE_OK ==> region_layout_ok(layout);
    ensures  set:  \result == GALE_OK ==>
                   layout->rules == rules && layout->elem_bytes == elem_bytes && layout->capacity == capacity;
    ensures  none: \result != GALE_OK ==> *layout == \old(*layout);
*/
int gale_shared_stream_region_layout_init(enum gale_mpu_rules rules, uint32_t elem_bytes, uint32_t capacity,
                                          struct gale_shared_stream_region_layout *layout);

/** True when `layout` is what gale_shared_stream_region_layout_init() computes. @context any; never blocks. */
/*@ requires own: \valid_read(layout);
    assigns  \nothing;
    ensures  md06: \result ==> region_layout_ok(layout);
*/
bool gale_shared_stream_region_layout_is_valid(const struct gale_shared_stream_region_layout *layout);

/**
 * The partitions of one side, exactly: first the writer's line with the data, then the reader's line.
 *
 * @param[in]  start       Address of the block, aligned; 0 gives offsets, as for a mapping.
 * @param[out] partitions  GALE_SHARED_STREAM_REGION_PARTITIONS of them.
 * @context any; never blocks.
 * @satisfies MD07 MD08
 */
/*@ requires own: \valid_read(layout) && \valid(partitions + (0 .. 1)) && \separated(layout, partitions + (0 .. 1));
    requires ok:  region_layout_ok(layout) && start + layout->block_bytes <= UINTPTR_MAX;
    requires side: side == GALE_SHARED_STREAM_REGION_WRITER || side == GALE_SHARED_STREAM_REGION_READER;
    assigns  partitions[0 .. 1];
    ensures  md07: region_partitions(layout, side, start, partitions);
*/
void gale_shared_stream_region_partitions(const struct gale_shared_stream_region_layout *layout,
                                          enum gale_shared_stream_region_side side, uintptr_t start,
                                          struct gale_mem_partition partitions[]);

/**
 * Begin a stream in `block`: empty, open, granted to nobody. Also for a new stream in an old block, once both sides
 * were revoked and before either end is set up again. Writes 0 to the two words only: clear what the sides must not
 * read. A block of zero bytes is an open stream already, so a parent that neither grants nor revokes needs no region.
 *
 * @param[out] region       Filled in on success; outlives the grants.
 * @param[in]  layout       Copied.
 * @param[in]  block        In the owner's address space; nobody else reaches it yet.
 * @param[in]  block_bytes  What there is, at least layout->block_bytes.
 * @retval GALE_OK      Done.
 * @retval GALE_EINVAL  The block is misaligned or too small; nothing changed.
 * @context init only; never blocks.
 */
/*@ requires own: \valid(region) && \valid_read(layout) && \separated(region, layout);
    requires ok:  region_layout_ok(layout);
    requires mem: \valid((uint8_t *)block + (0 .. block_bytes - 1)) &&
                  \separated(region, layout, (uint8_t *)block + (0 .. block_bytes - 1));
    assigns  *region, ((uint8_t *)block)[0 .. block_bytes - 1];
    ensures  code:  \result == GALE_OK || \result == GALE_EINVAL;
    ensures  clear: \result == GALE_OK ==> region_ok(region) && region_word(region, 0) == 0 &&
                    region_word(region, 1) == 0 && region->domain[0] == \null && region->domain[1] == \null;
*/
int gale_shared_stream_region_init(struct gale_shared_stream_region *region,
                                   const struct gale_shared_stream_region_layout *layout, void *block,
                                   size_t block_bytes);

/** True when `region` holds its invariant. @context the owner; never blocks. @satisfies MD07 MD08 MD12 */
/*@ requires own: \valid_read(region);
    assigns  \nothing;
    ensures  ok:  \result ==> region_ok(region);
*/
bool gale_shared_stream_region_is_valid(const struct gale_shared_stream_region *region);

/**
 * Let `domain` be one side of the stream: all its partitions, or none.
 *
 * @param[in,out] domain  Not the peer's; stays until revoked.
 * @retval GALE_OK        Granted; takes effect when the port applies the domain next.
 * @retval GALE_EEXIST    The domain reaches a part of the block already, as stack, code, data or as the other side.
 * @retval GALE_ENOMEM    The domain has no two partitions left.
 * @retval GALE_EINVAL    The domain's rules cannot express it.
 * @retval GALE_EALREADY  The side is granted.
 * @retval GALE_EPERM     The side was revoked.
 * @context the owner; never blocks. On failure nothing changed.
 * @satisfies MD07 MD08 MD09
 */
/*@ requires own:  \valid(region) && \valid(domain) && \separated(region, domain);
    requires ok:   region_ok(region) && mem_domain_ok(domain);
    requires side: side == GALE_SHARED_STREAM_REGION_WRITER || side == GALE_SHARED_STREAM_REGION_READER;
    assigns  region->domain[side], *domain;
    ensures  ok:   region_ok(region) && mem_domain_ok(domain);
    ensures  md07: \result == GALE_OK ==> region->domain[side] == domain && domain->count == \old(domain->count) + 2;
    ensures  md09: \result != GALE_OK ==> region->domain[side] == \old(region->domain[side]) &&
                   domain->count == \old(domain->count);
*/
int gale_shared_stream_region_grant(struct gale_shared_stream_region *region, enum gale_shared_stream_region_side side,
                                    struct gale_mem_domain *domain);

/**
 * End one side, because it faulted or is to stop: take its partitions back and close its word. The other side gets what
 * was published before, and then sees the stream closed.
 *
 * Call it when the side does not run any more: a dead thread, a thread of this executor, a process that has ended. For
 * a thread that goes on running, apply its domain before it does. A process was never granted a domain: it is closed.
 *
 * @retval GALE_OK        Revoked.
 * @retval GALE_EALREADY  It was.
 * @context the owner; never blocks; wakes nobody: ring the other side.
 * @satisfies MD12
 */
/*@ requires own:  \valid(region);
    requires ok:   region_ok(region);
    requires side: side == GALE_SHARED_STREAM_REGION_WRITER || side == GALE_SHARED_STREAM_REGION_READER;
    requires mem:  region_words(region);
    assigns  *region, *region->domain[side], region->block[0 .. region->layout.block_bytes - 1];
    ensures  ok:   region_ok(region);
    ensures  code: \result == (\old(region->revoked[side]) ? GALE_EALREADY : GALE_OK);
    ensures  md12: region->revoked[side] && region->domain[side] == \null;
    ensures  shut: \result == GALE_OK ==> ring_closed(region_word(region, side)) &&
                   ring_index(region_word(region, side)) == ring_index(\old(region_word(region, side)));
*/
int gale_shared_stream_region_revoke(struct gale_shared_stream_region *region,
                                     enum gale_shared_stream_region_side side);

/**
 * Set up the writer's end, once for a stream, in the writer's domain or before it starts.
 *
 * @param[out] w       The end.
 * @param[in]  layout  As the owner computed it; not kept.
 * @param[in]  block   The block in the writer's address space; aligned.
 * @param[in]  batch   Elements to collect before publishing, at least 1; 1 publishes each call.
 * @context init only; never blocks.
 */
/*@ requires own:  \valid(w) && \valid_read(layout) && region_layout_ok(layout) && 1 <= batch;
    requires mem:  \valid((uint8_t *)block + (0 .. layout->reader_offset - 1)) &&
                   \valid_read((uint8_t *)block + (layout->reader_offset .. layout->block_bytes - 1));
    requires sep:  \separated(w, layout, (uint8_t *)block + (0 .. layout->block_bytes - 1));
    assigns  *w, ((uint8_t *)block)[0 .. layout->data_offset - 1];
    ensures  md11: region_end_ok(&w->ring.end, &w->peer) && w->peer.status == GALE_OK;
*/
void gale_shared_stream_region_writer_init(struct gale_shared_stream_region_writer *w,
                                           const struct gale_shared_stream_region_layout *layout, void *block,
                                           uint32_t batch);

/** Set up the reader's end; see gale_shared_stream_region_writer_init(). @context init only; never blocks. */
/*@ requires own:  \valid(r) && \valid_read(layout) && region_layout_ok(layout) && 1 <= batch;
    requires mem:  \valid_read((uint8_t *)block + (0 .. layout->reader_offset - 1)) &&
                   \valid((uint8_t *)block + (layout->reader_offset .. layout->block_bytes - 1));
    requires sep:  \separated(r, layout, (uint8_t *)block + (0 .. layout->block_bytes - 1));
    assigns  *r, ((uint8_t *)block)[layout->reader_offset .. layout->block_bytes - 1];
    ensures  md11: region_end_ok(&r->ring.end, &r->peer) && r->peer.status == GALE_OK;
*/
void gale_shared_stream_region_reader_init(struct gale_shared_stream_region_reader *r,
                                           const struct gale_shared_stream_region_layout *layout, void *block,
                                           uint32_t batch);

/** True when `w` holds its invariant, whatever the reader wrote. @context the writer; never blocks. @satisfies MD11 */
/*@ requires own: \valid_read(w);
    assigns  \nothing;
    ensures  md11: \result <==> region_end_ok(&w->ring.end, &w->peer) && w->ring.end.bias == w->ring.end.capacity;
*/
bool gale_shared_stream_region_writer_is_valid(const struct gale_shared_stream_region_writer *w);

/** True when `r` holds its invariant, whatever the writer wrote. @context the reader; never blocks. @satisfies MD11 */
/*@ requires own: \valid_read(r);
    assigns  \nothing;
    ensures  md11: \result <==> region_end_ok(&r->ring.end, &r->peer) && r->ring.end.bias == 0;
*/
bool gale_shared_stream_region_reader_is_valid(const struct gale_shared_stream_region_reader *r);

/*
 * The writer's calls. Each is its namesake of gale/async/typed_ring_buf.h with the peer checked first, and fails with
 *   GALE_ECORRUPT  the reader wrote an impossible index: this side is closed; stays so;
 *   GALE_EPIPE     the reader has closed or was revoked, seen at once; stays so;
 *   GALE_EPERM     the writer has closed; stays so.
 */

/** @return How many elements can be written now, or one of the failures above. @context the writer; never blocks. */
/*@ requires ok:   region_mem(&w->ring.end, &w->peer) && region_end_ok(&w->ring.end, &w->peer);
    assigns  w->peer, w->ring.end, w->ring.end.own->value;
    ensures  md11: region_end_ok(&w->ring.end, &w->peer);
    ensures  rb10: \result <= w->ring.end.capacity;
*/
int32_t gale_shared_stream_region_space_available(struct gale_shared_stream_region_writer *w);

/**
 * Claim up to `n` free elements in place. The reader can see them while they are filled.
 *
 * @param[out] run  The first of them; set only when some are claimed.
 * @return How many, 1..n, contiguous; 0 only if n is 0; GALE_EAGAIN when full, or one of the failures above.
 * @context the writer; never blocks; ends a claim that was open, with nothing handed over.
 * @satisfies MD11 RB09 RB11
 */
/*@ requires ok:   region_mem(&w->ring.end, &w->peer) && region_end_ok(&w->ring.end, &w->peer) && \valid(run);
    requires sep:  \separated(run, w, w->ring.end.own, w->peer.word);
    assigns  w->peer, w->ring.end, w->ring.end.own->value, *run;
    ensures  md11: region_end_ok(&w->ring.end, &w->peer);
    ensures  rb11: \result > 0 ==> w->ring.end.claimed == \result <= n &&
                   (uint8_t *)*run == w->ring.end.data + gm(w->ring.end.slot, w->ring.end.elem_bytes);
*/
GALE__RING_INLINE int32_t gale_shared_stream_region_write_claim(struct gale_shared_stream_region_writer *w, uint32_t n,
                                                                void **run)
{
    int32_t k = gale__shared_stream_region_claim(&w->ring.end, &w->peer, n);

    if (k > 0) {
        *run = gale__ring_run(&w->ring.end, w->ring.end.elem_bytes);
    }
    return k;
}

/**
 * Hand over the first `k` elements of the open claim and end it.
 *
 * @return GALE_OK; GALE_EINVAL when `k` is more than was claimed, nothing changed; or one of the failures above, when
 *         an earlier call has met it: nothing is handed over then.
 * @context the writer; never blocks.
 * @satisfies MD11 RB09 RB11
 */
/*@ requires ok:   region_mem(&w->ring.end, &w->peer) && region_end_ok(&w->ring.end, &w->peer);
    assigns  w->ring.end, w->ring.end.own->value;
    ensures  md11: region_end_ok(&w->ring.end, &w->peer);
    ensures  rb11: w->peer.status == GALE_OK ==> \result == (k <= \old(w->ring.end.claimed) ? GALE_OK : GALE_EINVAL);
*/
GALE__RING_INLINE int gale_shared_stream_region_write_commit(struct gale_shared_stream_region_writer *w, uint32_t k)
{
    return gale__shared_stream_region_commit(&w->ring.end, &w->peer, k);
}

/**
 * Write one element, elem_bytes bytes at `element`.
 *
 * @return GALE_OK; GALE_EAGAIN when full; or one of the failures above. Nothing is written then.
 * @context the writer; never blocks; ends an open claim.
 * @satisfies MD11 RB09
 */
/*@ requires ok:   region_mem(&w->ring.end, &w->peer) && region_end_ok(&w->ring.end, &w->peer);
    requires src:  \valid_read((uint8_t *)element + (0 .. w->ring.end.elem_bytes - 1));
    assigns  w->peer, w->ring.end, w->ring.end.own->value,
             w->ring.end.data[0 .. gm(w->ring.end.capacity, w->ring.end.elem_bytes) - 1];
    ensures  md11: region_end_ok(&w->ring.end, &w->peer);
*/
int gale_shared_stream_region_write(struct gale_shared_stream_region_writer *w, const void *element);

/**
 * Write as many of the `n` elements at `src` as fit.
 *
 * @return How many, 1..n (0 only if n is 0), or the failure of gale_shared_stream_region_write().
 * @context the writer; never blocks; ends an open claim.
 * @satisfies MD11 RB09
 */
/*@ requires ok:   region_mem(&w->ring.end, &w->peer) && region_end_ok(&w->ring.end, &w->peer);
    requires src:  \valid_read((uint8_t *)src + (0 .. gm(n, w->ring.end.elem_bytes) - 1));
    assigns  w->peer, w->ring.end, w->ring.end.own->value,
             w->ring.end.data[0 .. gm(w->ring.end.capacity, w->ring.end.elem_bytes) - 1];
    ensures  md11: region_end_ok(&w->ring.end, &w->peer) && \result <= n;
*/
int32_t gale_shared_stream_region_write_n(struct gale_shared_stream_region_writer *w, const void *src, uint32_t n);

/** Publish what is pending. @context the writer; never blocks. */
/*@ requires ok:   region_mem(&w->ring.end, &w->peer) && region_end_ok(&w->ring.end, &w->peer);
    assigns  w->ring.end.pending, w->ring.end.own->value;
    ensures  md11: region_end_ok(&w->ring.end, &w->peer);
*/
void gale_shared_stream_region_write_flush(struct gale_shared_stream_region_writer *w);

/** End the stream: the reader gets what was written, then the end. @context the writer; never blocks. @satisfies RB14 */
/*@ requires ok:   region_mem(&w->ring.end, &w->peer) && region_end_ok(&w->ring.end, &w->peer);
    assigns  w->peer.status, w->ring.end, w->ring.end.own->value;
    ensures  md11: region_end_ok(&w->ring.end, &w->peer) && w->peer.status != GALE_OK;
    ensures  rb14: ring_closed(w->ring.end.own->value);
*/
void gale_shared_stream_region_write_close(struct gale_shared_stream_region_writer *w);

/*
 * The reader's calls, as the writer's; they fail with
 *   GALE_ECORRUPT  the writer wrote an impossible index: this side is closed; stays so;
 *   GALE_EPIPE     the writer has closed or was revoked, and all it had published was read; stays so;
 *   GALE_EPERM     the reader has closed; stays so.
 */

/** @return How many elements can be read now, or one of the failures above. @context the reader; never blocks. */
/*@ requires ok:   region_mem(&r->ring.end, &r->peer) && region_end_ok(&r->ring.end, &r->peer);
    assigns  r->peer, r->ring.end, r->ring.end.own->value;
    ensures  md11: region_end_ok(&r->ring.end, &r->peer);
    ensures  rb10: \result <= r->ring.end.capacity;
*/
int32_t gale_shared_stream_region_elements_available(struct gale_shared_stream_region_reader *r);

/**
 * Claim up to `n` written elements in place. **The writer can change them meanwhile**: do not check, then use.
 *
 * @param[out] run  The first of them; set only when some are claimed.
 * @return How many, 1..n, contiguous; 0 only if n is 0; GALE_EAGAIN when empty, or one of the failures above.
 * @context the reader; never blocks; ends a claim that was open, with nothing given back.
 * @satisfies MD11 RB09 RB11 RB14
 */
/*@ requires ok:   region_mem(&r->ring.end, &r->peer) && region_end_ok(&r->ring.end, &r->peer) && \valid(run);
    requires sep:  \separated(run, r, r->ring.end.own, r->peer.word);
    assigns  r->peer, r->ring.end, r->ring.end.own->value, *run;
    ensures  md11: region_end_ok(&r->ring.end, &r->peer);
    ensures  rb11: \result > 0 ==> r->ring.end.claimed == \result <= n &&
                   (uint8_t *)*run == r->ring.end.data + gm(r->ring.end.slot, r->ring.end.elem_bytes);
*/
GALE__RING_INLINE int32_t gale_shared_stream_region_read_claim(struct gale_shared_stream_region_reader *r, uint32_t n,
                                                               const void **run)
{
    int32_t k = gale__shared_stream_region_claim(&r->ring.end, &r->peer, n);

    if (k > 0) {
        *run = gale__ring_run(&r->ring.end, r->ring.end.elem_bytes);
    }
    return k;
}

/**
 * Give back the first `k` elements of the open claim and end it. With `k` 0 the claim was a look only.
 *
 * @return As gale_shared_stream_region_write_commit().
 * @context the reader; never blocks.
 * @satisfies MD11 RB09 RB11
 */
/*@ requires ok:   region_mem(&r->ring.end, &r->peer) && region_end_ok(&r->ring.end, &r->peer);
    assigns  r->ring.end, r->ring.end.own->value;
    ensures  md11: region_end_ok(&r->ring.end, &r->peer);
    ensures  rb11: r->peer.status == GALE_OK ==> \result == (k <= \old(r->ring.end.claimed) ? GALE_OK : GALE_EINVAL);
*/
GALE__RING_INLINE int gale_shared_stream_region_read_release(struct gale_shared_stream_region_reader *r, uint32_t k)
{
    return gale__shared_stream_region_commit(&r->ring.end, &r->peer, k);
}

/**
 * Copy one element out, into elem_bytes bytes at `element`. What the peer does to it later, it does not do to the copy.
 *
 * @return GALE_OK; GALE_EAGAIN when empty; or one of the failures above. Nothing is read then.
 * @context the reader; never blocks; ends an open claim.
 * @satisfies MD11 RB09 RB14
 */
/*@ requires ok:   region_mem(&r->ring.end, &r->peer) && region_end_ok(&r->ring.end, &r->peer);
    requires dst:  \valid((uint8_t *)element + (0 .. r->ring.end.elem_bytes - 1));
    assigns  r->peer, r->ring.end, r->ring.end.own->value, ((uint8_t *)element)[0 .. r->ring.end.elem_bytes - 1];
    ensures  md11: region_end_ok(&r->ring.end, &r->peer);
*/
int gale_shared_stream_region_read(struct gale_shared_stream_region_reader *r, void *element);

/**
 * Copy up to `n` elements out, into `dst`.
 *
 * @return How many, 1..n (0 only if n is 0), or the failure of gale_shared_stream_region_read().
 * @context the reader; never blocks; ends an open claim.
 * @satisfies MD11 RB09 RB14
 */
/*@ requires ok:   region_mem(&r->ring.end, &r->peer) && region_end_ok(&r->ring.end, &r->peer);
    requires dst:  \valid((uint8_t *)dst + (0 .. gm(n, r->ring.end.elem_bytes) - 1));
    assigns  r->peer, r->ring.end, r->ring.end.own->value, ((uint8_t *)dst)[0 .. gm(n, r->ring.end.elem_bytes) - 1];
    ensures  md11: region_end_ok(&r->ring.end, &r->peer) && \result <= n;
*/
int32_t gale_shared_stream_region_read_n(struct gale_shared_stream_region_reader *r, void *dst, uint32_t n);

/** Give back what is pending. @context the reader; never blocks. */
/*@ requires ok:   region_mem(&r->ring.end, &r->peer) && region_end_ok(&r->ring.end, &r->peer);
    assigns  r->ring.end.pending, r->ring.end.own->value;
    ensures  md11: region_end_ok(&r->ring.end, &r->peer);
*/
void gale_shared_stream_region_read_flush(struct gale_shared_stream_region_reader *r);

/** Stop listening: the writer gets GALE_EPIPE. @context the reader; never blocks. @satisfies RB14 */
/*@ requires ok:   region_mem(&r->ring.end, &r->peer) && region_end_ok(&r->ring.end, &r->peer);
    assigns  r->peer.status, r->ring.end, r->ring.end.own->value;
    ensures  md11: region_end_ok(&r->ring.end, &r->peer) && r->peer.status != GALE_OK;
    ensures  rb14: ring_closed(r->ring.end.own->value);
*/
void gale_shared_stream_region_read_close(struct gale_shared_stream_region_reader *r);

#ifdef __cplusplus
}
#endif

#endif /* GALE_ASYNC_SHARED_STREAM_REGION_H */
