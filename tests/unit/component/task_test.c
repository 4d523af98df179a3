/* SPDX-License-Identifier: Apache-2.0 */
#include "guests.h"

static void return_plus_1(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)g;
    results[0].i32 = params[0].i32 + 1u;
}

/* @verifies TK02 */
TEST(task, a_sync_call_of_the_host_returns_its_result)
{
    guests_reset();
    guests[0].core = return_plus_1;

    CHECK_EQ(guest_invoke(0, GUEST_SYNC, 41), GALE_OK);
    CHECK(guest_task.resolved);
    CHECK_EQ(guest_task.state, GALE_SUBTASK_RETURNED);
    CHECK_EQ(guest_result[0].i32, 42);
    CHECK_EQ(guest_invoke(0, GUEST_SYNC_STACK, 1), GALE_OK);
    CHECK_EQ(guest_result[0].i32, 2);
    CHECK_EQ(guest_invoke(0, GUEST_ASYNC_SYNC, 2), GALE_OK);
    CHECK_EQ(guest_result[0].i32, 3);
    CHECK_EQ(gale_store_tick(&store), 0);
    CHECK(gale_store_is_valid(&store));
}

static void return_at_once(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    guest_return(g, params[0].i32 * 2u);
    results[0].i32 = 0;
}

/* @verifies TK02 */
TEST(task, an_async_call_that_returns_at_once_leaves_no_subtask)
{
    guests_reset();
    guests[0].core = return_at_once;
    for (unsigned kind = GUEST_CALLBACK; kind <= GUEST_STACKFUL; kind++) {
        CHECK_EQ(guest_invoke(0, (enum guest_kind)kind, 21), GALE_OK);
        CHECK(guest_task.resolved);
        CHECK_EQ(guest_result[0].i32, 42);
    }
    CHECK_EQ(store.live_tasks, 0);
    CHECK(gale_store_is_valid(&store));
}

static void yield_first(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    g->note[0] = params[0].i32;
    results[0].i32 = 1;
}

static uint32_t return_noted(struct guest *g, uint32_t event, uint32_t p1, uint32_t p2)
{
    CHECK_EQ(event, GALE_CANON_EVENT_NONE);
    CHECK_EQ(p1 + p2, 0);
    guest_return(g, g->note[0]);
    return 0;
}

TEST(task, a_callback_that_yields_runs_again_at_a_tick)
{
    guests_reset();
    guests[0].core = yield_first;
    guests[0].callback = return_noted;
    for (unsigned kind = GUEST_CALLBACK; kind <= GUEST_CALLBACK_STACK; kind++) {
        CHECK_EQ(guest_invoke(0, (enum guest_kind)kind, 7), GALE_OK);
        CHECK(!guest_task.resolved);
        CHECK_EQ(guest_task.state, GALE_SUBTASK_STARTED);
        CHECK_EQ(gale_store_tick(&store), 1);
        CHECK(guest_task.resolved);
        CHECK_EQ(guest_result[0].i32, 7);
        CHECK_EQ(gale_store_tick(&store), 0);
    }
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK(gale_store_is_valid(&store));
}

static void yield_inside(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    guest_log(g, gale_canon_thread_yield(&g->instance, false));
    if ((guest_funcs[0][GUEST_STACKFUL].flags & GALE_FUNC_ASYNC) != 0) {
        guest_return(g, params[0].i32);
    }
    results[0].i32 = params[0].i32;
}

TEST(task, a_stackful_task_blocks_inside_and_goes_on)
{
    guests_reset();
    guests[0].core = yield_inside;
    CHECK_EQ(guest_invoke(0, GUEST_STACKFUL, 5), GALE_OK);
    CHECK(!guest_task.resolved);
    CHECK_EQ(gale_store_tick(&store), 1);
    CHECK(guest_task.resolved);
    CHECK_EQ(guest_result[0].i32, 5);
    CHECK_EQ(gale_store_tick(&store), 0);
    CHECK(gale_store_is_valid(&store));
}

/* ---- calls between guests ------------------------------------------------------------------------------------ */

static struct gale_binding import;

static void call_import(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    const union gale_flat args[2] = {{params[0].i32}, {16}};

    guest_log(g,
              gale_canon_lower(&g->instance, &import, args, (import.flags & GALE_LOWER_ASYNC) != 0 ? NULL : results));
    if ((import.flags & GALE_LOWER_ASYNC) != 0) {
        results[0].i32 = guest_word(g, 16);
    }
}

TEST(task, calls_between_instances_pass_values_in_all_four_ways)
{
    for (unsigned kind = 0; kind < GUEST_KINDS; kind++) {
        for (unsigned async = 0; async < 2u; async++) {
            guests_reset();
            import = guest_binding(0, 1, (enum guest_kind)kind, async != 0);
            guests[0].core = call_import;
            guests[1].core = kind < GUEST_CALLBACK ? return_plus_1 : return_at_once;

            CHECK_EQ(guest_invoke(0, GUEST_SYNC, 8), GALE_OK);
            CHECK_EQ(guests[0].log[0], async != 0 ? GALE_SUBTASK_RETURNED : 0);
            CHECK_EQ(guest_result[0].i32, kind < GUEST_CALLBACK ? 9 : 16);
            CHECK_EQ(store.live_tasks, 0);
            CHECK(gale_store_is_valid(&store));
        }
    }
}

