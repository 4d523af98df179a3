/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One step of a gate from any valid state of it and of its executor.
 * @bound 2 threads, 3 priorities, 1 timer; any count, callers inside, waiters, deadlines, caller
 * @cbmc --max-field-sensitivity-array-size 0 --unwind 5
 * @cbmc --unwindset executor_init_bell.0:32,list_init_links.1:12,gale_list_pool_is_valid.0:12
 */
#include "executor.h"

#include "async/backpressure_gate.c"

static struct gale_backpressure_gate g;
static uint32_t old_closed, old_inside, waiting;
static bool old_enabled;
static gale_id old_place[THREADS];

static void any_gate(void)
{
    new_executor();
    assume(gale_backpressure_gate_init(&g, &x) == GALE_OK);
    prove(!gale_backpressure_gate_is_enabled(&g) && gale_backpressure_gate_is_valid(&g), "BP05: a new gate is open");
    any_state();
    g.closed.value = nondet_u32();
    g.inside = nondet_u32();
    g.enabled = nondet_bool();
    assume(gale_backpressure_gate_is_valid(&g));
    old_closed = g.closed.value;
    old_inside = g.inside;
    old_enabled = g.enabled;
    for (gale_id id = 0; id < THREADS; id++) {
        old_place[id] = place_of(id);
        waiting += old_place[id] == g.waiters.list;
    }
}

static void gate_still_valid(void)
{
    prove(gale_backpressure_gate_is_valid(&g), "BP02 BP05: in range, and nobody waits at an open gate");
    prove(g.closed.value <= 65535u, "BP05: the count is within 0..65535");
    prove(gale_backpressure_gate_is_enabled(&g) == (g.closed.value > 0), "BP05: closed iff the count is positive");
    prove(g.closed.value == 0 || gale_backpressure_gate_try_enter(&g) == GALE_EBUSY,
          "BP01: nobody enters a closed gate");
    still_valid();
}

/* @mutant src/async/backpressure_gate.c: `count >= GALE_BACKPRESSURE_GATE_MAX` -> `count > GALE_BACKPRESSURE_GATE_MAX`
 * @mutant src/async/backpressure_gate.c: `count + 1u` -> `count`
 * @mutant src/async/backpressure_gate.c: `if (!g->enabled) {` -> `if (true) {` */
void check_close(void)
{
    any_gate();
    on_any_flow();
    const bool enable = nondet_bool();
    const bool more = !(enable && old_enabled); /* a unit more is asked for */
    const int status = enable ? gale_backpressure_gate_enable(&g) : gale_backpressure_gate_inc(&g);

    prove(g.closed.value > 0 && gale_backpressure_gate_is_enabled(&g), "BP01: closed when the call returns");
    prove(status == (more && old_closed == 65535u ? GALE_EOVERFLOW : GALE_OK), "BP05: past the end is refused");
    prove(g.closed.value == old_closed + (more && status == GALE_OK ? 1u : 0u), "BP05: one unit more, or nothing");
    prove(g.enabled == (old_enabled || (enable && status == GALE_OK)), "BP05: enable holds at most one unit");
    prove(g.inside == old_inside && !gave_way, "BP04: nobody comes or goes by that");
    gate_still_valid();
}

/* @mutant src/async/backpressure_gate.c: `left > 0 && !gale` -> `left > 1 && !gale`
 * @mutant src/async/backpressure_gate.c: `g->enabled ? 1u : 0u` -> `0u`
 * @mutant src/async/backpressure_gate.c: `if (count == 0) {` -> `if (count <= 1u) {`
 * @mutant src/async/backpressure_gate.c: `&g->waiters, backpressure_gate_admit(g)` -> `&g->waiters, GALE_OK` */
void check_open(void)
{
    any_gate();
    on_any_flow();
    const bool disable = nondet_bool();
    const uint32_t held = old_enabled ? 1u : 0u;
    const uint32_t units = disable ? held : old_closed > held ? 1u : 0u;
    int status = GALE_OK;

    if (disable) {
        gale_backpressure_gate_disable(&g);
        prove(!g.enabled, "BP05: enable has let go");
    } else {
        status = gale_backpressure_gate_dec(&g);
        prove(g.enabled == old_enabled, "BP05: the unit of enable is not inc's to give back");
    }
    prove(status == (disable || units > 0 ? GALE_OK : GALE_EOVERFLOW), "BP05: below the other end is refused");
    prove(g.closed.value == old_closed - units, "BP05: one unit less, or nothing");
    const bool opened = old_closed > 0 && g.closed.value == 0;
    const uint32_t room = UINT32_MAX - old_inside;
    const uint32_t admitted = !opened ? 0 : waiting < room ? waiting : room;
    uint32_t n = 0;

    prove(g.inside == old_inside + admitted, "BP04: each of them is counted once");
    for (gale_id id = 0; id < THREADS; id++) {
        const bool was_waiting = old_place[id] == g.waiters.list;
        const int owed = n < admitted ? GALE_OK : GALE_EOVERFLOW;

        prove(!was_waiting || (opened ? is_woken(id, owed) : place_of(id) == old_place[id]),
              "BP02 BP04: all who wait are admitted by the call that opens, in the order of their coming; else none");
        n += was_waiting;
    }
    gate_still_valid();
}

