/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instances behind the MPU. What is inside and what is outside: guest/cortex_m/isolate.h. All that an instance may write
 * is one block; glue.c gets for each canonical function a gate, which core code calls, and for each function of core
 * code that the runtime calls one that lets it run outside.
 */
#include "lower.h"

#include <string.h>

#include "budget.h"
#include "diag.h"

static const char *const isolate_members[] = {
    [CORE_I32 & 3] = "i32", [CORE_I64 & 3] = "i64", [CORE_F32 & 3] = "f32", [CORE_F64 & 3] = "f64"};

/* A lift may be of a canonical function: then an instance without a core module runs code, too. */
bool lower_is_isolated(struct lower *lower, const struct plan_instance *instance)
{
    const struct plan *plan = lower->plan;
    bool found = false;

    for (uint32_t i = 0; i < plan->core_instances.count; i++) {
        found = found || plan->core_instances.at[i]->instance == instance;
    }
    for (uint32_t i = 0; i < plan->lifts.count; i++) {
        found = found || plan->lifts.at[i]->instance == instance;
    }
    for (uint32_t i = 0; i < plan->resources.count; i++) {
        found = found || (plan->resources.at[i]->instance == instance && plan->resources.at[i]->destructor != NULL);
    }
    return found && lower->options->target != NULL;
}

void lower_isolate_enter(struct lower *lower, struct text *out, const struct plan_core_func *func, const char *outside,
                         const char *params, const char *results)
{
    const struct plan_instance *owner =
        func->kind == PLAN_CORE_CANON ? func->canon->instance : func->export.instance->instance;

    (void)lower;
    text_line(out, 1, "gale_isolate_enter(&gale_isolate_%u, %s, %s, %u, %s, %u);", owner->id, outside, params,
              func->type->param_count, results == NULL ? "NULL" : results,
              results == NULL ? 0 : func->type->result_count);
}

/* ---- lowered.h ----------------------------------------------------------------------------------------------- */

static uint32_t isolate_imported_tables(const struct core_module *module)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < module->imports.count; i++) {
        count += module->imports.at[i].type.sort == CORE_TABLE ? 1 : 0;
    }
    return count;
}

/* The names by which the rest of the output knows what lies in a block. */
static void isolate_name(struct text *names, const struct plan_instance *instance, const char *prefix,
                         const char *member, const char *number)
{
    text_line(names, 0, "#define %s%s%s gale_block_%u.guest.%s%s", prefix, member, number, instance->id, member,
              number);
}

static void isolate_core(struct lower *lower, struct text *out, struct text *names,
                         const struct plan_core_instance *core)
{
    const char *number = arena_print(lower->arena, "%u", core->id);

    text_line(out, 1, "w2c_m%u core_%s;", core->module->id, number);
    isolate_name(names, core->instance, "gale_", "core_", number);
    for (uint32_t i = isolate_imported_tables(core->module); i < core->module->tables.count; i++) {
        number = arena_print(lower->arena, "%u_%u", core->id, i);
        text_line(out, 1, "%s table_%s[GALE_TABLE_%s_COUNT];", lower_core_c_type(core->module->tables.at[i].value),
                  number, number);
        isolate_name(names, core->instance, "", "table_", number);
    }
}

