/* SPDX-License-Identifier: Apache-2.0 */
/** What code outside may not do, each attempt by a task of its own: it dies of exactly that, and the kernel goes on. */
#include "bench.h"
#include "board.h"

#define MPU_CTRL_ADDRESS ((volatile uint32_t *)0xe000ed94u)
#define UNTOUCHED 0x5eu
#define OVERFLOW_BYTES 8192u

/* Not in any domain. */
static GALE_ALIGNED(32) volatile uint8_t kernel_data[64];

static const struct gale_cortex_m_report *last(void)
{
    return &bench_tasks[0].last;
}

static void load(void *arg)
{
    (void)*(volatile uint8_t *)arg;
}

static void store(void *arg)
{
    *(volatile uint8_t *)arg = 1;
}

static void store_word(void *arg)
{
    *(volatile uint32_t *)arg = 1;
}

static void jump(void *arg)
{
    ((void (*)(void))(uintptr_t)arg)();
}

/** The attempt ended in `cause` at `address`, by an instruction of `attempt`. */
static void check_access(void (*attempt)(void *arg), const volatile void *address)
{
    const uint32_t code = (uint32_t)(uintptr_t)attempt & ~1u;

    CHECK_EQ(bench_fate(attempt, address), GALE_CORTEX_M_ACCESS);
    CHECK_EQ(last()->status, 0x82);
    CHECK_EQ(last()->address, (uintptr_t)address);
    CHECK(last()->pc >= code && last()->pc < code + 16u);
}

/* @verifies MD10 */
TEST(isolation, kernel_data_can_be_neither_read_nor_written)
{
    kernel_data[0] = UNTOUCHED;
    check_access(load, &kernel_data[0]);
    check_access(store, &kernel_data[0]);
    CHECK_EQ(kernel_data[0], UNTOUCHED);
}

/* @verifies MD10 */
TEST(isolation, another_stack_cannot_be_written)
{
    check_access(store, bench_stack(1));
    check_access(store, bench_stack(3) + BENCH_STACK_BYTES - 1u);
}

/* @verifies MD10 */
TEST(isolation, own_kernel_stack_and_record_cannot_be_written)
{
    check_access(store, &bench_tasks[0].thread);
    check_access(store, &bench_tasks[0].domain);
    check_access(store, &bench_tasks[0].image);
}

/* @verifies MD10 */
TEST(isolation, code_can_be_read_but_not_written)
{
    CHECK_EQ(bench_fate(load, gale_board_code), GALE_CORTEX_M_EXITED);
    check_access(store, gale_board_code + 64);
}

/* @verifies MD10 */
TEST(isolation, devices_cannot_be_reached)
{
    check_access(load, (const volatile void *)0x40004000u);
    check_access(store, (const volatile void *)0x40000000u);
}

TEST(isolation, registers_of_the_core_cannot_be_reached)
{
    CHECK_EQ(bench_fate(store_word, MPU_CTRL_ADDRESS), GALE_CORTEX_M_BUS);
    CHECK_EQ(last()->status, 0x8200);
    CHECK_EQ(last()->address, (uintptr_t)MPU_CTRL_ADDRESS);
    CHECK_EQ(bench_fate(store_word, (const volatile void *)0xe000ed04u), GALE_CORTEX_M_BUS);
    CHECK_EQ(bench_fate(store_word, (const volatile void *)0xe000e100u), GALE_CORTEX_M_BUS);
}

static void execute_stack(void *arg)
{
    volatile uint16_t code[2] = {0x4770, 0x4770}; /* bx lr */

    (void)arg;
    ((void (*)(void))((uintptr_t)code | 1u))();
}

/* @verifies MD10 */
TEST(isolation, what_can_be_written_cannot_be_executed)
{
    CHECK_EQ(bench_fate(execute_stack, NULL), GALE_CORTEX_M_FETCH);
    CHECK_EQ(last()->status & 1u, 1u);
    CHECK_EQ(bench_fate(jump, (const volatile void *)((uintptr_t)kernel_data | 1u)), GALE_CORTEX_M_FETCH);
    CHECK_EQ(bench_fate(jump, (const volatile void *)0xe000ed01u), GALE_CORTEX_M_FETCH);
}

static void overflow(void *arg)
{
    volatile uint8_t frame[OVERFLOW_BYTES];

    (void)arg;
    frame[0] = 1;
    (void)frame[0];
}

/** A word at a time, until the stack is over. */
static void overflow_slowly(void *arg)
{
    (void)arg;
    __asm__ volatile("1: push {r0}\n\tb 1b");
}

