/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/async/typed_ring_buf.h"
#include "test.h"

#define CAPACITY 5u

struct sample {
    uint32_t time;
    uint16_t value;
};

static struct gale_typed_ring_buf ring;
static struct gale_typed_ring_buf_writer w;
static struct gale_typed_ring_buf_reader r;
static uint16_t data[CAPACITY];

GALE_TYPED_RING_BUF_DEFINE(samples, struct sample, 3);
GALE_TYPED_RING_BUF_DEFINE_DEFERRED(lazy, uint32_t, 8, 4);

static void begin(void)
{
    gale_typed_ring_buf_init(&ring, &w, &r, data, CAPACITY, sizeof data[0]);
}

static void begin_deferred(uint32_t write_batch, uint32_t read_batch)
{
    gale_typed_ring_buf_writer_init(&w, &ring.writer, &ring.reader, data, CAPACITY, sizeof data[0], write_batch);
    gale_typed_ring_buf_reader_init(&r, &ring.reader, &ring.writer, data, CAPACITY, sizeof data[0], read_batch);
}

static int put(uint16_t value)
{
    return gale_typed_ring_buf_write(&w, &value);
}

/** The next element, or a status. */
static int32_t get(void)
{
    uint16_t value = 0;
    int status = gale_typed_ring_buf_read(&r, &value);

    return status == GALE_OK ? (int32_t)value : status;
}

static void put_many(uint16_t first, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        CHECK_EQ(put((uint16_t)(first + i)), GALE_OK);
    }
}

static void get_many(uint16_t first, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        CHECK_EQ(get(), first + i);
    }
}

static void check_valid(void)
{
    CHECK(gale_typed_ring_buf_writer_is_valid(&w));
    CHECK(gale_typed_ring_buf_reader_is_valid(&r));
}

/* @verifies RB10 */
TEST(typed_ring_buf, init_gives_all_space_to_the_writer)
{
    begin();

    CHECK_EQ(gale_typed_ring_buf_space_available(&w), CAPACITY);
    CHECK_EQ(gale_typed_ring_buf_elements_available(&r), 0);
    check_valid();
}

/* @verifies RB10 */
TEST(typed_ring_buf, the_words_of_the_two_sides_share_no_line)
{
    uintptr_t writer_at = (uintptr_t)&ring.writer;
    uintptr_t reader_at = (uintptr_t)&ring.reader;

    CHECK_EQ(writer_at % GALE_CACHE_LINE, 0);
    CHECK(reader_at - writer_at >= GALE_CACHE_LINE);
    CHECK_EQ((uintptr_t)&w % GALE_CACHE_LINE, 0);
    CHECK_EQ((uintptr_t)&r % GALE_CACHE_LINE, 0);
}

/* @verifies RB09 RB10 */
TEST(typed_ring_buf, every_slot_is_usable_at_every_position)
{
    begin();

    for (uint16_t start = 0; start < 4u * CAPACITY; start++) {
        put_many(start, CAPACITY);
        CHECK_EQ(gale_typed_ring_buf_space_available(&w), 0);
        CHECK_EQ(gale_typed_ring_buf_elements_available(&r), CAPACITY);
        CHECK_EQ(put(99), GALE_EAGAIN);
        get_many(start, CAPACITY);
        CHECK_EQ(get(), GALE_EAGAIN);
        put_many(start, 1);
        get_many(start, 1);
        check_valid();
    }
}

/* @verifies RB10 */
TEST(typed_ring_buf, capacity_one_alternates)
{
    gale_typed_ring_buf_init(&ring, &w, &r, data, 1, sizeof data[0]);

    for (uint16_t i = 0; i < 5; i++) {
        CHECK_EQ(put(i), GALE_OK);
        CHECK_EQ(put(99), GALE_EAGAIN);
        CHECK_EQ(get(), i);
        CHECK_EQ(get(), GALE_EAGAIN);
        check_valid();
    }
}

