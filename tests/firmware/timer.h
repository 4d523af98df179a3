/* SPDX-License-Identifier: Apache-2.0 */
/** @file A timer of the MPS2 boards, as a device that interrupts, and interrupts made by software. */
#ifndef TESTS_FIRMWARE_TIMER_H
#define TESTS_FIRMWARE_TIMER_H

#include <stdint.h>

#if __ARM_ARCH >= 8
#define TIMER_BASE 0x50000000u
#define TIMER_INTERRUPT 3u
#else
#define TIMER_BASE 0x40000000u
#define TIMER_INTERRUPT 8u
#endif
#define TIMER_REG(offset) (*(volatile uint32_t *)(TIMER_BASE + (offset)))

/** An interrupt that no device of these boards uses. */
#define SOFTWARE_INTERRUPT 28u

/** Interrupt every `cycles` cycles; 0: stop. */
static inline void timer_every(uint32_t cycles)
{
    TIMER_REG(0) = 0;
    TIMER_REG(8) = cycles;
    TIMER_REG(4) = cycles;
    TIMER_REG(12) = 1;
    TIMER_REG(0) = cycles != 0 ? 9u : 0u;
}

/** In its handler. */
static inline void timer_acknowledge(void)
{
    TIMER_REG(12) = 1;
}

static inline void interrupt_priority(uint32_t number, uint8_t priority)
{
    ((volatile uint8_t *)0xe000e400u)[number] = priority;
}

static inline void interrupt_pend(uint32_t number)
{
    *(volatile uint32_t *)(0xe000e200u + 4u * (number / 32u)) = 1u << number % 32u;
}

#endif /* TESTS_FIRMWARE_TIMER_H */
