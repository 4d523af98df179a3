/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Two real threads and the typed ring, for ThreadSanitizer: `typed_ring_buf_threads [elements per size]`.
 *
 * For each element size a writer thread sends numbered elements and closes; the reader checks every byte of each against
 * its number until it meets the end. Both mix claimed runs, partial commits, single and copied elements at random, over
 * four rings: power-of-two and other capacity, immediate and deferred publication, and one so small that it is always
 * full or empty. Default: 10^8 elements per size. Exit status 1 when an element is wrong, lost or too many.
 *
 * @verifies RB09 RB13 RB14
 */
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gale/async/typed_ring_buf.h"

#define ELEMENTS_DEFAULT UINT64_C(100000000)
#define CAPACITY_MOST 1024u
#define BYTES_MOST 256u
#define RUN_MOST 128u
#define COPY_MOST 8u
#define TRIES_BEFORE_YIELD 64u

/** One ring of a size: which share of the elements goes through it, and how. */
struct leg {
    uint32_t percent;
    uint32_t capacity;
    uint32_t write_batch;
    uint32_t read_batch;
};

static const struct leg legs[] = {{45, 1024, 1, 1}, {10, 1021, 1, 1}, {44, 1000, 64, 250}, {1, 7, 1, 3}};

static struct gale_typed_ring_buf ring;
static struct gale_typed_ring_buf_writer writer;
static struct gale_typed_ring_buf_reader reader;
static uint64_t data[CAPACITY_MOST * BYTES_MOST / sizeof(uint64_t)];

/** What one side works on. */
struct side {
    uint32_t bytes;  /**< Size of an element. */
    uint64_t number; /**< Of the next element. */
    uint64_t last;   /**< Number after the last one; the writer's aim. */
    uint64_t sum;    /**< Checksum over all elements so far. */
    uint64_t random;
    uint64_t wrong;  /**< Elements that were not as expected. */
    uint64_t copies; /**< Elements that went one at a time or by copy. */
};

static uint32_t side_random(struct side *s)
{
    s->random ^= s->random << 13;
    s->random ^= s->random >> 7;
    s->random ^= s->random << 17;
    return (uint32_t)(s->random >> 32);
}

/** The word `j` of element `number`. */
static uint64_t word_of(uint64_t number, uint32_t j)
{
    return (number + j) * UINT64_C(0x9e3779b97f4a7c15);
}

static void fill_one(uint8_t *to, uint64_t number, uint32_t bytes)
{
    if (bytes < sizeof(uint64_t)) {
        for (uint32_t i = 0; i < bytes; i++) {
            to[i] = (uint8_t)(number >> (8u * i));
        }
    } else {
        for (uint32_t j = 0; j < bytes / sizeof(uint64_t); j++) {
            ((uint64_t *)(void *)to)[j] = word_of(number, j);
        }
    }
}

/** Fills `n` elements in place. */
static void fill(struct side *s, void *run, uint32_t n)
{
    uint8_t *to = run;

    for (uint32_t i = 0; i < n; i++) {
        fill_one(to + (size_t)i * s->bytes, s->number + i, s->bytes);
    }
}

/** Counts and checks one element where it lies. */
static void check_one(struct side *s, const uint8_t *from)
{
    bool wrong = false;

    if (s->bytes < sizeof(uint64_t)) {
        for (uint32_t i = 0; i < s->bytes; i++) {
            wrong |= from[i] != (uint8_t)(s->number >> (8u * i));
            s->sum += from[i];
        }
    } else {
        for (uint32_t j = 0; j < s->bytes / sizeof(uint64_t); j++) {
            uint64_t word = ((const uint64_t *)(const void *)from)[j];
            wrong |= word != word_of(s->number, j);
            s->sum += word;
        }
    }
    s->wrong += wrong;
    s->number++;
}

static void check(struct side *s, const void *run, uint32_t n)
{
    const uint8_t *from = run;

    for (uint32_t i = 0; i < n; i++) {
        check_one(s, from + (size_t)i * s->bytes);
    }
}

/** The most that one call may move now. */
static uint32_t at_most(const struct side *s, uint32_t n)
{
    uint64_t left = s->last - s->number;

    return left < n ? (uint32_t)left : n;
}

/** One call of a random kind; elements written, or a status. */
static int32_t write_some(struct side *s)
{
    uint64_t copy[COPY_MOST * BYTES_MOST / sizeof(uint64_t)];
    uint32_t kind = side_random(s) % 16u;
    void *run;
    int32_t k;

    if (kind == 0) {
        fill(s, copy, 1);
        k = gale_typed_ring_buf_write(&writer, copy);
        s->copies += k == GALE_OK;
        return k == GALE_OK ? 1 : k;
    }
    if (kind == 1) {
        uint32_t n = at_most(s, COPY_MOST);
        fill(s, copy, n);
        k = gale_typed_ring_buf_write_n(&writer, copy, n);
        s->copies += k > 0 ? (uint32_t)k : 0;
        return k;
    }
    k = gale_typed_ring_buf_write_claim(&writer, at_most(s, RUN_MOST), &run);
    if (k > 0) {
        k = kind == 2 ? (k + 1) / 2 : k;
        fill(s, run, (uint32_t)k);
        s->wrong += gale_typed_ring_buf_write_commit(&writer, (uint32_t)k) != GALE_OK;
    }
    return k;
}

