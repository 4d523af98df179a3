/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/component/trace.h"

#include "gale/component/report.h"
#include "guests.h"

static void return_3(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)g;
    (void)params;
    results[0].i32 = 3;
}

TEST(trace, tells_what_happened_in_order)
{
    static const enum gale_trace_kind expected[] = {GALE_TRACE_HOST,  GALE_TRACE_CALL,   GALE_TRACE_RESUME,
                                                    GALE_TRACE_START, GALE_TRACE_RETURN, GALE_TRACE_EXIT};
    static struct gale_trace_record records[16];
    struct gale_trace trace;

    guests_reset();
    guests[0].core = return_3;
    gale_trace_start(&store, &trace, records, 16);
    CHECK_EQ(guest_invoke(0, GUEST_SYNC, 0), GALE_OK);
    REQUIRE(trace.total == sizeof expected / sizeof expected[0]);
    for (uint32_t n = 0; n < trace.total; n++) {
        REQUIRE(gale_trace_at(&trace, n) != NULL);
        CHECK_EQ(gale_trace_at(&trace, n)->kind, expected[n]);
    }
    CHECK(gale_trace_at(&trace, (uint32_t)trace.total) == NULL);
    CHECK_EQ(gale_trace_at(&trace, 0)->instance, UINT16_MAX);
    CHECK_EQ(gale_trace_at(&trace, 1)->instance, 0);
}

TEST(trace, a_full_ring_keeps_the_latest)
{
    static struct gale_trace_record records[4];
    struct gale_trace trace;

    guests_reset();
    guests[0].core = return_3;
    gale_trace_start(&store, &trace, records, 4);
    CHECK_EQ(guest_invoke(0, GUEST_SYNC, 0), GALE_OK);
    CHECK_EQ(trace.total, 6);
    CHECK_EQ(gale_trace_at(&trace, 0)->kind, GALE_TRACE_RESUME);
    CHECK_EQ(gale_trace_at(&trace, 3)->kind, GALE_TRACE_EXIT);
    CHECK(gale_trace_at(&trace, 4) == NULL);
}

/* ---- streams ------------------------------------------------------------------------------------------------- */

/* Writes two words to a stream of its own, and reads one. */
static void pass_words(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    const struct gale_copy_options words = guest_copy(0, &type_u32, true);
    const uint64_t ends = gale_canon_stream_new(&g->instance, &words);

    (void)params;
    (void)gale_canon_stream_write(&g->instance, &words, (uint32_t)(ends >> 32), 256, 2);
    (void)gale_canon_stream_read(&g->instance, &words, (uint32_t)ends, 512, 1);
    results[0].i32 = 0;
}

static struct gale_trace_record heard[16];
static unsigned heard_count;

/* Keeps what concerns streams. */
static void hear(void *arg, const struct gale_trace_record *record)
{
    CHECK(arg == heard);
    if (record->kind == GALE_TRACE_NEW || record->kind == GALE_TRACE_PEND || record->kind == GALE_TRACE_COPY) {
        heard[heard_count++ % 16u] = *record;
    }
}

/* The ring holds one record; a listener hears of all. */
TEST(trace, a_listener_hears_who_waits_and_what_moves)
{
    static struct gale_trace_record records[1];
    struct gale_trace trace;

    guests_reset();
    guests[0].core = pass_words;
    heard_count = 0;
    gale_trace_start(&store, &trace, records, 1);
    gale_trace_listen(&trace, hear, heard);
    CHECK_EQ(guest_invoke(0, GUEST_SYNC, 0), GALE_OK);
    REQUIRE(heard_count == 3);
    CHECK_EQ(heard[0].kind, GALE_TRACE_NEW);
    CHECK_EQ(heard[0].b, 0);
    CHECK_EQ(heard[1].kind, GALE_TRACE_PEND);
    CHECK_EQ(heard[1].a, heard[0].a);
    CHECK_EQ(heard[1].b, 2);
    CHECK_EQ(heard[2].kind, GALE_TRACE_COPY);
    CHECK_EQ(heard[2].b, 1);
    gale_trace_listen(&trace, NULL, NULL);
    CHECK_EQ(guest_invoke(0, GUEST_SYNC, 0), GALE_OK);
    CHECK_EQ(heard_count, 3);
}

TEST(trace, each_kind_has_a_name)
{
    CHECK_STR(gale_trace_name(GALE_TRACE_CALL), "call");
    CHECK_STR(gale_trace_name(GALE_TRACE_TRAP), "trap");
    CHECK_STR(gale_trace_name(GALE_TRACE_ALLOC), "alloc");
    CHECK_STR(gale_trace_name((enum gale_trace_kind)99), "?");
}

