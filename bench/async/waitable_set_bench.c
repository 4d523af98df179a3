/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * gale_waitable_set_bench: the time of one event (a post and the poll that delivers it) in a set of 10 waitables and in
 * one of 1,000,000, which may be at most twice as long.
 *
 * Three ways to choose whose event is next: ten busy waitables among idle ones, all in turn, all in random order. The
 * last misses the caches on purpose, so the same steps over bare memory of the same size are measured beside it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gale/async/waitable_set.h"
#include "support/bench.h"

#define FEW 10u
#define MANY 1000000u
#define BURST 10u /* events pending at once */
#define BURSTS 20000u
#define ROUNDS 25
#define MOST_RATIO 2.0

GALE_EXECUTOR_MEMORY_DEFINE(few, 1, 1, FEW, GALE_WAITABLE_SET_LISTS);
GALE_EXECUTOR_MEMORY_DEFINE(many, 1, 1, MANY, GALE_WAITABLE_SET_LISTS);

/* A set with `count` members. */
struct world {
    struct gale_executor executor;
    struct gale_waitable_pool pool;
    struct gale_waitable_set set;
    struct gale_waitable *items;
    gale_id count;
};

/* The next waitable after `id` in an order. */
typedef gale_id (*order_fn)(gale_id id, gale_id count);

static gale_id order_ten(gale_id id, gale_id count)
{
    gale_id next = id + count / FEW;
    return next < count ? next : next - count;
}

static gale_id order_turn(gale_id id, gale_id count)
{
    return id + 1 < count ? id + 1 : 0;
}

static gale_id order_random(gale_id id, gale_id count)
{
    static uint32_t state = 1;
    (void)id;
    state = state * 1664525u + 1013904223u;
    return (gale_id)(((uint64_t)state * count) >> 32);
}

static bool world_init(struct world *w, const struct gale_executor_memory *memory, gale_id count)
{
    w->count = count;
    w->items = calloc(count, sizeof *w->items);
    bool ready = w->items != NULL && gale_executor_init(&w->executor, memory) == GALE_OK &&
                 gale_waitable_set_pool_init(&w->pool, &w->executor, w->items, count) == GALE_OK &&
                 gale_waitable_set_init(&w->set, &w->pool) == GALE_OK;
    for (gale_id i = 0; ready && i < count; i++) {
        ready = gale_waitable_set_join(&w->set, i) == GALE_OK;
    }
    return ready;
}

/* Posts BURST events, then polls until none is left; returns how many were delivered, adds up their payloads. */
static uint32_t world_burst(struct world *w, order_fn order, gale_id *id, uint64_t *balance)
{
    struct gale_waitable_event event;
    uint32_t delivered = 0;
    for (uint32_t i = 0; i < BURST; i++) {
        *id = order(*id, w->count);
        if (gale_waitable_set_post(&w->pool, *id, GALE_WAITABLE_EVENT_SUBTASK, *id) == GALE_OK) {
            *balance += *id;
        }
    }
    while (gale_waitable_set_poll(&w->set, &event) == GALE_OK) {
        *balance -= event.payload;
        delivered++;
    }
    return delivered;
}

/* Nanoseconds per delivered event; 0 when an event was lost or changed. */
static double world_measure(struct world *w, order_fn order)
{
    uint64_t balance = 0;
    uint64_t delivered = 0;
    gale_id id = 0;
    double begin = bench_cpu_now_ns();
    for (uint32_t i = 0; i < BURSTS; i++) {
        delivered += world_burst(w, order, &id, &balance);
    }
    double ns = bench_cpu_now_ns() - begin;
    return balance == 0 && delivered != 0 ? ns / (double)delivered : 0;
}

/* The same walk over bare memory: a waitable and a link, read and written by the post and again by the poll. */
static double memory_measure(struct world *w, struct gale_link *links, order_fn order)
{
    gale_id id = 0;
    gale_id burst[BURST];
    double begin = bench_cpu_now_ns();
    for (uint32_t i = 0; i < BURSTS; i++) {
        for (uint32_t k = 0; k < BURST; k++) {
            burst[k] = id = order(id, w->count);
            ((volatile struct gale_waitable *)w->items)[id].payload++;
            ((volatile struct gale_link *)links)[id].next++;
        }
        for (uint32_t k = 0; k < BURST; k++) {
            ((volatile struct gale_waitable *)w->items)[burst[k]].payload--;
            ((volatile struct gale_link *)links)[burst[k]].next--;
        }
    }
    return (bench_cpu_now_ns() - begin) / ((double)BURSTS * BURST);
}

static int row_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double row_median(double value[ROUNDS])
{
    qsort(value, ROUNDS, sizeof *value, row_compare);
    return value[ROUNDS / 2];
}

/* One line: medians of the small and the large set, measured in turn. Returns the ratio; 0 when an event was lost. */
static double row_measure(const char *name, struct world world[2], order_fn order)
{
    double ns[2][ROUNDS], memory[2][ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < 2; i++) {
            ns[i][round] = world_measure(&world[i], order);
            memory[i][round] = memory_measure(&world[i], i == 0 ? few_links : many_links, order);
            if (!(ns[i][round] > 0)) {
                return 0;
            }
        }
    }
    double small = row_median(ns[0]), large = row_median(ns[1]);
    double ratio = large / small;
    printf("  %-28s %10.1f %10.1f %8.2f %18.1f %10.1f\n", name, small, large, ratio, row_median(memory[0]),
           row_median(memory[1]));
    return ratio;
}

/* A ratio that the check gates. */
static bool ratio_holds(double ratio)
{
    return ratio > 0 && ratio <= MOST_RATIO;
}

int main(void)
{
    static struct world world[2];
    if (!world_init(&world[0], &few_memory, FEW) || !world_init(&world[1], &many_memory, MANY)) {
        fprintf(stderr, "gale_waitable_set_bench: cannot set up %u waitables\n", MANY);
        return EXIT_FAILURE;
    }
    printf("one event, posted and polled, ns (median of %d)     bare memory, same walk\n", ROUNDS);
    printf("  %-28s %10u %10u %8s %18u %10u\n", "waitables in the set:", FEW, MANY, "ratio", FEW, MANY);
    double ten = row_measure("ten busy, the others idle", world, order_ten);
    double turn = row_measure("each in turn", world, order_turn);
    double random = row_measure("each in random order", world, order_random);
    bool holds = ratio_holds(ten) && ratio_holds(turn) && random > 0;
    printf("%s: ten busy and in turn at most %.0f times; random order pays for memory that fits no cache\n",
           holds ? "holds" : "MISSED", MOST_RATIO);
    return holds ? EXIT_SUCCESS : EXIT_FAILURE;
}
