/* SPDX-License-Identifier: Apache-2.0 */
/** The kernel runs in thread mode, whatever brought it in: so a handler is what has an exception number. */
#include "port.h"

bool gale_port_in_isr(void)
{
    uint32_t exception;

    __asm__ volatile("mrs %0, ipsr" : "=r"(exception));
    return exception != 0;
}
