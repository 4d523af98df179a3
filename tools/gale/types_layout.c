/* SPDX-License-Identifier: Apache-2.0 */
#include "types_layout.h"

#include <string.h>

#define TOO_MANY_FLAT (TYPE_MAX_FLAT_PARAMS + 1)

/** Size and alignment for one width of pointers; sizes stop at TYPE_MAX_SIZE. */
struct types_box {
    uint32_t size;
    uint32_t align;
};

static uint32_t types_clip(uint64_t size)
{
    return size < TYPE_MAX_SIZE ? (uint32_t)size : TYPE_MAX_SIZE;
}

static uint32_t types_align(uint32_t at, uint32_t align)
{
    return (at + align - 1) / align * align;
}

static struct types_box types_box_of(const struct type *type, bool wide)
{
    if (type == NULL) {
        return (struct types_box){0, 1};
    }
    return wide ? (struct types_box){type->size64, type->align64} : (struct types_box){type->size, type->align};
}

static struct types_box types_box_record(struct type_field *fields, uint32_t count, bool wide)
{
    struct types_box box = {0, 1};
    for (uint32_t i = 0; i < count; i++) {
        struct types_box part = types_box_of(fields[i].type, wide);
        uint32_t offset = types_align(box.size, part.align);
        if (!wide) {
            fields[i].offset = offset;
        }
        box.size = types_clip((uint64_t)offset + part.size);
        box.align = part.align > box.align ? part.align : box.align;
    }
    box.size = types_align(box.size, box.align);
    return box;
}

static uint32_t types_discriminant(uint32_t cases)
{
    if (cases <= 0x100) {
        return 1;
    }
    return cases <= 0x10000 ? 2 : 4;
}

static struct types_box types_box_variant(struct type_field *cases, uint32_t count, bool wide)
{
    uint32_t discriminant = types_discriminant(count);
    struct types_box payload = {0, 1};
    for (uint32_t i = 0; i < count; i++) {
        struct types_box part = types_box_of(cases[i].type, wide);
        payload.size = part.size > payload.size ? part.size : payload.size;
        payload.align = part.align > payload.align ? part.align : payload.align;
    }
    uint32_t offset = types_align(discriminant, payload.align);
    for (uint32_t i = 0; i < count && !wide; i++) {
        cases[i].offset = offset;
    }
    uint32_t align = payload.align > discriminant ? payload.align : discriminant;
    return (struct types_box){types_align(types_clip((uint64_t)offset + payload.size), align), align};
}

static uint32_t types_flags_bytes(uint32_t count)
{
    return count <= 8 ? 1 : count <= 16 ? 2 : 4;
}

static struct types_box types_box_kind(const struct type *type, struct type_field *fields, bool wide)
{
    static const uint8_t plain[] = {
        [TYPE_BOOL] = 1, [TYPE_S8] = 1,  [TYPE_U8] = 1,  [TYPE_S16] = 2, [TYPE_U16] = 2, [TYPE_S32] = 4,
        [TYPE_U32] = 4,  [TYPE_S64] = 8, [TYPE_U64] = 8, [TYPE_F32] = 4, [TYPE_F64] = 8, [TYPE_CHAR] = 4,
    };
    uint32_t pointer = wide ? 8 : 4;
    switch (type->kind) {
    case TYPE_STRING:
    case TYPE_LIST:
    case TYPE_MAP:
        return (struct types_box){2 * pointer, pointer};
    case TYPE_FIXED_LIST: {
        struct types_box element = types_box_of(type->element, wide);
        return (struct types_box){types_clip((uint64_t)element.size * type->length), element.align};
    }
    case TYPE_RECORD:
    case TYPE_TUPLE:
        return types_box_record(fields, type->field_count, wide);
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_OPTION:
    case TYPE_RESULT:
        return types_box_variant(fields, type->field_count, wide);
    case TYPE_FLAGS: {
        uint32_t bytes = types_flags_bytes(type->field_count);
        return (struct types_box){bytes, bytes};
    }
    case TYPE_ERROR_CONTEXT:
    case TYPE_OWN:
    case TYPE_BORROW:
    case TYPE_STREAM:
    case TYPE_FUTURE:
        return (struct types_box){4, 4};
    default:
        return (struct types_box){plain[type->kind], plain[type->kind]};
    }
}

static void types_flat_add(struct type *type, uint8_t value)
{
    if (type->flat_count < TYPE_MAX_FLAT_PARAMS) {
        type->flat[type->flat_count++] = value;
    } else {
        type->flat_count = TOO_MANY_FLAT;
    }
}

static void types_flat_append(struct type *type, const struct type *part)
{
    if (part->flat_count == TOO_MANY_FLAT) {
        type->flat_count = TOO_MANY_FLAT;
        return;
    }
    for (uint32_t i = 0; i < part->flat_count; i++) {
        types_flat_add(type, part->flat[i]);
    }
}

static uint8_t types_flat_join(uint8_t a, uint8_t b)
{
    if (a == b) {
        return a;
    }
    bool narrow = (a == CORE_I32 && b == CORE_F32) || (a == CORE_F32 && b == CORE_I32);
    return narrow ? CORE_I32 : CORE_I64;
}

