/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A POSIX signal in the role of an interrupt: a timer raises it every millisecond, its handler writes a sample in place
 * into a typed ring and rings the executor's doorbell. A callback task reads the samples in place. No lock, no copy.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

#include "gale/async/typed_ring_buf.h"
#include "gale/kernel/executor.h"
#include "gale/port_posix.h"

#define SAMPLES 200u
#define BELL_SAMPLE 0u

struct sample {
    uint64_t tick;
    uint32_t number;
};

GALE_TYPED_RING_BUF_DEFINE(samples, struct sample, 64);
GALE_EXECUTOR_MEMORY_DEFINE(demo, 1, 0, 0, 0);

static struct gale_executor executor;
static gale_id consumer;
static uint32_t interrupts; /* The handler's own. */
static uint32_t lost;       /* The handler's own: the ring was full. */
static uint32_t received;
static uint32_t out_of_order;
static gale_tick longest; /* From interrupt to task, in ticks. */

static void interrupt(int signal)
{
    struct sample *slot = NULL;

    (void)signal;
    if (samples_write_claim(1, &slot) == 1) {
        slot->tick = gale_port_now();
        slot->number = interrupts++;
        (void)samples_write_commit(1);
        gale_doorbell_ring(gale_executor_bell(&executor), UINT32_C(1) << BELL_SAMPLE);
    } else {
        lost++;
    }
}

static void consume(void *arg)
{
    const struct sample *run = NULL;
    int32_t n = 0;

    (void)arg;
    for (; (n = samples_read_claim(64, &run)) > 0; (void)samples_read_release((uint32_t)n)) {
        for (int32_t i = 0; i < n; i++) {
            const gale_tick delay = gale_port_now() - run[i].tick;
            longest = delay > longest ? delay : longest;
            out_of_order += run[i].number != received++;
        }
    }
    if (received >= SAMPLES) {
        gale_executor_stop(&executor);
    }
}

static void wake_consumer(void *arg)
{
    (void)arg;
    (void)gale_executor_post_task(&executor, consumer);
}

int main(void)
{
    const struct gale_thread_spec task = {consume, NULL, NULL, 0, 5, NULL};
    const struct itimerval every_millisecond = {{0, 1000}, {0, 1000}};
    const struct itimerval never = {{0, 0}, {0, 0}};

    (void)gale_executor_init(&executor, &demo_memory);
    (void)gale_executor_spawn(&executor, &task, &consumer);
    (void)gale_executor_on_bell(&executor, BELL_SAMPLE, wake_consumer, NULL);
    (void)gale_posix_isr_install(SIGALRM, interrupt);
    (void)setitimer(ITIMER_REAL, &every_millisecond, NULL);
    (void)gale_executor_run(&executor);
    (void)setitimer(ITIMER_REAL, &never, NULL);
    (void)printf("%" PRIu32 " samples from the signal handler, %" PRIu32 " out of order, %" PRIu32 " lost, "
                 "longest way %" PRIu64 " us\n",
                 received, out_of_order, lost, longest);
    return received >= SAMPLES && out_of_order == 0 && lost == 0 ? 0 : 1;
}
