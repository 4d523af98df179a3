/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/mpu.h"

#include <string.h>

#include "test.h"

#define WINDOW 4096u /* bytes of address space that are tried one by one */

/* Where the window lies: low, in RAM, and at the very top, where an end is 2^32. */
static const uint32_t windows[] = {0u, 0x20000000u, 0xfffff000u};
#define WINDOWS (sizeof windows / sizeof windows[0])

static struct gale_mem_partition partition_of(uint32_t start, uint32_t size, uint32_t access)
{
    return (struct gale_mem_partition){start, size, access};
}

/** True when exactly `size` bytes from `start` on, of the window at `window` and 32 bytes around it, have `access`. */
static bool v7_grants_exactly(uint32_t rbar, uint32_t rasr, uint32_t window, const struct gale_mem_partition *p)
{
    for (uint32_t i = 0; i < WINDOW + 64u; i++) {
        uint32_t a = window - 32u + i;
        bool inside = a - (uint32_t)p->start < (uint32_t)p->size;

        if (gale_mpu_v7_access(rbar, rasr, a) != (inside ? p->access : GALE_MPU_NO_ACCESS)) {
            return false;
        }
    }
    return true;
}

/** Every run of granules in the window on PMSAv7: encoded exactly to the byte, or refused with nothing written. */
static unsigned v7_try_all(uint32_t window, uint32_t access)
{
    unsigned encoded = 0;

    for (uint32_t start = 0; start < WINDOW; start += 32u) {
        for (uint32_t size = 32u; size <= WINDOW - start; size += 32u) {
            struct gale_mem_partition p = partition_of(window + start, size, access);
            uint32_t rbar = 0xdeadbeefu;
            uint32_t rasr = 0xdeadbeefu;
            bool encodable = gale_mpu_partition_is_encodable(GALE_MPU_PMSAV7, &p);

            CHECK_EQ(gale_mpu_v7_encode(&p, 3, &rbar, &rasr), encodable ? GALE_OK : GALE_EINVAL);
            if (!encodable) {
                CHECK(rbar == 0xdeadbeefu && rasr == 0xdeadbeefu);
                continue;
            }
            CHECK(v7_grants_exactly(rbar, rasr, window, &p));
            CHECK_EQ(rbar & 0x1fu, 0x13u);
            encoded++;
        }
    }
    return encoded;
}

/* @verifies MD10 MD02 */
TEST(mpu, v7_encode_grants_exactly_the_partition_byte_for_byte)
{
    unsigned first = v7_try_all(windows[0], GALE_MPU_RW);

    CHECK(first > 300u);
    for (size_t i = 1; i < WINDOWS; i++) {
        CHECK_EQ(v7_try_all(windows[i], GALE_MPU_RO), first);
    }
}

static bool v7_possible[WINDOW / 32u + 1u][WINDOW / 32u + 1u];

/** Notes the run that one region grants in granules, found by asking the decoder; nothing if it is no run. */
static void v7_note_run(uint32_t rbar, uint32_t rasr)
{
    uint32_t first = 0;
    uint32_t n = 0;

    for (uint32_t g = 0; g < WINDOW / 32u; g++) {
        if (gale_mpu_v7_access(rbar, rasr, g * 32u) == GALE_MPU_NO_ACCESS) {
            continue;
        }
        if (n > 0 && first + n != g) {
            return;
        }
        first = n == 0 ? g : first;
        n++;
    }
    v7_possible[first][n] = true;
}

static void v7_note_all_regions(void)
{
    memset(v7_possible, 0, sizeof v7_possible);
    for (uint32_t size_field = 4; size_field <= 11u; size_field++) {
        for (uint32_t base = 0; base < WINDOW; base += 2u << size_field) {
            for (uint32_t srd = 0; srd < 256u; srd++) {
                v7_note_run(base, 0x13000000u | srd << 8 | size_field << 1 | 1u);
            }
        }
    }
}

/* @verifies MD02 */
TEST(mpu, v7_refuses_only_what_no_region_with_any_subregions_can_grant)
{
    v7_note_all_regions();

    for (uint32_t start = 0; start < WINDOW; start += 8u) {
        for (uint32_t size = 8u; size <= WINDOW - start; size += 8u) {
            struct gale_mem_partition p = partition_of(start, size, GALE_MPU_RW);
            bool possible = start % 32u == 0 && size % 32u == 0 && v7_possible[start / 32u][size / 32u];

            REQUIRE(gale_mpu_partition_is_encodable(GALE_MPU_PMSAV7, &p) == possible);
        }
    }
}

