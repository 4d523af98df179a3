/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What things cost, in instructions, exact: with `-icount shift=10` 1024 ns of virtual time pass per instruction, and a
 * timer of the board counts them. In another mode the figures mean nothing. A line is `count: what: figure`.
 */
#include "bench.h"
#include "board.h"
#include "counter.h"
#include "port.h"
#include "timer.h"

#define TIMES 32u
#define PAINT 0xa5u

TEST(counts, the_instrument_counts_a_hundred_as_a_hundred)
{
    uint32_t begin;
    uint32_t end;

    counter_start();
    begin = counter_read();
    __asm__ volatile(".rept 100\n\tnop\n\t.endr");
    end = counter_read();
    CHECK_EQ(instructions(end - begin) - counter_overhead(), 100);
}

/* ---- from outside: a call marks a place, and the hook notes the time ----------------------------------------- */

#define MARKS 12u

static uint32_t marks[MARKS];

static int32_t mark_call(struct gale_cortex_m_thread *t, uint32_t number, const uint32_t args[4])
{
    (void)t;
    if (number == GALE_CORTEX_M_CALL_OWN) {
        marks[args[0] % MARKS] = counter_read();
    }
    return GALE_OK;
}

static void mark(uint32_t n)
{
    (void)gale_cortex_m_call_own(GALE_CORTEX_M_CALL_OWN, n, 0, 0, 0);
}

static uint32_t between(uint32_t first, uint32_t second)
{
    return instructions(marks[second] - marks[first]);
}

static struct bench_task *marking_task(uint32_t i, void (*entry)(void *arg), void *arg)
{
    struct bench_task *task = bench_task(i, entry, arg);

    task->spec.call = mark_call;
    return task;
}

static uint32_t most_kernel_stack;

__attribute__((constructor)) static void paint_handler_stack(void)
{
    for (volatile uint8_t *byte = gale_board_handler_stack; byte != gale_board_handler_stack_end; byte++) {
        *byte = PAINT;
    }
}

/** After a run: what its kernel flows have used. */
static void run(void)
{
    (void)gale_executor_run(&bench_x);
    for (gale_id i = 0; i < bench_x.memory.thread_count; i++) {
        struct gale_thread *t = &bench_x.memory.threads[i];
        const uint32_t used = t->spec.stack != NULL ? gale_thread_measure_stack(t) : 0;
        most_kernel_stack = used > most_kernel_stack ? used : most_kernel_stack;
    }
}

/* ---- switches ------------------------------------------------------------------------------------------------ */

static GALE_ALIGNED(1024) uint8_t many_regions[8][32];

static void grant_all_regions(struct bench_task *task)
{
    for (uint32_t i = 0; task->domain.count < GALE_CORTEX_M_REGIONS; i++) {
        bench_grant(task, many_regions[i], sizeof many_regions[i], GALE_MPU_RW);
    }
}

static void call_for_ever(void *arg)
{
    (void)arg;
    for (;;) {
        __asm__ volatile("mov r12, #15\n\tsvc #0" : : : "r0", "r1", "r12", "memory");
    }
}

static uint32_t out_and_back;

/** By hand what thread.c does: select the domain, go out, come in. The registers of the MPU are loaded each time. */
static void go_out_and_back(void *arg)
{
    struct bench_task *task = arg;

    for (uint32_t i = 0; i < 3; i++) { /* the first computes the registers */
        const uint32_t begin = counter_read();
        gale__cortex_m_state.dispatched = true;
        gale__cortex_m_state.loaded = NULL;
        gale__cortex_m_mpu_select(&task->image, &task->domain);
        (void)gale__cortex_m_enter(&task->thread.flow);
        out_and_back = instructions(counter_read() - begin);
    }
}

static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t by_hand_stack[1024];

