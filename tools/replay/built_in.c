/* SPDX-License-Identifier: Apache-2.0 */
/* The operations, and what each does when a guest executes it. */
#include <string.h>

#include "built_in.h"

#define U(n) ((uint32_t)op->values[n])
#define INSTANCE (&a->guest->instance)

static bool ok(const struct activation *a, const struct operation *op)
{
    replay_say(a->who, op, "ok");
    return true;
}

static bool number(const struct activation *a, const struct operation *op, uint64_t result)
{
    replay_say_number(a->who, op, result);
    return true;
}

/* --- calls and the guest's memory --- */

static bool guest_call(const struct activation *a, const struct operation *op)
{
    const struct binding *b = &replay.bindings[op->object];
    const struct function *f = &replay.functions[b->function];
    union gale_flat args[MAX_VALUES], result = {0};
    bool is_flat = !b->is_async || f->param_count <= MAX_ASYNC_PARAMS;
    uint32_t code;

    if (b->caller < 0 || &replay.guests[b->caller] != a->guest) {
        return false;
    }
    for (uint8_t i = 0; i < op->count; i++) {
        args[i].i64 = 0;
        args[i].i32 = U(i);
        if (is_flat && i < f->param_count) {
            replay_flat_write(f->params[i], &args[i], op->values[i]);
        }
    }
    code = gale_canon_lower(INSTANCE, &b->binding, args, &result);
    if (b->is_async) {
        return number(a, op, code);
    }
    return f->result == NO_KIND ? ok(a, op) : number(a, op, replay_flat_read(f->result, &result));
}

static bool holds(const struct activation *a, uint64_t ptr, uint64_t size)
{
    return ptr + size <= a->guest->memory.size;
}

static bool guest_peek(const struct activation *a, const struct operation *op)
{
    if (!holds(a, U(0), U(1))) {
        return false;
    }
    replay_print("%s %u peek %s", a->who, (unsigned)op->line, U(1) == 0 ? "-" : "");
    for (uint32_t i = 0; i < U(1); i++) {
        replay_print("%02x", a->guest->data[U(0) + i]);
    }
    replay_print("\n");
    return true;
}

static uint8_t nibble(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static bool guest_poke(const struct activation *a, const struct operation *op)
{
    size_t size = strlen(op->text) / 2;

    if (!holds(a, U(0), size)) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        a->guest->data[U(0) + i] = (uint8_t)(nibble(op->text[2 * i]) << 4 | nibble(op->text[2 * i + 1]));
    }
    return ok(a, op);
}

static bool guest_fill(const struct activation *a, const struct operation *op)
{
    if (!holds(a, U(0), U(1))) {
        return false;
    }
    for (uint32_t i = 0; i < U(1); i++) {
        a->guest->data[U(0) + i] = (uint8_t)(U(2) + i);
    }
    return ok(a, op);
}

/* --- resources, context, backpressure, tasks --- */

static bool is_mine(const struct activation *a, const struct operation *op)
{
    return &replay.guests[replay.resources[op->object].home] == a->guest;
}

static bool resource_new(const struct activation *a, const struct operation *op)
{
    return is_mine(a, op) && number(a, op, gale_canon_resource_new(INSTANCE, op->object, U(0)));
}

static bool resource_rep(const struct activation *a, const struct operation *op)
{
    return is_mine(a, op) && number(a, op, gale_canon_resource_rep(INSTANCE, op->object, U(0)));
}

static bool resource_drop(const struct activation *a, const struct operation *op)
{
    gale_canon_resource_drop(INSTANCE, op->object, U(0));
    return ok(a, op);
}

static bool context_get(const struct activation *a, const struct operation *op)
{
    return number(a, op, gale_canon_context_get(INSTANCE, U(0) & 1));
}

static bool context_set(const struct activation *a, const struct operation *op)
{
    gale_canon_context_set(INSTANCE, U(0) & 1, U(1));
    return ok(a, op);
}

static bool backpressure_inc(const struct activation *a, const struct operation *op)
{
    gale_canon_backpressure_inc(INSTANCE);
    return ok(a, op);
}

static bool backpressure_dec(const struct activation *a, const struct operation *op)
{
    gale_canon_backpressure_dec(INSTANCE);
    return ok(a, op);
}

static bool task_return(const struct activation *a, const struct operation *op)
{
    union gale_flat value = {0};

    if (op->object != NO_KIND) {
        replay_flat_write(op->object, &value, op->values[0]);
    }
    gale_canon_task_return(INSTANCE, replay_result_type(op->object), op->flag ? &a->guest->utf16 : &a->guest->utf8,
                           &value);
    return ok(a, op);
}

static bool task_cancel(const struct activation *a, const struct operation *op)
{
    gale_canon_task_cancel(INSTANCE);
    return ok(a, op);
}

/* --- waitables --- */

static bool set_new(const struct activation *a, const struct operation *op)
{
    return number(a, op, gale_canon_waitable_set_new(INSTANCE));
}

