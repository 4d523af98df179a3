/* SPDX-License-Identifier: Apache-2.0 */
/** Arm MPS2 AN385, Cortex-M3 at 25 MHz, as QEMU has it. */
#include "board.h"
#include "gale/base.h"
#include "semihosting.h"

#define CLOCK_HZ 25000000u

GALE_STATIC_ASSERT(CLOCK_HZ % GALE_TICKS_PER_SECOND == 0, a_tick_is_whole_cycles);

const uint32_t gale_board_cycles_per_tick = CLOCK_HZ / GALE_TICKS_PER_SECOND;

void gale_board_init(void)
{
    /* The emulator has done it. */
}

void gale_board_panic(const char *file, int line)
{
    semihosting_panic(file, (uint32_t)line);
}
