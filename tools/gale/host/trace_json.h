/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The store's trace as Chrome trace events, which Perfetto and chrome://tracing show: a track per instance and thread,
 * a flow per stream. A record's number is its time, for a run has no other order than that.
 */
#ifndef GALE_HOST_TRACE_JSON_H
#define GALE_HOST_TRACE_JSON_H

#include "gale/component/trace.h"

#include <stdbool.h>

/** Begin to trace the program's store if `path` is not NULL or `count` is asked for. */
void trace_json_begin(const char *path, bool count);

/** Write the trace to `path`, if it is not NULL. */
void trace_json_end(const char *path);

/** The trace; NULL if none was begun. */
const struct gale_trace *trace_json_records(void);

#endif /* GALE_HOST_TRACE_JSON_H */
