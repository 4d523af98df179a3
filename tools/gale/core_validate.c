/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a core module that decoding passed over: constant expressions, segments, code. */
#include "core_code.h"
#include "core_decode.h"

enum {
    VALIDATE_TABLES = 4,
    VALIDATE_GLOBALS = 6,
    VALIDATE_ELEMENTS = 9,
    VALIDATE_CODE = 10,
    VALIDATE_DATA = 11,
    VALIDATE_DATA_COUNT = 12,
    VALIDATE_FUNCTIONS = 3
};

/** A module while it is validated. */
struct validate {
    struct reader *file; /**< Over the whole component. */
    struct core_code code;
    bool *declared;
};

/** A reader of the section; of nothing if there is none. */
static struct reader validate_section(const struct validate *v, unsigned id, const char *what)
{
    const struct core_section *section = &v->code.m->sections[id];
    struct reader r = *v->file;
    r.at = v->code.m->at + section->body;
    r.end = v->code.m->at + section->end;
    r.what = what;
    return r;
}

static uint32_t validate_count(struct reader *r)
{
    return r->at < r->end ? reader_count(r) : 0;
}

static const char *validate_name(struct validate *v, const char *what, uint32_t number)
{
    return arena_print(v->file->arena, "core %s %u", what, number);
}

/** A constant expression; the functions that it refers to are declared by that. */
static void validate_constant(struct validate *v, struct reader *r, uint8_t value, uint32_t globals)
{
    uint32_t start = r->at;
    v->code.r = r;
    core_code_constant(&v->code, value, globals);
    enum { REF_FUNC = 0xd2 };
    if (r->at - start > 2 && r->bytes[start] == REF_FUNC) {
        struct reader again = *r;
        again.at = start + 1;
        v->declared[reader_u32(&again)] = true;
    }
}

static void validate_tables(struct validate *v)
{
    struct reader r = validate_section(v, VALIDATE_TABLES, "core table section");
    for (uint32_t i = 0, n = validate_count(&r); i < n; i++) {
        struct core_extern type = {.sort = CORE_TABLE};
        uint32_t index;
        bool initialised = r.bytes[r.at] == 0x40;
        r.at += initialised ? 2 : 0;
        core_decode_item(&r, &type, &index);
        v->code.name = validate_name(v, "table", i);
        if (initialised) {
            validate_constant(v, &r, type.value, v->code.m->globals.count);
        }
    }
}

static void validate_globals(struct validate *v)
{
    struct reader r = validate_section(v, VALIDATE_GLOBALS, "core global section");
    uint32_t n = validate_count(&r);
    uint32_t first = v->code.m->globals.count - n;
    for (uint32_t i = 0; i < n; i++) {
        struct core_extern type = {.sort = CORE_GLOBAL};
        uint32_t index;
        core_decode_item(&r, &type, &index);
        v->code.name = validate_name(v, "global", first + i);
        validate_constant(v, &r, type.value, first + i);
    }
}

static void validate_offset(struct validate *v, struct reader *r, enum core_sort sort, uint32_t index, uint8_t element)
{
    v->code.r = r;
    const struct core_extern *item = core_code_item(&v->code, sort, index, r->at);
    if (sort == CORE_TABLE && item->value != element) {
        core_code_fail(&v->code, r->at, "type mismatch: the table has another type");
    }
    validate_constant(v, r, core_code_address(item), v->code.m->globals.count);
}

static void validate_function_indices(struct validate *v, struct reader *r)
{
    for (uint32_t n = reader_count(r); n > 0; n--) {
        uint32_t at = r->at;
        uint32_t index = reader_u32(r);
        (void)core_code_item(&v->code, CORE_FUNC, index, at);
        v->declared[index] = true;
    }
}

/** Bit 0: not active; bit 1: with a table index, or declarative; bit 2: expressions instead of function indices. */
enum { ELEMENT_NOT_ACTIVE = 1, ELEMENT_EXPLICIT = 2, ELEMENT_EXPRESSIONS = 4 };

static uint8_t validate_element_type(const struct validate *v, struct reader *r, uint32_t flags)
{
    if ((flags & (ELEMENT_NOT_ACTIVE | ELEMENT_EXPLICIT)) == 0) {
        return CORE_FUNCREF;
    }
    if ((flags & ELEMENT_EXPRESSIONS) != 0) {
        uint32_t at = r->at;
        uint8_t value = core_decode_value(r);
        if (value != CORE_FUNCREF && value != CORE_EXTERNREF) {
            core_code_fail(&v->code, at, "elements are references");
        }
        return value;
    }
    if (reader_u8(r) != 0) {
        reader_fail(r, r->at - 1, "unknown kind of elements");
    }
    return CORE_FUNCREF;
}

