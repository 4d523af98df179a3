/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Canonical options, lifted functions and the bindings between callers and callees, as the runtime's static objects.
 */
#include "lower.h"

static const char *const lift_members[] = {
    [CORE_I32 & 3] = "i32", [CORE_I64 & 3] = "i64", [CORE_F32 & 3] = "f32", [CORE_F64 & 3] = "f64"};
static const char *const lift_slots[] = {
    [CORE_I32 & 3] = "", [CORE_I64 & 3] = "", [CORE_F32 & 3] = "_f32", [CORE_F64 & 3] = "_f64"};

const char *lower_core_slot(uint8_t value)
{
    return lift_slots[value & 3];
}

const char *lower_core_arguments(struct lower *lower, const struct core_func_type *type, const char *slots)
{
    struct text list = {.arena = lower->arena};

    for (uint32_t i = 0; i < type->param_count; i++) {
        text_print(&list, "%s%s[%u].%s", i == 0 ? "" : ", ", slots, i, lift_members[type->params[i] & 3]);
    }
    return list.data == NULL ? "" : list.data;
}

/* A function `name` of the runtime's form whose body calls core function `func`. */
static void lift_thunk(struct lower *lower, struct text *out, const char *name, const struct plan_core_func *func)
{
    const struct core_func_type *type = func->type;
    const char *call = lower_core_call(lower, func, lower_core_arguments(lower, type, "params"));

    text_line(out, 0, "static void %s(void *guest, const union gale_flat *params, union gale_flat *results)", name);
    text_line(out, 0, "{");
    text_line(out, 1, "(void)guest, (void)params, (void)results;");
    if (type->result_count == 0) {
        text_line(out, 1, "%s;", call);
    } else {
        text_line(out, 1, "results[0] = gale_glue_slot%s(%s);", lift_slots[type->results[0] & 3], call);
    }
    text_line(out, 0, "}");
    text_gap(out);
}

/* Calls `func` with the named values and returns its result: itself, or through a function that runs outside. */
static void lift_call(struct lower *lower, struct text *out, const struct plan_core_func *func, const char *outside,
                      const char *const names[4])
{
    struct text values = {.arena = lower->arena};
    const char *separator = "";

    for (uint32_t i = 0; i < 4 && names[i] != NULL; i++) {
        text_print(&values, lower->options->target != NULL ? "%sgale_glue_slot(%s)" : "%s%s", separator, names[i]);
        separator = ", ";
    }
    if (lower->options->target == NULL) {
        text_line(out, 1, "return %s;", lower_core_call(lower, func, values.data));
        return;
    }
    text_line(out, 1, "const union gale_flat params[] = {%s};", values.data);
    text_line(out, 1, "union gale_flat results[1];");
    text_gap(out);
    lower_isolate_enter(lower, out, func, outside, "params", "results");
    text_line(out, 1, "return results[0].i32;");
}

/* The function that runs outside, where there is an outside; its name. */
static const char *lift_outside(struct lower *lower, struct text *out, const char *name,
                                const struct plan_core_func *func)
{
    const char *outside = arena_print(lower->arena, "%s_outside", name);

    if (lower->options->target != NULL) {
        lift_thunk(lower, out, outside, func);
    }
    return outside;
}

static void lift_realloc(struct lower *lower, struct text *out, const struct plan_options *options, const char *name)
{
    static const char *const names[] = {"old", "old_size", "align", "new_size"};
    const char *outside = lift_outside(lower, out, name, options->realloc);

    text_line(out, 0, "static uint32_t %s(struct gale_instance *instance, uint32_t old, uint32_t old_size,", name);
    text_line(out, 0, "                                  uint32_t align, uint32_t new_size)");
    text_line(out, 0, "{");
    text_line(out, 1, "(void)instance;");
    lift_call(lower, out, options->realloc, outside, names);
    text_line(out, 0, "}");
    text_gap(out);
}

