/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/timeout.h"

#include <string.h>

#include "test.h"

#define IDS 8u

static struct gale_timeout pool[IDS];
static gale_id heap[IDS];
static struct gale_timeout_queue queue;

static void timeout_given(gale_tick now)
{
    memset(pool, 0x5a, sizeof pool);
    memset(heap, 0x5a, sizeof heap);
    gale_timeout_queue_init(&queue, pool, heap, IDS, now);
}

/** Pops all that is due at `now` and checks that it is exactly `expected`, one digit per id, in that order. */
static void timeout_expect(gale_tick now, const char *expected)
{
    gale_id id = 99;

    for (; *expected != '\0'; expected++) {
        CHECK_EQ(gale_timeout_pop_due(&queue, now, &id), GALE_OK);
        CHECK_EQ(id, *expected - '0');
        CHECK(gale_timeout_queue_is_valid(&queue));
    }
    id = 99;
    CHECK_EQ(gale_timeout_pop_due(&queue, now, &id), GALE_EAGAIN);
    CHECK_EQ(id, 99);
}

TEST(timeout, init_leaves_every_id_inactive)
{
    timeout_given(100);

    for (gale_id i = 0; i < IDS; i++) {
        CHECK(!gale_timeout_is_active(&queue, i));
    }
    CHECK(gale_timeout_next_deadline(&queue) == GALE_FOREVER);
    CHECK(gale_timeout_queue_is_valid(&queue));
}

/* @verifies TO04 */
TEST(timeout, pop_due_fires_in_deadline_order)
{
    timeout_given(0);
    gale_timeout_add(&queue, 0, 50);
    gale_timeout_add(&queue, 1, 10);
    gale_timeout_add(&queue, 2, 30);
    gale_timeout_add(&queue, 3, 20);

    CHECK_EQ(gale_timeout_next_deadline(&queue), 10);
    timeout_expect(9, "");
    timeout_expect(30, "132");
    CHECK_EQ(gale_timeout_next_deadline(&queue), 50);
    timeout_expect(49, "");
    timeout_expect(50, "0");

    CHECK(gale_timeout_queue_is_valid(&queue));
}

/* @verifies TO04 */
TEST(timeout, pop_due_fires_equal_deadlines_in_the_order_of_adding)
{
    timeout_given(0);
    for (gale_id i = 0; i < IDS; i++) {
        CHECK_EQ(gale_timeout_add(&queue, (gale_id)(IDS - 1u - i), 5), GALE_OK);
    }

    timeout_expect(5, "76543210");
}

/* @verifies TO04 */
TEST(timeout, an_aborted_and_added_deadline_goes_behind_its_equals)
{
    timeout_given(0);
    gale_timeout_add(&queue, 0, 5);
    gale_timeout_add(&queue, 1, 5);

    gale_timeout_abort(&queue, 0);
    gale_timeout_add(&queue, 0, 5);

    timeout_expect(5, "10");
}

/* @verifies TO01 */
TEST(timeout, add_of_a_passed_deadline_counts_as_now_and_fires_behind_what_was_due_before)
{
    timeout_given(100);
    gale_timeout_add(&queue, 0, 100);

    CHECK_EQ(gale_timeout_add(&queue, 1, 7), GALE_OK);

    CHECK_EQ(gale_timeout_next_deadline(&queue), 100);
    CHECK(gale_timeout_queue_is_valid(&queue));
    timeout_expect(100, "01");
}

/* @verifies TO01 TO08 */
TEST(timeout, add_of_no_wait_is_due_at_once)
{
    timeout_given(100);

    CHECK_EQ(gale_timeout_add(&queue, 1, GALE_NO_WAIT), GALE_OK);

    CHECK(gale_timeout_is_active(&queue, 1));
    timeout_expect(100, "1");
    CHECK(!gale_timeout_is_active(&queue, 1));
}

/* @verifies TO02 TO06 */
TEST(timeout, add_after_gives_now_plus_duration)
{
    timeout_given(1000);

    CHECK_EQ(gale_timeout_add_after(&queue, 2, 25), GALE_OK);

    CHECK_EQ(gale_timeout_next_deadline(&queue), 1025);
    timeout_expect(1024, "");
    timeout_expect(1025, "2");
    CHECK_EQ(gale_timeout_add_after(&queue, 2, 5), GALE_OK);
    CHECK_EQ(gale_timeout_next_deadline(&queue), 1030);
}

/* @verifies TO02 TO04 */
TEST(timeout, add_after_within_the_announce_loop_does_not_drift)
{
    gale_id id;

    timeout_given(0);
    gale_timeout_add(&queue, 0, 10);

    CHECK_EQ(gale_timeout_pop_due(&queue, 35, &id), GALE_OK);
    CHECK_EQ(gale_timeout_add_after(&queue, 0, 10), GALE_OK);
    CHECK_EQ(gale_timeout_next_deadline(&queue), 20);
    CHECK_EQ(gale_timeout_pop_due(&queue, 35, &id), GALE_OK);
    CHECK_EQ(gale_timeout_pop_due(&queue, 35, &id), GALE_EAGAIN);

    CHECK_EQ(gale_timeout_add_after(&queue, 0, 10), GALE_OK);
    CHECK_EQ(gale_timeout_next_deadline(&queue), 45);
}

/* @verifies TO03 */
TEST(timeout, abort_makes_inactive_and_abort_of_an_inactive_id_returns_enoent)
{
    timeout_given(0);
    gale_timeout_add(&queue, 4, 10);
    gale_timeout_add(&queue, 5, 20);

    CHECK_EQ(gale_timeout_abort(&queue, 4), GALE_OK);

    CHECK(!gale_timeout_is_active(&queue, 4));
    CHECK(gale_timeout_is_active(&queue, 5));
    CHECK_EQ(gale_timeout_abort(&queue, 4), GALE_ENOENT);
    timeout_expect(100, "5");
    CHECK_EQ(gale_timeout_abort(&queue, 5), GALE_ENOENT);
    CHECK(gale_timeout_queue_is_valid(&queue));
}

