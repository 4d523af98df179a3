/* SPDX-License-Identifier: Apache-2.0 */
/* The one call through a pointer, in a place of its own. */
#ifndef GALE_SRC_ASYNC_CALLBACK_TABLE_INTERNAL_H
#define GALE_SRC_ASYNC_CALLBACK_TABLE_INTERNAL_H

#include "gale/async/callback_table.h"

/* Calls the callback of an entry. For WP a function without body: what a callback does is its own (SOUNDNESS.md). */
/*@ requires own: \valid_read(entry) && \valid_read(event) && entry->fn != \null;
    assigns  callback_table_trace;
    ensures  cb02: callback_table_called{Pre, Post}(entry, event);
*/
static inline int callback_table_call(const struct gale_callback *entry, const struct gale_waitable_event *event);

#ifndef __FRAMAC__
static inline int callback_table_call(const struct gale_callback *entry, const struct gale_waitable_event *event)
{
    return entry->fn(entry->arg, event);
}
#endif

#endif /* GALE_SRC_ASYNC_CALLBACK_TABLE_INTERNAL_H */
