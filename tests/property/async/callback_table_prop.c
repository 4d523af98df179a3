/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Random registrations, seals and dispatches against a plain array of "what would be called".
 */
#include "gale/async/callback_table.h"

#include "random.h"
#include "test.h"

#define OPERATIONS 200000u
#define CODES (GALE_WAITABLE_EVENT_TYPES + 2u)

static struct random_state dice;
static struct gale_callback entries[GALE_WAITABLE_EVENT_TYPES];
static struct gale_callback_table t;

/* The model: the argument registered for each type, 0 for none; and the last call seen. */
static struct {
    uint32_t registered[CODES];
    uint32_t count;
    uint32_t capacity;
    bool sealed;
    uint32_t calls;
    uint32_t last;
    struct gale_waitable_event event;
} model;

static uint32_t tags[1000];

static int record(void *arg, const struct gale_waitable_event *event)
{
    model.calls++;
    model.last = *(const uint32_t *)arg;
    model.event = *event;
    return (int)model.last;
}

static void begin(void)
{
    model.count = model.calls = 0;
    model.sealed = false;
    model.capacity = random_below(&dice, GALE_WAITABLE_EVENT_TYPES + 1u);
    for (uint32_t i = 0; i < CODES; i++) {
        model.registered[i] = 0;
    }
    gale_callback_table_init(&t, entries, model.capacity);
}

static int expect_register(uint32_t type)
{
    if (model.sealed) {
        return GALE_EPERM;
    }
    if (type >= GALE_WAITABLE_EVENT_TYPES) {
        return GALE_EINVAL;
    }
    if (model.registered[type] != 0) {
        return GALE_EEXIST;
    }
    return model.count == model.capacity ? GALE_ENOMEM : GALE_OK;
}

static void try_register(void)
{
    const uint32_t type = random_below(&dice, CODES);
    const uint32_t tag = 1u + random_below(&dice, 999);
    const int expected = expect_register(type);

    CHECK_EQ(gale_callback_table_register(&t, type, record, &tags[tag]), expected);
    if (expected == GALE_OK) {
        model.registered[type] = tag;
        model.count++;
    }
}

static int expect_dispatch(uint32_t type)
{
    if (!model.sealed) {
        return GALE_EPERM;
    }
    if (type >= GALE_WAITABLE_EVENT_TYPES) {
        return GALE_EINVAL;
    }
    return model.registered[type] == 0 ? GALE_ENOENT : GALE_OK;
}

static void try_dispatch(void)
{
    const struct gale_waitable_event event = {random_below(&dice, CODES), random_below(&dice, 9),
                                              (uint32_t)random_next(&dice)};
    const int expected = expect_dispatch(event.type);
    const uint32_t calls = model.calls;
    int result = -1;

    CHECK_EQ(gale_callback_table_dispatch(&t, &event, &result), expected);
    CHECK_EQ(model.calls, calls + (expected == GALE_OK ? 1u : 0u));
    CHECK_EQ(result, expected == GALE_OK ? (int)model.registered[event.type] : -1);
    if (expected == GALE_OK) {
        CHECK_EQ(model.event.type, event.type);
        CHECK_EQ(model.event.join_id, event.join_id);
        CHECK_EQ(model.event.payload, event.payload);
    }
}

/* @verifies CB01 CB02 CB03 CB04 CB05 */
TEST(callback_table_prop, any_sequence_of_operations_agrees_with_the_model)
{
    dice = random_seed(20260903);
    for (uint32_t i = 0; i < 1000u; i++) {
        tags[i] = i;
    }
    for (uint32_t i = 0; i < OPERATIONS && test_failures() == 0; i++) {
        const uint32_t dip = random_below(&dice, 100);
        if (i == 0 || dip == 0) {
            begin();
        } else if (dip < 4) {
            gale_callback_table_seal(&t);
            model.sealed = true;
        } else if (dip < 50) {
            try_register();
        } else {
            try_dispatch();
        }
        CHECK(gale_callback_table_is_valid(&t));
        CHECK_EQ(t.count, model.count);
    }
}
