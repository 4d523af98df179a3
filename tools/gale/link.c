/* SPDX-License-Identifier: Apache-2.0 */
/* Running a component: its definitions in order. Recursion: an instantiation in a component, LINK_MAX_DEPTH deep. */
#include "link.h"

void link_enter(struct link *link, uint32_t at)
{
    if (++link->depth > LINK_MAX_DEPTH) {
        diag_fail(link->diag, DIAG_LIMIT, at, "instantiations nest more than %d deep", LINK_MAX_DEPTH);
    }
}

void link_leave(struct link *link)
{
    link->depth--;
}

static struct plan_instance *link_new_instance(struct link *link, const struct component *component,
                                               const struct plan_instance *parent, uint32_t at)
{
    struct plan *plan = link->plan;
    if (plan->instances.count >= LINK_MAX_INSTANCES) {
        diag_fail(link->diag, DIAG_LIMIT, at, "more than %d component instances", LINK_MAX_INSTANCES);
    }
    struct plan_instance *instance = ARENA_NEW(link->arena, struct plan_instance);
    instance->id = plan->instances.count;
    instance->parent = parent;
    instance->component = component->id;
    instance->name = "root";
    if (parent != NULL) {
        instance->name = arena_print(link->arena, "%s.%u", parent->depth < 8 ? parent->name : "...", instance->id);
        instance->depth = parent->depth + 1;
    }
    *ARRAY_ADD(link->arena, &plan->instances) = instance;
    *ARRAY_ADD(link->arena, &plan->steps) = (struct plan_step){instance, NULL};
    return instance;
}

const struct link_instance *link_instantiate(struct link *link, const struct plan_instance *parent_instance,
                                             const struct link_component *component,
                                             const struct link_instance *arguments, uint32_t at)
{
    if (component->definition == NULL) {
        return link_run_type(link, component, arguments, at);
    }
    return link_run(link, component->definition, component->scope, parent_instance, arguments, at);
}

static struct link_value link_value_at(const struct link *link, const struct link_scope *scope,
                                       const struct sort_index *what, uint32_t at)
{
    return *link_at(link, scope, what->sort, what->index, at);
}

/** An export of a component or an inline export: core items other than modules have no type to be exported with. */
static struct link_value link_exportable(const struct link *link, const struct link_scope *scope,
                                         const struct argument *export, uint32_t at)
{
    if (export->what.sort < SORT_FUNC && export->what.sort != SORT_CORE_MODULE) {
        link_fail(link, at, "`%s`: a %s cannot be exported", export->name.name.data, sort_name(export->what.sort));
    }
    return link_value_at(link, scope, &export->what, at);
}

static const struct link_instance *link_inline_instance(struct link *link, struct link_scope *scope,
                                                        const struct instantiation *from, uint32_t at)
{
    struct link_instance *instance = link_instance_new(link);
    struct link_names *names = ARENA_NEW(link->arena, struct link_names);
    names->inlined = true;
    for (uint32_t i = 0; i < from->count; i++) {
        struct link_value value = link_exportable(link, scope, &from->arguments[i], at);
        link_name(link, names, &from->arguments[i].name, &value, at);
        link_instance_add(link, instance, &from->arguments[i].name, value, at);
    }
    return instance;
}

static const struct link_instance *link_instance_def(struct link *link, struct link_scope *scope,
                                                     const struct instantiation *from, uint32_t at)
{
    if (from->is_inline) {
        return link_inline_instance(link, scope, from, at);
    }
    const struct link_component *component = link_at(link, scope, SORT_COMPONENT, from->index, at)->of.component;
    struct link_instance *arguments = link_instance_new(link);
    for (uint32_t i = 0; i < from->count; i++) {
        struct link_value value = link_exportable(link, scope, &from->arguments[i], at);
        link_instance_add(link, arguments, &from->arguments[i].name, value, at);
    }
    return link_instantiate(link, scope->instance, component, arguments, at);
}

/** A definition of a component; it is run once with made-up imports to see whether it is valid. */
static struct link_value link_component_def(struct link *link, struct link_scope *scope,
                                            const struct component *definition, uint32_t at)
{
    struct link_component *component = ARENA_NEW(link->arena, struct link_component);
    component->definition = definition;
    component->scope = scope;
    if (link->validating && !link->validated[definition->id]) {
        link->validated[definition->id] = true;
        (void)link_run(link, definition, scope, scope->instance, NULL, at);
    }
    return (struct link_value){SORT_COMPONENT, {.component = component}};
}

