/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCRIPTS_M3_RING_START_H
#define SCRIPTS_M3_RING_START_H

#include <stdint.h>

void print(const char *text);

/** Prints 3012 as "   30.12". */
void print_hundredths(uint32_t value);

#endif /* SCRIPTS_M3_RING_START_H */
