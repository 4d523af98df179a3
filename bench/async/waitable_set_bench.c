/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Time per event of a waitable set with 10 and with 1,000,000 members: post and poll, in bursts of ten.
 *
 * What differs between the two sets is only how many members there are; which members have events is the pattern:
 * - few:   the same ten members, in the large set spread evenly over it. Work per event, with all that is touched in
 *          the nearest cache in both sets.
 * - round: the members in turn, all of them. In the large set each event touches memory that was touched a million
 *          events ago, in order, so the hardware fetches ahead.
 * - any:   members at random. In the large set each event misses the caches; that is the price of a million cold
 *          objects in any design, and depends on the machine.
 * The claim, and the exit status, is about `few` and `round`: at most twice the time. `any` is printed beside them.
 *
 * Samples of both sets alternate and medians are compared, so that drift of the machine's speed cancels out. Processor
 * time is counted, not time on the wall, so that other programs on the machine count less.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gale/async/waitable_set.h"

#define SMALL 10u
#define LARGE 1000000u
#define BURST 10u
#define EVENTS 200000u /* per sample, a multiple of BURST */
#define SAMPLES 41u    /* per set and pattern */
#define MOST_RATIO 2.0

GALE_STATIC_ASSERT(GALE_ID_BITS == 32, the_large_set_needs_32_bit_ids);

/** A set with all members of a pool of its own. */
struct subject {
    gale_id count;
    struct gale_executor x;
    struct gale_waitable *items;
    struct gale_waitable_pool pool;
    struct gale_waitable_set set;
};

/** Which members a sample posts to; filled before the clock starts. */
struct plan {
    const char *name;
    bool claimed;
    void (*fill)(gale_id *ids, gale_id count);
    double ns[2][SAMPLES];
};

static struct gale_thread threads[1];
static struct gale_timeout timeouts[1];
static gale_id heap[1];
static struct gale_timer *timers[1];
static struct subject subjects[2] = {{.count = SMALL}, {.count = LARGE}};
static gale_id ids[EVENTS];

static void fill_few(gale_id *out, gale_id count)
{
    for (uint32_t i = 0; i < EVENTS; i++) {
        out[i] = i % SMALL * (count / SMALL);
    }
}

static void fill_round(gale_id *out, gale_id count)
{
    static gale_id next;

    for (uint32_t i = 0; i < EVENTS; i++) {
        out[i] = next++ % count;
    }
}

/* Random, but never twice within a burst: a waitable holds one event. */
static void fill_any(gale_id *out, gale_id count)
{
    static uint64_t state = 1;

    for (uint32_t i = 0; i < EVENTS; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        out[i] = i % BURST * (count / SMALL) + (gale_id)((state >> 32) % (count / SMALL));
    }
}

static struct plan plans[] = {
    {"few", true, fill_few, {{0}}}, {"round", true, fill_round, {{0}}}, {"any", false, fill_any, {{0}}}};

static void require(bool ok, const char *what)
{
    if (!ok) {
        printf("waitable_set_bench: %s\n", what);
        exit(2);
    }
}

static void build(struct subject *s)
{
    const gale_id lists = GALE_EXECUTOR_OWN_LISTS + GALE_WAITABLE_SET_LISTS;
    struct gale_executor_memory memory = {threads, NULL, timeouts, heap, timers, 1, 0, 1 + s->count, lists};

    memory.links = calloc(1u + s->count + lists, sizeof *memory.links);
    s->items = calloc(s->count, sizeof *s->items);
    require(memory.links != NULL && s->items != NULL, "no memory");
    require(gale_executor_init(&s->x, &memory) == GALE_OK, "executor");
    require(gale_waitable_set_pool_init(&s->pool, &s->x, s->items, s->count) == GALE_OK, "pool");
    require(gale_waitable_set_init(&s->set, &s->pool) == GALE_OK, "set");
    for (gale_id w = 0; w < s->count; w++) {
        require(gale_waitable_set_join(&s->set, w) == GALE_OK, "join");
    }
}

static double now_ns(void)
{
    struct timespec now;

    require(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0, "no clock of processor time");
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Returns the sum of payloads and ids that were delivered, so that no event can go missing unseen. */
static uint64_t run(struct subject *s)
{
    struct gale_waitable_event event = {0, 0, 0};
    uint64_t sum = 0;

    for (uint32_t i = 0; i < EVENTS; i += BURST) {
        for (uint32_t k = 0; k < BURST; k++) {
            (void)gale_waitable_set_post(&s->pool, ids[i + k], GALE_WAITABLE_EVENT_SUBTASK, i + k);
        }
        for (uint32_t k = 0; k < BURST; k++) {
            (void)gale_waitable_set_poll(&s->set, &event);
            sum += (uint64_t)event.payload + event.join_id;
        }
    }
    return sum;
}

static double sample(struct subject *s, const struct plan *p)
{
    uint64_t expected = 0;
    double begin;
    double end;

    p->fill(ids, s->count);
    for (uint32_t i = 0; i < EVENTS; i++) {
        expected += (uint64_t)i + ids[i];
    }
    begin = now_ns();
    require(run(s) == expected, "an event was lost or changed");
    end = now_ns();
    return (end - begin) / EVENTS;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double ns[SAMPLES])
{
    qsort(ns, SAMPLES, sizeof ns[0], compare);
    return ns[SAMPLES / 2u];
}

static bool report(struct plan *p)
{
    const double small = median(p->ns[0]);
    const double large = median(p->ns[1]);
    const bool ok = !p->claimed || large / small <= MOST_RATIO;

    printf("%-6s %7.2f ns with %u, %7.2f ns with %u: ratio %.2f%s\n", p->name, small, SMALL, large, LARGE,
           large / small,
           !p->claimed ? ""
           : ok        ? ", at most 2 claimed: holds"
                       : ", at most 2 claimed: DOES NOT HOLD");
    return ok;
}

int main(void)
{
    bool ok = true;

    build(&subjects[0]);
    build(&subjects[1]);
    for (unsigned i = 0; i < SAMPLES; i++) {
        for (unsigned p = 0; p < sizeof plans / sizeof plans[0]; p++) {
            plans[p].ns[0][i] = sample(&subjects[0], &plans[p]);
            plans[p].ns[1][i] = sample(&subjects[1], &plans[p]);
        }
    }
    printf("waitable set, post + poll per event in bursts of %u, medians of %u samples; a waitable is %u + %u bytes\n",
           BURST, SAMPLES, (unsigned)sizeof(struct gale_waitable), (unsigned)sizeof(struct gale_link));
    for (unsigned p = 0; p < sizeof plans / sizeof plans[0]; p++) {
        ok = report(&plans[p]) && ok;
    }
    return ok ? 0 : 1;
}
