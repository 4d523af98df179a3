/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Two threads of one executor and a typed ring of four readings between them. The sensor is faster than the reader, so
 * the ring fills and the sensor waits: backpressure. Nothing is lost; both end when the sensor closes its end.
 */
#include <inttypes.h>
#include <stdio.h>

#include "gale/async/typed_ring_buf.h"
#include "gale/kernel/event.h"
#include "gale/kernel/executor.h"

#define READINGS 12u
#define SPACE 1u /* Event bits: the reader made room, the sensor added data. */
#define DATA 2u

struct reading {
    uint32_t sequence;
    int32_t millidegrees;
};

GALE_TYPED_RING_BUF_DEFINE(readings, struct reading, 4);
GALE_EXECUTOR_MEMORY_DEFINE(demo, 2, 0, 0, GALE_EVENT_LISTS);

static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t stacks[2][65536];
static struct gale_executor executor;
static struct gale_event ring_changed;
static uint32_t sensor_waits;
static uint32_t received;
static int32_t sum;

static void sensor(void *arg)
{
    (void)arg;
    for (uint32_t i = 0; i < READINGS; i++) {
        const struct reading r = {i, 20000 + 250 * (int32_t)i};
        while (readings_write(&r) == GALE_EAGAIN) {
            printf("  sensor: ring full, waiting to write reading %" PRIu32 "\n", i);
            sensor_waits++;
            (void)gale_event_wait(&ring_changed, SPACE, GALE_EVENT_CLEAR, GALE_FOREVER, NULL);
        }
        gale_event_post(&ring_changed, DATA);
    }
    readings_write_close();
    gale_event_post(&ring_changed, DATA);
}

/* Takes what is there, in place. False at the end of the stream. */
static bool drain(void)
{
    const struct reading *run = NULL;
    const int32_t n = readings_read_claim(4, &run);

    for (int32_t i = 0; i < n; i++) {
        sum += run[i].millidegrees;
    }
    if (n > 0) {
        printf("reader: %" PRId32 " readings in place, from number %" PRIu32 "\n", n, run[0].sequence);
        received += (uint32_t)n;
        (void)readings_read_release((uint32_t)n);
        gale_event_post(&ring_changed, SPACE);
    }
    return n != GALE_EPIPE;
}

static void reader(void *arg)
{
    (void)arg;
    while (drain()) {
        (void)gale_event_wait(&ring_changed, DATA, GALE_EVENT_CLEAR, GALE_FOREVER, NULL);
    }
}

static void spawn(void (*entry)(void *arg), unsigned i)
{
    const struct gale_thread_spec spec = {entry, NULL, stacks[i], sizeof stacks[i], 10, NULL};
    (void)gale_executor_spawn(&executor, &spec, NULL);
}

int main(void)
{
    const int32_t expected = (int32_t)READINGS * 20000 + 250 * (int32_t)(READINGS * (READINGS - 1) / 2);

    (void)gale_executor_init(&executor, &demo_memory);
    (void)gale_event_init(&ring_changed, &executor);
    spawn(sensor, 0);
    spawn(reader, 1);
    (void)gale_executor_run(&executor);
    printf("%" PRIu32 " of %u readings arrived, the sensor waited %" PRIu32 " times, mean %" PRId32 " millidegrees\n",
           received, READINGS, sensor_waits, sum / (int32_t)READINGS);
    return received == READINGS && sum == expected && sensor_waits > 0 ? 0 : 1;
}
