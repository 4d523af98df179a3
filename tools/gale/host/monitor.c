/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor.h"

#include "describe.h"
#include "gale/component/store.h"
#include "gale/component/trace.h"
#include "host_loop.h"
#include "stats.h"
#include "trace_json.h"

#include <stddef.h>
#include <stdio.h>

static struct gale_trace monitor_trace;
static struct gale_trace_record monitor_record; /* The latest: whoever wants more writes it down. */
static uint64_t monitor_zero;
static bool monitor_stats;
static bool monitor_json;

uint64_t monitor_now(void)
{
    return host_loop_now() - monitor_zero;
}

int32_t monitor_runner(void)
{
    const struct gale_store *store = gale_program.store;
    if (store->current == GALE_ID_NONE) {
        return MONITOR_HOST;
    }
    const struct gale_guest_thread *thread = &store->memory.threads[store->current];
    return thread->task == GALE_ID_NONE ? (int32_t)thread->object
                                        : (int32_t)store->memory.tasks[thread->task].func->instance->id;
}

struct monitor_ends monitor_ends(uint32_t copy, int32_t other)
{
    const struct gale_copy *c = &gale_program.store->memory.copies[copy];
    bool host = (c->flags & (GALE_COPY_HOST_READS | GALE_COPY_HOST_WRITES)) != 0;
    int32_t mine = (int32_t)c->instance;
    int32_t theirs = host ? MONITOR_HOST : other;
    bool reads = (c->flags & GALE_COPY_PENDING_READ) != 0;
    return (struct monitor_ends){.writer = reads ? theirs : mine, .reader = reads ? mine : theirs};
}

const char *monitor_name(int32_t who)
{
    if (who == MONITOR_HOST) {
        return "host";
    }
    return who >= 0 && (uint32_t)who < gale_program.instance_count ? gale_program.instances[who].name : "?";
}

static void monitor_hear(void *arg, const struct gale_trace_record *record)
{
    (void)arg;
    uint64_t now = monitor_now();
    if (monitor_stats) {
        stats_hear(record, now);
    }
    if (monitor_json) {
        trace_json_hear(record, now);
    }
}

bool monitor_begin(const char *path, bool stats)
{
    monitor_zero = host_loop_now();
    monitor_stats = stats && stats_begin();
    monitor_json = path != NULL && trace_json_begin(path);
    if (monitor_stats || monitor_json) {
        gale_trace_start(gale_program.store, &monitor_trace, &monitor_record, 1);
        gale_trace_listen(&monitor_trace, monitor_hear, NULL);
    }
    return monitor_json == (path != NULL) && monitor_stats == stats;
}
