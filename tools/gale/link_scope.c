/* SPDX-License-Identifier: Apache-2.0 */
/* Index spaces, instances as sets of named values, and the rules for names. */

#include "link.h"

_Noreturn void link_fail(const struct link *link, uint32_t at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    diag_fail_in(link->diag, DIAG_INVALID, at, NULL, format, arguments);
}

_Noreturn void link_unsupported(const struct link *link, uint32_t at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    diag_fail_in(link->diag, DIAG_UNSUPPORTED, at, NULL, format, arguments);
}

/** Sorts are bytes with gaps; spaces are counted. */
static unsigned link_space(enum sort sort)
{
    if (sort <= SORT_CORE_TAG) {
        return (unsigned)sort;
    }
    if (sort <= SORT_CORE_INSTANCE) {
        return (unsigned)sort - SORT_CORE_TYPE + 5;
    }
    return (unsigned)sort - SORT_FUNC + 8;
}

void link_count_value(struct link *link)
{
    if (++link->values > LINK_MAX_VALUES) {
        diag_fail(link->diag, DIAG_LIMIT, DIAG_NOWHERE, "component: unfolds into more than %d definitions",
                  LINK_MAX_VALUES);
    }
}

void link_push(struct link *link, struct link_scope *scope, struct link_value value)
{
    link_count_value(link);
    *ARRAY_ADD(link->arena, &scope->spaces[link_space(value.sort)]) = value;
}

const struct link_value *link_at(const struct link *link, const struct link_scope *scope, enum sort sort,
                                 uint32_t index, uint32_t at)
{
    unsigned space = link_space(sort);
    if (index >= scope->spaces[space].count) {
        link_fail(link, at, "unknown %s %u: %s index out of bounds", sort_name(sort), index, sort_name(sort));
    }
    return &scope->spaces[space].at[index];
}

const struct link_type *link_type_at(const struct link *link, const struct link_scope *scope, uint32_t index,
                                     uint32_t at)
{
    return link_at(link, scope, SORT_TYPE, index, at)->of.type;
}

const struct link_core_item *link_core_at(const struct link *link, const struct link_scope *scope, enum sort sort,
                                          uint32_t index, uint32_t at)
{
    return link_at(link, scope, sort, index, at)->of.item;
}

struct link_instance *link_instance_new(struct link *link)
{
    struct link_instance *instance = ARENA_NEW(link->arena, struct link_instance);
    link_count_value(link);
    instance->depth = 1;
    return instance;
}

void link_instance_add(struct link *link, struct link_instance *instance, const struct extern_name *name,
                       struct link_value value, uint32_t at)
{
    link_count_value(link);
    if (value.sort == SORT_INSTANCE && value.of.instance->depth >= instance->depth) {
        instance->depth = value.of.instance->depth + 1;
    }
    if (instance->depth > LINK_MAX_DEPTH) {
        diag_fail(link->diag, DIAG_LIMIT, at, "instances nest more than %d deep", LINK_MAX_DEPTH);
    }
    if (!name_map_add(link->arena, &instance->names, name->name, instance->exports.count)) {
        link_fail(link, at, "\"%s\" is given or exported twice", name->name.data);
    }
    *ARRAY_ADD(link->arena, &instance->exports) = (struct link_export){*name, at, value};
}

const struct link_value *link_instance_find(const struct link_instance *instance, struct str name)
{
    uint32_t index = 0;
    return name_map_find(&instance->names, name, &index) ? &instance->exports.at[index].value : NULL;
}

/** The resource that a [constructor], [method] or [static] name speaks of. */
static const struct plan_resource *link_name_resource(const struct link *link, const struct link_names *names,
                                                      const struct str *label, const struct extern_name *name,
                                                      uint32_t at)
{
    uint32_t index = 0;
    if (!name_map_find(&names->resources, *label, &index)) {
        link_fail(link, at, "`%s`: resource used in function does not have a name in this context", name->name.data);
    }
    return names->types.at[index]->resource;
}

static bool link_is_handle(const struct type *type, enum type_kind kind, const struct plan_resource *resource)
{
    return type != NULL && type->kind == kind && type->resource == resource;
}

static void link_name_function(const struct link *link, const struct link_names *names, const struct extern_name *name,
                               const struct link_value *value, uint32_t at)
{
    struct str parts[2];
    enum name_kind kind = name_parse(name->name, parts);
    if (kind == NAME_PLAIN || kind == NAME_INTERFACE) {
        return;
    }
    if (value->sort != SORT_FUNC) {
        link_fail(link, at, "`%s`: only functions have such names", name->name.data);
    }
    const struct plan_resource *resource = link_name_resource(link, names, &parts[0], name, at);
    const struct func_type *type = value->of.func.type;
    const struct type *result = type->result;
    if (kind == NAME_CONSTRUCTOR && result != NULL && result->kind == TYPE_RESULT) {
        result = result->fields[0].type;
    }
    if (kind == NAME_CONSTRUCTOR && !link_is_handle(result, TYPE_OWN, resource)) {
        link_fail(link, at, "`%s`: a constructor returns an own handle of its resource", name->name.data);
    }
    if (kind == NAME_METHOD && (type->param_count == 0 || !str_equal(type->params[0].name, STR("self")) ||
                                !link_is_handle(type->params[0].type, TYPE_BORROW, resource))) {
        link_fail(link, at, "`%s`: the first parameter of a method is self, a borrow of its resource", name->name.data);
    }
}

