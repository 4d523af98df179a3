/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Files as streams of bytes, each with the future that tells how it ended.
 *
 * Bytes go between the file and the component's memory directly. A stream that is not ready is waited for in the loop.
 * Source: wasi:cli/stdin and stdout, wasi:filesystem/types@0.3.0, the functions `*-via-stream` and `read-directory`.
 */
#ifndef GALE_HOST_WASI_STREAM_H
#define GALE_HOST_WASI_STREAM_H

#include "gale/component/host_end.h"
#include "host_loop.h"
#include "host_serve.h"
#include "host_value.h"

/** How bytes come and go. */
enum wasi_stream_mode {
    WASI_STREAM_SHARED,     /**< At the file's own position; the descriptor is not the stream's to close. */
    WASI_STREAM_POSITIONED, /**< At the stream's own position; the descriptor is closed with the stream. */
    WASI_STREAM_APPEND      /**< At the end; the descriptor is closed with the stream. */
};

/** How a stream keeps from waiting in the system. */
enum wasi_stream_way {
    WASI_STREAM_DIRECT, /**< A file: nobody waits for it. */
    WASI_STREAM_NOWAIT, /**< The system is asked not to wait. */
    WASI_STREAM_POLL    /**< It cannot be asked: it is looked at before. */
};

/** One open stream. */
struct wasi_stream {
    struct gale_host_end end;    /**< Of the bytes. */
    struct gale_host_end result; /**< Of the future. */
    struct host_watch watch;
    const struct gale_wit_type *result_type; /**< result<_, error-code>. */
    const struct gale_wit_type *element;     /**< Of a stream that is not of bytes. */
    void *directory;                         /**< A DIR, of read-directory. */
    uint64_t offset;
    int fd;
    int error;    /**< Of errno; 0: it ended well. */
    uint8_t open; /**< How many of the two ends are. */
    uint8_t mode; /**< enum wasi_stream_mode. */
    uint8_t way;  /**< enum wasi_stream_way. */
    bool ended;   /**< `error` is final. */
    bool waiting; /**< In the loop. */
};

/** The stream parameter `token` of `call` goes to `fd`; the call is answered with the future. */
void wasi_stream_write(const struct host_call *call, uint32_t token, int fd, enum wasi_stream_mode mode,
                       uint64_t offset);

/** The call is answered with a stream of what is read from `fd`, and the future. */
void wasi_stream_read(const struct host_call *call, int fd, enum wasi_stream_mode mode, uint64_t offset);

/** The call is answered with a stream of the entries of the directory `fd`, which the stream closes, and the future. */
void wasi_stream_read_directory(const struct host_call *call, int fd);

/** A stream that fails at once with `error`, in the place of one that was asked for by `call`. */
void wasi_stream_fail(const struct host_call *call, int error);

/** As wasi_stream_fail(), for a stream that the component passed. */
void wasi_stream_refuse(const struct host_call *call, uint32_t token, int error);

/** Fill a directory entry at `place` from the directory; 1, 0 at the end, or -errno. Of the filesystem's part. */
int wasi_stream_entry(void *directory, struct host_place place);

#endif /* GALE_HOST_WASI_STREAM_H */
