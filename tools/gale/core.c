/* SPDX-License-Identifier: Apache-2.0 */
#include "core.h"

#include <string.h>

#include "reader.h"

bool core_func_equal(const struct core_func_type *a, const struct core_func_type *b)
{
    return a->param_count == b->param_count && a->result_count == b->result_count && a->open == b->open &&
           (a->param_count == 0 || memcmp(a->params, b->params, a->param_count) == 0) &&
           (a->result_count == 0 || memcmp(a->results, b->results, a->result_count) == 0);
}

static bool core_limits_match(const struct core_limits *given, const struct core_limits *wanted)
{
    return given->min >= wanted->min && given->shared == wanted->shared && given->is64 == wanted->is64 &&
           given->page_log2 == wanted->page_log2 && (!wanted->has_max || (given->has_max && given->max <= wanted->max));
}

bool core_extern_matches(const struct core_extern *given, const struct core_extern *wanted)
{
    if (given->sort != wanted->sort) {
        return false;
    }
    switch (given->sort) {
    case CORE_FUNC:
    case CORE_TAG:
        return core_func_equal(given->func, wanted->func);
    case CORE_TABLE:
        return given->value == wanted->value && core_limits_match(&given->limits, &wanted->limits);
    case CORE_MEMORY:
        return core_limits_match(&given->limits, &wanted->limits);
    case CORE_GLOBAL:
        return given->value == wanted->value && given->mutable_ == wanted->mutable_;
    default:
        return false;
    }
}

const struct core_extern *core_item(const struct core_module *m, enum core_sort sort, uint32_t index)
{
    switch (sort) {
    case CORE_FUNC:
        return index < m->funcs.count ? &m->funcs.at[index] : NULL;
    case CORE_TABLE:
        return index < m->tables.count ? &m->tables.at[index] : NULL;
    case CORE_MEMORY:
        return index < m->memories.count ? &m->memories.at[index] : NULL;
    case CORE_GLOBAL:
        return index < m->globals.count ? &m->globals.at[index] : NULL;
    case CORE_TAG:
        return index < m->tags.count ? &m->tags.at[index] : NULL;
    default:
        return NULL;
    }
}

const char *core_sort_name(enum core_sort sort)
{
    static const char *const names[] = {"func", "table", "memory", "global", "tag"};
    switch (sort) {
    case CORE_TYPE:
        return "type";
    case CORE_MODULE:
        return "module";
    case CORE_INSTANCE:
        return "instance";
    default:
        return names[sort];
    }
}

const char *core_value_name(uint8_t value)
{
    switch (value) {
    case CORE_I32:
        return "i32";
    case CORE_I64:
        return "i64";
    case CORE_F32:
        return "f32";
    case CORE_F64:
        return "f64";
    case CORE_V128:
        return "v128";
    case CORE_FUNCREF:
        return "funcref";
    case CORE_EXTERNREF:
        return "externref";
    default:
        return "exnref";
    }
}

static const char *core_values_print(struct arena *arena, const char *head, const uint8_t *values, uint32_t count)
{
    const char *text = "";
    for (uint32_t i = 0; i < count && i < 20; i++) {
        text = arena_print(arena, "%s %s", text, core_value_name(values[i]));
    }
    return count == 0 ? "" : arena_print(arena, " (%s%s%s)", head, text, count > 20 ? " ..." : "");
}

const char *core_extern_print(struct arena *arena, const struct core_extern *type)
{
    const char *name = core_sort_name(type->sort);
    switch (type->sort) {
    case CORE_FUNC:
    case CORE_TAG:
        return arena_print(arena, "(%s%s%s)", name,
                           core_values_print(arena, "param", type->func->params, type->func->param_count),
                           core_values_print(arena, "result", type->func->results, type->func->result_count));
    case CORE_GLOBAL:
        return arena_print(arena, type->mutable_ ? "(%s (mut %s))" : "(%s %s)", name, core_value_name(type->value));
    default:
        return arena_print(arena, "(%s %llu%s)", name, (unsigned long long)type->limits.min,
                           type->limits.has_max ? " with a maximum" : "");
    }
}
