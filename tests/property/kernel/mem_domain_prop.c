/* SPDX-License-Identifier: Apache-2.0 */
/** Random domain operations against a map that says for every granule which partition holds it. */
#include "gale/kernel/mem_domain.h"

#include <string.h>

#include "random.h"

#define GRANULES 64u
#define BASE 0x20000000u
#define STEPS 100000u

static struct gale_mem_domain domain;

/* Per granule: the partition's number + 1, or 0. */
static uint32_t map[GRANULES];
static struct gale_mem_partition known[GRANULES];
static uint32_t active;

static struct gale_mem_partition mem_domain_any(struct random_state *r, uint32_t unit)
{
    static const uint32_t accesses[] = {GALE_MPU_NO_ACCESS, GALE_MPU_RO, GALE_MPU_RW, GALE_MPU_RX};
    uint32_t first = random_below(r, GRANULES);
    uint32_t n = 1u + random_below(r, random_below(r, 2) == 0 ? 4u : GRANULES);

    n = n > GRANULES - first ? GRANULES - first : n;
    return (struct gale_mem_partition){BASE + first * unit, n * unit, accesses[random_below(r, 4)]};
}

static uint32_t granule_of(const struct gale_mem_partition *p, uint32_t unit)
{
    return ((uint32_t)p->start - BASE) / unit;
}

static bool map_is_clear(const struct gale_mem_partition *p, uint32_t unit)
{
    for (uint32_t g = granule_of(p, unit); g < granule_of(p, unit) + p->size / unit; g++) {
        if (map[g] != 0) {
            return false;
        }
    }
    return true;
}

static void map_fill(const struct gale_mem_partition *p, uint32_t unit, uint32_t value)
{
    for (uint32_t g = granule_of(p, unit); g < granule_of(p, unit) + p->size / unit; g++) {
        map[g] = value;
    }
}

static void mem_domain_step_add(struct random_state *r, uint32_t unit)
{
    struct gale_mem_partition p = mem_domain_any(r, unit);
    int expected = GALE_OK;
    uint32_t i = 0;

    if (!gale_mpu_partition_is_encodable(domain.rules, &p)) {
        expected = GALE_EINVAL;
    } else if (!map_is_clear(&p, unit)) {
        expected = GALE_EEXIST;
    } else if (active == domain.capacity) {
        expected = GALE_ENOMEM;
    }
    CHECK_EQ(gale_mem_domain_add(&domain, &p), expected);
    if (expected == GALE_OK) {
        while (known[i].size != 0) {
            i++;
        }
        known[i] = p;
        map_fill(&p, unit, i + 1u);
        active++;
    }
}

static void mem_domain_step_remove(struct random_state *r, uint32_t unit)
{
    uint32_t slot = map[random_below(r, GRANULES)];
    struct gale_mem_partition p = mem_domain_any(r, unit);
    bool same = false;

    if (slot > 0 && random_below(r, 2) == 0) {
        p = known[slot - 1u];
    }
    slot = map[granule_of(&p, unit)];
    if (slot > 0) {
        const struct gale_mem_partition *k = &known[slot - 1u];
        same = k->start == p.start && k->size == p.size && k->access == p.access;
    }
    CHECK_EQ(gale_mem_domain_remove(&domain, &p), same ? GALE_OK : GALE_ENOENT);
    if (same) {
        map_fill(&p, unit, 0);
        known[slot - 1u].size = 0;
        active--;
    }
}

static void mem_domain_compare(uint32_t unit)
{
    CHECK_EQ(domain.count, active);
    CHECK(gale_mem_domain_is_valid(&domain));
    for (uint32_t g = 0; g < GRANULES; g++) {
        uint32_t at = BASE + g * unit;

        CHECK_EQ(gale_mem_domain_contains(&domain, at, unit, GALE_MPU_NO_ACCESS), map[g] != 0);
        CHECK_EQ(gale_mem_domain_contains(&domain, at, unit, GALE_MPU_RW),
                 map[g] != 0 && known[map[g] - 1u].access == GALE_MPU_RW);
        if (g > 0) {
            CHECK_EQ(gale_mem_domain_contains(&domain, at - 1u, 2, GALE_MPU_NO_ACCESS),
                     map[g] != 0 && map[g] == map[g - 1u]);
        }
    }
}

static void mem_domain_run(uint64_t seed, enum gale_mpu_rules rules, uint32_t unit)
{
    struct random_state r = random_seed(seed);

    memset(map, 0, sizeof map);
    memset(known, 0, sizeof known);
    active = 0;
    gale_mem_domain_init(&domain, rules, GALE_MEM_PARTITIONS - 1u);
    for (uint32_t i = 0; i < STEPS && test_failures() == 0; i++) {
        if (random_below(&r, 5) < 3u) {
            mem_domain_step_add(&r, unit);
        } else {
            mem_domain_step_remove(&r, unit);
        }
        mem_domain_compare(unit);
    }
}

/* @verifies MD01 MD02 MD03 MD04 MD05 MD06 */
TEST(mem_domain_prop, any_sequence_on_pmsav7_acts_like_a_map_of_granules)
{
    mem_domain_run(0x3d000001, GALE_MPU_PMSAV7, 32);
}

/* @verifies MD01 MD02 MD03 MD04 MD05 MD06 */
TEST(mem_domain_prop, any_sequence_on_pmsav8_acts_like_a_map_of_granules)
{
    mem_domain_run(0x3d000002, GALE_MPU_PMSAV8, 32);
}

/* @verifies MD01 MD02 MD03 MD04 MD05 MD06 */
TEST(mem_domain_prop, any_sequence_on_pages_acts_like_a_map_of_pages)
{
    mem_domain_run(0x3d000003, GALE_MPU_PAGE, 4096);
}
