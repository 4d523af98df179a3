/* SPDX-License-Identifier: Apache-2.0 */
/** Who may enter an instance, who has its lock, and in which order those come that wait. */
#include "guests.h"

/* Logs 100 and more, so that the order in which calls began can be seen. */
static uint32_t log_1(struct guest *g)
{
    guest_log(g, 101);
    return 0;
}

static uint32_t log_2(struct guest *g)
{
    guest_log(g, 102);
    return 0;
}

static uint32_t log_stackful(struct guest *g)
{
    guest_log(g, 103);
    guest_return(g, 0);
    return 0;
}

/* Waits for an event of slot 0 with whatever lock it has. */
static uint32_t hold_0(struct guest *g)
{
    const uint32_t set = guest_listen(g, 0);

    guest_log(g, 10);
    (void)gale_canon_waitable_set_wait(&g->instance, &g->memory, false, set, 64);
    guest_log(g, 11);
    return 0;
}

/* @verifies TK05 */
TEST(gate, who_comes_while_others_queue_queues_behind_them)
{
    guests_reset();
    CHECK_EQ(guest_do(0, guest_close_gate), GALE_OK);
    CHECK_EQ(guest_start(0, 0, GUEST_ASYNC_SYNC, log_1, NULL), GALE_OK);
    CHECK_EQ(guest_do(0, guest_open_gate), GALE_OK);
    CHECK_EQ(guest_start(1, 0, GUEST_ASYNC_SYNC, log_2, NULL), GALE_OK);
    CHECK_EQ(guests[0].logged, 0);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_LOG(&guests[0], 101, 102);

    guests_reset();
    CHECK_EQ(guest_do(0, guest_close_gate), GALE_OK);
    CHECK_EQ(guest_start(0, 0, GUEST_STACKFUL, log_stackful, NULL), GALE_OK);
    CHECK_EQ(guest_do(0, guest_open_gate), GALE_OK);
    CHECK_EQ(guest_start(1, 0, GUEST_STACKFUL, log_stackful, NULL), GALE_OK);
    CHECK_EQ(guest_start(2, 0, GUEST_ASYNC_SYNC, log_2, NULL), GALE_OK);
    CHECK_EQ(guests[0].logged, 0);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_LOG(&guests[0], 103, 102, 103);
}

/* @verifies TK05 */
TEST(gate, a_gate_that_nobody_waits_for_opens_quietly)
{
    guests_reset();
    CHECK_EQ(guest_do(0, guest_close_gate), GALE_OK);
    CHECK_EQ(guest_do(0, guest_open_gate), GALE_OK);
    CHECK_EQ(gale_store_tick(&store), 0);
    CHECK_EQ(guest_start(0, 0, GUEST_ASYNC_SYNC, log_1, NULL), GALE_OK);
    CHECK_LOG(&guests[0], 101);
}

