/* SPDX-License-Identifier: Apache-2.0 */
#include "core_decode.h"

#include <stdlib.h>
#include <string.h>

enum core_section_id {
    SECTION_CUSTOM,
    SECTION_TYPE,
    SECTION_IMPORT,
    SECTION_FUNCTION,
    SECTION_TABLE,
    SECTION_MEMORY,
    SECTION_GLOBAL,
    SECTION_EXPORT,
    SECTION_START,
    SECTION_ELEMENT,
    SECTION_CODE,
    SECTION_DATA,
    SECTION_DATA_COUNT,
    SECTION_TAG,
};

static const char *const core_section_names[CORE_SECTIONS] = {
    "core custom section",     "core type section",    "core import section", "core function section",
    "core table section",      "core memory section",  "core global section", "core export section",
    "core start section",      "core element section", "core code section",   "core data section",
    "core data count section", "core tag section",
};

/** Where a section stands in the prescribed order. */
static unsigned core_section_order(uint8_t id)
{
    static const uint8_t order[CORE_SECTIONS] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6};
    return order[id];
}

static const struct core_func_type *core_type_at(struct reader *r, const struct core_module *m, uint32_t at,
                                                 uint32_t index)
{
    if (index >= m->types.count) {
        reader_fail(r, at, "unknown type %u", index);
    }
    return &m->types.at[index];
}

static void core_read_types(struct reader *r, struct core_module *m)
{
    for (uint32_t n = reader_count(r); n > 0; n--) {
        uint32_t start = r->at;
        uint8_t form = reader_u8(r);
        if (form == 0x5f || form == 0x5e || form == 0x50 || form == 0x4f || form == 0x4e) {
            reader_unsupported(r, start, "the types of garbage collection are not supported (0x%02x)", form);
        }
        if (form != 0x60) {
            reader_fail(r, start, "unknown form 0x%02x of a type", form);
        }
        core_decode_func_type(r, ARRAY_ADD(r->arena, &m->types));
    }
}

/** Adds an item to the index space of its sort and returns its index there. */
static uint32_t core_add(struct reader *r, struct core_module *m, const struct core_extern *type)
{
    switch (type->sort) {
    case CORE_FUNC:
        *ARRAY_ADD(r->arena, &m->funcs) = *type;
        return m->funcs.count - 1;
    case CORE_TABLE:
        *ARRAY_ADD(r->arena, &m->tables) = *type;
        return m->tables.count - 1;
    case CORE_MEMORY:
        *ARRAY_ADD(r->arena, &m->memories) = *type;
        return m->memories.count - 1;
    case CORE_GLOBAL:
        *ARRAY_ADD(r->arena, &m->globals) = *type;
        return m->globals.count - 1;
    default:
        *ARRAY_ADD(r->arena, &m->tags) = *type;
        return m->tags.count - 1;
    }
}

static void core_read_import(struct reader *r, struct core_module *m)
{
    struct core_import *import = ARRAY_ADD(r->arena, &m->imports);
    uint32_t type = 0;
    import->module = reader_name(r);
    import->field = reader_name(r);
    uint32_t start = r->at;
    core_decode_extern(r, &import->type, &type);
    if (import->type.sort == CORE_FUNC || import->type.sort == CORE_TAG) {
        import->type.func = core_type_at(r, m, start, type);
    }
    import->index = core_add(r, m, &import->type);
}

static void core_read_func(struct reader *r, struct core_module *m)
{
    uint32_t start = r->at;
    struct core_extern type = {.sort = CORE_FUNC};
    type.func = core_type_at(r, m, start, reader_u32(r));
    (void)core_add(r, m, &type);
}

/** A memory, table, global or tag defined by the module: its type as an import would give it, then its initial value. */
static void core_read_item(struct reader *r, struct core_module *m, enum core_sort sort)
{
    struct core_extern type = {.sort = sort};
    uint32_t index = 0;
    uint32_t start = r->at;
    bool initialised = sort == CORE_GLOBAL;
    if (sort == CORE_TABLE && r->at + 1 < r->end && r->bytes[r->at] == 0x40 && r->bytes[r->at + 1] == 0) {
        r->at += 2;
        initialised = true;
    }
    core_decode_item(r, &type, &index);
    if (sort == CORE_TAG) {
        type.func = core_type_at(r, m, start, index);
    }
    if (initialised) {
        core_decode_skip_constant(r);
    }
    (void)core_add(r, m, &type);
}

