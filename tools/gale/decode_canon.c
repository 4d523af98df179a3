/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical functions: each opcode's immediates, and the options. */
#include "decode.h"

static const char *const decode_canon_names[CANON_OP_COUNT] = {
    [CANON_LIFT] = "lift",
    [CANON_LOWER] = "lower",
    [CANON_RESOURCE_NEW] = "resource.new",
    [CANON_RESOURCE_DROP] = "resource.drop",
    [CANON_RESOURCE_REP] = "resource.rep",
    [CANON_TASK_CANCEL] = "task.cancel",
    [CANON_SUBTASK_CANCEL] = "subtask.cancel",
    [CANON_TASK_RETURN] = "task.return",
    [CANON_CONTEXT_GET] = "context.get",
    [CANON_CONTEXT_SET] = "context.set",
    [CANON_THREAD_YIELD] = "thread.yield",
    [CANON_SUBTASK_DROP] = "subtask.drop",
    [CANON_STREAM_NEW] = "stream.new",
    [CANON_STREAM_READ] = "stream.read",
    [CANON_STREAM_WRITE] = "stream.write",
    [CANON_STREAM_CANCEL_READ] = "stream.cancel-read",
    [CANON_STREAM_CANCEL_WRITE] = "stream.cancel-write",
    [CANON_STREAM_DROP_READABLE] = "stream.drop-readable",
    [CANON_STREAM_DROP_WRITABLE] = "stream.drop-writable",
    [CANON_FUTURE_NEW] = "future.new",
    [CANON_FUTURE_READ] = "future.read",
    [CANON_FUTURE_WRITE] = "future.write",
    [CANON_FUTURE_CANCEL_READ] = "future.cancel-read",
    [CANON_FUTURE_CANCEL_WRITE] = "future.cancel-write",
    [CANON_FUTURE_DROP_READABLE] = "future.drop-readable",
    [CANON_FUTURE_DROP_WRITABLE] = "future.drop-writable",
    [CANON_ERROR_CONTEXT_NEW] = "error-context.new",
    [CANON_ERROR_CONTEXT_DEBUG_MESSAGE] = "error-context.debug-message",
    [CANON_ERROR_CONTEXT_DROP] = "error-context.drop",
    [CANON_WAITABLE_SET_NEW] = "waitable-set.new",
    [CANON_WAITABLE_SET_WAIT] = "waitable-set.wait",
    [CANON_WAITABLE_SET_POLL] = "waitable-set.poll",
    [CANON_WAITABLE_SET_DROP] = "waitable-set.drop",
    [CANON_WAITABLE_JOIN] = "waitable.join",
    [CANON_BACKPRESSURE_INC] = "backpressure.inc",
    [CANON_BACKPRESSURE_DEC] = "backpressure.dec",
    [CANON_THREAD_INDEX] = "thread.index",
    [CANON_THREAD_NEW_INDIRECT] = "thread.new-indirect",
    [CANON_THREAD_RESUME_LATER] = "thread.resume-later",
    [CANON_THREAD_SUSPEND] = "thread.suspend",
    [CANON_THREAD_SUSPEND_THEN_RESUME] = "thread.suspend-then-resume",
    [CANON_THREAD_YIELD_THEN_RESUME] = "thread.yield-then-resume",
    [CANON_THREAD_SUSPEND_THEN_PROMOTE] = "thread.suspend-then-promote",
    [CANON_THREAD_YIELD_THEN_PROMOTE] = "thread.yield-then-promote",
};

const char *canon_op_name(enum canon_op op)
{
    return (unsigned)op < CANON_OP_COUNT ? decode_canon_names[op] : NULL;
}

/** An option that may be given once: its index operand. */
static uint32_t decode_option(struct reader *r, bool *given, const char *name)
{
    if (*given) {
        reader_fail(r, r->at - 1, "option %s is given twice", name);
    }
    *given = true;
    return reader_u32(r);
}

static void decode_option_flag(struct reader *r, bool *given, const char *name)
{
    if (*given) {
        reader_fail(r, r->at - 1, "option %s is given twice", name);
    }
    *given = true;
}

static void decode_options(struct reader *r, struct canon_options *options)
{
    for (uint32_t n = reader_count(r); n > 0; n--) {
        uint8_t byte = reader_u8(r);
        switch (byte) {
        case 0x00:
        case 0x01:
        case 0x02:
            decode_option_flag(r, &options->has_encoding, "string-encoding");
            options->encoding = byte;
            break;
        case 0x03:
            options->memory = decode_option(r, &options->has_memory, "memory");
            break;
        case 0x04:
            options->realloc = decode_option(r, &options->has_realloc, "realloc");
            break;
        case 0x05:
            options->post_return = decode_option(r, &options->has_post_return, "post-return");
            break;
        case 0x06:
            decode_option_flag(r, &options->async, "async");
            break;
        case 0x07:
            options->callback = decode_option(r, &options->has_callback, "callback");
            break;
        default:
            reader_fail(r, r->at - 1, "unknown option 0x%02x", byte);
        }
    }
}

static void decode_lift_lower(struct reader *r, struct canon *canon)
{
    if (reader_u8(r) != 0) {
        reader_fail(r, r->at - 1, "0x%02x where the sort of functions (0x00) is wanted", r->bytes[r->at - 1]);
    }
    canon->index = reader_u32(r);
    decode_options(r, &canon->options);
    if (canon->op == CANON_LIFT) {
        canon->type = reader_u32(r);
    }
}