/* @verifies MD02 */
TEST(mpu, v7_refuses_16_bytes_misaligned_bases_and_eighths_below_32_bytes)
{
    static const struct gale_mem_partition refused[] = {
        {0x20000000u, 16u, GALE_MPU_RW},      {0x20000010u, 32u, GALE_MPU_RW},  {0x20000040u, 512u, GALE_MPU_RW},
        {0x20000000u, 48u, GALE_MPU_RW},      {0x20000000u, 33u, GALE_MPU_RW},  {0x20000001u, 32u, GALE_MPU_RW},
        {0x200000e0u, 64u, GALE_MPU_RW},      {0x20000000u, 288u, GALE_MPU_RW}, {0x20000020u, 256u, GALE_MPU_RW},
        {0x20001000u, 0x10000u, GALE_MPU_RW},
    };

    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        uint32_t rbar;
        uint32_t rasr;

        CHECK_EQ(gale_mpu_v7_encode(&refused[i], 0, &rbar, &rasr), GALE_EINVAL);
    }
}

/* @verifies MD10 */
TEST(mpu, v7_encode_matches_register_values_worked_out_by_hand)
{
    struct gale_mem_partition whole = partition_of(0x20000400u, 0x400u, GALE_MPU_RW);
    struct gale_mem_partition part = partition_of(0x20000200u, 320u, GALE_MPU_RO);
    struct gale_mem_partition code = partition_of(0u, 0x400000u, GALE_MPU_RX);
    struct gale_mem_partition shut = partition_of(0x20000020u, 32u, GALE_MPU_NO_ACCESS);
    uint32_t rbar;
    uint32_t rasr;

    CHECK_EQ(gale_mpu_v7_encode(&whole, 7, &rbar, &rasr), GALE_OK);
    CHECK_EQ(rbar, 0x20000417u);
    CHECK_EQ(rasr, 0x13020000u | 9u << 1 | 1u);
    CHECK_EQ(gale_mpu_v7_encode(&part, 0, &rbar, &rasr), GALE_OK);
    CHECK_EQ(rbar, 0x20000210u);
    CHECK_EQ(rasr, 0x16020000u | 0xe0u << 8 | 8u << 1 | 1u);
    CHECK_EQ(gale_mpu_v7_encode(&code, 1, &rbar, &rasr), GALE_OK);
    CHECK_EQ(rbar, 0x11u);
    CHECK_EQ(rasr, 0x06020000u | 21u << 1 | 1u);
    CHECK_EQ(gale_mpu_v7_encode(&shut, 2, &rbar, &rasr), GALE_OK);
    CHECK_EQ(rasr, 0x11020000u | 4u << 1 | 1u);
}

/* @verifies MD10 MD02 */
TEST(mpu, v7_encode_covers_the_largest_regions)
{
    struct gale_mem_partition half = partition_of(0x80000000u, 0x80000000u, GALE_MPU_RW);
    struct gale_mem_partition three = partition_of(0x10000000u, 0x30000000u, GALE_MPU_RW);
    uint32_t rbar;
    uint32_t rasr;

    CHECK_EQ(gale_mpu_v7_encode(&half, 0, &rbar, &rasr), GALE_OK);
    CHECK_EQ(gale_mpu_v7_access(rbar, rasr, 0x7fffffffu), GALE_MPU_NO_ACCESS);
    CHECK_EQ(gale_mpu_v7_access(rbar, rasr, 0x80000000u), GALE_MPU_RW);
    CHECK_EQ(gale_mpu_v7_access(rbar, rasr, 0xffffffffu), GALE_MPU_RW);
    CHECK_EQ(gale_mpu_v7_encode(&three, 0, &rbar, &rasr), GALE_OK);
    CHECK_EQ(gale_mpu_v7_access(rbar, rasr, 0x0fffffffu), GALE_MPU_NO_ACCESS);
    CHECK_EQ(gale_mpu_v7_access(rbar, rasr, 0x10000000u), GALE_MPU_RW);
    CHECK_EQ(gale_mpu_v7_access(rbar, rasr, 0x3fffffffu), GALE_MPU_RW);
    CHECK_EQ(gale_mpu_v7_access(rbar, rasr, 0x40000000u), GALE_MPU_NO_ACCESS);
}

