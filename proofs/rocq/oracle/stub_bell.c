/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The C side of the oracle for the doorbell: the shipped source over a port whose idle and wake stop between any two of
 * their atomic steps, so that steps of the sleeper and of several ringers can follow each other in any order.
 */
#include "stub.h"

#include "gale/port.h"

/* Its own copy of the source, with names of its own and the port below. */
#define gale_doorbell_init bell_init
#define gale_doorbell_ring bell_ring
#define gale_doorbell_pending bell_pending
#define gale_doorbell_take bell_take
#define gale_doorbell_wait bell_wait
#define gale_port_idle bell_port_idle
#define gale_port_wake bell_port_wake

static void bell_port_idle(struct gale_atomic_u32 *word, gale_tick deadline);
static void bell_port_wake(struct gale_atomic_u32 *word);

#include "kernel/doorbell.c"

#define RINGERS 4u
#define FLOWS (RINGERS + 1u)
#define SLEEPER RINGERS
#define FLOW_STACK 8192u

enum { AWAY, RUNNING, MARKED, BLOCKED, BACK, OWES };

static struct gale_doorbell bell;
static struct gale_port_context driver;
static struct gale_port_context flows[FLOWS];
static int states[FLOWS];
static GALE_ALIGNED(16) uint8_t stacks[FLOWS][FLOW_STACK];
static unsigned flow_now;
static uint32_t ring_bits;
static uint32_t taken;

/* Back to the driver, in state `state`. */
static void stop_here(int state)
{
    const unsigned me = flow_now;

    states[me] = state;
    gale_port_context_switch(&flows[me], &driver);
}

static void go_on_with(unsigned flow)
{
    flow_now = flow;
    gale_port_context_switch(&driver, &flows[flow]);
}

static void bell_port_idle(struct gale_atomic_u32 *word, gale_tick deadline)
{
    (void)deadline;
    if ((gale_atomic_fetch_or(word, GALE_PORT_ASLEEP) & ~GALE_PORT_ASLEEP) != 0) {
        stop_here(BACK);
        return;
    }
    stop_here(MARKED);
    if (gale_atomic_load_acquire(word) == GALE_PORT_ASLEEP) {
        stop_here(BLOCKED);
    } else {
        stop_here(BACK);
    }
}

static void bell_port_wake(struct gale_atomic_u32 *word)
{
    (void)word;
    stop_here(OWES);
    if (states[SLEEPER] == BLOCKED) {
        states[SLEEPER] = BACK;
    }
}

static void ringer_main(void *arg)
{
    (void)arg;
    for (;;) {
        gale_doorbell_ring(&bell, ring_bits);
        stop_here(AWAY);
    }
}

static void sleeper_main(void *arg)
{
    (void)arg;
    for (;;) {
        taken = gale_doorbell_wait(&bell, GALE_FOREVER);
        stop_here(AWAY);
    }
}

static void bell_begin(void)
{
    gale_doorbell_init(&bell);
    for (unsigned f = 0; f < FLOWS; f++) {
        states[f] = AWAY;
        gale_port_context_init(&flows[f], stacks[f], FLOW_STACK, f == SLEEPER ? sleeper_main : ringer_main, NULL);
    }
}

/* A free ringer rings. */
static void bell_do_ring(uint32_t bits)
{
    unsigned f = 0;

    while (f < RINGERS - 1u && states[f] != AWAY) {
        f++;
    }
    ring_bits = bits;
    go_on_with(f);
}

/* Ringer number `n` of those that owe a wake makes it. */
static void bell_do_wake(unsigned n)
{
    for (unsigned f = 0; f < RINGERS; f++) {
        if (states[f] == OWES && n-- == 0) {
            go_on_with(f);
            return;
        }
    }
}

/* op: 0 begin, 1 ring bit a, 2 wake by ringer a, 3 sleep, 4 block, 5 time-out, 6 take. */
value oracle_bell(value op, value va, value vb, value vc)
{
    unsigned owed = 0;

    (void)vb, (void)vc;
    stub_begin();
    taken = 0;
    switch (Long_val(op)) {
    case 0:
        bell_begin();
        break;
    case 1:
        bell_do_ring(1u << (unsigned)Long_val(va));
        break;
    case 2:
        bell_do_wake((unsigned)Long_val(va));
        break;
    case 3:
    case 4: /* the sleeper's next step */
        go_on_with(SLEEPER);
        break;
    case 5:
        states[SLEEPER] = states[SLEEPER] == BLOCKED ? BACK : states[SLEEPER];
        break;
    default:
        if (states[SLEEPER] == BACK) {
            go_on_with(SLEEPER);
        } else {
            taken = gale_doorbell_take(&bell);
        }
        break;
    }
    for (unsigned f = 0; f < RINGERS; f++) {
        owed += states[f] == OWES;
    }
    const uint32_t word = gale_atomic_load_relaxed(&bell.word);

    stub_check(gale_doorbell_pending(&bell) == (word & GALE_DOORBELL_BITS));
    stub_say((long)(word & GALE_DOORBELL_BITS));
    stub_say((word & GALE_PORT_ASLEEP) != 0);
    stub_say((long)owed);
    stub_say(states[SLEEPER] == MARKED ? 1 : states[SLEEPER] == BLOCKED ? 2 : 0);
    return Val_long((long)taken);
}
