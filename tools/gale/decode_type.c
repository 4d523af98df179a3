/* SPDX-License-Identifier: Apache-2.0 */
/* The types of the Component Model. Recursion: a component type in a component type, COMPONENT_MAX_DEPTH deep at most. */
#include "decode.h"

static const enum type_kind decode_primitives[] = {
    TYPE_BOOL, TYPE_S8,  TYPE_U8,  TYPE_S16, TYPE_U16,  TYPE_S32,    TYPE_U32,
    TYPE_S64,  TYPE_U64, TYPE_F32, TYPE_F64, TYPE_CHAR, TYPE_STRING,
};

/** 0x7f downwards, and 0x64. */
static bool decode_primitive(int64_t code, enum type_kind *kind)
{
    if (code <= -1 && code >= -13) {
        *kind = decode_primitives[-code - 1];
        return true;
    }
    *kind = TYPE_ERROR_CONTEXT;
    return code == -28;
}

struct val_type decode_val_type(struct reader *r)
{
    struct val_type type = {.present = true};
    uint32_t start = r->at;
    enum type_kind kind = TYPE_BOOL;
    int64_t code = reader_signed(r, 33);
    if (code >= 0) {
        type.is_index = true;
        type.index = (uint32_t)code;
    } else if (decode_primitive(code, &kind)) {
        type.kind = (uint8_t)kind;
    } else {
        reader_fail(r, start, "unknown value type 0x%02x", r->bytes[start]);
    }
    return type;
}

static struct val_type decode_optional_val_type(struct reader *r)
{
    return reader_flag(r) ? decode_val_type(r) : (struct val_type){.present = false};
}

struct val_type decode_result_list(struct reader *r)
{
    if (!reader_flag(r)) {
        return decode_val_type(r);
    }
    if (reader_u8(r) != 0) {
        reader_fail(r, r->at - 1, "a function has one result or none");
    }
    return (struct val_type){.present = false};
}

enum decode_member_form { MEMBER_FIELD, MEMBER_CASE, MEMBER_LABEL, MEMBER_TYPE };

static void decode_member(struct reader *r, struct labelled *member, enum decode_member_form form)
{
    if (form != MEMBER_TYPE) {
        member->label = decode_label(r);
    }
    if (form == MEMBER_FIELD || form == MEMBER_TYPE) {
        member->type = decode_val_type(r);
    }
    if (form == MEMBER_CASE) {
        member->type = decode_optional_val_type(r);
        if (reader_u8(r) != 0) {
            reader_fail(r, r->at - 1, "refinement of a case");
        }
    }
}

static void decode_members(struct reader *r, struct def_type *type, enum decode_member_form form, bool may_be_empty)
{
    uint32_t start = r->at;
    type->member_count = reader_count(r);
    if (type->member_count == 0 && !may_be_empty) {
        reader_fail(r, start, "%s types must have at least one member", types_kind_name(type->value));
    }
    type->members = ARENA_ARRAY(r->arena, struct labelled, type->member_count);
    for (uint32_t i = 0; i < type->member_count; i++) {
        decode_member(r, &type->members[i], form);
    }
}

static void decode_result(struct reader *r, struct def_type *type)
{
    type->member_count = 2;
    type->members = ARENA_ARRAY(r->arena, struct labelled, 2);
    type->members[0] = (struct labelled){STR("ok"), decode_optional_val_type(r)};
    type->members[1] = (struct labelled){STR("error"), decode_optional_val_type(r)};
}

static void decode_map(struct reader *r, struct def_type *type)
{
    type->member_count = 2;
    type->members = ARENA_ARRAY(r->arena, struct labelled, 2);
    type->members[0].type = decode_val_type(r);
    type->members[1].type = decode_val_type(r);
}

/** The value type with this code, but for its operands. */
static enum type_kind decode_value_kind(const struct reader *r, uint8_t code)
{
    static const struct {
        uint8_t code;
        enum type_kind kind;
    } forms[] = {
        {0x72, TYPE_RECORD},     {0x71, TYPE_VARIANT}, {0x70, TYPE_LIST},   {0x6f, TYPE_TUPLE}, {0x6e, TYPE_FLAGS},
        {0x6d, TYPE_ENUM},       {0x6b, TYPE_OPTION},  {0x6a, TYPE_RESULT}, {0x69, TYPE_OWN},   {0x68, TYPE_BORROW},
        {0x67, TYPE_FIXED_LIST}, {0x66, TYPE_STREAM},  {0x65, TYPE_FUTURE}, {0x63, TYPE_MAP},
    };
    enum type_kind kind = TYPE_BOOL;
    if (decode_primitive((int64_t)code - 0x80, &kind)) {
        return kind;
    }
    for (unsigned i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (forms[i].code == code) {
            return forms[i].kind;
        }
    }
    reader_fail(r, r->at - 1, "unknown type 0x%02x", code);
}

