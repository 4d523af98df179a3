/* SPDX-License-Identifier: Apache-2.0 */
/* The two ends of a shared region: honest sides, revocation, and a peer that lies. */
#include "gale/async/shared_stream_region.h"

#include <string.h>

#include "test.h"

#define WRITER GALE_SHARED_STREAM_REGION_WRITER
#define READER GALE_SHARED_STREAM_REGION_READER

static uint8_t block[256] GALE_ALIGNED(32);
static struct gale_shared_stream_region_layout layout;
static struct gale_shared_stream_region region;
static struct gale_shared_stream_region_writer writer;
static struct gale_shared_stream_region_reader reader;

static struct gale_atomic_u32 *word_of(enum gale_shared_stream_region_side side)
{
    return (struct gale_atomic_u32 *)(void *)&block[side == WRITER ? 0 : layout.reader_offset];
}

/* A fresh stream with both ends, each publishing when `batch` elements are pending. */
static bool given_stream(uint32_t elem_bytes, uint32_t capacity, uint32_t batch)
{
    if (gale_shared_stream_region_layout_init(GALE_MPU_PMSAV8, elem_bytes, capacity, &layout) != GALE_OK ||
        gale_shared_stream_region_init(&region, &layout, block, sizeof block) != GALE_OK) {
        return false;
    }
    gale_shared_stream_region_writer_init(&writer, &layout, block, batch);
    gale_shared_stream_region_reader_init(&reader, &layout, block, batch);
    return gale_shared_stream_region_writer_is_valid(&writer) && gale_shared_stream_region_reader_is_valid(&reader);
}

/* @verifies MD12 RB14 */
TEST(shared_stream_region, reader_gets_all_that_was_committed_before_the_writer_was_revoked)
{
    uint32_t value = 0;
    void *run = NULL;

    REQUIRE(given_stream(4, 8, 1));
    for (uint32_t i = 0; i < 5; i++) {
        CHECK_EQ(gale_shared_stream_region_write(&writer, &i), GALE_OK);
    }
    CHECK_EQ(gale_shared_stream_region_write_claim(&writer, 2, &run), 2); /* never committed */
    CHECK_EQ(gale_shared_stream_region_read(&reader, &value), GALE_OK);

    CHECK_EQ(gale_shared_stream_region_revoke(&region, WRITER), GALE_OK);

    for (uint32_t i = 1; i < 5; i++) {
        CHECK_EQ(gale_shared_stream_region_read(&reader, &value), GALE_OK);
        CHECK_EQ(value, i);
    }
    CHECK_EQ(gale_shared_stream_region_read(&reader, &value), GALE_EPIPE);
    CHECK_EQ(gale_shared_stream_region_read(&reader, &value), GALE_EPIPE);
    CHECK_EQ(gale_shared_stream_region_elements_available(&reader), 0);
    CHECK(gale_shared_stream_region_reader_is_valid(&reader));
}

/* @verifies MD12 */
TEST(shared_stream_region, writer_sees_at_once_that_the_reader_was_revoked)
{
    uint32_t value = 1;
    void *run = NULL;

    REQUIRE(given_stream(4, 8, 1));
    CHECK_EQ(gale_shared_stream_region_write(&writer, &value), GALE_OK);
    CHECK_EQ(gale_shared_stream_region_write_claim(&writer, 4, &run), 4);

    CHECK_EQ(gale_shared_stream_region_revoke(&region, READER), GALE_OK);

    CHECK_EQ(gale_shared_stream_region_write(&writer, &value), GALE_EPIPE);
    CHECK_EQ(gale_shared_stream_region_write_n(&writer, &value, 1), GALE_EPIPE);
    CHECK_EQ(gale_shared_stream_region_write_claim(&writer, 1, &run), GALE_EPIPE);
    CHECK_EQ(gale_shared_stream_region_write_commit(&writer, 1), GALE_EPIPE);
    CHECK_EQ(gale_shared_stream_region_space_available(&writer), GALE_EPIPE);
    gale_shared_stream_region_write_flush(&writer);
    CHECK_EQ(gale_atomic_load_relaxed(word_of(WRITER)), 1);
    gale_shared_stream_region_write_close(&writer);
    CHECK_EQ(gale_shared_stream_region_write(&writer, &value), GALE_EPERM);
    CHECK(gale_shared_stream_region_writer_is_valid(&writer));
}

