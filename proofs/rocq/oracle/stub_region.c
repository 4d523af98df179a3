/* SPDX-License-Identifier: Apache-2.0 */
/** @file The C side of the oracle for shared stream regions: one end against a peer that sets its word to anything. */
#include <string.h>
#include <sys/mman.h>

#include "stub.h"

#include "gale/async/shared_stream_region.h"

#define ELEMENT 2u
#define MOST 8u /* Elements. */
#define BLOCK_BYTES 16384u
#define BLOCK_LOW ((void *)0x10000000)

static struct gale_shared_stream_region_layout layout;
static uint8_t *block; /* Low enough for the registers of a protection unit. */
static struct gale_shared_stream_region_writer writer;
static struct gale_shared_stream_region_reader reader;
static bool writes;

static struct gale_atomic_u32 *word_of(bool of_writer)
{
    return (struct gale_atomic_u32 *)(void *)(block + (of_writer ? 0 : layout.reader_offset));
}

/* The element in slot s never changes: nobody but the end under test is there, and that writes these. */
static void region_begin(uint32_t capacity, bool is_writer, enum gale_mpu_rules rules)
{
    if (block == NULL) {
        block = mmap(BLOCK_LOW, BLOCK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    }
    stub_check((uintptr_t)block + BLOCK_BYTES <= UINT32_MAX);
    memset(block, 0, BLOCK_BYTES);
    writes = is_writer;
    stub_check(gale_shared_stream_region_layout_init(rules, ELEMENT, capacity, &layout) == GALE_OK);
    gale_shared_stream_region_writer_init(&writer, &layout, block, 1000);
    gale_shared_stream_region_reader_init(&reader, &layout, block, 1000);
}

static long region_sync(uint32_t word)
{
    gale_atomic_store_release(word_of(!writes), word);
    return writes ? gale_shared_stream_region_space_available(&writer)
                  : gale_shared_stream_region_elements_available(&reader);
}

/* known: whether the end owns so many slots, as the model sees it. */
static long region_move(uint32_t n, bool known)
{
    static uint8_t elements[ELEMENT * MOST * 2u];
    int32_t moved;

    if (!known) { /* more than it owns: no claim is open */
        return writes ? gale_shared_stream_region_write_commit(&writer, n)
                      : gale_shared_stream_region_read_release(&reader, n);
    }
    moved = writes ? gale_shared_stream_region_write_n(&writer, elements, n)
                   : gale_shared_stream_region_read_n(&reader, elements, n);
    return moved == (int32_t)n ? GALE_OK : moved < 0 ? moved : 1;
}

static void region_flush(void)
{
    if (writes) {
        gale_shared_stream_region_write_flush(&writer);
    } else {
        gale_shared_stream_region_read_flush(&reader);
    }
}

static void region_close(void)
{
    if (writes) {
        gale_shared_stream_region_write_close(&writer);
    } else {
        gale_shared_stream_region_read_close(&reader);
    }
}

static void region_says(void)
{
    const struct gale__ring_end *e = writes ? &writer.ring.end : &reader.ring.end;
    const struct gale__shared_peer *p = writes ? &writer.peer : &reader.peer;
    const uint32_t seen = gale_atomic_load_relaxed(&p->seen);

    stub_say((long)e->index);
    stub_say((long)(seen & ~GALE__RING_CLOSED));
    stub_say(seen >= GALE__RING_CLOSED);
    stub_say((long)e->pending);
    stub_say(p->status);
    stub_say(gale_atomic_load_relaxed(word_of(writes)) >= GALE__RING_CLOSED);
    stub_check(writes ? gale_shared_stream_region_writer_is_valid(&writer)
                      : gale_shared_stream_region_reader_is_valid(&reader));
}

/* op: 0 begin (capacity, 1: writer, rules), 1 sync (word), 2 move (n, owned), 3 flush, 4 close. */
value oracle_region(value op, value va, value vb, value vc)
{
    const uint32_t a = (uint32_t)Long_val(va);
    long status = 0;

    stub_begin();
    switch (Long_val(op)) {
    case 0:
        region_begin(a, Long_val(vb) != 0, (enum gale_mpu_rules)Long_val(vc));
        break;
    case 1:
        status = region_sync(a);
        break;
    case 2:
        status = region_move(a, Long_val(vb) != 0);
        break;
    case 3:
        region_flush();
        break;
    default:
        region_close();
        break;
    }
    region_says();
    return Val_long(status);
}

/* ---- the owner's calls ----------------------------------------------------------------------------------------- */

static struct gale_shared_stream_region region;
static struct gale_mem_domain domains[2];

static void grants_begin(uint32_t capacity, enum gale_mpu_rules rules)
{
    region_begin(capacity, true, rules);
    stub_check(gale_shared_stream_region_init(&region, &layout, block, BLOCK_BYTES) == GALE_OK);
    for (unsigned side = 0; side < 2; side++) {
        gale_mem_domain_init(&domains[side], rules, 4);
    }
    stub_say((long)layout.data_offset);
    stub_say((long)(layout.reader_offset - layout.data_offset));
    stub_check(layout.block_bytes == layout.reader_offset + layout.data_offset);
}

/* What a side may do to a byte of the block: 0 nothing, 1 read, 2 write too. */
static long reach(unsigned side, uint32_t byte)
{
    const uintptr_t at = (uintptr_t)block + byte;

    if (gale_mem_domain_contains(&domains[side], at, 1, GALE_MPU_RW)) {
        return 2;
    }
    return gale_mem_domain_contains(&domains[side], at, 1, GALE_MPU_RO);
}

/* op: 0 begin (capacity, rules), 1 grant, 2 revoke (side); then says of both sides what `vb` lets each do, and more. */
value oracle_grants(value op, value va, value vb, value vc)
{
    const uint32_t a = (uint32_t)Long_val(va);
    long done = 1;

    stub_begin();
    switch (Long_val(op)) {
    case 0:
        grants_begin(a, (enum gale_mpu_rules)Long_val(vb));
        return Val_long(1);
    case 1:
        done = gale_shared_stream_region_grant(&region, (enum gale_shared_stream_region_side)a, &domains[a]) == GALE_OK;
        break;
    default:
        done = gale_shared_stream_region_revoke(&region, (enum gale_shared_stream_region_side)a) == GALE_OK;
        break;
    }
    for (unsigned side = 0; side < 2; side++) {
        stub_say(region.domain[side] != NULL);
        stub_say(region.revoked[side]);
        stub_say(gale_atomic_load_relaxed(word_of(side == GALE_SHARED_STREAM_REGION_WRITER)) >= GALE__RING_CLOSED);
        stub_say(reach(side, (uint32_t)Long_val(vb)));
        stub_say(reach(side, (uint32_t)Long_val(vc)));
    }
    stub_check(gale_shared_stream_region_is_valid(&region));
    return Val_long(done);
}
