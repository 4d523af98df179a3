/* SPDX-License-Identifier: Apache-2.0 */
#include "wave.h"

#include "wave_text.h"

#include "utf8.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The text, the place that values go to, and how deep the value is that is being read. */
struct wave_read {
    struct wave_reader *text;
    struct gale_arena *arena;
};

static bool wave_read_value(const struct wave_read *r, const struct gale_wit_type *type, uint32_t address);

/* --- numbers --- */

static bool wave_read_integer(const struct wave_read *r, const struct gale_wit_type *type, uint32_t address)
{
    bool is_signed = type->kind == GALE_WIT_S8 || type->kind == GALE_WIT_S16 || type->kind == GALE_WIT_S32 ||
                     type->kind == GALE_WIT_S64;
    bool negative = wave_text_take(r->text, "-");
    if (*r->text->at < '0' || *r->text->at > '9') {
        return wave_text_fail(r->text, "expected an integer");
    }
    char *end;
    errno = 0;
    uint64_t magnitude = strtoull(r->text->at, &end, 10);
    uint64_t top = UINT64_MAX >> (64 - 8 * type->size);
    uint64_t most = is_signed ? top / 2 + negative : negative ? 0 : top;
    if (errno != 0 || magnitude > most) {
        return wave_text_fail(r->text, "integer out of the range of its type");
    }
    r->text->at = end;
    host_arena_store(r->arena, address, type->size, negative ? 0 - magnitude : magnitude);
    return true;
}

static bool wave_read_float(const struct wave_read *r, const struct gale_wit_type *type, uint32_t address)
{
    double value;
    if (wave_text_word(r->text, "nan")) {
        value = (double)NAN;
    } else if (wave_text_word(r->text, "inf")) {
        value = (double)INFINITY;
    } else {
        const char *at = r->text->at + (*r->text->at == '-');
        bool number = (*at >= '0' && *at <= '9') || strncmp(r->text->at, "-inf", 4) == 0;
        char *end;
        value = strtod(r->text->at, &end);
        if (!number) {
            return wave_text_fail(r->text, "expected a number");
        }
        r->text->at = end;
    }
    float narrow = (float)value;
    uint64_t bits = 0;
    memcpy(&bits, type->size == 4 ? (const void *)&narrow : (const void *)&value, type->size);
    host_arena_store(r->arena, address, type->size, bits);
    return true;
}

static bool wave_read_bool(const struct wave_read *r, uint32_t address)
{
    bool value = wave_text_word(r->text, "true");
    if (!value && !wave_text_word(r->text, "false")) {
        return wave_text_fail(r->text, "expected true or false");
    }
    host_arena_store(r->arena, address, 1, value);
    return true;
}

/* --- text --- */

static bool wave_read_char(const struct wave_read *r, uint32_t address)
{
    uint32_t c;
    if (!wave_text_take(r->text, "'")) {
        return wave_text_fail(r->text, "expected a character in single quotes");
    }
    if (!wave_text_char(r->text, &c)) {
        return false;
    }
    host_arena_store(r->arena, address, 4, c);
    return *r->text->at++ == '\'' || (r->text->at--, wave_text_fail(r->text, "expected one character"));
}

static bool wave_read_string(const struct wave_read *r, uint32_t address)
{
    if (!wave_text_take(r->text, "\"")) {
        return wave_text_fail(r->text, "expected a string in double quotes");
    }
    char *text = malloc(strlen(r->text->at) + 4);
    size_t bytes = 0;
    bool good = text != NULL;
    while (good && *r->text->at != '"') {
        uint32_t c;
        good = wave_text_char(r->text, &c);
        bytes += good ? gale_utf8_put((uint8_t *)text + bytes, c) : 0;
    }
    if (good) {
        r->text->at++;
        good =
            host_arena_put_string(r->arena, address, text, (uint32_t)bytes) || wave_text_fail(r->text, "out of memory");
    }
    free(text);
    return good;
}

/* --- lists --- */

/* Items up to `closing`, each at its place of a block that doubles when it is full. */
static bool wave_read_block(const struct wave_read *r, const struct gale_wit_type *element, uint32_t *block,
                            uint32_t *count)
{
    uint32_t room = 0;
    *count = 0;
    *block = host_arena_take(r->arena, 0, element->align);
    while (!wave_text_take(r->text, "]")) {
        if (*count == room) {
            room = room == 0 ? 4 : 2 * room;
            uint64_t bytes = (uint64_t)room * element->size;
            uint32_t grown = bytes > UINT32_MAX ? 0 : host_arena_take(r->arena, (uint32_t)bytes, element->align);
            if (grown == 0) {
                return wave_text_fail(r->text, "out of memory");
            }
            memcpy(host_arena_at(r->arena, grown), host_arena_at(r->arena, *block), *count * element->size);
            *block = grown;
        }
        if (!wave_read_value(r, element, *block + *count * element->size) || !wave_text_comma(r->text, "]")) {
            return false;
        }
        ++*count;
    }
    return true;
}

