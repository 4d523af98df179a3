/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strings between two sides. The source is validated before the receiver hears of it; then room is asked for in the
 * steps that the Canonical ABI prescribes, since a guest's realloc can observe them.
 *
 * Source: Component Model, Canonical ABI: load_string, store_string.
 */
#include "glue.h"
#include "utf8.h"

#define STRING_BYTES_MAX ((1u << 28) - 1)
#define STRING_UTF16_TAG 0x80000000u
#define STRING_BAD UINT32_MAX

enum string_form {
    STRING_UTF8,
    STRING_UTF16,
    STRING_LATIN1,
};

struct string_source {
    const uint8_t *data;
    uint32_t units;
    enum string_form form;
};

/* Room at the receiver: where, and how large by its last realloc. */
struct string_room {
    const struct gale_transfer *t;
    uint8_t *data;
    uint32_t at;
    uint32_t bytes;
};

/* A side without an instance is the host: its peer answers for it. */
static _Noreturn void string_trap(const struct gale_transfer *t, enum gale_trap code)
{
    gale_trap(t->from.instance != NULL ? t->from.instance : t->to.instance, code);
}

static void string_resize(struct string_room *room, uint32_t bytes, uint32_t align)
{
    room->data = gale_glue_resize(room->t, &room->at, room->bytes, align, bytes, GALE_TRAP_STRING_BOUNDS);
    room->bytes = bytes;
}

/* A multi-byte sequence of UTF-8 at s[*i], which is at least 0x80: its code point, or STRING_BAD. Advances *i. */
static uint32_t string_utf8_sequence(const struct string_source *s, uint32_t *i)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t first = s->data[(*i)++];
    uint32_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    uint32_t code = first & (0x7fu >> length);

    if (first < 0xc2 || first > 0xf4 || length - 1 > s->units - *i) {
        return STRING_BAD;
    }
    for (uint32_t k = 1; k < length; k++) {
        uint32_t byte = s->data[*i];
        if ((byte & 0xc0) != 0x80) {
            return STRING_BAD;
        }
        code = code << 6 | (byte & 0x3f);
        (*i)++;
    }
    return code < least[length] || code > 0x10ffff || (code >> 11) == 0x1b ? STRING_BAD : code;
}

