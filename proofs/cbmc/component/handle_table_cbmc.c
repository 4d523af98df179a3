/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Handle tables: one step from any valid one, with any chain of free entries.
 * @bound tables of up to 4 entries; any index
 * @cbmc --unwind 6
 */
#include "harness.h"

#define GALE_ASSERTIONS 1
#include "component/handle_table.c"

enum { ENTRIES = 4 };

static struct gale_handle entries[ENTRIES], old[ENTRIES];
static struct gale_handle_table t, old_t;

void gale_port_panic(const char *file, int line)
{
    (void)file, (void)line;
    prove(false, "a precondition holds");
    assume(false);
    while (true) {
    }
}

static void any_table(void)
{
    t.entries = entries;
    t.count = (gale_id)any_upto(ENTRIES);
    t.used = (gale_id)nondet_u32();
    t.free = (gale_id)nondet_u32();
    for (unsigned n = 0; n < ENTRIES; n++) {
        entries[n] = (struct gale_handle){nondet_u8(),           nondet_u8(),           (gale_id)nondet_u32(),
                                          (gale_id)nondet_u32(), (gale_id)nondet_u32(), nondet_u32()};
        old[n] = entries[n];
    }
    assume(gale_handle_table_is_valid(&t));
    old_t = t;
}

static bool was_used(uint32_t index)
{
    return index != 0 && index - 1u < old_t.used && old[index - 1u].kind != GALE_HANDLE_FREE;
}

static bool same(uint32_t index)
{
    const struct gale_handle *h = &entries[index - 1u];
    const struct gale_handle *o = &old[index - 1u];

    return h->kind == o->kind && h->state == o->state && h->lends == o->lends && h->object == o->object &&
           h->set == o->set && h->payload == o->payload;
}

/* @mutant src/component/handle_table.c: `index == 0 || index > t->used` -> `index > t->used`
 * @mutant src/component/handle_table.c: `index == 0 || index > t->used` -> `index == 0 || index > t->count`
 * @mutant src/component/handle_table.c: `return h->kind != GALE_HANDLE_FREE ? h : NULL;` -> `return h;` */
void check_get(void)
{
    const uint32_t index = nondet_u32();
    const struct gale_handle *h;

    any_table();
    h = gale_handle_table_get(&t, index);
    prove(index != 0 || h == NULL, "HT02: index 0 names nothing");
    prove((h == NULL) == !was_used(index), "HT03: only an index that was given out and not dropped");
    prove(h == NULL || h == &entries[index - 1u], "HT01: it names its entry");
    reached();
}

/* @mutant src/component/handle_table.c: `t->free = t->entries[i].object;` -> ``
 * @mutant src/component/handle_table.c: `if (i >= t->count) {` -> `if (i > t->count) {`
 * @mutant src/component/handle_table.c: `h->object = object;` -> `` */
void check_add(void)
{
    const enum gale_handle_kind kind = (enum gale_handle_kind)(1u + any_upto(GALE_HANDLE_FUTURE_WRITE - 1u));
    const gale_id object = (gale_id)nondet_u32();
    const uint32_t other = 1u + any_upto(ENTRIES - 1u);
    uint32_t index;

    any_table();
    index = gale_handle_table_add(&t, kind, object);
    prove(gale_handle_table_is_valid(&t), "HT05: each entry is in use, free once, or was never used");
    prove((index == 0) == (old_t.free == GALE_ID_NONE && old_t.used == old_t.count),
          "HT05: it fails when all are in use");
    prove(index <= old_t.count && !was_used(index), "HT01: no index that is in use is given out");
    prove(index == 0 || index == (old_t.free != GALE_ID_NONE ? old_t.free + 1u : old_t.used + 1u),
          "the index freed last, else the lowest that was never used");
    prove(index == 0 || (entries[index - 1u].kind == (uint8_t)kind && entries[index - 1u].object == object),
          "HT04: it is of its kind");
    prove(!was_used(other) || same(other), "HT01: the others name what they named");
    reached();
}

/* @mutant src/component/handle_table.c: `h->kind = GALE_HANDLE_FREE;` -> ``
 * @mutant src/component/handle_table.c: `h->object = t->free;` -> ``
 * @mutant src/component/handle_table.c: `t->free = (gale_id)(index - 1u);` -> `` */
void check_remove(void)
{
    const uint32_t index = nondet_u32();
    const uint32_t other = 1u + any_upto(ENTRIES - 1u);

    any_table();
    assume(was_used(index));
    gale_handle_table_remove(&t, index);
    prove(gale_handle_table_is_valid(&t), "HT05: the entry is free, once");
    prove(gale_handle_table_get(&t, index) == NULL, "HT03: the index names nothing now");
    prove(other == index || !was_used(other) || same(other), "HT01: the others name what they named");
    prove(gale_handle_table_add(&t, GALE_HANDLE_OWN, 0) == index, "it is the next to be given out");
    reached();
}