static void core_read_export(struct reader *r, struct core_module *m)
{
    struct core_export *export = ARRAY_ADD(r->arena, &m->exports);
    export->name = reader_name(r);
    uint32_t start = r->at;
    enum core_sort sort = (enum core_sort)reader_u8(r);
    export->index = reader_u32(r);
    const struct core_extern *type = core_item(m, sort, export->index);
    if (type == NULL) {
        reader_fail(r, start, "export \"%s\" of an unknown item", export->name.data);
    }
    export->type = *type;
}

static int core_export_compare(const void *a, const void *b)
{
    const struct str *x = &(*(const struct core_export *const *)a)->name;
    const struct str *y = &(*(const struct core_export *const *)b)->name;
    int order = memcmp(x->data, y->data, x->size < y->size ? x->size : y->size);
    return order != 0 ? order : (x->size > y->size) - (x->size < y->size);
}

static void core_check_exports(struct reader *r, const struct core_module *m)
{
    const struct core_export **sorted = ARENA_ARRAY(r->arena, const struct core_export *, m->exports.count + 1);
    for (uint32_t i = 0; i < m->exports.count; i++) {
        sorted[i] = &m->exports.at[i];
    }
    qsort(sorted, m->exports.count, sizeof *sorted, core_export_compare);
    for (uint32_t i = 1; i < m->exports.count; i++) {
        if (str_equal(sorted[i - 1]->name, sorted[i]->name)) {
            reader_fail(r, r->at, "duplicate export name \"%s\"", sorted[i]->name.data);
        }
    }
}

static void core_read_start(struct reader *r, struct core_module *m)
{
    m->has_start = true;
    m->start = reader_u32(r);
    if (m->start >= m->funcs.count) {
        reader_fail(r, r->at, "unknown function %u", m->start);
    }
}

static void core_read_vector(struct reader *r, struct core_module *m, uint8_t id)
{
    for (uint32_t n = reader_count(r); n > 0; n--) {
        switch (id) {
        case SECTION_IMPORT:
            core_read_import(r, m);
            break;
        case SECTION_FUNCTION:
            core_read_func(r, m);
            break;
        case SECTION_TABLE:
            core_read_item(r, m, CORE_TABLE);
            break;
        case SECTION_MEMORY:
            core_read_item(r, m, CORE_MEMORY);
            break;
        case SECTION_GLOBAL:
            core_read_item(r, m, CORE_GLOBAL);
            break;
        case SECTION_TAG:
            core_read_item(r, m, CORE_TAG);
            break;
        default:
            core_read_export(r, m);
            break;
        }
    }
}

static void core_read_section(struct reader *r, struct core_module *m, uint8_t id)
{
    switch (id) {
    case SECTION_CUSTOM:
        (void)reader_name(r);
        return;
    case SECTION_ELEMENT:
    case SECTION_CODE:
    case SECTION_DATA:
    case SECTION_DATA_COUNT:
        return; /* for core_validate() */
    case SECTION_TYPE:
        core_read_types(r, m);
        break;
    case SECTION_START:
        core_read_start(r, m);
        break;
    default:
        core_read_vector(r, m, id);
        break;
    }
    reader_end(r);
}

struct core_module *core_decode(struct arena *arena, struct reader *r)
{
    static const uint8_t preamble[8] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    struct core_module *m = ARENA_NEW(arena, struct core_module);
    unsigned order = 0;
    m->at = r->at;
    m->bytes = r->bytes + r->at;
    m->size = r->end - r->at;
    if (m->size < sizeof preamble || memcmp(m->bytes, preamble, sizeof preamble) != 0) {
        reader_fail(r, r->at, "no core module of version 1");
    }
    reader_skip(r, sizeof preamble);
    while (r->at < r->end) {
        uint32_t start = r->at;
        uint8_t id = reader_u8(r);
        uint32_t size = reader_u32(r);
        if (id >= CORE_SECTIONS || (id != SECTION_CUSTOM && core_section_order(id) <= order)) {
            reader_fail(r, start, "section %u is unknown or out of order", id);
        }
        struct reader body = reader_window(r, size, core_section_names[id]);
        if (id != SECTION_CUSTOM) {
            order = core_section_order(id);
            m->sections[id] = (struct core_section){start - m->at, body.at - m->at, body.end - m->at};
        }
        core_read_section(&body, m, id);
    }
    core_check_exports(r, m);
    core_validate(r, m);
    return m;
}
