/* SPDX-License-Identifier: Apache-2.0 */
/* What is given against what is wanted; and where nothing is given, something of the wanted type, made up. */
#include "link.h"

/** A walk over the declarations of an instance's or component's type. */
struct link_walk {
    struct link_scope *scope;
    const struct link_instance *given;     /**< Whose exports are seen through the type; NULL: they are made up. */
    const struct link_instance *arguments; /**< For the imports; NULL: they are made up. */
    const struct link_component *checked;  /**< A component that shall be of this type; instantiated when it is time. */
    struct link_instance *made;            /**< The imports made up, arguments for `checked`. */
    struct link_instance *exports;         /**< The result. */
    bool of_component;                     /**< The type of a component: names are checked at once. */
    struct str interface;                  /**< Where made-up exports come from. */
};

static void link_walk_decls(struct link *link, struct link_walk *walk, const struct def_type *def);

static const char *link_sort_of(const struct link_value *value)
{
    return value == NULL ? "nothing" : sort_name(value->sort);
}

static void link_want_sort(const struct link *link, const struct link_value *given, enum sort sort,
                           const struct link_origin *origin, uint32_t at)
{
    if (given != NULL && given->sort != sort) {
        link_fail(link, at, "`%s`: expected %s, found %s", origin->name.data, sort_name(sort), link_sort_of(given));
    }
}

static const struct link_type *link_want_type(const struct link *link, const struct link_scope *scope,
                                              const struct extern_type *type, enum link_type_kind kind, uint32_t at)
{
    static const char *const names[] = {"value", "function", "resource", "component", "instance"};
    const struct link_type *wanted = link_type_at(link, scope, type->index, at);
    if (wanted->kind != kind) {
        link_fail(link, at, "type index %u is not a %s type", type->index, names[kind]);
    }
    return wanted;
}

static struct plan_func link_host_func(struct link *link, const struct func_type *type,
                                       const struct link_origin *origin)
{
    struct plan_host_func *host = ARENA_NEW(link->arena, struct plan_host_func);
    host->id = link->plan->host_funcs.count;
    host->interface = origin->interface;
    host->name = origin->name;
    host->type = type;
    *ARRAY_ADD(link->arena, &link->plan->host_funcs) = host;
    return (struct plan_func){NULL, host, type};
}

static struct link_value link_extern_func(struct link *link, const struct link_scope *scope,
                                          const struct extern_type *type, const struct link_value *given,
                                          const struct link_origin *origin, uint32_t at)
{
    const struct func_type *wanted = link_want_type(link, scope, type, LINK_TYPE_FUNC, at)->func;
    link_want_sort(link, given, SORT_FUNC, origin, at);
    if (given == NULL) {
        return (struct link_value){SORT_FUNC, {.func = link_host_func(link, wanted, origin)}};
    }
    if (given->of.func.type->plain != wanted->plain) {
        link_fail(link, at, "`%s`: the function given has another type: expected %s, found %s", origin->name.data,
                  types_print_func(link->arena, wanted), types_print_func(link->arena, given->of.func.type));
    }
    struct link_value seen = *given;
    seen.of.func.type = wanted;
    return seen;
}

/** Types of instances and components are looked into by link_check_type(). */
static bool link_types_equal(const struct link_type *a, const struct link_type *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    switch (a->kind) {
    case LINK_TYPE_VALUE:
        return a->value->plain == b->value->plain;
    case LINK_TYPE_FUNC:
        return a->func->plain == b->func->plain;
    case LINK_TYPE_RESOURCE:
        return plan_resource_plain(a->resource) == plan_resource_plain(b->resource);
    default:
        return true;
    }
}

