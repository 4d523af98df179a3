/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * One entry of the package index, as the Canonical ABI lays it out. */
#ifndef ENTRY_H
#define ENTRY_H

#include "../guest.h"

struct entry_text {
    const char *data;
    uint32_t bytes;
};

struct entry {
    struct entry_text name;
    struct entry_text section;
    uint64_t installed_size; /* KiB */
    uint64_t size;           /* bytes */
};

_Static_assert(sizeof(struct entry) == 32, "layout of record entry");

/* Entries of a batch, bytes of text read at once and kept of a batch, sections of the table. */
#ifdef PIPELINE_SMALL
enum { ENTRY_BATCH = 8, ENTRY_TEXT = 512, ENTRY_STRINGS = 1024, ENTRY_SECTIONS = 32 };
#else
enum { ENTRY_BATCH = 256, ENTRY_TEXT = 1 << 16, ENTRY_STRINGS = 1 << 16, ENTRY_SECTIONS = 256 };
#endif

#endif /* ENTRY_H */
