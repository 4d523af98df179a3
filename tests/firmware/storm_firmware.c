/* SPDX-License-Identifier: Apache-2.0 */
/** Preemption at any instruction, interrupts without end, and time. */
#include "bench.h"
#include "timer.h"

#define STORM_ELEMENTS 3000u
#define STORM_CYCLES 5000u
#define STORM_CAPACITY 32u
#define SPIN_ROUNDS 400000u
#define SLICE_TICKS 200u
#define NOW_CALLS 20000u

/** What a task and the kernel both see. */
struct shared_word {
    volatile uint32_t value;
    uint32_t unused[7];
};

static GALE_ALIGNED(32) struct shared_word counts[2];

/* ---- preemption ---------------------------------------------------------------------------------------------- */

static void count_up(void *arg)
{
    volatile uint32_t *count = arg;

    while (*count < SPIN_ROUNDS) {
        *count = *count + 1u;
    }
}

static uint32_t others_count;

static bool first_ends(struct gale_cortex_m_thread *t, const struct gale_cortex_m_report *report)
{
    struct bench_task *task = t->context;

    task->last = *report;
    if (others_count == 0) {
        others_count = counts[task == &bench_tasks[0] ? 1 : 0].value;
    }
    return true;
}

/* @verifies SC05 */
TEST(storm, two_tasks_that_spin_share_the_core_by_slices)
{
    bench_begin();
    others_count = 0;
    for (uint32_t i = 0; i < 2; i++) {
        struct bench_task *task = bench_task(i, count_up, &counts[i]);
        counts[i].value = 0;
        bench_grant(task, &counts[i], sizeof counts[i], GALE_MPU_RW);
        task->spec.slice_ticks = SLICE_TICKS;
        task->spec.ended = first_ends;
        bench_spawn(task);
    }
    bench_run();
    CHECK(others_count > 0);
    CHECK_EQ(counts[0].value, SPIN_ROUNDS);
    CHECK_EQ(counts[1].value, SPIN_ROUNDS);
    CHECK_EQ(bench_tasks[0].last.cause, GALE_CORTEX_M_EXITED);
    CHECK_EQ(bench_tasks[1].last.cause, GALE_CORTEX_M_EXITED);
}

/** Every register but the stack pointer holds a value of its own; r11 counts. The code is 0 if they kept it. */
#define HOLD_REGISTERS(name, k)                                                                                        \
    static void name(void *arg)                                                                                        \
    {                                                                                                                  \
        (void)arg;                                                                                                     \
        __asm__ volatile("ldr r11, =20000\n\t"                                                                         \
                         "mov r0, #" k "\n\tadd r1, r0, #1\n\tadd r2, r0, #2\n\tadd r3, r0, #3\n\t"                    \
                         "add r4, r0, #4\n\tadd r5, r0, #5\n\tadd r6, r0, #6\n\tadd r7, r0, #7\n\t"                    \
                         "add r8, r0, #8\n\tadd r9, r0, #9\n\tadd r10, r0, #10\n\tadd r12, r0, #12\n\t"                \
                         "add lr, r0, #14\n"                                                                           \
                         "1: cmp r0, #" k "\n\tbne 2f\n\tcmp r1, #" k "+1\n\tbne 2f\n\tcmp r2, #" k "+2\n\tbne 2f\n\t" \
                         "cmp r3, #" k "+3\n\tbne 2f\n\tcmp r4, #" k "+4\n\tbne 2f\n\tcmp r5, #" k "+5\n\tbne 2f\n\t"  \
                         "cmp r6, #" k "+6\n\tbne 2f\n\tcmp r7, #" k "+7\n\tbne 2f\n\tcmp r8, #" k "+8\n\tbne 2f\n\t"  \
                         "cmp r9, #" k "+9\n\tbne 2f\n\tcmp r10, #" k "+10\n\tbne 2f\n\t"                              \
                         "cmp r12, #" k "+12\n\tbne 2f\n\tcmp lr, #" k "+14\n\tbne 2f\n\t"                             \
                         "subs r11, #1\n\tbne 1b\n\tmovs r0, #0\n\tb gale_cortex_m_call_exit\n"                        \
                         "2: movs r0, #1\n\tb gale_cortex_m_call_exit");                                               \
    }

HOLD_REGISTERS(hold_low, "1")
HOLD_REGISTERS(hold_high, "101")

static volatile uint32_t interrupts;

static void count_interrupt(uint32_t number)
{
    (void)number;
    timer_acknowledge();
    interrupts = interrupts + 1u;
    gale_doorbell_ring(gale_executor_bell(&bench_x), 1);
}

