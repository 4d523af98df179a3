/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Host functions: what components import from their host. A call completes at once or later.
 *
 * Source: Canonical ABI, canon lower (callee and caller as FuncInst); Embedding API.
 */
#ifndef GALE_COMPONENT_HOST_FUNC_H
#define GALE_COMPONENT_HOST_FUNC_H

#include "gale/component/value.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gale_store;
struct gale_instance;

/** One call of a host function, not yet resolved. The host may copy it and resolve the call later. */
struct gale_host_call {
    struct gale_store *store;
    struct gale_instance *caller; /**< Who called; for the host's own purposes. NULL: the host. */
    gale_id subtask;              /**< Which call. */
};

/** A function of the host that components import: static, one per function. */
struct gale_host_func {
    void *arg;                                /**< Passed to `start` and `cancel`. */
    const struct gale_value_options *options; /**< Memory of a struct gale_arena, emptied before each call; or NULL. */
    uint8_t flags;                            /**< GALE_FUNC_ASYNC_TYPE or 0. */
    /**
     * Begins a call. Flats and what they point to in the arena are good until it returns. It resolves the call by
     * gale_host_call_return() now or later; a function that is not async resolves it now or makes its caller wait.
     */
    void (*start)(void *arg, const struct gale_host_call *call, const union gale_flat *params);
    /** Asks to cancel; the host answers by gale_host_call_return() or _cancelled(), now or later. NULL: never listens. */
    void (*cancel)(void *arg, const struct gale_host_call *call);
};

/**
 * Give a call its result: lowers it into the caller's memory and wakes who waits.
 *
 * @param[in] call     Not resolved yet.
 * @param[in] results  Flats as a lifted function would return them; what they point to lies in the arena. NULL: none.
 * @retval GALE_OK     Done.
 * @retval GALE_ETRAP  Lowering ran guest code that trapped (only when called outside of a run of the store).
 * @context host, inside `start` or `cancel` or outside of any run of the store; never blocks.
 */
/*@ requires own: \valid_read(call); */
int gale_host_call_return(const struct gale_host_call *call, const union gale_flat *results);

/**
 * Confirm that a call was cancelled; only after its `cancel` was called.
 *
 * @retval GALE_OK  Done.
 * @context host, inside `cancel` or outside of any run of the store; never blocks.
 */
/*@ requires own: \valid_read(call); */
int gale_host_call_cancelled(const struct gale_host_call *call);

#ifdef __cplusplus
}
#endif

#endif /* GALE_COMPONENT_HOST_FUNC_H */