static void lift_options(struct lower *lower, struct text *out, const struct plan_options *options)
{
    static const char *const encodings[] = {
        [CANON_UTF8] = "UTF8", [CANON_UTF16] = "UTF16", [CANON_LATIN1_UTF16] = "LATIN1_UTF16"};
    const char *realloc = "NULL";

    if (options->realloc != NULL) {
        realloc = arena_print(lower->arena, "options_%u_realloc", options->id);
        lift_realloc(lower, out, options, realloc);
    }
    text_line(out, 0, "const struct gale_value_options gale_options_%u = {%s, %s, GALE_ENCODING_%s};", options->id,
              options->memory == NULL ? "NULL" : lower_memory_view(lower, options->memory), realloc,
              encodings[options->encoding]);
    text_gap(out);
}

void lower_core_thunk(struct lower *lower, struct text *out, const char *name, const struct plan_core_func *func)
{
    const char *outside;

    if (lower->options->target == NULL) {
        lift_thunk(lower, out, name, func);
        return;
    }
    outside = lift_outside(lower, out, name, func);
    text_line(out, 0, "static void %s(void *guest, const union gale_flat *params, union gale_flat *results)", name);
    text_line(out, 0, "{");
    text_line(out, 1, "(void)guest, (void)params, (void)results;");
    lower_isolate_enter(lower, out, func, outside, "params", "results");
    text_line(out, 0, "}");
    text_gap(out);
}

static void lift_callback(struct lower *lower, struct text *out, const struct plan_lift *lift)
{
    static const char *const names[] = {"event", "p1", "p2", NULL};
    const char *outside =
        lift_outside(lower, out, arena_print(lower->arena, "lift_%u_callback", lift->id), lift->callback);

    text_line(out, 0, "static uint32_t lift_%u_callback(void *guest, uint32_t event, uint32_t p1, uint32_t p2)",
              lift->id);
    text_line(out, 0, "{");
    text_line(out, 1, "(void)guest;");
    lift_call(lower, out, lift->callback, outside, names);
    text_line(out, 0, "}");
    text_gap(out);
}

static void lift_post_return(struct lower *lower, struct text *out, const struct plan_lift *lift)
{
    const char *arguments = lower_core_arguments(lower, lift->post_return->type, "results");
    const char *outside =
        lift_outside(lower, out, arena_print(lower->arena, "lift_%u_post_return", lift->id), lift->post_return);

    text_line(out, 0, "static void lift_%u_post_return(void *guest, const union gale_flat *results)", lift->id);
    text_line(out, 0, "{");
    text_line(out, 1, "(void)guest, (void)results;");
    if (lower->options->target == NULL) {
        text_line(out, 1, "%s;", lower_core_call(lower, lift->post_return, arguments));
    } else {
        lower_isolate_enter(lower, out, lift->post_return, outside, "results", NULL);
    }
    text_line(out, 0, "}");
    text_gap(out);
}

static const char *lift_flags(struct lower *lower, const struct plan_lift *lift)
{
    struct text flags = {.arena = lower->arena};

    text_print(&flags, "%s", lift->type->async ? "GALE_FUNC_ASYNC_TYPE" : "0");
    text_print(&flags, "%s", lift->async ? " | GALE_FUNC_ASYNC" : "");
    text_print(&flags, "%s", lift->callback != NULL ? " | GALE_FUNC_CALLBACK" : "");
    text_print(&flags, "%s", lift->needs_stack ? " | GALE_FUNC_STACK" : "");
    return flags.data;
}

static void lift_write(struct lower *lower, struct text *out, const struct plan_lift *lift)
{
    const char *callback = "NULL";
    const char *post_return = "NULL";

    lower_core_thunk(lower, out, arena_print(lower->arena, "lift_%u_core", lift->id), lift->core);
    if (lift->callback != NULL) {
        lift_callback(lower, out, lift);
        callback = arena_print(lower->arena, "lift_%u_callback", lift->id);
    }
    if (lift->post_return != NULL) {
        lift_post_return(lower, out, lift);
        post_return = arena_print(lower->arena, "lift_%u_post_return", lift->id);
    }
    text_line(out, 0, "const struct gale_func gale_lift_%u = {", lift->id);
    text_line(out, 1, "&gale_instance_%u, %s, %s,", lift->instance->id, lower_options_address(lower, lift->options),
              lift_flags(lower, lift));
    text_line(out, 1, "%s, lift_%u_core, %s, %s};", lower_result_identity(lower, lift->type->result), lift->id,
              callback, post_return);
    text_gap(out);
}

