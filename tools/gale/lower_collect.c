/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the output consists of: which core items glue refers to, which types need code or a description, which functions
 * the program exports. What the back half cannot do is refused here, before anything is written.
 */
#include "lower.h"

#include "diag.h"

#include <string.h>

static _Noreturn void collect_refuse(struct lower *lower, uint32_t at, const char *what)
{
    diag_fail(lower->arena->diag, DIAG_UNSUPPORTED, at, "%s", what);
}

static void collect_func(struct lower *lower, const struct plan_core_func *func)
{
    if (func != NULL && func->kind == PLAN_CORE_EXPORT) {
        lower_want(lower, func->export.instance, CORE_FUNC, func->export.item->index);
    }
}

static void collect_memory(struct lower *lower, const struct plan_memory *memory)
{
    if (memory != NULL) {
        lower_want(lower, memory->owner, CORE_MEMORY, memory->index);
    }
}

static void collect_item(struct lower *lower, struct plan_core_export item)
{
    if (item.instance != NULL) {
        lower_want(lower, item.instance, item.item->type.sort, item.item->index);
    }
}

static void collect_imports(struct lower *lower, const struct plan_core_instance *instance)
{
    for (uint32_t i = 0; i < instance->module->imports.count; i++) {
        const struct plan_core_import *import = &instance->imports[i];
        if (import->sort == CORE_FUNC) {
            collect_func(lower, import->func);
        } else if (import->sort == CORE_MEMORY) {
            collect_memory(lower, import->memory);
        } else if (import->sort != CORE_TAG) {
            collect_item(lower, import->export);
        }
    }
}

static void collect_check_func(struct lower *lower, const struct core_module *module, const struct core_func_type *type)
{
    for (uint32_t i = 0; i < type->param_count; i++) {
        if (type->params[i] == CORE_V128) {
            collect_refuse(lower, module->at, "core module: SIMD (v128) is not supported");
        }
    }
}

/* A memory or table that the module defines must have a name, so that it can be given its storage. */
static void collect_own(bool *exported, const struct core_module *module, enum core_sort sort, uint32_t count)
{
    uint32_t imported = 0;

    for (uint32_t i = 0; i < module->imports.count; i++) {
        imported += module->imports.at[i].type.sort == sort ? 1 : 0;
    }
    for (uint32_t i = imported; i < count; i++) {
        exported[i] = true;
    }
}

static void collect_module(struct lower *lower, const struct core_module *module)
{
    struct lower_module *collected = &lower->modules[module->id];

    collected->module = module;
    collected->exported[CORE_FUNC] = ARENA_ARRAY(lower->arena, bool, module->funcs.count + 1);
    collected->exported[CORE_TABLE] = ARENA_ARRAY(lower->arena, bool, module->tables.count + 1);
    collected->exported[CORE_MEMORY] = ARENA_ARRAY(lower->arena, bool, module->memories.count + 1);
    collected->exported[CORE_GLOBAL] = ARENA_ARRAY(lower->arena, bool, module->globals.count + 1);
    collect_own(collected->exported[CORE_TABLE], module, CORE_TABLE, module->tables.count);
    collect_own(collected->exported[CORE_MEMORY], module, CORE_MEMORY, module->memories.count);
    if (module->tags.count > 0) {
        collect_refuse(lower, module->at, "core module: exceptions (tags) are not supported");
    }
    for (uint32_t i = 0; i < module->imports.count; i++) {
        if (module->imports.at[i].type.sort == CORE_FUNC) {
            collect_check_func(lower, module, module->imports.at[i].type.func);
        }
    }
}

static void collect_core(struct lower *lower)
{
    const struct plan *plan = lower->plan;

    lower->modules = ARENA_ARRAY(lower->arena, struct lower_module, plan->modules.count + 1);
    for (uint32_t i = 0; i < plan->modules.count; i++) {
        collect_module(lower, plan->modules.at[i]);
    }
    for (uint32_t i = 0; i < plan->core_instances.count; i++) {
        const struct plan_core_instance *instance = plan->core_instances.at[i];
        *ARRAY_ADD(lower->arena, &lower->modules[instance->module->id].instances) = instance;
        collect_imports(lower, instance);
    }
    for (uint32_t i = 0; i < plan->options.count; i++) {
        collect_memory(lower, plan->options.at[i]->memory);
        collect_func(lower, plan->options.at[i]->realloc);
    }
    for (uint32_t i = 0; i < plan->lifts.count; i++) {
        collect_func(lower, plan->lifts.at[i]->core);
        collect_func(lower, plan->lifts.at[i]->callback);
        collect_func(lower, plan->lifts.at[i]->post_return);
    }
    for (uint32_t i = 0; i < plan->canons.count; i++) {
        collect_memory(lower, plan->canons.at[i]->memory);
        collect_item(lower, plan->canons.at[i]->table);
    }
    for (uint32_t i = 0; i < plan->resources.count; i++) {
        collect_func(lower, plan->resources.at[i]->destructor);
    }
}

