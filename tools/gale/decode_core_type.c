/* SPDX-License-Identifier: Apache-2.0 */
/* Core types in a component: function types and the types of modules. */
#include "core_decode.h"
#include "decode.h"

enum {
    FORM_REC = 0x4e,
    FORM_SUB_FINAL = 0x4f,
    FORM_SUB = 0x50,
    FORM_ARRAY = 0x5e,
    FORM_STRUCT = 0x5f,
    FORM_FUNC = 0x60
};

/** Behind "sub": how many supertypes, and the form of the type itself. */
static uint8_t decode_core_subtype(struct reader *r, uint32_t *supertypes)
{
    *supertypes = reader_count(r);
    for (uint32_t n = *supertypes; n > 0; n--) {
        (void)reader_u32(r);
    }
    return reader_u8(r);
}

static void decode_core_functype(struct reader *r, struct core_func_type *type)
{
    uint32_t start = r->at;
    uint8_t first = reader_u8(r);
    uint32_t supertypes = 0;
    uint8_t form = first == FORM_SUB || first == FORM_SUB_FINAL ? decode_core_subtype(r, &supertypes) : first;
    if (form != FORM_FUNC && form != FORM_STRUCT && form != FORM_ARRAY && first != FORM_REC) {
        reader_fail(r, r->at - 1, "unknown core type 0x%02x", form);
    }
    if (form != FORM_FUNC || supertypes != 0) {
        reader_unsupported(r, start, "the types of garbage collection are not supported (0x%02x)", first);
    }
    core_decode_func_type(r, type);
    type->open = first == FORM_SUB;
}

static void decode_core_alias(struct reader *r, struct core_decl *decl)
{
    if (reader_u8(r) != CORE_TYPE || reader_u8(r) != 0x01) {
        reader_fail(r, r->at - 1, "a module type can only alias an outer type");
    }
    decl->outer = reader_u32(r);
    decl->index = reader_u32(r);
}

static void decode_core_decl(struct reader *r, struct core_decl *decl)
{
    decl->at = r->at;
    uint8_t form = reader_u8(r);
    switch (form) {
    case 0x00:
        decl->kind = CORE_DECL_IMPORT;
        decl->module = reader_name(r);
        decl->name = reader_name(r);
        core_decode_extern(r, &decl->type, &decl->index);
        break;
    case 0x01:
        decl->kind = CORE_DECL_TYPE;
        decode_core_functype(r, &decl->func);
        break;
    case 0x02:
        decl->kind = CORE_DECL_ALIAS;
        decode_core_alias(r, decl);
        break;
    case 0x03:
        decl->kind = CORE_DECL_EXPORT;
        decl->name = reader_name(r);
        core_decode_extern(r, &decl->type, &decl->index);
        break;
    default:
        reader_fail(r, r->at - 1, "unknown declarator 0x%02x of a module type", form);
    }
}

struct core_def_type *decode_core_def_type(struct reader *r)
{
    struct core_def_type *type = ARENA_NEW(r->arena, struct core_def_type);
    type->at = r->at;
    if (r->at < r->end && r->bytes[r->at] == FORM_SUB) {
        (void)reader_u8(r);
        type->is_module = true;
        type->decl_count = reader_count(r);
        type->decls = ARENA_ARRAY(r->arena, struct core_decl, type->decl_count);
        for (uint32_t i = 0; i < type->decl_count; i++) {
            decode_core_decl(r, &type->decls[i]);
        }
        return type;
    }
    if (r->at + 1 < r->end && r->bytes[r->at] == 0x00 && r->bytes[r->at + 1] == FORM_SUB) {
        (void)reader_u8(r); /* here a 0x50 alone begins the type of a module */
    }
    decode_core_functype(r, &type->func);
    return type;
}
