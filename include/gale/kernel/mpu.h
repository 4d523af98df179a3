/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Memory partitions and how protection units express them: the rules of PMSAv7, PMSAv8 and of pages, as pure functions.
 *
 * A partition is exact: the bytes it names and no others. An encoder covers exactly those bytes with one region or
 * refuses. The decoders beside them say which bytes a region grants, written from the architecture manuals and not
 * from the encoders, so that each checks the other (MD10).
 *
 * PMSAv7: a region is a power of two of at least 32 bytes, aligned to its size; from 256 bytes on, each of its eight
 *         subregions can be left out. So a partition is a whole region, or a run of eighths of one.
 * PMSAv8: a region is any run of 32-byte granules; no two regions may overlap.
 * Pages:  a run of 4096-byte pages (POSIX).
 *
 * Context: any; never blocks. Pure: no state, no hardware access.
 * Source:  properties MD02, MD03, MD06 and MD10, spec/properties.toml; ARM DDI 0403E B3.5, ARM DDI 0553 B8 and D1.2.
 */
#ifndef GALE_KERNEL_MPU_H
#define GALE_KERNEL_MPU_H

#include "gale/base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GALE_MPU_GRANULE 32u        /**< Smallest region of PMSAv7 and granule of PMSAv8, in bytes. */
#define GALE_MPU_SUBREGION_MIN 256u /**< Smallest PMSAv7 region with subregions, in bytes. */
#define GALE_MPU_PAGE_BYTES 4096u   /**< Granule of GALE_MPU_PAGE, in bytes. */
#define GALE_MPU_REGIONS_MAX 16u    /**< Region numbers are below this; a core may have fewer. */

/** Whose rules a partition has to meet. */
enum gale_mpu_rules {
    GALE_MPU_PMSAV7, /**< Cortex-M3, M4, M7. */
    GALE_MPU_PMSAV8, /**< Cortex-M23, M33 and later. */
    GALE_MPU_PAGE    /**< POSIX: pages of 4096 bytes. */
};

/** What unprivileged code may do, as bits: 1 read, 2 write, 4 execute. What can be written is never executable. */
enum gale_mpu_access {
    GALE_MPU_NO_ACCESS = 0, /**< Nothing. */
    GALE_MPU_RO = 1,        /**< Read. */
    GALE_MPU_RW = 3,        /**< Read and write. */
    GALE_MPU_RX = 5         /**< Read and execute. */
};

/** A run of bytes and what may be done with it. */
struct gale_mem_partition {
    uintptr_t start; /**< Address of the first byte. */
    size_t size;     /**< In bytes, more than 0; the last byte is start + size - 1. */
    uint32_t access; /**< One of enum gale_mpu_access. */
};

#ifdef __FRAMAC__
#include "kernel/mpu.acsl"
#endif

/**
 * True when `rules` can express exactly this partition: size > 0, no overflow, known access, alignment.
 *
 * @context any; never blocks.
 * @satisfies MD02 MD03 MD06
 */
/*@ requires own:  \valid_read(partition);
    assigns  \nothing;
    ensures  md02: \result <==> mpu_encodable(rules, partition);
*/
bool gale_mpu_partition_is_encodable(enum gale_mpu_rules rules, const struct gale_mem_partition *partition);

/**
 * The smallest encodable size of at least `size` bytes, for a start aligned to gale_mpu_granule() of the same size.
 *
 * @param[in] size  In bytes; 0 counts as 1.
 * @return The size in bytes; 0 if no region is that large.
 * @context any; never blocks.
 * @satisfies MD02
 */
/*@ assigns \nothing;
    ensures md02: \result == 0 || \result >= size;
*/
size_t gale_mpu_align(enum gale_mpu_rules rules, size_t size);

/**
 * The alignment at which a partition of gale_mpu_align(rules, size) bytes is encodable whatever its place: 32 bytes
 * or a page, and on PMSAv7 the smallest power of two that holds it.
 *
 * @param[in] size  In bytes; 0 counts as 1.
 * @return A power of two; 0 if no region is that large.
 * @context any; never blocks.
 * @satisfies MD02
 */
