/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/event.h"
#include "gale/kernel/poll.h"
#include "gale/kernel/sem.h"
#include "gale/port_virtual.h"
#include "test.h"
#include "threads.h"

enum { SEM, SIGNAL, EVENT, MEMBERS };

/* One call of gale_poll() by a thread. */
struct call {
    struct gale_poll_event members[MEMBERS];
    uint32_t n;
    gale_tick deadline;
};

static struct gale_sem sem;
static struct gale_event event;
static struct gale_poll_signal sig;
static struct gale_poll_event members[MEMBERS];

static void init_members(struct gale_poll_event *m)
{
    gale_poll_event_init_sem(&m[SEM], &sem);
    gale_poll_event_init_signal(&m[SIGNAL], &sig);
    gale_poll_event_init_event(&m[EVENT], &event, 0x6u);
}

static void begin(void)
{
    threads_begin();
    CHECK_EQ(gale_sem_init(&sem, &threads_x, 0, 2), GALE_OK);
    CHECK_EQ(gale_event_init(&event, &threads_x), GALE_OK);
    gale_poll_signal_init(&sig, &threads_x);
    init_members(members);
}

static struct call call_until(gale_tick deadline)
{
    struct call c;

    init_members(c.members);
    c.n = MEMBERS;
    c.deadline = deadline;
    return c;
}

static int look(void)
{
    return gale_poll(&threads_x, members, MEMBERS, GALE_NO_WAIT);
}

static void poll(void *arg)
{
    struct call *c = arg;

    threads_done(gale_poll(&threads_x, c->members, c->n, c->deadline));
}

static void check_states(const struct gale_poll_event *m, unsigned s, unsigned g, unsigned e)
{
    CHECK_EQ(m[SEM].state, s);
    CHECK_EQ(m[SIGNAL].state, g);
    CHECK_EQ(m[EVENT].state, e);
    CHECK(gale_poll_signal_is_valid(&sig));
    CHECK(gale_executor_is_valid(&threads_x));
}

/* @verifies PL01 */
TEST(poll, a_new_member_is_not_ready)
{
    begin();
    check_states(members, GALE_POLL_NOT_READY, GALE_POLL_NOT_READY, GALE_POLL_NOT_READY);
    CHECK_EQ(members[SEM].type, GALE_POLL_SEM);
    CHECK_EQ(members[SIGNAL].type, GALE_POLL_SIGNAL);
    CHECK_EQ(members[EVENT].type, GALE_POLL_EVENT);
    CHECK_EQ(members[EVENT].mask, 0x6u);
}

/* @verifies PL03 PL05 */
TEST(poll, a_semaphore_is_ready_iff_its_count_is_positive)
{
    begin();
    CHECK_EQ(look(), GALE_EAGAIN);
    gale_sem_give(&sem);
    CHECK_EQ(look(), 1);
    check_states(members, GALE_POLL_SEM_AVAILABLE, GALE_POLL_NOT_READY, GALE_POLL_NOT_READY);
    CHECK_EQ(gale_sem_count(&sem), 1);
    CHECK_EQ(gale_sem_try_take(&sem), GALE_OK);
    CHECK_EQ(look(), GALE_EAGAIN);
    check_states(members, GALE_POLL_NOT_READY, GALE_POLL_NOT_READY, GALE_POLL_NOT_READY);
}

/* @verifies PL04 PL05 PL07 PL08 */
TEST(poll, a_signal_is_ready_from_raise_to_reset)
{
    int32_t result = 99;

    begin();
    CHECK(!gale_poll_signal_check(&sig, &result));
    CHECK_EQ(result, 99);
    gale_poll_signal_raise(&sig, -7);
    CHECK_EQ(look(), 1);
    check_states(members, GALE_POLL_NOT_READY, GALE_POLL_SIGNALED, GALE_POLL_NOT_READY);
    CHECK(gale_poll_signal_check(&sig, NULL));
    CHECK(gale_poll_signal_check(&sig, &result));
    CHECK_EQ(result, -7);
    gale_poll_signal_raise(&sig, 8);
    CHECK(gale_poll_signal_check(&sig, &result));
    CHECK_EQ(result, 8);
    gale_poll_signal_reset(&sig);
    CHECK(!gale_poll_signal_check(&sig, &result));
    CHECK_EQ(sig.result, 0);
    CHECK_EQ(look(), GALE_EAGAIN);
}