TEST(isolation, a_stack_that_overflows_ends_its_owner)
{
    uint8_t *below = bench_stack(0) - 1;

    *below = UNTOUCHED;
    (void)bench_fate(overflow_slowly, NULL);
    CHECK(last()->cause == GALE_CORTEX_M_STACK || last()->cause == GALE_CORTEX_M_ACCESS);
    (void)bench_fate(overflow, NULL);
    CHECK(last()->cause == GALE_CORTEX_M_STACK || last()->cause == GALE_CORTEX_M_ACCESS);
    CHECK_EQ(*below, UNTOUCHED);
}

static void call_on_stack_at(void *arg)
{
    __asm__ volatile("mov sp, %0\n\tmov r12, #1\n\tsvc #0" : : "r"(arg) : "r12", "memory");
}

TEST(isolation, a_call_with_the_stack_pointer_in_kernel_memory_writes_nothing_there)
{
    for (uint32_t i = 0; i < sizeof kernel_data; i++) {
        kernel_data[i] = UNTOUCHED;
    }
    CHECK_EQ(bench_fate(call_on_stack_at, kernel_data + sizeof kernel_data), GALE_CORTEX_M_STACK);
    for (uint32_t i = 0; i < sizeof kernel_data; i++) {
        CHECK_EQ(kernel_data[i], UNTOUCHED);
    }
}

static void wait_for_interrupt_on_stack_at(void *arg)
{
    __asm__ volatile("mov sp, %0\n1: b 1b" : : "r"(arg) : "memory");
}

TEST(isolation, an_interrupt_with_the_stack_pointer_in_kernel_memory_writes_nothing_there)
{
    struct bench_task *task;

    for (uint32_t i = 0; i < sizeof kernel_data; i++) {
        kernel_data[i] = UNTOUCHED;
    }
    bench_begin();
    task = bench_task(0, wait_for_interrupt_on_stack_at, (void *)(uintptr_t)(kernel_data + sizeof kernel_data));
    task->spec.slice_ticks = 2000;
    bench_spawn(task);
    bench_run();
    CHECK_EQ(task->last.cause, GALE_CORTEX_M_STACK);
    for (uint32_t i = 0; i < sizeof kernel_data; i++) {
        CHECK_EQ(kernel_data[i], UNTOUCHED);
    }
}

static void raise_rights(void *arg)
{
    uint32_t control;
    uint32_t masks = 0;

    (void)arg;
    __asm__ volatile(
        "movs r0, #0\n\tmsr control, r0\n\tisb\n\tcpsid i\n\tcpsid f\n\tmovs r0, #32\n\tmsr basepri, r0\n\t"
        "mrs %0, control\n\tmrs %1, primask"
        : "=r"(control), "=r"(masks)
        :
        : "r0", "memory");
    gale_cortex_m_call_exit(control | masks << 8);
}

TEST(isolation, rights_and_interrupt_masks_cannot_be_changed)
{
    uint32_t masks;

    CHECK_EQ(bench_fate(raise_rights, NULL), GALE_CORTEX_M_EXITED);
    CHECK_EQ(last()->status, 3);
    __asm__ volatile("mrs %0, primask" : "=r"(masks));
    CHECK_EQ(masks, 0);
}

static void breakpoint(void *arg)
{
    (void)arg;
    __asm__ volatile("bkpt 1");
}

static void semihosting_call(void *arg)
{
    (void)arg;
    __asm__ volatile("movs r0, #4\n\tbkpt 0xab" : : : "r0");
}

static void undefined(void *arg)
{
    (void)arg;
    __asm__ volatile("udf #7");
}

static void return_from_exception(void *arg)
{
    (void)arg;
    __asm__ volatile("mvn r0, #2\n\tbx r0" : : : "r0");
}

TEST(isolation, breakpoints_and_undefined_instructions_end_the_task_alone)
{
    CHECK_EQ(bench_fate(breakpoint, NULL), GALE_CORTEX_M_BREAKPOINT);
    CHECK_EQ(bench_fate(semihosting_call, NULL), GALE_CORTEX_M_BREAKPOINT);
    CHECK_EQ(bench_fate(undefined, NULL), GALE_CORTEX_M_USAGE);
    CHECK_EQ(bench_fate(jump, gale_board_code), GALE_CORTEX_M_USAGE); /* an even address: no such state */
    CHECK(bench_fate(return_from_exception, NULL) != GALE_CORTEX_M_EXITED);
}

static void bad_number(void *arg)
{
    (void)gale_cortex_m_call_own((uint32_t)(uintptr_t)arg, 0, 0, 0, 0);
}

static void wrong_objects(void *arg)
{
    uint32_t refused = 0;

    (void)arg;
    refused += gale_cortex_m_call_give(0) == GALE_EINVAL ? 1u : 0u;
    refused += gale_cortex_m_call_give(UINT32_MAX) == GALE_EINVAL ? 1u : 0u;
    refused += gale_cortex_m_call_take(0, GALE_NO_WAIT) == GALE_EINVAL ? 1u : 0u;
    refused += gale_cortex_m_call_ring(0, 1) == GALE_EPERM ? 1u : 0u;
    gale_cortex_m_call_exit(refused);
}

