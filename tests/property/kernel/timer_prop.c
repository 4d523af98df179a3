/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Random starts, stops, reads and passing of time on several timers of one executor against a plain model: which
 * function is called, in which order, how often, and what each timer says of itself. Time passes in steps of any size,
 * so that timers are served late too.
 */
#include "gale/port_virtual.h"

#include "gale/kernel/executor.h"
#include "gale/kernel/timer.h"
#include "random.h"

#define TIMERS 5u
#define ROUNDS 100u
#define STEPS_PER_ROUND 2000u
#define CALLS_MAX 4096u

GALE_EXECUTOR_MEMORY_DEFINE(timed, 1, TIMERS, 0, 0);
static struct gale_executor x;
static struct gale_timer timers[TIMERS];

static struct {
    bool running;
    gale_tick deadline;
    uint64_t order; /* Of setting, among equal deadlines. */
    gale_tick period;
    uint32_t expired;
} model[TIMERS];
static uint64_t sets;
static unsigned model_calls[CALLS_MAX]; /* Which timer's function the model calls next. */
static unsigned expected;
static unsigned called;
static struct random_state dice;

static uint32_t roll(uint32_t n)
{
    return random_below(&dice, n);
}

/* The function of timer `arg`: the model knows that it is its turn. */
static void note(void *arg)
{
    const unsigned i = (unsigned)((struct gale_timer *)arg - timers);

    CHECK(called < expected);
    if (called < expected) {
        CHECK_EQ(i, model_calls[called]);
    }
    called++;
}

static void model_arm(unsigned i, gale_tick deadline)
{
    model[i].deadline = deadline;
    model[i].order = sets++;
}

static bool model_before(unsigned a, unsigned b)
{
    return model[a].deadline < model[b].deadline ||
           (model[a].deadline == model[b].deadline && model[a].order < model[b].order);
}

static void model_expire(unsigned i)
{
    model[i].expired += model[i].expired < UINT32_MAX ? 1u : 0u;
    model[i].running = model[i].period > 0;
    if (model[i].running) {
        model_arm(i, model[i].deadline + model[i].period);
    }
    if (expected < CALLS_MAX) {
        model_calls[expected++] = i;
    }
}

/* All that is due by now, in order. */
static void model_pass(void)
{
    unsigned first = 0;

    while (first < TIMERS) {
        first = TIMERS;
        for (unsigned i = 0; i < TIMERS; i++) {
            if (model[i].running && model[i].deadline <= gale_port_now() &&
                (first == TIMERS || model_before(i, first))) {
                first = i;
            }
        }
        if (first < TIMERS) {
            model_expire(first);
        }
    }
}

static void pass(gale_tick ticks)
{
    expected = called = 0;
    gale_virtual_advance(ticks);
    model_pass();
    while (gale_timeout_next_deadline(&x.timeouts) <= gale_port_now()) {
        CHECK(!gale_executor_step(&x));
    }
    CHECK(expected < CALLS_MAX);
    CHECK_EQ(called, expected);
}

static void start(unsigned i)
{
    const gale_tick now = gale_port_now();
    const gale_tick first = roll(8) == 0 ? GALE_NO_WAIT : now + roll(30);
    const gale_tick period = roll(2) == 0 ? 0 : 1u + roll(20);

    model[i].running = true;
    model[i].period = period;
    model[i].expired = 0;
    model_arm(i, first < now ? now : first);
    gale_timer_start(&timers[i], first, period);
}

static void stop(unsigned i)
{
    model[i].running = false;
    model[i].expired = 0;
    gale_timer_stop(&timers[i]);
}

static void read(unsigned i)
{
    CHECK_EQ(gale_timer_read(&timers[i]), model[i].expired);
    model[i].expired = 0;
}

/* As if it had expired almost as often as can be counted. */
static void age(unsigned i)
{
    model[i].expired = timers[i].expired = UINT32_MAX - roll(3);
}

static void step(void)
{
    const unsigned i = roll(TIMERS);
    const uint32_t pick = roll(12);

    if (pick < 2u) {
        start(i);
    } else if (pick == 2u) {
        stop(i);
    } else if (pick < 5u) {
        read(i);
    } else if (pick == 5u) {
        age(i);
    } else {
        pass(pick == 6u ? roll(100) : roll(4));
    }
}

static void check(unsigned i)
{
    const gale_tick now = gale_port_now();
    const bool ahead = model[i].running && model[i].deadline > now;

    CHECK(gale_timer_is_valid(&timers[i]));
    CHECK_EQ(gale_timer_is_running(&timers[i]), model[i].running);
    CHECK_EQ(gale_timer_remaining(&timers[i]), ahead ? model[i].deadline - now : 0);
    CHECK_EQ(gale_timer_is_saturated(&timers[i]), model[i].expired == UINT32_MAX);
    CHECK_EQ(timers[i].expired, model[i].expired);
}

static void begin(void)
{
    gale_virtual_reset(1000);
    CHECK_EQ(gale_executor_init(&x, &timed_memory), GALE_OK);
    for (unsigned i = 0; i < TIMERS; i++) {
        model[i].running = false;
        model[i].expired = 0;
        CHECK_EQ(gale_timer_init(&timers[i], &x, note, &timers[i]), GALE_OK);
    }
}

/* @verifies TM01 TM02 TM03 TM04 TM05 TM06 TM07 TM08 TO04 */
TEST(timer_prop, any_sequence_of_operations_agrees_with_the_model)
{
    dice = random_seed(20260906);
    for (unsigned round = 0; round < ROUNDS && test_failures() == 0; round++) {
        test_note("round", round);
        begin();
        for (unsigned n = 0; n < STEPS_PER_ROUND && test_failures() == 0; n++) {
            step();
            for (unsigned i = 0; i < TIMERS; i++) {
                check(i);
            }
        }
        CHECK(gale_executor_is_valid(&x));
    }
}
