/* SPDX-License-Identifier: Apache-2.0 */
/* canon lift and canon lower. */
#include "link.h"

static const struct func_type *link_lift_type(const struct link *link, const struct link_scope *scope,
                                              const struct canon *canon, uint32_t at)
{
    const struct link_type *type = link_type_at(link, scope, canon->type, at);
    if (type->kind != LINK_TYPE_FUNC) {
        link_fail(link, at, "lift: type index %u is not a function type", canon->type);
    }
    return type->func;
}

/** Rules for the options of lift and lower that do not depend on the types. */
static void link_lift_check_form(const struct link *link, const struct func_type *type, const struct canon *canon,
                                 uint32_t at)
{
    const struct canon_options *options = &canon->options;
    const char *name = canon_op_name(canon->op);
    if (options->async && !type->async) {
        link_fail(link, at, "%s: the `async` canonical option requires an async function type", name);
    }
    if (options->async && options->has_post_return) {
        link_fail(link, at, "%s: canonical options `post-return` and `async` cannot be used together", name);
    }
    if (options->has_callback && !options->async) {
        link_fail(link, at, "%s: canonical option `callback` cannot be used without `async`", name);
    }
    if (canon->op == CANON_LOWER && (options->has_callback || options->has_post_return)) {
        link_fail(link, at, "lower: canonical options `callback` and `post-return` are for lift");
    }
}

static enum types_side link_lift_side(const struct canon_options *options)
{
    if (!options->async) {
        return TYPES_LIFT_SYNC;
    }
    return options->has_callback ? TYPES_LIFT_CALLBACK : TYPES_LIFT_STACKFUL;
}

static void link_check_core_type(const struct link *link, const struct link_core_item *item,
                                 const struct core_func_type *wanted, const char *what, uint32_t at)
{
    const struct core_extern expected = {.sort = CORE_FUNC, .func = wanted};
    if (!core_func_equal(item->type.func, wanted)) {
        link_fail(link, at,
                  "%s: the core function is %s, but %s is wanted (lowered parameter or result types do not match)",
                  what, core_extern_print(link->arena, &item->type), core_extern_print(link->arena, &expected));
    }
}

static const struct plan_core_func *link_post_return(const struct link *link, const struct link_scope *scope,
                                                     const struct canon *canon, const struct plan_lift *lift,
                                                     uint32_t at)
{
    if (!canon->options.has_post_return) {
        return NULL;
    }
    const struct core_func_type wanted = {lift->signature.type.result_count, 0, lift->signature.type.results, NULL,
                                          false};
    const struct link_core_item *item = link_core_at(link, scope, SORT_CORE_FUNC, canon->options.post_return, at);
    link_check_core_type(link, item, &wanted, "post-return", at);
    return item->func;
}

static void link_lift_check_options(const struct link *link, const struct plan_lift *lift,
                                    const struct link_options *options, uint32_t at)
{
    const struct func_type *type = lift->type;
    for (uint32_t i = 0; i < type->param_count; i++) {
        link_need(link, options, LINK_INTO, type->params[i].type, at);
    }
    if (lift->signature.params_in_memory) {
        link_need_memory(link, options, at);
        link_need_realloc(link, options, at);
    }
    bool long_result = type->result != NULL && type->result->flat_count > TYPE_MAX_FLAT_PARAMS;
    if (lift->signature.result_in_memory || (lift->async && long_result)) {
        link_need_memory(link, options, at);
    }
    link_need(link, options, LINK_OUT_OF, type->result, at);
}

struct plan_func link_lift(struct link *link, struct link_scope *scope, const struct canon *canon, uint32_t at)
{
    const struct func_type *type = link_lift_type(link, scope, canon, at);
    const struct link_core_item *item = link_core_at(link, scope, SORT_CORE_FUNC, canon->index, at);
    link_lift_check_form(link, type, canon, at);
    const struct link_options options = link_options(link, scope, canon, at);
    struct plan_lift *lift = ARENA_NEW(link->arena, struct plan_lift);
    types_signature(type, link_lift_side(&canon->options), &lift->signature);
    link_check_core_type(link, item, &lift->signature.type, "lift", at);
    lift->instance = scope->instance;
    lift->type = type;
    lift->core = item->func;
    lift->options = options.plan;
    lift->async = canon->options.async;
    lift->post_return = link_post_return(link, scope, canon, lift, at);
    lift->callback = link_callback(link, scope, &canon->options, at);
    link_lift_check_options(link, lift, &options, at);
    if (item->func != NULL && item->func->kind == PLAN_CORE_CANON && item->func->canon->blocks) {
        scope->instance->blocks = true;
    }
    lift->id = link->plan->lifts.count;
    *ARRAY_ADD(link->arena, &link->plan->lifts) = lift;
    return (struct plan_func){lift, NULL, type};
}

static void link_lower_check_options(const struct link *link, const struct plan_canon *lowered,
                                     const struct link_options *options, uint32_t at)
{
    const struct func_type *type = lowered->callee.type;
    for (uint32_t i = 0; i < type->param_count; i++) {
        link_need(link, options, LINK_OUT_OF, type->params[i].type, at);
    }
    if (lowered->signature.params_in_memory || lowered->signature.result_in_memory) {
        link_need_memory(link, options, at);
    }
    link_need(link, options, LINK_INTO, type->result, at);
}

void link_lower(struct link *link, struct link_scope *scope, const struct canon *canon, struct plan_canon *lowered,
                uint32_t at)
{
    lowered->callee = link_at(link, scope, SORT_FUNC, canon->index, at)->of.func;
    link_lift_check_form(link, lowered->callee.type, canon, at);
    const struct link_options options = link_options(link, scope, canon, at);
    lowered->options = options.plan;
    lowered->async = canon->options.async;
    types_signature(lowered->callee.type, lowered->async ? TYPES_LOWER_ASYNC : TYPES_LOWER_SYNC, &lowered->signature);
    link_lower_check_options(link, lowered, &options, at);
    lowered->blocks = lowered->callee.type->async && !lowered->async;
}
