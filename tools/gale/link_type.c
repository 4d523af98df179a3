/* SPDX-License-Identifier: Apache-2.0 */
/* Types as written become types as meant: indices looked up, value types interned, their rules checked. */
#include "link.h"

const struct type *link_val_type(struct link *link, const struct link_scope *scope, struct val_type type, uint32_t at)
{
    if (!type.present) {
        return NULL;
    }
    if (!type.is_index) {
        return types_primitive(&link->types, (enum type_kind)type.kind);
    }
    const struct link_type *meant = link_type_at(link, scope, type.index, at);
    if (meant->kind != LINK_TYPE_VALUE) {
        link_fail(link, at, "type index %u is not a defined type of values", type.index);
    }
    return meant->value;
}

static const struct type *link_element(struct link *link, const struct link_scope *scope, const struct def_type *def)
{
    const struct type *element = link_val_type(link, scope, def->element, def->at);
    bool endpoint = def->value == TYPE_STREAM || def->value == TYPE_FUTURE;
    if (endpoint && element != NULL && (element->contains & TYPE_HAS_BORROW) != 0) {
        link_fail(link, def->at, "%s: its elements contain a `borrow`", types_kind_name(def->value));
    }
    if (def->value == TYPE_STREAM && element != NULL && element->kind == TYPE_CHAR) {
        link_fail(link, def->at, "`stream<char>` is not valid at this time");
    }
    if (def->value == TYPE_FIXED_LIST && def->length == 0) {
        link_fail(link, def->at, "fixed-length lists must have at least one element");
    }
    return types_element(&link->types, def->at, def->value, element, def->length);
}

/** Members with their types; labels must differ. */
static struct type_field *link_members(struct link *link, const struct link_scope *scope, const struct def_type *def)
{
    struct type_field *fields = ARENA_ARRAY(link->arena, struct type_field, def->member_count);
    struct name_map labels = {NULL, 0, 0};
    for (uint32_t i = 0; i < def->member_count; i++) {
        const struct labelled *member = &def->members[i];
        if (member->label.data != NULL &&
            !name_map_add(link->arena, &labels, name_canonical(link->arena, member->label), i)) {
            link_fail(link, def->at, "label `%s` conflicts with a previous label", member->label.data);
        }
        fields[i].name = member->label.data != NULL ? member->label : STR("");
        fields[i].type = link_val_type(link, scope, member->type, def->at);
    }
    return fields;
}

static bool link_is_key(const struct type *type)
{
    return type->kind <= TYPE_STRING && type->kind != TYPE_F32 && type->kind != TYPE_F64;
}

static const struct type *link_fields(struct link *link, const struct link_scope *scope, const struct def_type *def)
{
    const struct type_field *fields = link_members(link, scope, def);
    if (def->value == TYPE_MAP && !link_is_key(fields[0].type)) {
        link_fail(link, def->at, "map: keys are bool, integers, char or string");
    }
    if (def->value == TYPE_FLAGS && def->member_count > 32) {
        link_fail(link, def->at, "cannot have more than 32 flags");
    }
    return types_fields(&link->types, def->at, def->value, fields, def->member_count);
}

static const struct type *link_handle(struct link *link, const struct link_scope *scope, const struct def_type *def)
{
    const struct link_type *meant = link_type_at(link, scope, def->resource, def->at);
    if (meant->kind != LINK_TYPE_RESOURCE) {
        link_fail(link, def->at, "type index %u is not a resource type", def->resource);
    }
    return types_handle(&link->types, def->value, meant->resource);
}

static const struct type *link_value_type(struct link *link, const struct link_scope *scope, const struct def_type *def)
{
    switch (def->value) {
    case TYPE_LIST:
    case TYPE_FIXED_LIST:
    case TYPE_OPTION:
    case TYPE_STREAM:
    case TYPE_FUTURE:
        return link_element(link, scope, def);
    case TYPE_RECORD:
    case TYPE_TUPLE:
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_RESULT:
    case TYPE_FLAGS:
    case TYPE_MAP:
        return link_fields(link, scope, def);
    case TYPE_OWN:
    case TYPE_BORROW:
        return link_handle(link, scope, def);
    default:
        return types_primitive(&link->types, def->value);
    }
}

