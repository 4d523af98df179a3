/* SPDX-License-Identifier: Apache-2.0 */
/** Posts, membership, cancellation: what happens without a thread that waits. */
#include "gale/port_virtual.h"

#include "waitable_set_fixture.h"

/* ---- init ------------------------------------------------------------------------------------------------------ */

TEST(waitable_set, init_beyond_the_executors_memory_returns_enomem)
{
    struct gale_waitable more[1];
    struct gale_waitable_pool second;
    struct gale_waitable_set third;

    start();
    CHECK_EQ(gale_waitable_set_pool_init(&second, &x, more, 0), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_pool_init(&second, &x, more, 1), GALE_ENOMEM);
    CHECK_EQ(gale_waitable_set_init(&third, &pool), GALE_ENOMEM);
}

TEST(waitable_set, init_with_one_list_left_returns_enomem)
{
    struct gale_executor_memory memory = set_test_memory;

    memory.list_count = (gale_id)(memory.list_count - 3u);
    CHECK_EQ(gale_executor_init(&x, &memory), GALE_OK);
    CHECK_EQ(gale_waitable_set_pool_init(&pool, &x, items, WAITABLES), GALE_OK);
    CHECK_EQ(gale_waitable_set_init(&set, &pool), GALE_ENOMEM);
}

/* ---- post and poll --------------------------------------------------------------------------------------------- */

/* @verifies PL09 PL12 */
TEST(waitable_set, poll_of_an_empty_set_returns_eagain)
{
    start();
    CHECK_NO_EVENT(&set);
    join_all();
    CHECK_NO_EVENT(&set);
    CHECK_EQ(gale_waitable_set_members(&set), WAITABLES);
    still_valid();
}

/* @verifies PL09 PL10 PL12 */
TEST(waitable_set, events_come_once_and_in_the_order_of_their_posts)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_post(&pool, 5, GALE_WAITABLE_EVENT_STREAM_READ, 50), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 2, GALE_WAITABLE_EVENT_SUBTASK, UINT32_MAX), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 7, GALE_WAITABLE_EVENT_FUTURE_WRITE, 0), GALE_OK);
    still_valid();

    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_STREAM_READ, 5, 50);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_SUBTASK, 2, UINT32_MAX);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_FUTURE_WRITE, 7, 0);
    CHECK_NO_EVENT(&set);
    still_valid();
}

/* @verifies PL09 */
TEST(waitable_set, post_of_what_is_no_event_returns_einval)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_post(&pool, 0, GALE_WAITABLE_EVENT_NONE, 1), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_post(&pool, 0, GALE_WAITABLE_EVENT_CANCELLED, 1), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_post(&pool, 0, GALE_WAITABLE_EVENT_TYPES, 1), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_post(&pool, 0, 257, 1), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_post(&pool, 0, UINT32_MAX, 1), GALE_EINVAL);
    CHECK_NO_EVENT(&set);
}

/* @verifies PL10 */
TEST(waitable_set, a_waitable_beyond_the_pool_is_einval_everywhere)
{
    start();
    CHECK_EQ(gale_waitable_set_join(&set, WAITABLES), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_leave(&pool, WAITABLES), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_drop_waitable(&pool, GALE_ID_NONE), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_post(&pool, WAITABLES, GALE_WAITABLE_EVENT_SUBTASK, 1), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_cancel(&pool, GALE_ID_NONE), GALE_EINVAL);
    CHECK_EQ(gale_waitable_set_members(&set), 0);
}

/* @verifies PL12 */
TEST(waitable_set, second_post_returns_ebusy_and_keeps_the_first)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_post(&pool, 1, GALE_WAITABLE_EVENT_STREAM_WRITE, 10), GALE_OK);

    CHECK_EQ(gale_waitable_set_post(&pool, 1, GALE_WAITABLE_EVENT_FUTURE_READ, 11), GALE_EBUSY);

    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_STREAM_WRITE, 1, 10);
    CHECK_EQ(gale_waitable_set_post(&pool, 1, GALE_WAITABLE_EVENT_FUTURE_READ, 11), GALE_OK);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_FUTURE_READ, 1, 11);
}

/* ---- membership ------------------------------------------------------------------------------------------------ */

