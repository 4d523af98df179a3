/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A sensor: a timer interrupt that puts the bytes of records.txt into a ring, a few each time, as a serial line does; and
 * the output of the pipeline that reads them, collected.
 */
#ifndef TESTS_FIRMWARE_COMPONENTS_SENSOR_H
#define TESTS_FIRMWARE_COMPONENTS_SENSOR_H

#include "gale/async/typed_ring_buf.h"

extern const char records[], records_end[], records_expected[], records_expected_end[];

/** How often the sensor has interrupted, and how many bytes it has sent. */
extern volatile uint32_t sensor_interrupts, sensor_sent;

/** Called by each interrupt, before it sends; NULL: nobody. */
extern void (*volatile sensor_hook)(void);

/** What the program wrote, and how much. */
extern char sensor_output[1024];
extern uint32_t sensor_output_bytes;

/**
 * Runs the pipeline on all records, with an interrupt every `cycles` cycles.
 *
 * @return As stdio_run(); what run returned is in `*failed`.
 */
int sensor_run(uint32_t cycles, bool *failed);

/** True when the program has written what it should. */
bool sensor_output_is_right(void);

#endif /* TESTS_FIRMWARE_COMPONENTS_SENSOR_H */
