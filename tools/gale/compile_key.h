/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * How programs are compiled and linked, and what a program in the cache depends on.
 */
#ifndef GALE_TOOL_COMPILE_KEY_H
#define GALE_TOOL_COMPILE_KEY_H

#include "arena.h"
#include "compile.h"

/** $CC, or gcc. */
const char *compile_compiler(void);

/** Compiler and flags up to the names of files; how many. */
size_t compile_flags(struct arena *arena, const struct compile_options *options, char **arguments);

/** What a program is linked with; how many arguments. */
size_t compile_libraries(struct arena *arena, char **arguments);

/** Where the program is, or will be, in the cache, whose folder exists then; NULL after a message. */
char *compile_path(struct arena *arena, const struct compile_options *options);

#endif /* GALE_TOOL_COMPILE_KEY_H */
