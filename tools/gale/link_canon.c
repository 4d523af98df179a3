/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical functions other than lift and lower: each one's signature, options and rules. */
#include "link.h"

#include <string.h>

#define CANON_BUCKETS 4096

struct link_canon_entry {
    struct link_canon_entry *next;
    const struct plan_core_func *func;
};

/** Core signatures, as letters: parameters, then '>' and results; i and I are i32 and i64. */
static const char *link_canon_letters(enum canon_op op)
{
    switch (op) {
    case CANON_RESOURCE_NEW:
    case CANON_RESOURCE_REP:
    case CANON_SUBTASK_CANCEL:
    case CANON_STREAM_CANCEL_READ:
    case CANON_STREAM_CANCEL_WRITE:
    case CANON_FUTURE_CANCEL_READ:
    case CANON_FUTURE_CANCEL_WRITE:
    case CANON_THREAD_SUSPEND_THEN_RESUME:
    case CANON_THREAD_YIELD_THEN_RESUME:
    case CANON_THREAD_SUSPEND_THEN_PROMOTE:
    case CANON_THREAD_YIELD_THEN_PROMOTE:
        return "i>i";
    case CANON_RESOURCE_DROP:
    case CANON_CONTEXT_SET:
    case CANON_SUBTASK_DROP:
    case CANON_STREAM_DROP_READABLE:
    case CANON_STREAM_DROP_WRITABLE:
    case CANON_FUTURE_DROP_READABLE:
    case CANON_FUTURE_DROP_WRITABLE:
    case CANON_ERROR_CONTEXT_DROP:
    case CANON_WAITABLE_SET_DROP:
    case CANON_THREAD_RESUME_LATER:
        return "i>";
    case CANON_CONTEXT_GET:
    case CANON_WAITABLE_SET_NEW:
    case CANON_THREAD_INDEX:
    case CANON_THREAD_SUSPEND:
    case CANON_THREAD_YIELD:
        return ">i";
    case CANON_STREAM_NEW:
    case CANON_FUTURE_NEW:
        return ">I";
    case CANON_STREAM_READ:
    case CANON_STREAM_WRITE:
        return "iii>i";
    case CANON_FUTURE_READ:
    case CANON_FUTURE_WRITE:
    case CANON_ERROR_CONTEXT_NEW:
    case CANON_WAITABLE_SET_WAIT:
    case CANON_WAITABLE_SET_POLL:
    case CANON_THREAD_NEW_INDIRECT:
        return "ii>i";
    case CANON_ERROR_CONTEXT_DEBUG_MESSAGE:
    case CANON_WAITABLE_JOIN:
        return "ii>";
    default: /* task.cancel, backpressure.* */
        return ">";
    }
}

static const struct core_func_type *link_canon_signature(struct link *link, enum canon_op op)
{
    const char *letters = link_canon_letters(op);
    uint8_t *values = arena_take(link->arena, strlen(letters), 1);
    struct core_func_type *type = ARENA_NEW(link->arena, struct core_func_type);
    uint32_t *count = &type->param_count;
    uint32_t at = 0;
    type->params = values;
    for (const char *letter = letters; *letter != '\0'; letter++) {
        if (*letter == '>') {
            type->results = values + at;
            count = &type->result_count;
        } else {
            values[at++] = *letter == 'i' ? CORE_I32 : CORE_I64;
            (*count)++;
        }
    }
    return type;
}

static bool link_canon_is_stream(enum canon_op op)
{
    return op >= CANON_STREAM_NEW && op <= CANON_STREAM_DROP_WRITABLE;
}

static bool link_canon_is_future(enum canon_op op)
{
    return op >= CANON_FUTURE_NEW && op <= CANON_FUTURE_DROP_WRITABLE;
}

static bool link_canon_is_copy(enum canon_op op)
{
    return op == CANON_STREAM_READ || op == CANON_STREAM_WRITE || op == CANON_FUTURE_READ || op == CANON_FUTURE_WRITE;
}

