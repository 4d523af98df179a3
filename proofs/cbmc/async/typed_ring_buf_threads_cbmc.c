/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A writer and a reader at once, over slots that are scalars: the ring gives places, the harness keeps what lies there.
 * @cbmc --unwind 3
 */
#include "threads.h"

#include "async/typed_ring_buf.c"
#include "async/typed_ring_buf_state.c"

enum { CAPACITY = 1, TURNS = 2 };

static uint8_t places[CAPACITY]; /* never touched */
static uint32_t slot;
static struct gale_typed_ring_buf ring;
static struct gale_typed_ring_buf_writer w;
static struct gale_typed_ring_buf_reader r;

static void writer(void)
{
    uint32_t next = 1;

    for (uint32_t i = 0; i < TURNS; i++) {
        if (gale__ring_end_claim(&w.end, 1) == 1) {
            slot = next++;
            (void)gale_typed_ring_buf_write_commit(&w, 1);
        }
    }
}

static void reader(void)
{
    uint32_t next = 1;

    for (uint32_t i = 0; i < TURNS; i++) {
        if (gale__ring_end_claim(&r.end, 1) == 1) {
            prove(slot == next, "RB13 RB11: what is read is what was written, whole, in order, in a slot of one's own");
            next++;
            (void)gale_typed_ring_buf_read_release(&r, 1);
        }
    }
    if (next == TURNS + 1u) {
        reached();
    }
}

static void both(void)
{
    gale_typed_ring_buf_writer_init(&w, &ring.writer, &ring.reader, places, CAPACITY, 1, 1);
    gale_typed_ring_buf_reader_init(&r, &ring.reader, &ring.writer, places, CAPACITY, 1, 1);
    START(1, writer);
    reader();
}

/* @bound capacity 1, two turns of each end
 * @cbmc --mm sc
 * @mutant include/gale/async/typed_ring_buf_core.h: `known < (int32_t)want` -> `false` */
void check_sc(void)
{
    both();
}

/* @bound capacity 1, two turns of each end
 * @cbmc --mm tso
 * @mutant include/gale/async/typed_ring_buf_core.h: `known < (int32_t)want` -> `false` */
void check_tso(void)
{
    both();
}
