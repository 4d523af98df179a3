/* SPDX-License-Identifier: Apache-2.0 */
/** @file The typed face, one element at a time in place: it has a short way of its own for that. */
#include "gale/async/typed_ring_buf.h"
#include "test.h"

struct pair {
    uint16_t left;
    uint16_t right;
};

/* The same tests for a ring that publishes at once and for one that collects: `publish` makes the writes visible. */
#define RING_TESTS(ring, publish, give_back)                                                         \
    static bool ring##_put(uint16_t value)                                                           \
    {                                                                                                \
        struct pair *slot = NULL;                                                                    \
        if (ring##_write_claim(1, &slot) != 1) {                                                     \
            return false;                                                                            \
        }                                                                                            \
        slot->left = value;                                                                          \
        slot->right = (uint16_t)(value + 1);                                                         \
        return ring##_write_commit(1) == GALE_OK;                                                    \
    }                                                                                                \
    static bool ring##_get(uint16_t value)                                                           \
    {                                                                                                \
        const struct pair *slot = NULL;                                                              \
        if (ring##_read_claim(1, &slot) != 1) {                                                      \
            return false;                                                                            \
        }                                                                                            \
        return slot->left == value && slot->right == value + 1 && ring##_read_release(1) == GALE_OK; \
    }                                                                                                \
    static void ring##_goes_round(void)                                                              \
    {                                                                                                \
        for (uint16_t i = 0; i < 40; i = (uint16_t)(i + 4)) {                                        \
            CHECK(ring##_put(i) && ring##_put((uint16_t)(i + 1)) && ring##_put((uint16_t)(i + 2)));  \
            CHECK(ring##_put((uint16_t)(i + 3)));                                                    \
            publish;                                                                                 \
            CHECK(ring##_get(i) && ring##_get((uint16_t)(i + 1)) && ring##_get((uint16_t)(i + 2)));  \
            CHECK(ring##_get((uint16_t)(i + 3)));                                                    \
            give_back;                                                                               \
        }                                                                                            \
        CHECK(gale_typed_ring_buf_writer_is_valid(&ring##_writer));                                  \
        CHECK(gale_typed_ring_buf_reader_is_valid(&ring##_reader));                                  \
    }                                                                                                \
    static void ring##_refuses_what_was_not_claimed(void)                                            \
    {                                                                                                \
        struct pair *slot = NULL;                                                                    \
        const struct pair *seen = NULL;                                                              \
        CHECK_EQ(ring##_write_commit(1), GALE_EINVAL);                                               \
        CHECK_EQ(ring##_read_release(1), GALE_EINVAL);                                               \
        CHECK_EQ(ring##_write_claim(1, &slot), 1);                                                   \
        CHECK_EQ(ring##_write_commit(2), GALE_EINVAL);                                               \
        CHECK_EQ(ring##_write_claim(1, &slot), 1);                                                   \
        CHECK_EQ(ring##_write_commit(0), GALE_OK);                                                   \
        CHECK_EQ(ring##_write_commit(1), GALE_EINVAL);                                               \
        CHECK_EQ(ring##_read_claim(1, &seen), GALE_EAGAIN);                                          \
        CHECK(ring##_put(7) && ring##_put(9));                                                       \
        publish;                                                                                     \
        CHECK_EQ(ring##_read_claim(1, &seen), 1);                                                    \
        CHECK_EQ(ring##_read_release(0), GALE_OK);                                                   \
        CHECK_EQ(ring##_read_claim(1, &seen), 1);                                                    \
        CHECK_EQ(ring##_read_claim(2, &seen), 2);                                                    \
        CHECK_EQ(ring##_read_release(3), GALE_EINVAL);                                               \
        CHECK_EQ(ring##_read_release(2), GALE_OK);                                                   \
        give_back;                                                                                   \
    }

GALE_TYPED_RING_BUF_DEFINE(prompt, struct pair, 5);
GALE_TYPED_RING_BUF_DEFINE_DEFERRED(tardy, struct pair, 7, 3);
RING_TESTS(prompt, (void)0, (void)0)
RING_TESTS(tardy, tardy_write_flush(), tardy_read_flush())

/* @verifies RB09 RB11 */
TEST(typed_ring_buf, one_element_at_a_time_in_place_goes_round)
{
    prompt_goes_round();
    tardy_goes_round();
}

/* @verifies RB11 */
TEST(typed_ring_buf, the_short_way_for_one_element_refuses_what_was_not_claimed)
{
    prompt_refuses_what_was_not_claimed();
    tardy_refuses_what_was_not_claimed();
}

/* @verifies RB10 */
TEST(typed_ring_buf, one_element_at_a_time_finds_a_full_and_an_empty_ring)
{
    while (prompt_space_available() > 0) {
        CHECK(prompt_put(1));
    }
    CHECK(!prompt_put(1));
    while (prompt_elements_available() > 0) {
        CHECK(prompt_get(1));
    }
    CHECK(!prompt_get(1));
}

/* @verifies RB14 */
TEST(typed_ring_buf, one_element_at_a_time_ends_with_the_stream)
{
    const struct pair *seen = NULL;
    struct pair *slot = NULL;

    CHECK(tardy_put(3));
    tardy_write_close();
    CHECK_EQ(tardy_write_claim(1, &slot), GALE_EPERM);
    CHECK(tardy_get(3));
    CHECK_EQ(tardy_read_claim(1, &seen), GALE_EPIPE);
    CHECK_EQ(tardy_read_claim(1, &seen), GALE_EPIPE);
}