/** May the caller have to wait on its stack? */
static bool link_canon_blocks(const struct plan_canon *canon)
{
    switch (canon->op) {
    case CANON_WAITABLE_SET_WAIT:
    case CANON_THREAD_YIELD:
    case CANON_THREAD_SUSPEND:
    case CANON_THREAD_SUSPEND_THEN_RESUME:
    case CANON_THREAD_YIELD_THEN_RESUME:
    case CANON_THREAD_SUSPEND_THEN_PROMOTE:
    case CANON_THREAD_YIELD_THEN_PROMOTE:
        return true;
    case CANON_SUBTASK_CANCEL:
    case CANON_STREAM_READ:
    case CANON_STREAM_WRITE:
    case CANON_STREAM_CANCEL_READ:
    case CANON_STREAM_CANCEL_WRITE:
    case CANON_FUTURE_READ:
    case CANON_FUTURE_WRITE:
    case CANON_FUTURE_CANCEL_READ:
    case CANON_FUTURE_CANCEL_WRITE:
        return !canon->async;
    default:
        return false;
    }
}

static const struct plan_resource *link_canon_resource(const struct link *link, const struct link_scope *scope,
                                                       const struct canon *canon, uint32_t at)
{
    const char *name = canon_op_name(canon->op);
    const struct link_type *type = link_type_at(link, scope, canon->type, at);
    if (type->kind != LINK_TYPE_RESOURCE) {
        link_fail(link, at, "%s: type index %u is not a resource type", name, canon->type);
    }
    if (canon->op != CANON_RESOURCE_DROP && type->resource->instance != scope->instance) {
        link_fail(link, at, "%s: type index %u is not a resource type of this component (not a local resource)", name,
                  canon->type);
    }
    return type->resource;
}

static const struct type *link_canon_endpoint(const struct link *link, const struct link_scope *scope,
                                              const struct canon *canon, uint32_t at)
{
    enum type_kind kind = link_canon_is_stream(canon->op) ? TYPE_STREAM : TYPE_FUTURE;
    const struct link_type *type = link_type_at(link, scope, canon->type, at);
    if (type->kind != LINK_TYPE_VALUE || type->value->kind != kind) {
        link_fail(link, at, "%s: type index %u is not a %s type (`%s` requires one)", canon_op_name(canon->op),
                  canon->type, types_kind_name(kind), canon_op_name(canon->op));
    }
    return type->value;
}

static void link_canon_check_form(const struct link *link, const struct canon *canon, uint32_t at)
{
    const struct canon_options *options = &canon->options;
    const char *name = canon_op_name(canon->op);
    if (options->has_callback || options->has_post_return) {
        link_fail(link, at, "%s: options `callback` and `post-return` are for lift", name);
    }
    if (options->async && !link_canon_is_copy(canon->op)) {
        link_fail(link, at, "%s: option `async` is not allowed here", name);
    }
    if (options->has_realloc && canon->op == CANON_TASK_RETURN) {
        link_fail(link, at, "task.return: cannot specify option `realloc`");
    }
}

static void link_canon_copy(struct link *link, const struct link_scope *scope, const struct canon *canon,
                            struct plan_canon *made, uint32_t at)
{
    const struct type *element = made->value->element;
    bool reads = canon->op == CANON_STREAM_READ || canon->op == CANON_FUTURE_READ;
    link_canon_check_form(link, canon, at);
    const struct link_options options = link_options(link, scope, canon, at);
    made->options = options.plan;
    made->async = canon->options.async;
    if (element != NULL) {
        link_need_memory(link, &options, at);
        link_need(link, &options, reads ? LINK_INTO : LINK_OUT_OF, element, at);
    }
}

