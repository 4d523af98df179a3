/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Time by SysTick, without a periodic tick. The counter runs down from a start value that is set so that it reaches zero
 * at the next deadline, or after its longest way; software adds up the ways. Setting it anew loses a few cycles.
 */
#include "board.h"
#include "port.h"

#define SYST_CSR CORTEX_M_REG(0xe000e010u)
#define SYST_RVR CORTEX_M_REG(0xe000e014u)
#define SYST_CVR CORTEX_M_REG(0xe000e018u)
#define SYST_CSR_RUN 7u /* core clock, interrupt, enabled */
#define SYST_CSR_COUNTFLAG (1u << 16)
#define SYST_LONGEST 0x1000000u /* cycles */
#define SYST_SHORTEST 64u

static struct {
    gale_tick ticks;    /**< The origin: time when the present way began, ... */
    uint32_t cycles;    /**< ... and so many cycles more, less than a tick. */
    uint32_t way;       /**< Length of the present way in cycles. */
    gale_tick deadline; /**< The kernel's; GALE_FOREVER when it has come. */
    gale_tick outside;  /**< That of the code outside. */
} clock;

/** Moves the origin `cycles` ahead. */
static void clock_pass(uint32_t cycles)
{
    const uint32_t all = clock.cycles + cycles;

    clock.ticks += all / gale_board_cycles_per_tick;
    clock.cycles = all % gale_board_cycles_per_tick;
}

/** Cycles of the present way so far. The flag says that a way has ended since it was last read. Under the lock. */
static uint32_t clock_elapsed(void)
{
    uint32_t left = SYST_CVR;

    if ((SYST_CSR & SYST_CSR_COUNTFLAG) != 0) {
        clock_pass(clock.way);
        left = SYST_CVR;
    }
    return left == 0 ? 0 : clock.way - left;
}

/** Under the lock. */
static gale_tick clock_now(void)
{
    const uint32_t elapsed = clock_elapsed();

    return clock.ticks + (clock.cycles + elapsed) / gale_board_cycles_per_tick;
}

gale_tick gale_port_now(void)
{
    const uint32_t key = gale_port_lock();
    const gale_tick now = clock_now();

    gale_port_unlock(key);
    return now;
}

/** Cycles from the origin to `deadline`, within what the counter can do. */
static uint32_t clock_way_to(gale_tick deadline)
{
    uint32_t way = SYST_SHORTEST;

    if (deadline > clock.ticks) {
        if (deadline - clock.ticks > SYST_LONGEST / gale_board_cycles_per_tick) {
            return SYST_LONGEST;
        }
        way = (uint32_t)(deadline - clock.ticks) * gale_board_cycles_per_tick - clock.cycles;
    }
    return way < SYST_SHORTEST ? SYST_SHORTEST : way;
}

/** The origin is now, and the way from it leads to the earlier of the two deadlines. Under the lock. */
static void clock_program(void)
{
    clock_pass(clock_elapsed());
    clock.way = clock_way_to(clock.deadline < clock.outside ? clock.deadline : clock.outside);
    SYST_RVR = clock.way - 1u;
    SYST_CVR = 0;
}

/* The counter is set anew only where that changes which deadline is first. */
static void clock_set(gale_tick *mine, gale_tick other, gale_tick deadline)
{
    const gale_tick before = *mine < other ? *mine : other;

    if (deadline != *mine) {
        const uint32_t key = gale_port_lock();
        *mine = deadline;
        if ((deadline < other ? deadline : other) != before) {
            clock_program();
        }
        gale_port_unlock(key);
    }
}

void gale_port_alarm(gale_tick deadline)
{
    clock_set(&clock.deadline, clock.outside, deadline);
}

void gale__cortex_m_clock_outside(gale_tick deadline)
{
    clock_set(&clock.outside, clock.deadline, deadline);
}

/** A deadline that has come is no deadline any more. Under the lock. */
static bool clock_has_come(gale_tick *deadline, gale_tick now)
{
    const bool come = *deadline <= now;

    if (come) {
        *deadline = GALE_FOREVER;
    }
    return come;
}

void gale__cortex_m_clock_interrupt(void)
{
    const uint32_t key = gale_port_lock();
    const gale_tick now = clock_now();
    const bool deadline = clock_has_come(&clock.deadline, now);
    const bool outside = clock_has_come(&clock.outside, now);

    clock_program();
    gale_port_unlock(key);
    gale__cortex_m_attend(deadline || outside);
}

void gale__cortex_m_clock_init(void)
{
    clock.way = SYST_LONGEST;
    clock.deadline = GALE_FOREVER;
    clock.outside = GALE_FOREVER;
    SYST_RVR = SYST_LONGEST - 1u;
    SYST_CVR = 0;
    SYST_CSR = SYST_CSR_RUN;
}