static bool wave_read_list(const struct wave_read *r, const struct gale_wit_type *type, uint32_t address)
{
    uint32_t block;
    uint32_t count;
    if (!wave_text_take(r->text, "[")) {
        return wave_text_fail(r->text, "expected a list in brackets");
    }
    if (!wave_read_block(r, type->element, &block, &count)) {
        return false;
    }
    host_arena_store(r->arena, address, 4, block);
    host_arena_store(r->arena, address + 4, 4, count);
    return true;
}

static bool wave_read_fixed_list(const struct wave_read *r, const struct gale_wit_type *type, uint32_t address)
{
    bool good = wave_text_take(r->text, "[") || wave_text_fail(r->text, "expected a list in brackets");
    for (uint32_t k = 0; good && k < type->count; k++) {
        good = wave_read_value(r, type->element, address + k * type->element->size) && wave_text_comma(r->text, "]");
    }
    return good && (wave_text_take(r->text, "]") || wave_text_fail(r->text, "too many items"));
}

/* --- records --- */

static bool wave_read_tuple(const struct wave_read *r, const struct gale_wit_type *type, uint32_t address)
{
    bool good = wave_text_take(r->text, "(") || wave_text_fail(r->text, "expected a tuple in parentheses");
    for (uint32_t k = 0; good && k < type->count; k++) {
        good =
            wave_read_value(r, type->parts[k].type, address + type->parts[k].offset) && wave_text_comma(r->text, ")");
    }
    return good && (wave_text_take(r->text, ")") || wave_text_fail(r->text, "too many values"));
}

static const struct gale_wit_part *wave_read_part(const struct wave_read *r, const struct gale_wit_type *type)
{
    struct wave_label label = wave_text_label(r->text);
    for (uint32_t k = 0; k < type->count; k++) {
        if (wave_label_is(label, type->parts[k].name)) {
            return &type->parts[k];
        }
    }
    wave_text_fail(r->text, label.length == 0 ? "expected a label" : "no such label in this type");
    return NULL;
}

/* A field may be left out when it is an option: its zeroed place says `none`. */
static bool wave_read_has_all(const struct wave_read *r, const struct gale_wit_type *type, const bool *seen)
{
    for (uint32_t k = 0; k < type->count; k++) {
        if (!seen[k] && type->parts[k].type->kind != GALE_WIT_OPTION) {
            return wave_text_fail(r->text, "a field is missing");
        }
    }
    return true;
}

static bool wave_read_fields(const struct wave_read *r, const struct gale_wit_type *type, uint32_t address, bool *seen)
{
    while (!wave_text_take(r->text, "}")) {
        const struct gale_wit_part *field = wave_read_part(r, type);
        if (field == NULL) {
            return false;
        }
        if (seen[field - type->parts] || !wave_text_take(r->text, ":")) {
            return wave_text_fail(r->text, seen[field - type->parts] ? "field given twice" : "expected a colon");
        }
        seen[field - type->parts] = true;
        if (!wave_read_value(r, field->type, address + field->offset) || !wave_text_comma(r->text, "}")) {
            return false;
        }
    }
    return wave_read_has_all(r, type, seen);
}

static bool wave_read_record(const struct wave_read *r, const struct gale_wit_type *type, uint32_t address)
{
    if (!wave_text_take(r->text, "{")) {
        return wave_text_fail(r->text, "expected a record in braces");
    }
    if (wave_text_take(r->text, ":") && type->count > 0) {
        return wave_text_fail(r->text, "a field is missing");
    }
    bool *seen = calloc(type->count + 1, sizeof *seen);
    bool good = seen != NULL && wave_read_fields(r, type, address, seen);
    free(seen);
    return good;
}

static bool wave_read_flags(const struct wave_read *r, const struct gale_wit_type *type, uint32_t address)
{
    if (!wave_text_take(r->text, "{")) {
        return wave_text_fail(r->text, "expected flags in braces");
    }
    while (!wave_text_take(r->text, "}")) {
        const struct gale_wit_part *label = wave_read_part(r, type);
        if (label == NULL || !wave_text_comma(r->text, "}")) {
            return false;
        }
        uint32_t bit = (uint32_t)(label - type->parts);
        uint64_t byte = host_arena_load(r->arena, address + bit / 8, 1);
        host_arena_store(r->arena, address + bit / 8, 1, byte | UINT64_C(1) << bit % 8);
    }
    return true;
}

