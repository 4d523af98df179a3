/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Standard input and output of a WASI 0.3 command, and its way to return.
 */
#ifndef GUEST_STDIO_H
#define GUEST_STDIO_H

#include "guest.h"

IMPORT("wasi:cli/stdin@0.3.0", "read-via-stream") void stdin_open(uint32_t ends[2]);
DEFINE_STREAM(stdin, "wasi:cli/stdin@0.3.0", "0", "read-via-stream");
DEFINE_FUTURE(stdin, "wasi:cli/stdin@0.3.0", "1", "read-via-stream");

IMPORT("wasi:cli/stdout@0.3.0", "write-via-stream") uint32_t stdout_open(uint32_t readable);
DEFINE_STREAM(stdout, "wasi:cli/stdout@0.3.0", "0", "write-via-stream");
DEFINE_FUTURE(stdout, "wasi:cli/stdout@0.3.0", "1", "write-via-stream");
DEFINE_WRITE_ALL(stdout, 1)

IMPORT("[export]wasi:cli/run@0.3.0", "[task-return]run") void run_return(uint32_t failed);

/** Standard output while it is written: its writable end, and the future that tells how it ended. */
struct output {
    uint32_t end;
    uint32_t done;
};

static inline struct output output_open(void)
{
    uint64_t ends = stream_new_stdout();
    return (struct output){.done = stdout_open(READABLE(ends)), .end = WRITABLE(ends)};
}

/** Close the output. @return false when not everything could be written. */
static inline bool output_close(struct output output)
{
    uint8_t result[2] = {0, 0};
    stream_drop_writable_stdout(output.end);
    guest_wait(output.done, future_read_stdout(output.done, result));
    future_drop_readable_stdout(output.done);
    return result[0] == 0;
}

/** What a command does: reads `in` and drops it, writes `out`. @return false when it failed. */
bool command(uint32_t in, uint32_t out);

/* The one export: run. It waits inside, so its callback is never called. */
EXPORT("[async-lift]wasi:cli/run@0.3.0#run") uint32_t run(void)
{
    uint32_t in[2];
    stdin_open(in);
    struct output out = output_open();
    bool good = command(in[0], out.end);
    future_drop_readable_stdin(in[1]);
    good = output_close(out) && good;
    run_return(!good);
    return GUEST_EXIT;
}

EXPORT("[callback][async-lift]wasi:cli/run@0.3.0#run") uint32_t run_callback(uint32_t event, uint32_t p1, uint32_t p2)
{
    (void)event;
    (void)p1;
    (void)p2;
    return GUEST_EXIT;
}

#endif /* GUEST_STDIO_H */
