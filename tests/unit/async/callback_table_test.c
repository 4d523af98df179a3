/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/async/callback_table.h"

#include "gale/port_virtual.h"
#include "test.h"

#define CAPACITY 3u
#define WAITABLES 4u

GALE_EXECUTOR_MEMORY_DEFINE(table_test, 1, 0, WAITABLES, GALE_WAITABLE_SET_LISTS);

static struct gale_callback entries[GALE_WAITABLE_EVENT_TYPES];
static struct gale_callback_table t;

/* What a callback was called with, and how often. */
struct record {
    unsigned calls;
    struct gale_waitable_event event;
    const struct gale_waitable_event *place;
    int answer;
};

static int take(void *arg, const struct gale_waitable_event *event)
{
    struct record *r = arg;

    r->calls++;
    r->event = *event;
    r->place = event;
    return r->answer;
}

static struct record records[GALE_WAITABLE_EVENT_TYPES];

static void start(uint32_t capacity)
{
    for (unsigned i = 0; i < GALE_WAITABLE_EVENT_TYPES; i++) {
        records[i] = (struct record){0, {0, 0, 0}, NULL, GALE_OK};
    }
    gale_callback_table_init(&t, entries, capacity);
}

static unsigned calls(void)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < GALE_WAITABLE_EVENT_TYPES; i++) {
        sum += records[i].calls;
    }
    return sum;
}

/* @verifies CB01 CB05 */
TEST(callback_table, register_takes_each_valid_type_once)
{
    start(GALE_WAITABLE_EVENT_TYPES);
    for (uint32_t type = 0; type < GALE_WAITABLE_EVENT_TYPES; type++) {
        CHECK_EQ(gale_callback_table_register(&t, type, take, &records[type]), GALE_OK);
        CHECK_EQ(gale_callback_table_register(&t, type, take, &records[0]), GALE_EEXIST);
        CHECK(gale_callback_table_is_valid(&t));
    }
    CHECK_EQ(t.count, GALE_WAITABLE_EVENT_TYPES);
}

/* @verifies CB05 */
TEST(callback_table, register_of_what_is_no_event_or_no_function_returns_einval)
{
    start(CAPACITY);
    CHECK_EQ(gale_callback_table_register(&t, GALE_WAITABLE_EVENT_TYPES, take, NULL), GALE_EINVAL);
    CHECK_EQ(gale_callback_table_register(&t, UINT32_MAX, take, NULL), GALE_EINVAL);
    CHECK_EQ(gale_callback_table_register(&t, GALE_WAITABLE_EVENT_SUBTASK, NULL, NULL), GALE_EINVAL);
    CHECK_EQ(t.count, 0);
}

/* @verifies CB01 */
TEST(callback_table, register_beyond_the_capacity_returns_enomem)
{
    start(CAPACITY);
    for (uint32_t type = 0; type < CAPACITY; type++) {
        CHECK_EQ(gale_callback_table_register(&t, type, take, NULL), GALE_OK);
    }
    CHECK_EQ(gale_callback_table_register(&t, CAPACITY, take, NULL), GALE_ENOMEM);
    CHECK_EQ(t.count, CAPACITY);
    CHECK(gale_callback_table_is_valid(&t));

    start(0);
    CHECK_EQ(gale_callback_table_register(&t, 1, take, NULL), GALE_ENOMEM);
    CHECK(gale_callback_table_is_valid(&t));

    start(UINT32_MAX);
    CHECK_EQ(gale_callback_table_register(&t, 1, take, NULL), GALE_OK);
    CHECK(gale_callback_table_is_valid(&t));
}

/* @verifies CB04 */
TEST(callback_table, sealed_table_refuses_every_registration)
{
    struct gale_callback_table before;

    start(CAPACITY);
    CHECK_EQ(gale_callback_table_register(&t, 1, take, &records[1]), GALE_OK);
    gale_callback_table_seal(&t);
    before = t;
    CHECK_EQ(gale_callback_table_register(&t, 2, take, NULL), GALE_EPERM);
    CHECK_EQ(gale_callback_table_register(&t, 1, take, NULL), GALE_EPERM);
    CHECK_EQ(gale_callback_table_register(&t, 99, NULL, NULL), GALE_EPERM);
    gale_callback_table_seal(&t);
    CHECK_EQ(t.count, before.count);
    for (unsigned i = 0; i < GALE_WAITABLE_EVENT_TYPES; i++) {
        CHECK_EQ(t.slot[i], before.slot[i]);
    }
    CHECK(entries[0].arg == &records[1]);
}

