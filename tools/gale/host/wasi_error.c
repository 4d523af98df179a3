/* SPDX-License-Identifier: Apache-2.0 */
#include "wasi_error.h"

#include <errno.h>

static const struct {
    int error;
    const char *label;
} wasi_error_labels[] = {
    {EACCES, "access"},
    {EALREADY, "already"},
    {EBADF, "bad-descriptor"},
    {EBUSY, "busy"},
    {EDEADLK, "deadlock"},
    {EDQUOT, "quota"},
    {EEXIST, "exist"},
    {EFBIG, "file-too-large"},
    {EILSEQ, "illegal-byte-sequence"},
    {EINPROGRESS, "in-progress"},
    {EINTR, "interrupted"},
    {EINVAL, "invalid"},
    {EIO, "io"},
    {EISDIR, "is-directory"},
    {ELOOP, "loop"},
    {EMLINK, "too-many-links"},
    {EMSGSIZE, "message-size"},
    {ENAMETOOLONG, "name-too-long"},
    {ENODEV, "no-device"},
    {ENOENT, "no-entry"},
    {ENOLCK, "no-lock"},
    {ENOMEM, "insufficient-memory"},
    {ENOSPC, "insufficient-space"},
    {ENOTDIR, "not-directory"},
    {ENOTEMPTY, "not-empty"},
    {ENOTRECOVERABLE, "not-recoverable"},
    {ENOTSUP, "unsupported"},
    {ENOTTY, "no-tty"},
    {ENXIO, "no-such-device"},
    {EOVERFLOW, "overflow"},
    {EPERM, "not-permitted"},
    {EPIPE, "pipe"},
    {EROFS, "read-only"},
    {ESPIPE, "invalid-seek"},
    {ETXTBSY, "text-file-busy"},
    {EXDEV, "cross-device"},
};

static const char *wasi_error_label(int error)
{
    for (size_t k = 0; k < sizeof wasi_error_labels / sizeof *wasi_error_labels; k++) {
        if (wasi_error_labels[k].error == error) {
            return wasi_error_labels[k].label;
        }
    }
    return "io";
}

/* Interfaces differ in how many errors they tell apart. */
void wasi_error_store(struct host_place result, int error)
{
    struct host_place code = host_value_case(result, "error");
    const char *label = wasi_error_label(error);
    host_value_case(code, host_value_has_case(code.type, label) ? label : "io");
}
