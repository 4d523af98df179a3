/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/mem_domain.h"

#include <string.h>

#include "test.h"

static struct gale_mem_domain domain;

static const struct gale_mem_partition ram = {0x20000000u, 256u, GALE_MPU_RW};
static const struct gale_mem_partition flash = {0x1000u, 4096u, GALE_MPU_RX};

static void mem_domain_given(enum gale_mpu_rules rules)
{
    memset(&domain, 0xa5, sizeof domain);
    gale_mem_domain_init(&domain, rules, GALE_MEM_PARTITIONS);
    CHECK_EQ(gale_mem_domain_add(&domain, &ram), GALE_OK);
    CHECK_EQ(gale_mem_domain_add(&domain, &flash), GALE_OK);
}

/** Adds a run of RAM and returns the status. */
static int mem_domain_try(uintptr_t start, size_t size)
{
    struct gale_mem_partition p = {start, size, GALE_MPU_RW};
    int status = gale_mem_domain_add(&domain, &p);

    CHECK(gale_mem_domain_is_valid(&domain));
    return status;
}

/* @verifies MD04 */
TEST(mem_domain, init_makes_a_domain_that_reaches_nothing)
{
    gale_mem_domain_init(&domain, GALE_MPU_PMSAV8, 2);

    CHECK(gale_mem_domain_is_valid(&domain));
    CHECK_EQ(domain.count, 0);
    CHECK(!gale_mem_domain_contains(&domain, 0x20000000u, 1, GALE_MPU_NO_ACCESS));
}

/* @verifies MD05 */
TEST(mem_domain, add_stores_exactly_the_given_partition)
{
    mem_domain_given(GALE_MPU_PMSAV7);

    CHECK_EQ(domain.count, 2);
    CHECK(domain.partitions[0].start == ram.start && domain.partitions[0].size == ram.size);
    CHECK_EQ(domain.partitions[0].access, GALE_MPU_RW);
    CHECK(domain.partitions[1].start == flash.start && domain.partitions[1].size == flash.size);
    CHECK_EQ(domain.partitions[1].access, GALE_MPU_RX);
    CHECK(gale_mem_domain_is_valid(&domain));
}

/* @verifies MD01 */
TEST(mem_domain, add_of_an_overlapping_partition_returns_eexist)
{
    mem_domain_given(GALE_MPU_PMSAV8);
    mem_domain_try(0x20000400u, 64);

    CHECK_EQ(mem_domain_try(0x20000000u, 256), GALE_EEXIST);
    CHECK_EQ(mem_domain_try(0x20000020u, 32), GALE_EEXIST);
    CHECK_EQ(mem_domain_try(0x1fffffe0u, 64), GALE_EEXIST);
    CHECK_EQ(mem_domain_try(0x200000e0u, 64), GALE_EEXIST);
    CHECK_EQ(mem_domain_try(0x1fffffe0u, 1024), GALE_EEXIST);
    CHECK_EQ(mem_domain_try(0x20000420u, 32), GALE_EEXIST);

    CHECK_EQ(domain.count, 3);
    CHECK_EQ(mem_domain_try(0x20000100u, 32), GALE_OK);
    CHECK_EQ(mem_domain_try(0x1fffffe0u, 32), GALE_OK);
}

/* @verifies MD02 MD03 MD06 */
TEST(mem_domain, add_of_what_the_rules_cannot_express_returns_einval)
{
    struct gale_mem_partition bad_access = {0x20001000u, 32u, 2u};

    mem_domain_given(GALE_MPU_PMSAV7);

    CHECK_EQ(mem_domain_try(0x20001000u, 0), GALE_EINVAL);
    CHECK_EQ(mem_domain_try(0x20001000u, 16), GALE_EINVAL);
    CHECK_EQ(mem_domain_try(0x20001010u, 32), GALE_EINVAL);
    CHECK_EQ(mem_domain_try(UINTPTR_MAX - 31u, 64), GALE_EINVAL);
    CHECK_EQ(gale_mem_domain_add(&domain, &bad_access), GALE_EINVAL);

    CHECK_EQ(domain.count, 2);
}

/* @verifies MD04 */
TEST(mem_domain, add_to_a_full_domain_returns_enomem)
{
    gale_mem_domain_init(&domain, GALE_MPU_PMSAV8, 3);

    CHECK_EQ(mem_domain_try(0x20000000u, 32), GALE_OK);
    CHECK_EQ(mem_domain_try(0x20000020u, 32), GALE_OK);
    CHECK_EQ(mem_domain_try(0x20000040u, 32), GALE_OK);
    CHECK_EQ(mem_domain_try(0x20000060u, 32), GALE_ENOMEM);

    CHECK_EQ(domain.count, 3);
}

