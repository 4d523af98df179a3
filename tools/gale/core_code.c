/* SPDX-License-Identifier: Apache-2.0 */
/* The stack of types and the control instructions. */
#include "core_code.h"
#include "core_decode.h"

#include <string.h>

enum {
    CODE_UNREACHABLE = 0x00,
    CODE_NOP = 0x01,
    CODE_BLOCK = 0x02,
    CODE_LOOP = 0x03,
    CODE_IF = 0x04,
    CODE_ELSE = 0x05,
    CODE_END = 0x0b,
    CODE_BR = 0x0c,
    CODE_BR_IF = 0x0d,
    CODE_BR_TABLE = 0x0e,
    CODE_RETURN = 0x0f,
    CODE_CALL = 0x10,
    CODE_CALL_INDIRECT = 0x11,
    CODE_RETURN_CALL = 0x12,
    CODE_RETURN_CALL_INDIRECT = 0x13,
    CODE_CALL_REF = 0x14,
    CODE_RETURN_CALL_REF = 0x15,
};

_Noreturn void core_code_fail(const struct core_code *c, uint32_t at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    diag_fail_in(c->r->diag, DIAG_INVALID, at, c->name, format, arguments);
}

_Noreturn void core_code_unsupported(const struct core_code *c, uint32_t at, const char *what)
{
    diag_fail(c->r->diag, DIAG_UNSUPPORTED, at, "%s: %s", c->name, what);
}

const uint8_t *core_code_one(uint8_t value)
{
    static const uint8_t values[] = {CORE_I32, CORE_I64, CORE_F32, CORE_F64, CORE_FUNCREF, CORE_EXTERNREF};
    const uint8_t *found = memchr(values, value, sizeof values);
    return found != NULL ? found : values;
}

void core_code_push(struct core_code *c, uint8_t value)
{
    *ARRAY_ADD(c->r->arena, &c->stack) = value;
}

void core_code_push_all(struct core_code *c, const uint8_t *values, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        core_code_push(c, values[i]);
    }
}

static struct core_frame *code_top(struct core_code *c)
{
    return &c->frames.at[c->frames.count - 1];
}

uint8_t core_code_pop_any(struct core_code *c, uint32_t at)
{
    const struct core_frame *top = code_top(c);
    if (c->stack.count > top->height) {
        return c->stack.at[--c->stack.count];
    }
    if (!top->unreachable) {
        core_code_fail(c, at, "type mismatch: a value is wanted, and there is none");
    }
    return CORE_CODE_ANY;
}

uint8_t core_code_pop(struct core_code *c, uint8_t wanted, uint32_t at)
{
    uint8_t value = core_code_pop_any(c, at);
    if (value != wanted && value != CORE_CODE_ANY && wanted != CORE_CODE_ANY) {
        core_code_fail(c, at, "type mismatch: expected %s, found %s", core_value_name(wanted), core_value_name(value));
    }
    return value != CORE_CODE_ANY ? value : wanted;
}

void core_code_pop_all(struct core_code *c, const uint8_t *values, uint32_t count, uint32_t at)
{
    while (count > 0) {
        (void)core_code_pop(c, values[--count], at);
    }
}

void core_code_unreachable(struct core_code *c)
{
    c->stack.count = code_top(c)->height;
    code_top(c)->unreachable = true;
}

static void code_push_frame(struct core_code *c, uint8_t op, const struct core_func_type *type)
{
    *ARRAY_ADD(c->r->arena, &c->frames) = (struct core_frame){op, false, c->stack.count, *type};
    core_code_push_all(c, type->params, type->param_count);
}

static struct core_frame code_pop_frame(struct core_code *c, uint32_t at)
{
    struct core_frame frame = *code_top(c);
    core_code_pop_all(c, frame.type.results, frame.type.result_count, at);
    if (c->stack.count != frame.height) {
        core_code_fail(c, at, "type mismatch: values remain on the stack at the end of a block");
    }
    c->frames.count--;
    return frame;
}

static const struct core_func_type *code_type_at(struct core_code *c, uint32_t at)
{
    uint32_t index = reader_u32(c->r);
    if (index >= c->m->types.count) {
        core_code_fail(c, at, "unknown type %u: type index out of bounds", index);
    }
    return &c->m->types.at[index];
}

