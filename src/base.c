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

/* The rows one by one: provers know each entry of the table, not all at once. */
/*@ predicate status_row(integer i) =
      i == 0 || i == 1 || i == 2 || i == 3 || i == 4 || i == 5 || i == 6 || i == 7 || i == 8 || i == 9 || i == 10 ||
      i == 11 || i == 12 || i == 13 || i == 14 || i == 15 || i == 16;
*/

/*@ assigns \nothing;
    ensures row: 0 <= \result <= STATUS_UNKNOWN && status_row(\result);
*/
static size_t base_find(int status)
{
    size_t i = 0;

    /*@ loop invariant bound: 0 <= i <= STATUS_UNKNOWN;
        loop assigns i;
        loop variant STATUS_UNKNOWN - i;
    */
    while (i < STATUS_UNKNOWN && status_table[i].value != status) {
        i++;
    }
    return i;
}

const char *gale_status_name(int status)
{
    const struct status_entry *entry = &status_table[base_find(status)];

    return entry->name;
}

const char *gale_status_text(int status)
{
    const struct status_entry *entry = &status_table[base_find(status)];

    return entry->text;
}
