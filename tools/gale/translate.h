/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Core modules to C, by wasm2c: one exact version, since its output and its runtime interface change between versions.
 */
#ifndef GALE_TOOL_TRANSLATE_H
#define GALE_TOOL_TRANSLATE_H

#include <stdbool.h>

#include "arena.h"

#define TRANSLATE_VERSION "1.0.42"

/** The translator's path; NULL after a message if it is not there or of another version. */
const char *translate_find(struct arena *arena);

/**
 * Translates module `number` into mN.h and mN.c, or mN_0.c, mN_1.c, ... if it is large.
 *
 * @param[in] wasm2c     From translate_find().
 * @param[in] directory  Where the files go.
 * @return false after a message.
 */
bool translate_module(struct arena *arena, const char *wasm2c, const char *directory, uint32_t number,
                      struct str module);

#endif /* GALE_TOOL_TRANSLATE_H */
