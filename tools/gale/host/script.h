/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Calls by text: for `--invoke`, and for test scripts, whose requests come as lines.
 *
 * A request is `invoke NAME(ARGUMENTS)`, or that and ` = VALUE`, in WAVE. Its answer, on descriptor 3, is one line:
 * `ok VALUE` (or just `ok`), `different VALUE`, `trap TEXT` or `error TEXT`. The first answer is about the start. In a
 * program of several parts the request `start` brings the next part up.
 */
#ifndef GALE_HOST_SCRIPT_H
#define GALE_HOST_SCRIPT_H

#include <stdio.h>

/** How a call by text ended. */
enum script_outcome { SCRIPT_OK, SCRIPT_DIFFERENT, SCRIPT_TRAP, SCRIPT_ERROR };

/**
 * Call what `text` says, "NAME(ARGUMENTS)" or "NAME(ARGUMENTS) = VALUE".
 *
 * @param[out] out  Where its value goes, in WAVE, or why there is none; one line without its end.
 */
enum script_outcome script_call(const char *text, FILE *out);

/** Serve requests until standard input ends. @return The exit status of the process. */
int script_serve(void);

#endif /* GALE_HOST_SCRIPT_H */
