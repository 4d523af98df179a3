/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Admission under load. Six clients ask one slow server for work. Above a high-water mark of requests the gate closes and
 * clients wait in line; below a low one it opens and admits all who wait. Every request is served, none is lost.
 */
#include <inttypes.h>
#include <stdio.h>

#include "gale/async/backpressure_gate.h"
#include "gale/kernel/executor.h"
#include "gale/kernel/sem.h"

#define CLIENTS 6u
#define REQUESTS 5u /* of each client */
#define ALL (CLIENTS * REQUESTS)
#define HIGH 4u
#define LOW 1u

GALE_EXECUTOR_MEMORY_DEFINE(demo, CLIENTS + 1, 0, 0, GALE_BACKPRESSURE_GATE_LISTS + GALE_SEM_LISTS);

static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t stacks[CLIENTS + 1][65536];
static struct gale_executor executor;
static struct gale_backpressure_gate gate;
static struct gale_sem requests; /* One permit per request that waits for the server. */
static uint32_t served;
static uint32_t waited;
static uint32_t closings;
static uint32_t most_inside;

static void enter(uint32_t client)
{
    if (gale_backpressure_gate_try_enter(&gate) == GALE_EBUSY) {
        printf("  client %" PRIu32 " waits\n", client);
        waited++;
        (void)gale_backpressure_gate_wait_until_ready(&gate, GALE_FOREVER);
    }
}

static void client(void *arg)
{
    const uint32_t me = (uint32_t)(uintptr_t)arg;

    for (uint32_t i = 0; i < REQUESTS; i++) {
        enter(me);
        const uint32_t inside = gale_backpressure_gate_inside(&gate);
        most_inside = inside > most_inside ? inside : most_inside;
        if (inside >= HIGH && !gale_backpressure_gate_is_enabled(&gate)) {
            printf("%" PRIu32 " requests inside: the gate closes\n", inside);
            closings++;
            (void)gale_backpressure_gate_enable(&gate);
        }
        gale_sem_give(&requests);
        (void)gale_executor_yield(&executor);
    }
}

static void server(void *arg)
{
    (void)arg;
    while (served < ALL) {
        (void)gale_sem_take(&requests, GALE_FOREVER);
        served++;
        (void)gale_backpressure_gate_leave(&gate);
        if (gale_backpressure_gate_inside(&gate) <= LOW && gale_backpressure_gate_is_enabled(&gate)) {
            gale_backpressure_gate_disable(&gate);
            printf("%" PRIu32 " served: the gate opens, %" PRIu32 " inside now\n", served,
                   gale_backpressure_gate_inside(&gate));
        }
        (void)gale_executor_yield(&executor);
    }
}

static void spawn(void (*entry)(void *arg), uint32_t i)
{
    const struct gale_thread_spec spec = {entry, (void *)(uintptr_t)i, stacks[i], sizeof stacks[i], 10, NULL};
    (void)gale_executor_spawn(&executor, &spec, NULL);
}

int main(void)
{
    (void)gale_executor_init(&executor, &demo_memory);
    (void)gale_backpressure_gate_init(&gate, &executor);
    (void)gale_sem_init(&requests, &executor, 0, ALL);
    spawn(server, 0);
    for (uint32_t i = 1; i <= CLIENTS; i++) {
        spawn(client, i);
    }
    const int status = gale_executor_run(&executor);
    printf("%" PRIu32 " of %u requests served; the gate closed %" PRIu32 " times, %" PRIu32
           " requests waited, at most %" PRIu32 " were inside\n",
           served, ALL, closings, waited, most_inside);
    /* Opening admits all who wait, one request of each client at most, on top of those that were inside. */
    return status == GALE_OK && served == ALL && gale_backpressure_gate_inside(&gate) == 0 && waited > 0 &&
                   closings > 0 && most_inside >= HIGH && most_inside <= LOW + CLIENTS
               ? 0
               : 1;
}
