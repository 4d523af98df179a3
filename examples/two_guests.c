/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Two component instances in plain C, no WebAssembly: `logger` calls readings: async func() -> stream<u32> of `sensor`,
 * and both use the canonical built-ins as translated components would. Both wait by callback; neither has a stack.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gale/component/canon.h"

GALE_STORE_MEMORY_DEFINE(demo, 2, 16, 0, 2, 4, 2, 2, 1, 1, 1, 65536, 65536);

static struct gale_store store;
static struct gale_instance sensor, logger;
static uint8_t pages[2][65536];
static struct gale_memory memory[2] = {{pages[0], 65536, 1, 1}, {pages[1], 65536, 1, 1}};
static const struct gale_value_options of_sensor = {&memory[0], NULL, 0}, of_logger = {&memory[1], NULL, 0};
static const struct gale_value_type reading = {4, 4, GALE_VALUE_NUMBER, NULL};
static const struct gale_copy_options out = {&reading, &of_sensor, true}, in = {&reading, &of_logger, true};
static uint32_t in_end, in_set, received;

enum { EXIT, WAIT = 2, READINGS = 10, ROOM = 4, AT = 64, RESULT = 256 };
static const uint32_t celsius[READINGS] = {20, 20, 21, 21, 22, 22, 23, 24, 25, 26};

static void sensor_readings(void *guest, const union gale_flat *params, union gale_flat *results)
{
    const uint64_t ends = gale_canon_stream_new(&sensor, &out);
    const union gale_flat stream[1] = {{(uint32_t)ends}};
    const uint32_t set = gale_canon_waitable_set_new(&sensor), writable = (uint32_t)(ends >> 32);

    (void)guest, (void)params;
    memcpy(pages[0] + AT, celsius, sizeof celsius);
    gale_canon_task_return(&sensor, &reading, &of_sensor, stream); /* the caller reads while we go on */
    gale_canon_waitable_join(&sensor, writable, set);
    (void)gale_canon_stream_write(&sensor, &out, writable, AT, READINGS);
    results[0].i32 = WAIT | set << 4;
}

static uint32_t sensor_event(void *guest, uint32_t event, uint32_t end, uint32_t packed)
{
    (void)guest, (void)event;
    printf("sensor: %" PRIu32 " readings are gone\n", packed >> 4);
    gale_canon_stream_drop_writable(&sensor, &out, end);
    return EXIT;
}

/* What a code generator would write: lift the stream from the sensor, lower it into the logger. */
static void move_stream(const struct gale_transfer *t, const union gale_flat *from, const union gale_flat *args,
                        union gale_flat *to)
{
    (void)to;
    memcpy(gale_value_at(&t->to, args[0].i32, 4, 4), &(uint32_t){gale_value_move_stream(t, &reading, from[0].i32)}, 4);
}
#define CALLBACK (GALE_FUNC_ASYNC_TYPE | GALE_FUNC_ASYNC | GALE_FUNC_CALLBACK)
static const struct gale_func readings = {&sensor, &of_sensor, CALLBACK, &reading, sensor_readings, sensor_event, NULL};
static const struct gale_binding import = {&readings, NULL, &of_logger, GALE_LOWER_ASYNC, 1, NULL, move_stream};

static uint32_t logger_event(void *guest, uint32_t event, uint32_t end, uint32_t packed)
{
    (void)guest, (void)event, (void)end;
    for (; packed != GALE_CANON_BLOCKED; packed = gale_canon_stream_read(&logger, &in, in_end, AT, ROOM)) {
        received += packed >> 4;
        printf("  logger: %" PRIu32 " readings from %d degrees on\n", packed >> 4, pages[1][AT]);
        if ((packed & 15) == GALE_COPY_DROPPED) {
            gale_canon_task_return(&logger, NULL, &of_logger, NULL);
            return EXIT;
        }
    }
    return WAIT | in_set << 4;
}

static void logger_run(void *guest, const union gale_flat *params, union gale_flat *results)
{
    const union gale_flat args[1] = {{RESULT}};

    (void)params;
    (void)gale_canon_lower(&logger, &import, args, NULL);
    memcpy(&in_end, pages[1] + RESULT, 4);
    in_set = gale_canon_waitable_set_new(&logger);
    gale_canon_waitable_join(&logger, in_end, in_set);
    results[0].i32 = logger_event(guest, 0, in_end, gale_canon_stream_read(&logger, &in, in_end, AT, ROOM));
}

int main(void)
{
    static const struct gale_func run = {&logger, &of_logger, CALLBACK, NULL, logger_run, logger_event, NULL};
    static const struct gale_binding call_run = {&run, NULL, NULL, 0, 0, NULL, NULL};
    const struct gale_instance_budget budget = {8, 1, 1, 1, 1, 1, 0};
    struct gale_host_task task = {0};
    (void)gale_store_init(&store, &demo_memory);
    (void)gale_instance_init(&sensor, &store, NULL, &budget, NULL);
    (void)gale_instance_init(&logger, &store, NULL, &budget, NULL);
    (void)gale_store_invoke(&store, &call_run, NULL, NULL, &task);
    (void)gale_store_run(&store, GALE_FOREVER);
    printf("%" PRIu32 " readings arrived, the call has %s\n", received, task.resolved ? "returned" : "not returned");
    return received == READINGS && task.resolved ? 0 : 1;
}
