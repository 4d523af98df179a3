/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One step of either end of the typed ring, from any state that both ends agree on: any trace is covered by induction.
 *
 * The state is given by distances from the slot that the reader has published as free: read but not yet published,
 * known to the reader, published by the writer, pending at the writer, known free to the writer.
 *
 * @bound capacity <= 3, elem_bytes <= 3, batch <= 3, any content
 * @cbmc --unwind 11
 */
#include "harness.h"

#include "async/typed_ring_buf.c"
#include "async/typed_ring_buf_state.c"

enum { CAPACITY = 3, ELEM = 3, BYTES = CAPACITY * ELEM };

static uint8_t data[BYTES], outside[BYTES], before[BYTES];
static struct gale_typed_ring_buf ring;
static struct gale_typed_ring_buf_writer w;
static struct gale_typed_ring_buf_reader r;
static struct gale_typed_ring_buf_writer old_w;
static struct gale_typed_ring_buf_reader old_r;
static uint32_t capacity, elem, stored; /* `stored`: elements between the two ends' indices, before the step */

static uint32_t wrapped(uint32_t index)
{
    return index < 2u * capacity ? index : index - 2u * capacity;
}

static uint32_t distance(uint32_t from, uint32_t to)
{
    return to >= from ? to - from : to + 2u * capacity - from;
}

static uint32_t index_of(uint32_t word)
{
    return word & ~GALE__RING_CLOSED;
}

static bool closed(const struct gale_atomic_u32 *word)
{
    return word->value >= GALE__RING_CLOSED;
}

/** Byte `b` of the element `k` places behind the reader's index. */
static uint8_t at(uint32_t k, uint32_t b)
{
    const uint32_t index = wrapped(r.end.index + k);

    return data[(index < capacity ? index : index - capacity) * elem + b];
}

/** What both ends hold together: nobody knows of a slot that the other still has. */
static bool agree(void)
{
    const uint32_t base = index_of(ring.reader.value);
    const uint32_t read = distance(base, r.end.index);
    const uint32_t seen = read + distance(r.end.index, r.end.limit);
    const uint32_t published = distance(base, index_of(ring.writer.value));
    const uint32_t written = distance(base, w.end.index);
    const uint32_t known = written + distance(w.end.index, w.end.limit);

    return gale_typed_ring_buf_writer_is_valid(&w) && gale_typed_ring_buf_reader_is_valid(&r) &&
           w.end.capacity == capacity && r.end.capacity == capacity && w.end.elem_bytes == elem &&
           r.end.elem_bytes == elem && base < 2u * capacity && index_of(ring.writer.value) < 2u * capacity &&
           read == r.end.pending && written == published + w.end.pending && seen <= published && known <= capacity &&
           (!closed(&ring.writer) || (w.end.pending == 0 && w.end.limit == w.end.index)) &&
           (!closed(&ring.reader) || (r.end.pending == 0 && r.end.limit == r.end.index));
}

static void any_end(struct gale__ring_end *e, struct gale_atomic_u32 *own, const struct gale_atomic_u32 *peer)
{
    e->gate = nondet_u32();
    e->index = nondet_u32();
    e->slot = nondet_u32();
    e->limit = nondet_u32();
    e->claimed = nondet_u32();
    e->pending = nondet_u32();
    e->batch = any_upto(3);
    e->capacity = capacity;
    e->elem_bytes = elem;
    e->bias = nondet_u32();
    e->own = own;
    e->peer = peer;
    e->data = data;
    own->value = nondet_u32();
}

static void any_state(void)
{
    capacity = any_upto(CAPACITY);
    elem = any_upto(ELEM);
    assume(capacity > 0 && elem > 0);
    any_end(&w.end, &ring.writer, &ring.reader);
    any_end(&r.end, &ring.reader, &ring.writer);
    for (uint32_t i = 0; i < BYTES; i++) {
        data[i] = nondet_u8();
        outside[i] = nondet_u8();
    }
    assume(agree());
    stored = distance(r.end.index, w.end.index);
    for (uint32_t i = 0; i < BYTES; i++) {
        before[i] = i / elem < stored ? at(i / elem, i % elem) : 0;
    }
    old_w = w;
    old_r = r;
}

