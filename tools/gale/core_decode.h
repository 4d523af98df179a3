/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The parts of a core module's binary format that also stand in the types of a component.
 */
#ifndef GALE_TOOL_CORE_DECODE_H
#define GALE_TOOL_CORE_DECODE_H

#include "core.h"
#include "reader.h"

/** A value type, one byte in the result; reference types of the garbage collection proposal are refused by name. */
uint8_t core_decode_value(struct reader *r);

/** A functype behind its 0x60 byte. */
void core_decode_func_type(struct reader *r, struct core_func_type *type);

/** The type of an item whose sort is in `type->sort`. For functions and tags the type index goes to `*type_index`, and
    `type->func` is left to the caller. */
void core_decode_item(struct reader *r, struct core_extern *type, uint32_t *type_index);

/** The same behind a byte for the sort. */
void core_decode_extern(struct reader *r, struct core_extern *type, uint32_t *type_index);

/** Validates what decoding passes over: constant expressions, segments and code. `r` reads the component's file. */
void core_validate(struct reader *r, const struct core_module *m);

/** A constant expression with its end. */
void core_decode_skip_constant(struct reader *r);

#endif /* GALE_TOOL_CORE_DECODE_H */
