/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"

/* Under a sanitizer each piece is a chunk of its own, so that it sees what goes beyond one. */
#if defined(__SANITIZE_ADDRESS__)
#define CHUNK_BYTES ((size_t)1)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHUNK_BYTES ((size_t)1)
#endif
#endif
#ifndef CHUNK_BYTES
#define CHUNK_BYTES ((size_t)64 << 10)
#endif

struct arena_chunk {
    struct arena_chunk *next;
    size_t used;
    size_t size;
    max_align_t bytes[];
};

static size_t arena_round(size_t bytes)
{
    return (bytes + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
}

static void arena_add_chunk(struct arena *arena, size_t bytes)
{
    size_t size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
    struct arena_chunk *chunk = malloc(sizeof *chunk + size);
    if (chunk == NULL) {
        diag_fail(arena->diag, DIAG_LIMIT, DIAG_NOWHERE, "out of memory");
    }
    chunk->next = arena->chunks;
    chunk->used = 0;
    chunk->size = size;
    arena->chunks = chunk;
}

void *arena_take(struct arena *arena, size_t count, size_t size)
{
    size_t limit = arena->limit != 0 ? arena->limit : ARENA_LIMIT;
    if (size != 0 && count > (limit - arena->used) / size) {
        diag_fail(arena->diag, DIAG_LIMIT, DIAG_NOWHERE, "the component takes more than %zu bytes to plan", limit);
    }
    size_t bytes = arena_round(count * size);
    if (arena->chunks == NULL || bytes > arena->chunks->size - arena->chunks->used) {
        arena_add_chunk(arena, bytes);
    }
    struct arena_chunk *chunk = arena->chunks;
    void *taken = (char *)chunk->bytes + chunk->used;
    chunk->used += bytes;
    arena->used += count * size;
    return memset(taken, 0, bytes);
}

char *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    char *copy = arena_take(arena, size + 1, 1);
    if (size != 0) {
        memcpy(copy, bytes, size);
    }
    return copy;
}

char *arena_print(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (size < 0) {
        diag_fail(arena->diag, DIAG_LIMIT, DIAG_NOWHERE, "text too long");
    }
    char *text = arena_take(arena, (size_t)size + 1, 1);
    va_start(args, format);
    (void)vsnprintf(text, (size_t)size + 1, format, args);
    va_end(args);
    return text;
}

void arena_close(struct arena *arena)
{
    while (arena->chunks != NULL) {
        struct arena_chunk *next = arena->chunks->next;
        free(arena->chunks);
        arena->chunks = next;
    }
    arena->used = 0;
}

bool str_equal(struct str a, struct str b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool str_starts(struct str text, const char *prefix)
{
    size_t size = strlen(prefix);
    return text.size >= size && memcmp(text.data, prefix, size) == 0;
}

void array_grow(struct arena *arena, void **at, const uint32_t *count, uint32_t *capacity, size_t size)
{
    if (*count < *capacity) {
        return;
    }
    uint32_t room = *capacity < 8 ? 8 : *capacity * 2;
    void *bigger = arena_take(arena, room, size);
    if (*count != 0) {
        memcpy(bigger, *at, *count * size);
    }
    *at = bigger;
    *capacity = room;
}
