/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/mpu.h"

#define MPU_V7_EXPONENT_MIN 5u  /* a region of 32 bytes */
#define MPU_V7_EXPONENT_MAX 31u /* of 2 GiB; the whole address space is no partition */
#define MPU_V7_EIGHTHS_MIN 8u   /* a region of 256 bytes: the smallest with subregions */
#define MPU_V7_SIZE_MAX 0x80000000u
#define MPU_V8_SIZE_MAX 0xffffffe0u

/* Register fields. Read-only binds the kernel too, since PMSAv8 has no other way and both cores should behave alike. */
#define MPU_V7_RBAR_VALID (1u << 4)
#define MPU_V7_RASR_CACHEABLE (1u << 17)
#define MPU_V7_AP_NONE 1u
#define MPU_V7_AP_RW 3u
#define MPU_V7_AP_RO 6u
#define MPU_V8_AP_NONE 0u
#define MPU_V8_AP_RW 1u
#define MPU_V8_AP_RO 3u
#define MPU_ENABLE 1u

/*@ assigns \nothing;
    ensures ok: \result <==> mpu_access_ok(access);
*/
static bool mpu_access_is_known(uint32_t access)
{
    return access == GALE_MPU_NO_ACCESS || access == GALE_MPU_RO || access == GALE_MPU_RW || access == GALE_MPU_RX;
}

/** 1 where `access` forbids to execute: the XN bit. */
/*@ assigns \nothing;
    ensures xn: \result == (access == GALE_MPU_RX ? 0 : 1);
*/
static uint32_t mpu_execute_never(uint32_t access)
{
    return access == GALE_MPU_RX ? 0u : 1u;
}

/** The field for `access` out of the three that an architecture has. */
/*@ assigns \nothing;
    ensures ap: \result == (access == GALE_MPU_RW ? rw : access == GALE_MPU_NO_ACCESS ? none : ro);
*/
static uint32_t mpu_access_field(uint32_t access, uint32_t none, uint32_t ro, uint32_t rw)
{
    if (access == GALE_MPU_RW) {
        return rw;
    }
    return access == GALE_MPU_NO_ACCESS ? none : ro;
}

/** True when a region of 2^exponent bytes expresses the run, whole or by eighths. */
/*@ requires ok: MPU_V7_EXPONENT_MIN <= exponent <= MPU_V7_EXPONENT_MAX && 0 < size && start + size - 1 <= UINT32_MAX;
    assigns  \nothing;
    ensures  md02: \result <==> mpu_v7_fits(start, size, exponent);
*/
static bool mpu_v7_fits(uint32_t start, uint32_t size, uint32_t exponent)
{
    const uint32_t bytes = 1u << exponent;

    if (size == bytes && start % bytes == 0) {
        return true;
    }
    return exponent >= MPU_V7_EIGHTHS_MIN && start % (bytes / 8u) == 0 && size % (bytes / 8u) == 0 &&
           start / bytes == (start + (size - 1u)) / bytes;
}

/** The exponent of the smallest region that expresses the run; 0 if none does. */
/*@ requires ok: 0 < size && start + size - 1 <= UINT32_MAX;
    assigns  \nothing;
    ensures  some: \result != 0 ==> MPU_V7_EXPONENT_MIN <= \result <= MPU_V7_EXPONENT_MAX &&
                                    mpu_v7_fits(start, size, \result);
    ensures  none: \result == 0 ==> \forall integer n; MPU_V7_EXPONENT_MIN <= n <= MPU_V7_EXPONENT_MAX ==>
                                    !mpu_v7_fits(start, size, n);
*/
static uint32_t mpu_v7_exponent(uint32_t start, uint32_t size)
{
    /*@ loop invariant range: MPU_V7_EXPONENT_MIN <= n <= MPU_V7_EXPONENT_MAX + 1;
        loop invariant none:  \forall integer k; MPU_V7_EXPONENT_MIN <= k < n ==> !mpu_v7_fits(start, size, k);
        loop assigns n;
        loop variant MPU_V7_EXPONENT_MAX + 1 - n;
    */
    for (uint32_t n = MPU_V7_EXPONENT_MIN; n <= MPU_V7_EXPONENT_MAX; n++) {
        if (mpu_v7_fits(start, size, n)) {
            return n;
        }
    }
    return 0;
}

