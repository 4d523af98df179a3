/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * The export `parse`: text in, entries out. The guest defines produce(). */
#ifndef PARSER_EXPORT_H
#define PARSER_EXPORT_H

#include "entry.h"

DEFINE_STREAM(text, "[export]gale:pipeline/parser", "0", "parse");
DEFINE_STREAM(entries, "[export]gale:pipeline/parser", "1", "parse");
DEFINE_WRITE_ALL(entries, sizeof(struct entry))

IMPORT("[export]gale:pipeline/parser", "[task-return]parse") void parse_return(uint32_t entries);

/** Reads `text` to its end and drops it; writes entries to `out`. */
void produce(uint32_t text, uint32_t out);

/* Returns its stream first and fills it then. */
EXPORT("[async-lift]gale:pipeline/parser#parse") uint32_t parse(uint32_t text)
{
    uint64_t ends = stream_new_entries();
    parse_return(READABLE(ends));
    produce(text, WRITABLE(ends));
    stream_drop_writable_entries(WRITABLE(ends));
    return GUEST_EXIT;
}

EXPORT("[callback][async-lift]gale:pipeline/parser#parse")
uint32_t parse_callback(uint32_t event, uint32_t p1, uint32_t p2)
{
    (void)event;
    (void)p1;
    (void)p2;
    return GUEST_EXIT;
}

#endif /* PARSER_EXPORT_H */
