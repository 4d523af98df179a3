/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Random operations of four threads on a gate against a plain model, in virtual time.
 */
#include "gale/port_virtual.h"

#include "gate_model.h"
#include "random.h"

#define ROUNDS 400u
#define STEPS_PER_ROUND 1000u

static struct random_state dice;

static uint32_t roll(uint32_t n)
{
    return random_below(&dice, n);
}

/* @verifies BP01 BP02 BP03 BP04 BP05 */
TEST(backpressure_gate_prop, any_sequence_of_operations_agrees_with_the_model)
{
    dice = random_seed(20260901);
    for (unsigned round = 0; round < ROUNDS && test_failures() == 0; round++) {
        test_note("round", round);
        gate_begin(TURNS_THREADS, roll);
        for (unsigned i = 0; i < STEPS_PER_ROUND && test_failures() == 0; i++) {
            gate_step();
        }
        gate_end();
    }
}

/* Twice as often towards one end, then towards the other: both are reached. @verifies BP05 */
TEST(backpressure_gate_prop, inc_and_dec_walk_the_whole_range)
{
    const unsigned half = 250000u;
    uint32_t count = 0;
    unsigned refused[2] = {0, 0};

    dice = random_seed(7);
    gate_begin(0, roll);
    for (unsigned i = 0; i < 2u * half && test_failures() == 0; i++) {
        const bool up = (roll(3) > 0) == (i < half);
        const bool refuse = count == (up ? GALE_BACKPRESSURE_GATE_MAX : 0u);
        const int status = up ? gale_backpressure_gate_inc(&gate) : gale_backpressure_gate_dec(&gate);
        CHECK_EQ(status, refuse ? GALE_EOVERFLOW : GALE_OK);
        count += refuse ? 0u : up ? 1u : UINT32_MAX;
        refused[up ? 1 : 0] += refuse ? 1u : 0u;
        CHECK_EQ(gale_backpressure_gate_is_enabled(&gate), count > 0);
    }
    CHECK(gale_backpressure_gate_is_valid(&gate));
    CHECK(refused[0] > 0 && refused[1] > 0);
}
