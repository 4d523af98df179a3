/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Sizes, alignments, offsets and flat values of a type whose parts have theirs.
 */
#ifndef GALE_TOOL_TYPES_LAYOUT_H
#define GALE_TOOL_TYPES_LAYOUT_H

#include "types.h"

/** Fills in all that follows from kind, fields, element and length; `fields` are those of `type`, to set their offsets. */
void types_layout(struct type *type, struct type_field *fields);

#endif /* GALE_TOOL_TYPES_LAYOUT_H */
