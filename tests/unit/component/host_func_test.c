/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/component/host_func.h"
#include "gale/port.h"
#include "guests.h"

/* ---- host functions ------------------------------------------------------------------------------------------ */

static GALE_ALIGNED(8) uint8_t arena_bytes[64];
static struct gale_arena arena = {{arena_bytes, sizeof arena_bytes, 0, 0}, 0};
static const struct gale_value_options host_options = {&arena.memory, NULL, 0};

static struct gale_host_call pending;
static bool answers_now;
static unsigned cancels;
static bool confirms;

static void start(void *arg, const struct gale_host_call *call, const union gale_flat *params)
{
    const union gale_flat results[1] = {{params[0].i32 + 1u}};

    CHECK(arg == &pending);
    if (answers_now) {
        CHECK_EQ(gale_host_call_return(call, results), GALE_OK);
    } else {
        pending = *call;
    }
}

static void cancel(void *arg, const struct gale_host_call *call)
{
    (void)arg;
    cancels++;
    if (confirms) {
        CHECK_EQ(gale_host_call_cancelled(call), GALE_OK);
    }
}

static const struct gale_host_func plus_1 = {&pending, &host_options, GALE_FUNC_ASYNC_TYPE, start, cancel};
static struct gale_binding import;

static void begin(bool async, bool now)
{
    guests_reset();
    answers_now = now;
    cancels = 0;
    confirms = false;
    arena.used = 8;
    import = guest_binding(0, 1, GUEST_SYNC, async);
    import.callee = NULL;
    import.host = &plus_1;
}

static void call_host(struct guest *g)
{
    const union gale_flat args[2] = {{41}, {16}};
    union gale_flat results[1] = {{0}};

    guest_log(g,
              gale_canon_lower(&g->instance, &import, args, (import.flags & GALE_LOWER_ASYNC) != 0 ? NULL : results));
    guest_log(g, (import.flags & GALE_LOWER_ASYNC) != 0 ? guest_word(g, 16) : results[0].i32);
}

TEST(host_func, a_call_that_returns_at_once)
{
    for (unsigned async = 0; async < 2u; async++) {
        begin(async != 0, true);
        CHECK_EQ(guest_run(0, call_host), GALE_OK);
        CHECK_EQ(guests[0].log[0], async != 0 ? GALE_SUBTASK_RETURNED : 0);
        CHECK_EQ(guests[0].log[1], 42);
        CHECK_EQ(arena.used, 0); /* emptied for the call */
        CHECK_EQ(store.host_calls, 0);
    }
}

