/* SPDX-License-Identifier: Apache-2.0 */
#include "stats.h"

#include "describe.h"
#include "gale/component/store.h"
#include "monitor.h"
#include "stats_peak.h"

#include <stdlib.h>

/* All streams, or futures, from one side to another. */
struct stats_way {
    struct monitor_ends ends;
    uint64_t elements;
    uint64_t bytes;      /* Elements as they lie in memory, and what their strings and lists hold. */
    uint64_t writers_ns; /* That an end waited for the other, each counted by itself. */
    uint64_t readers_ns;
    bool future;
};

/* A stream or future that is alive. */
struct stats_copy {
    struct monitor_ends ends; /* As known when an end began to wait: a host that closes its own is gone at once. */
    uint64_t pends;           /* Since when one end waits; 0: none does. */
    uint32_t way;             /* Of its latest elements, one more than its number; 0: none were moved. */
    bool reads;               /* It is the reader that waits. */
};

struct stats {
    uint64_t tasks;
    uint64_t events;
    uint64_t copies;
    uint64_t content;   /* Bytes of strings and lists that nothing has been made of yet. */
    uint64_t arguments; /* Of calls and their results. */
    uint64_t gate_ns;
    uint64_t gated; /* Tasks that had to wait before they could start. */
    struct stats_way *ways;
    uint32_t way_count;
    struct stats_copy *streams; /* One per slot of the store. */
    uint64_t *gates;            /* Per thread: since when it waits to start; 0: it does not. */
};

static struct stats stats;

bool stats_begin(void)
{
    const struct gale_store_memory *memory = gale_program.store_memory;
    stats.streams = calloc(memory->copy_count + 1u, sizeof *stats.streams);
    stats.gates = calloc(memory->thread_count + 1u, sizeof *stats.gates);
    return stats.streams != NULL && stats.gates != NULL && stats_peak_begin();
}

/* --- streams --- */

/* The way between two sides; NULL when there is no memory for one more. */
static struct stats_way *stats_way(struct monitor_ends ends, bool future)
{
    for (uint32_t k = 0; k < stats.way_count; k++) {
        struct stats_way *way = &stats.ways[k];
        if (way->ends.writer == ends.writer && way->ends.reader == ends.reader && way->future == future) {
            return way;
        }
    }
    struct stats_way *grown = realloc(stats.ways, (stats.way_count + 1u) * sizeof *stats.ways);
    if (grown == NULL) {
        return NULL;
    }
    stats.ways = grown;
    grown[stats.way_count] = (struct stats_way){.ends = ends, .future = future};
    return &grown[stats.way_count++];
}

static bool stats_is_future(uint32_t copy)
{
    return (gale_program.store->memory.copies[copy].flags & GALE_COPY_IS_FUTURE) != 0;
}

/* The end that waited waits no more, if one did. */
static void stats_unpend(uint32_t copy, int32_t other, uint64_t now)
{
    struct stats_copy *stream = &stats.streams[copy];
    if (stream->pends == 0) {
        return;
    }
    int32_t *far = stream->reads ? &stream->ends.writer : &stream->ends.reader;
    *far = *far == MONITOR_UNKNOWN ? other : *far;
    struct stats_way *way =
        stream->way != 0 ? &stats.ways[stream->way - 1u] : stats_way(stream->ends, stats_is_future(copy));
    if (way != NULL) {
        *(stream->reads ? &way->readers_ns : &way->writers_ns) += now - stream->pends;
    }
    stream->pends = 0;
}

static void stats_pend(const struct gale_trace_record *record, uint64_t now)
{
    struct stats_copy *stream = &stats.streams[record->a];
    stats_unpend(record->a, MONITOR_UNKNOWN, now);
    stream->pends = now;
    stream->reads = (record->b & GALE_TRACE_PEND_READS) != 0;
    stream->ends = monitor_ends(record->a, MONITOR_UNKNOWN);
}

static void stats_copy(const struct gale_trace_record *record, uint64_t now)
{
    const struct gale_value_type *type = gale_program.store->memory.copies[record->a].type;
    int32_t runner = monitor_runner();
    struct stats_way *way = stats_way(monitor_ends(record->a, runner), stats_is_future(record->a));
    if (way != NULL) {
        stats.streams[record->a].way = (uint32_t)(way - stats.ways) + 1u;
        way->elements += record->b;
        way->bytes += stats.content + (type == NULL ? 0 : (uint64_t)record->b * type->size);
    }
    stats.content = 0;
    stats.copies++;
    stats_unpend(record->a, runner, now);
}

/* An event of an end: it does not wait, whatever happened. That is how a cancellation shows. */
static void stats_event(const struct gale_trace_record *record, uint64_t now)
{
    const struct gale_instance *instance = gale_program.store->memory.instances[record->instance];
    stats.events++;
    if (record->b >= GALE_CANON_EVENT_STREAM_READ && record->b <= GALE_CANON_EVENT_FUTURE_WRITE) {
        uint32_t copy = instance->handles.entries[record->a - 1u].object;
        bool mine = gale_program.store->memory.copies[copy].instance == record->instance;
        if (mine && stats.streams[copy].reads ==
                        (record->b == GALE_CANON_EVENT_STREAM_READ || record->b == GALE_CANON_EVENT_FUTURE_READ)) {
            stats_unpend(copy, MONITOR_UNKNOWN, now);
        }
    }
}