/* @verifies MD10 */
TEST(mpu, v7_decoder_grants_nothing_where_hardware_is_unpredictable_or_off)
{
    CHECK_EQ(gale_mpu_v7_access(0x20000000u, 0x13020000u | 4u << 1, 0x20000000u), GALE_MPU_NO_ACCESS);
    CHECK_EQ(gale_mpu_v7_access(0x20000000u, 0x13020000u | 3u << 1 | 1u, 0x20000000u), GALE_MPU_NO_ACCESS);
    CHECK_EQ(gale_mpu_v7_access(0x20000020u, 0x13020000u | 5u << 1 | 1u, 0x20000020u), GALE_MPU_NO_ACCESS);
    CHECK_EQ(gale_mpu_v7_access(0x20000000u, 0x13020100u | 6u << 1 | 1u, 0x20000040u), GALE_MPU_NO_ACCESS);
    CHECK_EQ(gale_mpu_v7_access(0u, 0x13020000u | 31u << 1 | 1u, 0xffffffffu), GALE_MPU_RW);
}

/* @verifies MD10 */
TEST(mpu, v7_decoder_reads_every_access_code)
{
    static const uint32_t unprivileged[8] = {0, 0, GALE_MPU_RO, GALE_MPU_RW, 0, 0, GALE_MPU_RO, GALE_MPU_RO};

    for (uint32_t ap = 0; ap < 8u; ap++) {
        uint32_t rasr = ap << 24 | 4u << 1 | 1u;
        uint32_t executable = unprivileged[ap] != 0 ? unprivileged[ap] + 4u : 0;

        CHECK_EQ(gale_mpu_v7_access(0, rasr | 1u << 28, 5), unprivileged[ap]);
        CHECK_EQ(gale_mpu_v7_access(0, rasr, 5), executable);
    }
}

/** The bytes that an error of one granule or one byte at either end of the run would change. */
static bool v8_grants_exactly(uint32_t rbar, uint32_t rlar, const struct gale_mem_partition *p)
{
    bool ok = true;

    for (uint32_t i = 0; i < 2u * 72u; i++) {
        uint32_t around = (uint32_t)p->start + (i < 72u ? 0u : (uint32_t)p->size) - 36u + i % 72u;
        bool inside = around - (uint32_t)p->start < (uint32_t)p->size;

        ok = ok && gale_mpu_v8_access(rbar, rlar, around) == (inside ? p->access : GALE_MPU_NO_ACCESS);
    }
    for (uint32_t a = (uint32_t)p->start; a - (uint32_t)p->start < (uint32_t)p->size; a += 16u) {
        ok = ok && gale_mpu_v8_access(rbar, rlar, a) == p->access;
    }
    return ok;
}

static void v8_try_all(uint32_t window, uint32_t access)
{
    for (uint32_t start = 0; start < WINDOW; start += 8u) {
        for (uint32_t size = 8u; size <= WINDOW - start; size += 24u) {
            struct gale_mem_partition p = partition_of(window + start, size, access);
            bool encodable = start % 32u == 0 && size % 32u == 0;
            uint32_t rbar = 0xdeadbeefu;
            uint32_t rlar = 0xdeadbeefu;

            CHECK_EQ(gale_mpu_partition_is_encodable(GALE_MPU_PMSAV8, &p), encodable);
            CHECK_EQ(gale_mpu_v8_encode(&p, &rbar, &rlar), encodable ? GALE_OK : GALE_EINVAL);
            CHECK(encodable ? v8_grants_exactly(rbar, rlar, &p) : rbar == 0xdeadbeefu && rlar == 0xdeadbeefu);
        }
    }
}

/* @verifies MD10 MD02 */
TEST(mpu, v8_encode_grants_exactly_the_partition_at_every_neighbour_byte)
{
    for (size_t i = 0; i < WINDOWS; i++) {
        v8_try_all(windows[i], i == 0 ? GALE_MPU_RX : GALE_MPU_RW);
    }
}