/* @verifies RB11 */
TEST(typed_ring_buf, a_claim_lies_in_the_data_and_stops_at_the_wrap)
{
    void *run = NULL;
    const void *seen = NULL;

    begin();
    put_many(1, 3);
    get_many(1, 3);

    CHECK_EQ(gale_typed_ring_buf_write_claim(&w, 4, &run), 2);
    CHECK(run == &data[3]);
    CHECK_EQ(gale_typed_ring_buf_write_commit(&w, 2), GALE_OK);
    CHECK_EQ(gale_typed_ring_buf_write_claim(&w, 9, &run), 3);
    CHECK(run == &data[0]);
    CHECK_EQ(gale_typed_ring_buf_write_commit(&w, 1), GALE_OK);

    CHECK_EQ(gale_typed_ring_buf_read_claim(&r, 9, &seen), 2);
    CHECK(seen == &data[3]);
    CHECK_EQ(gale_typed_ring_buf_read_release(&r, 2), GALE_OK);
    CHECK_EQ(gale_typed_ring_buf_read_claim(&r, 9, &seen), 1);
    CHECK(seen == &data[0]);
    check_valid();
}

/* @verifies RB11 */
TEST(typed_ring_buf, a_claim_with_nothing_to_give_leaves_the_run_alone)
{
    int other;
    void *run = &other;
    const void *seen = &other;

    begin();
    CHECK_EQ(gale_typed_ring_buf_read_claim(&r, 1, &seen), GALE_EAGAIN);
    put_many(0, CAPACITY);
    CHECK_EQ(gale_typed_ring_buf_write_claim(&w, 1, &run), GALE_EAGAIN);
    CHECK_EQ(gale_typed_ring_buf_write_claim(&w, 0, &run), 0);
    CHECK_EQ(gale_typed_ring_buf_read_claim(&r, 0, &seen), 0);

    CHECK(run == &other);
    CHECK(seen == &other);
    check_valid();
}

/* @verifies RB11 */
TEST(typed_ring_buf, a_commit_of_more_than_was_claimed_is_refused)
{
    void *run = NULL;
    const void *seen = NULL;

    begin();
    CHECK_EQ(gale_typed_ring_buf_write_commit(&w, 1), GALE_EINVAL);
    REQUIRE(gale_typed_ring_buf_write_claim(&w, 2, &run) == 2);
    CHECK_EQ(gale_typed_ring_buf_write_commit(&w, 3), GALE_EINVAL);
    CHECK_EQ(gale_typed_ring_buf_elements_available(&r), 0);
    CHECK_EQ(gale_typed_ring_buf_write_commit(&w, 2), GALE_OK);
    CHECK_EQ(gale_typed_ring_buf_write_commit(&w, 1), GALE_EINVAL);

    REQUIRE(gale_typed_ring_buf_read_claim(&r, 9, &seen) == 2);
    CHECK_EQ(gale_typed_ring_buf_read_release(&r, 3), GALE_EINVAL);
    CHECK_EQ(gale_typed_ring_buf_read_release(&r, 2), GALE_OK);
    CHECK_EQ(gale_typed_ring_buf_read_release(&r, 1), GALE_EINVAL);
    check_valid();
}

/* @verifies RB09 RB11 */
TEST(typed_ring_buf, a_commit_may_be_of_fewer_or_of_none)
{
    void *run = NULL;
    const void *seen = NULL;

    begin();
    REQUIRE(gale_typed_ring_buf_write_claim(&w, 4, &run) == 4);
    ((uint16_t *)run)[0] = 7;
    CHECK_EQ(gale_typed_ring_buf_write_commit(&w, 1), GALE_OK);
    REQUIRE(gale_typed_ring_buf_write_claim(&w, 4, &run) == 4);
    CHECK(run == &data[1]);
    CHECK_EQ(gale_typed_ring_buf_write_commit(&w, 0), GALE_OK);
    CHECK_EQ(gale_typed_ring_buf_write_commit(&w, 1), GALE_EINVAL);

    REQUIRE(gale_typed_ring_buf_read_claim(&r, 4, &seen) == 1);
    CHECK_EQ(gale_typed_ring_buf_read_release(&r, 0), GALE_OK);
    CHECK_EQ(get(), 7);
    CHECK_EQ(get(), GALE_EAGAIN);
    check_valid();
}

