/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Hears what the program's store tells of itself, with the time, for `--stats` and `--trace`.
 */
#ifndef GALE_HOST_MONITOR_H
#define GALE_HOST_MONITOR_H

#include <stdbool.h>
#include <stdint.h>

/** The host among those who write, read and run; instances are numbered from 0. */
#define MONITOR_HOST (-1)

/** Nobody knows who; an end that was never used. */
#define MONITOR_UNKNOWN (-2)

/** Who passes elements: a number of an instance, or one of the above. */
struct monitor_ends {
    int32_t writer;
    int32_t reader;
};

/**
 * Begin to hear the program's store, which has been started.
 *
 * @param[in] path   Where the trace goes; NULL: nowhere.
 * @param[in] stats  Count for stats_print().
 * @return false when the file cannot be written.
 */
bool monitor_begin(const char *path, bool stats);

/** Nanoseconds since monitor_begin(). */
uint64_t monitor_now(void);

/** Whose code runs now. */
int32_t monitor_runner(void);

/** Whose a pending end is and who is at the other one, with `other` if that is not the host. */
struct monitor_ends monitor_ends(uint32_t copy, int32_t other);

/** "host", or the instance's path. */
const char *monitor_name(int32_t who);

#endif /* GALE_HOST_MONITOR_H */