/*@ assigns \nothing; */
size_t gale_mpu_granule(enum gale_mpu_rules rules, size_t size);

/**
 * Encode a partition as one PMSAv7 region.
 *
 * @param[in]  partition  What to grant to unprivileged code.
 * @param[in]  region     Region number, below GALE_MPU_REGIONS_MAX; goes into `rbar` with its VALID bit.
 * @param[out] rbar       Value for MPU_RBAR; unchanged on failure.
 * @param[out] rasr       Value for MPU_RASR, enabled; unchanged on failure.
 * @retval GALE_OK      The region grants exactly the partition.
 * @retval GALE_EINVAL  No region does.
 * @context any; never blocks.
 * @satisfies MD02 MD10
 */
/*@ requires own: \valid_read(partition) && \valid(rbar) && \valid(rasr) && \separated(partition, rbar, rasr);
    requires ok:  region < GALE_MPU_REGIONS_MAX;
    assigns  *rbar, *rasr;
    behavior gale_ok:
      assumes mpu_encodable(GALE_MPU_PMSAV7, partition);
      ensures md02: \result == GALE_OK;
      ensures md10: \forall integer a; 0 <= a <= UINT32_MAX ==> mpu_v7_access(*rbar, *rasr, a) == mpu_wanted(partition, a);
    behavior gale_einval:
      assumes !mpu_encodable(GALE_MPU_PMSAV7, partition);
      assigns \nothing;
      ensures md02: \result == GALE_EINVAL;
    complete behaviors;
    disjoint behaviors;
*/
int gale_mpu_v7_encode(const struct gale_mem_partition *partition, uint32_t region, uint32_t *rbar, uint32_t *rasr);

/**
 * Encode a partition as one PMSAv8 region. Attribute index 0 of MPU_MAIR0 is used.
 *
 * @param[in]  partition  What to grant to unprivileged code.
 * @param[out] rbar       Value for MPU_RBAR; unchanged on failure.
 * @param[out] rlar       Value for MPU_RLAR, enabled; unchanged on failure.
 * @retval GALE_OK      The region grants exactly the partition.
 * @retval GALE_EINVAL  No region does.
 * @context any; never blocks.
 * @satisfies MD02 MD10
 */
/*@ requires own: \valid_read(partition) && \valid(rbar) && \valid(rlar) && \separated(partition, rbar, rlar);
    assigns  *rbar, *rlar;
    behavior gale_ok:
      assumes mpu_encodable(GALE_MPU_PMSAV8, partition);
      ensures md02: \result == GALE_OK;
      ensures md10: \forall integer a; 0 <= a <= UINT32_MAX ==> mpu_v8_access(*rbar, *rlar, a) == mpu_wanted(partition, a);
    behavior gale_einval:
      assumes !mpu_encodable(GALE_MPU_PMSAV8, partition);
      assigns \nothing;
      ensures md02: \result == GALE_EINVAL;
    complete behaviors;
    disjoint behaviors;
*/
int gale_mpu_v8_encode(const struct gale_mem_partition *partition, uint32_t *rbar, uint32_t *rlar);

/**
 * What unprivileged code may do at `address` under this one PMSAv7 region, as bits of enum gale_mpu_access. What the
 * architecture leaves UNPREDICTABLE (size below 32, misaligned base, subregions below 256 bytes) grants nothing.
 *
 * @return 0 for no access at all.
 * @context any; never blocks.
 * @satisfies MD10
 */
/*@ assigns \nothing;
    ensures md10: \result == mpu_v7_access(rbar, rasr, address);
*/
uint32_t gale_mpu_v7_access(uint32_t rbar, uint32_t rasr, uint32_t address);

/**
 * What unprivileged code may do at `address` under this one PMSAv8 region, as bits of enum gale_mpu_access.
 *
 * @return 0 for no access at all.
 * @context any; never blocks.
 * @satisfies MD10
 */
/*@ assigns \nothing;
    ensures md10: \result == mpu_v8_access(rbar, rlar, address);
*/
uint32_t gale_mpu_v8_access(uint32_t rbar, uint32_t rlar, uint32_t address);

#ifdef __cplusplus
}
#endif

#endif /* GALE_KERNEL_MPU_H */
