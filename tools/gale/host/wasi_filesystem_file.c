/* SPDX-License-Identifier: Apache-2.0 */
/* wasi:filesystem/types: the functions about one open file or directory. */
#include "wasi_descriptor.h"

#include "wasi.h"
#include "wasi_error.h"
#include "wasi_stat.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int wasi_filesystem_file_status(int result)
{
    return result < 0 ? -errno : 0;
}

/* Answer with the payload of `ok`, or -status; the payload is at the place returned. */
static struct host_place wasi_filesystem_file_ok(struct host_place result, int status)
{
    if (status < 0) {
        wasi_error_store(result, -status);
        return (struct host_place){.arena = NULL};
    }
    return host_value_case(result, "ok");
}

static void wasi_filesystem_file_advise(struct host_call *call)
{
    static const struct {
        const char *label;
        int advice;
    } advices[] = {{"normal", POSIX_FADV_NORMAL},      {"sequential", POSIX_FADV_SEQUENTIAL},
                   {"random", POSIX_FADV_RANDOM},      {"will-need", POSIX_FADV_WILLNEED},
                   {"dont-need", POSIX_FADV_DONTNEED}, {"no-reuse", POSIX_FADV_NOREUSE}};
    off_t offset = (off_t)host_value_load(host_call_param(call, 1));
    off_t length = (off_t)host_value_load(host_call_param(call, 2));
    const char *label = host_value_label(host_call_param(call, 3));
    struct stat stat;
    bool directory = fstat(wasi_descriptor_param(call, 0)->fd, &stat) == 0 && S_ISDIR(stat.st_mode);
    int status = directory ? -EBADF : 0;
    for (size_t k = 0; status == 0 && k < sizeof advices / sizeof *advices; k++) {
        if (strcmp(label, advices[k].label) == 0) {
            status = -posix_fadvise(wasi_descriptor_param(call, 0)->fd, offset, length, advices[k].advice);
        }
    }
    wasi_descriptor_return(call, status);
}

static void wasi_filesystem_file_sync(struct host_call *call)
{
    wasi_descriptor_return(call, wasi_filesystem_file_status(fsync(wasi_descriptor_param(call, 0)->fd)));
}

static void wasi_filesystem_file_sync_data(struct host_call *call)
{
    wasi_descriptor_return(call, wasi_filesystem_file_status(fdatasync(wasi_descriptor_param(call, 0)->fd)));
}

static void wasi_filesystem_file_get_flags(struct host_call *call)
{
    struct host_place result = host_call_result(call);
    struct host_place flags = wasi_filesystem_file_ok(result, 0);
    for (uint32_t k = 0; k < WASI_DESCRIPTOR_RIGHTS; k++) {
        if ((wasi_descriptor_param(call, 0)->rights >> k & 1) != 0) {
            host_value_set_flag(flags, wasi_descriptor_labels[k]);
        }
    }
    host_call_return(call, result);
}

static void wasi_filesystem_file_get_type(struct host_call *call)
{
    struct stat stat;
    int status = wasi_filesystem_file_status(fstat(wasi_descriptor_param(call, 0)->fd, &stat));
    struct host_place result = host_call_result(call);
    struct host_place type = wasi_filesystem_file_ok(result, status);
    if (status == 0) {
        wasi_stat_store_type(type, stat.st_mode);
    }
    host_call_return(call, result);
}

static void wasi_filesystem_file_stat(struct host_call *call)
{
    struct stat stat;
    int status = wasi_filesystem_file_status(fstat(wasi_descriptor_param(call, 0)->fd, &stat));
    struct host_place result = host_call_result(call);
    struct host_place record = wasi_filesystem_file_ok(result, status);
    if (status == 0) {
        wasi_stat_store(record, &stat);
    }
    host_call_return(call, result);
}

static void wasi_filesystem_file_metadata_hash(struct host_call *call)
{
    struct stat stat;
    int status = wasi_filesystem_file_status(fstat(wasi_descriptor_param(call, 0)->fd, &stat));
    struct host_place result = host_call_result(call);
    struct host_place record = wasi_filesystem_file_ok(result, status);
    if (status == 0) {
        wasi_stat_store_hash(record, &stat);
    }
    host_call_return(call, result);
}

static void wasi_filesystem_file_set_size(struct host_call *call)
{
    const struct wasi_descriptor *d = wasi_descriptor_param(call, 0);
    uint64_t size = host_value_load(host_call_param(call, 1));
    int status = -EINVAL;
    if ((d->rights & WASI_DESCRIPTOR_WRITE) == 0) {
        status = -EBADF;
    } else if (size <= INT64_MAX) {
        status = wasi_filesystem_file_status(ftruncate(d->fd, (off_t)size));
    }
    wasi_descriptor_return(call, status);
}

static void wasi_filesystem_file_set_times(struct host_call *call)
{
    struct timespec times[2];
    wasi_stat_times(host_call_param(call, 1), host_call_param(call, 2), times);
    const struct wasi_descriptor *d = wasi_descriptor_param(call, 0);
    bool may = (d->rights & (WASI_DESCRIPTOR_WRITE | WASI_DESCRIPTOR_MUTATE)) != 0;
    wasi_descriptor_return(call, may ? wasi_filesystem_file_status(futimens(d->fd, times)) : -EPERM);
}

static void wasi_filesystem_file_is_same(struct host_call *call)
{
    struct stat a;
    struct stat b;
    bool known =
        fstat(wasi_descriptor_param(call, 0)->fd, &a) == 0 && fstat(wasi_descriptor_param(call, 1)->fd, &b) == 0;
    host_call_return_number(call, known && a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

static const struct host_entry wasi_filesystem_file_table[] = {
    {"wasi:filesystem/types@0.3", "[method]descriptor.advise", wasi_filesystem_file_advise},
    {"wasi:filesystem/types@0.3", "[method]descriptor.sync", wasi_filesystem_file_sync},
    {"wasi:filesystem/types@0.3", "[method]descriptor.sync-data", wasi_filesystem_file_sync_data},
    {"wasi:filesystem/types@0.3", "[method]descriptor.get-flags", wasi_filesystem_file_get_flags},
    {"wasi:filesystem/types@0.3", "[method]descriptor.get-type", wasi_filesystem_file_get_type},
    {"wasi:filesystem/types@0.3", "[method]descriptor.stat", wasi_filesystem_file_stat},
    {"wasi:filesystem/types@0.3", "[method]descriptor.metadata-hash", wasi_filesystem_file_metadata_hash},
    {"wasi:filesystem/types@0.3", "[method]descriptor.set-size", wasi_filesystem_file_set_size},
    {"wasi:filesystem/types@0.3", "[method]descriptor.set-times", wasi_filesystem_file_set_times},
    {"wasi:filesystem/types@0.3", "[method]descriptor.is-same-object", wasi_filesystem_file_is_same},
    {NULL, NULL, NULL}};

const struct host_module wasi_filesystem_file = {.entries = wasi_filesystem_file_table};
