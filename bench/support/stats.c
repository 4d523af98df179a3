/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The samples of a run, and medians and quartiles over those with one label.
 */
#include <stdlib.h>

#include "support/bench.h"

bool bench_log_add(struct bench_log *log, const struct bench_sample *sample)
{
    if (log->len == log->space) {
        size_t space = log->space == 0 ? 1024 : 2 * log->space;
        struct bench_sample *grown = realloc(log->sample, space * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        log->sample = grown;
        log->space = space;
    }
    log->sample[log->len++] = *sample;
    return true;
}

static int stats_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The value below which `part` of the sorted values lie, between two values in proportion. */
static double stats_quantile(const double *sorted, size_t n, double part)
{
    double at = part * (double)(n - 1);
    size_t low = (size_t)at;
    size_t high = low + 1 < n ? low + 1 : low;
    return sorted[low] + (at - (double)low) * (sorted[high] - sorted[low]);
}

static bool stats_belongs(const struct bench_sample *s, const struct bench_ring *ring, enum bench_discipline discipline,
                          enum bench_label label)
{
    enum bench_label wanted = bench_needs_two(discipline) ? label : BENCH_ONE_THREAD;
    return s->ring == ring && s->discipline == discipline && s->label == wanted;
}

static void stats_sort(double *value, size_t n)
{
    qsort(value, n, sizeof *value, stats_compare);
}

static struct bench_summary stats_summarise(double *ns, double *probe, double *ratio, size_t n)
{
    stats_sort(ns, n);
    stats_sort(probe, n);
    stats_sort(ratio, n);
    return (struct bench_summary){
        .n = (unsigned)n,
        .q1 = stats_quantile(ns, n, 0.25),
        .median = stats_quantile(ns, n, 0.5),
        .q3 = stats_quantile(ns, n, 0.75),
        .probe = stats_quantile(probe, n, 0.5),
        .probe_ratio = stats_quantile(ratio, n, 0.5),
    };
}

struct bench_summary bench_log_summary(const struct bench_log *log, const struct bench_ring *ring,
                                       enum bench_discipline discipline, enum bench_label label)
{
    struct bench_summary summary = {0};
    double *figure = malloc(3 * log->len * sizeof *figure);
    double *ns = figure, *probe = figure + log->len, *ratio = figure + 2 * log->len;
    size_t n = 0;
    for (size_t i = 0; figure != NULL && i < log->len; i++) {
        const struct bench_sample *s = &log->sample[i];
        if (stats_belongs(s, ring, discipline, label)) {
            ns[n] = s->ns;
            probe[n] = s->probe_ns;
            ratio[n] = s->probe_ns > 0 ? s->ns / s->probe_ns : 0;
            n++;
        }
    }
    if (n != 0) {
        summary = stats_summarise(ns, probe, ratio, n);
    }
    free(figure);
    return summary;
}

enum bench_label bench_log_main_label(const struct bench_log *log)
{
    size_t count[BENCH_UNKNOWN + 1] = {0};
    enum bench_label most = BENCH_SMT;
    for (size_t i = 0; i < log->len; i++) {
        count[log->sample[i].label]++;
    }
    for (enum bench_label label = BENCH_SMT; label < BENCH_LABELS; label++) {
        most = count[label] > count[most] ? label : most;
    }
    return most;
}

double bench_log_best(const struct bench_log *log, enum bench_discipline discipline, uint32_t elem_bytes,
                      bench_filter filter, enum bench_label label)
{
    double best = 0;
    for (const struct bench_ring *ring = bench_ring_first(); ring != NULL; ring = ring->next) {
        if (ring->elem_bytes != elem_bytes || !filter(ring)) {
            continue;
        }
        struct bench_summary s = bench_log_summary(log, ring, discipline, label);
        if (s.n < BENCH_ENOUGH) {
            return 0;
        }
        best = best == 0 || s.median < best ? s.median : best;
    }
    return best;
}

bool bench_is_peer(const struct bench_ring *ring)
{
    return ring->form == BENCH_PEER;
}

bool bench_is_gale(const struct bench_ring *ring)
{
    return ring->form != BENCH_PEER;
}

bool bench_is_deferred(const struct bench_ring *ring)
{
    return ring->form == BENCH_GALE_DEFERRED;
}
