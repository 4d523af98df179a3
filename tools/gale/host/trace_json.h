/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What happens in the store as Chrome trace events, which Perfetto and chrome://tracing show. An instance is a process;
 * each task has a track, and so has each thread that a task makes. Runs and waits are slices, calls and streams flows.
 *
 * The file is one JSON array, closed however the program ends: by itself, by a trap, or by a signal that can be caught.
 */
#ifndef GALE_HOST_TRACE_JSON_H
#define GALE_HOST_TRACE_JSON_H

#include "gale/component/trace.h"

#include <stdbool.h>
#include <stdint.h>

/** Begin the file at `path`. @return false, with a message, when it cannot be written. */
bool trace_json_begin(const char *path);

/** A record of the trace, made now. */
void trace_json_hear(const struct gale_trace_record *record, uint64_t now);

/** End what is open and close the file, if one was begun. Says so when it could not be written. */
void trace_json_end(void);

#endif /* GALE_HOST_TRACE_JSON_H */
