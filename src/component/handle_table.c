/* SPDX-License-Identifier: Apache-2.0 */
/** Canonical ABI, Table State. */
#include "gale/component/handle_table.h"

void gale_handle_table_init(struct gale_handle_table *t, struct gale_handle *entries, gale_id count, gale_id node)
{
    *t = (struct gale_handle_table){entries, count, 0, GALE_ID_NONE, node};
}

/** Entries in the free chain; more than `used` if the chain is no chain. */
/*@ requires own: \valid_read(t) && \valid_read(t->entries + (0 .. t->count - 1)) && t->used <= t->count;
    assigns  \nothing;
    ensures  range: 0 <= \result <= t->used + 1;
*/
static uint64_t handle_table_count_free(const struct gale_handle_table *t)
{
    uint64_t n = 0;

    /*@ loop invariant range: 0 <= n <= t->used + 1;
        loop assigns n, i;
        loop variant t->used + 1 - n;
    */
    for (gale_id i = t->free; i != GALE_ID_NONE && n <= t->used; i = t->entries[i].object) {
        if (i >= t->used || t->entries[i].kind != GALE_HANDLE_FREE) {
            return (uint64_t)t->used + 1u;
        }
        n++;
    }
    return n;
}

bool gale_handle_table_is_valid(const struct gale_handle_table *t)
{
    uint64_t unused = 0;

    if (t->used > t->count) {
        return false;
    }
    /*@ loop invariant range: 0 <= i <= t->used && 0 <= unused <= i;
        loop assigns i, unused;
        loop variant t->used - i;
    */
    for (gale_id i = 0; i < t->used; i++) {
        unused += t->entries[i].kind == GALE_HANDLE_FREE;
    }
    return handle_table_count_free(t) == unused;
}

uint32_t gale_handle_table_add(struct gale_handle_table *t, enum gale_handle_kind kind, gale_id object)
{
    const gale_id i = t->free != GALE_ID_NONE ? t->free : t->used;
    struct gale_handle *h;

    if (i >= t->count) {
        return 0;
    }
    if (i == t->free) {
        t->free = t->entries[i].object;
    } else {
        t->used++;
    }
    /*@ assert out: handle_table_out(t, i); */
    h = &t->entries[i];
    h->kind = (uint8_t)kind;
    h->state = 0;
    h->lends = 0;
    h->object = object;
    h->set = GALE_ID_NONE;
    h->payload = 0;
    return (uint32_t)i + 1u;
}

struct gale_handle *gale_handle_table_get(const struct gale_handle_table *t, uint32_t index)
{
    struct gale_handle *h;

    if (index == 0 || index > t->used) {
        return NULL;
    }
    h = &t->entries[index - 1u];
    return h->kind != GALE_HANDLE_FREE ? h : NULL;
}

void gale_handle_table_remove(struct gale_handle_table *t, uint32_t index)
{
    struct gale_handle *h = &t->entries[index - 1u];

    GALE_ASSERT(index - 1u < t->used && h->kind != GALE_HANDLE_FREE);
    h->kind = GALE_HANDLE_FREE;
    h->object = t->free;
    t->free = (gale_id)(index - 1u);
}
