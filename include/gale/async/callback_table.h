/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Callback table: which function takes which type of event. Filled at start, sealed, then only read.
 *
 * The one place in this layer that calls through a pointer. A table is sealed before its first event: from then on it
 * never changes, so what a type leads to can be read off the start-up code.
 *
 * Owner:  the caller supplies table and entries; they and the callbacks' arguments outlive the last dispatch.
 * Needs:  async/waitable_set. Used by: component/task. Properties: CB01..CB05.
 */
#ifndef GALE_ASYNC_CALLBACK_TABLE_H
#define GALE_ASYNC_CALLBACK_TABLE_H

#include "gale/async/waitable_set.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Takes one event. What it returns is the dispatcher's `result`; GALE_OK unless something failed.
 *
 * @context as gale_callback_table_dispatch().
 */
typedef int (*gale_callback_fn)(void *arg, const struct gale_waitable_event *event);

/** One registration. Fields are private. */
struct gale_callback {
    gale_callback_fn fn; /**< Called with `arg` and the event. */
    void *arg;           /**< The caller's. */
    uint32_t type;       /**< Which events, an enum gale_waitable_event_type. */
};

/** A table. Fields are private. */
struct gale_callback_table {
    struct gale_callback *entries;           /**< `capacity` registrations, the caller's. */
    uint32_t capacity;                       /**< Most registrations, 0..GALE_WAITABLE_EVENT_TYPES. */
    uint32_t count;                          /**< Registrations made, 0..capacity. */
    uint8_t slot[GALE_WAITABLE_EVENT_TYPES]; /**< For each type: 1 + its index in `entries`, 0 if none. */
    bool sealed;                             /**< No more registrations. */
};

#ifdef __FRAMAC__
#include "async/callback_table.acsl"
#endif

/**
 * Make an empty, open table.
 *
 * @param[out] t         Table.
 * @param[in]  entries   `capacity` registrations; kept by the caller.
 * @param[in]  capacity  Most types that can be registered; what exceeds GALE_WAITABLE_EVENT_TYPES is not used.
 * @context init only; never blocks.
 * @satisfies CB01
 */
/*@ requires own: \valid(t) && \valid(entries + (0 .. capacity - 1));
    requires sep: \separated(t, entries + (0 .. capacity - 1));
    assigns  *t;
    ensures  cb01: callback_table_ok(t) && t->count == 0 && t->capacity <= capacity;
    ensures  open: !t->sealed;
*/
void gale_callback_table_init(struct gale_callback_table *t, struct gale_callback *entries, uint32_t capacity);

/** True when the table holds its invariant: no type twice, every count in range. @context any; never blocks. */
/*@ requires own: \valid_read(t) && \valid_read(t->entries + (0 .. t->capacity - 1));
    assigns  \nothing;
    ensures  cb01: \result <==> callback_table_ok(t);
*/
bool gale_callback_table_is_valid(const struct gale_callback_table *t);

/**
 * Let `fn(arg, event)` take the events of `type`.
 *
 * @param[in,out] t     Table.
 * @param[in]     type  An enum gale_waitable_event_type, NONE included: a callback that yielded is called with it.
 * @param[in]     fn    Not NULL.
 * @param[in]     arg   Passed to `fn`.
 * @retval GALE_OK      Registered.
 * @retval GALE_EPERM   The table is sealed; nothing changed.
 * @retval GALE_EINVAL  `type` is no event type or `fn` is NULL; nothing changed.
 * @retval GALE_EEXIST  `type` is registered; nothing changed.
 * @retval GALE_ENOMEM  `capacity` types are registered; nothing changed.
 * @context thread; never blocks.
 * @satisfies CB01 CB04 CB05
 */