/* @verifies MD10 */
TEST(mpu, v8_encode_matches_register_values_worked_out_by_hand)
{
    struct gale_mem_partition data = partition_of(0x38000020u, 96u, GALE_MPU_RW);
    struct gale_mem_partition code = partition_of(0x10000000u, 0x400000u, GALE_MPU_RX);
    struct gale_mem_partition index = partition_of(0x38000000u, 32u, GALE_MPU_RO);
    struct gale_mem_partition shut = partition_of(0x38000000u, 64u, GALE_MPU_NO_ACCESS);
    uint32_t rbar;
    uint32_t rlar;

    CHECK_EQ(gale_mpu_v8_encode(&data, &rbar, &rlar), GALE_OK);
    CHECK_EQ(rbar, 0x38000023u);
    CHECK_EQ(rlar, 0x38000061u);
    CHECK_EQ(gale_mpu_v8_encode(&code, &rbar, &rlar), GALE_OK);
    CHECK_EQ(rbar, 0x10000006u);
    CHECK_EQ(rlar, 0x103fffe1u);
    CHECK_EQ(gale_mpu_v8_encode(&index, &rbar, &rlar), GALE_OK);
    CHECK_EQ(rbar, 0x38000007u);
    CHECK_EQ(rlar, 0x38000001u);
    CHECK_EQ(gale_mpu_v8_encode(&shut, &rbar, &rlar), GALE_OK);
    CHECK_EQ(rbar, 0x38000001u);
    CHECK_EQ(rlar, 0x38000021u);
}

/* @verifies MD10 */
TEST(mpu, v8_decoder_reads_every_access_code_and_the_enable_bit)
{
    static const uint32_t unprivileged[4] = {0, GALE_MPU_RW, 0, GALE_MPU_RO};

    for (uint32_t ap = 0; ap < 4u; ap++) {
        uint32_t executable = unprivileged[ap] != 0 ? unprivileged[ap] + 4u : 0;

        CHECK_EQ(gale_mpu_v8_access(ap << 1 | 1u, 1u, 31), unprivileged[ap]);
        CHECK_EQ(gale_mpu_v8_access(ap << 1, 1u, 31), executable);
        CHECK_EQ(gale_mpu_v8_access(ap << 1 | 1u, 0u, 31), GALE_MPU_NO_ACCESS);
    }
}

/* @verifies MD03 MD06 */
TEST(mpu, every_rule_refuses_empty_and_wrapping_partitions)
{
    static const enum gale_mpu_rules rules[] = {GALE_MPU_PMSAV7, GALE_MPU_PMSAV8, GALE_MPU_PAGE};

    for (size_t i = 0; i < 3; i++) {
        struct gale_mem_partition empty = {0x20000000u, 0, GALE_MPU_RW};
        struct gale_mem_partition wrapping = {UINTPTR_MAX - 4095u, 8192u, GALE_MPU_RW};
        struct gale_mem_partition longest = {4096u, SIZE_MAX - 4095u, GALE_MPU_RW};

        CHECK(!gale_mpu_partition_is_encodable(rules[i], &empty));
        CHECK(!gale_mpu_partition_is_encodable(rules[i], &wrapping));
        CHECK_EQ(gale_mpu_partition_is_encodable(rules[i], &longest),
                 rules[i] == GALE_MPU_PAGE || (rules[i] == GALE_MPU_PMSAV8 && sizeof(size_t) == 4u));
    }
}

/* @verifies MD02 */
TEST(mpu, arm_rules_refuse_what_lies_above_4_gib)
{
    struct gale_mem_partition top = {UINTPTR_MAX - 4095u, 4096u, GALE_MPU_RO};
    struct gale_mem_partition all = {0u, SIZE_MAX - 4095u, GALE_MPU_RO};
    bool narrow = sizeof(uintptr_t) == 4u;

    CHECK_EQ(gale_mpu_partition_is_encodable(GALE_MPU_PMSAV7, &top), narrow);
    CHECK_EQ(gale_mpu_partition_is_encodable(GALE_MPU_PMSAV8, &top), narrow);
    CHECK_EQ(gale_mpu_partition_is_encodable(GALE_MPU_PMSAV8, &all), narrow);
    CHECK(gale_mpu_partition_is_encodable(GALE_MPU_PAGE, &top));
}

