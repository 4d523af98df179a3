/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Sleep and wake on Linux: a futex on the doorbell's word itself, so it also works between processes that map it.
 *
 * The sleeper first announces itself in the word. A ring before that is seen in the answer; a ring after it sees ASLEEP
 * and wakes. The kernel compares the word and queues the sleeper under one lock that a wake takes too, so a ring and a
 * wake between the announcement and the sleep are seen as a changed word. The deadline is absolute: no time is lost
 * between reading the clock and sleeping.
 */
#if defined(__linux__)

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gale/port.h"

#include "fiber_tool.h"

#define NANOSECONDS UINT64_C(1000000000)

/* The kernel's time of this call, whatever the C library's time_t. Machines younger than 2038 have only the second. */
#ifdef SYS_futex
typedef long kernel_time;
#define KERNEL_TIME_MAX LONG_MAX
#define FUTEX_CALL SYS_futex
#else
typedef int64_t kernel_time;
#define KERNEL_TIME_MAX INT64_MAX
#define FUTEX_CALL SYS_futex_time64
#endif

/* ThreadSanitizer holds signals back while a thread is in a call it does not know, so there a sleep is cut short. */
#ifdef GALE__FIBER_TSAN
#define IDLE_MAX_TICKS (GALE_TICKS_PER_SECOND / 100u)
#else
#define IDLE_MAX_TICKS GALE_FOREVER
#endif

struct kernel_timespec {
    kernel_time seconds;
    kernel_time nanoseconds;
};

/** The first nanosecond at which the tick `deadline` has come; a time beyond the kernel's range becomes its last. */
static struct kernel_timespec idle_until(gale_tick deadline)
{
    uint64_t seconds = deadline / GALE_TICKS_PER_SECOND;
    uint64_t ticks = deadline % GALE_TICKS_PER_SECOND;
    uint64_t nanoseconds = (ticks * NANOSECONDS + GALE_TICKS_PER_SECOND - 1u) / GALE_TICKS_PER_SECOND;
    struct kernel_timespec t = {KERNEL_TIME_MAX, 0};

    if (seconds < (uint64_t)KERNEL_TIME_MAX) {
        t.seconds = (kernel_time)seconds;
        t.nanoseconds = (kernel_time)nanoseconds;
    }
    return t;
}

static gale_tick idle_bound(gale_tick deadline)
{
    gale_tick latest = IDLE_MAX_TICKS == GALE_FOREVER ? GALE_FOREVER : gale_port_now() + IDLE_MAX_TICKS;

    return deadline < latest ? deadline : latest;
}

void gale_port_idle(struct gale_atomic_u32 *word, gale_tick deadline)
{
    gale_tick end = idle_bound(deadline);
    struct kernel_timespec until = idle_until(end);
    int saved = errno;

    if ((gale_atomic_fetch_or(word, GALE_PORT_ASLEEP) & ~GALE_PORT_ASLEEP) == 0) {
        (void)syscall(FUTEX_CALL, &word->value, FUTEX_WAIT_BITSET, GALE_PORT_ASLEEP,
                      end == GALE_FOREVER ? NULL : &until, NULL, FUTEX_BITSET_MATCH_ANY);
    }
    errno = saved;
}

void gale_port_wake(struct gale_atomic_u32 *word)
{
    int saved = errno;

    (void)syscall(FUTEX_CALL, &word->value, FUTEX_WAKE, 1, NULL, NULL, 0);
    errno = saved;
}

#endif
