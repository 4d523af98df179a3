/* SPDX-License-Identifier: Apache-2.0 */
/* wasi:filesystem/types: the functions that take paths. */
#include "wasi_descriptor.h"

#include "wasi.h"
#include "wasi_error.h"
#include "wasi_stat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int wasi_filesystem_at_status(int result)
{
    return result < 0 ? -errno : 0;
}

/* The place that parameter `index` names below the directory of parameter `base`, which must allow changes. */
static int wasi_filesystem_at_place(const struct host_call *call, uint32_t base, uint32_t index,
                                    struct wasi_place *place)
{
    const struct wasi_descriptor *d = wasi_descriptor_param(call, base);
    if ((d->rights & WASI_DESCRIPTOR_MUTATE) == 0) {
        return -EROFS;
    }
    return wasi_path_place(d->fd, wasi_descriptor_path(call, index), place);
}

static void wasi_filesystem_at_make_directory(struct host_call *call)
{
    struct wasi_place place;
    int status = wasi_filesystem_at_place(call, 0, 1, &place);
    if (status == 0) {
        status = wasi_filesystem_at_status(mkdirat(place.directory, place.name, 0777));
        close(place.directory);
    }
    wasi_descriptor_return(call, status);
}

static void wasi_filesystem_at_remove(struct host_call *call, int flags)
{
    struct wasi_place place;
    int status = wasi_filesystem_at_place(call, 0, 1, &place);
    if (status == 0) {
        status = wasi_filesystem_at_status(unlinkat(place.directory, place.name, flags));
        close(place.directory);
    }
    wasi_descriptor_return(call, status);
}

static void wasi_filesystem_at_remove_directory(struct host_call *call)
{
    wasi_filesystem_at_remove(call, AT_REMOVEDIR);
}

static void wasi_filesystem_at_unlink(struct host_call *call)
{
    wasi_filesystem_at_remove(call, 0);
}

/* Two places: parameter `from` below parameter 0, and the last parameter below the one before it. */
static int wasi_filesystem_at_two(const struct host_call *call, uint32_t from, struct wasi_place *a,
                                  struct wasi_place *b)
{
    int status = wasi_filesystem_at_place(call, 0, from, a);
    if (status != 0) {
        return status;
    }
    status = wasi_filesystem_at_place(call, from + 1, from + 2, b);
    if (status != 0) {
        close(a->directory);
    }
    return status;
}

static void wasi_filesystem_at_rename(struct host_call *call)
{
    struct wasi_place from;
    struct wasi_place to;
    int status = wasi_filesystem_at_two(call, 1, &from, &to);
    if (status == 0) {
        status = wasi_filesystem_at_status(renameat(from.directory, from.name, to.directory, to.name));
        close(from.directory);
        close(to.directory);
    }
    wasi_descriptor_return(call, status);
}

/* A link is made to the name itself: following one could lead out between the look and the link. */
static void wasi_filesystem_at_link(struct host_call *call)
{
    struct wasi_place from;
    struct wasi_place to;
    int status = host_value_flag(host_call_param(call, 1), "symlink-follow")
                     ? -EINVAL
                     : wasi_filesystem_at_two(call, 2, &from, &to);
    if (status == 0) {
        status = wasi_filesystem_at_status(linkat(from.directory, from.name, to.directory, to.name, 0));
        close(from.directory);
        close(to.directory);
    }
    wasi_descriptor_return(call, status);
}

/* How far below its beginning a path ends, by its text; -1 when it leads above that on its way. */
static int wasi_filesystem_at_depth(struct wasi_path path, int depth)
{
    size_t at = 0;
    while (at < path.bytes && depth >= 0) {
        const char *part = path.text + at;
        const char *slash = memchr(part, '/', path.bytes - at);
        size_t length = slash == NULL ? path.bytes - at : (size_t)(slash - part);
        bool up = length == 2 && memcmp(part, "..", 2) == 0;
        bool here = length == 0 || (length == 1 && *part == '.');
        depth += up ? -1 : here ? 0 : 1;
        at += length + 1;
    }
    return depth;
}

/*
 * A link that says it leads out is not made, and an absolute one never. What a link leads to in truth is judged when a
 * path is resolved through it.
 */
