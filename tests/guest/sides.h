/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Two sides with memories, a realloc that keeps a record, and traps that come back to the test: what code that moves
 * values needs of the runtime, and no more.
 */
#ifndef TESTS_GUEST_SIDES_H
#define TESTS_GUEST_SIDES_H

#include <setjmp.h>

#include "glue.h"

#define SIDES_BYTES 65536
#define SIDES_CALLS 8

/** A call of the receiver's realloc. */
struct sides_realloc {
    uint32_t old, old_bytes, align, bytes;
};

struct sides {
    struct gale_memory memories[2];
    struct gale_value_options options[2];
    struct gale_transfer transfer; /**< From side 0 to side 1, both guests. */
    uint32_t next;                 /**< What realloc gives next; then behind the block. */
    struct sides_realloc calls[SIDES_CALLS];
    uint32_t call_count;
    enum gale_trap trap;        /**< The last one; GALE_TRAP_NONE. */
    struct gale_glue_range got; /**< What a string or list became. */
    jmp_buf escape;
};

extern struct sides sides;

/** Fresh sides, their memories filled with 0xaa. */
void sides_init(enum gale_encoding from, enum gale_encoding to);

/** Runs `statement`; `sides.trap` says whether it trapped. */
#define SIDES_RUN(statement)             \
    do {                                 \
        sides.trap = GALE_TRAP_NONE;     \
        if (setjmp(sides.escape) == 0) { \
            statement;                   \
        }                                \
    } while (0)

#endif /* TESTS_GUEST_SIDES_H */
