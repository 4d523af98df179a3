/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Functions as generated code describes them: lifts, lowers, and resource types. All are static and constant.
 *
 * Source: Canonical ABI, canon lift, canon lower, Flattening, Resource State.
 */
#ifndef GALE_COMPONENT_FUNC_H
#define GALE_COMPONENT_FUNC_H

#include "gale/component/host_func.h"
#include "gale/component/value.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gale_instance;

#define GALE_FUNC_ASYNC_TYPE 1u /**< The function's type is async. */
#define GALE_FUNC_ASYNC 2u      /**< Lifted with the option async. Only with GALE_FUNC_ASYNC_TYPE. */
#define GALE_FUNC_CALLBACK 4u   /**< Lifted with a callback. Only with GALE_FUNC_ASYNC. */
#define GALE_FUNC_STACK 8u      /**< Runs on a stack of its own, for its guest code may block inside a call. */

#define GALE_LOWER_ASYNC 1u /**< Lowered with the option async. */

#define GALE_FLAT_PARAMS 16u      /**< Most flat parameters; more go through memory. */
#define GALE_FLAT_ASYNC_ARGS 5u   /**< Most flat arguments of an async lower: four and a pointer for the result. */
#define GALE_FLAT_TASK_RETURN 16u /**< Most flat arguments of task.return. */

/** A lifted function: static, one per `canon lift`. */
struct gale_func {
    struct gale_instance *instance;           /**< Whose code it is. */
    const struct gale_value_options *options; /**< Of the lift; NULL: none. */
    uint8_t flags;                            /**< GALE_FUNC_*. */
    const void *result_type;                  /**< Identity of the result's type; task.return must name the same. */
    /** The core function. `results[0].i32` is the callback code if there is a callback. */
    void (*core)(void *guest, const union gale_flat *params, union gale_flat *results);
    /** The callback; NULL if there is none. */
    uint32_t (*callback)(void *guest, uint32_t event, uint32_t p1, uint32_t p2);
    /** Of a lift without async; NULL if there is none. */
    void (*post_return)(void *guest, const union gale_flat *results);
};

/** What one lowered import leads to: static, one per pair of a `canon lower` and its callee. */
struct gale_binding {
    const struct gale_func *callee;           /**< Exactly one of `callee` and `host` is set. */
    const struct gale_host_func *host;        /**< A function of the host. */
    const struct gale_value_options *options; /**< Of the lower; NULL: none. */
    uint8_t flags;                            /**< GALE_LOWER_ASYNC or 0. */
    uint8_t
        args; /**< Flat arguments of the caller: at most GALE_FLAT_ASYNC_ARGS if async, else GALE_FLAT_PARAMS + 1. */
    /** Lifts from the caller and lowers to the callee, in one pass. NULL: there are no parameters. */
    void (*params)(const struct gale_transfer *t, const union gale_flat *caller_args, union gale_flat *callee_params);
    /**
     * The way back. `callee_results`: results of a sync lift, arguments of task.return, or what the host returned.
     * `caller_results` is where a sync lower finds its flat; async lowers write through the pointer in `caller_args`.
     * NULL: there is no result.
     */
    void (*results)(const struct gale_transfer *t, const union gale_flat *callee_results,
                    const union gale_flat *caller_args, union gale_flat *caller_results);
};

/** A resource type: static; the store's table of them gives each its number. */
struct gale_resource_type {
    struct gale_instance *instance;             /**< Who implements it; NULL: the host. */
    const struct gale_func *dtor;               /**< Called with the representation, sync, no results; NULL: none. */
    void (*host_dtor)(void *arg, uint32_t rep); /**< If the host implements it; NULL: none. */
    void *arg;                                  /**< Passed to `host_dtor`. */
};

#ifdef __cplusplus
}
#endif

#endif /* GALE_COMPONENT_FUNC_H */