static struct link_value link_extern_resource(struct link *link, const struct link_value *given,
                                              const struct link_origin *origin, uint32_t at)
{
    link_want_sort(link, given, SORT_TYPE, origin, at);
    if (given != NULL && given->of.type->kind != LINK_TYPE_RESOURCE) {
        link_fail(link, at, "`%s`: expected resource, found another type", origin->name.data);
    }
    if (given != NULL) {
        return *given;
    }
    struct plan_resource *resource = ARENA_NEW(link->arena, struct plan_resource);
    struct link_type *made = ARENA_NEW(link->arena, struct link_type);
    resource->id = link->plan->resources.count;
    resource->interface = origin->interface;
    resource->name = origin->name;
    *ARRAY_ADD(link->arena, &link->plan->resources) = resource;
    made->kind = LINK_TYPE_RESOURCE;
    made->resource = resource;
    return (struct link_value){SORT_TYPE, {.type = made}};
}

static struct link_scope *link_type_scope(struct link *link, struct link_scope *parent)
{
    struct link_scope *scope = ARENA_NEW(link->arena, struct link_scope);
    scope->parent = parent;
    scope->is_type = true;
    return scope;
}

static struct link_value link_extern_instance(struct link *link, const struct link_scope *scope,
                                              const struct extern_type *type, const struct link_value *given,
                                              const struct link_origin *origin, uint32_t at)
{
    const struct link_type *wanted = link_want_type(link, scope, type, LINK_TYPE_INSTANCE, at);
    link_want_sort(link, given, SORT_INSTANCE, origin, at);
    struct link_walk walk = {
        .scope = link_type_scope(link, wanted->scope),
        .given = given != NULL ? given->of.instance : NULL,
        .exports = link_instance_new(link),
        .interface = origin->name,
    };
    if (origin->interface.size != 0) {
        const char *path = arena_print(link->arena, "%s/%s", origin->interface.data, origin->name.data);
        walk.interface = (struct str){path, origin->interface.size + 1 + origin->name.size};
    }
    link_enter(link, at);
    link_walk_decls(link, &walk, wanted->def);
    link_leave(link);
    return (struct link_value){SORT_INSTANCE, {.instance = walk.exports}};
}

/** Is a component of a type? It is, if it can be instantiated with what the type imports and exports what it exports. */
static void link_check_component(struct link *link, const struct link_component *given, const struct link_type *wanted,
                                 uint32_t at)
{
    struct link_walk walk = {
        .scope = link_type_scope(link, wanted->scope),
        .checked = given,
        .made = link_instance_new(link),
        .exports = link_instance_new(link),
        .interface = STR(""),
    };
    link_enter(link, at);
    link_walk_decls(link, &walk, wanted->def);
    if (walk.given == NULL) {
        (void)link_instantiate(link, NULL, given, walk.made, at);
    }
    link_leave(link);
}

/** Types of instances or components: what is of the one given has to be of the one wanted. */
static void link_check_type(struct link *link, const struct link_type *given, const struct link_type *wanted,
                            uint32_t at)
{
    const struct link_component made = {NULL, given->def, given->scope};
    if (wanted->kind == LINK_TYPE_COMPONENT) {
        link_check_component(link, &made, wanted, at);
        return;
    }
    struct link_walk walk = {
        .scope = link_type_scope(link, wanted->scope),
        .given = link_run_type(link, &made, NULL, at),
        .exports = link_instance_new(link),
        .interface = STR(""),
    };
    link_enter(link, at);
    link_walk_decls(link, &walk, wanted->def);
    link_leave(link);
}

static struct link_value link_extern_type_eq(struct link *link, const struct link_scope *scope,
                                             const struct extern_type *type, const struct link_value *given,
                                             const struct link_origin *origin, uint32_t at)
{
    const struct link_type *wanted = link_type_at(link, scope, type->index, at);
    link_want_sort(link, given, SORT_TYPE, origin, at);
    if (given != NULL && !link_types_equal(given->of.type, wanted)) {
        link_fail(link, at, "`%s`: the type given is another one (type mismatch)", origin->name.data);
    }
    if (given != NULL && link->validating && wanted->def != NULL && given->of.type != wanted) {
        link_check_type(link, given->of.type, wanted, at);
    }
    return (struct link_value){SORT_TYPE, {.type = given != NULL ? given->of.type : link_named(link, wanted)}};
}

