/* SPDX-License-Identifier: Apache-2.0 */
#include "stdio.h"

#include <string.h>

#include "describe.h"

#include "gale/component/host_end.h"
#include "gale/component/store.h"

/** A stream of bytes and the future that tells how it ended. */
struct stdio_way {
    struct gale_host_end bytes;
    struct gale_host_end end;
    struct gale_host_end
        *volatile open; /**< `bytes` once it is; for interrupt handlers, which see it half open else. */
    bool ended;
};

static struct stdio_way stdio_in, stdio_out;
static int32_t (*stdio_output)(const uint8_t *bytes, uint32_t count);
static struct gale_value_options stdio_options;

/* ---- ends ---------------------------------------------------------------------------------------------------- */

static int32_t stdio_take(struct gale_host_end *end, const uint8_t *src, uint32_t count)
{
    (void)end;
    return stdio_output(src, count);
}

static void stdio_tell_end(struct stdio_way *way)
{
    way->ended = true;
    gale_host_end_ready(&way->end);
}

static void stdio_out_closed(struct gale_host_end *end)
{
    stdio_tell_end(end->arg);
}

static void stdio_in_closed(struct gale_host_end *end)
{
    gale_host_end_ring_reader.closed(end);
    stdio_tell_end(&stdio_in);
}

/* Always ok: a discriminant of 0, and no payload. */
static int32_t stdio_give_end(struct gale_host_end *end, uint8_t *dst, uint32_t count)
{
    const struct stdio_way *way = end->arg;

    if (!way->ended || count == 0) {
        return 0;
    }
    dst[0] = 0;
    return 1;
}

static struct gale_host_end_ops stdio_in_ops;
static const struct gale_host_end_ops stdio_out_ops = {stdio_take, NULL, stdio_out_closed};
static const struct gale_host_end_ops stdio_end_ops = {NULL, stdio_give_end, NULL};

/* ---- imports ------------------------------------------------------------------------------------------------- */

/** Room for a result in the arena of imports. */
static uint32_t *stdio_result(uint32_t bytes, union gale_flat *flat)
{
    struct gale_arena *arena = gale_program.import_arena;
    const uint32_t at = (arena->used + 7u) & ~7u;

    GALE_ASSERT(at + bytes <= arena->memory.size);
    arena->used = at + bytes;
    flat->i64 = at;
    return (uint32_t *)(void *)(arena->memory.data + at);
}

static void stdio_open_end(struct gale_store *store, struct stdio_way *way, const struct gale_wit_type *future,
                           uint32_t *token)
{
    way->ended = false;
    way->end.ops = &stdio_end_ops;
    way->end.arg = way;
    way->end.options = &stdio_options;
    if (gale_host_end_open(store, &way->end, future->value, true, token) != GALE_OK) {
        gale_port_panic("stdio: no room for a future", 0);
    }
}

/** read-via-stream: func() -> tuple<stream<u8>, future<..>> */
static void stdio_read(const struct gale_wit_import *import, const struct gale_host_call *call)
{
    const struct gale_wit_part *parts = import->func->result->parts;
    union gale_flat flat;
    uint32_t *tokens = stdio_result(8, &flat);

    if (gale_host_end_open(call->store, &stdio_in.bytes, parts[0].type->value, false, &tokens[0]) != GALE_OK) {
        gale_port_panic("stdio: no room for a stream", 0);
    }
    stdio_in.open = &stdio_in.bytes;
    stdio_open_end(call->store, &stdio_in, parts[1].type, &tokens[1]);
    (void)gale_host_call_return(call, &flat);
}

/** write-via-stream: func(data: stream<u8>) -> future<..> */
static void stdio_write(const struct gale_wit_import *import, const struct gale_host_call *call, uint32_t params)
{
    uint32_t token;
    union gale_flat flat;

    memcpy(&token, gale_program.import_arena->memory.data + params, sizeof token);
    stdio_open_end(call->store, &stdio_out, import->func->result, stdio_result(4, &flat));
    if (gale_host_end_attach(call->store, &stdio_out.bytes, token) != GALE_OK) {
        gale_port_panic("stdio: no room for a stream", 0);
    }
    stdio_out.open = &stdio_out.bytes;
    (void)gale_host_call_return(call, &flat);
}

void gale_host_start(void *arg, const struct gale_host_call *call, const union gale_flat *params)
{
    const struct gale_wit_import *import = arg;

    if (strcmp(import->func->name, "read-via-stream") == 0) {
        stdio_read(import, call);
    } else if (strcmp(import->func->name, "write-via-stream") == 0) {
        stdio_write(import, call, params[0].i32);
    } else {
        gale_port_panic(import->func->name, 0);
    }
}

void gale_host_cancel(void *arg, const struct gale_host_call *call)
{
    (void)arg;
    (void)call;
}

void gale_host_drop(void *resource, uint32_t representation)
{
    (void)resource;
    (void)representation;
}

/* ---- the program --------------------------------------------------------------------------------------------- */

static const struct gale_wit_export *stdio_find_run(void)
{
    for (uint32_t i = 0; i < gale_program.export_count; i++) {
        if (strcmp(gale_program.exports[i].func->name, "run") == 0) {
            return &gale_program.exports[i];
        }
    }
    return NULL;
}

static void stdio_prepare(struct gale_typed_ring_buf_reader *input,
                          int32_t (*output)(const uint8_t *bytes, uint32_t count))
{
    stdio_options = (struct gale_value_options){&gale_program.import_arena->memory, NULL, GALE_ENCODING_UTF8};
    stdio_in_ops = gale_host_end_ring_reader;
    stdio_in_ops.closed = stdio_in_closed;
    stdio_in.open = NULL;
    stdio_out.open = NULL;
    stdio_in = (struct stdio_way){.bytes = {.ops = &stdio_in_ops, .arg = input}};
    stdio_out = (struct stdio_way){.bytes = {.ops = &stdio_out_ops, .arg = &stdio_out}};
    stdio_output = output;
}

/** Goes on until nobody has anything to do, trapped instances aside; GALE_ETRAP if `task` was of one of them. */
static int stdio_finish(const struct gale_host_task *task, int status)
{
    do {
        status = status == GALE_OK || status == GALE_ETRAP ? gale_store_run(gale_program.store, GALE_FOREVER) : status;
    } while (status == GALE_ETRAP);
    return status == GALE_OK && task->state != GALE_SUBTASK_RETURNED ? GALE_ETRAP : status;
}

int stdio_run(struct gale_typed_ring_buf_reader *input, int32_t (*output)(const uint8_t *bytes, uint32_t count),
              bool *failed)
{
    const struct gale_wit_export *run = stdio_find_run();
    struct gale_host_task task = {0};
    const union gale_flat args[1] = {{.i64 = 0}};
    int status;

    stdio_prepare(input, output);
    status = run == NULL ? GALE_ENOENT : gale_program.start();
    if (status != GALE_OK) {
        return status;
    }
    status = gale_store_invoke(gale_program.store, run->binding, args, NULL, &task);
    status = stdio_finish(&task, status);
    *failed = gale_program.call_arena->memory.data[0] != 0;
    return status;
}

static void stdio_changed(const struct stdio_way *way)
{
    struct gale_host_end *end = way->open;

    if (end != NULL) {
        gale_host_end_ready(end);
    }
}

void stdio_input_changed(void)
{
    stdio_changed(&stdio_in);
}

void stdio_output_changed(void)
{
    stdio_changed(&stdio_out);
}
