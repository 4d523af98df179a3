/* SPDX-License-Identifier: Apache-2.0 */
/** A program of somebody else, built against the installed package: a thread of an executor that sleeps for a moment. */
#include <stdio.h>

#include "gale/kernel/executor.h"
#include "gale/port.h"

#define NAP (GALE_TICKS_PER_SECOND / 1000u)

GALE_EXECUTOR_MEMORY_DEFINE(consumer, 1, 0, 0, 0);

static GALE_ALIGNED(GALE_STACK_ALIGN) unsigned char stack[16384];
static struct gale_executor executor;
static int slept = GALE_EPERM;

static void sleeper(void *arg)
{
    (void)arg;
    slept = gale_executor_sleep_until(&executor, gale_port_now() + NAP);
}

int main(void)
{
    const struct gale_thread_spec spec = {sleeper, NULL, stack, sizeof stack, 10, NULL};
    const gale_tick before = gale_port_now();

    if (gale_executor_init(&executor, &consumer_memory) != GALE_OK ||
        gale_executor_spawn(&executor, &spec, NULL) != GALE_OK || gale_executor_run(&executor) != GALE_OK) {
        return 1;
    }
    printf("%s: %s\n", gale_status_name(slept), gale_status_text(slept));
    return slept == GALE_OK && gale_port_now() - before >= NAP ? 0 : 1;
}
