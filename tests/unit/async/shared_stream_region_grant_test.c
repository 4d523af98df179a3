/* SPDX-License-Identifier: Apache-2.0 */
/* The owner of a shared region: layouts against the decoders of mpu.h, grants, revocation. */
#include "gale/async/shared_stream_region.h"

#include <string.h>

#include "test.h"

#define WRITER GALE_SHARED_STREAM_REGION_WRITER
#define READER GALE_SHARED_STREAM_REGION_READER

static uint8_t block[16384] GALE_ALIGNED(16384);
static struct gale_shared_stream_region_layout layout;
static struct gale_shared_stream_region region;
static struct gale_mem_domain domains[2];

static struct gale_atomic_u32 *word_of(enum gale_shared_stream_region_side side)
{
    return (struct gale_atomic_u32 *)(void *)&block[side == WRITER ? 0 : layout.reader_offset];
}

/* A page layout and two domains of four partitions: grants work at any address of the host. */
static bool given_domains(uint32_t capacity)
{
    gale_mem_domain_init(&domains[WRITER], GALE_MPU_PAGE, capacity);
    gale_mem_domain_init(&domains[READER], GALE_MPU_PAGE, capacity);
    return gale_shared_stream_region_layout_init(GALE_MPU_PAGE, 4, 8, &layout) == GALE_OK &&
           gale_shared_stream_region_init(&region, &layout, block, sizeof block) == GALE_OK &&
           gale_shared_stream_region_is_valid(&region);
}

/* @verifies MD02 MD06 */
TEST(shared_stream_region, layout_of_known_sizes_is_as_tabled)
{
    static const struct {
        enum gale_mpu_rules rules;
        uint32_t bytes, align, block, reader;
    } table[] = {
        {GALE_MPU_PMSAV7, 32, 64, 96, 64},         {GALE_MPU_PMSAV7, 64, 128, 128, 96},
        {GALE_MPU_PMSAV7, 96, 128, 160, 128},      {GALE_MPU_PMSAV7, 128, 256, 192, 160},
        {GALE_MPU_PMSAV7, 224, 256, 288, 256},     {GALE_MPU_PMSAV7, 256, 512, 352, 320},
        {GALE_MPU_PMSAV7, 480, 512, 544, 512},     {GALE_MPU_PMSAV7, 512, 1024, 672, 640},
        {GALE_MPU_PMSAV7, 1024, 2048, 1312, 1280}, {GALE_MPU_PMSAV8, 1, 32, 96, 64},
        {GALE_MPU_PMSAV8, 64, 32, 128, 96},        {GALE_MPU_PMSAV8, 1000, 32, 1088, 1056},
        {GALE_MPU_PAGE, 1, 4096, 12288, 8192},     {GALE_MPU_PAGE, 4097, 4096, 16384, 12288},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        test_note("row", i);
        CHECK_EQ(gale_shared_stream_region_layout_init(table[i].rules, 1, table[i].bytes, &layout), GALE_OK);
        CHECK_EQ(layout.align_bytes, table[i].align);
        CHECK_EQ(layout.block_bytes, table[i].block);
        CHECK_EQ(layout.reader_offset, table[i].reader);
        CHECK_EQ(layout.data_offset, table[i].rules == GALE_MPU_PAGE ? 4096 : 32);
        CHECK(gale_shared_stream_region_layout_is_valid(&layout));
    }
}