/* --- variants --- */

static bool wave_read_payload(const struct wave_read *r, const struct gale_wit_type *type, uint32_t tag,
                              uint32_t address)
{
    const struct gale_wit_type *payload = type->parts[tag].type;
    host_arena_store(r->arena, address, type->tag_bytes, tag);
    if (payload == NULL) {
        return true;
    }
    if (!wave_text_take(r->text, "(")) {
        return wave_text_fail(r->text, "expected the case's value in parentheses");
    }
    return wave_read_value(r, payload, address + type->payload) &&
           (wave_text_take(r->text, ")") || wave_text_fail(r->text, "expected a closing parenthesis"));
}

static bool wave_read_variant(const struct wave_read *r, const struct gale_wit_type *type, uint32_t address)
{
    const struct gale_wit_part *part = wave_read_part(r, type);
    return part != NULL && wave_read_payload(r, type, (uint32_t)(part - type->parts), address);
}

/* Options and results: their keywords, or a bare value, which means `some` or `ok`. */
static bool wave_read_keyword(const struct wave_read *r, const struct gale_wit_type *type, uint32_t address)
{
    static const char *const words[2][2] = {{"none", "some"}, {"ok", "err"}};
    uint32_t bare = type->kind == GALE_WIT_OPTION;
    for (uint32_t tag = 0; tag < 2; tag++) {
        if (wave_text_word(r->text, words[type->kind == GALE_WIT_RESULT][tag])) {
            return wave_read_payload(r, type, tag, address);
        }
    }
    const struct gale_wit_type *payload = type->parts[bare].type;
    if (payload == NULL || payload->kind == GALE_WIT_OPTION || payload->kind == GALE_WIT_RESULT) {
        return wave_text_fail(r->text,
                              type->kind == GALE_WIT_OPTION ? "expected some(...) or none" : "expected ok or err");
    }
    host_arena_store(r->arena, address, type->tag_bytes, bare);
    return wave_read_value(r, payload, address + type->payload);
}

static bool wave_read_value(const struct wave_read *r, const struct gale_wit_type *type, uint32_t address)
{
    wave_text_skip(r->text);
    switch ((enum gale_wit_kind)type->kind) {
    case GALE_WIT_BOOL:
        return wave_read_bool(r, address);
    case GALE_WIT_S8:
    case GALE_WIT_U8:
    case GALE_WIT_S16:
    case GALE_WIT_U16:
    case GALE_WIT_S32:
    case GALE_WIT_U32:
    case GALE_WIT_S64:
    case GALE_WIT_U64:
        return wave_read_integer(r, type, address);
    case GALE_WIT_F32:
    case GALE_WIT_F64:
        return wave_read_float(r, type, address);
    case GALE_WIT_CHAR:
        return wave_read_char(r, address);
    case GALE_WIT_STRING:
        return wave_read_string(r, address);
    case GALE_WIT_LIST:
    case GALE_WIT_MAP:
        return wave_read_list(r, type, address);
    case GALE_WIT_FIXED_LIST:
        return wave_read_fixed_list(r, type, address);
    case GALE_WIT_RECORD:
        return wave_read_record(r, type, address);
    case GALE_WIT_TUPLE:
        return wave_read_tuple(r, type, address);
    case GALE_WIT_FLAGS:
        return wave_read_flags(r, type, address);
    case GALE_WIT_VARIANT:
    case GALE_WIT_ENUM:
        return wave_read_variant(r, type, address);
    case GALE_WIT_OPTION:
    case GALE_WIT_RESULT:
        return wave_read_keyword(r, type, address);
    case GALE_WIT_ERROR_CONTEXT:
    case GALE_WIT_OWN:
    case GALE_WIT_BORROW:
    case GALE_WIT_STREAM:
    case GALE_WIT_FUTURE:
        break;
    }
    return wave_text_fail(r->text, "a value of this type has no text form");
}

bool wave_read(struct wave_reader *reader, const struct gale_wit_type *type, struct gale_arena *arena, uint32_t address)
{
    struct wave_read r = {.text = reader, .arena = arena};
    return wave_read_value(&r, type, address);
}

bool wave_read_params(struct wave_reader *reader, const struct gale_wit_type *type, struct gale_arena *arena,
                      uint32_t address)
{
    static const struct gale_wit_type none = {.kind = GALE_WIT_TUPLE};
    struct wave_read r = {.text = reader, .arena = arena};
    return wave_read_tuple(&r, type == NULL ? &none : type, address);
}

bool wave_at_end(struct wave_reader *reader)
{
    wave_text_skip(reader);
    return *reader->at == '\0' && reader->error == NULL;
}