/* @verifies PL05 EV05 */
TEST(poll, an_event_is_ready_iff_a_bit_of_the_mask_is_set)
{
    begin();
    gale_event_post(&event, 0x9u);
    CHECK_EQ(look(), GALE_EAGAIN);
    gale_event_post(&event, 0x2u);
    CHECK_EQ(look(), 1);
    check_states(members, GALE_POLL_NOT_READY, GALE_POLL_NOT_READY, GALE_POLL_EVENT_MATCHED);
    CHECK_EQ(gale_event_test(&event, UINT32_MAX), 0xbu);
}

/* @verifies PL05 */
TEST(poll, the_number_and_the_states_name_every_ready_member)
{
    for (unsigned set = 1; set < 8; set++) {
        begin();
        if ((set & 1u) != 0) {
            gale_sem_give(&sem);
        }
        if ((set & 2u) != 0) {
            gale_poll_signal_raise(&sig, 1);
        }
        if ((set & 4u) != 0) {
            gale_event_post(&event, 0x4u);
        }
        CHECK_EQ(look(), (set & 1u) + (set >> 1 & 1u) + (set >> 2));
        check_states(members, (set & 1u) != 0 ? GALE_POLL_SEM_AVAILABLE : GALE_POLL_NOT_READY,
                     (set & 2u) != 0 ? GALE_POLL_SIGNALED : GALE_POLL_NOT_READY,
                     (set & 4u) != 0 ? GALE_POLL_EVENT_MATCHED : GALE_POLL_NOT_READY);
    }
}

/* @verifies PL06 PL02 */
TEST(poll, states_left_from_before_do_not_count)
{
    begin();
    members[SEM].state = GALE_POLL_SEM_AVAILABLE;
    members[SIGNAL].state = GALE_POLL_SIGNALED;
    members[EVENT].state = GALE_POLL_EVENT_MATCHED;
    CHECK_EQ(look(), GALE_EAGAIN);
    check_states(members, GALE_POLL_NOT_READY, GALE_POLL_NOT_READY, GALE_POLL_NOT_READY);
}

/* @verifies PL02 */
TEST(poll, states_change_in_poll_only)
{
    begin();
    gale_sem_give(&sem);
    gale_poll_signal_raise(&sig, 1);
    gale_event_set(&event, 0xfu);
    check_states(members, GALE_POLL_NOT_READY, GALE_POLL_NOT_READY, GALE_POLL_NOT_READY);
    CHECK_EQ(look(), 3);
    gale_sem_reset(&sem);
    gale_poll_signal_reset(&sig);
    gale_event_clear(&event, 0xfu);
    check_states(members, GALE_POLL_SEM_AVAILABLE, GALE_POLL_SIGNALED, GALE_POLL_EVENT_MATCHED);
}

static void give(void)
{
    gale_sem_give(&sem);
}

static void raise_signal(void)
{
    gale_poll_signal_raise(&sig, 5);
}

static void post(void)
{
    gale_event_post(&event, 0x4u);
}

/* @verifies PL05 */
TEST(poll, each_kind_of_object_wakes_a_blocked_poller)
{
    static void (*const change[MEMBERS])(void) = {give, raise_signal, post};
    static const unsigned state[MEMBERS] = {GALE_POLL_SEM_AVAILABLE, GALE_POLL_SIGNALED, GALE_POLL_EVENT_MATCHED};

    for (unsigned i = 0; i < MEMBERS; i++) {
        begin();
        struct call c = call_until(GALE_FOREVER);
        const gale_id a = threads_spawn(poll, &c, 10);
        CHECK(threads_is_blocked(a));
        change[i]();
        CHECK(!threads_is_blocked(a));
        threads_settle();
        CHECK_DONE({a, 1});
        for (unsigned m = 0; m < MEMBERS; m++) {
            CHECK_EQ(c.members[m].state, m == i ? state[i] : GALE_POLL_NOT_READY);
        }
    }
}

/* @verifies PL05 PL06 */
TEST(poll, a_poller_whose_object_was_taken_before_it_ran_waits_on)
{
    begin();
    struct call c = call_until(THREADS_START + 10u);
    const gale_id a = threads_spawn(poll, &c, 10);
    gale_sem_give(&sem);
    CHECK_EQ(gale_sem_try_take(&sem), GALE_OK);
    threads_settle();
    CHECK_NONE_DONE();
    CHECK(threads_is_blocked(a));
    gale_event_post(&event, 0x1u);
    threads_settle();
    CHECK_NONE_DONE();
    threads_pass(9);
    CHECK_NONE_DONE();
    threads_pass(1);
    CHECK_DONE({a, GALE_ETIMEDOUT});
    check_states(c.members, GALE_POLL_NOT_READY, GALE_POLL_NOT_READY, GALE_POLL_NOT_READY);
}