/* @verifies MD06 */
TEST(shared_stream_region, layout_refuses_what_does_not_fit_and_changes_nothing)
{
    static const struct {
        enum gale_mpu_rules rules;
        uint32_t elem_bytes, capacity;
    } table[] = {
        {GALE_MPU_PMSAV8, 0, 8},
        {GALE_MPU_PMSAV8, 8, 0},
        {GALE_MPU_PMSAV8, 1, GALE_TYPED_RING_BUF_CAPACITY_MAX + 1u},
        {GALE_MPU_PMSAV8, 0x10000, 0x10000},
        {GALE_MPU_PMSAV8, UINT32_MAX, UINT32_MAX},
        {GALE_MPU_PMSAV8, UINT32_MAX, 1},
        {GALE_MPU_PMSAV8, UINT32_MAX - 31u, 1},
        {GALE_MPU_PMSAV8, UINT32_MAX - 63u, 2},
        {GALE_MPU_PMSAV7, 0x80000000u - 31u, 1},
        {GALE_MPU_PMSAV7, 0x80000000u, 1},
        {GALE_MPU_PMSAV7, UINT32_MAX, 1},
        {GALE_MPU_PAGE, 0x40000000u, 4},
    };
    struct gale_shared_stream_region_layout before;

    CHECK_EQ(gale_shared_stream_region_layout_init(GALE_MPU_PMSAV7, 4, 4, &layout), GALE_OK);
    before = layout;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        test_note("row", i);
        CHECK_EQ(gale_shared_stream_region_layout_init(table[i].rules, table[i].elem_bytes, table[i].capacity, &layout),
                 GALE_EINVAL);
        CHECK(memcmp(&before, &layout, sizeof layout) == 0);
    }
    /* The largest: the line and 2 GiB - 32 bytes of data fill the largest region of PMSAv7. */
    CHECK_EQ(gale_shared_stream_region_layout_init(GALE_MPU_PMSAV7, 0x80000000u - 32u, 1, &layout), GALE_OK);
    CHECK_EQ(layout.block_bytes, 0x80000020u);
    /* With 64-bit sizes pages hold what 32-bit sizes refuse. */
    int largest = gale_shared_stream_region_layout_init(GALE_MPU_PAGE, UINT32_MAX, 1, &layout);
    CHECK_EQ(largest, SIZE_MAX > UINT32_MAX ? GALE_OK : GALE_EINVAL);
    /* The data fit, the reader's line behind them does not. */
    largest = gale_shared_stream_region_layout_init(GALE_MPU_PAGE, UINT32_MAX - 8191u, 1, &layout);
    CHECK_EQ(largest, SIZE_MAX > UINT32_MAX ? GALE_OK : GALE_EINVAL);
}

/* @verifies MD02 */
TEST(shared_stream_region, layout_is_valid_sees_every_changed_field)
{
    struct gale_shared_stream_region_layout l;

    REQUIRE(gale_shared_stream_region_layout_init(GALE_MPU_PMSAV7, 4, 60, &layout) == GALE_OK);
    l = layout, l.rules = GALE_MPU_PMSAV8;
    CHECK(!gale_shared_stream_region_layout_is_valid(&l));
    l = layout, l.capacity = 0;
    CHECK(!gale_shared_stream_region_layout_is_valid(&l));
    l = layout, l.elem_bytes = 40;
    CHECK(!gale_shared_stream_region_layout_is_valid(&l));
    l = layout, l.align_bytes /= 2;
    CHECK(!gale_shared_stream_region_layout_is_valid(&l));
    l = layout, l.block_bytes += 32;
    CHECK(!gale_shared_stream_region_layout_is_valid(&l));
    l = layout, l.data_offset = 0;
    CHECK(!gale_shared_stream_region_layout_is_valid(&l));
    l = layout, l.reader_offset -= 32;
    CHECK(!gale_shared_stream_region_layout_is_valid(&l));
}

/* What the regions of one side grant at `address`, by the decoders. */
static uint32_t decoded(enum gale_mpu_rules rules, const struct gale_mem_partition p[2], uint32_t address)
{
    uint32_t access = 0;
    uint32_t hits = 0;

    for (uint32_t i = 0; i < 2; i++) {
        uint32_t a = 0;
        uint32_t b = 0;
        int status =
            rules == GALE_MPU_PMSAV7 ? gale_mpu_v7_encode(&p[i], i, &a, &b) : gale_mpu_v8_encode(&p[i], &a, &b);
        uint32_t got = rules == GALE_MPU_PMSAV7 ? gale_mpu_v7_access(a, b, address) : gale_mpu_v8_access(a, b, address);

        if (status != GALE_OK) {
            return UINT32_MAX;
        }
        access |= got;
        hits += got != 0;
    }
    return hits > 1 ? UINT32_MAX : access; /* two regions on one byte fault on PMSAv8 */
}

static uint32_t wanted(enum gale_shared_stream_region_side side, uint32_t start, uint32_t address)
{
    uint32_t offset = address - start;

    if (offset < layout.reader_offset) {
        return side == WRITER ? GALE_MPU_RW : GALE_MPU_RO;
    }
    return offset < layout.block_bytes ? (side == WRITER ? GALE_MPU_RO : GALE_MPU_RW) : 0;
}

static void check_every_byte(enum gale_mpu_rules rules, uint32_t start)
{
    for (uint32_t side = 0; side < 2; side++) {
        enum gale_shared_stream_region_side s = side == 0 ? WRITER : READER;
        struct gale_mem_partition p[GALE_SHARED_STREAM_REGION_PARTITIONS];
        uint32_t wrong = 0;

        gale_shared_stream_region_partitions(&layout, s, start, p);
        for (uint32_t a = start - 64u; a != start + (uint32_t)layout.block_bytes + 64u; a++) {
            wrong += decoded(rules, p, a) != wanted(s, start, a);
        }
        CHECK_EQ(wrong, 0);
    }
}

