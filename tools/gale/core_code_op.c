/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions that are no control instructions: what each takes from the stack and leaves there. */
#include "core_code.h"
#include "core_decode.h"

#include <string.h>

/** Instructions `first` to `last`: letters i, l, f, d for i32, i64, f32, f64. */
struct code_shape {
    uint8_t first;
    uint8_t last;
    const char *params;
    char result;
};

static const struct code_shape code_shapes[] = {
    {0x45, 0x45, "i", 'i'},  {0x46, 0x4f, "ii", 'i'}, {0x50, 0x50, "l", 'i'}, {0x51, 0x5a, "ll", 'i'},
    {0x5b, 0x60, "ff", 'i'}, {0x61, 0x66, "dd", 'i'}, {0x67, 0x69, "i", 'i'}, {0x6a, 0x78, "ii", 'i'},
    {0x79, 0x7b, "l", 'l'},  {0x7c, 0x8a, "ll", 'l'}, {0x8b, 0x91, "f", 'f'}, {0x92, 0x98, "ff", 'f'},
    {0x99, 0x9f, "d", 'd'},  {0xa0, 0xa6, "dd", 'd'}, {0xa7, 0xa7, "l", 'i'}, {0xa8, 0xa9, "f", 'i'},
    {0xaa, 0xab, "d", 'i'},  {0xac, 0xad, "i", 'l'},  {0xae, 0xaf, "f", 'l'}, {0xb0, 0xb1, "d", 'l'},
    {0xb2, 0xb3, "i", 'f'},  {0xb4, 0xb5, "l", 'f'},  {0xb6, 0xb6, "d", 'f'}, {0xb7, 0xb8, "i", 'd'},
    {0xb9, 0xba, "l", 'd'},  {0xbb, 0xbb, "f", 'd'},  {0xbc, 0xbc, "f", 'i'}, {0xbd, 0xbd, "d", 'l'},
    {0xbe, 0xbe, "i", 'f'},  {0xbf, 0xbf, "l", 'd'},  {0xc0, 0xc1, "i", 'i'}, {0xc2, 0xc4, "l", 'l'},
};

/** Behind 0xfc: conversions that saturate. */
static const struct code_shape code_saturating[] = {
    {0, 1, "f", 'i'}, {2, 3, "d", 'i'}, {4, 5, "f", 'l'}, {6, 7, "d", 'l'}};

/** Loads from 0x28, stores from 0x36: what is moved, and the natural alignment as a power of two. */
static const struct {
    char value;
    uint8_t align;
} code_moves[] = {{'i', 2}, {'l', 3}, {'f', 2}, {'d', 3}, {'i', 0}, {'i', 0}, {'i', 1}, {'i', 1},
                  {'l', 0}, {'l', 0}, {'l', 1}, {'l', 1}, {'l', 2}, {'l', 2}, {'i', 2}, {'l', 3},
                  {'f', 2}, {'d', 3}, {'i', 0}, {'i', 1}, {'l', 0}, {'l', 1}, {'l', 2}};

static uint8_t code_value(char letter)
{
    return letter == 'i' ? CORE_I32 : letter == 'l' ? CORE_I64 : letter == 'f' ? CORE_F32 : CORE_F64;
}

static bool code_shaped(struct core_code *c, const struct code_shape *shapes, size_t count, uint32_t op, uint32_t at)
{
    for (size_t i = 0; i < count; i++) {
        if (op < shapes[i].first || op > shapes[i].last) {
            continue;
        }
        for (size_t k = strlen(shapes[i].params); k > 0; k--) {
            (void)core_code_pop(c, code_value(shapes[i].params[k - 1]), at);
        }
        core_code_push(c, code_value(shapes[i].result));
        return true;
    }
    return false;
}

const struct core_extern *core_code_item(const struct core_code *c, enum core_sort sort, uint32_t index, uint32_t at)
{
    const struct core_extern *item = core_item(c->m, sort, index);
    if (item == NULL) {
        core_code_fail(c, at, "unknown %s %u", core_sort_name(sort), index);
    }
    return item;
}

uint8_t core_code_address(const struct core_extern *item)
{
    return item->limits.is64 ? CORE_I64 : CORE_I32;
}

static const struct core_extern *code_memory(struct core_code *c, uint32_t at)
{
    return core_code_item(c, CORE_MEMORY, reader_u32(c->r), at);
}

static const struct core_extern *code_table(struct core_code *c, uint32_t at)
{
    return core_code_item(c, CORE_TABLE, reader_u32(c->r), at);
}

static bool code_is_reference(uint8_t value)
{
    return value == CORE_FUNCREF || value == CORE_EXTERNREF;
}

