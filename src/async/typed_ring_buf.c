/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/async/typed_ring_buf.h"

/*@ requires mem: ring_mem(e);
    requires ok:  ring_ok(e) && e->claimed == 0;
    requires new: 0 <= limit < 2 * e->capacity && ring_dist(e->index, limit, e->capacity) + e->pending <= e->capacity;
    assigns  e->limit, e->gate;
    ensures  ok:   ring_ok(e) && e->limit == limit && e->gate == limit;
    ensures  rb10: ring_known(e) == ring_dist(e->index, limit, e->capacity);
*/
static void typed_ring_buf_set_limit(struct gale__ring_end *e, uint32_t limit)
{
    e->limit = limit;
    e->gate = limit;
}

int32_t gale__ring_refresh(struct gale__ring_end *e)
{
    uint32_t word = gale__ring_peer_word(e);
    uint32_t limit = gale__ring_limit(e, word);
    uint32_t known = gale__ring_known(e, limit);

    //@ assert fresh: known + e->pending <= e->capacity && ring_known(e) <= known && limit < 2 * e->capacity;
    e->claimed = 0;
    if (gale_atomic_load_relaxed(e->own) >= GALE__RING_CLOSED) {
        return GALE_EPERM;
    }
    if (word >= GALE__RING_CLOSED && (e->bias != 0 || known == 0)) {
        typed_ring_buf_set_limit(e, e->index);
        return GALE_EPIPE;
    }
    if (known == 0) {
        gale__ring_end_flush(e);
        return GALE_EAGAIN;
    }
    typed_ring_buf_set_limit(e, limit);
    return (int32_t)known;
}

int32_t gale__ring_end_claim(struct gale__ring_end *e, uint32_t n)
{
    return gale__ring_claim(e, n);
}

int gale__ring_end_commit(struct gale__ring_end *e, uint32_t k)
{
    return gale__ring_commit(e, k);
}

void gale__ring_end_flush(struct gale__ring_end *e)
{
    if (e->pending != 0) {
        e->pending = 0;
        gale_atomic_store_release(e->own, e->index);
    }
}

void gale__ring_end_close(struct gale__ring_end *e)
{
    e->limit = e->index;
    e->gate = e->index;
    e->claimed = 0;
    e->pending = 0;
    gale_atomic_store_release(e->own, e->index + GALE__RING_CLOSED);
}

int32_t gale__ring_end_transfer(struct gale__ring_end *e, uint8_t *outside, uint32_t n)
{
    return gale__ring_transfer(e, outside, n, e->elem_bytes);
}
