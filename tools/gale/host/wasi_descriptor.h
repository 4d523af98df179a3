/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Open files and directories of components, by the representation that their handles carry.
 */
#ifndef GALE_HOST_WASI_DESCRIPTOR_H
#define GALE_HOST_WASI_DESCRIPTOR_H

#include "host_serve.h"
#include "wasi_path.h"

/** What a descriptor may be used for, as `descriptor-flags` says it. */
enum wasi_descriptor_right {
    WASI_DESCRIPTOR_READ = 1,
    WASI_DESCRIPTOR_WRITE = 2,
    WASI_DESCRIPTOR_MUTATE = 4, /**< Names may be made and removed in this directory. */
    WASI_DESCRIPTOR_FILE_SYNC = 8,
    WASI_DESCRIPTOR_DATA_SYNC = 16,
    WASI_DESCRIPTOR_REQUESTED_SYNC = 32
};

/** Number of rights; right k is bit k. */
#define WASI_DESCRIPTOR_RIGHTS 6u

/** What `descriptor-flags` calls each right. */
extern const char *const wasi_descriptor_labels[WASI_DESCRIPTOR_RIGHTS];

/** An open file or directory. */
struct wasi_descriptor {
    int fd; /**< -1: this representation is free. */
    uint32_t rights;
};

/** Take `fd` into the table. @return Its representation, or -ENOMEM; `fd` is then closed. */
int64_t wasi_descriptor_add(int fd, uint32_t rights);

/** The descriptor that parameter `index` of `call` borrows. */
const struct wasi_descriptor *wasi_descriptor_param(const struct host_call *call, uint32_t index);

/** The path that parameter `index` of `call` is. */
struct wasi_path wasi_descriptor_path(const struct host_call *call, uint32_t index);

/** Close the descriptor `rep`. */
void wasi_descriptor_drop(uint32_t rep);

/** Answer with `ok`, or the error -`status` of errno. */
void wasi_descriptor_return(const struct host_call *call, int status);

#endif /* GALE_HOST_WASI_DESCRIPTOR_H */
