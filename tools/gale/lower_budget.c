/* SPDX-License-Identifier: Apache-2.0 */
/*
 * budgets.h of the output: how much of everything there is. A value may be set before, by -D or by --budget.
 */
#include "budget.h"
#include "lower.h"

#define BUDGET_HOST_PAGES 4096u
#define BUDGET_ALL_PAGES 16384u
#define BUDGET_MORE_ELEMENTS 1024u

static void budget_define(struct text *out, const char *name, const char *value)
{
    text_line(out, 0, "#ifndef %s", name);
    text_line(out, 0, "#define %s %s", name, value);
    text_line(out, 0, "#endif");
}

static void budget_number(struct lower *lower, struct text *out, const char *name, unsigned host, unsigned small)
{
    budget_define(out, name, arena_print(lower->arena, "GALE_BUDGET_PICK(%u, %u)", host, small));
}

static void budget_instances(struct lower *lower, struct text *out)
{
    text_line(out, 0, "/* What one instance may hold at once. THREADS are those it makes itself. */");
    for (size_t k = 0; k < BUDGET_KIND_COUNT; k++) {
        budget_number(lower, out, arena_print(lower->arena, "GALE_INSTANCE_%s", budget_kinds[k].name),
                      budget_kinds[k].host, budget_kinds[k].small);
    }
    text_gap(out);
    for (uint32_t i = 0; i < lower->plan->instances.count; i++) {
        text_line(out, 0, "/* Instance %s. */", lower->plan->instances.at[i]->name);
        for (size_t k = 0; k < BUDGET_KIND_COUNT; k++) {
            budget_define(out, arena_print(lower->arena, "GALE_INSTANCE_%u_%s", i, budget_kinds[k].name),
                          arena_print(lower->arena, "GALE_INSTANCE_%s", budget_kinds[k].name));
        }
        text_print(out, "#define GALE_INSTANCE_%u_BUDGET {", i);
        for (size_t k = 0; k < BUDGET_KIND_COUNT; k++) {
            text_print(out, "%sGALE_INSTANCE_%u_%s", k == 0 ? "" : ", ", i, budget_kinds[k].name);
            if (k == 1) {
                text_print(out, " + GALE_INSTANCE_%u_TASKS", i);
            }
        }
        text_print(out, "}\n\n");
    }
}

static void budget_sums(struct lower *lower, struct text *out)
{
    text_line(out, 0, "/* Sums over the instances; calls of the host are subtasks, too. */");
    for (size_t k = 0; k < BUDGET_KIND_COUNT; k++) {
        text_print(out, "#define GALE_%s (0", budget_kinds[k].name);
        for (uint32_t i = 0; i < lower->plan->instances.count; i++) {
            text_print(out, " + GALE_INSTANCE_%u_%s", i, budget_kinds[k].name);
        }
        text_print(out, "%s)\n", k == 3 ? " + GALE_HOST_CALLS" : "");
    }
    text_gap(out);
}

/* Functions that may block, start functions of instances that may, and explicit threads run on stacks of their own. */
static bool budget_wants_stacks(const struct plan *plan)
{
    for (uint32_t i = 0; i < plan->lifts.count; i++) {
        if (plan->lifts.at[i]->needs_stack) {
            return true;
        }
    }
    for (uint32_t i = 0; i < plan->canons.count; i++) {
        if (plan->canons.at[i]->blocks || plan->canons.at[i]->op == CANON_THREAD_NEW_INDIRECT) {
            return true;
        }
    }
    return false;
}

/* With a target, one for each function that may block: so each can have one call under way. */
static uint32_t budget_small_stacks(struct lower *lower)
{
    uint32_t count = 0;

    for (uint32_t i = 0; lower->options->target != NULL && i < lower->plan->lifts.count; i++) {
        count += lower->plan->lifts.at[i]->needs_stack ? 1 : 0;
    }
    return count > BUDGET_SMALL_STACKS ? count : BUDGET_SMALL_STACKS;
}

static void budget_store(struct lower *lower, struct text *out)
{
    bool stacks = budget_wants_stacks(lower->plan);

    text_line(out, 0, "/* Of the whole program. Stacks are for functions that may block inside a call. */");
    budget_number(lower, out, "GALE_HOST_CALLS", 64, 4);
    budget_number(lower, out, "GALE_ENDS", 256, 4);
    budget_number(lower, out, "GALE_STACKS", stacks ? 64 : 0, stacks ? budget_small_stacks(lower) : 0);
    budget_number(lower, out, "GALE_STACK_BYTES", 262144,
                  lower->options->target != NULL ? BUDGET_ISOLATED_STACK_BYTES : BUDGET_SMALL_STACK_BYTES);
    budget_number(lower, out, "GALE_RUN_STACK_BYTES", 8388608, BUDGET_SMALL_RUN_STACK_BYTES);
    budget_number(lower, out, "GALE_CALL_ARENA_BYTES", 16777216, 1024);
    budget_number(lower, out, "GALE_IMPORT_ARENA_BYTES", 16777216, 1024);
    text_gap(out);
}