/* @verifies MD07 MD08 MD10 */
TEST(shared_stream_region, grants_decode_to_exactly_the_bytes_of_each_side)
{
    static const uint32_t elem_bytes[] = {1, 3, 4, 16, 20, 64, 256};
    static const uint32_t capacities[] = {1, 2, 3, 7, 8, 15, 16, 31};

    for (uint32_t v8 = 0; v8 < 2; v8++) {
        enum gale_mpu_rules rules = v8 ? GALE_MPU_PMSAV8 : GALE_MPU_PMSAV7;
        for (size_t e = 0; e < sizeof elem_bytes / sizeof elem_bytes[0]; e++) {
            for (size_t c = 0; c < sizeof capacities / sizeof capacities[0]; c++) {
                test_note("rules", v8);
                test_note("elem_bytes", elem_bytes[e]);
                test_note("capacity", capacities[c]);
                CHECK_EQ(gale_shared_stream_region_layout_init(rules, elem_bytes[e], capacities[c], &layout), GALE_OK);
                CHECK(layout.data_offset + (size_t)elem_bytes[e] * capacities[c] <= layout.reader_offset);
                check_every_byte(rules, 0x20000000u);
                check_every_byte(rules, (uint32_t)(0x20000000u + 3u * layout.align_bytes));
            }
        }
    }
}

/* @verifies MD07 MD08 */
TEST(shared_stream_region, init_refuses_a_block_that_is_misaligned_or_too_small)
{
    struct gale_shared_stream_region before;

    REQUIRE(gale_shared_stream_region_layout_init(GALE_MPU_PMSAV7, 4, 56, &layout) == GALE_OK);
    memset(&region, 0x5a, sizeof region);
    before = region;
    CHECK_EQ(gale_shared_stream_region_init(&region, &layout, NULL, sizeof block), GALE_EINVAL);
    CHECK_EQ(gale_shared_stream_region_init(&region, &layout, &block[32], sizeof block - 32), GALE_EINVAL);
    CHECK_EQ(gale_shared_stream_region_init(&region, &layout, block, layout.block_bytes - 1), GALE_EINVAL);
    void *last = (void *)(UINTPTR_MAX - (layout.align_bytes - 1));
    CHECK_EQ(gale_shared_stream_region_init(&region, &layout, last, sizeof block), GALE_EINVAL);
    CHECK(memcmp(&before, &region, sizeof region) == 0);

    memset(block, 0xff, sizeof block);
    CHECK_EQ(gale_shared_stream_region_init(&region, &layout, &block[256], layout.block_bytes), GALE_OK);
    CHECK(gale_shared_stream_region_is_valid(&region));
    for (size_t i = 0; i < sizeof block; i++) {
        bool in_word = (i >= 256 && i < 260) || (i >= 256 + layout.reader_offset && i < 260 + layout.reader_offset);
        CHECK_EQ(block[i], in_word ? 0 : 0xff);
    }
}

static bool reaches(const struct gale_mem_domain *d, size_t offset, size_t size, uint32_t access)
{
    return gale_mem_domain_contains(d, (uintptr_t)block + offset, size, access);
}

/* @verifies MD07 */
TEST(shared_stream_region, grant_lets_the_writer_write_data_and_its_index_and_read_the_readers)
{
    REQUIRE(given_domains(4));

    CHECK_EQ(gale_shared_stream_region_grant(&region, WRITER, &domains[WRITER]), GALE_OK);

    CHECK_EQ(domains[WRITER].count, 2);
    CHECK(reaches(&domains[WRITER], 0, layout.reader_offset, GALE_MPU_RW));
    CHECK(reaches(&domains[WRITER], layout.reader_offset, 4096, GALE_MPU_RO));
    CHECK(!reaches(&domains[WRITER], layout.reader_offset, 1, GALE_MPU_RW));
    CHECK(!reaches(&domains[WRITER], layout.block_bytes - 1, 2, GALE_MPU_RO));
    CHECK_EQ(domains[READER].count, 0);
    CHECK(gale_shared_stream_region_is_valid(&region));
}

