/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/async/backpressure_gate.h"

#include "gale/kernel/executor.h"
#include "gale/port_virtual.h"
#include "test.h"

#define THREADS 4u
#define STACK_BYTES 65536u
#define START 50u

GALE_EXECUTOR_MEMORY_DEFINE(gate_test, THREADS, 0, 0, GALE_BACKPRESSURE_GATE_LISTS);

static struct gale_executor x;
static struct gale_backpressure_gate g;
static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t stacks[THREADS][STACK_BYTES];

/* What happened, in order: one character per event, by the threads themselves. */
static char trace[32];
static unsigned traced;

static void note(char c)
{
    trace[traced++] = c;
    trace[traced] = '\0';
}

static void start(void)
{
    gale_virtual_reset(START);
    traced = 0;
    trace[0] = '\0';
    CHECK_EQ(gale_executor_init(&x, &gate_test_memory), GALE_OK);
    CHECK_EQ(gale_backpressure_gate_init(&g, &x), GALE_OK);
}

static gale_id spawn(void (*entry)(void *arg), void *arg, uint8_t priority)
{
    static unsigned next_stack;
    const struct gale_thread_spec spec = {entry, arg, stacks[next_stack++ % THREADS], STACK_BYTES, priority, NULL};
    gale_id id = GALE_ID_NONE;

    CHECK_EQ(gale_executor_spawn(&x, &spec, &id), GALE_OK);
    return id;
}

/* A caller: its name is noted in small when it arrives and in capitals when it is inside, '-' when it is not. */
struct caller {
    char name;
    gale_tick deadline;
    int status;
    gale_tick returned;
};

static void call(void *arg)
{
    struct caller *c = arg;

    note(c->name);
    c->status = gale_backpressure_gate_wait_until_ready(&g, c->deadline);
    c->returned = gale_port_now();
    note(c->status == GALE_OK ? (char)(c->name - 'a' + 'A') : '-');
}

static void disable(void *arg)
{
    (void)arg;
    note('<');
    gale_backpressure_gate_disable(&g);
    note('>');
}

/* @verifies BP05 */
TEST(backpressure_gate, new_gate_is_open_and_empty)
{
    start();
    CHECK(gale_backpressure_gate_is_valid(&g));
    CHECK(!gale_backpressure_gate_is_enabled(&g));
    CHECK_EQ(gale_backpressure_gate_inside(&g), 0);
}

TEST(backpressure_gate, init_without_a_list_left_returns_enomem)
{
    struct gale_backpressure_gate second;

    start();
    CHECK_EQ(gale_backpressure_gate_init(&second, &x), GALE_ENOMEM);
}

/* @verifies BP01 */
TEST(backpressure_gate, try_enter_when_closed_returns_ebusy)
{
    start();
    CHECK_EQ(gale_backpressure_gate_try_enter(&g), GALE_OK);
    CHECK_EQ(gale_backpressure_gate_enable(&g), GALE_OK);

    CHECK_EQ(gale_backpressure_gate_try_enter(&g), GALE_EBUSY);

    CHECK_EQ(gale_backpressure_gate_inside(&g), 1);
    CHECK(gale_backpressure_gate_is_valid(&g));
}

/* @verifies BP01 BP03 */
TEST(backpressure_gate, wait_with_no_wait_when_closed_returns_ebusy)
{
    start();
    CHECK_EQ(gale_backpressure_gate_inc(&g), GALE_OK);
    CHECK_EQ(gale_backpressure_gate_wait_until_ready(&g, GALE_NO_WAIT), GALE_EBUSY);
    CHECK_EQ(gale_backpressure_gate_inside(&g), 0);
}

/* @verifies BP03 */
TEST(backpressure_gate, wait_when_open_enters_at_once_from_anywhere)
{
    start();
    CHECK_EQ(gale_backpressure_gate_wait_until_ready(&g, GALE_FOREVER), GALE_OK);
    CHECK_EQ(gale_backpressure_gate_wait_until_ready(&g, GALE_NO_WAIT), GALE_OK);
    CHECK_EQ(gale_backpressure_gate_inside(&g), 2);
}

/* @verifies BP03 */
TEST(backpressure_gate, wait_when_closed_outside_a_thread_returns_eperm)
{
    start();
    CHECK_EQ(gale_backpressure_gate_enable(&g), GALE_OK);
    CHECK_EQ(gale_backpressure_gate_wait_until_ready(&g, GALE_FOREVER), GALE_EPERM);
    CHECK_EQ(gale_backpressure_gate_inside(&g), 0);
}

