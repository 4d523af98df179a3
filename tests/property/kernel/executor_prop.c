/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Threads that do random things to each other in virtual time. A plain model (alive, suspended, deadline, joined) says
 * what each call must answer and which threads may run; the executor's invariant is checked after every call.
 */
#include "gale/kernel/executor.h"
#include "gale/port_virtual.h"
#include "random.h"
#include "test.h"

#define THREADS 8
#define OPERATIONS 200000u
#define NOBODY GALE_ID_NONE

GALE_EXECUTOR_MEMORY_DEFINE(chaos, THREADS, 0, 0, 0);
static struct gale_executor x;
static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t stacks[THREADS][32768];
static struct random_state rnd;
static uint32_t operations;

static struct {
    bool alive;
    bool suspended;
    bool sleeping;
    gale_tick deadline;
    gale_id joining;
    uint32_t incarnation;
} model[THREADS];

static void chaos_main(void *arg);

static bool finished(void)
{
    return operations >= OPERATIONS || test_failures() != 0;
}

/* The model's view of who could run, against the executor's. */
static void check_states(void)
{
    for (gale_id i = 0; i < THREADS; i++) {
        const struct gale_thread *t = &x.memory.threads[i];
        test_note("thread", i);
        CHECK_EQ(t->dead, !model[i].alive);
        CHECK_EQ(t->suspended, model[i].alive && model[i].suspended);
        CHECK(t->pending || !model[i].alive || (!model[i].sleeping || gale_port_now() >= model[i].deadline));
    }
    CHECK(gale_executor_is_valid(&x));
}

/* Whoever runs is ready, and is the thread that the scheduler chose. */
static void check_choice(void)
{
    const gale_id me = gale_executor_current(&x);

    CHECK_EQ(x.sched.current, me);
    CHECK(gale_thread_is_ready(&x.memory.threads[me]));
    CHECK(model[me].alive && !model[me].suspended);
}

static void model_dies(gale_id t)
{
    model[t].alive = false;
    model[t].suspended = false;
    model[t].sleeping = false;
    model[t].joining = NOBODY;
}

static void spawn_one(void)
{
    const gale_id slot = gale_list_first(&x.links, x.free_threads);
    const uint8_t priority = (uint8_t)random_below(&rnd, GALE_PRIORITIES);
    gale_id id = NOBODY;
    struct gale_thread_spec spec = {chaos_main, NULL, NULL, sizeof stacks[0], priority, NULL};

    spec.stack = stacks[slot == NOBODY ? 0 : slot];
    if (slot != NOBODY) {
        model_dies(slot);
        model[slot].alive = true;
        model[slot].incarnation++;
    }
    CHECK_EQ(gale_executor_spawn(&x, &spec, &id), slot == NOBODY ? GALE_ENOMEM : GALE_OK);
    CHECK_EQ(id, slot);
}

static void suspend_one(gale_id t)
{
    const int expected = model[t].alive ? GALE_OK : GALE_EPERM;

    model[t].suspended = model[t].alive;
    CHECK_EQ(gale_executor_suspend(&x, t), expected);
}

static void resume_one(gale_id t)
{
    const int expected = !model[t].alive ? GALE_EPERM : model[t].suspended ? GALE_OK : GALE_EINVAL;

    model[t].suspended = false;
    CHECK_EQ(gale_executor_resume(&x, t), expected);
}

static void abort_one(gale_id t)
{
    const int expected = model[t].alive ? GALE_OK : GALE_EPERM;

    model_dies(t);
    CHECK_EQ(gale_executor_abort(&x, t), expected);
}

static void sleep_some(gale_id me)
{
    const gale_tick until = gale_port_now() + random_below(&rnd, 20);
    int status = 0;

    model[me].sleeping = true;
    model[me].deadline = until;
    status = gale_executor_sleep_until(&x, until);
    CHECK(status == GALE_OK || status == GALE_ECANCELED);
    CHECK_EQ(status == GALE_OK, model[me].sleeping);
    CHECK(status != GALE_OK || gale_port_now() >= until);
    model[me].sleeping = false;
}