/* @verifies MD08 */
TEST(shared_stream_region, grant_lets_the_reader_write_its_index_and_read_the_rest)
{
    REQUIRE(given_domains(4));

    CHECK_EQ(gale_shared_stream_region_grant(&region, READER, &domains[READER]), GALE_OK);

    CHECK_EQ(domains[READER].count, 2);
    CHECK(reaches(&domains[READER], 0, layout.reader_offset, GALE_MPU_RO));
    CHECK(!reaches(&domains[READER], 0, 1, GALE_MPU_RW));
    CHECK(!reaches(&domains[READER], layout.reader_offset - 1, 1, GALE_MPU_RW));
    CHECK(reaches(&domains[READER], layout.reader_offset, 4096, GALE_MPU_RW));
    CHECK(!reaches(&domains[READER], layout.block_bytes - 1, 2, GALE_MPU_RO));
    CHECK(gale_shared_stream_region_is_valid(&region));
}

/* @verifies MD09 */
TEST(shared_stream_region, grant_that_overlaps_a_partition_takes_everything_back)
{
    for (uint32_t page = 0; page < 4; page++) {
        struct gale_mem_partition own = {(uintptr_t)block + page * 4096u, 4096, GALE_MPU_RW};
        struct gale_mem_domain before;

        test_note("page", page);
        REQUIRE(given_domains(4));
        CHECK_EQ(gale_mem_domain_add(&domains[WRITER], &own), GALE_OK);
        before = domains[WRITER];
        if (page == 3) { /* the page behind the block: a neighbour is no overlap */
            CHECK_EQ(layout.block_bytes, 3 * 4096);
            CHECK_EQ(gale_shared_stream_region_grant(&region, WRITER, &domains[WRITER]), GALE_OK);
            continue;
        }
        CHECK_EQ(gale_shared_stream_region_grant(&region, WRITER, &domains[WRITER]), GALE_EEXIST);
        CHECK_EQ(domains[WRITER].count, 1);
        CHECK(memcmp(before.partitions, domains[WRITER].partitions, sizeof own) == 0);
        CHECK(region.domain[WRITER] == NULL);
        CHECK(gale_shared_stream_region_is_valid(&region));
    }
}

/* @verifies MD09 MD04 */
TEST(shared_stream_region, grant_to_a_full_domain_takes_everything_back)
{
    for (uint32_t used = 1; used <= 2; used++) {
        REQUIRE(given_domains(2));
        for (uint32_t i = 0; i < used; i++) {
            struct gale_mem_partition other = {(uintptr_t)0x100000u + i * 4096u, 4096, GALE_MPU_RO};
            CHECK_EQ(gale_mem_domain_add(&domains[READER], &other), GALE_OK);
        }
        CHECK_EQ(gale_shared_stream_region_grant(&region, READER, &domains[READER]), GALE_ENOMEM);
        CHECK_EQ(domains[READER].count, used);
        CHECK(!reaches(&domains[READER], 0, 1, GALE_MPU_RO));
        CHECK(gale_shared_stream_region_is_valid(&region));
    }
}

/* @verifies MD09 MD02 */
TEST(shared_stream_region, grant_follows_the_rules_of_the_domain)
{
    /* A protection unit of 32-bit cores reaches the low 4 GiB: a block of a 64-bit host lies above or not. */
    bool low = (uint32_t)(uintptr_t)block == (uintptr_t)block;

    for (uint32_t v8 = 0; v8 < 2; v8++) {
        enum gale_mpu_rules rules = v8 ? GALE_MPU_PMSAV8 : GALE_MPU_PMSAV7;
        REQUIRE(gale_shared_stream_region_layout_init(rules, 4, 16, &layout) == GALE_OK);
        REQUIRE(gale_shared_stream_region_init(&region, &layout, block, sizeof block) == GALE_OK);
        gale_mem_domain_init(&domains[WRITER], rules, 2);
        CHECK_EQ(gale_shared_stream_region_grant(&region, WRITER, &domains[WRITER]), low ? GALE_OK : GALE_EINVAL);
        CHECK_EQ(domains[WRITER].count, low ? 2 : 0);
        CHECK(gale_shared_stream_region_is_valid(&region));

        gale_mem_domain_init(&domains[READER], GALE_MPU_PAGE, 2);
        CHECK_EQ(gale_shared_stream_region_grant(&region, READER, &domains[READER]), GALE_EINVAL);
        CHECK_EQ(domains[READER].count, 0);
    }
}

/* @verifies MD09 */
TEST(shared_stream_region, grant_twice_or_of_both_sides_to_one_domain_is_refused)
{
    REQUIRE(given_domains(4));
    CHECK_EQ(gale_shared_stream_region_grant(&region, WRITER, &domains[WRITER]), GALE_OK);
    CHECK_EQ(gale_shared_stream_region_grant(&region, WRITER, &domains[READER]), GALE_EALREADY);
    CHECK_EQ(gale_shared_stream_region_grant(&region, READER, &domains[WRITER]), GALE_EEXIST);
    CHECK_EQ(gale_shared_stream_region_grant(&region, READER, &domains[READER]), GALE_OK);
    CHECK_EQ(domains[WRITER].count, 2);
    CHECK_EQ(domains[READER].count, 2);
    CHECK(gale_shared_stream_region_is_valid(&region));
}

