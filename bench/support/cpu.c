/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Cores, clock and scheduling of the machine that is measured. Linux.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <sys/resource.h>
#include <time.h>

#include "support/bench.h"

#define LATE_NS 200e6  /* far beyond a sample: let others run between polls */
#define GIVE_UP_NS 2e9 /* a ring that lost an element, or a core that is gone */
#define NAP_NS 100000L

int bench_cpu_find(int core[2])
{
    cpu_set_t set;
    int found = 0;
    if (sched_getaffinity(0, sizeof set, &set) != 0) {
        return 0;
    }
    for (size_t i = 0; i < CPU_SETSIZE; i++) {
        if (!CPU_ISSET(i, &set)) {
            continue;
        }
        if (found < 2) {
            core[found] = (int)i;
        }
        found++;
    }
    return found;
}

bool bench_cpu_may_fifo(void)
{
    struct sched_param fifo = {.sched_priority = 1};
    struct sched_param normal = {.sched_priority = 0};
    if (sched_setscheduler(0, SCHED_FIFO, &fifo) != 0) {
        return false;
    }
    return sched_setscheduler(0, SCHED_OTHER, &normal) == 0;
}

double bench_cpu_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

long bench_cpu_switches(void)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nivcsw;
}

void bench_cpu_sleep_ns(long ns)
{
    struct timespec nap = {.tv_sec = ns / 1000000000L, .tv_nsec = ns % 1000000000L};
    nanosleep(&nap, NULL);
}

bool bench_cpu_is_stuck(struct bench_side *side)
{
    double late = bench_cpu_now_ns() - side->begin_ns;
    if (late > LATE_NS) {
        bench_cpu_sleep_ns(NAP_NS);
    }
    side->stuck = side->stuck || late > GIVE_UP_NS;
    return side->stuck;
}
