/* SPDX-License-Identifier: Apache-2.0 */
/* Types as text, for messages. Recursion: as deep as types nest, TYPE_MAX_DEPTH at most. */
#include "plan.h"

#define TEXT_MEMBERS 12

static const char *types_print_or(struct arena *arena, const struct type *type, const char *none)
{
    return type == NULL ? none : types_print(arena, type);
}

/** "name: type, name: type"; only the first few. */
static const char *types_print_fields(struct arena *arena, const struct type_field *fields, uint32_t count)
{
    const char *text = "";
    for (uint32_t i = 0; i < count && i < TEXT_MEMBERS; i++) {
        bool both = fields[i].name.size != 0 && fields[i].type != NULL;
        text = arena_print(arena, "%s%s%s%s%s", text, i == 0 ? "" : ", ", fields[i].name.data, both ? ": " : "",
                           types_print_or(arena, fields[i].type, ""));
    }
    return count > TEXT_MEMBERS ? arena_print(arena, "%s, ...", text) : text;
}

static const char *types_print_result(struct arena *arena, const struct type *type)
{
    const struct type *ok = type->fields[0].type;
    const struct type *error = type->fields[1].type;
    if (error == NULL) {
        return ok == NULL ? "result" : arena_print(arena, "result<%s>", types_print(arena, ok));
    }
    return arena_print(arena, "result<%s, %s>", types_print_or(arena, ok, "_"), types_print(arena, error));
}

const char *types_print(struct arena *arena, const struct type *type)
{
    const char *name = types_kind_name(type->kind);
    switch (type->kind) {
    case TYPE_STREAM:
    case TYPE_FUTURE:
        if (type->element == NULL) {
            return name;
        }
        return arena_print(arena, "%s<%s>", name, types_print(arena, type->element));
    case TYPE_LIST:
    case TYPE_OPTION:
        return arena_print(arena, "%s<%s>", name, types_print(arena, type->element));
    case TYPE_FIXED_LIST:
        return arena_print(arena, "list<%s, %u>", types_print(arena, type->element), type->length);
    case TYPE_TUPLE:
    case TYPE_MAP:
        return arena_print(arena, "%s<%s>", name, types_print_fields(arena, type->fields, type->field_count));
    case TYPE_RESULT:
        return types_print_result(arena, type);
    case TYPE_RECORD:
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_FLAGS:
        return arena_print(arena, "%s { %s }", name, types_print_fields(arena, type->fields, type->field_count));
    case TYPE_OWN:
    case TYPE_BORROW:
        return arena_print(arena, "%s<%s>", name,
                           type->resource->name.data == NULL ? "resource" : type->resource->name.data);
    default:
        return name;
    }
}

const char *types_print_func(struct arena *arena, const struct func_type *type)
{
    return arena_print(arena, "%sfunc(%s)%s%s", type->async ? "async " : "",
                       types_print_fields(arena, type->params, type->param_count), type->result == NULL ? "" : " -> ",
                       types_print_or(arena, type->result, ""));
}
