/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Samples, their medians and the medians of their ratios, with targets. For one source file.
 */
#ifndef BENCH_COMPONENT_RUNTIME_REPORT_H
#define BENCH_COMPONENT_RUNTIME_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#define SAMPLES 31u

/* What is measured. */
struct subject {
    const char *name;
    double (*sample)(void (*what)(void));
    void (*what)(void);
    double most_ns; /* 0: no target of its own */
    double ns[SAMPLES];
};

/* What is compared: time of `a` by time of `b`. */
struct ratio {
    const char *name;
    unsigned a, b;
    double least, most; /* 0: no target */
};

static int report_compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;

    return (x > y) - (x < y);
}

static double report_median(double *values)
{
    qsort(values, SAMPLES, sizeof values[0], report_compare);
    return values[SAMPLES / 2u];
}

/* The median of the ratios of neighbouring samples: call it before the samples are sorted. */
static double report_median_ratio(const struct subject *subjects, const struct ratio *r)
{
    double values[SAMPLES];

    for (unsigned n = 0; n < SAMPLES; n++) {
        values[n] = subjects[r->a].ns[n] / subjects[r->b].ns[n];
    }
    return report_median(values);
}

static bool report_ratios(const struct subject *subjects, const struct ratio *ratios, size_t count)
{
    bool held = true;

    for (unsigned k = 0; k < count; k++) {
        const struct ratio *r = &ratios[k];
        const double ratio = report_median_ratio(subjects, r);
        const bool ok = (r->least == 0 || ratio >= r->least) && (r->most == 0 || ratio <= r->most);

        printf("  %-57s %5.2f", r->name, ratio);
        if (r->least != 0 || r->most != 0) {
            printf("   at %s %.2f: %s", r->least != 0 ? "least" : "most", r->least + r->most, ok ? "holds" : "MISSED");
        }
        printf("\n");
        held = held && ok;
    }
    return held;
}

static bool report_times(struct subject *subjects, size_t count)
{
    bool held = true;

    for (unsigned k = 0; k < count; k++) {
        const double ns = report_median(subjects[k].ns);
        const bool ok = subjects[k].most_ns == 0 || ns <= subjects[k].most_ns;

        printf("  %-47s %8.1f", subjects[k].name, ns);
        if (subjects[k].most_ns != 0) {
            printf("   at most %3.0f: %s", subjects[k].most_ns, ok ? "holds" : "MISSED");
        }
        printf("\n");
        held = held && ok;
    }
    return held;
}

#endif /* BENCH_COMPONENT_RUNTIME_REPORT_H */
