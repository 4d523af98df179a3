/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor.h"

#include <string.h>

#include "gale/port_cortex_m.h"
#include "stdio.h"
#include "test.h"
#include "timer.h"

#define SENSOR_FIFO 16u
#define SENSOR_RING 64u

volatile uint32_t sensor_interrupts, sensor_sent;
void (*volatile sensor_hook)(void);
char sensor_output[1024];
uint32_t sensor_output_bytes;

static struct gale_typed_ring_buf sensor_ring;
static struct gale_typed_ring_buf_writer sensor_writer;
static struct gale_typed_ring_buf_reader sensor_reader;
static uint8_t sensor_data[SENSOR_RING];

static void sensor_interrupt(uint32_t number)
{
    const uint32_t bytes = (uint32_t)(records_end - records);
    const uint32_t left = bytes - sensor_sent;
    int32_t n;

    (void)number;
    timer_acknowledge();
    sensor_interrupts++;
    if (sensor_hook != NULL) {
        sensor_hook();
    }
    n = gale_typed_ring_buf_write_n(&sensor_writer, records + sensor_sent, left < SENSOR_FIFO ? left : SENSOR_FIFO);
    sensor_sent += n > 0 ? (uint32_t)n : 0;
    if (sensor_sent == bytes) {
        gale_typed_ring_buf_write_close(&sensor_writer);
        timer_every(0);
    }
    stdio_input_changed();
}

static int32_t sensor_collect(const uint8_t *bytes, uint32_t count)
{
    const uint32_t room = sizeof sensor_output - sensor_output_bytes;
    const uint32_t n = count < room ? count : room;

    memcpy(sensor_output + sensor_output_bytes, bytes, n);
    sensor_output_bytes += n;
    return (int32_t)n;
}

int sensor_run(uint32_t cycles, bool *failed)
{
    int status;

    sensor_interrupts = 0;
    sensor_sent = 0;
    sensor_output_bytes = 0;
    gale_typed_ring_buf_init(&sensor_ring, &sensor_writer, &sensor_reader, sensor_data, SENSOR_RING, 1);
    CHECK_EQ(gale_cortex_m_interrupt(TIMER_INTERRUPT, sensor_interrupt), GALE_OK);
    timer_every(cycles);
    status = stdio_run(&sensor_reader, sensor_collect, failed);
    timer_every(0);
    CHECK_EQ(gale_cortex_m_interrupt(TIMER_INTERRUPT, NULL), GALE_OK);
    return status;
}

bool sensor_output_is_right(void)
{
    const uint32_t bytes = (uint32_t)(records_expected_end - records_expected);

    return sensor_output_bytes == bytes && memcmp(sensor_output, records_expected, bytes) == 0;
}