/* @verifies RB09 RB10 RB11 */
TEST(shared_stream_region, honest_sides_pass_elements_in_order_by_every_call)
{
    uint8_t out[3 * 7];
    uint8_t in[3 * 7];
    void *run = NULL;
    const void *seen = NULL;

    REQUIRE(given_stream(3, 7, 1));
    for (uint8_t round = 0; round < 40; round++) {
        for (uint8_t i = 0; i < sizeof out; i++) {
            out[i] = (uint8_t)(round * 31 + i);
        }
        CHECK_EQ(gale_shared_stream_region_space_available(&writer), 7);
        CHECK_EQ(gale_shared_stream_region_write(&writer, out), GALE_OK);
        CHECK_EQ(gale_shared_stream_region_write_n(&writer, &out[3], 2), 2);
        for (uint32_t done = 3; done < 7;) {
            int32_t k = gale_shared_stream_region_write_claim(&writer, 7 - done, &run);
            REQUIRE(k > 0);
            CHECK((uint8_t *)run >= &block[layout.data_offset] && (uint8_t *)run < &block[layout.data_offset + 21]);
            memcpy(run, &out[3 * done], 3 * (size_t)k);
            CHECK_EQ(gale_shared_stream_region_write_commit(&writer, (uint32_t)k + 1), GALE_EINVAL);
            CHECK_EQ(gale_shared_stream_region_write_commit(&writer, (uint32_t)k), GALE_OK);
            done += (uint32_t)k;
        }
        CHECK_EQ(gale_shared_stream_region_write(&writer, out), GALE_EAGAIN);
        CHECK_EQ(gale_shared_stream_region_elements_available(&reader), 7);
        CHECK_EQ(gale_shared_stream_region_read(&reader, in), GALE_OK);
        CHECK_EQ(gale_shared_stream_region_read_n(&reader, &in[3], 2), 2);
        for (uint32_t done = 3; done < 7;) {
            int32_t k = gale_shared_stream_region_read_claim(&reader, 7 - done, &seen);
            REQUIRE(k > 0);
            memcpy(&in[3 * done], seen, 3 * (size_t)k);
            CHECK_EQ(gale_shared_stream_region_read_release(&reader, (uint32_t)k + 1), GALE_EINVAL);
            CHECK_EQ(gale_shared_stream_region_read_release(&reader, (uint32_t)k), GALE_OK);
            done += (uint32_t)k;
        }
        CHECK_EQ(gale_shared_stream_region_read(&reader, in), GALE_EAGAIN);
        CHECK(memcmp(in, out, sizeof out) == 0);
    }
    CHECK(gale_shared_stream_region_writer_is_valid(&writer));
    CHECK(gale_shared_stream_region_reader_is_valid(&reader));
}

/* @verifies RB10 */
TEST(shared_stream_region, batched_sides_publish_when_the_batch_is_full_or_flushed)
{
    uint32_t value = 7;

    REQUIRE(given_stream(4, 8, 4));
    CHECK_EQ(gale_shared_stream_region_write(&writer, &value), GALE_OK);
    CHECK_EQ(gale_shared_stream_region_elements_available(&reader), 0);
    gale_shared_stream_region_write_flush(&writer);
    CHECK_EQ(gale_shared_stream_region_elements_available(&reader), 1);
    CHECK_EQ(gale_shared_stream_region_read(&reader, &value), GALE_OK);
    CHECK_EQ(gale_shared_stream_region_space_available(&writer), 7);
    gale_shared_stream_region_read_flush(&reader);
    CHECK_EQ(gale_shared_stream_region_space_available(&writer), 8);
}