/* What a wait or poll of a set returns: the code; the two words of the event are in memory, and shown here. */
static bool say_event(const struct activation *a, const struct operation *op, uint32_t code)
{
    uint32_t words[2];

    (void)memcpy(words, a->guest->data + U(1), sizeof(words));
    replay_print("%s %u %s %u %u %u\n", a->who, (unsigned)op->line, operation_kinds[op->code].name, (unsigned)code,
                 (unsigned)words[0], (unsigned)words[1]);
    return true;
}

static bool set_wait(const struct activation *a, const struct operation *op)
{
    return say_event(a, op, gale_canon_waitable_set_wait(INSTANCE, &a->guest->memory, op->flag, U(0), U(1)));
}

static bool set_poll(const struct activation *a, const struct operation *op)
{
    return say_event(a, op, gale_canon_waitable_set_poll(INSTANCE, &a->guest->memory, op->flag, U(0), U(1)));
}

static bool set_drop(const struct activation *a, const struct operation *op)
{
    gale_canon_waitable_set_drop(INSTANCE, U(0));
    return ok(a, op);
}

static bool join(const struct activation *a, const struct operation *op)
{
    gale_canon_waitable_join(INSTANCE, U(0), U(1));
    return ok(a, op);
}

static bool subtask_cancel(const struct activation *a, const struct operation *op)
{
    return number(a, op, gale_canon_subtask_cancel(INSTANCE, op->flag, U(0)));
}

static bool subtask_drop(const struct activation *a, const struct operation *op)
{
    gale_canon_subtask_drop(INSTANCE, U(0));
    return ok(a, op);
}

/* --- streams and futures --- */

static struct gale_copy_options options(const struct activation *a, const struct operation *op, bool async)
{
    return (struct gale_copy_options){op->object == NO_KIND ? NULL : &replay.kinds[op->object].type, &a->guest->utf8,
                                      async};
}

/*
 * The options are static in generated code and may be kept while a copy waits; so they are here, one object for each
 * guest, element type and way.
 */
static const struct gale_copy_options *kept_options(const struct activation *a, const struct operation *op, bool async)
{
    static struct gale_copy_options kept[MAX_INSTANCES][MAX_KINDS + 1][2];
    unsigned kind = op->object == NO_KIND ? MAX_KINDS : op->object;
    struct gale_copy_options *found = &kept[a->guest - replay.guests][kind][async];

    *found = options(a, op, async);
    return found;
}

#define MAKE(name, fn)                                                       \
    static bool name(const struct activation *a, const struct operation *op) \
    {                                                                        \
        return number(a, op, fn(INSTANCE, kept_options(a, op, true)));       \
    }
#define COPY(name, fn)                                                                        \
    static bool name(const struct activation *a, const struct operation *op)                  \
    {                                                                                         \
        return number(a, op, fn(INSTANCE, kept_options(a, op, !op->flag), U(0), U(1), U(2))); \
    }
#define COPY_ONE(name, fn)                                                              \
    static bool name(const struct activation *a, const struct operation *op)            \
    {                                                                                   \
        return number(a, op, fn(INSTANCE, kept_options(a, op, !op->flag), U(0), U(1))); \
    }
#define CANCEL(name, fn)                                                         \
    static bool name(const struct activation *a, const struct operation *op)     \
    {                                                                            \
        return number(a, op, fn(INSTANCE, kept_options(a, op, op->flag), U(0))); \
    }
#define DROP(name, fn)                                                       \
    static bool name(const struct activation *a, const struct operation *op) \
    {                                                                        \
        fn(INSTANCE, kept_options(a, op, true), U(0));                       \
        return ok(a, op);                                                    \
    }

MAKE(stream_new, gale_canon_stream_new)
MAKE(future_new, gale_canon_future_new)
COPY(stream_read, gale_canon_stream_read)
COPY(stream_write, gale_canon_stream_write)
COPY_ONE(future_read, gale_canon_future_read)
COPY_ONE(future_write, gale_canon_future_write)
CANCEL(stream_cancel_read, gale_canon_stream_cancel_read)
CANCEL(stream_cancel_write, gale_canon_stream_cancel_write)
CANCEL(future_cancel_read, gale_canon_future_cancel_read)
CANCEL(future_cancel_write, gale_canon_future_cancel_write)
DROP(stream_drop_readable, gale_canon_stream_drop_readable)
DROP(stream_drop_writable, gale_canon_stream_drop_writable)
DROP(future_drop_readable, gale_canon_future_drop_readable)
DROP(future_drop_writable, gale_canon_future_drop_writable)

/* --- threads --- */

static bool thread_index(const struct activation *a, const struct operation *op)
{
    return number(a, op, gale_canon_thread_index(INSTANCE));
}

static bool thread_new(const struct activation *a, const struct operation *op)
{
    return number(a, op, gale_canon_thread_new_indirect(INSTANCE, replay_run_thread, NULL, U(0)));
}

static bool thread_resume_later(const struct activation *a, const struct operation *op)
{
    gale_canon_thread_resume_later(INSTANCE, U(0));
    return ok(a, op);
}

static bool thread_suspend(const struct activation *a, const struct operation *op)
{
    return number(a, op, gale_canon_thread_suspend(INSTANCE, op->flag));
}

