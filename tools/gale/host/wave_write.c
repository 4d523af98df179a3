/* SPDX-License-Identifier: Apache-2.0 */
#include "wave.h"

#include "wave_text.h"

#include "utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A value on its way out. */
struct wave_writer {
    FILE *out;
    const struct gale_arena *arena;
};

static void wave_write_value(const struct wave_writer *w, const struct gale_wit_type *type, uint32_t address);

static int64_t wave_write_signed(uint64_t bits, uint32_t bytes)
{
    uint64_t sign = UINT64_C(1) << (8 * bytes - 1);
    return (int64_t)((bits ^ sign) - sign);
}

/* With as few digits as give the same number back. */
static void wave_write_float(FILE *out, double value, bool single)
{
    char text[40] = "";
    bool same = false;
    for (int digits = 1; !same && digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        same = single ? (double)strtof(text, NULL) == value : strtod(text, NULL) == value;
    }
    fputs(text, out);
}

static void wave_write_number(const struct wave_writer *w, const struct gale_wit_type *type, uint32_t address)
{
    uint64_t bits = host_arena_load(w->arena, address, type->size);
    double value;
    float narrow;
    if (type->kind == GALE_WIT_F32) {
        uint32_t low = (uint32_t)bits;
        memcpy(&narrow, &low, sizeof narrow);
        value = (double)narrow;
    } else {
        memcpy(&value, &bits, sizeof value);
    }
    if (isnan(value)) {
        fputs("nan", w->out);
    } else if (isinf(value)) {
        fputs(value < 0 ? "-inf" : "inf", w->out);
    } else {
        wave_write_float(w->out, value, type->kind == GALE_WIT_F32);
    }
}

static void wave_write_integer(const struct wave_writer *w, const struct gale_wit_type *type, uint32_t address)
{
    uint64_t bits = host_arena_load(w->arena, address, type->size);
    bool is_signed = type->kind == GALE_WIT_S8 || type->kind == GALE_WIT_S16 || type->kind == GALE_WIT_S32 ||
                     type->kind == GALE_WIT_S64;
    if (is_signed) {
        fprintf(w->out, "%lld", (long long)wave_write_signed(bits, type->size));
    } else {
        fprintf(w->out, "%llu", (unsigned long long)bits);
    }
}

/* One character inside quotes; the bytes of utf8 behind the first pass through. */
static void wave_write_escaped(FILE *out, unsigned char c, char quote)
{
    static const char plain[][2] = {{'\t', 't'}, {'\n', 'n'}, {'\r', 'r'}, {'\\', '\\'}};
    for (size_t k = 0; k < sizeof plain / sizeof *plain; k++) {
        if (c == (unsigned char)plain[k][0]) {
            fprintf(out, "\\%c", plain[k][1]);
            return;
        }
    }
    if (c == (unsigned char)quote) {
        fprintf(out, "\\%c", c);
    } else if (c < 0x20 || c == 0x7f) {
        fprintf(out, "\\u{%x}", c);
    } else {
        fputc(c, out);
    }
}

static void wave_write_string(const struct wave_writer *w, uint32_t address)
{
    uint32_t at = (uint32_t)host_arena_load(w->arena, address, 4);
    uint32_t bytes = (uint32_t)host_arena_load(w->arena, address + 4, 4);
    const unsigned char *text = host_arena_at(w->arena, at);
    fputc('"', w->out);
    for (uint32_t k = 0; k < bytes; k++) {
        wave_write_escaped(w->out, text[k], '"');
    }
    fputc('"', w->out);
}

static void wave_write_char(const struct wave_writer *w, uint32_t address)
{
    uint32_t c = (uint32_t)host_arena_load(w->arena, address, 4);
    fputc('\'', w->out);
    if (c < 0x80) {
        wave_write_escaped(w->out, (unsigned char)c, '\'');
    } else {
        uint8_t text[4];
        fwrite(text, 1, gale_utf8_put(text, c), w->out);
    }
    fputc('\'', w->out);
}

static void wave_write_items(const struct wave_writer *w, const struct gale_wit_type *element, uint32_t address,
                             uint32_t count)
{
    fputc('[', w->out);
    for (uint32_t k = 0; k < count; k++) {
        fputs(k > 0 ? ", " : "", w->out);
        wave_write_value(w, element, address + k * element->size);
    }
    fputc(']', w->out);
}

static void wave_write_list(const struct wave_writer *w, const struct gale_wit_type *type, uint32_t address)
{
    if (type->kind == GALE_WIT_FIXED_LIST) {
        wave_write_items(w, type->element, address, type->count);
        return;
    }
    uint32_t at = (uint32_t)host_arena_load(w->arena, address, 4);
    wave_write_items(w, type->element, at, (uint32_t)host_arena_load(w->arena, address + 4, 4));
}