TEST(trap, each_code_has_a_text)
{
    for (unsigned n = 0; n < GALE_TRAP_COUNT; n++) {
        CHECK(gale_trap_text((enum gale_trap)n)[0] != '\0');
    }
    CHECK_STR(gale_trap_text(GALE_TRAP_COUNT), "unknown trap");
}

/* ---- report -------------------------------------------------------------------------------------------------- */

static struct gale_report_line lines[8];
static unsigned line_count;

static void keep_line(void *arg, const struct gale_report_line *line)
{
    CHECK(arg == &line_count);
    if (line_count < 8u) {
        lines[line_count++] = *line;
    }
}

static struct gale_binding import;

static void suspend(void *guest, void *arg, uint32_t c)
{
    (void)arg;
    (void)c;
    (void)gale_canon_thread_suspend(&((struct guest *)guest)->instance, false);
}

/* Calls guest 1 and waits for it, with a suspended thread beside. */
static void wait_for_guest_1(struct guest *g)
{
    const union gale_flat args[1] = {{0}};
    union gale_flat results[1];

    gale_canon_thread_resume_later(&g->instance, gale_canon_thread_new_indirect(&g->instance, suspend, NULL, 0));
    (void)gale_canon_lower(&g->instance, &import, args, results);
}

static void wait_on_set(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    const struct gale_copy_options words = guest_copy(1, &type_u32, true);
    const uint64_t ends = gale_canon_stream_new(&g->instance, &words);
    const uint32_t set = gale_canon_waitable_set_new(&g->instance);

    (void)params;
    gale_canon_waitable_join(&g->instance, (uint32_t)ends, set);
    results[0].i32 = 2u | set << 4;
}

static void wait_for_event(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    const struct gale_copy_options words = guest_copy(1, &type_u32, false);

    (void)params;
    (void)results;
    (void)gale_canon_stream_read(&g->instance, &words, (uint32_t)gale_canon_stream_new(&g->instance, &words), 256, 1);
}

static void check_report(unsigned expected)
{
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_EDEADLK);
    line_count = 0;
    CHECK_EQ(gale_store_report(&store, keep_line, &line_count), expected);
    CHECK_EQ(line_count, expected);
}

TEST(report, names_who_waits_and_for_what)
{
    guests_reset();
    import = guest_binding(0, 1, GUEST_CALLBACK, false);
    guests[1].core = wait_on_set;
    CHECK_EQ(guest_run(0, wait_for_guest_1), GALE_OK);
    check_report(3);
    CHECK(lines[0].instance == &guests[0].instance && lines[0].func == &guest_funcs[0][GUEST_ASYNC_SYNC]);
    CHECK_EQ(lines[0].wait, GALE_WAIT_SUBTASK);
    CHECK_EQ(lines[0].object, lines[2].task);
    CHECK_EQ(lines[0].thread, 1);
    CHECK(lines[1].suspended);
    CHECK(lines[2].instance == &guests[1].instance);
    CHECK_EQ(lines[2].wait, GALE_WAIT_SET_TURN);
    CHECK_EQ(lines[2].object, 3);
    CHECK_EQ(lines[2].members, 1);
    CHECK_EQ(lines[2].holder, GALE_ID_NONE);
}

TEST(report, names_a_closed_gate_and_a_waitable)
{
    guests_reset();
    import = guest_binding(0, 1, GUEST_STACKFUL, false);
    guests[1].instance.backpressure = 2;
    CHECK_EQ(guest_run(0, wait_for_guest_1), GALE_OK);
    check_report(3);
    CHECK_EQ(lines[2].wait, GALE_WAIT_ENTRY);
    CHECK_EQ(lines[2].closings, 2);
    CHECK_EQ(lines[2].thread, GALE_ID_NONE);

    guests_reset();
    import = guest_binding(0, 1, GUEST_STACKFUL, false);
    guests[1].core = wait_for_event;
    CHECK_EQ(guest_run(0, wait_for_guest_1), GALE_OK);
    check_report(3);
    CHECK_EQ(lines[2].wait, GALE_WAIT_EVENT);
    CHECK_EQ(lines[2].object, 1);
    CHECK_STR(gale_report_text(GALE_WAIT_EVENT), "an operation it began to end");
    CHECK_STR(gale_report_text((enum gale_wait)99), "?");
}