/* How the parameters reach the callee, and how its result leaves it. */
static enum lower_form lift_params_form(struct plan_func func)
{
    return func.lift == NULL || func.lift->signature.params_in_memory ? LOWER_MEMORY : LOWER_FLAT;
}

static enum lower_form lift_result_form(struct plan_func func)
{
    struct types_signature returned;

    if (func.lift == NULL) {
        return LOWER_MEMORY;
    }
    if (!func.lift->async) {
        return func.lift->signature.result_in_memory ? LOWER_MEMORY : LOWER_FLAT;
    }
    types_task_return(func.type->result, &returned);
    return returned.params_in_memory ? LOWER_MEMORY : LOWER_FLAT;
}

static const char *lift_callee(struct lower *lower, struct plan_func func)
{
    return func.lift != NULL ? arena_print(lower->arena, "&gale_lift_%u, NULL", func.lift->id)
                             : arena_print(lower->arena, "NULL, &gale_host_%u", func.host->id);
}

static void lift_lower(struct lower *lower, struct text *out, const struct plan_canon *canon)
{
    const struct types_signature *caller = &canon->signature;
    uint32_t args = canon->type->param_count;
    const char *params = lower_params(lower, canon->callee.type, caller->params_in_memory ? LOWER_MEMORY : LOWER_FLAT,
                                      lift_params_form(canon->callee));
    const char *results = lower_results(lower, canon->callee.type, lift_result_form(canon->callee),
                                        caller->result_in_memory ? LOWER_MEMORY : LOWER_FLAT, args - 1);

    text_line(out, 0, "static const struct gale_binding gale_lower_%u = {", canon->id);
    text_line(out, 1, "%s, %s, %s, %u,", lift_callee(lower, canon->callee),
              lower_options_address(lower, canon->options), canon->async ? "GALE_LOWER_ASYNC" : "0", args);
    text_line(out, 1, "%s, %s};", params, results);
}

static void lift_export(struct lower *lower, struct text *out, uint32_t number)
{
    struct plan_func func = {.lift = lower->exports.at[number].lift, .type = lower->exports.at[number].lift->type};
    uint32_t pointer = func.type->param_count > 0 ? 1 : 0;
    const char *params = lower_params(lower, func.type, LOWER_MEMORY, lift_params_form(func));
    const char *results = lower_results(lower, func.type, lift_result_form(func), LOWER_MEMORY, pointer);

    text_line(out, 0, "const struct gale_binding gale_export_%u = {", number);
    text_line(out, 1, "%s, &gale_call_options, 0, %u,", lift_callee(lower, func),
              pointer + (func.type->result != NULL ? 1 : 0));
    text_line(out, 1, "%s, %s};", params, results);
}

void lower_write_options(struct lower *lower, struct text *out)
{
    for (uint32_t i = 0; i < lower->plan->options.count; i++) {
        lift_options(lower, out, lower->plan->options.at[i]);
    }
}

void lower_write_lifts(struct lower *lower, struct text *out)
{
    for (uint32_t i = 0; i < lower->plan->lifts.count; i++) {
        lift_write(lower, out, lower->plan->lifts.at[i]);
    }
    for (uint32_t i = 0; i < lower->exports.count; i++) {
        lift_export(lower, out, i);
    }
}

void lower_write_bindings(struct lower *lower, struct text *out)
{
    for (uint32_t i = 0; i < lower->plan->canons.count; i++) {
        if (lower->plan->canons.at[i]->op == CANON_LOWER) {
            lift_lower(lower, out, lower->plan->canons.at[i]);
        }
    }
    text_gap(out);
}