static const struct func_type *link_func_type(struct link *link, const struct link_scope *scope,
                                              const struct def_type *def)
{
    const struct type_field *params = link_members(link, scope, def);
    const struct type *result = link_val_type(link, scope, def->element, def->at);
    if (result != NULL && (result->contains & TYPE_HAS_BORROW) != 0) {
        link_fail(link, def->at, "function result cannot contain a `borrow` type");
    }
    return types_func(&link->types, def->at, def->async, params, def->member_count, result);
}

static struct plan_resource *link_resource(struct link *link, struct link_scope *scope, const struct def_type *def)
{
    static const uint8_t i32[] = {CORE_I32};
    const struct core_func_type wanted = {1, 0, i32, NULL, false};
    if (scope->is_type) {
        link_fail(link, def->at, "resources can only be defined within a concrete component");
    }
    struct plan_resource *resource = ARENA_NEW(link->arena, struct plan_resource);
    *ARRAY_ADD(link->arena, &link->plan->resources) = resource;
    resource->id = link->plan->resources.count - 1;
    resource->instance = scope->instance;
    if (def->has_destructor) {
        const struct link_core_item *item = link_core_at(link, scope, SORT_CORE_FUNC, def->destructor, def->at);
        if (!core_func_equal(item->type.func, &wanted)) {
            link_fail(link, def->at, "resource: wrong signature for a destructor, (func (param i32)) is wanted");
        }
        resource->destructor = item->func;
    }
    return resource;
}

/** Component and instance types are walked once without anything given, so that what is wrong in them is found. */
static void link_check_decls(struct link *link, struct link_scope *scope, const struct def_type *def)
{
    const struct link_component made_up = {NULL, def, scope};
    if (link->validating) {
        (void)link_run_type(link, &made_up, NULL, def->at);
    }
}

/** Does a component or instance type, `depth` declarations below `scope`, alias a type from outside that speaks of a
    resource? Recursion: as deep as types nest in the file. */
static bool link_decls_borrow(const struct link *link, const struct link_scope *scope, const struct def_type *def,
                              uint32_t depth)
{
    bool borrows = false;
    for (uint32_t i = 0; !borrows && i < def->decl_count; i++) {
        const struct definition *decl = &def->decls[i];
        const struct alias *alias = &decl->of.alias;
        if (decl->kind == DEF_TYPE && decl->of.type->decl_count != 0) {
            borrows = link_decls_borrow(link, scope, decl->of.type, depth + 1);
        } else if (decl->kind == DEF_ALIAS && alias->kind == ALIAS_OUTER && alias->sort == SORT_TYPE &&
                   alias->outer >= depth) {
            const struct link_scope *outer = link_outer(scope, alias->outer - depth);
            borrows = outer != NULL && link_type_has_resource(link_type_at(link, outer, alias->index, decl->at));
        }
    }
    return borrows;
}

const struct link_type *link_def_type(struct link *link, struct link_scope *scope, const struct def_type *def)
{
    struct link_type *type = ARENA_NEW(link->arena, struct link_type);
    switch (def->kind) {
    case DEF_TYPE_VALUE:
        type->kind = LINK_TYPE_VALUE;
        type->value = link_value_type(link, scope, def);
        break;
    case DEF_TYPE_FUNC:
        type->kind = LINK_TYPE_FUNC;
        type->func = link_func_type(link, scope, def);
        break;
    case DEF_TYPE_RESOURCE:
        type->kind = LINK_TYPE_RESOURCE;
        type->resource = link_resource(link, scope, def);
        break;
    default:
        type->kind = def->kind == DEF_TYPE_COMPONENT ? LINK_TYPE_COMPONENT : LINK_TYPE_INSTANCE;
        type->def = def;
        type->scope = scope;
        link_check_decls(link, scope, def);
        type->borrows_resource = link_decls_borrow(link, scope, def, 1);
        break;
    }
    return type;
}

static bool link_value_has_resource(const struct type *type)
{
    return type != NULL && (type->contains & TYPE_HAS_RESOURCE) != 0;
}

