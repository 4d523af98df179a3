/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Canonical functions that core code imports: for each a C function `builtinN` with the core signature, which calls the
 * runtime's function of the same name with the instance and the static immediates in front.
 */
#include "lower.h"

static const char *builtin_instance(struct lower *lower, const struct plan_canon *canon)
{
    return arena_print(lower->arena, "&gale_instance_%u", canon->instance->id);
}

const char *lower_options_address(struct lower *lower, const struct plan_options *options)
{
    return options == NULL ? "NULL" : arena_print(lower->arena, "&gale_options_%u", options->id);
}

const char *lower_result_identity(struct lower *lower, const struct type *result)
{
    return result == NULL ? "NULL" : arena_print(lower->arena, "&gale_result_types[%u]", result->id);
}

/* "waitable-set.new" is gale_canon_waitable_set_new. */
static const char *builtin_function(struct lower *lower, const struct plan_canon *canon)
{
    char *name = arena_print(lower->arena, "gale_canon_%s", canon_op_name(canon->op));

    for (char *c = name; *c != '\0'; c++) {
        if (*c == '.' || *c == '-') {
            *c = '_';
        }
    }
    return name;
}

static bool builtin_copies(enum canon_op op)
{
    return (op >= CANON_STREAM_NEW && op <= CANON_STREAM_DROP_WRITABLE) ||
           (op >= CANON_FUTURE_NEW && op <= CANON_FUTURE_DROP_WRITABLE);
}

/* The immediates between the instance and the core arguments, with a comma before each. */
static const char *builtin_immediates(struct lower *lower, const struct plan_canon *canon)
{
    switch (canon->op) {
    case CANON_RESOURCE_NEW:
    case CANON_RESOURCE_DROP:
    case CANON_RESOURCE_REP:
        return arena_print(lower->arena, ", %u", canon->resource->id);
    case CANON_CONTEXT_GET:
    case CANON_CONTEXT_SET:
        return arena_print(lower->arena, ", %u", canon->slot);
    case CANON_WAITABLE_SET_WAIT:
    case CANON_WAITABLE_SET_POLL:
        return arena_print(lower->arena, ", %s, %s", lower_memory_view(lower, canon->memory),
                           canon->cancellable ? "true" : "false");
    case CANON_SUBTASK_CANCEL:
        return canon->async ? ", true" : ", false";
    case CANON_THREAD_YIELD:
    case CANON_THREAD_SUSPEND:
    case CANON_THREAD_SUSPEND_THEN_RESUME:
    case CANON_THREAD_YIELD_THEN_RESUME:
    case CANON_THREAD_SUSPEND_THEN_PROMOTE:
    case CANON_THREAD_YIELD_THEN_PROMOTE:
        return canon->cancellable ? ", true" : ", false";
    case CANON_ERROR_CONTEXT_NEW:
    case CANON_ERROR_CONTEXT_DEBUG_MESSAGE:
        return arena_print(lower->arena, ", %s", lower_options_address(lower, canon->options));
    default:
        return builtin_copies(canon->op) ? arena_print(lower->arena, ", &copy_%u", canon->id) : "";
    }
}

static void builtin_copy_options(struct lower *lower, struct text *out, const struct plan_canon *canon)
{
    const struct type *element = canon->value->element;
    const char *type = element == NULL ? "NULL" : arena_print(lower->arena, "&gale_value_%u", element->id);

    text_line(out, 0, "static const struct gale_copy_options copy_%u = {%s, %s, %s};", canon->id, type,
              lower_options_address(lower, canon->options), canon->async ? "true" : "false");
}

static const char *builtin_slot(struct lower *lower, uint8_t value, uint32_t number)
{
    static const char *const makers[] = {
        [CORE_I32 & 3] = "", [CORE_I64 & 3] = "", [CORE_F32 & 3] = "_f32", [CORE_F64 & 3] = "_f64"};

    return arena_print(lower->arena, "gale_glue_slot%s(p%u)", makers[value & 3], number);
}

/* Declares `args`, the core arguments as slots; gives the expression that names them. */
static const char *builtin_args(struct lower *lower, struct text *out, const struct core_func_type *type)
{
    if (type->param_count == 0) {
        return "NULL";
    }
    text_print(out, "    const union gale_flat args[] = {");
    for (uint32_t i = 0; i < type->param_count; i++) {
        text_print(out, "%s%s", i == 0 ? "" : ", ", builtin_slot(lower, type->params[i], i));
    }
    text_print(out, "};\n");
    return "args";
}

static void builtin_task_return(struct lower *lower, struct text *out, const struct plan_canon *canon)
{
    const char *args = builtin_args(lower, out, canon->type);

    text_gap(out);
    text_line(out, 1, "gale_canon_task_return(%s, %s, %s, %s);", builtin_instance(lower, canon),
              lower_result_identity(lower, canon->value), lower_options_address(lower, canon->options), args);
}

static bool builtin_is_within(const struct plan_instance *inner, const struct plan_instance *outer)
{
    while (inner != NULL && inner != outer) {
        inner = inner->parent;
    }
    return inner != NULL;
}

/* A call between an instance and one that contains it is refused when it is made, whatever runs at that time: so do
   the engines that the Component Model's test scripts are written for. */
static bool builtin_reenters(const struct plan_canon *canon)
{
    const struct plan_lift *callee = canon->callee.lift;

    return callee != NULL && (builtin_is_within(canon->instance, callee->instance) ||
                              builtin_is_within(callee->instance, canon->instance));
}