static void call_and_wait(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    const union gale_flat args[2] = {{params[0].i32}, {16}};
    const uint32_t packed = gale_canon_lower(&g->instance, &import, args, NULL);
    const uint32_t set = gale_canon_waitable_set_new(&g->instance);

    guest_log(g, packed);
    gale_canon_waitable_join(&g->instance, packed >> 4, set);
    g->note[1] = packed >> 4;
    results[0].i32 = 2u | set << 4;
}

static uint32_t log_event_and_return(struct guest *g, uint32_t event, uint32_t p1, uint32_t p2)
{
    guest_log(g, event);
    guest_log(g, p1);
    guest_log(g, p2);
    gale_canon_subtask_drop(&g->instance, p1);
    guest_return(g, guest_word(g, 16));
    return 0;
}

TEST(task, a_blocked_call_completes_through_a_callback)
{
    guests_reset();
    import = guest_binding(0, 1, GUEST_CALLBACK, true);
    guests[0].core = call_and_wait;
    guests[0].callback = log_event_and_return;
    guests[1].core = yield_first;
    guests[1].callback = return_noted;

    CHECK_EQ(guest_invoke(0, GUEST_CALLBACK, 11), GALE_OK);
    CHECK_EQ(guests[0].log[0], GALE_SUBTASK_STARTED | 1u << 4);
    CHECK_EQ(gale_store_tick(&store), 1);
    CHECK(!guest_task.resolved);
    CHECK_EQ(gale_store_tick(&store), 1);
    CHECK(guest_task.resolved);
    CHECK_EQ(guest_result[0].i32, 11);
    CHECK_EQ(guests[0].log[1], GALE_CANON_EVENT_SUBTASK);
    CHECK_EQ(guests[0].log[2], 1);
    CHECK_EQ(guests[0].log[3], GALE_SUBTASK_RETURNED);
    CHECK_EQ(gale_store_tick(&store), 0);
    CHECK(gale_store_is_valid(&store));
}

TEST(task, a_sync_call_of_a_blocked_task_waits_on_its_stack)
{
    guests_reset();
    import = guest_binding(0, 1, GUEST_CALLBACK, false);
    guests[0].core = call_import;
    guests[1].core = yield_first;
    guests[1].callback = return_noted;

    CHECK_EQ(guest_invoke(0, GUEST_ASYNC_SYNC, 12), GALE_OK);
    CHECK(!guest_task.resolved);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK(guest_task.resolved);
    CHECK_EQ(guest_result[0].i32, 12);
    CHECK(gale_store_is_valid(&store));
}

TEST(task, blocking_without_a_stack_traps)
{
    guests_reset();
    import = guest_binding(0, 1, GUEST_CALLBACK, false);
    guests[0].core = call_import;
    guests[1].core = yield_first;
    guests[1].callback = return_noted;

    CHECK_TRAP(guest_invoke(0, GUEST_SYNC, 12), GALE_TRAP_CANNOT_BLOCK);
    CHECK(guests[0].instance.poisoned);
    CHECK(!guests[1].instance.poisoned);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_TRAP(guest_invoke(0, GUEST_SYNC, 12), GALE_TRAP_POISONED);
    CHECK(gale_store_is_valid(&store));
}

/* ---- lock and gate ------------------------------------------------------------------------------------------- */

static void hold_lock(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    guest_log(g, params[0].i32);
    (void)gale_canon_thread_yield(&g->instance, false);
    guest_log(g, params[0].i32 + 100u);
    results[0].i32 = params[0].i32;
}

/* @verifies TK04 TK05 */
TEST(task, tasks_that_need_the_lock_run_one_after_the_other)
{
    struct gale_host_task tasks[3] = {{0}};
    union gale_flat results[3][1];
    union gale_flat args[3][1] = {{{1}}, {{2}}, {{3}}};
    const struct gale_binding b = {&guest_funcs[0][GUEST_ASYNC_SYNC],
                                   NULL,
                                   NULL,
                                   0,
                                   1,
                                   guest_binding(GUESTS, 0, GUEST_SYNC, false).params,
                                   guest_binding(GUESTS, 0, GUEST_SYNC, false).results};

    guests_reset();
    guests[0].core = hold_lock;
    for (unsigned n = 0; n < 3u; n++) {
        CHECK_EQ(gale_store_invoke(&store, &b, args[n], results[n], &tasks[n]), GALE_OK);
        CHECK_EQ(tasks[n].state, n == 0 ? GALE_SUBTASK_STARTED : GALE_SUBTASK_STARTING);
    }
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    for (unsigned n = 0; n < 3u; n++) {
        CHECK_EQ(guests[0].log[2u * n], n + 1u);
        CHECK_EQ(guests[0].log[2u * n + 1u], n + 101u);
        CHECK(tasks[n].resolved);
    }
    CHECK(gale_store_is_valid(&store));
}
