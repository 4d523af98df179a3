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

enum { ENTRY_BATCH = 256 };

#endif /* ENTRY_H */
