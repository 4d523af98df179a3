/* SPDX-License-Identifier: Apache-2.0 */
#include "wast_value.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Deeper values than this are refused, so that reading them needs a bounded stack. */
enum { WAST_VALUE_DEPTH = 64 };

struct wast_value_writer {
    FILE *out;
    unsigned depth;
};

static const char *wast_value_any(struct wast_value_writer *w, struct sexpr form);
static const char *wast_value_deeper(struct wast_value_writer *w, struct sexpr head, struct sexpr_reader *args);

/* A number's text without the underscores that scripts may put between digits. */
static bool wast_value_digits(struct sexpr form, char *text, size_t size)
{
    size_t n = 0;
    for (const char *at = form.begin; at < form.end; at++) {
        if (*at == '_') {
            continue;
        }
        if (n + 1 == size) {
            return false;
        }
        text[n++] = *at;
    }
    text[n] = '\0';
    return n > 0;
}

static const char *wast_value_integer(struct wast_value_writer *w, struct sexpr_reader *args)
{
    struct sexpr form;
    char text[80];
    if (!sexpr_next(args, &form) || !wast_value_digits(form, text, sizeof text)) {
        return "expected an integer";
    }
    char *end;
    bool negative = text[0] == '-';
    errno = 0;
    uint64_t magnitude = strtoull(text + (negative || text[0] == '+'), &end, strstr(text, "0x") != NULL ? 16 : 10);
    if (*end != '\0' || errno != 0) {
        return "expected an integer of at most 64 bits";
    }
    fprintf(w->out, "%s%llu", negative && magnitude != 0 ? "-" : "", (unsigned long long)magnitude);
    return NULL;
}

static const char *wast_value_float(struct wast_value_writer *w, struct sexpr_reader *args, bool single)
{
    struct sexpr form;
    char text[80];
    if (!sexpr_next(args, &form) || !wast_value_digits(form, text, sizeof text)) {
        return "expected a number";
    }
    const char *magnitude = text + (text[0] == '-' || text[0] == '+');
    if (strncmp(magnitude, "nan", 3) == 0) {
        fputs("nan", w->out);
        return NULL;
    }
    if (strcmp(magnitude, "inf") == 0) {
        fputs(text[0] == '-' ? "-inf" : "inf", w->out);
        return NULL;
    }
    char *end;
    double value = single ? (double)strtof(text, &end) : strtod(text, &end);
    if (*end != '\0') {
        return "expected a number";
    }
    fprintf(w->out, single ? "%.9g" : "%.17g", value);
    return NULL;
}

static const char *wast_value_bool(struct wast_value_writer *w, struct sexpr_reader *args)
{
    struct sexpr form;
    if (!sexpr_next(args, &form) || (!sexpr_is_word(form, "true") && !sexpr_is_word(form, "false"))) {
        return "expected true or false";
    }
    fwrite(form.begin, 1, (size_t)(form.end - form.begin), w->out);
    return NULL;
}

static void wast_value_quote(FILE *out, const char *text, size_t bytes, char quote)
{
    fputc(quote, out);
    for (size_t k = 0; k < bytes; k++) {
        unsigned char c = (unsigned char)text[k];
        if (c == (unsigned char)quote || c == '\\') {
            fprintf(out, "\\%c", c);
        } else if (c < 0x20 || c == 0x7f) {
            fprintf(out, "\\u{%x}", c);
        } else {
            fputc(c, out);
        }
    }
    fputc(quote, out);
}

static const char *wast_value_string(struct wast_value_writer *w, struct sexpr_reader *args, char quote)
{
    struct sexpr form;
    size_t bytes;
    char *text = sexpr_next(args, &form) ? sexpr_string(form, &bytes) : NULL;
    if (text == NULL) {
        return "expected a string";
    }
    wast_value_quote(w->out, text, bytes, quote);
    free(text);
    return NULL;
}

/* A label; with `%` in front none is read as a keyword of WAVE. */
static const char *wast_value_label(struct wast_value_writer *w, struct sexpr_reader *args)
{
    struct sexpr form;
    size_t bytes;
    char *text = sexpr_next(args, &form) ? sexpr_string(form, &bytes) : NULL;
    if (text == NULL) {
        return "expected a label in quotes";
    }
    fprintf(w->out, "%%%s", text);
    free(text);
    return NULL;
}

/* The values left in `args`, separated by commas. */
static const char *wast_value_items(struct wast_value_writer *w, struct sexpr_reader *args)
{
    struct sexpr form;
    const char *error = NULL;
    for (const char *comma = ""; error == NULL && sexpr_next(args, &form); comma = ", ") {
        fputs(comma, w->out);
        error = wast_value_any(w, form);
    }
    return error != NULL ? error : args->error;
}

/* `(field "label" u32.const 1)`: the value's parentheses are the field's. */
static const char *wast_value_field(struct wast_value_writer *w, struct sexpr form)
{
    struct sexpr_reader field = sexpr_inside(form);
    struct sexpr word;
    if (!sexpr_next(&field, &word) || !sexpr_is_word(word, "field")) {
        return "expected (field \"label\" value)";
    }
    const char *error = wast_value_label(w, &field);
    if (error != NULL) {
        return error;
    }
    fputs(": ", w->out);
    if (!sexpr_next(&field, &word)) {
        return "expected the field's value";
    }
    return sexpr_is_list(word) ? wast_value_any(w, word) : wast_value_deeper(w, word, &field);
}

