/* SPDX-License-Identifier: Apache-2.0 */
/* wasi:filesystem: the table of descriptors, the preopened directories, and files as streams. */
#include "wasi.h"

#include "program.h"
#include "wasi_descriptor.h"
#include "wasi_error.h"
#include "wasi_stat.h"
#include "wasi_stream.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- descriptors --- */

const char *const wasi_descriptor_labels[WASI_DESCRIPTOR_RIGHTS] = {
    "read", "write", "mutate-directory", "file-integrity-sync", "data-integrity-sync", "requested-write-sync"};

static struct wasi_descriptor *wasi_descriptors;
static uint32_t wasi_descriptor_count;

/* A free representation, -1 if memory is out. */
static int64_t wasi_filesystem_free_rep(void)
{
    for (uint32_t k = 0; k < wasi_descriptor_count; k++) {
        if (wasi_descriptors[k].fd < 0) {
            return k;
        }
    }
    struct wasi_descriptor *grown = realloc(wasi_descriptors, (wasi_descriptor_count + 1) * sizeof *wasi_descriptors);
    if (grown == NULL) {
        return -1;
    }
    wasi_descriptors = grown;
    return wasi_descriptor_count++;
}

int64_t wasi_descriptor_add(int fd, uint32_t rights)
{
    int64_t rep = wasi_filesystem_free_rep();
    if (rep < 0) {
        close(fd);
        return -ENOMEM;
    }
    wasi_descriptors[rep] = (struct wasi_descriptor){.fd = fd, .rights = rights};
    return rep;
}

const struct wasi_descriptor *wasi_descriptor_param(const struct host_call *call, uint32_t index)
{
    return &wasi_descriptors[host_value_load(host_call_param(call, index))];
}

struct wasi_path wasi_descriptor_path(const struct host_call *call, uint32_t index)
{
    struct host_bytes bytes = host_value_bytes(host_call_param(call, index));
    return (struct wasi_path){.text = bytes.data, .bytes = bytes.count};
}

void wasi_descriptor_drop(uint32_t rep)
{
    close(wasi_descriptors[rep].fd);
    wasi_descriptors[rep].fd = -1;
}

void wasi_descriptor_return(const struct host_call *call, int status)
{
    struct host_place result = host_call_result(call);
    if (status < 0) {
        wasi_error_store(result, -status);
    } else {
        host_value_case(result, "ok");
    }
    host_call_return(call, result);
}

/* --- preopens --- */

static void wasi_filesystem_get_directories(struct host_call *call)
{
    const uint32_t all = WASI_DESCRIPTOR_READ | WASI_DESCRIPTOR_MUTATE;
    struct host_place result = host_call_result(call);
    struct host_place first = host_value_list(result, host_program.preopen_count);
    for (uint32_t k = 0; k < host_program.preopen_count; k++) {
        struct host_place pair = host_value_item(first, k);
        const struct host_preopen *preopen = &host_program.preopens[k];
        int64_t rep = wasi_descriptor_add(fcntl(preopen->fd, F_DUPFD_CLOEXEC, 3), all);
        host_value_store(host_value_field(pair, 0), (uint64_t)rep);
        host_value_store_bytes(host_value_field(pair, 1), preopen->guest, strlen(preopen->guest));
    }
    host_call_return(call, result);
}

/* --- streams --- */

/* A copy that the stream may close; an error negated if the descriptor has not the right, or no file such an offset. */
static int wasi_filesystem_copy(const struct wasi_descriptor *d, uint32_t right, uint64_t offset)
{
    if ((d->rights & right) == 0 || offset > INT64_MAX) {
        return offset > INT64_MAX ? -EINVAL : -EBADF;
    }
    int fd = fcntl(d->fd, F_DUPFD_CLOEXEC, 3);
    return fd < 0 ? -errno : fd;
}

static void wasi_filesystem_read(struct host_call *call)
{
    uint64_t offset = host_value_load(host_call_param(call, 1));
    int fd = wasi_filesystem_copy(wasi_descriptor_param(call, 0), WASI_DESCRIPTOR_READ, offset);
    if (fd < 0) {
        wasi_stream_fail(call, -fd);
    } else {
        wasi_stream_read(call, fd, WASI_STREAM_POSITIONED, offset);
    }
}

static void wasi_filesystem_write(struct host_call *call)
{
    uint32_t token = (uint32_t)host_value_load(host_call_param(call, 1));
    uint64_t offset = host_value_load(host_call_param(call, 2));
    int fd = wasi_filesystem_copy(wasi_descriptor_param(call, 0), WASI_DESCRIPTOR_WRITE, offset);
    if (fd < 0) {
        wasi_stream_refuse(call, token, -fd);
    } else {
        wasi_stream_write(call, token, fd, WASI_STREAM_POSITIONED, offset);
    }
}

/* A file of its own: whether writes append belongs to the open file, not to the descriptor. */
static void wasi_filesystem_append(struct host_call *call)
{
    const struct wasi_descriptor *d = wasi_descriptor_param(call, 0);
    uint32_t token = (uint32_t)host_value_load(host_call_param(call, 1));
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", d->fd);
    int fd = (d->rights & WASI_DESCRIPTOR_WRITE) == 0 ? -EBADF : open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0) {
        wasi_stream_refuse(call, token, fd == -1 ? errno : -fd);
    } else {
        wasi_stream_write(call, token, fd, WASI_STREAM_APPEND, 0);
    }
}

static void wasi_filesystem_read_directory(struct host_call *call)
{
    int fd = openat(wasi_descriptor_param(call, 0)->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        wasi_stream_fail(call, errno);
    } else {
        wasi_stream_read_directory(call, fd);
    }
}

int wasi_stream_entry(void *directory, struct host_place place)
{
    struct dirent *entry;
    do {
        errno = 0;
        entry = readdir(directory);
        if (entry == NULL) {
            return -errno;
        }
    } while (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
    struct stat stat;
    if (fstatat(dirfd(directory), entry->d_name, &stat, AT_SYMLINK_NOFOLLOW) != 0) {
        stat.st_mode = 0;
    }
    wasi_stat_store_type(host_value_field(place, 0), stat.st_mode);
    return host_value_store_bytes(host_value_field(place, 1), entry->d_name, strlen(entry->d_name)) ? 1 : -ENOMEM;
}

static const struct host_entry wasi_filesystem_entries[] = {
    {"wasi:filesystem/preopens@0.3", "get-directories", wasi_filesystem_get_directories},
    {"wasi:filesystem/preopens@0.2", "get-directories", wasi_filesystem_get_directories},
    {"wasi:filesystem/types@0.3", "[method]descriptor.read-via-stream", wasi_filesystem_read},
    {"wasi:filesystem/types@0.3", "[method]descriptor.write-via-stream", wasi_filesystem_write},
    {"wasi:filesystem/types@0.3", "[method]descriptor.append-via-stream", wasi_filesystem_append},
    {"wasi:filesystem/types@0.3", "[method]descriptor.read-directory", wasi_filesystem_read_directory},
    {NULL, NULL, NULL}};

static const struct host_dropper wasi_filesystem_droppers[] = {
    {"wasi:filesystem/types@0.3", "descriptor", wasi_descriptor_drop},
    {"wasi:filesystem/types@0.2", "descriptor", wasi_descriptor_drop},
    {NULL, NULL, NULL}};

const struct host_module wasi_filesystem = {.entries = wasi_filesystem_entries, .droppers = wasi_filesystem_droppers};
