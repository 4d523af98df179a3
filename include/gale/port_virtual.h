/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Virtual time: a port for tests in which the clock is a number. Linking `gale_virtual` before `gale_posix` chooses it.
 *
 * gale_port_now() stands still while code runs. gale_port_idle() advances it to the next interrupt that the test has
 * scheduled, or to the deadline. A run depends on nothing but the program, so it repeats exactly and takes no time.
 */
#ifndef GALE_PORT_VIRTUAL_H
#define GALE_PORT_VIRTUAL_H

#include "gale/port.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Interrupts that can be scheduled at once. */
#define GALE_VIRTUAL_INTERRUPTS 32u

/** Begin anew at tick `now`: no interrupt scheduled, no deadlock seen or handled. @context thread; never blocks. */
/*@ assigns \nothing; */
void gale_virtual_reset(gale_tick now);

/**
 * Schedule an interrupt: `fn(arg)` runs once, with gale_port_in_isr() true, when time reaches `tick`; at once is the
 * next time that time passes. Interrupts of one tick run in the order in which they were scheduled.
 *
 * @retval GALE_OK      Scheduled.
 * @retval GALE_ENOMEM  GALE_VIRTUAL_INTERRUPTS wait already.
 * @context thread, isr; never blocks.
 */
/*@ assigns \nothing;
    ensures status: \result == GALE_OK || \result == GALE_ENOMEM;
*/
int gale_virtual_at(gale_tick tick, void (*fn)(void *arg), void *arg);

/** Let time pass as by computing: runs at most GALE_VIRTUAL_INTERRUPTS due interrupts. @context thread; never blocks. */
/*@ assigns \nothing; */
void gale_virtual_advance(gale_tick ticks);

/** @return Interrupts that have not run yet. @context thread, isr; never blocks. */
/*@ assigns \nothing; */
uint32_t gale_virtual_scheduled(void);

/**
 * Call `fn(arg)` when the program sleeps forever and no interrupt is left to wake it. Without a handler the first such
 * sleep returns, so that gale_virtual_deadlocked() can be asked, and the next one in a row panics.
 *
 * @param[in] fn  May stop the executor or schedule an interrupt; NULL takes the handler away.
 * @context thread; never blocks.
 */
/*@ assigns \nothing; */
void gale_virtual_on_deadlock(void (*fn)(void *arg), void *arg);

/** @return True if the program has slept with nothing left to wake it since the last reset. @context any; never blocks. */
/*@ assigns \nothing; */
bool gale_virtual_deadlocked(void);

#ifdef __cplusplus
}
#endif

#endif /* GALE_PORT_VIRTUAL_H */
