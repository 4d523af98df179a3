/* SPDX-License-Identifier: Apache-2.0 */
#include "stats_peak.h"

#include "describe.h"
#include "gale/component/store.h"
#include "host_stacks.h"
#include "monitor.h"

#include <stdlib.h>

static uint32_t stats_peak_call_arena;
static uint32_t stats_peak_import_arena;

/* What an instance had left at first, and at least. */
struct stats_peak_instance {
    struct gale_instance_budget first;
    struct gale_instance_budget least;
};

static struct stats_peak_instance *stats_peak_instances;

bool stats_peak_begin(void)
{
    stats_peak_instances = calloc(gale_program.instance_count + 1u, sizeof *stats_peak_instances);
    for (uint32_t k = 0; stats_peak_instances != NULL && k < gale_program.instance_count; k++) {
        const struct gale_instance_budget *left = &gale_program.instances[k].instance->left;
        stats_peak_instances[k] = (struct stats_peak_instance){.first = *left, .least = *left};
    }
    return stats_peak_instances != NULL;
}

static void stats_peak_less(gale_id *least, gale_id left)
{
    *least = left < *least ? left : *least;
}

static void stats_peak_look(int32_t number)
{
    if (number < 0 || (uint32_t)number >= gale_program.instance_count) {
        return;
    }
    const struct gale_instance_budget *left = &gale_program.instances[number].instance->left;
    struct gale_instance_budget *least = &stats_peak_instances[number].least;
    stats_peak_less(&least->tasks, left->tasks);
    stats_peak_less(&least->subtasks, left->subtasks);
    stats_peak_less(&least->streams, left->streams);
    stats_peak_less(&least->sets, left->sets);
    stats_peak_less(&least->lends, left->lends);
}

static uint32_t stats_peak_most(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

void stats_peak_hear(const struct gale_trace_record *record)
{
    stats_peak_look(record->instance);
    stats_peak_look(monitor_runner());
    stats_peak_call_arena = stats_peak_most(stats_peak_call_arena, gale_program.call_arena->used);
    stats_peak_import_arena = stats_peak_most(stats_peak_import_arena, gale_program.import_arena->used);
}

static void stats_peak_line(FILE *out, const char *name, uint64_t used, uint64_t count, const char *of)
{
    if (count > 0) {
        fprintf(out, "%-13s %10llu of %10llu%s%s\n", name, (unsigned long long)used, (unsigned long long)count,
                *of == '\0' ? "" : "  ", of);
    }
}

static void stats_peak_slots(FILE *out, const char *name, const struct gale_slots *slots)
{
    stats_peak_line(out, name, slots->used, slots->count, "");
}

/* "3/4096" in a column. */
static void stats_peak_part(FILE *out, unsigned used, unsigned count)
{
    char text[32];
    snprintf(text, sizeof text, "%u/%u", used, count);
    fprintf(out, " %12s", text);
}

static void stats_peak_instance(FILE *out, const struct gale_wit_instance *instance,
                                const struct stats_peak_instance *peak)
{
    fprintf(out, "%-13s", instance->name);
    stats_peak_part(out, instance->instance->handles.used, instance->instance->handles.count);
    stats_peak_part(out, instance->instance->threads.used, instance->instance->threads.count);
    stats_peak_part(out, peak->first.tasks - peak->least.tasks, peak->first.tasks);
    stats_peak_part(out, peak->first.subtasks - peak->least.subtasks, peak->first.subtasks);
    stats_peak_part(out, peak->first.streams - peak->least.streams, peak->first.streams);
    stats_peak_part(out, peak->first.sets - peak->least.sets, peak->first.sets);
    stats_peak_part(out, peak->first.lends - peak->least.lends, peak->first.lends);
    fputc('\n', out);
}

static void stats_peak_print_instances(FILE *out)
{
    fprintf(out, "%-13s %12s %12s %12s %12s %12s %12s %12s\n", "of an instance", "handles", "threads", "tasks",
            "subtasks", "streams", "sets", "lends");
    for (uint32_t k = 0; k < gale_program.instance_count; k++) {
        stats_peak_instance(out, &gale_program.instances[k], &stats_peak_instances[k]);
    }
}

static void stats_peak_memories(FILE *out)
{
    for (uint32_t k = 0; k < gale_program.memory_count; k++) {
        const struct gale_wit_memory *memory = &gale_program.memories[k];
        stats_peak_line(out, "memory pages", memory->memory->pages, memory->reserve_pages, memory->name);
    }
}

/* A stack is as deep as the lowest byte that was ever written. */
static void stats_peak_stacks(FILE *out)
{
    const struct gale_store_memory *memory = gale_program.store_memory;
    size_t deepest = 0;
    for (uint32_t k = 0; k < gale_program.store->stacks.used; k++) {
        size_t depth = host_stacks_depth(memory->stack_memory + k * memory->stack_bytes, memory->stack_bytes);
        deepest = depth > deepest ? depth : deepest;
    }
    if (gale_program.store->stacks.used > 0) {
        stats_peak_line(out, "stack bytes", deepest, memory->stack_bytes, "the deepest");
    }
    stats_peak_line(out, "stack bytes", host_stacks_depth(memory->run_stack, memory->run_stack_bytes),
                    memory->run_stack_bytes, "of tasks without a stack of their own");
}

void stats_peak_print(FILE *out)
{
    const struct gale_store *store = gale_program.store;
    fputs("most in use at once, of the budget:\n", out);
    stats_peak_slots(out, "tasks", &store->tasks);
    stats_peak_slots(out, "threads", &store->threads);
    stats_peak_slots(out, "subtasks", &store->subtasks);
    stats_peak_slots(out, "streams", &store->copies);
    stats_peak_slots(out, "sets", &store->sets);
    stats_peak_slots(out, "lends", &store->lends);
    stats_peak_slots(out, "stacks", &store->stacks);
    stats_peak_slots(out, "host ends", &store->ends);
    stats_peak_memories(out);
    stats_peak_stacks(out);
    stats_peak_line(out, "arena bytes", stats_peak_call_arena, gale_program.call_arena->memory.size,
                    "calls of exports");
    stats_peak_line(out, "arena bytes", stats_peak_import_arena, gale_program.import_arena->memory.size,
                    "calls of imports");
    stats_peak_print_instances(out);
}
