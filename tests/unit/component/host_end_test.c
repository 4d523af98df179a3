/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/component/host_end.h"

#include "guests.h"

static GALE_ALIGNED(8) uint8_t arena_bytes[64];
static struct gale_arena arena = {{arena_bytes, sizeof arena_bytes, 0, 0}, 0};
static const struct gale_value_options host_options = {&arena.memory, NULL, 0};

static struct gale_copy_options words;
static struct gale_host_end end;
static uint32_t taken[16];
static uint32_t taken_count;
static uint32_t room; /* what the host takes, or has to give */
static bool ended;
static unsigned closed;

static int32_t take(struct gale_host_end *e, const uint8_t *src, uint32_t count)
{
    const uint32_t n = count < room ? count : room;

    CHECK(e == &end);
    memcpy(&taken[taken_count], src, 4u * n);
    taken_count += n;
    room -= n;
    return ended ? GALE_HOST_END_DONE : (int32_t)n;
}

static int32_t give(struct gale_host_end *e, uint8_t *dst, uint32_t count)
{
    const uint32_t n = count < room ? count : room;

    CHECK(e == &end);
    for (uint32_t k = 0; k < n; k++) {
        const uint32_t value = 500u + taken_count++;

        memcpy(dst + 4u * k, &value, 4);
    }
    room -= n;
    return n == 0 && ended ? GALE_HOST_END_DONE : (int32_t)n;
}

static void closed_by_guest(struct gale_host_end *e)
{
    CHECK(e == &end);
    closed++;
}

static const struct gale_host_end_ops ops = {take, give, closed_by_guest};

static void begin_end(uint32_t the_room)
{
    guests_reset();
    words = guest_copy(0, &type_u32, true);
    memset(&end, 0, sizeof end);
    memset(taken, 0, sizeof taken);
    end.ops = &ops;
    taken_count = 0;
    room = the_room;
    ended = false;
    closed = 0;
}

/* Gives the readable end 1 of a new stream or future to the host. */
static uint32_t pass_end(struct guest *g, bool future)
{
    const struct gale_transfer t = {{&g->instance, &g->options, NULL, 0}, {NULL, NULL, &g->instance, 0}};

    (void)(future ? gale_canon_future_new(&g->instance, &words) : gale_canon_stream_new(&g->instance, &words));
    return future ? gale_value_move_future(&t, &type_u32, 1) : gale_value_move_stream(&t, &type_u32, 1);
}

static void write_five(struct guest *g)
{
    CHECK_EQ(gale_host_end_attach(&store, &end, pass_end(g, false)), GALE_OK);
    for (uint32_t k = 0; k < 5u; k++) {
        guest_set_word(g, 256u + 4u * k, 10u + k);
    }
    guest_log(g, gale_canon_stream_write(&g->instance, &words, 2, 256, 0));
    guest_log(g, gale_canon_stream_write(&g->instance, &words, 2, 256, 5));
}

static void await_writer(struct guest *g)
{
    const uint32_t set = (write_five(g), gale_canon_waitable_set_new(&g->instance));

    gale_canon_waitable_join(&g->instance, 2, set);
    (void)gale_canon_waitable_set_wait(&g->instance, &g->memory, false, set, 64);
    guest_log(g, guest_word(g, 68));
    gale_canon_stream_drop_writable(&g->instance, &words, 2);
}

/* @verifies ST01 ST05 ST06 */
TEST(host_end, the_host_reads_what_a_guest_writes)
{
    begin_end(3);
    CHECK_EQ(guest_run(0, write_five), GALE_OK);
    CHECK_EQ(guests[0].log[0], GALE_COPY_COMPLETED);
    CHECK_EQ(guests[0].log[1], 3u << 4);
    CHECK_EQ(taken_count, 3);
    CHECK_EQ(taken[2], 12);

    begin_end(0);
    CHECK_EQ(guest_run(0, await_writer), GALE_OK);
    CHECK_EQ(guests[0].log[1], GALE_CANON_BLOCKED);
    CHECK_EQ(gale_store_tick(&store), 0);
    room = 2;
    gale_host_end_ready(&end);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_EQ(guests[0].log[2], 2u << 4);
    CHECK_EQ(closed, 1);
    CHECK_EQ(gale_host_end_close(&end), GALE_EALREADY);
    CHECK_EQ(guests[0].instance.left.streams, 8);
    CHECK(gale_store_is_valid(&store));
}

