/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The trust boundary, and both ends before a peer that writes anything at any time: each look at its word gives any value.
 * @bound capacity <= 3, elem_bytes <= 3, batch <= 3; the boundary itself: every capacity, every word
 * @cbmc --unwind 11
 */
#include "harness.h"

struct gale_atomic_u32;
static uint32_t hostile_load(const struct gale_atomic_u32 *word);

/* Every load goes through this file, so that the peer's word is new at each. */
#define GALE__LOAD(word, order) hostile_load(word)
#define GALE__STORE(word, v, order) ((word)->value = (v))
#define GALE__FETCH_OR(word, bits) hostile_swap((word), (word)->value | (bits))
#define GALE__EXCHANGE(word, v) hostile_swap((word), (v))
#define GALE__FENCE() ((void)0)
static uint32_t hostile_swap(struct gale_atomic_u32 *word, uint32_t v);

#include "async/shared_stream_region.c"
#include "async/typed_ring_buf.c"
#include "async/typed_ring_buf_state.c"
#include "kernel/mem_domain.c"
#include "kernel/mpu.c"

static const struct gale_atomic_u32 *peer_word;

static uint32_t hostile_load(const struct gale_atomic_u32 *word)
{
    return word == peer_word ? nondet_u32() : word->value;
}

static uint32_t hostile_swap(struct gale_atomic_u32 *word, uint32_t v)
{
    const uint32_t old = word->value;

    word->value = v;
    return old;
}

enum { CAPACITY = 3, ELEM = 3, BYTES = CAPACITY * ELEM };

static uint8_t outside[BYTES], before;
static struct gale_atomic_u32 own, peer;
static struct gale_shared_stream_region_writer w;
static struct gale_shared_stream_region_reader r;
static uint32_t bytes, spot;

/** An end of any valid state over exactly capacity * elem bytes: one byte further is an error that CBMC sees. */
static void any_end(struct gale__ring_end *e, struct gale__shared_peer *p)
{
    e->gate = nondet_u32();
    e->index = nondet_u32();
    e->slot = nondet_u32();
    e->limit = nondet_u32();
    e->claimed = nondet_u32();
    e->pending = nondet_u32();
    e->batch = any_upto(3);
    e->capacity = any_upto(CAPACITY);
    e->elem_bytes = any_upto(ELEM);
    e->bias = nondet_u32();
    e->own = &own;
    e->peer = &p->seen;
    own.value = nondet_u32();
    p->word = &peer;
    p->seen.value = nondet_u32();
    p->status = (int32_t)nondet_u32();
    peer_word = &peer;
    assume(e->capacity > 0 && e->elem_bytes > 0);
    bytes = e->capacity * e->elem_bytes;
    e->data = __CPROVER_allocate(bytes, 0);
}

static uint32_t word_index(uint32_t word)
{
    return word & ~GALE__RING_CLOSED;
}

/* Closed, once for all: every call answers with the status, and the own word says so to an honest peer. */
static void closes(const struct gale__ring_end *e, const struct gale__shared_peer *p, int32_t answer)
{
    prove(answer != GALE_ECORRUPT || (p->status == GALE_ECORRUPT && own.value >= GALE__RING_CLOSED),
          "MD11: an impossible index is reported and closes the stream");
    prove(word_index(p->seen.value) < 2u * e->capacity, "MD11: only possible indices are believed");
}

/* @bound none: every capacity, every state of an end, every word; elem_bytes 1, which is not looked at
 * @mutant src/async/shared_stream_region.c: `if (index >= 2u * e->capacity)` -> `if (index > 2u * e->capacity)`
 * @mutant src/async/shared_stream_region.c: `slots <= e->capacity - e->pending` -> `slots <= e->capacity`
 * @mutant src/async/shared_stream_region.c: `slots >= shared_stream_region_slots_to(e, seen) &&` -> `` */
