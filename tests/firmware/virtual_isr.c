/* SPDX-License-Identifier: Apache-2.0 */
/** Interrupts of virtual time: calls that count as handlers. Takes the place of the port's in_isr.c and clock.c. */
#include "gale/port_posix.h"
#include "port.h"

static uint32_t depth;

void gale_posix_isr_enter(void)
{
    depth++;
}

void gale_posix_isr_exit(void)
{
    depth--;
}

bool gale_port_in_isr(void)
{
    return depth > 0;
}

void gale__cortex_m_clock_init(void)
{
}

void gale__cortex_m_clock_interrupt(void)
{
}

void gale__cortex_m_clock_outside(gale_tick deadline)
{
    (void)deadline;
}