TEST(host_func, a_call_that_returns_later_wakes_its_caller)
{
    const union gale_flat results[1] = {{43}};

    begin(false, false);
    CHECK_EQ(guest_run(0, call_host), GALE_OK);
    CHECK_EQ(store.host_calls, 1);
    CHECK_EQ(gale_store_run(&store, gale_port_now()), GALE_ETIMEDOUT);
    CHECK(pending.caller == &guests[0].instance);
    CHECK_EQ(gale_host_call_return(&pending, results), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_EQ(guests[0].log[1], 43);
    CHECK(gale_store_is_valid(&store));
}

static void call_host_and_cancel(struct guest *g)
{
    const union gale_flat args[2] = {{41}, {16}};
    const uint32_t packed = gale_canon_lower(&g->instance, &import, args, NULL);

    guest_log(g, packed);
    guest_log(g, gale_canon_subtask_cancel(&g->instance, true, packed >> 4));
}

/* @verifies TK01 TK03 */
TEST(host_func, a_cancellation_is_asked_of_the_host)
{
    begin(true, false);
    confirms = true;
    CHECK_EQ(guest_run(0, call_host_and_cancel), GALE_OK);
    CHECK_EQ(guests[0].log[0], GALE_SUBTASK_STARTED | 1u << 4);
    CHECK_EQ(guests[0].log[1], GALE_SUBTASK_CANCELLED_BEFORE_RETURNED);
    CHECK_EQ(cancels, 1);

    begin(true, false);
    CHECK_EQ(guest_run(0, call_host_and_cancel), GALE_OK);
    CHECK_EQ(guests[0].log[1], GALE_CANON_BLOCKED);
    CHECK_EQ(gale_host_call_cancelled(&pending), GALE_OK);
    CHECK_EQ(store.host_calls, 0);
    CHECK(gale_store_is_valid(&store));
}

static void call_host_and_trap(struct guest *g)
{
    const union gale_flat args[2] = {{41}, {16}};

    (void)gale_canon_lower(&g->instance, &import, args, NULL);
    gale_trap(&g->instance, GALE_TRAP_UNREACHABLE);
}

/* @verifies IN01 */
TEST(host_func, the_host_learns_that_a_caller_is_gone)
{
    const union gale_flat results[1] = {{43}};

    begin(true, false);
    CHECK_TRAP(guest_run(0, call_host_and_trap), GALE_TRAP_UNREACHABLE);
    CHECK_EQ(cancels, 1);
    CHECK_EQ(gale_host_call_return(&pending, results), GALE_OK);
    CHECK_EQ(guest_word(&guests[0], 16), 0);
    CHECK_EQ(store.host_calls, 0);
    CHECK(gale_store_is_valid(&store));
}

static void results_fail(const struct gale_transfer *t, const union gale_flat *from, const union gale_flat *args,
                         union gale_flat *to)
{
    (void)from;
    (void)args;
    (void)to;
    (void)gale_value_at(&t->to, 2, 4, 4);
}

TEST(host_func, a_result_that_does_not_fit_traps_the_caller)
{
    const union gale_flat results[1] = {{43}};

    begin(false, false);
    import.results = results_fail;
    CHECK_EQ(guest_run(0, call_host), GALE_OK);
    CHECK_TRAP(gale_host_call_return(&pending, results), GALE_TRAP_UNALIGNED);
    CHECK_EQ(store.live_tasks, guests[0].instance.poisoned ? 0 : 1);
}

static void params_too_large(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *params)
{
    params[0].i32 = gale_value_realloc(&t->to, 0, 0, 8, args[0].i32);
}

TEST(host_func, parameters_that_do_not_fit_the_arena_trap_the_caller)
{
    begin(false, true);
    import.params = params_too_large;
    CHECK_EQ(guest_run(0, call_host), GALE_OK);
    CHECK_EQ(arena.used, 41);
    arena.memory.size = 40;
    CHECK_TRAP(guest_run(0, call_host), GALE_TRAP_NO_REALLOC);
    CHECK(guests[0].instance.poisoned);
    arena.memory.size = sizeof arena_bytes;
}

/* ---- calls into the store ---------------------------------------------------------------------------------------- */

static int nested[4];

static void start_calls_store(void *arg, const struct gale_host_call *call, const union gale_flat *params)
{
    struct gale_host_task task = {0};

    nested[0] = gale_store_invoke(call->store, &import, params, NULL, &task);
    nested[1] = gale_store_tick(call->store);
    nested[2] = gale_store_cancel(call->store, &task);
    nested[3] = gale_store_run(call->store, GALE_FOREVER);
    start(arg, call, params);
}

TEST(store, calls_from_within_a_run_are_refused)
{
    static struct gale_host_func f;

    begin(false, true);
    f = plus_1;
    f.start = start_calls_store;
    import.host = &f;
    CHECK_EQ(guest_run(0, call_host), GALE_OK);
    for (unsigned n = 0; n < 4u; n++) {
        CHECK_EQ(nested[n], GALE_EBUSY);
    }
}

static void yield_and_stop(struct guest *g)
{
    (void)gale_canon_thread_yield(&g->instance, false);
    gale_store_stop(&store);
    (void)gale_canon_thread_yield(&g->instance, false);
}

TEST(store, stop_ends_a_run_between_two_threads)
{
    guests_reset();
    CHECK_EQ(guest_run(0, yield_and_stop), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK(!guest_task.resolved);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK(guest_task.resolved);
}
