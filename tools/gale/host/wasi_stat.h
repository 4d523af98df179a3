/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * What the system says about files, as the types of wasi:filesystem. */
#ifndef GALE_HOST_WASI_STAT_H
#define GALE_HOST_WASI_STAT_H

#include "host_value.h"

#include <sys/stat.h>

/** Store the kind of file as a descriptor-type. */
void wasi_stat_store_type(struct host_place type, mode_t mode);

/** Store a descriptor-stat. */
void wasi_stat_store(struct host_place record, const struct stat *stat);

/** Store a metadata-hash-value: equal for the same object as long as it does not change. */
void wasi_stat_store_hash(struct host_place record, const struct stat *stat);

/** Two new-timestamps as utimensat() takes them. */
void wasi_stat_times(struct host_place access, struct host_place modification, struct timespec times[2]);

#endif /* GALE_HOST_WASI_STAT_H */
