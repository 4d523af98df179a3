/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * The most that was in use of each budget.
 */
#ifndef GALE_HOST_STATS_PEAK_H
#define GALE_HOST_STATS_PEAK_H

#include "gale/component/trace.h"

#include <stdbool.h>
#include <stdio.h>

/** Begin to watch the instances. @return false when there is no memory for that. */
bool stats_peak_begin(void);

/** Something has happened: look at what only the moment tells of the instance that it names, and of who runs. */
void stats_peak_hear(const struct gale_trace_record *record);

/** Print the most in use at once of each budget. */
void stats_peak_print(FILE *out);

#endif /* GALE_HOST_STATS_PEAK_H */
