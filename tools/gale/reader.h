/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Reads the numbers, names and vectors of the binary formats; each function refuses what does not fit, with its place.
 */
#ifndef GALE_TOOL_READER_H
#define GALE_TOOL_READER_H

#include "arena.h"
#include "diag.h"

/** A window into a file. Offsets are those of the file, so that messages need no arithmetic. */
struct reader {
    struct arena *arena;
    struct diag *diag;
    const uint8_t *bytes; /**< The file. */
    uint32_t at;          /**< The next byte. */
    uint32_t end;         /**< Behind the last byte of the window. */
    uint32_t depth;       /**< How deeply components and types nest here. */
    const char *what;     /**< The construct being read, for messages. */
};

/** Refuses: "<what>: <text>" at the given offset. */
_Noreturn void reader_fail(const struct reader *r, uint32_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
_Noreturn void reader_unsupported(const struct reader *r, uint32_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

uint8_t reader_u8(struct reader *r);
uint32_t reader_u32(struct reader *r);
uint64_t reader_u64(struct reader *r);
int64_t reader_signed(struct reader *r, unsigned bits);

/** A byte that is 0 or 1. */
bool reader_flag(struct reader *r);
void reader_skip(struct reader *r, uint32_t bytes);

/** The length of a vector; there is at least one byte for each element. */
uint32_t reader_count(struct reader *r);

/** A length and that many bytes of UTF-8. */
struct str reader_name(struct reader *r);

/** A window of the next `size` bytes, which are skipped here. */
struct reader reader_window(struct reader *r, uint32_t size, const char *what);

/** Refuses bytes left over. */
void reader_end(const struct reader *r);

#endif /* GALE_TOOL_READER_H */
