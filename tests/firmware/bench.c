/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include "board.h"

GALE_EXECUTOR_MEMORY_DEFINE(bench, BENCH_TASKS + 4u, 2, 0, 8);

struct gale_executor bench_x;
struct bench_task bench_tasks[BENCH_TASKS];

static GALE_ALIGNED(BENCH_STACK_BYTES) uint8_t bench_stacks[BENCH_TASKS][BENCH_STACK_BYTES];
static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t bench_kernel_stacks[BENCH_TASKS][BENCH_KERNEL_STACK_BYTES];

static bool bench_ended(struct gale_cortex_m_thread *t, const struct gale_cortex_m_report *report)
{
    struct bench_task *task = t->context;

    task->last = *report;
    task->ends++;
    return true;
}

struct gale_mem_partition bench_code(void)
{
    const size_t size = (size_t)(gale_board_code_end - gale_board_code);
    const struct gale_mem_partition code = {(uintptr_t)gale_board_code, gale_mpu_align(GALE_CORTEX_M_RULES, size),
                                            GALE_MPU_RX};

    return code;
}

uint8_t *bench_stack(uint32_t i)
{
    return bench_stacks[i];
}

void bench_begin(void)
{
    CHECK_EQ(gale_executor_init(&bench_x, &bench_memory), GALE_OK);
}

struct bench_task *bench_task(uint32_t i, void (*entry)(void *arg), void *arg)
{
    struct bench_task *task = &bench_tasks[i];
    const struct gale_mem_partition code = bench_code();

    *task = (struct bench_task){0};
    gale_mem_domain_init(&task->domain, GALE_CORTEX_M_RULES, GALE_CORTEX_M_REGIONS);
    CHECK_EQ(gale_mem_domain_add(&task->domain, &code), GALE_OK);
    bench_grant(task, bench_stacks[i], BENCH_STACK_BYTES, GALE_MPU_RW);
    task->spec.entry = entry;
    task->spec.arg = arg;
    task->spec.stack = bench_stacks[i];
    task->spec.stack_bytes = BENCH_STACK_BYTES;
    task->spec.kernel_stack = bench_kernel_stacks[i];
    task->spec.kernel_stack_bytes = BENCH_KERNEL_STACK_BYTES;
    task->spec.domain = &task->domain;
    task->spec.image = &task->image;
    task->spec.priority = GALE_PRIORITIES - 2;
    task->spec.ended = bench_ended;
    return task;
}

void bench_grant(struct bench_task *task, const volatile void *start, size_t size, uint32_t access)
{
    const struct gale_mem_partition partition = {(uintptr_t)start, size, access};

    CHECK_EQ(gale_mem_domain_add(&task->domain, &partition), GALE_OK);
}

void bench_spawn(struct bench_task *task)
{
    CHECK_EQ(gale_cortex_m_spawn(&bench_x, &task->thread, &task->spec, task), GALE_OK);
}

void bench_run(void)
{
    CHECK_EQ(gale_executor_run(&bench_x), GALE_OK);
    CHECK(gale_executor_is_valid(&bench_x));
}

enum gale_cortex_m_cause bench_fate(void (*entry)(void *arg), const volatile void *arg)
{
    struct bench_task *task;

    bench_begin();
    task = bench_task(0, entry, (void *)(uintptr_t)arg);
    bench_spawn(task);
    bench_run();
    CHECK_EQ(task->ends, 1);
    return task->last.cause;
}
