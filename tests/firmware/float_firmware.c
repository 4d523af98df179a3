/* SPDX-License-Identifier: Apache-2.0 */
/** Floating-point registers of tasks that are preempted, and of one whose stack is wrong when they are saved. */
#include "bench.h"

#define ALL_32 "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31"
#define ROUNDS_OF_SPINNER 200000u

/** s0..s31 hold k..k+31 for a while; exits with 0 if they still do. */
#define HOLD_FLOATS(name, k)                                                                                     \
    static void name(void *arg)                                                                                  \
    {                                                                                                            \
        (void)arg;                                                                                               \
        __asm__ volatile("mov r0, #" k "\n\t.irp n," ALL_32 "\n\tvmov s\\n, r0\n\tadds r0, #1\n\t.endr\n\t"      \
                         "ldr r3, =5000\n"                                                                       \
                         "1: mov r0, #" k "\n\t.irp n," ALL_32 "\n\tvmov r2, s\\n\n\tcmp r2, r0\n\tbne.w 2f\n\t" \
                         "adds r0, #1\n\t.endr\n\t"                                                              \
                         "subs r3, #1\n\tbne.w 1b\n\tmovs r0, #0\n\tb gale_cortex_m_call_exit\n"                 \
                         "2: movs r0, #1\n\tb gale_cortex_m_call_exit\n\t.ltorg" ::                              \
                             : "r0", "r2", "r3", "memory");                                                      \
    }

HOLD_FLOATS(hold_low, "1")
HOLD_FLOATS(hold_high, "101")

static void spin_a_while(void *arg)
{
    (void)arg;
    for (uint32_t i = 0; i < ROUNDS_OF_SPINNER; i++) {
        __asm__ volatile("");
    }
}

TEST(float_registers, survive_preemption)
{
    bench_begin();
    for (uint32_t i = 0; i < 3; i++) {
        struct bench_task *task = bench_task(i, i == 0 ? hold_low : i == 1 ? hold_high : spin_a_while, NULL);
        task->spec.slice_ticks = 97;
        bench_spawn(task);
    }
    bench_run();
    for (uint32_t i = 0; i < 3; i++) {
        CHECK_EQ(bench_tasks[i].last.cause, GALE_CORTEX_M_EXITED);
        CHECK_EQ(bench_tasks[i].last.status, 0);
    }
}

/** The frame's lower half is in the stack, the half for floating point above it. */
static void call_with_half_a_frame(void *arg)
{
    __asm__ volatile("vmov s0, r0\n\tadd r0, %0, #64\n\tmov sp, r0\n\tmov r12, #1\n\tsvc #0\n\tudf #0"
                     :
                     : "r"(arg)
                     : "r0", "r12", "memory");
}

TEST(float_registers, a_frame_that_is_half_outside_ends_the_task_alone)
{
    CHECK_EQ(bench_fate(call_with_half_a_frame, bench_stack(0) + BENCH_STACK_BYTES), GALE_CORTEX_M_STACK);
}
