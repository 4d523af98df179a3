/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Component instances: tables, gate, exclusive lock, budget.
 *
 * Source: Canonical ABI, Component Instances. Properties: TK04, TK05, IN01.
 */
#ifndef GALE_COMPONENT_INSTANCE_H
#define GALE_COMPONENT_INSTANCE_H

#include "gale/component/handle_table.h"
#include "gale/component/trap.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gale_store;

/** What an instance may use at once: its claim on the store's pools, and its limit. */
struct gale_instance_budget {
    gale_id handles;  /**< Entries of its handle table. */
    gale_id threads;  /**< Threads in its thread table, one per running task and the explicit ones. */
    gale_id tasks;    /**< Calls of its functions not yet ended, those that wait to enter included. */
    gale_id subtasks; /**< Calls it made that have not been dropped. */
    gale_id streams;  /**< Streams and futures it made of which an end is alive. */
    gale_id sets;     /**< Waitable sets. */
    gale_id lends;    /**< Borrowed handles that it has given to calls. */
};

/** The indices of an instance's threads; as a handle table. Fields are private. */
struct gale_thread_table {
    gale_id *threads; /**< threads[i - 1] is the thread of index i. Free: the next free entry. */
    uint8_t *live;    /**< Whether it is in use. */
    gale_id count;
    gale_id used;
    gale_id free;
};

/** A component instance. Fields are private. */
struct gale_instance {
    struct gale_store *store;
    struct gale_instance *parent; /**< NULL if it is a root. */
    void *guest;                  /**< Passed to its core functions. */
    struct gale_handle_table handles;
    struct gale_thread_table threads;
    struct gale_instance_budget left; /**< What it may still take. */
    uint32_t backpressure;            /**< 0..65535: positive closes the gate. */
    gale_id id;                       /**< In the store. */
    gale_id exclusive;                /**< The thread that holds the lock, GALE_ID_NONE if it is free. */
    gale_id depth;                    /**< Ancestors. */
    gale_id queued;                   /**< Threads that wait for the lock or the gate. */
    bool may_enter;
    bool may_leave;
    bool poisoned;
    struct gale_trap_info trap;          /**< If poisoned: why. */
    struct gale_instance *next_poisoned; /**< If poisoned: the next one that the same trap has stopped. */
};

/**
 * Prepare an instance in a store and claim its budget there.
 *
 * @param[out] instance  Kept by the caller; must not move.
 * @param[in]  parent    The component instance that contains it, NULL if none does; initialised before.
 * @param[in]  budget    Copied.
 * @param[in]  guest     Passed to its core functions.
 * @retval GALE_OK      Ready.
 * @retval GALE_ENOMEM  The store has not enough left.
 * @context thread, outside of any run of the store; never blocks; O(handles).
 */
/*@ requires own: \valid(instance) && \valid(store) && \valid_read(budget); */
int gale_instance_init(struct gale_instance *instance, struct gale_store *store, struct gale_instance *parent,
                       const struct gale_instance_budget *budget, void *guest);

#ifdef __cplusplus
}
#endif

#endif /* GALE_COMPONENT_INSTANCE_H */