/** Nothing, one value type, or the index of a function type. */
static struct core_func_type code_block_type(struct core_code *c)
{
    static const uint8_t empty = 0x40;
    uint32_t at = c->r->at;
    uint8_t first = at < c->r->end ? c->r->bytes[at] : 0;
    struct core_func_type type = {0, 0, NULL, NULL, false};
    if (first == empty) {
        (void)reader_u8(c->r);
        return type;
    }
    if (first > empty && first < 0x80) {
        type.results = core_code_one(core_decode_value(c->r));
        type.result_count = 1;
        return type;
    }
    int64_t index = reader_signed(c->r, 33);
    if (index < 0 || (uint64_t)index >= c->m->types.count) {
        core_code_fail(c, at, "unknown type of a block: type index out of bounds");
    }
    return c->m->types.at[index];
}

/** What a branch to the `depth`-th frame around takes along: of a loop its parameters. */
static void code_label(struct core_code *c, uint32_t depth, uint32_t at, const uint8_t **values, uint32_t *count)
{
    if (depth >= c->frames.count) {
        core_code_fail(c, at, "unknown label %u: branch depth too large", depth);
    }
    const struct core_frame *frame = &c->frames.at[c->frames.count - 1 - depth];
    bool loop = frame->op == CODE_LOOP;
    *values = loop ? frame->type.params : frame->type.results;
    *count = loop ? frame->type.param_count : frame->type.result_count;
}

static void code_branch(struct core_code *c, uint8_t op, uint32_t at)
{
    const uint8_t *values;
    uint32_t count;
    uint32_t depth = reader_u32(c->r);
    if (op == CODE_BR_IF) {
        (void)core_code_pop(c, CORE_I32, at);
    }
    code_label(c, depth, at, &values, &count);
    core_code_pop_all(c, values, count, at);
    if (op == CODE_BR_IF) {
        core_code_push_all(c, values, count);
    } else {
        core_code_unreachable(c);
    }
}

/** A label of a table: its types are popped and pushed back as they were found. */
static void code_table_label(struct core_code *c, uint32_t depth, uint32_t arity, uint32_t at)
{
    const uint8_t *values;
    uint32_t count;
    code_label(c, depth, at, &values, &count);
    if (count != arity) {
        core_code_fail(c, at, "type mismatch: labels of br_table take %u and %u values", arity, count);
    }
    uint32_t height = code_top(c)->height;
    for (uint32_t i = 0; i < count; i++) {
        bool there = c->stack.count > height + i;
        uint8_t value = there ? c->stack.at[c->stack.count - 1 - i] : CORE_CODE_ANY;
        uint8_t wanted = values[count - 1 - i];
        if ((!there && !code_top(c)->unreachable) || (value != wanted && value != CORE_CODE_ANY)) {
            core_code_fail(c, at, "type mismatch: br_table expects %s", core_value_name(wanted));
        }
    }
}

static void code_branch_table(struct core_code *c, uint32_t at)
{
    uint32_t labels = reader_count(c->r);
    uint32_t begin = c->r->at;
    const uint8_t *values;
    uint32_t arity;
    (void)core_code_pop(c, CORE_I32, at);
    for (uint32_t i = 0; i < labels; i++) {
        (void)reader_u32(c->r);
    }
    uint32_t depth = reader_u32(c->r);
    uint32_t end = c->r->at;
    code_label(c, depth, at, &values, &arity);
    c->r->at = begin;
    for (uint32_t i = 0; i <= labels; i++) {
        code_table_label(c, reader_u32(c->r), arity, at);
    }
    c->r->at = end;
    core_code_pop_all(c, values, arity, at);
    core_code_unreachable(c);
}

static bool code_same_results(const struct core_func_type *a, const struct core_func_type *b)
{
    return a->result_count == b->result_count &&
           (a->result_count == 0 || memcmp(a->results, b->results, a->result_count) == 0);
}

static const struct core_func_type *code_callee(struct core_code *c, uint8_t op, uint32_t at)
{
    if (op == CODE_CALL || op == CODE_RETURN_CALL) {
        return core_code_item(c, CORE_FUNC, reader_u32(c->r), at)->func;
    }
    const struct core_func_type *type = code_type_at(c, at);
    const struct core_extern *table = core_code_item(c, CORE_TABLE, reader_u32(c->r), at);
    if (table->value != CORE_FUNCREF) {
        core_code_fail(c, at, "type mismatch: call_indirect wants a table of functions");
    }
    (void)core_code_pop(c, core_code_address(table), at);
    return type;
}

static void code_call(struct core_code *c, uint8_t op, uint32_t at)
{
    const struct core_func_type *type = code_callee(c, op, at);
    core_code_pop_all(c, type->params, type->param_count, at);
    if (op == CODE_CALL || op == CODE_CALL_INDIRECT) {
        core_code_push_all(c, type->results, type->result_count);
        return;
    }
    if (!code_same_results(type, c->results)) {
        core_code_fail(c, at, "type mismatch: a tail call returns something else than its function");
    }
    core_code_unreachable(c);
}