/*@ requires own: \valid(t) && \valid(t->entries + (0 .. t->capacity - 1));
    requires ok:  callback_table_ok(t);
    requires sep: \separated(t, t->entries + (0 .. t->capacity - 1));
    assigns  t->count, t->slot[0 .. 6], t->entries[t->count];
    ensures  cb01: callback_table_ok(t);
    ensures  cb04: \old(t->sealed) ==> \result == GALE_EPERM;
    ensures  cb05: \result == GALE_OK ==> type < GALE_WAITABLE_EVENT_TYPES && fn != \null &&
               t->slot[type] == t->count && t->count == \old(t->count) + 1;
    ensures  kept: \result != GALE_OK ==> t->count == \old(t->count) &&
               \forall integer k; 0 <= k < 7 ==> t->slot[k] == \old(t->slot[k]);
*/
int gale_callback_table_register(struct gale_callback_table *t, uint32_t type, gale_callback_fn fn, void *arg);

/**
 * Close the table for good. Sealing twice equals sealing once.
 *
 * @context thread; never blocks.
 * @satisfies CB04
 */
/*@ requires own: \valid(t);
    assigns  t->sealed;
    ensures  cb04: t->sealed;
*/
void gale_callback_table_seal(struct gale_callback_table *t);

/**
 * Call the callback that is registered for the event's type, once, with the event as it is.
 *
 * @param[in]  t       Table.
 * @param[in]  event   Not changed; need not stay after the call.
 * @param[out] result  What the callback returned; unchanged if none was called; may be NULL.
 * @retval GALE_OK      The callback was called.
 * @retval GALE_EPERM   The table is not sealed; nothing was called.
 * @retval GALE_EINVAL  The event's type is none of the seven; nothing was called.
 * @retval GALE_ENOENT  No callback is registered for it; nothing was called.
 * @context thread, callback task; blocks if the callback does, on the same stack.
 * @satisfies CB02 CB03 CB04 CB05
 */
/*@ requires own: \valid_read(t) && \valid_read(event) && \valid_read(t->entries + (0 .. t->capacity - 1));
    requires ok:  callback_table_ok(t);
    requires out: result == \null || \valid(result);
    assigns  callback_table_trace, *result;
    behavior gale_eperm:
      assumes !t->sealed;
      assigns \nothing;
      ensures cb04: \result == GALE_EPERM;
    behavior gale_einval:
      assumes t->sealed && GALE_WAITABLE_EVENT_TYPES <= event->type;
      assigns \nothing;
      ensures cb05: \result == GALE_EINVAL;
    behavior gale_enoent:
      assumes t->sealed && event->type < GALE_WAITABLE_EVENT_TYPES && t->slot[event->type] == 0;
      assigns \nothing;
      ensures cb03: \result == GALE_ENOENT;
    behavior gale_ok:
      assumes t->sealed && event->type < GALE_WAITABLE_EVENT_TYPES && 0 < t->slot[event->type];
      ensures cb02: \result == GALE_OK && callback_table_called{Pre, Post}(callback_table_of(t, event->type), event);
*/
int gale_callback_table_dispatch(const struct gale_callback_table *t, const struct gale_waitable_event *event,
                                 int *result);

/**
 * Take and dispatch the pending events of `set`: the body of a callback task that gale_waitable_set_on_event() runs.
 * Takes at most as many as `set` has members at the start; what comes meanwhile asks the task to run again.
 *
 * @retval GALE_OK     Each event taken was dispatched and each callback returned GALE_OK.
 * @retval GALE_EPERM  The table is not sealed; no event was taken.
 * @return Otherwise the first other status: GALE_ENOENT for an event without a callback (it is taken and gone), or what
 *         a callback returned. The events after it were dispatched all the same.
 * @context thread, callback task; blocks if a callback does, on the same stack.
 * @satisfies CB02 CB03 PL12
 */
/*@ requires own: \valid_read(t) && waitable_set_own(set) && \valid_read(t->entries + (0 .. t->capacity - 1));
    requires ok:  callback_table_ok(t);
*/
int gale_callback_table_serve(const struct gale_callback_table *t, struct gale_waitable_set *set);

#ifdef __cplusplus
}
#endif

#endif /* GALE_ASYNC_CALLBACK_TABLE_H */