/** The eighths of the region that the run leaves out, one bit each. */
/*@ requires fits: MPU_V7_EXPONENT_MIN <= exponent <= MPU_V7_EXPONENT_MAX && 0 < size &&
                   start + size - 1 <= UINT32_MAX && mpu_v7_fits(start, size, exponent);
    assigns  \nothing;
    ensures  md10: 0 <= \result <= 255;
*/
static uint32_t mpu_v7_subregions_off(uint32_t start, uint32_t size, uint32_t exponent)
{
    const uint32_t bytes = 1u << exponent;
    const uint32_t eighth = bytes / 8u;
    const uint32_t first = start % bytes / eighth;
    const uint32_t used = ((1u << size / eighth) - 1u) << first;

    return exponent < MPU_V7_EIGHTHS_MIN ? 0u : ~used & 0xffu;
}

/*@ requires own: \valid_read(partition) && 0 < partition->size &&
                  partition->start + partition->size - 1 <= UINTPTR_MAX;
    assigns  \nothing;
    ensures  md02: \result <==> mpu_fits(rules, partition->start, partition->size);
*/
static bool mpu_place_is_encodable(enum gale_mpu_rules rules, const struct gale_mem_partition *partition)
{
    const uintptr_t start = partition->start;
    const size_t size = partition->size;

    if (rules == GALE_MPU_PAGE) {
        return start % GALE_MPU_PAGE_BYTES == 0 && size % GALE_MPU_PAGE_BYTES == 0;
    }
    if ((uint32_t)size != size || (uint32_t)(start + (size - 1u)) != start + (size - 1u)) {
        return false;
    }
    if (rules == GALE_MPU_PMSAV8) {
        return start % GALE_MPU_GRANULE == 0 && size % GALE_MPU_GRANULE == 0;
    }
    return rules == GALE_MPU_PMSAV7 && mpu_v7_exponent((uint32_t)start, (uint32_t)size) != 0;
}

bool gale_mpu_partition_is_encodable(enum gale_mpu_rules rules, const struct gale_mem_partition *partition)
{
    return partition->size > 0 && partition->size - 1u <= UINTPTR_MAX - partition->start &&
           mpu_access_is_known(partition->access) && mpu_place_is_encodable(rules, partition);
}

/** The smallest power of two of at least `size` and 32 bytes; `size` is at most MPU_V7_SIZE_MAX. */
/*@ requires ok: size <= MPU_V7_SIZE_MAX;
    assigns  \nothing;
    ensures  md02: MPU_V7_SIZE_MAX >= \result >= size && \result >= GALE_MPU_GRANULE;
*/
static uint32_t mpu_v7_power(uint32_t size)
{
    uint32_t bytes = GALE_MPU_GRANULE;

    /*@ loop invariant range: GALE_MPU_GRANULE <= bytes <= MPU_V7_SIZE_MAX &&
            \exists integer n; 5 <= n <= 31 && bytes == 1 << n;
        loop assigns bytes;
        loop variant MPU_V7_SIZE_MAX - bytes;
    */
    while (bytes < size) {
        bytes *= 2u;
    }
    return bytes;
}

/** `size` rounded up to a multiple of `step`; 0 if that is above `max`, itself a multiple. */
/*@ requires ok: 0 < step <= max && max % step == 0;
    assigns  \nothing;
    ensures  md02: \result == 0 || (size <= \result <= max && \result % step == 0);
*/
static size_t mpu_round_up(size_t size, size_t step, size_t max)
{
    if (size > max) {
        return 0;
    }
    return size == 0 ? step : (size - 1u) / step * step + step;
}

size_t gale_mpu_align(enum gale_mpu_rules rules, size_t size)
{
    uint32_t eighth;

    if (rules == GALE_MPU_PAGE) {
        return mpu_round_up(size, GALE_MPU_PAGE_BYTES, SIZE_MAX - (GALE_MPU_PAGE_BYTES - 1u));
    }
    if (rules == GALE_MPU_PMSAV8) {
        return mpu_round_up(size, GALE_MPU_GRANULE, MPU_V8_SIZE_MAX);
    }
    if (size > MPU_V7_SIZE_MAX) {
        return 0;
    }
    eighth = mpu_v7_power((uint32_t)size) / 8u;
    return mpu_round_up(size, eighth < GALE_MPU_GRANULE ? GALE_MPU_GRANULE : eighth, MPU_V7_SIZE_MAX);
}

