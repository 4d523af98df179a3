/* SPDX-License-Identifier: Apache-2.0 */
#include "wave_text.h"

#include <string.h>

bool wave_text_fail(struct wave_reader *reader, const char *error)
{
    reader->error = reader->error == NULL ? error : reader->error;
    return false;
}

void wave_text_skip(struct wave_reader *reader)
{
    for (;;) {
        reader->at += strspn(reader->at, " \t\r\n");
        if (strncmp(reader->at, "//", 2) != 0) {
            return;
        }
        reader->at += strcspn(reader->at, "\n");
    }
}

bool wave_text_take(struct wave_reader *reader, const char *token)
{
    wave_text_skip(reader);
    size_t length = strlen(token);
    if (strncmp(reader->at, token, length) != 0) {
        return false;
    }
    reader->at += length;
    return true;
}

static size_t wave_text_word_length(const char *at)
{
    return strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
}

bool wave_text_word(struct wave_reader *reader, const char *word)
{
    wave_text_skip(reader);
    size_t length = strlen(word);
    if (wave_text_word_length(reader->at) != length || strncmp(reader->at, word, length) != 0) {
        return false;
    }
    reader->at += length;
    return true;
}

bool wave_text_comma(struct wave_reader *reader, const char *closing)
{
    if (wave_text_take(reader, ",")) {
        wave_text_skip(reader);
        return true;
    }
    return *reader->at == *closing || wave_text_fail(reader, "expected a comma or the end of this value");
}

struct wave_label wave_text_label(struct wave_reader *reader)
{
    wave_text_take(reader, "%");
    struct wave_label label = {.begin = reader->at, .length = wave_text_word_length(reader->at)};
    reader->at += label.length;
    return label;
}

bool wave_label_is(struct wave_label label, const char *name)
{
    return strlen(name) == label.length && memcmp(label.begin, name, label.length) == 0;
}

static bool wave_text_unicode(struct wave_reader *reader, uint32_t *c)
{
    size_t digits = strspn(reader->at, "0123456789abcdefABCDEF");
    *c = 0;
    for (size_t k = 0; k < digits && digits <= 6; k++) {
        char d = reader->at[k];
        *c = *c * 16 + (uint32_t)(d <= '9' ? d - '0' : (d | 0x20) - 'a' + 10);
    }
    bool good = digits > 0 && digits <= 6 && reader->at[digits] == '}' && *c < 0x110000 && (*c < 0xd800 || *c > 0xdfff);
    if (!good) {
        return wave_text_fail(reader, "expected a Unicode scalar value in braces");
    }
    reader->at += digits + 1;
    return true;
}

static bool wave_text_escape(struct wave_reader *reader, uint32_t *c)
{
    static const char plain[][2] = {{'t', '\t'}, {'n', '\n'}, {'r', '\r'}, {'"', '"'}, {'\'', '\''}, {'\\', '\\'}};
    if (strncmp(reader->at, "u{", 2) == 0) {
        reader->at += 2;
        return wave_text_unicode(reader, c);
    }
    for (size_t k = 0; k < sizeof plain / sizeof *plain; k++) {
        if (*reader->at == plain[k][0]) {
            *c = (uint32_t)plain[k][1];
            reader->at++;
            return true;
        }
    }
    return wave_text_fail(reader, "unknown escape");
}

/* Behind the first byte of a character of `more` further bytes; shorter forms and surrogates are refused. */
static bool wave_text_rest(struct wave_reader *reader, unsigned more, uint32_t *c)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    for (unsigned k = 0; k < more; k++) {
        unsigned char byte = (unsigned char)*reader->at;
        if ((byte & 0xc0) != 0x80) {
            return wave_text_fail(reader, "broken utf8");
        }
        *c = *c << 6 | (byte & 0x3f);
        reader->at++;
    }
    bool good = *c >= least[more] && *c < 0x110000 && (*c < 0xd800 || *c > 0xdfff);
    return good || wave_text_fail(reader, "broken utf8");
}

bool wave_text_char(struct wave_reader *reader, uint32_t *c)
{
    unsigned char first = (unsigned char)*reader->at;
    if (first == '\0' || first == '\n') {
        return wave_text_fail(reader, "the quote is not closed");
    }
    reader->at++;
    if (first == '\\') {
        return wave_text_escape(reader, c);
    }
    unsigned more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    static const unsigned char masks[] = {0x7f, 0x1f, 0x0f, 0x07};
    *c = first & masks[more];
    if ((first & 0xc0) == 0x80 || first >= 0xf8) {
        return wave_text_fail(reader, "broken utf8");
    }
    return wave_text_rest(reader, more, c);
}
