/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * DPDK's rte_ring in single-producer, single-consumer mode: burst calls for copies, the peek zero-copy calls in place.
 *
 * The ring is laid out and initialised here as rte_ring_init() does it, so that no EAL is needed. RTE_EXACT 1 is the
 * exact-size mode: 1024 usable elements in 2048 slots. RTE_EXACT 0 is the plain mode: 1023 usable elements in 1024.
 */
#ifndef BENCH_RINGS_RTE_H
#define BENCH_RINGS_RTE_H

#include <string.h>

#include <rte_config.h>

#include <rte_ring.h>
#include <rte_ring_peek_zc.h>

#include "element.h"

#if RTE_EXACT
#define RING_NAME "rte_ring exact"
#define RTE_SLOTS (2 * RING_CAPACITY)
#define RTE_CAPACITY RING_CAPACITY
#define RTE_FLAGS (RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ)
#else
#define RING_NAME "rte_ring"
#define RTE_SLOTS RING_CAPACITY
#define RTE_CAPACITY (RING_CAPACITY - 1)
#define RTE_FLAGS (RING_F_SP_ENQ | RING_F_SC_DEQ)
#endif
#define RING_FORM BENCH_PEER
#define RING_IN_PLACE "writes and reads"

struct ring {
    struct rte_ring control; /* the calls find the elements right behind it */
    struct elem slot[RTE_SLOTS];
};

/* One ring each way; all but the round trip use the first. */
static struct ring ring_of[2] __attribute__((aligned(4096)));
_Static_assert(offsetof(struct ring, slot) == sizeof(struct rte_ring), "elements must follow the control block");

static inline void ring_init(unsigned id)
{
    memset(&ring_of[id].control, 0, sizeof ring_of[id].control);
    ring_of[id].control.flags = RTE_FLAGS;
    ring_of[id].control.prod.sync_type = RTE_RING_SYNC_ST;
    ring_of[id].control.cons.sync_type = RTE_RING_SYNC_ST;
    ring_of[id].control.size = RTE_SLOTS;
    ring_of[id].control.mask = RTE_SLOTS - 1;
    ring_of[id].control.capacity = RTE_CAPACITY;
}

static inline bool ring_push(unsigned id, struct elem *e)
{
    return rte_ring_sp_enqueue_elem(&ring_of[id].control, e, sizeof *e) == 0;
}

static inline bool ring_pop(unsigned id, struct elem *e)
{
    return rte_ring_sc_dequeue_elem(&ring_of[id].control, e, sizeof *e) == 0;
}

static inline uint32_t ring_push_n(unsigned id, struct elem *e, uint32_t n)
{
    return rte_ring_sp_enqueue_burst_elem(&ring_of[id].control, e, sizeof *e, n, NULL);
}

static inline uint32_t ring_pop_n(unsigned id, struct elem *e, uint32_t n)
{
    return rte_ring_sc_dequeue_burst_elem(&ring_of[id].control, e, sizeof *e, n, NULL);
}

static inline uint32_t ring_fill_n(unsigned id, uint32_t value, uint32_t n)
{
    struct rte_ring_zc_data run;
    uint32_t got = rte_ring_enqueue_zc_burst_elem_start(&ring_of[id].control, sizeof(struct elem), n, &run, NULL);
    if (got != 0) {
        elem_fill_run((struct elem *)run.ptr1, value, run.n1);
        elem_fill_run((struct elem *)run.ptr2, value + run.n1, got - run.n1);
        rte_ring_enqueue_zc_elem_finish(&ring_of[id].control, got);
    }
    return got;
}

static inline uint32_t ring_sum_n(unsigned id, uint32_t *sum, uint32_t n)
{
    struct rte_ring_zc_data run;
    uint32_t got = rte_ring_dequeue_zc_burst_elem_start(&ring_of[id].control, sizeof(struct elem), n, &run, NULL);
    if (got != 0) {
        *sum += elem_sum_run((struct elem *)run.ptr1, run.n1);
        *sum += elem_sum_run((struct elem *)run.ptr2, got - run.n1);
        rte_ring_dequeue_zc_elem_finish(&ring_of[id].control, got);
    }
    return got;
}

/* One element never wraps, so the second run need not be looked at. */
static inline bool ring_fill_one(unsigned id, uint32_t value)
{
    struct rte_ring_zc_data run;
    if (rte_ring_enqueue_zc_burst_elem_start(&ring_of[id].control, sizeof(struct elem), 1, &run, NULL) == 0) {
        return false;
    }
    elem_fill((struct elem *)run.ptr1, value);
    rte_ring_enqueue_zc_elem_finish(&ring_of[id].control, 1);
    return true;
}

static inline bool ring_sum_one(unsigned id, uint32_t *sum)
{
    struct rte_ring_zc_data run;
    if (rte_ring_dequeue_zc_burst_elem_start(&ring_of[id].control, sizeof(struct elem), 1, &run, NULL) == 0) {
        return false;
    }
    *sum += elem_sum((struct elem *)run.ptr1);
    rte_ring_dequeue_zc_elem_finish(&ring_of[id].control, 1);
    return true;
}

static inline void ring_flush(unsigned id)
{
    (void)id;
}

static inline void ring_return(unsigned id)
{
    (void)id;
}

#endif /* BENCH_RINGS_RTE_H */
