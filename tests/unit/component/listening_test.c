/* SPDX-License-Identifier: Apache-2.0 */
/** Cancellations that come when nobody listens, and codes of callbacks. */
#include "guests.h"

/* ---- cancellations that wait ------------------------------------------------------------------------------------- */

static uint32_t first_code; /* what the core function returns after it has blocked */

static void block_then_obey(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)params;
    (void)gale_canon_thread_yield(&g->instance, false);
    if (first_code == 2u) {
        first_code |= gale_canon_waitable_set_new(&g->instance) << 4;
    }
    results[0].i32 = first_code;
}

static uint32_t answer_once(struct guest *g, uint32_t event, uint32_t p1, uint32_t p2)
{
    (void)p1;
    (void)p2;
    guest_log(g, event);
    gale_canon_task_cancel(&g->instance);
    return 0;
}

/* @verifies TK03 */
TEST(listening, a_cancellation_that_waits_is_told_when_the_callback_would_wait)
{
    for (uint32_t code = 1; code <= 2u; code++) {
        guests_reset();
        guests[0].core = block_then_obey;
        guests[0].callback = answer_once;
        first_code = code;
        CHECK_EQ(guest_invoke(0, GUEST_CALLBACK_STACK, 0), GALE_OK);
        CHECK_EQ(gale_store_cancel(&store, &guest_task), GALE_OK);
        CHECK(!guest_task.resolved);
        CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
        CHECK_EQ(guests[0].logged, 1);
        CHECK_EQ(guests[0].log[0], GALE_CANON_EVENT_TASK_CANCELLED);
        CHECK_EQ(guest_task.state, GALE_SUBTASK_CANCELLED_BEFORE_RETURNED);
        CHECK(gale_store_is_valid(&store));
    }
}

static unsigned listener;

static void block_then_listen(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    const uint32_t set = gale_canon_waitable_set_new(&g->instance);

    (void)params;
    (void)results;
    (void)gale_canon_thread_yield(&g->instance, false);
    switch (listener) {
    case 0:
        guest_log(g, gale_canon_waitable_set_poll(&g->instance, &g->memory, true, set, 64));
        break;
    case 1:
        guest_log(g, gale_canon_waitable_set_wait(&g->instance, &g->memory, true, set, 64));
        break;
    case 2:
        guest_log(g, gale_canon_thread_yield_then_promote(&g->instance, true, 1));
        break;
    default:
        guest_log(g, gale_canon_thread_suspend(&g->instance, true));
        break;
    }
    gale_canon_task_cancel(&g->instance);
}

/* @verifies TK03 */
TEST(listening, each_built_in_that_listens_is_told)
{
    for (listener = 0; listener < 4u; listener++) {
        test_note("built-in", listener);
        guests_reset();
        guests[0].core = block_then_listen;
        CHECK_EQ(guest_invoke(0, GUEST_STACKFUL, 0), GALE_OK);
        CHECK_EQ(gale_store_cancel(&store, &guest_task), GALE_OK);
        CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
        CHECK_EQ(guests[0].log[0], listener < 2u ? GALE_CANON_EVENT_TASK_CANCELLED : 1);
        CHECK(guest_task.resolved);
    }
}

static void listen_in_thread(void *guest, void *arg, uint32_t c)
{
    struct guest *g = guest;

    (void)arg;
    if (gale_canon_thread_suspend(&g->instance, c != 0) != 0) {
        guest_log(g, c);
        gale_canon_task_cancel(&g->instance);
    }
}

static void two_threads_one_listens(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)params;
    (void)results;
    for (uint32_t c = 0; c < 2u; c++) {
        gale_canon_thread_resume_later(&g->instance,
                                       gale_canon_thread_new_indirect(&g->instance, listen_in_thread, NULL, c));
    }
    (void)gale_canon_thread_suspend(&g->instance, false);
}

/* @verifies TK03 */
TEST(listening, of_several_threads_the_oldest_that_listens_is_told)
{
    guests_reset();
    guests[0].core = two_threads_one_listens;
    CHECK_EQ(guest_invoke(0, GUEST_STACKFUL, 0), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_EDEADLK);
    CHECK_EQ(gale_store_cancel(&store, &guest_task), GALE_OK);
    CHECK_EQ(guests[0].log[0], 1);
    CHECK(guest_task.resolved);
    CHECK(gale_store_is_valid(&store));
}

/* ---- callbacks ----------------------------------------------------------------------------------------------------- */

static void return_code(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)g;
    results[0].i32 = params[0].i32;
}

TEST(listening, a_callback_code_that_does_not_exist_traps)
{
    guests_reset();
    guests[0].core = return_code;
    CHECK_TRAP(guest_invoke(0, GUEST_CALLBACK, 3), GALE_TRAP_CALLBACK_CODE);
    CHECK_EQ(gale_store_trap(&store)->value, 3);
    guests_reset();
    guests[0].core = return_code;
    CHECK_TRAP(guest_invoke(0, GUEST_CALLBACK, 2u | 9u << 4), GALE_TRAP_UNKNOWN_HANDLE);
}
