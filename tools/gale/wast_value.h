/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Values of test scripts, `(u32.const 1)`, written as WAVE, the text form that `gale` speaks everywhere else.
 *
 * Source: the script format of the Component Model's reference tests; WAVE as in wasm-tools.
 */
#ifndef GALE_TOOL_WAST_VALUE_H
#define GALE_TOOL_WAST_VALUE_H

#include "sexpr.h"

#include <stdio.h>

/**
 * Write the value `form` to `out` in WAVE.
 *
 * @return NULL, or what is wrong with the form; `out` then holds a part.
 */
const char *wast_value_write(FILE *out, struct sexpr form);

#endif /* GALE_TOOL_WAST_VALUE_H */
