/* SPDX-License-Identifier: Apache-2.0 */
/** A store in a thread of an executor, whose other threads go on while the store waits. */
#include "gale/component/host_end.h"
#include "gale/kernel/executor.h"
#include "gale/kernel/sem.h"
#include "guests.h"

#define STACK 65536u

GALE_EXECUTOR_MEMORY_DEFINE(far, 2, 0, 0, 1);

static struct gale_executor x;
static struct gale_sem asked;
static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t stacks[2][STACK];
static struct gale_host_end end;
static struct gale_copy_options words;
static uint32_t room, taken;
static unsigned runs;
static int status;

static int32_t take(struct gale_host_end *e, const uint8_t *src, uint32_t count)
{
    const uint32_t n = count < room ? count : room;

    (void)e;
    (void)src;
    taken += n;
    room -= n;
    return (int32_t)n;
}

static const struct gale_host_end_ops ops = {take, NULL, NULL};

static uint32_t write_three(struct guest *g)
{
    const struct gale_transfer t = {{&g->instance, &g->options, NULL, 0}, {NULL, NULL, &g->instance, 0}};
    const uint64_t both = gale_canon_stream_new(&g->instance, &words);

    CHECK_EQ(gale_host_end_attach(&store, &end, gale_value_move_stream(&t, &type_u32, (uint32_t)both)), GALE_OK);
    for (uint32_t left = 3; left > 0;) {
        left -= gale_canon_stream_write(&g->instance, &words, (uint32_t)(both >> 32), 256, left) >> 4;
    }
    gale_canon_stream_drop_writable(&g->instance, &words, (uint32_t)(both >> 32));
    return 0;
}

static void run_store(void *arg)
{
    (void)arg;
    status = guest_start(0, 0, GUEST_ASYNC_SYNC, write_three, NULL);
    for (status = gale_store_run(&store, GALE_FOREVER); status == GALE_EAGAIN;
         status = gale_store_run(&store, GALE_FOREVER)) {
        runs++;
        (void)gale_sem_take(&asked, GALE_FOREVER);
    }
}

/* Never runs if the store puts its executor to sleep. */
static void be_host(void *arg)
{
    (void)arg;
    for (unsigned n = 0; n < 3u; n++) {
        room = 1;
        gale_host_end_ready(&end);
        (void)gale_executor_yield(&x);
    }
}

static void on_bell(void *arg)
{
    gale_sem_give(arg);
}

/* @verifies DB01 ST06 */
TEST(store, a_far_bell_lets_an_executor_go_on_while_a_store_waits)
{
    struct gale_thread_spec spec = {run_store, NULL, stacks[0], STACK, 10, NULL};

    guests_reset();
    words = guest_copy(0, &type_u32, false);
    end.ops = &ops;
    room = taken = runs = 0;
    CHECK_EQ(gale_executor_init(&x, &far_memory), GALE_OK);
    CHECK_EQ(gale_sem_init(&asked, &x, 0, 1), GALE_OK);
    CHECK_EQ(gale_executor_on_bell(&x, 4, on_bell, &asked), GALE_OK);
    gale_store_far_bell(&store, gale_executor_bell(&x), 1u << 4);
    CHECK_EQ(gale_executor_spawn(&x, &spec, NULL), GALE_OK);
    spec.entry = be_host;
    spec.stack = stacks[1];
    spec.priority = 20;
    CHECK_EQ(gale_executor_spawn(&x, &spec, NULL), GALE_OK);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);
    CHECK_EQ(status, GALE_OK);
    CHECK_EQ(taken, 3);
    CHECK(runs >= 3u);
    CHECK(guest_tasks[0].resolved);
    CHECK(gale_store_is_valid(&store));
}
