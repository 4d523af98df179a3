/* SPDX-License-Identifier: Apache-2.0 */
/* wasi:clocks: monotonic marks in nanoseconds, system time, waiting. */
#include "wasi.h"

#include "host_loop.h"

#include <stdlib.h>
#include <time.h>

/* A guest that waits. */
struct wasi_clocks_wait {
    struct host_timer timer; /* First: the timer is the wait. */
    struct host_call call;
};

static void wasi_clocks_now(struct host_call *call)
{
    host_call_return_number(call, host_loop_now());
}

static void wasi_clocks_resolution(struct host_call *call)
{
    struct timespec step;
    clock_getres(CLOCK_MONOTONIC, &step);
    host_call_return_number(call, (uint64_t)step.tv_sec * 1000000000u + (uint64_t)step.tv_nsec);
}

static void wasi_clocks_wake(struct host_timer *timer)
{
    struct wasi_clocks_wait *wait = (struct wasi_clocks_wait *)timer;
    host_call_done(&wait->call);
    free(wait);
}

static void wasi_clocks_wait(struct host_call *call, uint64_t at)
{
    struct wasi_clocks_wait *wait = at > host_loop_now() ? malloc(sizeof *wait) : NULL;
    if (wait == NULL) {
        host_call_done(call);
        return;
    }
    *wait = (struct wasi_clocks_wait){.timer = {.at = at, .fire = wasi_clocks_wake}, .call = *call};
    host_loop_at(&wait->timer);
}

static void wasi_clocks_wait_until(struct host_call *call)
{
    wasi_clocks_wait(call, host_value_load(host_call_param(call, 0)));
}

static void wasi_clocks_wait_for(struct host_call *call)
{
    uint64_t now = host_loop_now();
    uint64_t span = host_value_load(host_call_param(call, 0));
    wasi_clocks_wait(call, span > UINT64_MAX - now ? UINT64_MAX : now + span);
}

static void wasi_clocks_return_time(struct host_call *call, struct timespec time)
{
    struct host_place result = host_call_result(call);
    host_value_store(host_value_field(result, 0), (uint64_t)time.tv_sec);
    host_value_store(host_value_field(result, 1), (uint64_t)time.tv_nsec);
    host_call_return(call, result);
}

static void wasi_clocks_system_now(struct host_call *call)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    wasi_clocks_return_time(call, now);
}

/* 0.3 gives a duration, 0.2 a record as of `now`. */
static void wasi_clocks_wall_resolution(struct host_call *call)
{
    struct timespec step;
    clock_getres(CLOCK_REALTIME, &step);
    wasi_clocks_return_time(call, step);
}

static const struct host_entry wasi_clocks_entries[] = {
    {"wasi:clocks/monotonic-clock@0.3", "now", wasi_clocks_now},
    {"wasi:clocks/monotonic-clock@0.3", "get-resolution", wasi_clocks_resolution},
    {"wasi:clocks/monotonic-clock@0.3", "wait-until", wasi_clocks_wait_until},
    {"wasi:clocks/monotonic-clock@0.3", "wait-for", wasi_clocks_wait_for},
    {"wasi:clocks/system-clock@0.3", "now", wasi_clocks_system_now},
    {"wasi:clocks/system-clock@0.3", "get-resolution", wasi_clocks_resolution},
    {"wasi:clocks/monotonic-clock@0.2", "now", wasi_clocks_now},
    {"wasi:clocks/monotonic-clock@0.2", "resolution", wasi_clocks_resolution},
    {"wasi:clocks/wall-clock@0.2", "now", wasi_clocks_system_now},
    {"wasi:clocks/wall-clock@0.2", "resolution", wasi_clocks_wall_resolution},
    {NULL, NULL, NULL}};

const struct host_module wasi_clocks = {.entries = wasi_clocks_entries};
