/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The bit operations against their ACSL contracts, which WP takes from here: bit(w, j) is (w / 2^j) mod 2.
 * @bound none: every word, every bit number
 */
#include "harness.h"

#include "kernel/bits.h"

/** What the ACSL predicate says, with no shift of `w`. */
static bool bit(uint32_t w, uint32_t j)
{
    static const uint32_t power[32] = {1u << 0,  1u << 1,  1u << 2,  1u << 3,  1u << 4,  1u << 5,  1u << 6,  1u << 7,
                                       1u << 8,  1u << 9,  1u << 10, 1u << 11, 1u << 12, 1u << 13, 1u << 14, 1u << 15,
                                       1u << 16, 1u << 17, 1u << 18, 1u << 19, 1u << 20, 1u << 21, 1u << 22, 1u << 23,
                                       1u << 24, 1u << 25, 1u << 26, 1u << 27, 1u << 28, 1u << 29, 1u << 30, 1u << 31};

    return w / power[j] % 2u == 1u;
}

/* @mutant src/kernel/bits.h: `return 0;` -> `return 4;` */
void check_empty(void)
{
    prove(!bit(bits_empty(), any_upto(31)), "SC01: bits_empty has no bit");
    reached();
}

/* @mutant src/kernel/bits.h: `return w == 0;` -> `return w <= 1;` */
void check_none(void)
{
    const uint32_t w = nondet_u32();
    bool any = false;

    for (uint32_t j = 0; j < 32; j++) {
        any = any || bit(w, j);
    }
    prove(bits_none(w) == !any, "SC01: bits_none is true iff no bit is set");
    reached();
}

/* @mutant src/kernel/bits.h: `((w >> i) & 1u) != 0` -> `((w >> i) & 3u) != 0` */
void check_is_set(void)
{
    const uint32_t w = nondet_u32();
    const uint32_t i = any_upto(31);

    prove(bits_is_set(w, i) == bit(w, i), "SC01: bits_is_set tells the bit");
    reached();
}

/* @mutant src/kernel/bits.h: `return w | (UINT32_C(1) << i);` -> `return w ^ (UINT32_C(1) << i);` */
void check_set(void)
{
    const uint32_t w = nondet_u32();
    const uint32_t i = any_upto(31);
    const uint32_t j = any_upto(31);

    prove(bit(bits_set(w, i), j) == (j == i || bit(w, j)), "SC02: bits_set sets one bit and keeps the others");
    reached();
}

/* @mutant src/kernel/bits.h: `return w & ~(UINT32_C(1) << i);` -> `return w ^ (UINT32_C(1) << i);` */
void check_clear(void)
{
    const uint32_t w = nondet_u32();
    const uint32_t i = any_upto(31);
    const uint32_t j = any_upto(31);

    prove(bit(bits_clear(w, i), j) == (j != i && bit(w, j)), "SC03: bits_clear clears one bit and keeps the others");
    reached();
}

/* @mutant src/kernel/bits.h: `(unsigned)__builtin_ctz(w)` -> `31u - (unsigned)__builtin_clz(w)` */
void check_lowest(void)
{
    const uint32_t w = nondet_u32();
    const uint32_t j = any_upto(31);

    assume(w != 0);
    const uint32_t r = bits_lowest(w);

    prove(r < 32 && bit(w, r), "SC01: bits_lowest names a set bit");
    prove(j >= r || !bit(w, j), "SC01: bits_lowest: no lower bit is set");
    reached();
}