void link_name(struct link *link, struct link_names *names, const struct extern_name *name,
               const struct link_value *value, uint32_t at)
{
    if (!name_map_add(link->arena, &names->canonical, name_canonical(link->arena, name->name), 0)) {
        link_fail(link, at, "name `%s` conflicts with a previous name", name->name.data);
    }
    struct str parts[2];
    if (name->implements.data != NULL &&
        (value->sort != SORT_INSTANCE || name_parse(name->name, parts) != NAME_PLAIN)) {
        link_fail(link, at, "`%s`: only instances with plain names have the attribute implements", name->name.data);
    }
    link_name_function(link, names, name, value, at);
    if (!names->inlined && value->sort == SORT_TYPE && value->of.type->kind == LINK_TYPE_RESOURCE) {
        (void)name_map_add(link->arena, &names->resources, name->name, names->types.count);
        *ARRAY_ADD(link->arena, &names->types) = value->of.type;
    }
}

static void link_alias_export(struct link *link, struct link_scope *scope, const struct alias *alias, uint32_t at)
{
    const struct link_instance *instance = link_at(link, scope, SORT_INSTANCE, alias->instance, at)->of.instance;
    const struct link_value *value = link_instance_find(instance, alias->name);
    if (value == NULL || value->sort != alias->sort) {
        link_fail(link, at, "instance %u has no export named `%s` that is a %s", alias->instance, alias->name.data,
                  sort_name(alias->sort));
    }
    link_push(link, scope, *value);
}

static void link_alias_core_export(struct link *link, struct link_scope *scope, const struct alias *alias, uint32_t at)
{
    const struct link_core_instance *instance =
        link_at(link, scope, SORT_CORE_INSTANCE, alias->instance, at)->of.core_instance;
    uint32_t index = 0;
    bool found = name_map_find(&instance->names, alias->name, &index);
    if (!found || (enum sort)instance->items.at[index].type.sort != alias->sort) {
        link_fail(link, at, "core instance %u has no export named `%s` that is a %s", alias->instance, alias->name.data,
                  sort_name(alias->sort));
    }
    link_push(link, scope, (struct link_value){alias->sort, {.item = &instance->items.at[index]}});
}

const struct link_scope *link_outer(const struct link_scope *scope, uint32_t count)
{
    for (uint32_t i = 0; i < count && scope != NULL; i++) {
        scope = scope->parent;
    }
    return scope;
}

/** Is a component's boundary between the scope and the one `count` levels out? */
static bool link_crosses(const struct link_scope *scope, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!scope->is_type) {
            return true;
        }
        scope = scope->parent;
    }
    return false;
}

static void link_alias_outer(struct link *link, struct link_scope *scope, const struct alias *alias, uint32_t at)
{
    const struct link_scope *outer = link_outer(scope, alias->outer);
    if (outer == NULL) {
        link_fail(link, at, "invalid outer alias count of %u", alias->outer);
    }
    if (alias->sort != SORT_TYPE && alias->sort != SORT_COMPONENT && alias->sort != SORT_CORE_MODULE &&
        alias->sort != SORT_CORE_TYPE) {
        link_fail(link, at, "a %s cannot be aliased from an outer component", sort_name(alias->sort));
    }
    struct link_value value = *link_at(link, outer, alias->sort, alias->index, at);
    if (value.sort == SORT_TYPE && link_type_has_resource(value.of.type) && link_crosses(scope, alias->outer)) {
        link_fail(link, at,
                  "cannot alias outer type which transitively refers to resources not defined in the "
                  "current component");
    }
    link_push(link, scope, value);
}

void link_alias(struct link *link, struct link_scope *scope, const struct alias *alias, uint32_t at)
{
    bool in_type = scope->is_type;
    switch (alias->kind) {
    case ALIAS_EXPORT:
        if (in_type && alias->sort != SORT_TYPE && alias->sort != SORT_INSTANCE) {
            link_fail(link, at, "in a type, only types and instances can be aliased");
        }
        link_alias_export(link, scope, alias, at);
        break;
    case ALIAS_CORE_EXPORT:
        if (in_type) {
            link_fail(link, at, "a type has no core instances to alias from");
        }
        link_alias_core_export(link, scope, alias, at);
        break;
    default:
        if (in_type && alias->sort != SORT_TYPE && alias->sort != SORT_CORE_TYPE) {
            link_fail(link, at, "in a type, only types can be aliased from outside");
        }
        link_alias_outer(link, scope, alias, at);
        break;
    }
}
