/* SPDX-License-Identifier: Apache-2.0 */
/* The typed ring off its hot path: set-up, counts and check. Apart, so that a linker can leave them out. */
#include "gale/async/typed_ring_buf.h"

uint32_t gale__ring_end_available(const struct gale__ring_end *e)
{
    return gale__ring_known(e, gale__ring_limit(e, gale__ring_peer_word(e)));
}

bool gale__ring_end_is_valid(const struct gale__ring_end *e)
{
    return e->capacity >= 1u && e->capacity <= GALE_TYPED_RING_BUF_CAPACITY_MAX && e->batch >= 1u &&
           e->elem_bytes >= 1u && (uint64_t)e->capacity * e->elem_bytes <= UINT32_MAX &&
           (e->bias == 0 || e->bias == e->capacity) && e->index < 2u * e->capacity && e->limit < 2u * e->capacity &&
           e->slot == (e->index < e->capacity ? e->index : e->index - e->capacity) && e->pending < e->batch &&
           e->pending <= e->capacity && gale__ring_known(e, e->limit) <= e->capacity - e->pending &&
           e->claimed <= gale__ring_known(e, e->limit) && e->claimed <= e->capacity - e->slot &&
           (e->gate == e->index || (e->gate == e->limit && e->claimed == 0));
}

/*@ requires mem:  \valid(e) && \valid(own) && \separated(e, own);
    requires size: 1 <= capacity <= 0x3fffffff && 1 <= elem_bytes && 1 <= batch;
    requires fits: gm(capacity, elem_bytes) <= 0xffffffff && (bias == 0 || bias == capacity);
    assigns  *e, own->value;
    ensures  ok:   ring_ok(e) && own->value == 0 && e->own == own && e->peer == peer && e->data == data;
    ensures  rb10: ring_known(e) == bias;
*/
static void typed_ring_buf_state_init(struct gale__ring_end *e, struct gale_atomic_u32 *own,
                                      const struct gale_atomic_u32 *peer, uint8_t *data, uint32_t capacity,
                                      uint32_t elem_bytes, uint32_t batch, uint32_t bias)
{
    struct gale__ring_end fresh = GALE__RING_END(own, peer, data, capacity, elem_bytes, batch, bias);

    *e = fresh;
    gale_atomic_store_release(own, 0);
    GALE_ASSERT(gale__ring_end_is_valid(e));
}

void gale_typed_ring_buf_writer_init(struct gale_typed_ring_buf_writer *w, struct gale_atomic_u32 *own,
                                     const struct gale_atomic_u32 *peer, void *data, uint32_t capacity,
                                     uint32_t elem_bytes, uint32_t batch)
{
    typed_ring_buf_state_init(&w->end, own, peer, (uint8_t *)data, capacity, elem_bytes, batch, capacity);
}

void gale_typed_ring_buf_reader_init(struct gale_typed_ring_buf_reader *r, struct gale_atomic_u32 *own,
                                     const struct gale_atomic_u32 *peer, const void *data, uint32_t capacity,
                                     uint32_t elem_bytes, uint32_t batch)
{
    typed_ring_buf_state_init(&r->end, own, peer, (uint8_t *)(uintptr_t)data, capacity, elem_bytes, batch, 0);
}