TEST(counts, two_switches_with_the_mpu_loaded)
{
    const struct gale_thread_spec by_hand = {go_out_and_back,      &bench_tasks[0],       by_hand_stack,
                                             sizeof by_hand_stack, (GALE_PRIORITIES - 1), NULL};
    struct bench_task *task;

    bench_begin();
    task = marking_task(0, call_for_ever, NULL);
    grant_all_regions(task);
    task->spec.call = NULL;
    bench_spawn(task);
    CHECK(gale_executor_step(&bench_x)); /* it begins, and is killed where its first call has no hook */
    CHECK_EQ(task->last.cause, GALE_CORTEX_M_BAD_CALL);
    task->thread.flow.kernel_limit = (uint32_t)(uintptr_t)by_hand_stack;
    CHECK_EQ(gale_executor_spawn(&bench_x, &by_hand, NULL), GALE_OK);
    run();
    CHECK(report("kernel to task and back, 8 regions loaded", out_and_back - counter_overhead()) <= 260u);
}

static void yield_often(void *arg)
{
    const uint32_t first = (uint32_t)(uintptr_t)arg;

    mark(first);
    for (uint32_t i = 0; i < TIMES; i++) {
        (void)gale_cortex_m_call_yield();
    }
    mark(first + 1u);
}

TEST(counts, from_task_to_task_through_the_scheduler)
{
    bench_begin();
    for (uint32_t i = 0; i < 2; i++) {
        struct bench_task *task = marking_task(i, yield_often, (void *)(uintptr_t)(2u * i));
        grant_all_regions(task);
        bench_spawn(task);
    }
    run();
    /* Between its two marks the first task yields TIMES times, and so does the second. */
    CHECK(report("task yields to task of another domain, 8 regions", between(0, 1) / (2u * TIMES)) > 0);
}

static void call_often(void *arg)
{
    (void)arg;
    mark(0);
    mark(1);
    for (uint32_t i = 0; i < TIMES; i++) {
        (void)gale_cortex_m_call_own(GALE_CORTEX_M_CALL_OWN + 1u, 0, 0, 0, 0);
    }
    mark(2);
    for (uint32_t i = 0; i < TIMES; i++) {
        (void)gale_cortex_m_call_now();
    }
    mark(3);
    for (uint32_t i = 0; i < TIMES; i++) {
        (void)gale_cortex_m_call_yield();
    }
    mark(4);
}

TEST(counts, a_supervisor_call)
{
    struct bench_task *task;

    bench_begin();
    task = marking_task(0, call_often, NULL);
    grant_all_regions(task);
    bench_spawn(task);
    run();
    CHECK(report("call that does nothing, there and back", (between(1, 2) - between(0, 1)) / TIMES) > 0);
    CHECK(report("call for the time", (between(2, 3) - between(0, 1)) / TIMES) > 0);
    CHECK(report("yield with nobody else", (between(3, 4) - between(0, 1)) / TIMES) > 0);
}

/* ---- elements across the wall -------------------------------------------------------------------------------- */

#define ELEMENT_WORDS 16u
#define ELEMENTS 8u

static GALE_ALIGNED(1024) uint8_t wall_block[1024];
static struct gale_shared_stream_region wall_region;
static struct gale_sem wall_turn[2];

static void wall_layout(struct gale_shared_stream_region_layout *layout)
{
    (void)gale_shared_stream_region_layout_init(GALE_CORTEX_M_RULES, 4u * ELEMENT_WORDS, ELEMENTS, layout);
}

static void wall_write(void *arg)
{
    struct gale_shared_stream_region_layout layout;
    struct gale_shared_stream_region_writer end;
    uint32_t element[ELEMENT_WORDS] = {0};
    void *slot = NULL;

    (void)arg;
    wall_layout(&layout);
    gale_shared_stream_region_writer_init(&end, &layout, wall_block, 1);
    mark(0);
    for (uint32_t i = 0; i < ELEMENTS; i++) {
        (void)gale_shared_stream_region_write_claim(&end, 1, &slot);
        (void)gale_shared_stream_region_write_commit(&end, 1);
    }
    mark(1);
    (void)gale_cortex_m_call_give(0);
    (void)gale_cortex_m_call_take(1, GALE_FOREVER);
    mark(2);
    for (uint32_t i = 0; i < ELEMENTS; i++) {
        (void)gale_shared_stream_region_write(&end, element);
    }
    mark(3);
    (void)gale_cortex_m_call_give(0);
    (void)gale_cortex_m_call_take(1, GALE_FOREVER);
    mark(8);
    (void)gale_shared_stream_region_write_claim(&end, ELEMENTS, &slot);
    (void)gale_shared_stream_region_write_commit(&end, ELEMENTS);
    mark(9);
    (void)gale_cortex_m_call_give(0);
}

