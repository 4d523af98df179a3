/* SPDX-License-Identifier: Apache-2.0 */
#include "guests.h"

#define PTR 256u /* of the writer */
#define DST 512u /* of the reader */
#define PACKED(result, count) ((uint32_t)(result) | (uint32_t)(count) << 4)

static struct gale_copy_options async_u32;
static struct gale_copy_options sync_u32;

static void begin(void)
{
    guests_reset();
    async_u32 = guest_copy(0, &type_u32, true);
    sync_u32 = guest_copy(0, &type_u32, false);
}

static uint32_t readable(uint64_t ends)
{
    return (uint32_t)ends;
}

static uint32_t writable(uint64_t ends)
{
    return (uint32_t)(ends >> 32);
}

static void fill(struct guest *g, uint32_t ptr, uint32_t n, uint32_t first)
{
    for (uint32_t k = 0; k < n; k++) {
        guest_set_word(g, ptr + 4u * k, first + k);
    }
}

/* ---- within one instance: numbers may pass ------------------------------------------------------------------- */

static void write_then_read(struct guest *g)
{
    struct gale_instance *i = &g->instance;
    const uint64_t ends = gale_canon_stream_new(i, &async_u32);

    CHECK_EQ(readable(ends), 1);
    CHECK_EQ(writable(ends), 2);
    fill(g, PTR, 4, 100);
    CHECK_EQ(gale_canon_stream_write(i, &async_u32, 2, PTR, 4), GALE_CANON_BLOCKED);
    CHECK_EQ(gale_canon_stream_read(i, &async_u32, 1, DST, 3), PACKED(GALE_COPY_COMPLETED, 3));
    CHECK_EQ(gale_canon_stream_read(i, &async_u32, 1, DST + 12, 3), PACKED(GALE_COPY_COMPLETED, 1));
    for (uint32_t k = 0; k < 4u; k++) {
        CHECK_EQ(guest_word(g, DST + 4u * k), 100u + k);
    }
    CHECK_EQ(guest_word(g, DST + 16u), 0);
    /* The writer's event tells all that went. */
    CHECK_EQ(gale_canon_stream_cancel_write(i, &async_u32, 2), PACKED(GALE_COPY_COMPLETED, 4));
    gale_canon_stream_drop_writable(i, &async_u32, 2);
    CHECK_EQ(gale_canon_stream_read(i, &async_u32, 1, DST, 1), PACKED(GALE_COPY_DROPPED, 0));
    gale_canon_stream_drop_readable(i, &async_u32, 1);
    CHECK_EQ(i->left.streams, 8);
}

/* @verifies ST01 ST02 ST03 ST05 */
TEST(stream, a_read_takes_what_a_pending_write_offers)
{
    begin();
    CHECK_EQ(guest_run(0, write_then_read), GALE_OK);
    CHECK(gale_store_is_valid(&store));
}

static void read_then_write(struct guest *g)
{
    struct gale_instance *i = &g->instance;
    const uint64_t ends = gale_canon_stream_new(i, &async_u32);
    const uint32_t set = gale_canon_waitable_set_new(i);

    (void)ends;
    fill(g, PTR, 4, 7);
    gale_canon_waitable_join(i, 1, set);
    CHECK_EQ(gale_canon_stream_read(i, &async_u32, 1, DST, 8), GALE_CANON_BLOCKED);
    CHECK_EQ(gale_canon_waitable_set_poll(i, &g->memory, false, set, 64), GALE_CANON_EVENT_NONE);
    CHECK_EQ(gale_canon_stream_write(i, &sync_u32, 2, PTR, 3), PACKED(GALE_COPY_COMPLETED, 3));
    CHECK_EQ(gale_canon_stream_write(i, &sync_u32, 2, PTR + 12, 1), PACKED(GALE_COPY_COMPLETED, 1));
    CHECK_EQ(gale_canon_waitable_set_wait(i, &g->memory, false, set, 64), GALE_CANON_EVENT_STREAM_READ);
    CHECK_EQ(guest_word(g, 64), 1);
    CHECK_EQ(guest_word(g, 68), PACKED(GALE_COPY_COMPLETED, 4));
    CHECK_EQ(guest_word(g, DST + 12u), 10);
    /* Delivered: the buffer is the reader's again. */
    CHECK_EQ(gale_canon_stream_write(i, &async_u32, 2, PTR, 1), GALE_CANON_BLOCKED);
    CHECK_EQ(guest_word(g, DST + 16u), 0);
}