/* @verifies MD12 */
TEST(shared_stream_region, revoke_takes_exactly_the_grant_and_closes_the_word)
{
    struct gale_mem_partition stack = {(uintptr_t)0x100000u, 4096, GALE_MPU_RW};

    REQUIRE(given_domains(4));
    CHECK_EQ(gale_mem_domain_add(&domains[READER], &stack), GALE_OK);
    CHECK_EQ(gale_shared_stream_region_grant(&region, WRITER, &domains[WRITER]), GALE_OK);
    CHECK_EQ(gale_shared_stream_region_grant(&region, READER, &domains[READER]), GALE_OK);
    gale_atomic_store_release(word_of(READER), 5);

    CHECK_EQ(gale_shared_stream_region_revoke(&region, READER), GALE_OK);

    CHECK_EQ(domains[READER].count, 1);
    CHECK(gale_mem_domain_contains(&domains[READER], stack.start, stack.size, GALE_MPU_RW));
    CHECK(!reaches(&domains[READER], 0, 1, GALE_MPU_RO));
    CHECK(!reaches(&domains[READER], layout.reader_offset, 1, GALE_MPU_RO));
    CHECK_EQ(domains[WRITER].count, 2);
    CHECK_EQ(gale_atomic_load_relaxed(word_of(READER)), 0x80000005u);
    CHECK_EQ(gale_atomic_load_relaxed(word_of(WRITER)), 0);
    CHECK_EQ(gale_shared_stream_region_revoke(&region, READER), GALE_EALREADY);
    CHECK_EQ(gale_shared_stream_region_grant(&region, READER, &domains[READER]), GALE_EPERM);
    CHECK(gale_shared_stream_region_is_valid(&region));
    CHECK_EQ(gale_shared_stream_region_revoke(&region, WRITER), GALE_OK);
    CHECK_EQ(domains[WRITER].count, 0);
    CHECK_EQ(gale_shared_stream_region_init(&region, &layout, block, sizeof block), GALE_OK);
    CHECK_EQ(gale_shared_stream_region_grant(&region, READER, &domains[READER]), GALE_OK);
}

/* @verifies MD07 MD08 MD12 */
TEST(shared_stream_region, is_valid_sees_a_region_that_does_not_hold)
{
    REQUIRE(given_domains(4));
    REQUIRE(gale_shared_stream_region_grant(&region, WRITER, &domains[WRITER]) == GALE_OK);
    REQUIRE(gale_shared_stream_region_grant(&region, READER, &domains[READER]) == GALE_OK);
    CHECK(gale_shared_stream_region_is_valid(&region));

    struct gale_shared_stream_region r = region;
    r.layout.block_bytes++;
    CHECK(!gale_shared_stream_region_is_valid(&r));
    r = region, r.block = NULL;
    CHECK(!gale_shared_stream_region_is_valid(&r));
    r = region, r.block += 32;
    CHECK(!gale_shared_stream_region_is_valid(&r));
    r = region, r.domain[WRITER] = r.domain[READER];
    CHECK(!gale_shared_stream_region_is_valid(&r));
    r = region, r.domain[READER] = &domains[WRITER], r.domain[WRITER] = NULL;
    CHECK(!gale_shared_stream_region_is_valid(&r));
    r = region, r.revoked[READER] = true;
    CHECK(!gale_shared_stream_region_is_valid(&r));

    struct gale_mem_partition p[GALE_SHARED_STREAM_REGION_PARTITIONS];
    gale_shared_stream_region_partitions(&layout, WRITER, (uintptr_t)block, p);
    CHECK_EQ(gale_mem_domain_remove(&domains[WRITER], &p[1]), GALE_OK);
    CHECK(!gale_shared_stream_region_is_valid(&region));
    CHECK_EQ(gale_mem_domain_add(&domains[WRITER], &p[1]), GALE_OK);
    CHECK_EQ(gale_mem_domain_remove(&domains[WRITER], &p[0]), GALE_OK);
    CHECK(!gale_shared_stream_region_is_valid(&region));
    CHECK_EQ(gale_mem_domain_add(&domains[WRITER], &p[0]), GALE_OK);
    domains[WRITER].count = 99;
    CHECK(!gale_shared_stream_region_is_valid(&region));
}
