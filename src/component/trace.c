/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/component/trace.h"

#include "runtime.h"

void gale_trace_start(struct gale_store *store, struct gale_trace *trace, struct gale_trace_record *records,
                      uint32_t count)
{
    *trace = (struct gale_trace){records, count, 0, 0, NULL, NULL};
    store->trace = trace;
}

void gale__trace_put(struct gale_trace *trace, enum gale_trace_kind kind, gale_id instance, uint32_t a, uint32_t b)
{
    struct gale_trace_record *record = &trace->records[trace->next];

    *record = (struct gale_trace_record){(uint16_t)kind, (uint16_t)instance, a, b};
    trace->next = trace->next + 1u == trace->count ? 0 : trace->next + 1u;
    trace->total++;
    if (trace->listen != NULL) {
        trace->listen(trace->listen_arg, record);
    }
}

void gale_trace_listen(struct gale_trace *trace, void (*listen)(void *arg, const struct gale_trace_record *record),
                       void *arg)
{
    trace->listen = listen;
    trace->listen_arg = arg;
}

const struct gale_trace_record *gale_trace_at(const struct gale_trace *trace, uint32_t n)
{
    const bool wrapped = trace->total > trace->count;
    const uint32_t first = wrapped ? trace->next : 0;

    if (n >= (wrapped ? trace->count : (uint32_t)trace->total)) {
        return NULL;
    }
    return &trace->records[n < trace->count - first ? first + n : n - (trace->count - first)];
}

const char *gale_trace_name(enum gale_trace_kind kind)
{
    static const char *const names[] = {"call", "start", "return", "cancel", "resume", "block", "exit", "event",
                                        "copy", "drop",  "host",   "trap",   "new",    "pend",  "alloc"};

    return (unsigned)kind < sizeof names / sizeof names[0] ? names[kind] : "?";
}