TEST(isolation, a_call_with_a_wrong_number_ends_the_task_and_a_wrong_object_is_refused)
{
    CHECK_EQ(bench_fate(bad_number, (const volatile void *)7), GALE_CORTEX_M_BAD_CALL);
    CHECK_EQ(last()->status, 7);
    CHECK_EQ(bench_fate(bad_number, (const volatile void *)UINTPTR_MAX), GALE_CORTEX_M_BAD_CALL);
    CHECK_EQ(bench_fate(wrong_objects, NULL), GALE_CORTEX_M_EXITED);
    CHECK_EQ(last()->status, 4);
}

static void spin(void *arg)
{
    (void)arg;
    for (;;) {
        __asm__ volatile("");
    }
}

TEST(isolation, a_loop_without_end_is_ended_by_its_budget)
{
    struct bench_task *task;
    gale_tick begin;
    gale_tick took;

    bench_begin();
    task = bench_task(0, spin, NULL);
    task->spec.budget_ticks = 2u * BENCH_MILLISECOND;
    begin = gale_port_now();
    bench_spawn(task);
    bench_run();
    took = gale_port_now() - begin;
    CHECK_EQ(task->last.cause, GALE_CORTEX_M_RUNAWAY);
    CHECK(task->last.pc >= ((uintptr_t)spin & ~1u) && task->last.pc < ((uintptr_t)spin & ~1u) + 8u);
    CHECK(took >= task->spec.budget_ticks);
}

/* ---- arguments that are pointers ----------------------------------------------------------------------------- */

static int32_t copy_call(struct gale_cortex_m_thread *t, uint32_t number, const uint32_t args[4])
{
    uint8_t copy[16] = {0};
    int32_t status = GALE_EINVAL;

    if (args[1] <= sizeof copy && number == GALE_CORTEX_M_CALL_OWN) {
        status = gale_cortex_m_copy_in(t, copy, (const void *)(uintptr_t)args[0], args[1]);
    } else if (args[1] <= sizeof copy) {
        status = gale_cortex_m_copy_out(t, (void *)(uintptr_t)args[0], copy, args[1]);
    }
    return status;
}

/** How many of six pointers the kernel refuses. */
static void hand_in_pointers(void *arg)
{
    const uint32_t call = GALE_CORTEX_M_CALL_OWN + (uint32_t)(uintptr_t)arg;
    const uint32_t stack = (uint32_t)(uintptr_t)__builtin_frame_address(0) & ~(BENCH_STACK_BYTES - 1u);
    uint32_t refused = 0;

    refused += gale_cortex_m_call_own(call, (uint32_t)(uintptr_t)kernel_data, 1, 0, 0) == GALE_EINVAL ? 1u : 0u;
    refused += gale_cortex_m_call_own(call, stack + BENCH_STACK_BYTES - 1u, 2, 0, 0) == GALE_EINVAL ? 1u : 0u;
    refused += gale_cortex_m_call_own(call, stack - 1u, 2, 0, 0) == GALE_EINVAL ? 1u : 0u;
    refused += gale_cortex_m_call_own(call, 0xe000ed94u, 4, 0, 0) == GALE_EINVAL ? 1u : 0u;
    refused += gale_cortex_m_call_own(call, UINT32_MAX, 2, 0, 0) == GALE_EINVAL ? 1u : 0u;
    refused += gale_cortex_m_call_own(call, stack, 16, 0, 0) == GALE_OK ? 16u : 0u;
    gale_cortex_m_call_exit(refused);
}

TEST(isolation, pointers_in_calls_are_used_with_the_rights_of_the_caller)
{
    for (uintptr_t out = 0; out < 2; out++) {
        struct bench_task *task;

        kernel_data[0] = UNTOUCHED;
        bench_begin();
        task = bench_task(0, hand_in_pointers, (void *)out);
        task->spec.call = copy_call;
        bench_spawn(task);
        bench_run();
        CHECK_EQ(task->last.cause, GALE_CORTEX_M_EXITED);
        CHECK_EQ(task->last.status, 16 + 5);
        CHECK_EQ(kernel_data[0], UNTOUCHED);
    }
}

/* ---- every byte around every partition ----------------------------------------------------------------------- */

#define SCAN_MARGIN 64u
#define SCAN_DONE 15u /* no call has this number */

static GALE_ALIGNED(1024) uint8_t scan_arena[4096];
static GALE_ALIGNED(1024) uint8_t scan_ring_out[1024];
static GALE_ALIGNED(1024) uint8_t scan_ring_in[1024];

