/* SPDX-License-Identifier: Apache-2.0 */
#include "wasi_stream.h"

#include "program.h"
#include "wasi_error.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* --- its end --- */

static void wasi_stream_closed(struct gale_host_end *end)
{
    struct wasi_stream *s = end->arg;
    if (s->waiting) {
        host_loop_unwatch(&s->watch);
        s->waiting = false;
    }
    if (--s->open > 0) {
        return;
    }
    if (s->directory != NULL) {
        closedir(s->directory);
    } else if (s->mode != WASI_STREAM_SHARED && s->fd >= 0) {
        close(s->fd);
    }
    free(s);
}

/* The future may tell now how it went. */
static int32_t wasi_stream_end(struct wasi_stream *s, int error)
{
    if (!s->ended) {
        s->ended = true;
        s->error = error;
        gale_host_end_ready(&s->result);
    }
    return GALE_HOST_END_DONE;
}

/* The component is done with its end of the bytes. */
static void wasi_stream_bytes_closed(struct gale_host_end *end)
{
    struct wasi_stream *s = end->arg;
    wasi_stream_end(s, 0);
    wasi_stream_closed(end);
}

static struct host_place wasi_stream_place(const struct gale_wit_type *type, const uint8_t *at)
{
    return (struct host_place){.arena = gale_program.import_arena,
                               .type = type,
                               .address = (uint32_t)(at - gale_program.import_arena->memory.data)};
}

static int32_t wasi_stream_give_result(struct gale_host_end *end, uint8_t *dst, uint32_t count)
{
    const struct wasi_stream *s = end->arg;
    if (!s->ended || count == 0) {
        return 0;
    }
    struct host_place result = wasi_stream_place(s->result_type, dst);
    if (s->error == 0) {
        host_value_case(result, "ok");
    } else {
        wasi_error_store(result, s->error);
    }
    return 1;
}

/* --- its bytes --- */

static void wasi_stream_ready(struct host_watch *watch)
{
    struct wasi_stream *s = (struct wasi_stream *)(void *)((char *)watch - offsetof(struct wasi_stream, watch));
    s->waiting = false;
    gale_host_end_ready(&s->end);
}

static void wasi_stream_wait(struct wasi_stream *s, short events)
{
    if (!s->waiting) {
        s->watch = (struct host_watch){.fd = s->fd, .events = events, .ready = wasi_stream_ready};
        s->waiting = true;
        host_loop_watch(&s->watch);
    }
}

/* True when `fd` is ready for `events`; if not, the loop tells when it is. */
static bool wasi_stream_is_ready(struct wasi_stream *s, short events)
{
    struct pollfd file = {.fd = s->fd, .events = events};
    if (s->way != WASI_STREAM_POLL || poll(&file, 1, 0) != 0) {
        return true;
    }
    wasi_stream_wait(s, events);
    return false;
}

/* The file's own position is -1 for the system. */
static ssize_t wasi_stream_system(struct wasi_stream *s, struct iovec *part, short events)
{
    off_t at = s->mode == WASI_STREAM_POSITIONED ? (off_t)s->offset : -1;
    int flags = s->way == WASI_STREAM_NOWAIT ? RWF_NOWAIT : 0;
    return events == POLLIN ? preadv2(s->fd, part, 1, at, flags) : pwritev2(s->fd, part, 1, at, flags);
}

/*
 * Read or write without ever waiting in the system. Files never make anyone wait; a pipe or terminal is asked not to,
 * and one that cannot be asked is looked at before.
 */
static ssize_t wasi_stream_move(struct wasi_stream *s, void *bytes, uint32_t count, short events)
{
    struct iovec part = {.iov_base = bytes, .iov_len = count};
    ssize_t moved = wasi_stream_system(s, &part, events);
    if (moved < 0 && (errno == EOPNOTSUPP || errno == ENOSYS) && s->way == WASI_STREAM_NOWAIT) {
        s->way = WASI_STREAM_POLL;
        return wasi_stream_is_ready(s, events) ? wasi_stream_system(s, &part, events) : (errno = EAGAIN, -1);
    }
    if (moved < 0 && errno == EAGAIN) {
        wasi_stream_wait(s, events);
        errno = EAGAIN;
    }
    return moved;
}

static int32_t wasi_stream_moved(struct wasi_stream *s, ssize_t moved)
{
    if (moved < 0) {
        return errno == EINTR || errno == EAGAIN ? 0 : wasi_stream_end(s, errno);
    }
    s->offset += (uint64_t)moved;
    return (int32_t)moved;
}

static int32_t wasi_stream_take(struct gale_host_end *end, const uint8_t *src, uint32_t count)
{
    struct wasi_stream *s = end->arg;
    if (s->ended) {
        return GALE_HOST_END_DONE;
    }
    if (count == 0 || !wasi_stream_is_ready(s, POLLOUT)) {
        return 0;
    }
    ssize_t moved =
        s->mode == WASI_STREAM_POSITIONED ? pwrite(s->fd, src, count, (off_t)s->offset) : write(s->fd, src, count);
    return wasi_stream_moved(s, moved);
}

static int32_t wasi_stream_give(struct gale_host_end *end, uint8_t *dst, uint32_t count)
{
    struct wasi_stream *s = end->arg;
    if (s->ended) {
        return GALE_HOST_END_DONE;
    }
    if (count == 0 || !wasi_stream_is_ready(s, POLLIN)) {
        return 0;
    }
    ssize_t moved = wasi_stream_move(s, dst, count, POLLIN);
    return moved == 0 ? wasi_stream_end(s, 0) : wasi_stream_moved(s, moved);
}

