/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/async/shared_stream_region.h"

/* Layout: two runs of bytes, the second as long as a line. */

/** The smallest run that the rules can tell apart; no shorter than a cache line on the machines that have them. */
/*@ assigns \nothing;
    ensures md02: \result == (rules == GALE_MPU_PAGE ? GALE_MPU_PAGE_BYTES : GALE_MPU_GRANULE);
*/
static size_t shared_stream_region_line_bytes(enum gale_mpu_rules rules)
{
    return rules == GALE_MPU_PAGE ? GALE_MPU_PAGE_BYTES : GALE_MPU_GRANULE;
}

int gale_shared_stream_region_layout_init(enum gale_mpu_rules rules, uint32_t elem_bytes, uint32_t capacity,
                                          struct gale_shared_stream_region_layout *layout)
{
    size_t line = shared_stream_region_line_bytes(rules);
    uint64_t data = (uint64_t)capacity * elem_bytes;

    if (data == 0 || data > UINT32_MAX || capacity > GALE_TYPED_RING_BUF_CAPACITY_MAX || data > SIZE_MAX - line) {
        return GALE_EINVAL;
    }
    size_t run = gale_mpu_align(rules, line + (size_t)data);

    if (run == 0 || run > SIZE_MAX - line) {
        return GALE_EINVAL;
    }
    layout->rules = rules;
    layout->capacity = capacity;
    layout->elem_bytes = elem_bytes;
    layout->align_bytes = gale_mpu_granule(rules, run);
    layout->block_bytes = run + line;
    layout->data_offset = line;
    layout->reader_offset = run;
    return GALE_OK;
}

bool gale_shared_stream_region_layout_is_valid(const struct gale_shared_stream_region_layout *layout)
{
    struct gale_shared_stream_region_layout same;

    return gale_shared_stream_region_layout_init(layout->rules, layout->elem_bytes, layout->capacity, &same) ==
               GALE_OK &&
           same.align_bytes == layout->align_bytes && same.block_bytes == layout->block_bytes &&
           same.data_offset == layout->data_offset && same.reader_offset == layout->reader_offset;
}

void gale_shared_stream_region_partitions(const struct gale_shared_stream_region_layout *layout,
                                          enum gale_shared_stream_region_side side, uintptr_t start,
                                          struct gale_mem_partition partitions[])
{
    bool writes = side == GALE_SHARED_STREAM_REGION_WRITER;

    partitions[0].start = start;
    partitions[0].size = layout->reader_offset;
    partitions[0].access = writes ? GALE_MPU_RW : GALE_MPU_RO;
    partitions[1].start = start + layout->reader_offset;
    partitions[1].size = layout->block_bytes - layout->reader_offset;
    partitions[1].access = writes ? GALE_MPU_RO : GALE_MPU_RW;
}

/* The words: each the first of its line, and so aligned as the block is. */

/*@ requires ok:  region_layout_ok(layout) && \valid_read(layout);
    assigns  \nothing;
    ensures  md07: (uint8_t *)\result == block + (side == GALE_SHARED_STREAM_REGION_WRITER ? 0 : layout->reader_offset);
*/
static struct gale_atomic_u32 *shared_stream_region_word_of(const struct gale_shared_stream_region_layout *layout,
                                                            uint8_t *block, enum gale_shared_stream_region_side side)
{
    return (struct gale_atomic_u32 *)(void *)(block +
                                              (side == GALE_SHARED_STREAM_REGION_WRITER ? 0 : layout->reader_offset));
}

/*@ requires own: \valid_read(region);
    requires ok:  region_ok(region);
    assigns  \nothing;
*/
static struct gale_atomic_u32 *shared_stream_region_word(const struct gale_shared_stream_region *region,
                                                         enum gale_shared_stream_region_side side)
{
    return shared_stream_region_word_of(&region->layout, region->block, side);
}

/* The owner's calls. */

