/* SPDX-License-Identifier: Apache-2.0 */
#include "guests.h"

static void log_c(void *guest, void *arg, uint32_t c)
{
    struct guest *g = guest;

    guest_log(g, c);
    guest_log(g, gale_canon_thread_index(&g->instance));
    CHECK(arg == &guests[0]);
}

static uint32_t spawn(struct guest *g, void (*fn)(void *guest, void *arg, uint32_t c), uint32_t c)
{
    return gale_canon_thread_new_indirect(&g->instance, fn, &guests[0], c);
}

static void resume_each(struct guest *g)
{
    CHECK_EQ(gale_canon_thread_index(&g->instance), 1);
    CHECK_EQ(spawn(g, log_c, 20), 2);
    CHECK_EQ(spawn(g, log_c, 30), 3);
    CHECK_EQ(gale_canon_thread_yield_then_resume(&g->instance, false, 3), 0);
    gale_canon_thread_resume_later(&g->instance, 2);
    CHECK_EQ(gale_canon_thread_yield(&g->instance, false), 0);
    CHECK_EQ(spawn(g, log_c, 40), 2); /* the index freed last */
    gale_canon_thread_resume_later(&g->instance, 2);
}

TEST(thread, new_threads_run_when_they_are_named)
{
    static const uint32_t expected[] = {30, 3, 20, 2, 40, 2};

    guests_reset();
    CHECK_EQ(guest_run(0, resume_each), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    REQUIRE(guests[0].logged == 6u);
    for (unsigned n = 0; n < 6u; n++) {
        CHECK_EQ(guests[0].log[n], expected[n]);
    }
    CHECK(gale_store_is_valid(&store));
}

/* ---- storage ------------------------------------------------------------------------------------------------- */

static void use_context(void *guest, void *arg, uint32_t c)
{
    struct guest *g = guest;

    (void)arg;
    guest_log(g, gale_canon_context_get(&g->instance, 0));
    gale_canon_context_set(&g->instance, 0, c);
    gale_canon_context_set(&g->instance, 1, c + 1u);
    (void)gale_canon_thread_yield(&g->instance, false);
    guest_log(g, gale_canon_context_get(&g->instance, 0) + gale_canon_context_get(&g->instance, 1));
}

static void contexts(struct guest *g)
{
    gale_canon_context_set(&g->instance, 0, 7);
    gale_canon_thread_resume_later(&g->instance, spawn(g, use_context, 10));
    gale_canon_thread_resume_later(&g->instance, spawn(g, use_context, 20));
    (void)gale_canon_thread_yield(&g->instance, false);
    guest_log(g, gale_canon_context_get(&g->instance, 0));
}

TEST(thread, each_has_a_storage_of_its_own)
{
    static const uint32_t expected[] = {0, 0, 7, 21, 41};

    guests_reset();
    CHECK_EQ(guest_run(0, contexts), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    REQUIRE(guests[0].logged == 5u);
    for (unsigned n = 0; n < 5u; n++) {
        CHECK_EQ(guests[0].log[n], expected[n]);
    }
}

/* ---- suspend, promote ---------------------------------------------------------------------------------------- */

static void resume_implicit(void *guest, void *arg, uint32_t c)
{
    struct guest *g = guest;

    (void)arg;
    guest_log(g, c);
    gale_canon_thread_resume_later(&g->instance, 1);
}

static void ping(struct guest *g)
{
    CHECK_EQ(gale_canon_thread_suspend_then_resume(&g->instance, false, spawn(g, resume_implicit, 1)), 0);
    guest_log(g, 2);
    gale_canon_thread_resume_later(&g->instance, spawn(g, resume_implicit, 3));
    CHECK_EQ(gale_canon_thread_suspend_then_promote(&g->instance, false, 2), 0);
    guest_log(g, 4);
    gale_canon_thread_resume_later(&g->instance, spawn(g, log_c, 5));
    CHECK_EQ(gale_canon_thread_yield_then_promote(&g->instance, false, 2), 0);
    guest_log(g, 6);
    (void)spawn(g, log_c, 7);
    CHECK_EQ(gale_canon_thread_yield_then_promote(&g->instance, false, 2), 0); /* suspended: only yields */
    gale_canon_thread_resume_later(&g->instance, 2);
}

TEST(thread, suspension_hands_the_core_to_whom_it_names)
{
    static const uint32_t expected[] = {1, 2, 3, 4, 5, 2, 6, 7, 2};

    guests_reset();
    CHECK_EQ(guest_run(0, ping), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    REQUIRE(guests[0].logged == sizeof expected / sizeof expected[0]);
    for (unsigned n = 0; n < guests[0].logged; n++) {
        CHECK_EQ(guests[0].log[n], expected[n]);
    }
    CHECK_EQ(store.live_tasks, 0);
    CHECK(gale_store_is_valid(&store));
}

/* ---- a function that is not async ------------------------------------------------------------------------------- */

static void suspend_for_help(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    if (params[0].i32 != 0) {
        gale_canon_thread_resume_later(&g->instance, spawn(g, resume_implicit, 1));
    }
    (void)gale_canon_thread_suspend(&g->instance, false);
    guest_log(g, 2);
    results[0].i32 = 3;
}

TEST(thread, a_sync_call_may_block_while_another_thread_can_run)
{
    guests_reset();
    guests[0].core = suspend_for_help;
    CHECK_EQ(guest_invoke(0, GUEST_SYNC_STACK, 1), GALE_OK);
    CHECK(guest_task.resolved);
    CHECK_EQ(guest_result[0].i32, 3);
    CHECK_EQ(guests[0].logged, 2);

    guests_reset();
    guests[0].core = suspend_for_help;
    CHECK_TRAP(guest_invoke(0, GUEST_SYNC_STACK, 0), GALE_TRAP_SYNC_BLOCK);
    CHECK(gale_store_is_valid(&store));
}

/* ---- traps --------------------------------------------------------------------------------------------------- */

static void resume_unknown(struct guest *g)
{
    gale_canon_thread_resume_later(&g->instance, 9);
}

static void resume_zero(struct guest *g)
{
    gale_canon_thread_resume_later(&g->instance, 0);
}

static void resume_itself(struct guest *g)
{
    gale_canon_thread_resume_later(&g->instance, 1);
}

static void resume_ready(struct guest *g)
{
    const uint32_t t = spawn(g, log_c, 1);

    gale_canon_thread_resume_later(&g->instance, t);
    (void)gale_canon_thread_yield_then_resume(&g->instance, false, t);
}

static void too_many_threads(struct guest *g)
{
    for (unsigned n = 0; n < 12u; n++) {
        (void)spawn(g, log_c, n);
    }
}

static void leave_unresolved(void *guest, void *arg, uint32_t c)
{
    (void)guest;
    (void)arg;
    (void)c;
}

static void end_before_thread(struct guest *g)
{
    gale_canon_thread_resume_later(&g->instance, spawn(g, leave_unresolved, 0));
}

/* @verifies HT05 */
TEST(thread, what_a_guest_must_not_do_traps)
{
    static const struct {
        void (*body)(struct guest *g);
        enum gale_trap trap;
    } cases[] = {
        {resume_unknown, GALE_TRAP_UNKNOWN_HANDLE},
        {resume_zero, GALE_TRAP_UNKNOWN_HANDLE},
        {resume_itself, GALE_TRAP_THREAD_NOT_SUSPENDED},
        {resume_ready, GALE_TRAP_THREAD_NOT_SUSPENDED},
        {too_many_threads, GALE_TRAP_BUDGET},
    };

    for (unsigned n = 0; n < sizeof cases / sizeof cases[0]; n++) {
        test_note("case", n);
        guests_reset();
        CHECK_TRAP(guest_run(0, cases[n].body), cases[n].trap);
        CHECK(gale_store_is_valid(&store));
    }
}

/* @verifies TK02 */
TEST(thread, the_last_thread_of_a_task_must_have_seen_it_resolved)
{
    guests_reset();
    guests[0].core = NULL;
    guests[0].body = NULL;
    CHECK_EQ(guest_run(0, end_before_thread), GALE_OK); /* a sync lift resolves before its first thread ends */
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_EQ(store.live_tasks, 0);
    CHECK(gale_store_is_valid(&store));
}
