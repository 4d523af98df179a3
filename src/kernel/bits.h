/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Bit operations on one word. The provers do not reason about masks; these bodies are checked over their whole
 * domain by CBMC (proofs/cbmc/kernel/bits_cbmc.c), and WP takes their contracts from here (SOUNDNESS.md).
 */
#ifndef GALE_SRC_KERNEL_BITS_H
#define GALE_SRC_KERNEL_BITS_H

#include "gale/base.h"

#ifdef __FRAMAC__
#include "kernel/bits.acsl"
#endif

/** A word without a bit. @context any; never blocks. */
/*@ assigns \nothing;
    ensures empty: \forall integer j; 0 <= j < 32 ==> !bit(\result, j);
*/
static inline uint32_t bits_empty(void)
{
    return 0;
}

/** No bit is set in `w`. @context any; never blocks. */
/*@ assigns \nothing;
    ensures none: \result <==> (\forall integer j; 0 <= j < 32 ==> !bit(w, j));
*/
static inline bool bits_none(uint32_t w)
{
    return w == 0;
}

/** Bit `i` is set in `w`. @context any; never blocks. */
/*@ requires range: i < 32;
    assigns  \nothing;
    ensures  is: \result <==> bit(w, i);
*/
static inline bool bits_is_set(uint32_t w, unsigned i)
{
    return ((w >> i) & 1u) != 0;
}

/** `w` with bit `i` set. @context any; never blocks. */
/*@ requires range: i < 32;
    assigns  \nothing;
    ensures  set: \forall integer j; 0 <= j < 32 ==> (bit(\result, j) <==> (j == i || bit(w, j)));
*/
static inline uint32_t bits_set(uint32_t w, unsigned i)
{
    return w | (UINT32_C(1) << i);
}

/** `w` with bit `i` cleared. @context any; never blocks. */
/*@ requires range: i < 32;
    assigns  \nothing;
    ensures  clear: \forall integer j; 0 <= j < 32 ==> (bit(\result, j) <==> (j != i && bit(w, j)));
*/
static inline uint32_t bits_clear(uint32_t w, unsigned i)
{
    return w & ~(UINT32_C(1) << i);
}

/** The number of the lowest bit set in `w`, which is not zero. @context any; never blocks. */
/*@ requires some: \exists integer j; 0 <= j < 32 && bit(w, j);
    assigns  \nothing;
    ensures  lowest: 0 <= \result < 32 && bit(w, \result) && (\forall integer j; 0 <= j < \result ==> !bit(w, j));
*/
static inline unsigned bits_lowest(uint32_t w)
{
    return (unsigned)__builtin_ctz(w);
}

#endif /* GALE_SRC_KERNEL_BITS_H */
