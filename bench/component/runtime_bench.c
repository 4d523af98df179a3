/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Time per operation of the component runtime, with guests written in C:
 * - call:       an async call of a callback-lifted function that returns at once;
 * - round trip: an async call that blocks, resumes and completes through callbacks on both sides;
 * - rendezvous: write, read and the writer's event, for one element and for 4 KiB, the latter against memcpy of the same
 *               blocks, in the same order, from and to the same places: beyond a core's own caches, in its second, in
 *               its first. In the first one memcpy takes the time of a hundred instructions, so that is no target;
 * - future:     new, write, read, the writer's event and both drops;
 * - event:      a copy ends and the event is taken from a set with 10 and with 1,000,000 members.
 *
 * Samples take turns; processor time is counted, so other programs count less. What is compared is measured next to each
 * other, either one first in turn, and the median of the ratios counts. With --check the exit status is 1 if a target is
 * missed.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "component/runtime_report.h"
#include "gale/component/canon.h"

#define ROUNDS 20000u
#define SMALL 10u
#define LARGE 1000000u
#define BLOCK 4096u
#define AREA (32u << 20) /* what 4 KiB copies walk through, twice: what is beyond a core's own caches */
#define SECOND (256u << 10)
#define FIRST (8u << 10)

GALE_STATIC_ASSERT(GALE_ID_BITS == 32, the_large_set_needs_32_bit_ids);

#define HANDLES (2u * LARGE + 64u)

static struct gale_instance *instance_slots[2];
static struct gale_guest_thread threads[8];
static struct gale_task tasks[6];
static struct gale_subtask subtasks[8];
static struct gale_copy *copies;
static struct gale_guest_set sets[8];
static struct gale_lend lends[1];
static struct gale_guest_stack stack_slots[4];
static gale_id indices[8];
static uint8_t live[8];
static struct gale_host_slot ends[1];
static GALE_ALIGNED(GALE_STORE_STACK_ALIGN) uint8_t stacks[4 * 65536];
static GALE_ALIGNED(GALE_STORE_STACK_ALIGN) uint8_t run_stack[262144];

static struct gale_store store;
static struct gale_instance caller;
static struct gale_instance callee;
static struct gale_memory memory;
static struct gale_value_options options = {&memory, NULL, 0};

static void require(bool ok, const char *what)
{
    if (!ok) {
        printf("runtime_bench: %s\n", what);
        exit(2);
    }
}

