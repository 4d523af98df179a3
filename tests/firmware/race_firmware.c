/* SPDX-License-Identifier: Apache-2.0 */
/** Interrupts at each instruction of the way out; they come where they are told only with -icount. */
#include "bench.h"
#include "timer.h"

#define BELL_POINTS 1000u
#define BELL_CYCLES 75u

static void spin(void *arg)
{
    (void)arg;
    for (;;) {
        __asm__ volatile("");
    }
}

static void ring_once(uint32_t number)
{
    (void)number;
    timer_acknowledge();
    timer_every(0);
    gale_doorbell_ring(gale_executor_bell(&bench_x), 1);
}

static void kill_by_bell(void *arg)
{
    (void)arg;
    CHECK_EQ(gale_cortex_m_kill(&bench_tasks[0].thread), GALE_OK);
}

/* @verifies DB01 */
TEST(race, a_ring_is_served_wherever_it_comes_on_the_way_out)
{
    CHECK_EQ(gale_cortex_m_interrupt(TIMER_INTERRUPT, ring_once), GALE_OK);
    for (uint32_t point = 1; point <= BELL_POINTS && test_failures() == 0; point++) {
        struct bench_task *task;

        test_note("cycles", point * BELL_CYCLES);
        bench_begin();
        CHECK_EQ(gale_executor_on_bell(&bench_x, 0, kill_by_bell, NULL), GALE_OK);
        task = bench_task(0, spin, NULL);
        task->spec.budget_ticks = GALE_TICKS_PER_SECOND / 2u; /* if the ring is lost */
        bench_spawn(task);
        timer_every(point * BELL_CYCLES);
        bench_run();
        CHECK_EQ(task->last.cause, GALE_CORTEX_M_KILLED);
    }
    CHECK_EQ(gale_cortex_m_interrupt(TIMER_INTERRUPT, NULL), GALE_OK);
}
