/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One step of a memory domain from any valid state. Which partitions a protection unit can express is left open: any
 * rule that asks for a size and an end, which is what mpu_cbmc.c shows of the three that there are.
 * @bound 3 partitions, any place and size, any such rule
 * @cbmc -DGALE_MEM_PARTITIONS=3 --unwind 5
 */
#include "harness.h"

#include "kernel/mem_domain.c"

bool __CPROVER_uninterpreted_encodable(uint32_t rules, uint32_t start, uint32_t size, uint32_t access);

bool gale_mpu_partition_is_encodable(enum gale_mpu_rules rules, const struct gale_mem_partition *p)
{
    return p->size > 0 && p->size - 1u <= UINTPTR_MAX - p->start &&
           __CPROVER_uninterpreted_encodable(rules, p->start, p->size, p->access);
}

static struct gale_mem_domain domain, old;

static struct gale_mem_partition any_partition(void)
{
    struct gale_mem_partition p = {nondet_u32(), nondet_u32(), nondet_u32()};

    return p;
}

static void any_domain(void)
{
    domain.rules = (enum gale_mpu_rules)any_upto(2);
    domain.capacity = any_upto(GALE_MEM_PARTITIONS);
    domain.count = any_upto(GALE_MEM_PARTITIONS);
    for (uint32_t i = 0; i < GALE_MEM_PARTITIONS; i++) {
        domain.partitions[i] = any_partition();
    }
    assume(gale_mem_domain_is_valid(&domain));
    old = domain;
}

static uint64_t end_of(const struct gale_mem_partition *p)
{
    return (uint64_t)p->start + p->size;
}

static bool disjoint(const struct gale_mem_partition *a, const struct gale_mem_partition *b)
{
    return end_of(a) <= b->start || end_of(b) <= a->start;
}

static bool same(const struct gale_mem_partition *a, const struct gale_mem_partition *b)
{
    return a->start == b->start && a->size == b->size && a->access == b->access;
}

static bool holds(const struct gale_mem_domain *d, const struct gale_mem_partition *p)
{
    bool found = false;

    for (uint32_t i = 0; i < GALE_MEM_PARTITIONS; i++) {
        found = found || (i < d->count && same(&d->partitions[i], p));
    }
    return found;
}

static void still_valid(void)
{
    const uint32_t i = any_upto(GALE_MEM_PARTITIONS - 1u);
    const uint32_t k = any_upto(GALE_MEM_PARTITIONS - 1u);

    prove(domain.count <= domain.capacity && domain.capacity <= GALE_MEM_PARTITIONS, "MD04: the number is in bounds");
    if (i < domain.count) {
        const struct gale_mem_partition *p = &domain.partitions[i];

        prove(gale_mpu_partition_is_encodable(domain.rules, p), "MD02: each meets the rules");
        prove(p->size > 0, "MD03: each has a positive size");
        prove(end_of(p) <= UINT64_C(0x100000000), "MD06: start plus size does not overflow");
        prove(k >= domain.count || k == i || disjoint(p, &domain.partitions[k]),
              "MD01: active partitions never overlap");
    }
    prove(domain.rules == old.rules && domain.capacity == old.capacity, "MD05: nothing else changes");
    reached();
}

/* @mutant src/kernel/mem_domain.c: `domain->count = 0;` -> `` */
void check_init(void)
{
    const uint32_t capacity = any_upto(GALE_MEM_PARTITIONS);
    const enum gale_mpu_rules rules = (enum gale_mpu_rules)any_upto(2);

    assume(capacity > 0);
    any_domain();
    gale_mem_domain_init(&domain, rules, capacity);
    prove(gale_mem_domain_is_valid(&domain) && domain.count == 0, "MD04: a new domain reaches nothing");
    reached();
}

/* @mutant src/kernel/mem_domain.c: `a->start <= b->start + (b->size - 1u)` -> `a->start < b->start + (b->size - 1u)`
 * @mutant src/kernel/mem_domain.c: `domain->count == domain->capacity` -> `domain->count > domain->capacity` */
void check_add(void)
{
    const struct gale_mem_partition p = any_partition();
    const struct gale_mem_partition other = any_partition();

    any_domain();
    const int status = gale_mem_domain_add(&domain, &p);

    prove(holds(&domain, &other) == (holds(&old, &other) || (status == GALE_OK && same(&other, &p))),
          "MD05: exactly the given partition is stored");
    prove(status == GALE_OK || domain.count == old.count, "MD05: or nothing");
    prove(status != GALE_EINVAL || !gale_mpu_partition_is_encodable(domain.rules, &p),
          "MD02: refused if not encodable");
    prove(status != GALE_ENOMEM || old.count == old.capacity, "MD04: refused if full");
    still_valid();
}

/* @mutant src/kernel/mem_domain.c: `domain->count--;` -> ``
 * @mutant src/kernel/mem_domain.c: `a->size == b->size && a->access == b->access` -> `a->access == b->access` */
void check_remove(void)
{
    const struct gale_mem_partition p = any_partition();
    const struct gale_mem_partition other = any_partition();

    any_domain();
    const int status = gale_mem_domain_remove(&domain, &p);

    prove(status == (holds(&old, &p) ? GALE_OK : GALE_ENOENT), "MD05: removed iff there");
    prove(holds(&domain, &other) == (holds(&old, &other) && !same(&other, &p)), "MD05: exactly that one is gone");
    still_valid();
}

/* @bound none: every partition, every run
 * @mutant src/kernel/mem_domain.c: `size <= partition->size - (start - partition->start)` -> `size <= partition->size`
 * @mutant src/kernel/mem_domain.c: `(partition->access & access) == access` -> `true` */
void check_partition_contains(void)
{
    const struct gale_mem_partition p = any_partition();
    const uint32_t start = nondet_u32();
    const uint32_t size = nondet_u32();
    const uint32_t access = any_upto(7);

    assume(p.size > 0 && end_of(&p) <= UINT64_C(0x100000000) && size > 0);
    prove(mem_domain_partition_contains(&p, start, size, access) ==
              (start >= p.start && (uint64_t)start + size <= end_of(&p) && (access & ~p.access) == 0),
          "MD05: a run is contained iff it lies inside, with all rights");
    reached();
}

/* @mutant src/kernel/mem_domain.c: `if (size == 0)` -> `if (false)`
 * @mutant src/kernel/mem_domain.c: `if (mem_domain_partition_contains(` -> `if (i > 0 && mem_domain_partition_contains(` */
void check_contains(void)
{
    const uint32_t start = nondet_u32();
    const uint32_t size = nondet_u32();
    const uint32_t access = any_upto(7);
    bool wanted = false;

    any_domain();
    for (uint32_t i = 0; i < domain.count; i++) {
        wanted = wanted || (size > 0 && mem_domain_partition_contains(&domain.partitions[i], start, size, access));
    }
    prove(gale_mem_domain_contains(&domain, start, size, access) == wanted, "MD05: contained iff in one partition");
    reached();
}
