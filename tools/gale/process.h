/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Running other programs: the translator, the C compiler, and for test scripts the tool itself and what it made.
 */
#ifndef GALE_TOOL_PROCESS_H
#define GALE_TOOL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** Open files that a program gets as its descriptors 0 to 3. Negative: /dev/null as input, this process's outputs, none. */
struct process_files {
    int in;
    int out;
    int err;
    int third;
};

/** Starts a program found in PATH; `files` NULL: as if all were negative. -1: failed, and a message says why. */
pid_t process_start(char *const *arguments, const struct process_files *files);

/** Waits. @return Its exit status, or -S if it died of signal S, or -1 if there is no such program. */
int process_status(pid_t process);

/** Waits; true if it ended with status 0, and nothing has asked this process to end. */
bool process_wait(pid_t process);

/**
 * From here on an interrupt, hang-up or termination only ends the programs that run, so that what they left half done can
 * be removed; until process_signals_end(), which then ends this process by that signal.
 */
void process_signals_begin(void);
void process_signals_end(void);

/** Has such a signal come since? */
bool process_signalled(void);

/** Runs a program and takes the first `size` - 1 bytes of its output as a string; true if it ended with status 0. */
bool process_output(char *const *arguments, char *text, size_t size);

#endif /* GALE_TOOL_PROCESS_H */
