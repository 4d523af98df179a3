/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Gale's ring in its general form: ends that are passed by pointer, size and capacity known at run time, out of line.
 */
#ifndef BENCH_RINGS_GALE_ENDS_H
#define BENCH_RINGS_GALE_ENDS_H

#include "element.h"
#include "gale/async/typed_ring_buf.h"

#if GALE_DEFERRED
#define RING_NAME "gale ends deferred"
#define RING_FORM BENCH_GALE_DEFERRED
#define RING_PENDING (512 / ELEM_BYTES) /* publish every 512 bytes */
#else
#define RING_NAME "gale ends"
#define RING_FORM BENCH_GALE
#define RING_PENDING 1
#endif
#define RING_IN_PLACE "writes and reads"

struct ring {
    struct gale_typed_ring_buf lines;
    struct gale_typed_ring_buf_writer writer;
    struct gale_typed_ring_buf_reader reader;
    struct elem slot[RING_CAPACITY];
};

/* One ring each way; all but the round trip use the first. */
static struct ring ring_of[2] __attribute__((aligned(4096)));

static inline void ring_init(unsigned id)
{
    struct ring *r = &ring_of[id];
    gale_typed_ring_buf_writer_init(&r->writer, &r->lines.writer, &r->lines.reader, r->slot, RING_CAPACITY,
                                    sizeof(struct elem), RING_PENDING);
    gale_typed_ring_buf_reader_init(&r->reader, &r->lines.reader, &r->lines.writer, r->slot, RING_CAPACITY,
                                    sizeof(struct elem), RING_PENDING);
}

static inline bool ring_push(unsigned id, struct elem *e)
{
    return gale_typed_ring_buf_write(&ring_of[id].writer, e) == GALE_OK;
}

static inline bool ring_pop(unsigned id, struct elem *e)
{
    return gale_typed_ring_buf_read(&ring_of[id].reader, e) == GALE_OK;
}

/* A failure is negative and means that nothing moved. */
static inline uint32_t ring_moved(int32_t n)
{
    return n > 0 ? (uint32_t)n : 0;
}

static inline uint32_t ring_push_n(unsigned id, struct elem *e, uint32_t n)
{
    return ring_moved(gale_typed_ring_buf_write_n(&ring_of[id].writer, e, n));
}

static inline uint32_t ring_pop_n(unsigned id, struct elem *e, uint32_t n)
{
    return ring_moved(gale_typed_ring_buf_read_n(&ring_of[id].reader, e, n));
}

static inline uint32_t ring_fill_n(unsigned id, uint32_t value, uint32_t n)
{
    void *run;
    uint32_t got = ring_moved(gale_typed_ring_buf_write_claim(&ring_of[id].writer, n, &run));
    if (got != 0) {
        elem_fill_run((struct elem *)run, value, got);
        (void)gale_typed_ring_buf_write_commit(&ring_of[id].writer, got);
    }
    return got;
}

static inline uint32_t ring_sum_n(unsigned id, uint32_t *sum, uint32_t n)
{
    const void *run;
    uint32_t got = ring_moved(gale_typed_ring_buf_read_claim(&ring_of[id].reader, n, &run));
    if (got != 0) {
        *sum += elem_sum_run((const struct elem *)run, got);
        (void)gale_typed_ring_buf_read_release(&ring_of[id].reader, got);
    }
    return got;
}

static inline bool ring_fill_one(unsigned id, uint32_t value)
{
    void *slot;
    if (gale_typed_ring_buf_write_claim(&ring_of[id].writer, 1, &slot) <= 0) {
        return false;
    }
    elem_fill((struct elem *)slot, value);
    (void)gale_typed_ring_buf_write_commit(&ring_of[id].writer, 1);
    return true;
}

static inline bool ring_sum_one(unsigned id, uint32_t *sum)
{
    const void *slot;
    if (gale_typed_ring_buf_read_claim(&ring_of[id].reader, 1, &slot) <= 0) {
        return false;
    }
    *sum += elem_sum((const struct elem *)slot);
    (void)gale_typed_ring_buf_read_release(&ring_of[id].reader, 1);
    return true;
}

static inline void ring_flush(unsigned id)
{
    gale_typed_ring_buf_write_flush(&ring_of[id].writer);
}

static inline void ring_return(unsigned id)
{
    gale_typed_ring_buf_read_flush(&ring_of[id].reader);
}

#endif /* BENCH_RINGS_GALE_ENDS_H */
