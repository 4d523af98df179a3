/* SPDX-License-Identifier: Apache-2.0 */
/* Instances of core modules: each import bound, each export known by what it is. */
#include "link.h"

#include <string.h>

struct str link_import_key(struct link *link, const struct core_import *import)
{
    uint32_t size = import->module.size + 1 + import->field.size;
    char *key = arena_take(link->arena, size, 1);
    memcpy(key, import->module.data, import->module.size);
    memcpy(key + import->module.size + 1, import->field.data, import->field.size);
    return (struct str){key, size};
}

void link_check_imports(struct link *link, const struct core_import *imports, uint32_t count, uint32_t at)
{
    struct name_map keys = {NULL, 0, 0};
    for (uint32_t i = 0; i < count && link->validating; i++) {
        if (!name_map_add(link->arena, &keys, link_import_key(link, &imports[i]), i)) {
            link_fail(link, at, "core module: duplicate import name `%s:%s`", imports[i].module.data,
                      imports[i].field.data);
        }
    }
}

const struct link_module *link_module_of(struct link *link, struct core_module *module, uint32_t at)
{
    struct link_module *made = ARENA_NEW(link->arena, struct link_module);
    link_check_imports(link, module->imports.at, module->imports.count, at);
    made->module = module;
    made->imports = module->imports.at;
    made->import_count = module->imports.count;
    made->exports = module->exports.at;
    made->export_count = module->exports.count;
    return made;
}

static void link_core_add(struct link *link, struct link_core_instance *instance, struct str name,
                          const struct link_core_item *item, uint32_t at)
{
    if (!name_map_add(link->arena, &instance->names, name, instance->items.count)) {
        link_fail(link, at, "duplicate export name `%s` in a core instance", name.data);
    }
    link_count_value(link);
    *ARRAY_ADD(link->arena, &instance->items) = *item;
}

static const struct link_core_instance *link_core_inline(struct link *link, struct link_scope *scope,
                                                         const struct instantiation *from, uint32_t at)
{
    struct link_core_instance *instance = ARENA_NEW(link->arena, struct link_core_instance);
    for (uint32_t i = 0; i < from->count; i++) {
        const struct argument *export = &from->arguments[i];
        const struct link_core_item *item = link_core_at(link, scope, export->what.sort, export->what.index, at);
        link_core_add(link, instance, export->name.name, item, at);
    }
    return instance;
}

/** What the instantiation gives for an import of the module. */
static const struct link_core_item *link_core_argument(const struct link *link, const struct link_scope *scope,
                                                       const struct instantiation *from, const struct name_map *given,
                                                       const struct core_import *import, uint32_t at)
{
    uint32_t argument = 0;
    uint32_t index = 0;
    if (!name_map_find(given, import->module, &argument)) {
        link_fail(link, at, "missing module instantiation argument `%s`", import->module.data);
    }
    const struct link_core_instance *instance =
        link_at(link, scope, SORT_CORE_INSTANCE, from->arguments[argument].what.index, at)->of.core_instance;
    if (!name_map_find(&instance->names, import->field, &index)) {
        link_fail(link, at, "module instantiation argument `%s` does not export an item named `%s`",
                  import->module.data, import->field.data);
    }
    const struct link_core_item *item = &instance->items.at[index];
    if (!core_extern_matches(&item->type, &import->type)) {
        link_fail(link, at, "`%s` `%s`: expected %s, found %s (type mismatch)", import->module.data, import->field.data,
                  core_extern_print(link->arena, &import->type), core_extern_print(link->arena, &item->type));
    }
    return item;
}