/* @verifies PL12 PL14 */
TEST(waitable_set, event_of_a_waitable_in_no_set_waits_until_it_joins)
{
    start();
    CHECK_EQ(gale_waitable_set_post(&pool, 3, GALE_WAITABLE_EVENT_SUBTASK, 30), GALE_OK);
    CHECK_NO_EVENT(&set);
    CHECK_EQ(gale_waitable_set_join(&set, 3), GALE_OK);
    still_valid();
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_SUBTASK, 3, 30);
}

/* @verifies PL12 PL14 */
TEST(waitable_set, leave_takes_the_event_out_of_the_set_but_not_from_the_waitable)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_post(&pool, 3, GALE_WAITABLE_EVENT_SUBTASK, 30), GALE_OK);
    CHECK_EQ(gale_waitable_set_leave(&pool, 3), GALE_OK);
    CHECK_EQ(gale_waitable_set_members(&set), WAITABLES - 1u);
    CHECK_NO_EVENT(&set);
    still_valid();
    CHECK_EQ(gale_waitable_set_leave(&pool, 3), GALE_OK);
    CHECK_EQ(gale_waitable_set_members(&set), WAITABLES - 1u);
    CHECK_EQ(gale_waitable_set_join(&other, 3), GALE_OK);
    CHECK_NEXT(&other, GALE_WAITABLE_EVENT_SUBTASK, 3, 30);
}

/* @verifies PL10 PL12 PL14 */
TEST(waitable_set, joining_another_set_moves_the_event_to_the_end_of_its_fifo)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_join(&other, 0), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 3, GALE_WAITABLE_EVENT_SUBTASK, 30), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 0, GALE_WAITABLE_EVENT_SUBTASK, 0), GALE_OK);
    CHECK_EQ(gale_waitable_set_join(&other, 3), GALE_OK);
    still_valid();

    CHECK_EQ(gale_waitable_set_members(&set), WAITABLES - 2u);
    CHECK_EQ(gale_waitable_set_members(&other), 2);
    CHECK_NO_EVENT(&set);
    CHECK_NEXT(&other, GALE_WAITABLE_EVENT_SUBTASK, 0, 0);
    CHECK_NEXT(&other, GALE_WAITABLE_EVENT_SUBTASK, 3, 30);
}

/* @verifies PL12 PL14 */
TEST(waitable_set, joining_the_same_set_again_changes_nothing)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_post(&pool, 3, GALE_WAITABLE_EVENT_SUBTASK, 30), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 0, GALE_WAITABLE_EVENT_SUBTASK, 0), GALE_OK);
    CHECK_EQ(gale_waitable_set_join(&set, 3), GALE_OK);
    CHECK_EQ(gale_waitable_set_members(&set), WAITABLES);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_SUBTASK, 3, 30);
}

/* @verifies PL14 */
TEST(waitable_set, drop_waitable_removes_membership_event_and_cancellation)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_post(&pool, 3, GALE_WAITABLE_EVENT_SUBTASK, 30), GALE_OK);
    CHECK_EQ(gale_waitable_set_cancel(&pool, 3), GALE_OK);
    CHECK_EQ(gale_waitable_set_drop_waitable(&pool, 3), GALE_OK);
    CHECK_NO_EVENT(&set);
    CHECK_EQ(gale_waitable_set_members(&set), WAITABLES - 1u);
    CHECK_EQ(gale_waitable_set_join(&set, 3), GALE_OK);
    CHECK_NO_EVENT(&set);
    CHECK_EQ(gale_waitable_set_cancel(&pool, 3), GALE_OK);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_CANCELLED, 3, 0);
    still_valid();
}

TEST(waitable_set, drop_of_a_set_with_members_returns_ebusy)
{
    start();
    CHECK_EQ(gale_waitable_set_join(&set, 1), GALE_OK);
    CHECK_EQ(gale_waitable_set_drop(&set), GALE_EBUSY);
    CHECK_EQ(gale_waitable_set_leave(&pool, 1), GALE_OK);
    CHECK_EQ(gale_waitable_set_drop(&set), GALE_OK);
    CHECK_EQ(gale_waitable_set_join(&set, 1), GALE_OK);
    still_valid();
}

/* ---- cancel ---------------------------------------------------------------------------------------------------- */

