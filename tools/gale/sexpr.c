/* SPDX-License-Identifier: Apache-2.0 */
#include "sexpr.h"

#include "guest/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct sexpr_reader sexpr_text(const char *text, size_t bytes)
{
    return (struct sexpr_reader){.at = text, .end = text + bytes, .line = 1};
}

struct sexpr_reader sexpr_inside(struct sexpr form)
{
    if (!sexpr_is_list(form)) {
        return (struct sexpr_reader){.at = form.end, .end = form.end, .line = form.line};
    }
    return (struct sexpr_reader){.at = form.begin + 1, .end = form.end - 1, .line = form.line};
}

static bool sexpr_fail(struct sexpr_reader *r, const char *error)
{
    r->error = error;
    r->at = r->end;
    return false;
}

static bool sexpr_starts(const struct sexpr_reader *r, const char *two)
{
    return r->end - r->at >= 2 && r->at[0] == two[0] && r->at[1] == two[1];
}

static void sexpr_step(struct sexpr_reader *r)
{
    r->line += *r->at == '\n';
    r->at++;
}

static void sexpr_skip_line(struct sexpr_reader *r)
{
    while (r->at < r->end && *r->at != '\n') {
        r->at++;
    }
}

/* A block comment; they nest. */
static bool sexpr_skip_block(struct sexpr_reader *r)
{
    size_t depth = 0;
    do {
        if (sexpr_starts(r, "(;")) {
            depth++;
            r->at += 2;
        } else if (sexpr_starts(r, ";)")) {
            depth--;
            r->at += 2;
        } else if (r->at < r->end) {
            sexpr_step(r);
        } else {
            return sexpr_fail(r, "block comment without end");
        }
    } while (depth > 0);
    return true;
}

static bool sexpr_skip_blanks(struct sexpr_reader *r)
{
    while (r->at < r->end) {
        if (strchr(" \t\r\n", *r->at) != NULL && *r->at != '\0') {
            sexpr_step(r);
        } else if (sexpr_starts(r, ";;")) {
            sexpr_skip_line(r);
        } else if (!sexpr_starts(r, "(;")) {
            return true;
        } else if (!sexpr_skip_block(r)) {
            return false;
        }
    }
    return false;
}

static bool sexpr_skip_string(struct sexpr_reader *r)
{
    r->at++;
    while (r->at < r->end && *r->at != '"') {
        if (*r->at == '\\' && r->end - r->at > 1) {
            r->at++;
        }
        sexpr_step(r);
    }
    if (r->at == r->end) {
        return sexpr_fail(r, "string without end");
    }
    r->at++;
    return true;
}

static void sexpr_skip_word(struct sexpr_reader *r)
{
    while (r->at < r->end && memchr(" \t\r\n();\"", *r->at, 8) == NULL) {
        r->at++;
    }
}

/* One token of a list: a parenthesis, a string or a word; a lone `;` counts as a word. */
static bool sexpr_skip_token(struct sexpr_reader *r, size_t *depth)
{
    if (*r->at == '"') {
        return sexpr_skip_string(r);
    }
    if (*r->at == '(') {
        (*depth)++;
        r->at++;
    } else if (*r->at == ')') {
        (*depth)--;
        r->at++;
    } else if (*r->at == ';') {
        r->at++;
    } else {
        sexpr_skip_word(r);
    }
    return true;
}

bool sexpr_next(struct sexpr_reader *r, struct sexpr *form)
{
    if (!sexpr_skip_blanks(r)) {
        return false;
    }
    if (*r->at == ')') {
        return sexpr_fail(r, "closing parenthesis without an opening one");
    }
    size_t depth = 0;
    unsigned line = r->line;
    form->begin = r->at;
    form->line = line;
    do {
        if (!sexpr_skip_token(r, &depth)) {
            return false;
        }
        if (depth > 0 && !sexpr_skip_blanks(r)) {
            r->line = line;
            return sexpr_fail(r, "list without end");
        }
    } while (depth > 0);
    form->end = r->at;
    return true;
}

bool sexpr_is_list(struct sexpr form)
{
    return form.begin < form.end && *form.begin == '(';
}

bool sexpr_is_word(struct sexpr form, const char *word)
{
    size_t length = strlen(word);
    return (size_t)(form.end - form.begin) == length && memcmp(form.begin, word, length) == 0;
}

bool sexpr_is_id(struct sexpr form)
{
    return form.begin < form.end && *form.begin == '$';
}

bool sexpr_is_string(struct sexpr form)
{
    return form.end - form.begin >= 2 && *form.begin == '"';
}

static int sexpr_hex(char c)
{
    const char *digits = "0123456789abcdef";
    const char *found = c == '\0' ? NULL : strchr(digits, c | ((c >= 'A' && c <= 'F') ? 0x20 : 0));
    return found == NULL ? -1 : (int)(found - digits);
}

/* `u{...}` behind the backslash: never longer written out than as an escape. */
static const char *sexpr_unescape_unicode(const char *at, const char *end, char **to)
{
    uint32_t c = 0;
    at += 2;
    while (at < end && sexpr_hex(*at) >= 0 && c < 0x110000) {
        c = c * 16 + (uint32_t)sexpr_hex(*at++);
    }
    if (at == end || *at != '}' || c >= 0x110000 || (c >= 0xd800 && c < 0xe000)) {
        return NULL;
    }
    *to += gale_utf8_put((uint8_t *)*to, c);
    return at + 1;
}

/* The escape whose backslash stands before `at`; NULL when it is none. */
static const char *sexpr_unescape(const char *at, const char *end, char **to)
{
    static const char plain[][2] = {{'t', '\t'}, {'n', '\n'}, {'r', '\r'}, {'"', '"'}, {'\'', '\''}, {'\\', '\\'}};
    for (size_t k = 0; k < sizeof plain / sizeof *plain && at < end; k++) {
        if (*at == plain[k][0]) {
            *(*to)++ = plain[k][1];
            return at + 1;
        }
    }
    if (end - at >= 3 && at[0] == 'u' && at[1] == '{') {
        return sexpr_unescape_unicode(at, end, to);
    }
    if (end - at < 2 || sexpr_hex(at[0]) < 0 || sexpr_hex(at[1]) < 0) {
        return NULL;
    }
    *(*to)++ = (char)(sexpr_hex(at[0]) * 16 + sexpr_hex(at[1]));
    return at + 2;
}

char *sexpr_string(struct sexpr form, size_t *bytes)
{
    if (!sexpr_is_string(form)) {
        return NULL;
    }
    char *text = malloc((size_t)(form.end - form.begin));
    char *to = text;
    const char *end = form.end - 1;
    for (const char *at = form.begin + 1; text != NULL && at < end;) {
        if (*at != '\\') {
            *to++ = *at++;
            continue;
        }
        at = sexpr_unescape(at + 1, end, &to);
        if (at == NULL) {
            free(text);
            return NULL;
        }
    }
    if (text != NULL) {
        *to = '\0';
        *bytes = (size_t)(to - text);
    }
    return text;
}