/** The type is known only behind the offset, which does not depend on it, but the table has to have it. */
static void validate_element(struct validate *v, struct reader *r)
{
    uint32_t at = r->at;
    uint32_t flags = reader_u32(r);
    if (flags > (ELEMENT_NOT_ACTIVE | ELEMENT_EXPLICIT | ELEMENT_EXPRESSIONS)) {
        reader_fail(r, at, "unknown form %u of an element segment", flags);
    }
    bool active = (flags & ELEMENT_NOT_ACTIVE) == 0;
    uint32_t table = active && (flags & ELEMENT_EXPLICIT) != 0 ? reader_u32(r) : 0;
    v->code.r = r;
    if (active) {
        validate_offset(v, r, CORE_TABLE, table, core_code_item(&v->code, CORE_TABLE, table, at)->value);
    }
    uint8_t type = validate_element_type(v, r, flags);
    if (active && core_code_item(&v->code, CORE_TABLE, table, at)->value != type) {
        core_code_fail(&v->code, at, "type mismatch: the table has elements of another type");
    }
    *ARRAY_ADD(r->arena, &v->code.elements) = type;
    if ((flags & ELEMENT_EXPRESSIONS) == 0) {
        validate_function_indices(v, r);
        return;
    }
    for (uint32_t n = reader_count(r); n > 0; n--) {
        validate_constant(v, r, type, v->code.m->globals.count);
    }
}

static void validate_elements(struct validate *v)
{
    struct reader r = validate_section(v, VALIDATE_ELEMENTS, "core element section");
    for (uint32_t i = 0, n = validate_count(&r); i < n; i++) {
        v->code.name = validate_name(v, "element segment", i);
        validate_element(v, &r);
    }
    reader_end(&r);
}

static void validate_data_count(struct validate *v)
{
    struct reader r = validate_section(v, VALIDATE_DATA_COUNT, "core data count section");
    v->code.has_data_count = r.at < r.end;
    v->code.data_count = v->code.has_data_count ? reader_u32(&r) : 0;
    reader_end(&r);
}

static void validate_data(struct validate *v)
{
    struct reader r = validate_section(v, VALIDATE_DATA, "core data section");
    uint32_t at = r.at;
    uint32_t count = validate_count(&r);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t start = r.at;
        uint32_t flags = reader_u32(&r);
        v->code.name = validate_name(v, "data segment", i);
        if (flags > 2) {
            reader_fail(&r, start, "unknown form %u of a data segment", flags);
        }
        if (flags != 1) {
            validate_offset(v, &r, CORE_MEMORY, flags == 2 ? reader_u32(&r) : 0, 0);
        }
        reader_skip(&r, reader_u32(&r));
    }
    if (v->code.has_data_count && count != v->code.data_count) {
        reader_fail(&r, at, "data count and data section have inconsistent lengths");
    }
    reader_end(&r);
}

static void validate_code(struct validate *v)
{
    const struct core_module *m = v->code.m;
    struct reader functions = validate_section(v, VALIDATE_FUNCTIONS, "core function section");
    struct reader r = validate_section(v, VALIDATE_CODE, "core code section");
    uint32_t at = r.at;
    uint32_t wanted = validate_count(&functions);
    uint32_t count = validate_count(&r);
    uint32_t first = m->funcs.count - wanted;
    if (count != wanted) {
        reader_fail(&r, at, "function and code section have inconsistent lengths: %u and %u", wanted, count);
    }
    for (uint32_t i = 0; i < count; i++) {
        struct reader body = reader_window(&r, reader_u32(&r), "core code section");
        v->code.r = &body;
        v->code.name = validate_name(v, "function", first + i);
        core_code_function(&v->code, m->funcs.at[first + i].func);
        reader_end(&body);
    }
    reader_end(&r);
}

static void validate_start(struct validate *v)
{
    const struct core_module *m = v->code.m;
    if (m->has_start &&
        (m->funcs.at[m->start].func->param_count != 0 || m->funcs.at[m->start].func->result_count != 0)) {
        v->code.name = "core start function";
        core_code_fail(&v->code, m->at + m->sections[8].start, "it takes nothing and returns nothing");
    }
}

void core_validate(struct reader *r, const struct core_module *m)
{
    bool *declared = ARENA_ARRAY(r->arena, bool, m->funcs.count);
    struct validate v = {
        .file = r, .declared = declared, .code = {.r = r, .m = m, .declared = declared, .name = "core module"}};
    for (uint32_t i = 0; i < m->exports.count; i++) {
        if (m->exports.at[i].type.sort == CORE_FUNC) {
            declared[m->exports.at[i].index] = true;
        }
    }
    validate_start(&v);
    validate_tables(&v);
    validate_globals(&v);
    validate_elements(&v);
    validate_data_count(&v);
    validate_code(&v);
    validate_data(&v);
}