static const struct link_core_item *const *link_core_arguments(struct link *link, struct link_scope *scope,
                                                               const struct instantiation *from,
                                                               const struct link_module *module, uint32_t at)
{
    struct name_map given = {NULL, 0, 0};
    for (uint32_t i = 0; i < from->count; i++) {
        (void)link_at(link, scope, SORT_CORE_INSTANCE, from->arguments[i].what.index, at);
        if (!name_map_add(link->arena, &given, from->arguments[i].name.name, i)) {
            link_fail(link, at, "duplicate module instantiation argument named `%s`",
                      from->arguments[i].name.name.data);
        }
    }
    const struct link_core_item **items = ARENA_ARRAY(link->arena, const struct link_core_item *, module->import_count);
    for (uint32_t i = 0; i < module->import_count; i++) {
        items[i] = link_core_argument(link, scope, from, &given, &module->imports[i], at);
    }
    return items;
}

static void link_core_refuse(const struct link *link, const struct core_module *module, uint32_t at)
{
    for (uint32_t i = 0; i < module->memories.count; i++) {
        const struct core_limits *limits = &module->memories.at[i].limits;
        if (limits->shared || limits->is64) {
            link_unsupported(link, at, "core module: %s memories are not supported",
                             limits->is64 ? "64-bit" : "shared");
        }
    }
    for (uint32_t i = 0; i < module->tables.count; i++) {
        if (module->tables.at[i].limits.is64 || module->tables.at[i].limits.shared) {
            link_unsupported(link, at, "core module: 64-bit or shared tables are not supported");
        }
    }
    if (module->tags.count != 0) {
        link_unsupported(link, at, "core module: exceptions (tags) are not supported");
    }
}

static void link_core_use_module(struct link *link, struct core_module *module)
{
    struct plan *plan = link->plan;
    bool known = module->id < plan->modules.count && plan->modules.at[module->id] == module;
    if (!link->validating && !known) {
        module->id = plan->modules.count;
        *ARRAY_ADD(link->arena, &plan->modules) = module;
    }
}

/** What is bound to the imports of each sort, by index: imports come first in their index spaces. */
struct link_core_bound {
    ARRAY(const struct plan_core_import *) of[CORE_TAG + 1];
};

/** The memories of an instance by index: those bound, then those it defines, which are added to the plan. */
static struct plan_memory **link_core_memories(struct link *link, const struct plan_core_instance *instance,
                                               const struct link_core_bound *bound)
{
    const struct core_module *module = instance->module;
    struct plan_memory **defined = ARENA_ARRAY(link->arena, struct plan_memory *, module->memories.count);
    for (uint32_t i = bound->of[CORE_MEMORY].count; i < module->memories.count; i++) {
        struct plan_memory *memory = ARENA_NEW(link->arena, struct plan_memory);
        memory->id = link->plan->memories.count;
        memory->owner = instance;
        memory->index = i;
        memory->limits = module->memories.at[i].limits;
        *ARRAY_ADD(link->arena, &link->plan->memories) = memory;
        defined[i] = memory;
    }
    for (uint32_t i = 0; i < module->exports.count; i++) {
        const struct core_export *export = &module->exports.at[i];
        if (export->type.sort == CORE_MEMORY && defined[export->index] != NULL) {
            defined[export->index]->exported = export;
        }
    }
    return defined;
}

static const struct plan_core_func *link_core_func(struct link *link, const struct plan_core_export *export)
{
    struct plan_core_func *func = ARENA_NEW(link->arena, struct plan_core_func);
    func->id = link->plan->core_funcs.count;
    func->kind = PLAN_CORE_EXPORT;
    func->type = export->item->type.func;
    func->export = *export;
    *ARRAY_ADD(link->arena, &link->plan->core_funcs) = func;
    return func;
}

static struct link_core_item link_core_item(struct link *link, const struct plan_core_instance *instance,
                                            const struct link_core_bound *bound, struct plan_memory *const *memories,
                                            const struct core_export *export)
{
    struct link_core_item item = {.type = export->type, .export = {instance, export}};
    if (export->index < bound->of[export->type.sort].count) {
        const struct plan_core_import *passed_on = bound->of[export->type.sort].at[export->index];
        item.func = passed_on->func;
        item.memory = passed_on->memory;
        item.export = passed_on->export;
    } else if (export->type.sort == CORE_MEMORY) {
        item.memory = memories[export->index];
    } else if (export->type.sort == CORE_FUNC) {
        item.func = link_core_func(link, &item.export);
    }
    return item;
}