static void link_canon_task_return(struct link *link, const struct link_scope *scope, const struct canon *canon,
                                   struct plan_canon *made, uint32_t at)
{
    link_canon_check_form(link, canon, at);
    const struct link_options options = link_options(link, scope, canon, at);
    made->options = options.plan;
    made->value = link_val_type(link, scope, canon->result, at);
    types_task_return(made->value, &made->signature);
    made->type = &made->signature.type;
    if (made->value != NULL && (made->value->contains & TYPE_HAS_BORROW) != 0) {
        link_fail(link, at, "task.return: function result cannot contain a `borrow` type");
    }
    if (made->signature.params_in_memory) {
        link_need_memory(link, &options, at);
    }
    link_need(link, &options, LINK_OUT_OF, made->value, at);
}

static void link_canon_error_context(struct link *link, const struct link_scope *scope, const struct canon *canon,
                                     struct plan_canon *made, uint32_t at)
{
    link_canon_check_form(link, canon, at);
    const struct link_options options = link_options(link, scope, canon, at);
    made->options = options.plan;
    link_need_memory(link, &options, at);
    if (canon->op == CANON_ERROR_CONTEXT_DEBUG_MESSAGE) {
        link_need_realloc(link, &options, at);
    }
}

static void link_canon_context(const struct link *link, const struct canon *canon, struct plan_canon *made, uint32_t at)
{
    const char *name = canon_op_name(canon->op);
    if (canon->value == CORE_I64) {
        link_unsupported(link, at, "%s: i64 is not supported", name);
    }
    if (canon->value != CORE_I32) {
        link_fail(link, at, "%s: its type is i32", name);
    }
    if (canon->slot >= 2) {
        link_fail(link, at, "%s: immediate must be less than 2", name);
    }
    made->slot = canon->slot;
    made->core_value = canon->value;
}

static void link_canon_thread_new(const struct link *link, const struct link_scope *scope, const struct canon *canon,
                                  struct plan_canon *made, uint32_t at)
{
    static const uint8_t i32[] = {CORE_I32};
    const struct core_func_type wanted = {1, 0, i32, NULL, false};
    const struct link_core_type *type = link_at(link, scope, SORT_CORE_TYPE, canon->index, at)->of.core_type;
    if (type->is_module || !core_func_equal(&type->func, &wanted)) {
        link_fail(link, at, "thread.new-indirect: start function must take a single `i32` argument and return nothing");
    }
    const struct link_core_item *table = link_core_at(link, scope, SORT_CORE_TABLE, canon->slot, at);
    if (table->type.value != CORE_FUNCREF) {
        link_fail(link, at, "thread.new-indirect: a table of funcref is wanted");
    }
    made->thread = &type->func;
    made->table = table->export;
}

static void link_canon_fill(struct link *link, struct link_scope *scope, const struct canon *canon,
                            struct plan_canon *made, uint32_t at)
{
    made->async = canon->async;
    made->cancellable = canon->cancellable;
    if (link_canon_is_stream(canon->op) || link_canon_is_future(canon->op)) {
        made->value = link_canon_endpoint(link, scope, canon, at);
    }
    switch (canon->op) {
    case CANON_LOWER:
        link_lower(link, scope, canon, made, at);
        made->type = &made->signature.type;
        return;
    case CANON_TASK_RETURN:
        link_canon_task_return(link, scope, canon, made, at);
        return;
    case CANON_RESOURCE_NEW:
    case CANON_RESOURCE_DROP:
    case CANON_RESOURCE_REP:
        made->resource = link_canon_resource(link, scope, canon, at);
        break;
    case CANON_STREAM_READ:
    case CANON_STREAM_WRITE:
    case CANON_FUTURE_READ:
    case CANON_FUTURE_WRITE:
        link_canon_copy(link, scope, canon, made, at);
        break;
    case CANON_ERROR_CONTEXT_NEW:
    case CANON_ERROR_CONTEXT_DEBUG_MESSAGE:
        link_canon_error_context(link, scope, canon, made, at);
        break;
    case CANON_WAITABLE_SET_WAIT:
    case CANON_WAITABLE_SET_POLL:
        made->memory = link_memory(link, scope, canon->index, at);
        break;
    case CANON_CONTEXT_GET:
    case CANON_CONTEXT_SET:
        link_canon_context(link, canon, made, at);
        break;
    case CANON_THREAD_NEW_INDIRECT:
        link_canon_thread_new(link, scope, canon, made, at);
        break;
    default:
        break;
    }
    made->blocks = link_canon_blocks(made);
}