static void code_move(struct core_code *c, uint8_t op, uint32_t at)
{
    enum { MEMORY_INDEX = 0x40, STORES = 0x36 };
    uint8_t value = code_value(code_moves[op - 0x28].value);
    uint32_t flags = reader_u32(c->r);
    uint32_t index = (flags & MEMORY_INDEX) != 0 ? reader_u32(c->r) : 0;
    const struct core_extern *memory = core_code_item(c, CORE_MEMORY, index, at);
    if ((flags & ~(uint32_t)MEMORY_INDEX) > code_moves[op - 0x28].align) {
        core_code_fail(c, at, "alignment must not be larger than natural");
    }
    (void)(memory->limits.is64 ? reader_u64(c->r) : reader_u32(c->r));
    if (op >= STORES) {
        (void)core_code_pop(c, value, at);
    }
    (void)core_code_pop(c, core_code_address(memory), at);
    if (op < STORES) {
        core_code_push(c, value);
    }
}

static void code_select(struct core_code *c, uint8_t op, uint32_t at)
{
    uint8_t type = CORE_CODE_ANY;
    if (op == 0x1c) {
        if (reader_count(c->r) != 1) {
            core_code_fail(c, at, "select gives one value");
        }
        type = core_decode_value(c->r);
    }
    (void)core_code_pop(c, CORE_I32, at);
    type = core_code_pop(c, type, at);
    type = core_code_pop(c, type, at);
    if (op == 0x1b && code_is_reference(type)) {
        core_code_fail(c, at, "type mismatch: select of references has to name their type");
    }
    core_code_push(c, type);
}

static void code_local(struct core_code *c, uint8_t op, uint32_t at)
{
    uint32_t index = reader_u32(c->r);
    if (index >= c->locals.count) {
        core_code_fail(c, at, "unknown local %u", index);
    }
    if (op != 0x20) {
        (void)core_code_pop(c, c->locals.at[index], at);
    }
    if (op != 0x21) {
        core_code_push(c, c->locals.at[index]);
    }
}

static void code_global(struct core_code *c, uint8_t op, uint32_t at)
{
    uint32_t index = reader_u32(c->r);
    const struct core_extern *global = core_code_item(c, CORE_GLOBAL, index, at);
    if (op == 0x24) {
        if (!global->mutable_) {
            core_code_fail(c, at, "global %u is immutable", index);
        }
        (void)core_code_pop(c, global->value, at);
        return;
    }
    if (c->constant && (index >= c->globals || global->mutable_)) {
        core_code_fail(c, at, "constant expression required: global %u is not constant here", index);
    }
    core_code_push(c, global->value);
}

static void code_table_access(struct core_code *c, uint8_t op, uint32_t at)
{
    const struct core_extern *table = code_table(c, at);
    if (op == 0x26) {
        (void)core_code_pop(c, table->value, at);
    }
    (void)core_code_pop(c, core_code_address(table), at);
    if (op == 0x25) {
        core_code_push(c, table->value);
    }
}

static void code_constant(struct core_code *c, uint8_t op)
{
    switch (op) {
    case 0x41:
        (void)reader_signed(c->r, 32);
        core_code_push(c, CORE_I32);
        break;
    case 0x42:
        (void)reader_signed(c->r, 64);
        core_code_push(c, CORE_I64);
        break;
    case 0x43:
        reader_skip(c->r, 4);
        core_code_push(c, CORE_F32);
        break;
    default:
        reader_skip(c->r, 8);
        core_code_push(c, CORE_F64);
        break;
    }
}

static void code_reference(struct core_code *c, uint8_t op, uint32_t at)
{
    if (op == 0xd1) {
        uint8_t value = core_code_pop_any(c, at);
        if (value != CORE_CODE_ANY && !code_is_reference(value)) {
            core_code_fail(c, at, "type mismatch: ref.is_null wants a reference");
        }
        core_code_push(c, CORE_I32);
    } else if (op == 0xd0) {
        int64_t heap = reader_signed(c->r, 33);
        if (heap != -16 && heap != -17) {
            core_code_unsupported(c, at,
                                  "references to other things than functions and external values are not supported");
        }
        core_code_push(c, heap == -16 ? CORE_FUNCREF : CORE_EXTERNREF);
    } else {
        uint32_t index = reader_u32(c->r);
        (void)core_code_item(c, CORE_FUNC, index, at);
        if (!c->constant && !c->declared[index]) {
            core_code_fail(c, at, "undeclared reference to function %u", index);
        }
        core_code_push(c, CORE_FUNCREF);
    }
}

static void code_check_data(const struct core_code *c, uint32_t index, uint32_t at)
{
    if (!c->has_data_count) {
        core_code_fail(c, at, "data count section required");
    }
    if (index >= c->data_count) {
        core_code_fail(c, at, "unknown data segment %u", index);
    }
}

static uint8_t code_element(const struct core_code *c, uint32_t index, uint32_t at)
{
    if (index >= c->elements.count) {
        core_code_fail(c, at, "unknown elem segment %u", index);
    }
    return c->elements.at[index];
}

/** Length, source and destination of a copy or fill: the length's type is that of the narrower address. */
static void code_pop_range(struct core_code *c, uint8_t to, uint8_t from, uint32_t at)
{
    (void)core_code_pop(c, to == CORE_I64 && from == CORE_I64 ? CORE_I64 : CORE_I32, at);
    (void)core_code_pop(c, from, at);
    (void)core_code_pop(c, to, at);
}