static void wasi_filesystem_at_symlink(struct host_call *call)
{
    struct wasi_path target = wasi_descriptor_path(call, 1);
    char text[PATH_MAX];
    struct wasi_place place;
    int status = target.bytes >= sizeof text ? -ENAMETOOLONG : target.bytes == 0 ? -ENOENT : 0;
    int depth = wasi_filesystem_at_depth(wasi_descriptor_path(call, 2), 0) - 1;
    if (status == 0 && (target.text[0] == '/' || wasi_filesystem_at_depth(target, depth < 0 ? 0 : depth) < 0)) {
        status = -EPERM;
    }
    if (status == 0) {
        snprintf(text, sizeof text, "%.*s", (int)target.bytes, target.text);
        status = wasi_filesystem_at_place(call, 0, 2, &place);
    }
    if (status == 0) {
        status = wasi_filesystem_at_status(symlinkat(text, place.directory, place.name));
        close(place.directory);
    }
    wasi_descriptor_return(call, status);
}

static void wasi_filesystem_at_readlink(struct host_call *call)
{
    char text[PATH_MAX];
    ssize_t length = -1;
    int fd = wasi_path_open(wasi_descriptor_param(call, 0)->fd, wasi_descriptor_path(call, 1), false, O_PATH);
    int status = fd < 0 ? fd : 0;
    if (fd >= 0) {
        length = readlinkat(fd, "", text, sizeof text);
        status = length < 0 ? (errno == ENOENT ? -EINVAL : -errno) : 0;
        close(fd);
    }
    if (status < 0) {
        wasi_descriptor_return(call, status);
        return;
    }
    struct host_place result = host_call_result(call);
    host_value_store_bytes(host_value_case(result, "ok"), text, (size_t)length);
    host_call_return(call, result);
}

/* --- metadata by path --- */

/* The state of what parameter 2 names; parameter 1 says whether links are followed. */
static int wasi_filesystem_at_look(const struct host_call *call, struct stat *stat)
{
    bool follow = host_value_flag(host_call_param(call, 1), "symlink-follow");
    int fd = wasi_path_open(wasi_descriptor_param(call, 0)->fd, wasi_descriptor_path(call, 2), follow, O_PATH);
    if (fd < 0) {
        return fd;
    }
    int status = wasi_filesystem_at_status(fstat(fd, stat));
    close(fd);
    return status;
}

static void wasi_filesystem_at_return_stat(struct host_call *call,
                                           void (*store)(struct host_place record, const struct stat *stat))
{
    struct stat stat;
    int status = wasi_filesystem_at_look(call, &stat);
    if (status < 0) {
        wasi_descriptor_return(call, status);
        return;
    }
    struct host_place result = host_call_result(call);
    store(host_value_case(result, "ok"), &stat);
    host_call_return(call, result);
}

static void wasi_filesystem_at_stat(struct host_call *call)
{
    wasi_filesystem_at_return_stat(call, wasi_stat_store);
}

static void wasi_filesystem_at_metadata_hash(struct host_call *call)
{
    wasi_filesystem_at_return_stat(call, wasi_stat_store_hash);
}

static void wasi_filesystem_at_set_times(struct host_call *call)
{
    const struct wasi_descriptor *d = wasi_descriptor_param(call, 0);
    bool follow = host_value_flag(host_call_param(call, 1), "symlink-follow");
    struct timespec times[2];
    wasi_stat_times(host_call_param(call, 3), host_call_param(call, 4), times);
    int fd = (d->rights & WASI_DESCRIPTOR_MUTATE) == 0
                 ? -EROFS
                 : wasi_path_open(d->fd, wasi_descriptor_path(call, 2), follow, O_PATH);
    int status = fd < 0 ? fd : 0;
    if (fd >= 0) {
        status = wasi_filesystem_at_status(utimensat(fd, "", times, AT_EMPTY_PATH));
        close(fd);
    }
    wasi_descriptor_return(call, status);
}

/* --- open --- */

static uint32_t wasi_filesystem_at_rights(struct host_place flags)
{
    uint32_t rights = 0;
    for (uint32_t k = 0; k < WASI_DESCRIPTOR_RIGHTS; k++) {
        rights |= (uint32_t)host_value_flag(flags, wasi_descriptor_labels[k]) << k;
    }
    return rights;
}

