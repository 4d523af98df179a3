/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Tasks: calls of lifted functions as the callee sees them.
 *
 * Source: Canonical ABI, Tasks. Properties: TK01..TK05.
 */
#ifndef GALE_COMPONENT_TASK_H
#define GALE_COMPONENT_TASK_H

#include "gale/base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gale_func;

/** State of a task. */
enum gale_task_state {
    GALE_TASK_INITIAL,
    GALE_TASK_STARTED,
    GALE_TASK_PENDING_CANCEL,
    GALE_TASK_CANCEL_DELIVERED,
    GALE_TASK_RESOLVED
};

/** A call of a lifted function, seen from the callee. Fields are private. */
struct gale_task {
    const struct gale_func *func;
    gale_id subtask;  /**< The same call, seen from the caller; GALE_ID_NONE once resolved. Free: next free task. */
    gale_id implicit; /**< The thread it began with; GALE_ID_NONE after its end. */
    gale_id threads;  /**< Its threads in the thread table. */
    gale_id borrows;  /**< Borrowed handles it must drop before it returns. */
    uint8_t state;    /**< enum gale_task_state. */
};

#ifdef __cplusplus
}
#endif

#endif /* GALE_COMPONENT_TASK_H */
