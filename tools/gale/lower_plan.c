/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan.c of the output: the static objects of the program and the order in which it comes up.
 */
#include "lower.h"

#include <string.h>

/* "GALE_MEMORY_3_BYTES": what budgets.h calls the storage of a memory. */
static void plan_memories(struct lower *lower, struct text *out)
{
    if (lower->options->target != NULL) {
        return;
    }
    for (uint32_t i = 0; i < lower->plan->memories.count; i++) {
        const struct plan_memory *memory = lower->plan->memories.at[i];
        text_line(out, 0, "static GALE_ALIGNED(16) uint8_t memory_%u[GALE_MEMORY_%u_BYTES];", memory->id, memory->id);
    }
    text_gap(out);
}

static uint32_t plan_imported_tables(const struct core_module *module)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < module->imports.count; i++) {
        count += module->imports.at[i].type.sort == CORE_TABLE ? 1 : 0;
    }
    return count;
}

/* Storage of the tables of a core instance. */
static void plan_tables(struct lower *lower, struct text *out, const struct plan_core_instance *core)
{
    if (lower->options->target != NULL) {
        return;
    }
    for (uint32_t i = plan_imported_tables(core->module); i < core->module->tables.count; i++) {
        const char *element = lower_core_c_type(core->module->tables.at[i].value);
        text_line(out, 0, "static %s table_%u_%u[GALE_TABLE_%u_%u_COUNT];", element, core->id, i, core->id, i);
    }
}

static void plan_prepare_tables(struct text *out, const struct plan_core_instance *core)
{
    for (uint32_t i = plan_imported_tables(core->module); i < core->module->tables.count; i++) {
        text_line(out, 1, "gale_guest_%sref_table(&gale_core_%u.w2c_tab%u, table_%u_%u, GALE_TABLE_%u_%u_COUNT);",
                  core->module->tables.at[i].value == CORE_FUNCREF ? "func" : "extern", core->id, i, core->id, i,
                  core->id, i);
    }
}

static void plan_prepare(struct lower *lower, struct text *out, const struct plan_core_instance *core)
{
    text_line(out, 0, "static void prepare_%u(void)", core->id);
    text_line(out, 0, "{");
    text_line(out, 1, "memset(&gale_core_%u, 0, sizeof gale_core_%u);", core->id, core->id);
    for (uint32_t i = 0; i < lower->plan->memories.count; i++) {
        const struct plan_memory *memory = lower->plan->memories.at[i];
        if (memory->owner == core) {
            text_line(out, 1, "gale_guest_memory(%s, memory_%u, sizeof memory_%u);",
                      lower_memory_address(lower, memory), i, i);
        }
    }
    plan_prepare_tables(out, core);
    text_line(out, 0, "}");
    text_gap(out);
}

/* How the imports of an instance find it; NULL where the module has one instance only. */
static const char *plan_link_record(struct lower *lower, struct text *out, const struct plan_core_instance *core)
{
    if (core->module->imports.count == 0) {
        return "";
    }
    if (lower->modules[core->module->id].instances.count == 1) {
        return ", NULL";
    }
    text_line(out, 0, "static const struct w2c_m%ui link_%u = {%u};", core->module->id, core->id, core->id);
    return arena_print(lower->arena, ", (struct w2c_m%ui *)&link_%u", core->module->id, core->id);
}

/* Instantiates the core module: itself, or through a function that runs outside. */
static void plan_instantiate(struct lower *lower, struct text *out, const struct plan_core_instance *core,
                             const char *link)
{
    static const char *const head = "static void start_%u%s(void *guest, const union gale_flat *params, "
                                    "union gale_flat *results)";
    const bool isolated = lower->options->target != NULL;

    text_line(out, 0, head, core->id, isolated ? "_outside" : "");
    text_line(out, 0, "{");
    text_line(out, 1, "(void)guest, (void)params, (void)results;");
    text_line(out, 1, "wasm2c_m%u_instantiate(&gale_core_%u%s);", core->module->id, core->id, link);
    text_line(out, 0, "}");
    text_gap(out);
    if (isolated) {
        text_line(out, 0, head, core->id, "");
        text_line(out, 0, "{");
        text_line(out, 1, "(void)guest;");
        text_line(out, 1, "gale_isolate_enter(&gale_isolate_%u, start_%u_outside, params, 0, results, 0);",
                  core->instance->id, core->id);
        text_line(out, 0, "}");
        text_gap(out);
    }
}