/* @verifies MD02 */
TEST(mpu, pages_are_runs_of_4096_bytes)
{
    struct gale_mem_partition page = {0x10000u, 4096u, GALE_MPU_RW};
    struct gale_mem_partition shifted = {0x10020u, 4096u, GALE_MPU_RW};
    struct gale_mem_partition small = {0x10000u, 2048u, GALE_MPU_RW};

    CHECK(gale_mpu_partition_is_encodable(GALE_MPU_PAGE, &page));
    CHECK(!gale_mpu_partition_is_encodable(GALE_MPU_PAGE, &shifted));
    CHECK(!gale_mpu_partition_is_encodable(GALE_MPU_PAGE, &small));
}

/* @verifies MD02 */
TEST(mpu, an_unknown_access_or_rule_is_refused)
{
    struct gale_mem_partition p = {0x20000000u, 4096u, GALE_MPU_RW};

    CHECK(!gale_mpu_partition_is_encodable((enum gale_mpu_rules)3, &p));
    for (p.access = 0; p.access < 16u; p.access++) {
        bool known = p.access == GALE_MPU_NO_ACCESS || p.access == GALE_MPU_RO || p.access == GALE_MPU_RW ||
                     p.access == GALE_MPU_RX;
        CHECK_EQ(gale_mpu_partition_is_encodable(GALE_MPU_PMSAV8, &p), known);
    }
}

/** Checks align and granule for one size: encodable at every multiple of the granule, and no smaller size is. */
static void mpu_check_align(enum gale_mpu_rules rules, size_t size)
{
    size_t aligned = gale_mpu_align(rules, size);
    size_t granule = gale_mpu_granule(rules, size);

    REQUIRE(aligned >= size && aligned > 0 && granule > 0);
    for (uintptr_t start = 0; start < 4u * granule; start += granule) {
        struct gale_mem_partition p = {start, aligned, GALE_MPU_RW};
        REQUIRE(gale_mpu_partition_is_encodable(rules, &p));
    }
    for (size_t less = size > 0 ? size : 1u; less < aligned; less++) {
        for (uintptr_t start = 0; start < 2u * granule; start += 32u) {
            struct gale_mem_partition p = {start, less, GALE_MPU_RW};
            REQUIRE(!gale_mpu_partition_is_encodable(rules, &p));
        }
    }
}

/* @verifies MD02 */
TEST(mpu, align_gives_the_smallest_encodable_size_and_granule_its_alignment)
{
    for (size_t size = 0; size <= 1100u; size += size < 300u ? 1u : 37u) {
        mpu_check_align(GALE_MPU_PMSAV7, size);
        mpu_check_align(GALE_MPU_PMSAV8, size);
    }
    mpu_check_align(GALE_MPU_PAGE, 1);
    mpu_check_align(GALE_MPU_PAGE, 4096);
    mpu_check_align(GALE_MPU_PAGE, 4097);
    CHECK_EQ(gale_mpu_align(GALE_MPU_PMSAV7, 257), 320);
    CHECK_EQ(gale_mpu_granule(GALE_MPU_PMSAV7, 257), 512);
}

/* @verifies MD02 MD06 */
TEST(mpu, align_and_granule_return_0_where_no_region_is_that_large)
{
    CHECK_EQ(gale_mpu_align(GALE_MPU_PMSAV7, 0x80000000u), 0x80000000u);
    CHECK_EQ(gale_mpu_granule(GALE_MPU_PMSAV7, 0x80000000u), 0x80000000u);
    CHECK_EQ(gale_mpu_align(GALE_MPU_PMSAV7, 0x80000001u), 0);
    CHECK_EQ(gale_mpu_granule(GALE_MPU_PMSAV7, 0x80000001u), 0);
    CHECK_EQ(gale_mpu_align(GALE_MPU_PMSAV8, 0xffffffe0u), 0xffffffe0u);
    CHECK_EQ(gale_mpu_align(GALE_MPU_PMSAV8, 0xffffffe1u), 0);
    CHECK(gale_mpu_align(GALE_MPU_PAGE, SIZE_MAX - 4095u) == SIZE_MAX - 4095u);
    CHECK_EQ(gale_mpu_align(GALE_MPU_PAGE, SIZE_MAX - 4094u), 0);
    CHECK_EQ(gale_mpu_granule(GALE_MPU_PAGE, SIZE_MAX), 0);
}
