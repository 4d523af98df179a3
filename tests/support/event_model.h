/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A plain model of kernel/event and the operations in which threads use an event and compare it with the model. The
 * schedule test makes every choice, the property test random ones.
 */
#ifndef TESTS_SUPPORT_EVENT_MODEL_H
#define TESTS_SUPPORT_EVENT_MODEL_H

#include "gale/kernel/event.h"
#include "waiters.h"

#define EVENT_NOTHING UINT32_C(0xdeadbeef)

enum event_operation {
    EVENT_WAIT = WAITERS_OPERATIONS,
    EVENT_POST,
    EVENT_CLEAR,
    EVENT_SET,
    EVENT_TEST,
    EVENT_SET_MASKED,
    EVENT_OPERATIONS
};

static struct gale_event event;
static uint32_t event_bits;               /**< Number of bits that operations use: bit 31 and the lowest ones. */
static gale_tick (*event_deadline)(void); /**< Of the next wait. */
static bool event_skips_zero;             /**< No operation names no bit at all. */

static struct {
    uint32_t flags;
    uint32_t mask[TURNS_THREADS + 1u];
    uint32_t options[TURNS_THREADS + 1u];
    uint32_t matched[TURNS_THREADS + 1u];
} event_model;

/** Some of the bits in use: bit 31 and the lowest ones. */
static uint32_t event_any_bits(void)
{
    const uint32_t low = waiters_choose(UINT32_C(1) << event_bits);

    return (low >> 1) | ((low & 1u) << 31);
}

static uint32_t event_any_mask(void)
{
    const uint32_t low = event_skips_zero ? 1u + waiters_choose((UINT32_C(1) << event_bits) - 1u)
                                          : waiters_choose(UINT32_C(1) << event_bits);

    return (low >> 1) | ((low & 1u) << 31);
}

/** If the condition of `who` holds, it has its bits and the answer is true. */
static bool event_model_serve(unsigned who)
{
    const uint32_t found = event_model.flags & event_model.mask[who];
    const bool all = (event_model.options[who] & GALE_EVENT_ALL) != 0;
    const bool holds = all ? found == event_model.mask[who] : found != 0;

    if (holds) {
        event_model.matched[who] = found;
    }
    if (holds && (event_model.options[who] & GALE_EVENT_CLEAR) != 0) {
        event_model.flags ^= found;
    }
    return holds;
}

static void event_model_change(uint32_t flags)
{
    unsigned at = 0;

    event_model.flags = flags;
    while (at < waiters.length) {
        if (event_model_serve(waiters.line[at])) {
            waiters_end(at, GALE_OK);
        } else {
            at++;
        }
    }
}

static void event_wait(unsigned me, uint32_t mask, uint32_t options, gale_tick deadline)
{
    uint32_t matched = EVENT_NOTHING;

    event_model.mask[me] = mask;
    event_model.options[me] = options;
    event_model.matched[me] = EVENT_NOTHING;
    if (mask == 0) {
        waiters.expect[me] = GALE_EINVAL;
    } else if (event_model_serve(me)) {
        waiters.expect[me] = GALE_OK;
    } else {
        (void)waiters_wait(me, deadline, GALE_EAGAIN);
    }
    waiters_call(me);
    waiters_returned(me, gale_event_wait(&event, mask, options, deadline, &matched));
    CHECK_EQ(matched, event_model.matched[me]);
}

static void event_operate(unsigned me)
{
    const uint32_t mask = waiters_operation == EVENT_SET ? UINT32_MAX : event_any_mask();
    uint32_t bits;

    switch (waiters_operation) {
    case EVENT_WAIT:
        event_wait(me, mask, waiters_choose(4), event_deadline());
        break;
    case EVENT_POST:
        event_model_change(event_model.flags | mask);
        gale_event_post(&event, mask);
        break;
    case EVENT_CLEAR:
        event_model.flags &= ~mask;
        gale_event_clear(&event, mask);
        break;
    case EVENT_SET:
        bits = event_any_bits();
        event_model_change(bits);
        gale_event_set(&event, bits);
        break;
    case EVENT_SET_MASKED:
        bits = event_any_bits();
        event_model_change((event_model.flags & ~mask) | (bits & mask));
        gale_event_set_masked(&event, bits, mask);
        break;
    default:
        CHECK_EQ(gale_event_test(&event, mask), event_model.flags & mask);
        break;
    }
}

static void event_check(void)
{
    CHECK(gale_event_is_valid(&event));
    CHECK_EQ(gale_event_test(&event, UINT32_MAX), event_model.flags);
}

static inline void event_begin(const struct waiters_test *test, unsigned threads, uint32_t (*choose)(uint32_t n),
                               uint32_t bits, gale_tick (*deadline)(void))
{
    event_bits = bits;
    event_deadline = deadline;
    event_skips_zero = test->alike;
    event_model.flags = 0;
    waiters_begin(test, threads, choose);
    CHECK_EQ(gale_event_init(&event, &turns_x), GALE_OK);
}

#endif /* TESTS_SUPPORT_EVENT_MODEL_H */
