/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The element that every ring moves: ELEM_BYTES (4, 16, 64 or 256) bytes, all of them written and all of them read.
 */
#ifndef BENCH_RINGS_ELEMENT_H
#define BENCH_RINGS_ELEMENT_H

#include <stdbool.h>
#include <stdint.h>

#define ELEM_WORDS (ELEM_BYTES / 4)
#define ELEM_ALIGN (ELEM_BYTES < 64 ? ELEM_BYTES : 64)

/** Elements that fit in a ring, for every ring; those that lose a slot hold one less. */
#define RING_CAPACITY 1024

struct elem {
    uint32_t word[ELEM_WORDS];
} __attribute__((aligned(ELEM_ALIGN)));

/** Fills one element: consecutive words from `value`. */
static inline void elem_fill(struct elem *e, uint32_t value)
{
    for (uint32_t i = 0; i < ELEM_WORDS; i++) {
        e->word[i] = value + i;
    }
}

/** Fills `n` elements in a row with the values `value`, `value` + 1, ... */
static inline void elem_fill_run(struct elem *e, uint32_t value, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        elem_fill(&e[i], value + i);
    }
}

/** The sum of all words of one element. */
static inline uint32_t elem_sum(const struct elem *e)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < ELEM_WORDS; i++) {
        sum += e->word[i];
    }
    return sum;
}

/** The sum of all words of `n` elements in a row. */
static inline uint32_t elem_sum_run(const struct elem *e, uint32_t n)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += elem_sum(&e[i]);
    }
    return sum;
}

#endif /* BENCH_RINGS_ELEMENT_H */
