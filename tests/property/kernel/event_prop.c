/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Random operations of four threads of changing priority, and from outside them, on an event against a plain model:
 * flags, who blocks, who is woken by which call, with which bits.
 */
#include "gale/port_virtual.h"

#include "event_model.h"
#include "random.h"

#define ROUNDS 400u
#define STEPS_PER_ROUND 1000u
#define BITS 4u

static struct random_state dice;

static uint32_t roll(uint32_t n)
{
    return random_below(&dice, n);
}

/* @verifies EV01 EV02 EV03 EV04 EV05 EV06 EV07 EV08 EV09 */
TEST(event_prop, any_sequence_of_operations_agrees_with_the_model)
{
    static const struct waiters_test test = {EVENT_OPERATIONS, event_operate, NULL, event_check, false};

    dice = random_seed(20260903);
    for (unsigned round = 0; round < ROUNDS && test_failures() == 0; round++) {
        test_note("round", round);
        event_begin(&test, TURNS_THREADS, roll, BITS, waiters_any_deadline);
        for (unsigned i = 0; i < STEPS_PER_ROUND && test_failures() == 0; i++) {
            waiters_step();
        }
        waiters_finish();
        CHECK(gale_executor_is_valid(&turns_x));
    }
}

/* The four changes on whole words, without waiters. @verifies EV01 EV02 EV03 EV04 EV07 EV08 */
TEST(event_prop, changes_of_all_32_bits_agree_with_the_model)
{
    static const struct waiters_test test = {EVENT_OPERATIONS, event_operate, NULL, event_check, false};
    uint32_t flags = 0;

    dice = random_seed(20260904);
    event_begin(&test, 0, roll, BITS, waiters_any_deadline);
    for (unsigned i = 0; i < 200000u && test_failures() == 0; i++) {
        const uint32_t bits = (uint32_t)random_next(&dice);
        const uint32_t mask = (uint32_t)random_next(&dice);
        const uint32_t kind = roll(4);
        if (kind == 0) {
            flags |= bits;
            gale_event_post(&event, bits);
        } else if (kind == 1u) {
            flags = bits;
            gale_event_set(&event, bits);
        } else if (kind == 2u) {
            flags &= ~bits;
            gale_event_clear(&event, bits);
        } else {
            flags = (flags & ~mask) | (bits & mask);
            gale_event_set_masked(&event, bits, mask);
        }
        CHECK_EQ(gale_event_test(&event, UINT32_MAX), flags);
        CHECK_EQ(gale_event_test(&event, mask), flags & mask);
        CHECK_EQ(gale_event_wait(&event, mask | 1u, GALE_EVENT_ANY, GALE_NO_WAIT, NULL),
                 (flags & (mask | 1u)) != 0 ? GALE_OK : GALE_EAGAIN);
        CHECK_EQ(gale_event_wait(&event, mask | 1u, GALE_EVENT_ALL, GALE_NO_WAIT, NULL),
                 (~flags & (mask | 1u)) == 0 ? GALE_OK : GALE_EAGAIN);
    }
}
