/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/event.h"
#include "gale/port_virtual.h"
#include "test.h"
#include "threads.h"

#define NOTHING UINT32_C(0x5a5a5a5a)

/* One call of gale_event_wait(). */
struct call {
    uint32_t mask;
    uint32_t options;
    gale_tick deadline;
    uint32_t matched;
};

static struct gale_event event;

static void begin(uint32_t flags)
{
    threads_begin();
    CHECK_EQ(gale_event_init(&event, &threads_x), GALE_OK);
    CHECK_EQ(gale_event_test(&event, UINT32_MAX), 0);
    gale_event_set(&event, flags);
}

static void wait(void *arg)
{
    struct call *c = arg;

    c->matched = NOTHING;
    threads_done(gale_event_wait(&event, c->mask, c->options, c->deadline, &c->matched));
}

static int look(uint32_t mask, uint32_t options)
{
    return gale_event_wait(&event, mask, options, GALE_NO_WAIT, NULL);
}

static void check_flags(uint32_t expected)
{
    CHECK_EQ(gale_event_test(&event, UINT32_MAX), expected);
    CHECK(gale_event_is_valid(&event));
    CHECK(gale_executor_is_valid(&threads_x));
}

TEST(event, init_without_a_list_left_returns_enomem)
{
    threads_begin();
    for (unsigned i = 0; i < THREADS_LISTS; i++) {
        CHECK_EQ(gale_event_init(&event, &threads_x), GALE_OK);
    }
    CHECK_EQ(gale_event_init(&event, &threads_x), GALE_ENOMEM);
}

/* @verifies EV01 EV08 */
TEST(event, post_adds_bits_and_clears_none)
{
    begin(0x0000000cu);
    gale_event_post(&event, 0x80000005u);
    check_flags(0x8000000du);
    gale_event_post(&event, 0);
    check_flags(0x8000000du);
}

/* @verifies EV02 */
TEST(event, set_replaces_all_flags)
{
    begin(0xffff0000u);
    gale_event_set(&event, 0x00ff00ffu);
    check_flags(0x00ff00ffu);
    gale_event_set(&event, 0);
    check_flags(0);
}

/* @verifies EV03 */
TEST(event, clear_removes_exactly_the_named_bits)
{
    begin(0x0000000fu);
    gale_event_clear(&event, 0x00000105u);
    check_flags(0x0000000au);
}

/* @verifies EV04 */
TEST(event, set_masked_touches_only_the_mask)
{
    begin(0x000000f0u);
    gale_event_set_masked(&event, 0xffffffccu, 0x0000003cu);
    check_flags(0x000000ccu);
}

/* @verifies EV05 EV07 */
TEST(event, wait_any_holds_iff_a_bit_of_the_mask_is_set)
{
    for (uint32_t bit = 0; bit < 32; bit++) {
        begin(UINT32_C(1) << bit);
        CHECK_EQ(look(UINT32_MAX, GALE_EVENT_ANY), GALE_OK);
        CHECK_EQ(look(UINT32_C(1) << bit, GALE_EVENT_ANY), GALE_OK);
        CHECK_EQ(look(~(UINT32_C(1) << bit), GALE_EVENT_ANY), GALE_EAGAIN);
    }
}

/* @verifies EV06 EV07 */
TEST(event, wait_all_holds_iff_every_bit_of_the_mask_is_set)
{
    for (uint32_t bit = 0; bit < 32; bit++) {
        begin(~(UINT32_C(1) << bit));
        CHECK_EQ(look(~(UINT32_C(1) << bit), GALE_EVENT_ALL), GALE_OK);
        CHECK_EQ(look(UINT32_MAX, GALE_EVENT_ALL), GALE_EAGAIN);
        CHECK_EQ(look(UINT32_C(1) << bit, GALE_EVENT_ALL), GALE_EAGAIN);
    }
}