static void plan_core(struct lower *lower, struct text *out, const struct plan_core_instance *core)
{
    bool stack = core->instance->blocks && core->module->has_start;
    const char *link;

    if (lower->options->target == NULL) {
        text_line(out, 0, "w2c_m%u gale_core_%u;", core->module->id, core->id);
    }
    plan_tables(lower, out, core);
    link = plan_link_record(lower, out, core);
    text_gap(out);
    plan_prepare(lower, out, core);
    plan_instantiate(lower, out, core, link);
    text_line(out, 0, "static const struct gale_func start_func_%u = {", core->id);
    text_line(out, 1, "&gale_instance_%u, NULL, %s, NULL, start_%u, NULL, NULL};", core->instance->id,
              stack ? "GALE_FUNC_STACK" : "0", core->id);
    text_line(out, 0,
              "static const struct gale_binding start_binding_%u = {&start_func_%u, NULL, NULL, 0, 0, NULL, NULL};",
              core->id, core->id);
    text_gap(out);
}

static void plan_steps(struct lower *lower, struct text *out)
{
    for (uint32_t i = 0; i < lower->plan->instances.count; i++) {
        text_line(out, 0, "struct gale_instance gale_instance_%u; /* %s */", i, lower->plan->instances.at[i]->name);
        text_line(out, 0, "static const struct gale_instance_budget budget_%u = GALE_INSTANCE_%u_BUDGET;", i, i);
    }
    text_gap(out);
    for (uint32_t i = 0; i < lower->plan->core_instances.count; i++) {
        plan_core(lower, out, lower->plan->core_instances.at[i]);
    }
    text_line(out, 0, "static const struct gale_guest_step steps[] = {");
    for (uint32_t i = 0; i < lower->plan->steps.count; i++) {
        const struct plan_step *step = &lower->plan->steps.at[i];
        if (step->core != NULL) {
            text_line(out, 1, "{NULL, NULL, NULL, prepare_%u, &start_binding_%u},", step->core->id, step->core->id);
            continue;
        }
        text_line(out, 1, "{&gale_instance_%u, %s, &budget_%u, NULL, NULL},", step->instance->id,
                  step->instance->parent == NULL
                      ? "NULL"
                      : arena_print(lower->arena, "&gale_instance_%u", step->instance->parent->id),
                  step->instance->id);
    }
    text_line(out, 0, "};");
    text_gap(out);
}

static void plan_resource(struct lower *lower, struct text *out, const struct plan_resource *resource)
{
    const char *instance = "NULL";
    const char *destructor = "NULL";
    bool host = resource->instance == NULL;

    if (!host) {
        instance = arena_print(lower->arena, "&gale_instance_%u", resource->instance->id);
    }
    if (resource->destructor != NULL) {
        lower_core_thunk(lower, out, arena_print(lower->arena, "drop_%u_core", resource->id), resource->destructor);
        text_line(out, 0, "static const struct gale_func drop_%u = {%s, NULL, %s, NULL, drop_%u_core, NULL, NULL};",
                  resource->id, instance, resource->instance->blocks ? "GALE_FUNC_STACK" : "0", resource->id);
        destructor = arena_print(lower->arena, "&drop_%u", resource->id);
    }
    text_line(out, 0, "static const struct gale_resource_type resource_%u = {%s, %s, %s, (void *)&gale_resources[%u]};",
              resource->id, instance, destructor, host ? "gale_host_drop" : "NULL", resource->id);
}

