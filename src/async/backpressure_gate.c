/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/async/backpressure_gate.h"

#include "gale/kernel/executor.h"

int gale_backpressure_gate_init(struct gale_backpressure_gate *g, struct gale_executor *x)
{
    gale_atomic_store_relaxed(&g->closed, 0);
    g->inside = 0;
    g->enabled = false;
    return gale_wait_queue_init(&g->waiters, x);
}

/*@ requires own: \valid_read(g);
    assigns  \nothing;
    ensures  count: \result == g->closed.value;
*/
static uint32_t backpressure_gate_count(const struct gale_backpressure_gate *g)
{
    return gale_atomic_load_relaxed(&g->closed);
}

bool gale_backpressure_gate_is_valid(const struct gale_backpressure_gate *g)
{
    const uint32_t count = backpressure_gate_count(g);

    return count <= GALE_BACKPRESSURE_GATE_MAX && (!g->enabled || count > 0) &&
           (count > 0 || gale_wait_queue_is_empty(&g->waiters));
}

bool gale_backpressure_gate_is_enabled(const struct gale_backpressure_gate *g)
{
    return gale_atomic_load_acquire(&g->closed) != 0;
}

uint32_t gale_backpressure_gate_inside(const struct gale_backpressure_gate *g)
{
    return g->inside;
}

int gale_backpressure_gate_inc(struct gale_backpressure_gate *g)
{
    const uint32_t count = backpressure_gate_count(g);

    if (count >= GALE_BACKPRESSURE_GATE_MAX) {
        return GALE_EOVERFLOW;
    }
    gale_atomic_store_release(&g->closed, count + 1u);
    return GALE_OK;
}

int gale_backpressure_gate_enable(struct gale_backpressure_gate *g)
{
    int status = GALE_OK;

    if (!g->enabled) {
        status = gale_backpressure_gate_inc(g);
        g->enabled = status == GALE_OK;
    }
    return status;
}

/* One caller more inside, unless the number would wrap. */
/*@ requires own: \valid(g);
    assigns  g->inside;
    ensures  bp04: g->inside == \old(g->inside) + (\result == GALE_OK ? 1 : 0);
    ensures  full: \result == (\old(g->inside) < UINT32_MAX ? GALE_OK : GALE_EOVERFLOW);
*/
static int backpressure_gate_admit(struct gale_backpressure_gate *g)
{
    if (g->inside == UINT32_MAX) {
        return GALE_EOVERFLOW;
    }
    g->inside++;
    return GALE_OK;
}

/* Admits all who wait, at most every thread there is; none of them runs before all are counted. */
/*@ requires own: \valid(g) && \valid(g->waiters.executor); */
static void backpressure_gate_admit_all(struct gale_backpressure_gate *g)
{
    gale_id left = g->waiters.executor->memory.thread_count;

    /*@ loop invariant own: \valid(g) && \valid(g->waiters.executor);
        loop assigns left, g->inside, backpressure_gate_woken(g->waiters.executor);
        loop variant left;
    */
    for (; left > 0 && !gale_wait_queue_is_empty(&g->waiters); left--) {
        (void)gale_wait_queue_wake_first(&g->waiters, backpressure_gate_admit(g));
    }
    gale_executor_reschedule(g->waiters.executor);
}

/*@ requires own: \valid(g) && \valid(g->waiters.executor);
    requires closed: 0 < g->closed.value;
*/
static void backpressure_gate_release(struct gale_backpressure_gate *g)
{
    const uint32_t count = backpressure_gate_count(g) - 1u;

    gale_atomic_store_release(&g->closed, count);
    if (count == 0) {
        backpressure_gate_admit_all(g);
    }
}

void gale_backpressure_gate_disable(struct gale_backpressure_gate *g)
{
    if (g->enabled) {
        g->enabled = false;
        backpressure_gate_release(g);
    }
}

int gale_backpressure_gate_dec(struct gale_backpressure_gate *g)
{
    const uint32_t kept = g->enabled ? 1u : 0u;

    if (backpressure_gate_count(g) == kept) {
        return GALE_EOVERFLOW;
    }
    backpressure_gate_release(g);
    return GALE_OK;
}

int gale_backpressure_gate_try_enter(struct gale_backpressure_gate *g)
{
    if (backpressure_gate_count(g) > 0) {
        return GALE_EBUSY;
    }
    return backpressure_gate_admit(g);
}

int gale_backpressure_gate_wait_until_ready(struct gale_backpressure_gate *g, gale_tick deadline)
{
    const int status = gale_backpressure_gate_try_enter(g);

    if (status != GALE_EBUSY || deadline == GALE_NO_WAIT) {
        return status;
    }
    return gale_wait_queue_wait(&g->waiters, GALE_WAIT_FIFO, deadline);
}

int gale_backpressure_gate_leave(struct gale_backpressure_gate *g)
{
    if (g->inside == 0) {
        return GALE_EINVAL;
    }
    g->inside--;
    return GALE_OK;
}
