/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Handle table: one index space per instance for resources, waitables, waitable sets and error contexts.
 *
 * Indices are given out as the specification's table does: the one freed last first, else the lowest never used.
 * Source: Canonical ABI, Table State. Properties: HT01..HT05.
 */
#ifndef GALE_COMPONENT_HANDLE_TABLE_H
#define GALE_COMPONENT_HANDLE_TABLE_H

#include "gale/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a handle stands for. */
enum gale_handle_kind {
    GALE_HANDLE_FREE,
    GALE_HANDLE_OWN,
    GALE_HANDLE_BORROW,
    GALE_HANDLE_SET,
    GALE_HANDLE_ERROR_CONTEXT,
    GALE_HANDLE_SUBTASK,
    GALE_HANDLE_STREAM_READ, /**< From here on: an end, with the low two bits as `enum gale_event` has them. */
    GALE_HANDLE_STREAM_WRITE,
    GALE_HANDLE_FUTURE_READ,
    GALE_HANDLE_FUTURE_WRITE
};

#define GALE_HANDLE_EVENT 1u /**< Flag of a waitable: an event is pending. */
#define GALE_HANDLE_SYNC 2u  /**< Flag of a waitable: `set` is the thread that waits for it synchronously. */

/** Largest index of any table. */
#define GALE_HANDLE_INDEX_MAX 0x0fffffffu

/** One entry. Fields are private. */
struct gale_handle {
    uint8_t kind;     /**< enum gale_handle_kind. */
    uint8_t state;    /**< Of an end: enum gale_copy_state; of a waitable its flags are in `lends`. */
    gale_id lends;    /**< Resource: subtasks that it is lent to. Waitable: GALE_HANDLE_EVENT, GALE_HANDLE_SYNC. */
    gale_id object;   /**< Resource type, set, subtask, or shared stream/future. Free: next free entry. */
    gale_id set;      /**< Waitable: its set or its synchronous waiter, GALE_ID_NONE if neither. Borrow: its task. */
    uint32_t payload; /**< Resource: representation. End with an event: the packed result. */
};

/** A table of one instance: index i is entries[i - 1]. Fields are private. */
struct gale_handle_table {
    struct gale_handle *entries;
    gale_id count; /**< Entries there are. */
    gale_id used;  /**< Entries below this have been in use. */
    gale_id free;  /**< The entry freed last, GALE_ID_NONE if none is free. */
    gale_id node;  /**< Link of entry 0 in the store's links. */
};

#ifdef __FRAMAC__
#include "component/handle_table.acsl"
#endif

/** True when each entry below `used` is in use or in the free chain, exactly once; O(n). @context any; never blocks. */
/*@ requires own: \valid_read(t) && \valid_read(t->entries + (0 .. t->count - 1));
    assigns  \nothing;
    ensures  ok: \result ==> t->used <= t->count;
*/
bool gale_handle_table_is_valid(const struct gale_handle_table *t);

/**
 * Begin with no entry in use.
 *
 * @param[in] entries  `count` records, at most GALE_HANDLE_INDEX_MAX; kept by the table.
 * @param[in] node     Link of the first entry.
 * @context init only; never blocks.
 * @satisfies HT02
 */
/*@ requires own: \valid(t) && \valid(entries + (0 .. count - 1)) && \separated(t, entries + (0 .. count - 1));
    assigns  *t;
    ensures  ok:   handle_table_ok(t) && handle_table_memory(t) && t->entries == entries && t->count == count;
    ensures  ht02: \forall integer k; !handle_table_live(t, k);
*/
void gale_handle_table_init(struct gale_handle_table *t, struct gale_handle *entries, gale_id count, gale_id node);

/**
 * Take an entry: the one freed last, else the lowest never used.
 *
 * @param[in]  kind    Not GALE_HANDLE_FREE.
 * @param[in]  object  What it stands for.
 * @return Its index, 1 or more; 0 if the table is full.
 * @context store's executor; never blocks; O(1).
 * @satisfies HT01 HT02 HT05
 */
/*@ requires own: \valid(t) && handle_table_memory(t);
    requires ok:  handle_table_ok(t) && GALE_HANDLE_FREE < kind <= GALE_HANDLE_FUTURE_WRITE;
    assigns  t->free, t->used, t->entries[0 .. t->count - 1];
    ensures  ok:   handle_table_ok(t);
    ensures  ht05: \result == 0 <==> \old(handle_table_full(t));
    ensures  ht05: \result == 0 ==> t->free == \old(t->free) && t->used == \old(t->used);
    ensures  ht05: \old(t->used == t->count && \forall integer i; !handle_table_free(t, i)) ==> \result == 0;
    ensures  ht02: \result != 0 ==> !\old(handle_table_live(t, \result)) && handle_table_live(t, \result);
    ensures  ht01: \result != 0 ==> t->entries[\result - 1].object == object;
    ensures  ht04: \result != 0 ==> t->entries[\result - 1].kind == kind;
    ensures  ht01: handle_table_others{Old, Here}(t, \result);
*/
uint32_t gale_handle_table_add(struct gale_handle_table *t, enum gale_handle_kind kind, gale_id object);

/**
 * The entry of `index`.
 *
 * @param[in] index  Anything a guest passes.
 * @return The entry in use; NULL if there is none.
 * @context store's executor; never blocks; O(1).
 * @satisfies HT01 HT02 HT03
 */
/*@ requires own: \valid_read(t) && \valid(t->entries + (0 .. t->count - 1)) && t->used <= t->count;
    assigns  \nothing;
    ensures  ht02: index == 0 ==> \result == \null;
    ensures  ht01: handle_table_live(t, index) ==> \result == t->entries + (index - 1) && \valid(\result);
    ensures  ht03: !handle_table_live(t, index) ==> \result == \null;
*/
struct gale_handle *gale_handle_table_get(const struct gale_handle_table *t, uint32_t index);

/**
 * Give an entry back; the next one taken is this.
 *
 * @param[in] index  In use.
 * @context store's executor; never blocks; O(1).
 * @satisfies HT03
 */
/*@ requires own: \valid(t) && handle_table_memory(t);
    requires ok:  handle_table_ok(t) && handle_table_live(t, index);
    assigns  t->free, t->entries[index - 1].kind, t->entries[index - 1].object;
    ensures  ok:   handle_table_ok(t);
    ensures  ht03: !handle_table_live(t, index) && !handle_table_full(t);
    ensures  ht01: handle_table_others{Old, Here}(t, index);
*/
void gale_handle_table_remove(struct gale_handle_table *t, uint32_t index);

#ifdef __cplusplus
}
#endif

#endif /* GALE_COMPONENT_HANDLE_TABLE_H */
