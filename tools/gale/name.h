/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The grammar of labels and of the names of imports and exports, and when two names count as equal.
 */
#ifndef GALE_TOOL_NAME_H
#define GALE_TOOL_NAME_H

#include "arena.h"

/** Words joined by '-', each all lower or all upper case; the first begins with a letter. */
bool name_is_label(struct str text);

enum name_kind {
    NAME_INVALID,
    NAME_PLAIN,       /**< "run" */
    NAME_CONSTRUCTOR, /**< "[constructor]blob" */
    NAME_METHOD,      /**< "[method]blob.write" */
    NAME_STATIC,      /**< "[static]blob.merge" */
    NAME_INTERFACE,   /**< "wasi:cli/run@0.3.0" */
};

/** What a name says, and in `parts` the resource's label and the function's, as far as there are such. */
enum name_kind name_parse(struct str text, struct str parts[2]);

bool name_is_interface(struct str text);

/** A semantic version: "1.2.3-rc.1+build". */
bool name_is_version(struct str text);

/** "1", "0.2" or "0.0.3": a version cut behind its first number that is not zero. */
bool name_is_canonical_version(struct str text);

/** The form in which names of one scope must differ: lower case, without [method] and [static]. */
struct str name_canonical(struct arena *arena, struct str text);

/** Names with a number each: a hash table. All zero is an empty map. */
struct name_map {
    struct name_slot *slots;
    uint32_t room; /**< A power of two, or 0. */
    uint32_t used;
};

/** False if the map holds the name already; it keeps its number then. */
bool name_map_add(struct arena *arena, struct name_map *map, struct str name, uint32_t value);
bool name_map_find(const struct name_map *map, struct str name, uint32_t *value);

#endif /* GALE_TOOL_NAME_H */
