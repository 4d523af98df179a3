/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What the parts of the benchmark share: a ring's loops, a sample, and the steps that measure and report.
 *
 * A loop is called once per sample, so that nothing inside it goes through a pointer.
 */
#ifndef BENCH_SUPPORT_BENCH_H
#define BENCH_SUPPORT_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Samples under one label without which no median is compared. */
#define BENCH_ENOUGH 5

/** Elements in a batch. */
#define BENCH_BATCH 32

/** What is measured; the first five need two cores. */
enum bench_discipline {
    BENCH_BATCH_COPY,
    BENCH_BATCH_PLACE,
    BENCH_ELEMENT_COPY,
    BENCH_ELEMENT_PLACE,
    BENCH_ROUND_TRIP,
    BENCH_ONE_FILL_DRAIN,
    BENCH_ONE_BATCH_COPY,
    BENCH_ONE_BATCH_PLACE,
    BENCH_DISCIPLINES
};

/** True when the discipline runs on two cores. */
static inline bool bench_needs_two(enum bench_discipline d)
{
    return d <= BENCH_ROUND_TRIP;
}

/** What kind of ring a row is: the targets compare the best peer with the best row of Gale. */
enum bench_form { BENCH_PEER, BENCH_GALE, BENCH_GALE_DEFERRED };

/** One thread's part of a sample. */
struct bench_side {
    uint32_t count;  /**< Elements to move. */
    uint32_t first;  /**< Value of the first element. */
    uint32_t sum;    /**< Result: sum of all words read, modulo 2^32. */
    uint32_t idle;   /**< Polls that found nothing to do. */
    double begin_ns; /**< When the sample began. */
    bool stuck;      /**< The sample took too long and was given up. */
};

/** The two loops of one discipline; `second` is NULL for one thread. */
struct bench_loops {
    void (*first)(struct bench_side *side);
    void (*second)(struct bench_side *side);
};

/** One ring with elements of one size. */
struct bench_ring {
    const char *name;
    const char *in_place; /**< What the zero-copy rows of this ring really do. */
    enum bench_form form;
    uint32_t elem_bytes;
    void (*init)(void);
    struct bench_loops loops[BENCH_DISCIPLINES];
    uint32_t count[BENCH_DISCIPLINES]; /**< Elements per sample, adapted to the sample time. */
    struct bench_ring *next;
};

/** Where two threads run, told by the round-trip time between them. */
enum bench_label { BENCH_SMT, BENCH_SAME_L3, BENCH_FAR, BENCH_LABELS, BENCH_ONE_THREAD = BENCH_LABELS, BENCH_UNKNOWN };

/** Round trips below the first are SMT siblings, below the second the same L3 cache, from it on far. Nanoseconds. */
#define BENCH_SMT_BELOW_NS 75.0
#define BENCH_SAME_L3_BELOW_NS 200.0

/** Result of one sample. */
struct bench_sample {
    const struct bench_ring *ring;
    enum bench_discipline discipline;
    enum bench_label label;
    unsigned round;
    uint32_t count;
    unsigned redone; /**< Tries thrown away before this one. */
    double ns;       /**< Per element, or per round trip. */
    double probe_ns; /**< Two-line round trip, mean of just before and just after; 0 for one thread. */
};

/* ring.c: the rings that were linked in, in link order. */
void bench_ring_register(struct bench_ring *ring);
struct bench_ring *bench_ring_first(void);

/* cpu.c */

/** Cores this process may use: writes up to two of them and returns how many there are. */
int bench_cpu_find(int core[2]);

/** True when threads may run under SCHED_FIFO. */
bool bench_cpu_may_fifo(void);

/** Nanoseconds of a clock that only goes forward. */
double bench_cpu_now_ns(void);

/** Involuntary context switches of this thread so far. */
long bench_cpu_switches(void);

void bench_cpu_sleep_ns(long ns);

/** Called after each 2^20 polls in vain: true when the sample must be given up. Lets others run when it is late. */
bool bench_cpu_is_stuck(struct bench_side *side);

/** Counts a poll in vain; true when the caller must give the sample up. */
static inline bool bench_wait(struct bench_side *side)
{
    return (++side->idle & 0xfffffu) == 0 && bench_cpu_is_stuck(side);
}

/* probe.c */

/** Cache lines of the probe and the meeting point of the two threads of a sample. */
struct bench_probe {
    uint32_t ping __attribute__((aligned(128)));
    uint32_t pong __attribute__((aligned(128)));
    uint32_t turn __attribute__((aligned(128))); /**< Private to the asking thread: turns so far. */
};

/** 300 round trips over two lines; both threads leave at the same moment. @return ns per trip, 0 when given up. */
double bench_probe_ask(struct bench_probe *probe, struct bench_side *side);
void bench_probe_answer(struct bench_probe *probe, struct bench_side *side);

/** The label of a round-trip time. */
enum bench_label bench_probe_label(double rtt_ns);
const char *bench_label_name(enum bench_label label);

/* sample.c */

/** Where and how samples are taken. */
struct bench_setup {
    int core[2];
    int cores;
    bool fifo;
};

/**
 * Takes one sample; a disturbed one (involuntary context switch, placement changed) is thrown away and taken again.
 *
 * @return false when the sum was wrong or the loops did not end: a broken ring.
 */
bool bench_sample_take(const struct bench_setup *setup, struct bench_ring *ring, struct bench_sample *sample);

/* stats.c */

/** Every sample of a run. */
struct bench_log {
    struct bench_sample *sample;
    size_t len;
    size_t space;
};

bool bench_log_add(struct bench_log *log, const struct bench_sample *sample);

/** What is told of the samples of one ring in one discipline under one label. */
struct bench_summary {
    unsigned n;
    double q1, median, q3;     /**< Nanoseconds per element. */
    double probe, probe_ratio; /**< Medians of the round trip and of ns / round trip. */
};

struct bench_summary bench_log_summary(const struct bench_log *log, const struct bench_ring *ring,
                                       enum bench_discipline discipline, enum bench_label label);

/** Which rings a question is about. */
typedef bool (*bench_filter)(const struct bench_ring *ring);
bool bench_is_peer(const struct bench_ring *ring);
bool bench_is_gale(const struct bench_ring *ring);
bool bench_is_deferred(const struct bench_ring *ring);

/** Best median of the rings that `filter` takes. @return 0 when one of them has fewer than BENCH_ENOUGH samples. */
double bench_log_best(const struct bench_log *log, enum bench_discipline discipline, uint32_t elem_bytes,
                      bench_filter filter, enum bench_label label);

/** The label with the most two-thread samples: the one the tables are made of. */
enum bench_label bench_log_main_label(const struct bench_log *log);

/* report.c */

const char *bench_discipline_name(enum bench_discipline d); /**< As in `--only`. */
void bench_report_head(const struct bench_setup *setup, unsigned rounds);
void bench_report_tables(const struct bench_log *log);
bool bench_report_csv(const struct bench_log *log, const char *path);

/* check.c */

/** Prints each target and whether it holds. @return how many do not. */
int bench_check(const struct bench_log *log);

#ifdef __cplusplus
}
#endif

#endif /* BENCH_SUPPORT_BENCH_H */