void check_admit(void)
{
    struct gale__ring_end e;
    const uint32_t seen = nondet_u32();
    const uint32_t word = nondet_u32();

    e.elem_bytes = 1;
    assume(gale__ring_end_is_valid(&e) && seen < 2u * e.capacity);
    const uint32_t circle = 2u * e.capacity;
    const uint32_t from = (e.index + circle - e.bias) % circle; /* the peer's index that gives no slot */
    const uint32_t slots = (word_index(word) + circle - from) % circle;
    const uint32_t known = (seen + circle - from) % circle;
    const bool honest = word_index(word) < circle && slots >= known && slots <= e.capacity - e.pending;

    assume(known <= e.capacity - e.pending);
    prove(gale__shared_stream_region_admit(&e, seen, word) == (honest ? GALE_OK : GALE_ECORRUPT),
          "MD11: admitted iff in range, not back, and within what was published");
    reached();
}

static void any_writer(void)
{
    any_end(&w.ring.end, &w.peer);
    assume(gale_shared_stream_region_writer_is_valid(&w));
    spot = any_upto(BYTES - 1u);
}

static void any_reader(void)
{
    any_end(&r.ring.end, &r.peer);
    assume(gale_shared_stream_region_reader_is_valid(&r));
    spot = any_upto(BYTES - 1u);
    assume(spot < bytes);
    before = r.ring.end.data[spot];
}

static void writer_holds(int32_t answer)
{
    closes(&w.ring.end, &w.peer, answer);
    prove(gale_shared_stream_region_writer_is_valid(&w), "MD11: the writer's end is valid, whatever the peer wrote");
    reached();
}

static void reader_holds(int32_t answer)
{
    closes(&r.ring.end, &r.peer, answer);
    prove(r.ring.end.data[spot] == before, "MD08 MD11: a reader writes no byte of the data");
    prove(gale_shared_stream_region_reader_is_valid(&r), "MD11: the reader's end is valid, whatever the peer wrote");
    reached();
}

/* @mutant src/async/shared_stream_region.c: `if (gale__shared_stream_region_admit(e, seen, word) != GALE_OK)` -> `if (false)`
 * @mutant src/async/shared_stream_region.c: `gale_atomic_store_relaxed(&p->seen, word);` -> `gale_atomic_store_relaxed(&p->seen, gale_atomic_load_acquire(p->word));` */
void check_writer_writes(void)
{
    any_writer();
    writer_holds(nondet_bool() ? gale_shared_stream_region_write(&w, outside)
                               : gale_shared_stream_region_write_n(&w, outside, any_upto(CAPACITY)));
}

/* @mutant include/gale/async/typed_ring_buf_core.h: `n < to_wrap ? n : to_wrap` -> `n` */
void check_writer_claims(void)
{
    void *run = NULL;

    any_writer();
    const int32_t k = gale_shared_stream_region_write_claim(&w, nondet_u32(), &run);

    if (k > 0) {
        const uint32_t first = (uint32_t)((uint8_t *)run - w.ring.end.data);

        prove(first + (uint32_t)k * w.ring.end.elem_bytes <= bytes && first % w.ring.end.elem_bytes == 0,
              "MD11: the run is inside the data area");
    }
    if (nondet_bool()) {
        (void)gale_shared_stream_region_write_commit(&w, nondet_u32());
    }
    writer_holds(k);
}

/* @mutant src/async/shared_stream_region.c: `p->status == GALE_ECORRUPT ? GALE_ECORRUPT : GALE_EPERM` -> `GALE_OK` */
void check_writer_other_calls(void)
{
    int32_t answer = GALE_OK;

    any_writer();
    switch (any_upto(2)) {
    case 0:
        answer = gale_shared_stream_region_space_available(&w);
        break;
    case 1:
        gale_shared_stream_region_write_flush(&w);
        break;
    default:
        gale_shared_stream_region_write_close(&w);
        prove(own.value >= GALE__RING_CLOSED && gale_shared_stream_region_write(&w, outside) < 0,
              "RB14: closed for good");
        break;
    }
    prove(answer <= (int32_t)w.ring.end.capacity, "MD11: no more than the capacity");
    writer_holds(answer);
}

/* @mutant src/async/shared_stream_region.c: `if (gale__shared_stream_region_admit(e, seen, word) != GALE_OK)` -> `if (false)` */
void check_reader_reads(void)
{
    any_reader();
    reader_holds(nondet_bool() ? gale_shared_stream_region_read(&r, outside)
                               : gale_shared_stream_region_read_n(&r, outside, any_upto(CAPACITY)));
}

