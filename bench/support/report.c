/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What a person reads: machine, placement, one table per discipline; and every sample as CSV.
 */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "support/bench.h"

#define CELL_WIDTH 24

static const uint32_t report_size[] = {4, 16, 64, 256};
#define SIZES (sizeof report_size / sizeof report_size[0])

static const struct {
    const char *name;
    const char *title;
} report_discipline[BENCH_DISCIPLINES] = {
    [BENCH_BATCH_COPY] = {"batch-copy", "two threads, batches of 32, copied"},
    [BENCH_BATCH_PLACE] = {"batch-zero-copy", "two threads, batches of 32, in place"},
    [BENCH_ELEMENT_COPY] = {"element-copy", "two threads, one element at a time, copied"},
    [BENCH_ELEMENT_PLACE] = {"element-zero-copy", "two threads, one element at a time, in place"},
    [BENCH_ROUND_TRIP] = {"round-trip", "round trip over two rings, one element in flight, copied"},
    [BENCH_ONE_FILL_DRAIN] = {"one-fill-drain", "one thread, 512 elements in, then out, one at a time, copied"},
    [BENCH_ONE_BATCH_COPY] = {"one-batch-copy", "one thread, a batch of 32 in, then out, copied"},
    [BENCH_ONE_BATCH_PLACE] = {"one-batch-zero-copy", "one thread, a batch of 32 in, then out, in place"},
};

const char *bench_discipline_name(enum bench_discipline d)
{
    return report_discipline[d].name;
}

/* The value of the first "model name : value" line of /proc/cpuinfo, or the architecture. */
static void report_machine(char *name, size_t size)
{
    struct utsname system;
    FILE *info = fopen("/proc/cpuinfo", "r");
    uname(&system);
    snprintf(name, size, "%s", system.machine);
    for (char line[256]; info != NULL && fgets(line, sizeof line, info) != NULL;) {
        char *value = strchr(line, ':');
        if (strncmp(line, "model name", 10) == 0 && value != NULL) {
            snprintf(name, size, "%.*s", (int)strcspn(value + 2, "\n"), value + 2);
            break;
        }
    }
    if (info != NULL) {
        fclose(info);
    }
}

void bench_report_head(const struct bench_setup *setup, unsigned rounds)
{
    char machine[256];
    report_machine(machine, sizeof machine);
    printf("machine   %s\n", machine);
    printf("compiler  %s, %s\n", BENCH_COMPILER, BENCH_FLAGS);
    printf("threads   %d core(s) here; pinned to %d", setup->cores, setup->core[0]);
    if (setup->cores > 1) {
        printf(" and %d", setup->core[1]);
    }
    printf("; %s\n", setup->fifo ? "SCHED_FIFO" : "SCHED_FIFO not permitted, so other work disturbs more");
    printf("samples   %u per ring, about 4 ms each, all rings in turn; ring capacity 1024\n", rounds);
    printf("labels    by the time of a two-line ping-pong beside each sample: smt < %.0f ns, same-L3 < %.0f ns, else "
           "far\n",
           BENCH_SMT_BELOW_NS, BENCH_SAME_L3_BELOW_NS);
}

/* How many samples each label has, and which label the two-thread tables are made of. */
static void report_labels(const struct bench_log *log, enum bench_label used)
{
    size_t count[BENCH_UNKNOWN + 1] = {0};
    unsigned redone = 0;
    for (size_t i = 0; i < log->len; i++) {
        count[log->sample[i].label]++;
        redone += log->sample[i].redone;
    }
    printf("\ntwo-thread samples:");
    for (enum bench_label label = BENCH_SMT; label < BENCH_LABELS; label++) {
        printf(" %s %zu,", bench_label_name(label), count[label]);
    }
    printf(" disturbed %zu; taken again %u\n", count[BENCH_UNKNOWN], redone);
    printf("two-thread tables: %s samples only\n", bench_label_name(used));
}

static void report_cell(const char *text)
{
    printf(" %*s", CELL_WIDTH, text);
}

/* The ring of this name with elements of this size; NULL if it was not built. */
static const struct bench_ring *report_find(const char *name, uint32_t elem_bytes)
{
    const struct bench_ring *ring = bench_ring_first();
    while (ring != NULL && (ring->elem_bytes != elem_bytes || strcmp(ring->name, name) != 0)) {
        ring = ring->next;
    }
    return ring;
}