static bool thread_yield(const struct activation *a, const struct operation *op)
{
    return number(a, op, gale_canon_thread_yield(INSTANCE, op->flag));
}

#define SWITCH(name, fn)                                                     \
    static bool name(const struct activation *a, const struct operation *op) \
    {                                                                        \
        return number(a, op, fn(INSTANCE, op->flag, U(0)));                  \
    }

SWITCH(suspend_then_resume, gale_canon_thread_suspend_then_resume)
SWITCH(yield_then_resume, gale_canon_thread_yield_then_resume)
SWITCH(suspend_then_promote, gale_canon_thread_suspend_then_promote)
SWITCH(yield_then_promote, gale_canon_thread_yield_then_promote)

/* --- error contexts --- */

static bool error_new(const struct activation *a, const struct operation *op)
{
    return number(a, op, gale_canon_error_context_new(INSTANCE, &a->guest->utf8, U(0), U(1)));
}

static bool error_message(const struct activation *a, const struct operation *op)
{
    gale_canon_error_context_debug_message(INSTANCE, &a->guest->utf8, U(0), U(1));
    return ok(a, op);
}

static bool error_drop(const struct activation *a, const struct operation *op)
{
    gale_canon_error_context_drop(INSTANCE, U(0));
    return ok(a, op);
}

/*
 * Shapes: u a number, E an element type, R a resource, B a binding and its arguments, K the kind of a result and its
 * values, C a call of the host, X bytes in hexadecimal, W words.
 */
const struct operation_kind operation_kinds[] = {
    {"tick", "", NULL, NULL, replay_host_tick},
    {"call", "B", NULL, guest_call, replay_host_call},
    {"cancel", "C", NULL, NULL, replay_host_cancel},
    {"return", "W", NULL, NULL, NULL},
    {"peek", "uu", NULL, guest_peek, NULL},
    {"poke", "uX", NULL, guest_poke, NULL},
    {"fill", "uuu", NULL, guest_fill, NULL},
    {"resource.new", "Ru", NULL, resource_new, NULL},
    {"resource.drop", "Ru", NULL, resource_drop, NULL},
    {"resource.rep", "Ru", NULL, resource_rep, NULL},
    {"context.get", "u", NULL, context_get, NULL},
    {"context.set", "uu", NULL, context_set, NULL},
    {"backpressure.inc", "", NULL, backpressure_inc, NULL},
    {"backpressure.dec", "", NULL, backpressure_dec, NULL},
    {"task.return", "K", "utf16", task_return, NULL},
    {"task.cancel", "", NULL, task_cancel, NULL},
    {"waitable-set.new", "", NULL, set_new, NULL},
    {"waitable-set.wait", "uu", "cancellable", set_wait, NULL},
    {"waitable-set.poll", "uu", "cancellable", set_poll, NULL},
    {"waitable-set.drop", "u", NULL, set_drop, NULL},
    {"waitable.join", "uu", NULL, join, NULL},
    {"subtask.cancel", "u", "async", subtask_cancel, NULL},
    {"subtask.drop", "u", NULL, subtask_drop, NULL},
    {"stream.new", "E", NULL, stream_new, NULL},
    {"stream.read", "Euuu", "sync", stream_read, NULL},
    {"stream.write", "Euuu", "sync", stream_write, NULL},
    {"stream.cancel-read", "Eu", "async", stream_cancel_read, NULL},
    {"stream.cancel-write", "Eu", "async", stream_cancel_write, NULL},
    {"stream.drop-readable", "Eu", NULL, stream_drop_readable, NULL},
    {"stream.drop-writable", "Eu", NULL, stream_drop_writable, NULL},
    {"future.new", "E", NULL, future_new, NULL},
    {"future.read", "Euu", "sync", future_read, NULL},
    {"future.write", "Euu", "sync", future_write, NULL},
    {"future.cancel-read", "Eu", "async", future_cancel_read, NULL},
    {"future.cancel-write", "Eu", "async", future_cancel_write, NULL},
    {"future.drop-readable", "Eu", NULL, future_drop_readable, NULL},
    {"future.drop-writable", "Eu", NULL, future_drop_writable, NULL},
    {"thread.index", "", NULL, thread_index, NULL},
    {"thread.new-indirect", "u", NULL, thread_new, NULL},
    {"thread.resume-later", "u", NULL, thread_resume_later, NULL},
    {"thread.suspend", "", "cancellable", thread_suspend, NULL},
    {"thread.yield", "", "cancellable", thread_yield, NULL},
    {"thread.suspend-then-resume", "u", "cancellable", suspend_then_resume, NULL},
    {"thread.yield-then-resume", "u", "cancellable", yield_then_resume, NULL},
    {"thread.suspend-then-promote", "u", "cancellable", suspend_then_promote, NULL},
    {"thread.yield-then-promote", "u", "cancellable", yield_then_promote, NULL},
    {"error-context.new", "uu", NULL, error_new, NULL},
    {"error-context.debug-message", "uu", NULL, error_message, NULL},
    {"error-context.drop", "u", NULL, error_drop, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
