/* SPDX-License-Identifier: Apache-2.0 */
/** @file The words of the harnesses. `assume` states a precondition of the calls under check and nothing else. */
#ifndef GALE_PROOFS_CBMC_HARNESS_H
#define GALE_PROOFS_CBMC_HARNESS_H

#include <stdbool.h>
#include <stdint.h>

#define assume(condition) __CPROVER_assume(condition)
#define prove(condition, text) __CPROVER_assert((condition), text)

/* Fails where it stands, if the path to it is possible; the runner wants it to. */
#define reached() __CPROVER_assert(0, "reached")

bool nondet_bool(void);
uint8_t nondet_u8(void);
uint32_t nondet_u32(void);
uint64_t nondet_u64(void);

/** Any value in 0..most. */
static inline uint32_t any_upto(uint32_t most)
{
    uint32_t value = nondet_u32();

    assume(value <= most);
    return value;
}

#endif /* GALE_PROOFS_CBMC_HARNESS_H */