/** After a step by which `added` elements of `outside` came in and `taken` went out. */
static void moved(uint32_t added, uint32_t taken)
{
    const uint32_t k = any_upto(CAPACITY - 1u);
    const uint32_t b = any_upto(ELEM - 1u);

    assume(b < elem);
    prove(distance(r.end.index, w.end.index) == stored + added - taken, "RB10: as many elements as came in less out");
    prove(k + taken >= stored || at(k, b) == before[(k + taken) * elem + b],
          "RB13 RB09: what was in stays whole, in order");
    prove(k >= added || at(stored - taken + k, b) == outside[k * elem + b],
          "RB13 RB09: what came in is whole, behind it");
    prove(agree(), "RB10: both ends agree on who has which slot");
    prove(w.end.own == &ring.writer && r.end.own == &ring.reader && w.end.data == data && r.end.data == data,
          "RB11: the ends keep their words and data");
    reached();
}

static bool writer_unchanged(void)
{
    return w.end.index == old_w.end.index && w.end.slot == old_w.end.slot;
}

static bool reader_unchanged(void)
{
    return r.end.index == old_r.end.index && r.end.slot == old_r.end.slot;
}

/** What a writer owes: GALE_OK if something can be written. It may see that the reader has closed before it must. */
static int writer_status(void)
{
    if (closed(&ring.writer)) {
        return GALE_EPERM;
    }
    if (distance(old_w.end.index, old_w.end.limit) > 0) {
        return GALE_OK;
    }
    if (closed(&ring.reader)) {
        return GALE_EPIPE;
    }
    return stored + old_r.end.pending < capacity ? GALE_OK : GALE_EAGAIN;
}

static int reader_status(void)
{
    const uint32_t published = distance(old_r.end.index, index_of(ring.writer.value));

    if (closed(&ring.reader)) {
        return GALE_EPERM;
    }
    if (distance(old_r.end.index, old_r.end.limit) > 0 || published > 0) {
        return GALE_OK;
    }
    return closed(&ring.writer) ? GALE_EPIPE : GALE_EAGAIN;
}

/* @mutant src/async/typed_ring_buf_state.c: `*e = fresh;` -> `*e = fresh; e->limit = capacity;` */
void check_init(void)
{
    const uint32_t batch = nondet_u32();

    capacity = any_upto(CAPACITY);
    elem = any_upto(ELEM);
    assume(capacity > 0 && elem > 0 && batch > 0);
    gale_typed_ring_buf_writer_init(&w, &ring.writer, &ring.reader, data, capacity, elem, batch);
    gale_typed_ring_buf_reader_init(&r, &ring.reader, &ring.writer, data, capacity, elem, batch);
    prove(agree() && gale_typed_ring_buf_space_available(&w) == capacity &&
              gale_typed_ring_buf_elements_available(&r) == 0,
          "RB10: a new ring is empty and both ends agree");
    reached();
}

/* @mutant include/gale/async/typed_ring_buf_core.h: `if (slot == capacity)` -> `if (slot > capacity)`
 * @mutant include/gale/async/typed_ring_buf_core.h: `index == 2u * capacity ? 0 : index` -> `index`
 * @mutant src/async/typed_ring_buf.c: `if (known == 0)` -> `if (false)` */
void check_write(void)
{
    any_state();
    const int owed = writer_status();
    const int status = gale_typed_ring_buf_write(&w, outside);

    prove(status == owed || (closed(&ring.reader) && status == GALE_EPIPE), "RB09 RB14: written unless full or closed");
    prove(status == GALE_OK || writer_unchanged(), "RB09: a failure writes nothing");
    prove(w.end.claimed == 0, "RB11: an open claim has ended");
    prove(status != GALE_OK || w.end.pending != 0 || ring.writer.value == w.end.index, "RB13: published, or pending");
    moved(status == GALE_OK ? 1 : 0, 0);
}

/* @mutant include/gale/async/typed_ring_buf_core.h: `index != e->gate ? 0 :` -> `true ? 0 :`
 * @mutant include/gale/async/typed_ring_buf_core.h: `in ? outside : run` -> `outside` */
void check_read(void)
{
    const uint32_t b = any_upto(ELEM - 1u);

    any_state();
    const int owed = reader_status();
    const int status = gale_typed_ring_buf_read(&r, outside);

    prove(status == owed, "RB09 RB14: read unless empty; after the writer's close all, then the end");
    prove(status == GALE_OK || reader_unchanged(), "RB09: a failure reads nothing");
    prove(status != GALE_OK || b >= elem || outside[b] == before[b], "RB13 RB09: the oldest element, whole");
    moved(0, status == GALE_OK ? 1 : 0);
}

