/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/mem_domain.h"

/** Compares last bytes, which never overflow (MD06). */
/*@ requires own: \valid_read(a) && \valid_read(b);
    requires md06: mem_partition_ends(a) && mem_partition_ends(b);
    assigns  \nothing;
    ensures  md01: \result <==> !mem_partition_disjoint(a, b);
*/
static bool mem_domain_partition_overlaps(const struct gale_mem_partition *a, const struct gale_mem_partition *b)
{
    return a->start <= b->start + (b->size - 1u) && b->start <= a->start + (a->size - 1u);
}

/*@ requires own: \valid_read(a) && \valid_read(b);
    assigns  \nothing;
    ensures  md05: \result <==> mem_partition_same{Here, Here}(a, b);
*/
static bool mem_domain_partition_equals(const struct gale_mem_partition *a, const struct gale_mem_partition *b)
{
    return a->start == b->start && a->size == b->size && a->access == b->access;
}

/** Field by field: WP knows little of what a copied struct holds. */
/*@ requires own: \valid(to) && \valid_read(from) && (to == from || \separated(to, from));
    assigns  to->start, to->size, to->access;
    ensures  md05: mem_partition_same{Post, Pre}(to, from);
*/
static void mem_domain_partition_copy(struct gale_mem_partition *to, const struct gale_mem_partition *from)
{
    to->start = from->start;
    to->size = from->size;
    to->access = from->access;
}

/** True when `partition` is clear of the domain's first `count` partitions. */
/*@ requires own: \valid_read(domain) && \valid_read(partition) && count <= GALE_MEM_PARTITIONS;
    requires md06: mem_partition_ends(partition) &&
                   \forall integer i; 0 <= i < count ==> mem_partition_ends(&domain->partitions[i]);
    assigns  \nothing;
    ensures  md01: \result <==> (\forall integer i; 0 <= i < count ==>
                                   mem_partition_disjoint(&domain->partitions[i], partition));
*/
static bool mem_domain_is_clear(const struct gale_mem_domain *domain, uint32_t count,
                                const struct gale_mem_partition *partition)
{
    /*@ loop invariant md01: 0 <= i <= count && \forall integer k; 0 <= k < i ==>
            mem_partition_disjoint(&domain->partitions[k], partition);
        loop assigns i;
        loop variant count - i;
    */
    for (uint32_t i = 0; i < count; i++) {
        if (mem_domain_partition_overlaps(&domain->partitions[i], partition)) {
            return false;
        }
    }
    return true;
}

void gale_mem_domain_init(struct gale_mem_domain *domain, enum gale_mpu_rules rules, uint32_t capacity)
{
    GALE_ASSERT(capacity >= 1u && capacity <= GALE_MEM_PARTITIONS);
    domain->rules = rules;
    domain->capacity = capacity;
    domain->count = 0;
}

bool gale_mem_domain_is_valid(const struct gale_mem_domain *domain)
{
    if (domain->capacity < 1u || domain->capacity > GALE_MEM_PARTITIONS || domain->count > domain->capacity ||
        (domain->rules != GALE_MPU_PMSAV7 && domain->rules != GALE_MPU_PMSAV8 && domain->rules != GALE_MPU_PAGE)) {
        return false;
    }
    /*@ loop invariant md02: 0 <= i <= domain->count && \forall integer k; 0 <= k < i ==>
            mpu_encodable(domain->rules, &domain->partitions[k]);
        loop invariant md01: \forall integer j, k; 0 <= j < k < i ==>
            mem_partition_disjoint(&domain->partitions[j], &domain->partitions[k]);
        loop assigns i;
        loop variant domain->count - i;
    */
    for (uint32_t i = 0; i < domain->count; i++) {
        if (!gale_mpu_partition_is_encodable(domain->rules, &domain->partitions[i]) ||
            !mem_domain_is_clear(domain, i, &domain->partitions[i])) {
            /*@ assert bad: !mpu_encodable(domain->rules, &domain->partitions[i]) ||
                  \exists integer k; 0 <= k < i &&
                    !mem_partition_disjoint(&domain->partitions[k], &domain->partitions[i]); */
            return false;
        }
    }
    return true;
}