static void wall_read(void *arg)
{
    struct gale_shared_stream_region_layout layout;
    struct gale_shared_stream_region_reader end;
    uint32_t element[ELEMENT_WORDS];
    const void *slot = NULL;

    (void)arg;
    wall_layout(&layout);
    gale_shared_stream_region_reader_init(&end, &layout, wall_block, 1);
    (void)gale_cortex_m_call_take(0, GALE_FOREVER);
    mark(4);
    for (uint32_t i = 0; i < ELEMENTS; i++) {
        (void)gale_shared_stream_region_read_claim(&end, 1, &slot);
        (void)gale_shared_stream_region_read_release(&end, 1);
    }
    mark(5);
    (void)gale_cortex_m_call_give(1);
    (void)gale_cortex_m_call_take(0, GALE_FOREVER);
    mark(6);
    for (uint32_t i = 0; i < ELEMENTS; i++) {
        (void)gale_shared_stream_region_read(&end, element);
    }
    mark(7);
    (void)gale_cortex_m_call_give(1);
    (void)gale_cortex_m_call_take(0, GALE_FOREVER);
    mark(10);
    (void)gale_shared_stream_region_read_claim(&end, ELEMENTS, &slot);
    (void)gale_shared_stream_region_read_release(&end, ELEMENTS);
    mark(11);
}

static uint32_t mark_overhead;

static void mark_twice(void *arg)
{
    (void)arg;
    mark(0);
    mark(1);
}

/* The same by ends that believe each other: what the checks of a hostile peer cost. */

static void trusting_write(void *arg)
{
    struct gale_shared_stream_region_layout layout;
    struct gale_typed_ring_buf_writer end;
    void *slot = NULL;

    (void)arg;
    wall_layout(&layout);
    gale_typed_ring_buf_writer_init(&end, (struct gale_atomic_u32 *)(void *)wall_block,
                                    (struct gale_atomic_u32 *)(void *)(wall_block + layout.reader_offset),
                                    wall_block + layout.data_offset, ELEMENTS, layout.elem_bytes, 1);
    mark(0);
    for (uint32_t i = 0; i < ELEMENTS; i++) {
        (void)gale_typed_ring_buf_write_claim(&end, 1, &slot);
        (void)gale_typed_ring_buf_write_commit(&end, 1);
    }
    mark(1);
    (void)gale_cortex_m_call_give(0);
}

static void trusting_read(void *arg)
{
    struct gale_shared_stream_region_layout layout;
    struct gale_typed_ring_buf_reader end;
    const void *slot = NULL;

    (void)arg;
    wall_layout(&layout);
    gale_typed_ring_buf_reader_init(&end, (struct gale_atomic_u32 *)(void *)(wall_block + layout.reader_offset),
                                    (struct gale_atomic_u32 *)(void *)wall_block, wall_block + layout.data_offset,
                                    ELEMENTS, layout.elem_bytes, 1);
    (void)gale_cortex_m_call_take(0, GALE_FOREVER);
    mark(4);
    for (uint32_t i = 0; i < ELEMENTS; i++) {
        (void)gale_typed_ring_buf_read_claim(&end, 1, &slot);
        (void)gale_typed_ring_buf_read_release(&end, 1);
    }
    mark(5);
}

static void wall_run(void (*write)(void *arg), void (*read)(void *arg))
{
    static const struct gale_cortex_m_object objects[2] = {{&wall_turn[0], 0}, {&wall_turn[1], 0}};
    struct gale_shared_stream_region_layout layout;

    bench_begin();
    wall_layout(&layout);
    CHECK_EQ(gale_shared_stream_region_init(&wall_region, &layout, wall_block, sizeof wall_block), GALE_OK);
    for (uint32_t i = 0; i < 2; i++) {
        struct bench_task *task = marking_task(i, i == 0 ? write : read, NULL);
        CHECK_EQ(gale_shared_stream_region_grant(&wall_region, (enum gale_shared_stream_region_side)i, &task->domain),
                 GALE_OK);
        CHECK_EQ(gale_sem_init(&wall_turn[i], &bench_x, 0, 1), GALE_OK);
        task->spec.objects = objects;
        task->spec.object_count = 2;
    }
    bench_spawn(&bench_tasks[1]);
    bench_spawn(&bench_tasks[0]);
    run();
    CHECK_EQ(bench_tasks[0].last.cause, GALE_CORTEX_M_EXITED);
    CHECK_EQ(bench_tasks[1].last.cause, GALE_CORTEX_M_EXITED);
}

