/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The only file that names atomic operations: one 32-bit word and the orders that Gale uses.
 *
 * A word is shared by an executor and others: a core, an interrupt handler, a process, an MPU domain.
 * The built-ins are those of gcc, clang, armclang and IAR, which C99, C11 and C++ share. For WP these functions are
 * plain accesses with the contracts below (trusted: SOUNDNESS.md); the orders themselves are checked by litmus tests.
 */
#ifndef GALE_ATOMIC_H
#define GALE_ATOMIC_H

#include "gale/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A 32-bit word that several parties access at once. The struct keeps plain accesses out. */
struct gale_atomic_u32 {
    uint32_t value; /**< Private: use the functions below. */
};

/* An access is one instruction or two: also when it is compiled for size, a call would cost more. */
#define GALE__ATOMIC_INLINE static inline __attribute__((always_inline))

/* The five accesses. A schedule test defines them before this file to switch flows at each one. */
#if defined(__FRAMAC__)
#define GALE__LOAD(word, order) ((word)->value)
#define GALE__STORE(word, v, order) ((word)->value = (v))
#define GALE__FETCH_OR(word, bits) gale__plain_swap((word), (word)->value | (bits))
#define GALE__EXCHANGE(word, v) gale__plain_swap((word), (v))
#define GALE__FENCE() ((void)0)
/*@ requires own: \valid(word);
    assigns  word->value;
    ensures  value: word->value == v && \result == \old(word->value);
*/
static inline uint32_t gale__plain_swap(struct gale_atomic_u32 *word, uint32_t v)
{
    uint32_t old = word->value;
    word->value = v;
    return old;
}
#elif !defined(GALE__LOAD)
#define GALE__LOAD(word, order) __atomic_load_n(&(word)->value, order)
#define GALE__STORE(word, v, order) __atomic_store_n(&(word)->value, (v), order)
#define GALE__FENCE() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#if __GCC_ATOMIC_INT_LOCK_FREE == 2
#define GALE__FETCH_OR(word, bits) __atomic_fetch_or(&(word)->value, (bits), __ATOMIC_SEQ_CST)
#define GALE__EXCHANGE(word, v) __atomic_exchange_n(&(word)->value, (v), __ATOMIC_SEQ_CST)
#else
/* Armv6-M has no atomic read-modify-write and one core: a section that no interrupt cuts does it. */
#define GALE__FETCH_OR(word, bits) gale__locked_swap((word), UINT32_MAX, (bits))
#define GALE__EXCHANGE(word, v) gale__locked_swap((word), 0, (v))
uint32_t gale_port_lock(void);
void gale_port_unlock(uint32_t key);

/* Keeps the bits of `keep`, sets those of `set`, returns the word as it was. */
static inline uint32_t gale__locked_swap(struct gale_atomic_u32 *word, uint32_t keep, uint32_t set)
{
    const uint32_t key = gale_port_lock();
    const uint32_t old = GALE__LOAD(word, __ATOMIC_RELAXED);

    GALE__STORE(word, (old & keep) | set, __ATOMIC_RELAXED);
    gale_port_unlock(key);
    return old;
}
#endif
#endif

/** Reads a word that this side alone writes. @context any; never blocks. */
/*@ requires own: \valid_read(word);
    assigns  \nothing;
    ensures  value: \result == word->value;
*/
GALE__ATOMIC_INLINE uint32_t gale_atomic_load_relaxed(const struct gale_atomic_u32 *word)
{
    return GALE__LOAD(word, __ATOMIC_RELAXED);
}

/** Reads the other side's word; what it wrote before its release store is visible after. @context any; never blocks. */
/*@ requires own: \valid_read(word);
    assigns  \nothing;
    ensures  value: \result == word->value;
*/
GALE__ATOMIC_INLINE uint32_t gale_atomic_load_acquire(const struct gale_atomic_u32 *word)
{
    return GALE__LOAD(word, __ATOMIC_ACQUIRE);
}

/** Writes a word before the other side can see it, or where no data hangs on it. @context any; never blocks. */
/*@ requires own: \valid(word);
    assigns  word->value;
    ensures  value: word->value == v;
*/
GALE__ATOMIC_INLINE void gale_atomic_store_relaxed(struct gale_atomic_u32 *word, uint32_t v)
{
    GALE__STORE(word, v, __ATOMIC_RELAXED);
}

/** Publishes: all this side wrote before is visible to whoever acquires `v`. @context any; never blocks. */
/*@ requires own: \valid(word);
    assigns  word->value;
    ensures  value: word->value == v;
*/
GALE__ATOMIC_INLINE void gale_atomic_store_release(struct gale_atomic_u32 *word, uint32_t v)
{
    GALE__STORE(word, v, __ATOMIC_RELEASE);
}

/** Sets bits and returns the word as it was; sequentially consistent. @context any; never blocks. */
/*@ requires own: \valid(word);
    assigns  word->value;
    ensures  value: word->value == (\old(word->value) | bits) && \result == \old(word->value);
*/
GALE__ATOMIC_INLINE uint32_t gale_atomic_fetch_or(struct gale_atomic_u32 *word, uint32_t bits)
{
    return GALE__FETCH_OR(word, bits);
}

/** Stores `v` and returns the word as it was; sequentially consistent. @context any; never blocks. */
/*@ requires own: \valid(word);
    assigns  word->value;
    ensures  value: word->value == v && \result == \old(word->value);
*/
GALE__ATOMIC_INLINE uint32_t gale_atomic_exchange(struct gale_atomic_u32 *word, uint32_t v)
{
    return GALE__EXCHANGE(word, v);
}

/** Orders every access before it with every access after it. @context any; never blocks. */
/*@ assigns \nothing; */
GALE__ATOMIC_INLINE void gale_atomic_fence(void)
{
    GALE__FENCE();
}

#ifdef __cplusplus
}
#endif

#endif /* GALE_ATOMIC_H */
