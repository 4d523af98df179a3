/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Random operations of four threads of changing priority, and from outside them, on a semaphore, a signal and an event
 * that they poll, against a plain model: who blocks, who is woken to look again, what each poll reports.
 */
#include "gale/port_virtual.h"

#include "gale/kernel/event.h"
#include "gale/kernel/poll.h"
#include "gale/kernel/sem.h"
#include "random.h"
#include "waiters.h"

#define ROUNDS 400u
#define STEPS_PER_ROUND 1000u
#define MEMBERS_MAX 5u
#define LIMIT 2u
#define NO_RESULT 77

enum operation {
    POLL = WAITERS_OPERATIONS,
    POLL_TOO, /* Polls are half of what threads do. */
    POLL_AS_WELL,
    TRY_TAKE,
    GIVE,
    RAISE,
    RESET,
    CHECK_SIGNAL,
    POST,
    CLEAR,
    OPERATIONS
};

/* The poll of one thread, or from outside. */
struct call {
    struct gale_poll_event members[MEMBERS_MAX];
    uint32_t n;
    unsigned state[MEMBERS_MAX]; /* What the model says that each member reports. */
};

static struct gale_sem sem;
static struct gale_event event;
static struct gale_poll_signal sig;
static struct call calls[TURNS_THREADS + 1u];
static struct {
    uint32_t count;
    uint32_t flags;
    bool raised;
    int32_t result;
} model;
static struct random_state dice;

static uint32_t roll(uint32_t n)
{
    return random_below(&dice, n);
}

static unsigned model_state(const struct gale_poll_event *member)
{
    unsigned state = GALE_POLL_NOT_READY;

    if (member->type == GALE_POLL_SEM && model.count > 0) {
        state = GALE_POLL_SEM_AVAILABLE;
    } else if (member->type == GALE_POLL_SIGNAL && model.raised) {
        state = GALE_POLL_SIGNALED;
    } else if (member->type == GALE_POLL_EVENT && (model.flags & member->mask) != 0) {
        state = GALE_POLL_EVENT_MATCHED;
    }
    return state;
}

/* What a look at the members finds now. */
static int model_look(struct call *c)
{
    int ready = 0;

    for (uint32_t i = 0; i < c->n; i++) {
        c->state[i] = model_state(&c->members[i]);
        ready += c->state[i] != GALE_POLL_NOT_READY ? 1 : 0;
    }
    return ready;
}

static void look_first(unsigned me, gale_tick deadline)
{
    const int ready = model_look(&calls[me]);

    if (ready > 0) {
        waiters.expect[me] = ready;
    } else {
        (void)waiters_wait(me, deadline, GALE_EAGAIN);
    }
}

static void look_again(unsigned me)
{
    look_first(me, waiters.deadline[me]);
}

/* Something may be ready: whoever polls is to look. */
static void model_notify(void)
{
    waiters_end_all(WAITERS_WOKEN);
}

static void init_member(struct gale_poll_event *m)
{
    const uint32_t kind = roll(3);

    if (kind == 0) {
        gale_poll_event_init_sem(m, &sem);
    } else if (kind == 1u) {
        gale_poll_event_init_signal(m, &sig);
    } else {
        gale_poll_event_init_event(m, &event, 1u + roll(7));
    }
    CHECK_EQ(m->state, GALE_POLL_NOT_READY);
    m->state = (uint8_t)roll(4); /* Left over from some earlier poll. */
}

static void poll(unsigned me)
{
    const gale_tick deadline = waiters_any_deadline();
    struct call *c = &calls[me];

    c->n = 1u + roll(MEMBERS_MAX);
    for (uint32_t i = 0; i < c->n; i++) {
        init_member(&c->members[i]);
    }
    look_first(me, deadline);
    waiters_call(me);
    waiters_returned(me, gale_poll(&turns_x, c->members, c->n, deadline));
    for (uint32_t i = 0; i < c->n; i++) {
        CHECK_EQ(c->members[i].state, c->state[i]);
    }
}

static void operate_sem(void)
{
    if (waiters_operation == GIVE) {
        model.count += model.count < LIMIT ? 1u : 0u;
        model_notify();
        gale_sem_give(&sem);
    } else {
        CHECK_EQ(gale_sem_try_take(&sem), model.count > 0 ? GALE_OK : GALE_EBUSY);
        model.count -= model.count > 0 ? 1u : 0u;
    }
}

static void operate_signal(void)
{
    int32_t result = NO_RESULT;

    if (waiters_operation == RAISE) {
        model.raised = true;
        model.result = (int32_t)roll(UINT32_MAX);
        model_notify();
        gale_poll_signal_raise(&sig, model.result);
    } else if (waiters_operation == RESET) {
        model.raised = false;
        gale_poll_signal_reset(&sig);
    } else {
        CHECK_EQ(gale_poll_signal_check(&sig, &result), model.raised);
        CHECK_EQ(result, model.raised ? model.result : NO_RESULT);
    }
}

static void operate_event(void)
{
    const uint32_t bits = roll(8);

    if (waiters_operation == POST) {
        model.flags |= bits;
        model_notify();
        gale_event_post(&event, bits);
    } else {
        model.flags &= ~bits;
        gale_event_clear(&event, bits);
    }
}

static void operate(unsigned me)
{
    if (waiters_operation < TRY_TAKE) {
        poll(me);
    } else if (waiters_operation < RAISE) {
        operate_sem();
    } else if (waiters_operation < POST) {
        operate_signal();
    } else {
        operate_event();
    }
}

static void check(void)
{
    CHECK(gale_poll_signal_is_valid(&sig));
    CHECK_EQ(gale_sem_count(&sem), model.count);
    CHECK_EQ(gale_event_test(&event, UINT32_MAX), model.flags);
    CHECK_EQ(gale_wait_queue_is_empty(&turns_x.pollers), waiters.length == 0);
}

static void begin(void)
{
    static const struct waiters_test test = {OPERATIONS, operate, look_again, check, false};

    model.count = model.flags = 0;
    model.raised = false;
    waiters_begin(&test, TURNS_THREADS, roll);
    CHECK_EQ(gale_sem_init(&sem, &turns_x, 0, LIMIT), GALE_OK);
    CHECK_EQ(gale_event_init(&event, &turns_x), GALE_OK);
    gale_poll_signal_init(&sig, &turns_x);
}

/* @verifies PL01 PL02 PL03 PL04 PL05 PL06 PL07 PL08 */
TEST(poll_prop, any_sequence_of_operations_agrees_with_the_model)
{
    dice = random_seed(20260905);
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
