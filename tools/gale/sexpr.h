/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * S-expressions of the WebAssembly text formats, read in place: a form is a span of the file, opened only when asked.
 *
 * Source: WebAssembly core specification, text format, lexical format (white space, comments, strings).
 * Errors: a reader that meets a broken form stops, and keeps what was wrong and where.
 */
#ifndef GALE_TOOL_SEXPR_H
#define GALE_TOOL_SEXPR_H

#include <stdbool.h>
#include <stddef.h>

/** One form: a word, a string with its quotes, or a list with its parentheses. Points into the text read. */
struct sexpr {
    const char *begin; /**< Its first byte. */
    const char *end;   /**< Behind its last byte. */
    unsigned line;     /**< Of its first byte, from 1. */
};

/** Where a reader stands among the forms of one level. */
struct sexpr_reader {
    const char *at;
    const char *end;
    const char *error; /**< NULL, or what is broken at `line`. */
    unsigned line;
};

/** A reader of the forms of a whole text. */
struct sexpr_reader sexpr_text(const char *text, size_t bytes);

/** A reader of the forms inside the list `form`; of none when it is no list. */
struct sexpr_reader sexpr_inside(struct sexpr form);

/** The next form of this level in `form`; false at the end and at an error. */
bool sexpr_next(struct sexpr_reader *reader, struct sexpr *form);

/** True when `form` is a list. */
bool sexpr_is_list(struct sexpr form);

/** True when `form` is the word `word`. */
bool sexpr_is_word(struct sexpr form, const char *word);

/** True when `form` is an identifier, `$name`. */
bool sexpr_is_id(struct sexpr form);

/** True when `form` is a string. */
bool sexpr_is_string(struct sexpr form);

/**
 * The bytes of a string, escapes replaced.
 *
 * @param[out] bytes  Their number.
 * @return Ended by a zero byte that is not counted; for the caller to free. NULL when `form` is no string, an escape
 *         is broken or memory is out.
 */
char *sexpr_string(struct sexpr form, size_t *bytes);

#endif /* GALE_TOOL_SEXPR_H */
