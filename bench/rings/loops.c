/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The loops of all disciplines, compiled once per ring (RING_HEADER) and element size (ELEM_BYTES), by C and C++ alike.
 *
 * Each ring header gives the same inline functions: push/pop copy, fill/sum work in the slot where the ring can, `_n`
 * moves up to n elements and returns how many it moved, flush publishes and return gives back what was deferred. So every
 * ring runs exactly these loops, built with the same flags, and nothing goes through a pointer inside a sample.
 */
#include "support/bench.h"

#include RING_HEADER

#define ONE_THREAD_RUN 512 /* elements written before they are read, one thread */

#define RING_OUT 0u  /* the ring of every discipline */
#define RING_BACK 1u /* the way back of the round trip */

static uint32_t loops_min(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static void loops_init(void)
{
    ring_init(RING_OUT);
    ring_init(RING_BACK);
}

/* True when the whole batch went in; false when the sample was given up. */
static inline bool batch_push(struct bench_side *side, struct elem *batch, uint32_t n)
{
    for (uint32_t done = 0; done < n;) {
        uint32_t moved = ring_push_n(RING_OUT, &batch[done], n - done);
        done += moved;
        if (moved == 0 && bench_wait(side)) {
            return false;
        }
    }
    return true;
}

static void batch_copy_write(struct bench_side *side)
{
    const uint32_t count = side->count, first = side->first;
    struct elem batch[BENCH_BATCH];
    for (uint32_t done = 0; done < count;) {
        uint32_t n = loops_min(count - done, BENCH_BATCH);
        elem_fill_run(batch, first + done, n);
        if (!batch_push(side, batch, n)) {
            return;
        }
        done += n;
    }
    ring_flush(RING_OUT);
}

static void batch_copy_read(struct bench_side *side)
{
    const uint32_t count = side->count;
    struct elem batch[BENCH_BATCH];
    uint32_t sum = 0;
    for (uint32_t done = 0; done < count;) {
        uint32_t moved = ring_pop_n(RING_OUT, batch, loops_min(count - done, BENCH_BATCH));
        sum += elem_sum_run(batch, moved);
        done += moved;
        if (moved == 0 && bench_wait(side)) {
            return;
        }
    }
    ring_return(RING_OUT);
    side->sum = sum;
}

static void batch_place_write(struct bench_side *side)
{
    const uint32_t count = side->count, first = side->first;
    for (uint32_t done = 0; done < count;) {
        uint32_t n = loops_min(count - done, BENCH_BATCH);
        uint32_t moved = ring_fill_n(RING_OUT, first + done, n);
        done += moved;
        if (moved == 0 && bench_wait(side)) {
            return;
        }
    }
    ring_flush(RING_OUT);
}

static void batch_place_read(struct bench_side *side)
{
    const uint32_t count = side->count;
    uint32_t sum = 0;
    for (uint32_t done = 0; done < count;) {
        uint32_t moved = ring_sum_n(RING_OUT, &sum, loops_min(count - done, BENCH_BATCH));
        done += moved;
        if (moved == 0 && bench_wait(side)) {
            return;
        }
    }
    ring_return(RING_OUT);
    side->sum = sum;
}

static void element_copy_write(struct bench_side *side)
{
    const uint32_t count = side->count, first = side->first;
    for (uint32_t done = 0; done < count; done++) {
        struct elem e;
        elem_fill(&e, first + done);
        while (!ring_push(RING_OUT, &e)) {
            if (bench_wait(side)) {
                return;
            }
        }
    }
    ring_flush(RING_OUT);
}

static void element_copy_read(struct bench_side *side)
{
    const uint32_t count = side->count;
    uint32_t sum = 0;
    for (uint32_t done = 0; done < count; done++) {
        struct elem e;
        while (!ring_pop(RING_OUT, &e)) {
            if (bench_wait(side)) {
                return;
            }
        }
        sum += elem_sum(&e);
    }
    ring_return(RING_OUT);
    side->sum = sum;
}

static void element_place_write(struct bench_side *side)
{
    const uint32_t count = side->count, first = side->first;
    for (uint32_t done = 0; done < count; done++) {
        while (!ring_fill_one(RING_OUT, first + done)) {
            if (bench_wait(side)) {
                return;
            }
        }
    }
    ring_flush(RING_OUT);
}

static void element_place_read(struct bench_side *side)
{
    const uint32_t count = side->count;
    uint32_t sum = 0;
    for (uint32_t done = 0; done < count; done++) {
        while (!ring_sum_one(RING_OUT, &sum)) {
            if (bench_wait(side)) {
                return;
            }
        }
    }
    ring_return(RING_OUT);
    side->sum = sum;
}

/* Sends one element over `to` at once, then waits for one from `from`. */
static inline bool trip_send(struct bench_side *side, unsigned to, struct elem *e)
{
    while (!ring_push(to, e)) {
        if (bench_wait(side)) {
            return false;
        }
    }
    ring_flush(to);
    return true;
}

static inline bool trip_receive(struct bench_side *side, unsigned from, struct elem *e)
{
    while (!ring_pop(from, e)) {
        if (bench_wait(side)) {
            return false;
        }
    }
    return true;
}

static void trip_ask(struct bench_side *side)
{
    const uint32_t count = side->count, first = side->first;
    uint32_t sum = 0;
    for (uint32_t done = 0; done < count; done++) {
        struct elem e;
        elem_fill(&e, first + done);
        if (!trip_send(side, RING_OUT, &e) || !trip_receive(side, RING_BACK, &e)) {
            return;
        }
        sum += elem_sum(&e);
    }
    ring_return(RING_BACK);
    side->sum = sum;
}

static void trip_answer(struct bench_side *side)
{
    const uint32_t count = side->count;
    uint32_t sum = 0;
    for (uint32_t done = 0; done < count; done++) {
        struct elem e;
        if (!trip_receive(side, RING_OUT, &e) || !trip_send(side, RING_BACK, &e)) {
            return;
        }
        sum += elem_sum(&e);
    }
    ring_return(RING_OUT);
    side->sum = sum;
}

/* One thread: a full ring would never drain, so what does not fit ends the run. */
static uint32_t one_fill(uint32_t value, uint32_t n)
{
    uint32_t done = 0;
    for (; done < n; done++) {
        struct elem e;
        elem_fill(&e, value + done);
        if (!ring_push(RING_OUT, &e)) {
            break;
        }
    }
    ring_flush(RING_OUT);
    return done;
}

static uint32_t one_drain(uint32_t n)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct elem e;
        if (!ring_pop(RING_OUT, &e)) {
            break;
        }
        sum += elem_sum(&e);
    }
    ring_return(RING_OUT);
    return sum;
}