static struct {
    uint32_t partition;
    uint32_t offset;
    bool stores;
    uintptr_t address;
    uint32_t probes;
    uint32_t faults;
} scan;

/* What works ends by a bad call, since after an exit a task does not begin again. */
static void scan_load(void *arg)
{
    load(arg);
    (void)gale_cortex_m_call_own(SCAN_DONE, 0, 0, 0, 0);
}

static void scan_store(void *arg)
{
    store(arg);
    (void)gale_cortex_m_call_own(SCAN_DONE, 0, 0, 0, 0);
}

/** What is expected to work leaves the byte as it is. */
static void scan_store_same(void *arg)
{
    *(volatile uint8_t *)arg = *(volatile uint8_t *)arg;
    (void)gale_cortex_m_call_own(SCAN_DONE, 0, 0, 0, 0);
}

static uint32_t scan_needs(void)
{
    return scan.stores ? GALE_MPU_RW : GALE_MPU_RO;
}

static bool scan_is_granted(const struct bench_task *task)
{
    return gale_mem_domain_contains(&task->domain, scan.address, 1, scan_needs());
}

/** The next address: those around the beginning of a partition, then those around its end; false after the last. */
static bool scan_next(struct bench_task *task)
{
    const struct gale_mem_partition *p;
    uintptr_t centre;

    scan.offset++;
    if (scan.offset == 4u * SCAN_MARGIN) {
        scan.offset = 0;
        scan.partition++;
    }
    if (scan.partition == task->domain.count) {
        scan.partition = 0;
        if (scan.stores) {
            return false;
        }
        scan.stores = true;
    }
    p = &task->domain.partitions[scan.partition];
    centre = scan.offset < 2u * SCAN_MARGIN ? p->start : p->start + p->size;
    scan.address = centre + scan.offset % (2u * SCAN_MARGIN) - SCAN_MARGIN;
    if (scan.address >= 0xe0000000u) {
        scan.address = p->start; /* below address 0 there is no neighbour */
    }
    if (!scan.stores) {
        task->spec.entry = scan_load;
    } else {
        task->spec.entry = scan_is_granted(task) ? scan_store_same : scan_store;
    }
    task->spec.arg = (void *)scan.address;
    return true;
}

static bool scan_ended(struct gale_cortex_m_thread *t, const struct gale_cortex_m_report *report)
{
    struct bench_task *task = t->context;
    const bool granted = scan_is_granted(task);

    scan.probes++;
    scan.faults += granted ? 0u : 1u;
    test_note("address", scan.address);
    test_note("stores", scan.stores);
    CHECK_EQ(report->cause, granted ? GALE_CORTEX_M_BAD_CALL : GALE_CORTEX_M_ACCESS);
    CHECK_EQ(report->address, granted ? 0 : scan.address);
    return scan_next(task);
}

static void scan_stream(struct bench_task *task, struct gale_shared_stream_region *region, uint8_t *block,
                        enum gale_shared_stream_region_side side)
{
    struct gale_shared_stream_region_layout layout;

    CHECK_EQ(gale_shared_stream_region_layout_init(GALE_CORTEX_M_RULES, 4, 32, &layout), GALE_OK);
    CHECK_EQ(gale_shared_stream_region_init(region, &layout, block, 1024), GALE_OK);
    CHECK_EQ(gale_shared_stream_region_grant(region, side, &task->domain), GALE_OK);
}

/* @verifies MD07 MD08 MD09 MD10 */
TEST(isolation, every_byte_around_every_partition_faults_exactly_where_nothing_is_granted)
{
    static struct gale_shared_stream_region out, in;
    struct bench_task *task;

    bench_begin();
    task = bench_task(0, scan_load, NULL);
    bench_grant(task, &scan_arena[0], 256, GALE_MPU_RW);
    bench_grant(task, &scan_arena[1024], 32, GALE_MPU_RO);
    scan_stream(task, &out, scan_ring_out, GALE_SHARED_STREAM_REGION_WRITER);
    scan_stream(task, &in, scan_ring_in, GALE_SHARED_STREAM_REGION_READER);
    CHECK_EQ(task->domain.count, GALE_CORTEX_M_REGIONS);
    task->spec.ended = scan_ended;
    task->spec.restarts = UINT32_MAX;
    scan.partition = 0;
    scan.offset = UINT32_MAX;
    scan.stores = false;
    scan.probes = 0;
    scan.faults = 0;
    (void)scan_next(task);
    bench_spawn(task);
    bench_run();
    CHECK_EQ(scan.probes, 2u * GALE_CORTEX_M_REGIONS * 4u * SCAN_MARGIN);
    CHECK(scan.faults > scan.probes / 4u);
}
