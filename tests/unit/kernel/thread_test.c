/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/thread.h"
#include "test.h"

static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t stack[256];

static void entry(void *arg)
{
    (void)arg;
}

static struct gale_thread_spec thread_spec(void)
{
    const struct gale_thread_spec spec = {entry, NULL, stack, sizeof stack, 5, NULL};
    return spec;
}

static struct gale_thread thread_alive(void)
{
    const struct gale_thread_spec spec = thread_spec();
    struct gale_thread t;

    CHECK_EQ(gale_thread_init(&t, &spec), GALE_OK);
    return t;
}

/* @verifies TH01 */
TEST(thread, init_makes_a_ready_thread_of_the_spec)
{
    const struct gale_thread t = thread_alive();

    CHECK(gale_thread_is_ready(&t));
    CHECK(!gale_thread_is_task(&t));
    CHECK(t.spec.entry == entry && t.spec.stack == stack);
    CHECK_EQ(t.spec.stack_bytes, sizeof stack);
    CHECK_EQ(t.spec.priority, 5);
    CHECK(gale_thread_is_valid(&t));
}

/* @verifies TH01 */
TEST(thread, init_without_stack_makes_a_task_that_waits_to_be_asked)
{
    const struct gale_thread_spec spec = {entry, NULL, NULL, 0, 3, NULL};
    struct gale_thread t;

    CHECK_EQ(gale_thread_init(&t, &spec), GALE_OK);

    CHECK(gale_thread_is_task(&t));
    CHECK(!gale_thread_is_ready(&t));
    CHECK(t.pending && !t.suspended && !t.dead);
    CHECK_EQ(gale_thread_measure_stack(&t), 0);
    CHECK(gale_thread_is_valid(&t));
}

/* @verifies TH01 TH03 TH06 */
TEST(thread, init_refuses_what_is_no_thread_and_changes_nothing)
{
    struct gale_thread t = thread_alive();
    const struct gale_thread before = t;
    struct gale_thread_spec bad[6];

    for (unsigned i = 0; i < 6; i++) {
        bad[i] = thread_spec();
    }
    bad[0].entry = NULL;
    bad[1].priority = GALE_PRIORITIES;
    bad[2].stack_bytes = 0;
    bad[3].stack_bytes = GALE_STACK_ALIGN + 1;
    bad[4].stack = NULL;
    bad[5].priority = UINT8_MAX;
    for (unsigned i = 0; i < 6; i++) {
        test_note("spec", i);
        CHECK(!gale_thread_spec_is_valid(&bad[i]));
        CHECK_EQ(gale_thread_init(&t, &bad[i]), GALE_EINVAL);
        CHECK_EQ(t.spec.priority, before.spec.priority);
        CHECK(gale_thread_is_ready(&t));
    }
}

/* @verifies TH02 */
TEST(thread, priority_stays_in_range)
{
    struct gale_thread t = thread_alive();

    CHECK_EQ(gale_thread_set_priority(&t, GALE_PRIORITIES - 1), GALE_OK);
    CHECK_EQ(t.spec.priority, GALE_PRIORITIES - 1);
    CHECK_EQ(gale_thread_set_priority(&t, GALE_PRIORITIES), GALE_EINVAL);
    CHECK_EQ(t.spec.priority, GALE_PRIORITIES - 1);
    CHECK(gale_thread_is_valid(&t));
}

/* @verifies TH04 */
TEST(thread, recorded_stack_use_grows_with_use_and_never_exceeds_the_size)
{
    struct gale_thread t = thread_alive();

    CHECK_EQ(gale_thread_measure_stack(&t), 0);
    stack[sizeof stack - 40] = 1;
    CHECK_EQ(gale_thread_measure_stack(&t), 40);
    stack[sizeof stack - 40] = 0xa5;
    CHECK_EQ(gale_thread_measure_stack(&t), 40);
    stack[0] = 0;
    CHECK_EQ(gale_thread_measure_stack(&t), sizeof stack);
    CHECK(gale_thread_is_valid(&t));
}

/* @verifies SC14 SC15 */
TEST(thread, suspending_twice_equals_once_and_resume_works_only_then)
{
    struct gale_thread t = thread_alive();

    CHECK_EQ(gale_thread_resume(&t), GALE_EINVAL);
    CHECK_EQ(gale_thread_suspend(&t), GALE_OK);
    CHECK_EQ(gale_thread_suspend(&t), GALE_OK);
    CHECK(!gale_thread_is_ready(&t));
    CHECK_EQ(gale_thread_resume(&t), GALE_OK);
    CHECK(gale_thread_is_ready(&t));
    CHECK_EQ(gale_thread_resume(&t), GALE_EINVAL);
}

/* @verifies SC15 */
TEST(thread, a_wait_that_ends_during_suspension_readies_only_after_resume)
{
    struct gale_thread t = thread_alive();

    gale_thread_pend(&t);
    CHECK_EQ(gale_thread_suspend(&t), GALE_OK);
    CHECK(!gale_thread_wake(&t, GALE_ETIMEDOUT));
    CHECK_EQ(t.wait_status, GALE_ETIMEDOUT);
    CHECK_EQ(gale_thread_resume(&t), GALE_OK);
    CHECK(gale_thread_is_ready(&t));
}

/* @verifies SC13 SC16 */
TEST(thread, abort_succeeds_from_every_live_state_and_dead_has_no_way_out)
{
    for (unsigned state = 0; state < 4; state++) {
        struct gale_thread t = thread_alive();
        t.pending = (state & 1u) != 0;
        t.suspended = (state & 2u) != 0;
        test_note("state", state);

        CHECK_EQ(gale_thread_abort(&t), GALE_OK);

        CHECK(t.dead);
        CHECK_EQ(gale_thread_abort(&t), GALE_EPERM);
        CHECK_EQ(gale_thread_suspend(&t), GALE_EPERM);
        CHECK_EQ(gale_thread_resume(&t), GALE_EPERM);
        CHECK(t.dead && !t.suspended && !t.pending);
        CHECK(gale_thread_is_valid(&t));
    }
}

/* @verifies TH02 TH03 TH04 */
TEST(thread, is_valid_sees_each_broken_part)
{
    struct gale_thread t = thread_alive();

    t.spec.priority = GALE_PRIORITIES;
    CHECK(!gale_thread_is_valid(&t));
    t = thread_alive();
    t.stack_used = t.spec.stack_bytes + 1;
    CHECK(!gale_thread_is_valid(&t));
}