/* @mutant src/async/backpressure_gate.c: `backpressure_gate_count(g) > 0` -> `backpressure_gate_count(g) > 1`
 * @mutant src/async/backpressure_gate.c: `    g->inside--;` -> ``
 * @mutant src/async/backpressure_gate.c: `if (g->inside == UINT32_MAX) {` -> `if (false) {` */
void check_enter_leave(void)
{
    any_gate();
    on_any_flow();
    if (nondet_bool()) {
        const int status = nondet_bool() ? gale_backpressure_gate_try_enter(&g)
                                         : gale_backpressure_gate_wait_until_ready(&g, GALE_NO_WAIT);

        prove(status == (old_closed > 0             ? GALE_EBUSY
                         : old_inside == UINT32_MAX ? GALE_EOVERFLOW
                                                    : GALE_OK),
              "BP01 BP03: admitted iff the gate is open");
        prove(g.inside == old_inside + (status == GALE_OK ? 1u : 0u), "BP04: and counted once");
    } else {
        const int status = gale_backpressure_gate_leave(&g);

        prove(status == (old_inside > 0 ? GALE_OK : GALE_EINVAL), "BP04: who leaves was inside");
        prove(g.inside == old_inside - (status == GALE_OK ? 1u : 0u), "BP04: and is counted no more");
    }
    prove(g.inside == gale_backpressure_gate_inside(&g), "BP04: the number inside is told");
    prove(!gave_way && g.closed.value == old_closed, "BP03 TO08: without wait it never blocks");
    gate_still_valid();
}

static enum { OPENED, EARLY } how; /* what ends the wait */
static int owed;
static gale_tick until;

static void others(gale_id self)
{
    prove(place_of(self) == g.waiters.list && gale_list_last(&x.links, g.waiters.list) == self,
          "BP02: the caller waits at the end of the line");
    prove(gale_timeout_is_active(&x.timeouts, self) == (until < GALE_FOREVER), "BP03: until the deadline");
    if (how == OPENED) {
        g.closed.value = 1; /* all units but one were given back */
        g.enabled = nondet_bool();
        if (g.enabled) {
            gale_backpressure_gate_disable(&g);
        } else {
            prove(gale_backpressure_gate_dec(&g) == GALE_OK, "BP05: the last unit is given back");
        }
        owed = memory_threads[self].wait_status;
        prove(owed == GALE_OK || g.inside == UINT32_MAX, "BP02: admitted by the call that opens");
    } else {
        owed = end_early(self);
        prove(owed != GALE_ETIMEDOUT || until <= clock, "BP03: timed out at the deadline and not before");
        prove(g.inside == old_inside, "BP04: who did not wait to the end is not inside");
    }
    old_inside = g.inside;
    assume(gale_thread_is_ready(&memory_threads[self])); /* the others may go on until it is */
}

static void wait(void)
{
    any_gate();
    on_any_flow();
    until = nondet_u64();
    assume(until != GALE_NO_WAIT);
    const int status = gale_backpressure_gate_wait_until_ready(&g, until);

    prove(!gave_way || old_closed > 0, "BP03: blocks only if the gate is closed");
    prove(gave_way || old_closed == 0 || status == GALE_EPERM || (status == GALE_ETIMEDOUT && until <= clock),
          "BP03: blocks if the gate is closed, unless the caller may not or its time is over");
    prove(!gave_way || (status == owed && g.inside == old_inside), "BP04: admitted by who opened, and not again");
    prove(gave_way || g.inside == old_inside + (status == GALE_OK ? 1u : 0u), "BP04: inside iff it is told so");
    gate_still_valid();
}

/* @mutant src/async/backpressure_gate.c: `&g->waiters, GALE_WAIT_FIFO` -> `&g->waiters, GALE_WAIT_PRIORITY` */
void check_wait_until_opened(void)
{
    how = OPENED;
    wait();
}

/* @mutant src/async/backpressure_gate.c: `GALE_WAIT_FIFO, deadline` -> `GALE_WAIT_FIFO, GALE_FOREVER` */
void check_wait_until_ended(void)
{
    how = EARLY;
    wait();
}
