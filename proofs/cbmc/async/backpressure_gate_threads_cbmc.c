/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The gate's word as another core sees it, while its executor closes and opens the gate. Nobody waits at it: the queue
 * here is empty, who waits is the business of backpressure_gate_cbmc.c.
 * @bound the gate is closed, opened and closed again, once each; the other core looks twice
 * @cbmc --unwind 2
 */
#include "threads.h"

#include "async/backpressure_gate.c"

int gale_wait_queue_init(struct gale_wait_queue *q, struct gale_executor *x)
{
    q->executor = x;
    return GALE_OK;
}

bool gale_wait_queue_is_empty(const struct gale_wait_queue *q)
{
    (void)q;
    return true;
}

gale_id gale_wait_queue_wake_first(struct gale_wait_queue *q, int status)
{
    (void)q, (void)status;
    return GALE_ID_NONE;
}

int gale_wait_queue_wait(struct gale_wait_queue *q, enum gale_wait_order order, gale_tick deadline)
{
    (void)q, (void)order, (void)deadline;
    return GALE_EPERM;
}

void gale_executor_reschedule(struct gale_executor *x)
{
    (void)x;
}

static struct gale_backpressure_gate g;
static struct gale_executor x;
static uint32_t prepared; /* what the executor did before it opened */
static bool told;         /* the close has returned, and the other core knows */

static void executor(void)
{
    prepared = 1;
    gale_backpressure_gate_disable(&g);
    told = gale_backpressure_gate_enable(&g) == GALE_OK;
}

static void other_core(void)
{
    const bool knew = told;
    const bool closed = gale_backpressure_gate_is_enabled(&g);

    prove(closed || prepared == 1, "BP04: who sees it open sees what was done before it was opened");
    prove(!knew || closed, "BP01: who knows that the close has returned sees it closed");
    if (!closed && gale_backpressure_gate_is_enabled(&g)) {
        reached();
    }
}

static void both(void)
{
    (void)gale_backpressure_gate_init(&g, &x);
    (void)gale_backpressure_gate_enable(&g);
    START(1, executor);
    other_core();
}

/* @cbmc --mm sc
 * @mutant src/async/backpressure_gate.c: `gale_atomic_store_release(&g->closed, count + 1u);` -> `gale_atomic_store_release(&g->closed, count);` */
void check_look_sc(void)
{
    both();
}

/* @cbmc --mm tso
 * @mutant src/async/backpressure_gate.c: `gale_atomic_store_release(&g->closed, count + 1u);` -> `gale_atomic_store_release(&g->closed, count);` */
void check_look_tso(void)
{
    both();
}