static void hold_registers_once(void)
{
    bench_begin();
    for (uint32_t i = 0; i < 2; i++) {
        struct bench_task *task = bench_task(i, i == 0 ? hold_low : hold_high, NULL);
        task->spec.slice_ticks = 97;
        bench_spawn(task);
    }
    bench_run();
    for (uint32_t i = 0; i < 2; i++) {
        CHECK_EQ(bench_tasks[i].last.cause, GALE_CORTEX_M_EXITED);
        CHECK_EQ(bench_tasks[i].last.status, 0);
    }
}

TEST(storm, registers_survive_preemption_at_every_place)
{
    interrupts = 0;
    bench_begin();
    CHECK_EQ(gale_cortex_m_interrupt(TIMER_INTERRUPT, count_interrupt), GALE_OK);
    timer_every(STORM_CYCLES);
    while (interrupts < 500 && test_failures() == 0) {
        hold_registers_once();
    }
    timer_every(0);
    CHECK_EQ(gale_cortex_m_interrupt(TIMER_INTERRUPT, NULL), GALE_OK);
}

/* ---- interrupts ---------------------------------------------------------------------------------------------- */

static GALE_ALIGNED(1024) uint8_t storm_block[1024];
static struct gale_shared_stream_region_layout storm_layout;
static struct gale_shared_stream_region storm_region;
static struct gale_shared_stream_region_writer storm_writer;
static struct gale_sem storm_sem;
static volatile uint32_t storm_sent;
static volatile uint32_t storm_full;

/* A nested interrupt: it comes in the midst of the timer's handler. */
static void storm_ring(uint32_t number)
{
    (void)number;
    gale_doorbell_ring(gale_executor_bell(&bench_x), 1);
}

static void storm_send(uint32_t number)
{
    const uint32_t element = storm_sent;

    (void)number;
    timer_acknowledge();
    if (element == STORM_ELEMENTS) {
        gale_shared_stream_region_write_close(&storm_writer);
    } else if (gale_shared_stream_region_write(&storm_writer, &element) == GALE_OK) {
        storm_sent = element + 1u;
    } else {
        storm_full = storm_full + 1u;
    }
    interrupt_pend(SOFTWARE_INTERRUPT);
}

static void storm_bell(void *arg)
{
    (void)arg;
    if (gale_sem_count(&storm_sem) == 0) {
        gale_sem_give(&storm_sem);
    }
}

/** Reads until the stream ends; exits with how many came in order, or with UINT32_MAX. */
static void storm_reader(void *arg)
{
    struct gale_shared_stream_region_layout layout; /* of its own: what the kernel computed, it cannot read */
    struct gale_shared_stream_region_reader reader;
    uint32_t expected = 0;
    uint32_t element = 0;
    int status = GALE_OK;

    (void)arg;
    (void)gale_shared_stream_region_layout_init(GALE_CORTEX_M_RULES, 4, STORM_CAPACITY, &layout);
    gale_shared_stream_region_reader_init(&reader, &layout, storm_block, 1);
    while (status != GALE_EPIPE) {
        status = gale_shared_stream_region_read(&reader, &element);
        if (status == GALE_OK && element != expected++) {
            gale_cortex_m_call_exit(UINT32_MAX);
        }
        if (status == GALE_EAGAIN) {
            (void)gale_cortex_m_call_take(0, GALE_FOREVER);
        }
        if (status == GALE_ECORRUPT) {
            gale_cortex_m_call_exit(UINT32_MAX - 1u);
        }
    }
    gale_cortex_m_call_exit(expected);
}

static void spin_until_killed(void *arg)
{
    (void)arg;
    for (;;) {
        __asm__ volatile("");
    }
}

static bool kill_the_spinner(struct gale_cortex_m_thread *t, const struct gale_cortex_m_report *report)
{
    struct bench_task *task = t->context;

    task->last = *report;
    CHECK_EQ(gale_cortex_m_kill(&bench_tasks[1].thread), GALE_OK);
    return false;
}

static void storm_prepare(struct bench_task *reader)
{
    CHECK_EQ(gale_shared_stream_region_layout_init(GALE_CORTEX_M_RULES, 4, STORM_CAPACITY, &storm_layout), GALE_OK);
    CHECK_EQ(gale_shared_stream_region_init(&storm_region, &storm_layout, storm_block, sizeof storm_block), GALE_OK);
    CHECK_EQ(gale_shared_stream_region_grant(&storm_region, GALE_SHARED_STREAM_REGION_READER, &reader->domain),
             GALE_OK);
    gale_shared_stream_region_writer_init(&storm_writer, &storm_layout, storm_block, 1);
    CHECK_EQ(gale_sem_init(&storm_sem, &bench_x, 0, 1), GALE_OK);
    CHECK_EQ(gale_executor_on_bell(&bench_x, 0, storm_bell, NULL), GALE_OK);
    storm_sent = 0;
    storm_full = 0;
}

