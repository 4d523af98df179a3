/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Text that grows: what the back half writes before any file exists.
 */
#ifndef GALE_TOOL_TEXT_H
#define GALE_TOOL_TEXT_H

#include <stdarg.h>
#include <stddef.h>

#include "arena.h"

/** All zero is empty, except for the arena it lives in. */
struct text {
    struct arena *arena;
    char *data; /**< NUL-terminated; NULL while empty. */
    size_t size;
    size_t capacity;
};

/** printf at the end of the text. */
void text_print(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** A line, indented by `depth` times four blanks. */
void text_line(struct text *text, int depth, const char *format, ...) __attribute__((format(printf, 3, 4)));

/** An empty line. */
void text_gap(struct text *text);

void text_bytes(struct text *text, const void *bytes, size_t size);
void text_add(struct text *text, const struct text *other);

/** A number and a section as the binary formats have them. */
void text_leb(struct text *text, uint64_t value);
void text_section(struct text *text, uint8_t id, const struct text *body);

/** A C string literal with quotes; whatever is no printable ASCII is escaped. */
const char *text_quote(struct arena *arena, struct str bytes);

/** The bytes as they may stand in a C comment: no comment end, no control characters. */
const char *text_comment(struct arena *arena, struct str bytes);

#endif /* GALE_TOOL_TEXT_H */
