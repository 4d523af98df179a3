/* SPDX-License-Identifier: Apache-2.0 */
#include "contain.h"

#include <string.h>

#include "describe.h"
#include "port.h"
#include "sensor.h"
#include "test.h"

#include "component/runtime.h"

uint8_t contain_kernel[8192];

static uint32_t contain_moment;
static void (*contain_strike)(void);
static bool contain_up, contain_done;

/** The source runs outside, and on nobody's behalf: the calls that brought all up are over, and none has another's frames. */
static bool contain_is_up(void)
{
    const struct gale_store *s = gale_program.store;
    const gale_id thread = s->current;

    return gale__cortex_m_state.outside != NULL && s->live_ends > 0 && thread != GALE_ID_NONE &&
           gale__thread(s, thread)->resumer == GALE_ID_NONE &&
           gale__thread_instance(s, gale__thread(s, thread)) == gale_isolates[CONTAIN_SOURCE]->instance;
}

/* Once. */
static void contain_hook(void)
{
    contain_up = contain_up || contain_is_up();
    if (contain_up && !contain_done && sensor_sent >= contain_moment) {
        contain_done = true;
        contain_strike();
    }
}

static bool contain_kernel_is_whole(void)
{
    for (uint32_t i = 0; i < sizeof contain_kernel; i++) {
        if (contain_kernel[i] != (uint8_t)(i * 7u)) {
            return false;
        }
    }
    return true;
}

/** The second column of the table, added up; every line must have four. */
static uint32_t contain_count_entries(void)
{
    uint32_t column = 0, count = 0, sum = 0;

    for (uint32_t i = 0; i < sensor_output_bytes; i++) {
        const char c = sensor_output[i];
        if (c == ' ' || c == '\n') {
            CHECK(c == ' ' ? column < 3 : column == 3);
            sum += column == 1 ? count : 0;
            count = 0;
            column = c == ' ' ? column + 1 : 0;
        } else if (column == 1) {
            count = count * 10 + (uint32_t)(c - '0');
        }
    }
    CHECK_EQ(column, 0);
    return sum;
}

/* Whoever writes to the victim calls its realloc: where that ends, its writer has a frame on the flow that is gone. */
static void contain_check_poisoned(uint32_t victim)
{
    for (uint32_t i = 0; i < gale_isolate_count; i++) {
        const struct gale_instance *instance = gale_isolates[i]->instance;
        CHECK(i == victim ? instance->poisoned : !instance->poisoned || i + 1u == victim);
        CHECK(!instance->poisoned || instance->trap.instance == gale_isolates[victim]->instance);
        CHECK_EQ(gale_isolates[i]->state->busy != 0, instance->poisoned);
    }
}

static void contain_check_peers(enum contain_victim victim, int status, bool failed)
{
    contain_check_poisoned((uint32_t)victim);
    CHECK_EQ(status, victim == CONTAIN_SINK ? GALE_ETRAP : GALE_OK);
    CHECK(victim == CONTAIN_SINK || !failed);
    CHECK(gale_store_is_valid(gale_program.store));
    CHECK_EQ(gale_program.store->live_tasks, 0);
    CHECK_EQ(gale_program.store->live_ends, 0);
    CHECK(contain_kernel_is_whole());
}

struct contain_fate contain_run(enum contain_victim victim, uint32_t moment, void (*strike)(void))
{
    struct contain_fate fate;
    bool failed = true;
    int status;

    for (uint32_t i = 0; i < sizeof contain_kernel; i++) {
        contain_kernel[i] = (uint8_t)(i * 7u);
    }
    contain_moment = moment;
    contain_strike = strike;
    contain_up = false;
    contain_done = false;
    sensor_hook = contain_hook;
    status = sensor_run(2000, &failed);
    sensor_hook = NULL;
    CHECK(contain_done);
    contain_check_peers(victim, status, failed);
    fate.trap = gale_isolates[victim]->instance->trap;
    fate.report = gale_isolates[victim]->state->last;
    fate.entries = contain_count_entries();
    return fate;
}