static void isolate_block_type(struct lower *lower, struct text *out, const struct plan_instance *instance)
{
    const struct plan *plan = lower->plan;
    struct text names = {.arena = lower->arena};
    uint32_t id = instance->id;

    text_line(out, 0, "/* All that instance %s may write; its stacks lie lowest, so that they end with it. */",
              instance->name);
    text_line(out, 0, "struct gale_guest_%u {", id);
    text_line(out, 1, "GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t stacks[GALE_INSTANCE_%u_CALLS * GALE_CALL_STACK_BYTES];",
              id);
    for (uint32_t i = 0; i < plan->core_instances.count; i++) {
        if (plan->core_instances.at[i]->instance == instance) {
            isolate_core(lower, out, &names, plan->core_instances.at[i]);
        }
    }
    for (uint32_t i = 0; i < plan->memories.count; i++) {
        if (plan->memories.at[i]->owner->instance == instance) {
            text_line(out, 1, "GALE_ALIGNED(16) uint8_t memory_%u[GALE_MEMORY_%u_BYTES];", i, i);
            isolate_name(&names, instance, "", "memory_", arena_print(lower->arena, "%u", i));
        }
    }
    text_line(out, 0, "};");
    text_line(out, 0, "extern union gale_block_%u {", id);
    text_line(out, 1, "struct gale_guest_%u guest;", id);
    text_line(out, 1, "uint8_t bytes[GALE_ISOLATE_BYTES(sizeof(struct gale_guest_%u))];", id);
    text_line(out, 0, "} gale_block_%u;", id);
    text_line(out, 0, "extern const struct gale_isolate gale_isolate_%u;", id);
    text_add(out, &names);
    text_gap(out);
}

void lower_isolate_header(struct lower *lower, struct text *out)
{
    const struct plan *plan = lower->plan;

    if (lower->options->target == NULL) {
        return;
    }
    text_gap(out);
    text_line(out, 0, "#include \"budgets.h\"");
    text_line(out, 0, "#include \"isolate.h\"");
    text_gap(out);
    for (uint32_t i = 0; i < plan->instances.count; i++) {
        if (lower_is_isolated(lower, plan->instances.at[i])) {
            isolate_block_type(lower, out, plan->instances.at[i]);
        }
    }
    for (uint32_t i = 0; i < plan->memories.count; i++) {
        text_line(out, 0, "extern struct gale_memory gale_view_%u; /* what the runtime knows of memory %u */", i, i);
    }
    text_line(out, 0, "extern const struct gale_isolate_gate gale_gates[];");
}

/* ---- glue.c -------------------------------------------------------------------------------------------------- */

static void isolate_gate_head(struct lower *lower, struct text *out, const struct plan_canon *canon, const char *end)
{
    text_print(out, "static %s gate%u(", lower_core_result(lower->arena, canon->type), canon->id);
    lower_core_params(out, canon->type, "");
    text_print(out, ")%s\n", end);
}

void lower_isolate_declare_gates(struct lower *lower, struct text *out)
{
    for (uint32_t i = 0; lower->options->target != NULL && i < lower->plan->canons.count; i++) {
        isolate_gate_head(lower, out, lower->plan->canons.at[i], ";");
    }
}

static void isolate_gate(struct lower *lower, struct text *out, const struct plan_canon *canon)
{
    const struct core_func_type *type = canon->type;

    isolate_gate_head(lower, out, canon, "");
    text_line(out, 0, "{");
    text_print(out, "    union gale_flat flats[] = {%s", type->param_count == 0 ? "gale_glue_slot(0)" : "");
    for (uint32_t i = 0; i < type->param_count; i++) {
        text_print(out, "%sgale_glue_slot%s(p%u)", i == 0 ? "" : ", ", lower_core_slot(type->params[i]), i);
    }
    text_print(out, "};\n\n");
    text_line(out, 1, "gale_isolate_call(%u, flats);", canon->id);
    if (type->result_count > 0) {
        text_line(out, 1, "return flats[0].%s;", isolate_members[type->results[0] & 3]);
    }
    text_line(out, 0, "}");
    text_gap(out);
}

static void isolate_serve(struct lower *lower, struct text *out, const struct plan_canon *canon)
{
    const struct core_func_type *type = canon->type;
    const char *arguments = lower_core_arguments(lower, type, "flats");

    text_line(out, 0, "static void serve%u(union gale_flat *flats)", canon->id);
    text_line(out, 0, "{");
    if (type->result_count > 0) {
        text_line(out, 1, "flats[0] = gale_glue_slot%s(builtin%u(%s));", lower_core_slot(type->results[0]), canon->id,
                  arguments);
    } else {
        text_line(out, 1, "builtin%u(%s);", canon->id, arguments);
    }
    text_line(out, 0, "}");
    text_gap(out);
}

