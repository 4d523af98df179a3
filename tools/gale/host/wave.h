/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * WAVE, the text form of component values: `{name: "x", sizes: [1, 2], kind: some(big)}`.
 *
 * Reading is directed by the type. Resources, streams, futures and error contexts have no text form.
 * Source: WebAssembly Value Encoding, as wasm-tools and wasmtime read and print it.
 */
#ifndef GALE_HOST_WAVE_H
#define GALE_HOST_WAVE_H

#include "describe.h"
#include "host_arena.h"

#include <stdio.h>

/** A text being read. */
struct wave_reader {
    const char *at;    /**< What comes next. */
    const char *error; /**< NULL, or what was wrong at `at`; the first error stays. */
};

/**
 * Read a value of `type` to `address` of the arena, where room for it is; what it refers to is taken from the arena.
 *
 * @return false with `reader->error` set when the text is no such value, or memory is out.
 */
bool wave_read(struct wave_reader *reader, const struct gale_wit_type *type, struct gale_arena *arena,
               uint32_t address);

/** Read the parameters `(a, b)` of a function to the tuple at `address`; `type` is NULL when it has none. */
bool wave_read_params(struct wave_reader *reader, const struct gale_wit_type *type, struct gale_arena *arena,
                      uint32_t address);

/** True when nothing but blanks and comments is left. */
bool wave_at_end(struct wave_reader *reader);

/** Write the value of `type` at `address`. What has no text form is written as `<stream>` and the like. */
void wave_write(FILE *out, const struct gale_wit_type *type, const struct gale_arena *arena, uint32_t address);

#endif /* GALE_HOST_WAVE_H */
