/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Subtasks: calls of lowered functions as the caller sees them.
 *
 * Source: Canonical ABI, Subtask State. Properties: TK01..TK03.
 */
#ifndef GALE_COMPONENT_SUBTASK_H
#define GALE_COMPONENT_SUBTASK_H

#include "gale/component/value.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gale_binding;
struct gale_host_task;

/** State of a subtask, as a guest sees it. */
enum gale_subtask_state {
    GALE_SUBTASK_STARTING,
    GALE_SUBTASK_STARTED,
    GALE_SUBTASK_RETURNED,
    GALE_SUBTASK_CANCELLED_BEFORE_STARTED,
    GALE_SUBTASK_CANCELLED_BEFORE_RETURNED
};

#define GALE_SUBTASK_CANCEL_ASKED 1u /**< Flag: cancellation was requested. */
#define GALE_SUBTASK_DELIVERED 2u    /**< Flag: its resolution was delivered, borrows are back. */
#define GALE_SUBTASK_ORPHAN 4u       /**< Flag: its caller is gone; it is freed when it resolves. */
#define GALE_SUBTASK_WAITED 8u       /**< Flag: `handle` is the thread that waits for it synchronously. */
#define GALE_SUBTASK_HELD 16u        /**< Flag: the host's call is under way; who made it frees it. */
#define GALE_SUBTASK_OPEN 32u        /**< Flag: the host has begun the call and owes an answer. */

/** A call, seen from the caller. Fields are private. */
struct gale_subtask {
    const struct gale_binding *binding;
    struct gale_host_task *host; /**< The caller, if it is the host; else NULL. */
    const union gale_flat *args; /**< The caller's flat arguments; `kept` once an async call has blocked. */
    union gale_flat *results;    /**< Where a sync lower wants its flat; NULL for an async one. */
    gale_id instance;            /**< The caller; GALE_ID_NONE for the host. */
    gale_id task;                /**< The callee's task; GALE_ID_NONE for a host function, or once resolved. */
    gale_id handle;              /**< Its index in the caller, GALE_ID_NONE if it has none. Free: next free subtask. */
    gale_id lenders;             /**< First of its lends. */
    uint8_t state;               /**< enum gale_subtask_state. */
    uint8_t flags;               /**< GALE_SUBTASK_*. */
    union gale_flat kept[5];     /**< Arguments of an async call that blocked. */
};

/** A handle lent to a subtask. Fields are private. */
struct gale_lend {
    gale_id handle; /**< Index in the caller's table. */
    gale_id next;   /**< The subtask's next lend. Free: next free lend. */
};

#ifdef __cplusplus
}
#endif

#endif /* GALE_COMPONENT_SUBTASK_H */