static void types_flat_variant(struct type *type)
{
    types_flat_add(type, CORE_I32);
    for (uint32_t c = 0; c < type->field_count; c++) {
        const struct type *payload = type->fields[c].type;
        uint32_t count = payload == NULL ? 0 : payload->flat_count;
        if (count >= TYPE_MAX_FLAT_PARAMS) {
            type->flat_count = TOO_MANY_FLAT;
        }
        for (uint32_t i = 0; i < count && type->flat_count != TOO_MANY_FLAT; i++) {
            if (i + 1 < type->flat_count) {
                type->flat[i + 1] = types_flat_join(type->flat[i + 1], payload->flat[i]);
            } else {
                types_flat_add(type, payload->flat[i]);
            }
        }
    }
}

static void types_flat_repeat(struct type *type)
{
    for (uint32_t i = 0; i < type->length && type->flat_count != TOO_MANY_FLAT; i++) {
        types_flat_append(type, type->element);
    }
}

static void types_flatten(struct type *type)
{
    switch (type->kind) {
    case TYPE_S64:
    case TYPE_U64:
        types_flat_add(type, CORE_I64);
        break;
    case TYPE_F32:
        types_flat_add(type, CORE_F32);
        break;
    case TYPE_F64:
        types_flat_add(type, CORE_F64);
        break;
    case TYPE_STRING:
    case TYPE_LIST:
    case TYPE_MAP:
        types_flat_add(type, CORE_I32);
        types_flat_add(type, CORE_I32);
        break;
    case TYPE_RECORD:
    case TYPE_TUPLE:
        for (uint32_t i = 0; i < type->field_count; i++) {
            types_flat_append(type, type->fields[i].type);
        }
        break;
    case TYPE_FIXED_LIST:
        types_flat_repeat(type);
        break;
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_OPTION:
    case TYPE_RESULT:
        types_flat_variant(type);
        break;
    default:
        types_flat_add(type, CORE_I32);
        break;
    }
}

/** What the kind itself contributes. */
static uint8_t types_contains_kind(enum type_kind kind)
{
    switch (kind) {
    case TYPE_STRING:
    case TYPE_LIST:
    case TYPE_MAP:
        return TYPE_HAS_POINTER;
    case TYPE_OWN:
        return TYPE_HAS_OWN | TYPE_HAS_RESOURCE;
    case TYPE_BORROW:
        return TYPE_HAS_BORROW | TYPE_HAS_RESOURCE;
    case TYPE_STREAM:
    case TYPE_FUTURE:
        return TYPE_HAS_STREAM;
    case TYPE_ERROR_CONTEXT:
        return TYPE_HAS_ERROR_CONTEXT;
    case TYPE_BOOL:
    case TYPE_CHAR:
    case TYPE_F32:
    case TYPE_F64:
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_OPTION:
    case TYPE_RESULT:
    case TYPE_FLAGS:
        return TYPE_HAS_CHECKED;
    default:
        return 0;
    }
}

static void types_include(struct type *type, const struct type *part)
{
    bool handle = type->kind == TYPE_STREAM || type->kind == TYPE_FUTURE;
    if (part != NULL) {
        type->has_nominal = type->has_nominal || part->has_nominal;
        type->contains |= handle ? part->contains & TYPE_HAS_RESOURCE : part->contains;
        type->depth = part->depth >= type->depth ? part->depth + 1 : type->depth;
    }
}

/** Whether a record leaves bytes unused between or behind its fields. */
static bool types_has_gap(const struct type *type)
{
    uint32_t used = 0;
    for (uint32_t i = 0; i < type->field_count; i++) {
        used += type->fields[i].type->size;
    }
    return used != type->size;
}

static void types_summarise(struct type *type)
{
    type->depth = 1;
    type->contains = types_contains_kind(type->kind);
    type->has_nominal = types_is_nominal(type->kind) || type->kind == TYPE_OWN || type->kind == TYPE_BORROW;
    types_include(type, type->element);
    for (uint32_t i = 0; i < type->field_count; i++) {
        types_include(type, type->fields[i].type);
    }
    bool record = type->kind == TYPE_RECORD || type->kind == TYPE_TUPLE;
    bool variant = type->kind == TYPE_VARIANT || type->kind == TYPE_OPTION || type->kind == TYPE_RESULT;
    if (variant || (record && types_has_gap(type))) {
        type->contains |= TYPE_HAS_PADDING;
    }
}

void types_layout(struct type *type, struct type_field *fields)
{
    struct types_box wide = types_box_kind(type, fields, true);
    struct types_box narrow = types_box_kind(type, fields, false);
    type->size64 = wide.size;
    type->align64 = (uint8_t)wide.align;
    type->size = narrow.size;
    type->align = (uint8_t)narrow.align;
    if (type->kind == TYPE_FLAGS) {
        type->discriminant_size = (uint8_t)type->size;
    } else if (type->kind == TYPE_VARIANT || type->kind == TYPE_ENUM || type->kind == TYPE_OPTION ||
               type->kind == TYPE_RESULT) {
        type->discriminant_size = (uint8_t)types_discriminant(type->field_count);
    }
    types_flatten(type);
    types_summarise(type);
}
