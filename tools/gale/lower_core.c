/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How C names what core modules define and import, and the modules as wasm2c gets them: every import and export has a
 * short name that clashes with none, so symbols of two modules never meet.
 */
#include "lower.h"

#include <string.h>

static const char *const core_prefixes[] = {
    [CORE_FUNC] = "x", [CORE_TABLE] = "tab", [CORE_MEMORY] = "mem", [CORE_GLOBAL] = "glob"};

const char *lower_core_c_type(uint8_t value)
{
    switch (value) {
    case CORE_I32:
        return "u32";
    case CORE_I64:
        return "u64";
    case CORE_F32:
        return "f32";
    case CORE_F64:
        return "f64";
    case CORE_FUNCREF:
        return "wasm_rt_funcref_t";
    case CORE_EXTERNREF:
    default:
        return "wasm_rt_externref_t";
    }
}

/* Names of resources come from the component. */
const char *lower_type_text(struct lower *lower, const struct type *type)
{
    const char *text = types_print(lower->arena, type);

    return text_comment(lower->arena, (struct str){text, (uint32_t)strlen(text)});
}

/* As wasm2c names the structure of several results: "struct wasm_multi_ij". */
const char *lower_core_result(struct arena *arena, const struct core_func_type *type)
{
    struct text name = {.arena = arena};

    if (type->result_count == 0) {
        return "void";
    }
    if (type->result_count == 1) {
        return lower_core_c_type(type->results[0]);
    }
    text_print(&name, "struct wasm_multi_");
    for (uint32_t i = 0; i < type->result_count; i++) {
        static const char letters[] = {
            [CORE_I32 & 3] = 'i', [CORE_I64 & 3] = 'j', [CORE_F32 & 3] = 'f', [CORE_F64 & 3] = 'd'};
        uint8_t value = type->results[i];
        char letter = value == CORE_FUNCREF ? 'r' : value == CORE_EXTERNREF ? 'e' : letters[value & 3];
        text_bytes(&name, &letter, 1);
    }
    return name.data;
}

/* "first, u32 p0, u64 p1", or "void" if there is nothing. */
void lower_core_params(struct text *out, const struct core_func_type *type, const char *first)
{
    text_print(out, "%s", first[0] == '\0' && type->param_count == 0 ? "void" : first);
    for (uint32_t i = 0; i < type->param_count; i++) {
        text_print(out, "%s%s p%u", i == 0 && first[0] == '\0' ? "" : ", ", lower_core_c_type(type->params[i]), i);
    }
}

void lower_want(struct lower *lower, const struct plan_core_instance *instance, enum core_sort sort, uint32_t index)
{
    lower->modules[instance->module->id].exported[sort][index] = true;
}

const char *lower_core_call(struct lower *lower, const struct plan_core_func *func, const char *arguments)
{
    const struct plan_core_instance *instance = func->export.instance;

    if (func->kind == PLAN_CORE_CANON) {
        return arena_print(lower->arena, "%s%u(%s)", lower->options->target != NULL ? "gate" : "builtin",
                           func->canon->id, arguments);
    }
    return arena_print(lower->arena, "w2c_m%u_x%u(&gale_core_%u%s%s)", instance->module->id, func->export.item->index,
                       instance->id, arguments[0] == '\0' ? "" : ", ", arguments);
}

const char *lower_core_address(struct lower *lower, struct plan_core_export item)
{
    return arena_print(lower->arena, "&gale_core_%u.w2c_%s%u", item.instance->id, core_prefixes[item.item->type.sort],
                       item.item->index);
}

const char *lower_memory_address(struct lower *lower, const struct plan_memory *memory)
{
    return arena_print(lower->arena, "&gale_core_%u.w2c_mem%u", memory->owner->id, memory->index);
}

const char *lower_memory_view(struct lower *lower, const struct plan_memory *memory)
{
    return lower->options->target != NULL ? arena_print(lower->arena, "&gale_view_%u", memory->id)
                                          : lower_memory_address(lower, memory);
}

static void core_name(struct text *out, const char *name)
{
    text_leb(out, strlen(name));
    text_bytes(out, name, strlen(name));
}

/* The descriptor of an import stands behind its two names: found again by skipping names, entry by entry. */
static uint32_t core_skip_leb(const uint8_t *bytes, uint32_t at)
{
    while ((bytes[at] & 0x80) != 0) {
        at++;
    }
    return at + 1;
}

static uint32_t core_read_leb(const uint8_t *bytes, uint32_t at)
{
    uint32_t value = 0;
    unsigned shift = 0;

    for (; (bytes[at] & 0x80) != 0; at++, shift += 7) {
        value |= (uint32_t)(bytes[at] & 0x7f) << shift;
    }
    return value | (uint32_t)bytes[at] << shift;
}

