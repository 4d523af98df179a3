/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Gale's ring in its typed static form. GALE_DEFERRED 0 publishes each call.
 */
#ifndef BENCH_RINGS_GALE_TYPED_H
#define BENCH_RINGS_GALE_TYPED_H

#include "element.h"
#include "gale/async/typed_ring_buf.h"

#if GALE_DEFERRED
#define RING_NAME "gale typed deferred"
#define RING_FORM BENCH_GALE_DEFERRED
#define RING_PENDING (512 / ELEM_BYTES) /* publish every 512 bytes */
#else
#define RING_NAME "gale typed"
#define RING_FORM BENCH_GALE
#define RING_PENDING 1
#endif
#define RING_IN_PLACE "writes and reads"

GALE_TYPED_RING_BUF_DEFINE_DEFERRED(out, struct elem, RING_CAPACITY, RING_PENDING);
GALE_TYPED_RING_BUF_DEFINE_DEFERRED(back, struct elem, RING_CAPACITY, RING_PENDING);

static inline void ring_init(unsigned id)
{
    (void)id; /* ready without init */
}

static inline bool ring_push(unsigned id, struct elem *e)
{
    return (id == 0 ? out_write(e) : back_write(e)) == GALE_OK;
}

static inline bool ring_pop(unsigned id, struct elem *e)
{
    return (id == 0 ? out_read(e) : back_read(e)) == GALE_OK;
}

/* A failure is negative and means that nothing moved. */
static inline uint32_t ring_moved(int32_t n)
{
    return n > 0 ? (uint32_t)n : 0;
}

static inline uint32_t ring_push_n(unsigned id, struct elem *e, uint32_t n)
{
    return ring_moved(id == 0 ? out_write_n(e, n) : back_write_n(e, n));
}

static inline uint32_t ring_pop_n(unsigned id, struct elem *e, uint32_t n)
{
    return ring_moved(id == 0 ? out_read_n(e, n) : back_read_n(e, n));
}

static inline uint32_t ring_fill_n(unsigned id, uint32_t value, uint32_t n)
{
    struct elem *run;
    uint32_t got = ring_moved(id == 0 ? out_write_claim(n, &run) : back_write_claim(n, &run));
    if (got != 0) {
        elem_fill_run(run, value, got);
        (void)(id == 0 ? out_write_commit(got) : back_write_commit(got));
    }
    return got;
}

static inline uint32_t ring_sum_n(unsigned id, uint32_t *sum, uint32_t n)
{
    const struct elem *run;
    uint32_t got = ring_moved(id == 0 ? out_read_claim(n, &run) : back_read_claim(n, &run));
    if (got != 0) {
        *sum += elem_sum_run(run, got);
        (void)(id == 0 ? out_read_release(got) : back_read_release(got));
    }
    return got;
}

static inline bool ring_fill_one(unsigned id, uint32_t value)
{
    struct elem *slot;
    if ((id == 0 ? out_write_claim(1, &slot) : back_write_claim(1, &slot)) <= 0) {
        return false;
    }
    elem_fill(slot, value);
    (void)(id == 0 ? out_write_commit(1) : back_write_commit(1));
    return true;
}

static inline bool ring_sum_one(unsigned id, uint32_t *sum)
{
    const struct elem *slot;
    if ((id == 0 ? out_read_claim(1, &slot) : back_read_claim(1, &slot)) <= 0) {
        return false;
    }
    *sum += elem_sum(slot);
    (void)(id == 0 ? out_read_release(1) : back_read_release(1));
    return true;
}

static inline void ring_flush(unsigned id)
{
    id == 0 ? out_write_flush() : back_write_flush();
}

static inline void ring_return(unsigned id)
{
    id == 0 ? out_read_flush() : back_read_flush();
}

#endif /* BENCH_RINGS_GALE_TYPED_H */
