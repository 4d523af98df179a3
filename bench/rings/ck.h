/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Concurrency Kit's ck_ring, SPSC calls with typed values in the ring.
 *
 * It can write in place (reserve and commit of one element), but not read in place, and has no call for a batch: a batch
 * is a loop of single calls. One of the 1024 slots stays empty.
 */
#ifndef BENCH_RINGS_CK_H
#define BENCH_RINGS_CK_H

#include <ck_ring.h>

#include "element.h"

#define RING_NAME "ck_ring"
#define RING_FORM BENCH_PEER
#define RING_IN_PLACE "writes"

CK_RING_PROTOTYPE(elem, elem)

struct ring {
    struct ck_ring control;
    struct elem slot[RING_CAPACITY] __attribute__((aligned(128)));
};

/* One ring each way; all but the round trip use the first. */
static struct ring ring_of[2] __attribute__((aligned(4096)));

static inline void ring_init(unsigned id)
{
    ck_ring_init(&ring_of[id].control, RING_CAPACITY);
}

static inline bool ring_push(unsigned id, struct elem *e)
{
    return ck_ring_enqueue_spsc_elem(&ring_of[id].control, ring_of[id].slot, e);
}

static inline bool ring_pop(unsigned id, struct elem *e)
{
    return ck_ring_dequeue_spsc_elem(&ring_of[id].control, ring_of[id].slot, e);
}

static inline uint32_t ring_push_n(unsigned id, struct elem *e, uint32_t n)
{
    uint32_t done = 0;
    while (done < n && ring_push(id, &e[done])) {
        done++;
    }
    return done;
}

static inline uint32_t ring_pop_n(unsigned id, struct elem *e, uint32_t n)
{
    uint32_t done = 0;
    while (done < n && ring_pop(id, &e[done])) {
        done++;
    }
    return done;
}

static inline bool ring_fill_one(unsigned id, uint32_t value)
{
    struct elem *slot = ck_ring_enqueue_reserve_spsc_elem(&ring_of[id].control, ring_of[id].slot);
    if (slot == NULL) {
        return false;
    }
    elem_fill(slot, value);
    ck_ring_enqueue_commit_spsc(&ring_of[id].control);
    return true;
}

static inline bool ring_sum_one(unsigned id, uint32_t *sum)
{
    struct elem e;
    if (!ring_pop(id, &e)) {
        return false;
    }
    *sum += elem_sum(&e);
    return true;
}

static inline uint32_t ring_fill_n(unsigned id, uint32_t value, uint32_t n)
{
    uint32_t done = 0;
    while (done < n && ring_fill_one(id, value + done)) {
        done++;
    }
    return done;
}

static inline uint32_t ring_sum_n(unsigned id, uint32_t *sum, uint32_t n)
{
    uint32_t done = 0;
    while (done < n && ring_sum_one(id, sum)) {
        done++;
    }
    return done;
}

static inline void ring_flush(unsigned id)
{
    (void)id;
}

static inline void ring_return(unsigned id)
{
    (void)id;
}

#endif /* BENCH_RINGS_CK_H */
