/* SPDX-License-Identifier: Apache-2.0 */
/** Random ring operations against a queue of bytes in an array. */
#include "gale/kernel/ring_buf.h"

#include <string.h>

#include "random.h"

#define CAPACITY_MAX 19u
#define GUARD 8u
#define LEN_MAX 24u
#define RUNS 40u
#define STEPS 10000u

static uint8_t storage[CAPACITY_MAX + 2u * GUARD];
static struct gale_ring_buf ring;
static uint8_t queue[CAPACITY_MAX];
static uint32_t queued;
static uint8_t next_byte;

static uint32_t lesser(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/** What a call that can move at most `possible` of `len` bytes returns. */
static int32_t expected_count(uint32_t len, uint32_t possible)
{
    return len > 0 && possible == 0 ? GALE_EAGAIN : (int32_t)lesser(len, possible);
}

static void queue_drop(uint32_t n)
{
    queued -= n;
    memmove(queue, queue + n, queued);
}

static void ring_buf_step_put(uint32_t len)
{
    uint8_t src[LEN_MAX];
    int32_t n = expected_count(len, ring.capacity - queued);

    for (uint32_t i = 0; i < len; i++) {
        src[i] = next_byte++;
    }
    CHECK_EQ(gale_ring_buf_put(&ring, src, len), n);
    if (n > 0) {
        memcpy(queue + queued, src, (uint32_t)n);
        queued += (uint32_t)n;
    }
}

static void ring_buf_step_get(uint32_t len, bool take)
{
    uint8_t dst[LEN_MAX];
    int32_t n = expected_count(len, queued);

    memset(dst, 0xee, sizeof dst);
    CHECK_EQ(take ? gale_ring_buf_get(&ring, dst, len) : gale_ring_buf_peek(&ring, dst, len), n);
    for (uint32_t i = 0; i < LEN_MAX; i++) {
        CHECK_EQ(dst[i], n > 0 && i < (uint32_t)n ? queue[i] : 0xee);
    }
    if (take && n > 0) {
        queue_drop((uint32_t)n);
    }
}

static void ring_buf_step_put_in_place(struct random_state *r, uint32_t len)
{
    uint32_t possible = lesser(ring.capacity - queued, ring.capacity - ring.tail);
    int32_t n = expected_count(len, possible);
    uint32_t kept = random_below(r, lesser(len, possible) + 1u);
    uint8_t *run = NULL;

    CHECK_EQ(gale_ring_buf_put_claim(&ring, &run, len), n);
    CHECK_EQ(gale_ring_buf_put_finish(&ring, possible + 1u), GALE_EINVAL);
    if (n >= 0) {
        for (uint32_t i = 0; i < (uint32_t)n; i++) {
            run[i] = next_byte++;
        }
        memcpy(queue + queued, run, kept);
        queued += kept;
        CHECK_EQ(gale_ring_buf_put_finish(&ring, kept), GALE_OK);
    }
}

static void ring_buf_step_get_in_place(struct random_state *r, uint32_t len)
{
    uint32_t possible = lesser(queued, ring.capacity - ring.head);
    int32_t n = expected_count(len, possible);
    uint32_t taken = random_below(r, lesser(len, possible) + 1u);
    const uint8_t *run = NULL;

    CHECK_EQ(gale_ring_buf_get_claim(&ring, &run, len), n);
    CHECK_EQ(gale_ring_buf_get_finish(&ring, possible + 1u), GALE_EINVAL);
    if (n >= 0) {
        CHECK(memcmp(run, queue, (uint32_t)n) == 0);
        CHECK_EQ(gale_ring_buf_get_finish(&ring, taken), GALE_OK);
        queue_drop(taken);
    }
}

static void ring_buf_step(struct random_state *r)
{
    uint32_t len = random_below(r, random_below(r, 2) == 0 ? 4 : LEN_MAX);

    switch (random_below(r, 64) % 9u) {
    case 0:
    case 1:
        ring_buf_step_put(len);
        break;
    case 2:
    case 3:
        ring_buf_step_get(len, true);
        break;
    case 4:
        ring_buf_step_get(len, false);
        break;
    case 5:
    case 6:
        ring_buf_step_put_in_place(r, len);
        break;
    case 7:
        ring_buf_step_get_in_place(r, len);
        break;
    default:
        if (len == 0) {
            gale_ring_buf_reset(&ring);
            queued = 0;
        }
        break;
    }
}

static void ring_buf_compare(void)
{
    CHECK_EQ(gale_ring_buf_size(&ring), queued);
    CHECK_EQ(gale_ring_buf_space(&ring), ring.capacity - queued);
    CHECK_EQ((ring.head + queued) % ring.capacity, ring.tail);
    CHECK(gale_ring_buf_is_valid(&ring));
    for (uint32_t i = 0; i < queued; i++) {
        CHECK_EQ(ring.buf[(ring.head + i) % ring.capacity], queue[i]);
    }
    for (uint32_t i = 0; i < GUARD; i++) {
        CHECK(storage[i] == 0xcc && storage[GUARD + ring.capacity + i] == 0xcc);
    }
}

/* @verifies RB01 RB02 RB03 RB04 RB05 RB06 RB07 RB08 RB12 */
TEST(ring_buf_prop, any_sequence_of_operations_acts_like_a_queue_of_bytes)
{
    struct random_state r = random_seed(0x41b00001);

    for (uint32_t run = 0; run < RUNS; run++) {
        queued = 0;
        memset(storage, 0xcc, sizeof storage);
        gale_ring_buf_init(&ring, storage + GUARD, 1u + run % CAPACITY_MAX);
        for (uint32_t i = 0; i < STEPS && test_failures() == 0; i++) {
            ring_buf_step(&r);
            ring_buf_compare();
        }
    }
}