/* @verifies RB11 */
TEST(typed_ring_buf, a_copy_call_ends_an_open_claim)
{
    void *run = NULL;
    const void *seen = NULL;

    begin();
    REQUIRE(gale_typed_ring_buf_write_claim(&w, 3, &run) == 3);
    CHECK_EQ(put(1), GALE_OK);
    CHECK_EQ(gale_typed_ring_buf_write_commit(&w, 1), GALE_EINVAL);
    CHECK_EQ(put(2), GALE_OK);

    REQUIRE(gale_typed_ring_buf_read_claim(&r, 2, &seen) == 2);
    CHECK_EQ(get(), 1);
    CHECK_EQ(gale_typed_ring_buf_read_release(&r, 1), GALE_EINVAL);
    CHECK_EQ(get(), 2);
    check_valid();
}

/* @verifies RB11 */
TEST(typed_ring_buf, a_second_claim_replaces_the_first)
{
    void *run = NULL;

    begin();
    REQUIRE(gale_typed_ring_buf_write_claim(&w, 4, &run) == 4);
    REQUIRE(gale_typed_ring_buf_write_claim(&w, 2, &run) == 2);
    CHECK(run == &data[0]);
    CHECK_EQ(gale_typed_ring_buf_write_commit(&w, 3), GALE_EINVAL);
    CHECK_EQ(gale_typed_ring_buf_write_commit(&w, 2), GALE_OK);
    CHECK_EQ(gale_typed_ring_buf_elements_available(&r), 2);
    check_valid();
}

/* @verifies RB09 RB12 */
TEST(typed_ring_buf, copies_of_many_go_across_the_wrap)
{
    uint16_t in[CAPACITY + 1] = {10, 11, 12, 13, 14, 15};
    uint16_t out[CAPACITY + 1] = {0};

    begin();
    put_many(0, 3);
    get_many(0, 3);

    CHECK_EQ(gale_typed_ring_buf_write_n(&w, in, 0), 0);
    CHECK_EQ(gale_typed_ring_buf_write_n(&w, in, CAPACITY + 1), CAPACITY);
    CHECK_EQ(gale_typed_ring_buf_write_n(&w, in, 1), GALE_EAGAIN);
    CHECK_EQ(gale_typed_ring_buf_read_n(&r, out, 2), 2);
    CHECK_EQ(gale_typed_ring_buf_read_n(&r, out + 2, CAPACITY), 3);
    CHECK_EQ(gale_typed_ring_buf_read_n(&r, out, 1), GALE_EAGAIN);
    for (uint32_t i = 0; i < CAPACITY; i++) {
        CHECK_EQ(out[i], in[i]);
    }
    CHECK_EQ(out[CAPACITY], 0);
    check_valid();
}

/* @verifies RB13 */
TEST(typed_ring_buf, deferred_elements_show_when_the_batch_is_full)
{
    begin_deferred(3, 1);

    put_many(1, 2);
    CHECK_EQ(get(), GALE_EAGAIN);
    CHECK_EQ(gale_typed_ring_buf_elements_available(&r), 0);
    CHECK_EQ(gale_typed_ring_buf_space_available(&w), CAPACITY - 2u);
    put_many(3, 1);
    get_many(1, 3);
    check_valid();
}

