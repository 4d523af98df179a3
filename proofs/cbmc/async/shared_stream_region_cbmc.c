/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The trust boundary, and both ends before a peer that writes anything at any time: each look at its word gives any value.
 * @bound capacity 3, elem_bytes 2, batch <= 2; any state, any word of the peer at each look
 * @cbmc --unwind 8
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

enum { CAPACITY = 3, ELEM = 2, BYTES = CAPACITY * ELEM };

static uint8_t data[BYTES], outside[BYTES], before; /* one byte further is an error that CBMC sees */
static struct gale_atomic_u32 own, peer;
static struct gale_shared_stream_region_writer w;
static struct gale_shared_stream_region_reader r;
static uint32_t spot;

/** An end that was closed, by either side's doing, says so in its word and holds nothing back. */
static bool stays_closed(const struct gale__ring_end *e, const struct gale__shared_peer *p)
{
    return (p->status != GALE_ECORRUPT && p->status != GALE_EPERM) ||
           (e->pending == 0 && own.value >= GALE__RING_CLOSED);
}

/** An end of any valid state. */
static void any_end(struct gale__ring_end *e, struct gale__shared_peer *p, uint32_t bias)
{
    e->gate = nondet_u32();
    e->index = nondet_u32();
    e->slot = nondet_u32();
    e->limit = nondet_u32();
    e->claimed = nondet_u32();
    e->pending = nondet_u32();
    e->batch = any_upto(2);
    e->capacity = CAPACITY;
    e->elem_bytes = ELEM;
    e->bias = bias;
    e->data = data;
    e->own = &own;
    e->peer = &p->seen;
    own.value = nondet_u32();
    p->word = &peer;
    p->seen.value = nondet_u32();
    p->status = (int32_t)nondet_u32();
    peer_word = &peer;
    assume(stays_closed(e, p));
}

static uint32_t word_index(uint32_t word)
{
    return word & ~GALE__RING_CLOSED;
}

/* Closed, once for all: every call answers with the status, and the own word says so to an honest peer. */
static void closes(const struct gale__ring_end *e, const struct gale__shared_peer *p, int32_t answer)
{
    prove(answer != GALE_ECORRUPT || p->status == GALE_ECORRUPT, "MD11: an impossible index is reported");
    prove(stays_closed(e, p), "MD11: and closes the stream");
    prove(word_index(p->seen.value) < 2u * e->capacity, "MD11: only possible indices are believed");
}

/** `n` steps on from `index`, both on a circle. */
static uint32_t on(uint32_t index, uint32_t n, uint32_t circle)
{
    return n < circle - index ? index + n : n - (circle - index);
}

static struct gale__ring_end end_with(uint32_t bias)
{
    struct gale__ring_end e;

    e.elem_bytes = 1; /* it is not looked at */
    e.bias = bias;
    assume(gale__ring_end_is_valid(&e));
    return e;
}

/* @bound none: every capacity, every index
 * @mutant include/gale/async/typed_ring_buf_core.h: `limit < 2u * e->capacity ? limit` -> `limit <= 2u * e->capacity ? limit`
 * @mutant include/gale/async/typed_ring_buf_core.h: `uint32_t limit = index + e->bias;` -> `uint32_t limit = index;` */
void check_limit(void)
{
    const uint32_t bias = nondet_u32();
    const struct gale__ring_end e = end_with(bias);
    const uint32_t index = any_upto(2u * e.capacity - 1u);

    prove(gale__ring_limit(&e, index | (nondet_bool() ? GALE__RING_CLOSED : 0)) == on(index, bias, 2u * e.capacity),
          "RB10 MD11: a reader may go up to the peer's index, a writer one capacity on");
    reached();
}

/* @bound none: every capacity, every index
 * @mutant include/gale/async/typed_ring_buf_core.h: `limit >= e->index ? limit - e->index` -> `limit > e->index ? limit - e->index` */
void check_slots(void)
{
    const uint32_t bias = nondet_u32();
    const struct gale__ring_end e = end_with(bias);
    const uint32_t n = nondet_u32();

    assume(n < 2u * e.capacity);
    prove(gale__ring_known(&e, on(e.index, n, 2u * e.capacity)) == n, "RB10 MD11: as many slots as steps to the limit");
    reached();
}

/* @bound none: every capacity, every state of an end, every word
 * @mutant src/async/shared_stream_region.c: `slots <= e->capacity - e->pending` -> `slots <= e->capacity`
 * @mutant src/async/shared_stream_region.c: `slots >= shared_stream_region_slots_to(e, seen) &&` -> `` */