/* @verifies MD05 MD01 */
TEST(mem_domain, remove_takes_exactly_the_given_partition)
{
    mem_domain_given(GALE_MPU_PMSAV8);
    mem_domain_try(0x20000400u, 64);

    CHECK_EQ(gale_mem_domain_remove(&domain, &ram), GALE_OK);

    CHECK_EQ(domain.count, 2);
    CHECK(!gale_mem_domain_contains(&domain, 0x20000000u, 1, GALE_MPU_NO_ACCESS));
    CHECK(gale_mem_domain_contains(&domain, 0x20000400u, 64, GALE_MPU_RW));
    CHECK(gale_mem_domain_contains(&domain, 0x1000u, 4096, GALE_MPU_RX));
    CHECK_EQ(gale_mem_domain_remove(&domain, &ram), GALE_ENOENT);
    CHECK_EQ(mem_domain_try(0x20000000u, 256), GALE_OK);
}

/* @verifies MD05 */
TEST(mem_domain, remove_of_what_differs_in_one_field_returns_enoent)
{
    struct gale_mem_partition start = ram;
    struct gale_mem_partition size = ram;
    struct gale_mem_partition access = ram;

    mem_domain_given(GALE_MPU_PMSAV7);
    start.start += 32u;
    size.size -= 32u;
    access.access = GALE_MPU_RO;

    CHECK_EQ(gale_mem_domain_remove(&domain, &start), GALE_ENOENT);
    CHECK_EQ(gale_mem_domain_remove(&domain, &size), GALE_ENOENT);
    CHECK_EQ(gale_mem_domain_remove(&domain, &access), GALE_ENOENT);

    CHECK_EQ(domain.count, 2);
    CHECK(gale_mem_domain_is_valid(&domain));
}

/* @verifies MD05 */
TEST(mem_domain, contains_asks_for_every_byte_and_every_right)
{
    mem_domain_given(GALE_MPU_PMSAV7);

    CHECK(gale_mem_domain_contains(&domain, 0x20000000u, 256, GALE_MPU_RW));
    CHECK(gale_mem_domain_contains(&domain, 0x200000ffu, 1, GALE_MPU_RO));
    CHECK(!gale_mem_domain_contains(&domain, 0x200000ffu, 2, GALE_MPU_RO));
    CHECK(!gale_mem_domain_contains(&domain, 0x1fffffffu, 2, GALE_MPU_RO));
    CHECK(!gale_mem_domain_contains(&domain, 0x20000100u, 1, GALE_MPU_RO));
    CHECK(!gale_mem_domain_contains(&domain, 0x20000000u, 1, GALE_MPU_RX));
    CHECK(!gale_mem_domain_contains(&domain, 0x1000u, 1, GALE_MPU_RW));
    CHECK(gale_mem_domain_contains(&domain, 0x1000u, 1, GALE_MPU_RX));
    CHECK(!gale_mem_domain_contains(&domain, 0x20000000u, 0, GALE_MPU_RO));
}

/* @verifies MD06 */
TEST(mem_domain, contains_of_a_run_that_wraps_is_false)
{
    mem_domain_given(GALE_MPU_PMSAV7);

    CHECK(!gale_mem_domain_contains(&domain, 0x20000001u, SIZE_MAX, GALE_MPU_RO));
    CHECK(!gale_mem_domain_contains(&domain, UINTPTR_MAX, 2, GALE_MPU_RO));
}

#define MEM_DOMAIN_BREAK(statement)                \
    do {                                           \
        mem_domain_given(GALE_MPU_PMSAV7);         \
        statement;                                 \
        CHECK(!gale_mem_domain_is_valid(&domain)); \
    } while (0)

/* @verifies MD01 MD02 MD03 MD04 MD06 */
TEST(mem_domain, is_valid_sees_every_broken_part)
{
    MEM_DOMAIN_BREAK(domain.capacity = 0);
    MEM_DOMAIN_BREAK(domain.capacity = GALE_MEM_PARTITIONS + 1u);
    MEM_DOMAIN_BREAK(domain.capacity = 1);
    MEM_DOMAIN_BREAK(domain.rules = (enum gale_mpu_rules)9);
    MEM_DOMAIN_BREAK(domain.partitions[1].size = 0);
    MEM_DOMAIN_BREAK(domain.partitions[1].size = 40);
    MEM_DOMAIN_BREAK(domain.partitions[1].start = UINTPTR_MAX - 31u);
    MEM_DOMAIN_BREAK(domain.partitions[1] = ram);
}
