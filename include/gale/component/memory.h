/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Linear memories as the runtime sees them: an address and a size, both read again at each access, for a memory may grow.
 *
 * Source: Canonical ABI, Canonical ABI Options. Properties: ST03.
 */
#ifndef GALE_COMPONENT_MEMORY_H
#define GALE_COMPONENT_MEMORY_H

#include "gale/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A linear memory. Translated modules use it as their own record of a memory. */
struct gale_memory {
    uint8_t *data;      /**< Address 0 of the guest. */
    size_t size;        /**< Bytes now, a multiple of 65536 for a guest's memory. */
    uint32_t pages;     /**< size / 65536. */
    uint32_t max_pages; /**< What it may grow to. */
};

/**
 * Memory of a host that stands in the place of a guest: what values that do not fit a flat are put into.
 * The first member is what `struct gale_value_options` points to.
 */
struct gale_arena {
    struct gale_memory memory; /**< `data` aligned to 8; `size` at most UINT32_MAX - 8. */
    uint32_t used;             /**< Bytes handed out, from the low end; the host sets it back to 0. */
};

/**
 * True when the `bytes` bytes from `ptr` lie in `m`.
 *
 * @context any; never blocks.
 * @satisfies ST03
 */
/*@ requires own: \valid_read(m);
    assigns  \nothing;
    ensures  st03: \result <==> ptr + bytes <= m->size;
*/
static inline bool gale_memory_holds(const struct gale_memory *m, uint32_t ptr, uint64_t bytes)
{
    return ptr <= m->size && bytes <= m->size - ptr;
}

#ifdef __cplusplus
}
#endif

#endif /* GALE_COMPONENT_MEMORY_H */