/* @verifies TK04 */
TEST(gate, an_open_gate_does_not_give_the_lock)
{
    guests_reset();
    CHECK_EQ(guest_start(0, 0, GUEST_ASYNC_SYNC, hold_0, NULL), GALE_OK);
    CHECK_EQ(guest_do(0, guest_close_gate), GALE_OK);
    CHECK_EQ(guest_start(1, 0, GUEST_ASYNC_SYNC, log_1, NULL), GALE_OK);
    CHECK_EQ(guest_do(0, guest_open_gate), GALE_OK);
    CHECK_EQ(gale_store_tick(&store), 0);
    CHECK_LOG(&guests[0], 10);
    CHECK_EQ(guest_do(0, guest_poke_0), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_LOG(&guests[0], 10, 11, 101);
}

/* @verifies TK05 */
TEST(gate, it_may_close_again_before_anybody_entered)
{
    guests_reset();
    CHECK_EQ(guest_do(0, guest_close_gate), GALE_OK);
    CHECK_EQ(guest_start(0, 0, GUEST_ASYNC_SYNC, log_1, NULL), GALE_OK);
    CHECK_EQ(guest_do(0, guest_open_gate), GALE_OK);
    CHECK_EQ(guest_do(0, guest_close_gate), GALE_OK);
    CHECK_EQ(gale_store_tick(&store), 0);
    CHECK_EQ(guests[0].logged, 0);
    CHECK_EQ(guest_do(0, guest_open_gate), GALE_OK);
    CHECK_EQ(gale_store_cancel(&store, &guest_tasks[0]), GALE_OK);
    CHECK_EQ(guest_tasks[0].state, GALE_SUBTASK_CANCELLED_BEFORE_STARTED);
    CHECK_EQ(gale_store_tick(&store), 0); /* the gate is open, the queue empty */
    CHECK_EQ(guests[0].logged, 0);
    CHECK_EQ(store.live_tasks, 0);
}

/* ---- callbacks take turns ------------------------------------------------------------------------------------ */

static uint32_t yield_code(struct guest *g)
{
    guest_log(g, 20);
    return 1;
}

static uint32_t end_callback(void *guest, uint32_t event, uint32_t p1, uint32_t p2)
{
    (void)p1;
    (void)p2;
    guest_log(guest, 30u + event);
    guest_return(guest, 0);
    return 0;
}

/* @verifies TK04 */
TEST(gate, a_turn_is_lost_to_who_takes_the_lock_first)
{
    guests_reset();
    CHECK_EQ(guest_start(0, 0, GUEST_CALLBACK, yield_code, end_callback), GALE_OK);
    CHECK_EQ(guest_start(1, 0, GUEST_ASYNC_SYNC, hold_0, NULL), GALE_OK);
    CHECK_EQ(gale_store_tick(&store), 0);
    CHECK_LOG(&guests[0], 20, 10);
    CHECK_EQ(guest_do(0, guest_poke_0), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_LOG(&guests[0], 20, 10, 11, 30);
}

static uint32_t wait_code(struct guest *g)
{
    return 2u | g->note[2] << 4;
}

static uint32_t listen_code(struct guest *g)
{
    return 2u | guest_listen(g, 0) << 4;
}

static uint32_t read_again(struct guest *g)
{
    const struct gale_copy_options o = guest_copy((unsigned)(g - guests), &type_u32, true);

    CHECK_EQ(gale_canon_stream_read(&g->instance, &o, g->note[0], 256, 1), GALE_CANON_BLOCKED);
    guest_poke(g, 0);
    return 0;
}

/* @verifies ST05 TK04 */
TEST(gate, an_event_goes_to_one_of_those_who_wait_on_a_set)
{
    guests_reset();
    CHECK_EQ(guest_start(0, 0, GUEST_CALLBACK, listen_code, end_callback), GALE_OK);
    CHECK_EQ(guest_start(1, 0, GUEST_CALLBACK, wait_code, end_callback), GALE_OK);
    CHECK_EQ(guest_do(0, guest_poke_0), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_EDEADLK);
    CHECK(guest_tasks[0].resolved && !guest_tasks[1].resolved);
    CHECK_LOG(&guests[0], 30 + GALE_CANON_EVENT_STREAM_READ);
    CHECK_EQ(guest_do(0, read_again), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK(guest_tasks[1].resolved);
}

static uint32_t listen_poke_wait(struct guest *g)
{
    const uint32_t set = guest_listen(g, 0);

    guest_poke(g, 0);
    return 2u | set << 4;
}

/* @verifies ST05 */
TEST(gate, a_callback_that_waits_for_what_is_there_is_ready)
{
    guests_reset();
    CHECK_EQ(guest_start(0, 0, GUEST_CALLBACK, listen_poke_wait, end_callback), GALE_OK);
    CHECK_EQ(guests[0].logged, 0);
    CHECK_EQ(gale_store_tick(&store), 1);
    CHECK_LOG(&guests[0], 30 + GALE_CANON_EVENT_STREAM_READ);
}

/* ---- callers before a closed gate ---------------------------------------------------------------------------- */

static uint32_t yield_then_9(struct guest *g)
{
    guest_log(g, 1);
    (void)gale_canon_thread_yield(&g->instance, false);
    return 9;
}

static uint32_t call_sync(struct guest *g)
{
    guest_log(g, guest_lower(g, 1, 1, GUEST_ASYNC_SYNC, false, yield_then_9, NULL));
    return 0;
}

/* @verifies TK01 TK05 */
TEST(gate, a_sync_caller_waits_for_the_start_and_for_the_end)
{
    guests_reset();
    CHECK_EQ(guest_do(1, guest_close_gate), GALE_OK);
    CHECK_EQ(guest_start(0, 0, GUEST_ASYNC_SYNC, call_sync, NULL), GALE_OK);
    CHECK_EQ(gale_store_tick(&store), 0);
    CHECK_EQ(guest_do(1, guest_open_gate), GALE_OK);
    CHECK_EQ(gale_store_tick(&store), 1);
    CHECK_EQ(guests[1].logged, 1);
    CHECK_EQ(guests[0].logged, 0);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_LOG(&guests[0], 0);
    CHECK(guest_tasks[0].resolved);
}

static uint32_t call_and_watch(struct guest *g)
{
    const uint32_t packed = guest_lower(g, 1, 1, GUEST_ASYNC_SYNC, true, yield_then_9, NULL);
    const uint32_t set = gale_canon_waitable_set_new(&g->instance);

    guest_log(g, packed & 15u);
    gale_canon_waitable_join(&g->instance, packed >> 4, set);
    for (unsigned k = 0; k < 2u; k++) {
        guest_log(g, gale_canon_waitable_set_wait(&g->instance, &g->memory, false, set, 64));
        CHECK_EQ(guest_word(g, 64), packed >> 4);
        guest_log(g, guest_word(g, 68));
    }
    gale_canon_subtask_drop(&g->instance, packed >> 4);
    guest_log(g, guest_word(g, GUEST_CALL_PTR(1)));
    return 0;
}

/* @verifies TK01 TK02 TK05 */
TEST(gate, an_async_caller_is_told_of_the_start_and_of_the_end)
{
    guests_reset();
    CHECK_EQ(guest_do(1, guest_close_gate), GALE_OK);
    CHECK_EQ(guest_start(0, 0, GUEST_ASYNC_SYNC, call_and_watch, NULL), GALE_OK);
    CHECK_EQ(guest_do(1, guest_open_gate), GALE_OK);
    CHECK_EQ(gale_store_tick(&store), 1);
    CHECK_EQ(gale_store_tick(&store), 1);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_LOG(&guests[0], GALE_SUBTASK_STARTING, GALE_CANON_EVENT_SUBTASK, GALE_SUBTASK_STARTED,
              GALE_CANON_EVENT_SUBTASK, GALE_SUBTASK_RETURNED, 9);
}

/* ---- the profile of the test scripts ------------------------------------------------------------------------- */

static void begin_scripts(void)
{
    guests_reset();
    gale_store_profile(&store, GALE_PROFILE_SCRIPTS);
}

/* @verifies TK04 */
TEST(gate, in_the_profile_of_scripts_a_holder_that_can_go_on_comes_first)
{
    begin_scripts();
    CHECK_EQ(guest_start(0, 0, GUEST_ASYNC_SYNC, hold_0, NULL), GALE_OK);
    CHECK_EQ(guest_start(1, 0, GUEST_ASYNC_SYNC, log_1, NULL), GALE_OK); /* the holder cannot go on */
    CHECK_LOG(&guests[0], 10);
    CHECK_EQ(guest_start(3, 0, GUEST_STACKFUL, log_stackful, NULL), GALE_OK);
    CHECK_EQ(guest_do(0, guest_poke_0), GALE_OK);
    CHECK_EQ(guest_start(2, 0, GUEST_ASYNC_SYNC, log_2, NULL), GALE_OK);
    CHECK_LOG(&guests[0], 10, 11);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_LOG(&guests[0], 10, 11, 103, 101, 102); /* what was ready first */

    guests_reset();
    CHECK_EQ(guest_start(0, 0, GUEST_ASYNC_SYNC, hold_0, NULL), GALE_OK);
    CHECK_EQ(guest_do(0, guest_poke_0), GALE_OK);
    CHECK_EQ(guest_start(2, 0, GUEST_ASYNC_SYNC, log_2, NULL), GALE_OK);
    CHECK_LOG(&guests[0], 10);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_LOG(&guests[0], 10, 11, 102);
}

/* ---- a sync call that waits lets others of its instance run -------------------------------------------------- */

static uint32_t wait_1(struct guest *g)
{
    (void)gale_canon_waitable_set_wait(&g->instance, &g->memory, false, guest_listen(g, 1), 64);
    guest_log(g, 41);
    return 0;
}

static uint32_t yield_then_poke_1(struct guest *g)
{
    (void)gale_canon_thread_yield(&g->instance, false);
    guest_log(g, 50);
    guest_poke(g, 1);
    guest_return(g, 0);
    return 0;
}

/* @verifies TK04 */
TEST(gate, a_sync_call_that_waits_passes_over_who_holds_the_lock)
{
    guests_reset();
    CHECK_EQ(guest_start(0, 0, GUEST_ASYNC_SYNC, hold_0, NULL), GALE_OK);
    CHECK_EQ(guest_do(0, guest_poke_0), GALE_OK); /* the holder is ready, and first */
    CHECK_EQ(guest_start(1, 0, GUEST_STACKFUL, yield_then_poke_1, NULL), GALE_OK);
    CHECK_EQ(guest_start(2, 0, GUEST_SYNC_STACK, wait_1, NULL), GALE_OK);
    CHECK_LOG(&guests[0], 10, 50, 41);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_LOG(&guests[0], 10, 50, 41, 11);
}

static uint32_t poke_callback(void *guest, uint32_t event, uint32_t p1, uint32_t p2)
{
    guest_poke(guest, 1);
    return end_callback(guest, event, p1, p2);
}

/* @verifies TK04 */
TEST(gate, a_sync_call_that_waits_lets_callbacks_run_but_not_in_the_profile_of_scripts)
{
    guests_reset();
    CHECK_EQ(guest_start(0, 0, GUEST_CALLBACK, yield_code, poke_callback), GALE_OK);
    CHECK_EQ(guest_start(1, 0, GUEST_SYNC_STACK, wait_1, NULL), GALE_OK);
    CHECK_LOG(&guests[0], 20, 30, 41);

    begin_scripts();
    CHECK_EQ(guest_start(0, 0, GUEST_CALLBACK, yield_code, poke_callback), GALE_OK);
    CHECK_TRAP(guest_start(1, 0, GUEST_SYNC_STACK, wait_1, NULL), GALE_TRAP_SYNC_BLOCK);
    CHECK_LOG(&guests[0], 20);

    begin_scripts();
    CHECK_EQ(guest_start(0, 0, GUEST_CALLBACK, yield_code, end_callback), GALE_OK);
    CHECK_EQ(guest_start(2, 0, GUEST_STACKFUL, yield_then_poke_1, NULL), GALE_OK);
    CHECK_EQ(guest_start(1, 0, GUEST_SYNC_STACK, wait_1, NULL), GALE_OK);
    CHECK_LOG(&guests[0], 20, 50, 41);
}
