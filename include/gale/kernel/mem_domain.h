/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Memory domain: the partitions that a thread may reach, disjoint and each encodable under the rules of its target.
 *
 * Partitions are exact bytes and never overlap, whatever the target: with subregions even PMSAv7 needs no overlay.
 * Partition `i` becomes region `i` of the port's block of regions.
 *
 * Owner:   the caller supplies the struct; it outlives the threads in it.
 * Context: thread, not isr; the caller serialises. Never blocks. Calls are O(partitions).
 * Source:  properties MD01..MD06, spec/properties.toml.
 */
#ifndef GALE_KERNEL_MEM_DOMAIN_H
#define GALE_KERNEL_MEM_DOMAIN_H

#include "gale/base.h"
#include "gale/kernel/mpu.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A memory domain. A port reads `partitions[0..count-1]`; everybody else uses the functions below. */
struct gale_mem_domain {
    enum gale_mpu_rules rules;                                 /**< What every partition meets. */
    uint32_t capacity;                                         /**< Most partitions, 1..GALE_MEM_PARTITIONS. */
    uint32_t count;                                            /**< Partitions now, 0..capacity. */
    struct gale_mem_partition partitions[GALE_MEM_PARTITIONS]; /**< The first count are active. */
};

#ifdef __FRAMAC__
#include "kernel/mem_domain.acsl"
#endif

/**
 * Make a domain that reaches nothing.
 *
 * @param[out] domain    Filled in.
 * @param[in]  rules     What partitions have to meet.
 * @param[in]  capacity  Most partitions, 1..GALE_MEM_PARTITIONS; no more than the regions the port can spare.
 * @context init only; never blocks.
 * @satisfies MD04
 */
/*@ requires own:  \valid(domain);
    requires ok:   1 <= capacity <= GALE_MEM_PARTITIONS && mpu_rules_ok(rules);
    assigns  domain->rules, domain->capacity, domain->count;
    ensures  md04: mem_domain_ok(domain) && domain->count == 0 && domain->capacity == capacity;
    ensures  set:  domain->rules == rules;
*/
void gale_mem_domain_init(struct gale_mem_domain *domain, enum gale_mpu_rules rules, uint32_t capacity);

/** True when `domain` holds its invariant. @context thread; never blocks. @satisfies MD01 MD02 MD03 MD04 MD06 */
/*@ requires own:  \valid_read(domain);
    assigns  \nothing;
    ensures  md01: \result <==> mem_domain_ok(domain);
*/
bool gale_mem_domain_is_valid(const struct gale_mem_domain *domain);

/**
 * Let the domain reach one more partition.
 *
 * @param[in] partition  Copied.
 * @retval GALE_OK      Added.
 * @retval GALE_EINVAL  Empty, past the end of the address space, or not expressible under the domain's rules.
 * @retval GALE_EEXIST  It overlaps a partition of the domain.
 * @retval GALE_ENOMEM  The domain is full.
 * @context thread; never blocks; takes effect when the port applies the domain next.
 * @satisfies MD01 MD02 MD03 MD04 MD05 MD06
 */
/*@ requires own: \valid(domain) && \valid_read(partition) && \separated(domain, partition);
    requires ok:  mem_domain_ok(domain);
    assigns  domain->count, domain->partitions[domain->count];
    ensures  md01: mem_domain_ok(domain);
    behavior gale_ok:
      assumes mem_domain_accepts(domain, partition) && domain->count < domain->capacity;
      ensures md05: \result == GALE_OK && mem_domain_added{Pre, Post}(domain, partition);
    behavior gale_einval:
      assumes !mpu_encodable(domain->rules, partition);
      assigns \nothing;
      ensures md02: \result == GALE_EINVAL;
    behavior gale_eexist:
      assumes mpu_encodable(domain->rules, partition) && !mem_domain_accepts(domain, partition);
      assigns \nothing;
      ensures md01: \result == GALE_EEXIST;
    behavior gale_enomem:
      assumes mem_domain_accepts(domain, partition) && domain->count == domain->capacity;
      assigns \nothing;
      ensures md04: \result == GALE_ENOMEM;
    complete behaviors; disjoint behaviors;
*/
int gale_mem_domain_add(struct gale_mem_domain *domain, const struct gale_mem_partition *partition);

/**
 * Take back exactly this partition: same start, size and access.
 *
 * @retval GALE_OK      Removed; the others stay, the last one may have moved to its place.
 * @retval GALE_ENOENT  The domain has no such partition; unchanged.
 * @context thread; never blocks; takes effect when the port applies the domain next.
 * @satisfies MD01 MD05
 */
/*@ requires own: \valid(domain) && \valid_read(partition) && \separated(domain, partition);
    requires ok:  mem_domain_ok(domain);
    assigns  domain->count, domain->partitions[0 .. GALE_MEM_PARTITIONS - 1];
    ensures  md01: mem_domain_ok(domain);
    behavior gale_ok:
      assumes mem_domain_has(domain, partition);
      ensures md05: \result == GALE_OK && mem_domain_removed{Pre, Post}(domain, partition);
    behavior gale_enoent:
      assumes !mem_domain_has(domain, partition);
      assigns \nothing;
      ensures md05: \result == GALE_ENOENT;
    complete behaviors;
    disjoint behaviors;
*/
int gale_mem_domain_remove(struct gale_mem_domain *domain, const struct gale_mem_partition *partition);

/**
 * True when one partition of the domain holds all of `size` bytes from `start` on and allows all of `access`.
 *
 * @param[in] size    In bytes; an empty run is in no partition.
 * @param[in] access  Bits of enum gale_mpu_access.
 * @context thread; never blocks.
 * @satisfies MD05 MD06
 */
/*@ requires own: \valid_read(domain) && mem_domain_ok(domain);
    requires bits: access == GALE_MPU_NO_ACCESS || access == GALE_MPU_RO || access == GALE_MPU_RW ||
                   access == GALE_MPU_RX;
    assigns  \nothing;
    ensures  md05: \result <==> mem_domain_contains(domain, start, size, access);
*/
bool gale_mem_domain_contains(const struct gale_mem_domain *domain, uintptr_t start, size_t size, uint32_t access);

#ifdef __cplusplus
}
#endif

#endif /* GALE_KERNEL_MEM_DOMAIN_H */