void lower_write_resources(struct lower *lower, struct text *out)
{
    for (uint32_t i = 0; i < lower->plan->resources.count; i++) {
        plan_resource(lower, out, lower->plan->resources.at[i]);
    }
    text_line(out, 0, "const struct gale_resource_type *const gale_resource_types[] = {");
    for (uint32_t i = 0; i < lower->plan->resources.count; i++) {
        text_line(out, 1, "&resource_%u,", i);
    }
    text_line(out, 1, "NULL,");
    text_line(out, 0, "};");
    text_gap(out);
}

static void plan_tables_of_program(struct lower *lower, struct text *out)
{
    const struct plan *plan = lower->plan;

    text_line(out, 0, "static const struct gale_wit_instance instances[] = {");
    for (uint32_t i = 0; i < plan->instances.count; i++) {
        const struct plan_instance *instance = plan->instances.at[i];
        text_line(out, 1, "{\"%s\", &gale_instance_%u, %d},", instance->name, i,
                  instance->parent == NULL ? -1 : (int)instance->parent->id);
    }
    text_line(out, 0, "};");
    text_line(out, 0, "static const struct gale_wit_memory memories[] = {");
    for (uint32_t i = 0; i < plan->memories.count; i++) {
        const struct plan_memory *memory = plan->memories.at[i];
        uint32_t page = (uint32_t)1 << lower_limits(lower, memory).page_log2;
        text_line(out, 1, "{\"%s memory %u\", %s, sizeof memory_%u / %u, %u, %u},", memory->owner->instance->name, i,
                  lower_memory_view(lower, memory), i, page, page, memory->owner->instance->id);
    }
    text_line(out, 1, "{NULL, NULL, 0, 0, -1},");
    text_line(out, 0, "};");
    text_line(out, 0, "static const struct gale_wit_budget budgets[] = GALE_BUDGETS;");
    text_gap(out);
}

/* Does this step begin the next part? Parts are the instances in an open component, the first with that component. */
static bool plan_begins_part(const struct plan *plan, uint32_t step)
{
    const struct plan_instance *instance = plan->steps.at[step].instance;

    return plan->open && step > 1 && instance != NULL && instance->depth == 1;
}

static uint32_t plan_part_count(const struct plan *plan)
{
    uint32_t count = 1;

    for (uint32_t i = 0; i < plan->steps.count; i++) {
        count += plan_begins_part(plan, i) ? 1 : 0;
    }
    return count;
}

static void plan_start_parts(struct lower *lower, struct text *out)
{
    text_print(out, "static const uint32_t parts[] = {0");
    for (uint32_t i = 0; i < lower->plan->steps.count; i++) {
        if (plan_begins_part(lower->plan, i)) {
            text_print(out, ", %u", i);
        }
    }
    text_line(out, 0, ", sizeof steps / sizeof steps[0]};");
    text_gap(out);
    text_line(out, 0, "static int start_part(uint32_t part)");
    text_line(out, 0, "{");
    text_line(out, 1, "int status = part == 0 ? gale_store_init(&store, &program_memory) : GALE_OK;");
    text_gap(out);
    if (lower->options->target != NULL) {
        text_line(out, 1, "if (part == 0 && status == GALE_OK) {");
        text_line(out, 2, "status = gale_isolate_init();");
        text_line(out, 1, "}");
    }
    text_line(out, 1, "if (status != GALE_OK) {");
    text_line(out, 2, "return status;");
    text_line(out, 1, "}");
    text_line(out, 1, "if (part == 0) {");
    text_line(out, 2, "gale_store_profile(&store, GALE_PROFILE_SCRIPTS);");
    text_line(out, 2, "gale_store_resource_types(&store, gale_resource_types, %u);", lower->plan->resources.count);
    text_line(out, 1, "}");
    text_line(out, 1, "return gale_guest_start(&store, steps + parts[part], parts[part + 1] - parts[part]);");
    text_line(out, 0, "}");
    text_gap(out);
    text_line(out, 0, "static int start(void)");
    text_line(out, 0, "{");
    text_line(out, 1, "int status = GALE_OK;");
    text_gap(out);
    text_line(out, 1, "for (uint32_t part = 0; status == GALE_OK && part < %u; part++) {",
              plan_part_count(lower->plan));
    text_line(out, 2, "status = start_part(part);");
    text_line(out, 1, "}");
    text_line(out, 1, "return status;");
    text_line(out, 0, "}");
    text_gap(out);
}

