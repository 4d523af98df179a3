/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Imports and exports of a component as WIT text.
 */
#ifndef GALE_TOOL_WIT_H
#define GALE_TOOL_WIT_H

#include "plan.h"
#include "text.h"

/** Writes a world with the plan's imports and exports, and the interfaces they name. */
void wit_print(struct text *out, const struct plan *plan);

#endif /* GALE_TOOL_WIT_H */
