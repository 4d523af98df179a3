/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Writer and reader of a typed ring in every interleaving: order, content, ownership of slots, each side's view, close.
 *
 * A side that finds no slot waits until the peer's word changes, which is what a doorbell would tell it. So a test in
 * which something pending was never published ends as a deadlock.
 */
#include "gale/async/typed_ring_buf.h"

#include "schedule.h"
#include "test.h"

#define SCHEDULES_MAX 3000000u
#define CAPACITY_MAX 2u
#define PREEMPTIONS 4u /* Bound of the longer runs. */

/** Two words, so that half of an element would be seen. */
struct element {
    uint32_t number;
    uint32_t inverse;
};

static struct gale_typed_ring_buf ring;
static struct gale_typed_ring_buf_writer writer;
static struct gale_typed_ring_buf_reader reader;
static struct element data[CAPACITY_MAX];

static uint32_t capacity;
static uint32_t batch;
static uint32_t elements;  /**< How many the writer writes. */
static uint32_t read_most; /**< The reader closes after so many; above `elements`: it reads to the end. */

static uint32_t write_begun, write_done, read_begun, read_done;
static int writer_end, reader_end; /**< The status that ended each side. */
static bool claimed[CAPACITY_MAX];

static void setup(void)
{
    for (uint32_t i = 0; i < CAPACITY_MAX; i++) {
        data[i] = (struct element){0, 0};
        claimed[i] = false;
    }
    gale_typed_ring_buf_writer_init(&writer, &ring.writer, &ring.reader, data, capacity, sizeof data[0], batch);
    gale_typed_ring_buf_reader_init(&reader, &ring.reader, &ring.writer, data, capacity, sizeof data[0], batch);
    write_begun = write_done = read_begun = read_done = 0;
    writer_end = reader_end = GALE_OK;
}

static void begin(uint32_t with_capacity, uint32_t with_batch, uint32_t with_elements, uint32_t with_read_most)
{
    capacity = with_capacity;
    batch = with_batch;
    elements = with_elements;
    read_most = with_read_most;
}

/* ---- waiting for the peer ------------------------------------------------------------------------------------ */

static uint32_t writer_saw, reader_saw;

static bool reader_word_changed(void *arg)
{
    (void)arg;
    return ring.reader.value != writer_saw;
}

static bool writer_word_changed(void *arg)
{
    (void)arg;
    return ring.writer.value != reader_saw;
}

/* ---- copying flows ------------------------------------------------------------------------------------------- */

static struct element nth(uint32_t n)
{
    return (struct element){n, ~n};
}

static void see(struct element e)
{
    CHECK_EQ(e.number, read_done + 1u);
    CHECK_EQ(e.inverse, ~(read_done + 1u));
    read_done++;
}

static void write_all(void)
{
    while (writer_end == GALE_OK && write_done < elements) {
        struct element e = nth(write_done + 1u);
        writer_saw = ring.reader.value;
        write_begun = write_done + 1u;
        int status = gale_typed_ring_buf_write(&writer, &e);
        if (status == GALE_OK) {
            write_done++;
        } else if (status == GALE_EAGAIN) {
            schedule_block_until(reader_word_changed, NULL);
        } else {
            writer_end = status;
        }
    }
    gale_typed_ring_buf_write_close(&writer);
    CHECK(gale_typed_ring_buf_writer_is_valid(&writer));
}

static void read_all(void)
{
    while (reader_end == GALE_OK && read_done < read_most) {
        struct element e = {0, 0};
        reader_saw = ring.writer.value;
        read_begun = read_done + 1u;
        int status = gale_typed_ring_buf_read(&reader, &e);
        if (status == GALE_OK) {
            see(e);
        } else if (status == GALE_EAGAIN) {
            schedule_block_until(writer_word_changed, NULL);
        } else {
            reader_end = status;
            CHECK_EQ(gale_typed_ring_buf_read(&reader, &e), status);
        }
    }
    if (reader_end == GALE_OK) {
        gale_typed_ring_buf_read_close(&reader);
    }
    CHECK(gale_typed_ring_buf_reader_is_valid(&reader));
}

static void (*const copying[])(void) = {write_all, read_all};

static void check_all_delivered(void)
{
    CHECK_EQ(write_done, elements);
    CHECK_EQ(read_done, elements);
    CHECK_EQ(reader_end, GALE_EPIPE);
}