static int32_t wasi_stream_give_entries(struct gale_host_end *end, uint8_t *dst, uint32_t count)
{
    struct wasi_stream *s = end->arg;
    uint32_t given = 0;
    int more = s->ended ? 0 : 1;
    while (more > 0 && given < count) {
        more = wasi_stream_entry(s->directory, wasi_stream_place(s->element, dst + given * s->element->size));
        given += more > 0;
    }
    if (given == 0 && count > 0) {
        return wasi_stream_end(s, -more);
    }
    return (int32_t)given;
}

static const struct gale_host_end_ops wasi_stream_result_ops = {.give = wasi_stream_give_result,
                                                                .closed = wasi_stream_closed};
static const struct gale_host_end_ops wasi_stream_take_ops = {.take = wasi_stream_take,
                                                              .closed = wasi_stream_bytes_closed};
static const struct gale_host_end_ops wasi_stream_give_ops = {.give = wasi_stream_give,
                                                              .closed = wasi_stream_bytes_closed};
static const struct gale_host_end_ops wasi_stream_entry_ops = {.give = wasi_stream_give_entries,
                                                               .closed = wasi_stream_bytes_closed};

/* --- its beginning --- */

static void wasi_stream_fatal(const char *what, int status)
{
    fprintf(stderr, "gale: %s: %s\n", what, gale_status_text(status));
    host_program_exit(EXIT_FAILURE);
}

static struct wasi_stream *wasi_stream_new(const struct gale_host_end_ops *ops, int fd, enum wasi_stream_mode mode,
                                           uint64_t offset)
{
    struct wasi_stream *s = calloc(1, sizeof *s);
    if (s == NULL) {
        wasi_stream_fatal("a stream of the component", GALE_ENOMEM);
        return NULL;
    }
    s->end = (struct gale_host_end){.ops = ops, .arg = s, .options = &host_end_options};
    s->result = (struct gale_host_end){.ops = &wasi_stream_result_ops, .arg = s, .options = &host_end_options};
    s->fd = fd;
    s->mode = (uint8_t)mode;
    s->offset = offset;
    s->open = 2;
    struct stat stat;
    bool file = fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode);
    s->way = file ? WASI_STREAM_DIRECT : WASI_STREAM_NOWAIT;
    return s;
}

static uint32_t wasi_stream_open(const struct host_call *call, struct gale_host_end *end,
                                 const struct gale_wit_type *type)
{
    uint32_t token = 0;
    int status = gale_host_end_open(call->call.store, end, type->value, type->kind == GALE_WIT_FUTURE, &token);
    if (status != GALE_OK) {
        wasi_stream_fatal("a stream of the component", status);
    }
    return token;
}

static void wasi_stream_start_write(const struct host_call *call, struct wasi_stream *s, uint32_t token)
{
    struct host_place result = host_call_result(call);
    s->result_type = result.type->element;
    int status = gale_host_end_attach(call->call.store, &s->end, token);
    if (status != GALE_OK) {
        wasi_stream_fatal("a stream of the component", status);
    }
    host_value_store(result, wasi_stream_open(call, &s->result, result.type));
    host_call_return(call, result);
}

/* The result is the tuple of stream and future. */
static void wasi_stream_start_read(const struct host_call *call, struct wasi_stream *s)
{
    struct host_place result = host_call_result(call);
    struct host_place stream = host_value_field(result, 0);
    struct host_place future = host_value_field(result, 1);
    s->element = stream.type->element;
    s->result_type = future.type->element;
    host_value_store(stream, wasi_stream_open(call, &s->end, stream.type));
    host_value_store(future, wasi_stream_open(call, &s->result, future.type));
    host_call_return(call, result);
}

void wasi_stream_write(const struct host_call *call, uint32_t token, int fd, enum wasi_stream_mode mode,
                       uint64_t offset)
{
    wasi_stream_start_write(call, wasi_stream_new(&wasi_stream_take_ops, fd, mode, offset), token);
}

void wasi_stream_read(const struct host_call *call, int fd, enum wasi_stream_mode mode, uint64_t offset)
{
    wasi_stream_start_read(call, wasi_stream_new(&wasi_stream_give_ops, fd, mode, offset));
}

void wasi_stream_read_directory(const struct host_call *call, int fd)
{
    DIR *directory = fdopendir(fd);
    if (directory == NULL) {
        close(fd);
        wasi_stream_fail(call, errno);
        return;
    }
    struct wasi_stream *s = wasi_stream_new(&wasi_stream_entry_ops, fd, WASI_STREAM_POSITIONED, 0);
    s->directory = directory;
    wasi_stream_start_read(call, s);
}

void wasi_stream_fail(const struct host_call *call, int error)
{
    struct wasi_stream *s = wasi_stream_new(&wasi_stream_give_ops, -1, WASI_STREAM_SHARED, 0);
    s->ended = true;
    s->error = error;
    wasi_stream_start_read(call, s);
}

void wasi_stream_refuse(const struct host_call *call, uint32_t token, int error)
{
    struct wasi_stream *s = wasi_stream_new(&wasi_stream_take_ops, -1, WASI_STREAM_SHARED, 0);
    s->ended = true;
    s->error = error;
    wasi_stream_start_write(call, s, token);
}
