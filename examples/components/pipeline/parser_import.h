/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * The import `parse`, and memory for the strings of the entries that it gives. */
#ifndef PARSER_IMPORT_H
#define PARSER_IMPORT_H

#include "entry.h"

IMPORT("gale:pipeline/parser", "[async-lower]parse") uint32_t parser_parse(uint32_t text, uint32_t *entries);
IMPORT("$root", "[subtask-drop]") void guest_subtask_drop(uint32_t subtask);
DEFINE_STREAM(source, "gale:pipeline/parser", "1", "parse");

enum { SUBTASK_RETURNED = 2 };

/** Call `parse` and wait for its stream. */
static inline uint32_t parser_open(uint32_t text)
{
    static uint32_t entries;
    uint32_t status = parser_parse(text, &entries);
    uint32_t subtask = status >> 4;
    while ((status & 15u) != SUBTASK_RETURNED) {
        status = guest_wait(subtask, GUEST_BLOCKED);
    }
    if (subtask != 0) {
        guest_subtask_drop(subtask);
    }
    return entries;
}

/* Strings live until the next batch is read. */
static char strings[ENTRY_STRINGS];
static uint32_t strings_used;

EXPORT("cabi_realloc") void *cabi_realloc(void *old, uint32_t old_bytes, uint32_t align, uint32_t bytes)
{
    (void)old;
    (void)old_bytes;
    uint32_t at = (strings_used + align - 1) & ~(align - 1);
    if (at + bytes > sizeof strings) {
        __builtin_trap();
    }
    strings_used = at + bytes;
    return strings + at;
}

/** Read a batch of entries; their strings are good until the next call. @return How many; 0 at the end. */
static inline uint32_t parser_read(uint32_t entries, struct entry *batch, bool *ended)
{
    strings_used = 0;
    return READ(source, entries, batch, ENTRY_BATCH, *ended);
}

#endif /* PARSER_IMPORT_H */
