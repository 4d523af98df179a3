/* SPDX-License-Identifier: Apache-2.0 */
/** The smallest program with the kernel: two threads, a semaphore, time. Its size is the figure; it also runs. */
#include "gale/kernel/executor.h"
#include "gale/kernel/sem.h"
#include "semihosting.h"

#define THREADS 2u

GALE_EXECUTOR_MEMORY_DEFINE(size, THREADS, 0, 0, 1);

static struct gale_executor x;
static struct gale_sem sem;
static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t stacks[THREADS][512];
static int taken;

int main(void);

static void give(void *arg)
{
    (void)arg;
    (void)gale_executor_sleep_until(&x, gale_port_now() + 100u);
    gale_sem_give(&sem);
}

static void take(void *arg)
{
    (void)arg;
    taken = gale_sem_take(&sem, GALE_FOREVER);
}

int main(void)
{
    struct gale_thread_spec spec = {give, NULL, stacks[0], sizeof stacks[0], 10, NULL};

    taken = 1;
    (void)gale_executor_init(&x, &size_memory);
    (void)gale_sem_init(&sem, &x, 0, 1);
    (void)gale_executor_spawn(&x, &spec, NULL);
    spec.entry = take;
    spec.stack = stacks[1];
    (void)gale_executor_spawn(&x, &spec, NULL);
    (void)gale_executor_run(&x);
    semihosting_text(taken == GALE_OK ? "1 passed, 0 failed\n" : "0 passed, 1 failed\n");
    semihosting_exit(taken);
}
