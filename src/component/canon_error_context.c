/* SPDX-License-Identifier: Apache-2.0 */
/** Canonical ABI, canon error-context.*: in the deterministic profile the message is empty. */
#include <string.h>

#include "runtime.h"

/*@ requires own: \valid(i); */
static void canon_error_context_check(struct gale_instance *i, uint32_t h)
{
    if (gale__handle(i, h)->kind != GALE_HANDLE_ERROR_CONTEXT) {
        gale_trap_value(i, GALE_TRAP_WRONG_KIND, h);
    }
}

/*@ requires own: \valid(i); */
static void canon_error_context_may_leave(struct gale_instance *i)
{
    if (!i->may_leave) {
        gale_trap(i, GALE_TRAP_CANNOT_LEAVE);
    }
}

uint32_t gale_canon_error_context_new(struct gale_instance *i, const struct gale_value_options *o, uint32_t ptr,
                                      uint32_t units)
{
    uint32_t index;

    (void)o;
    (void)ptr;
    (void)units;
    canon_error_context_may_leave(i);
    index = gale_handle_table_add(&i->handles, GALE_HANDLE_ERROR_CONTEXT, 0);
    if (index == 0) {
        gale_trap(i, GALE_TRAP_TABLE_FULL);
    }
    return index;
}

void gale_canon_error_context_debug_message(struct gale_instance *i, const struct gale_value_options *o, uint32_t h,
                                            uint32_t ptr)
{
    const struct gale_value_side side = {i, o, NULL, GALE_ID_NONE};
    uint32_t message[2] = {0, 0};

    canon_error_context_may_leave(i);
    canon_error_context_check(i, h);
    if (o->realloc != NULL) {
        message[0] = gale_value_realloc(&side, 0, 0, o->encoding == GALE_ENCODING_UTF8 ? 1 : 2, 0);
    }
    memcpy(gale_value_at(&side, ptr, sizeof message, 4), message, sizeof message);
}

void gale_canon_error_context_drop(struct gale_instance *i, uint32_t h)
{
    canon_error_context_may_leave(i);
    canon_error_context_check(i, h);
    gale_handle_table_remove(&i->handles, h);
}