static const char *wast_value_record(struct wast_value_writer *w, struct sexpr_reader *args)
{
    struct sexpr form;
    const char *error = NULL;
    const char *comma = "";
    fputc('{', w->out);
    while (error == NULL && sexpr_next(args, &form)) {
        fputs(comma, w->out);
        error = wast_value_field(w, form);
        comma = ", ";
    }
    fputs(*comma == '\0' ? ":}" : "}", w->out);
    return error;
}

static const char *wast_value_flags(struct wast_value_writer *w, struct sexpr_reader *args)
{
    const char *error = NULL;
    fputc('{', w->out);
    for (const char *comma = ""; error == NULL; comma = ", ") {
        struct sexpr_reader rest = *args;
        struct sexpr form;
        if (!sexpr_next(&rest, &form)) {
            break;
        }
        fputs(comma, w->out);
        error = wast_value_label(w, args);
    }
    fputc('}', w->out);
    return error;
}

/* The payload in parentheses, if there is one. */
static const char *wast_value_payload(struct wast_value_writer *w, struct sexpr_reader *args)
{
    struct sexpr form;
    if (!sexpr_next(args, &form)) {
        return args->error;
    }
    fputc('(', w->out);
    const char *error = wast_value_any(w, form);
    fputc(')', w->out);
    return error;
}

static const char *wast_value_bracketed(struct wast_value_writer *w, struct sexpr_reader *args, const char *brackets)
{
    fputc(brackets[0], w->out);
    const char *error = wast_value_items(w, args);
    fputc(brackets[1], w->out);
    return error;
}

static const char *wast_value_case(struct wast_value_writer *w, struct sexpr_reader *args)
{
    const char *error = wast_value_label(w, args);
    return error != NULL ? error : wast_value_payload(w, args);
}

static const char *wast_value_keyword(struct wast_value_writer *w, struct sexpr_reader *args, const char *keyword)
{
    fputs(keyword, w->out);
    return wast_value_payload(w, args);
}

static bool wast_value_is_integer(struct sexpr head)
{
    static const char *const heads[] = {"u8.const",  "s8.const",  "u16.const", "s16.const",
                                        "u32.const", "s32.const", "u64.const", "s64.const"};
    for (size_t k = 0; k < sizeof heads / sizeof *heads; k++) {
        if (sexpr_is_word(head, heads[k])) {
            return true;
        }
    }
    return false;
}

static const char *wast_value_compound(struct wast_value_writer *w, struct sexpr head, struct sexpr_reader *args)
{
    if (sexpr_is_word(head, "list.const")) {
        return wast_value_bracketed(w, args, "[]");
    }
    if (sexpr_is_word(head, "tuple.const")) {
        return wast_value_bracketed(w, args, "()");
    }
    if (sexpr_is_word(head, "record.const")) {
        return wast_value_record(w, args);
    }
    if (sexpr_is_word(head, "flags.const")) {
        return wast_value_flags(w, args);
    }
    if (sexpr_is_word(head, "variant.const") || sexpr_is_word(head, "enum.const")) {
        return wast_value_case(w, args);
    }
    static const char *const keywords[][2] = {
        {"option.none", "none"}, {"option.some", "some"}, {"result.ok", "ok"}, {"result.err", "err"}};
    for (size_t k = 0; k < sizeof keywords / sizeof *keywords; k++) {
        if (sexpr_is_word(head, keywords[k][0])) {
            return wast_value_keyword(w, args, keywords[k][1]);
        }
    }
    return "unknown kind of value";
}

static const char *wast_value_of(struct wast_value_writer *w, struct sexpr head, struct sexpr_reader *args)
{
    if (wast_value_is_integer(head)) {
        return wast_value_integer(w, args);
    }
    if (sexpr_is_word(head, "f32.const") || sexpr_is_word(head, "f64.const")) {
        return wast_value_float(w, args, head.begin[1] == '3');
    }
    if (sexpr_is_word(head, "bool.const")) {
        return wast_value_bool(w, args);
    }
    if (sexpr_is_word(head, "char.const") || sexpr_is_word(head, "str.const")) {
        return wast_value_string(w, args, head.begin[0] == 'c' ? '\'' : '"');
    }
    return wast_value_compound(w, head, args);
}

static const char *wast_value_deeper(struct wast_value_writer *w, struct sexpr head, struct sexpr_reader *args)
{
    if (w->depth == WAST_VALUE_DEPTH) {
        return "value nested too deeply";
    }
    w->depth++;
    const char *error = wast_value_of(w, head, args);
    w->depth--;
    struct sexpr rest;
    return error == NULL && sexpr_next(args, &rest) ? "too many parts in a value" : error;
}

static const char *wast_value_any(struct wast_value_writer *w, struct sexpr form)
{
    struct sexpr_reader args = sexpr_inside(form);
    struct sexpr head;
    return sexpr_next(&args, &head) ? wast_value_deeper(w, head, &args) : "expected a value such as (u32.const 1)";
}

const char *wast_value_write(FILE *out, struct sexpr form)
{
    struct wast_value_writer writer = {.out = out, .depth = 0};
    return wast_value_any(&writer, form);
}