static uint32_t core_skip_name(const uint8_t *bytes, uint32_t at)
{
    return core_skip_leb(bytes, at) + core_read_leb(bytes, at);
}

static uint32_t core_skip_limits(const uint8_t *bytes, uint32_t at)
{
    uint8_t flags = bytes[at];

    at = core_skip_leb(bytes, at + 1);
    if ((flags & 1) != 0) {
        at = core_skip_leb(bytes, at);
    }
    return (flags & 8) != 0 ? core_skip_leb(bytes, at) : at;
}

/* The end of an import's descriptor, which decoding found to be well formed. */
static uint32_t core_skip_descriptor(const uint8_t *bytes, uint32_t at)
{
    switch (bytes[at]) {
    case CORE_FUNC:
        return core_skip_leb(bytes, at + 1);
    case CORE_TABLE:
        return core_skip_limits(bytes, at + 2);
    case CORE_MEMORY:
        return core_skip_limits(bytes, at + 1);
    case CORE_GLOBAL:
        return at + 3;
    default:
        return core_skip_leb(bytes, at + 2);
    }
}

static void core_imports(struct lower *lower, struct text *out, const struct core_module *module)
{
    struct text body = {.arena = lower->arena};
    const char *name = arena_print(lower->arena, "m%ui", module->id);
    uint32_t at = core_skip_leb(module->bytes, module->sections[2].body);

    text_leb(&body, module->imports.count);
    for (uint32_t i = 0; i < module->imports.count; i++) {
        uint32_t descriptor = core_skip_name(module->bytes, core_skip_name(module->bytes, at));
        at = core_skip_descriptor(module->bytes, descriptor);
        core_name(&body, name);
        core_name(&body, arena_print(lower->arena, "%u", i));
        text_bytes(&body, module->bytes + descriptor, at - descriptor);
    }
    text_section(out, 2, &body);
}

static void core_export_sort(struct lower *lower, struct text *body, uint32_t *count, const bool *exported,
                             uint32_t items, enum core_sort sort)
{
    for (uint32_t i = 0; i < items; i++) {
        if (exported[i]) {
            uint8_t byte = (uint8_t)sort;
            core_name(body, arena_print(lower->arena, "%s%u", core_prefixes[sort], i));
            text_bytes(body, &byte, 1);
            text_leb(body, i);
            (*count)++;
        }
    }
}

static void core_exports(struct lower *lower, struct text *out, const struct lower_module *module)
{
    const struct core_module *core = module->module;
    struct text body = {.arena = lower->arena};
    struct text all = {.arena = lower->arena};
    uint32_t count = 0;

    core_export_sort(lower, &body, &count, module->exported[CORE_FUNC], core->funcs.count, CORE_FUNC);
    core_export_sort(lower, &body, &count, module->exported[CORE_TABLE], core->tables.count, CORE_TABLE);
    core_export_sort(lower, &body, &count, module->exported[CORE_MEMORY], core->memories.count, CORE_MEMORY);
    core_export_sort(lower, &body, &count, module->exported[CORE_GLOBAL], core->globals.count, CORE_GLOBAL);
    text_leb(&all, count);
    text_add(&all, &body);
    text_section(out, 7, &all);
}

/* One memory of `bytes` pages of one byte. */
static void core_small_memory(struct lower *lower, struct text *out, uint32_t bytes)
{
    static const uint8_t flags = 0x08 | 0x01; /* with a maximum and a page size */
    static const uint8_t page_log2 = 0;
    struct text body = {.arena = lower->arena};

    text_leb(&body, 1);
    text_bytes(&body, &flags, 1);
    text_leb(&body, bytes);
    text_leb(&body, bytes);
    text_bytes(&body, &page_log2, 1);
    text_section(out, 5, &body);
}

/* Sections in the order of the format: 1 to 9, the data count (12) before code; tags (13) are refused or none. */
struct str lower_rewrite(struct lower *lower, const struct lower_module *module)
{
    static const uint8_t order[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11};
    const struct core_module *core = module->module;
    uint32_t page_bytes = lower_page_bytes(lower, core);
    struct text out = {.arena = lower->arena};

    text_bytes(&out, core->bytes, 8);
    for (size_t i = 0; i < sizeof order; i++) {
        const struct core_section *section = &core->sections[order[i]];
        if (order[i] == 7) {
            core_exports(lower, &out, module);
        } else if (order[i] == 2 && section->start != 0) {
            core_imports(lower, &out, core);
        } else if (order[i] == 5 && page_bytes != 0) {
            core_small_memory(lower, &out, page_bytes);
        } else if (section->start != 0) {
            text_bytes(&out, core->bytes + section->start, section->end - section->start);
        }
    }
    return (struct str){out.data, (uint32_t)out.size};
}
