/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Sleep and wake where there is no futex: naps of at most a millisecond between looks at the word. No wake can be lost,
 * also between processes and from signal handlers, because none is needed; it costs up to one nap of latency.
 */
#include <errno.h>
#include <time.h>

#include "gale/port.h"

#if !defined(__linux__)

#define NANOSECONDS UINT64_C(1000000000)
#define NAP_NANOSECONDS UINT64_C(1000000)

/** Nanoseconds to sleep now: to the deadline, but a nap at most. */
static uint64_t idle_nap(gale_tick deadline)
{
    gale_tick now = gale_port_now();
    gale_tick nap_ticks = GALE_TICKS_PER_SECOND * NAP_NANOSECONDS / NANOSECONDS;
    gale_tick left = deadline > now ? deadline - now : 0;

    return left > nap_ticks ? NAP_NANOSECONDS : (left * NANOSECONDS) / GALE_TICKS_PER_SECOND;
}

/** One nap, then back to the caller, which looks again: "may return early" is in the contract. */
void gale_port_idle(struct gale_atomic_u32 *word, gale_tick deadline)
{
    struct timespec nap = {0, (long)idle_nap(deadline)};
    int saved = errno;

    if ((gale_atomic_load_acquire(word) & ~GALE_PORT_ASLEEP) == 0) {
        (void)nanosleep(&nap, NULL);
    }
    errno = saved;
}

void gale_port_wake(struct gale_atomic_u32 *word)
{
    (void)word;
}

#endif
