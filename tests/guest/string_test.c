/* SPDX-License-Identifier: Apache-2.0 */
/* Strings between two sides: against a plain model, the steps of realloc, and everything that must trap. */
#include <string.h>

#include "glue.h"
#include "random.h"
#include "sides.h"
#include "test.h"

#define UTF8 GALE_ENCODING_UTF8
#define UTF16 GALE_ENCODING_UTF16
#define LATIN1 GALE_ENCODING_LATIN1_UTF16
#define TAG 0x80000000u
#define POINTS_MAX 40
#define AT 64

/* --- the model: code points, written and read one by one --- */

static uint32_t model_utf8(uint8_t *to, const uint32_t *points, uint32_t count)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t c = points[i];
        uint32_t more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
        static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
        to[n++] = (uint8_t)(lead[more] | c >> (6 * more));
        for (uint32_t k = more; k > 0; k--) {
            to[n++] = (uint8_t)(0x80 | (c >> (6 * (k - 1)) & 0x3f));
        }
    }
    return n;
}

static uint32_t model_utf16(uint8_t *to, const uint32_t *points, uint32_t count)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t c = points[i];
        if (c >= 0x10000) {
            gale_glue_put2(to + 2 * n++, 0xd7c0 + (c >> 10));
            c = 0xdc00 | (c & 0x3ff);
        }
        gale_glue_put2(to + 2 * n++, c);
    }
    return n;
}

/* Writes code points as side 0 would; returns the tagged number of code units. */
static uint32_t model_write(enum gale_encoding encoding, uint8_t *to, const uint32_t *points, uint32_t count,
                            bool latin1)
{
    if (encoding == UTF8) {
        return model_utf8(to, points, count);
    }
    if (encoding == UTF16) {
        return model_utf16(to, points, count);
    }
    if (!latin1) {
        return model_utf16(to, points, count) | TAG;
    }
    for (uint32_t i = 0; i < count; i++) {
        to[i] = (uint8_t)points[i];
    }
    return count;
}

static uint32_t random_point(struct random_state *r, bool latin1)
{
    static const uint32_t bounds[] = {0x80, 0x100, 0x800, 0x10000, 0x110000};
    uint32_t point = random_below(r, bounds[random_below(r, latin1 ? 2 : 5)]);

    return point >= 0xd800 && point < 0xe000 ? 0x20ac : point;
}

static uint32_t bytes_of(enum gale_encoding encoding, uint32_t units)
{
    return encoding == UTF16 || (encoding == LATIN1 && (units & TAG) != 0) ? (units & ~TAG) * 2 : units;
}

static void check_round(struct random_state *r, enum gale_encoding from, enum gale_encoding to)
{
    uint32_t points[POINTS_MAX];
    uint32_t count = random_below(r, POINTS_MAX + 1);
    bool small = random_below(r, 2) == 0;
    bool latin1 = true;
    bool tagged = from == LATIN1 && (!small || random_below(r, 2) == 0);
    uint8_t expected[POINTS_MAX * 4];
    uint32_t units;
    uint32_t wanted;

    sides_init(from, to);
    for (uint32_t i = 0; i < count; i++) {
        points[i] = random_point(r, small);
        latin1 = latin1 && points[i] < 0x100;
    }
    units = model_write(from, sides.memories[0].data + AT, points, count, !tagged);
    wanted = model_write(to, expected, points, count, latin1);
    SIDES_RUN(sides.got = gale_glue_string(&sides.transfer, AT, units));
    CHECK_EQ(sides.trap, GALE_TRAP_NONE);
    CHECK_EQ(sides.got.count, wanted);
    CHECK(memcmp(sides.memories[1].data + sides.got.at, expected, bytes_of(to, wanted)) == 0);
}

TEST(string, any_text_arrives_in_any_encoding)
{
    struct random_state r = random_seed(20261122);
    static const enum gale_encoding encodings[] = {UTF8, UTF16, LATIN1};

    test_note("seed", r.state);
    for (int i = 0; i < 100000 && test_failures() == 0; i++) {
        check_round(&r, encodings[random_below(&r, 3)], encodings[random_below(&r, 3)]);
    }
}

