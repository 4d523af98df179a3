/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Random operations of four threads of changing priority, and from outside them, on a semaphore against a plain model:
 * who blocks, who is woken, with which status, and the count.
 */
#include "gale/port_virtual.h"

#include "gale/kernel/sem.h"
#include "random.h"
#include "waiters.h"

#define ROUNDS 400u
#define STEPS_PER_ROUND 1000u

enum operation { TAKE = WAITERS_OPERATIONS, TRY_TAKE, GIVE, GIVE_AGAIN, RESET, OPERATIONS };

static struct gale_sem sem;
static struct {
    uint32_t count;
    uint32_t limit;
} model;
static struct random_state dice;

static uint32_t roll(uint32_t n)
{
    return random_below(&dice, n);
}

static void take(unsigned me)
{
    const gale_tick deadline = waiters_any_deadline();

    if (model.count > 0) {
        model.count--;
        waiters.expect[me] = GALE_OK;
    } else {
        (void)waiters_wait(me, deadline, GALE_EBUSY);
    }
    waiters_call(me);
    waiters_returned(me, gale_sem_take(&sem, deadline));
}

static void try_take(void)
{
    const bool free = model.count > 0;

    model.count -= free ? 1u : 0u;
    CHECK_EQ(gale_sem_try_take(&sem), free ? GALE_OK : GALE_EBUSY);
}

static void give(void)
{
    if (waiters.length > 0) {
        waiters_end(0, GALE_OK);
    } else if (model.count < model.limit) {
        model.count++;
    }
    gale_sem_give(&sem);
}

static void reset(void)
{
    model.count = 0;
    waiters_end_all(GALE_EAGAIN);
    gale_sem_reset(&sem);
}

static void operate(unsigned me)
{
    if (waiters_operation == TAKE) {
        take(me);
    } else if (waiters_operation == TRY_TAKE) {
        try_take();
    } else if (waiters_operation == RESET) {
        reset();
    } else {
        give();
    }
}

static void check(void)
{
    CHECK(gale_sem_is_valid(&sem));
    CHECK_EQ(gale_sem_count(&sem), model.count);
}

static void begin(void)
{
    static const struct waiters_test test = {OPERATIONS, operate, NULL, check, false};

    model.limit = 1u + roll(3);
    model.count = roll(model.limit + 1u);
    waiters_begin(&test, TURNS_THREADS, roll);
    CHECK_EQ(gale_sem_init(&sem, &turns_x, model.count, model.limit), GALE_OK);
}

/* @verifies P01 P03 P04 P05 P06 P07 P08 P09 P10 */
TEST(sem_prop, any_sequence_of_operations_agrees_with_the_model)
{
    dice = random_seed(20260902);
    for (unsigned round = 0; round < ROUNDS && test_failures() == 0; round++) {
        test_note("round", round);
        begin();
        for (unsigned i = 0; i < STEPS_PER_ROUND && test_failures() == 0; i++) {
            waiters_step();
        }
        waiters_finish();
        CHECK(gale_executor_is_valid(&turns_x));
    }
}