int gale_mem_domain_add(struct gale_mem_domain *domain, const struct gale_mem_partition *partition)
{
    if (!gale_mpu_partition_is_encodable(domain->rules, partition)) {
        return GALE_EINVAL;
    }
    if (!mem_domain_is_clear(domain, domain->count, partition)) {
        return GALE_EEXIST;
    }
    if (domain->count == domain->capacity) {
        return GALE_ENOMEM;
    }
    //@ assert unaliased: mem_domain_unaliased(domain);
    mem_domain_partition_copy(&domain->partitions[domain->count], partition);
    //@ assert kept: domain->count == \at(domain->count, Pre) && mem_partition_kept{Pre, Here}(domain, domain->count);
    //@ assert copied: mem_partition_same{Here, Pre}(&domain->partitions[\at(domain->count, Pre)], partition);
    domain->count++;
    //@ assert head: domain->rules == \at(domain->rules, Pre) && domain->capacity == \at(domain->capacity, Pre);
    //@ assert kept: mem_partition_kept{Pre, Here}(domain, \at(domain->count, Pre));
    //@ assert added: mem_partition_same{Here, Pre}(&domain->partitions[\at(domain->count, Pre)], partition);
    //@ assert md02: \forall integer i; 0 <= i < domain->count ==> mpu_encodable(domain->rules, &domain->partitions[i]);
    /*@ assert md01: \forall integer i, j; 0 <= i < j < \at(domain->count, Pre) &&
          mem_partition_disjoint{Pre}(&domain->partitions[i], &domain->partitions[j]) ==>
          mem_partition_disjoint(&domain->partitions[i], &domain->partitions[j]); */
    /*@ assert md01: \forall integer i; 0 <= i < \at(domain->count, Pre) ==>
          mem_partition_disjoint(&domain->partitions[i], &domain->partitions[\at(domain->count, Pre)]); */
    return GALE_OK;
}

int gale_mem_domain_remove(struct gale_mem_domain *domain, const struct gale_mem_partition *partition)
{
    //@ assert unaliased: mem_domain_unaliased(domain);
    /*@ loop invariant md05: 0 <= i <= domain->count && \forall integer k; 0 <= k < i ==>
            !mem_partition_same{Here, Here}(&domain->partitions[k], partition);
        loop assigns i;
        loop variant domain->count - i;
    */
    for (uint32_t i = 0; i < domain->count; i++) {
        if (mem_domain_partition_equals(&domain->partitions[i], partition)) {
            //@ assert was: mem_partition_same{Pre, Pre}(mem_domain_slot{Pre}(domain, i), partition);
            domain->count--;
            mem_domain_partition_copy(&domain->partitions[i], &domain->partitions[domain->count]);
            /*@ assert kept: \forall integer k; 0 <= k < domain->count ==>
                  mem_partition_same{Here, Pre}(&domain->partitions[k],
                                                mem_domain_slot{Pre}(domain, k == i ? domain->count : k)); */
            /*@ assert md02: \forall integer k; 0 <= k < domain->count &&
                  mpu_encodable{Pre}(domain->rules, mem_domain_slot{Pre}(domain, k == i ? domain->count : k)) ==>
                  mpu_encodable(domain->rules, &domain->partitions[k]); */
            /*@ assert md01: \forall integer j, k; 0 <= j < k < domain->count && j != i && k != i &&
                  mem_partition_disjoint{Pre}(&domain->partitions[j], &domain->partitions[k]) ==>
                  mem_partition_disjoint(&domain->partitions[j], &domain->partitions[k]); */
            /*@ assert md01: \forall integer j; 0 <= j < domain->count && j != i &&
                  mem_partition_disjoint{Pre}(&domain->partitions[j], mem_domain_slot{Pre}(domain, domain->count)) ==>
                  mem_partition_disjoint(&domain->partitions[j], &domain->partitions[i]) &&
                  mem_partition_disjoint(&domain->partitions[i], &domain->partitions[j]); */
            return GALE_OK;
        }
    }
    return GALE_ENOENT;
}

/** True when `partition` holds the run, which is not empty, and allows the access. Nothing here overflows. */
/*@ requires own: \valid_read(partition) && mem_partition_ends(partition) && size > 0;
    assigns  \nothing;
    ensures  md05: \result <==> mem_partition_contains(partition, start, size, access);
*/
static bool mem_domain_partition_contains(const struct gale_mem_partition *partition, uintptr_t start, size_t size,
                                          uint32_t access)
{
    return start >= partition->start && start - partition->start < partition->size &&
           size <= partition->size - (start - partition->start) && (partition->access & access) == access;
}

bool gale_mem_domain_contains(const struct gale_mem_domain *domain, uintptr_t start, size_t size, uint32_t access)
{
    if (size == 0) {
        return false;
    }
    /*@ loop invariant md05: 0 <= i <= domain->count && \forall integer k; 0 <= k < i ==>
            !mem_partition_contains(&domain->partitions[k], start, size, access);
        loop assigns i;
        loop variant domain->count - i;
    */
    for (uint32_t i = 0; i < domain->count; i++) {
        if (mem_domain_partition_contains(&domain->partitions[i], start, size, access)) {
            return true;
        }
    }
    return false;
}
