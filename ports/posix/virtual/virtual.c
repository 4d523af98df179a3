/* SPDX-License-Identifier: Apache-2.0 */
/** Virtual time: takes the place of clock.c and idle_*.c; fibers and the rest are the POSIX port's. */
#include "gale/port_posix.h"
#include "gale/port_virtual.h"

struct virtual_interrupt {
    gale_tick tick;
    void (*fn)(void *arg);
    void *arg;
};

/** Sorted: the first to run is at 0. */
static struct virtual_interrupt virtual_table[GALE_VIRTUAL_INTERRUPTS];
static uint32_t virtual_count;

static gale_tick virtual_now;
static bool virtual_deadlock;
static bool virtual_deadlock_last;
static void (*virtual_deadlock_fn)(void *arg);
static void *virtual_deadlock_arg;

void gale_virtual_reset(gale_tick now)
{
    virtual_count = 0;
    virtual_now = now;
    virtual_deadlock = false;
    virtual_deadlock_last = false;
    virtual_deadlock_fn = NULL;
}

int gale_virtual_at(gale_tick tick, void (*fn)(void *arg), void *arg)
{
    uint32_t at = virtual_count;

    if (virtual_count == GALE_VIRTUAL_INTERRUPTS) {
        return GALE_ENOMEM;
    }
    for (; at > 0 && virtual_table[at - 1u].tick > tick; at--) {
        virtual_table[at] = virtual_table[at - 1u];
    }
    virtual_table[at] = (struct virtual_interrupt){tick, fn, arg};
    virtual_count++;
    return GALE_OK;
}

/** Time goes to the first interrupt, if that is due by `tick`, and the interrupt runs; true if there was one. */
static bool virtual_interrupt_by(gale_tick tick)
{
    struct virtual_interrupt first = virtual_table[0];

    if (virtual_count == 0 || first.tick > tick) {
        return false;
    }
    virtual_count--;
    for (uint32_t i = 0; i < virtual_count; i++) {
        virtual_table[i] = virtual_table[i + 1u];
    }
    virtual_now = first.tick > virtual_now ? first.tick : virtual_now;
    gale_posix_isr_enter();
    first.fn(first.arg);
    gale_posix_isr_exit();
    return true;
}

static void virtual_reach(gale_tick tick)
{
    virtual_now = tick > virtual_now ? tick : virtual_now;
}

void gale_virtual_advance(gale_tick ticks)
{
    gale_tick end = virtual_now + ticks;

    for (uint32_t n = 0; n < GALE_VIRTUAL_INTERRUPTS && virtual_interrupt_by(end); n++) {
        /* The call in the condition does the work. */
    }
    virtual_reach(end);
}

uint32_t gale_virtual_scheduled(void)
{
    return virtual_count;
}

void gale_virtual_on_deadlock(void (*fn)(void *arg), void *arg)
{
    virtual_deadlock_fn = fn;
    virtual_deadlock_arg = arg;
}

bool gale_virtual_deadlocked(void)
{
    return virtual_deadlock;
}

static void virtual_meet_deadlock(void)
{
    bool again = virtual_deadlock_last;

    virtual_deadlock = true;
    virtual_deadlock_last = true;
    if (virtual_deadlock_fn != NULL) {
        virtual_deadlock_fn(virtual_deadlock_arg);
    } else if (again) {
        gale_port_panic(__FILE__, __LINE__);
    }
}

gale_tick gale_port_now(void)
{
    return virtual_now;
}

/* gale_port_idle() is told the deadline each time. */
void gale_port_alarm(gale_tick deadline)
{
    (void)deadline;
}

/** At most one interrupt runs, then the caller looks again: "may return early" is in the contract. */
void gale_port_idle(struct gale_atomic_u32 *word, gale_tick deadline)
{
    if ((gale_atomic_load_acquire(word) & ~GALE_PORT_ASLEEP) != 0) {
        virtual_deadlock_last = false;
    } else if (virtual_interrupt_by(deadline)) {
        virtual_deadlock_last = false;
    } else if (deadline == GALE_FOREVER) {
        virtual_meet_deadlock();
    } else {
        virtual_deadlock_last = false;
        virtual_reach(deadline);
    }
}

/* Whoever rings runs on the sleeper's own thread, so the sleeper sees the word when it looks next. */
void gale_port_wake(struct gale_atomic_u32 *word)
{
    (void)word;
}