/* @verifies RB14 */
TEST(shared_stream_region, after_the_writers_close_the_reader_drains_and_sees_the_end)
{
    uint32_t value = 3;

    REQUIRE(given_stream(4, 8, 4));
    CHECK_EQ(gale_shared_stream_region_write(&writer, &value), GALE_OK);
    gale_shared_stream_region_write_close(&writer);
    CHECK_EQ(gale_shared_stream_region_write(&writer, &value), GALE_EPERM);
    CHECK_EQ(gale_shared_stream_region_write_commit(&writer, 0), GALE_EPERM);
    CHECK_EQ(gale_shared_stream_region_elements_available(&reader), 1);
    CHECK_EQ(gale_shared_stream_region_read(&reader, &value), GALE_OK);
    CHECK_EQ(gale_shared_stream_region_read(&reader, &value), GALE_EPIPE);
    gale_shared_stream_region_read_close(&reader);
    CHECK_EQ(gale_shared_stream_region_read(&reader, &value), GALE_EPERM);
    CHECK_EQ(gale_shared_stream_region_read_release(&reader, 0), GALE_EPERM);
    CHECK(gale_shared_stream_region_writer_is_valid(&writer));
    CHECK(gale_shared_stream_region_reader_is_valid(&reader));
}

/* Every word that an honest peer may have published, by counting without wrap: from `low` to `high`. */
static bool honest(uint32_t word, uint32_t low, uint32_t high, uint32_t capacity)
{
    for (uint32_t count = low; count <= high; count++) {
        if ((word & 0x7fffffffu) == count % (2 * capacity)) {
            return true;
        }
    }
    return false;
}

/* All words around the ring, and some far away, for an end that has handed over `count` elements, `pending` of them not
 * yet published, and that admitted the peer's count `seen`. */
static uint32_t wrong_answers(struct gale__ring_end *e, uint32_t count, uint32_t seen)
{
    static const uint32_t far[] = {0x3fffffffu, 0x40000000u, 0x7ffffffeu, 0x7fffffffu, 0x7fffffffu - 8u};
    uint32_t capacity = e->capacity;
    uint32_t high = count - e->pending + (e->bias == 0 ? capacity : 0);
    uint32_t wrong = 0;

    e->index = count % (2 * capacity);
    e->slot = count % capacity;
    e->limit = e->index;
    for (uint32_t i = 0; i < 2 * capacity + 3 + sizeof far / sizeof far[0]; i++) {
        uint32_t word = i < 2 * capacity + 3 ? i : far[i - 2 * capacity - 3];
        int expected = honest(word, seen, high, capacity) ? GALE_OK : GALE_ECORRUPT;
        wrong += gale__shared_stream_region_admit(e, seen % (2 * capacity), word) != expected;
        wrong += gale__shared_stream_region_admit(e, seen % (2 * capacity), word | 0x80000000u) != expected;
    }
    return wrong;
}

/* An end that has handed over `count` elements, `pending` of them unpublished, after every word it may have admitted. */
static uint32_t check_admitted(uint32_t capacity, uint32_t count, uint32_t pending)
{
    struct gale__ring_end e = writer.ring.end;
    uint32_t cases = 0;

    e.capacity = e.bias = capacity;
    e.pending = pending;
    e.batch = capacity + 1;
    for (uint32_t seen = count - capacity; seen <= count - pending; seen++, cases++) {
        CHECK_EQ(wrong_answers(&e, count, seen), 0); /* a writer: the reader's count lags */
    }
    e.bias = 0;
    for (uint32_t seen = count; seen <= count - pending + capacity; seen++, cases++) {
        CHECK_EQ(wrong_answers(&e, count, seen), 0); /* a reader: the writer's count leads */
    }
    return cases;
}

/* @verifies MD11 */
TEST(shared_stream_region, admit_takes_exactly_the_words_of_an_honest_peer)
{
    uint32_t cases = 0;

    REQUIRE(given_stream(4, 8, 1));
    for (uint32_t capacity = 1; capacity <= 5; capacity++) {
        for (uint32_t count = 2 * capacity; count < 4 * capacity; count++) {
            for (uint32_t pending = 0; pending <= capacity; pending++) {
                cases += check_admitted(capacity, count, pending);
            }
        }
    }
    CHECK(cases > 500);
}

