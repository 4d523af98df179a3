/* SPDX-License-Identifier: Apache-2.0 */
/* Options of canonical functions. */
#include "link.h"

static void link_check_callback(const struct link *link, const struct link_core_item *item, uint32_t at)
{
    static const uint8_t i32[] = {CORE_I32, CORE_I32, CORE_I32};
    const struct core_func_type wanted = {3, 1, i32, i32, false};
    if (!core_func_equal(item->type.func, &wanted)) {
        link_fail(link, at, "canonical option `callback` uses a core function with an incorrect signature, %s",
                  core_extern_print(link->arena, &item->type));
    }
}

const struct plan_core_func *link_callback(const struct link *link, const struct link_scope *scope,
                                           const struct canon_options *options, uint32_t at)
{
    if (!options->has_callback) {
        return NULL;
    }
    const struct link_core_item *item = link_core_at(link, scope, SORT_CORE_FUNC, options->callback, at);
    link_check_callback(link, item, at);
    return item->func;
}

static const struct plan_core_func *link_realloc(const struct link *link, const struct link_scope *scope,
                                                 const struct canon_options *options, uint32_t at)
{
    static const uint8_t i32[] = {CORE_I32, CORE_I32, CORE_I32, CORE_I32};
    const struct core_func_type wanted = {4, 1, i32, i32, false};
    const struct link_core_item *item = link_core_at(link, scope, SORT_CORE_FUNC, options->realloc, at);
    if (!options->has_memory) {
        link_fail(link, at, "canonical option `realloc` is given without `memory`, which is required");
    }
    if (!core_func_equal(item->type.func, &wanted)) {
        link_fail(link, at, "canonical option `realloc` uses a core function with an incorrect signature, %s",
                  core_extern_print(link->arena, &item->type));
    }
    return item->func;
}

const struct plan_memory *link_memory(const struct link *link, const struct link_scope *scope, uint32_t index,
                                      uint32_t at)
{
    const struct link_core_item *item = link_core_at(link, scope, SORT_CORE_MEMORY, index, at);
    if (item->type.limits.is64 || item->type.limits.shared) {
        link_unsupported(link, at, "canonical option `memory`: 64-bit and shared memories are not supported");
    }
    return item->memory;
}

static bool link_options_equal(const struct plan_options *a, const struct plan_options *b)
{
    return a->instance == b->instance && a->encoding == b->encoding && a->memory == b->memory &&
           a->realloc == b->realloc;
}

/** The object with these contents. A component instance has few different ones, and they are made one after another. */
static const struct plan_options *link_options_intern(struct link *link, const struct plan_options *wanted)
{
    enum { RECENT = 64 };
    struct plan *plan = link->plan;
    uint32_t oldest = plan->options.count > RECENT ? plan->options.count - RECENT : 0;
    for (uint32_t i = plan->options.count; i > oldest; i--) {
        if (link_options_equal(plan->options.at[i - 1], wanted)) {
            return plan->options.at[i - 1];
        }
    }
    struct plan_options *made = ARENA_NEW(link->arena, struct plan_options);
    *made = *wanted;
    made->id = plan->options.count;
    *ARRAY_ADD(link->arena, &plan->options) = made;
    return made;
}

struct link_options link_options(struct link *link, const struct link_scope *scope, const struct canon *canon,
                                 uint32_t at)
{
    const struct canon_options *options = &canon->options;
    struct plan_options wanted = {.instance = scope->instance, .encoding = (enum canon_encoding)options->encoding};
    if (options->has_memory) {
        wanted.memory = link_memory(link, scope, options->memory, at);
    }
    if (options->has_realloc) {
        wanted.realloc = link_realloc(link, scope, options, at);
    }
    return (struct link_options){link_options_intern(link, &wanted), options, canon_op_name(canon->op)};
}

void link_need(const struct link *link, const struct link_options *options, enum link_direction direction,
               const struct type *type, uint32_t at)
{
    if (type == NULL || (type->contains & TYPE_HAS_POINTER) == 0) {
        return;
    }
    link_need_memory(link, options, at);
    if (direction == LINK_INTO) {
        link_need_realloc(link, options, at);
    }
}

void link_need_memory(const struct link *link, const struct link_options *options, uint32_t at)
{
    if (!options->given->has_memory) {
        link_fail(link, at, "%s: canonical option `memory` is required", options->name);
    }
}

void link_need_realloc(const struct link *link, const struct link_options *options, uint32_t at)
{
    if (!options->given->has_realloc) {
        link_fail(link, at, "%s: canonical option `realloc` is required", options->name);
    }
}