/* @verifies ST05 */
TEST(host_end, a_guest_sees_that_the_host_closes)
{
    begin_end(0);
    CHECK_EQ(guest_run(0, await_writer), GALE_OK);
    CHECK_EQ(gale_host_end_close(&end), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_EQ(guests[0].log[2], GALE_COPY_DROPPED);
    CHECK_EQ(closed, 0);
    CHECK_EQ(guests[0].instance.left.streams, 8);

    begin_end(0);
    ended = true;
    CHECK_EQ(guest_run(0, write_five), GALE_OK);
    CHECK_EQ(guests[0].log[1], GALE_COPY_DROPPED);
    CHECK_EQ(closed, 1);
    CHECK(gale_store_is_valid(&store));
}

static uint32_t token;

static void adopt(struct guest *g)
{
    const struct gale_transfer t = {{NULL, NULL, &g->instance, 0}, {&g->instance, &g->options, NULL, 0}};

    g->note[0] = gale_value_move_stream(&t, &type_u32, token);
}

static void read_all(struct guest *g)
{
    const struct gale_copy_options sync = guest_copy(0, &type_u32, false);

    adopt(g);
    guest_log(g, gale_canon_stream_read(&g->instance, &words, g->note[0], 256, 0));
    do {
        g->note[1] = gale_canon_stream_read(&g->instance, &sync, g->note[0], 256, 4);
        guest_log(g, g->note[1]);
        guest_log(g, guest_word(g, 256));
    } while ((g->note[1] & 15u) != GALE_COPY_DROPPED);
    gale_canon_stream_drop_readable(&g->instance, &words, g->note[0]);
}

/* @verifies ST01 ST05 */
TEST(host_end, a_guest_reads_what_the_host_writes)
{
    begin_end(6);
    CHECK_EQ(gale_host_end_open(&store, &end, &type_u32, false, &token), GALE_OK);
    CHECK_EQ(guest_run(0, read_all), GALE_OK);
    CHECK_EQ(guests[0].log[0], GALE_COPY_COMPLETED);
    CHECK_EQ(guests[0].log[1], 4u << 4);
    CHECK_EQ(guests[0].log[2], 500);
    CHECK_EQ(guests[0].log[3], 2u << 4);
    CHECK_EQ(guests[0].log[4], 504);
    CHECK_EQ(guests[0].logged, 5);
    ended = true;
    gale_host_end_ready(&end);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_EQ(guests[0].log[5], GALE_COPY_DROPPED);
    CHECK_EQ(guests[0].instance.left.streams, 8);
    CHECK_EQ(closed, 1);
    CHECK_EQ(store.live_ends, 0);
    CHECK(gale_store_is_valid(&store));
}

static void write_future(struct guest *g)
{
    CHECK_EQ(gale_host_end_attach(&store, &end, pass_end(g, true)), GALE_OK);
    guest_set_word(g, 256, 21);
    CHECK_EQ(gale_canon_future_write(&g->instance, &words, 2, 256), GALE_COPY_COMPLETED);
    gale_canon_future_drop_writable(&g->instance, &words, 2);
}

static void read_future(struct guest *g)
{
    const struct gale_transfer t = {{NULL, NULL, &g->instance, 0}, {&g->instance, &g->options, NULL, 0}};
    const uint32_t f = gale_value_move_future(&t, &type_u32, token);

    CHECK_EQ(gale_host_end_close(&end), GALE_EPERM);
    CHECK_EQ(gale_canon_future_read(&g->instance, &words, f, 256), GALE_COPY_COMPLETED);
    CHECK_EQ(guest_word(g, 256), 500);
    gale_canon_future_drop_readable(&g->instance, &words, f);
}

/* @verifies FU01 FU02 */
TEST(host_end, futures_pass_both_ways)
{
    begin_end(1);
    CHECK_EQ(guest_run(0, write_future), GALE_OK);
    CHECK_EQ(taken[0], 21);
    CHECK_EQ(closed, 1);

    begin_end(1);
    CHECK_EQ(gale_host_end_open(&store, &end, &type_u32, true, &token), GALE_OK);
    CHECK_EQ(guest_run(0, read_future), GALE_OK);
    CHECK_EQ(closed, 1);
    CHECK_EQ(guests[0].instance.left.streams, 8);
    CHECK(gale_store_is_valid(&store));
}

static void move_one(const struct gale_transfer *t, uint32_t src, uint32_t dst, uint32_t count)
{
    CHECK_EQ(count, 1);
    memcpy(gale_value_at(&t->to, dst, 4, 4), gale_value_at(&t->from, src, 4, 4), 4);
}

static const struct gale_value_type lifted = {4, 4, 0, move_one};

static void read_lifted(struct guest *g)
{
    const struct gale_transfer t = {{NULL, NULL, &g->instance, 0}, {&g->instance, &g->options, NULL, 0}};

    g->note[0] = gale_value_move_stream(&t, &lifted, token);
    guest_log(g, gale_canon_stream_read(&g->instance, &words, g->note[0], 256, 4));
    guest_log(g, guest_word(g, 260));
}

static void write_lifted(struct guest *g)
{
    const struct gale_transfer t = {{&g->instance, &g->options, NULL, 0}, {NULL, NULL, &g->instance, 0}};

    (void)gale_canon_stream_new(&g->instance, &words);
    CHECK_EQ(gale_host_end_attach(&store, &end, gale_value_move_stream(&t, &lifted, 1)), GALE_OK);
    guest_set_word(g, 256, 61);
    guest_set_word(g, 260, 62);
    guest_set_word(g, 264, 63);
    guest_log(g, gale_canon_stream_write(&g->instance, &words, 2, 256, 3));
}

/* @verifies ST01 */
TEST(host_end, elements_that_are_lifted_pass_through_the_arena)
{
    begin_end(2);
    words = guest_copy(0, &lifted, true);
    end.options = &host_options;
    CHECK_EQ(gale_host_end_open(&store, &end, &lifted, false, &token), GALE_OK);
    CHECK_EQ(guest_run(0, read_lifted), GALE_OK);
    CHECK_EQ(guests[0].log[0], 2u << 4);
    CHECK_EQ(guests[0].log[1], 501);

    /* One is taken, one more is lifted and kept until the host takes it. */
    begin_end(1);
    words = guest_copy(0, &lifted, true);
    end.options = &host_options;
    CHECK_EQ(guest_run(0, write_lifted), GALE_OK);
    CHECK_EQ(guests[0].log[0], 2u << 4);
    CHECK_EQ(taken_count, 1);
    room = 1;
    gale_host_end_ready(&end);
    CHECK_EQ(gale_store_tick(&store), 0);
    CHECK_EQ(taken_count, 2);
    CHECK_EQ(taken[1], 62);
    CHECK(gale_store_is_valid(&store));
}

/* One more element for a host that has not taken the last one yet. */
static uint32_t write_one_more(struct guest *g)
{
    guest_log(g, gale_canon_stream_write(&g->instance, &words, 2, 264, 1));
    return 0;
}

static void begin_lifted(uint32_t the_room)
{
    begin_end(the_room);
    words = guest_copy(0, &lifted, true);
    end.options = &host_options;
}

/* @verifies ST05 */
TEST(host_end, a_host_can_be_done_with_elements_that_are_lifted)
{
    begin_lifted(1);
    CHECK_EQ(guest_run(0, write_lifted), GALE_OK); /* one is kept */
    ended = true;
    gale_host_end_ready(&end);
    CHECK_EQ(gale_store_tick(&store), 0);
    CHECK_EQ(closed, 1);
    CHECK_EQ(guest_do(0, write_one_more), GALE_OK);
    CHECK_EQ(guests[0].log[1], GALE_COPY_DROPPED);

    begin_lifted(1);
    CHECK_EQ(guest_run(0, write_lifted), GALE_OK);
    ended = true;
    CHECK_EQ(guest_do(0, write_one_more), GALE_OK);
    CHECK_EQ(closed, 1);
    CHECK_EQ(guests[0].log[1], GALE_COPY_DROPPED);

    begin_lifted(0);
    ended = true;
    CHECK_EQ(guest_run(0, write_lifted), GALE_OK);
    CHECK_EQ(closed, 1);
    CHECK_EQ(guests[0].log[0], GALE_COPY_DROPPED);
    CHECK(gale_store_is_valid(&store));
}

static uint32_t pass_lifted(struct guest *g)
{
    const struct gale_transfer t = {{&g->instance, &g->options, NULL, 0}, {NULL, NULL, &g->instance, 0}};

    words = guest_copy(0, &lifted, true);
    (void)gale_canon_stream_new(&g->instance, &words);
    token = gale_value_move_stream(&t, &lifted, 1);
    return 0;
}

static uint32_t drop_writer(struct guest *g)
{
    gale_canon_stream_drop_writable(&g->instance, &words, 2);
    return 0;
}

TEST(host_end, elements_that_are_lifted_need_an_arena_with_room_for_one)
{
    const struct gale_arena small = {{arena_bytes, 3, 0, 0}, 0};
    const struct gale_value_options too_small = {(struct gale_memory *)&small.memory, NULL, 0};

    begin_end(0);
    CHECK_EQ(guest_do(0, pass_lifted), GALE_OK);
    CHECK_EQ(gale_host_end_attach(&store, &end, token), GALE_EINVAL);
    end.options = &too_small;
    CHECK_EQ(gale_host_end_attach(&store, &end, token), GALE_EINVAL);
    end.options = &host_options;
    CHECK_EQ(gale_host_end_attach(&store, &end, token), GALE_OK);
    CHECK_EQ(gale_host_end_close(&end), GALE_OK);
    CHECK_EQ(guest_do(0, drop_writer), GALE_OK);
    CHECK_EQ(gale_host_end_attach(&store, &end, token), GALE_EINVAL); /* it is no more */
    store.copies.count = 1;
    store.copies.free = GALE_ID_NONE;
    CHECK_EQ(gale_host_end_open(&store, &end, &type_u32, false, &token), GALE_ENOMEM);
}

static uint32_t fill_and_adopt(struct guest *g)
{
    for (unsigned n = 0; n < 32u; n++) {
        (void)gale_canon_error_context_new(&g->instance, &g->options, 0, 0);
    }
    adopt(g);
    return 0;
}

/* @verifies HT05 IN01 */
TEST(host_end, an_end_that_finds_no_room_in_a_table_is_still_the_hosts)
{
    begin_end(0);
    CHECK_EQ(gale_host_end_open(&store, &end, &type_u32, false, &token), GALE_OK);
    CHECK_TRAP(guest_do(0, fill_and_adopt), GALE_TRAP_TABLE_FULL);
    CHECK_EQ(closed, 0);
    CHECK_EQ(gale_host_end_close(&end), GALE_OK);
    CHECK_EQ(store.live_ends, 0);
    CHECK_EQ(store.copies.free, token);
    CHECK(gale_store_is_valid(&store));
}

TEST(host_end, what_cannot_be_is_refused)
{
    struct gale_host_end more[5] = {0};

    begin_end(0);
    CHECK_EQ(gale_host_end_attach(&store, &end, 5), GALE_EINVAL);
    CHECK_EQ(gale_host_end_open(&store, &end, &lifted, false, &token), GALE_EINVAL);
    for (unsigned n = 0; n < 4u; n++) {
        more[n].ops = &ops;
        CHECK_EQ(gale_host_end_open(&store, &more[n], &type_u32, false, &token), GALE_OK);
    }
    CHECK_EQ(gale_host_end_open(&store, &more[4], &type_u32, false, &token), GALE_ENOMEM);
    for (unsigned n = 0; n < 4u; n++) {
        CHECK_EQ(gale_host_end_close(&more[n]), GALE_OK);
    }
    CHECK_EQ(gale_host_end_open(&store, &more[4], &type_u32, false, &token), GALE_OK);
    CHECK(gale_store_is_valid(&store));
}

/* ---- rings --------------------------------------------------------------------------------------------------- */

static struct gale_typed_ring_buf ring;
static struct gale_typed_ring_buf_writer ring_writer;
static struct gale_typed_ring_buf_reader ring_reader;
static uint32_t ring_data[4];
static struct gale_doorbell far_bell;

static void begin_ring(bool guest_writes)
{
    begin_end(0);
    memset(&ring, 0, sizeof ring);
    gale_doorbell_init(&far_bell);
    gale_typed_ring_buf_init(&ring, &ring_writer, &ring_reader, ring_data, 4, 4);
    end.ops = guest_writes ? &gale_host_end_ring_writer : &gale_host_end_ring_reader;
    end.arg = guest_writes ? (void *)&ring_writer : (void *)&ring_reader;
    end.far = &far_bell;
    end.far_bits = 1;
}

static void write_and_drop(struct guest *g)
{
    write_five(g);
    gale_canon_stream_drop_writable(&g->instance, &words, 2);
}

/* @verifies ST01 ST05 */
TEST(host_end, a_ring_buffers_what_a_guest_writes_and_pushes_back_when_full)
{
    uint32_t got[8];

    begin_ring(true);
    CHECK_EQ(guest_run(0, write_and_drop), GALE_OK);
    CHECK_EQ(guests[0].log[1], 4u << 4);
    CHECK_EQ(gale_doorbell_take(&far_bell), 1);
    CHECK_EQ(gale_typed_ring_buf_read_n(&ring_reader, got, 8), 4);
    CHECK_EQ(got[3], 13);
    CHECK_EQ(gale_typed_ring_buf_read_n(&ring_reader, got, 8), GALE_EPIPE);

    begin_ring(true);
    end.far = NULL; /* who looks from time to time needs no bell */
    CHECK_EQ(guest_run(0, write_and_drop), GALE_OK);
    CHECK_EQ(gale_typed_ring_buf_read_n(&ring_reader, got, 8), 4);
}

/* @verifies ST01 ST05 */
TEST(host_end, a_ring_feeds_a_guest_and_its_close_ends_the_stream)
{
    const uint32_t values[3] = {500, 1, 2};

    begin_ring(false);
    CHECK_EQ(gale_host_end_open(&store, &end, &type_u32, false, &token), GALE_OK);
    CHECK_EQ(guest_run(0, read_all), GALE_OK);
    CHECK_EQ(guests[0].logged, 1);
    CHECK_EQ(gale_typed_ring_buf_write_n(&ring_writer, values, 3), 3);
    gale_host_end_ready(&end);
    CHECK_EQ(gale_store_tick(&store), 1);
    CHECK_EQ(guests[0].log[1], 3u << 4);
    gale_typed_ring_buf_write_close(&ring_writer);
    gale_host_end_ready(&end);
    CHECK_EQ(gale_store_tick(&store), 1);
    CHECK_EQ(guests[0].log[3], GALE_COPY_DROPPED);
}

static void drop_unread(struct guest *g)
{
    adopt(g);
    gale_canon_stream_drop_readable(&g->instance, &words, g->note[0]);
}

/* @verifies ST05 */
TEST(host_end, a_ring_is_closed_when_the_guest_drops_its_end)
{
    const uint32_t value = 1;

    begin_ring(false);
    CHECK_EQ(gale_host_end_open(&store, &end, &type_u32, false, &token), GALE_OK);
    CHECK_EQ(guest_run(0, drop_unread), GALE_OK);
    (void)gale_typed_ring_buf_write_n(&ring_writer, &value, 1);
    CHECK_EQ(gale_doorbell_take(&far_bell), 1);
    CHECK_EQ(end.copy, GALE_ID_NONE);
    CHECK_EQ(store.live_ends, 0);
}
