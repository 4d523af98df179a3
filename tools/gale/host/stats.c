/* SPDX-License-Identifier: Apache-2.0 */
#include "stats.h"

#include "describe.h"
#include "gale/component/store.h"
#include "trace_json.h"

#include <string.h>

/* What the trace's records add up to. */
struct stats_counts {
    uint64_t tasks;
    uint64_t events;
    uint64_t copies;
    uint64_t elements;
};

static struct stats_counts stats_count(const struct gale_trace *trace)
{
    struct stats_counts counts = {0, 0, 0, 0};
    const struct gale_trace_record *record;
    for (uint32_t k = 0; (record = gale_trace_at(trace, k)) != NULL; k++) {
        counts.tasks += record->kind == GALE_TRACE_CALL;
        counts.events += record->kind == GALE_TRACE_EVENT;
        counts.copies += record->kind == GALE_TRACE_COPY;
        counts.elements += record->kind == GALE_TRACE_COPY ? record->b : 0;
    }
    return counts;
}

static void stats_print_counts(FILE *out)
{
    const struct gale_trace *trace = trace_json_records();
    if (trace == NULL) {
        return;
    }
    struct stats_counts counts = stats_count(trace);
    fprintf(out, "tasks %llu, events %llu, copies %llu, elements %llu", (unsigned long long)counts.tasks,
            (unsigned long long)counts.events, (unsigned long long)counts.copies, (unsigned long long)counts.elements);
    fputs(trace->total > trace->count ? " (in the latest records of a longer run)\n" : "\n", out);
}

static void stats_print_slots(FILE *out, const char *name, const struct gale_slots *slots)
{
    if (slots->count > 0) {
        fprintf(out, "%-10s %6u of %6u\n", name, (unsigned)slots->used, (unsigned)slots->count);
    }
}

static void stats_print_instances(FILE *out)
{
    for (uint32_t k = 0; k < gale_program.instance_count; k++) {
        const struct gale_wit_instance *instance = &gale_program.instances[k];
        fprintf(out, "%-10s %6u of %6u  %s\n", "handles", (unsigned)instance->instance->handles.used,
                (unsigned)instance->instance->handles.count, instance->name);
    }
}

void stats_print(FILE *out)
{
    const struct gale_store *store = gale_program.store;
    stats_print_counts(out);
    fputs("most in use at once, of the budget:\n", out);
    stats_print_slots(out, "tasks", &store->tasks);
    stats_print_slots(out, "threads", &store->threads);
    stats_print_slots(out, "subtasks", &store->subtasks);
    stats_print_slots(out, "streams", &store->copies);
    stats_print_slots(out, "sets", &store->sets);
    stats_print_slots(out, "lends", &store->lends);
    stats_print_slots(out, "stacks", &store->stacks);
    stats_print_slots(out, "host ends", &store->ends);
    stats_print_instances(out);
    for (uint32_t k = 0; k < gale_program.memory_count; k++) {
        const struct gale_wit_memory *memory = &gale_program.memories[k];
        fprintf(out, "%-10s %6u of %6u  %s, pages of %u bytes\n", "memory", memory->memory->pages,
                memory->reserve_pages, memory->name, memory->page_bytes);
    }
}
