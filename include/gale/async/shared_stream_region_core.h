/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The trust boundary of a shared stream, once for both ends: library-internal, use gale/async/shared_stream_region.h.
 *
 * An end never lets the ring look at the peer's word: it reads it once a call, admits it, and the ring looks at the
 * admitted copy. While the peer has not moved, that is one comparison; claim and commit of one slot then stay inline.
 */
#ifndef GALE_ASYNC_SHARED_STREAM_REGION_CORE_H
#define GALE_ASYNC_SHARED_STREAM_REGION_CORE_H

#include "gale/async/typed_ring_buf_core.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What one side knows about the other. Private. */
struct gale__shared_peer {
    const struct gale_atomic_u32 *word; /**< The peer's word: hostile, read once per call. */
    struct gale_atomic_u32 seen;        /**< The last word that was admitted; the ring looks here. */
    int32_t status;                     /**< GALE_OK, or what every call answers from now on. */
};

#ifdef __FRAMAC__
#include "async/shared_stream_region_core.acsl"
#endif

/**
 * Could an honest peer have written `word`, when `seen` was admitted before? The whole of the trust boundary.
 *
 * @param[in] e     The end that asks: what it has published, how large the ring is.
 * @param[in] seen  The last word admitted, or 0; not closed.
 * @param[in] word  Any value.
 * @retval GALE_OK        Yes: its index is in range, not before that of `seen`, and within what `e` has published.
 * @retval GALE_ECORRUPT  No.
 * @context any; never blocks. Pure. Library-internal.
 * @satisfies MD11
 */
/*@ requires own:  \valid_read(e);
    requires ok:   ring_ok(e) && ring_admits(e, seen) && !ring_closed(seen);
    assigns  \nothing;
    behavior gale_ok:
      assumes ring_admits(e, word) && ring_slots(e, seen) <= ring_slots(e, word);
      ensures md11: \result == GALE_OK;
    behavior gale_ecorrupt:
      assumes !ring_admits(e, word) || ring_slots(e, word) < ring_slots(e, seen);
      ensures md11: \result == GALE_ECORRUPT;
    complete behaviors;
    disjoint behaviors;
*/
int gale__shared_stream_region_admit(const struct gale__ring_end *e, uint32_t seen, uint32_t word);

/**
 * What an end makes of a word of the peer's that it has not seen: it admits it, or ends this side.
 *
 * After the peer's close there is nothing more to learn: a writer has no one to write to, a reader knows all that was
 * published.
 * @context the end's own side; never blocks. Library-internal.
 */
/*@ requires ok:   region_mem(e, p) && region_end_ok(e, p) && p->status == GALE_OK;
    assigns  p->seen.value, p->status, e->gate, e->limit, e->claimed, e->pending, e->own->value;
    ensures  md11: region_end_ok(e, p) && \result == p->status;
    ensures  bad:  \result == GALE_ECORRUPT ==>
                   p->seen.value == \old(p->seen.value) && ring_closed(e->own->value);
    ensures  good: \result != GALE_ECORRUPT ==> e->index == \old(e->index) && e->pending == \old(e->pending);
*/
int gale__shared_stream_region_news(struct gale__ring_end *e, struct gale__shared_peer *p, uint32_t word);

/** Reads the peer's word, once: GALE_OK, or what every call answers from now on. Cheap while the word is the old one. */
/*@ requires ok:   region_mem(e, p) && region_end_ok(e, p);
    assigns  p->seen.value, p->status, e->gate, e->limit, e->claimed, e->pending, e->own->value;
    ensures  md11: region_end_ok(e, p) && \result == p->status;
    ensures  keep: \old(p->status) != GALE_OK ==> \result == \old(p->status);
    ensures  good: \result != GALE_ECORRUPT ==> e->index == \old(e->index) && e->pending == \old(e->pending);
*/
GALE__RING_INLINE int gale__shared_stream_region_sync(struct gale__ring_end *e, struct gale__shared_peer *p)
{
    if (p->status != GALE_OK) {
        return p->status;
    }
    uint32_t word = gale_atomic_load_acquire(p->word);

    return word == gale_atomic_load_relaxed(&p->seen) ? GALE_OK : gale__shared_stream_region_news(e, p, word);
}

/** Claims up to `n` slots; one slot that is known to be owned stays inline. */
/*@ requires ok:   region_mem(e, p) && region_end_ok(e, p);
    assigns  *p, *e, e->own->value;
    ensures  md11: region_end_ok(e, p);
    ensures  rb11: \result > 0 ==> e->claimed == \result <= n;
*/
GALE__RING_INLINE int32_t gale__shared_stream_region_claim(struct gale__ring_end *e, struct gale__shared_peer *p,
                                                           uint32_t n)
{
    int status = gale__shared_stream_region_sync(e, p);

    if (status != GALE_OK) {
        return status;
    }
    return n == 1u && e->index != e->gate ? gale__ring_open(e, 1, 1) : gale__ring_end_claim(e, n);
}

/** Hands over the first `k` slots of the open claim; one slot stays inline. */
/*@ requires ok:   region_mem(e, p) && region_end_ok(e, p);
    assigns  *e, e->own->value;
    ensures  md11: region_end_ok(e, p);
    ensures  rb11: p->status == GALE_OK ==> \result == (k <= \old(e->claimed) ? GALE_OK : GALE_EINVAL);
*/
GALE__RING_INLINE int gale__shared_stream_region_commit(struct gale__ring_end *e, const struct gale__shared_peer *p,
                                                        uint32_t k)
{
    return p->status != GALE_OK ? p->status : gale__ring_commit_typed(e, e->own, k, e->capacity, e->batch);
}

#ifdef __cplusplus
}
#endif

#endif /* GALE_ASYNC_SHARED_STREAM_REGION_CORE_H */
