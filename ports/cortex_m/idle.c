/* SPDX-License-Identifier: Apache-2.0 */
/** Sleep of a single core. */
#include "port.h"

/* A pending interrupt ends the wait though it is masked, so none that comes between look and wait is missed. */
void gale_port_idle(struct gale_atomic_u32 *word, gale_tick deadline)
{
    gale_port_alarm(deadline);
    const uint32_t key = gale_port_lock();

    if ((gale_atomic_load_acquire(word) & ~GALE_PORT_ASLEEP) == 0 && deadline > gale_port_now()) {
        __asm__ volatile("dsb\n\twfi" ::: "memory");
    }
    gale_port_unlock(key);
    cortex_m_barrier();
}

/* Whoever rings is an interrupt on this core, which has ended the wait. */
void gale_port_wake(struct gale_atomic_u32 *word)
{
    (void)word;
}
