/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The targets that Gale promises to hold, all within one run and one placement.
 */
#include <stdio.h>

#include "support/bench.h"

/* At least `at_least` times as fast as the best peer. */
static const struct {
    enum bench_discipline discipline;
    uint32_t elem_bytes;
    bench_filter gale;
    double at_least;
} check_ratio[] = {
    {BENCH_BATCH_PLACE, 4, bench_is_gale, 2.2},  {BENCH_BATCH_PLACE, 16, bench_is_gale, 1.2},
    {BENCH_BATCH_PLACE, 64, bench_is_gale, 0.9}, {BENCH_BATCH_PLACE, 256, bench_is_gale, 0.9},
    {BENCH_BATCH_COPY, 4, bench_is_gale, 1.3},   {BENCH_ELEMENT_PLACE, 4, bench_is_deferred, 2.0},
};

#define TRIP_AT_MOST 1.25

/* One line for a person: the target, what was measured (0: nothing), whether it holds. */
static bool check_print(const char *discipline, uint32_t elem_bytes, double measured, const char *unit, double wanted,
                        bool holds)
{
    if (measured > 0) {
        printf("  %-12s %s/%u: %.2f times %s %.2f\n", holds ? "holds" : "MISSED", discipline, elem_bytes, measured,
               unit, wanted);
    } else {
        printf("  %-12s %s/%u: fewer than %d samples of a ring\n", "NOT MEASURED", discipline, elem_bytes,
               BENCH_ENOUGH);
    }
    return holds;
}

static bool check_peer_ratio(const struct bench_log *log, size_t i, enum bench_label label)
{
    enum bench_discipline d = check_ratio[i].discipline;
    uint32_t bytes = check_ratio[i].elem_bytes;
    double peer = bench_log_best(log, d, bytes, bench_is_peer, label);
    double gale = bench_log_best(log, d, bytes, check_ratio[i].gale, label);
    double ratio = peer > 0 && gale > 0 ? peer / gale : 0;
    return check_print(bench_discipline_name(d), bytes, ratio, "as fast as the best peer, wanted at least",
                       check_ratio[i].at_least, ratio >= check_ratio[i].at_least);
}

/* The best form of Gale at 4 bytes against the physical round trip of the same samples. */
static bool check_round_trip(const struct bench_log *log, enum bench_label label)
{
    double best = 0;
    for (const struct bench_ring *ring = bench_ring_first(); ring != NULL; ring = ring->next) {
        struct bench_summary s = bench_log_summary(log, ring, BENCH_ROUND_TRIP, label);
        if (ring->elem_bytes == 4 && bench_is_gale(ring) && s.n >= BENCH_ENOUGH) {
            best = best == 0 || s.probe_ratio < best ? s.probe_ratio : best;
        }
    }
    return check_print(bench_discipline_name(BENCH_ROUND_TRIP), 4, best, "the two-line probe, wanted at most",
                       TRIP_AT_MOST, best > 0 && best <= TRIP_AT_MOST);
}

int bench_check(const struct bench_log *log)
{
    enum bench_label label = bench_log_main_label(log);
    int missed = 0;
    printf("\ntargets, all two-thread figures from %s samples\n", bench_label_name(label));
    for (size_t i = 0; i < sizeof check_ratio / sizeof check_ratio[0]; i++) {
        missed += !check_peer_ratio(log, i, label);
    }
    missed += !check_round_trip(log, label);
    return missed;
}
