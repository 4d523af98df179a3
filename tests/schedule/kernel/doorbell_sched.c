/* SPDX-License-Identifier: Apache-2.0 */
/**
 * No wake-up is lost and no bit is lost or doubled, in any interleaving of ringers and one executor.
 *
 * Under test is the doorbell with the POSIX port's own idle_futex.c. Only the kernel's futex is a model: compare and
 * queue are one step, a wake takes the sleeper off the queue, and a sleep may end early (signal) or by its deadline.
 */
#if defined(__linux__)

#include <linux/futex.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gale/kernel/doorbell.h"

#include "schedule.h"
#include "test.h"

#define SCHEDULES_MAX 2000000u
#define BITS 3u

static struct gale_doorbell bell;
static bool queued;
static unsigned early_ends_most; /**< Sleeps of a run that may end without a wake. */
static unsigned early_ends;
static unsigned wakes;
static unsigned seen[BITS];
static unsigned told[BITS]; /**< Written before bit i is rung, not atomic. */

static bool not_queued(void *arg)
{
    (void)arg;
    return !queued;
}

static long futex_wait(const uint32_t *word, uint32_t expected)
{
    schedule_point();
    if (__atomic_load_n(word, __ATOMIC_SEQ_CST) != expected) {
        return -1;
    }
    if (early_ends < early_ends_most && schedule_choose(2) == 1u) {
        early_ends++;
        return -1;
    }
    queued = true;
    schedule_block_until(not_queued, NULL);
    return 0;
}

static long futex_model(long call, uint32_t *word, int operation, uint32_t value, ...)
{
    (void)call;
    if (operation == FUTEX_WAIT_BITSET) {
        return futex_wait(word, value);
    }
    schedule_point();
    wakes++;
    queued = false;
    return 0;
}

#define syscall futex_model
#include "../../../ports/posix/idle_futex.c"
#undef syscall

static void setup(void)
{
    gale_doorbell_init(&bell);
    queued = false;
    early_ends = 0;
    wakes = 0;
    for (unsigned i = 0; i < BITS; i++) {
        seen[i] = 0;
        told[i] = 0;
    }
}

static void ring(unsigned bit)
{
    told[bit]++;
    gale_doorbell_ring(&bell, 1u << bit);
}

static void ring_0(void)
{
    ring(0);
}

static void ring_1(void)
{
    ring(1);
}

static void ring_0_then_1(void)
{
    ring(0);
    ring(1);
}

static void ring_0_twice(void)
{
    ring(0);
    ring(0);
}

static void see(uint32_t bits)
{
    for (unsigned i = 0; i < BITS; i++) {
        if (((bits >> i) & 1u) != 0) {
            seen[i]++;
            CHECK(told[i] >= seen[i]);
        }
    }
}

static void wait_for_both(void)
{
    while (seen[0] == 0 || seen[1] == 0) {
        see(gale_doorbell_wait(&bell, GALE_FOREVER));
    }
}

/** The shape of an executor's loop: look, take, and sleep on the word only when nothing was there. */
static void serve_until_both(void)
{
    while (seen[0] == 0 || seen[1] == 0) {
        see(gale_doorbell_pending(&bell) == 0 ? 0 : gale_doorbell_take(&bell));
        if (seen[0] == 0 || seen[1] == 0) {
            gale_port_idle(&bell.word, GALE_FOREVER);
        }
    }
}

static void wait_until_all_told(void)
{
    while (seen[0] == 0 || told[0] < 2u) {
        see(gale_doorbell_wait(&bell, GALE_FOREVER));
    }
}

static void check_both_once(void)
{
    CHECK_EQ(seen[0], 1);
    CHECK_EQ(seen[1], 1);
    CHECK_EQ(gale_doorbell_take(&bell), 0);
}

/** Two rings of one bit come as one or two, and the last one never goes unseen or stays pending. */
static void check_twice(void)
{
    see(gale_doorbell_take(&bell));
    CHECK(seen[0] == 1u || seen[0] == 2u);
}

/* @verifies DB01 DB02 */
TEST(doorbell_schedule, one_ringer_and_a_waiting_executor)
{
    static void (*const flows[])(void) = {ring_0_then_1, wait_for_both};
    CHECK(schedule_explore(setup, flows, 2, check_both_once, SCHEDULES_MAX) > 50u);
}

/* @verifies DB01 DB02 */
TEST(doorbell_schedule, two_ringers_and_a_waiting_executor)
{
    static void (*const flows[])(void) = {ring_0, ring_1, wait_for_both};
    CHECK(schedule_explore(setup, flows, 3, check_both_once, SCHEDULES_MAX) > 1000u);
}

/* @verifies DB01 DB02 */
TEST(doorbell_schedule, executor_loop_that_looks_takes_and_idles)
{
    static void (*const flows[])(void) = {ring_0_then_1, serve_until_both};
    CHECK(schedule_explore(setup, flows, 2, check_both_once, SCHEDULES_MAX) > 50u);
}

/* @verifies DB01 DB02 */
TEST(doorbell_schedule, sleeps_that_end_early_lose_nothing)
{
    static void (*const flows[])(void) = {ring_0_then_1, wait_for_both};
    early_ends_most = 1;
    CHECK(schedule_explore(setup, flows, 2, check_both_once, SCHEDULES_MAX) > 50u);
    early_ends_most = 0;
}

/* @verifies DB02 */
TEST(doorbell_schedule, a_bit_rung_again_after_a_take_is_seen_again)
{
    static void (*const flows[])(void) = {ring_0_twice, wait_until_all_told};
    CHECK(schedule_explore(setup, flows, 2, check_twice, SCHEDULES_MAX) > 50u);
}

static uint32_t last_result;

static void take_once(void)
{
    last_result = gale_doorbell_wait(&bell, GALE_NO_WAIT);
}

static void check_taken_or_pending(void)
{
    CHECK_EQ(last_result | gale_doorbell_pending(&bell), 1);
    CHECK_EQ(last_result & gale_doorbell_pending(&bell), 0);
    CHECK_EQ(wakes, 0);
}

/* @verifies DB02 */
TEST(doorbell_schedule, a_ring_is_taken_or_pending_and_wakes_nobody_who_is_awake)
{
    static void (*const flows[])(void) = {ring_0, take_once};
    CHECK(schedule_explore(setup, flows, 2, check_taken_or_pending, SCHEDULES_MAX) > 2u);
}

#endif