/* @mutant include/gale/async/typed_ring_buf_core.h: `n < to_wrap ? n : to_wrap` -> `n`
 * @mutant src/async/typed_ring_buf.c: `return (int32_t)known;` -> `return (int32_t)known + 1;`
 * @mutant include/gale/async/typed_ring_buf_core.h: `e->gate = e->index;` -> `` */
void check_write_claim(void)
{
    const uint32_t n = nondet_u32();
    uint32_t i = any_upto(BYTES - 1u);
    void *run = NULL;

    any_state();
    const int32_t k = gale_typed_ring_buf_write_claim(&w, n, &run);

    prove(k <= 0 || (uint32_t)k <= n, "RB11: no more than asked");
    prove(n == 0 || k != 0, "RB11: at least one, or a failure");
    prove(k >= 0 || k == GALE_EAGAIN || k == GALE_EPIPE || k == GALE_EPERM, "RB14: the failures");
    prove(!closed(&ring.writer) || k == (n == 0 ? k : GALE_EPERM), "RB14: a closed writer claims nothing");
    prove((run != NULL) == (k > 0), "RB11: a run iff something is claimed");
    if (k > 0) {
        const uint32_t first = (uint32_t)((uint8_t *)run - data);

        prove((uint8_t *)run >= data && first % elem == 0 && first + (uint32_t)k * elem <= capacity * elem,
              "RB09 RB11: the run is inside the data area, on element boundaries");
        prove((uint32_t)k + stored + old_r.end.pending <= capacity, "RB11: none of it is the reader's");
        assume(i < (uint32_t)k * elem);
        data[first + i] = nondet_u8(); /* whatever the claimer writes into its run ... */
    }
    moved(0, 0); /* ... changes no element that is in the ring */
}

/* @mutant include/gale/async/typed_ring_buf_core.h: `if (k > e->claimed)` -> `if (k > e->claimed + 1u)`
 * @mutant include/gale/async/typed_ring_buf_core.h: `bool due = pending >= batch;` -> `bool due = pending > batch;` */
void check_write_commit(void)
{
    const uint32_t k = nondet_u32();

    any_state();
    for (uint32_t i = 0; i < BYTES; i++) { /* what the claim holds now is what comes in */
        outside[i] = i < w.end.claimed * elem ? data[w.end.slot * elem + i] : 0;
    }
    const uint32_t claimed = w.end.claimed;
    const int status = gale_typed_ring_buf_write_commit(&w, k);

    prove(status == (k <= claimed ? GALE_OK : GALE_EINVAL), "RB11: more than was claimed is refused");
    prove(status == GALE_OK || (writer_unchanged() && w.end.claimed == claimed), "RB11: refused without a trace");
    prove(status != GALE_OK || w.end.claimed == 0, "RB11: the claim has ended");
    moved(status == GALE_OK ? k : 0, 0);
}

/* @mutant src/async/typed_ring_buf.c: `typed_ring_buf_set_limit(e, limit);` -> `typed_ring_buf_set_limit(e, gale__ring_known(e, e->index + 1u));` */
void check_read_claim(void)
{
    const uint32_t n = nondet_u32();
    const uint32_t i = any_upto(BYTES - 1u);
    const void *run = NULL;

    any_state();
    const int32_t k = gale_typed_ring_buf_read_claim(&r, n, &run);

    prove((k <= 0 || (uint32_t)k <= n) && (n == 0 || k != 0),
          "RB11: at least one and no more than asked, or a failure");
    prove((run != NULL) == (k > 0), "RB11: a run iff something is claimed");
    prove(k != GALE_EPIPE || (closed(&ring.writer) && stored == 0), "RB14: the end comes after the last element");
    if (k > 0) {
        const uint32_t first = (uint32_t)((const uint8_t *)run - data);

        prove(first % elem == 0 && first + (uint32_t)k * elem <= capacity * elem && (uint32_t)k <= stored,
              "RB09 RB10 RB11: the run holds elements that were written, on their boundaries");
        prove(i >= (uint32_t)k * elem || ((const uint8_t *)run)[i] == before[i], "RB13 RB11: in place, no copy");
    }
    moved(0, 0);
}

/* @mutant include/gale/async/typed_ring_buf_core.h: `index += n;` -> `index += 1u;` */
void check_read_release(void)
{
    const uint32_t k = nondet_u32();

    any_state();
    const uint32_t claimed = r.end.claimed;
    const int status = gale_typed_ring_buf_read_release(&r, k);

    prove(status == (k <= claimed ? GALE_OK : GALE_EINVAL), "RB11: more than was claimed is refused");
    moved(0, status == GALE_OK ? k : 0);
}

