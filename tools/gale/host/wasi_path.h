/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Paths of guests: every one is resolved below a directory that was given to the guest, by the kernel, in one step
 * (openat2 with RESOLVE_BENEATH), so that neither `..` nor a symbolic link nor a race leads out of it.
 *
 * Source: wasi:filesystem/types@0.3.0, "path resolution". Functions return a descriptor or 0, or an errno negated.
 */
#ifndef GALE_HOST_WASI_PATH_H
#define GALE_HOST_WASI_PATH_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/** A path from a guest: not ended by a zero byte. */
struct wasi_path {
    const char *text;
    size_t bytes;
};

/** Where a name is to be made or removed. */
struct wasi_place {
    int directory;           /**< Open; for the caller to close. */
    char name[NAME_MAX + 1]; /**< The last part of the path; never followed if it is a link. */
};

/**
 * Open `path` below the directory `base`.
 *
 * @param[in] follow  Follow a symbolic link in the last part too.
 * @param[in] flags   Of open(2).
 */
int wasi_path_open(int base, struct wasi_path path, bool follow, int flags);

/** Open the directory that holds, or would hold, the last part of `path`. */
int wasi_path_place(int base, struct wasi_path path, struct wasi_place *place);

#endif /* GALE_HOST_WASI_PATH_H */
