/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Replayable random numbers (SplitMix64). A property test takes its seed from `random_seed()` and notes it, so that
 * `GALE_SEED=n ./property_tests name` runs the failing case again.
 */
#ifndef TESTS_SUPPORT_RANDOM_H
#define TESTS_SUPPORT_RANDOM_H

#include <stdint.h>
#include <stdlib.h>

#include "test.h"

struct random_state {
    uint64_t state;
};

static inline uint64_t random_next(struct random_state *r)
{
    uint64_t z = (r->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/** A number in 0..bound-1; `bound` > 0. */
static inline uint32_t random_below(struct random_state *r, uint32_t bound)
{
    return (uint32_t)((random_next(r) >> 32) % bound);
}

/** The seed of this run: GALE_SEED if set, else `fallback`. Noted so that failures print it. */
static inline struct random_state random_seed(uint64_t fallback)
{
    const char *text = getenv("GALE_SEED");
    struct random_state r = {text != NULL ? strtoull(text, NULL, 0) : fallback};
    test_note("GALE_SEED", r.state);
    return r;
}

#endif /* TESTS_SUPPORT_RANDOM_H */
