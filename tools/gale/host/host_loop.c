/* SPDX-License-Identifier: Apache-2.0 */
#include "host_loop.h"

#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <time.h>

/* A program has a few streams open at once; what does not fit is served in a later turn. */
enum { HOST_LOOP_WATCHES = 256 };

static struct host_watch *host_loop_watches;
static struct host_timer *host_loop_timers; /* By time, FIFO among equals. */

uint64_t host_loop_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void host_loop_watch(struct host_watch *watch)
{
    struct host_watch **at = &host_loop_watches;
    while (*at != NULL) {
        at = &(*at)->next;
    }
    watch->next = NULL;
    *at = watch;
}

void host_loop_unwatch(struct host_watch *watch)
{
    struct host_watch **at = &host_loop_watches;
    while (*at != NULL && *at != watch) {
        at = &(*at)->next;
    }
    if (*at != NULL) {
        *at = watch->next;
    }
}

void host_loop_at(struct host_timer *timer)
{
    struct host_timer **at = &host_loop_timers;
    while (*at != NULL && (*at)->at <= timer->at) {
        at = &(*at)->next;
    }
    timer->next = *at;
    *at = timer;
}

void host_loop_not_at(struct host_timer *timer)
{
    struct host_timer **at = &host_loop_timers;
    while (*at != NULL && *at != timer) {
        at = &(*at)->next;
    }
    if (*at != NULL) {
        *at = timer->next;
    }
}

/* Milliseconds until the first timer, rounded up; -1 for ever. */
static int host_loop_patience(bool sleep)
{
    if (!sleep) {
        return 0;
    }
    if (host_loop_timers == NULL) {
        return -1;
    }
    uint64_t now = host_loop_now();
    uint64_t at = host_loop_timers->at;
    uint64_t left = at > now ? (at - now) / 1000000u + 1 : 0;
    return left < INT_MAX ? (int)left : INT_MAX;
}

static void host_loop_fire_timers(void)
{
    uint64_t now = host_loop_timers == NULL ? 0 : host_loop_now();
    while (host_loop_timers != NULL && host_loop_timers->at <= now) {
        struct host_timer *timer = host_loop_timers;
        host_loop_timers = timer->next;
        timer->fire(timer);
    }
}

/* A callback may add or remove watches, so each is looked for again. */
static void host_loop_fire_watches(const struct pollfd *files, struct host_watch *const *watches, nfds_t count)
{
    for (nfds_t k = 0; k < count; k++) {
        const struct host_watch *at = host_loop_watches;
        while (at != NULL && at != watches[k]) {
            at = at->next;
        }
        if (at != NULL && files[k].revents != 0) {
            host_loop_unwatch(watches[k]);
            watches[k]->ready(watches[k]);
        }
    }
}

bool host_loop_turn(bool sleep)
{
    struct pollfd files[HOST_LOOP_WATCHES];
    struct host_watch *watches[HOST_LOOP_WATCHES];
    nfds_t count = 0;
    if (host_loop_watches == NULL && host_loop_timers == NULL) {
        return false;
    }
    for (struct host_watch *w = host_loop_watches; w != NULL && count < HOST_LOOP_WATCHES; w = w->next) {
        files[count] = (struct pollfd){.fd = w->fd, .events = w->events};
        watches[count++] = w;
    }
    if (poll(files, count, host_loop_patience(sleep)) > 0) {
        host_loop_fire_watches(files, watches, count);
    }
    host_loop_fire_timers();
    return true;
}
