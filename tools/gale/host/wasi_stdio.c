/* SPDX-License-Identifier: Apache-2.0 */
/* wasi:cli/stdin, stdout, stderr of 0.3: streams of the process's own files. */
#include "wasi.h"

#include "wasi_stream.h"

#include <unistd.h>

static void wasi_stdio_read(struct host_call *call)
{
    wasi_stream_read(call, STDIN_FILENO, WASI_STREAM_SHARED, 0);
}

static void wasi_stdio_write(struct host_call *call, int fd)
{
    uint32_t token = (uint32_t)host_value_load(host_call_param(call, 0));
    wasi_stream_write(call, token, fd, WASI_STREAM_SHARED, 0);
}

static void wasi_stdio_write_stdout(struct host_call *call)
{
    wasi_stdio_write(call, STDOUT_FILENO);
}

static void wasi_stdio_write_stderr(struct host_call *call)
{
    wasi_stdio_write(call, STDERR_FILENO);
}

static const struct host_entry wasi_stdio_entries[] = {
    {"wasi:cli/stdin@0.3", "read-via-stream", wasi_stdio_read},
    {"wasi:cli/stdout@0.3", "write-via-stream", wasi_stdio_write_stdout},
    {"wasi:cli/stderr@0.3", "write-via-stream", wasi_stdio_write_stderr},
    {NULL, NULL, NULL}};

const struct host_module wasi_stdio = {.entries = wasi_stdio_entries};
