/* SPDX-License-Identifier: Apache-2.0 */
#include "guests.h"

static struct gale_binding import;

/* ---- callees ------------------------------------------------------------------------------------------------- */

/* A callback task that waits on an empty set and answers a cancellation. */
static void wait_for_nothing(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)params;
    results[0].i32 = 2u | gale_canon_waitable_set_new(&g->instance) << 4;
}

static uint32_t answer_cancellation(struct guest *g, uint32_t event, uint32_t p1, uint32_t p2)
{
    guest_log(g, event);
    CHECK_EQ(p1 + p2, 0);
    gale_canon_task_cancel(&g->instance);
    return 0;
}

static uint32_t return_in_spite(struct guest *g, uint32_t event, uint32_t p1, uint32_t p2)
{
    (void)p1;
    (void)p2;
    guest_log(g, event);
    guest_return(g, 5);
    return 0;
}

/* A stackful task that first does not listen, then does. */
static void listen_late(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)params;
    (void)results;
    guest_log(g, gale_canon_thread_yield(&g->instance, false));
    guest_log(g, gale_canon_thread_yield(&g->instance, true));
    guest_log(g, gale_canon_thread_yield(&g->instance, true));
    gale_canon_task_cancel(&g->instance);
}

static void never_return(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)params;
    (void)results;
    guest_log(g, gale_canon_thread_suspend(&g->instance, true));
    gale_canon_task_cancel(&g->instance);
}

static void hold_and_return(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)results;
    (void)gale_canon_thread_yield(&g->instance, false);
    guest_return(g, params[0].i32);
    guest_log(g, params[0].i32);
}

/* ---- a caller that cancels at once ----------------------------------------------------------------------------- */

static bool cancel_async;

static void call_and_cancel(struct guest *g)
{
    const union gale_flat args[2] = {{3}, {16}};
    const uint32_t packed = gale_canon_lower(&g->instance, &import, args, NULL);

    guest_log(g, packed & 15u);
    guest_log(g, gale_canon_subtask_cancel(&g->instance, cancel_async, packed >> 4));
    if (g->log[1] != GALE_CANON_BLOCKED) {
        gale_canon_subtask_drop(&g->instance, packed >> 4);
    }
}

static void begin(enum guest_kind kind, bool async)
{
    guests_reset();
    cancel_async = async;
    import = guest_binding(0, 1, kind, true);
    guests[1].callback = answer_cancellation;
}

/* @verifies TK01 TK03 */
TEST(cancel, a_waiting_callback_is_told_at_once)
{
    begin(GUEST_CALLBACK, false);
    guests[1].core = wait_for_nothing;
    CHECK_EQ(guest_run(0, call_and_cancel), GALE_OK);
    CHECK_EQ(guests[0].log[0], GALE_SUBTASK_STARTED);
    CHECK_EQ(guests[0].log[1], GALE_SUBTASK_CANCELLED_BEFORE_RETURNED);
    CHECK_EQ(guests[1].log[0], GALE_CANON_EVENT_TASK_CANCELLED);
    CHECK_EQ(store.live_tasks, 0);
    CHECK(gale_store_is_valid(&store));
}

/* @verifies TK01 TK02 */
TEST(cancel, a_task_may_return_in_spite_of_it)
{
    begin(GUEST_CALLBACK, false);
    guests[1].core = wait_for_nothing;
    guests[1].callback = return_in_spite;
    CHECK_EQ(guest_run(0, call_and_cancel), GALE_OK);
    CHECK_EQ(guests[0].log[1], GALE_SUBTASK_RETURNED);
    CHECK_EQ(guest_word(&guests[0], 16), 5);
}

