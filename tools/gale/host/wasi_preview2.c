/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of WASI 0.2, what the runtimes of languages import for panic messages beside a main program of 0.3: the standard
 * streams, written at once. A representation is the file's descriptor; a pollable is always ready.
 */
#include "wasi.h"

#include "wasi_descriptor.h"

#include <errno.h>
#include <unistd.h>

/* What `check-write` permits; a writer asks again. */
enum { WASI_PREVIEW2_ROOM = 1 << 16 };

static void wasi_preview2_stdin(struct host_call *call)
{
    host_call_return_number(call, STDIN_FILENO);
}

static void wasi_preview2_stdout(struct host_call *call)
{
    host_call_return_number(call, STDOUT_FILENO);
}

static void wasi_preview2_stderr(struct host_call *call)
{
    host_call_return_number(call, STDERR_FILENO);
}

static void wasi_preview2_check_write(struct host_call *call)
{
    struct host_place result = host_call_result(call);
    host_value_store(host_value_case(result, "ok"), WASI_PREVIEW2_ROOM);
    host_call_return(call, result);
}

/* All of it, or the first error. */
static bool wasi_preview2_write_all(int fd, struct host_bytes bytes)
{
    while (bytes.count > 0) {
        ssize_t written = write(fd, bytes.data, bytes.count);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        uint32_t step = written < 0 ? 0 : (uint32_t)written;
        bytes.data += step;
        bytes.count -= step;
    }
    return true;
}

static void wasi_preview2_write(struct host_call *call)
{
    int fd = (int)host_value_load(host_call_param(call, 0));
    bool good = wasi_preview2_write_all(fd, host_value_bytes(host_call_param(call, 1)));
    struct host_place result = host_call_result(call);
    struct host_place error = host_value_case(result, good ? "ok" : "error");
    if (!good) {
        host_value_case(error, "closed");
    }
    host_call_return(call, result);
}

static void wasi_preview2_flush(struct host_call *call)
{
    wasi_descriptor_return(call, 0);
}

static void wasi_preview2_subscribe(struct host_call *call)
{
    host_call_return_number(call, 0);
}

static void wasi_preview2_ready(struct host_call *call)
{
    host_call_return_number(call, 1);
}

static void wasi_preview2_block(struct host_call *call)
{
    host_call_done(call);
}

static void wasi_preview2_drop(uint32_t rep)
{
    (void)rep; /* The process keeps its standard streams. */
}

static const struct host_entry wasi_preview2_entries[] = {
    {"wasi:cli/stdin@0.2", "get-stdin", wasi_preview2_stdin},
    {"wasi:cli/stdout@0.2", "get-stdout", wasi_preview2_stdout},
    {"wasi:cli/stderr@0.2", "get-stderr", wasi_preview2_stderr},
    {"wasi:io/streams@0.2", "[method]output-stream.check-write", wasi_preview2_check_write},
    {"wasi:io/streams@0.2", "[method]output-stream.write", wasi_preview2_write},
    {"wasi:io/streams@0.2", "[method]output-stream.blocking-write-and-flush", wasi_preview2_write},
    {"wasi:io/streams@0.2", "[method]output-stream.flush", wasi_preview2_flush},
    {"wasi:io/streams@0.2", "[method]output-stream.blocking-flush", wasi_preview2_flush},
    {"wasi:io/streams@0.2", "[method]output-stream.subscribe", wasi_preview2_subscribe},
    {"wasi:io/poll@0.2", "[method]pollable.ready", wasi_preview2_ready},
    {"wasi:io/poll@0.2", "[method]pollable.block", wasi_preview2_block},
    {NULL, NULL, NULL}};

static const struct host_dropper wasi_preview2_droppers[] = {
    {"wasi:io/streams@0.2", "input-stream", wasi_preview2_drop},
    {"wasi:io/streams@0.2", "output-stream", wasi_preview2_drop},
    {"wasi:io/poll@0.2", "pollable", wasi_preview2_drop},
    {"wasi:io/error@0.2", "error", wasi_preview2_drop},
    {NULL, NULL, NULL}};

const struct host_module wasi_preview2 = {.entries = wasi_preview2_entries, .droppers = wasi_preview2_droppers};
