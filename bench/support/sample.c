/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * One sample: pinned threads, the probe before and after the loops, the sum checked, disturbed samples taken again.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>

#include "support/bench.h"

#define SAMPLE_NS 4e6
#define SAMPLE_TRIES 50
#define FIRST_COUNT 2000u
#define MOST_COUNT 50000000u

/* What the two threads of a sample share. */
struct sample_run {
    struct bench_probe probe;
    struct bench_loops loops;
    struct bench_side side[2];
    double end_ns[2];
    double begin_ns;
    double rtt_ns[2];
    long switches[2];
};

static void *sample_first(void *arg)
{
    struct sample_run *run = arg;
    struct bench_side side = run->side[0];
    long switches = bench_cpu_switches();
    if (run->loops.second != NULL) {
        run->rtt_ns[0] = bench_probe_ask(&run->probe, &side);
    }
    run->begin_ns = bench_cpu_now_ns();
    run->loops.first(&side);
    run->end_ns[0] = bench_cpu_now_ns();
    if (run->loops.second != NULL) {
        run->rtt_ns[1] = bench_probe_ask(&run->probe, &side);
    }
    run->switches[0] = bench_cpu_switches() - switches;
    run->side[0] = side;
    return NULL;
}

static void *sample_second(void *arg)
{
    struct sample_run *run = arg;
    struct bench_side side = run->side[1];
    long switches = bench_cpu_switches();
    bench_probe_answer(&run->probe, &side);
    run->loops.second(&side);
    run->end_ns[1] = bench_cpu_now_ns();
    bench_probe_answer(&run->probe, &side);
    run->switches[1] = bench_cpu_switches() - switches;
    run->side[1] = side;
    return NULL;
}

/* Starts a thread on its core, under SCHED_FIFO where that is allowed. */
static bool sample_start(const struct bench_setup *setup, int which, pthread_t *thread, struct sample_run *run)
{
    pthread_attr_t attr;
    cpu_set_t set;
    struct sched_param fifo = {.sched_priority = 1};
    CPU_ZERO(&set);
    CPU_SET((size_t)setup->core[which], &set);
    pthread_attr_init(&attr);
    pthread_attr_setaffinity_np(&attr, sizeof set, &set);
    if (setup->fifo) {
        pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
        pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
        pthread_attr_setschedparam(&attr, &fifo);
    }
    int failed = pthread_create(thread, &attr, which == 0 ? sample_first : sample_second, run);
    pthread_attr_destroy(&attr);
    return failed == 0;
}

static bool sample_run_threads(const struct bench_setup *setup, struct sample_run *run)
{
    pthread_t thread[2];
    int needed = run->loops.second == NULL ? 1 : 2;
    run->side[0].begin_ns = run->side[1].begin_ns = bench_cpu_now_ns();
    int started = 0;
    while (started < needed && sample_start(setup, started, &thread[started], run)) {
        started++;
    }
    for (int i = 0; i < started; i++) {
        pthread_join(thread[i], NULL);
    }
    return started == needed;
}

/* Sum of the words first + i + w over all elements i and words w, modulo 2^32. */
static uint32_t sample_expected_sum(const struct bench_side *side, uint32_t words)
{
    uint64_t n = side->count;
    uint64_t triangle = n * (n - 1) / 2;
    uint64_t word_triangle = (uint64_t)words * (words - 1) / 2;
    return (uint32_t)(words * (n * side->first + triangle) + n * word_triangle);
}

static bool sample_is_right(const struct sample_run *run, enum bench_discipline d, uint32_t elem_bytes)
{
    uint32_t sum = sample_expected_sum(&run->side[0], elem_bytes / 4);
    bool stuck = run->side[0].stuck || run->side[1].stuck;
    bool first = !(run->loops.second == NULL || d == BENCH_ROUND_TRIP) || run->side[0].sum == sum;
    bool second = run->loops.second == NULL || run->side[1].sum == sum;
    return !stuck && first && second;
}

/* A sample counts when nobody was switched out and both threads stayed where they were. */
static bool sample_is_clean(const struct sample_run *run)
{
    bool same_place = bench_probe_label(run->rtt_ns[0]) == bench_probe_label(run->rtt_ns[1]);
    return run->switches[0] == 0 && run->switches[1] == 0 && (run->loops.second == NULL || same_place);
}

static double sample_ns(const struct sample_run *run)
{
    double end = run->end_ns[0] > run->end_ns[1] ? run->end_ns[0] : run->end_ns[1];
    return (end - run->begin_ns) / run->side[0].count;
}

/* The next sample of this ring takes about SAMPLE_NS if it goes as fast as this one. */
static uint32_t sample_next_count(double ns)
{
    double count = SAMPLE_NS / ns;
    return count > MOST_COUNT ? MOST_COUNT : (uint32_t)count + 1;
}

static void sample_prepare(struct sample_run *run, const struct bench_ring *ring, enum bench_discipline d)
{
    static uint32_t salt;
    uint32_t count = ring->count[d] == 0 ? FIRST_COUNT : ring->count[d];
    salt += 0x9e3779b9u;
    *run = (struct sample_run){.loops = ring->loops[d]};
    run->side[0] = run->side[1] = (struct bench_side){.count = count, .first = salt};
}

static void sample_fill(struct bench_sample *sample, const struct bench_ring *ring, const struct sample_run *run)
{
    bool two = run->loops.second != NULL;
    sample->ring = ring;
    sample->count = run->side[0].count;
    sample->ns = sample_ns(run);
    sample->probe_ns = two ? (run->rtt_ns[0] + run->rtt_ns[1]) / 2 : 0;
    sample->label = two ? bench_probe_label(sample->probe_ns) : BENCH_ONE_THREAD;
}

bool bench_sample_take(const struct bench_setup *setup, struct bench_ring *ring, struct bench_sample *sample)
{
    static struct sample_run run;
    bool clean = false;
    for (sample->redone = 0; !clean && sample->redone < SAMPLE_TRIES; sample->redone++) {
        sample_prepare(&run, ring, sample->discipline);
        if (!sample_run_threads(setup, &run) || !sample_is_right(&run, sample->discipline, ring->elem_bytes)) {
            return false;
        }
        clean = sample_is_clean(&run);
        sample_fill(sample, ring, &run);
        ring->count[sample->discipline] = sample_next_count(sample->ns);
        bench_cpu_sleep_ns((long)(2 * SAMPLE_NS));
    }
    sample->redone--;
    if (!clean) {
        sample->label = BENCH_UNKNOWN;
    }
    return true;
}