static void report_row(const struct bench_log *log, const char *name, enum bench_discipline d, enum bench_label label)
{
    printf("  %-22s", name);
    for (size_t i = 0; i < SIZES; i++) {
        const struct bench_ring *ring = report_find(name, report_size[i]);
        struct bench_summary s = {0};
        char text[64] = "-";
        if (ring != NULL) {
            s = bench_log_summary(log, ring, d, label);
        }
        if (s.n != 0) {
            snprintf(text, sizeof text, "%.3g [%.3g, %.3g]", s.median, s.q1, s.q3);
        }
        report_cell(text);
    }
    printf("\n");
}

static void report_ratio(const struct bench_log *log, enum bench_discipline d, enum bench_label label)
{
    printf("  %-22s", "best peer / best Gale");
    for (size_t i = 0; i < SIZES; i++) {
        char text[32] = "-";
        double peer = bench_log_best(log, d, report_size[i], bench_is_peer, label);
        double gale = bench_log_best(log, d, report_size[i], bench_is_gale, label);
        if (peer > 0 && gale > 0) {
            snprintf(text, sizeof text, "%.2f", peer / gale);
        }
        report_cell(text);
    }
    printf("\n");
}

/* Round trips against the physical limit, measured in the same samples. */
static void report_probe(const struct bench_log *log, enum bench_label label)
{
    for (const struct bench_ring *ring = bench_ring_first(); ring != NULL; ring = ring->next) {
        struct bench_summary s = bench_log_summary(log, ring, BENCH_ROUND_TRIP, label);
        if (ring->elem_bytes == 4 && s.n != 0) {
            printf("  %-22s 4 B: %.2f times the two-line probe (%.4g ns)\n", ring->name, s.probe_ratio, s.probe);
        }
    }
}

static bool report_has(const struct bench_log *log, enum bench_discipline d)
{
    for (size_t i = 0; i < log->len; i++) {
        if (log->sample[i].discipline == d) {
            return true;
        }
    }
    return false;
}

static void report_table(const struct bench_log *log, enum bench_discipline d, enum bench_label label)
{
    printf("\n%s: %s\n", report_discipline[d].name, report_discipline[d].title);
    printf("  %-22s %*s %*s %*s %*s\n", "ns, median [quartiles]", CELL_WIDTH, "4 B", CELL_WIDTH, "16 B", CELL_WIDTH,
           "64 B", CELL_WIDTH, "256 B");
    for (const struct bench_ring *ring = bench_ring_first(); ring != NULL; ring = ring->next) {
        if (ring->elem_bytes == report_size[0]) {
            report_row(log, ring->name, d, label);
        }
    }
    report_ratio(log, d, label);
    if (d == BENCH_ROUND_TRIP) {
        report_probe(log, label);
    }
}

void bench_report_tables(const struct bench_log *log)
{
    enum bench_label label = bench_log_main_label(log);
    report_labels(log, label);
    for (enum bench_discipline d = 0; d < BENCH_DISCIPLINES; d++) {
        if (report_has(log, d)) {
            report_table(log, d, label);
        }
    }
    printf("\nin place, as far as a ring offers it (the rest is copied):\n");
    for (const struct bench_ring *ring = bench_ring_first(); ring != NULL; ring = ring->next) {
        if (ring->elem_bytes == report_size[0]) {
            printf("  %-22s %s\n", ring->name, ring->in_place);
        }
    }
}

bool bench_report_csv(const struct bench_log *log, const char *path)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        perror(path);
        return false;
    }
    fprintf(file, "round,discipline,elem_bytes,ring,label,ns,probe_ns,elements,redone\n");
    for (size_t i = 0; i < log->len; i++) {
        const struct bench_sample *s = &log->sample[i];
        fprintf(file, "%u,%s,%u,%s,%s,%.4f,%.2f,%u,%u\n", s->round, bench_discipline_name(s->discipline),
                s->ring->elem_bytes, s->ring->name, bench_label_name(s->label), s->ns, s->probe_ns, s->count,
                s->redone);
    }
    bool written = !ferror(file);
    return fclose(file) == 0 && written;
}
