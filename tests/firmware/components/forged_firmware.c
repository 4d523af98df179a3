/* SPDX-License-Identifier: Apache-2.0 */
/** A forged pointer in the place of a guest's linear memory: its next access goes elsewhere, and must not get there. */
#include <string.h>

#include "board.h"
#include "contain.h"
#include "describe.h"
#include "sensor.h"
#include "test.h"

#include "gale/component/store.h"

#define MPU_REGISTERS 0xe000ed90u

static enum contain_victim forged_victim;
static uint8_t *forged_base;

/** The guest's own record of its memory: what it goes by, and could write itself. */
static void forge(void)
{
    wasm_rt_memory_t *memory = (wasm_rt_memory_t *)(uintptr_t)gale_isolates[forged_victim]->memories[0].claimed;

    memory->data = forged_base;
}

static struct contain_fate fate_of(enum contain_victim victim, uint32_t moment, uintptr_t base)
{
    forged_victim = victim;
    forged_base = (uint8_t *)base;
    return contain_run(victim, moment, forge);
}

static void check_fault_near(const struct contain_fate *fate, uintptr_t base, size_t bytes)
{
    const struct gale_cortex_m_report *r = &fate->report;

    CHECK_EQ(fate->trap.code, GALE_TRAP_CORE);
    CHECK_EQ(fate->trap.value, GALE_ISOLATE_FAULT + (uint32_t)r->cause);
    CHECK(r->address >= base && r->address - base < bytes);
    CHECK(r->pc >= (uintptr_t)gale_board_code && r->pc < (uintptr_t)gale_board_code_end);
}

static void check_everywhere(enum contain_victim victim, uint32_t moment)
{
    const uint32_t peer = ((uint32_t)victim + 1u) % gale_isolate_count;
    const size_t bytes = gale_isolates[victim]->memories[0].bytes;
    const uintptr_t bases[] = {(uintptr_t)contain_kernel, (uintptr_t)gale_isolates[peer]->memories[0].storage,
                               (uintptr_t)gale_program.store_memory->stack_memory};

    test_note("victim", (uint64_t)victim);
    test_note("moment", moment);
    for (uint32_t i = 0; i < sizeof bases / sizeof bases[0] && test_failures() == 0; i++) {
        test_note("base", bases[i]);
        const struct contain_fate fate = fate_of(victim, moment, bases[i]);
        CHECK_EQ(fate.report.cause, GALE_CORTEX_M_ACCESS);
        check_fault_near(&fate, bases[i], bytes);
    }
}

/* @verifies MD12 */
TEST(forged, a_base_elsewhere_faults_and_stops_that_instance_alone)
{
    for (uint32_t moment = 1; moment <= 10000; moment = moment * 3u + 117u) {
        for (uint32_t victim = CONTAIN_SOURCE; victim <= CONTAIN_SINK && test_failures() == 0; victim++) {
            check_everywhere((enum contain_victim)victim, moment);
        }
    }
}

TEST(forged, a_base_in_the_registers_of_the_core_faults_on_the_bus)
{
    const struct contain_fate fate = fate_of(CONTAIN_SOURCE, 900, MPU_REGISTERS);

    CHECK(fate.report.cause == GALE_CORTEX_M_BUS || fate.report.cause == GALE_CORTEX_M_ACCESS);
}

/** The later the source dies, the more of its entries have arrived, and what has arrived is counted. */
TEST(forged, what_was_sent_before_is_delivered)
{
    const struct contain_fate early = fate_of(CONTAIN_SOURCE, 1, (uintptr_t)contain_kernel);
    const struct contain_fate half = fate_of(CONTAIN_SOURCE, 5500, (uintptr_t)contain_kernel);
    const struct contain_fate late = fate_of(CONTAIN_SOURCE, 10500, (uintptr_t)contain_kernel);

    CHECK(early.entries < 10);
    CHECK(half.entries > 10);
    CHECK(late.entries > half.entries + 10);
}

TEST(forged, nothing_is_left_of_it_when_the_program_begins_anew)
{
    bool failed = true;

    for (uint32_t i = 0; i < 20; i++) {
        (void)fate_of((enum contain_victim)(i % 3u), 1 + 500 * i, (uintptr_t)contain_kernel);
    }
    CHECK_EQ(sensor_run(2000, &failed), GALE_OK);
    CHECK(!failed && sensor_output_is_right());
}
