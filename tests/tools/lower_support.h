/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A plan as C, in memory only.
 */
#ifndef TESTS_TOOLS_LOWER_SUPPORT_H
#define TESTS_TOOLS_LOWER_SUPPORT_H

#include "lower.h"

struct lowered {
    struct lower lower;
    struct lower_file files[LOWER_FILES];
};

/** All files of the output but the translated modules; false if it is refused: see plan_refusal(). */
bool lower_of(struct lowered *lowered, const struct plan *plan);

/** The same for a target with an MPU. */
bool lower_isolated_of(struct lowered *lowered, const struct plan *plan);

/** The text of a file; "" if there is none of that name. */
const char *lower_file_text(const struct lowered *lowered, const char *name);

#endif /* TESTS_TOOLS_LOWER_SUPPORT_H */
