/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/base.h"

struct status_entry {
    int value;
    const char *name;
    const char *text;
};

static const struct status_entry status_table[] = {
#define STATUS_ENTRY(name, value, text) {(value), #name, (text)},
    GALE_STATUS_TABLE(STATUS_ENTRY)
#undef STATUS_ENTRY
        {1, "GALE_E?", "unknown status"},
};

#define STATUS_UNKNOWN (sizeof(status_table) / sizeof(status_table[0]) - 1u)

/*@ assigns \nothing;
    ensures known: \valid_read(\result);
*/
static const struct status_entry *base_find(int status)
{
    size_t i = 0;

    /*@ loop invariant bound: 0 <= i <= STATUS_UNKNOWN;
        loop assigns i;
        loop variant STATUS_UNKNOWN - i;
    */
    while (i < STATUS_UNKNOWN && status_table[i].value != status) {
        i++;
    }
    return &status_table[i];
}

const char *gale_status_name(int status)
{
    return base_find(status)->name;
}

const char *gale_status_text(int status)
{
    return base_find(status)->text;
}