/* @verifies RB13 */
TEST(typed_ring_buf, flush_shows_what_is_pending)
{
    begin_deferred(3, 3);

    put_many(1, 1);
    gale_typed_ring_buf_write_flush(&w);
    CHECK_EQ(get(), 1);
    CHECK_EQ(gale_typed_ring_buf_space_available(&w), CAPACITY - 1u);
    gale_typed_ring_buf_read_flush(&r);
    CHECK_EQ(gale_typed_ring_buf_space_available(&w), CAPACITY);
    gale_typed_ring_buf_read_flush(&r);
    gale_typed_ring_buf_write_flush(&w);
    CHECK_EQ(gale_typed_ring_buf_space_available(&w), CAPACITY);
    check_valid();
}

/* @verifies RB13 */
TEST(typed_ring_buf, a_deferred_end_publishes_when_it_finds_no_slot)
{
    begin_deferred(100, 100);

    put_many(1, CAPACITY);
    CHECK_EQ(get(), GALE_EAGAIN);
    CHECK_EQ(put(99), GALE_EAGAIN);
    get_many(1, CAPACITY);
    CHECK_EQ(put(99), GALE_EAGAIN);
    CHECK_EQ(get(), GALE_EAGAIN);
    CHECK_EQ(put(6), GALE_OK);
    check_valid();
}

/* @verifies RB14 */
TEST(typed_ring_buf, after_close_the_reader_drains_and_then_sees_the_end)
{
    begin_deferred(100, 1);
    put_many(1, 3);
    gale_typed_ring_buf_write_close(&w);

    CHECK_EQ(put(4), GALE_EPERM);
    CHECK_EQ(gale_typed_ring_buf_elements_available(&r), 3);
    get_many(1, 3);
    CHECK_EQ(get(), GALE_EPIPE);
    CHECK_EQ(get(), GALE_EPIPE);
    gale_typed_ring_buf_write_close(&w);
    CHECK_EQ(get(), GALE_EPIPE);
    check_valid();
}

/* @verifies RB14 */
TEST(typed_ring_buf, nothing_reopens_a_closed_end)
{
    void *run = NULL;

    begin();
    put_many(1, 1);
    REQUIRE(gale_typed_ring_buf_write_claim(&w, 1, &run) == 1);
    gale_typed_ring_buf_write_close(&w);

    CHECK_EQ(gale_typed_ring_buf_write_commit(&w, 1), GALE_EINVAL);
    CHECK_EQ(gale_typed_ring_buf_write_commit(&w, 0), GALE_OK);
    gale_typed_ring_buf_write_flush(&w);
    CHECK_EQ(gale_typed_ring_buf_write_claim(&w, 1, &run), GALE_EPERM);
    CHECK_EQ(put(2), GALE_EPERM);
    CHECK_EQ(get(), 1);
    CHECK_EQ(get(), GALE_EPIPE);
    check_valid();
}

/* @verifies RB14 */
TEST(typed_ring_buf, the_writer_sees_that_the_reader_closed)
{
    void *run = NULL;

    begin();
    put_many(1, 2);
    get_many(1, 1);
    gale_typed_ring_buf_read_close(&r);

    CHECK_EQ(get(), GALE_EPERM);
    put_many(3, CAPACITY - 2u);
    CHECK_EQ(put(9), GALE_EPIPE);
    CHECK_EQ(gale_typed_ring_buf_write_claim(&w, 1, &run), GALE_EPIPE);
    CHECK_EQ(put(9), GALE_EPIPE);
    check_valid();
}

/* @verifies RB14 */
TEST(typed_ring_buf, a_writer_that_asks_for_more_than_it_knows_sees_the_close_at_once)
{
    void *run = NULL;

    begin();
    put_many(0, CAPACITY);
    get_many(0, 3);
    put_many(5, 1);
    get_many(3, 1);
    gale_typed_ring_buf_read_close(&r);

    CHECK_EQ(gale_typed_ring_buf_space_available(&w), 3);
    CHECK_EQ(gale_typed_ring_buf_write_claim(&w, 3, &run), GALE_EPIPE);
    CHECK_EQ(gale_typed_ring_buf_write_claim(&w, 1, &run), GALE_EPIPE);
    CHECK_EQ(put(1), GALE_EPIPE);
    check_valid();
}