/* @mutant include/gale/async/typed_ring_buf_core.h: `outside + (size_t)done * elem_bytes` -> `outside` */
void check_write_n(void)
{
    const uint32_t n = any_upto(CAPACITY);

    any_state();
    const int owed = writer_status();
    const int32_t k = gale_typed_ring_buf_write_n(&w, outside, n);

    prove(n == 0 || (owed == GALE_OK ? k > 0 && (uint32_t)k <= n : k == owed) ||
              (closed(&ring.reader) && k == GALE_EPIPE),
          "RB09: as many as fit, or the failure");
    prove(k <= 0 || (uint32_t)k == n || closed(&ring.reader) || stored + (uint32_t)k + old_r.end.pending == capacity,
          "RB10: all of the space is used");
    moved(k > 0 ? (uint32_t)k : 0, 0);
}

/* @mutant include/gale/async/typed_ring_buf_core.h: `done += (uint32_t)k;` -> `done += 1u;` */
void check_read_n(void)
{
    const uint32_t n = any_upto(CAPACITY);
    const uint32_t i = any_upto(BYTES - 1u);

    any_state();
    const int owed = reader_status();
    const int32_t k = gale_typed_ring_buf_read_n(&r, outside, n);

    prove(n == 0 || (owed == GALE_OK ? k > 0 && (uint32_t)k <= n : k == owed), "RB09 RB14: as many as there are");
    prove(k <= 0 || i >= (uint32_t)k * elem || outside[i] == before[i], "RB13 RB09: the oldest elements, whole");
    moved(0, k > 0 ? (uint32_t)k : 0);
}

/* @mutant src/async/typed_ring_buf.c: `gale_atomic_store_release(e->own, e->index);` -> `` */
void check_flush(void)
{
    any_state();
    if (nondet_bool()) {
        gale_typed_ring_buf_write_flush(&w);
        prove(index_of(ring.writer.value) == w.end.index, "RB13: all that was written is published");
    } else {
        gale_typed_ring_buf_read_flush(&r);
        prove(index_of(ring.reader.value) == r.end.index, "RB13: all that was read is given back");
    }
    moved(0, 0);
}

/* @mutant src/async/typed_ring_buf.c: `e->index + GALE__RING_CLOSED` -> `GALE__RING_CLOSED`
 * @mutant src/async/typed_ring_buf.c: `e->limit = e->index;` -> `` */
void check_close(void)
{
    const bool writer = nondet_bool();

    any_state();
    if (writer) {
        gale_typed_ring_buf_write_close(&w);
        prove(ring.writer.value == w.end.index + GALE__RING_CLOSED, "RB14: the mark and the last index are one word");
        prove(gale_typed_ring_buf_write(&w, outside) == GALE_EPERM, "RB14: nothing is written after the close");
    } else {
        gale_typed_ring_buf_read_close(&r);
        prove(ring.reader.value == r.end.index + GALE__RING_CLOSED, "RB14: the mark and the last index are one word");
        prove(gale_typed_ring_buf_read(&r, outside) == GALE_EPERM, "RB14: nothing is read after the close");
    }
    moved(0, 0);
}

/* After the close exactly the elements written before it, then the end, which stays.
 * @mutant src/async/typed_ring_buf.c: `(e->bias != 0 || known == 0)` -> `true` */
void check_end_is_sticky(void)
{
    any_state();
    assume(closed(&ring.writer) && !closed(&ring.reader));
    const uint32_t owed = stored;
    uint32_t got = 0;

    for (uint32_t i = 0; i <= CAPACITY; i++) {
        const int status = gale_typed_ring_buf_read(&r, outside);

        got += status == GALE_OK;
        prove(status == (i < owed ? GALE_OK : GALE_EPIPE), "RB14: each element, then the end, again and again");
    }
    prove(got == owed && agree(), "RB14: exactly the elements written before the close");
    reached();
}

/* @mutant src/async/typed_ring_buf_state.c: `return gale__ring_known(e, gale__ring_limit(` -> `return 1u + gale__ring_known(e, gale__ring_limit(` */
void check_available(void)
{
    any_state();
    const uint32_t space = gale_typed_ring_buf_space_available(&w);
    const uint32_t elements = gale_typed_ring_buf_elements_available(&r);

    prove(space + stored + r.end.pending == capacity, "RB10: the writer never sees more space than there is");
    prove(elements + w.end.pending == stored, "RB10: the reader never sees more than was written");
    prove(w.end.pending + r.end.pending > 0 || space + elements == capacity, "RB10: they add up to the capacity");
    moved(0, 0);
}
