/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Boost's lockfree::spsc_queue with its capacity fixed at compile time.
 *
 * It can read in place (consume_one, consume_all), but not write in place: the in-place disciplines fill a local element
 * or batch and push that.
 */
#ifndef BENCH_RINGS_BOOST_H
#define BENCH_RINGS_BOOST_H

#include <boost/lockfree/spsc_queue.hpp>

#include "element.h"

#define RING_NAME "boost spsc_queue"
#define RING_FORM BENCH_PEER
#define RING_IN_PLACE "reads"

struct ring {
    boost::lockfree::spsc_queue<elem, boost::lockfree::capacity<RING_CAPACITY>> queue;
};

/* One ring each way; all but the round trip use the first. */
static struct ring ring_of[2] __attribute__((aligned(4096)));

static inline void ring_init(unsigned id)
{
    ring_of[id].queue.reset();
}

static inline bool ring_push(unsigned id, struct elem *e)
{
    return ring_of[id].queue.push(*e);
}

static inline bool ring_pop(unsigned id, struct elem *e)
{
    return ring_of[id].queue.pop(*e);
}

static inline uint32_t ring_push_n(unsigned id, struct elem *e, uint32_t n)
{
    return static_cast<uint32_t>(ring_of[id].queue.push(e, n));
}

static inline uint32_t ring_pop_n(unsigned id, struct elem *e, uint32_t n)
{
    return static_cast<uint32_t>(ring_of[id].queue.pop(e, n));
}

static inline bool ring_fill_one(unsigned id, uint32_t value)
{
    elem e;
    elem_fill(&e, value);
    return ring_of[id].queue.push(e);
}

static inline bool ring_sum_one(unsigned id, uint32_t *sum)
{
    return ring_of[id].queue.consume_one([sum](const elem &e) { *sum += elem_sum(&e); });
}

/* A batch that does not fit whole is cut by push(), so the rest is filled again: at most once per full ring. */
static inline uint32_t ring_fill_n(unsigned id, uint32_t value, uint32_t n)
{
    elem batch[BENCH_BATCH];
    elem_fill_run(batch, value, n);
    return static_cast<uint32_t>(ring_of[id].queue.push(batch, n));
}

/* Takes all there is, which may be more than `n`: that is the call that spsc_queue offers. */
static inline uint32_t ring_sum_n(unsigned id, uint32_t *sum, uint32_t)
{
    return static_cast<uint32_t>(ring_of[id].queue.consume_all([sum](const elem &e) { *sum += elem_sum(&e); }));
}

static inline void ring_flush(unsigned)
{
}

static inline void ring_return(unsigned)
{
}

#endif /* BENCH_RINGS_BOOST_H */