static double now_ns(void)
{
    struct timespec now;

    require(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0, "no clock of processor time");
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void build(void)
{
    const gale_id nodes = GALE_STORE_NODES(2u, HANDLES, 1u, 6u);
    const gale_id lists = GALE_STORE_LISTS(2u, 6u, 8u);
    const gale_id copy_count = LARGE + 64u;
    const struct gale_instance_budget large = {HANDLES - 32u, 4, 3, 6, copy_count - 8u, 6, 0};
    const struct gale_instance_budget small = {32, 3, 3, 2, 8, 2, 0};
    struct gale_store_memory m = {0};

    m.instances = instance_slots;
    m.threads = threads;
    m.tasks = tasks;
    m.subtasks = subtasks;
    m.copies = calloc(copy_count, sizeof *copies);
    m.sets = sets;
    m.lends = lends;
    m.stacks = stack_slots;
    m.handles = calloc(HANDLES, sizeof *m.handles);
    m.indices = indices;
    m.index_live = live;
    m.ends = ends;
    m.links = calloc((size_t)nodes + lists, sizeof *m.links);
    m.stack_memory = stacks;
    m.run_stack = run_stack;
    m.stack_bytes = sizeof stacks / 4;
    m.run_stack_bytes = sizeof run_stack;
    m.instance_count = 2;
    m.thread_count = 8;
    m.task_count = 6;
    m.subtask_count = 8;
    m.copy_count = copy_count;
    m.set_count = 8;
    m.stack_count = 4;
    m.handle_count = HANDLES;
    m.index_count = 7;
    m.node_count = nodes;
    m.list_count = lists;
    memory.data = aligned_alloc(BLOCK, 2u * AREA);
    memory.size = 2u * AREA;
    require(m.copies != NULL && m.handles != NULL && m.links != NULL && memory.data != NULL, "no memory");
    memset(memory.data, 1, 2u * AREA); /* else all pages that are only read are one page */
    require(gale_store_init(&store, &m) == GALE_OK, "store");
    require(gale_instance_init(&caller, &store, NULL, &large, &caller) == GALE_OK, "caller");
    require(gale_instance_init(&callee, &store, NULL, &small, &callee) == GALE_OK, "callee");
}

/* ---- functions ----------------------------------------------------------------------------------------------- */

static const int no_type;

static void pass_param(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *params)
{
    (void)t;
    params[0].i32 = args[0].i32;
}

static void pass_result(const struct gale_transfer *t, const union gale_flat *from, const union gale_flat *args,
                        union gale_flat *to)
{
    (void)to;
    memcpy(gale_value_at(&t->to, args[1].i32, 4, 4), &from[0].i32, 4);
}

static void at_once(void *guest, const union gale_flat *params, union gale_flat *results)
{
    gale_canon_task_return(guest, &no_type, &options, params);
    results[0].i32 = 0;
}

static uint32_t kept;

static void after_a_yield(void *guest, const union gale_flat *params, union gale_flat *results)
{
    (void)guest;
    kept = params[0].i32;
    results[0].i32 = 1;
}

static uint32_t then_return(void *guest, uint32_t event, uint32_t p1, uint32_t p2)
{
    const union gale_flat args[1] = {{kept}};

    (void)event;
    (void)p1;
    (void)p2;
    gale_canon_task_return(guest, &no_type, &options, args);
    return 0;
}

#define CALLBACK (GALE_FUNC_ASYNC_TYPE | GALE_FUNC_ASYNC | GALE_FUNC_CALLBACK)

static const struct gale_func quick = {&callee, &options, CALLBACK, &no_type, at_once, then_return, NULL};
static const struct gale_func slow = {&callee, &options, CALLBACK, &no_type, after_a_yield, then_return, NULL};
static const struct gale_binding call_quick = {&quick, NULL, &options, GALE_LOWER_ASYNC, 2, pass_param, pass_result};
static const struct gale_binding call_slow = {&slow, NULL, &options, GALE_LOWER_ASYNC, 2, pass_param, pass_result};

static double started;
static double took;

/* ---- what is measured ---------------------------------------------------------------------------------------- */

static void body_call(void)
{
    const union gale_flat args[2] = {{1}, {64}};

    for (uint32_t n = 0; n < ROUNDS; n++) {
        require(gale_canon_lower(&caller, &call_quick, args, NULL) == GALE_SUBTASK_RETURNED, "call");
    }
}

static const struct gale_value_type type_u32 = {4, 4, GALE_VALUE_NUMBER, NULL};
static const struct gale_value_type type_u8 = {1, 1, GALE_VALUE_NUMBER, NULL};
static const struct gale_copy_options words = {&type_u32, &options, true};
static const struct gale_copy_options bytes = {&type_u8, &options, true};

/* One stream; its writer is in a set, so that the event is taken as a guest would. */
struct pipe {
    uint32_t read;
    uint32_t write;
    uint32_t set;
};

static struct pipe open_pipe(const struct gale_copy_options *o)
{
    const uint64_t both = gale_canon_stream_new(&caller, o);
    const struct pipe p = {(uint32_t)both, (uint32_t)(both >> 32), gale_canon_waitable_set_new(&caller)};

    gale_canon_waitable_join(&caller, p.write, p.set);
    return p;
}

static void close_pipe(const struct pipe *p, const struct gale_copy_options *o)
{
    gale_canon_stream_drop_readable(&caller, o, p->read);
    gale_canon_stream_drop_writable(&caller, o, p->write);
    gale_canon_waitable_set_drop(&caller, p->set);
}

static void pass(const struct pipe *p, const struct gale_copy_options *o, uint32_t src, uint32_t dst, uint32_t n)
{
    require(gale_canon_stream_write(&caller, o, p->write, src, n) == GALE_CANON_BLOCKED, "write");
    require(gale_canon_stream_read(&caller, o, p->read, dst, n) == n << 4, "read");
    require(gale_canon_waitable_set_poll(&caller, &memory, false, p->set, 64) == GALE_CANON_EVENT_STREAM_WRITE,
            "event");
}

static void body_one(void)
{
    const struct pipe p = open_pipe(&words);

    for (uint32_t n = 0; n < ROUNDS; n++) {
        pass(&p, &words, 128, 256, 1);
    }
    close_pipe(&p, &words);
}

static void blocks_in(uint32_t area)
{
    const struct pipe p = open_pipe(&bytes);

    for (uint32_t n = 0; n < ROUNDS; n++) {
        pass(&p, &bytes, n % (area / BLOCK) * BLOCK, AREA + n % (area / BLOCK) * BLOCK, BLOCK);
    }
    close_pipe(&p, &bytes);
}

static void body_block(void)
{
    blocks_in(AREA);
}

static void body_block_second(void)
{
    blocks_in(SECOND);
}

static void body_block_first(void)
{
    blocks_in(FIRST);
}

static volatile size_t block_bytes = BLOCK; /* as the runtime: not known when compiled */

static void memcpy_in(uint32_t area)
{
    for (uint32_t n = 0; n < ROUNDS; n++) {
        memcpy(memory.data + AREA + n % (area / BLOCK) * BLOCK, memory.data + n % (area / BLOCK) * BLOCK, block_bytes);
        __asm__ volatile("" ::: "memory");
    }
}

static void body_memcpy(void)
{
    memcpy_in(AREA);
}

static void body_memcpy_second(void)
{
    memcpy_in(SECOND);
}

static void body_memcpy_first(void)
{
    memcpy_in(FIRST);
}

static void body_future(void)
{
    for (uint32_t n = 0; n < ROUNDS; n++) {
        const uint64_t both = gale_canon_future_new(&caller, &words);
        const uint32_t read = (uint32_t)both;
        const uint32_t write = (uint32_t)(both >> 32);

        require(gale_canon_future_read(&caller, &words, read, 256) == GALE_CANON_BLOCKED, "future read");
        require(gale_canon_future_write(&caller, &words, write, 128) == GALE_COPY_COMPLETED, "future write");
        require(gale_canon_future_cancel_read(&caller, &words, read) == GALE_COPY_COMPLETED, "future event");
        gale_canon_future_drop_readable(&caller, &words, read);
        gale_canon_future_drop_writable(&caller, &words, write);
    }
}

/* A set with many readers; bursts of ten writes, spread over the set, then ten events. */
static struct pipe crowd[2];
static const uint32_t crowd_size[2] = {SMALL, LARGE};

static void open_crowd(unsigned which)
{
    crowd[which].set = gale_canon_waitable_set_new(&caller);
    for (uint32_t n = 0; n < crowd_size[which]; n++) {
        const uint64_t both = gale_canon_stream_new(&caller, &words);

        crowd[which].read = n == 0 ? (uint32_t)both : crowd[which].read;
        gale_canon_waitable_join(&caller, (uint32_t)both, crowd[which].set);
    }
}

static void events_of(unsigned which)
{
    const struct pipe *p = &crowd[which];
    const uint32_t step = crowd_size[which] / SMALL * 2u; /* ends come in pairs */

    for (uint32_t n = 0; n < ROUNDS / SMALL; n++) {
        for (uint32_t k = 0; k < SMALL; k++) {
            require(gale_canon_stream_read(&caller, &words, p->read + k * step, 256, 1) == GALE_CANON_BLOCKED, "read");
            require(gale_canon_stream_write(&caller, &words, p->read + k * step + 1u, 128, 1) == 1u << 4, "write");
        }
        for (uint32_t k = 0; k < SMALL; k++) {
            require(gale_canon_waitable_set_poll(&caller, &memory, false, p->set, 64) == GALE_CANON_EVENT_STREAM_READ,
                    "event");
        }
    }
}

static void body_events_small(void)
{
    events_of(0);
}

static void body_events_large(void)
{
    events_of(1);
}

/* ---- running one sample -------------------------------------------------------------------------------------- */

static void (*body)(void);

static void run_body(void *guest, const union gale_flat *params, union gale_flat *results)
{
    (void)guest;
    (void)params;
    (void)results;
    started = now_ns();
    body();
    took = now_ns() - started;
}

static const struct gale_func host_entry = {&caller, &options, 0, &no_type, run_body, NULL, NULL};
static const struct gale_binding host_call = {&host_entry, NULL, NULL, 0, 0, NULL, NULL};

static double sample_body(void (*what)(void))
{
    struct gale_host_task task = {0};

    body = what;
    require(gale_store_invoke(&store, &host_call, NULL, NULL, &task) == GALE_OK, "a guest trapped");
    return took / ROUNDS;
}

/* The round trip: a callback task that calls, waits for the event, and calls again. */
static uint32_t round_set;
static uint32_t rounds_left;

static uint32_t round_begin(void)
{
    static const union gale_flat args[2] = {{1}, {64}};
    const uint32_t packed = gale_canon_lower(&caller, &call_slow, args, NULL);

    gale_canon_waitable_join(&caller, packed >> 4, round_set);
    return 2u | round_set << 4;
}

static void round_first(void *guest, const union gale_flat *params, union gale_flat *results)
{
    (void)guest;
    (void)params;
    round_set = gale_canon_waitable_set_new(&caller);
    rounds_left = ROUNDS;
    results[0].i32 = round_begin();
}

static uint32_t round_next(void *guest, uint32_t event, uint32_t p1, uint32_t p2)
{
    require(event == GALE_CANON_EVENT_SUBTASK && p2 == GALE_SUBTASK_RETURNED, "round trip");
    gale_canon_subtask_drop(&caller, p1);
    if (--rounds_left > 0) {
        return round_begin();
    }
    gale_canon_waitable_set_drop(&caller, round_set);
    gale_canon_task_return(guest, &no_type, &options, NULL);
    return 0;
}

static const struct gale_func round_entry = {&caller, &options, CALLBACK, &no_type, round_first, round_next, NULL};
static const struct gale_binding round_call = {&round_entry, NULL, NULL, 0, 0, NULL, NULL};

static double sample_round(void (*what)(void))
{
    struct gale_host_task task = {0};

    (void)what;
    started = now_ns();
    require(gale_store_invoke(&store, &round_call, NULL, NULL, &task) == GALE_OK, "a guest trapped");
    require(gale_store_run(&store, GALE_FOREVER) == GALE_OK && task.resolved, "round trip did not end");
    return (now_ns() - started) / ROUNDS;
}

/* Two that are compared are neighbours, the first of them at an even place. */
enum {
    CALL,
    ROUND,
    ONE,
    FUTURE,
    BLOCKS,
    MEMCPY,
    BLOCKS_SECOND,
    MEMCPY_SECOND,
    BLOCKS_FIRST,
    MEMCPY_FIRST,
    EVENTS_SMALL,
    EVENTS_LARGE,
    SUBJECTS
};

static struct subject subjects[SUBJECTS] = {
    {"async call that returns at once", sample_body, body_call, 50, {0}},
    {"blocking call, round trip through callbacks", sample_round, NULL, 300, {0}},
    {"rendezvous of one element, with its event", sample_body, body_one, 60, {0}},
    {"future: new, read, write, event, drops", sample_body, body_future, 0, {0}},
    {"rendezvous of 4 KiB, beyond the core's caches", sample_body, body_block, 0, {0}},
    {"  memcpy of the same", sample_body, body_memcpy, 0, {0}},
    {"rendezvous of 4 KiB, in the second cache", sample_body, body_block_second, 0, {0}},
    {"  memcpy of the same", sample_body, body_memcpy_second, 0, {0}},
    {"rendezvous of 4 KiB, in the first cache", sample_body, body_block_first, 0, {0}},
    {"  memcpy of the same", sample_body, body_memcpy_first, 0, {0}},
    {"copy and event, set of 10", sample_body, body_events_small, 0, {0}},
    {"copy and event, set of 1,000,000", sample_body, body_events_large, 0, {0}},
};

static const struct ratio ratios[] = {
    {"4 KiB beyond the core's caches, share of memcpy's speed", MEMCPY, BLOCKS, 0.7, 0},
    {"4 KiB in the second cache, share of memcpy's speed", MEMCPY_SECOND, BLOCKS_SECOND, 0.7, 0},
    {"4 KiB in the first cache, share of memcpy's speed", MEMCPY_FIRST, BLOCKS_FIRST, 0, 0},
    {"an event of a set of 1,000,000, times one of a set of 10", EVENTS_LARGE, EVENTS_SMALL, 0, 1.5},
};

static void open_crowds(void)
{
    open_crowd(0);
    open_crowd(1);
}

static void measure(void)
{
    for (unsigned n = 0; n < SAMPLES + 1u; n++) {
        for (unsigned k = 0; k < SUBJECTS; k++) {
            struct subject *s = &subjects[k ^ (n & 1u)];

            s->ns[n == 0 ? 0 : n - 1u] = s->sample(s->what);
        }
    }
}

int main(int argc, char **argv)
{
    const bool check = argc > 1 && strcmp(argv[1], "--check") == 0;
    bool held;

    build();
    (void)sample_body(open_crowds);
    measure();
    printf("component runtime, medians of %u samples\n", SAMPLES);
    held = report_ratios(subjects, ratios, sizeof ratios / sizeof ratios[0]);
    printf("  ns per operation\n");
    held = report_times(subjects, SUBJECTS) && held;
    return check && !held ? 1 : 0;
}
