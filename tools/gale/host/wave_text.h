/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * Tokens of WAVE: blanks and comments, punctuation, words, labels, characters. */
#ifndef GALE_HOST_WAVE_TEXT_H
#define GALE_HOST_WAVE_TEXT_H

#include "wave.h"

/** A label in the text, without the `%` that may stand before it. */
struct wave_label {
    const char *begin;
    size_t length; /**< 0: there was none. */
};

/** Note `error`, unless there is one already. @return false. */
bool wave_text_fail(struct wave_reader *reader, const char *error);

/** Skip blanks and `//` comments. */
void wave_text_skip(struct wave_reader *reader);

/** Skip blanks; then, if `token` comes next, step over it. */
bool wave_text_take(struct wave_reader *reader, const char *token);

/** As wave_text_take(), for a word: more of a word must not follow. */
bool wave_text_word(struct wave_reader *reader, const char *word);

/** A comma, or `closing` next, which stays. */
bool wave_text_comma(struct wave_reader *reader, const char *closing);

/** The label that comes next. */
struct wave_label wave_text_label(struct wave_reader *reader);

/** True when `label` is `name`. */
bool wave_label_is(struct wave_label label, const char *name);

/** One character inside quotes, escapes replaced. */
bool wave_text_char(struct wave_reader *reader, uint32_t *c);

#endif /* GALE_HOST_WAVE_TEXT_H */
