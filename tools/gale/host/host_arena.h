/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Arenas of the host: memory for values that go to components and come from them, in the Canonical ABI's layout.
 *
 * Addresses are offsets, as a guest's are. An arena never moves.
 */
#ifndef GALE_HOST_ARENA_H
#define GALE_HOST_ARENA_H

#include <stdbool.h>
#include <stdint.h>

#include "gale/component/memory.h"

/** What comes first in an arena: nothing lies at address 0, and this address suits every alignment. */
#define HOST_ARENA_FIRST 16u

/**
 * Room for `bytes` bytes, zeroed, at a multiple of `align` (1, 2, 4 or 8).
 *
 * @return Its address; 0 when the arena is full.
 */
uint32_t host_arena_take(struct gale_arena *arena, uint32_t bytes, uint32_t align);

/** The bytes at `address`. */
void *host_arena_at(const struct gale_arena *arena, uint32_t address);

/** The unsigned number of `bytes` bytes (1, 2, 4 or 8) at `address`. */
uint64_t host_arena_load(const struct gale_arena *arena, uint32_t address, uint32_t bytes);

/** Store the low `bytes` bytes (1, 2, 4 or 8) of `value` at `address`. */
void host_arena_store(const struct gale_arena *arena, uint32_t address, uint32_t bytes, uint64_t value);

/**
 * Put a string or a list of bytes into the arena and store its address and length at `address`.
 *
 * @return false when the arena is full.
 */
bool host_arena_put_string(struct gale_arena *arena, uint32_t address, const void *text, uint32_t bytes);

#endif /* GALE_HOST_ARENA_H */