/* @verifies TK05 TK01 */
TEST(cancel, a_task_before_the_gate_never_starts)
{
    begin(GUEST_CALLBACK, false);
    guests[1].core = wait_for_nothing;
    gale_canon_backpressure_inc(&guests[1].instance);
    CHECK_EQ(guest_run(0, call_and_cancel), GALE_OK);
    CHECK_EQ(guests[0].log[0], GALE_SUBTASK_STARTING);
    CHECK_EQ(guests[0].log[1], GALE_SUBTASK_CANCELLED_BEFORE_STARTED);
    CHECK_EQ(guests[1].logged, 0);
    CHECK_EQ(guests[1].instance.queued, 0);
    CHECK_EQ(store.live_tasks, 0);
    CHECK(gale_store_is_valid(&store));
}

/* @verifies TK03 */
TEST(cancel, a_request_is_kept_until_the_task_listens_and_told_once)
{
    begin(GUEST_STACKFUL, true);
    guests[1].core = listen_late;
    CHECK_EQ(guest_run(0, call_and_cancel), GALE_OK);
    CHECK_EQ(guests[0].log[1], GALE_CANON_BLOCKED);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_EQ(guests[1].logged, 3);
    CHECK_EQ(guests[1].log[0], 0);
    CHECK_EQ(guests[1].log[1], 1);
    CHECK_EQ(guests[1].log[2], 0);
    CHECK_EQ(store.live_tasks, 0);
    CHECK(gale_store_is_valid(&store));
}

TEST(cancel, the_sync_form_waits_for_the_resolution)
{
    begin(GUEST_STACKFUL, false);
    guests[1].core = listen_late;
    CHECK_EQ(guest_run(0, call_and_cancel), GALE_OK);
    CHECK_EQ(guests[0].logged, 1);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_EQ(guests[0].log[1], GALE_SUBTASK_CANCELLED_BEFORE_RETURNED);
    CHECK(gale_store_is_valid(&store));
}

TEST(cancel, a_suspended_thread_that_listens_is_told)
{
    begin(GUEST_STACKFUL, false);
    guests[1].core = never_return;
    CHECK_EQ(guest_run(0, call_and_cancel), GALE_OK);
    CHECK_EQ(guests[0].log[1], GALE_SUBTASK_CANCELLED_BEFORE_RETURNED);
    CHECK_EQ(guests[1].log[0], 1);
}

/* @verifies TK03 */
TEST(cancel, the_host_cancels_its_own_calls)
{
    guests_reset();
    guests[0].core = wait_for_nothing;
    guests[0].callback = answer_cancellation;
    CHECK_EQ(guest_invoke(0, GUEST_CALLBACK, 0), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_EDEADLK);
    CHECK_EQ(gale_store_cancel(&store, &guest_task), GALE_OK);
    CHECK(guest_task.resolved);
    CHECK_EQ(guest_task.state, GALE_SUBTASK_CANCELLED_BEFORE_RETURNED);
    CHECK_EQ(gale_store_cancel(&store, &guest_task), GALE_EALREADY);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK(gale_store_is_valid(&store));
}

/* ---- traps --------------------------------------------------------------------------------------------------- */

static uint32_t call(struct guest *g)
{
    const union gale_flat args[2] = {{3}, {16}};

    return gale_canon_lower(&g->instance, &import, args, NULL) >> 4;
}

static void cancel_twice(struct guest *g)
{
    const uint32_t s = call(g);

    CHECK_EQ(gale_canon_subtask_cancel(&g->instance, true, s), GALE_CANON_BLOCKED);
    (void)gale_canon_subtask_cancel(&g->instance, true, s);
}

static void cancel_in_set(struct guest *g)
{
    const uint32_t s = call(g);

    gale_canon_waitable_join(&g->instance, s, gale_canon_waitable_set_new(&g->instance));
    (void)gale_canon_subtask_cancel(&g->instance, false, s);
}

static void drop_unresolved(struct guest *g)
{
    gale_canon_subtask_drop(&g->instance, call(g));
}

static void cancel_a_set(struct guest *g)
{
    (void)gale_canon_subtask_cancel(&g->instance, true, gale_canon_waitable_set_new(&g->instance));
}

static void task_cancel_unasked(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)params;
    (void)results;
    gale_canon_task_cancel(&g->instance);
}

static void return_twice(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)params;
    (void)results;
    guest_return(g, 1);
    guest_return(g, 2);
}

