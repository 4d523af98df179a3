/* SPDX-License-Identifier: Apache-2.0 */
/** @file Text and exit status through a debugger or emulator. The kernel's alone: from outside it is a fault. */
#ifndef PORTS_CORTEX_M_BOARDS_SEMIHOSTING_H
#define PORTS_CORTEX_M_BOARDS_SEMIHOSTING_H

#include <stdint.h>

/** Shows a character; a line appears at its end. */
void semihosting_put(char c);
void semihosting_text(const char *text);
/** What the emulator was given as `arg=`; empty if nothing. */
const char *semihosting_argument(void);
/** Says where a precondition was broken, and ends with status 1. */
void semihosting_panic(const char *file, uint32_t line) __attribute__((noreturn));
void semihosting_exit(int status) __attribute__((noreturn));

#endif /* PORTS_CORTEX_M_BOARDS_SEMIHOSTING_H */