/* @verifies ST01 ST02 ST06 */
TEST(stream, writes_fill_a_pending_read_until_its_event_is_delivered)
{
    begin();
    CHECK_EQ(guest_run(0, read_then_write), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK(guest_task.resolved);
    CHECK(gale_store_is_valid(&store));
}

static void zero_lengths(struct guest *g)
{
    struct gale_instance *i = &g->instance;

    (void)gale_canon_stream_new(i, &async_u32);
    /* Both zero: the write completes, the read stays. */
    CHECK_EQ(gale_canon_stream_read(i, &async_u32, 1, 3, 0), GALE_CANON_BLOCKED);
    CHECK_EQ(gale_canon_stream_write(i, &async_u32, 2, 3, 0), PACKED(GALE_COPY_COMPLETED, 0));
    /* A write with data ends a zero read and pends itself. */
    CHECK_EQ(gale_canon_stream_write(i, &async_u32, 2, PTR, 2), GALE_CANON_BLOCKED);
    CHECK_EQ(gale_canon_stream_cancel_read(i, &async_u32, 1), PACKED(GALE_COPY_COMPLETED, 0));
    /* A zero read meets a write with data: done, and the writer does not notice. */
    CHECK_EQ(gale_canon_stream_read(i, &async_u32, 1, 0, 0), PACKED(GALE_COPY_COMPLETED, 0));
    CHECK_EQ(gale_canon_stream_cancel_write(i, &async_u32, 2), PACKED(GALE_COPY_CANCELLED, 0));
    /* A zero write pends, and a zero read takes its place. */
    CHECK_EQ(gale_canon_stream_write(i, &async_u32, 2, 0, 0), GALE_CANON_BLOCKED);
    CHECK_EQ(gale_canon_stream_read(i, &async_u32, 1, 0, 0), GALE_CANON_BLOCKED);
    CHECK_EQ(gale_canon_stream_cancel_write(i, &async_u32, 2), PACKED(GALE_COPY_COMPLETED, 0));
    CHECK_EQ(gale_canon_stream_cancel_read(i, &async_u32, 1), PACKED(GALE_COPY_CANCELLED, 0));
}

/* @verifies ST07 ST06 */
TEST(stream, zero_lengths_signal_readiness_and_never_livelock)
{
    begin();
    CHECK_EQ(guest_run(0, zero_lengths), GALE_OK);
    CHECK(gale_store_is_valid(&store));
}

static void drop_under_a_read(struct guest *g)
{
    struct gale_instance *i = &g->instance;
    const uint32_t set = gale_canon_waitable_set_new(i);

    (void)gale_canon_stream_new(i, &async_u32);
    gale_canon_waitable_join(i, 2, set);
    CHECK_EQ(gale_canon_stream_read(i, &async_u32, 2, DST, 8), GALE_CANON_BLOCKED);
    CHECK_EQ(gale_canon_stream_write(i, &async_u32, 3, PTR, 2), PACKED(GALE_COPY_COMPLETED, 2));
    gale_canon_stream_drop_writable(i, &async_u32, 3);
    CHECK_EQ(gale_canon_waitable_set_poll(i, &g->memory, false, set, 64), GALE_CANON_EVENT_STREAM_READ);
    CHECK_EQ(guest_word(g, 68), PACKED(GALE_COPY_DROPPED, 2));
    CHECK_EQ(gale_canon_waitable_set_poll(i, &g->memory, false, set, 64), GALE_CANON_EVENT_NONE);
    gale_canon_stream_drop_readable(i, &async_u32, 2);
    gale_canon_waitable_set_drop(i, set);
}

/* @verifies ST05 */
TEST(stream, a_drop_is_seen_once_with_what_has_passed)
{
    begin();
    CHECK_EQ(guest_run(0, drop_under_a_read), GALE_OK);
    CHECK(gale_store_is_valid(&store));
}

static void overlap(struct guest *g)
{
    struct gale_instance *i = &g->instance;

    (void)gale_canon_stream_new(i, &async_u32);
    fill(g, 256, 8, 0);
    CHECK_EQ(gale_canon_stream_write(i, &async_u32, 2, 256, 6), GALE_CANON_BLOCKED);
    CHECK_EQ(gale_canon_stream_read(i, &async_u32, 1, 264, 6), PACKED(GALE_COPY_COMPLETED, 6));
    for (uint32_t k = 0; k < 6u; k++) {
        CHECK_EQ(guest_word(g, 264u + 4u * k), k);
    }
    (void)gale_canon_stream_cancel_write(i, &async_u32, 2);
    fill(g, 256, 8, 0);
    CHECK_EQ(gale_canon_stream_write(i, &async_u32, 2, 264, 6), GALE_CANON_BLOCKED);
    CHECK_EQ(gale_canon_stream_read(i, &async_u32, 1, 256, 6), PACKED(GALE_COPY_COMPLETED, 6));
    for (uint32_t k = 0; k < 6u; k++) {
        CHECK_EQ(guest_word(g, 256u + 4u * k), k + 2u);
    }
}

TEST(stream, buffers_of_one_memory_may_overlap)
{
    begin();
    CHECK_EQ(guest_run(0, overlap), GALE_OK);
}

static void no_elements(struct guest *g)
{
    static const struct gale_copy_options none = {NULL, NULL, true};

    (void)gale_canon_stream_new(&g->instance, &none);
    CHECK_EQ(gale_canon_stream_write(&g->instance, &none, 2, 0xfffffff1u, 5), GALE_CANON_BLOCKED);
    CHECK_EQ(gale_canon_stream_read(&g->instance, &none, 1, 0xfffffff3u, 3), PACKED(GALE_COPY_COMPLETED, 3));
    CHECK_EQ(gale_canon_stream_cancel_write(&g->instance, &none, 2), PACKED(GALE_COPY_COMPLETED, 3));
}

TEST(stream, a_stream_without_elements_only_counts)
{
    begin();
    CHECK_EQ(guest_run(0, no_elements), GALE_OK);
}

/* ---- blocking ------------------------------------------------------------------------------------------------ */

static void read_sync(struct guest *g)
{
    guest_log(g, gale_canon_stream_read(&g->instance, &sync_u32, 1, DST, 4));
}

static void write_from_thread(void *guest, void *arg, uint32_t c)
{
    struct guest *g = guest;

    (void)arg;
    fill(g, PTR, c, 40);
    guest_log(g, gale_canon_stream_write(&g->instance, &async_u32, 2, PTR, c));
}

static void read_while_thread_writes(struct guest *g)
{
    (void)gale_canon_stream_new(&g->instance, &async_u32);
    gale_canon_thread_resume_later(&g->instance,
                                   gale_canon_thread_new_indirect(&g->instance, write_from_thread, NULL, 2));
    read_sync(g);
}

/* @verifies ST04 */
TEST(stream, a_sync_read_waits_for_a_write_of_another_thread)
{
    begin();
    CHECK_EQ(guest_run(0, read_while_thread_writes), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_EQ(guests[0].log[0], PACKED(GALE_COPY_COMPLETED, 2));
    CHECK_EQ(guests[0].log[1], PACKED(GALE_COPY_COMPLETED, 2));
    CHECK_EQ(guest_word(&guests[0], DST + 4u), 41);
    CHECK_EQ(store.live_tasks, 0);
    CHECK(gale_store_is_valid(&store));
}

/* ---- traps: all that a guest passes is hostile ----------------------------------------------------------------- */

static void unknown_end(struct guest *g)
{
    (void)gale_canon_stream_read(&g->instance, &async_u32, 9, 0, 1);
}

static void wrong_side(struct guest *g)
{
    (void)gale_canon_stream_new(&g->instance, &async_u32);
    (void)gale_canon_stream_read(&g->instance, &async_u32, 2, 0, 1);
}

static void wrong_type(struct guest *g)
{
    const struct gale_copy_options other = guest_copy(0, &type_char, true);

    (void)gale_canon_stream_new(&g->instance, &async_u32);
    (void)gale_canon_stream_read(&g->instance, &other, 1, 0, 1);
}

static void not_aligned(struct guest *g)
{
    (void)gale_canon_stream_new(&g->instance, &async_u32);
    (void)gale_canon_stream_read(&g->instance, &async_u32, 1, 2, 1);
}

static void out_of_memory(struct guest *g)
{
    (void)gale_canon_stream_new(&g->instance, &async_u32);
    (void)gale_canon_stream_write(&g->instance, &async_u32, 2, GUEST_PAGE - 8u, 3);
}

static void out_of_memory_by_far(struct guest *g)
{
    (void)gale_canon_stream_new(&g->instance, &async_u32);
    (void)gale_canon_stream_write(&g->instance, &async_u32, 2, 0xfffffffcu, GALE_COPY_LENGTH_MAX);
}

static void too_long(struct guest *g)
{
    (void)gale_canon_stream_new(&g->instance, &async_u32);
    (void)gale_canon_stream_write(&g->instance, &async_u32, 2, 0, GALE_COPY_LENGTH_MAX + 1u);
}

static void read_twice(struct guest *g)
{
    (void)gale_canon_stream_new(&g->instance, &async_u32);
    (void)gale_canon_stream_read(&g->instance, &async_u32, 1, 0, 1);
    (void)gale_canon_stream_read(&g->instance, &async_u32, 1, 0, 1);
}

static void read_after_drop(struct guest *g)
{
    (void)gale_canon_stream_new(&g->instance, &async_u32);
    gale_canon_stream_drop_writable(&g->instance, &async_u32, 2);
    CHECK_EQ(gale_canon_stream_read(&g->instance, &async_u32, 1, 0, 1), PACKED(GALE_COPY_DROPPED, 0));
    (void)gale_canon_stream_read(&g->instance, &async_u32, 1, 0, 1);
}

static void write_after_drop(struct guest *g)
{
    (void)gale_canon_stream_new(&g->instance, &async_u32);
    gale_canon_stream_drop_readable(&g->instance, &async_u32, 1);
    CHECK_EQ(gale_canon_stream_write(&g->instance, &async_u32, 2, 0, 1), PACKED(GALE_COPY_DROPPED, 0));
    (void)gale_canon_stream_write(&g->instance, &async_u32, 2, 0, 1);
}

static void drop_busy_reader(struct guest *g)
{
    (void)gale_canon_stream_new(&g->instance, &async_u32);
    (void)gale_canon_stream_read(&g->instance, &async_u32, 1, 0, 1);
    gale_canon_stream_drop_readable(&g->instance, &async_u32, 1);
}

static void drop_busy_writer(struct guest *g)
{
    (void)gale_canon_stream_new(&g->instance, &async_u32);
    (void)gale_canon_stream_write(&g->instance, &async_u32, 2, 0, 1);
    gale_canon_stream_drop_writable(&g->instance, &async_u32, 2);
}

static void drop_twice(struct guest *g)
{
    (void)gale_canon_stream_new(&g->instance, &async_u32);
    gale_canon_stream_drop_writable(&g->instance, &async_u32, 2);
    gale_canon_stream_drop_writable(&g->instance, &async_u32, 2);
}

static void cancel_idle(struct guest *g)
{
    (void)gale_canon_stream_new(&g->instance, &async_u32);
    (void)gale_canon_stream_cancel_read(&g->instance, &async_u32, 1);
}

static void sync_in_set(struct guest *g)
{
    (void)gale_canon_stream_new(&g->instance, &async_u32);
    gale_canon_waitable_join(&g->instance, 1, gale_canon_waitable_set_new(&g->instance));
    (void)gale_canon_stream_read(&g->instance, &sync_u32, 1, 0, 1);
}

static void chars_in_one_instance(struct guest *g)
{
    const struct gale_copy_options chars = guest_copy(0, &type_char, true);

    (void)gale_canon_stream_new(&g->instance, &chars);
    (void)gale_canon_stream_write(&g->instance, &chars, 2, 0, 1);
    (void)gale_canon_stream_read(&g->instance, &chars, 1, 0, 1);
}

static void too_many(struct guest *g)
{
    for (unsigned n = 0; n < 9u; n++) {
        (void)gale_canon_stream_new(&g->instance, &async_u32);
    }
}

/* @verifies ST03 ST04 HT03 HT04 HT05 IN01 */
TEST(stream, what_a_guest_must_not_do_traps)
{
    static const struct {
        void (*body)(struct guest *g);
        enum gale_trap trap;
    } cases[] = {
        {unknown_end, GALE_TRAP_UNKNOWN_HANDLE},
        {wrong_side, GALE_TRAP_WRONG_KIND},
        {wrong_type, GALE_TRAP_WRONG_KIND},
        {not_aligned, GALE_TRAP_UNALIGNED},
        {out_of_memory, GALE_TRAP_OUT_OF_BOUNDS},
        {out_of_memory_by_far, GALE_TRAP_OUT_OF_BOUNDS},
        {too_long, GALE_TRAP_COPY_LENGTH},
        {read_twice, GALE_TRAP_COPY_BUSY},
        {read_after_drop, GALE_TRAP_STREAM_READ_DONE},
        {write_after_drop, GALE_TRAP_STREAM_WRITE_DONE},
        {drop_busy_reader, GALE_TRAP_READER_BUSY},
        {drop_busy_writer, GALE_TRAP_WRITER_BUSY},
        {drop_twice, GALE_TRAP_UNKNOWN_HANDLE},
        {cancel_idle, GALE_TRAP_COPY_IDLE},
        {sync_in_set, GALE_TRAP_SYNC_IN_SET},
        {chars_in_one_instance, GALE_TRAP_COPY_SAME_INSTANCE},
        {too_many, GALE_TRAP_BUDGET},
    };

    for (unsigned n = 0; n < sizeof cases / sizeof cases[0]; n++) {
        test_note("case", n);
        begin();
        CHECK_TRAP(guest_run(0, cases[n].body), cases[n].trap);
        CHECK(guests[0].instance.poisoned);
        CHECK(guest_task.resolved);
        CHECK_TRAP(guest_run(0, cases[n].body), GALE_TRAP_POISONED);
        CHECK_EQ(store.live_tasks, 0);
        CHECK(gale_store_is_valid(&store));
    }
}

/* ---- futures ------------------------------------------------------------------------------------------------- */

static void future_both_ways(struct guest *g)
{
    struct gale_instance *i = &g->instance;

    guest_set_word(g, PTR, 77);
    (void)gale_canon_future_new(i, &async_u32);
    CHECK_EQ(gale_canon_future_write(i, &async_u32, 2, PTR), GALE_CANON_BLOCKED);
    CHECK_EQ(gale_canon_future_read(i, &async_u32, 1, DST), GALE_COPY_COMPLETED);
    CHECK_EQ(gale_canon_future_cancel_write(i, &async_u32, 2), GALE_COPY_COMPLETED);
    CHECK_EQ(guest_word(g, DST), 77);
    gale_canon_future_drop_readable(i, &async_u32, 1);
    gale_canon_future_drop_writable(i, &async_u32, 2);

    (void)gale_canon_future_new(i, &async_u32);
    CHECK_EQ(gale_canon_future_read(i, &async_u32, 2, DST), GALE_CANON_BLOCKED);
    CHECK_EQ(gale_canon_future_cancel_read(i, &async_u32, 2), GALE_COPY_CANCELLED);
    CHECK_EQ(gale_canon_future_read(i, &async_u32, 2, DST + 4), GALE_CANON_BLOCKED);
    CHECK_EQ(gale_canon_future_write(i, &sync_u32, 1, PTR), GALE_COPY_COMPLETED);
    CHECK_EQ(guest_word(g, DST + 4u), 77);

    (void)gale_canon_future_new(i, &async_u32);
    gale_canon_future_drop_readable(i, &async_u32, 3);
    CHECK_EQ(gale_canon_future_write(i, &async_u32, 4, PTR), GALE_COPY_DROPPED);
    gale_canon_future_drop_writable(i, &async_u32, 4);
}

/* @verifies FU01 FU02 ST06 */
TEST(future, one_value_passes_or_none)
{
    begin();
    CHECK_EQ(guest_run(0, future_both_ways), GALE_OK);
    CHECK(gale_store_is_valid(&store));
}

static void drop_unwritten(struct guest *g)
{
    (void)gale_canon_future_new(&g->instance, &async_u32);
    gale_canon_future_drop_writable(&g->instance, &async_u32, 2);
}

static void write_again(struct guest *g)
{
    (void)gale_canon_future_new(&g->instance, &async_u32);
    (void)gale_canon_future_read(&g->instance, &async_u32, 1, DST);
    (void)gale_canon_future_write(&g->instance, &async_u32, 2, PTR);
    (void)gale_canon_future_write(&g->instance, &async_u32, 2, PTR);
}

static void read_again(struct guest *g)
{
    (void)gale_canon_future_new(&g->instance, &async_u32);
    (void)gale_canon_future_write(&g->instance, &async_u32, 2, PTR);
    (void)gale_canon_future_read(&g->instance, &async_u32, 1, DST);
    (void)gale_canon_future_read(&g->instance, &async_u32, 1, DST);
}

/* @verifies FU01 FU02 */
TEST(future, a_second_value_or_none_at_all_traps)
{
    begin();
    CHECK_TRAP(guest_run(0, drop_unwritten), GALE_TRAP_FUTURE_UNWRITTEN);
    begin();
    CHECK_TRAP(guest_run(0, write_again), GALE_TRAP_FUTURE_WRITE_DONE);
    begin();
    CHECK_TRAP(guest_run(0, read_again), GALE_TRAP_FUTURE_READ_DONE);
}