/* @verifies BP04 */
TEST(backpressure_gate, leave_when_nobody_is_inside_returns_einval)
{
    start();
    CHECK_EQ(gale_backpressure_gate_leave(&g), GALE_EINVAL);
    CHECK_EQ(gale_backpressure_gate_try_enter(&g), GALE_OK);
    CHECK_EQ(gale_backpressure_gate_leave(&g), GALE_OK);
    CHECK_EQ(gale_backpressure_gate_inside(&g), 0);
}

/* @verifies BP05 */
TEST(backpressure_gate, enable_twice_equals_once)
{
    start();
    CHECK_EQ(gale_backpressure_gate_enable(&g), GALE_OK);
    CHECK_EQ(gale_backpressure_gate_enable(&g), GALE_OK);
    gale_backpressure_gate_disable(&g);
    CHECK(!gale_backpressure_gate_is_enabled(&g));
    gale_backpressure_gate_disable(&g);
    CHECK(!gale_backpressure_gate_is_enabled(&g));
    CHECK(gale_backpressure_gate_is_valid(&g));
}

/* @verifies BP05 */
TEST(backpressure_gate, each_way_to_close_gives_back_only_what_it_took)
{
    start();
    CHECK_EQ(gale_backpressure_gate_enable(&g), GALE_OK);
    CHECK_EQ(gale_backpressure_gate_dec(&g), GALE_EOVERFLOW);
    CHECK_EQ(gale_backpressure_gate_inc(&g), GALE_OK);
    gale_backpressure_gate_disable(&g);
    CHECK(gale_backpressure_gate_is_enabled(&g));
    gale_backpressure_gate_disable(&g);
    CHECK(gale_backpressure_gate_is_enabled(&g));
    CHECK_EQ(gale_backpressure_gate_dec(&g), GALE_OK);
    CHECK(!gale_backpressure_gate_is_enabled(&g));
}

/* @verifies BP05 */
TEST(backpressure_gate, dec_at_zero_returns_eoverflow)
{
    start();
    CHECK_EQ(gale_backpressure_gate_dec(&g), GALE_EOVERFLOW);
    CHECK(!gale_backpressure_gate_is_enabled(&g));
}

/* @verifies BP05 */
TEST(backpressure_gate, inc_and_enable_at_65535_return_eoverflow)
{
    start();
    for (uint32_t i = 0; i < 65535u; i++) {
        CHECK_EQ(gale_backpressure_gate_inc(&g), GALE_OK);
    }

    CHECK_EQ(gale_backpressure_gate_inc(&g), GALE_EOVERFLOW);
    CHECK_EQ(gale_backpressure_gate_enable(&g), GALE_EOVERFLOW);
    gale_backpressure_gate_disable(&g);

    CHECK(gale_backpressure_gate_is_valid(&g));
    for (uint32_t i = 0; i < 65535u; i++) {
        CHECK(gale_backpressure_gate_is_enabled(&g));
        CHECK_EQ(gale_backpressure_gate_dec(&g), GALE_OK);
    }
    CHECK(!gale_backpressure_gate_is_enabled(&g));
}

/* @verifies BP04 */
TEST(backpressure_gate, entry_that_would_wrap_the_number_inside_returns_eoverflow)
{
    start();
    g.inside = UINT32_MAX;
    CHECK_EQ(gale_backpressure_gate_try_enter(&g), GALE_EOVERFLOW);
    CHECK_EQ(gale_backpressure_gate_wait_until_ready(&g, GALE_FOREVER), GALE_EOVERFLOW);
    CHECK_EQ(gale_backpressure_gate_inside(&g), UINT32_MAX);
}

/* @verifies BP04 */
TEST(backpressure_gate, opening_with_room_for_one_tells_the_other_waiter_eoverflow)
{
    struct caller a = {'a', GALE_FOREVER, 1, 0};
    struct caller b = {'b', GALE_FOREVER, 1, 0};

    start();
    CHECK_EQ(gale_backpressure_gate_enable(&g), GALE_OK);
    g.inside = UINT32_MAX - 1u;
    (void)spawn(call, &a, 10);
    (void)spawn(call, &b, 10);
    (void)spawn(disable, NULL, 10);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);

    CHECK_EQ(a.status, GALE_OK);
    CHECK_EQ(b.status, GALE_EOVERFLOW);
    CHECK_EQ(gale_backpressure_gate_inside(&g), UINT32_MAX);
}

