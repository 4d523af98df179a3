/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Host ends: a host, an interrupt handler, another executor or MPU domain holds one end of a component's stream.
 *
 * The store calls `take` and `give` when the component is at its own end, and again after gale_host_end_ready(). With the
 * ring operations the far side is an end of a typed ring, used from wherever it lives; it calls gale_host_end_ready() after
 * it wrote, read or closed. Plain elements pass with one copy, between the component's memory and the ring. A ring may not
 * be larger than what its far side can use: what lies in it counts as delivered.
 *
 * Source: Canonical ABI, Stream State (host-provided streams). Properties: ST01, ST05, ST06.
 */
#ifndef GALE_COMPONENT_HOST_END_H
#define GALE_COMPONENT_HOST_END_H

#include "gale/async/typed_ring_buf.h"
#include "gale/component/store.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gale_host_end;

#define GALE_HOST_END_READS 1u  /**< The host reads what a component writes. */
#define GALE_HOST_END_WRITES 2u /**< The host writes what a component reads. */
#define GALE_HOST_END_FUTURE 4u /**< Of a future: one element passes. */

/** `take` and `give`: nothing more will pass, the host is done. */
#define GALE_HOST_END_DONE (-1)

/** How a host end gets rid of elements, or comes by them: one static object per kind. */
struct gale_host_end_ops {
    /**
     * A component offers `count` elements at `src`, in the component's memory for plain data, else in the arena.
     * @return How many were taken, 0..count: 0 = none now, gale_host_end_ready() will tell; or GALE_HOST_END_DONE.
     */
    int32_t (*take)(struct gale_host_end *end, const uint8_t *src, uint32_t count);
    /**
     * A component wants up to `count` elements, to be put at `dst`.
     * @return How many were given, 0..count; 0 = none now; GALE_HOST_END_DONE = the end of the stream.
     */
    int32_t (*give)(struct gale_host_end *end, uint8_t *dst, uint32_t count);
    /** The host end is closed: the component has dropped its end or trapped, the value of a future has passed, or `take`
        or `give` said so. NULL: not wanted. */
    void (*closed)(struct gale_host_end *end);
};

/** The host's end of a component's stream or future. The first five members are the host's; the rest is private. */
struct gale_host_end {
    const struct gale_host_end_ops *ops;
    void *arg;                                /**< The host's own; for the ring operations: its end of the ring. */
    const struct gale_value_options *options; /**< Arena for elements that are not plain data; else NULL. */
    struct gale_doorbell *far;                /**< Ring operations: rung when the ring has changed; NULL: nobody. */
    uint32_t far_bits;
    struct gale_store *store;
    gale_id copy;  /**< GALE_ID_NONE: closed. */
    gale_id id;    /**< In the store. */
    gale_id payer; /**< The instance whose budget the stream counts in. */
    uint8_t flags;
};

/**
 * Take hold of the end that a component passed to the host (as a result, or a parameter of a host function): the host
 * reads.
 *
 * @param[in] token  What gale_value_move_stream() or _future() gave.
 * @retval GALE_OK      Attached; it is served from now on.
 * @retval GALE_EINVAL  No such end, or its elements need an arena and `end->options` has none.
 * @retval GALE_ENOMEM  The store has no room for one more host end.
 * @context host, inside a host function or outside of any run of the store; never blocks.
 */
/*@ requires own: \valid(store) && \valid(end); */
int gale_host_end_attach(struct gale_store *store, struct gale_host_end *end, uint32_t token);

/**
 * Make a stream or future that the host writes; its readable end goes to a component as `token`, in a parameter or result.
 *
 * @param[in]  type    Element type; NULL: no elements.
 * @param[in]  future  A future, not a stream.
 * @param[out] token   For the values that the host passes; to be passed once.
 * @retval GALE_OK      Made.
 * @retval GALE_EINVAL  The elements need an arena and `end->options` has none.
 * @retval GALE_ENOMEM  The store has no stream or no room for a host end left.
 * @context host, inside a host function or outside of any run of the store; never blocks.
 */
/*@ requires own: \valid(store) && \valid(end) && \valid(token); */
int gale_host_end_open(struct gale_store *store, struct gale_host_end *end, const struct gale_value_type *type,
                       bool future, uint32_t *token);

/**
 * Say that `take` or `give` can go on. Wakes the store.
 *
 * @context any thread or interrupt handler; never blocks.
 */
/*@ requires own: \valid(end); */
void gale_host_end_ready(struct gale_host_end *end);

/**
 * Close the host's end: the component sees DROPPED. `closed` is not called.
 *
 * @retval GALE_OK        Closed.
 * @retval GALE_EALREADY  It was.
 * @retval GALE_EPERM     A component waits for this future's value; it closes by itself once that has passed.
 * @context host, inside a host function or outside of any run of the store; never blocks.
 */
/*@ requires own: \valid(end); */
int gale_host_end_close(struct gale_host_end *end);

/** Ops of an end whose `arg` is a `struct gale_typed_ring_buf_writer`: elements of a component go into the ring. */
extern const struct gale_host_end_ops gale_host_end_ring_writer;

/** Ops of an end whose `arg` is a `struct gale_typed_ring_buf_reader`: elements from the ring go to a component. */
extern const struct gale_host_end_ops gale_host_end_ring_reader;

#ifdef __cplusplus
}
#endif

#endif /* GALE_COMPONENT_HOST_END_H */
