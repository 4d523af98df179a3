/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers, characters, cases and lists: their canonical form, and what traps. */
#include <string.h>

#include "glue.h"
#include "sides.h"
#include "test.h"

TEST(glue, integers_take_the_form_of_their_type)
{
    CHECK_EQ(gale_glue_bool(0x100), 1);
    CHECK_EQ(gale_glue_bool(0), 0);
    CHECK_EQ(gale_glue_u8(0x1ff), 0xff);
    CHECK_EQ(gale_glue_s8(0x180), 0xffffff80u);
    CHECK_EQ(gale_glue_u16(0x1ffff), 0xffff);
    CHECK_EQ(gale_glue_s16(0x18000), 0xffff8000u);
}

TEST(glue, every_nan_becomes_the_canonical_one)
{
    CHECK_EQ(gale_glue_f32(0x7fc00000u), 0x7fc00000u);
    CHECK_EQ(gale_glue_f32(0xffffffffu), 0x7fc00000u);
    CHECK_EQ(gale_glue_f32(0x7f800001u), 0x7fc00000u);
    CHECK_EQ(gale_glue_f32(0x7f800000u), 0x7f800000u);
    CHECK_EQ(gale_glue_f32(0xff800000u), 0xff800000u);
    CHECK_EQ(gale_glue_f32(0x80000000u), 0x80000000u);
    CHECK(gale_glue_f64(0xfff0000000000001u) == 0x7ff8000000000000u);
    CHECK(gale_glue_f64(0x7ff0000000000000u) == 0x7ff0000000000000u);
    CHECK(gale_glue_f64(0x3ff8000000000000u) == 0x3ff8000000000000u);
}

static enum gale_trap char_trap(uint32_t bits)
{
    SIDES_RUN((void)gale_glue_char(&sides.transfer, bits));
    return sides.trap;
}

TEST(glue, a_char_is_a_scalar_value)
{
    sides_init(GALE_ENCODING_UTF8, GALE_ENCODING_UTF8);
    CHECK_EQ(char_trap(0), GALE_TRAP_NONE);
    CHECK_EQ(char_trap(0xd7ff), GALE_TRAP_NONE);
    CHECK_EQ(char_trap(0xd800), GALE_TRAP_CHAR);
    CHECK_EQ(char_trap(0xdfff), GALE_TRAP_CHAR);
    CHECK_EQ(char_trap(0xe000), GALE_TRAP_NONE);
    CHECK_EQ(char_trap(0x10ffff), GALE_TRAP_NONE);
    CHECK_EQ(char_trap(0x110000), GALE_TRAP_CHAR);
    CHECK_EQ(char_trap(UINT32_MAX), GALE_TRAP_CHAR);
}

TEST(glue, a_case_is_one_of_its_variant)
{
    sides_init(GALE_ENCODING_UTF8, GALE_ENCODING_UTF8);
    SIDES_RUN(sides.got.count = gale_glue_case(&sides.transfer, 2, 3));
    CHECK_EQ(sides.got.count, 2);
    SIDES_RUN((void)gale_glue_case(&sides.transfer, 3, 3));
    CHECK_EQ(sides.trap, GALE_TRAP_DISCRIMINANT);
}

TEST(glue, floats_move_over_themselves)
{
    static const uint32_t given[] = {0x3f800000u, 0xffc00001u, 0x40000000u, 0x7f800001u};
    static const uint32_t wanted[] = {0x3f800000u, 0x7fc00000u, 0x40000000u, 0x7fc00000u};
    uint8_t bytes[32];

    for (int shift = 0; shift <= 8; shift += 4) {
        memcpy(bytes + 4, given, sizeof given);
        gale_glue_move_f32(bytes + shift, bytes + 4, 4);
        CHECK(memcmp(bytes + shift, wanted, sizeof wanted) == 0);
    }
    memset(bytes, 0xff, sizeof bytes);
    gale_glue_move_f64(bytes, bytes + 8, 2);
    CHECK(gale_glue_get8(bytes) == 0x7ff8000000000000u);
    CHECK(gale_glue_get8(bytes + 8) == 0x7ff8000000000000u);
}

static enum gale_trap list_trap(uint32_t at, uint32_t count, uint32_t size, uint32_t align)
{
    sides_init(GALE_ENCODING_UTF8, GALE_ENCODING_UTF8);
    SIDES_RUN((void)gale_glue_plain_list(&sides.transfer, at, count, size, align));
    return sides.trap;
}

TEST(glue, a_list_lies_in_the_senders_memory)
{
    CHECK_EQ(list_trap(SIDES_BYTES - 8, 2, 4, 4), GALE_TRAP_NONE);
    CHECK_EQ(list_trap(SIDES_BYTES - 8, 3, 4, 4), GALE_TRAP_LIST_BOUNDS);
    CHECK_EQ(list_trap(SIDES_BYTES + 4, 0, 4, 4), GALE_TRAP_LIST_BOUNDS);
    CHECK_EQ(list_trap(2, 0, 4, 4), GALE_TRAP_UNALIGNED);
    CHECK_EQ(list_trap(0, 0x10000000u, 16, 8), GALE_TRAP_LIST_BOUNDS);
    CHECK_EQ(list_trap(0, UINT32_MAX, UINT32_MAX, 1), GALE_TRAP_LIST_BOUNDS);
}

TEST(glue, a_list_is_copied_into_the_receivers_room)
{

    sides_init(GALE_ENCODING_UTF8, GALE_ENCODING_UTF8);
    memcpy(sides.memories[0].data + 32, "0123456789abcdef", 16);
    SIDES_RUN(sides.got = gale_glue_plain_list(&sides.transfer, 32, 2, 8, 8));
    CHECK_EQ(sides.trap, GALE_TRAP_NONE);
    CHECK_EQ(sides.got.count, 2);
    CHECK_EQ(sides.got.at % 8, 0);
    CHECK(memcmp(sides.memories[1].data + sides.got.at, "0123456789abcdef", 16) == 0);
    CHECK_EQ(sides.calls[0].bytes, 16);
}

TEST(glue, slots_carry_their_bits_zero_extended)
{
    CHECK(gale_glue_slot_f32(1.0f).i64 == 0x3f800000u);
    CHECK(gale_glue_slot_f64(1.0).i64 == 0x3ff0000000000000u);
    CHECK(gale_glue_slot(0xffffffffu).i64 == 0xffffffffu);
}
