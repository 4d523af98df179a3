/* SPDX-License-Identifier: Apache-2.0 */
#include "guests.h"

#define EVENTS 64u

static struct gale_copy_options words;

static void begin(void)
{
    guests_reset();
    words = guest_copy(0, &type_u32, true);
}

static uint32_t poll(struct guest *g, uint32_t set)
{
    return gale_canon_waitable_set_poll(&g->instance, &g->memory, false, set, EVENTS);
}

/* Makes three streams; their readable ends 1, 3 and 5 wait for data. */
static void three_readers(struct guest *g)
{
    for (unsigned n = 0; n < 3u; n++) {
        const uint64_t ends = gale_canon_stream_new(&g->instance, &words);

        CHECK_EQ(ends, (2u * n + 1u) | (uint64_t)(2u * n + 2u) << 32);
        CHECK_EQ(gale_canon_stream_read(&g->instance, &words, (uint32_t)ends, 512, 1), GALE_CANON_BLOCKED);
    }
}

static void write_to(struct guest *g, uint32_t reader)
{
    CHECK_EQ(gale_canon_stream_write(&g->instance, &words, reader + 1u, 256, 1), 1u << 4);
}

static void events_in_order(struct guest *g)
{
    const uint32_t set = (three_readers(g), gale_canon_waitable_set_new(&g->instance));

    gale_canon_waitable_join(&g->instance, 1, set);
    gale_canon_waitable_join(&g->instance, 3, set);
    write_to(g, 5); /* has an event before it joins */
    write_to(g, 3);
    write_to(g, 1);
    gale_canon_waitable_join(&g->instance, 5, set);
    for (uint32_t n = 0; n < 3u; n++) {
        static const uint32_t expected[] = {3, 1, 5};

        CHECK_EQ(poll(g, set), GALE_CANON_EVENT_STREAM_READ);
        CHECK_EQ(guest_word(g, EVENTS), expected[n]);
        CHECK_EQ(guest_word(g, EVENTS + 4u), 1u << 4);
    }
    CHECK_EQ(poll(g, set), GALE_CANON_EVENT_NONE);
    CHECK_EQ(guest_word(g, EVENTS), 0);
}

TEST(waitable, events_are_delivered_in_order_of_arrival_in_the_set)
{
    begin();
    CHECK_EQ(guest_run(0, events_in_order), GALE_OK);
    CHECK(gale_store_is_valid(&store));
}

static void event_moves(struct guest *g)
{
    const uint32_t a = (three_readers(g), gale_canon_waitable_set_new(&g->instance));
    const uint32_t b = gale_canon_waitable_set_new(&g->instance);

    gale_canon_waitable_join(&g->instance, 1, a);
    write_to(g, 1);
    gale_canon_waitable_join(&g->instance, 1, b);
    CHECK_EQ(poll(g, a), GALE_CANON_EVENT_NONE);
    gale_canon_waitable_set_drop(&g->instance, a);
    gale_canon_waitable_join(&g->instance, 1, 0);
    CHECK_EQ(poll(g, b), GALE_CANON_EVENT_NONE);
    gale_canon_waitable_set_drop(&g->instance, b);
    /* The event has stayed with the waitable. */
    CHECK_EQ(gale_canon_stream_cancel_read(&g->instance, &words, 1), 1u << 4);
    CHECK_EQ(g->instance.left.sets, 4);
}

TEST(waitable, a_pending_event_moves_with_its_waitable)
{
    begin();
    CHECK_EQ(guest_run(0, event_moves), GALE_OK);
    CHECK(gale_store_is_valid(&store));
}

/* ---- two waiters, one event ---------------------------------------------------------------------------------- */

static void wait_and_log(void *guest, void *arg, uint32_t c)
{
    struct guest *g = guest;

    (void)arg;
    guest_log(g, 100u + c);
    guest_log(g, gale_canon_waitable_set_wait(&g->instance, &g->memory, false, g->note[0], EVENTS + 8u * c));
    guest_log(g, 200u + c);
}