/* @verifies BP02 BP04 */
TEST(backpressure_gate, disable_admits_all_who_wait_in_order_of_arrival)
{
    struct caller a = {'a', GALE_FOREVER, 1, 0};
    struct caller b = {'b', GALE_FOREVER, 1, 0};
    struct caller c = {'c', GALE_FOREVER, 1, 0};

    start();
    CHECK_EQ(gale_backpressure_gate_enable(&g), GALE_OK);
    (void)spawn(call, &a, 12);
    (void)spawn(call, &b, 12);
    (void)spawn(call, &c, 12);
    (void)spawn(disable, NULL, 12);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);

    CHECK_STR(trace, "abc<>ABC");
    CHECK_EQ(a.status, GALE_OK);
    CHECK_EQ(b.status, GALE_OK);
    CHECK_EQ(c.status, GALE_OK);
    CHECK_EQ(gale_backpressure_gate_inside(&g), 3);
    CHECK(gale_backpressure_gate_is_valid(&g));
}

/* There is room for one only: the one who came first gets it, though the other has the better priority. @verifies BP02 */
TEST(backpressure_gate, arrival_and_not_priority_decides_who_is_admitted_first)
{
    struct caller a = {'a', GALE_FOREVER, 1, 0};
    struct caller b = {'b', GALE_FOREVER, 1, 0};

    start();
    CHECK_EQ(gale_backpressure_gate_enable(&g), GALE_OK);
    g.inside = UINT32_MAX - 1u;
    (void)spawn(call, &a, 13);
    CHECK(gale_executor_step(&x));
    (void)spawn(call, &b, 12);
    CHECK(gale_executor_step(&x));
    gale_backpressure_gate_disable(&g);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);

    CHECK_EQ(a.status, GALE_OK);
    CHECK_EQ(b.status, GALE_EOVERFLOW);
}

/* Sees, at the first moment after it was admitted, how many are inside. */
static void call_and_count(void *arg)
{
    uint32_t *inside = arg;

    CHECK_EQ(gale_backpressure_gate_wait_until_ready(&g, GALE_FOREVER), GALE_OK);
    *inside = gale_backpressure_gate_inside(&g);
}

/* @verifies BP02 BP04 */
TEST(backpressure_gate, better_thread_that_is_admitted_preempts_the_opener_when_all_are_counted)
{
    struct caller a = {'a', GALE_FOREVER, 1, 0};
    uint32_t inside = 0;

    start();
    CHECK_EQ(gale_backpressure_gate_inc(&g), GALE_OK);
    (void)spawn(call_and_count, &inside, GALE_PRIO_PREEMPT);
    (void)spawn(call, &a, GALE_PRIO_PREEMPT + 1);
    (void)spawn(disable, NULL, GALE_PRIO_PREEMPT + 2);
    CHECK_EQ(gale_backpressure_gate_enable(&g), GALE_OK);
    CHECK_EQ(gale_backpressure_gate_dec(&g), GALE_OK);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);

    CHECK_STR(trace, "a<A>");
    CHECK_EQ(inside, 2);
}

/* @verifies BP03 BP04 */
TEST(backpressure_gate, wait_times_out_at_its_deadline_and_not_before)
{
    struct caller a = {'a', START + 7u, 1, 0};
    struct caller b = {'b', START, 1, 0};

    start();
    CHECK_EQ(gale_backpressure_gate_enable(&g), GALE_OK);
    (void)spawn(call, &a, 12);
    (void)spawn(call, &b, 12);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);

    CHECK_EQ(a.status, GALE_ETIMEDOUT);
    CHECK_EQ(a.returned, START + 7u);
    CHECK_EQ(b.status, GALE_ETIMEDOUT);
    CHECK_EQ(b.returned, START);
    CHECK_EQ(gale_backpressure_gate_inside(&g), 0);
    CHECK(gale_backpressure_gate_is_valid(&g));
}

static void disable_later(void *arg)
{
    CHECK_EQ(gale_executor_sleep_until(&x, *(const gale_tick *)arg), GALE_OK);
    disable(NULL);
}

