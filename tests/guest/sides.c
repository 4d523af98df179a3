/* SPDX-License-Identifier: Apache-2.0 */
#include "sides.h"

#include <string.h>

#include "gale/component/instance.h"

struct sides sides;

static uint8_t sides_storage[2][SIDES_BYTES];
static struct gale_instance sides_instances[2];

void sides_init(enum gale_encoding from, enum gale_encoding to)
{
    const enum gale_encoding encodings[2] = {from, to};

    memset(&sides, 0, sizeof sides);
    memset(sides_storage, 0xaa, sizeof sides_storage);
    for (int i = 0; i < 2; i++) {
        sides.memories[i] = (struct gale_memory){sides_storage[i], SIDES_BYTES, 1, 1};
        sides.options[i] = (struct gale_value_options){&sides.memories[i], NULL, (uint8_t)encodings[i]};
    }
    sides.transfer.from = (struct gale_value_side){.instance = &sides_instances[0], .options = &sides.options[0]};
    sides.transfer.to = (struct gale_value_side){.instance = &sides_instances[1], .options = &sides.options[1]};
    sides.next = 1024;
}

void gale_trap(struct gale_instance *instance, enum gale_trap code)
{
    (void)instance;
    sides.trap = code;
    longjmp(sides.escape, 1);
}

/* A new block each time, as a realloc that never finds room in place; what was there is copied. */
uint32_t gale_value_realloc_unchecked(const struct gale_value_side *side, uint32_t old, uint32_t old_size,
                                      uint32_t align, uint32_t new_size)
{
    uint32_t at = (sides.next + align - 1) / align * align;
    uint8_t *data = side->options->memory->data;

    if (sides.call_count < SIDES_CALLS) {
        sides.calls[sides.call_count++] = (struct sides_realloc){old, old_size, align, new_size};
    }
    if (at <= SIDES_BYTES && new_size <= SIDES_BYTES - at) {
        memcpy(data + at, data + old, old_size < new_size ? old_size : new_size);
    }
    sides.next = at + new_size;
    return at;
}

uint32_t gale_value_realloc(const struct gale_value_side *side, uint32_t old, uint32_t old_size, uint32_t align,
                            uint32_t new_size)
{
    uint32_t at = gale_value_realloc_unchecked(side, old, old_size, align, new_size);

    if (!gale_memory_holds(side->options->memory, at, new_size)) {
        gale_trap(side->instance, GALE_TRAP_REALLOC_BOUNDS);
    }
    return at;
}