/* @verifies CB04 */
TEST(callback_table, table_that_is_not_sealed_dispatches_nothing)
{
    const struct gale_waitable_event event = {GALE_WAITABLE_EVENT_SUBTASK, 2, 3};
    int result = 77;

    start(CAPACITY);
    CHECK_EQ(gale_callback_table_register(&t, 1, take, &records[1]), GALE_OK);
    CHECK_EQ(gale_callback_table_dispatch(&t, &event, &result), GALE_EPERM);
    CHECK_EQ(result, 77);
    CHECK_EQ(calls(), 0);
}

/* @verifies CB02 */
TEST(callback_table, dispatch_calls_the_callback_of_the_type_once_with_the_event_as_it_is)
{
    start(GALE_WAITABLE_EVENT_TYPES);
    for (uint32_t i = 0; i < GALE_WAITABLE_EVENT_TYPES; i++) {
        const uint32_t type = (i + 3u) % GALE_WAITABLE_EVENT_TYPES;
        CHECK_EQ(gale_callback_table_register(&t, type, take, &records[type]), GALE_OK);
        records[type].answer = -(int)type;
    }
    gale_callback_table_seal(&t);
    for (uint32_t type = 0; type < GALE_WAITABLE_EVENT_TYPES; type++) {
        const struct gale_waitable_event event = {type, 1000u + type, UINT32_MAX - type};
        int result = 77;
        CHECK_EQ(gale_callback_table_dispatch(&t, &event, &result), GALE_OK);
        CHECK_EQ(result, -(int)type);
        CHECK_EQ(calls(), type + 1u);
        CHECK_EQ(records[type].calls, 1);
        CHECK_EQ(records[type].event.type, type);
        CHECK_EQ(records[type].event.join_id, 1000u + type);
        CHECK_EQ(records[type].event.payload, UINT32_MAX - type);
        CHECK(records[type].place == &event);
    }
}

/* @verifies CB02 */
TEST(callback_table, dispatch_without_a_place_for_the_result_calls_all_the_same)
{
    const struct gale_waitable_event event = {GALE_WAITABLE_EVENT_SUBTASK, 2, 3};

    start(CAPACITY);
    CHECK_EQ(gale_callback_table_register(&t, 1, take, &records[1]), GALE_OK);
    gale_callback_table_seal(&t);
    CHECK_EQ(gale_callback_table_dispatch(&t, &event, NULL), GALE_OK);
    CHECK_EQ(records[1].calls, 1);
}

/* @verifies CB03 CB05 */
TEST(callback_table, dispatch_of_an_unregistered_or_invalid_type_calls_nothing_and_says_so)
{
    const struct gale_waitable_event unregistered = {GALE_WAITABLE_EVENT_CANCELLED, 2, 3};
    const struct gale_waitable_event invalid = {GALE_WAITABLE_EVENT_TYPES, 2, 3};
    const struct gale_waitable_event wild = {UINT32_MAX, 2, 3};
    int result = 77;

    start(CAPACITY);
    CHECK_EQ(gale_callback_table_register(&t, 1, take, &records[1]), GALE_OK);
    gale_callback_table_seal(&t);
    CHECK_EQ(gale_callback_table_dispatch(&t, &unregistered, &result), GALE_ENOENT);
    CHECK_EQ(gale_callback_table_dispatch(&t, &invalid, &result), GALE_EINVAL);
    CHECK_EQ(gale_callback_table_dispatch(&t, &wild, &result), GALE_EINVAL);
    CHECK_EQ(result, 77);
    CHECK_EQ(calls(), 0);
}

TEST(callback_table, is_valid_sees_each_broken_rule)
{
    start(CAPACITY);
    CHECK_EQ(gale_callback_table_register(&t, 1, take, NULL), GALE_OK);
    CHECK_EQ(gale_callback_table_register(&t, 2, take, NULL), GALE_OK);
    CHECK(gale_callback_table_is_valid(&t));
    t.count = CAPACITY + 1u;
    CHECK(!gale_callback_table_is_valid(&t));
    t.capacity = t.count = GALE_WAITABLE_EVENT_TYPES + 1u;
    CHECK(!gale_callback_table_is_valid(&t));
    t.capacity = CAPACITY;
    t.count = 2;
    t.slot[3] = 1;
    CHECK(!gale_callback_table_is_valid(&t));
    t.slot[3] = 9;
    CHECK(!gale_callback_table_is_valid(&t));
    t.slot[3] = 0;
    t.slot[2] = 0;
    CHECK(!gale_callback_table_is_valid(&t));
    t.slot[2] = 2;
    entries[1].fn = NULL;
    CHECK(!gale_callback_table_is_valid(&t));
    entries[1].fn = take;
    t.slot[2] = 0;
    entries[1].type = GALE_WAITABLE_EVENT_TYPES;
    CHECK(!gale_callback_table_is_valid(&t));
}

