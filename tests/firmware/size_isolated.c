/* SPDX-License-Identifier: Apache-2.0 */
/** The smallest program with two isolated tasks and a stream between them. Its size is the figure; it also runs. */
#include "board.h"
#include "gale/port_cortex_m.h"
#include "semihosting.h"

#define TASKS 2u
#define STACK_BYTES 512u
#define ELEMENTS 100u
#define CAPACITY 8u

GALE_EXECUTOR_MEMORY_DEFINE(size, TASKS, 0, 0, 2);

static struct gale_executor x;
static struct gale_sem sems[TASKS];
static GALE_ALIGNED(STACK_BYTES) uint8_t stacks[TASKS][STACK_BYTES];
static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t kernel_stacks[TASKS][GALE_CORTEX_M_KERNEL_STACK_MIN];
static struct gale_mem_domain domains[TASKS];
static struct gale_cortex_m_image images[TASKS];
static struct gale_cortex_m_thread tasks[TASKS];
static struct gale_shared_stream_region region;
static GALE_ALIGNED(128) uint8_t block[128];
static uint32_t result;

int main(void);

static const struct gale_cortex_m_object objects[] = {{&sems[0], 0}, {&sems[1], 0}};
static const struct gale_cortex_m_end ends[TASKS] = {{&region, GALE_SHARED_STREAM_REGION_WRITER, &sems[0]},
                                                     {&region, GALE_SHARED_STREAM_REGION_READER, &sems[1]}};

static void layout_get(struct gale_shared_stream_region_layout *layout)
{
    (void)gale_shared_stream_region_layout_init(GALE_CORTEX_M_RULES, sizeof(uint32_t), CAPACITY, layout);
}

static void produce(void *arg)
{
    struct gale_shared_stream_region_layout layout;
    struct gale_shared_stream_region_writer end;

    (void)arg;
    layout_get(&layout);
    gale_shared_stream_region_writer_init(&end, &layout, block, 1);
    for (uint32_t i = 0; i < ELEMENTS; i++) {
        while (gale_shared_stream_region_write(&end, &i) == GALE_EAGAIN) {
            (void)gale_cortex_m_call_take(1, GALE_FOREVER);
        }
        (void)gale_cortex_m_call_give(0);
    }
}

static void consume(void *arg)
{
    struct gale_shared_stream_region_layout layout;
    struct gale_shared_stream_region_reader end;
    uint32_t element;
    uint32_t sum = 0;
    int status = GALE_OK;

    (void)arg;
    layout_get(&layout);
    gale_shared_stream_region_reader_init(&end, &layout, block, 1);
    while (status == GALE_OK || status == GALE_EAGAIN) {
        status = gale_shared_stream_region_read(&end, &element);
        if (status == GALE_OK) {
            sum += element;
            (void)gale_cortex_m_call_give(1);
        } else if (status == GALE_EAGAIN) {
            (void)gale_cortex_m_call_take(0, GALE_FOREVER);
        }
    }
    gale_cortex_m_call_exit(sum);
}

static bool ended(struct gale_cortex_m_thread *t, const struct gale_cortex_m_report *report)
{
    if (t == &tasks[1]) {
        result = report->status;
    }
    return false;
}

static void task_begin(uint32_t i)
{
    static struct gale_cortex_m_spec specs[TASKS];
    const struct gale_mem_partition code = {
        (uintptr_t)gale_board_code,
        gale_mpu_align(GALE_CORTEX_M_RULES, (size_t)(gale_board_code_end - gale_board_code)), GALE_MPU_RX};
    const struct gale_mem_partition stack = {(uintptr_t)stacks[i], STACK_BYTES, GALE_MPU_RW};

    gale_mem_domain_init(&domains[i], GALE_CORTEX_M_RULES, GALE_CORTEX_M_REGIONS);
    (void)gale_mem_domain_add(&domains[i], &code);
    (void)gale_mem_domain_add(&domains[i], &stack);
    (void)gale_shared_stream_region_grant(&region, (enum gale_shared_stream_region_side)i, &domains[i]);
    (void)gale_sem_init(&sems[i], &x, 0, 1);
    specs[i] = (struct gale_cortex_m_spec){.entry = i == 0 ? produce : consume,
                                           .stack = stacks[i],
                                           .stack_bytes = STACK_BYTES,
                                           .kernel_stack = kernel_stacks[i],
                                           .kernel_stack_bytes = sizeof kernel_stacks[i],
                                           .domain = &domains[i],
                                           .image = &images[i],
                                           .priority = 10,
                                           .objects = objects,
                                           .object_count = TASKS,
                                           .ends = &ends[i],
                                           .end_count = 1,
                                           .ended = ended};
    (void)gale_cortex_m_spawn(&x, &tasks[i], &specs[i], NULL);
}

int main(void)
{
    struct gale_shared_stream_region_layout layout;

    layout_get(&layout);
    (void)gale_executor_init(&x, &size_memory);
    (void)gale_shared_stream_region_init(&region, &layout, block, sizeof block);
    for (uint32_t i = 0; i < TASKS; i++) {
        task_begin(i);
    }
    (void)gale_executor_run(&x);
    semihosting_text(result == ELEMENTS * (ELEMENTS - 1u) / 2u ? "1 passed, 0 failed\n" : "0 passed, 1 failed\n");
    semihosting_exit(0);
}
