/* SPDX-License-Identifier: Apache-2.0 */
#include "stats_peak.h"

#include "describe.h"
#include "gale/component/store.h"
#include "host_stacks.h"

static uint32_t stats_peak_call_arena;
static uint32_t stats_peak_import_arena;

static uint32_t stats_peak_most(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

void stats_peak_hear(void)
{
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

static void stats_peak_instances(FILE *out)
{
    for (uint32_t k = 0; k < gale_program.instance_count; k++) {
        const struct gale_wit_instance *instance = &gale_program.instances[k];
        stats_peak_line(out, "handles", instance->instance->handles.used, instance->instance->handles.count,
                        instance->name);
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
    stats_peak_instances(out);
    stats_peak_memories(out);
    stats_peak_stacks(out);
    stats_peak_line(out, "arena bytes", stats_peak_call_arena, gale_program.call_arena->memory.size,
                    "calls of exports");
    stats_peak_line(out, "arena bytes", stats_peak_import_arena, gale_program.import_arena->memory.size,
                    "calls of imports");
}