static void code_bulk_memory(struct core_code *c, uint32_t op, uint32_t at)
{
    uint32_t data;
    uint8_t to;
    switch (op) {
    case 8:
        data = reader_u32(c->r);
        to = core_code_address(code_memory(c, at));
        code_check_data(c, data, at);
        code_pop_range(c, to, CORE_I32, at);
        break;
    case 9:
        code_check_data(c, reader_u32(c->r), at);
        break;
    case 10:
        to = core_code_address(code_memory(c, at));
        code_pop_range(c, to, core_code_address(code_memory(c, at)), at);
        break;
    default:
        to = core_code_address(code_memory(c, at));
        (void)core_code_pop(c, to, at);
        (void)core_code_pop(c, CORE_I32, at);
        (void)core_code_pop(c, to, at);
        break;
    }
}

static void code_check_same(const struct core_code *c, uint8_t a, uint8_t b, uint32_t at)
{
    if (a != b) {
        core_code_fail(c, at, "type mismatch: a table of %s gets elements of %s", core_value_name(a),
                       core_value_name(b));
    }
}

static void code_bulk_table(struct core_code *c, uint32_t op, uint32_t at)
{
    if (op == 12) {
        uint8_t element = code_element(c, reader_u32(c->r), at);
        const struct core_extern *table = code_table(c, at);
        code_check_same(c, table->value, element, at);
        code_pop_range(c, core_code_address(table), CORE_I32, at);
    } else if (op == 13) {
        (void)code_element(c, reader_u32(c->r), at);
    } else {
        const struct core_extern *to = code_table(c, at);
        const struct core_extern *from = code_table(c, at);
        code_check_same(c, to->value, from->value, at);
        code_pop_range(c, core_code_address(to), core_code_address(from), at);
    }
}

static void code_table_size(struct core_code *c, uint32_t op, uint32_t at)
{
    const struct core_extern *table = code_table(c, at);
    uint8_t address = core_code_address(table);
    if (op != 16) {
        (void)core_code_pop(c, address, at);
        (void)core_code_pop(c, table->value, at);
    }
    if (op == 17) {
        (void)core_code_pop(c, address, at);
    } else {
        core_code_push(c, address);
    }
}

static void code_prefixed(struct core_code *c, uint32_t at)
{
    uint32_t op = reader_u32(c->r);
    if (code_shaped(c, code_saturating, sizeof code_saturating / sizeof code_saturating[0], op, at)) {
        return;
    }
    if (op >= 8 && op <= 11) {
        code_bulk_memory(c, op, at);
    } else if (op >= 12 && op <= 14) {
        code_bulk_table(c, op, at);
    } else if (op >= 15 && op <= 17) {
        code_table_size(c, op, at);
    } else if (op >= 19 && op <= 22) {
        core_code_unsupported(c, at, "wide arithmetic is not supported");
    } else {
        reader_fail(c->r, at, "unknown instruction 0xfc %u", op);
    }
}

_Noreturn static void code_refuse(struct core_code *c, uint8_t op, uint32_t at)
{
    switch (op) {
    case 0x06:
    case 0x07:
    case 0x08:
    case 0x09:
    case 0x0a:
    case 0x18:
    case 0x19:
    case 0x1f:
        core_code_unsupported(c, at, "exceptions are not supported");
    case 0xd3:
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xfb:
        core_code_unsupported(c, at, "the instructions of garbage collection are not supported");
    case 0xfd:
        core_code_unsupported(c, at, "SIMD is not supported");
    case 0xfe:
        core_code_unsupported(c, at, "shared-everything threads are not supported");
    default:
        reader_fail(c->r, at, "unknown instruction 0x%02x", op);
    }
}

static void code_memory_size(struct core_code *c, uint8_t op, uint32_t at)
{
    uint8_t address = core_code_address(code_memory(c, at));
    if (op == 0x40) {
        (void)core_code_pop(c, address, at);
    }
    core_code_push(c, address);
}

void core_code_plain(struct core_code *c, uint8_t op, uint32_t at)
{
    if (op >= 0x20 && op <= 0x22) {
        code_local(c, op, at);
    } else if (code_shaped(c, code_shapes, sizeof code_shapes / sizeof code_shapes[0], op, at)) {
        return;
    } else if (op >= 0x28 && op <= 0x3e) {
        code_move(c, op, at);
    } else if (op >= 0x41 && op <= 0x44) {
        code_constant(c, op);
    } else if (op == 0x1a) {
        (void)core_code_pop_any(c, at);
    } else if (op == 0x1b || op == 0x1c) {
        code_select(c, op, at);
    } else if (op == 0x23 || op == 0x24) {
        code_global(c, op, at);
    } else if (op == 0x25 || op == 0x26) {
        code_table_access(c, op, at);
    } else if (op == 0x3f || op == 0x40) {
        code_memory_size(c, op, at);
    } else if (op >= 0xd0 && op <= 0xd2) {
        code_reference(c, op, at);
    } else if (op == 0xfc) {
        code_prefixed(c, at);
    } else {
        code_refuse(c, op, at);
    }
}
