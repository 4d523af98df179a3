/* SPDX-License-Identifier: Apache-2.0 */
/** The critical section: no handler but that of a fault runs. */
#include "port.h"

uint32_t gale_port_lock(void)
{
    uint32_t key;

    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(key) : : "memory");
    return key;
}

void gale_port_unlock(uint32_t key)
{
    __asm__ volatile("msr primask, %0" : : "r"(key) : "memory");
}