static void return_wrong_type(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)results;
    gale_canon_task_return(&g->instance, &type_u32, &g->options, params);
}

static void return_wrong_memory(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)results;
    gale_canon_task_return(&g->instance, &result_u32, &guests[2].options, params);
}

static void no_return(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)g;
    (void)params;
    results[0].i32 = 0;
}

static void sync_task_return(struct guest *g)
{
    guest_return(g, 1);
}

static void sync_task_cancel(struct guest *g)
{
    gale_canon_task_cancel(&g->instance);
}

/* @verifies TK01 TK02 TK03 IN01 */
TEST(cancel, what_callers_must_not_do_traps)
{
    static const struct {
        void (*body)(struct guest *g);
        enum gale_trap trap;
    } cases[] = {
        {cancel_twice, GALE_TRAP_SUBTASK_CANCELLED},     {cancel_in_set, GALE_TRAP_SYNC_IN_SET},
        {drop_unresolved, GALE_TRAP_SUBTASK_UNRESOLVED}, {cancel_a_set, GALE_TRAP_WRONG_KIND},
        {sync_task_return, GALE_TRAP_RETURN_SYNC},       {sync_task_cancel, GALE_TRAP_CANCEL_SYNC},
    };

    for (unsigned n = 0; n < sizeof cases / sizeof cases[0]; n++) {
        test_note("case", n);
        begin(GUEST_STACKFUL, true);
        guests[1].core = listen_late;
        CHECK_TRAP(guest_run(0, cases[n].body), cases[n].trap);
        CHECK(guests[0].instance.poisoned && !guests[1].instance.poisoned);
        (void)gale_store_run(&store, GALE_FOREVER);
        CHECK(gale_store_is_valid(&store));
    }
}

/* @verifies TK01 TK02 */
TEST(cancel, what_callees_must_not_do_traps)
{
    static const struct {
        void (*core)(struct guest *g, const union gale_flat *params, union gale_flat *results);
        enum gale_trap trap;
    } cases[] = {
        {task_cancel_unasked, GALE_TRAP_NOT_CANCELLED},
        {return_twice, GALE_TRAP_RETURN_TWICE},
        {return_wrong_type, GALE_TRAP_RETURN_SIGNATURE},
        {return_wrong_memory, GALE_TRAP_RETURN_SIGNATURE},
        {no_return, GALE_TRAP_NO_RESULT},
    };

    for (unsigned n = 0; n < sizeof cases / sizeof cases[0]; n++) {
        for (unsigned kind = GUEST_CALLBACK; kind <= GUEST_STACKFUL; kind++) {
            test_note("case", n);
            guests_reset();
            guests[0].core = cases[n].core;
            CHECK_TRAP(guest_invoke(0, (enum guest_kind)kind, 0), cases[n].trap);
            CHECK(guest_task.resolved);
            CHECK_EQ(store.live_tasks, 0);
            CHECK(gale_store_is_valid(&store));
        }
    }
}

/* A caller that waits for a callee that is poisoned by somebody else's call is stopped or told. */
static void trap_now(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)params;
    (void)results;
    gale_trap(&g->instance, GALE_TRAP_UNREACHABLE);
}

static void call_and_watch(struct guest *g)
{
    const uint32_t s = call(g);
    const uint32_t set = gale_canon_waitable_set_new(&g->instance);

    gale_canon_waitable_join(&g->instance, s, set);
    guest_log(g, gale_canon_waitable_set_wait(&g->instance, &g->memory, false, set, 64));
    guest_log(g, guest_word(g, 68));
}