/* @verifies BP02 BP03 */
TEST(backpressure_gate, opening_one_tick_before_the_deadline_admits)
{
    struct caller a = {'a', START + 7u, 1, 0};
    gale_tick opening = START + 6u;

    start();
    CHECK_EQ(gale_backpressure_gate_enable(&g), GALE_OK);
    (void)spawn(call, &a, 12);
    (void)spawn(disable_later, &opening, 12);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);

    CHECK_EQ(a.status, GALE_OK);
    CHECK_EQ(a.returned, START + 6u);
    CHECK_EQ(gale_backpressure_gate_inside(&g), 1);
}

static void cancel_wait(void *arg)
{
    CHECK_EQ(gale_executor_cancel_wait(&x, *(const gale_id *)arg), GALE_OK);
}

/* @verifies BP04 */
TEST(backpressure_gate, cancelled_wait_is_not_admitted_and_the_next_in_line_is)
{
    struct caller a = {'a', GALE_FOREVER, 1, 0};
    struct caller b = {'b', GALE_FOREVER, 1, 0};
    gale_id first = GALE_ID_NONE;

    start();
    CHECK_EQ(gale_backpressure_gate_enable(&g), GALE_OK);
    first = spawn(call, &a, 12);
    (void)spawn(call, &b, 12);
    (void)spawn(cancel_wait, &first, 12);
    (void)spawn(disable, NULL, 12);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);

    CHECK_EQ(a.status, GALE_ECANCELED);
    CHECK_EQ(b.status, GALE_OK);
    CHECK_EQ(gale_backpressure_gate_inside(&g), 1);
}

static void abort_thread(void *arg)
{
    CHECK_EQ(gale_executor_abort(&x, *(const gale_id *)arg), GALE_OK);
}

/* @verifies BP04 */
TEST(backpressure_gate, thread_aborted_in_line_was_never_inside)
{
    struct caller a = {'a', GALE_FOREVER, 1, 0};
    struct caller b = {'b', GALE_FOREVER, 1, 0};
    gale_id first = GALE_ID_NONE;

    start();
    CHECK_EQ(gale_backpressure_gate_enable(&g), GALE_OK);
    first = spawn(call, &a, 12);
    (void)spawn(call, &b, 12);
    (void)spawn(abort_thread, &first, 12);
    (void)spawn(disable, NULL, 12);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);

    CHECK_EQ(b.status, GALE_OK);
    CHECK_EQ(gale_backpressure_gate_inside(&g), 1);
    CHECK(gale_backpressure_gate_is_valid(&g));
}

/* Opens, and closes again before those it admitted have run: they stay admitted, a newcomer is not. */
static void open_and_close(void *arg)
{
    (void)arg;
    gale_backpressure_gate_disable(&g);
    CHECK_EQ(gale_backpressure_gate_enable(&g), GALE_OK);
    CHECK_EQ(gale_backpressure_gate_try_enter(&g), GALE_EBUSY);
}

/* @verifies BP01 BP02 BP04 */
TEST(backpressure_gate, closing_again_keeps_out_newcomers_but_not_those_admitted)
{
    struct caller a = {'a', GALE_FOREVER, 1, 0};

    start();
    CHECK_EQ(gale_backpressure_gate_enable(&g), GALE_OK);
    (void)spawn(call, &a, 12);
    (void)spawn(open_and_close, NULL, 12);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);

    CHECK_EQ(a.status, GALE_OK);
    CHECK_EQ(gale_backpressure_gate_inside(&g), 1);
    CHECK(gale_backpressure_gate_is_enabled(&g));
}

static void check_broken_gate(void *arg)
{
    (void)arg;
    g.closed.value = 0;
    g.enabled = false;
    CHECK(!gale_backpressure_gate_is_valid(&g));
    g.closed.value = 1;
    g.enabled = true;
    gale_backpressure_gate_disable(&g);
}

TEST(backpressure_gate, is_valid_sees_each_broken_rule)
{
    struct caller a = {'a', GALE_FOREVER, 1, 0};

    start();
    g.closed.value = GALE_BACKPRESSURE_GATE_MAX + 1u;
    CHECK(!gale_backpressure_gate_is_valid(&g));
    g.closed.value = 0;
    g.enabled = true;
    CHECK(!gale_backpressure_gate_is_valid(&g));
    g.closed.value = 1;
    CHECK(gale_backpressure_gate_is_valid(&g));
    (void)spawn(call, &a, 12);
    (void)spawn(check_broken_gate, NULL, 12);
    CHECK_EQ(gale_executor_run(&x), GALE_OK);
    CHECK_EQ(a.status, GALE_OK);
}