void lower_isolate_gates(struct lower *lower, struct text *out)
{
    const struct plan *plan = lower->plan;

    if (lower->options->target == NULL) {
        return;
    }
    text_line(out, 0, "/* Canonical functions as core code calls them outside, and as they are served inside. */");
    for (uint32_t i = 0; i < plan->canons.count; i++) {
        isolate_gate(lower, out, plan->canons.at[i]);
        isolate_serve(lower, out, plan->canons.at[i]);
    }
    text_line(out, 0, "const struct gale_isolate_gate gale_gates[] = {");
    for (uint32_t i = 0; i < plan->canons.count; i++) {
        const struct plan_canon *canon = plan->canons.at[i];
        text_line(out, 1, "{&gale_instance_%u, serve%u, %u, %u},", canon->instance->id, canon->id,
                  canon->type->param_count, canon->type->result_count);
    }
    text_line(out, 1, "{NULL, NULL, 0, 0},");
    text_line(out, 0, "};");
    text_gap(out);
}

/* ---- plan.c -------------------------------------------------------------------------------------------------- */

/* The records of an instance's memories; how many. */
static uint32_t isolate_memories(struct lower *lower, struct text *out, const struct plan_instance *instance)
{
    uint32_t count = 0;

    text_line(out, 0, "static const struct gale_isolate_memory isolate_%u_memories[] = {", instance->id);
    for (uint32_t i = 0; i < lower->plan->memories.count; i++) {
        const struct plan_memory *memory = lower->plan->memories.at[i];
        if (memory->owner->instance == instance) {
            text_line(out, 1, "{&gale_view_%u, %s, memory_%u, sizeof memory_%u},", i,
                      lower_memory_address(lower, memory), i, i);
            count++;
        }
    }
    text_line(out, 1, "{NULL, NULL, NULL, 0},");
    text_line(out, 0, "};");
    return count;
}

static void isolate_block(struct lower *lower, struct text *out, const struct plan_instance *instance)
{
    uint32_t id = instance->id;
    uint32_t memories;

    text_line(out, 0, "/* Instance %s. */", instance->name);
    text_line(out, 0,
              "GALE_ALIGNED(GALE_ISOLATE_ALIGN(sizeof(struct gale_guest_%u))) union gale_block_%u gale_block_%u;", id,
              id, id);
    text_line(out, 0, "static struct gale_isolate_state isolate_%u_state;", id);
    memories = isolate_memories(lower, out, instance);
    text_line(out, 0, "const struct gale_isolate gale_isolate_%u = {", id);
    text_line(out, 1, "&gale_instance_%u, &isolate_%u_state, gale_block_%u.bytes, sizeof gale_block_%u.bytes,", id, id,
              id, id);
    text_line(out, 1, "gale_block_%u.guest.stacks, GALE_CALL_STACK_BYTES, GALE_INSTANCE_%u_CALLS,", id, id);
    text_line(out, 1, "GALE_INSTANCE_%u_TICKS, isolate_%u_memories, %u, gale_gates, %u};", id, id, memories,
              lower->plan->canons.count);
    text_gap(out);
}

void lower_isolate_blocks(struct lower *lower, struct text *out)
{
    const struct plan *plan = lower->plan;
    uint32_t count = 0;

    if (lower->options->target == NULL) {
        return;
    }
    for (uint32_t i = 0; i < plan->memories.count; i++) {
        text_line(out, 0, "struct gale_memory gale_view_%u;", i);
    }
    for (uint32_t i = 0; i < plan->instances.count; i++) {
        if (lower_is_isolated(lower, plan->instances.at[i])) {
            text_line(out, 0, "extern struct gale_instance gale_instance_%u;", i);
            isolate_block(lower, out, plan->instances.at[i]);
        }
    }
    text_line(out, 0, "const struct gale_isolate *const gale_isolates[] = {");
    for (uint32_t i = 0; i < plan->instances.count; i++) {
        if (lower_is_isolated(lower, plan->instances.at[i])) {
            text_line(out, 1, "&gale_isolate_%u,", i);
            count++;
        }
    }
    text_line(out, 1, "NULL,");
    text_line(out, 0, "};");
    text_line(out, 0, "const uint32_t gale_isolate_count = %u;", count);
    text_gap(out);
}

