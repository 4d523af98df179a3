/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Backpressure gate: who may enter a component. Callers that find it closed wait in line; opening admits them all.
 *
 * The gate is closed while its count is positive. Two ways to close it share that count:
 * - inc and dec (backpressure.inc, backpressure.dec) add and give back one unit each, as often as they like;
 * - enable and disable (backpressure.set of the first P3 drafts, where "enabled" means: callers are held back) hold at
 *   most one unit, however often they are called. A flag says whether they hold it.
 * Each way gives back only what it took: dec is refused when the only unit left is that of enable, and disable never
 * takes a unit of inc. So a program may use either way, or both, and the gate is open when both have let go.
 *
 * Who is refused loses nothing: the call is still the caller's, to repeat or to wait with. Who waits is admitted by the
 * call that opens the gate, and counted as inside by it, before any other thread runs; so nobody slips in between
 * (an open gate has no queue) and nobody is admitted twice. A thread that is aborted while it waits was never inside;
 * for one that is aborted after it was admitted, the aborter calls gale_backpressure_gate_leave().
 *
 * Owner:  the caller supplies the struct; it must outlive its last waiter. Needs GALE_BACKPRESSURE_GATE_LISTS lists.
 * Needs:  kernel/wait_queue, kernel/executor. Used by: component/instance.
 * Source: Component Model, Concurrency.md "Backpressure". Properties: BP01..BP05.
 */
#ifndef GALE_ASYNC_BACKPRESSURE_GATE_H
#define GALE_ASYNC_BACKPRESSURE_GATE_H

#include "gale/atomic.h"
#include "gale/kernel/wait_queue.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GALE_BACKPRESSURE_GATE_LISTS 1u            /**< Lists of the executor that one gate takes. */
#define GALE_BACKPRESSURE_GATE_MAX UINT32_C(65535) /**< Most units of closing at once, that of enable included. */

/** A gate. Fields are private; read them through the functions below. */
struct gale_backpressure_gate {
    struct gale_wait_queue waiters; /**< Callers held back, in order of arrival. */
    struct gale_atomic_u32 closed;  /**< Units of closing, 0..GALE_BACKPRESSURE_GATE_MAX; 0: open. */
    uint32_t inside;                /**< Callers admitted and not yet gone. */
    bool enabled;                   /**< One of the units is that of enable. */
};

#ifdef __FRAMAC__
#include "async/backpressure_gate.acsl"
#endif

/**
 * Make an open gate with nobody inside.
 *
 * @param[out]    g  Gate.
 * @param[in,out] x  The executor whose threads will enter and wait.
 * @retval GALE_OK      Ready for use.
 * @retval GALE_ENOMEM  The executor has no list left; `g` must not be used.
 * @context init only; never blocks.
 */
/*@ requires own: \valid(g) && \valid(x) && \separated(g, x);
    ensures  ok:  \result == GALE_OK ==> backpressure_gate_ok(g) && g->closed.value == 0 && g->inside == 0;
    ensures  result: \result == GALE_OK || \result == GALE_ENOMEM;
*/
int gale_backpressure_gate_init(struct gale_backpressure_gate *g, struct gale_executor *x);

/** True when the count is in range, holds enable's unit, and nobody waits while open. @context thread; never blocks. */
/*@ requires own: \valid_read(g);
    assigns  \nothing;
    ensures  bp05: \result <==> backpressure_gate_ok(g) && (g->closed.value == 0 ==> backpressure_gate_no_waiters(g));
*/
bool gale_backpressure_gate_is_valid(const struct gale_backpressure_gate *g);

/**
 * True when the gate is closed, in either way: one atomic load.
 *
 * @context any: thread, isr, another core; never blocks. Elsewhere than in the executor the answer may be old.
 * @satisfies BP05
 */
/*@ requires own: \valid_read(g);
    assigns  \nothing;
    ensures  bp05: \result <==> 0 < g->closed.value;
*/
bool gale_backpressure_gate_is_enabled(const struct gale_backpressure_gate *g);

/**
 * How many callers are inside.
 *
 * @return Callers admitted that have not left, 0..UINT32_MAX.
 * @context thread; never blocks.
 */
/*@ requires own: \valid_read(g);
    assigns  \nothing;
    ensures  inside: \result == g->inside;
*/
uint32_t gale_backpressure_gate_inside(const struct gale_backpressure_gate *g);

/**
 * Close the gate; nothing if enable closed it already.
 *
 * @retval GALE_OK         Closed; those inside stay inside.
 * @retval GALE_EOVERFLOW  inc holds all GALE_BACKPRESSURE_GATE_MAX units; the gate is closed, nothing changed.
 * @context thread; never blocks.
 * @satisfies BP01 BP05
 */
/*@ requires own: \valid(g);
    requires ok:  backpressure_gate_ok(g);
    assigns  g->closed.value, g->enabled;
    ensures  ok:   backpressure_gate_ok(g);
    ensures  bp01: 0 < g->closed.value;
    ensures  held: \result == GALE_OK <==> backpressure_gate_unit(g) == 1;
    ensures  bp05: \result == GALE_EOVERFLOW <==>
               \old(backpressure_gate_unit(g)) == 0 && \old(g->closed.value) == GALE_BACKPRESSURE_GATE_MAX;
    ensures  once: \old(g->enabled) != 0 || \result != GALE_OK ==> g->closed.value == \old(g->closed.value);
    ensures  unit: \old(g->enabled) == 0 && \result == GALE_OK ==> g->closed.value == \old(g->closed.value) + 1;
    ensures  result: \result == GALE_OK || \result == GALE_EOVERFLOW;
*/
int gale_backpressure_gate_enable(struct gale_backpressure_gate *g);