/* @verifies EV05 */
TEST(event, wait_tells_the_matched_bits_and_leaves_them)
{
    uint32_t matched = NOTHING;

    begin(0x0000000du);
    CHECK_EQ(gale_event_wait(&event, 0x00000007u, GALE_EVENT_ANY, GALE_FOREVER, &matched), GALE_OK);
    CHECK_EQ(matched, 0x00000005u);
    check_flags(0x0000000du);
}

TEST(event, wait_with_clear_takes_exactly_the_matched_bits)
{
    uint32_t matched = NOTHING;

    begin(0x0000000du);
    CHECK_EQ(gale_event_wait(&event, 0x00000007u, GALE_EVENT_ANY | GALE_EVENT_CLEAR, GALE_NO_WAIT, &matched), GALE_OK);
    CHECK_EQ(matched, 0x00000005u);
    check_flags(0x00000008u);
    CHECK_EQ(look(0x00000018u, GALE_EVENT_ALL | GALE_EVENT_CLEAR), GALE_EAGAIN);
    check_flags(0x00000008u);
}

TEST(event, wait_refuses_an_empty_mask_and_unknown_options)
{
    begin(0xffffffffu);
    CHECK_EQ(look(0, GALE_EVENT_ANY), GALE_EINVAL);
    CHECK_EQ(look(0, GALE_EVENT_ALL), GALE_EINVAL);
    CHECK_EQ(look(1, 4), GALE_EINVAL);
    check_flags(0xffffffffu);
}

/* @verifies EV09 EV05 */
TEST(event, the_post_that_makes_the_condition_true_wakes_the_waiter)
{
    struct call any = {0x6u, GALE_EVENT_ANY, GALE_FOREVER, 0};

    begin(0);
    const gale_id a = threads_spawn(wait, &any, 10);
    CHECK(threads_is_blocked(a));
    gale_event_post(&event, 0x1u);
    threads_settle();
    CHECK_NONE_DONE();
    gale_event_post(&event, 0x4u);
    CHECK(!threads_is_blocked(a));
    gale_event_clear(&event, 0x4u);
    threads_settle();
    CHECK_DONE({a, GALE_OK});
    CHECK_EQ(any.matched, 0x4u);
    check_flags(0x1u);
}

/* @verifies EV09 EV06 */
TEST(event, set_and_set_masked_wake_too)
{
    struct call all = {0x3u, GALE_EVENT_ALL, GALE_FOREVER, 0};

    begin(0);
    gale_id a = threads_spawn(wait, &all, 10);
    gale_event_set(&event, 0x1u);
    threads_settle();
    CHECK_NONE_DONE();
    gale_event_set(&event, 0x7u);
    threads_settle();
    CHECK_DONE({a, GALE_OK});
    CHECK_EQ(all.matched, 0x3u);

    gale_event_set(&event, 0x1u);
    a = threads_spawn(wait, &all, 10);
    gale_event_set_masked(&event, 0x2u, 0x2u);
    threads_settle();
    CHECK_DONE({a, GALE_OK});
    check_flags(0x3u);
}

/* @verifies EV09 */
TEST(event, waiters_are_served_by_priority_then_arrival_and_taken_bits_are_gone)
{
    struct call late = {0x1u, GALE_EVENT_ANY | GALE_EVENT_CLEAR, GALE_FOREVER, 0};
    struct call first = {0x3u, GALE_EVENT_ALL | GALE_EVENT_CLEAR, GALE_FOREVER, 0};
    struct call second = {0x5u, GALE_EVENT_ANY | GALE_EVENT_CLEAR, GALE_FOREVER, 0};
    struct call looker = {0x8u, GALE_EVENT_ANY, GALE_FOREVER, 0};

    begin(0);
    const gale_id d = threads_spawn(wait, &late, 30);
    const gale_id a = threads_spawn(wait, &first, 10);
    const gale_id b = threads_spawn(wait, &second, 10);
    const gale_id c = threads_spawn(wait, &looker, 20);
    gale_event_post(&event, 0xfu);
    threads_settle();
    CHECK_DONE({a, GALE_OK}, {b, GALE_OK}, {c, GALE_OK});
    CHECK_EQ(first.matched, 0x3u);
    CHECK_EQ(second.matched, 0x4u);
    CHECK_EQ(looker.matched, 0x8u);
    CHECK(threads_is_blocked(d));
    check_flags(0x8u);
}