static struct plan_core_instance *link_core_new(struct link *link, struct link_scope *scope, uint32_t at)
{
    struct plan_core_instance *instance = ARENA_NEW(link->arena, struct plan_core_instance);
    if (link->plan->core_instances.count >= LINK_MAX_INSTANCES) {
        diag_fail(link->diag, DIAG_LIMIT, at, "more than %d core instances", LINK_MAX_INSTANCES);
    }
    instance->id = link->plan->core_instances.count;
    instance->instance = scope->instance;
    *ARRAY_ADD(link->arena, &link->plan->core_instances) = instance;
    *ARRAY_ADD(link->arena, &link->plan->steps) = (struct plan_step){NULL, instance};
    return instance;
}

static struct plan_core_import *link_core_bind(struct link *link, struct link_scope *scope,
                                               const struct link_module *module,
                                               const struct link_core_item *const *items, struct link_core_bound *bound)
{
    struct plan_core_import *imports = ARENA_ARRAY(link->arena, struct plan_core_import, module->import_count);
    for (uint32_t i = 0; i < module->import_count; i++) {
        const struct link_core_item *item = items[i];
        imports[i] =
            (struct plan_core_import){&module->imports[i], item->type.sort, item->func, item->memory, item->export};
        *ARRAY_ADD(link->arena, &bound->of[item->type.sort]) = &imports[i];
        if (item->func != NULL && item->func->kind == PLAN_CORE_CANON && item->func->canon->blocks) {
            scope->instance->blocks = true;
        }
    }
    return imports;
}

/** An instance of a module known by type alone. */
static const struct link_core_instance *link_core_made_up(struct link *link, const struct link_module *module,
                                                          uint32_t at)
{
    struct link_core_instance *exports = ARENA_NEW(link->arena, struct link_core_instance);
    for (uint32_t i = 0; i < module->export_count; i++) {
        const struct link_core_item item = {.type = module->exports[i].type};
        link_core_add(link, exports, module->exports[i].name, &item, at);
    }
    return exports;
}

static const struct link_core_instance *link_core_run(struct link *link, struct link_scope *scope,
                                                      const struct link_module *module,
                                                      const struct link_core_item *const *items, uint32_t at)
{
    struct link_core_instance *exports = ARENA_NEW(link->arena, struct link_core_instance);
    struct link_core_bound bound = {{{NULL, 0, 0}}};
    link_core_refuse(link, module->module, at);
    link_core_use_module(link, module->module);
    struct plan_core_instance *instance = link_core_new(link, scope, at);
    instance->module = module->module;
    instance->imports = link_core_bind(link, scope, module, items, &bound);
    struct plan_memory *const *memories = link_core_memories(link, instance, &bound);
    for (uint32_t i = 0; i < module->export_count; i++) {
        const struct link_core_item item = link_core_item(link, instance, &bound, memories, &module->exports[i]);
        link_core_add(link, exports, module->exports[i].name, &item, at);
    }
    return exports;
}

const struct link_core_instance *link_core_instantiate(struct link *link, struct link_scope *scope,
                                                       const struct instantiation *from, uint32_t at)
{
    if (from->is_inline) {
        return link_core_inline(link, scope, from, at);
    }
    const struct link_module *module = link_at(link, scope, SORT_CORE_MODULE, from->index, at)->of.module;
    const struct link_core_item *const *items = link_core_arguments(link, scope, from, module, at);
    return module->module == NULL ? link_core_made_up(link, module, at) : link_core_run(link, scope, module, items, at);
}
