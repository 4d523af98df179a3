/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Running other programs: the translator and the C compiler.
 */
#ifndef GALE_TOOL_PROCESS_H
#define GALE_TOOL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** Starts a program found in PATH, its standard input empty; output goes to `log` unless that is negative. -1: failed. */
pid_t process_start(char *const *arguments, int log);

/** Waits; true if it ended with status 0. */
bool process_wait(pid_t process);

/**
 * From here on an interrupt, hang-up or termination only ends the programs that run, so that what they left half done can
 * be removed; until process_signals_end(), which then ends this process by that signal.
 */
void process_signals_begin(void);
void process_signals_end(void);

/** Runs a program and takes the first `size` - 1 bytes of its output as a string; true if it ended with status 0. */
bool process_output(char *const *arguments, char *text, size_t size);

#endif /* GALE_TOOL_PROCESS_H */
