/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * A program run to its end, for what it prints. */
#ifndef GALE_TOOL_WAST_PROCESS_H
#define GALE_TOOL_WAST_PROCESS_H

#include "wast_session.h"

/**
 * Run `argv[0]` with the words `argv` (ended by NULL) and wait for its end.
 *
 * @return WAST_OK and what it printed on standard output, without the last line end, when it ended with status 0;
 *         WAST_ERROR with status 2 and WAST_CRASH otherwise, both with what it printed on standard error. Each text
 *         ends at 64 KiB.
 */
struct wast_answer wast_process_output(const char *const *argv);

#endif /* GALE_TOOL_WAST_PROCESS_H */
