/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/async/typed_ring_buf.h"

/*@ assigns \nothing;
    ensures rb14: \result == ring_index(word);
*/
static uint32_t ring_index_of(uint32_t word)
{
    return word < GALE__RING_CLOSED ? word : word - GALE__RING_CLOSED;
}

/*@ requires own: \valid_read(e);
    requires ok:  ring_shape(e) && ring_index(word) < 2 * e->capacity;
    assigns  \nothing;
    ensures  rb10: \result == ring_limit(word, e->bias, e->capacity);
*/
static uint32_t ring_limit_of(const struct gale__ring_end *e, uint32_t word)
{
    uint32_t limit = ring_index_of(word) + e->bias;

    return limit < 2u * e->capacity ? limit : limit - 2u * e->capacity;
}

int gale__ring_refresh(struct gale__ring_end *e)
{
    uint32_t word = gale_atomic_load_acquire(e->peer);
    uint32_t limit = ring_limit_of(e, word);

    if (gale_atomic_load_relaxed(e->own) >= GALE__RING_CLOSED) {
        return GALE_EPERM;
    }
    if (word >= GALE__RING_CLOSED && (e->bias != 0 || limit == e->index)) {
        return GALE_EPIPE;
    }
    if (limit == e->index) {
        gale__ring_flush(e);
        return GALE_EAGAIN;
    }
    e->limit = limit;
    return GALE_OK;
}

uint32_t gale__ring_end_available(const struct gale__ring_end *e)
{
    return gale__ring_known(e, ring_limit_of(e, gale_atomic_load_acquire(e->peer)));
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
    gale__ring_flush(e);
}

void gale__ring_end_close(struct gale__ring_end *e)
{
    e->limit = e->index;
    e->claimed = 0;
    e->pending = 0;
    gale_atomic_store_release(e->own, e->index | GALE__RING_CLOSED);
}

int32_t gale__ring_end_write_n(struct gale__ring_end *e, const uint8_t *src, uint32_t n)
{
    return gale__ring_write_n(e, src, n, e->elem_bytes);
}

int32_t gale__ring_end_read_n(struct gale__ring_end *e, uint8_t *dst, uint32_t n)
{
    return gale__ring_read_n(e, dst, n, e->elem_bytes);
}
