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

/** True when each entry below `used` is in use or in the free chain, exactly once; O(n). @context any; never blocks. */
/*@ requires own: \valid_read(t) && \valid_read(t->entries + (0 .. t->count - 1));
    assigns  \nothing;
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
/*@ requires own: \valid(t) && \valid(entries + (0 .. count - 1));
    assigns  *t;
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
/*@ requires own: \valid(t) && \valid(t->entries + (0 .. t->count - 1));
    assigns  *t, t->entries[0 .. t->count - 1];
    ensures  ht05: \result == 0 || 1 <= \result <= t->count;
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
/*@ requires own: \valid_read(t) && \valid(t->entries + (0 .. t->count - 1));
    assigns  \nothing;
    ensures  ht02: index == 0 ==> \result == \null;
    ensures  ht01: \result != \null ==> 1 <= index <= t->count && \result == t->entries + (index - 1);
*/
struct gale_handle *gale_handle_table_get(const struct gale_handle_table *t, uint32_t index);

/**
 * Give an entry back; the next one taken is this.
 *
 * @param[in] index  In use.
 * @context store's executor; never blocks; O(1).
 * @satisfies HT03
 */
/*@ requires own: \valid(t) && \valid(t->entries + (0 .. t->count - 1)) && 1 <= index <= t->used;
    assigns  *t, t->entries[index - 1];
    ensures  ht03: t->entries[index - 1].kind == GALE_HANDLE_FREE;
*/
void gale_handle_table_remove(struct gale_handle_table *t, uint32_t index);

#ifdef __cplusplus
}
#endif

#endif /* GALE_COMPONENT_HANDLE_TABLE_H */
