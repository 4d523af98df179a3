/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Grant and revoke, by the owner of a block that one or two domains share.
 * @bound a block of 3 elements of 1 byte; domains of 3 partitions, one of them there before; PMSAv8
 * @cbmc -DGALE_MEM_PARTITIONS=3 --unwind 7
 */
#include "harness.h"

#include "async/shared_stream_region.c"
#include "async/typed_ring_buf.c"
#include "async/typed_ring_buf_state.c"
#include "kernel/mem_domain.c"
#include "kernel/mpu.c"

enum { BLOCK = 96, SIDES = 2 };

static uint8_t block[BLOCK] GALE_ALIGNED(32);
static struct gale_shared_stream_region region;
static struct gale_mem_domain domains[SIDES], old[SIDES];

static struct gale_atomic_u32 *word(uint32_t side)
{
    return (struct gale_atomic_u32 *)(void *)(block + (side == 0 ? 0 : region.layout.reader_offset));
}

static void any_region(void)
{
    struct gale_shared_stream_region_layout layout;

    assume(gale_shared_stream_region_layout_init(GALE_MPU_PMSAV8, 1, 3, &layout) == GALE_OK);
    assume(layout.block_bytes == BLOCK);
    assume(gale_shared_stream_region_init(&region, &layout, block, BLOCK) == GALE_OK);
    for (uint32_t i = 0; i < SIDES; i++) {
        domains[i] = (struct gale_mem_domain){0};
        gale_mem_domain_init(&domains[i], GALE_MPU_PMSAV8, 3);
        if (nondet_bool()) {
            struct gale_mem_partition p = {nondet_u32(), nondet_u32(), GALE_MPU_RW};
            assume(gale_mem_domain_add(&domains[i], &p) == GALE_OK);
        }
        old[i] = domains[i];
    }
}

static bool overlaps_block(const struct gale_mem_domain *d)
{
    return d->count > 0 && d->partitions[0].start < (uintptr_t)block + BLOCK &&
           (uintptr_t)block < (uint64_t)d->partitions[0].start + d->partitions[0].size;
}

static bool same(const struct gale_mem_domain *a, const struct gale_mem_domain *b)
{
    return a->count == b->count && (a->count == 0 || (a->partitions[0].start == b->partitions[0].start &&
                                                      a->partitions[0].size == b->partitions[0].size));
}

/* @mutant src/async/shared_stream_region.c: `(void)gale_mem_domain_remove(domain, &p[0]);` -> ``
 * @mutant src/kernel/mem_domain.c: `a->start <= b->start + (b->size - 1u)` -> `a->start < b->start` */
void check_grant(void)
{
    const uint32_t side = any_upto(1);

    any_region();
    const int status =
        gale_shared_stream_region_grant(&region, (enum gale_shared_stream_region_side)side, &domains[side]);

    prove((status == GALE_OK) == !overlaps_block(&old[side]), "MD09: granted iff it overlaps no other partition");
    prove(status == GALE_OK || (same(&domains[side], &old[side]) && region.domain[side] == NULL),
          "MD09: refused without a trace");
    prove(gale_mem_domain_is_valid(&domains[side]) && gale_shared_stream_region_is_valid(&region),
          "MD09: all stays valid");
    if (status == GALE_OK) {
        const struct gale_mem_partition *p = &domains[side].partitions[old[side].count];

        prove(domains[side].count == old[side].count + 2u && p[0].start == (uintptr_t)block &&
                  p[0].size + p[1].size == BLOCK && p[1].start == (uintptr_t)block + p[0].size,
              "MD07 MD08: exactly the two runs of the block");
        prove(p[side].access == GALE_MPU_RW && p[1u - side].access == GALE_MPU_RO, "MD07 MD08: with the side's rights");
    }
    reached();
}

/* @mutant src/async/shared_stream_region.c: `(void)gale_mem_domain_remove(domain, &p[1]);` -> ``
 * @mutant src/async/shared_stream_region.c: `(void)gale_atomic_fetch_or(shared_stream_region_word(region, side), GALE__RING_CLOSED);` -> `` */
void check_revoke(void)
{
    const uint32_t side = any_upto(1);
    const uint32_t published = any_upto(5);

    any_region();
    const bool granted = nondet_bool();
    if (granted) {
        assume(gale_shared_stream_region_grant(&region, (enum gale_shared_stream_region_side)side, &domains[side]) ==
               GALE_OK);
    }
    word(side)->value = published;
    prove(gale_shared_stream_region_revoke(&region, (enum gale_shared_stream_region_side)side) == GALE_OK,
          "MD12: revoked");
    prove(!gale_mem_domain_contains(&domains[side], (uintptr_t)block + any_upto(BLOCK - 1u), 1, GALE_MPU_NO_ACCESS) ||
              overlaps_block(&old[side]),
          "MD12: the revoked side reaches no byte");
    prove(same(&domains[side], &old[side]), "MD12: its other partitions stay");
    prove(word(side)->value == (published | GALE__RING_CLOSED),
          "MD12: the other side sees it closed, at the last index");
    prove(gale_shared_stream_region_revoke(&region, (enum gale_shared_stream_region_side)side) == GALE_EALREADY,
          "MD12: once");
    prove(gale_shared_stream_region_grant(&region, (enum gale_shared_stream_region_side)side, &domains[side]) ==
              GALE_EPERM,
          "MD12: for good");
    prove(gale_shared_stream_region_is_valid(&region), "MD12: the region stays valid");
    reached();
}

/* The reader gets what was published before the writer was revoked, then the end.
 * @mutant src/async/typed_ring_buf.c: `(e->bias != 0 || known == 0)` -> `true` */
void check_revoked_writer_is_read_out(void)
{
    struct gale_shared_stream_region_writer w;
    struct gale_shared_stream_region_reader r;
    const uint32_t n = any_upto(3);
    uint8_t in[3] = {nondet_u8(), nondet_u8(), nondet_u8()};
    uint8_t out = 0;

    any_region();
    gale_shared_stream_region_writer_init(&w, &region.layout, block, 1);
    gale_shared_stream_region_reader_init(&r, &region.layout, block, 1);
    for (uint32_t i = 0; i < n; i++) {
        prove(gale_shared_stream_region_write(&w, &in[i]) == GALE_OK, "MD12: written before");
    }
    prove(gale_shared_stream_region_revoke(&region, GALE_SHARED_STREAM_REGION_WRITER) == GALE_OK, "MD12: revoked");
    for (uint32_t i = 0; i < 4; i++) {
        const int status = gale_shared_stream_region_read(&r, &out);
        prove(status == (i < n ? GALE_OK : GALE_EPIPE), "MD12 RB14: every element committed before, then the end");
        prove(i >= n || out == in[i], "MD12: unharmed, in order");
    }
    reached();
}