static void take(void *arg)
{
    (void)arg;
    threads_done(gale_sem_take(&sem, GALE_FOREVER));
}

/* @verifies PL03 P04 */
TEST(poll, a_permit_that_goes_to_a_waiter_wakes_no_poller)
{
    begin();
    struct call c = call_until(GALE_FOREVER);
    const gale_id poller = threads_spawn(poll, &c, 10);
    const gale_id taker = threads_spawn(take, NULL, 20);
    gale_sem_give(&sem);
    CHECK(threads_is_blocked(poller));
    threads_settle();
    CHECK_DONE({taker, GALE_OK});
}

TEST(poll, all_pollers_are_woken_best_priority_first)
{
    begin();
    struct call c[3] = {call_until(GALE_FOREVER), call_until(GALE_FOREVER), call_until(GALE_FOREVER)};
    const gale_id a = threads_spawn(poll, &c[0], 20);
    const gale_id b = threads_spawn(poll, &c[1], 10);
    const gale_id d = threads_spawn(poll, &c[2], 20);
    gale_poll_signal_raise(&sig, 1);
    threads_settle();
    CHECK_DONE({b, 1}, {a, 1}, {d, 1});
}

static void raise_and_look(void *arg)
{
    (void)arg;
    gale_poll_signal_raise(&sig, 1);
    threads_done(GALE_EALREADY);
}

/* @verifies SC10 */
TEST(poll, raise_lets_a_better_poller_run_before_it_returns)
{
    begin();
    struct call c = call_until(GALE_FOREVER);
    const gale_id better = threads_spawn(poll, &c, 10);
    const gale_id raiser = threads_spawn(raise_and_look, NULL, 20);
    CHECK_DONE({better, 1}, {raiser, GALE_EALREADY});
}

TEST(poll, a_cancelled_poll_returns_ecanceled)
{
    begin();
    struct call c = call_until(GALE_FOREVER);
    const gale_id a = threads_spawn(poll, &c, 10);
    CHECK_EQ(gale_executor_cancel_wait(&threads_x, a), GALE_OK);
    threads_settle();
    CHECK_DONE({a, GALE_ECANCELED});
}

TEST(poll, who_may_not_block_gets_eperm)
{
    begin();
    struct call c = call_until(GALE_FOREVER);
    CHECK_EQ(gale_poll(&threads_x, members, MEMBERS, GALE_FOREVER), GALE_EPERM);
    threads_run_task(poll, &c);
    CHECK_EQ(threads_log[0].status, GALE_EPERM);
    gale_sem_give(&sem);
    CHECK_EQ(gale_poll(&threads_x, members, MEMBERS, GALE_FOREVER), 1);
}

static void check_refused(void)
{
    CHECK_EQ(look(), GALE_EINVAL);
    CHECK_EQ(members[SEM].state, GALE_POLL_SIGNALED);
    init_members(members);
    members[SEM].state = GALE_POLL_SIGNALED;
}

TEST(poll, malformed_members_are_refused_and_nothing_changes)
{
    begin();
    members[SEM].state = GALE_POLL_SIGNALED;
    CHECK_EQ(gale_poll(&threads_x, members, 0, GALE_NO_WAIT), GALE_EINVAL);
    CHECK_EQ(gale_poll(&threads_x, members, UINT32_C(0x80000000), GALE_NO_WAIT), GALE_EINVAL);
    members[EVENT].type = GALE_POLL_EVENT + 1;
    check_refused();
    members[EVENT].mask = 0;
    check_refused();
    gale_poll_event_init_event(&members[EVENT], NULL, 1);
    check_refused();
    gale_poll_event_init_signal(&members[EVENT], NULL);
    check_refused();
    gale_poll_event_init_sem(&members[EVENT], NULL);
    check_refused();
}

TEST(poll, an_object_of_another_executor_is_refused)
{
    static struct gale_executor other;
    struct gale_poll_signal foreign;

    begin();
    gale_poll_signal_init(&foreign, &other);
    gale_poll_event_init_signal(&members[SIGNAL], &foreign);
    members[SEM].state = GALE_POLL_SIGNALED;
    check_refused();
}

/* @verifies PL08 */
TEST(poll, signal_is_valid_sees_each_broken_invariant)
{
    begin();
    CHECK(gale_poll_signal_is_valid(&sig));
    sig.result = 1;
    CHECK(!gale_poll_signal_is_valid(&sig));
    sig.raised = true;
    CHECK(gale_poll_signal_is_valid(&sig));
    sig.executor = NULL;
    CHECK(!gale_poll_signal_is_valid(&sig));
}
