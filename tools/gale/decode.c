/* SPDX-License-Identifier: Apache-2.0 */
/* The sections of a component. Recursion: a component in a component, COMPONENT_MAX_DEPTH deep at most. */
#include "decode.h"

#include <string.h>

enum component_section {
    SECTION_CUSTOM,
    SECTION_CORE_MODULE,
    SECTION_CORE_INSTANCE,
    SECTION_CORE_TYPE,
    SECTION_COMPONENT,
    SECTION_INSTANCE,
    SECTION_ALIAS,
    SECTION_TYPE,
    SECTION_CANON,
    SECTION_START,
    SECTION_IMPORT,
    SECTION_EXPORT,
    SECTION_VALUE,
    SECTION_COUNT,
};

static const char *const decode_section_names[SECTION_COUNT] = {
    "custom section",
    "core module",
    "core instance",
    "core type",
    "component",
    "instance",
    "alias",
    "type",
    "canonical function",
    "start definition",
    "import definition",
    "export definition",
    "value definition",
};

struct decode_file {
    uint32_t components; /**< Met so far. */
};

static void decode_component(struct reader *r, struct component *component, struct decode_file *file);

void decode_nest(struct reader *r)
{
    if (++r->depth > COMPONENT_MAX_DEPTH) {
        diag_fail(r->diag, DIAG_LIMIT, r->at, "%s: nested more than %d deep", r->what, COMPONENT_MAX_DEPTH);
    }
}

static enum sort decode_core_sort(struct reader *r)
{
    uint8_t byte = reader_u8(r);
    if (byte > CORE_TAG && (byte < CORE_TYPE || byte > CORE_INSTANCE)) {
        reader_fail(r, r->at - 1, "unknown core sort 0x%02x", byte);
    }
    return (enum sort)byte;
}

enum sort decode_sort(struct reader *r)
{
    uint8_t byte = reader_u8(r);
    if (byte == 0) {
        return decode_core_sort(r);
    }
    if (byte > 5) {
        reader_fail(r, r->at - 1, "unknown sort 0x%02x", byte);
    }
    if (byte == 2) {
        reader_unsupported(r, r->at - 1, "values as definitions are not supported");
    }
    return (enum sort)(SORT_FUNC - 1 + byte);
}

struct sort_index decode_sort_index(struct reader *r)
{
    struct sort_index what = {.sort = decode_sort(r)};
    what.index = reader_u32(r);
    return what;
}

static void decode_core_argument(struct reader *r, struct argument *argument)
{
    argument->name.name = reader_name(r);
    if (reader_u8(r) != CORE_INSTANCE) {
        reader_fail(r, r->at - 1, "argument \"%s\": only an instance can be given", argument->name.name.data);
    }
    argument->what = (struct sort_index){SORT_CORE_INSTANCE, reader_u32(r)};
}

static void decode_core_export(struct reader *r, struct argument *argument)
{
    argument->name.name = reader_name(r);
    argument->what.sort = decode_core_sort(r);
    if (argument->what.sort > SORT_CORE_TAG) {
        reader_fail(r, r->at - 1, "export \"%s\": a core %s cannot be exported", argument->name.name.data,
                    core_sort_name((enum core_sort)argument->what.sort));
    }
    argument->what.index = reader_u32(r);
}

static void decode_argument(struct reader *r, struct argument *argument)
{
    argument->name.name = reader_name(r);
    argument->what = decode_sort_index(r);
}

static void decode_inline_export(struct reader *r, struct argument *argument)
{
    argument->name = decode_export_name(r);
    argument->what = decode_sort_index(r);
}

static void decode_instantiation(struct reader *r, struct instantiation *instance, bool core)
{
    uint8_t form = reader_u8(r);
    if (form > 1) {
        reader_fail(r, r->at - 1, "unknown form 0x%02x", form);
    }
    instance->is_inline = form == 1;
    if (!instance->is_inline) {
        instance->index = reader_u32(r);
    }
    instance->count = reader_count(r);
    instance->arguments = ARENA_ARRAY(r->arena, struct argument, instance->count);
    for (uint32_t i = 0; i < instance->count; i++) {
        if (core && instance->is_inline) {
            decode_core_export(r, &instance->arguments[i]);
        } else if (core) {
            decode_core_argument(r, &instance->arguments[i]);
        } else if (instance->is_inline) {
            decode_inline_export(r, &instance->arguments[i]);
        } else {
            decode_argument(r, &instance->arguments[i]);
        }
    }
}

void decode_alias(struct reader *r, struct alias *alias)
{
    alias->sort = decode_sort(r);
    uint8_t form = reader_u8(r);
    if (form > ALIAS_OUTER) {
        reader_fail(r, r->at - 1, "unknown form 0x%02x of an alias", form);
    }
    alias->kind = (enum alias_kind)form;
    if (alias->kind == ALIAS_OUTER) {
        alias->outer = reader_u32(r);
        alias->index = reader_u32(r);
    } else {
        alias->instance = reader_u32(r);
        alias->name = reader_name(r);
    }
}

static void decode_export(struct reader *r, struct export_def *export)
{
    export->name = decode_export_name(r);
    export->what = decode_sort_index(r);
    export->has_type = reader_flag(r);
    if (export->has_type) {
        export->type = decode_extern_type(r);
    }
}

