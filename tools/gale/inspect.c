/* SPDX-License-Identifier: Apache-2.0 */
/* gale inspect: what a component imports, exports and needs. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

#include "budget.h"
#include "command.h"
#include "diag.h"
#include "output.h"
#include "wit.h"

struct inspect_options {
    const char *component;
    bool wit_only;
    bool open;     /**< The component links others: see plan.h. */
    bool validate; /**< Say nothing but whether it is valid. */
};

enum { INSPECT_VALIDATE = 1, INSPECT_OPEN };

/** 1234567 as "1,234,567". */
static const char *inspect_number(struct arena *arena, uint64_t number)
{
    const char *tail = "";
    while (number >= 1000) {
        tail = arena_print(arena, ",%03u%s", (unsigned)(number % 1000), tail);
        number /= 1000;
    }
    return arena_print(arena, "%u%s", (unsigned)number, tail);
}

static void inspect_modules(struct text *out, const struct plan *plan)
{
    text_line(out, 0, "Core modules");
    for (uint32_t i = 0; i < plan->modules.count; i++) {
        const struct core_module *module = plan->modules.at[i];
        uint32_t instances = 0;
        for (uint32_t k = 0; k < plan->core_instances.count; k++) {
            instances += plan->core_instances.at[k]->module == module;
        }
        text_line(out, 1, "%-4u %10s bytes, %u imports, %u exports, %u functions%s%s", i,
                  inspect_number(plan->arena, module->size), module->imports.count, module->exports.count,
                  module->funcs.count,
                  instances == 1 ? "" : ", instances: ", instances == 1 ? "" : inspect_number(plan->arena, instances));
    }
}

static uint64_t inspect_memories(struct text *out, const struct plan *plan)
{
    uint64_t sum = 0;
    text_line(out, 0, "Linear memories");
    for (uint32_t i = 0; i < plan->memories.count; i++) {
        const struct plan_memory *memory = plan->memories.at[i];
        const struct core_limits *limits = &memory->limits;
        uint64_t bytes = limits->min << limits->page_log2;
        text_line(out, 1, "%-4u %10s bytes, %s, in instance %s", i, inspect_number(plan->arena, bytes),
                  limits->has_max ? arena_print(plan->arena, "grows to %s",
                                                inspect_number(plan->arena, limits->max << limits->page_log2))
                                  : "grows without limit",
                  memory->owner->instance->name);
        sum += bytes;
    }
    if (plan->memories.count == 0) {
        text_line(out, 1, "none");
    }
    return sum;
}

/** The canonical functions by name with their number; those that may block are marked. */
static void inspect_builtins(struct text *out, const struct plan *plan)
{
    text_line(out, 0, "Canonical functions");
    for (unsigned op = 0; op < CANON_OP_COUNT; op++) {
        uint32_t count = 0;
        uint32_t blocking = 0;
        for (uint32_t i = 0; i < plan->canons.count; i++) {
            const struct plan_canon *canon = plan->canons.at[i];
            count += canon->op == (enum canon_op)op;
            blocking += canon->op == (enum canon_op)op && canon->blocks;
        }
        if (count != 0) {
            text_line(out, 1, "%-28s %4u%s", canon_op_name((enum canon_op)op), count,
                      blocking == 0       ? ""
                      : blocking == count ? "   may wait on the caller's stack"
                                          : arena_print(plan->arena, "   %u may wait on the caller's stack", blocking));
        }
    }
    text_line(out, 1, "%-28s %4u", "lift", plan->lifts.count);
}

static uint32_t inspect_stacks(struct text *out, const struct plan *plan)
{
    uint32_t needed = 0;
    for (uint32_t i = 0; i < plan->lifts.count; i++) {
        needed += plan->lifts.at[i]->needs_stack;
    }
    text_line(out, 0, "Stacks");
    if (needed == 0) {
        text_line(out, 1, "none: every function waits in its callback only");
    } else {
        text_line(out, 1, "%u of %u functions run on a stack of their own, for they may wait inside a call", needed,
                  plan->lifts.count);
    }
    for (uint32_t i = 0; i < plan->instances.count; i++) {
        if (plan->instances.at[i]->blocks) {
            text_line(out, 1, "instance %s calls a canonical function that may wait", plan->instances.at[i]->name);
        }
    }
    return needed;
}

