/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Code that is no WebAssembly in the place of a guest's: it runs with the guest's rights, and tries what those must not
 * allow. Each attack takes the place of the source's imports in its function table.
 */
#include "contain.h"
#include "lowered.h"
#include "sensor.h"
#include "test.h"

#define MPU_CTRL 0xe000ed94u
#define SEMIHOSTING_EXIT "movs r0, #0x20\n\tbkpt 0xab"

static void (*attack)(void);

/* The table that wit-component's shim calls imports by: a word of the guest's own memory. */
static void plant(void)
{
    for (uint32_t i = 0; i < GALE_TABLE_0_0_COUNT; i++) {
        table_0_0[i].func = attack;
    }
}

static struct contain_fate fate_of(void (*code)(void))
{
    attack = code;
    return contain_run(CONTAIN_SOURCE, 600, plant);
}

static enum gale_cortex_m_cause cause_of(void (*code)(void))
{
    const struct contain_fate fate = fate_of(code);

    CHECK_EQ(fate.trap.code, GALE_TRAP_CORE);
    CHECK_EQ(fate.trap.value, GALE_ISOLATE_FAULT + (uint32_t)fate.report.cause);
    return fate.report.cause;
}

/* ---- memory -------------------------------------------------------------------------------------------------- */

/** An address of which the compiler knows nothing. */
static inline volatile uint8_t *anywhere(uintptr_t address)
{
    __asm__("" : "+r"(address));
    return (volatile uint8_t *)address;
}

#define LOAD(name, address)                    \
    static void name(void)                     \
    {                                          \
        (void)*anywhere((uintptr_t)(address)); \
    }
#define STORE(name, address)                 \
    static void name(void)                   \
    {                                        \
        *anywhere((uintptr_t)(address)) = 1; \
    }

LOAD(load_below, (uintptr_t)gale_block_1.bytes - 1u)
STORE(store_below, (uintptr_t)gale_block_1.bytes - 1u)
LOAD(load_above, gale_block_1.bytes + sizeof gale_block_1)
STORE(store_above, gale_block_1.bytes + sizeof gale_block_1)
LOAD(load_kernel, contain_kernel)
STORE(store_kernel, contain_kernel)
LOAD(load_peer, memory_1)
STORE(store_peer, memory_1)
STORE(store_peer_record, &gale_core_4)
STORE(store_view, &gale_view_0)
STORE(store_state, gale_isolate_1.state)
STORE(store_code, gale_gates)
STORE(store_mpu, MPU_CTRL)

TEST(hostile, reaches_its_block_and_not_a_byte_more)
{
    static void (*const attacks[])(void) = {load_below,  store_below,  load_above, store_above,
                                            load_kernel, store_kernel, load_peer,  store_peer,
                                            store_view,  store_state,  store_code, store_peer_record};

    for (uint32_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        test_note("attack", i);
        CHECK_EQ(cause_of(attacks[i]), GALE_CORTEX_M_ACCESS);
    }
    CHECK_EQ(cause_of(store_mpu), GALE_CORTEX_M_BUS);
}

static void store_both_ends(void)
{
    volatile uint8_t *block = gale_block_1.bytes;

    block[0] = block[0];
    block[sizeof gale_block_1 - 1u] = 1;
    wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
}

TEST(hostile, reaches_the_first_and_the_last_byte_of_its_block)
{
    const struct contain_fate fate = fate_of(store_both_ends);

    CHECK_EQ(fate.trap.code, GALE_TRAP_UNREACHABLE);
    CHECK_EQ(fate.report.cause, GALE_CORTEX_M_ALIVE);
}

/* ---- gates --------------------------------------------------------------------------------------------------- */

/** The number of a gate of an instance that has so many parameters and results. */
static uint32_t gate_of(const struct gale_isolate *isolate, uint32_t params, uint32_t results)
{
    uint32_t n = 0;

    while (n < isolate->gate_count && (gale_gates[n].instance != isolate->instance || gale_gates[n].params != params ||
                                       gale_gates[n].results != results)) {
        n++;
    }
    return n;
}

static void call_gate_of_peer(void)
{
    union gale_flat flats[8] = {{0}};

    gale_isolate_call(gate_of(&gale_isolate_3, 0, 1), flats);
}

static void call_gate_beyond(void)
{
    union gale_flat flats[8] = {{0}};

    gale_isolate_call(gale_isolate_1.gate_count, flats);
}

static void call_gate_far_beyond(void)
{
    union gale_flat flats[8] = {{0}};

    gale_isolate_call(0xffffffffu, flats);
}

static void pass_kernel_memory(void)
{
    gale_isolate_call(gate_of(&gale_isolate_1, 3, 1), (union gale_flat *)(void *)contain_kernel);
}

static void want_result_in_kernel(void)
{
    gale_isolate_call(gate_of(&gale_isolate_1, 0, 1), (union gale_flat *)(void *)contain_kernel);
}

static void want_result_in_peer(void)
{
    gale_isolate_call(gate_of(&gale_isolate_1, 0, 1), (union gale_flat *)(void *)memory_1);
}

static void pass_across_the_end(void)
{
    gale_isolate_call(gate_of(&gale_isolate_1, 3, 1),
                      (union gale_flat *)(void *)(gale_block_1.bytes + sizeof gale_block_1 - 8u));
}

