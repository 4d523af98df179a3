/* SPDX-License-Identifier: Apache-2.0 */
/** @file Counts instructions by a timer of the MPS2 boards, exact with `-icount shift=10`. */
#ifndef TESTS_FIRMWARE_COUNTER_H
#define TESTS_FIRMWARE_COUNTER_H

#include "test.h"
#include "timer.h"

#define COUNTER_REG(offset) (*(volatile uint32_t *)(TIMER_BASE + 0x1000u + (offset)))
#define COUNTER_NS (__ARM_ARCH >= 8 ? 50u : 40u)
#define INSTRUCTION_NS 1024u

static inline void counter_start(void)
{
    COUNTER_REG(0) = 0;
    COUNTER_REG(8) = UINT32_MAX;
    COUNTER_REG(4) = UINT32_MAX;
    COUNTER_REG(0) = 1;
}

static inline uint32_t counter_read(void)
{
    return UINT32_MAX - COUNTER_REG(4);
}

static inline uint32_t instructions(uint32_t ticks)
{
    return (uint32_t)(((uint64_t)ticks * COUNTER_NS + INSTRUCTION_NS / 2u) / INSTRUCTION_NS);
}

static inline void put_text(const char *text)
{
    for (; *text != '\0'; text++) {
        test_put(*text);
    }
}

static inline void put_number(uint32_t value)
{
    char digits[10];
    uint32_t n = 0;

    for (; value != 0 || n == 0; value /= 10u) {
        digits[n++] = (char)('0' + (char)(value % 10u));
    }
    while (n > 0) {
        test_put(digits[--n]);
    }
}

static inline uint32_t report(const char *what, uint32_t figure)
{
    put_text("count: ");
    put_text(what);
    put_text(": ");
    put_number(figure);
    test_put('\n');
    return figure;
}

/** Instructions from the first to the last of two calls with nothing between. */
static inline uint32_t counter_overhead(void)
{
    const uint32_t begin = counter_read();

    return instructions(counter_read() - begin);
}

#endif /* TESTS_FIRMWARE_COUNTER_H */