/* @verifies RB09 RB12 RB14 */
TEST(typed_ring_schedule, capacity_1_delivers_all_in_order_then_the_end)
{
    begin(1, 1, 1, UINT32_MAX);
    CHECK(schedule_explore(setup, copying, 2, check_all_delivered, SCHEDULES_MAX) > 100u);
    begin(1, 1, 4, UINT32_MAX); /* The index wraps twice. */
    schedule_bound_preemptions(PREEMPTIONS);
    CHECK(schedule_explore(setup, copying, 2, check_all_delivered, SCHEDULES_MAX) > 500u);
}

/* @verifies RB09 RB12 RB14 */
TEST(typed_ring_schedule, capacity_2_delivers_all_in_order_then_the_end)
{
    begin(2, 1, 2, UINT32_MAX);
    CHECK(schedule_explore(setup, copying, 2, check_all_delivered, SCHEDULES_MAX) > 500u);
    begin(2, 1, 5, UINT32_MAX); /* The index wraps. */
    schedule_bound_preemptions(PREEMPTIONS);
    CHECK(schedule_explore(setup, copying, 2, check_all_delivered, SCHEDULES_MAX) > 500u);
}

/* @verifies RB12 RB14 */
TEST(typed_ring_schedule, deferred_publication_loses_nothing_at_full_empty_and_close)
{
    begin(2, 2, 3, UINT32_MAX);
    schedule_bound_preemptions(PREEMPTIONS);
    CHECK(schedule_explore(setup, copying, 2, check_all_delivered, SCHEDULES_MAX) > 100u);
    begin(2, 3, 3, UINT32_MAX); /* The batch is larger than the ring: only full, empty and close publish. */
    CHECK(schedule_explore(setup, copying, 2, check_all_delivered, SCHEDULES_MAX) > 100u);
}

static void check_reader_left(void)
{
    CHECK_EQ(read_done, read_most);
    CHECK(writer_end == GALE_EPIPE || write_done == elements);
    CHECK(write_done <= read_done + 2u * capacity);
}

/* @verifies RB14 */
TEST(typed_ring_schedule, writer_never_hangs_when_the_reader_closes)
{
    begin(1, 1, 2, 1);
    CHECK(schedule_explore(setup, copying, 2, check_reader_left, SCHEDULES_MAX) > 100u);
    begin(1, 1, 4, 1);
    schedule_bound_preemptions(PREEMPTIONS);
    CHECK(schedule_explore(setup, copying, 2, check_reader_left, SCHEDULES_MAX) > 100u);
}

/* @verifies RB14 */
TEST(typed_ring_schedule, both_sides_may_close_at_once)
{
    begin(2, 1, 1, 0);
    CHECK(schedule_explore(setup, copying, 2, check_reader_left, SCHEDULES_MAX) > 10u);
}

/* ---- zero-copy flows ----------------------------------------------------------------------------------------- */

static uint32_t slot_of(const void *run)
{
    return (uint32_t)((const struct element *)run - data);
}

/** Marks or frees slots; nobody may hold what the other side holds. */
static void hold(const void *run, uint32_t n, bool take)
{
    CHECK(slot_of(run) + n <= capacity);
    for (uint32_t i = 0; i < n; i++) {
        CHECK(claimed[slot_of(run) + i] != take);
        claimed[slot_of(run) + i] = take;
    }
}

/** Claims two where it can; hands over what it filled. */
static void write_in_place(void)
{
    while (write_done < elements) {
        void *run = NULL;
        uint32_t left = elements - write_done;
        writer_saw = ring.reader.value;
        int32_t n = gale_typed_ring_buf_write_claim(&writer, left < 2u ? left : 2u, &run);
        if (n < 0) {
            CHECK_EQ(n, GALE_EAGAIN);
            schedule_block_until(reader_word_changed, NULL);
            continue;
        }
        hold(run, (uint32_t)n, true);
        for (uint32_t i = 0; i < (uint32_t)n; i++) {
            ((struct element *)run)[i].number = write_done + i + 1u;
            schedule_point();
            ((struct element *)run)[i].inverse = ~(write_done + i + 1u);
        }
        hold(run, (uint32_t)n, false);
        CHECK_EQ(gale_typed_ring_buf_write_commit(&writer, (uint32_t)n + 1u), GALE_EINVAL);
        CHECK_EQ(gale_typed_ring_buf_write_commit(&writer, (uint32_t)n), GALE_OK);
        write_done += (uint32_t)n;
    }
    gale_typed_ring_buf_write_close(&writer);
}

