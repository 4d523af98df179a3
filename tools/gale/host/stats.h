/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * What a run did and used.
 */
#ifndef GALE_HOST_STATS_H
#define GALE_HOST_STATS_H

#include "gale/component/trace.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** Begin to count. @return false when there is no memory for that. */
bool stats_begin(void);

/** A record of the trace, made now. */
void stats_hear(const struct gale_trace_record *record, uint64_t now);

/**
 * Print tasks and events; elements, bytes and waiting per direction and in total; rate, time blocked by backpressure;
 * and the most that was in use of each budget. Prints nothing if nothing was begun.
 */
void stats_print(FILE *out);

#endif /* GALE_HOST_STATS_H */
