/* SPDX-License-Identifier: Apache-2.0 */
/** The clock, and sleeping on a word until somebody rings from a thread, a signal handler or another process. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gale/kernel/doorbell.h"
#include "gale/port_posix.h"

#include "test.h"

#define MS (GALE_TICKS_PER_SECOND / 1000u)
#define PATIENCE (20u * GALE_TICKS_PER_SECOND)

/* Where the port sleeps by naps of 1 ms, several make a sleep; with a futex one call is enough. */
#if defined(__linux__)
#define CALLS_PER_SLEEP 1u
#else
#define CALLS_PER_SLEEP 16u
#endif

static struct gale_doorbell bell;

static void nap_ms(long ms)
{
    struct timespec t = {0, ms * 1000000};
    (void)nanosleep(&t, NULL);
}

/** Waits until a bit comes or patience ends; sleeps may end early. */
static uint32_t wait_for_ring(struct gale_doorbell *d, gale_tick deadline)
{
    gale_tick end = gale_port_now() + PATIENCE;
    uint32_t bits = 0;

    while (bits == 0 && gale_port_now() < end) {
        bits = gale_doorbell_wait(d, deadline);
    }
    return bits;
}

TEST(clock, never_goes_back)
{
    gale_tick last = gale_port_now();
    unsigned back = 0;

    for (unsigned i = 0; i < 200000u; i++) {
        gale_tick now = gale_port_now();
        back += now < last;
        last = now;
    }
    CHECK_EQ(back, 0);
}

TEST(clock, counts_ticks_of_the_monotonic_clock)
{
    struct timespec before;
    struct timespec after;

    (void)clock_gettime(CLOCK_MONOTONIC, &before);
    gale_tick now = gale_port_now();
    (void)clock_gettime(CLOCK_MONOTONIC, &after);

    CHECK((uint64_t)before.tv_sec * GALE_TICKS_PER_SECOND <= now);
    CHECK(now <= ((uint64_t)after.tv_sec + 1u) * GALE_TICKS_PER_SECOND);
    gale_port_alarm(now); /* Nothing to see: idle keeps the time. */
}

/* @verifies DB01 */
TEST(idle, returns_at_the_deadline_and_not_before)
{
    gale_doorbell_init(&bell);
    for (unsigned i = 0; i < 20u; i++) {
        gale_tick deadline = gale_port_now() + i * MS / 4u;
        for (unsigned n = 0; n < CALLS_PER_SLEEP && gale_port_now() < deadline; n++) {
            gale_port_idle(&bell.word, deadline);
        }
        CHECK(gale_port_now() >= deadline);
        CHECK(gale_port_now() < deadline + PATIENCE);
    }
}

TEST(idle, returns_at_once_when_the_deadline_has_passed_or_a_bit_is_set)
{
    gale_tick start = gale_port_now();

    gale_doorbell_init(&bell);
    gale_port_idle(&bell.word, GALE_NO_WAIT);
    gale_port_idle(&bell.word, start);
    gale_doorbell_ring(&bell, 1u);
    gale_port_idle(&bell.word, GALE_FOREVER);
    gale_port_idle(&bell.word, GALE_FOREVER);

    CHECK(gale_port_now() - start < GALE_TICKS_PER_SECOND);
    CHECK_EQ(gale_doorbell_take(&bell), 1);
}

TEST(idle, and_wake_keep_errno)
{
    gale_doorbell_init(&bell);
    errno = ENOTTY;
    gale_port_idle(&bell.word, gale_port_now() + 1u);
    CHECK_EQ(errno, ENOTTY);
    gale_port_wake(&bell.word);
    CHECK_EQ(errno, ENOTTY);
}

static void *ring_from_thread(void *arg)
{
    nap_ms(5);
    gale_doorbell_ring(arg, 2u);
    return NULL;
}

/* @verifies DB01 */
TEST(wake, from_a_thread_ends_a_sleep_whatever_its_deadline)
{
    gale_tick const deadlines[] = {GALE_FOREVER, GALE_FOREVER - 1u, gale_port_now() + PATIENCE};

    for (unsigned i = 0; i < 3u; i++) {
        pthread_t ringer;
        gale_doorbell_init(&bell);
        REQUIRE(pthread_create(&ringer, NULL, ring_from_thread, &bell) == 0);
        CHECK_EQ(wait_for_ring(&bell, deadlines[i]), 2);
        (void)pthread_join(ringer, NULL);
    }
}

static volatile sig_atomic_t handler_in_isr;

static void ring_from_signal(int signal)
{
    (void)signal;
    handler_in_isr = gale_port_in_isr();
    errno = EDOM;
    gale_doorbell_ring(&bell, 4u);
}

/* @verifies DB01 */
TEST(wake, from_a_signal_handler_ends_a_sleep)
{
    struct itimerval in_5_ms = {.it_value = {0, 5000}};

    gale_doorbell_init(&bell);
    handler_in_isr = 0;
    REQUIRE(gale_posix_isr_install(SIGALRM, ring_from_signal) == GALE_OK);
    (void)setitimer(ITIMER_REAL, &in_5_ms, NULL);

    CHECK_EQ(wait_for_ring(&bell, GALE_FOREVER), 4);
    CHECK_EQ(handler_in_isr, 1);
    CHECK_EQ(gale_posix_isr_install(SIGALRM, NULL), GALE_OK);
}

/* @verifies DB01 */
TEST(wake, from_another_process_ends_a_sleep)
{
    struct gale_doorbell *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(shared != MAP_FAILED);
    gale_doorbell_init(shared);

    pid_t child = fork();
    if (child == 0) {
        nap_ms(5);
        gale_doorbell_ring(shared, 8u);
        _exit(0);
    }
    CHECK(child > 0);
    CHECK_EQ(wait_for_ring(shared, GALE_FOREVER), 8);
    (void)waitpid(child, NULL, 0);
    (void)munmap(shared, sizeof *shared);
}