static int wasi_filesystem_at_flags(struct host_place open_flags, uint32_t rights)
{
    static const struct {
        const char *label;
        int flag;
    } flags[] = {{"create", O_CREAT}, {"directory", O_DIRECTORY}, {"exclusive", O_EXCL}, {"truncate", O_TRUNC}};
    int all = (rights & WASI_DESCRIPTOR_WRITE) == 0  ? O_RDONLY
              : (rights & WASI_DESCRIPTOR_READ) == 0 ? O_WRONLY
                                                     : O_RDWR;
    for (size_t k = 0; k < sizeof flags / sizeof *flags; k++) {
        all |= host_value_flag(open_flags, flags[k].label) ? flags[k].flag : 0;
    }
    all |= (rights & WASI_DESCRIPTOR_FILE_SYNC) != 0 ? O_SYNC : 0;
    all |= (rights & WASI_DESCRIPTOR_DATA_SYNC) != 0 ? O_DSYNC : 0;
    return all;
}

/* What is asked for beyond what the directory may give: nothing that changes anything. */
static int wasi_filesystem_at_check(const struct wasi_descriptor *base, uint32_t rights, int flags)
{
    bool changes =
        (rights & (WASI_DESCRIPTOR_WRITE | WASI_DESCRIPTOR_MUTATE)) != 0 || (flags & (O_CREAT | O_TRUNC)) != 0;
    if (changes && (base->rights & WASI_DESCRIPTOR_MUTATE) == 0) {
        return -EROFS;
    }
    bool both = (flags & O_DIRECTORY) != 0 && (flags & (O_CREAT | O_EXCL | O_TRUNC)) != 0;
    bool truncates = (flags & O_TRUNC) != 0 && (rights & WASI_DESCRIPTOR_WRITE) == 0;
    return both || truncates ? -EINVAL : 0;
}

static void wasi_filesystem_at_open(struct host_call *call)
{
    const struct wasi_descriptor *base = wasi_descriptor_param(call, 0);
    bool follow = host_value_flag(host_call_param(call, 1), "symlink-follow");
    uint32_t rights = wasi_filesystem_at_rights(host_call_param(call, 4));
    rights |= rights == 0 ? WASI_DESCRIPTOR_READ : 0; /* What can do nothing cannot be opened here. */
    rights |= host_value_flag(host_call_param(call, 3), "create") ? WASI_DESCRIPTOR_WRITE : 0;
    int flags = wasi_filesystem_at_flags(host_call_param(call, 3), rights);
    int64_t rep = wasi_filesystem_at_check(base, rights, flags);
    if (rep == 0) {
        rep = wasi_path_open(base->fd, wasi_descriptor_path(call, 2), follow, flags | O_NONBLOCK);
    }
    if (rep >= 0) {
        rep = wasi_descriptor_add((int)rep, rights);
    }
    if (rep < 0) {
        wasi_descriptor_return(call, (int)rep);
        return;
    }
    struct host_place result = host_call_result(call);
    host_value_store(host_value_case(result, "ok"), (uint64_t)rep);
    host_call_return(call, result);
}

static const struct host_entry wasi_filesystem_at_table[] = {
    {"wasi:filesystem/types@0.3", "[method]descriptor.create-directory-at", wasi_filesystem_at_make_directory},
    {"wasi:filesystem/types@0.3", "[method]descriptor.remove-directory-at", wasi_filesystem_at_remove_directory},
    {"wasi:filesystem/types@0.3", "[method]descriptor.unlink-file-at", wasi_filesystem_at_unlink},
    {"wasi:filesystem/types@0.3", "[method]descriptor.rename-at", wasi_filesystem_at_rename},
    {"wasi:filesystem/types@0.3", "[method]descriptor.link-at", wasi_filesystem_at_link},
    {"wasi:filesystem/types@0.3", "[method]descriptor.symlink-at", wasi_filesystem_at_symlink},
    {"wasi:filesystem/types@0.3", "[method]descriptor.readlink-at", wasi_filesystem_at_readlink},
    {"wasi:filesystem/types@0.3", "[method]descriptor.stat-at", wasi_filesystem_at_stat},
    {"wasi:filesystem/types@0.3", "[method]descriptor.metadata-hash-at", wasi_filesystem_at_metadata_hash},
    {"wasi:filesystem/types@0.3", "[method]descriptor.set-times-at", wasi_filesystem_at_set_times},
    {"wasi:filesystem/types@0.3", "[method]descriptor.open-at", wasi_filesystem_at_open},
    {NULL, NULL, NULL}};

const struct host_module wasi_filesystem_at = {.entries = wasi_filesystem_at_table};