/* @verifies RB13 MD08 DB01 */
TEST(storm, a_ring_filled_by_nested_interrupts_reaches_a_task_in_order)
{
    const struct gale_cortex_m_object object = {&storm_sem, 0};
    struct bench_task *reader;
    struct bench_task *spinner;

    bench_begin();
    reader = bench_task(0, storm_reader, NULL);
    spinner = bench_task(1, spin_until_killed, NULL);
    storm_prepare(reader);
    reader->spec.objects = &object;
    reader->spec.object_count = 1;
    reader->spec.ended = kill_the_spinner;
    spinner->spec.priority = GALE_PRIORITIES - 1;
    spinner->spec.slice_ticks = 97;
    bench_spawn(spinner);
    bench_spawn(reader);
    interrupt_priority(TIMER_INTERRUPT, 0x80);
    interrupt_priority(SOFTWARE_INTERRUPT, 0x40);
    CHECK_EQ(gale_cortex_m_interrupt(TIMER_INTERRUPT, storm_send), GALE_OK);
    CHECK_EQ(gale_cortex_m_interrupt(SOFTWARE_INTERRUPT, storm_ring), GALE_OK);
    timer_every(STORM_CYCLES);
    bench_run();
    timer_every(0);
    CHECK_EQ(gale_cortex_m_interrupt(TIMER_INTERRUPT, NULL), GALE_OK);
    CHECK_EQ(gale_cortex_m_interrupt(SOFTWARE_INTERRUPT, NULL), GALE_OK);
    CHECK_EQ(reader->last.cause, GALE_CORTEX_M_EXITED);
    CHECK_EQ(reader->last.status, STORM_ELEMENTS);
    CHECK_EQ(spinner->last.cause, GALE_CORTEX_M_KILLED);
}

/* ---- time ---------------------------------------------------------------------------------------------------- */

static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t time_stacks[2][1024];
static uint32_t time_steps_back;
static uint32_t time_sleeps;

/** The clock is set anew all the time while this thread looks at it. */
static void look_at_the_clock(void *arg)
{
    gale_tick before = gale_port_now();

    (void)arg;
    for (uint32_t i = 0; i < NOW_CALLS; i++) {
        const gale_tick now = gale_port_now();
        time_steps_back += now < before ? 1u : 0u;
        before = now;
        if (i % 8u == 0) {
            gale_executor_serve(&bench_x);
        }
    }
}

static void sleep_often(void *arg)
{
    (void)arg;
    for (uint32_t i = 1; i <= 200; i++) {
        const gale_tick until = gale_port_now() + i;
        CHECK_EQ(gale_executor_sleep_until(&bench_x, until), GALE_OK);
        CHECK(gale_port_now() >= until);
        time_sleeps++;
    }
}

/* @verifies TO04 */
TEST(storm, time_never_goes_back_and_no_sleep_ends_early)
{
    const struct gale_thread_spec looker = {look_at_the_clock,     NULL, time_stacks[0], sizeof time_stacks[0],
                                            (GALE_PRIORITIES - 1), NULL};
    const struct gale_thread_spec sleeper = {sleep_often,           NULL, time_stacks[1], sizeof time_stacks[1],
                                             (GALE_PRIORITIES - 2), NULL};

    bench_begin();
    time_steps_back = 0;
    time_sleeps = 0;
    CHECK_EQ(gale_executor_spawn(&bench_x, &looker, NULL), GALE_OK);
    CHECK_EQ(gale_executor_spawn(&bench_x, &sleeper, NULL), GALE_OK);
    bench_run();
    CHECK_EQ(time_steps_back, 0);
    CHECK_EQ(time_sleeps, 200);
}

static void sleep_long(void *arg)
{
    const gale_tick until = gale_port_now() + *(const gale_tick *)arg;

    CHECK_EQ(gale_executor_sleep_until(&bench_x, until), GALE_OK);
    CHECK(gale_port_now() >= until);
}

/* @verifies TO04 */
TEST(storm, a_sleep_longer_than_the_counter_ends_at_its_deadline)
{
    static const gale_tick longer = GALE_TICKS_PER_SECOND + GALE_TICKS_PER_SECOND / 4u;
    const struct gale_thread_spec sleeper = {
        sleep_long, (void *)(uintptr_t)&longer, time_stacks[0], sizeof time_stacks[0], (GALE_PRIORITIES - 1), NULL};
    gale_tick begin;

    bench_begin();
    begin = gale_port_now();
    CHECK_EQ(gale_executor_spawn(&bench_x, &sleeper, NULL), GALE_OK);
    bench_run();
    CHECK(gale_port_now() - begin >= longer);
    CHECK(gale_port_now() - begin < 2u * longer);
}
