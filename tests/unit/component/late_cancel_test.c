/* SPDX-License-Identifier: Apache-2.0 */
/** Cancellations that come when nobody listens, and other calls that meet a task in the middle of something. */
#include "guests.h"

/* ---- while another one holds the lock ------------------------------------------------------------------------ */

static uint32_t hold_0(struct guest *g)
{
    (void)gale_canon_waitable_set_wait(&g->instance, &g->memory, false, guest_listen(g, 0), 64);
    return 0;
}

static uint32_t listen_1(struct guest *g)
{
    return 2u | guest_listen(g, 1) << 4;
}

/* Waits on after an event, ends when cancelled. */
static uint32_t until_cancelled(void *guest, uint32_t event, uint32_t p1, uint32_t p2)
{
    struct guest *g = guest;

    (void)p1;
    (void)p2;
    guest_log(g, event);
    if (event != GALE_CANON_EVENT_TASK_CANCELLED) {
        return 2u | g->note[5] << 4;
    }
    gale_canon_task_cancel(&g->instance);
    return 0;
}

/* @verifies TK03 TK04 */
TEST(late_cancel, a_callback_is_told_when_it_waits_the_next_time)
{
    guests_reset();
    CHECK_EQ(guest_start(1, 0, GUEST_CALLBACK, listen_1, until_cancelled), GALE_OK);
    CHECK_EQ(guest_start(0, 0, GUEST_ASYNC_SYNC, hold_0, NULL), GALE_OK);
    CHECK_EQ(gale_store_cancel(&store, &guest_tasks[1]), GALE_OK);
    CHECK_EQ(gale_store_cancel(&store, &guest_tasks[1]), GALE_EALREADY);
    CHECK_EQ(guests[0].logged, 0);
    CHECK_EQ(guest_do(0, guest_poke_1), GALE_OK);
    CHECK_EQ(guest_do(0, guest_poke_0), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_LOG(&guests[0], GALE_CANON_EVENT_STREAM_READ, GALE_CANON_EVENT_TASK_CANCELLED);
    CHECK_EQ(guest_tasks[1].state, GALE_SUBTASK_CANCELLED_BEFORE_RETURNED);
}

static uint32_t wait_cancellably(struct guest *g)
{
    guest_log(g, gale_canon_waitable_set_wait(&g->instance, &g->memory, true, guest_listen(g, 0), 64));
    gale_canon_task_cancel(&g->instance);
    return 0;
}

/* @verifies TK03 */
TEST(late_cancel, who_holds_the_lock_itself_is_told_at_once)
{
    guests_reset();
    CHECK_EQ(guest_start(0, 0, GUEST_CALLBACK_STACK, wait_cancellably, until_cancelled), GALE_OK);
    CHECK_EQ(gale_store_cancel(&store, &guest_tasks[0]), GALE_OK);
    CHECK_LOG(&guests[0], GALE_CANON_EVENT_TASK_CANCELLED);
    CHECK_EQ(guest_tasks[0].state, GALE_SUBTASK_CANCELLED_BEFORE_RETURNED);
}

static uint32_t wait_and_not_listen(struct guest *g)
{
    (void)gale_canon_waitable_set_wait(&g->instance, &g->memory, false, guest_listen(g, 0), 64);
    guest_log(g, gale_canon_thread_yield_then_promote(&g->instance, true, 1));
    guest_log(g, gale_canon_thread_yield_then_promote(&g->instance, true, 1));
    gale_canon_task_cancel(&g->instance);
    return 0;
}

/* @verifies TK03 */
TEST(late_cancel, a_thread_learns_it_at_the_next_occasion_and_once)
{
    guests_reset();
    CHECK_EQ(guest_start(0, 0, GUEST_STACKFUL, wait_and_not_listen, NULL), GALE_OK);
    CHECK_EQ(gale_store_cancel(&store, &guest_tasks[0]), GALE_OK);
    CHECK_EQ(guests[0].logged, 0);
    CHECK_EQ(guest_do(0, guest_poke_0), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_LOG(&guests[0], 1, 0);
}

/* ---- a task whose first thread has ended --------------------------------------------------------------------- */

static void second_thread(void *guest, void *fn_arg, uint32_t c)
{
    struct guest *g = guest;

    (void)fn_arg;
    (void)c;
    guest_log(g, 60);
    guest_log(g, gale_canon_thread_suspend(&g->instance, true));
    gale_canon_task_cancel(&g->instance);
}

static uint32_t leave_to_second(struct guest *g)
{
    const uint32_t t = gale_canon_thread_new_indirect(&g->instance, second_thread, NULL, 0);

    gale_canon_thread_resume_later(&g->instance, t);
    return 0;
}

/* @verifies TK03 */
TEST(late_cancel, another_thread_of_the_task_may_listen)
{
    guests_reset();
    CHECK_EQ(guest_start(0, 0, GUEST_STACKFUL, leave_to_second, NULL), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_EDEADLK);
    CHECK_EQ(gale_store_cancel(&store, &guest_tasks[0]), GALE_OK);
    CHECK_LOG(&guests[0], 60, 1);
    CHECK_EQ(guest_tasks[0].state, GALE_SUBTASK_CANCELLED_BEFORE_RETURNED);
    CHECK_EQ(store.live_tasks, 0);
}

/* ---- an instance that cannot be entered ---------------------------------------------------------------------- */

static uint32_t cancel_it(struct guest *g)
{
    guest_log(g, gale_canon_subtask_cancel(&g->instance, true, g->note[0]));
    return 0;
}

/* Guest 1: waits, then calls guest 2, which cancels the other task of guest 1. */
static uint32_t call_canceller(struct guest *g)
{
    (void)gale_canon_thread_yield(&g->instance, false);
    (void)guest_lower(g, 2, 2, GUEST_SYNC, false, cancel_it, NULL);
    guest_return(g, 0);
    return 0;
}

static uint32_t call_listener(struct guest *g)
{
    g->note[0] = guest_lower(g, 0, 1, GUEST_CALLBACK, true, listen_1, until_cancelled) >> 4;
    return 0;
}

/* @verifies TK03 */
TEST(late_cancel, a_task_of_an_instance_on_the_flow_is_told_later)
{
    guests_reset();
    CHECK_EQ(guest_do(2, call_listener), GALE_OK);
    CHECK_EQ(guest_start(1, 1, GUEST_STACKFUL, call_canceller, NULL), GALE_OK);
    CHECK_EQ(gale_store_tick(&store), 1);
    CHECK_EQ(guests[2].log[0], GALE_CANON_BLOCKED);
    CHECK_EQ(guests[1].logged, 0);
    CHECK_EQ(guest_do(1, guest_poke_1), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_LOG(&guests[1], GALE_CANON_EVENT_STREAM_READ, GALE_CANON_EVENT_TASK_CANCELLED);
}

/* ---- cancelling what has resolved, or resolves in between ---------------------------------------------------- */

/* Guest 0 calls itself and drops the subtask that is being cancelled; other calls get its index and its slot. */
static uint32_t replace_the_subtask(struct guest *g)
{
    uint32_t other;

    CHECK_EQ(gale_canon_thread_suspend(&g->instance, true), 1);
    other = g->note[1];
    gale_canon_task_cancel(&g->instance);
    (void)gale_canon_waitable_set_poll(&g->instance, &g->memory, false, other, 64);
    gale_canon_waitable_join(&g->instance, g->note[0], 0);
    gale_canon_subtask_drop(&g->instance, g->note[0]);
    gale_canon_waitable_set_drop(&g->instance, other);
    CHECK_EQ(guest_lower(g, 2, 1, GUEST_STACKFUL, true, hold_0, NULL) >> 4, other);
    (void)gale_canon_subtask_cancel(&g->instance, true, other); /* in the old slot */
    CHECK_EQ(guest_lower(g, 3, 1, GUEST_CALLBACK, true, listen_1, until_cancelled) >> 4, g->note[0]);
    return 0;
}

static uint32_t call_self_and_lose_it(struct guest *g)
{
    g->note[0] = guest_lower(g, 1, 0, GUEST_STACKFUL, true, replace_the_subtask, NULL) >> 4;
    g->note[1] = gale_canon_waitable_set_new(&g->instance);
    gale_canon_waitable_join(&g->instance, g->note[0], g->note[1]);
    guest_log(g, gale_canon_subtask_cancel(&g->instance, true, g->note[0]));
    return 0;
}

/* @verifies HT01 TK02 */
TEST(late_cancel, an_index_that_stands_for_another_call_by_now_is_noticed)
{
    guests_reset();
    CHECK_TRAP(guest_start(0, 0, GUEST_STACKFUL, call_self_and_lose_it, NULL), GALE_TRAP_SUBTASK_DELIVERED);
    CHECK_EQ(guests[0].logged, 0);
    CHECK(gale_store_is_valid(&store));
}

static uint32_t yield_and_return(struct guest *g)
{
    (void)gale_canon_thread_yield(&g->instance, false);
    guest_return(g, 5);
    return 0;
}

static uint32_t cancel_too_late(struct guest *g)
{
    const uint32_t s = guest_lower(g, 1, 1, GUEST_STACKFUL, true, yield_and_return, NULL) >> 4;

    (void)gale_canon_thread_yield(&g->instance, false);
    guest_log(g, gale_canon_subtask_cancel(&g->instance, true, s));
    gale_canon_subtask_drop(&g->instance, s);
    guest_return(g, 0);
    return 0;
}

/* @verifies TK01 TK02 */
TEST(late_cancel, of_a_call_that_has_returned_gives_its_state)
{
    guests_reset();
    CHECK_EQ(guest_start(0, 0, GUEST_STACKFUL, cancel_too_late, NULL), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_LOG(&guests[0], GALE_SUBTASK_RETURNED);
}

static uint32_t return_and_cancel(struct guest *g)
{
    guest_return(g, 1);
    gale_canon_task_cancel(&g->instance);
    return 0;
}

/* @verifies TK02 */
TEST(late_cancel, a_task_that_has_returned_cannot_cancel)
{
    guests_reset();
    CHECK_TRAP(guest_start(0, 0, GUEST_STACKFUL, return_and_cancel, NULL), GALE_TRAP_RETURN_TWICE);
    CHECK_EQ(guest_tasks[0].state, GALE_SUBTASK_RETURNED);
}

/* Of the same instance as its caller; when cancelled, takes the event of its own subtask. */
static uint32_t resolve_and_take(struct guest *g)
{
    CHECK_EQ(gale_canon_thread_suspend(&g->instance, true), 1);
    gale_canon_task_cancel(&g->instance);
    CHECK_EQ(gale_canon_waitable_set_poll(&g->instance, &g->memory, false, g->note[1], 64), GALE_CANON_EVENT_SUBTASK);
    return 0;
}

static uint32_t call_self_and_cancel(struct guest *g)
{
    g->note[0] = guest_lower(g, 1, 0, GUEST_STACKFUL, true, resolve_and_take, NULL) >> 4;
    g->note[1] = gale_canon_waitable_set_new(&g->instance);
    gale_canon_waitable_join(&g->instance, g->note[0], g->note[1]);
    guest_log(g, gale_canon_subtask_cancel(&g->instance, true, g->note[0]));
    return 0;
}

/* Joins the subtask to a set, so that its canceller cannot wait for it. */
static uint32_t join_itself(struct guest *g)
{
    CHECK_EQ(gale_canon_thread_suspend(&g->instance, true), 1);
    gale_canon_waitable_join(&g->instance, g->note[0], gale_canon_waitable_set_new(&g->instance));
    (void)gale_canon_thread_suspend(&g->instance, false);
    return 0;
}

static uint32_t call_self_and_cancel_sync(struct guest *g)
{
    g->note[0] = guest_lower(g, 1, 0, GUEST_STACKFUL, true, join_itself, NULL) >> 4;
    guest_log(g, gale_canon_subtask_cancel(&g->instance, false, g->note[0]));
    return 0;
}

/* @verifies TK01 TK02 */
TEST(late_cancel, a_callee_of_the_same_instance_can_spoil_it)
{
    guests_reset();
    CHECK_TRAP(guest_start(0, 0, GUEST_STACKFUL, call_self_and_cancel, NULL), GALE_TRAP_SUBTASK_DELIVERED);
    CHECK_EQ(guests[0].logged, 0);
    guests_reset();
    CHECK_TRAP(guest_start(0, 0, GUEST_STACKFUL, call_self_and_cancel_sync, NULL), GALE_TRAP_SYNC_IN_SET);
    CHECK_EQ(guests[0].logged, 0);
}

/* ---- promoting a callback's thread --------------------------------------------------------------------------- */

static uint32_t listen_0_with_index(struct guest *g)
{
    g->note[7] = gale_canon_thread_index(&g->instance);
    return 2u | guest_listen(g, 0) << 4;
}

static uint32_t end_callback(void *guest, uint32_t event, uint32_t p1, uint32_t p2)
{
    (void)p1;
    (void)p2;
    guest_log(guest, 30u + event);
    guest_return(guest, 0);
    return 0;
}

static uint32_t promote_it(struct guest *g)
{
    guest_log(g, 1);
    guest_log(g, gale_canon_thread_yield_then_promote(&g->instance, false, g->note[7]));
    return 0;
}

static uint32_t promote_and_return(struct guest *g)
{
    (void)promote_it(g);
    guest_return(g, 0);
    return 0;
}

/* @verifies TK04 */
TEST(thread, a_callback_is_promoted_only_if_it_can_run)
{
    guests_reset();
    CHECK_EQ(guest_start(0, 0, GUEST_CALLBACK, listen_0_with_index, end_callback), GALE_OK);
    CHECK_EQ(guest_start(1, 0, GUEST_STACKFUL, promote_and_return, NULL), GALE_OK); /* no event yet */
    CHECK_EQ(gale_store_tick(&store), 1);
    CHECK_LOG(&guests[0], 1, 0);
    CHECK_EQ(guest_do(0, guest_poke_0), GALE_OK);
    CHECK_EQ(guest_start(2, 0, GUEST_ASYNC_SYNC, promote_it, NULL), GALE_OK); /* has the lock itself */
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_LOG(&guests[0], 1, 0, 1, 0, 30 + GALE_CANON_EVENT_STREAM_READ);

    guests_reset();
    CHECK_EQ(guest_start(0, 0, GUEST_CALLBACK, listen_0_with_index, end_callback), GALE_OK);
    CHECK_EQ(guest_do(0, guest_poke_0), GALE_OK);
    CHECK_EQ(guest_start(1, 0, GUEST_STACKFUL, promote_and_return, NULL), GALE_OK);
    CHECK_LOG(&guests[0], 1, 30 + GALE_CANON_EVENT_STREAM_READ);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
}

/* ---- task.return and its options ----------------------------------------------------------------------------- */

static const struct gale_value_options *return_options;

static uint32_t return_with(struct guest *g)
{
    const union gale_flat args[1] = {{7}};

    gale_canon_task_return(&g->instance, &result_u32, return_options, args);
    return 0;
}

/* @verifies TK02 */
TEST(task, a_result_needs_the_memory_and_the_encoding_of_the_lift)
{
    const struct gale_value_options same = {&guests[0].memory, NULL, GALE_ENCODING_UTF8};
    const struct gale_value_options none = {NULL, NULL, GALE_ENCODING_UTF8};
    const struct gale_value_options other_memory = {&guests[1].memory, NULL, GALE_ENCODING_UTF8};
    const struct gale_value_options other_encoding = {&guests[0].memory, NULL, GALE_ENCODING_UTF16};
    const struct gale_value_options *good[] = {&same, &none, NULL, &guests[0].options};
    const struct gale_value_options *bad[] = {&other_memory, &other_encoding};

    for (unsigned n = 0; n < 4u; n++) {
        guests_reset();
        return_options = good[n];
        CHECK_EQ(guest_start(0, 0, GUEST_STACKFUL, return_with, NULL), GALE_OK);
        CHECK_EQ(guest_tasks[0].results[0].i32, 7);
    }
    for (unsigned n = 0; n < 2u; n++) {
        guests_reset();
        return_options = bad[n];
        CHECK_TRAP(guest_start(0, 0, GUEST_STACKFUL, return_with, NULL), GALE_TRAP_RETURN_SIGNATURE);
    }
    guests_reset();
    guest_funcs[0][GUEST_STACKFUL].options = NULL;
    return_options = &same;
    CHECK_TRAP(guest_start(0, 0, GUEST_STACKFUL, return_with, NULL), GALE_TRAP_RETURN_SIGNATURE);
}
