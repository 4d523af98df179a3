/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * gale_bench: the typed ring against the rings of other libraries, every ring in turn within one run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "support/bench.h"

#define DEFAULT_ROUNDS 40
#define WARM_UP_ROUNDS 2
#define MOST_RINGS 16

#define EXIT_MISSED 1 /* a target does not hold */
#define EXIT_BROKEN 2 /* nothing can be said: wrong data, wrong options, no file */

struct options {
    unsigned rounds;
    const char *csv;
    const char *only; /* discipline or discipline/size; NULL: all */
    bool check;
};

static const char usage[] = "gale_bench [--rounds N] [--only DISCIPLINE[/BYTES]] [--cores A,B] [--csv FILE] [--check]\n"
                            "  --rounds  samples per ring and table cell (GALE_BENCH_ROUNDS; 40: about 3 minutes)\n"
                            "  --only    such as batch-zero-copy or element-copy/16\n"
                            "  --cores   the two cores to use (the first two that are allowed)\n"
                            "  --csv     where all samples go (build/bench/bench.csv)\n"
                            "  --check   exit with 1 unless every target holds\n";

static bool options_read_cores(const char *text, struct bench_setup *setup)
{
    return text != NULL && sscanf(text, "%d,%d", &setup->core[0], &setup->core[1]) == 2;
}

/* Reads one option at argv[i]; returns how many words it took, 0 if it is none. */
static int options_read_one(int argc, char **argv, int i, struct options *o, struct bench_setup *setup)
{
    const char *value = i + 1 < argc ? argv[i + 1] : NULL;
    if (strcmp(argv[i], "--check") == 0) {
        o->check = true;
        return 1;
    }
    if (strcmp(argv[i], "--cores") == 0 && options_read_cores(value, setup)) {
        return 2;
    }
    if (strcmp(argv[i], "--rounds") == 0 && value != NULL && atoi(value) > 0) {
        o->rounds = (unsigned)atoi(value);
        return 2;
    }
    const char **text = strcmp(argv[i], "--csv") == 0 ? &o->csv : strcmp(argv[i], "--only") == 0 ? &o->only : NULL;
    if (text == NULL || value == NULL) {
        return 0;
    }
    *text = value;
    return 2;
}

static bool options_read(int argc, char **argv, struct options *o, struct bench_setup *setup)
{
    const char *rounds = getenv("GALE_BENCH_ROUNDS");
    if (rounds != NULL && atoi(rounds) > 0) {
        o->rounds = (unsigned)atoi(rounds);
    }
    for (int i = 1; i < argc;) {
        int taken = options_read_one(argc, argv, i, o, setup);
        if (taken == 0) {
            return false;
        }
        i += taken;
    }
    return true;
}

static bool cell_is_wanted(const struct options *o, enum bench_discipline d, uint32_t elem_bytes)
{
    char cell[64];
    snprintf(cell, sizeof cell, "%s/%u", bench_discipline_name(d), elem_bytes);
    return o->only == NULL || strcmp(o->only, bench_discipline_name(d)) == 0 || strcmp(o->only, cell) == 0;
}

/* One sample of one ring; rounds below WARM_UP_ROUNDS only find how many elements fit the sample time. */
static bool ring_measure(const struct bench_setup *setup, struct bench_ring *ring, enum bench_discipline d,
                         unsigned round, struct bench_log *log)
{
    struct bench_sample sample = {.discipline = d, .round = round};
    if (!bench_sample_take(setup, ring, &sample)) {
        fprintf(stderr, "gale_bench: %s, %s/%u: wrong sum or no end: the ring lost or changed elements\n", ring->name,
                bench_discipline_name(d), ring->elem_bytes);
        return false;
    }
    return round < WARM_UP_ROUNDS || bench_log_add(log, &sample);
}

/* The rings with elements of this size, in link order. */
static unsigned cell_rings(uint32_t elem_bytes, struct bench_ring *ring[MOST_RINGS])
{
    unsigned n = 0;
    for (struct bench_ring *r = bench_ring_first(); r != NULL && n < MOST_RINGS; r = r->next) {
        if (r->elem_bytes == elem_bytes) {
            ring[n++] = r;
        }
    }
    return n;
}

/* All rings of a table cell right after each other, each round beginning with another one. */
static bool cell_measure(const struct bench_setup *setup, enum bench_discipline d, uint32_t elem_bytes, unsigned round,
                         struct bench_log *log)
{
    struct bench_ring *ring[MOST_RINGS];
    unsigned n = cell_rings(elem_bytes, ring);
    for (unsigned i = 0; i < n; i++) {
        if (!ring_measure(setup, ring[(i + round) % n], d, round, log)) {
            return false;
        }
    }
    return true;
}

static bool bench_round(const struct bench_setup *setup, const struct options *o, unsigned round, struct bench_log *log)
{
    static const uint32_t size[] = {4, 16, 64, 256};
    for (enum bench_discipline d = 0; d < BENCH_DISCIPLINES; d++) {
        for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
            bool possible = !bench_needs_two(d) || setup->cores >= 2;
            if (possible && cell_is_wanted(o, d, size[i]) && !cell_measure(setup, d, size[i], round, log)) {
                return false;
            }
        }
    }
    return true;
}

static bool bench_run(const struct bench_setup *setup, const struct options *o, struct bench_log *log)
{
    for (struct bench_ring *r = bench_ring_first(); r != NULL; r = r->next) {
        r->init();
    }
    for (unsigned round = 0; round < o->rounds + WARM_UP_ROUNDS; round++) {
        if (!bench_round(setup, o, round, log)) {
            return false;
        }
    }
    return true;
}

/* Makes the folders that lead to `path`; what cannot be made shows when the file is opened. */
static void folders_make(const char *path)
{
    char folder[512];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *at = strchr(folder + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        mkdir(folder, 0777);
        *at = '/';
    }
}

static int bench_report(const struct options *o, const struct bench_log *log)
{
    if (log->len == 0) {
        fprintf(stderr, "gale_bench: nothing measured%s%s\n", o->only != NULL ? " for --only " : "",
                o->only != NULL ? o->only : "");
        return EXIT_BROKEN;
    }
    folders_make(o->csv);
    bench_report_tables(log);
    if (!bench_report_csv(log, o->csv)) {
        return EXIT_BROKEN;
    }
    printf("all samples: %s\n", o->csv);
    return o->check && bench_check(log) != 0 ? EXIT_MISSED : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct options o = {.rounds = DEFAULT_ROUNDS, .csv = "build/bench/bench.csv"};
    struct bench_setup setup = {.fifo = bench_cpu_may_fifo()};
    struct bench_log log = {0};
    setup.cores = bench_cpu_find(setup.core);
    if (setup.cores < 1 || !options_read(argc, argv, &o, &setup)) {
        fputs(usage, stderr);
        return EXIT_BROKEN;
    }
    bench_report_head(&setup, o.rounds);
    if (setup.cores < 2) {
        printf("\nONE CORE: the two-thread disciplines are not measured\n");
    }
    fflush(stdout);
    int code = bench_run(&setup, &o, &log) ? bench_report(&o, &log) : EXIT_BROKEN;
    free(log.sample);
    return code;
}