static void plan_start(struct lower *lower, struct text *out)
{
    text_line(out, 0, "GALE_STORE_MEMORY_DEFINE(program, %u, GALE_HANDLES, GALE_THREADS, GALE_TASKS, GALE_SUBTASKS,",
              lower->plan->instances.count);
    text_line(out, 0, "                         GALE_STREAMS, GALE_SETS, GALE_LENDS, GALE_ENDS, GALE_STACKS,");
    text_line(out, 0, "                         GALE_STACK_BYTES, GALE_RUN_STACK_BYTES);");
    text_line(out, 0, "static struct gale_store store;");
    text_line(out, 0, "static GALE_ALIGNED(16) uint8_t call_bytes[GALE_CALL_ARENA_BYTES];");
    text_line(out, 0, "static GALE_ALIGNED(16) uint8_t import_bytes[GALE_IMPORT_ARENA_BYTES];");
    text_line(out, 0, "static struct gale_arena call_arena = {{call_bytes, sizeof call_bytes, 0, 0}, 0};");
    text_line(out, 0, "static struct gale_arena import_arena = {{import_bytes, sizeof import_bytes, 0, 0}, 0};");
    text_line(out, 0,
              "const struct gale_value_options gale_call_options = {&call_arena.memory, NULL, GALE_ENCODING_UTF8};");
    text_line(
        out, 0,
        "const struct gale_value_options gale_import_options = {&import_arena.memory, NULL, GALE_ENCODING_UTF8};");
    text_gap(out);
    text_line(out, 0, "struct gale_instance *gale_guest_running(void)");
    text_line(out, 0, "{");
    text_line(out, 1, "return gale_guest_running_in(&store);");
    text_line(out, 0, "}");
    text_gap(out);
    plan_start_parts(lower, out);
}

static void plan_program(struct lower *lower, struct text *out)
{
    const struct plan *plan = lower->plan;
    const char *name = lower->options->component;

    for (const char *c = name; *c != '\0'; c++) {
        name = *c == '/' ? c + 1 : name;
    }
    text_line(out, 0, "const struct gale_wit_program gale_program = {");
    text_line(out, 1, "%s, &store, &program_memory, &call_arena, &import_arena,",
              text_quote(lower->arena, (struct str){name, (uint32_t)strlen(name)}));
    text_line(out, 1, "gale_exports, gale_imports, gale_resources, instances, memories, budgets,");
    text_line(out, 1, "%u, %u, %u, %u, %u, sizeof budgets / sizeof budgets[0], %u, start, start_part};",
              lower->exports.count, plan->host_funcs.count, plan->resources.count, plan->instances.count,
              plan->memories.count, plan_part_count(plan));
}

void lower_write_plan(struct lower *lower, struct text *out)
{
    text_line(out, 0, "/* SPDX-License-Identifier: Apache-2.0 */");
    text_line(out, 0, "/* Generated by gale lower: the program's static objects and how it starts. */");
    text_line(out, 0, "#include \"lowered.h\"");
    text_line(out, 0, "#include \"budgets.h\"");
    text_gap(out);
    plan_memories(lower, out);
    lower_isolate_blocks(lower, out);
    plan_steps(lower, out);
    plan_start(lower, out);
    plan_tables_of_program(lower, out);
    plan_program(lower, out);
}