/* @verifies PL11 */
TEST(waitable_set, cancellation_is_delivered_once_and_a_second_returns_ealready)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_cancel(&pool, 4), GALE_OK);
    CHECK_EQ(gale_waitable_set_cancel(&pool, 4), GALE_EALREADY);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_CANCELLED, 4, 0);
    CHECK_NO_EVENT(&set);
    CHECK_EQ(gale_waitable_set_cancel(&pool, 4), GALE_EALREADY);
    CHECK_NO_EVENT(&set);
}

/* @verifies PL11 PL12 */
TEST(waitable_set, cancellation_follows_the_event_that_it_finds)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_post(&pool, 4, GALE_WAITABLE_EVENT_STREAM_READ, 40), GALE_OK);
    CHECK_EQ(gale_waitable_set_cancel(&pool, 4), GALE_OK);
    CHECK_EQ(gale_waitable_set_cancel(&pool, 4), GALE_EALREADY);
    CHECK_EQ(gale_waitable_set_post(&pool, 4, GALE_WAITABLE_EVENT_STREAM_READ, 41), GALE_EBUSY);
    CHECK_EQ(gale_waitable_set_post(&pool, 5, GALE_WAITABLE_EVENT_STREAM_READ, 50), GALE_OK);
    still_valid();

    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_STREAM_READ, 4, 40);
    still_valid();
    CHECK_EQ(gale_waitable_set_post(&pool, 4, GALE_WAITABLE_EVENT_STREAM_READ, 41), GALE_EBUSY);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_STREAM_READ, 5, 50);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_CANCELLED, 4, 0);
    CHECK_NO_EVENT(&set);
}

/* @verifies PL11 PL12 */
TEST(waitable_set, posts_go_on_after_a_cancellation)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_cancel(&pool, 4), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 4, GALE_WAITABLE_EVENT_SUBTASK, 1), GALE_EBUSY);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_CANCELLED, 4, 0);
    CHECK_EQ(gale_waitable_set_post(&pool, 4, GALE_WAITABLE_EVENT_SUBTASK, 1), GALE_OK);
    CHECK_NEXT(&set, GALE_WAITABLE_EVENT_SUBTASK, 4, 1);
}

/* ---- validity -------------------------------------------------------------------------------------------------- */

TEST(waitable_set, pool_is_valid_sees_each_broken_rule)
{
    start();
    join_all();
    CHECK_EQ(gale_waitable_set_post(&pool, 1, GALE_WAITABLE_EVENT_SUBTASK, 10), GALE_OK);
    still_valid();
    items[1].type = GALE_WAITABLE_EVENT_NONE;
    CHECK(!gale_waitable_set_pool_is_valid(&pool));
    items[1].type = GALE_WAITABLE_EVENT_CANCELLED;
    CHECK(!gale_waitable_set_pool_is_valid(&pool));
    items[1].cancel = GALE_WAITABLE_CANCEL_NEXT;
    CHECK(!gale_waitable_set_pool_is_valid(&pool));
    items[1].cancel = GALE_WAITABLE_CANCEL_SENT;
    CHECK(gale_waitable_set_pool_is_valid(&pool));
    items[1].type = GALE_WAITABLE_EVENT_CANCELLED + 1;
    CHECK(!gale_waitable_set_pool_is_valid(&pool));
    items[1].type = GALE_WAITABLE_EVENT_SUBTASK;
    items[1].cancel = GALE_WAITABLE_CANCEL_SENT + 1;
    CHECK(!gale_waitable_set_pool_is_valid(&pool));
    items[1].cancel = GALE_WAITABLE_CANCEL_NONE;
    items[2].cancel = GALE_WAITABLE_CANCEL_NEXT;
    CHECK(!gale_waitable_set_pool_is_valid(&pool));
    items[2].cancel = GALE_WAITABLE_CANCEL_NONE;
    items[2].type = GALE_WAITABLE_EVENT_SUBTASK;
    CHECK(!gale_waitable_set_pool_is_valid(&pool));
    items[2].type = GALE_WAITABLE_EVENT_NONE;
    other.pool = NULL;
    items[3].set = &other;
    CHECK(!gale_waitable_set_pool_is_valid(&pool));
}
