/* SPDX-License-Identifier: Apache-2.0 */
/* External visibility: what an import or export speaks of has a name outside. Recursion: as deep as types nest. */
#include "link.h"

/** A look at one import or export. */
struct link_look {
    struct link *link;
    const struct link_set *imported; /**< Named by imports. */
    const struct link_set *exported; /**< Named by exports; NULL: they do not count. */
    struct link_set own;             /**< Named by this very import or export. */
    struct link_set seen;            /**< Types and instances looked at already. */
    struct link_set collected;       /**< Instances whose types are in `own`. */
};

static const void **link_set_slot(const struct link_set *set, const void *pointer)
{
    uint32_t at = (uint32_t)((uintptr_t)pointer >> 4) * 2654435761u & (set->room - 1);
    while (set->slots[at] != NULL && set->slots[at] != pointer) {
        at = (at + 1) & (set->room - 1);
    }
    return &set->slots[at];
}

static bool link_set_has(const struct link_set *set, const void *pointer)
{
    return set != NULL && set->room != 0 && *link_set_slot(set, pointer) != NULL;
}

/** False if it was there already. */
static bool link_set_add(struct arena *arena, struct link_set *set, const void *pointer)
{
    if (set->used * 2 >= set->room) {
        struct link_set old = *set;
        set->room = old.room == 0 ? 8 : old.room * 2;
        set->slots = ARENA_ARRAY(arena, const void *, set->room);
        for (uint32_t i = 0; i < old.room; i++) {
            if (old.slots[i] != NULL) {
                *link_set_slot(set, old.slots[i]) = old.slots[i];
            }
        }
    }
    const void **slot = link_set_slot(set, pointer);
    bool added = *slot == NULL;
    *slot = pointer;
    set->used += added;
    return added;
}

static bool link_look_named(const struct link_look *look, const void *pointer)
{
    return link_set_has(&look->own, pointer) || link_set_has(look->imported, pointer) ||
           link_set_has(look->exported, pointer);
}

static bool link_look_type(struct link_look *look, const struct type *type);

static bool link_look_parts(struct link_look *look, const struct type *type)
{
    bool good = type->element == NULL || link_look_type(look, type->element);
    for (uint32_t i = 0; good && i < type->field_count; i++) {
        good = type->fields[i].type == NULL || link_look_type(look, type->fields[i].type);
    }
    return good;
}

static bool link_look_type(struct link_look *look, const struct type *type)
{
    if (!type->has_nominal || !link_set_add(look->link->arena, &look->seen, type)) {
        return true;
    }
    if (type->kind == TYPE_OWN || type->kind == TYPE_BORROW) {
        return link_look_named(look, type->resource);
    }
    return types_is_nominal(type->kind) ? link_look_named(look, type) : link_look_parts(look, type);
}

static bool link_look_func(struct link_look *look, const struct func_type *type)
{
    return (type->param_tuple == NULL || link_look_type(look, type->param_tuple)) &&
           (type->result == NULL || link_look_type(look, type->result));
}

/** What a type or an instance gives names to. */
static void link_look_collect(struct link_look *look, const struct link_value *value)
{
    if (value->sort == SORT_TYPE && value->of.type->kind == LINK_TYPE_RESOURCE) {
        (void)link_set_add(look->link->arena, &look->own, value->of.type->resource);
    } else if (value->sort == SORT_TYPE && value->of.type->kind == LINK_TYPE_VALUE) {
        (void)link_set_add(look->link->arena, &look->own, value->of.type->value);
    }
    link_count_value(look->link);
    if (value->sort == SORT_INSTANCE && link_set_add(look->link->arena, &look->collected, value->of.instance)) {
        for (uint32_t i = 0; i < value->of.instance->exports.count; i++) {
            link_look_collect(look, &value->of.instance->exports.at[i].value);
        }
    }
}

static bool link_look_value(struct link_look *look, const struct link_value *value);

/** The type of an instance, as a type: an instance made up of it is looked at. */
static bool link_look_instance_type(struct link_look *look, const struct link_type *type)
{
    const struct link_component of = {NULL, type->def, type->scope};
    struct link_value made = {SORT_INSTANCE, {.instance = link_run_type(look->link, &of, NULL, type->def->at)}};
    link_look_collect(look, &made);
    return link_look_value(look, &made);
}

static bool link_look_type_value(struct link_look *look, const struct link_type *type)
{
    switch (type->kind) {
    case LINK_TYPE_FUNC:
        return link_look_func(look, type->func);
    case LINK_TYPE_VALUE:
        return link_look_parts(look, type->value);
    case LINK_TYPE_INSTANCE:
        return link_look_instance_type(look, type);
    default:
        return true;
    }
}

static bool link_look_value(struct link_look *look, const struct link_value *value)
{
    bool good = true;
    switch (value->sort) {
    case SORT_FUNC:
        return link_look_func(look, value->of.func.type);
    case SORT_TYPE:
        return link_look_type_value(look, value->of.type);
    case SORT_INSTANCE:
        if (!link_set_add(look->link->arena, &look->seen, value->of.instance)) {
            return true;
        }
        for (uint32_t i = 0; good && i < value->of.instance->exports.count; i++) {
            good = link_look_value(look, &value->of.instance->exports.at[i].value);
        }
        return good;
    default:
        return true;
    }
}

void link_visible(struct link *link, struct link_scope *scope, bool is_import, const struct extern_name *name,
                  const struct link_value *value, uint32_t at)
{
    struct link_names *names = is_import ? &scope->imports : &scope->exports;
    struct link_look look = {.link = link, .imported = &scope->imports.types_named};
    if (!link->validating || (link->open && scope->parent == NULL)) {
        return;
    }
    if (!is_import) {
        look.exported = &scope->exports.types_named;
    }
    link_look_collect(&look, value);
    if (!link_look_value(&look, value)) {
        link_fail(link, at, "`%s`: %s not valid to be used as %s: it uses a type that has no name outside",
                  name->name.data, sort_name(value->sort), is_import ? "import" : "export");
    }
    for (uint32_t i = 0; i < look.own.room; i++) {
        if (look.own.slots[i] != NULL) {
            (void)link_set_add(link->arena, &names->types_named, look.own.slots[i]);
        }
    }
}