static uint32_t string_utf16_pair(const struct string_source *s, uint32_t *i, uint32_t first)
{
    uint32_t second;

    if (first >= 0xdc00 || *i == s->units) {
        return STRING_BAD;
    }
    second = gale_glue_get2(s->data + (size_t)*i * 2);
    if ((second & 0xfc00) != 0xdc00) {
        return STRING_BAD;
    }
    (*i)++;
    return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

/* The code point at unit *i, which is in the string; advances *i by at least one. */
static uint32_t string_next(const struct string_source *s, uint32_t *i)
{
    uint32_t unit;

    if (s->form == STRING_UTF16) {
        unit = gale_glue_get2(s->data + (size_t)*i * 2);
        (*i)++;
        return (unit >> 11) == 0x1b ? string_utf16_pair(s, i, unit) : unit;
    }
    unit = s->data[*i];
    if (unit < 0x80 || s->form == STRING_LATIN1) {
        (*i)++;
        return unit;
    }
    return string_utf8_sequence(s, i);
}

/* How many of the first units are ASCII for sure; eight at a time. */
static uint32_t string_ascii_run(const struct string_source *s)
{
    uint32_t i = 0;

    while (s->units - i >= 8 && (gale_glue_get8(s->data + i) & 0x8080808080808080u) == 0) {
        i += 8;
    }
    return i;
}

/* What is wrong with a string whose reading stopped before unit `i`. */
static enum gale_trap string_fault(const struct string_source *s, uint32_t i)
{
    uint32_t last = s->data[i - 1];
    uint32_t length = last >= 0xf0 ? 4 : last >= 0xe0 ? 3 : 2;

    if (s->form == STRING_UTF16) {
        return GALE_TRAP_UTF16_INVALID;
    }
    return last >= 0xc2 && last <= 0xf4 && length - 1 > s->units - i ? GALE_TRAP_UTF8_INCOMPLETE
                                                                     : GALE_TRAP_UTF8_INVALID;
}

static void string_validate(const struct gale_transfer *t, const struct string_source *s)
{
    uint32_t i = s->form == STRING_UTF8 ? string_ascii_run(s) : 0;

    if (s->form == STRING_LATIN1) {
        return;
    }
    while (i < s->units) {
        if (string_next(s, &i) == STRING_BAD) {
            string_trap(t, string_fault(s, i));
        }
    }
}

/* Checks the range and gives its address. */
static const uint8_t *string_bytes(const struct gale_transfer *t, uint32_t at, uint64_t bytes, uint32_t align)
{
    const struct gale_memory *memory = t->from.options->memory;

    if (bytes > STRING_BYTES_MAX) {
        string_trap(t, GALE_TRAP_STRING_TOO_LONG);
    }
    if (at % align != 0) {
        string_trap(t, GALE_TRAP_UNALIGNED);
    }
    if (!gale_memory_holds(memory, at, bytes)) {
        string_trap(t, t->to.instance == NULL ? GALE_TRAP_STRING_POINTER : GALE_TRAP_STRING_BOUNDS);
    }
    return memory->data + at;
}

static struct string_source string_lift(const struct gale_transfer *t, uint32_t at, uint32_t units)
{
    enum gale_encoding encoding = (enum gale_encoding)t->from.options->encoding;
    struct string_source s = {NULL, units, STRING_UTF8};
    uint64_t bytes;

    if (encoding == GALE_ENCODING_UTF16) {
        s.form = STRING_UTF16;
    } else if (encoding == GALE_ENCODING_LATIN1_UTF16) {
        s.form = units & STRING_UTF16_TAG ? STRING_UTF16 : STRING_LATIN1;
        s.units = units & ~STRING_UTF16_TAG;
    }
    bytes = s.form == STRING_UTF16 ? (uint64_t)s.units * 2 : s.units;
    s.data = string_bytes(t, at, bytes, encoding == GALE_ENCODING_UTF8 ? 1 : 2);
    string_validate(t, &s);
    return s;
}

static uint32_t string_put_utf16(uint8_t *to, uint32_t code)
{
    if (code < 0x10000) {
        gale_glue_put2(to, code);
        return 2;
    }
    gale_glue_put2(to, 0xd800 + ((code - 0x10000) >> 10));
    gale_glue_put2(to + 2, 0xdc00 + (code & 0x3ff));
    return 4;
}

/* The source was valid when it was lifted. Should it have changed since, its bad units become replacement characters,
   which never need more room than the worst case provides. */
static uint32_t string_again(const struct string_source *s, uint32_t *i)
{
    uint32_t code = string_next(s, i);

    return code == STRING_BAD ? 0xfffd : code;
}

static uint32_t string_encode_utf16(uint8_t *to, const struct string_source *s, uint32_t i)
{
    uint32_t bytes = 0;

    while (i < s->units) {
        bytes += string_put_utf16(to + bytes, string_again(s, &i));
    }
    return bytes;
}

static struct gale_glue_range string_copy(struct string_room *room, const struct string_source *s, uint32_t unit,
                                          uint32_t align)
{
    string_resize(room, s->units * unit, align);
    memcpy(room->data, s->data, room->bytes);
    return (struct gale_glue_range){room->at, s->units};
}

static struct gale_glue_range string_to_utf8(struct string_room *room, const struct string_source *s)
{
    uint32_t worst = s->units * (s->form == STRING_UTF16 ? 3u : 2u);
    uint32_t i = 0;
    uint32_t bytes;

    string_resize(room, s->units, 1);
    while (i < s->units) {
        uint32_t next = i;
        uint32_t code = string_again(s, &next);
        if (code >= 0x80) {
            break;
        }
        room->data[i] = (uint8_t)code;
        i = next;
    }
    bytes = i;
    if (i < s->units) {
        string_resize(room, worst, 1);
        while (i < s->units) {
            bytes += gale_utf8_put(room->data + bytes, string_again(s, &i));
        }
        if (bytes < worst) {
            string_resize(room, bytes, 1);
        }
    }
    return (struct gale_glue_range){room->at, bytes};
}

static struct gale_glue_range string_to_utf16(struct string_room *room, const struct string_source *s)
{
    uint32_t worst = s->units * 2;
    uint32_t bytes;

    string_resize(room, worst, 2);
    bytes = string_encode_utf16(room->data, s, 0);
    if (bytes < worst && s->form == STRING_UTF8) {
        string_resize(room, bytes, 2);
    }
    return (struct gale_glue_range){room->at, bytes / 2};
}

/* `done` characters have been stored as Latin-1, `i` units read: widens them and goes on in UTF-16. */
static struct gale_glue_range string_widen(struct string_room *room, const struct string_source *s, uint32_t done,
                                           uint32_t i)
{
    uint32_t worst = s->units * 2;
    uint32_t bytes;

    string_resize(room, worst, 2);
    for (uint32_t k = done; k > 0; k--) {
        gale_glue_put2(room->data + (size_t)(k - 1) * 2, room->data[k - 1]);
    }
    bytes = done * 2 + string_encode_utf16(room->data + (size_t)done * 2, s, i);
    if (bytes < worst) {
        string_resize(room, bytes, 2);
    }
    return (struct gale_glue_range){room->at, bytes / 2 | STRING_UTF16_TAG};
}

static struct gale_glue_range string_to_latin1_or_utf16(struct string_room *room, const struct string_source *s)
{
    uint32_t done = 0;

    string_resize(room, s->units, 2);
    for (uint32_t i = 0; i < s->units; done++) {
        uint32_t before = i;
        uint32_t code = string_again(s, &i);
        if (code >= 0x100) {
            return string_widen(room, s, done, before);
        }
        room->data[done] = (uint8_t)code;
    }
    if (done < s->units) {
        string_resize(room, done, 2);
    }
    return (struct gale_glue_range){room->at, done};
}

/* From UTF-16 of a Latin-1-or-UTF-16 side to another such: narrowed only if every character allows it. */
static struct gale_glue_range string_narrow(struct string_room *room, const struct string_source *s)
{
    uint32_t wide = 0;

    (void)string_copy(room, s, 2, 2);
    for (uint32_t i = 0; i < s->units; i++) {
        wide |= room->data[(size_t)i * 2 + 1];
    }
    if (wide != 0) {
        return (struct gale_glue_range){room->at, s->units | STRING_UTF16_TAG};
    }
    for (uint32_t i = 0; i < s->units; i++) {
        room->data[i] = room->data[(size_t)i * 2];
    }
    string_resize(room, s->units, 1);
    return (struct gale_glue_range){room->at, s->units};
}

struct gale_glue_range gale_glue_string(const struct gale_transfer *t, uint32_t at, uint32_t units)
{
    struct string_source s = string_lift(t, at, units);
    struct string_room room = {t, NULL, 0, 0};

    switch ((enum gale_encoding)t->to.options->encoding) {
    case GALE_ENCODING_UTF8:
        return s.form == STRING_UTF8 ? string_copy(&room, &s, 1, 1) : string_to_utf8(&room, &s);
    case GALE_ENCODING_UTF16:
        return s.form == STRING_UTF16 ? string_copy(&room, &s, 2, 2) : string_to_utf16(&room, &s);
    case GALE_ENCODING_LATIN1_UTF16:
    default:
        if (s.form == STRING_LATIN1) {
            return string_copy(&room, &s, 1, 2);
        }
        return s.form == STRING_UTF16 && t->from.options->encoding == GALE_ENCODING_LATIN1_UTF16
                   ? string_narrow(&room, &s)
                   : string_to_latin1_or_utf16(&room, &s);
    }
}
