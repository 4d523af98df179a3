/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Values in transit: what generated code needs to lift from one side and lower to the other in one pass.
 *
 * A side is a guest instance or the host. What a guest passes is checked here and nowhere below.
 * Source: Canonical ABI, Lifting and Lowering Context; Loading; Storing. Properties: ST03, HT01, HT04.
 */
#ifndef GALE_COMPONENT_VALUE_H
#define GALE_COMPONENT_VALUE_H

#include "gale/component/memory.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gale_instance;
struct gale_transfer;

/** One core value: what a parameter, a result or a joined variant case takes in a flat signature. */
union gale_flat {
    uint32_t i32;
    uint64_t i64;
    float f32;
    double f64;
};

/** How a string lies in memory. */
enum gale_encoding { GALE_ENCODING_UTF8, GALE_ENCODING_UTF16, GALE_ENCODING_LATIN1_UTF16 };

/** The canonical options of one side that concern values; one static object per set of options. */
struct gale_value_options {
    struct gale_memory *memory; /**< NULL if the side uses none. For a host side: the memory of a struct gale_arena. */
    /** The guest's realloc, called as core code; NULL if the side has none. Call it by gale_value_realloc() alone. */
    uint32_t (*realloc)(struct gale_instance *instance, uint32_t old, uint32_t old_size, uint32_t align,
                        uint32_t new_size);
    uint8_t encoding; /**< enum gale_encoding. */
};

/** One side of a transfer. */
struct gale_value_side {
    struct gale_instance *instance;           /**< NULL for the host. */
    const struct gale_value_options *options; /**< NULL if the functions on this side have no options. */
    struct gale_instance *peer; /**< Of a host side: who is stopped if an arena is too small. Else not used. */
    gale_id scope; /**< What borrows belong to: the subtask on the lending side, the task on the borrowing one. */
};

/** From whom to whom values go. */
struct gale_transfer {
    struct gale_value_side from, to;
};

#define GALE_VALUE_NUMBER 1u /**< A number type: streams of it may pass within one instance. */

/** Element type of a stream or future. Types are the same if and only if they are the same object. */
struct gale_value_type {
    uint32_t size; /**< Bytes of one element in memory, a multiple of `align`; at least 1, at most 2^28 - 1. */
    uint8_t align; /**< 1, 2, 4 or 8. */
    uint8_t flags; /**< GALE_VALUE_NUMBER or 0. */
    /** Moves `count` elements; both ranges are aligned and inside their memories. NULL: plain data, one memcpy. */
    void (*move)(const struct gale_transfer *t, uint32_t src, uint32_t dst, uint32_t count);
};

/**
 * The address of `bytes` bytes at `ptr` of a side, or a trap of that side's instance (a host side: of the peer's).
 *
 * @param[in] align  1, 2, 4 or 8.
 * @return Valid until guest code runs: a memory may move when it grows.
 * @context generated code, during a transfer; never blocks.
 * @satisfies ST03
 */
/*@ requires own:   \valid_read(side) && \valid(side->instance != \null ? side->instance : side->peer);
    requires own:   \valid_read(side->options) && \valid_read(side->options->memory);
    requires align: align > 0;
    assigns  \nothing;
    ensures  st03: ptr + bytes <= side->options->memory->size && \result == side->options->memory->data + ptr;
    ensures  align: (ptr & (align - 1)) == 0;
*/
uint8_t *gale_value_at(const struct gale_value_side *side, uint32_t ptr, uint32_t bytes, uint32_t align);

/**
 * Let the side allocate: runs the guest's realloc on a thread of its own and checks what it returns.
 *
 * @return An address, aligned, with `new_size` bytes inside the memory; else the instance traps.
 * @context generated code, during a transfer; runs guest code, which cannot block.
 * @satisfies ST03
 */
/*@ requires own: \valid_read(side); */
uint32_t gale_value_realloc(const struct gale_value_side *side, uint32_t old, uint32_t old_size, uint32_t align,
                            uint32_t new_size);

/**
 * As gale_value_realloc(), except that a guest's answer comes as it is: whoever has a trap of his own for a wrong one
 * checks it.
 *
 * @return An address; of a guest's, anything.
 * @context generated code, during a transfer; runs guest code, which cannot block.
 */
/*@ requires own: \valid_read(side);
    assigns  *side->instance;
*/
uint32_t gale_value_realloc_unchecked(const struct gale_value_side *side, uint32_t old, uint32_t old_size,
                                      uint32_t align, uint32_t new_size);

/**
 * Move an owning handle: out of `from`, into `to`. On a host side the value is the representation itself.
 *
 * @param[in] type    Resource type, an index of the store's table.
 * @param[in] handle  Index in `from`; anything: a wrong one traps.
 * @return Index in `to`.
 * @context generated code, during a transfer; never blocks.
 * @satisfies HT01 HT04
 */
/*@ requires own: \valid_read(t); */
uint32_t gale_value_move_own(const struct gale_transfer *t, gale_id type, uint32_t handle);

/** Lend a handle for the time of a call; as gale_value_move_own(). @return Index in `to`. @context generated code. */
/*@ requires own: \valid_read(t); */
uint32_t gale_value_move_borrow(const struct gale_transfer *t, gale_id type, uint32_t handle);

/**
 * Move the readable end of a stream, idle and in no set, from one instance to the other. On a host side the value is
 * what gale_host_end_attach() takes.
 *
 * @param[in] type  Element type, NULL for a stream without elements.
 * @return Index in `to`.
 * @context generated code, during a transfer; never blocks.
 */
/*@ requires own: \valid_read(t); */
uint32_t gale_value_move_stream(const struct gale_transfer *t, const struct gale_value_type *type, uint32_t handle);

/** Move the readable end of a future; as gale_value_move_stream(). @return Index in `to`. @context generated code. */
/*@ requires own: \valid_read(t); */
uint32_t gale_value_move_future(const struct gale_transfer *t, const struct gale_value_type *type, uint32_t handle);

/** Copy an error context: a new handle in `to`. @return Its index; 0 on a host side. @context generated code. */
/*@ requires own: \valid_read(t); */
uint32_t gale_value_move_error_context(const struct gale_transfer *t, uint32_t handle);

#ifdef __cplusplus
}
#endif

#endif /* GALE_COMPONENT_VALUE_H */