/* ---- serve ----------------------------------------------------------------------------------------------------- */

static struct gale_executor x;
static struct gale_waitable items[WAITABLES];
static struct gale_waitable_pool pool;
static struct gale_waitable_set set;
static int served;

static void start_set(void)
{
    gale_virtual_reset(1);
    start(GALE_WAITABLE_EVENT_TYPES);
    CHECK_EQ(gale_executor_init(&x, &table_test_memory), GALE_OK);
    CHECK_EQ(gale_waitable_set_pool_init(&pool, &x, items, WAITABLES), GALE_OK);
    CHECK_EQ(gale_waitable_set_init(&set, &pool), GALE_OK);
    for (gale_id w = 0; w < WAITABLES; w++) {
        CHECK_EQ(gale_waitable_set_join(&set, w), GALE_OK);
    }
}

/* @verifies CB02 CB03 */
TEST(callback_table, serve_dispatches_all_pending_events_and_returns_the_first_other_status)
{
    start_set();
    CHECK_EQ(gale_callback_table_register(&t, 1, take, &records[1]), GALE_OK);
    CHECK_EQ(gale_callback_table_register(&t, 2, take, &records[2]), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 0, 1, 10), GALE_OK);
    CHECK_EQ(gale_callback_table_serve(&t, &set), GALE_EPERM);
    gale_callback_table_seal(&t);
    CHECK_EQ(gale_callback_table_serve(&t, &set), GALE_OK);
    CHECK_EQ(records[1].calls, 1);

    records[2].answer = GALE_EPIPE;
    CHECK_EQ(gale_waitable_set_post(&pool, 3, 1, 30), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 2, 2, 20), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 1, 3, 10), GALE_OK);
    CHECK_EQ(gale_waitable_set_post(&pool, 0, 1, 0), GALE_OK);
    CHECK_EQ(gale_callback_table_serve(&t, &set), GALE_EPIPE);
    CHECK_EQ(records[1].calls, 3);
    CHECK_EQ(records[1].event.join_id, 0);
    CHECK_EQ(records[2].calls, 1);
    CHECK_EQ(gale_callback_table_serve(&t, &set), GALE_OK);

    CHECK_EQ(gale_waitable_set_post(&pool, 1, 3, 10), GALE_OK);
    CHECK_EQ(gale_callback_table_serve(&t, &set), GALE_ENOENT);
    CHECK_EQ(calls(), 4);
}

/* Posts again at once, for ever: one call of serve must end all the same. */
static int post_again(void *arg, const struct gale_waitable_event *event)
{
    struct record *r = arg;

    r->calls++;
    return gale_waitable_set_post(&pool, (gale_id)event->join_id, event->type, r->calls);
}

static void serve(void *arg)
{
    (void)arg;
    served = gale_callback_table_serve(&t, &set);
}

/* @verifies CB02 PL12 PL13 */
TEST(callback_table, serve_is_bounded_by_the_members_and_its_task_runs_again_for_the_rest)
{
    const struct gale_thread_spec spec = {serve, NULL, NULL, 0, 12, NULL};
    gale_id task = GALE_ID_NONE;

    start_set();
    CHECK_EQ(gale_callback_table_register(&t, 1, post_again, &records[1]), GALE_OK);
    gale_callback_table_seal(&t);
    CHECK_EQ(gale_executor_spawn(&x, &spec, &task), GALE_OK);
    CHECK_EQ(gale_waitable_set_on_event(&set, task), GALE_OK);
    CHECK(gale_executor_step(&x));
    CHECK(!gale_executor_step(&x));
    CHECK_EQ(gale_waitable_set_post(&pool, 0, 1, 0), GALE_OK);
    for (unsigned i = 1; i <= 5u; i++) {
        CHECK(gale_executor_step(&x));
        CHECK_EQ(served, GALE_OK);
        CHECK_EQ(records[1].calls, i * WAITABLES);
    }
}