/** One call of a random kind; elements read and checked, or a status. */
static int32_t read_some(struct side *s)
{
    uint64_t copy[COPY_MOST * BYTES_MOST / sizeof(uint64_t)];
    uint32_t kind = side_random(s) % 16u;
    const void *run;
    int32_t k;

    if (kind < 2) {
        k = kind == 0 ? gale_typed_ring_buf_read(&reader, copy) : gale_typed_ring_buf_read_n(&reader, copy, COPY_MOST);
        k = kind == 0 && k == GALE_OK ? 1 : k;
        check(s, copy, k > 0 ? (uint32_t)k : 0);
        s->copies += k > 0 ? (uint32_t)k : 0;
        return k;
    }
    k = gale_typed_ring_buf_read_claim(&reader, RUN_MOST, &run);
    if (k > 0) {
        k = kind == 2 ? (k + 1) / 2 : k;
        check(s, run, (uint32_t)k);
        s->wrong += gale_typed_ring_buf_read_release(&reader, (uint32_t)k) != GALE_OK;
    }
    return k;
}

/** Gives the other thread the processor when nothing has moved for a while. */
static uint32_t stuck(uint32_t tries)
{
    if (tries < TRIES_BEFORE_YIELD) {
        return tries + 1u;
    }
    (void)sched_yield();
    return 0;
}

static void *write_all(void *argument)
{
    struct side *s = argument;
    uint32_t tries = 0;

    while (s->number < s->last) {
        int32_t k = write_some(s);
        if (k > 0) {
            s->number += (uint32_t)k;
            tries = 0;
        } else {
            s->wrong += k != GALE_EAGAIN;
            tries = stuck(tries);
        }
    }
    gale_typed_ring_buf_write_close(&writer);
    return NULL;
}

static void read_all(struct side *s)
{
    uint32_t tries = 0;
    int32_t k = GALE_OK;

    while (k != GALE_EPIPE) {
        k = read_some(s);
        tries = k == GALE_EAGAIN ? stuck(tries) : 0;
        s->wrong += k < 0 && k != GALE_EAGAIN && k != GALE_EPIPE;
    }
}

/** What the reader's checksum must be. */
static uint64_t expected_sum(uint32_t bytes, uint64_t elements)
{
    uint64_t sum = 0;

    for (uint64_t number = 0; number < elements; number++) {
        for (uint32_t j = 0; j < bytes / sizeof(uint64_t); j++) {
            sum += word_of(number, j);
        }
        for (uint32_t i = 0; bytes < sizeof(uint64_t) && i < bytes; i++) {
            sum += (uint8_t)(number >> (8u * i));
        }
    }
    return sum;
}

static void run_leg(const struct leg *leg, struct side *w, struct side *r)
{
    pthread_t thread;

    gale_typed_ring_buf_writer_init(&writer, &ring.writer, &ring.reader, data, leg->capacity, w->bytes,
                                    leg->write_batch);
    gale_typed_ring_buf_reader_init(&reader, &ring.reader, &ring.writer, data, leg->capacity, r->bytes,
                                    leg->read_batch);
    if (pthread_create(&thread, NULL, write_all, w) != 0) {
        perror("pthread_create");
        exit(1);
    }
    read_all(r);
    (void)pthread_join(thread, NULL);
}

/** All legs of one element size; true when every element came through. */
static bool run_size(uint32_t bytes, uint64_t elements)
{
    struct side w = {bytes, 0, 0, 0, 0x1234567u + bytes, 0, 0};
    struct side r = {bytes, 0, 0, 0, 0x7654321u + bytes, 0, 0};
    struct timespec begin, end;
    bool ok;

    (void)clock_gettime(CLOCK_MONOTONIC, &begin);
    for (size_t i = 0; i < sizeof legs / sizeof legs[0]; i++) {
        bool is_last = i + 1u == sizeof legs / sizeof legs[0];
        w.last = is_last ? elements : w.last + elements * legs[i].percent / 100u;
        run_leg(&legs[i], &w, &r);
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    ok = w.wrong == 0 && r.wrong == 0 && r.number == elements && r.sum == expected_sum(bytes, elements);
    printf("%3" PRIu32 " bytes: %" PRIu64 " elements (%" PRIu64 " written and %" PRIu64
           " read by copy), checksum %016" PRIx64 ", %.1f s: %s\n",
           bytes, r.number, w.copies, r.copies, r.sum,
           (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec), ok ? "ok" : "WRONG");
    return ok;
}

int main(int argc, char **argv)
{
    static const uint32_t sizes[] = {1, 3, 4, 16, 64, 256};
    uint64_t elements = argc > 1 ? strtoull(argv[1], NULL, 0) : ELEMENTS_DEFAULT;
    unsigned passed = 0;
    unsigned failed = 0;

    (void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        if (elements > 0 && run_size(sizes[i], elements)) {
            passed++;
        } else {
            failed++;
        }
    }
    (void)printf("%u passed, %u failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