/* A host reserves for growth what fits; a small target gives what the module begins with. */
static void budget_memories(struct lower *lower, struct text *out)
{
    const struct plan *plan = lower->plan;
    uint64_t share = plan->memories.count == 0 ? 0 : BUDGET_ALL_PAGES / plan->memories.count;

    share = share > BUDGET_HOST_PAGES ? BUDGET_HOST_PAGES : share;
    text_line(out, 0, "/* Linear memories: storage, up to which they may grow. */");
    for (uint32_t i = 0; i < plan->memories.count; i++) {
        const struct core_limits found = lower_limits(lower, plan->memories.at[i]);
        const struct core_limits *limits = &found;
        uint64_t page = (uint64_t)1 << limits->page_log2;
        uint64_t min = limits->min * page;
        uint64_t host = share << 16;
        if (limits->has_max && host / page > limits->max) {
            host = limits->max * page;
        }
        host = host < min ? min : host;
        budget_define(out, arena_print(lower->arena, "GALE_MEMORY_%u_BYTES", i),
                      arena_print(lower->arena, "GALE_BUDGET_PICK(%lluu, %lluu)",
                                  (unsigned long long)(host == 0 ? 16 : host),
                                  (unsigned long long)(min == 0 ? 16 : min)));
    }
    text_gap(out);
}

static void budget_tables(struct lower *lower, struct text *out)
{
    text_line(out, 0, "/* Tables: elements, up to which they may grow. */");
    for (uint32_t i = 0; i < lower->plan->core_instances.count; i++) {
        const struct core_module *module = lower->plan->core_instances.at[i]->module;
        for (uint32_t k = 0; k < module->tables.count; k++) {
            const struct core_limits *limits = &module->tables.at[k].limits;
            uint64_t host = limits->min + BUDGET_MORE_ELEMENTS;
            if (limits->has_max && host > limits->max) {
                host = limits->max;
            }
            budget_define(out, arena_print(lower->arena, "GALE_TABLE_%u_%u_COUNT", i, k),
                          arena_print(lower->arena, "GALE_BUDGET_PICK(%lluu, %lluu)",
                                      (unsigned long long)(host == 0 ? 1 : host),
                                      (unsigned long long)(limits->min == 0 ? 1 : limits->min)));
        }
    }
    text_gap(out);
}

static void budget_report(struct text *out)
{
    static const struct {
        const char *name, *count, *type;
    } lines[] = {
        {"handles", "GALE_HANDLES", "struct gale_handle"},
        {"threads", "GALE_THREADS + GALE_TASKS + 1", "struct gale_guest_thread"},
        {"tasks", "GALE_TASKS", "struct gale_task"},
        {"subtasks", "GALE_SUBTASKS", "struct gale_subtask"},
        {"streams and futures", "GALE_STREAMS", "struct gale_copy"},
        {"waitable sets", "GALE_SETS", "struct gale_guest_set"},
        {"lends", "GALE_LENDS", "struct gale_lend"},
    };

    text_line(out, 0, "#define GALE_BUDGETS \\");
    text_line(out, 1, "{ \\");
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        text_line(out, 2, "{\"%s\", %s, (uint32_t)((%s) * sizeof(%s))}, \\", lines[i].name, lines[i].count,
                  lines[i].count, lines[i].type);
    }
    text_line(out, 2, "{\"stacks\", GALE_STACKS, GALE_STACKS * GALE_STACK_BYTES}, \\");
    text_line(out, 2, "{\"run stack\", 1, GALE_RUN_STACK_BYTES}, \\");
    text_line(out, 1, "}");
    text_gap(out);
}

void lower_write_budgets(struct lower *lower, struct text *out)
{
    text_line(out, 0, "/* SPDX-License-Identifier: Apache-2.0 */");
    text_line(out, 0,
              "/* Generated by gale lower: how much of everything this program has. What is defined before counts. */");
    text_line(out, 0, "#ifndef LOWERED_BUDGETS_H");
    text_line(out, 0, "#define LOWERED_BUDGETS_H");
    text_gap(out);
    if (lower->options->budget != NULL) {
        text_line(out, 0, "#include \"budget_choice.h\"");
        text_gap(out);
    }
    text_line(out, 0, "/* The first on a host, the second where memory is scarce. */");
    text_line(out, 0, "#if GALE_ID_BITS == 16");
    text_line(out, 0, "#define GALE_BUDGET_PICK(host, small) (small)");
    text_line(out, 0, "#else");
    text_line(out, 0, "#define GALE_BUDGET_PICK(host, small) (host)");
    text_line(out, 0, "#endif");
    text_gap(out);
    budget_instances(lower, out);
    budget_store(lower, out);
    budget_sums(lower, out);
    budget_memories(lower, out);
    budget_tables(lower, out);
    lower_isolate_budgets(lower, out);
    budget_report(out);
    text_line(out, 0, "#endif /* LOWERED_BUDGETS_H */");
}
