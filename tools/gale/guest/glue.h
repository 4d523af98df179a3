/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What generated glue is made of: values read from and written to linear memory, checked and made canonical.
 *
 * A value lies either in memory (a `const uint8_t *` whose whole range was checked when it was obtained; memories never
 * move, so it stays good while a callee's realloc runs) or in flat slots. A flat slot always carries its bits
 * zero-extended to 64: writers go through `i64`, readers through any member. That makes the joins of variants free.
 *
 * Source: Component Model, Canonical ABI: "Loading", "Storing", "Flat Lifting", "Flat Lowering".
 */
#ifndef GALE_GUEST_GLUE_H
#define GALE_GUEST_GLUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "gale/component/trap.h"
#include "gale/component/value.h"

/** An address in linear memory and a number of elements or code units. */
struct gale_glue_range {
    uint32_t at;
    uint32_t count;
};

static inline uint32_t gale_glue_get1(const uint8_t *at)
{
    return at[0];
}

static inline uint32_t gale_glue_get2(const uint8_t *at)
{
    uint16_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

static inline uint32_t gale_glue_get4(const uint8_t *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

static inline uint64_t gale_glue_get8(const uint8_t *at)
{
    uint64_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

static inline void gale_glue_put1(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)value;
}

static inline void gale_glue_put2(uint8_t *at, uint32_t value)
{
    uint16_t narrow = (uint16_t)value;

    memcpy(at, &narrow, sizeof narrow);
}

static inline void gale_glue_put4(uint8_t *at, uint32_t value)
{
    memcpy(at, &value, sizeof value);
}

static inline void gale_glue_put8(uint8_t *at, uint64_t value)
{
    memcpy(at, &value, sizeof value);
}

/* Canonical forms: what a lifted value looks like in the 32 (or 64) bits of a flat value. */

static inline uint32_t gale_glue_bool(uint32_t bits)
{
    return bits != 0;
}

static inline uint32_t gale_glue_s8(uint32_t bits)
{
    return (uint32_t)(int8_t)bits;
}

static inline uint32_t gale_glue_u8(uint32_t bits)
{
    return (uint8_t)bits;
}

static inline uint32_t gale_glue_s16(uint32_t bits)
{
    return (uint32_t)(int16_t)bits;
}

static inline uint32_t gale_glue_u16(uint32_t bits)
{
    return (uint16_t)bits;
}

/** The bits of an f32, every NaN as the canonical one. */
static inline uint32_t gale_glue_f32(uint32_t bits)
{
    return (bits & 0x7fffffffu) > 0x7f800000u ? 0x7fc00000u : bits;
}

/** The bits of an f64, every NaN as the canonical one. */
static inline uint64_t gale_glue_f64(uint64_t bits)
{
    return (bits & 0x7fffffffffffffffu) > 0x7ff0000000000000u ? 0x7ff8000000000000u : bits;
}

/** A Unicode scalar value; anything else traps. */
uint32_t gale_glue_char(const struct gale_transfer *t, uint32_t bits);

/** A case number below `cases`; anything else traps. */
uint32_t gale_glue_case(const struct gale_transfer *t, uint32_t bits, uint32_t cases);

/** Room for `bytes` from the receiver's realloc, checked. */
uint8_t *gale_glue_room(const struct gale_transfer *t, uint32_t bytes, uint32_t align, uint32_t *at);

/**
 * The receiver's realloc: `*at` is the old address and becomes the new one.
 *
 * @param[in] beyond  The trap for a range outside of the memory, if a guest sends; a host has texts of its own.
 */
uint8_t *gale_glue_resize(const struct gale_transfer *t, uint32_t *at, uint32_t old_bytes, uint32_t align,
                          uint32_t bytes, enum gale_trap beyond);

/** A flat slot that holds an integer; `value` is zero-extended. */
static inline union gale_flat gale_glue_slot(uint64_t value)
{
    return (union gale_flat){.i64 = value};
}

static inline union gale_flat gale_glue_slot_f32(float value)
{
    union gale_flat slot = {.i64 = 0};

    slot.f32 = value;
    return slot;
}

static inline union gale_flat gale_glue_slot_f64(double value)
{
    return (union gale_flat){.f64 = value};
}

static inline void gale_glue_put_range(uint8_t *at, struct gale_glue_range range)
{
    gale_glue_put4(at, range.at);
    gale_glue_put4(at + 4, range.count);
}

static inline void gale_glue_set_range(union gale_flat *slots, struct gale_glue_range range)
{
    slots[0].i64 = range.at;
    slots[1].i64 = range.count;
}

/** Moves a string: validates it, and recodes it if the two sides' encodings differ. */
struct gale_glue_range gale_glue_string(const struct gale_transfer *t, uint32_t at, uint32_t units);

/** Where a list begins on both sides; `bytes` is its whole length there. */
struct gale_glue_list {
    const uint8_t *from;
    uint8_t *to;
    size_t bytes;
    uint32_t at; /**< Address of `to`. */
};

/** Checks the sender's list of `count` elements and gets room for it at the receiver. */
struct gale_glue_list gale_glue_list(const struct gale_transfer *t, uint32_t at, uint32_t count, uint32_t size,
                                     uint32_t align);

/** Moves a list whose elements are integers, or made of integers without gaps. */
struct gale_glue_range gale_glue_plain_list(const struct gale_transfer *t, uint32_t at, uint32_t count, uint32_t size,
                                            uint32_t align);

/** Moves `count` floats; the two ranges may overlap. */
void gale_glue_move_f32(uint8_t *to, const uint8_t *from, size_t count);
void gale_glue_move_f64(uint8_t *to, const uint8_t *from, size_t count);

#endif /* GALE_GUEST_GLUE_H */
