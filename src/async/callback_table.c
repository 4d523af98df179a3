/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/async/callback_table.h"

#include "callback_table_internal.h"

void gale_callback_table_init(struct gale_callback_table *t, struct gale_callback *entries, uint32_t capacity)
{
    t->entries = entries;
    t->capacity = capacity < GALE_WAITABLE_EVENT_TYPES ? capacity : GALE_WAITABLE_EVENT_TYPES;
    t->count = 0;
    t->sealed = false;
    /*@ loop invariant range: 0 <= type <= GALE_WAITABLE_EVENT_TYPES;
        loop invariant clear: \forall integer k; 0 <= k < type ==> t->slot[k] == 0;
        loop assigns type, t->slot[0 .. 6];
        loop variant GALE_WAITABLE_EVENT_TYPES - type;
    */
    for (uint32_t type = 0; type < GALE_WAITABLE_EVENT_TYPES; type++) {
        t->slot[type] = 0;
    }
}

/* True when `type` is not registered, or its slot names an entry that names it back. */
/*@ requires own: \valid_read(t) && \valid_read(t->entries + (0 .. t->capacity - 1));
    requires range: t->count <= t->capacity && type < GALE_WAITABLE_EVENT_TYPES;
    assigns  \nothing;
    ensures  cb01: \result <==> callback_table_slot_ok(t, type);
*/
static bool callback_table_slot_is_valid(const struct gale_callback_table *t, uint32_t type)
{
    const uint32_t slot = t->slot[type];

    return slot == 0 || (slot <= t->count && t->entries[slot - 1u].type == type);
}

/* True when the type of entry `i` has its slot there. */
/*@ requires own: \valid_read(t) && \valid_read(t->entries + (0 .. t->capacity - 1));
    requires range: i < t->count <= t->capacity;
    assigns  \nothing;
    ensures  cb01: \result <==> callback_table_entry_ok(t, i);
*/
static bool callback_table_entry_is_valid(const struct gale_callback_table *t, uint32_t i)
{
    const struct gale_callback *entry = &t->entries[i];

    return entry->fn != NULL && entry->type < GALE_WAITABLE_EVENT_TYPES && t->slot[entry->type] == i + 1u;
}

bool gale_callback_table_is_valid(const struct gale_callback_table *t)
{
    if (t->count > t->capacity || t->capacity > GALE_WAITABLE_EVENT_TYPES) {
        return false;
    }
    /*@ loop invariant range: 0 <= type <= GALE_WAITABLE_EVENT_TYPES;
        loop invariant slots: \forall integer k; 0 <= k < type ==> callback_table_slot_ok(t, k);
        loop assigns type;
        loop variant GALE_WAITABLE_EVENT_TYPES - type;
    */
    for (uint32_t type = 0; type < GALE_WAITABLE_EVENT_TYPES; type++) {
        if (!callback_table_slot_is_valid(t, type)) {
            return false;
        }
    }
    /*@ loop invariant range: 0 <= i <= t->count;
        loop invariant entries: \forall integer k; 0 <= k < i ==> callback_table_entry_ok(t, k);
        loop assigns i;
        loop variant t->count - i;
    */
    for (uint32_t i = 0; i < t->count; i++) {
        if (!callback_table_entry_is_valid(t, i)) {
            return false;
        }
    }
    return true;
}

/*@ requires own: \valid(entry);
    assigns  entry->fn, entry->arg, entry->type;
    ensures  cb05: entry->fn == fn && entry->arg == arg && entry->type == type;
*/
static void callback_table_store(struct gale_callback *entry, uint32_t type, gale_callback_fn fn, void *arg)
{
    entry->fn = fn;
    entry->arg = arg;
    entry->type = type;
}

int gale_callback_table_register(struct gale_callback_table *t, uint32_t type, gale_callback_fn fn, void *arg)
{
    if (t->sealed) {
        return GALE_EPERM;
    }
    if (type >= GALE_WAITABLE_EVENT_TYPES || fn == NULL) {
        return GALE_EINVAL;
    }
    if (t->slot[type] != 0) {
        return GALE_EEXIST;
    }
    if (t->count >= t->capacity) {
        return GALE_ENOMEM;
    }
    /* No entry has this type; after the stores each old one still has its own. */
    //@ assert slots: \forall integer k; 0 <= k < 7 ==> callback_table_slot_ok(t, k) && t->slot[k] <= t->count;
    //@ assert fresh: \forall integer i; 0 <= i < t->count ==> callback_table_entry_ok(t, i) && t->entries[i].type != type;
    callback_table_store(&t->entries[t->count], type, fn, arg);
    t->count++;
    t->slot[type] = (uint8_t)t->count;
    /*@ assert old: \forall integer i; 0 <= i < t->count - 1 ==>
          t->entries[i].fn != \null && t->entries[i].type < GALE_WAITABLE_EVENT_TYPES && t->entries[i].type != type; */
    //@ assert back: \forall integer i; 0 <= i < t->count - 1 ==> t->slot[t->entries[i].type] == i + 1;
    //@ assert mine: callback_table_entry_ok(t, t->count - 1) && callback_table_slot_ok(t, type);
    //@ assert entries: \forall integer i; 0 <= i < t->count ==> callback_table_entry_ok(t, i);
    /*@ assert kept: \forall integer k; 0 <= k < 7 && k != type && t->slot[k] != 0 ==>
          t->slot[k] < t->count && t->entries[t->slot[k] - 1].type == \at(t->entries[t->slot[k] - 1].type, Pre); */
    //@ assert same: \forall integer k; 0 <= k < 7 && k != type ==> t->slot[k] == \at(t->slot[k], Pre);
    //@ assert slots: \forall integer k; 0 <= k < 7 ==> callback_table_slot_ok(t, k);
    return GALE_OK;
}

void gale_callback_table_seal(struct gale_callback_table *t)
{
    t->sealed = true;
}

int gale_callback_table_dispatch(const struct gale_callback_table *t, const struct gale_waitable_event *event,
                                 int *result)
{
    const struct gale_callback *entry = NULL;
    int answer = GALE_OK;

    if (!t->sealed) {
        return GALE_EPERM;
    }
    if (event->type >= GALE_WAITABLE_EVENT_TYPES) {
        return GALE_EINVAL;
    }
    if (t->slot[event->type] == 0) {
        return GALE_ENOENT;
    }
    //@ assert named: callback_table_slot_ok(t, event->type);
    //@ assert entry: callback_table_entry_ok(t, t->slot[event->type] - 1);
    entry = &t->entries[t->slot[event->type] - 1u];
    answer = callback_table_call(entry, event);
    if (result != NULL) {
        *result = answer;
    }
    return GALE_OK;
}
