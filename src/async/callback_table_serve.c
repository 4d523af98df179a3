/* SPDX-License-Identifier: Apache-2.0 */
/* The body of a callback task. Apart, so that a table alone links no waitable set. */
#include "gale/async/callback_table.h"

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