/* --- realloc is asked in the prescribed steps --- */

struct steps {
    enum gale_encoding from, to;
    const char *bytes; /* in the sender's memory */
    uint32_t units;
    uint32_t count;
    struct sides_realloc calls[2]; /* old addresses are not compared */
    uint32_t got;
};

static const struct steps steps[] = {
    {UTF8, UTF8, "ab\xc3\xa9", 4, 1, {{0, 0, 1, 4}}, 4},
    {UTF16, UTF8, "a\0b\0", 2, 1, {{0, 0, 1, 2}}, 2},
    {UTF16, UTF8, "a\0\xe9\0", 2, 3, {{0, 0, 1, 2}, {0, 2, 1, 6}}, 3},
    {LATIN1, UTF8, "a\xe9", 2, 3, {{0, 0, 1, 2}, {0, 2, 1, 4}}, 3},
    {UTF8, UTF16, "ab", 2, 1, {{0, 0, 2, 4}}, 2},
    {UTF8, UTF16, "\xc3\xa9", 2, 2, {{0, 0, 2, 4}, {0, 4, 2, 2}}, 1},
    {LATIN1, UTF16, "a\xe9", 2, 1, {{0, 0, 2, 4}}, 2},
    {UTF8, LATIN1, "\xc3\xa9", 2, 2, {{0, 0, 2, 2}, {0, 2, 2, 1}}, 1},
    {UTF8, LATIN1, "a\xe2\x82\xac", 4, 3, {{0, 0, 2, 4}, {0, 4, 2, 8}}, 2 | TAG},
    {LATIN1, LATIN1, "a\xe9", 2, 1, {{0, 0, 2, 2}}, 2},
    {LATIN1, LATIN1, "a\0\xe9\0", 2 | TAG, 2, {{0, 0, 2, 4}, {0, 4, 1, 2}}, 2},
    {LATIN1, LATIN1, "a\0\xac\x20", 2 | TAG, 1, {{0, 0, 2, 4}}, 2 | TAG},
};

static void check_steps(const struct steps *s)
{

    sides_init(s->from, s->to);
    memcpy(sides.memories[0].data + AT, s->bytes, bytes_of(s->from, s->units));
    SIDES_RUN(sides.got = gale_glue_string(&sides.transfer, AT, s->units));
    CHECK_EQ(sides.trap, GALE_TRAP_NONE);
    CHECK_EQ(sides.got.count, s->got);
    CHECK_EQ(sides.call_count, s->count);
    for (uint32_t i = 0; i < s->count && i < 2; i++) {
        CHECK_EQ(sides.calls[i].old_bytes, s->calls[i].old_bytes);
        CHECK_EQ(sides.calls[i].align, s->calls[i].align);
        CHECK_EQ(sides.calls[i].bytes, s->calls[i].bytes);
    }
    if (s->count == 3) {
        CHECK_EQ(sides.calls[2].old_bytes, s->calls[1].bytes);
        CHECK_EQ(sides.calls[2].bytes, bytes_of(s->to, s->got));
    }
}

TEST(string, realloc_is_asked_in_the_prescribed_steps)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        test_note("case", i);
        check_steps(&steps[i]);
    }
}

/* --- what is no string traps --- */

struct fault {
    enum gale_encoding from;
    const char *bytes;
    uint32_t units;
    enum gale_trap trap;
};