/* @verifies IN01 */
TEST(cancel, callers_of_a_poisoned_instance_see_their_calls_cancelled)
{
    static struct gale_host_task second;
    const struct gale_binding b = guest_binding(GUESTS, 1, GUEST_SYNC, false);
    const union gale_flat args[1] = {{0}};
    union gale_flat results[1];

    begin(GUEST_STACKFUL, false);
    guests[1].core = never_return;
    CHECK_EQ(guest_run(0, call_and_watch), GALE_OK);
    guests[1].core = trap_now;
    memset(&second, 0, sizeof second);
    CHECK_TRAP(gale_store_invoke(&store, &b, args, results, &second), GALE_TRAP_UNREACHABLE);
    CHECK(second.resolved && !guest_task.resolved);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK(guest_task.resolved);
    CHECK_EQ(guests[0].log[0], GALE_CANON_EVENT_SUBTASK);
    CHECK_EQ(guests[0].log[1], GALE_SUBTASK_CANCELLED_BEFORE_RETURNED);
    CHECK(gale_store_is_valid(&store));
}

/* @verifies IN02 */
TEST(cancel, a_trap_changes_no_byte_of_another_instance)
{
    static struct gale_host_task task;
    static uint8_t page[GUEST_PAGE];
    static struct gale_instance instance;
    const struct gale_binding b = guest_binding(GUESTS, 1, GUEST_SYNC, false);
    const union gale_flat args[1] = {{0}};
    union gale_flat results[1];

    begin(GUEST_SYNC, false);
    for (unsigned i = 0; i < GUEST_PAGE; i++) {
        guest_pages[0][i] = (uint8_t)(i * 7u);
    }
    memcpy(page, guest_pages[0], GUEST_PAGE);
    memcpy(&instance, &guests[0].instance, sizeof instance);
    guests[1].core = trap_now;
    memset(&task, 0, sizeof task);
    CHECK_TRAP(gale_store_invoke(&store, &b, args, results, &task), GALE_TRAP_UNREACHABLE);
    CHECK(guests[1].instance.poisoned);
    CHECK(memcmp(page, guest_pages[0], GUEST_PAGE) == 0);
    CHECK(memcmp(&instance, &guests[0].instance, sizeof instance) == 0);
}

static void call_sync(struct guest *g)
{
    const union gale_flat args[1] = {{3}};
    union gale_flat results[1];

    (void)gale_canon_lower(&g->instance, &import, args, results);
}

/* @verifies IN01 */
TEST(cancel, a_sync_caller_of_a_poisoned_instance_traps)
{
    static struct gale_host_task second;
    const struct gale_binding b = guest_binding(GUESTS, 1, GUEST_SYNC, false);
    const union gale_flat args[1] = {{0}};
    union gale_flat results[1];

    begin(GUEST_STACKFUL, false);
    import = guest_binding(0, 1, GUEST_STACKFUL, false);
    guests[1].core = never_return;
    CHECK_EQ(guest_run(0, call_sync), GALE_OK);
    guests[1].core = trap_now;
    memset(&second, 0, sizeof second);
    CHECK_TRAP(gale_store_invoke(&store, &b, args, results, &second), GALE_TRAP_UNREACHABLE);
    CHECK_TRAP(gale_store_run(&store, GALE_FOREVER), GALE_TRAP_POISONED);
    CHECK(guest_task.resolved && guests[0].instance.poisoned);
    CHECK_EQ(store.live_tasks, 0);
    CHECK(gale_store_is_valid(&store));
}

/* A caller that traps leaves its calls behind: those before the gate vanish, the others end on their own. */
static void call_and_trap(struct guest *g)
{
    (void)call(g);
    gale_trap(&g->instance, GALE_TRAP_UNREACHABLE);
}

/* @verifies IN01 */
TEST(cancel, calls_of_a_trapped_caller_end_without_it)
{
    for (unsigned closed = 0; closed < 2u; closed++) {
        begin(GUEST_STACKFUL, true);
        guests[1].core = hold_and_return;
        guests[1].instance.backpressure = closed;
        CHECK_TRAP(guest_run(0, call_and_trap), GALE_TRAP_UNREACHABLE);
        CHECK_EQ(store.live_tasks, closed != 0 ? 0 : 1);
        CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
        CHECK_EQ(guests[1].logged, closed != 0 ? 0 : 1);
        CHECK(!guests[1].instance.poisoned);
        CHECK(gale_store_is_valid(&store));
    }
}
