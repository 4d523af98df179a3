/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Values in an arena, by type: fields by number, cases and flags by label. A label that a type does not have is a
 * mistake of the host's code and ends the program.
 */
#ifndef GALE_HOST_VALUE_H
#define GALE_HOST_VALUE_H

#include "describe.h"
#include "host_arena.h"

#include <stddef.h>

/** Where a value lies. */
struct host_place {
    struct gale_arena *arena;
    const struct gale_wit_type *type; /**< NULL: there is no value, as in a case without payload. */
    uint32_t address;
};

/** Bytes in an arena: a string or a list<u8>. */
struct host_bytes {
    const char *data;
    uint32_t count;
};

/** Room for a value of `type`, zeroed; its address is 0 when the arena is full. */
struct host_place host_value_new(struct gale_arena *arena, const struct gale_wit_type *type);

/** Field number `index` of a record or tuple. */
struct host_place host_value_field(struct host_place record, uint32_t index);

/** The integer, bool, char or handle at `place`. */
uint64_t host_value_load(struct host_place place);

/** Store an integer, bool, char or handle. */
void host_value_store(struct host_place place, uint64_t value);

/** The label of the case that a variant has; of options `none` and `some`, of results `ok` and `error`. */
const char *host_value_label(struct host_place variant);

/** The payload of the case that a variant has. */
struct host_place host_value_payload(struct host_place variant);

/** Give a variant the case `label`. @return Where its payload goes. */
struct host_place host_value_case(struct host_place variant, const char *label);

/** True when a variant type has the case `label`. */
bool host_value_has_case(const struct gale_wit_type *variant, const char *label);

/** True when the flag `label` is set. */
bool host_value_flag(struct host_place flags, const char *label);

/** Set the flag `label`. */
void host_value_set_flag(struct host_place flags, const char *label);

/** The string or list of bytes at `place`. */
struct host_bytes host_value_bytes(struct host_place place);

/** Copy a string or list of bytes to the arena and store it at `place`. @return false when the arena is full. */
bool host_value_store_bytes(struct host_place place, const void *data, size_t bytes);

/** Make the list at `place` one of `count` elements, zeroed. @return The first; its address is 0 on failure. */
struct host_place host_value_list(struct host_place place, uint32_t count);

/** Element number `index` of the list that begins with `first`. */
struct host_place host_value_item(struct host_place first, uint32_t index);

#endif /* GALE_HOST_VALUE_H */