static void link_import(struct link *link, struct link_scope *scope, const struct import_def *import,
                        const struct link_instance *arguments, uint32_t at)
{
    const struct link_origin origin = {STR(""), import->name.name};
    const struct link_value *given = NULL;
    bool of_host = scope->parent == NULL || (link->open && scope->parent->parent == NULL);
    if (arguments != NULL) {
        given = link_instance_find(arguments, import->name.name);
        if (given == NULL && !of_host) {
            link_fail(link, at, "missing import named `%s`", import->name.name.data);
        }
    }
    struct link_value value = link_extern(link, scope, &import->type, given, &origin, at);
    link_name(link, &scope->imports, &import->name, &value, at);
    link_visible(link, scope, true, &import->name, &value, at);
    link_push(link, scope, value);
    if (of_host && given == NULL && link_instance_find(link->imports, import->name.name) == NULL) {
        link_instance_add(link, link->imports, &import->name, value, at);
    }
}

/** What is exported, seen through the type that the export gives it. Validation knows it by that type alone: a resource
    exported as `(sub resource)` is another one outside. */
static struct link_value link_ascribed(struct link *link, struct link_scope *scope, const struct export_def *export,
                                       const struct link_value *given, const struct link_origin *origin, uint32_t at)
{
    struct link_value value = *given;
    if (export->has_type) {
        value = link_extern(link, scope, &export->type, given, origin, at);
    }
    if (export->has_type && link->validating) {
        return link_extern(link, scope, &export->type, NULL, origin, at);
    }
    if (value.sort == SORT_TYPE) {
        value.of.type = link_named(link, value.of.type);
    }
    return value;
}

static void link_export(struct link *link, struct link_scope *scope, struct link_instance *exports,
                        const struct export_def *export, uint32_t at)
{
    const struct link_origin origin = {STR(""), export->name.name};
    const struct argument as = {export->name, export->what};
    struct link_value value = link_exportable(link, scope, &as, at);
    value = link_ascribed(link, scope, export, &value, &origin, at);
    if (value.sort == SORT_TYPE && value.of.type->kind == LINK_TYPE_RESOURCE &&
        value.of.type->resource->name.data == NULL) {
        value.of.type->resource->name = export->name.name;
    }
    link_name(link, &scope->exports, &export->name, &value, at);
    link_visible(link, scope, false, &export->name, &value, at);
    link_push(link, scope, value);
    link_instance_add(link, exports, &export->name, value, at);
}

static void link_definition(struct link *link, struct link_scope *scope, const struct definition *definition,
                            const struct link_instance *arguments, struct link_instance *exports)
{
    uint32_t at = definition->at;
    struct link_value value = {SORT_TYPE, {.type = NULL}};
    link->diag->near = at;
    switch (definition->kind) {
    case DEF_CORE_MODULE:
        value.sort = SORT_CORE_MODULE;
        value.of.module = link_module_of(link, definition->of.module, at);
        break;
    case DEF_CORE_INSTANCE:
        value.sort = SORT_CORE_INSTANCE;
        value.of.core_instance = link_core_instantiate(link, scope, &definition->of.instance, at);
        break;
    case DEF_CORE_TYPE:
        value.sort = SORT_CORE_TYPE;
        value.of.core_type = link_core_def_type(link, scope, definition->of.core_type);
        break;
    case DEF_COMPONENT:
        value = link_component_def(link, scope, definition->of.component, at);
        break;
    case DEF_INSTANCE:
        value.sort = SORT_INSTANCE;
        value.of.instance = link_instance_def(link, scope, &definition->of.instance, at);
        break;
    case DEF_TYPE:
        value.of.type = link_def_type(link, scope, definition->of.type);
        break;
    case DEF_ALIAS:
        link_alias(link, scope, &definition->of.alias, at);
        return;
    case DEF_IMPORT:
        link_import(link, scope, &definition->of.import, arguments, at);
        return;
    case DEF_CANON:
        link_canon(link, scope, &definition->of.canon, at);
        return;
    default:
        link_export(link, scope, exports, &definition->of.export, at);
        return;
    }
    link_push(link, scope, value);
}

const struct link_instance *link_run(struct link *link, const struct component *component, struct link_scope *parent,
                                     const struct plan_instance *parent_instance, const struct link_instance *arguments,
                                     uint32_t at)
{
    struct link_scope *scope = ARENA_NEW(link->arena, struct link_scope);
    struct link_instance *exports = link_instance_new(link);
    link_enter(link, at);
    scope->parent = parent;
    scope->instance = link_new_instance(link, component, parent_instance, at);
    for (uint32_t i = 0; i < component->definitions.count; i++) {
        link_definition(link, scope, &component->definitions.at[i], arguments, exports);
    }
    link_leave(link);
    return exports;
}
