/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What the host waits for: files that become readable or writable, and points in time. One loop, no threads.
 */
#ifndef GALE_HOST_LOOP_H
#define GALE_HOST_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/** A file that is waited for. The owner keeps it until it has fired or was taken back. */
struct host_watch {
    int fd;
    short events;                            /**< POLLIN or POLLOUT. */
    void (*ready)(struct host_watch *watch); /**< Called once; the watch is then over. */
    struct host_watch *next;                 /**< Private. */
};

/** A point in time that is waited for. The owner keeps it until it has fired or was taken back. */
struct host_timer {
    uint64_t at;                            /**< Nanoseconds of host_loop_now(). */
    void (*fire)(struct host_timer *timer); /**< Called once, at `at` or later; the timer is then over. */
    struct host_timer *next;                /**< Private. */
};

/** Nanoseconds of the monotonic clock. */
uint64_t host_loop_now(void);

/** Wait for a file. */
void host_loop_watch(struct host_watch *watch);

/** Stop waiting for a file; nothing if it is not waited for. */
void host_loop_unwatch(struct host_watch *watch);

/** Wait for a point in time. */
void host_loop_at(struct host_timer *timer);

/** Stop waiting for a point in time; nothing if it is not waited for. */
void host_loop_not_at(struct host_timer *timer);

/**
 * Serve what is ready now.
 *
 * @param[in] sleep  Wait until something is.
 * @return false when there is nothing to wait for.
 */
bool host_loop_turn(bool sleep);

#endif /* GALE_HOST_LOOP_H */
