/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What guests in C need of the Component Model's async: streams and futures read and written by calls that wait.
 *
 * Names are those that wit-component gives the built-ins; see DEFINE_STREAM.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))

enum { GUEST_COMPLETED = 0, GUEST_DROPPED = 1, GUEST_EXIT = 0 };
#define GUEST_BLOCKED UINT32_C(0xffffffff)

IMPORT("$root", "[waitable-set-new]") uint32_t guest_set_new(void);
IMPORT("$root", "[waitable-set-wait]") uint32_t guest_set_wait(uint32_t set, uint32_t *event);
IMPORT("$root", "[waitable-join]") void guest_join(uint32_t waitable, uint32_t set);

/** The result of an operation on `end` that has just answered `result`: waits for it if it is under way. */
static inline uint32_t guest_wait(uint32_t end, uint32_t result)
{
    static uint32_t set;
    uint32_t event[2];
    if (result != GUEST_BLOCKED) {
        return result;
    }
    set = set == 0 ? guest_set_new() : set;
    guest_join(end, set);
    guest_set_wait(set, event);
    guest_join(end, 0);
    return event[1];
}

/** Declares the built-ins of stream number `n` among the types of function `f` of `module`, as stream_*_`name`. */
#define DEFINE_STREAM(name, module, n, f)                                                                         \
    IMPORT(module, "[stream-new-" n "]" f) uint64_t stream_new_##name(void);                                      \
    IMPORT(module, "[async-lower][stream-read-" n "]" f) uint32_t stream_read_##name(uint32_t, void *, uint32_t); \
    IMPORT(module, "[async-lower][stream-write-" n "]" f)                                                         \
    uint32_t stream_write_##name(uint32_t, const void *, uint32_t);                                               \
    IMPORT(module, "[stream-drop-readable-" n "]" f) void stream_drop_readable_##name(uint32_t);                  \
    IMPORT(module, "[stream-drop-writable-" n "]" f) void stream_drop_writable_##name(uint32_t)

/** As DEFINE_STREAM, for the reading side of a future. */
#define DEFINE_FUTURE(name, module, n, f)                                                               \
    IMPORT(module, "[async-lower][future-read-" n "]" f) uint32_t future_read_##name(uint32_t, void *); \
    IMPORT(module, "[future-drop-readable-" n "]" f) void future_drop_readable_##name(uint32_t)

/** Of a pair of ends: */
#define READABLE(ends) ((uint32_t)(ends))
#define WRITABLE(ends) ((uint32_t)((ends) >> 32))

/** Reads at most `room` elements. @return How many; 0 at the end of the stream. */
#define READ(name, end, to, room, ended) \
    guest_count(guest_wait((end), stream_read_##name((end), (to), (uint32_t)(room))), &(ended))

static inline uint32_t guest_count(uint32_t packed, bool *ended)
{
    *ended = *ended || (packed & 15u) == GUEST_DROPPED;
    return packed >> 4;
}

/** Writes all `count` elements of `size` bytes. @return false: the reader is gone, nothing may be written any more. */
#define DEFINE_WRITE_ALL(name, size)                                                                            \
    static bool write_all_##name(uint32_t end, const void *from, size_t count)                                  \
    {                                                                                                           \
        bool gone = false;                                                                                      \
        const char *at = from;                                                                                  \
        while (count > 0 && !gone) {                                                                            \
            uint32_t done = guest_count(guest_wait(end, stream_write_##name(end, at, (uint32_t)count)), &gone); \
            at += done * (size);                                                                                \
            count -= done;                                                                                      \
        }                                                                                                       \
        return !gone;                                                                                           \
    }

/* Without a C library, the compiler's own calls. */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memset(void *to, int byte, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
size_t strlen(const char *text);

#endif /* GUEST_H */
