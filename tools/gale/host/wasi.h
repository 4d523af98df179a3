/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * The parts of WASI that this host serves. */
#ifndef GALE_HOST_WASI_H
#define GALE_HOST_WASI_H

#include "host_serve.h"

extern const struct host_module wasi_cli;             /**< Arguments, environment, exit, terminals. */
extern const struct host_module wasi_stdio;           /**< Standard input, output and error as streams. */
extern const struct host_module wasi_clocks;          /**< Monotonic and system clock. */
extern const struct host_module wasi_random;          /**< Random bytes and numbers. */
extern const struct host_module wasi_filesystem;      /**< Directories given to the guest, and what is in them. */
extern const struct host_module wasi_filesystem_at;   /**< Its functions that take paths. */
extern const struct host_module wasi_filesystem_file; /**< Its functions about one open file. */
extern const struct host_module wasi_preview2;        /**< What language runtimes still import of 0.2. */

#endif /* GALE_HOST_WASI_H */