/* @verifies TO03 TO04 */
TEST(timeout, abort_in_the_middle_keeps_the_order_of_the_others)
{
    static const gale_tick deadlines[IDS] = {1, 20, 2, 21, 22, 3, 4, 23};

    for (gale_id out = 0; out < IDS; out++) {
        gale_tick last = 0;
        gale_id id;

        timeout_given(0);
        for (gale_id i = 0; i < IDS; i++) {
            gale_timeout_add(&queue, i, deadlines[i]);
        }
        CHECK_EQ(gale_timeout_abort(&queue, out), GALE_OK);
        CHECK(gale_timeout_queue_is_valid(&queue));
        for (gale_id i = 0; i < IDS - 1u; i++) {
            REQUIRE(gale_timeout_pop_due(&queue, 100, &id) == GALE_OK);
            CHECK(id != out && deadlines[id] > last);
            last = deadlines[id];
        }
        CHECK_EQ(gale_timeout_pop_due(&queue, 100, &id), GALE_EAGAIN);
    }
}

TEST(timeout, add_of_an_active_id_returns_ealready_and_keeps_its_deadline)
{
    timeout_given(0);
    gale_timeout_add(&queue, 3, 40);

    CHECK_EQ(gale_timeout_add(&queue, 3, 10), GALE_EALREADY);
    CHECK_EQ(gale_timeout_add(&queue, 3, GALE_FOREVER), GALE_EALREADY);
    CHECK_EQ(gale_timeout_add_after(&queue, 3, 10), GALE_EALREADY);

    CHECK_EQ(gale_timeout_next_deadline(&queue), 40);
}

/* @verifies TO07 */
TEST(timeout, add_of_forever_stores_nothing_and_never_fires)
{
    timeout_given(0);

    CHECK_EQ(gale_timeout_add(&queue, 0, GALE_FOREVER), GALE_OK);
    CHECK_EQ(gale_timeout_add_after(&queue, 1, GALE_FOREVER), GALE_OK);

    CHECK(!gale_timeout_is_active(&queue, 0));
    CHECK(!gale_timeout_is_active(&queue, 1));
    CHECK(gale_timeout_next_deadline(&queue) == GALE_FOREVER);
    timeout_expect(GALE_FOREVER, "");
}

/* @verifies TO05 TO06 TO07 */
TEST(timeout, deadline_after_saturates_at_forever)
{
    CHECK(gale_timeout_deadline_after(10, 5) == 15);
    CHECK(gale_timeout_deadline_after(0, 0) == 0);
    CHECK(gale_timeout_deadline_after(GALE_FOREVER - 5, 4) == GALE_FOREVER - 1);
    CHECK(gale_timeout_deadline_after(GALE_FOREVER - 5, 5) == GALE_FOREVER);
    CHECK(gale_timeout_deadline_after(GALE_FOREVER - 5, 6) == GALE_FOREVER);
    CHECK(gale_timeout_deadline_after(5, GALE_FOREVER) == GALE_FOREVER);
    CHECK(gale_timeout_deadline_after(GALE_FOREVER, GALE_FOREVER) == GALE_FOREVER);
}

/* @verifies TO05 TO07 */
TEST(timeout, add_after_beyond_the_last_tick_never_fires)
{
    timeout_given(GALE_FOREVER - 10);

    CHECK_EQ(gale_timeout_add_after(&queue, 0, 11), GALE_OK);
    CHECK_EQ(gale_timeout_add_after(&queue, 1, 9), GALE_OK);

    CHECK(!gale_timeout_is_active(&queue, 0));
    timeout_expect(GALE_FOREVER - 1, "1");
}

/* @verifies TO01 TO04 */
TEST(timeout, an_earlier_announcement_does_not_move_time_back)
{
    timeout_given(0);
    timeout_expect(100, "");

    timeout_expect(50, "");
    CHECK_EQ(gale_timeout_add_after(&queue, 0, 10), GALE_OK);

    CHECK_EQ(gale_timeout_next_deadline(&queue), 110);
    gale_timeout_add(&queue, 1, 60);
    timeout_expect(50, "1");
}

static void timeout_given_three(void)
{
    timeout_given(5);
    gale_timeout_add(&queue, 0, 10);
    gale_timeout_add(&queue, 1, 20);
    gale_timeout_add(&queue, 2, 30);
    CHECK(gale_timeout_queue_is_valid(&queue));
}

#define TIMEOUT_BREAK(statement)                     \
    do {                                             \
        timeout_given_three();                       \
        statement;                                   \
        CHECK(!gale_timeout_queue_is_valid(&queue)); \
    } while (0)

/* @verifies TO01 TO04 */
TEST(timeout, is_valid_sees_every_broken_part)
{
    TIMEOUT_BREAK(queue.count = IDS + 1u);
    TIMEOUT_BREAK(heap[1] = IDS);
    TIMEOUT_BREAK(heap[1] = 0);
    TIMEOUT_BREAK(pool[1].deadline = 9);
    TIMEOUT_BREAK(pool[1].deadline = 10; pool[1].sequence = 0; pool[0].sequence = 1);
    TIMEOUT_BREAK(queue.now = 11);
    TIMEOUT_BREAK(pool[2].deadline = GALE_FOREVER);
    TIMEOUT_BREAK(pool[2].sequence = queue.sequence);
    TIMEOUT_BREAK(pool[5].slot = 3);
    TIMEOUT_BREAK(pool[5].slot = 1);
}