static void two_waiters(struct guest *g)
{
    three_readers(g);
    g->note[0] = gale_canon_waitable_set_new(&g->instance);
    gale_canon_waitable_join(&g->instance, 1, g->note[0]);
    gale_canon_waitable_join(&g->instance, 3, g->note[0]);
    for (uint32_t c = 0; c < 2u; c++) {
        gale_canon_thread_resume_later(&g->instance,
                                       gale_canon_thread_new_indirect(&g->instance, wait_and_log, NULL, c));
    }
    (void)gale_canon_thread_yield(&g->instance, false);
    write_to(g, 1);
    (void)gale_canon_thread_yield(&g->instance, false);
    guest_log(g, 300);
    (void)gale_canon_thread_yield(&g->instance, false);
    write_to(g, 3);
}

TEST(waitable, of_two_waiters_the_first_gets_the_event_and_the_second_goes_on_waiting)
{
    static const uint32_t expected[] = {100, 101, GALE_CANON_EVENT_STREAM_READ, 200, 300, GALE_CANON_EVENT_STREAM_READ,
                                        201};

    begin();
    CHECK_EQ(guest_run(0, two_waiters), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    REQUIRE(guests[0].logged == sizeof expected / sizeof expected[0]);
    for (unsigned n = 0; n < guests[0].logged; n++) {
        CHECK_EQ(guests[0].log[n], expected[n]);
    }
    CHECK(gale_store_is_valid(&store));
}

/* ---- traps --------------------------------------------------------------------------------------------------- */

static void drop_with_members(struct guest *g)
{
    const uint32_t set = (three_readers(g), gale_canon_waitable_set_new(&g->instance));

    gale_canon_waitable_join(&g->instance, 1, set);
    gale_canon_waitable_set_drop(&g->instance, set);
}

static void drop_with_waiters(struct guest *g)
{
    g->note[0] = gale_canon_waitable_set_new(&g->instance);
    gale_canon_thread_resume_later(&g->instance, gale_canon_thread_new_indirect(&g->instance, wait_and_log, NULL, 0));
    (void)gale_canon_thread_yield(&g->instance, false);
    gale_canon_waitable_set_drop(&g->instance, g->note[0]);
}

static void join_a_set(struct guest *g)
{
    const uint32_t set = gale_canon_waitable_set_new(&g->instance);

    gale_canon_waitable_join(&g->instance, set, set);
}

static void join_no_set(struct guest *g)
{
    three_readers(g);
    gale_canon_waitable_join(&g->instance, 1, 3);
}

static void join_unknown(struct guest *g)
{
    three_readers(g);
    gale_canon_waitable_join(&g->instance, 1, 77);
}

static void wait_on_a_stream(struct guest *g)
{
    three_readers(g);
    (void)poll(g, 1);
}

static void payload_unaligned(struct guest *g)
{
    const uint32_t set = gale_canon_waitable_set_new(&g->instance);

    (void)gale_canon_waitable_set_poll(&g->instance, &g->memory, false, set, 2);
}

static void payload_out_of_bounds(struct guest *g)
{
    const uint32_t set = gale_canon_waitable_set_new(&g->instance);

    (void)gale_canon_waitable_set_poll(&g->instance, &g->memory, false, set, GUEST_PAGE - 4u);
}

static void too_many_sets(struct guest *g)
{
    for (unsigned n = 0; n < 5u; n++) {
        (void)gale_canon_waitable_set_new(&g->instance);
    }
}

static void read_sync(void *guest, void *arg, uint32_t c)
{
    struct guest *g = guest;
    const struct gale_copy_options sync = guest_copy(0, &type_u32, false);

    (void)arg;
    (void)gale_canon_stream_read(&g->instance, &sync, c, 512, 1);
}

static void join_under_a_sync_read(struct guest *g)
{
    const uint64_t ends = gale_canon_stream_new(&g->instance, &words);

    gale_canon_thread_resume_later(&g->instance,
                                   gale_canon_thread_new_indirect(&g->instance, read_sync, NULL, (uint32_t)ends));
    (void)gale_canon_thread_yield(&g->instance, false);
    gale_canon_waitable_join(&g->instance, (uint32_t)ends, gale_canon_waitable_set_new(&g->instance));
}

static void cancel_under_a_sync_read(struct guest *g)
{
    const uint64_t ends = gale_canon_stream_new(&g->instance, &words);

    gale_canon_thread_resume_later(&g->instance,
                                   gale_canon_thread_new_indirect(&g->instance, read_sync, NULL, (uint32_t)ends));
    (void)gale_canon_thread_yield(&g->instance, false);
    (void)gale_canon_stream_cancel_read(&g->instance, &words, (uint32_t)ends);
}

/* @verifies HT04 */
TEST(waitable, what_a_guest_must_not_do_traps)
{
    static const struct {
        void (*body)(struct guest *g);
        enum gale_trap trap;
    } cases[] = {
        {drop_with_members, GALE_TRAP_SET_HAS_MEMBERS},
        {drop_with_waiters, GALE_TRAP_SET_HAS_WAITERS},
        {join_a_set, GALE_TRAP_WRONG_KIND},
        {join_no_set, GALE_TRAP_WRONG_KIND},
        {join_unknown, GALE_TRAP_UNKNOWN_HANDLE},
        {wait_on_a_stream, GALE_TRAP_WRONG_KIND},
        {payload_unaligned, GALE_TRAP_UNALIGNED},
        {payload_out_of_bounds, GALE_TRAP_OUT_OF_BOUNDS},
        {too_many_sets, GALE_TRAP_BUDGET},
        {join_under_a_sync_read, GALE_TRAP_SYNC_WAITER},
        {cancel_under_a_sync_read, GALE_TRAP_COPY_IDLE},
    };

    for (unsigned n = 0; n < sizeof cases / sizeof cases[0]; n++) {
        int status;

        test_note("case", n);
        begin();
        status = guest_run(0, cases[n].body);
        if (status == GALE_OK) {
            status = gale_store_run(&store, GALE_FOREVER);
        }
        CHECK_TRAP(status, cases[n].trap);
        CHECK_EQ(store.live_tasks, 0);
        CHECK(gale_store_is_valid(&store));
    }
}

/* ---- a callback waits for event and lock ------------------------------------------------------------------------ */

static void wait_by_callback(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    if (params[0].i32 == 0) { /* the first call makes the stream, the second one writes and keeps the lock */
        three_readers(g);
        g->note[0] = gale_canon_waitable_set_new(&g->instance);
        gale_canon_waitable_join(&g->instance, 1, g->note[0]);
        results[0].i32 = 2u | g->note[0] << 4;
        return;
    }
    write_to(g, 1);
    guest_log(g, 1);
    (void)gale_canon_thread_yield(&g->instance, false);
    guest_log(g, 2);
    guest_return(g, 0);
    results[0].i32 = 0;
}

static uint32_t log_event(struct guest *g, uint32_t event, uint32_t p1, uint32_t p2)
{
    (void)p2;
    guest_log(g, event);
    guest_log(g, p1);
    guest_return(g, 9);
    return 0;
}

/* @verifies TK04 */
TEST(waitable, a_callback_runs_when_it_has_an_event_and_the_lock)
{
    static const uint32_t expected[] = {1, 2, GALE_CANON_EVENT_STREAM_READ, 1};
    static struct gale_host_task second;
    const struct gale_binding b = guest_binding(GUESTS, 0, GUEST_CALLBACK_STACK, false);
    const union gale_flat args[1] = {{1}};
    union gale_flat results[1];

    begin();
    guests[0].core = wait_by_callback;
    guests[0].callback = log_event;
    CHECK_EQ(guest_invoke(0, GUEST_CALLBACK, 0), GALE_OK);
    CHECK_EQ(gale_store_tick(&store), 0);
    memset(&second, 0, sizeof second);
    CHECK_EQ(gale_store_invoke(&store, &b, args, results, &second), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    REQUIRE(guests[0].logged == 4u);
    for (unsigned n = 0; n < 4u; n++) {
        CHECK_EQ(guests[0].log[n], expected[n]);
    }
    CHECK(guest_task.resolved && second.resolved);
    CHECK(gale_store_is_valid(&store));
}