/* @verifies MD11 */
TEST(shared_stream_region, reader_that_meets_an_impossible_index_stays_closed)
{
    static const uint32_t bad[] = {17, 16, 11, 2, 0x7fffffffu, 0xffffffffu, 0x80000002u, 0x8000000bu, 0x80000010u};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint32_t value = 5;
        const void *run = NULL;

        test_note("word", bad[i]);
        REQUIRE(given_stream(4, 8, 1));
        for (uint32_t k = 0; k < 4; k++) {
            CHECK_EQ(gale_shared_stream_region_write(&writer, &value), GALE_OK);
        }
        CHECK_EQ(gale_shared_stream_region_read(&reader, &value), GALE_OK);
        CHECK_EQ(gale_shared_stream_region_read(&reader, &value), GALE_OK);
        CHECK_EQ(gale_shared_stream_region_read_claim(&reader, 1, &run), 1);

        gale_atomic_store_release(word_of(WRITER), bad[i]); /* the range is 4..10 */

        CHECK_EQ(gale_shared_stream_region_elements_available(&reader), GALE_ECORRUPT);
        CHECK_EQ(gale_atomic_load_relaxed(word_of(READER)), 0x80000002u);
        gale_atomic_store_release(word_of(WRITER), 4);
        CHECK_EQ(gale_shared_stream_region_read_release(&reader, 1), GALE_ECORRUPT);
        CHECK_EQ(gale_shared_stream_region_read(&reader, &value), GALE_ECORRUPT);
        CHECK_EQ(gale_shared_stream_region_read_n(&reader, &value, 1), GALE_ECORRUPT);
        CHECK_EQ(gale_shared_stream_region_read_claim(&reader, 1, &run), GALE_ECORRUPT);
        gale_shared_stream_region_read_close(&reader);
        CHECK_EQ(gale_shared_stream_region_read(&reader, &value), GALE_ECORRUPT);
        CHECK_EQ(gale_atomic_load_relaxed(word_of(READER)), 0x80000002u);
        CHECK(gale_shared_stream_region_reader_is_valid(&reader));
        CHECK_EQ(gale_shared_stream_region_write(&writer, &value), GALE_EPIPE); /* an honest peer notices */
    }
}

/* @verifies MD11 */
TEST(shared_stream_region, writer_that_meets_an_impossible_index_stays_closed)
{
    static const uint32_t bad[] = {1, 5, 15, 16, 0x40000000u, 0x7fffffffu, 0xffffffffu, 0x80000001u, 0x80000005u};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint32_t value = 5;
        void *run = NULL;

        test_note("word", bad[i]);
        REQUIRE(given_stream(4, 8, 1));
        for (uint32_t k = 0; k < 4; k++) {
            CHECK_EQ(gale_shared_stream_region_write(&writer, &value), GALE_OK);
        }
        CHECK_EQ(gale_shared_stream_region_read(&reader, &value), GALE_OK);
        CHECK_EQ(gale_shared_stream_region_read(&reader, &value), GALE_OK);
        CHECK_EQ(gale_shared_stream_region_write_claim(&writer, 2, &run), 2);

        gale_atomic_store_release(word_of(READER), bad[i]); /* the range is 2..4 */

        CHECK_EQ(gale_shared_stream_region_space_available(&writer), GALE_ECORRUPT);
        CHECK_EQ(gale_atomic_load_relaxed(word_of(WRITER)), 0x80000004u);
        gale_atomic_store_release(word_of(READER), 2);
        CHECK_EQ(gale_shared_stream_region_write_commit(&writer, 1), GALE_ECORRUPT);
        CHECK_EQ(gale_shared_stream_region_write(&writer, &value), GALE_ECORRUPT);
        CHECK_EQ(gale_shared_stream_region_write_n(&writer, &value, 1), GALE_ECORRUPT);
        CHECK_EQ(gale_shared_stream_region_write_claim(&writer, 1, &run), GALE_ECORRUPT);
        gale_shared_stream_region_write_close(&writer);
        CHECK_EQ(gale_shared_stream_region_write(&writer, &value), GALE_ECORRUPT);
        CHECK(gale_shared_stream_region_writer_is_valid(&writer));
        CHECK_EQ(gale_shared_stream_region_elements_available(&reader), 2);
        CHECK_EQ(gale_shared_stream_region_read(&reader, &value), GALE_OK);
        CHECK_EQ(gale_shared_stream_region_read(&reader, &value), GALE_OK);
        CHECK_EQ(gale_shared_stream_region_read(&reader, &value), GALE_EPIPE);
    }
}

