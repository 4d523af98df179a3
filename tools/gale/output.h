/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A directory that is written completely or not at all: it grows under another name beside its place.
 */
#ifndef GALE_TOOL_OUTPUT_H
#define GALE_TOOL_OUTPUT_H

#include <stdbool.h>

#include "text.h"

struct output {
    char *path;    /**< Where it shall be. */
    char *growing; /**< Where it is until output_finish(). */
};

/** Begins; false after a message if nothing can be written there, or something else than an earlier output is there. */
bool output_begin(struct output *output, const char *path);

/** A file of the output; false after a message. */
bool output_file(const struct output *output, const char *name, const void *bytes, size_t size);

/** Puts it in its place, instead of an earlier output; false after a message. */
bool output_finish(struct output *output);

/** Frees `output`; removes what was written, if output_finish() has not put it in its place. */
void output_abandon(struct output *output);

/** Removes a directory with all that is in it; it follows no link and leaves no file system. */
void output_remove(const char *path);

/** Reads a whole file into the arena; false after a message. */
bool output_read(struct arena *arena, const char *path, struct str *bytes);

#endif /* GALE_TOOL_OUTPUT_H */