/* @mutant include/gale/async/typed_ring_buf_core.h: `n < to_wrap ? n : to_wrap` -> `n` */
void check_reader_claims(void)
{
    const void *run = NULL;

    any_reader();
    const int32_t k = gale_shared_stream_region_read_claim(&r, nondet_u32(), &run);

    if (k > 0) {
        const uint32_t first = (uint32_t)((const uint8_t *)run - r.ring.end.data);

        prove(first + (uint32_t)k * r.ring.end.elem_bytes <= bytes && first % r.ring.end.elem_bytes == 0,
              "MD11: the run is inside the data area");
    }
    if (nondet_bool()) {
        (void)gale_shared_stream_region_read_release(&r, nondet_u32());
    }
    reader_holds(k);
}

/* @mutant src/async/shared_stream_region.c: `shared_stream_region_end_close(e, p, GALE_ECORRUPT);` -> `` */
void check_reader_other_calls(void)
{
    int32_t answer = GALE_OK;

    any_reader();
    switch (any_upto(2)) {
    case 0:
        answer = gale_shared_stream_region_elements_available(&r);
        break;
    case 1:
        gale_shared_stream_region_read_flush(&r);
        break;
    default:
        gale_shared_stream_region_read_close(&r);
        break;
    }
    prove(answer <= (int32_t)r.ring.end.capacity, "MD11: no more than the capacity");
    reader_holds(answer);
}

/* The owner's side. */

static struct gale_shared_stream_region_layout any_layout(void)
{
    struct gale_shared_stream_region_layout layout = {0};
    const enum gale_mpu_rules rules = nondet_bool() ? GALE_MPU_PMSAV8 : GALE_MPU_PAGE;

    assume(gale_shared_stream_region_layout_init(rules, 1, any_upto(GALE_TYPED_RING_BUF_CAPACITY_MAX), &layout) ==
           GALE_OK);
    return layout;
}

/* @bound every capacity, elem_bytes 1, PMSAv8 and pages
 * @cbmc --unwind 33
 * @mutant src/async/shared_stream_region.c: `partitions[0].access = writes ? GALE_MPU_RW : GALE_MPU_RO;` -> `partitions[0].access = GALE_MPU_RW;`
 * @mutant src/async/shared_stream_region.c: `partitions[1].start = start + layout->reader_offset;` -> `partitions[1].start = start + layout->data_offset;` */
void check_partitions(void)
{
    const struct gale_shared_stream_region_layout layout = any_layout();
    struct gale_mem_partition p[2], q[2];
    const uint32_t start = nondet_u32();
    const uint32_t a = nondet_u32();

    assume(start % layout.align_bytes == 0 && start <= UINT32_MAX - layout.block_bytes);
    gale_shared_stream_region_partitions(&layout, GALE_SHARED_STREAM_REGION_WRITER, start, p);
    gale_shared_stream_region_partitions(&layout, GALE_SHARED_STREAM_REGION_READER, start, q);
    const uint32_t offset = a - start;
    const bool line = offset < layout.reader_offset; /* the writer's word and the data */
    const bool inside = offset < layout.block_bytes;

    prove(layout.data_offset + layout.capacity <= layout.reader_offset, "MD07: the data lies in the writer's run");
    prove((a - p[0].start < p[0].size) == line && (a - p[1].start < p[1].size) == (inside && !line),
          "MD07 MD08: the two runs are the block, exactly");
    prove(p[0].access == GALE_MPU_RW && p[1].access == GALE_MPU_RO, "MD07: data and own word RW, the reader's word RO");
    prove(q[0].access == GALE_MPU_RO && q[1].access == GALE_MPU_RW, "MD08: data and the writer's word RO, own word RW");
    prove(q[0].start == p[0].start && q[0].size == p[0].size && q[1].start == p[1].start && q[1].size == p[1].size,
          "MD08: the same runs on both sides");
    prove(gale_mpu_partition_is_encodable(layout.rules, &p[0]) && gale_mpu_partition_is_encodable(layout.rules, &p[1]),
          "MD10: the hardware can express both");
    reached();
}