void check_admit(void)
{
    const uint32_t bias = nondet_u32();
    const struct gale__ring_end e = end_with(bias);
    const uint32_t seen = nondet_u32();
    const uint32_t word = nondet_u32();

    assume(seen < 2u * e.capacity && word_index(word) < 2u * e.capacity);
    const uint32_t slots = shared_stream_region_slots_to(&e, word_index(word));
    const bool honest = slots >= shared_stream_region_slots_to(&e, seen) && slots <= e.capacity - e.pending;

    prove(gale__shared_stream_region_admit(&e, seen, word) == (honest ? GALE_OK : GALE_ECORRUPT),
          "MD11: admitted iff not back, and within what was published");
    reached();
}

/* @bound none
 * @mutant src/async/shared_stream_region.c: `if (index >= 2u * e->capacity)` -> `if (index > 2u * e->capacity)` */
void check_admit_out_of_range(void)
{
    const uint32_t bias = nondet_u32();
    const struct gale__ring_end e = end_with(bias);
    const uint32_t seen = nondet_u32();
    const uint32_t word = nondet_u32();

    assume(seen < 2u * e.capacity && word_index(word) >= 2u * e.capacity);
    prove(gale__shared_stream_region_admit(&e, seen, word) == GALE_ECORRUPT, "MD11: no index that is off the circle");
    reached();
}

static void any_writer(void)
{
    any_end(&w.ring.end, &w.peer, CAPACITY);
    assume(gale_shared_stream_region_writer_is_valid(&w));
}

static void any_reader(void)
{
    any_end(&r.ring.end, &r.peer, 0);
    assume(gale_shared_stream_region_reader_is_valid(&r));
    spot = any_upto(BYTES - 1u);
    before = data[spot];
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
    prove(data[spot] == before, "MD08 MD11: a reader writes no byte of the data");
    prove(gale_shared_stream_region_reader_is_valid(&r), "MD11: the reader's end is valid, whatever the peer wrote");
    reached();
}

/* @mutant src/async/shared_stream_region.c: `if (gale__shared_stream_region_admit(e, seen, word) != GALE_OK)` -> `if (false)`
 * @mutant src/async/shared_stream_region.c: `gale_atomic_store_relaxed(&p->seen, word);` -> `gale_atomic_store_relaxed(&p->seen, gale_atomic_load_acquire(p->word));` */
void check_writer_writes(void)
{
    any_writer();
    writer_holds(gale_shared_stream_region_write(&w, outside));
}

/* @mutant src/async/shared_stream_region.c: `if (gale__shared_stream_region_admit(e, seen, word) != GALE_OK)` -> `if (false)` */
void check_writer_writes_n(void)
{
    any_writer();
    writer_holds(gale_shared_stream_region_write_n(&w, outside, any_upto(CAPACITY)));
}

/* @mutant include/gale/async/typed_ring_buf_core.h: `n < to_wrap ? n : to_wrap` -> `n` */
void check_writer_claims(void)
{
    void *run = NULL;

    any_writer();
    const int32_t k = gale_shared_stream_region_write_claim(&w, nondet_u32(), &run);

    if (k > 0) {
        const uint32_t first = (uint32_t)((uint8_t *)run - data);

        prove(first + (uint32_t)k * ELEM <= BYTES && first % ELEM == 0, "MD11: the run is inside the data area");
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
    const bool corrupt = w.peer.status == GALE_ECORRUPT;

    switch (any_upto(2)) {
    case 0:
        answer = gale_shared_stream_region_space_available(&w);
        break;
    case 1:
        gale_shared_stream_region_write_flush(&w);
        break;
    default:
        gale_shared_stream_region_write_close(&w);
        prove(own.value >= GALE__RING_CLOSED, "RB14: closed");
        prove(gale_shared_stream_region_write(&w, outside) == (corrupt ? GALE_ECORRUPT : GALE_EPERM),
              "RB14 MD11: for good, and why");
        break;
    }
    prove(answer <= (int32_t)w.ring.end.capacity, "MD11: no more than the capacity");
    writer_holds(answer);
}

/* @mutant src/async/shared_stream_region.c: `if (gale__shared_stream_region_admit(e, seen, word) != GALE_OK)` -> `if (false)` */
void check_reader_reads(void)
{
    any_reader();
    reader_holds(gale_shared_stream_region_read(&r, outside));
}

/* @mutant src/async/shared_stream_region.c: `if (gale__shared_stream_region_admit(e, seen, word) != GALE_OK)` -> `if (false)` */
void check_reader_reads_n(void)
{
    any_reader();
    reader_holds(gale_shared_stream_region_read_n(&r, outside, any_upto(CAPACITY)));
}

/* @mutant include/gale/async/typed_ring_buf_core.h: `n < to_wrap ? n : to_wrap` -> `n` */
void check_reader_claims(void)
{
    const void *run = NULL;

    any_reader();
    const int32_t k = gale_shared_stream_region_read_claim(&r, nondet_u32(), &run);

    if (k > 0) {
        const uint32_t first = (uint32_t)((const uint8_t *)run - data);

        prove(first + (uint32_t)k * ELEM <= BYTES && first % ELEM == 0, "MD11: the run is inside the data area");
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