/* --- tasks that wait to start --- */

static void stats_block(const struct gale_trace_record *record, uint64_t now)
{
    if (record->b == (GALE_WAIT_ENTRY | GALE_GUEST_THREAD_WAITING << 8)) {
        stats.gates[record->a] = now;
        stats.gated++;
    }
}

static void stats_resume(const struct gale_trace_record *record, uint64_t now)
{
    uint64_t since = stats.gates[record->a];
    stats.gate_ns += since == 0 ? 0 : now - since;
    stats.gates[record->a] = 0;
}

/* --- what is heard --- */

static void stats_count(const struct gale_trace_record *record, uint64_t now)
{
    switch (record->kind) {
    case GALE_TRACE_CALL:
        stats.tasks++;
        break;
    case GALE_TRACE_RESUME:
        stats_resume(record, now);
        break;
    case GALE_TRACE_BLOCK:
        stats_block(record, now);
        break;
    case GALE_TRACE_EVENT:
        stats_event(record, now);
        break;
    case GALE_TRACE_NEW:
        stats_unpend(record->a, MONITOR_UNKNOWN, now);
        stats.streams[record->a].way = 0;
        break;
    case GALE_TRACE_PEND:
        stats_pend(record, now);
        break;
    case GALE_TRACE_DROP:
        stats_unpend(record->a, monitor_runner(), now);
        break;
    default:
        break;
    }
}

void stats_hear(const struct gale_trace_record *record, uint64_t now)
{
    stats_peak_hear(record);
    if (record->kind == GALE_TRACE_ALLOC) {
        stats.content += record->a - record->b;
    } else if (record->kind == GALE_TRACE_COPY) {
        stats_copy(record, now);
    } else {
        /* What was not for elements was for a call. */
        stats.arguments += stats.content;
        stats.content = 0;
        stats_count(record, now);
    }
}

/* --- printing --- */

static double stats_seconds(uint64_t nanoseconds)
{
    return (double)nanoseconds / 1e9;
}

static void stats_print_way(FILE *out, const struct stats_way *way)
{
    char name[64];
    snprintf(name, sizeof name, "%s -> %s", monitor_name(way->ends.writer), monitor_name(way->ends.reader));
    fprintf(out, "%-7s %-23s %12llu %14llu %10.3f s %10.3f s\n", way->future ? "future" : "stream", name,
            (unsigned long long)way->elements, (unsigned long long)way->bytes, stats_seconds(way->writers_ns),
            stats_seconds(way->readers_ns));
}

static struct stats_way stats_total(void)
{
    struct stats_way total = {.future = false};
    for (uint32_t k = 0; k < stats.way_count; k++) {
        total.elements += stats.ways[k].elements;
        total.bytes += stats.ways[k].bytes;
        total.writers_ns += stats.ways[k].writers_ns;
        total.readers_ns += stats.ways[k].readers_ns;
    }
    return total;
}

static void stats_print_ways(FILE *out)
{
    struct stats_way total = stats_total();
    double seconds = stats_seconds(monitor_now());
    fprintf(out, "%-31s %12s %14s %12s %12s\n", "moved", "elements", "bytes", "writers wait", "readers wait");
    for (uint32_t k = 0; k < stats.way_count; k++) {
        stats_print_way(out, &stats.ways[k]);
    }
    fprintf(out, "%-31s %12llu %14llu %10.3f s %10.3f s\n", "total", (unsigned long long)total.elements,
            (unsigned long long)total.bytes, stats_seconds(total.writers_ns), stats_seconds(total.readers_ns));
    fprintf(out, "strings and lists of calls and results: %llu bytes\n", (unsigned long long)stats.arguments);
    fprintf(out, "%.3f s: %.0f elements/s, %.1f MB/s\n", seconds, (double)total.elements / seconds,
            (double)total.bytes / seconds / 1e6);
    fprintf(out, "blocked by backpressure: writers %.3f s, %llu tasks at closed gates %.3f s\n",
            stats_seconds(total.writers_ns), (unsigned long long)stats.gated, stats_seconds(stats.gate_ns));
}

/* Who still waits has waited until now. */
static void stats_end(void)
{
    const struct gale_store_memory *memory = gale_program.store_memory;
    uint64_t now = monitor_now();
    for (uint32_t k = 0; k < memory->copy_count; k++) {
        stats_unpend(k, MONITOR_UNKNOWN, now);
    }
    for (uint32_t k = 0; k < memory->thread_count; k++) {
        stats.gate_ns += stats.gates[k] == 0 ? 0 : now - stats.gates[k];
    }
}

void stats_print(FILE *out)
{
    if (stats.streams == NULL || stats.gates == NULL) {
        return;
    }
    stats_end();
    fprintf(out, "tasks %llu, events %llu, copies %llu\n", (unsigned long long)stats.tasks,
            (unsigned long long)stats.events, (unsigned long long)stats.copies);
    stats_print_ways(out);
    stats_peak_print(out);
}
