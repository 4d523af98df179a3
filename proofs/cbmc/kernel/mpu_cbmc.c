/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The encoders against the decoders, address by address.
 * @bound none: every partition, every address, 32 bits
 * @cbmc --unwind 33
 */
#include "harness.h"

#include "kernel/mpu.c"

static struct gale_mem_partition any_partition(void)
{
    struct gale_mem_partition p = {nondet_u32(), nondet_u32(), nondet_u32()};

    return p;
}

/** What `p` grants at `a`. */
static uint32_t wanted(const struct gale_mem_partition *p, uint32_t a)
{
    return a >= p->start && a - p->start < p->size ? p->access : GALE_MPU_NO_ACCESS;
}

/* @mutant src/kernel/mpu.c: `~used & 0xffu` -> `used & 0xffu`
 * @mutant src/kernel/mpu.c: `(n - 1u) << 1` -> `n << 1`
 * @mutant src/kernel/mpu.c: `#define MPU_V7_AP_RO 6u` -> `#define MPU_V7_AP_RO 5u` */
void check_v7_encode(void)
{
    const struct gale_mem_partition p = any_partition();
    const uint32_t address = nondet_u32();
    const uint32_t region = any_upto(GALE_MPU_REGIONS_MAX - 1u);
    uint32_t rbar = 1;
    uint32_t rasr = 2;
    const int status = gale_mpu_v7_encode(&p, region, &rbar, &rasr);

    prove((status == GALE_OK) == gale_mpu_partition_is_encodable(GALE_MPU_PMSAV7, &p), "MD02: encoded iff encodable");
    prove(status == GALE_OK || (status == GALE_EINVAL && rbar == 1 && rasr == 2), "MD02: refused without a trace");
    prove(status != GALE_OK || gale_mpu_v7_access(rbar, rasr, address) == wanted(&p, address),
          "MD10: the v7-M region grants exactly the bytes");
    prove(status != GALE_OK || ((rbar & 0x1fu) == (0x10u | region)), "MD10: the region number is valid");
    reached();
}

/* @mutant src/kernel/mpu.c: `(start + (size - GALE_MPU_GRANULE))` -> `(start + size)`
 * @mutant src/kernel/mpu.c: `#define MPU_V8_AP_RO 3u` -> `#define MPU_V8_AP_RO 2u` */
void check_v8_encode(void)
{
    const struct gale_mem_partition p = any_partition();
    const uint32_t address = nondet_u32();
    uint32_t rbar = 1;
    uint32_t rlar = 2;
    const int status = gale_mpu_v8_encode(&p, &rbar, &rlar);

    prove((status == GALE_OK) == gale_mpu_partition_is_encodable(GALE_MPU_PMSAV8, &p), "MD02: encoded iff encodable");
    prove(status == GALE_OK || (status == GALE_EINVAL && rbar == 1 && rlar == 2), "MD02: refused without a trace");
    prove(status != GALE_OK || gale_mpu_v8_access(rbar, rlar, address) == wanted(&p, address),
          "MD10: the v8-M region grants exactly the bytes");
    reached();
}

static enum gale_mpu_rules any_rules(void)
{
    return (enum gale_mpu_rules)any_upto(2);
}

/* @mutant src/kernel/mpu.c: `partition->size > 0 && partition->size - 1u <=` -> `partition->size - 1u <=`
 * @mutant src/kernel/mpu.c: `return start % GALE_MPU_GRANULE == 0 && size % GALE_MPU_GRANULE == 0;` -> `return start % GALE_MPU_GRANULE == 0;` */
void check_encodable(void)
{
    const enum gale_mpu_rules rules = any_rules();
    const struct gale_mem_partition p = any_partition();

    if (gale_mpu_partition_is_encodable(rules, &p)) {
        prove(p.size > 0, "MD03: the size is positive");
        prove((uint64_t)p.start + p.size <= UINT64_C(0x100000000), "MD06: start plus size does not overflow");
        prove(p.start % GALE_MPU_GRANULE == 0 && p.size % GALE_MPU_GRANULE == 0, "MD02: aligned to the granule");
        prove(p.access == GALE_MPU_NO_ACCESS || p.access == GALE_MPU_RO || p.access == GALE_MPU_RW ||
                  p.access == GALE_MPU_RX,
              "MD02: never writable and executable");
        reached();
    }
}

/* @mutant src/kernel/mpu.c: `(size - 1u) / step * step + step` -> `size / step * step`
 * @mutant src/kernel/mpu.c: `while (bytes < size)` -> `while (bytes * 2u < size)` */
void check_align(void)
{
    const enum gale_mpu_rules rules = any_rules();
    const uint32_t size = nondet_u32();
    const uint32_t aligned = gale_mpu_align(rules, size);
    const uint32_t granule = gale_mpu_granule(rules, size);

    prove((aligned == 0) == (granule == 0), "MD02: both refuse the same sizes");
    if (aligned != 0) {
        struct gale_mem_partition p = {nondet_u32(), aligned, GALE_MPU_RW};

        assume((p.start & (granule - 1u)) == 0 && p.start <= UINT32_MAX - (aligned - 1u));
        prove(aligned >= size && (granule & (granule - 1u)) == 0, "MD02: large enough, a power of two");
        prove(gale_mpu_partition_is_encodable(rules, &p), "MD02: encodable at every aligned place");
        reached();
    }
}
