/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What the tool makes of the components of a script: a verdict or a program. Each time it runs as a process of its own.
 */
#ifndef GALE_TOOL_WAST_BUILD_H
#define GALE_TOOL_WAST_BUILD_H

#include "wast_script.h"

/** A file of the script: "N.suffix" of component N. From the script's arena. */
const char *wast_build_path(const struct wast_script *script, unsigned number, const char *suffix);

/** Is component `number` valid? WAST_OK, WAST_ERROR with what is wrong, or WAST_UNKNOWN. */
struct wast_answer wast_build_check(const struct wast_script *script, unsigned number);

/** The program of component `number`, made if need be: after WAST_OK its path is the component's `program`. */
struct wast_answer wast_build_program(struct wast_script *script, unsigned number);

/** Whether a file made by wast_compose() links, and the program of such a file: its path is the text of the answer. */
struct wast_answer wast_build_check_linked(const struct wast_script *script, const char *path);
struct wast_answer wast_build_linked(const struct wast_script *script, const char *path);

#endif /* GALE_TOOL_WAST_BUILD_H */