static void decode_import(struct reader *r, struct import_def *import)
{
    import->name = decode_import_name(r);
    import->type = decode_extern_type(r);
}

static struct definition *decode_add(struct reader *r, struct component *component, enum definition_kind kind)
{
    struct definition *definition = ARRAY_ADD(r->arena, &component->definitions);
    definition->kind = kind;
    definition->at = r->at;
    r->diag->near = r->at;
    return definition;
}

static void decode_one(struct reader *r, struct component *component, uint8_t section)
{
    static const enum definition_kind kinds[SECTION_COUNT] = {
        [SECTION_CORE_INSTANCE] = DEF_CORE_INSTANCE,
        [SECTION_CORE_TYPE] = DEF_CORE_TYPE,
        [SECTION_INSTANCE] = DEF_INSTANCE,
        [SECTION_ALIAS] = DEF_ALIAS,
        [SECTION_TYPE] = DEF_TYPE,
        [SECTION_CANON] = DEF_CANON,
        [SECTION_IMPORT] = DEF_IMPORT,
        [SECTION_EXPORT] = DEF_EXPORT,
    };
    struct definition *definition = decode_add(r, component, kinds[section]);
    switch (definition->kind) {
    case DEF_CORE_INSTANCE:
    case DEF_INSTANCE:
        decode_instantiation(r, &definition->of.instance, section == SECTION_CORE_INSTANCE);
        break;
    case DEF_CORE_TYPE:
        definition->of.core_type = decode_core_def_type(r);
        break;
    case DEF_ALIAS:
        decode_alias(r, &definition->of.alias);
        break;
    case DEF_TYPE:
        definition->of.type = decode_def_type(r);
        break;
    case DEF_CANON:
        decode_canon(r, &definition->of.canon);
        break;
    case DEF_IMPORT:
        decode_import(r, &definition->of.import);
        break;
    default:
        decode_export(r, &definition->of.export);
        break;
    }
}

static void decode_section(struct reader *r, struct component *component, uint8_t section, struct decode_file *file)
{
    switch (section) {
    case SECTION_CUSTOM:
        (void)reader_name(r);
        r->at = r->end;
        return;
    case SECTION_CORE_MODULE: {
        struct definition *definition = decode_add(r, component, DEF_CORE_MODULE);
        definition->of.module = core_decode(r->arena, r);
        break;
    }
    case SECTION_COMPONENT: {
        struct definition *definition = decode_add(r, component, DEF_COMPONENT);
        definition->of.component = ARENA_NEW(r->arena, struct component);
        decode_nest(r);
        decode_component(r, definition->of.component, file);
        break;
    }
    case SECTION_START:
    case SECTION_VALUE:
        reader_unsupported(r, r->at, "not supported by the Component Model's released features");
    default:
        for (uint32_t n = reader_count(r); n > 0; n--) {
            decode_one(r, component, section);
        }
        break;
    }
    reader_end(r);
}

static void decode_component(struct reader *r, struct component *component, struct decode_file *file)
{
    static const uint8_t preamble[8] = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
    component->id = file->components++;
    component->at = r->at;
    component->depth = r->depth;
    if (r->end - r->at < sizeof preamble || memcmp(r->bytes + r->at, preamble, sizeof preamble) != 0) {
        reader_fail(r, r->at, "no component of version 0x0d, layer 1");
    }
    reader_skip(r, sizeof preamble);
    while (r->at < r->end) {
        uint8_t id = reader_u8(r);
        if (id >= SECTION_COUNT) {
            reader_fail(r, r->at - 1, "unknown section %u", id);
        }
        uint32_t size = reader_u32(r);
        struct reader body = reader_window(r, size, decode_section_names[id]);
        decode_section(&body, component, id, file);
    }
}

struct component *component_decode(struct arena *arena, struct diag *diag, const uint8_t *bytes, uint32_t size)
{
    struct reader r = {.arena = arena, .diag = diag, .bytes = bytes, .end = size, .what = "component"};
    struct decode_file file = {0};
    struct component *component = ARENA_NEW(arena, struct component);
    static const uint8_t core[8] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    if (size >= sizeof core && memcmp(bytes, core, sizeof core) == 0) {
        reader_fail(&r, 0, "this is a core module; wrap it in a component first (wasm-tools component new)");
    }
    decode_component(&r, component, &file);
    return component;
}

const char *sort_name(enum sort sort)
{
    switch (sort) {
    case SORT_FUNC:
        return "func";
    case SORT_VALUE:
        return "value";
    case SORT_TYPE:
        return "type";
    case SORT_COMPONENT:
        return "component";
    case SORT_INSTANCE:
        return "instance";
    case SORT_CORE_FUNC:
        return "core func";
    case SORT_CORE_TABLE:
        return "core table";
    case SORT_CORE_MEMORY:
        return "core memory";
    case SORT_CORE_GLOBAL:
        return "core global";
    case SORT_CORE_TAG:
        return "core tag";
    case SORT_CORE_TYPE:
        return "core type";
    case SORT_CORE_MODULE:
        return "core module";
    default:
        return "core instance";
    }
}
