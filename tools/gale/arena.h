/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Memory that is given back all at once, byte strings, and arrays that grow inside such memory.
 *
 * The tool reads a component, plans, writes, and ends: nothing is freed one by one.
 */
#ifndef GALE_TOOL_ARENA_H
#define GALE_TOOL_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diag;

/** Memory in chunks; `arena_close` frees them all. All zero is an empty arena, ready for use. */
struct arena {
    struct arena_chunk *chunks; /**< Newest first. */
    struct diag *diag;          /**< Where running out of memory is reported. */
    size_t used;                /**< Bytes handed out so far. */
    size_t limit;               /**< Most bytes ever handed out; 0: ARENA_LIMIT. */
};

/** A component that needs more than this to be planned is refused. */
#define ARENA_LIMIT ((size_t)1 << 30)

/** Zeroed memory for `count` objects of `size` bytes, aligned for any type; never NULL. */
void *arena_take(struct arena *arena, size_t count, size_t size);

/** A copy of `size` bytes followed by a NUL. */
char *arena_copy(struct arena *arena, const void *bytes, size_t size);

/** printf into the arena. */
char *arena_print(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Frees all; the arena is empty then. */
void arena_close(struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_take((arena), 1, sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_take((arena), (count), sizeof(type)))

/** Bytes with a length; `data` ends in a NUL that is not counted, and may hold NULs before. */
struct str {
    const char *data;
    uint32_t size;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})

bool str_equal(struct str a, struct str b);
bool str_starts(struct str text, const char *prefix);

/** An array that grows: declare a member `ARRAY(struct thing) things;`, add with ARRAY_ADD, read `things.at[i]`. */
#define ARRAY(type)        \
    struct {               \
        type *at;          \
        uint32_t count;    \
        uint32_t capacity; \
    }

/** Room for one more element at the end, which becomes part of the array: a pointer to it, zeroed. */
#define ARRAY_ADD(arena, array)                                                                            \
    (array_grow((arena), (void **)&(array)->at, &(array)->count, &(array)->capacity, sizeof *(array)->at), \
     &(array)->at[(array)->count++])

/** Makes room for one element more; the element is zeroed. */
void array_grow(struct arena *arena, void **at, const uint32_t *count, uint32_t *capacity, size_t size);

#endif /* GALE_TOOL_ARENA_H */