size_t gale_mpu_granule(enum gale_mpu_rules rules, size_t size)
{
    if (gale_mpu_align(rules, size) == 0) {
        return 0;
    }
    if (rules == GALE_MPU_PMSAV7) {
        return mpu_v7_power((uint32_t)size);
    }
    return rules == GALE_MPU_PMSAV8 ? GALE_MPU_GRANULE : GALE_MPU_PAGE_BYTES;
}

int gale_mpu_v7_encode(const struct gale_mem_partition *partition, uint32_t region, uint32_t *rbar, uint32_t *rasr)
{
    const uint32_t start = (uint32_t)partition->start;
    const uint32_t size = (uint32_t)partition->size;
    uint32_t n;

    GALE_ASSERT(region < GALE_MPU_REGIONS_MAX);
    if (!gale_mpu_partition_is_encodable(GALE_MPU_PMSAV7, partition)) {
        return GALE_EINVAL;
    }
    n = mpu_v7_exponent(start, size);
    *rbar = start / (1u << n) * (1u << n) | MPU_V7_RBAR_VALID | region;
    *rasr = mpu_execute_never(partition->access) << 28 |
            mpu_access_field(partition->access, MPU_V7_AP_NONE, MPU_V7_AP_RO, MPU_V7_AP_RW) << 24 |
            MPU_V7_RASR_CACHEABLE | mpu_v7_subregions_off(start, size, n) << 8 | (n - 1u) << 1 | MPU_ENABLE;
    return GALE_OK;
}

int gale_mpu_v8_encode(const struct gale_mem_partition *partition, uint32_t *rbar, uint32_t *rlar)
{
    const uint32_t start = (uint32_t)partition->start;
    const uint32_t size = (uint32_t)partition->size;

    if (!gale_mpu_partition_is_encodable(GALE_MPU_PMSAV8, partition)) {
        return GALE_EINVAL;
    }
    *rbar = start | mpu_access_field(partition->access, MPU_V8_AP_NONE, MPU_V8_AP_RO, MPU_V8_AP_RW) << 1 |
            mpu_execute_never(partition->access);
    *rlar = (start + (size - GALE_MPU_GRANULE)) | MPU_ENABLE;
    return GALE_OK;
}

/* The hardware's side. Nothing below uses anything above: what the manuals say, register field by register field. */

/** The rights of a region whose data accesses are `data`, given its XN bit. */
/*@ assigns \nothing;
    ensures xn: \result == mpu_with_xn(data, xn);
*/
static uint32_t mpu_decode_rights(uint32_t data, uint32_t xn)
{
    return data != 0 && xn == 0 ? data + 4u : data;
}

/*@ assigns \nothing;
    ensures md10: \result == mpu_v7_rights(rasr);
*/
static uint32_t mpu_v7_decode_rights(uint32_t rasr)
{
    static const uint8_t unprivileged[8] = {0, 0, 1, 3, 0, 0, 1, 1}; /* by AP[2:0]: 1 read, 3 read and write */

    return mpu_decode_rights(unprivileged[(rasr >> 24) & 7u], (rasr >> 28) & 1u);
}

uint32_t gale_mpu_v7_access(uint32_t rbar, uint32_t rasr, uint32_t address)
{
    const uint32_t size_field = (rasr >> 1) & 31u;
    const uint32_t srd = (rasr >> 8) & 255u;
    const uint32_t last = UINT32_MAX >> (31u - size_field); /* offset of the region's last byte */
    const uint32_t base = rbar & ~31u;

    if ((rasr & 1u) == 0 || size_field < 4u || (base & last) != 0 || (size_field < 7u && srd != 0)) {
        return GALE_MPU_NO_ACCESS;
    }
    if (address < base || address - base > last) {
        return GALE_MPU_NO_ACCESS;
    }
    if (srd != 0 && (srd >> ((address - base) >> (size_field - 2u)) & 1u) != 0) {
        return GALE_MPU_NO_ACCESS;
    }
    return mpu_v7_decode_rights(rasr);
}

uint32_t gale_mpu_v8_access(uint32_t rbar, uint32_t rlar, uint32_t address)
{
    static const uint8_t unprivileged[4] = {0, 3, 0, 1}; /* by AP[2:1] of the architecture, bits 2:1 of RBAR */

    if ((rlar & 1u) == 0 || address < (rbar & ~31u) || address > (rlar | 31u)) {
        return GALE_MPU_NO_ACCESS;
    }
    return mpu_decode_rights(unprivileged[(rbar >> 1) & 3u], rbar & 1u);
}