/* @verifies EV09 */
TEST(event, every_thread_of_the_executor_may_wait_at_once)
{
    struct call one = {0x1u, GALE_EVENT_ANY, GALE_FOREVER, 0};

    begin(0);
    for (unsigned i = 0; i < THREADS_MAX; i++) {
        (void)threads_spawn(wait, &one, 10);
    }
    CHECK(gale_event_is_valid(&event));
    gale_event_post(&event, 0x1u);
    threads_settle();
    CHECK_DONE({0, GALE_OK}, {1, GALE_OK}, {2, GALE_OK}, {3, GALE_OK}, {4, GALE_OK});
    check_flags(0x1u);
}

TEST(event, wait_times_out_at_its_deadline_and_takes_nothing)
{
    struct call both = {0x3u, GALE_EVENT_ALL | GALE_EVENT_CLEAR, THREADS_START + 10u, 0};

    begin(0x1u);
    const gale_id a = threads_spawn(wait, &both, 10);
    threads_pass(9);
    CHECK_NONE_DONE();
    threads_pass(1);
    CHECK_DONE({a, GALE_ETIMEDOUT});
    CHECK_EQ(both.matched, NOTHING);
    gale_event_post(&event, 0x2u);
    check_flags(0x3u);
}

TEST(event, a_cancelled_wait_returns_ecanceled_and_takes_nothing)
{
    struct call one = {0x1u, GALE_EVENT_ANY | GALE_EVENT_CLEAR, GALE_FOREVER, 0};

    begin(0);
    const gale_id a = threads_spawn(wait, &one, 10);
    CHECK_EQ(gale_executor_cancel_wait(&threads_x, a), GALE_OK);
    gale_event_post(&event, 0x1u);
    threads_settle();
    CHECK_DONE({a, GALE_ECANCELED});
    check_flags(0x1u);
}

TEST(event, who_may_not_block_gets_eperm)
{
    struct call one = {0x1u, GALE_EVENT_ANY, GALE_FOREVER, 0};

    begin(0);
    CHECK_EQ(gale_event_wait(&event, 1, GALE_EVENT_ANY, GALE_FOREVER, NULL), GALE_EPERM);
    threads_run_task(wait, &one);
    CHECK_EQ(threads_log[0].status, GALE_EPERM);
    CHECK_EQ(one.matched, NOTHING);
    check_flags(0);
}

static void wait_without_result(void *arg)
{
    (void)arg;
    threads_done(gale_event_wait(&event, 1, GALE_EVENT_ANY, GALE_FOREVER, NULL));
}

static void post_and_look(void *arg)
{
    (void)arg;
    gale_event_post(&event, 1);
    threads_done(GALE_EALREADY);
}

/* @verifies EV09 SC10 */
TEST(event, post_lets_a_better_waiter_run_before_it_returns)
{
    begin(0);
    const gale_id better = threads_spawn(wait_without_result, NULL, 10);
    const gale_id poster = threads_spawn(post_and_look, NULL, 20);
    CHECK_DONE({better, GALE_OK}, {poster, GALE_EALREADY});
}

/* @verifies EV09 */
TEST(event, is_valid_sees_a_forgotten_waiter)
{
    struct call one = {0x1u, GALE_EVENT_ANY, GALE_FOREVER, 0};
    struct call two = {0x2u, GALE_EVENT_ANY, GALE_FOREVER, 0};

    begin(0);
    (void)threads_spawn(wait, &one, 10);
    (void)threads_spawn(wait, &two, 10);
    CHECK(gale_event_is_valid(&event));
    event.flags = 0x1u;
    CHECK(!gale_event_is_valid(&event));
    event.flags = 0x2u;
    CHECK(!gale_event_is_valid(&event));
}
