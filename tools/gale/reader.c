/* SPDX-License-Identifier: Apache-2.0 */
#include "reader.h"

_Noreturn void reader_fail(const struct reader *r, uint32_t at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    diag_fail_in(r->diag, DIAG_MALFORMED, at, r->what, format, arguments);
}

_Noreturn void reader_unsupported(const struct reader *r, uint32_t at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    diag_fail_in(r->diag, DIAG_UNSUPPORTED, at, r->what, format, arguments);
}

uint8_t reader_u8(struct reader *r)
{
    if (r->at >= r->end) {
        reader_fail(r, r->at, "ends too early");
    }
    return r->bytes[r->at++];
}

uint64_t reader_u64(struct reader *r)
{
    uint32_t start = r->at;
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = reader_u8(r);
        if (shift == 63 && byte > 1) {
            break;
        }
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            return value;
        }
    }
    reader_fail(r, start, "integer too large");
}

uint32_t reader_u32(struct reader *r)
{
    uint32_t start = r->at;
    uint32_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        uint8_t byte = reader_u8(r);
        if (shift == 28 && byte > 0x0f) {
            break;
        }
        value |= (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            return value;
        }
    }
    reader_fail(r, start, "integer too large or too long");
}

int64_t reader_signed(struct reader *r, unsigned bits)
{
    uint32_t start = r->at;
    uint64_t value = 0;
    unsigned shift = 0;
    uint8_t byte = 0x80;
    while (shift < bits && byte >= 0x80) {
        byte = reader_u8(r);
        value |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    }
    if (shift < 64 && (byte & 0x40) != 0) {
        value |= ~(uint64_t)0 << shift;
    }
    int64_t result = (int64_t)value;
    if (byte >= 0x80 || (bits < 64 && (result < -((int64_t)1 << (bits - 1)) || result >= (int64_t)1 << (bits - 1)))) {
        reader_fail(r, start, "integer too large or too long");
    }
    return result;
}

bool reader_flag(struct reader *r)
{
    uint8_t byte = reader_u8(r);
    if (byte > 1) {
        reader_fail(r, r->at - 1, "0x%02x where 0x00 or 0x01 is wanted", byte);
    }
    return byte == 1;
}

void reader_skip(struct reader *r, uint32_t bytes)
{
    if (bytes > r->end - r->at) {
        reader_fail(r, r->at, "%u bytes wanted, %u are left", bytes, r->end - r->at);
    }
    r->at += bytes;
}

uint32_t reader_count(struct reader *r)
{
    uint32_t start = r->at;
    uint32_t count = reader_u32(r);
    if (count > r->end - r->at) {
        reader_fail(r, start, "%u elements in %u bytes", count, r->end - r->at);
    }
    return count;
}

/** Bytes of the UTF-8 sequence that begins with `lead`, or 0. */
static uint32_t reader_utf8_length(uint8_t lead)
{
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xc2 && lead < 0xe0) {
        return 2;
    }
    if (lead >= 0xe0 && lead < 0xf0) {
        return 3;
    }
    return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

static bool reader_utf8_is_valid(const uint8_t *bytes, uint32_t length)
{
    for (uint32_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return false;
        }
    }
    switch (bytes[0]) {
    case 0xe0:
        return bytes[1] >= 0xa0;
    case 0xed:
        return bytes[1] < 0xa0;
    case 0xf0:
        return bytes[1] >= 0x90;
    case 0xf4:
        return bytes[1] < 0x90;
    default:
        return true;
    }
}

struct str reader_name(struct reader *r)
{
    uint32_t size = reader_u32(r);
    uint32_t start = r->at;
    reader_skip(r, size);
    for (uint32_t i = 0; i < size;) {
        uint32_t length = reader_utf8_length(r->bytes[start + i]);
        if (length == 0 || length > size - i || !reader_utf8_is_valid(r->bytes + start + i, length)) {
            reader_fail(r, start + i, "the name is not UTF-8");
        }
        i += length;
    }
    return (struct str){arena_copy(r->arena, r->bytes + start, size), size};
}

struct reader reader_window(struct reader *r, uint32_t size, const char *what)
{
    struct reader window = *r;
    reader_skip(r, size);
    window.end = r->at;
    window.what = what;
    return window;
}

void reader_end(const struct reader *r)
{
    if (r->at != r->end) {
        reader_fail(r, r->at, "%u bytes left over", r->end - r->at);
    }
}