TEST(hostile, passes_no_gate_but_its_own_and_no_memory_but_its_own)
{
    static void (*const attacks[])(void) = {call_gate_of_peer,  call_gate_beyond,      call_gate_far_beyond,
                                            pass_kernel_memory, want_result_in_kernel, want_result_in_peer,
                                            pass_across_the_end};

    for (uint32_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        test_note("attack", i);
        CHECK_EQ(cause_of(attacks[i]), GALE_CORTEX_M_BAD_CALL);
    }
}

/** Claims a memory of 4 GiB, and writes elements that lie behind its own into a stream that it has just made. */
static void write_from_beyond(void)
{
    union gale_flat flats[3] = {{0}};

    gale_isolate_call(gate_of(&gale_isolate_1, 0, 1), flats); /* stream.new */
    flats[0].i64 >>= 32;
    flats[1].i64 = sizeof memory_0 - 32u;
    flats[2].i64 = 2;
    gale_core_1.w2c_mem0.size = 0xffffffffu;
    gale_isolate_call(gate_of(&gale_isolate_1, 3, 1) + 1u, flats); /* stream.write, behind stream.read */
}

TEST(hostile, is_not_believed_how_much_memory_it_has)
{
    CHECK_EQ(fate_of(write_from_beyond).trap.code, GALE_TRAP_OUT_OF_BOUNDS);
}

/** A forged address: the runtime goes by its own. */
static void write_from_elsewhere(void)
{
    union gale_flat flats[3] = {{0}};

    gale_core_1.w2c_mem0.data = contain_kernel;
    gale_isolate_call(gate_of(&gale_isolate_1, 0, 1), flats); /* stream.new */
    flats[0].i64 >>= 32;
    flats[1].i64 = 0;
    flats[2].i64 = 1;
    gale_isolate_call(gate_of(&gale_isolate_1, 3, 1) + 1u, flats); /* stream.write: pends */
    wasm_rt_trap(flats[0].i32 == 0xffffffffu ? WASM_RT_TRAP_INT_OVERFLOW : WASM_RT_TRAP_OOB);
}

TEST(hostile, is_not_believed_where_its_memory_is)
{
    const struct contain_fate fate = fate_of(write_from_elsewhere);

    CHECK_EQ(fate.trap.code, GALE_TRAP_CORE);
    CHECK_EQ(fate.trap.value, WASM_RT_TRAP_INT_OVERFLOW);
}

/* ---- calls and instructions ---------------------------------------------------------------------------------- */

static void call_unknown(void)
{
    (void)gale_cortex_m_call_own(GALE_CORTEX_M_CALL_OWN + 2u, 0, 0, 0, 0);
}

static void call_yield(void)
{
    (void)gale_cortex_m_call_yield();
}

static void call_sleep(void)
{
    (void)gale_cortex_m_call_sleep(GALE_FOREVER);
}

static void call_take(void)
{
    (void)gale_cortex_m_call_take(0, GALE_FOREVER);
}

static void call_give(void)
{
    (void)gale_cortex_m_call_give(0);
}

static void call_ring(void)
{
    (void)gale_cortex_m_call_ring(0, 1);
}

TEST(hostile, calls_of_threads_are_not_for_guests)
{
    static void (*const attacks[])(void) = {call_unknown, call_yield, call_sleep, call_take, call_give, call_ring};

    for (uint32_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        test_note("attack", i);
        CHECK_EQ(cause_of(attacks[i]), GALE_CORTEX_M_BAD_CALL);
    }
}

static void break_point(void)
{
    __asm__ volatile("bkpt 1");
}

static void leave_by_semihosting(void)
{
    __asm__ volatile(SEMIHOSTING_EXIT ::: "r0", "r1");
}

static void undefined(void)
{
    __asm__ volatile("udf #0");
}

static void execute_data(void)
{
    ((void (*)(void))((uintptr_t)memory_0 | 1u))();
}

TEST(hostile, instructions_that_it_must_not_execute_end_it)
{
    CHECK_EQ(cause_of(break_point), GALE_CORTEX_M_BREAKPOINT);
    CHECK_EQ(cause_of(leave_by_semihosting), GALE_CORTEX_M_BREAKPOINT);
    CHECK_EQ(cause_of(undefined), GALE_CORTEX_M_USAGE);
    CHECK_EQ(cause_of(execute_data), GALE_CORTEX_M_FETCH);
}

/** Its stack is the lowest of its block: it ends where the block does. */
static uint32_t dive(volatile uint32_t *above)
{
    volatile uint32_t here[16] = {*above};

    return here[0] == 0 ? dive(here) + here[1] : here[2];
}

static void overflow_stack(void)
{
    volatile uint32_t top = 0;

    (void)dive(&top);
}

TEST(hostile, stack_overflow_is_a_fault)
{
    const struct contain_fate fate = fate_of(overflow_stack);

    CHECK(fate.report.cause == GALE_CORTEX_M_STACK || fate.report.cause == GALE_CORTEX_M_ACCESS);
    CHECK_EQ(fate.trap.code, fate.report.cause == GALE_CORTEX_M_STACK ? GALE_TRAP_DEPTH : GALE_TRAP_CORE);
}

static void run_for_ever(void)
{
    for (;;) {
        __asm__ volatile("");
    }
}

TEST(hostile, running_for_ever_ends_with_its_budget)
{
    CHECK_EQ(cause_of(run_for_ever), GALE_CORTEX_M_RUNAWAY);
}

TEST(hostile, nothing_of_all_that_is_left)
{
    bool failed = true;

    CHECK_EQ(sensor_run(2000, &failed), GALE_OK);
    CHECK(!failed && sensor_output_is_right());
}