bool link_type_has_resource(const struct link_type *type)
{
    switch (type->kind) {
    case LINK_TYPE_RESOURCE:
        return true;
    case LINK_TYPE_VALUE:
        return link_value_has_resource(type->value);
    case LINK_TYPE_FUNC:
        return link_value_has_resource(type->func->param_tuple) || link_value_has_resource(type->func->result);
    default:
        return type->borrows_resource;
    }
}

const struct link_type *link_named(struct link *link, const struct link_type *type)
{
    bool value = type->kind == LINK_TYPE_VALUE && types_is_nominal(type->value->kind);
    if (!link->validating || !(value || type->kind == LINK_TYPE_RESOURCE)) {
        return type;
    }
    struct link_type *named = ARENA_NEW(link->arena, struct link_type);
    *named = *type;
    if (value) {
        named->value = types_named(&link->types, type->value);
        return named;
    }
    named->resource = ARENA_NEW(link->arena, struct plan_resource);
    *named->resource = *type->resource;
    named->resource->plain = plan_resource_plain(type->resource);
    return named;
}

/** The function types that a module's type declares for itself. */
struct link_core_space {
    ARRAY(const struct core_func_type *) types;
};

static const struct core_func_type *link_core_outer(struct link *link, const struct link_scope *scope,
                                                    const struct core_decl *decl)
{
    const struct link_scope *outer = decl->outer == 0 ? NULL : link_outer(scope, decl->outer - 1);
    if (outer == NULL) {
        link_fail(link, decl->at, "invalid outer alias count of %u", decl->outer);
    }
    const struct link_core_type *type = link_at(link, outer, SORT_CORE_TYPE, decl->index, decl->at)->of.core_type;
    if (type->is_module) {
        link_fail(link, decl->at, "a module type cannot alias a module type");
    }
    return &type->func;
}

static struct core_extern link_core_extern(const struct link *link, const struct link_core_space *space,
                                           const struct core_decl *decl)
{
    struct core_extern type = decl->type;
    if (type.sort == CORE_FUNC || type.sort == CORE_TAG) {
        if (decl->index >= space->types.count) {
            link_fail(link, decl->at, "unknown core type %u: type index out of bounds", decl->index);
        }
        type.func = space->types.at[decl->index];
    }
    return type;
}

static void link_core_export_decl(struct link *link, struct link_core_type *type, struct name_map *names,
                                  const struct core_decl *decl, const struct core_extern *of)
{
    if (!name_map_add(link->arena, names, decl->name, 0)) {
        link_fail(link, decl->at, "duplicate export name `%s`", decl->name.data);
    }
    *ARRAY_ADD(link->arena, &type->exports) = (struct core_export){decl->name, *of, 0};
}

const struct link_core_type *link_core_def_type(struct link *link, const struct link_scope *scope,
                                                const struct core_def_type *def)
{
    struct link_core_type *type = ARENA_NEW(link->arena, struct link_core_type);
    struct link_core_space space = {{NULL, 0, 0}};
    struct name_map names = {NULL, 0, 0};
    type->is_module = def->is_module;
    type->func = def->func;
    for (uint32_t i = 0; i < def->decl_count; i++) {
        const struct core_decl *decl = &def->decls[i];
        struct core_extern of = {.sort = CORE_FUNC};
        switch (decl->kind) {
        case CORE_DECL_TYPE:
            *ARRAY_ADD(link->arena, &space.types) = &decl->func;
            break;
        case CORE_DECL_ALIAS:
            *ARRAY_ADD(link->arena, &space.types) = link_core_outer(link, scope, decl);
            break;
        case CORE_DECL_IMPORT:
            of = link_core_extern(link, &space, decl);
            *ARRAY_ADD(link->arena, &type->imports) = (struct core_import){decl->module, decl->name, of, 0};
            break;
        default:
            of = link_core_extern(link, &space, decl);
            link_core_export_decl(link, type, &names, decl, &of);
            break;
        }
    }
    link_check_imports(link, type->imports.at, type->imports.count, def->at);
    return type;
}