/* @verifies RB10 */
TEST(typed_ring_buf, the_peer_word_may_be_a_private_copy)
{
    struct gale_atomic_u32 shadow = {0};

    begin();
    gale_typed_ring_buf_reader_init(&r, &ring.reader, &shadow, data, CAPACITY, sizeof data[0], 1);
    put_many(1, 2);

    CHECK_EQ(get(), GALE_EAGAIN);
    gale_atomic_store_relaxed(&shadow, 1);
    CHECK_EQ(get(), 1);
    CHECK_EQ(get(), GALE_EAGAIN);
}

/* @verifies RB09 RB12 */
TEST(typed_ring_buf, the_typed_face_moves_elements_like_the_plain_one)
{
    struct sample in[3] = {{1, 2}, {3, 4}, {5, 6}};
    struct sample out[3] = {{0, 0}};

    for (uint32_t i = 0; i < 10; i++) {
        in[0].time = i;
        CHECK_EQ(samples_write(&in[0]), GALE_OK);
        CHECK_EQ(samples_write_n(in, 3), 2);
        CHECK_EQ(samples_write(&in[0]), GALE_EAGAIN);
        CHECK_EQ(samples_space_available(), 0);
        CHECK_EQ(samples_elements_available(), 3);
        CHECK_EQ(samples_read(&out[0]), GALE_OK);
        CHECK_EQ(samples_read_n(out, 3), 2);
        CHECK_EQ(samples_read(&out[0]), GALE_EAGAIN);
        CHECK_EQ(out[0].time, i);
        CHECK_EQ(out[1].value, 4);
        in[0].time = i + 100u;
        CHECK_EQ(gale_typed_ring_buf_write(&samples_writer, &in[0]), GALE_OK);
        CHECK_EQ(samples_read(&out[1]), GALE_OK);
        CHECK_EQ(out[1].time, i + 100u);
        CHECK(gale_typed_ring_buf_writer_is_valid(&samples_writer));
        CHECK(gale_typed_ring_buf_reader_is_valid(&samples_reader));
    }
}

/* @verifies RB11 RB13 RB14 */
TEST(typed_ring_buf, the_typed_face_claims_defers_and_closes)
{
    uint32_t *run = NULL;
    const uint32_t *seen = NULL;
    uint32_t value = 7;

    REQUIRE(lazy_write_claim(9, &run) == 8);
    run[0] = 5;
    run[1] = 6;
    CHECK_EQ(lazy_write_commit(9), GALE_EINVAL);
    CHECK_EQ(lazy_write_commit(2), GALE_OK);
    CHECK_EQ(lazy_write(&value), GALE_OK);
    CHECK_EQ(lazy_read_claim(1, &seen), GALE_EAGAIN);
    lazy_write_flush();
    REQUIRE(lazy_read_claim(9, &seen) == 3);
    CHECK_EQ(seen[0], 5);
    CHECK_EQ(seen[1], 6);
    CHECK_EQ(seen[2], 7);
    CHECK_EQ(lazy_read_release(3), GALE_OK);
    CHECK_EQ(lazy_space_available(), 5);
    lazy_read_flush();
    CHECK_EQ(lazy_space_available(), 8);
    for (value = 0; value < 4; value++) {
        CHECK_EQ(lazy_write(&value), GALE_OK);
    }
    CHECK_EQ(lazy_elements_available(), 4);
    CHECK_EQ(lazy_read(&value), GALE_OK);
    CHECK_EQ(value, 0);
    lazy_write_close();
    CHECK_EQ(lazy_write(&value), GALE_EPERM);
    CHECK_EQ(lazy_write_claim(1, &run), GALE_EPERM);
    lazy_read_close();
    CHECK_EQ(lazy_read(&value), GALE_EPERM);
}