static void code_begin(struct core_code *c, uint8_t op, uint32_t at)
{
    struct core_func_type type = code_block_type(c);
    if (op == CODE_IF) {
        (void)core_code_pop(c, CORE_I32, at);
    }
    core_code_pop_all(c, type.params, type.param_count, at);
    code_push_frame(c, op, &type);
}

static void code_else(struct core_code *c, uint32_t at)
{
    struct core_frame frame = code_pop_frame(c, at);
    if (frame.op != CODE_IF) {
        core_code_fail(c, at, "else without if");
    }
    code_push_frame(c, CODE_ELSE, &frame.type);
}

static void code_end(struct core_code *c, uint32_t at)
{
    struct core_frame frame = code_pop_frame(c, at);
    const struct core_func_type *type = &frame.type;
    if (frame.op == CODE_IF &&
        (type->param_count != type->result_count ||
         (type->param_count != 0 && memcmp(type->params, type->results, type->param_count) != 0))) {
        core_code_fail(c, at, "type mismatch: an if without else gives other values than it takes");
    }
    core_code_push_all(c, type->results, type->result_count);
}

/** False if it is no control instruction. */
static bool code_control(struct core_code *c, uint8_t op, uint32_t at)
{
    switch (op) {
    case CODE_NOP:
        return true;
    case CODE_UNREACHABLE:
        core_code_unreachable(c);
        return true;
    case CODE_BLOCK:
    case CODE_LOOP:
    case CODE_IF:
        code_begin(c, op, at);
        return true;
    case CODE_ELSE:
        code_else(c, at);
        return true;
    case CODE_BR:
    case CODE_BR_IF:
        code_branch(c, op, at);
        return true;
    case CODE_BR_TABLE:
        code_branch_table(c, at);
        return true;
    case CODE_RETURN:
        core_code_pop_all(c, c->results->results, c->results->result_count, at);
        core_code_unreachable(c);
        return true;
    case CODE_CALL:
    case CODE_CALL_INDIRECT:
    case CODE_RETURN_CALL:
    case CODE_RETURN_CALL_INDIRECT:
        code_call(c, op, at);
        return true;
    case CODE_CALL_REF:
    case CODE_RETURN_CALL_REF:
        core_code_unsupported(c, at, "typed function references are not supported");
    default:
        return false;
    }
}

/** In a constant expression: constants, references, globals known already, and sums and products of integers. */
static bool code_is_constant(uint8_t op)
{
    return op == CODE_END || (op >= 0x41 && op <= 0x44) || op == 0x23 || op == 0xd0 || op == 0xd2 ||
           (op >= 0x6a && op <= 0x6c) || (op >= 0x7c && op <= 0x7e) || op == 0xfb || op == 0xfd;
}

void core_code_run(struct core_code *c, const struct core_func_type *type)
{
    const struct core_func_type body = {0, type->result_count, NULL, type->results, false};
    c->stack.count = 0;
    c->frames.count = 0;
    c->results = type;
    code_push_frame(c, CODE_BLOCK, &body);
    while (c->frames.count > 0) {
        uint32_t at = c->r->at;
        uint8_t op = reader_u8(c->r);
        if (c->constant && !code_is_constant(op)) {
            core_code_fail(c, at, "constant expression required, found 0x%02x", op);
        }
        if (op == CODE_END) {
            code_end(c, at);
        } else if (!code_control(c, op, at)) {
            core_code_plain(c, op, at);
        }
    }
}

void core_code_constant(struct core_code *c, uint8_t value, uint32_t globals)
{
    const struct core_func_type type = {0, 1, NULL, &value, false};
    c->constant = true;
    c->globals = globals;
    core_code_run(c, &type);
    c->constant = false;
}

void core_code_function(struct core_code *c, const struct core_func_type *type)
{
    c->locals.count = 0;
    for (uint32_t i = 0; i < type->param_count; i++) {
        *ARRAY_ADD(c->r->arena, &c->locals) = type->params[i];
    }
    for (uint32_t groups = reader_count(c->r); groups > 0; groups--) {
        uint32_t at = c->r->at;
        uint32_t count = reader_u32(c->r);
        uint8_t value = core_decode_value(c->r);
        if (count > CORE_CODE_MAX_LOCALS - c->locals.count) {
            diag_fail(c->r->diag, DIAG_LIMIT, at, "%s: more than %d locals", c->name, CORE_CODE_MAX_LOCALS);
        }
        for (uint32_t i = 0; i < count; i++) {
            *ARRAY_ADD(c->r->arena, &c->locals) = value;
        }
    }
    core_code_run(c, type);
}