static void decode_canon_refuse(struct reader *r, uint8_t op)
{
    static const char *const shared[] = {"thread.spawn-ref", "thread.spawn-indirect", "thread.available-parallelism"};
    if (op >= 0x40 && op <= 0x42) {
        reader_unsupported(r, r->at - 1, "%s (shared-everything threads) is not supported", shared[op - 0x40]);
    }
    reader_fail(r, r->at - 1, "unknown canonical function 0x%02x", op);
}

/** What follows an opcode, in this order as far as it is there. */
enum decode_immediate {
    WITH_TYPE = 1,        /**< The index of a type. */
    WITH_OPTIONS = 2,     /**< Options. */
    WITH_ASYNC = 4,       /**< async or not. */
    WITH_CANCELLABLE = 8, /**< cancellable or not. */
    WITH_INDEX = 16,      /**< The index of a core type or core memory. */
    WITH_SLOT = 32,       /**< A slot or the index of a core table. */
};

static const uint8_t decode_immediates[CANON_OP_COUNT] = {
    [CANON_RESOURCE_NEW] = WITH_TYPE,
    [CANON_RESOURCE_DROP] = WITH_TYPE,
    [CANON_RESOURCE_REP] = WITH_TYPE,
    [CANON_SUBTASK_CANCEL] = WITH_ASYNC,
    [CANON_STREAM_NEW] = WITH_TYPE,
    [CANON_STREAM_READ] = WITH_TYPE | WITH_OPTIONS,
    [CANON_STREAM_WRITE] = WITH_TYPE | WITH_OPTIONS,
    [CANON_STREAM_CANCEL_READ] = WITH_TYPE | WITH_ASYNC,
    [CANON_STREAM_CANCEL_WRITE] = WITH_TYPE | WITH_ASYNC,
    [CANON_STREAM_DROP_READABLE] = WITH_TYPE,
    [CANON_STREAM_DROP_WRITABLE] = WITH_TYPE,
    [CANON_FUTURE_NEW] = WITH_TYPE,
    [CANON_FUTURE_READ] = WITH_TYPE | WITH_OPTIONS,
    [CANON_FUTURE_WRITE] = WITH_TYPE | WITH_OPTIONS,
    [CANON_FUTURE_CANCEL_READ] = WITH_TYPE | WITH_ASYNC,
    [CANON_FUTURE_CANCEL_WRITE] = WITH_TYPE | WITH_ASYNC,
    [CANON_FUTURE_DROP_READABLE] = WITH_TYPE,
    [CANON_FUTURE_DROP_WRITABLE] = WITH_TYPE,
    [CANON_ERROR_CONTEXT_NEW] = WITH_OPTIONS,
    [CANON_ERROR_CONTEXT_DEBUG_MESSAGE] = WITH_OPTIONS,
    [CANON_WAITABLE_SET_WAIT] = WITH_CANCELLABLE | WITH_INDEX,
    [CANON_WAITABLE_SET_POLL] = WITH_CANCELLABLE | WITH_INDEX,
    [CANON_THREAD_NEW_INDIRECT] = WITH_INDEX | WITH_SLOT,
    [CANON_THREAD_YIELD] = WITH_CANCELLABLE,
    [CANON_THREAD_SUSPEND] = WITH_CANCELLABLE,
    [CANON_THREAD_SUSPEND_THEN_RESUME] = WITH_CANCELLABLE,
    [CANON_THREAD_YIELD_THEN_RESUME] = WITH_CANCELLABLE,
    [CANON_THREAD_SUSPEND_THEN_PROMOTE] = WITH_CANCELLABLE,
    [CANON_THREAD_YIELD_THEN_PROMOTE] = WITH_CANCELLABLE,
};

static void decode_canon_immediates(struct reader *r, struct canon *canon)
{
    unsigned with = decode_immediates[canon->op];
    if ((with & WITH_TYPE) != 0) {
        canon->type = reader_u32(r);
    }
    if ((with & WITH_OPTIONS) != 0) {
        decode_options(r, &canon->options);
    }
    canon->async = (with & WITH_ASYNC) != 0 && reader_flag(r);
    canon->cancellable = (with & WITH_CANCELLABLE) != 0 && reader_flag(r);
    if ((with & WITH_INDEX) != 0) {
        canon->index = reader_u32(r);
    }
    if ((with & WITH_SLOT) != 0) {
        canon->slot = reader_u32(r);
    }
}

void decode_canon(struct reader *r, struct canon *canon)
{
    uint8_t op = reader_u8(r);
    if (canon_op_name((enum canon_op)op) == NULL) {
        decode_canon_refuse(r, op);
    }
    canon->op = (enum canon_op)op;
    switch (canon->op) {
    case CANON_LIFT:
    case CANON_LOWER:
        decode_lift_lower(r, canon);
        break;
    case CANON_TASK_RETURN:
        canon->result = decode_result_list(r);
        decode_options(r, &canon->options);
        break;
    case CANON_CONTEXT_GET:
    case CANON_CONTEXT_SET:
        canon->value = reader_u8(r);
        canon->slot = reader_u32(r);
        break;
    default:
        decode_canon_immediates(r, canon);
        break;
    }
}
