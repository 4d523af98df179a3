/* SPDX-License-Identifier: Apache-2.0 */
#include "trace_json.h"

#include "describe.h"

#include <stdio.h>
#include <stdlib.h>

/* Records kept: the latest of a long run. */
enum { TRACE_JSON_RECORDS = 1 << 20 };

static struct gale_trace trace_json_trace;
static bool trace_json_begun;

void trace_json_begin(const char *path, bool count)
{
    if (path == NULL && !count) {
        return;
    }
    struct gale_trace_record *records = malloc(TRACE_JSON_RECORDS * sizeof *records);
    if (records != NULL) {
        gale_trace_start(gale_program.store, &trace_json_trace, records, TRACE_JSON_RECORDS);
        trace_json_begun = true;
    }
}

const struct gale_trace *trace_json_records(void)
{
    return trace_json_begun ? &trace_json_trace : NULL;
}

/* The host is process 0, instance n process n + 1. */
static unsigned trace_json_process(const struct gale_trace_record *record)
{
    return record->instance == UINT16_MAX ? 0 : record->instance + 1u;
}

static void trace_json_names(FILE *out)
{
    fputs("{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":0,\"tid\":0,\"args\":{\"name\":\"host\"}}", out);
    for (uint32_t k = 0; k < gale_program.instance_count; k++) {
        fprintf(out, ",\n{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":%u,\"tid\":0,\"args\":{\"name\":\"%s\"}}",
                k + 1, gale_program.instances[k].name);
    }
}

/* A thread's run as a slice; whatever else happens, as a slice of one step, to which flows can be bound. */
static void trace_json_slice(FILE *out, const struct gale_trace_record *record, uint32_t at)
{
    unsigned process = trace_json_process(record);
    if (record->kind == GALE_TRACE_RESUME) {
        fprintf(out, ",\n{\"name\":\"run\",\"ph\":\"B\",\"pid\":%u,\"tid\":%u,\"ts\":%u}", process, record->a + 1, at);
    } else if (record->kind == GALE_TRACE_BLOCK || record->kind == GALE_TRACE_EXIT) {
        fprintf(out, ",\n{\"ph\":\"E\",\"pid\":%u,\"tid\":%u,\"ts\":%u}", process, record->a + 1, at);
    } else {
        fprintf(
            out,
            ",\n{\"name\":\"%s\",\"ph\":\"X\",\"pid\":%u,\"tid\":0,\"ts\":%u,\"dur\":1,\"args\":{\"a\":%u,\"b\":%u}}",
            gale_trace_name((enum gale_trace_kind)record->kind), process, at, record->a, record->b);
    }
}

/* Each copy starts an arrow to the next thing that happens to the same stream. */
static void trace_json_flow(FILE *out, const struct gale_trace_record *record, uint32_t at, uint32_t *last)
{
    if (record->kind != GALE_TRACE_COPY && record->kind != GALE_TRACE_DROP) {
        return;
    }
    uint32_t *flow = &last[record->a & 0xffff];
    unsigned process = trace_json_process(record);
    if (*flow != 0) {
        fprintf(out,
                ",\n{\"name\":\"stream\",\"cat\":\"stream\",\"ph\":\"f\",\"bp\":\"e\",\"id\":%u,\"pid\":%u,\"tid\":0,"
                "\"ts\":%u}",
                *flow, process, at);
    }
    *flow = record->kind == GALE_TRACE_COPY ? at + 1 : 0;
    if (*flow != 0) {
        fprintf(out,
                ",\n{\"name\":\"stream\",\"cat\":\"stream\",\"ph\":\"s\",\"id\":%u,\"pid\":%u,\"tid\":0,\"ts\":%u}",
                *flow, process, at);
    }
}

static void trace_json_write(FILE *out)
{
    static uint32_t last[1 << 16];
    const struct gale_trace_record *record;
    fputs("[\n", out);
    trace_json_names(out);
    for (uint32_t k = 0; (record = gale_trace_at(&trace_json_trace, k)) != NULL; k++) {
        trace_json_slice(out, record, k);
        trace_json_flow(out, record, k, last);
    }
    fputs("\n]\n", out);
}

void trace_json_end(const char *path)
{
    if (path == NULL || !trace_json_begun) {
        return;
    }
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        fprintf(stderr, "gale: %s: cannot be written\n", path);
        return;
    }
    trace_json_write(out);
    fclose(out);
}