static void decode_value(struct reader *r, struct def_type *type)
{
    switch (type->value) {
    case TYPE_RECORD:
        decode_members(r, type, MEMBER_FIELD, false);
        break;
    case TYPE_VARIANT:
        decode_members(r, type, MEMBER_CASE, false);
        break;
    case TYPE_FLAGS:
    case TYPE_ENUM:
        decode_members(r, type, MEMBER_LABEL, false);
        break;
    case TYPE_TUPLE:
        decode_members(r, type, MEMBER_TYPE, false);
        break;
    case TYPE_RESULT:
        decode_result(r, type);
        break;
    case TYPE_MAP:
        decode_map(r, type);
        break;
    case TYPE_LIST:
    case TYPE_OPTION:
        type->element = decode_val_type(r);
        break;
    case TYPE_FIXED_LIST:
        type->element = decode_val_type(r);
        type->length = reader_u32(r);
        break;
    case TYPE_STREAM:
    case TYPE_FUTURE:
        type->element = decode_optional_val_type(r);
        break;
    case TYPE_OWN:
    case TYPE_BORROW:
        type->resource = reader_u32(r);
        break;
    default: /* primitive */
        break;
    }
}

static void decode_func(struct reader *r, struct def_type *type, bool async)
{
    type->kind = DEF_TYPE_FUNC;
    type->async = async;
    decode_members(r, type, MEMBER_FIELD, true);
    type->element = decode_result_list(r);
}

static void decode_resource(struct reader *r, struct def_type *type)
{
    type->kind = DEF_TYPE_RESOURCE;
    type->representation = reader_u8(r);
    if (type->representation != CORE_I32) {
        reader_fail(r, r->at - 1, "resources can only be represented by i32");
    }
    type->has_destructor = reader_flag(r);
    if (type->has_destructor) {
        type->destructor = reader_u32(r);
    }
}

struct extern_type decode_extern_type(struct reader *r)
{
    static const enum extern_kind kinds[] = {EXTERN_CORE_MODULE, EXTERN_FUNC,      EXTERN_FUNC,
                                             EXTERN_TYPE_EQ,     EXTERN_COMPONENT, EXTERN_INSTANCE};
    uint32_t start = r->at;
    uint8_t byte = reader_u8(r);
    if (byte == 2) {
        reader_unsupported(r, start, "imports and exports of values are not supported");
    }
    if (byte > 5 || (byte == 0 && reader_u8(r) != CORE_MODULE)) {
        reader_fail(r, start, "unknown sort 0x%02x of an import or export", byte);
    }
    struct extern_type type = {.kind = kinds[byte]};
    if (type.kind == EXTERN_TYPE_EQ && reader_flag(r)) {
        type.kind = EXTERN_TYPE_RESOURCE;
        return type;
    }
    type.index = reader_u32(r);
    return type;
}

static void decode_decl(struct reader *r, struct definition *decl, bool component)
{
    decl->at = r->at;
    uint8_t form = reader_u8(r);
    switch (form) {
    case 0x00:
        decl->kind = DEF_CORE_TYPE;
        decl->of.core_type = decode_core_def_type(r);
        return;
    case 0x01:
        decl->kind = DEF_TYPE;
        decl->of.type = decode_def_type(r);
        return;
    case 0x02:
        decl->kind = DEF_ALIAS;
        decode_alias(r, &decl->of.alias);
        return;
    case 0x03:
        if (!component) {
            break;
        }
        decl->kind = DEF_IMPORT;
        decl->of.import.name = decode_import_name(r);
        decl->of.import.type = decode_extern_type(r);
        return;
    case 0x04:
        decl->kind = DEF_EXPORT_DECL;
        decl->of.export.name = decode_export_name(r);
        decl->of.export.has_type = true;
        decl->of.export.type = decode_extern_type(r);
        return;
    default:
        break;
    }
    reader_fail(r, r->at - 1, "unknown declarator 0x%02x", form);
}

static void decode_decls(struct reader *r, struct def_type *type)
{
    decode_nest(r);
    type->decl_count = reader_count(r);
    type->decls = ARENA_ARRAY(r->arena, struct definition, type->decl_count);
    for (uint32_t i = 0; i < type->decl_count; i++) {
        decode_decl(r, &type->decls[i], type->kind == DEF_TYPE_COMPONENT);
    }
    r->depth--;
}

struct def_type *decode_def_type(struct reader *r)
{
    struct def_type *type = ARENA_NEW(r->arena, struct def_type);
    type->at = r->at;
    uint8_t code = reader_u8(r);
    switch (code) {
    case 0x3f:
        decode_resource(r, type);
        break;
    case 0x40:
    case 0x43:
        decode_func(r, type, code == 0x43);
        break;
    case 0x41:
    case 0x42:
        type->kind = code == 0x41 ? DEF_TYPE_COMPONENT : DEF_TYPE_INSTANCE;
        decode_decls(r, type);
        break;
    default:
        type->kind = DEF_TYPE_VALUE;
        type->value = decode_value_kind(r, code);
        decode_value(r, type);
        break;
    }
    return type;
}