/** Per element, of what the writer did between two marks and the reader between two others. */
static uint32_t per_element(uint32_t writer, uint32_t reader)
{
    return (between(writer, writer + 1u) + between(reader, reader + 1u) - 2u * mark_overhead) / ELEMENTS;
}

TEST(counts, an_element_of_64_bytes_across_the_wall)
{
    bench_begin();
    bench_spawn(marking_task(0, mark_twice, NULL));
    run();
    mark_overhead = between(0, 1);
    wall_run(wall_write, wall_read);
    CHECK(report("64 bytes between two domains, in place, no call", per_element(0, 4)) <= 110u);
    (void)report("64 bytes between two domains, in place, runs of 8, no call", per_element(8, 10));
    (void)report("64 bytes between two domains, copied in and out, no call", per_element(2, 6));
    wall_run(trusting_write, trusting_read);
    CHECK(report("64 bytes between two domains that trust each other, in place, no call", per_element(0, 4)) <= 130u);
}

/* ---- interrupts ---------------------------------------------------------------------------------------------- */

#define AFTER_CYCLES 500000u

static uint32_t at_handler, at_bell, at_task;
static gale_id callback_task;

static uint32_t since_interrupt(void)
{
    return instructions(AFTER_CYCLES - TIMER_REG(4));
}

static void handle(uint32_t number)
{
    (void)number;
    at_handler = since_interrupt();
    timer_acknowledge();
    gale_doorbell_ring(gale_executor_bell(&bench_x), 1);
}

static void on_bell(void *arg)
{
    (void)arg;
    at_bell = since_interrupt();
    (void)gale_executor_post_task(&bench_x, callback_task);
}

static void callback(void *arg)
{
    (void)arg;
    at_task = since_interrupt();
    timer_every(0);
    gale_executor_stop(&bench_x);
}

static void spin(void *arg)
{
    (void)arg;
    for (;;) {
        __asm__ volatile("");
    }
}

TEST(counts, from_an_interrupt_to_a_callback)
{
    const struct gale_thread_spec task_spec = {callback, NULL, NULL, 0, 0, NULL};
    struct bench_task *task;

    bench_begin();
    task = marking_task(0, spin, NULL);
    grant_all_regions(task);
    bench_spawn(task);
    CHECK_EQ(gale_executor_spawn(&bench_x, &task_spec, &callback_task), GALE_OK);
    CHECK_EQ(gale_executor_on_bell(&bench_x, 0, on_bell, NULL), GALE_OK);
    CHECK_EQ(gale_cortex_m_interrupt(TIMER_INTERRUPT, handle), GALE_OK);
    timer_every(AFTER_CYCLES);
    run();
    CHECK_EQ(gale_cortex_m_interrupt(TIMER_INTERRUPT, NULL), GALE_OK);
    (void)report("interrupt to its handler, task outside", at_handler);
    (void)report("interrupt to the doorbell's handler, task outside", at_bell);
    (void)report("interrupt to a callback task, task outside", at_task);
}

/* ---- stacks -------------------------------------------------------------------------------------------------- */

/* Last, so that all the others have used the stacks. */
TEST(counts, stacks_have_room)
{
    const uint8_t *used = gale_board_handler_stack;

    while (used != gale_board_handler_stack_end && *used == PAINT) {
        used++;
    }
    CHECK(used != gale_board_handler_stack);
    (void)report("stack of handlers, most used, bytes", (uint32_t)(gale_board_handler_stack_end - used));
    CHECK(report("kernel stack of a task, most used, bytes", most_kernel_stack) < GALE_CORTEX_M_KERNEL_STACK_MIN);
}