int gale_shared_stream_region_init(struct gale_shared_stream_region *region,
                                   const struct gale_shared_stream_region_layout *layout, void *block,
                                   size_t block_bytes)
{
    if (block_bytes < layout->block_bytes || (uintptr_t)block == 0 ||
        ((uintptr_t)block & (layout->align_bytes - 1u)) != 0 || (uintptr_t)block > UINTPTR_MAX - layout->block_bytes) {
        return GALE_EINVAL;
    }
    region->layout = *layout;
    region->block = (uint8_t *)block;
    region->domain[0] = NULL;
    region->domain[1] = NULL;
    region->revoked[0] = false;
    region->revoked[1] = false;
    gale_atomic_store_release(shared_stream_region_word(region, GALE_SHARED_STREAM_REGION_WRITER), 0);
    gale_atomic_store_release(shared_stream_region_word(region, GALE_SHARED_STREAM_REGION_READER), 0);
    return GALE_OK;
}

/** A domain named for a side reaches that side's partitions in full; a revoked side has none. */
/*@ requires own: \valid_read(region);
    assigns  \nothing;
*/
static bool shared_stream_region_side_is_valid(const struct gale_shared_stream_region *region,
                                               enum gale_shared_stream_region_side side)
{
    struct gale_mem_partition p[GALE_SHARED_STREAM_REGION_PARTITIONS];
    const struct gale_mem_domain *domain = region->domain[side];

    if (domain == NULL) {
        return true;
    }
    gale_shared_stream_region_partitions(&region->layout, side, (uintptr_t)region->block, p);
    return !region->revoked[side] && gale_mem_domain_is_valid(domain) &&
           gale_mem_domain_contains(domain, p[0].start, p[0].size, p[0].access) &&
           gale_mem_domain_contains(domain, p[1].start, p[1].size, p[1].access);
}

bool gale_shared_stream_region_is_valid(const struct gale_shared_stream_region *region)
{
    return gale_shared_stream_region_layout_is_valid(&region->layout) && region->block != NULL &&
           ((uintptr_t)region->block & (region->layout.align_bytes - 1u)) == 0 &&
           (region->domain[0] == NULL || region->domain[0] != region->domain[1]) &&
           shared_stream_region_side_is_valid(region, GALE_SHARED_STREAM_REGION_WRITER) &&
           shared_stream_region_side_is_valid(region, GALE_SHARED_STREAM_REGION_READER);
}

int gale_shared_stream_region_grant(struct gale_shared_stream_region *region, enum gale_shared_stream_region_side side,
                                    struct gale_mem_domain *domain)
{
    struct gale_mem_partition p[GALE_SHARED_STREAM_REGION_PARTITIONS];

    if (region->revoked[side]) {
        return GALE_EPERM;
    }
    if (region->domain[side] != NULL) {
        return GALE_EALREADY;
    }
    gale_shared_stream_region_partitions(&region->layout, side, (uintptr_t)region->block, p);
    int status = gale_mem_domain_add(domain, &p[0]);

    if (status != GALE_OK) {
        return status;
    }
    status = gale_mem_domain_add(domain, &p[1]);
    if (status != GALE_OK) {
        (void)gale_mem_domain_remove(domain, &p[0]);
        return status;
    }
    region->domain[side] = domain;
    return GALE_OK;
}

int gale_shared_stream_region_revoke(struct gale_shared_stream_region *region, enum gale_shared_stream_region_side side)
{
    struct gale_mem_partition p[GALE_SHARED_STREAM_REGION_PARTITIONS];
    struct gale_mem_domain *domain = region->domain[side];

    if (region->revoked[side]) {
        return GALE_EALREADY;
    }
    /* First the access, then the mark: so the side cannot take the mark away. */
    if (domain != NULL) {
        gale_shared_stream_region_partitions(&region->layout, side, (uintptr_t)region->block, p);
        (void)gale_mem_domain_remove(domain, &p[0]);
        (void)gale_mem_domain_remove(domain, &p[1]);
    }
    region->domain[side] = NULL;
    region->revoked[side] = true;
    (void)gale_atomic_fetch_or(shared_stream_region_word(region, side), GALE__RING_CLOSED);
    return GALE_OK;
}

/* The trust boundary: what the peer says becomes what the ring believes. */

/** The slots from the end's index on that the peer's index `index` gives it. */
/*@ requires own: \valid_read(e);
    requires ok:  ring_ok(e) && index < 2 * e->capacity;
    assigns  \nothing;
    ensures  md11: \result == ring_slots(e, index) && \result < 2 * e->capacity;
*/
static uint32_t shared_stream_region_slots_to(const struct gale__ring_end *e, uint32_t index)
{
    return gale__ring_known(e, gale__ring_limit(e, index));
}