/* Instances of different components may have interfaces of one name: there it is put behind the instance's. */
static struct str collect_interface(struct lower *lower, struct str outer, struct str name)
{
    const char *path;

    if (!lower->plan->open || outer.size == 0) {
        return name;
    }
    path = arena_print(lower->arena, "%s/%s", outer.data, name.data);
    return (struct str){path, (uint32_t)strlen(path)};
}

static void collect_exports(struct lower *lower, struct str interface, const struct plan_item *items, uint32_t count,
                            unsigned depth)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct plan_item *item = &items[i];
        if (item->kind == PLAN_INSTANCE && depth < COMPONENT_MAX_DEPTH) {
            collect_exports(lower, collect_interface(lower, interface, item->name.name), item->items, item->item_count,
                            depth + 1);
        } else if (item->kind == PLAN_FUNC && item->func.lift != NULL) {
            *ARRAY_ADD(lower->arena, &lower->exports) =
                (struct lower_export){interface, item->name.name, item->func.lift};
        } else if (item->kind == PLAN_FUNC) {
            diag_fail(lower->arena->diag, DIAG_UNSUPPORTED, item->at,
                      "export `%s`: a function that is itself imported is not supported", item->name.name.data);
        }
    }
}

static void collect_func_type(bool *marks, const struct func_type *type)
{
    if (type->param_tuple != NULL) {
        marks[type->param_tuple->id] = true;
    }
    if (type->result != NULL) {
        marks[type->result->id] = true;
    }
}

/* A type marks its parts, which have smaller ids. */
static void collect_parts(const struct types *types, bool *marks)
{
    for (uint32_t id = types->all.count; id-- > 0;) {
        const struct type *type = types->all.at[id];
        for (uint32_t i = 0; marks[id] && i < type->field_count; i++) {
            if (type->fields[i].type != NULL) {
                marks[type->fields[i].type->id] = true;
            }
        }
        if (marks[id] && type->element != NULL) {
            marks[type->element->id] = true;
        }
    }
}

static void collect_types(struct lower *lower)
{
    const struct plan *plan = lower->plan;
    uint32_t count = plan->types->all.count;
    bool *used = ARENA_ARRAY(lower->arena, bool, count + 1);

    lower->movers = ARENA_ARRAY(lower->arena, struct lower_mover, (size_t)count * 4 + 1);
    lower->lists = ARENA_ARRAY(lower->arena, struct lower_mover, count + 1);
    lower->values = ARENA_ARRAY(lower->arena, bool, count + 1);
    lower->described = ARENA_ARRAY(lower->arena, bool, count + 1);
    for (uint32_t i = 0; i < plan->lifts.count; i++) {
        collect_func_type(used, plan->lifts.at[i]->type);
    }
    for (uint32_t i = 0; i < plan->host_funcs.count; i++) {
        collect_func_type(used, plan->host_funcs.at[i]->type);
        collect_func_type(lower->described, plan->host_funcs.at[i]->type);
    }
    for (uint32_t i = 0; i < plan->canons.count; i++) {
        if (plan->canons.at[i]->value != NULL) {
            used[plan->canons.at[i]->value->id] = true;
        }
    }
    for (uint32_t i = 0; i < lower->exports.count; i++) {
        collect_func_type(lower->described, lower->exports.at[i].lift->type);
    }
    collect_parts(plan->types, used);
    collect_parts(plan->types, lower->described);
    for (uint32_t id = 0; id < count; id++) {
        const struct type *type = plan->types->all.at[id];
        if (used[id] && (type->kind == TYPE_STREAM || type->kind == TYPE_FUTURE) && type->element != NULL) {
            lower->values[type->element->id] = true;
        }
    }
}

void lower_collect(struct lower *lower)
{
    collect_core(lower);
    collect_exports(lower, (struct str){"", 0}, lower->plan->exports, lower->plan->export_count, 0);
    collect_types(lower);
}