static void builtin_lower(struct lower *lower, struct text *out, const struct plan_canon *canon)
{
    static const char *const members[] = {
        [CORE_I32 & 3] = "i32", [CORE_I64 & 3] = "i64", [CORE_F32 & 3] = "f32", [CORE_F64 & 3] = "f64"};
    const struct core_func_type *type = canon->type;
    const char *args = builtin_args(lower, out, type);
    bool flat = type->result_count > 0 && !canon->async;

    if (flat) {
        text_line(out, 1, "union gale_flat results[1];");
    }
    text_gap(out);
    text_line(out, 1, "%sgale_canon_lower(%s, &gale_lower_%u, %s, %s);", canon->async ? "return " : "(void)",
              builtin_instance(lower, canon), canon->id, args, flat ? "results" : "NULL");
    if (flat) {
        text_line(out, 1, "return results[0].%s;", members[type->results[0] & 3]);
    }
}

/* The function must have the type that the thread needs; wasm2c identifies types by a digest of 32 bytes. */
static void builtin_thread_new(struct lower *lower, struct text *out, const struct plan_canon *canon)
{
    const char *instance = builtin_instance(lower, canon);

    text_line(out, 1, "void *entry = gale_guest_thread_entry(%s, &thread_entries, %s, p0);", instance,
              lower_core_address(lower, canon->table));
    text_gap(out);
    text_line(out, 1, "return gale_canon_thread_new_indirect(%s, gale_guest_thread_run, entry, p1);", instance);
}

/* How many functions there are that a thread can run; those that instances share are counted more than once. */
static uint32_t builtin_thread_functions(const struct plan *plan, const struct core_func_type *type)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < plan->core_instances.count; i++) {
        const struct core_module *module = plan->core_instances.at[i]->module;
        for (uint32_t k = 0; k < module->funcs.count; k++) {
            count += core_func_equal(module->funcs.at[k].func, type);
        }
    }
    return count;
}

/* Room for every function that a thread can run, if threads are made at all. */
static void builtin_thread_entries(struct lower *lower, struct text *out)
{
    const struct plan_canon *canon = NULL;
    uint32_t room = 2;

    for (uint32_t i = 0; i < lower->plan->canons.count && canon == NULL; i++) {
        canon = lower->plan->canons.at[i]->op == CANON_THREAD_NEW_INDIRECT ? lower->plan->canons.at[i] : NULL;
    }
    if (canon == NULL) {
        return;
    }
    while (room < 2 * builtin_thread_functions(lower->plan, canon->thread) + 2) {
        room *= 2;
    }
    text_line(out, 0, "static wasm_rt_funcref_t thread_functions[%u];", room);
    text_line(out, 0, "static const struct gale_guest_entries thread_entries = {thread_functions, %u};", room);
    text_gap(out);
}

static void builtin_body(struct lower *lower, struct text *out, const struct plan_canon *canon)
{
    const struct core_func_type *type = canon->type;

    switch (canon->op) {
    case CANON_LOWER:
        if (builtin_reenters(canon)) {
            text_line(out, 1, "gale_trap(%s, GALE_TRAP_CANNOT_ENTER);", builtin_instance(lower, canon));
        } else {
            builtin_lower(lower, out, canon);
        }
        return;
    case CANON_TASK_RETURN:
        builtin_task_return(lower, out, canon);
        return;
    case CANON_THREAD_NEW_INDIRECT:
        builtin_thread_new(lower, out, canon);
        return;
    default:
        text_print(out, "    %s%s(%s%s", type->result_count > 0 ? "return " : "", builtin_function(lower, canon),
                   builtin_instance(lower, canon), builtin_immediates(lower, canon));
        for (uint32_t i = 0; i < type->param_count; i++) {
            text_print(out, ", p%u", i);
        }
        text_print(out, ");\n");
    }
}

static void builtin_comment(struct lower *lower, struct text *out, const struct plan_canon *canon)
{
    const struct plan_func *callee = &canon->callee;

    if (canon->op != CANON_LOWER) {
        text_line(out, 0, "/* %s, instance %s */", canon_op_name(canon->op), canon->instance->name);
    } else if (callee->lift != NULL) {
        text_line(out, 0, "/* lower%s, instance %s: function %u of instance %s */", canon->async ? " async" : "",
                  canon->instance->name, callee->lift->id, callee->lift->instance->name);
    } else {
        text_line(out, 0, "/* lower%s, instance %s: host, %s %s */", canon->async ? " async" : "",
                  canon->instance->name, text_comment(lower->arena, callee->host->interface),
                  text_comment(lower->arena, callee->host->name));
    }
}

void lower_write_builtins(struct lower *lower, struct text *out)
{
    builtin_thread_entries(lower, out);
    for (uint32_t i = 0; i < lower->plan->canons.count; i++) {
        const struct plan_canon *canon = lower->plan->canons.at[i];
        builtin_comment(lower, out, canon);
        if (builtin_copies(canon->op)) {
            builtin_copy_options(lower, out, canon);
        }
        text_print(out, "static %s builtin%u(", lower_core_result(lower->arena, canon->type), canon->id);
        lower_core_params(out, canon->type, "");
        text_print(out, ")\n{\n");
        builtin_body(lower, out, canon);
        text_print(out, "}\n\n");
    }
}
