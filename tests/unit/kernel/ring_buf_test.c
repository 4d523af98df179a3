/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/ring_buf.h"

#include <string.h>

#include "test.h"

#define CAPACITY 5u

static uint8_t storage[CAPACITY];
static struct gale_ring_buf ring;

/** An empty ring whose next byte goes to offset `at`. */
static void ring_buf_given(uint32_t at)
{
    uint8_t byte = 0;

    gale_ring_buf_init(&ring, storage, CAPACITY);
    for (uint32_t i = 0; i < at; i++) {
        gale_ring_buf_put(&ring, &byte, 1);
        gale_ring_buf_get(&ring, &byte, 1);
    }
}

static const uint8_t *bytes_of(const char *text)
{
    return (const uint8_t *)text;
}

/** Takes everything and checks that it is `expected`. */
static void ring_buf_expect(const char *expected)
{
    uint8_t out[CAPACITY] = {0};
    uint32_t n = (uint32_t)strlen(expected);

    CHECK_EQ(gale_ring_buf_size(&ring), n);
    CHECK_EQ(gale_ring_buf_get(&ring, out, CAPACITY), n > 0 ? (int32_t)n : GALE_EAGAIN);
    CHECK(memcmp(out, expected, n) == 0);
    CHECK(gale_ring_buf_is_valid(&ring));
}

/* @verifies RB01 RB02 */
TEST(ring_buf, init_makes_an_empty_ring_of_full_capacity)
{
    ring_buf_given(0);

    CHECK_EQ(gale_ring_buf_size(&ring), 0);
    CHECK_EQ(gale_ring_buf_space(&ring), CAPACITY);
    CHECK(gale_ring_buf_is_valid(&ring));
}

/* @verifies RB03 RB04 RB12 */
TEST(ring_buf, put_then_get_gives_the_bytes_in_order_from_every_offset)
{
    for (uint32_t at = 0; at < CAPACITY; at++) {
        ring_buf_given(at);

        CHECK_EQ(gale_ring_buf_put(&ring, bytes_of("abc"), 3), 3);
        CHECK_EQ(ring.tail, (at + 3u) % CAPACITY);
        CHECK_EQ(gale_ring_buf_put(&ring, bytes_of("de"), 2), 2);
        CHECK_EQ(gale_ring_buf_space(&ring), 0);

        ring_buf_expect("abcde");
        CHECK_EQ(ring.head, at);
    }
}

/* @verifies RB03 */
TEST(ring_buf, put_of_more_than_fits_takes_what_fits)
{
    ring_buf_given(3);
    gale_ring_buf_put(&ring, bytes_of("ab"), 2);

    CHECK_EQ(gale_ring_buf_put(&ring, bytes_of("cdefgh"), 6), 3);

    ring_buf_expect("abcde");
}

/* @verifies RB05 */
TEST(ring_buf, put_when_full_returns_eagain_and_changes_nothing)
{
    struct gale_ring_buf before;

    ring_buf_given(2);
    gale_ring_buf_put(&ring, bytes_of("abcde"), 5);
    before = ring;

    CHECK_EQ(gale_ring_buf_put(&ring, bytes_of("x"), 1), GALE_EAGAIN);

    CHECK(memcmp(&before, &ring, sizeof ring) == 0);
    CHECK_EQ(gale_ring_buf_put(&ring, bytes_of("x"), 0), 0);
    ring_buf_expect("abcde");
}

/* @verifies RB06 */
TEST(ring_buf, get_and_peek_when_empty_return_eagain_and_change_nothing)
{
    struct gale_ring_buf before;
    uint8_t out = 7;

    ring_buf_given(4);
    before = ring;

    CHECK_EQ(gale_ring_buf_get(&ring, &out, 1), GALE_EAGAIN);
    CHECK_EQ(gale_ring_buf_peek(&ring, &out, 1), GALE_EAGAIN);

    CHECK_EQ(out, 7);
    CHECK(memcmp(&before, &ring, sizeof ring) == 0);
    CHECK_EQ(gale_ring_buf_get(&ring, &out, 0), 0);
    CHECK_EQ(gale_ring_buf_peek(&ring, &out, 0), 0);
}

/* @verifies RB04 RB12 */
TEST(ring_buf, peek_copies_and_leaves_the_bytes)
{
    uint8_t out[4] = {0};

    ring_buf_given(3);
    gale_ring_buf_put(&ring, bytes_of("abcd"), 4);

    CHECK_EQ(gale_ring_buf_peek(&ring, out, 3), 3);

    CHECK(memcmp(out, "abc", 3) == 0);
    CHECK_EQ(out[3], 0);
    ring_buf_expect("abcd");
}

/* @verifies RB04 */
TEST(ring_buf, get_of_less_leaves_the_rest)
{
    uint8_t out[2];

    ring_buf_given(4);
    gale_ring_buf_put(&ring, bytes_of("abcd"), 4);

    CHECK_EQ(gale_ring_buf_get(&ring, out, 2), 2);

    CHECK(memcmp(out, "ab", 2) == 0);
    CHECK_EQ(ring.head, 1);
    ring_buf_expect("cd");
}

/* @verifies RB03 RB08 RB12 */
TEST(ring_buf, put_claim_shows_storage_in_place_up_to_the_end_of_the_buffer)
{
    uint8_t *run = NULL;

    ring_buf_given(3);

    CHECK_EQ(gale_ring_buf_put_claim(&ring, &run, 9), 2);
    CHECK(run == storage + 3);
    memcpy(run, "ab", 2);
    CHECK_EQ(gale_ring_buf_put_finish(&ring, 2), GALE_OK);
    CHECK_EQ(gale_ring_buf_put_claim(&ring, &run, 2), 2);
    CHECK(run == storage);
    memcpy(run, "cd", 2);
    CHECK_EQ(gale_ring_buf_put_finish(&ring, 1), GALE_OK);

    ring_buf_expect("abc");
}