/* `%` in front keeps a label that is a keyword from being read as that. */
static void wave_write_label(FILE *out, const char *label)
{
    static const char *const keywords[] = {"true", "false", "some", "none", "ok", "err", "inf", "nan"};
    for (size_t k = 0; k < sizeof keywords / sizeof *keywords; k++) {
        if (strcmp(label, keywords[k]) == 0) {
            fputc('%', out);
        }
    }
    fputs(label, out);
}

static void wave_write_record(const struct wave_writer *w, const struct gale_wit_type *type, uint32_t address)
{
    bool named = type->kind == GALE_WIT_RECORD;
    fputc(named ? '{' : '(', w->out);
    for (uint32_t k = 0; k < type->count; k++) {
        fputs(k > 0 ? ", " : "", w->out);
        if (named) {
            wave_write_label(w->out, type->parts[k].name);
            fputs(": ", w->out);
        }
        wave_write_value(w, type->parts[k].type, address + type->parts[k].offset);
    }
    fputs(named ? (type->count == 0 ? ":}" : "}") : ")", w->out);
}

static void wave_write_flags(const struct wave_writer *w, const struct gale_wit_type *type, uint32_t address)
{
    const char *comma = "";
    fputc('{', w->out);
    for (uint32_t k = 0; k < type->count; k++) {
        if ((host_arena_load(w->arena, address + k / 8, 1) >> k % 8 & 1) != 0) {
            fputs(comma, w->out);
            wave_write_label(w->out, type->parts[k].name);
            comma = ", ";
        }
    }
    fputc('}', w->out);
}

static void wave_write_case(const struct wave_writer *w, const struct gale_wit_type *type, uint32_t tag)
{
    static const char *const option[] = {"none", "some"};
    static const char *const result[] = {"ok", "err"};
    if (type->kind == GALE_WIT_OPTION) {
        fputs(option[tag], w->out);
    } else if (type->kind == GALE_WIT_RESULT) {
        fputs(result[tag], w->out);
    } else {
        wave_write_label(w->out, type->parts[tag].name);
    }
}

static void wave_write_variant(const struct wave_writer *w, const struct gale_wit_type *type, uint32_t address)
{
    uint32_t tag = (uint32_t)host_arena_load(w->arena, address, type->tag_bytes);
    wave_write_case(w, type, tag);
    const struct gale_wit_type *payload = type->parts[tag].type;
    if (payload != NULL) {
        fputc('(', w->out);
        wave_write_value(w, payload, address + type->payload);
        fputc(')', w->out);
    }
}

static void wave_write_opaque(const struct wave_writer *w, const struct gale_wit_type *type)
{
    static const char *const names[] = {[GALE_WIT_ERROR_CONTEXT] = "<error-context>",
                                        [GALE_WIT_OWN] = "<own>",
                                        [GALE_WIT_BORROW] = "<borrow>",
                                        [GALE_WIT_STREAM] = "<stream>",
                                        [GALE_WIT_FUTURE] = "<future>"};
    fputs(names[type->kind], w->out);
}

static void wave_write_value(const struct wave_writer *w, const struct gale_wit_type *type, uint32_t address)
{
    switch ((enum gale_wit_kind)type->kind) {
    case GALE_WIT_BOOL:
        fputs(host_arena_load(w->arena, address, 1) != 0 ? "true" : "false", w->out);
        break;
    case GALE_WIT_S8:
    case GALE_WIT_U8:
    case GALE_WIT_S16:
    case GALE_WIT_U16:
    case GALE_WIT_S32:
    case GALE_WIT_U32:
    case GALE_WIT_S64:
    case GALE_WIT_U64:
        wave_write_integer(w, type, address);
        break;
    case GALE_WIT_F32:
    case GALE_WIT_F64:
        wave_write_number(w, type, address);
        break;
    case GALE_WIT_CHAR:
        wave_write_char(w, address);
        break;
    case GALE_WIT_STRING:
        wave_write_string(w, address);
        break;
    case GALE_WIT_LIST:
    case GALE_WIT_MAP:
    case GALE_WIT_FIXED_LIST:
        wave_write_list(w, type, address);
        break;
    case GALE_WIT_RECORD:
    case GALE_WIT_TUPLE:
        wave_write_record(w, type, address);
        break;
    case GALE_WIT_FLAGS:
        wave_write_flags(w, type, address);
        break;
    case GALE_WIT_VARIANT:
    case GALE_WIT_ENUM:
    case GALE_WIT_OPTION:
    case GALE_WIT_RESULT:
        wave_write_variant(w, type, address);
        break;
    case GALE_WIT_ERROR_CONTEXT:
    case GALE_WIT_OWN:
    case GALE_WIT_BORROW:
    case GALE_WIT_STREAM:
    case GALE_WIT_FUTURE:
        wave_write_opaque(w, type);
        break;
    }
}

void wave_write(FILE *out, const struct gale_wit_type *type, const struct gale_arena *arena, uint32_t address)
{
    struct wave_writer writer = {.out = out, .arena = arena};
    wave_write_value(&writer, type, address);
}
