/* SPDX-License-Identifier: Apache-2.0 */
#include "core_decode.h"

/** A reference type behind 0x63 or 0x64: only nullable references to any function or external value are plain types. */
static uint8_t core_decode_reference(struct reader *r, uint32_t start, uint8_t form)
{
    int64_t heap = reader_signed(r, 33);
    if (form == 0x63 && heap == -16) {
        return CORE_FUNCREF;
    }
    if (form == 0x63 && heap == -17) {
        return CORE_EXTERNREF;
    }
    reader_unsupported(r, start, "typed function references are not supported");
}

uint8_t core_decode_value(struct reader *r)
{
    uint32_t start = r->at;
    uint8_t byte = reader_u8(r);
    switch (byte) {
    case CORE_I32:
    case CORE_I64:
    case CORE_F32:
    case CORE_F64:
    case CORE_FUNCREF:
    case CORE_EXTERNREF:
        return byte;
    case CORE_V128:
        reader_unsupported(r, start, "SIMD (v128) is not supported");
    case 0x69:
        reader_unsupported(r, start, "exceptions (exnref) are not supported");
    case 0x63:
    case 0x64:
        return core_decode_reference(r, start, byte);
    case 0x6a:
    case 0x6b:
    case 0x6c:
    case 0x6d:
    case 0x6e:
    case 0x71:
    case 0x72:
    case 0x73:
    case 0x74:
        reader_unsupported(r, start, "the types of garbage collection are not supported (0x%02x)", byte);
    default:
        reader_fail(r, start, "unknown core value type 0x%02x", byte);
    }
}

static uint8_t *core_decode_values(struct reader *r, uint32_t *count)
{
    *count = reader_count(r);
    uint8_t *values = arena_take(r->arena, *count, 1);
    for (uint32_t i = 0; i < *count; i++) {
        values[i] = core_decode_value(r);
    }
    return values;
}

void core_decode_func_type(struct reader *r, struct core_func_type *type)
{
    type->params = core_decode_values(r, &type->param_count);
    type->results = core_decode_values(r, &type->result_count);
}

enum { LIMITS_MAX = 1, LIMITS_SHARED = 2, LIMITS_64 = 4, LIMITS_PAGE = 8 };

static void core_decode_limits(struct reader *r, struct core_limits *limits, bool memory)
{
    uint32_t start = r->at;
    uint8_t flags = reader_u8(r);
    if (flags > (LIMITS_MAX | LIMITS_SHARED | LIMITS_64 | (memory ? LIMITS_PAGE : 0))) {
        reader_fail(r, start, "unknown limits 0x%02x", flags);
    }
    limits->has_max = (flags & LIMITS_MAX) != 0;
    limits->shared = (flags & LIMITS_SHARED) != 0;
    limits->is64 = (flags & LIMITS_64) != 0;
    limits->min = limits->is64 ? reader_u64(r) : reader_u32(r);
    limits->max = UINT64_MAX;
    if (limits->has_max) {
        limits->max = limits->is64 ? reader_u64(r) : reader_u32(r);
    }
    limits->page_log2 = memory ? 16 : 0;
    if ((flags & LIMITS_PAGE) != 0) {
        uint32_t log2 = reader_u32(r);
        if (log2 != 0 && log2 != 16) {
            reader_fail(r, start, "invalid page size 2^%u", log2);
        }
        limits->page_log2 = (uint8_t)log2;
    }
    if (limits->max < limits->min) {
        reader_fail(r, start, "the minimum is above the maximum");
    }
    if (memory && !limits->is64 && limits->min > ((uint64_t)1 << 32) >> limits->page_log2) {
        reader_fail(r, start, "memory size must be at most 4 GiB");
    }
}

static void core_decode_table(struct reader *r, struct core_extern *type)
{
    uint32_t start = r->at;
    type->value = core_decode_value(r);
    if (type->value >= CORE_V128 && type->value <= CORE_I32) {
        reader_fail(r, start, "a table of numbers");
    }
    core_decode_limits(r, &type->limits, false);
}

void core_decode_item(struct reader *r, struct core_extern *type, uint32_t *type_index)
{
    switch (type->sort) {
    case CORE_TABLE:
        core_decode_table(r, type);
        break;
    case CORE_MEMORY:
        core_decode_limits(r, &type->limits, true);
        break;
    case CORE_GLOBAL:
        type->value = core_decode_value(r);
        type->mutable_ = reader_flag(r);
        break;
    case CORE_TAG:
        if (reader_u8(r) != 0) {
            reader_fail(r, r->at - 1, "unknown attribute of a tag");
        }
        *type_index = reader_u32(r);
        break;
    default:
        *type_index = reader_u32(r);
        break;
    }
}

void core_decode_extern(struct reader *r, struct core_extern *type, uint32_t *type_index)
{
    uint8_t sort = reader_u8(r);
    if (sort > CORE_TAG) {
        reader_fail(r, r->at - 1, "unknown sort 0x%02x of a core import or export", sort);
    }
    type->sort = (enum core_sort)sort;
    core_decode_item(r, type, type_index);
}

/** The operand of one instruction of a constant expression; false at its end. */
static bool core_decode_skip_instruction(struct reader *r)
{
    uint32_t start = r->at;
    uint8_t op = reader_u8(r);
    switch (op) {
    case 0x0b:
        return false;
    case 0x41:
        (void)reader_signed(r, 32);
        return true;
    case 0x42:
        (void)reader_signed(r, 64);
        return true;
    case 0x43:
        reader_skip(r, 4);
        return true;
    case 0x44:
        reader_skip(r, 8);
        return true;
    case 0x23:
    case 0xd2:
        (void)reader_u32(r);
        return true;
    case 0xd0:
        (void)reader_signed(r, 33);
        return true;
    case 0x6a:
    case 0x6b:
    case 0x6c:
    case 0x7c:
    case 0x7d:
    case 0x7e:
        return true;
    case 0xfd:
        reader_unsupported(r, start, "SIMD is not supported");
    case 0xfb:
        reader_unsupported(r, start, "the instructions of garbage collection are not supported");
    default:
        break;
    }
    reader_fail(r, start, "constant expression required, found 0x%02x", op);
}

void core_decode_skip_constant(struct reader *r)
{
    while (core_decode_skip_instruction(r)) {
    }
}
