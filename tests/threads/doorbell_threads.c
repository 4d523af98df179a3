/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Two system threads play ball over two doorbells, 200,000 times, and every other ball comes by a signal that hits the
 * waiting thread. A ring that wakes nobody would leave both asleep: a sleep that lasts to its deadline is the failure.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "gale/kernel/doorbell.h"
#include "gale/port_posix.h"

#define ROUNDS 200000u
#define PATIENCE (20u * GALE_TICKS_PER_SECOND)
#define BALL 1u
#define SIGNALLED 2u

static struct gale_doorbell to_waiter GALE_ALIGNED(GALE_CACHE_LINE);
static struct gale_doorbell to_player GALE_ALIGNED(GALE_CACHE_LINE);
static pthread_t waiter;
static uint64_t payload; /**< Not atomic: the ring must make it visible. */

static _Noreturn void fail(const char *what, uint64_t round)
{
    (void)printf("doorbell_threads: %s in round %llu\n0 passed, 1 failed\n", what, (unsigned long long)round);
    exit(1);
}

/** Sleeps until one of `bits` comes; others are an error. */
static uint32_t await(struct gale_doorbell *d, uint32_t bits, uint64_t round)
{
    gale_tick end = gale_port_now() + PATIENCE;
    uint32_t got = 0;

    while (got == 0) {
        got = gale_doorbell_wait(d, end);
        if (got == 0 && gale_port_now() >= end) {
            fail("lost wake-up", round);
        }
    }
    if ((got & ~bits) != 0) {
        fail("a bit nobody rang", round);
    }
    return got;
}

static void ring_from_signal(int signal)
{
    (void)signal;
    if (!gale_port_in_isr()) {
        fail("handler does not know that it is one", 0);
    }
    gale_doorbell_ring(&to_waiter, SIGNALLED);
}

static void *play(void *arg)
{
    volatile unsigned spin = 0;

    for (uint64_t round = 1; round <= ROUNDS; round++) {
        /* Sometimes the other sleeps already, sometimes it is about to. */
        for (spin = 0; spin < (unsigned)(round * 7u % 256u); spin = spin + 1u) {
        }
        payload = round;
        if (round % 2u == 0) {
            (void)pthread_kill(waiter, SIGUSR1);
        } else {
            gale_doorbell_ring(&to_waiter, BALL);
        }
        (void)await(&to_player, BALL, round);
    }
    return arg;
}

int main(void)
{
    pthread_t player;
    uint64_t signals = 0;

    gale_doorbell_init(&to_waiter);
    gale_doorbell_init(&to_player);
    waiter = pthread_self();
    if (gale_posix_isr_install(SIGUSR1, ring_from_signal) != GALE_OK ||
        pthread_create(&player, NULL, play, NULL) != 0) {
        fail("set-up", 0);
    }
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        uint32_t got = await(&to_waiter, BALL | SIGNALLED, round);
        if (got != (round % 2u == 0 ? SIGNALLED : BALL)) {
            fail("a bit was lost or came twice", round);
        }
        if (got == BALL && payload != round) {
            fail("what was written before the ring is not visible after it", round);
        }
        signals += got == SIGNALLED;
        gale_doorbell_ring(&to_player, BALL);
    }
    (void)pthread_join(player, NULL);
    (void)printf("doorbell_threads: %u round trips, %llu by signal, no wake-up lost\n1 passed, 0 failed\n", ROUNDS,
                 (unsigned long long)signals);
    return 0;
}