/* ---- budgets.h ----------------------------------------------------------------------------------------------- */

static void isolate_budget(struct lower *lower, struct text *out, const char *name, const char *value)
{
    (void)lower;
    text_line(out, 0, "#ifndef %s", name);
    text_line(out, 0, "#define %s %s", name, value);
    text_line(out, 0, "#endif");
}

void lower_isolate_budgets(struct lower *lower, struct text *out)
{
    const struct plan *plan = lower->plan;

    if (lower->options->target == NULL) {
        return;
    }
    text_line(out, 0,
              "/* Outside: a stack for each call into an instance that is under way; ticks that it may run without");
    text_line(out, 0, "   calling the runtime, 0: any number. */");
    isolate_budget(lower, out, "GALE_CALL_STACK_BYTES", "1024");
    isolate_budget(lower, out, "GALE_INSTANCE_CALLS", "2");
    isolate_budget(lower, out, "GALE_INSTANCE_TICKS", "0");
    for (uint32_t i = 0; i < plan->instances.count; i++) {
        if (lower_is_isolated(lower, plan->instances.at[i])) {
            isolate_budget(lower, out, arena_print(lower->arena, "GALE_INSTANCE_%u_CALLS", i), "GALE_INSTANCE_CALLS");
            isolate_budget(lower, out, arena_print(lower->arena, "GALE_INSTANCE_%u_TICKS", i), "GALE_INSTANCE_TICKS");
        }
    }
    text_gap(out);
}

/* ---- parts.txt ----------------------------------------------------------------------------------------------- */

/* Whose a module is: of one instance, or of several. */
static const char *isolate_module_owner(const struct lower_module *module)
{
    const struct plan_instance *owner = module->instances.at[0]->instance;

    for (uint32_t i = 1; i < module->instances.count; i++) {
        if (module->instances.at[i]->instance != owner) {
            return "shared";
        }
    }
    return owner->name;
}

/* A handle for each end, and what joins them. */
static uint32_t isolate_stream_bytes(void)
{
    uint32_t bytes = 0;

    for (size_t k = 0; k < BUDGET_KIND_COUNT; k++) {
        if (strcmp(budget_kinds[k].name, "STREAMS") == 0) {
            bytes += budget_kinds[k].bytes;
        } else if (strcmp(budget_kinds[k].name, "HANDLES") == 0) {
            bytes += 2 * budget_kinds[k].bytes;
        }
    }
    return bytes;
}

void lower_write_parts(struct lower *lower, struct text *out)
{
    const struct plan *plan = lower->plan;

    if (lower->options->target == NULL) {
        return;
    }
    text_line(out, 0, "target %s", lower->options->target);
    text_line(out, 0, "stream %u", isolate_stream_bytes());
    for (uint32_t i = 0; i < plan->modules.count; i++) {
        text_line(out, 0, "module %u %s", i, isolate_module_owner(&lower->modules[i]));
    }
    for (uint32_t i = 0; i < plan->instances.count; i++) {
        if (lower_is_isolated(lower, plan->instances.at[i])) {
            text_line(out, 0, "block %u %s", i, plan->instances.at[i]->name);
        }
    }
}

/* ---- what cannot be isolated --------------------------------------------------------------------------------- */

void lower_isolate_check(struct lower *lower)
{
    for (uint32_t i = 0; lower->options->target != NULL && i < lower->plan->canons.count; i++) {
        const struct plan_canon *canon = lower->plan->canons.at[i];
        if (canon->op == CANON_THREAD_NEW_INDIRECT) {
            diag_fail(lower->arena->diag, DIAG_UNSUPPORTED, canon->table.instance->module->at,
                      "core module: threads (thread.new-indirect) are not supported where instances are isolated");
        }
    }
}
