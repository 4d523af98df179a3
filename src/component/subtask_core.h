/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The states of a subtask and the edges between them. Every change of a state goes through here. Library-internal.
 *
 * Source: Canonical ABI, Subtask State. Properties: TK01..TK03.
 */
#ifndef SRC_COMPONENT_SUBTASK_CORE_H
#define SRC_COMPONENT_SUBTASK_CORE_H

#include "gale/component/subtask.h"

#ifdef __FRAMAC__
#include "component/subtask.acsl"
#endif

/** True for an edge of the specification. */
/*@ assigns \nothing;
    ensures tk01: \result <==> subtask_edge(from, to);
*/
static inline bool gale__subtask_is_edge(unsigned from, unsigned to)
{
    if (from == GALE_SUBTASK_STARTING) {
        return to == GALE_SUBTASK_STARTED || to == GALE_SUBTASK_CANCELLED_BEFORE_STARTED;
    }
    return from == GALE_SUBTASK_STARTED &&
           (to == GALE_SUBTASK_RETURNED || to == GALE_SUBTASK_CANCELLED_BEFORE_RETURNED);
}

/** Moves a subtask along an edge. No state is entered twice, and none after one that is resolved. */
/*@ requires own:  \valid(st);
    requires edge: subtask_edge(st->state, to);
    assigns  st->state;
    ensures  tk01: st->state == to && subtask_edge(\old(st->state), st->state);
    ensures  tk02: \old(st->state) < GALE_SUBTASK_RETURNED && \old(st->state) < st->state;
*/
static inline void gale__subtask_move(struct gale_subtask *st, enum gale_subtask_state to)
{
    GALE_ASSERT(gale__subtask_is_edge(st->state, to));
    st->state = (uint8_t)to;
}

/*@ requires own: \valid_read(st);
    assigns  \nothing;
    ensures  tk01: \result <==> st->state >= GALE_SUBTASK_RETURNED;
*/
inline bool gale__subtask_is_resolved(const struct gale_subtask *st)
{
    return st->state >= GALE_SUBTASK_RETURNED;
}

/** What a cancelled subtask becomes. */
/*@ requires own:  \valid_read(st);
    requires open: st->state < GALE_SUBTASK_RETURNED;
    assigns  \nothing;
    ensures  tk01: subtask_edge(st->state, \result) && \result != GALE_SUBTASK_RETURNED &&
                   \result != GALE_SUBTASK_STARTED;
*/
static inline enum gale_subtask_state gale__subtask_cancelled_state(const struct gale_subtask *st)
{
    return st->state != GALE_SUBTASK_STARTING ? GALE_SUBTASK_CANCELLED_BEFORE_RETURNED
                                              : GALE_SUBTASK_CANCELLED_BEFORE_STARTED;
}

/** A cancellation is asked for, once. */
/*@ requires own:  \valid(st);
    requires once: (st->flags & GALE_SUBTASK_CANCEL_ASKED) == 0 && st->state < GALE_SUBTASK_RETURNED;
    assigns  st->flags;
    ensures  tk03: (st->flags & GALE_SUBTASK_CANCEL_ASKED) != 0;
*/
static inline void gale__subtask_ask(struct gale_subtask *st)
{
    GALE_ASSERT((st->flags & GALE_SUBTASK_CANCEL_ASKED) == 0 && !gale__subtask_is_resolved(st));
    st->flags = (uint8_t)(st->flags | GALE_SUBTASK_CANCEL_ASKED);
}

#endif /* SRC_COMPONENT_SUBTASK_CORE_H */
