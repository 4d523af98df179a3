/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The placement probe: how long a signal takes to the other thread and back, one cache line in each direction.
 *
 * On a virtual machine the cores behind two threads may change at any moment, and the distance between them decides
 * every two-thread figure. So each sample carries its own probe.
 */
#include "support/bench.h"

#define PROBE_TRIPS 300
#define PROBE_WARM_UP 32

/* Waits until `line` shows `turn`; false when given up. */
static inline bool probe_await(const uint32_t *line, uint32_t turn, struct bench_side *side)
{
    while (__atomic_load_n(line, __ATOMIC_ACQUIRE) != turn) {
        if (bench_wait(side)) {
            return false;
        }
    }
    return true;
}

static bool probe_ask_n(struct bench_probe *probe, uint32_t n, struct bench_side *side)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t turn = ++probe->turn;
        __atomic_store_n(&probe->ping, turn, __ATOMIC_RELEASE);
        if (!probe_await(&probe->pong, turn, side)) {
            return false;
        }
    }
    return true;
}

double bench_probe_ask(struct bench_probe *probe, struct bench_side *side)
{
    if (!probe_ask_n(probe, PROBE_WARM_UP, side)) {
        return 0;
    }
    double begin = bench_cpu_now_ns();
    if (!probe_ask_n(probe, PROBE_TRIPS, side)) {
        return 0;
    }
    return (bench_cpu_now_ns() - begin) / PROBE_TRIPS;
}

void bench_probe_answer(struct bench_probe *probe, struct bench_side *side)
{
    uint32_t turn = __atomic_load_n(&probe->pong, __ATOMIC_RELAXED);
    for (uint32_t i = 0; i < PROBE_WARM_UP + PROBE_TRIPS; i++) {
        turn++;
        if (!probe_await(&probe->ping, turn, side)) {
            return;
        }
        __atomic_store_n(&probe->pong, turn, __ATOMIC_RELEASE);
    }
}

enum bench_label bench_probe_label(double rtt_ns)
{
    if (rtt_ns < BENCH_SMT_BELOW_NS) {
        return BENCH_SMT;
    }
    return rtt_ns < BENCH_SAME_L3_BELOW_NS ? BENCH_SAME_L3 : BENCH_FAR;
}

const char *bench_label_name(enum bench_label label)
{
    static const char *const name[] = {"smt", "same-L3", "far", "one-thread", "unknown"};
    return name[label];
}