int gale__shared_stream_region_admit(const struct gale__ring_end *e, uint32_t seen, uint32_t word)
{
    uint32_t index = word < GALE__RING_CLOSED ? word : word - GALE__RING_CLOSED;

    if (index >= 2u * e->capacity) {
        return GALE_ECORRUPT;
    }
    uint32_t slots = shared_stream_region_slots_to(e, index);
    /* What is pending here was never published, so no honest peer can have reacted to it. */
    bool honest = slots >= shared_stream_region_slots_to(e, seen) && slots <= e->capacity - e->pending;

    return honest ? GALE_OK : GALE_ECORRUPT;
}

/** Ends this side for good with `status`, and tells an honest peer. */
/*@ requires ok:   region_mem(e, p) && region_end_ok(e, p);
    requires code: region_status_ok(status) && status != GALE_OK;
    assigns  p->status, e->gate, e->limit, e->claimed, e->pending, e->own->value;
    ensures  md11: region_end_ok(e, p) && p->status == status;
    ensures  rb14: ring_closed(e->own->value);
*/
static void shared_stream_region_end_close(struct gale__ring_end *e, struct gale__shared_peer *p, int status)
{
    gale__ring_end_close(e);
    p->status = status;
}

int gale__shared_stream_region_news(struct gale__ring_end *e, struct gale__shared_peer *p, uint32_t word)
{
    uint32_t seen = gale_atomic_load_relaxed(&p->seen);

    if (seen >= GALE__RING_CLOSED) {
        return GALE_OK;
    }
    if (gale__shared_stream_region_admit(e, seen, word) != GALE_OK) {
        shared_stream_region_end_close(e, p, GALE_ECORRUPT);
        return GALE_ECORRUPT;
    }
    gale_atomic_store_relaxed(&p->seen, word);
    if (word >= GALE__RING_CLOSED && e->bias != 0) {
        p->status = GALE_EPIPE;
    }
    return p->status;
}

/*@ requires own: \valid_read(e) && \valid_read(p);
    assigns  \nothing;
    ensures  md11: \result <==> region_end_ok(e, p);
*/
static bool shared_stream_region_end_is_valid(const struct gale__ring_end *e, const struct gale__shared_peer *p)
{
    uint32_t seen = gale_atomic_load_relaxed(&p->seen);
    uint32_t index = seen < GALE__RING_CLOSED ? seen : seen - GALE__RING_CLOSED;
    bool known =
        p->status == GALE_OK || p->status == GALE_EPERM || p->status == GALE_EPIPE || p->status == GALE_ECORRUPT;

    if (!known || !gale__ring_end_is_valid(e) || e->peer != &p->seen || index >= 2u * e->capacity) {
        return false;
    }
    uint32_t slots = shared_stream_region_slots_to(e, index);

    return slots >= gale__ring_known(e, e->limit) && slots <= e->capacity - e->pending;
}

/*@ requires own: \valid(p);
    assigns  *p;
    ensures  md11: p->word == word && p->seen.value == 0 && p->status == GALE_OK;
*/
static void shared_stream_region_peer_init(struct gale__shared_peer *p, const struct gale_atomic_u32 *word)
{
    p->word = word;
    gale_atomic_store_relaxed(&p->seen, 0);
    p->status = GALE_OK;
}

/*@ requires ok:   region_mem(e, p) && region_end_ok(e, p);
    assigns  p->status, e->gate, e->limit, e->claimed, e->pending, e->own->value;
    ensures  md11: region_end_ok(e, p) && p->status != GALE_OK;
    ensures  rb14: ring_closed(e->own->value);
*/
static void shared_stream_region_close(struct gale__ring_end *e, struct gale__shared_peer *p)
{
    shared_stream_region_end_close(e, p, p->status == GALE_ECORRUPT ? GALE_ECORRUPT : GALE_EPERM);
}

/* The writer's calls. */