static void link_need_given(const struct link *link, const struct link_value *given, const struct link_origin *origin,
                            const char *what, uint32_t at)
{
    if (given == NULL && !link->validating) {
        link_unsupported(link, at, "import `%s`: a %s has to be supplied by composing before this can be run",
                         origin->name.data, what);
    }
}

static struct link_value link_extern_component(struct link *link, const struct link_scope *scope,
                                               const struct extern_type *type, const struct link_value *given,
                                               const struct link_origin *origin, uint32_t at)
{
    const struct link_type *wanted = link_want_type(link, scope, type, LINK_TYPE_COMPONENT, at);
    link_want_sort(link, given, SORT_COMPONENT, origin, at);
    link_need_given(link, given, origin, "component", at);
    if (given != NULL) {
        if (link->validating) {
            link_check_component(link, given->of.component, wanted, at);
        }
        return *given;
    }
    struct link_component *made = ARENA_NEW(link->arena, struct link_component);
    made->type = wanted->def;
    made->scope = wanted->scope;
    return (struct link_value){SORT_COMPONENT, {.component = made}};
}

static void link_check_module_exports(struct link *link, const struct link_module *given,
                                      const struct link_core_type *wanted, const struct link_origin *origin,
                                      uint32_t at)
{
    struct name_map names = {NULL, 0, 0};
    uint32_t index = 0;
    for (uint32_t i = 0; i < given->export_count; i++) {
        (void)name_map_add(link->arena, &names, given->exports[i].name, i);
    }
    for (uint32_t i = 0; i < wanted->exports.count; i++) {
        const struct core_export *export = &wanted->exports.at[i];
        bool found = name_map_find(&names, export->name, &index);
        if (!found || !core_extern_matches(&given->exports[index].type, &export->type)) {
            link_fail(link, at, "`%s`: the module's export `%s` is %s (type mismatch)", origin->name.data,
                      export->name.data, found ? "of another type" : "missing");
        }
    }
}

static void link_check_module_imports(struct link *link, const struct link_module *given,
                                      const struct link_core_type *wanted, const struct link_origin *origin,
                                      uint32_t at)
{
    struct name_map names = {NULL, 0, 0};
    uint32_t index = 0;
    for (uint32_t i = 0; i < wanted->imports.count; i++) {
        (void)name_map_add(link->arena, &names, link_import_key(link, &wanted->imports.at[i]), i);
    }
    for (uint32_t i = 0; i < given->import_count; i++) {
        const struct core_import *import = &given->imports[i];
        bool found = name_map_find(&names, link_import_key(link, import), &index);
        if (!found || !core_extern_matches(&wanted->imports.at[index].type, &import->type)) {
            link_fail(link, at, "`%s`: the module's import `%s` `%s` is %s (type mismatch)", origin->name.data,
                      import->module.data, import->field.data, found ? "of another type" : "not expected");
        }
    }
}

static struct link_value link_extern_module(struct link *link, const struct link_scope *scope,
                                            const struct extern_type *type, const struct link_value *given,
                                            const struct link_origin *origin, uint32_t at)
{
    const struct link_core_type *wanted = link_at(link, scope, SORT_CORE_TYPE, type->index, at)->of.core_type;
    if (!wanted->is_module) {
        link_fail(link, at, "core type index %u is not a module type", type->index);
    }
    link_want_sort(link, given, SORT_CORE_MODULE, origin, at);
    link_need_given(link, given, origin, "core module", at);
    if (given != NULL) {
        link_check_module_exports(link, given->of.module, wanted, origin, at);
        link_check_module_imports(link, given->of.module, wanted, origin, at);
        return *given;
    }
    struct link_module *made = ARENA_NEW(link->arena, struct link_module);
    made->imports = wanted->imports.at;
    made->import_count = wanted->imports.count;
    made->exports = wanted->exports.at;
    made->export_count = wanted->exports.count;
    return (struct link_value){SORT_CORE_MODULE, {.module = made}};
}

