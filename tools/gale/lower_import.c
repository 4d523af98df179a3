/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the imports of core modules lead to. wasm2c calls `w2c_mKi_N(link, ...)` for import N of module K; the link tells
 * apart the instances of a module that is instantiated more than once.
 */
#include "lower.h"

static const char *import_arguments(struct lower *lower, const struct core_func_type *type)
{
    struct text list = {.arena = lower->arena};

    for (uint32_t i = 0; i < type->param_count; i++) {
        text_print(&list, "%sp%u", i == 0 ? "" : ", ", i);
    }
    return list.data == NULL ? "" : list.data;
}

/* What instance `instance` has for import `number`: a call, or an address. */
static const char *import_value(struct lower *lower, const struct plan_core_instance *instance, uint32_t number)
{
    const struct plan_core_import *import = &instance->imports[number];

    switch (import->sort) {
    case CORE_FUNC:
        return lower_core_call(lower, import->func, import_arguments(lower, import->item->type.func));
    case CORE_MEMORY:
        return lower_memory_address(lower, import->memory);
    default:
        return lower_core_address(lower, import->export);
    }
}

static void import_head(struct lower *lower, struct text *out, const struct core_module *module,
                        const struct core_import *import, uint32_t number)
{
    const char *link = arena_print(lower->arena, "struct w2c_m%ui *link", module->id);
    const char *name = arena_print(lower->arena, "w2c_m%ui_%u(", module->id, number);

    switch (import->type.sort) {
    case CORE_FUNC:
        text_print(out, "%s %s", lower_core_result(lower->arena, import->type.func), name);
        lower_core_params(out, import->type.func, link);
        text_print(out, ")\n");
        return;
    case CORE_MEMORY:
        text_line(out, 0, "wasm_rt_memory_t *%s%s)", name, link);
        return;
    case CORE_TABLE:
        text_line(out, 0, "wasm_rt_%sref_table_t *%s%s)", import->type.value == CORE_FUNCREF ? "func" : "extern", name,
                  link);
        return;
    default:
        text_line(out, 0, "%s *%s%s)", lower_core_c_type(import->type.value), name, link);
    }
}

static void import_write(struct lower *lower, struct text *out, const struct lower_module *module, uint32_t number)
{
    const struct core_import *import = &module->module->imports.at[number];
    bool returns = import->type.sort != CORE_FUNC || import->type.func->result_count > 0;

    text_line(out, 0, "/* \"%s\" \"%s\" */", text_comment(lower->arena, import->module),
              text_comment(lower->arena, import->field));
    import_head(lower, out, module->module, import, number);
    text_line(out, 0, "{");
    if (module->instances.count == 1) {
        text_line(out, 1, "(void)link;");
        text_line(out, 1, "%s%s;", returns ? "return " : "", import_value(lower, module->instances.at[0], number));
    } else {
        text_line(out, 1, "switch (link->core) {");
        for (uint32_t i = 0; i < module->instances.count; i++) {
            bool last = i + 1 == module->instances.count;
            text_line(out, 1, last ? "default:" : "case %u:", module->instances.at[i]->id);
            text_line(out, 2, "%s%s;", returns ? "return " : "", import_value(lower, module->instances.at[i], number));
            if (!returns) {
                text_line(out, 2, "return;");
            }
        }
        text_line(out, 1, "}");
    }
    text_line(out, 0, "}");
    text_gap(out);
}

void lower_write_imports(struct lower *lower, struct text *out)
{
    for (uint32_t k = 0; k < lower->plan->modules.count; k++) {
        for (uint32_t i = 0; i < lower->modules[k].module->imports.count; i++) {
            import_write(lower, out, &lower->modules[k], i);
        }
    }
}