/* @verifies MD11 */
TEST(shared_stream_region, peer_cannot_have_seen_what_is_pending)
{
    uint32_t value = 1;

    REQUIRE(given_stream(4, 8, 4));
    CHECK_EQ(gale_shared_stream_region_write(&writer, &value), GALE_OK);
    gale_atomic_store_release(word_of(READER), 1);
    CHECK_EQ(gale_shared_stream_region_write(&writer, &value), GALE_ECORRUPT);
    CHECK(gale_shared_stream_region_writer_is_valid(&writer));
}

/* @verifies MD11 MD12 RB14 */
TEST(shared_stream_region, closed_peer_cannot_take_it_back_or_add)
{
    static const uint32_t later[] = {0, 1, 3, 4, 8, 0x80000000u, 0x80000004u, UINT32_MAX};

    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        uint32_t value = 0;

        test_note("word", later[i]);
        REQUIRE(given_stream(4, 8, 1));
        for (uint32_t k = 0; k < 3; k++) {
            CHECK_EQ(gale_shared_stream_region_write(&writer, &k), GALE_OK);
        }
        gale_shared_stream_region_write_close(&writer);
        CHECK_EQ(gale_shared_stream_region_elements_available(&reader), 3);
        gale_atomic_store_release(word_of(WRITER), later[i]);
        for (uint32_t k = 0; k < 3; k++) {
            CHECK_EQ(gale_shared_stream_region_read(&reader, &value), GALE_OK);
            CHECK_EQ(value, k);
        }
        CHECK_EQ(gale_shared_stream_region_read(&reader, &value), GALE_EPIPE);
    }
}

/* @verifies MD11 */
TEST(shared_stream_region, end_is_valid_sees_what_does_not_hold)
{
    struct gale_shared_stream_region_writer w;
    struct gale_shared_stream_region_reader r;
    uint32_t value = 1;

    REQUIRE(given_stream(4, 8, 4));
    CHECK_EQ(gale_shared_stream_region_write(&writer, &value), GALE_OK);
    w = writer; /* an end must not be copied: its ring looks at the other's word */
    CHECK(!gale_shared_stream_region_writer_is_valid(&w));
    w.ring.end.peer = &w.peer.seen;
    CHECK(gale_shared_stream_region_writer_is_valid(&w));
    w.peer.status = GALE_EAGAIN;
    CHECK(!gale_shared_stream_region_writer_is_valid(&w));
    w.peer.status = GALE_OK;
    w.peer.seen.value = 16;
    CHECK(!gale_shared_stream_region_writer_is_valid(&w));
    w.peer.seen.value = 15;
    CHECK(!gale_shared_stream_region_writer_is_valid(&w));
    w.peer.seen.value = 1; /* pending: not published */
    CHECK(!gale_shared_stream_region_writer_is_valid(&w));
    w.peer.seen.value = 0;
    w.ring.end.slot = 9;
    CHECK(!gale_shared_stream_region_writer_is_valid(&w));
    w = writer, w.ring.end.bias = 0;
    CHECK(!gale_shared_stream_region_writer_is_valid(&w));

    r = reader, r.ring.end.peer = &r.peer.seen;
    CHECK(gale_shared_stream_region_reader_is_valid(&r));
    r.ring.end.bias = 8;
    CHECK(!gale_shared_stream_region_reader_is_valid(&r));
    r.ring.end.bias = 0, r.peer.seen.value = 9;
    CHECK(!gale_shared_stream_region_reader_is_valid(&r));
}
