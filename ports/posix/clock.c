/* SPDX-License-Identifier: Apache-2.0 */
/** Time: the monotonic clock in ticks. */
#include <time.h>

#include "gale/port.h"

#define NANOSECONDS UINT64_C(1000000000)

gale_tick gale_port_now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * GALE_TICKS_PER_SECOND + (uint64_t)t.tv_nsec * GALE_TICKS_PER_SECOND / NANOSECONDS;
}

/* gale_port_idle() is told the deadline each time. */
void gale_port_alarm(gale_tick deadline)
{
    (void)deadline;
}
