/* SPDX-License-Identifier: Apache-2.0 */
#include "glue.h"

#define GLUE_LIST_BYTES_MAX ((1u << 28) - 1)

/* A side without an instance is the host: its peer answers for it. */
static _Noreturn void glue_trap(const struct gale_transfer *t, enum gale_trap code)
{
    gale_trap(t->from.instance != NULL ? t->from.instance : t->to.instance, code);
}

uint32_t gale_glue_char(const struct gale_transfer *t, uint32_t bits)
{
    if (bits > 0x10ffff || (bits >> 11) == 0x1b) {
        glue_trap(t, GALE_TRAP_CHAR);
    }
    return bits;
}

uint32_t gale_glue_case(const struct gale_transfer *t, uint32_t bits, uint32_t cases)
{
    if (bits >= cases) {
        glue_trap(t, GALE_TRAP_DISCRIMINANT);
    }
    return bits;
}

uint8_t *gale_glue_resize(const struct gale_transfer *t, uint32_t *at, uint32_t old_bytes, uint32_t align,
                          uint32_t bytes, enum gale_trap beyond)
{
    const struct gale_memory *memory = t->to.options->memory;

    if (t->from.instance == NULL) {
        *at = gale_value_realloc(&t->to, *at, old_bytes, align, bytes);
        return memory->data + *at;
    }
    *at = gale_value_realloc_unchecked(&t->to, *at, old_bytes, align, bytes);
    if (*at % align != 0) {
        glue_trap(t, GALE_TRAP_UNALIGNED);
    }
    if (!gale_memory_holds(memory, *at, bytes)) {
        glue_trap(t, beyond);
    }
    return memory->data + *at;
}

uint8_t *gale_glue_room(const struct gale_transfer *t, uint32_t bytes, uint32_t align, uint32_t *at)
{
    *at = 0;
    return gale_glue_resize(t, at, 0, align, bytes, GALE_TRAP_OUT_OF_BOUNDS);
}

struct gale_glue_list gale_glue_list(const struct gale_transfer *t, uint32_t at, uint32_t count, uint32_t size,
                                     uint32_t align)
{
    const struct gale_memory *memory = t->from.options->memory;
    uint64_t bytes = (uint64_t)count * size;
    struct gale_glue_list list;

    if (bytes <= GLUE_LIST_BYTES_MAX && at % align != 0) {
        glue_trap(t, GALE_TRAP_UNALIGNED);
    }
    if (bytes > GLUE_LIST_BYTES_MAX || !gale_memory_holds(memory, at, bytes)) {
        glue_trap(t, GALE_TRAP_LIST_BOUNDS);
    }
    list.bytes = (size_t)bytes;
    list.from = memory->data + at;
    list.at = 0;
    list.to = gale_glue_resize(t, &list.at, 0, align, (uint32_t)bytes, GALE_TRAP_LIST_BOUNDS);
    return list;
}

struct gale_glue_range gale_glue_plain_list(const struct gale_transfer *t, uint32_t at, uint32_t count, uint32_t size,
                                            uint32_t align)
{
    struct gale_glue_list list = gale_glue_list(t, at, count, size, align);

    memmove(list.to, list.from, list.bytes);
    return (struct gale_glue_range){list.at, count};
}

void gale_glue_move_f32(uint8_t *to, const uint8_t *from, size_t count)
{
    memmove(to, from, count * 4);
    for (size_t i = 0; i < count; i++) {
        gale_glue_put4(to + i * 4, gale_glue_f32(gale_glue_get4(to + i * 4)));
    }
}

void gale_glue_move_f64(uint8_t *to, const uint8_t *from, size_t count)
{
    memmove(to, from, count * 8);
    for (size_t i = 0; i < count; i++) {
        gale_glue_put8(to + i * 8, gale_glue_f64(gale_glue_get8(to + i * 8)));
    }
}