/* @verifies RB03 RB05 */
TEST(ring_buf, put_claim_when_full_returns_eagain)
{
    uint8_t *run = NULL;

    ring_buf_given(0);
    gale_ring_buf_put(&ring, bytes_of("abcde"), 5);

    CHECK_EQ(gale_ring_buf_put_claim(&ring, &run, 1), GALE_EAGAIN);
    CHECK(run == NULL);
    CHECK_EQ(gale_ring_buf_put_claim(&ring, &run, 0), 0);
}

/* @verifies RB01 RB03 */
TEST(ring_buf, put_finish_of_more_than_could_be_claimed_is_refused)
{
    ring_buf_given(3);

    CHECK_EQ(gale_ring_buf_put_finish(&ring, 3), GALE_EINVAL);
    ring_buf_given(0);
    gale_ring_buf_put(&ring, bytes_of("ab"), 2);
    CHECK_EQ(gale_ring_buf_put_finish(&ring, 4), GALE_EINVAL);
    CHECK_EQ(gale_ring_buf_put_finish(&ring, UINT32_MAX), GALE_EINVAL);

    ring_buf_expect("ab");
}

/* @verifies RB04 RB08 RB12 */
TEST(ring_buf, get_claim_shows_the_oldest_bytes_in_place)
{
    const uint8_t *run = NULL;

    ring_buf_given(3);
    gale_ring_buf_put(&ring, bytes_of("abcd"), 4);

    CHECK_EQ(gale_ring_buf_get_claim(&ring, &run, 9), 2);
    CHECK(run == storage + 3 && memcmp(run, "ab", 2) == 0);
    CHECK_EQ(gale_ring_buf_get_finish(&ring, 2), GALE_OK);
    CHECK_EQ(gale_ring_buf_get_claim(&ring, &run, 1), 1);
    CHECK(run == storage && run[0] == 'c');
    CHECK_EQ(gale_ring_buf_get_finish(&ring, 1), GALE_OK);

    ring_buf_expect("d");
}

/* @verifies RB01 RB04 RB06 */
TEST(ring_buf, get_claim_when_empty_returns_eagain_and_get_finish_of_too_much_is_refused)
{
    const uint8_t *run = NULL;

    ring_buf_given(3);
    CHECK_EQ(gale_ring_buf_get_claim(&ring, &run, 1), GALE_EAGAIN);
    CHECK(run == NULL);
    CHECK_EQ(gale_ring_buf_get_claim(&ring, &run, 0), 0);
    CHECK_EQ(gale_ring_buf_get_finish(&ring, 1), GALE_EINVAL);

    gale_ring_buf_put(&ring, bytes_of("abcd"), 4);
    CHECK_EQ(gale_ring_buf_get_finish(&ring, 3), GALE_EINVAL);
    ring_buf_expect("abcd");
}

/* @verifies RB01 RB02 */
TEST(ring_buf, reset_throws_all_bytes_away)
{
    ring_buf_given(3);
    gale_ring_buf_put(&ring, bytes_of("abcd"), 4);

    gale_ring_buf_reset(&ring);

    CHECK_EQ(gale_ring_buf_space(&ring), CAPACITY);
    ring_buf_expect("");
}

/* @verifies RB08 */
TEST(ring_buf, offsets_do_not_overflow_at_the_largest_capacity)
{
    static uint8_t base[16];
    uint8_t *run = NULL;

    /* No byte is touched: claims only compute offsets. */
    gale_ring_buf_init(&ring, base, GALE_RING_BUF_CAPACITY_MAX);
    CHECK_EQ(gale_ring_buf_put_claim(&ring, &run, UINT32_MAX), INT32_MAX);
    CHECK_EQ(gale_ring_buf_put_finish(&ring, GALE_RING_BUF_CAPACITY_MAX - 1u), GALE_OK);
    CHECK_EQ(gale_ring_buf_get_finish(&ring, GALE_RING_BUF_CAPACITY_MAX - 1u), GALE_OK);
    CHECK_EQ(gale_ring_buf_put_finish(&ring, 1), GALE_OK);
    CHECK_EQ(ring.tail, 0);
    CHECK_EQ(gale_ring_buf_put_finish(&ring, GALE_RING_BUF_CAPACITY_MAX - 1u), GALE_OK);
    CHECK_EQ(gale_ring_buf_size(&ring), GALE_RING_BUF_CAPACITY_MAX);
    CHECK_EQ(gale_ring_buf_get_finish(&ring, 1), GALE_OK);
    CHECK_EQ(ring.head, 0);
    CHECK(gale_ring_buf_is_valid(&ring));
}

#define RING_BUF_BREAK(statement)              \
    do {                                       \
        ring_buf_given(2);                     \
        gale_ring_buf_put(&ring, storage, 1);  \
        CHECK(gale_ring_buf_is_valid(&ring));  \
        statement;                             \
        CHECK(!gale_ring_buf_is_valid(&ring)); \
    } while (0)

/* @verifies RB01 RB02 RB07 */
TEST(ring_buf, is_valid_sees_every_broken_part)
{
    RING_BUF_BREAK(ring.capacity = 0);
    RING_BUF_BREAK(ring.capacity = GALE_RING_BUF_CAPACITY_MAX + 1u);
    RING_BUF_BREAK(ring.head = CAPACITY);
    RING_BUF_BREAK(ring.tail = CAPACITY);
    RING_BUF_BREAK(ring.size = CAPACITY + 1u);
    RING_BUF_BREAK(ring.size = 0);
    RING_BUF_BREAK(ring.tail = 2);
}