void gale_shared_stream_region_writer_init(struct gale_shared_stream_region_writer *w,
                                           const struct gale_shared_stream_region_layout *layout, void *block,
                                           uint32_t batch)
{
    uint8_t *base = (uint8_t *)block;

    GALE_ASSERT(gale_shared_stream_region_layout_is_valid(layout));
    shared_stream_region_peer_init(&w->peer,
                                   shared_stream_region_word_of(layout, base, GALE_SHARED_STREAM_REGION_READER));
    gale_typed_ring_buf_writer_init(
        &w->ring, shared_stream_region_word_of(layout, base, GALE_SHARED_STREAM_REGION_WRITER), &w->peer.seen,
        base + layout->data_offset, layout->capacity, layout->elem_bytes, batch);
}

bool gale_shared_stream_region_writer_is_valid(const struct gale_shared_stream_region_writer *w)
{
    return gale_typed_ring_buf_writer_is_valid(&w->ring) && shared_stream_region_end_is_valid(&w->ring.end, &w->peer);
}

int32_t gale_shared_stream_region_space_available(struct gale_shared_stream_region_writer *w)
{
    int status = gale__shared_stream_region_sync(&w->ring.end, &w->peer);

    return status != GALE_OK ? status : (int32_t)gale_typed_ring_buf_space_available(&w->ring);
}

int gale_shared_stream_region_write(struct gale_shared_stream_region_writer *w, const void *element)
{
    int status = gale__shared_stream_region_sync(&w->ring.end, &w->peer);

    return status != GALE_OK ? status : gale_typed_ring_buf_write(&w->ring, element);
}

int32_t gale_shared_stream_region_write_n(struct gale_shared_stream_region_writer *w, const void *src, uint32_t n)
{
    int status = gale__shared_stream_region_sync(&w->ring.end, &w->peer);

    return status != GALE_OK ? status : gale_typed_ring_buf_write_n(&w->ring, src, n);
}

void gale_shared_stream_region_write_flush(struct gale_shared_stream_region_writer *w)
{
    gale_typed_ring_buf_write_flush(&w->ring);
}

void gale_shared_stream_region_write_close(struct gale_shared_stream_region_writer *w)
{
    shared_stream_region_close(&w->ring.end, &w->peer);
}

/* The reader's calls. */

void gale_shared_stream_region_reader_init(struct gale_shared_stream_region_reader *r,
                                           const struct gale_shared_stream_region_layout *layout, void *block,
                                           uint32_t batch)
{
    uint8_t *base = (uint8_t *)block;

    GALE_ASSERT(gale_shared_stream_region_layout_is_valid(layout));
    shared_stream_region_peer_init(&r->peer,
                                   shared_stream_region_word_of(layout, base, GALE_SHARED_STREAM_REGION_WRITER));
    gale_typed_ring_buf_reader_init(
        &r->ring, shared_stream_region_word_of(layout, base, GALE_SHARED_STREAM_REGION_READER), &r->peer.seen,
        base + layout->data_offset, layout->capacity, layout->elem_bytes, batch);
}

bool gale_shared_stream_region_reader_is_valid(const struct gale_shared_stream_region_reader *r)
{
    return gale_typed_ring_buf_reader_is_valid(&r->ring) && shared_stream_region_end_is_valid(&r->ring.end, &r->peer);
}

int32_t gale_shared_stream_region_elements_available(struct gale_shared_stream_region_reader *r)
{
    int status = gale__shared_stream_region_sync(&r->ring.end, &r->peer);

    return status != GALE_OK ? status : (int32_t)gale_typed_ring_buf_elements_available(&r->ring);
}

int gale_shared_stream_region_read(struct gale_shared_stream_region_reader *r, void *element)
{
    int status = gale__shared_stream_region_sync(&r->ring.end, &r->peer);

    return status != GALE_OK ? status : gale_typed_ring_buf_read(&r->ring, element);
}

int32_t gale_shared_stream_region_read_n(struct gale_shared_stream_region_reader *r, void *dst, uint32_t n)
{
    int status = gale__shared_stream_region_sync(&r->ring.end, &r->peer);

    return status != GALE_OK ? status : gale_typed_ring_buf_read_n(&r->ring, dst, n);
}

void gale_shared_stream_region_read_flush(struct gale_shared_stream_region_reader *r)
{
    gale_typed_ring_buf_read_flush(&r->ring);
}

void gale_shared_stream_region_read_close(struct gale_shared_stream_region_reader *r)
{
    shared_stream_region_close(&r->ring.end, &r->peer);
}
