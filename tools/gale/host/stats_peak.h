/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * The most that was in use of each budget.
 */
#ifndef GALE_HOST_STATS_PEAK_H
#define GALE_HOST_STATS_PEAK_H

#include <stdio.h>

/** Something has happened: look at what only the moment tells. */
void stats_peak_hear(void);

/** Print the most in use at once of each budget. */
void stats_peak_print(FILE *out);

#endif /* GALE_HOST_STATS_PEAK_H */