static void one_fill_drain(struct bench_side *side)
{
    const uint32_t count = side->count, first = side->first;
    uint32_t sum = 0;
    for (uint32_t done = 0; done < count;) {
        uint32_t n = one_fill(first + done, loops_min(count - done, ONE_THREAD_RUN));
        sum += one_drain(n);
        done += n;
        if (n == 0 && bench_wait(side)) {
            return;
        }
    }
    side->sum = sum;
}

static void one_batch_copy(struct bench_side *side)
{
    const uint32_t count = side->count, first = side->first;
    struct elem batch[BENCH_BATCH];
    uint32_t sum = 0;
    for (uint32_t done = 0; done < count;) {
        elem_fill_run(batch, first + done, BENCH_BATCH);
        uint32_t n = ring_push_n(RING_OUT, batch, loops_min(count - done, BENCH_BATCH));
        ring_flush(RING_OUT);
        ring_pop_n(RING_OUT, batch, n);
        sum += elem_sum_run(batch, n);
        done += n;
        if (n == 0 && bench_wait(side)) {
            return;
        }
    }
    ring_return(RING_OUT);
    side->sum = sum;
}

static void one_batch_place(struct bench_side *side)
{
    const uint32_t count = side->count, first = side->first;
    uint32_t sum = 0;
    for (uint32_t done = 0; done < count;) {
        uint32_t n = ring_fill_n(RING_OUT, first + done, loops_min(count - done, BENCH_BATCH));
        ring_flush(RING_OUT);
        ring_sum_n(RING_OUT, &sum, n);
        done += n;
        if (n == 0 && bench_wait(side)) {
            return;
        }
    }
    ring_return(RING_OUT);
    side->sum = sum;
}

__attribute__((constructor)) static void loops_register(void)
{
    static struct bench_ring ring;
    ring.name = RING_NAME;
    ring.in_place = RING_IN_PLACE;
    ring.form = RING_FORM;
    ring.elem_bytes = ELEM_BYTES;
    ring.init = loops_init;
    static const struct bench_loops loops[BENCH_DISCIPLINES] = {
        {batch_copy_write, batch_copy_read},       /* BENCH_BATCH_COPY */
        {batch_place_write, batch_place_read},     /* BENCH_BATCH_PLACE */
        {element_copy_write, element_copy_read},   /* BENCH_ELEMENT_COPY */
        {element_place_write, element_place_read}, /* BENCH_ELEMENT_PLACE */
        {trip_ask, trip_answer},                   /* BENCH_ROUND_TRIP */
        {one_fill_drain, NULL},                    /* BENCH_ONE_FILL_DRAIN */
        {one_batch_copy, NULL},                    /* BENCH_ONE_BATCH_COPY */
        {one_batch_place, NULL},                   /* BENCH_ONE_BATCH_PLACE */
    };
    for (int i = 0; i < BENCH_DISCIPLINES; i++) {
        ring.loops[i] = loops[i];
    }
    bench_ring_register(&ring);
}