struct link_value link_extern(struct link *link, struct link_scope *scope, const struct extern_type *type,
                              const struct link_value *given, const struct link_origin *origin, uint32_t at)
{
    switch (type->kind) {
    case EXTERN_FUNC:
        return link_extern_func(link, scope, type, given, origin, at);
    case EXTERN_TYPE_EQ:
        return link_extern_type_eq(link, scope, type, given, origin, at);
    case EXTERN_TYPE_RESOURCE:
        return link_extern_resource(link, given, origin, at);
    case EXTERN_INSTANCE:
        return link_extern_instance(link, scope, type, given, origin, at);
    case EXTERN_COMPONENT:
        return link_extern_component(link, scope, type, given, origin, at);
    default:
        return link_extern_module(link, scope, type, given, origin, at);
    }
}

static void link_walk_import(struct link *link, struct link_walk *walk, const struct import_def *import, uint32_t at)
{
    const struct link_origin origin = {STR(""), import->name.name};
    const struct link_value *given = NULL;
    if (walk->arguments != NULL) {
        given = link_instance_find(walk->arguments, import->name.name);
        if (given == NULL) {
            link_fail(link, at, "missing import named `%s`", import->name.name.data);
        }
    }
    struct link_value value = link_extern(link, walk->scope, &import->type, given, &origin, at);
    link_name(link, &walk->scope->imports, &import->name, &value, at);
    link_visible(link, walk->scope, true, &import->name, &value, at);
    link_push(link, walk->scope, value);
    if (walk->made != NULL) {
        link_instance_add(link, walk->made, &import->name, value, at);
    }
}

static void link_walk_export(struct link *link, struct link_walk *walk, const struct export_def *export, uint32_t at)
{
    const struct link_origin origin = {walk->interface, export->name.name};
    const struct link_value *given = NULL;
    if (walk->checked != NULL && walk->given == NULL) {
        walk->given = link_instantiate(link, NULL, walk->checked, walk->made, at);
    }
    if (walk->given != NULL) {
        given = link_instance_find(walk->given, export->name.name);
        if (given == NULL) {
            link_fail(link, at, "missing expected export `%s`", export->name.name.data);
        }
    }
    struct link_value value = link_extern(link, walk->scope, &export->type, given, &origin, at);
    link_name(link, &walk->scope->exports, &export->name, &value, at);
    if (walk->of_component) {
        link_visible(link, walk->scope, false, &export->name, &value, at);
    }
    link_push(link, walk->scope, value);
    link_instance_add(link, walk->exports, &export->name, value, at);
}

static void link_walk_decls(struct link *link, struct link_walk *walk, const struct def_type *def)
{
    for (uint32_t i = 0; i < def->decl_count; i++) {
        const struct definition *decl = &def->decls[i];
        struct link_value value = {SORT_TYPE, {.type = NULL}};
        link->diag->near = decl->at;
        switch (decl->kind) {
        case DEF_CORE_TYPE:
            value.sort = SORT_CORE_TYPE;
            value.of.core_type = link_core_def_type(link, walk->scope, decl->of.core_type);
            link_push(link, walk->scope, value);
            break;
        case DEF_TYPE:
            value.of.type = link_def_type(link, walk->scope, decl->of.type);
            link_push(link, walk->scope, value);
            break;
        case DEF_ALIAS:
            link_alias(link, walk->scope, &decl->of.alias, decl->at);
            break;
        case DEF_IMPORT:
            link_walk_import(link, walk, &decl->of.import, decl->at);
            break;
        default:
            link_walk_export(link, walk, &decl->of.export, decl->at);
            break;
        }
    }
}

const struct link_instance *link_run_type(struct link *link, const struct link_component *component,
                                          const struct link_instance *arguments, uint32_t at)
{
    struct link_walk walk = {
        .scope = link_type_scope(link, component->scope),
        .arguments = arguments,
        .exports = link_instance_new(link),
        .of_component = component->type->kind == DEF_TYPE_COMPONENT,
        .interface = STR(""),
    };
    link_enter(link, at);
    link_walk_decls(link, &walk, component->type);
    link_leave(link);
    return walk.exports;
}
