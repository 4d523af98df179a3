/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * errno as the error codes of WASI. */
#ifndef GALE_HOST_WASI_ERROR_H
#define GALE_HOST_WASI_ERROR_H

#include "host_value.h"

/** Make `result`, a result<_, error-code>, the error that `error` (of errno, positive) is in its type. */
void wasi_error_store(struct host_place result, int error);

#endif /* GALE_HOST_WASI_ERROR_H */