static void cancel_one(gale_id t)
{
    const bool waits = x.memory.threads[t].pending;

    model[t].sleeping = model[t].sleeping && !waits;
    model[t].joining = waits ? NOBODY : model[t].joining;
    CHECK_EQ(gale_executor_cancel_wait(&x, t), waits ? GALE_OK : GALE_EINVAL);
}

static void join_one(gale_id me, gale_id t)
{
    const gale_tick until = gale_port_now() + random_below(&rnd, 30);
    const uint32_t incarnation = model[t].incarnation;
    const bool alive = model[t].alive;
    int status = 0;

    model[me].joining = t;
    status = gale_executor_join(&x, t, until);
    if (t == me) {
        CHECK_EQ(status, GALE_EINVAL);
    } else if (!alive) {
        CHECK_EQ(status, GALE_ENOENT);
    } else {
        CHECK(status == GALE_OK || status == GALE_ETIMEDOUT || status == GALE_ECANCELED);
        CHECK(status != GALE_OK || !model[t].alive || model[t].incarnation != incarnation);
        CHECK(status != GALE_ETIMEDOUT || gale_port_now() >= until);
        CHECK_EQ(status == GALE_ECANCELED, model[me].joining == NOBODY);
    }
    model[me].joining = NOBODY;
}

static void change_priority(gale_id t)
{
    const int expected = model[t].alive ? GALE_OK : GALE_EPERM;

    CHECK_EQ(gale_executor_set_priority(&x, t, (uint8_t)random_below(&rnd, GALE_PRIORITIES)), expected);
}

static void operate(gale_id me)
{
    const gale_id t = (gale_id)random_below(&rnd, THREADS);

    switch (random_below(&rnd, 12)) {
    case 0:
        spawn_one();
        break;
    case 1:
        suspend_one(t);
        break;
    case 2:
    case 3:
        resume_one(t);
        break;
    case 4:
        if (random_below(&rnd, 4) == 0) {
            abort_one(t);
        }
        break;
    case 5:
        change_priority(t);
        break;
    case 6:
        cancel_one(t);
        break;
    case 7:
        join_one(me, t);
        break;
    case 8:
        CHECK_EQ(gale_executor_yield(&x), GALE_OK);
        break;
    default:
        sleep_some(me);
        break;
    }
}

static void chaos_main(void *arg)
{
    (void)arg;
    while (!finished()) {
        const gale_id me = gale_executor_current(&x);
        test_note("operation", operations++);
        operate(me);
        check_choice();
        check_states();
    }
    model_dies(gale_executor_current(&x));
}

/* Nobody can run and no deadline comes: the world is all suspended, or dead. Begin it anew. */
static void revive(void)
{
    for (gale_id t = 0; t < THREADS; t++) {
        if (model[t].alive && model[t].suspended) {
            resume_one(t);
        }
    }
    if (x.live == 0) {
        spawn_one();
    }
}

/* @verifies SC05 SC13 SC14 SC15 SC16 TH05 TH06 TO04 */
TEST(executor, threads_may_do_anything_to_each_other)
{
    rnd = random_seed(UINT64_C(0xc4a05));
    gale_virtual_reset(1);
    operations = 0;
    CHECK_EQ(gale_executor_init(&x, &chaos_memory), GALE_OK);
    for (gale_id t = 0; t < THREADS; t++) {
        model[t].incarnation = 0;
        model_dies(t);
    }
    while (!finished() || x.live > 0) {
        if (!gale_executor_step(&x)) {
            if (gale_timeout_next_deadline(&x.timeouts) == GALE_FOREVER) {
                revive();
            } else {
                gale_virtual_advance(1);
            }
        }
        if (test_failures() != 0) {
            return;
        }
    }
    CHECK(gale_executor_is_valid(&x));
}
