/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Decodes and links a component for a test, and keeps what was said about it.
 */
#ifndef TESTS_TOOLS_PLAN_SUPPORT_H
#define TESTS_TOOLS_PLAN_SUPPORT_H

#include "assemble.h"
#include "diag.h"
#include "plan.h"

/** One at a time: the next call frees what the last one made. NULL if it is refused: see plan_refusal(). */
const struct plan *plan_of_bytes(const uint8_t *bytes, uint32_t size);

/** The same from the notation of assemble.h. */
const struct plan *plan_of(const char *text);

/** Why the last component was refused; kind DIAG_NONE if it was not. */
const struct diag *plan_refusal(void);

/** Frees what the last call made. */
void plan_forget(void);

#endif /* TESTS_TOOLS_PLAN_SUPPORT_H */