/** Claims two where it can, but gives back only the first. */
static void read_in_place(void)
{
    while (reader_end == GALE_OK) {
        const void *run = NULL;
        reader_saw = ring.writer.value;
        int32_t n = gale_typed_ring_buf_read_claim(&reader, 2, &run);
        if (n == GALE_EAGAIN) {
            schedule_block_until(writer_word_changed, NULL);
        } else if (n < 0) {
            reader_end = n;
        } else {
            hold(run, (uint32_t)n, true);
            schedule_point();
            struct element first = *(const struct element *)run;
            hold(run, (uint32_t)n, false);
            see(first);
            CHECK_EQ(gale_typed_ring_buf_read_release(&reader, 1), GALE_OK);
        }
    }
}

/* @verifies RB09 RB11 RB12 RB14 */
TEST(typed_ring_schedule, claimed_slots_belong_to_one_side)
{
    static void (*const flows[])(void) = {write_in_place, read_in_place};
    begin(2, 1, 2, UINT32_MAX);
    CHECK(schedule_explore(setup, flows, 2, check_all_delivered, SCHEDULES_MAX) > 500u);
    begin(2, 1, 4, UINT32_MAX);
    schedule_bound_preemptions(PREEMPTIONS);
    CHECK(schedule_explore(setup, flows, 2, check_all_delivered, SCHEDULES_MAX) > 500u);
}

/* @verifies RB11 RB12 RB14 */
TEST(typed_ring_schedule, claimed_slots_belong_to_one_side_when_deferred)
{
    static void (*const flows[])(void) = {write_in_place, read_in_place};
    begin(2, 2, 4, UINT32_MAX);
    schedule_bound_preemptions(PREEMPTIONS);
    CHECK(schedule_explore(setup, flows, 2, check_all_delivered, SCHEDULES_MAX) > 500u);
}

/* ---- each side's view ---------------------------------------------------------------------------------------- */

/** What the writer may be told lies between what the reader had finished before and has begun after. */
static void write_and_look(void)
{
    while (write_done < elements) {
        uint32_t freed = read_done;
        uint32_t space = gale_typed_ring_buf_space_available(&writer);
        CHECK(space + write_done >= capacity + freed);
        CHECK(space + write_done <= capacity + read_begun);
        struct element e = nth(write_done + 1u);
        writer_saw = ring.reader.value;
        write_begun = write_done + 1u;
        if (gale_typed_ring_buf_write(&writer, &e) == GALE_OK) {
            write_done++;
        } else {
            schedule_block_until(reader_word_changed, NULL);
        }
    }
}

static void read_and_look(void)
{
    while (read_done < elements) {
        uint32_t written = write_done;
        uint32_t available = gale_typed_ring_buf_elements_available(&reader);
        CHECK(available + read_done >= written);
        CHECK(available + read_done <= write_begun);
        struct element e = {0, 0};
        reader_saw = ring.writer.value;
        read_begun = read_done + 1u;
        if (gale_typed_ring_buf_read(&reader, &e) == GALE_OK) {
            see(e);
        } else {
            read_begun = read_done;
            schedule_block_until(writer_word_changed, NULL);
        }
    }
}

static void check_views_meet(void)
{
    CHECK_EQ(gale_typed_ring_buf_space_available(&writer) + gale_typed_ring_buf_elements_available(&reader), capacity);
    CHECK_EQ(read_done, elements);
}

/* @verifies RB10 */
TEST(typed_ring_schedule, each_side_alone_sees_a_count_that_was_true)
{
    static void (*const flows[])(void) = {write_and_look, read_and_look};
    begin(1, 1, 1, UINT32_MAX);
    CHECK(schedule_explore(setup, flows, 2, check_views_meet, SCHEDULES_MAX) > 100u);
    begin(2, 1, 3, UINT32_MAX);
    schedule_bound_preemptions(PREEMPTIONS);
    CHECK(schedule_explore(setup, flows, 2, check_views_meet, SCHEDULES_MAX) > 500u);
}