static const struct fault faults[] = {
    {UTF8, "\xff", 1, GALE_TRAP_UTF8_INVALID},
    {UTF8, "\x80", 1, GALE_TRAP_UTF8_INVALID},
    {UTF8, "\xc0\x80", 2, GALE_TRAP_UTF8_INVALID},
    {UTF8, "\xc1\xbf", 2, GALE_TRAP_UTF8_INVALID},
    {UTF8, "\xe0\x9f\xbf", 3, GALE_TRAP_UTF8_INVALID},
    {UTF8, "\xed\xa0\x80", 3, GALE_TRAP_UTF8_INVALID},
    {UTF8, "\xf0\x8f\xbf\xbf", 4, GALE_TRAP_UTF8_INVALID},
    {UTF8, "\xf4\x90\x80\x80", 4, GALE_TRAP_UTF8_INVALID},
    {UTF8, "\xf5\x80\x80\x80", 4, GALE_TRAP_UTF8_INVALID},
    {UTF8, "\xe2\x28\xa1", 3, GALE_TRAP_UTF8_INVALID},
    {UTF8, "12345678\xc3", 9, GALE_TRAP_UTF8_INCOMPLETE},
    {UTF8, "\xf0\x9f\x98", 3, GALE_TRAP_UTF8_INCOMPLETE},
    {UTF16, "\x00\xd8", 1, GALE_TRAP_UTF16_INVALID},
    {UTF16, "\x00\xdc", 1, GALE_TRAP_UTF16_INVALID},
    {UTF16, "\x00\xd8\x41\x00", 2, GALE_TRAP_UTF16_INVALID},
    {LATIN1, "\x00\xdc\x00\xd8", 2 | TAG, GALE_TRAP_UTF16_INVALID},
};

static void check_fault(const struct fault *f)
{
    sides_init(f->from, UTF8);
    memcpy(sides.memories[0].data + AT, f->bytes, bytes_of(f->from, f->units));
    SIDES_RUN((void)gale_glue_string(&sides.transfer, AT, f->units));
    CHECK_EQ(sides.trap, f->trap);
    CHECK_EQ(sides.call_count, 0);
}

TEST(string, what_is_no_text_traps)
{
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        test_note("case", i);
        check_fault(&faults[i]);
    }
}

static enum gale_trap trap_of(enum gale_encoding from, uint32_t at, uint32_t units)
{
    sides_init(from, UTF8);
    memset(sides.memories[0].data, 0, SIDES_BYTES);
    SIDES_RUN((void)gale_glue_string(&sides.transfer, at, units));
    return sides.trap;
}

TEST(string, ranges_outside_and_odd_addresses_trap)
{
    CHECK_EQ(trap_of(UTF8, SIDES_BYTES - 4, 4), GALE_TRAP_NONE);
    CHECK_EQ(trap_of(UTF8, SIDES_BYTES - 4, 5), GALE_TRAP_STRING_BOUNDS);
    CHECK_EQ(trap_of(UTF8, SIDES_BYTES, 0), GALE_TRAP_NONE);
    CHECK_EQ(trap_of(UTF8, SIDES_BYTES + 1, 0), GALE_TRAP_STRING_BOUNDS);
    CHECK_EQ(trap_of(UTF8, UINT32_MAX, 16), GALE_TRAP_STRING_BOUNDS);
    CHECK_EQ(trap_of(UTF8, 0, 1u << 28), GALE_TRAP_STRING_TOO_LONG);
    CHECK_EQ(trap_of(UTF8, 1, 1), GALE_TRAP_NONE);
    CHECK_EQ(trap_of(UTF16, 1, 0), GALE_TRAP_UNALIGNED);
    CHECK_EQ(trap_of(UTF16, SIDES_BYTES - 4, 3), GALE_TRAP_STRING_BOUNDS);
    CHECK_EQ(trap_of(UTF16, 0, UINT32_MAX), GALE_TRAP_STRING_TOO_LONG);
    CHECK_EQ(trap_of(LATIN1, 1, 1), GALE_TRAP_UNALIGNED);
    CHECK_EQ(trap_of(LATIN1, SIDES_BYTES - 4, 3 | TAG), GALE_TRAP_STRING_BOUNDS);
    CHECK_EQ(trap_of(LATIN1, SIDES_BYTES - 4, 4), GALE_TRAP_NONE);
}

TEST(string, a_realloc_that_gives_no_room_traps)
{
    sides_init(UTF8, UTF8);
    memset(sides.memories[0].data, 'a', 16);
    sides.next = SIDES_BYTES - 8;
    SIDES_RUN((void)gale_glue_string(&sides.transfer, 0, 9));
    CHECK_EQ(sides.trap, GALE_TRAP_STRING_BOUNDS);
    sides.transfer.from.instance = NULL;
    sides.next = SIDES_BYTES - 8;
    SIDES_RUN((void)gale_glue_string(&sides.transfer, 0, 9));
    CHECK_EQ(sides.trap, GALE_TRAP_REALLOC_BOUNDS);
}