static void inspect_budgets(struct text *out, const struct plan *plan, bool stacks, uint64_t memory_bytes)
{
    uint64_t sum = BUDGET_STORE_BYTES + (uint64_t)plan->instances.count * BUDGET_INSTANCE_BYTES;
    struct arena *arena = plan->arena;
    text_line(out, 0, "Budgets on a small target (32 bits, 16-bit ids), %u component instance%s", plan->instances.count,
              plan->instances.count == 1 ? "" : "s");
    for (unsigned i = 0; i < BUDGET_KIND_COUNT; i++) {
        uint64_t count = (uint64_t)budget_kinds[i].small * plan->instances.count;
        sum += count * budget_kinds[i].bytes;
        text_line(out, 1, "%-18s %8s  %12s bytes", budget_kinds[i].name, inspect_number(arena, count),
                  inspect_number(arena, count * budget_kinds[i].bytes));
    }
    uint64_t stack_bytes = stacks ? BUDGET_SMALL_STACKS * BUDGET_SMALL_STACK_BYTES : 0;
    text_line(out, 1, "%-18s %8s  %12s bytes", "STACKS", stacks ? "2" : "0", inspect_number(arena, stack_bytes));
    text_line(out, 1, "%-18s %8s  %12s bytes", "run stack", "1", inspect_number(arena, BUDGET_SMALL_RUN_STACK_BYTES));
    text_line(out, 1, "%-18s %8s  %12s bytes", "linear memories", inspect_number(arena, plan->memories.count),
              inspect_number(arena, memory_bytes));
    text_line(out, 1, "%-18s %8s  %12s bytes", "static memory", "",
              inspect_number(arena, sum + stack_bytes + BUDGET_SMALL_RUN_STACK_BYTES + memory_bytes));
}

static void inspect_print(struct text *out, const struct plan *plan, const struct inspect_options *options)
{
    if (!options->wit_only) {
        text_line(out, 0, "%s: %s bytes, %u component instance%s, %u core instance%s", options->component,
                  inspect_number(plan->arena, plan->size), plan->instances.count, plan->instances.count == 1 ? "" : "s",
                  plan->core_instances.count, plan->core_instances.count == 1 ? "" : "s");
        text_gap(out);
    }
    wit_print(out, plan);
    if (options->wit_only) {
        return;
    }
    text_gap(out);
    inspect_builtins(out, plan);
    text_gap(out);
    inspect_modules(out, plan);
    text_gap(out);
    uint64_t memory_bytes = inspect_memories(out, plan);
    text_gap(out);
    bool stacks = inspect_stacks(out, plan) != 0;
    text_gap(out);
    inspect_budgets(out, plan, stacks, memory_bytes);
}

/** Only whether it is valid, every definition, instantiated or not. */
static int inspect_validate(const struct inspect_options *options, struct arena *arena, const struct str *bytes)
{
    plan_validate(arena, component_decode(arena, arena->diag, (const uint8_t *)bytes->data, bytes->size));
    return printf("%s: valid\n", options->component) > 0 && fflush(stdout) == 0 ? COMMAND_OK : COMMAND_FAILED;
}

static int inspect_component(const struct inspect_options *options)
{
    struct diag diag = {.kind = DIAG_NONE};
    struct arena arena = {.diag = &diag};
    struct str bytes;
    if (setjmp(diag.escape) != 0) {
        diag_print(&diag, options->component);
        arena_close(&arena);
        return options->validate && diag.kind == DIAG_UNSUPPORTED ? COMMAND_UNKNOWN : COMMAND_REFUSED;
    }
    if (!output_read(&arena, options->component, &bytes)) {
        arena_close(&arena);
        return COMMAND_FAILED;
    }
    if (options->validate) {
        int valid = inspect_validate(options, &arena, &bytes);
        arena_close(&arena);
        return valid;
    }
    const uint8_t *file = (const uint8_t *)bytes.data;
    struct text out = {.arena = &arena};
    struct component *component = component_decode(&arena, &diag, file, bytes.size);
    component->open = options->open;
    inspect_print(&out, plan_link(&arena, component, file, bytes.size), options);
    int status = fwrite(out.data, 1, out.size, stdout) == out.size && fflush(stdout) == 0 ? COMMAND_OK : COMMAND_FAILED;
    arena_close(&arena);
    return status;
}

static error_t inspect_argument(int key, char *argument, struct argp_state *state)
{
    struct inspect_options *options = state->input;
    switch (key) {
    case 'w':
        options->wit_only = true;
        return 0;
    case INSPECT_OPEN:
        options->open = true;
        return 0;
    case INSPECT_VALIDATE:
        options->validate = true;
        return 0;
    case ARGP_KEY_ARG:
        if (options->component != NULL) {
            argp_usage(state);
        }
        options->component = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_usage(state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int inspect_command(int argc, char **argv)
{
    static const struct argp_option arguments[] = {
        {"wit", 'w', NULL, 0, "Only imports and exports, as WIT", 0},
        {"validate", INSPECT_VALIDATE, NULL, 0, "Only whether the component is valid, be it runnable or not", 0},
        {"open", INSPECT_OPEN, NULL, OPTION_HIDDEN, "", 0},
        {NULL, 0, NULL, 0, NULL, 0}};
    static const struct argp argp = {
        .options = arguments,
        .parser = inspect_argument,
        .args_doc = "APP.wasm",
        .doc =
            "What a component imports and exports, which canonical functions it uses, its memories, whether it needs "
            "stacks of its own, and what its budgets cost.\v"
            "Example:\n  gale inspect --wit app.wasm > app.wit"};
    struct inspect_options options = {.component = NULL};
    (void)argp_parse(&argp, argc, argv, 0, NULL, &options);
    return inspect_component(&options);
}
