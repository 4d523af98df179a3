/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The copy to begin a port from. The contracts are in gale/port.h; here stands what to fill in.
 *
 * It compiles and links. What a port cannot go without ends in a panic until you write it; the rest does the least
 * that the contract allows. Bring it to life in this order: panic, now, lock and unlock, context init and switch, idle
 * and wake. Then run the unit tests of `port` on the machine. The others can wait until something needs them.
 */
#include "gale/port.h"

/* Mask every interrupt whose handler rings a doorbell or calls Gale, and return what the mask was before, so that
   sections nest. On several cores this shuts out only the own core, which is enough: an executor lives on one core.
   Example, Cortex-M: read PRIMASK (or BASEPRI), then set it. */
uint32_t gale_port_lock(void)
{
    gale_port_panic(__FILE__, __LINE__);
}

/* Put the mask back to `key`, whatever it was: no "enable". */
void gale_port_unlock(uint32_t key)
{
    (void)key;
    gale_port_panic(__FILE__, __LINE__);
}

/* A 64-bit count of GALE_TICKS_PER_SECOND that never goes back. From a shorter hardware counter: extend it in software,
   under the lock, and make sure that somebody reads it at least once per wrap. */
gale_tick gale_port_now(void)
{
    gale_port_panic(__FILE__, __LINE__);
}

/* Program a timer to interrupt at `deadline`; the handler does nothing, its arrival ends gale_port_idle(). A deadline
   that has passed must interrupt at once; mind the one that passes while you program it. Leave it empty when
   gale_port_idle() can wait for the time by itself. */
void gale_port_alarm(gale_tick deadline)
{
    (void)deadline;
}

/* Wait for an interrupt. To return at once is allowed, so this body is right, but it burns power. A single core: mask,
   look at the word, wait for an interrupt if no event bit is set (a pending interrupt ends the wait though masked),
   unmask. Where another core or a system must be asked to wake you: set GALE_PORT_ASLEEP with gale_atomic_fetch_or()
   first, and sleep only if the answer had no event bit and the word still has none. */
void gale_port_idle(struct gale_atomic_u32 *word, gale_tick deadline)
{
    (void)word;
    (void)deadline;
}

/* Only called when gale_port_idle() sets GALE_PORT_ASLEEP: end the other core's wait (event signal, interrupt), or the
   system's wait for `word`. */
void gale_port_wake(struct gale_atomic_u32 *word)
{
    (void)word;
}

/* Lay out at the top of the stack what gale_port_context_switch() will restore, so that it arrives in a few
   instructions of yours that call entry(arg) with the stack aligned as the ABI asks. Set all four members. */
void gale_port_context_init(struct gale_port_context *context, void *stack, size_t stack_bytes,
                            void (*entry)(void *arg), void *arg)
{
    (void)entry;
    (void)arg;
    context->sp = NULL;
    context->stack = stack;
    context->stack_bytes = stack_bytes;
    context->tool = NULL;
    gale_port_panic(__FILE__, __LINE__);
}

/* Push what the ABI makes the callee keep (floating point too, if the build has any), store the stack pointer in
   from->sp, load it from to->sp, pop, return. `from` may be all zero: it is the flow that the system started. A port
   with a stack limit register sets it here. */
void gale_port_context_switch(struct gale_port_context *from, struct gale_port_context *to)
{
    (void)from;
    (void)to;
    gale_port_panic(__FILE__, __LINE__);
}

/* Load the domain's partitions into the protection unit, or lift all restriction for NULL. Leave it empty when there is
   no such unit: then a domain does not protect, and the port's README says so. */
void gale_port_mpu_apply(const struct gale_mem_domain *domain)
{
    (void)domain;
}

/* Is an interrupt handler running? Example, Cortex-M: IPSR is not zero. */
bool gale_port_in_isr(void)
{
    return false;
}

/* Say where, if there is a console, and stop for good: mask interrupts, breakpoint, or reset by watchdog. */
void gale_port_panic(const char *file, int line)
{
    (void)file;
    (void)line;
    for (;;) {
        /* Stay, so that a debugger finds the caller. */
    }
}