static bool link_canon_equal(const struct plan_canon *a, const struct plan_canon *b)
{
    return a->op == b->op && a->instance == b->instance && a->options == b->options && a->async == b->async &&
           a->cancellable == b->cancellable && a->value == b->value && a->resource == b->resource &&
           a->memory == b->memory && a->slot == b->slot && a->table.item == b->table.item &&
           a->table.instance == b->table.instance && a->callee.lift == b->callee.lift &&
           a->callee.host == b->callee.host && a->callee.type == b->callee.type;
}

static uint32_t link_canon_hash(const struct plan_canon *canon)
{
    uint32_t hash = (uint32_t)canon->op * 31 + canon->instance->id;
    hash = hash * 31 + (canon->value != NULL ? canon->value->id : 0);
    hash = hash * 31 + (canon->memory != NULL ? canon->memory->id : 0);
    hash = hash * 31 + (uint32_t)((uintptr_t)canon->table.item >> 4);
    hash = hash * 31 + (canon->resource != NULL ? canon->resource->id : 0);
    hash = hash * 31 + (canon->callee.lift != NULL ? canon->callee.lift->id : 0);
    hash = hash * 31 + (canon->callee.host != NULL ? canon->callee.host->id : 0);
    return hash % CANON_BUCKETS;
}

/** The core function for a canonical function; a new one if there is none like it. */
static const struct plan_core_func *link_canon_intern(struct link *link, struct plan_canon *canon)
{
    if (link->canons == NULL) {
        link->canons = ARENA_ARRAY(link->arena, struct link_canon_entry *, CANON_BUCKETS);
    }
    struct link_canon_entry **bucket = &link->canons[link_canon_hash(canon)];
    for (const struct link_canon_entry *entry = *bucket; entry != NULL; entry = entry->next) {
        if (link_canon_equal(entry->func->canon, canon)) {
            return entry->func;
        }
    }
    struct link_canon_entry *entry = ARENA_NEW(link->arena, struct link_canon_entry);
    struct plan_core_func *func = ARENA_NEW(link->arena, struct plan_core_func);
    canon->id = link->plan->canons.count;
    *ARRAY_ADD(link->arena, &link->plan->canons) = canon;
    func->id = link->plan->core_funcs.count;
    func->kind = PLAN_CORE_CANON;
    func->type = canon->type;
    func->canon = canon;
    *ARRAY_ADD(link->arena, &link->plan->core_funcs) = func;
    *entry = (struct link_canon_entry){*bucket, func};
    *bucket = entry;
    return func;
}

void link_canon(struct link *link, struct link_scope *scope, const struct canon *canon, uint32_t at)
{
    if (canon->op == CANON_LIFT) {
        link_push(link, scope, (struct link_value){SORT_FUNC, {.func = link_lift(link, scope, canon, at)}});
        return;
    }
    struct plan_canon *made = ARENA_NEW(link->arena, struct plan_canon);
    made->op = canon->op;
    made->instance = scope->instance;
    made->type = link_canon_signature(link, canon->op);
    link_canon_fill(link, scope, canon, made, at);
    struct link_core_item *item = ARENA_NEW(link->arena, struct link_core_item);
    item->func = link_canon_intern(link, made);
    item->type.sort = CORE_FUNC;
    item->type.func = item->func->type;
    link_push(link, scope, (struct link_value){SORT_CORE_FUNC, {.item = item}});
}
