/* SPDX-License-Identifier: Apache-2.0 */
/* filter: lets pass what takes at least a mebibyte when installed. */
#include "parser_export.h"
#include "parser_import.h"

enum { LEAST_KIB = 1024 };

void produce(uint32_t text, uint32_t out)
{
    static struct entry batch[ENTRY_BATCH];
    uint32_t entries = parser_open(text);
    bool ended = false;
    while (!ended) {
        uint32_t count = parser_read(entries, batch, &ended);
        uint32_t kept = 0;
        for (uint32_t k = 0; k < count; k++) {
            batch[kept] = batch[k];
            kept += batch[k].installed_size >= LEAST_KIB;
        }
        ended = !write_all_entries(out, batch, kept) || ended;
    }
    stream_drop_readable_source(entries);
}
