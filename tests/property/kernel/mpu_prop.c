/* SPDX-License-Identifier: Apache-2.0 */
/** Random partitions over the whole address space: an encoding grants exactly them, at every place that could differ. */
#include "gale/kernel/mpu.h"

#include "random.h"

#define STEPS 200000u

/** A partition that is often encodable: a few units of a random power of two. */
static struct gale_mem_partition mpu_any_partition(struct random_state *r)
{
    static const uint32_t accesses[] = {GALE_MPU_NO_ACCESS, GALE_MPU_RO, GALE_MPU_RW, GALE_MPU_RX};
    uint32_t unit = 1u << (3u + random_below(r, 29));
    uint32_t start = (uint32_t)random_next(r) / unit * unit;
    uint32_t size = unit * (1u + random_below(r, 9));

    if (random_below(r, 4) == 0) {
        start += random_below(r, 3) * 16u;
    }
    return (struct gale_mem_partition){start, size, accesses[random_below(r, 4)]};
}

/** An address near an end of the partition, at a region's or subregion's border, or anywhere. */
static uint32_t mpu_any_address(struct random_state *r, const struct gale_mem_partition *p)
{
    uint32_t near = random_below(r, 65) - 32u;

    switch (random_below(r, 4)) {
    case 0:
        return (uint32_t)p->start + near;
    case 1:
        return (uint32_t)(p->start + p->size) + near;
    case 2:
        return ((uint32_t)p->start ^ 1u << random_below(r, 32)) + near;
    default:
        return (uint32_t)random_next(r);
    }
}

static uint32_t mpu_expected(const struct gale_mem_partition *p, uint32_t a)
{
    return a >= p->start && a - p->start < p->size ? p->access : (uint32_t)GALE_MPU_NO_ACCESS;
}

static bool mpu_check_v7(struct random_state *r, const struct gale_mem_partition *p)
{
    uint32_t rbar = 0;
    uint32_t rasr = 0;
    bool ok = gale_mpu_partition_is_encodable(GALE_MPU_PMSAV7, p);

    CHECK_EQ(gale_mpu_v7_encode(p, random_below(r, GALE_MPU_REGIONS_MAX), &rbar, &rasr), ok ? GALE_OK : GALE_EINVAL);
    for (uint32_t i = 0; ok && i < 24u; i++) {
        uint32_t a = mpu_any_address(r, p);
        CHECK_EQ(gale_mpu_v7_access(rbar, rasr, a), mpu_expected(p, a));
    }
    return ok;
}

static bool mpu_check_v8(struct random_state *r, const struct gale_mem_partition *p)
{
    uint32_t rbar = 0;
    uint32_t rlar = 0;
    bool ok = gale_mpu_partition_is_encodable(GALE_MPU_PMSAV8, p);

    CHECK_EQ(gale_mpu_v8_encode(p, &rbar, &rlar), ok ? GALE_OK : GALE_EINVAL);
    for (uint32_t i = 0; ok && i < 24u; i++) {
        uint32_t a = mpu_any_address(r, p);
        CHECK_EQ(gale_mpu_v8_access(rbar, rlar, a), mpu_expected(p, a));
    }
    return ok;
}

/* @verifies MD02 MD06 MD10 */
TEST(mpu_prop, any_encoding_grants_exactly_its_partition)
{
    struct random_state r = random_seed(0x3b000001);
    uint32_t encoded = 0;

    for (uint32_t i = 0; i < STEPS && test_failures() == 0; i++) {
        struct gale_mem_partition p = mpu_any_partition(&r);

        encoded += mpu_check_v7(&r, &p);
        encoded += mpu_check_v8(&r, &p);
    }
    CHECK(encoded > STEPS / 2u);
}

/* @verifies MD02 */
TEST(mpu_prop, what_is_rounded_up_and_aligned_is_encodable)
{
    struct random_state r = random_seed(0x3b000002);

    for (uint32_t i = 0; i < STEPS && test_failures() == 0; i++) {
        enum gale_mpu_rules rules = (enum gale_mpu_rules)random_below(&r, 3);
        size_t size = (size_t)(random_next(&r) >> (33u + random_below(&r, 31)));
        size_t granule = gale_mpu_granule(rules, size);
        size_t aligned = gale_mpu_align(rules, size);
        uint32_t places = (uint32_t)((uint64_t)UINT32_MAX / granule);
        struct gale_mem_partition p = {granule * random_below(&r, places > 0 ? places : 1u), aligned, GALE_MPU_RW};

        if (p.start <= UINT32_MAX - aligned) {
            CHECK(aligned >= size && gale_mpu_partition_is_encodable(rules, &p));
        }
    }
}
