/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/async/callback_table.h"

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
    t->entries[t->count].fn = fn;
    t->entries[t->count].arg = arg;
    t->entries[t->count].type = type;
    t->count++;
    t->slot[type] = (uint8_t)t->count;
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
    entry = &t->entries[t->slot[event->type] - 1u];
    answer = entry->fn(entry->arg, event);
    if (result != NULL) {
        *result = answer;
    }
    return GALE_OK;
}

int gale_callback_table_serve(const struct gale_callback_table *t, struct gale_waitable_set *set)
{
    gale_id left = gale_waitable_set_members(set);
    struct gale_waitable_event event = {GALE_WAITABLE_EVENT_NONE, 0, 0};
    int status = GALE_OK;

    if (!t->sealed) {
        return GALE_EPERM;
    }
    /*@ loop invariant own: waitable_set_own(set) && callback_table_ok(t);
        loop assigns left, event, status, callback_table_effects;
        loop variant left;
    */
    for (; left > 0 && gale_waitable_set_poll(set, &event) == GALE_OK; left--) {
        int result = GALE_OK;
        const int outcome = gale_callback_table_dispatch(t, &event, &result);
        const int answer = outcome == GALE_OK ? result : outcome;
        status = status == GALE_OK ? answer : status;
    }
    return status;
}
