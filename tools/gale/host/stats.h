/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * What a run did and used. */
#ifndef GALE_HOST_STATS_H
#define GALE_HOST_STATS_H

#include <stdio.h>

/** Print tasks, events and elements moved, and the most that was in use of each budget. */
void stats_print(FILE *out);

#endif /* GALE_HOST_STATS_H */
