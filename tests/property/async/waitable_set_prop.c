/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Random operations of four threads and a callback task on two sets against a plain model, in virtual time.
 */
#include "gale/port_virtual.h"

#include "random.h"
#include "set_model.h"

#define ROUNDS 400u
#define STEPS_PER_ROUND 1000u

static struct random_state dice;

static uint32_t roll(uint32_t n)
{
    return random_below(&dice, n);
}

/* @verifies PL09 PL10 PL11 PL12 PL13 PL14 */
TEST(waitable_set_prop, any_sequence_of_operations_agrees_with_the_model)
{
    dice = random_seed(20260902);
    for (unsigned round = 0; round < ROUNDS && test_failures() == 0; round++) {
        test_note("round", round);
        set_begin(1u + roll(TURNS_THREADS), (gale_id)(1u + roll(SET_WAITABLES)), roll);
        for (unsigned i = 0; i < STEPS_PER_ROUND && test_failures() == 0; i++) {
            set_step();
        }
        set_end();
    }
}
