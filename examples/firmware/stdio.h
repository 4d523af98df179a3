/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Standard input and output of a WASI 0.3 command on a board: what comes from a ring is its input, a function of the
 * board takes its output.
 *
 * Defines gale_host_start(), gale_host_cancel() and gale_host_drop() of the lowered program.
 */
#ifndef EXAMPLES_FIRMWARE_STDIO_H
#define EXAMPLES_FIRMWARE_STDIO_H

#include "gale/async/typed_ring_buf.h"

/**
 * Brings the program up, calls its `run`, and lets all go on until nobody has anything left to do.
 *
 * @param[in] input   The reading end of a ring of bytes; who writes calls stdio_input_changed(), and closes at the end.
 * @param[in] output  Takes some bytes; returns how many, 0..count. 0: stdio_output_changed() will tell.
 * @retval GALE_OK      `run` has returned; `*failed` is its result.
 * @retval GALE_ETRAP   `run` did not return, for its instance trapped.
 * @retval GALE_EDEADLK Nothing can go on.
 */
int stdio_run(struct gale_typed_ring_buf_reader *input, int32_t (*output)(const uint8_t *bytes, uint32_t count),
              bool *failed);

/** The ring has changed, or the output can take more. @context any, interrupt handlers too. */
void stdio_input_changed(void);
void stdio_output_changed(void);

#endif /* EXAMPLES_FIRMWARE_STDIO_H */
