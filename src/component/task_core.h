/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The states of a task and the edges between them. Every change of a state goes through here. Library-internal.
 *
 * Source: Canonical ABI, Tasks. Properties: TK01..TK03.
 */
#ifndef SRC_COMPONENT_TASK_CORE_H
#define SRC_COMPONENT_TASK_CORE_H

#include "gale/component/func.h"
#include "gale/component/task.h"

#ifdef __FRAMAC__
#include "component/task.acsl"
#endif

/** True when tasks of `f` hold the exclusive lock while they run. */
/*@ requires own: \valid_read(f);
    assigns  \nothing;
    ensures  tk04: \result <==> func_needs_lock(f);
*/
inline bool gale__func_needs_lock(const struct gale_func *f)
{
    return (f->flags & GALE_FUNC_ASYNC) == 0 || (f->flags & GALE_FUNC_CALLBACK) != 0;
}

/** True for an edge of the specification. */
/*@ assigns \nothing;
    ensures tk01: \result <==> task_edge(from, to);
*/
static inline bool gale__task_is_edge(unsigned from, unsigned to)
{
    if (from == GALE_TASK_INITIAL) {
        return to == GALE_TASK_STARTED || to == GALE_TASK_CANCEL_DELIVERED;
    }
    return from <= GALE_TASK_CANCEL_DELIVERED && to > from && to <= GALE_TASK_RESOLVED;
}

/** Moves a task along an edge. No state is entered twice: there is one result, and one delivery of a cancellation. */
/*@ requires own:  \valid(t);
    requires edge: task_edge(t->state, to);
    assigns  t->state;
    ensures  tk01: t->state == to && task_edge(\old(t->state), t->state);
    ensures  tk02: \old(t->state) != GALE_TASK_RESOLVED;
    ensures  tk03: \old(t->state) < t->state;
*/
static inline void gale__task_move(struct gale_task *t, enum gale_task_state to)
{
    GALE_ASSERT(gale__task_is_edge(t->state, to));
    t->state = (uint8_t)to;
}

#endif /* SRC_COMPONENT_TASK_CORE_H */