/**
 * Undo enable; nothing if enable does not hold the gate. If that opens it, everybody who waits is admitted in order of
 * arrival.
 *
 * @context thread; never blocks; O(waiters); may be preempted by those it admits.
 * @satisfies BP02 BP04 BP05
 */
/*@ requires own: \valid(g) && \valid(g->waiters.executor);
    requires ok:  backpressure_gate_ok(g);
*/
void gale_backpressure_gate_disable(struct gale_backpressure_gate *g);

/**
 * Close the gate by one unit more.
 *
 * @retval GALE_OK         One unit more.
 * @retval GALE_EOVERFLOW  The count is GALE_BACKPRESSURE_GATE_MAX (a trap for a guest); nothing changed.
 * @context thread; never blocks.
 * @satisfies BP01 BP05
 */
/*@ requires own: \valid(g);
    requires ok:  backpressure_gate_ok(g);
    assigns  g->closed.value;
    ensures  ok:  backpressure_gate_ok(g);
    ensures  bp01: 0 < g->closed.value;
    behavior gale_ok:
      assumes g->closed.value < GALE_BACKPRESSURE_GATE_MAX;
      ensures bp05: \result == GALE_OK && g->closed.value == \old(g->closed.value) + 1;
    behavior gale_eoverflow:
      assumes g->closed.value == GALE_BACKPRESSURE_GATE_MAX;
      assigns \nothing;
      ensures bp05: \result == GALE_EOVERFLOW && g->closed.value == \old(g->closed.value);
    complete behaviors;
    disjoint behaviors;
*/
int gale_backpressure_gate_inc(struct gale_backpressure_gate *g);

/**
 * Give one unit of inc back. If it was the last unit of all, everybody who waits is admitted in order of arrival.
 *
 * @retval GALE_OK         One unit less.
 * @retval GALE_EOVERFLOW  inc holds no unit (a trap for a guest); nothing changed.
 * @context thread; never blocks; O(waiters); may be preempted by those it admits.
 * @satisfies BP02 BP04 BP05
 */
/*@ requires own: \valid(g) && \valid(g->waiters.executor);
    requires ok:  backpressure_gate_ok(g);
    behavior gale_ok:
      assumes backpressure_gate_unit(g) < g->closed.value;
      ensures bp05: \result == GALE_OK;
    behavior gale_eoverflow:
      assumes g->closed.value == backpressure_gate_unit(g);
      assigns \nothing;
      ensures bp05: \result == GALE_EOVERFLOW;
    complete behaviors;
    disjoint behaviors;
*/
int gale_backpressure_gate_dec(struct gale_backpressure_gate *g);

/**
 * Enter if the gate is open. No caller overtakes another: while somebody waits, the gate is closed.
 *
 * @retval GALE_OK         Inside; call gale_backpressure_gate_leave() when done.
 * @retval GALE_EBUSY      Closed; nothing changed.
 * @retval GALE_EOVERFLOW  UINT32_MAX callers are inside; nothing changed.
 * @context thread; never blocks.
 * @satisfies BP01 BP04
 */
/*@ requires own: \valid(g);
    assigns  g->inside;
    ensures  bp01: 0 < g->closed.value ==> \result == GALE_EBUSY;
    ensures  full: \result == GALE_EOVERFLOW <==> g->closed.value == 0 && \old(g->inside) == UINT32_MAX;
    ensures  open: \result == GALE_OK <==> g->closed.value == 0 && \old(g->inside) < UINT32_MAX;
    ensures  bp04: g->inside == \old(g->inside) + (\result == GALE_OK ? 1 : 0);
*/
int gale_backpressure_gate_try_enter(struct gale_backpressure_gate *g);

/**
 * Enter, if need be after waiting in line for the gate to open.
 *
 * @param[in,out] g         Gate.
 * @param[in]     deadline  Absolute, in ticks; GALE_NO_WAIT makes this gale_backpressure_gate_try_enter().
 * @retval GALE_OK         Inside; call gale_backpressure_gate_leave() when done.
 * @retval GALE_EBUSY      Closed, and `deadline` is GALE_NO_WAIT.
 * @retval GALE_ETIMEDOUT  Still closed at `deadline`; not inside.
 * @retval GALE_ECANCELED  gale_executor_cancel_wait() ended the wait; not inside.
 * @retval GALE_EPERM      Closed, and the caller may not block; not inside.
 * @retval GALE_EOVERFLOW  UINT32_MAX callers are inside; not inside.
 * @context thread; blocks until `deadline`, and only if the gate is closed.
 * @satisfies BP02 BP03 BP04
 */
/*@ requires own: \valid(g);
    requires ok:  backpressure_gate_ok(g);
*/
int gale_backpressure_gate_wait_until_ready(struct gale_backpressure_gate *g, gale_tick deadline);

/**
 * Leave, after an entry that returned GALE_OK.
 *
 * @retval GALE_OK      One caller less inside.
 * @retval GALE_EINVAL  Nobody is inside; nothing changed.
 * @context thread; never blocks; does not open a closed gate.
 * @satisfies BP04
 */
/*@ requires own: \valid(g);
    assigns  g->inside;
    behavior gale_ok:
      assumes 0 < g->inside;
      ensures bp04: \result == GALE_OK && g->inside == \old(g->inside) - 1;
    behavior gale_einval:
      assumes g->inside == 0;
      assigns \nothing;
      ensures bp04: \result == GALE_EINVAL;
    complete behaviors;
    disjoint behaviors;
*/
int gale_backpressure_gate_leave(struct gale_backpressure_gate *g);

#ifdef __cplusplus
}
#endif

#endif /* GALE_ASYNC_BACKPRESSURE_GATE_H */
