/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Atomic accesses for harnesses with two threads: plain ones for loads and stores, which is what x86 makes of acquire
 * and release, and a locked read-modify-write. What may be reordered is then said by --mm: sc nothing, tso a store
 * behind later loads. Weaker machines are the litmus tests' business (--mm pso passes wrongly on arrays).
 */
#ifndef GALE_PROOFS_CBMC_THREADS_H
#define GALE_PROOFS_CBMC_THREADS_H

#include "harness.h"

struct gale_atomic_u32;
static inline uint32_t locked_swap(struct gale_atomic_u32 *word, uint32_t keep, uint32_t set);

#define GALE__LOAD(word, order) ((word)->value)
#define GALE__STORE(word, v, order) ((word)->value = (v))
#define GALE__FETCH_OR(word, bits) locked_swap((word), UINT32_MAX, (bits))
#define GALE__EXCHANGE(word, v) locked_swap((word), 0, (v))
#define GALE__FENCE() __CPROVER_fence("WWfence", "RRfence", "RWfence", "WRfence")

#include "gale/atomic.h"

static inline uint32_t locked_swap(struct gale_atomic_u32 *word, uint32_t keep, uint32_t set)
{
    uint32_t old;

    __CPROVER_fence("WWfence", "RRfence", "RWfence", "WRfence");
    __CPROVER_atomic_begin();
    old = word->value;
    word->value = (old & keep) | set;
    __CPROVER_atomic_end();
    __CPROVER_fence("WWfence", "RRfence", "RWfence", "WRfence");
    return old;
}

#define START(number, function) __CPROVER_ASYNC_##number : function()

#endif /* GALE_PROOFS_CBMC_THREADS_H */
