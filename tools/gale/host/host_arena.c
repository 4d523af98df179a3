/* SPDX-License-Identifier: Apache-2.0 */
#include "host_arena.h"

#include <string.h>

uint32_t host_arena_take(struct gale_arena *arena, uint32_t bytes, uint32_t align)
{
    uint32_t used = arena->used < HOST_ARENA_FIRST ? HOST_ARENA_FIRST : arena->used;
    uint32_t address = (used + align - 1) & ~(align - 1);
    if (address > arena->memory.size || bytes > arena->memory.size - address) {
        return 0;
    }
    arena->used = address + bytes;
    memset(arena->memory.data + address, 0, bytes);
    return address;
}

void *host_arena_at(const struct gale_arena *arena, uint32_t address)
{
    return arena->memory.data + address;
}

uint64_t host_arena_load(const struct gale_arena *arena, uint32_t address, uint32_t bytes)
{
    uint64_t value = 0;
    for (uint32_t k = bytes; k-- > 0;) {
        value = value << 8 | arena->memory.data[address + k];
    }
    return value;
}

void host_arena_store(const struct gale_arena *arena, uint32_t address, uint32_t bytes, uint64_t value)
{
    for (uint32_t k = 0; k < bytes; k++) {
        arena->memory.data[address + k] = (uint8_t)(value >> 8 * k);
    }
}

bool host_arena_put_string(struct gale_arena *arena, uint32_t address, const void *text, uint32_t bytes)
{
    uint32_t at = host_arena_take(arena, bytes, 1);
    if (at == 0) {
        return false;
    }
    if (bytes > 0) {
        memcpy(host_arena_at(arena, at), text, bytes);
    }
    host_arena_store(arena, address, 4, at);
    host_arena_store(arena, address + 4, 4, bytes);
    return true;
}
