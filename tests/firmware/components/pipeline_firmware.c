/* SPDX-License-Identifier: Apache-2.0 */
/** The pipeline of examples/components as firmware: source, filter and sink, each unprivileged behind the MPU. */
#include "isolate.h"
#include "semihosting.h"
#include "sensor.h"
#include "test.h"

#include "describe.h"
#include "gale/component/store.h"

static void show(const char *text, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++) {
        semihosting_put(text[i]);
    }
}

/* @verifies MD10 */
TEST(pipeline, isolated_components_answer_an_interrupt_as_on_the_host)
{
    bool failed = true;

    CHECK_EQ(sensor_run(2000, &failed), GALE_OK);
    show(sensor_output, sensor_output_bytes);
    CHECK(!failed);
    CHECK(sensor_output_is_right());
    CHECK_EQ(gale_store_trap(gale_program.store)->code, GALE_TRAP_NONE);
    CHECK(sensor_interrupts >= 600);
    CHECK_EQ(gale_isolate_count, 3);
    for (uint32_t i = 0; i < gale_isolate_count; i++) {
        CHECK(!gale_isolates[i]->instance->poisoned);
        CHECK_EQ(gale_isolates[i]->state->busy, 0);
    }
}

TEST(pipeline, begins_anew_as_often_as_wanted)
{
    for (uint32_t i = 0; i < 5; i++) {
        bool failed = true;
        CHECK_EQ(sensor_run(500 + 700 * i, &failed), GALE_OK);
        CHECK(!failed && sensor_output_is_right());
    }
}
