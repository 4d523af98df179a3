/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The deadlock report: which tasks wait, and on what.
 *
 * Source: Canonical ABI, Threads; Waitable State.
 */
#ifndef GALE_COMPONENT_REPORT_H
#define GALE_COMPONENT_REPORT_H

#include "gale/component/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One blocked task, for who wants to know why nothing goes on. */
struct gale_report_line {
    const struct gale_instance *instance; /**< Whose task. */
    const struct gale_func *func;         /**< Which function. */
    gale_id task;                         /**< Which call of it. */
    gale_id thread;                       /**< Index in the instance's thread table, GALE_ID_NONE before it entered. */
    enum gale_wait wait;                  /**< What it waits for; GALE_WAIT_NOTHING with `suspended`. */
    bool suspended;                       /**< It waits for another thread to name it. */
    uint32_t object;   /**< By `wait`: index of the waitable or set; task of the callee for GALE_WAIT_SUBTASK. */
    uint32_t members;  /**< GALE_WAIT_SET and _SET_TURN: waitables in the set. */
    gale_id holder;    /**< GALE_WAIT_TURN, _SET_TURN, _ENTRY: the thread that holds the lock, or GALE_ID_NONE. */
    uint32_t closings; /**< GALE_WAIT_ENTRY: the backpressure counter. */
};

/** What each kind of wait means, as a phrase. @return A constant string. @context any; never blocks. */
/*@ assigns \nothing; */
const char *gale_report_text(enum gale_wait wait);

/**
 * Tell `fn` about each thread that waits or is suspended, in the order of the pool.
 *
 * @return How many there are.
 * @context thread, outside of any run of the store; never blocks; O(threads of the store).
 */
/*@ requires own: \valid_read(store);
    assigns  \nothing;
*/
gale_id gale_store_report(const struct gale_store *store, void (*fn)(void *arg, const struct gale_report_line *line),
                          void *arg);

#ifdef __cplusplus
}
#endif

#endif /* GALE_COMPONENT_REPORT_H */
