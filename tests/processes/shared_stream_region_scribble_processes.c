/* SPDX-License-Identifier: Apache-2.0 */
/* The shared region between real processes, one of which writes over all it can reach, all the time. */
#include <sched.h>
#include <string.h>
#include <time.h>

#include "random.h"
#include "shared_stream_region_fixture.h"

#define SCRIBBLE_NS INT64_C(2000000000)
#define SCRIBBLE_NS_MAX INT64_C(30000000000) /* on a busy machine, until enough has happened */

/* Lets this process run on the first or the second of the cores that it may use, so that both work at once. */
static void pin(uint32_t which)
{
    cpu_set_t may, one;
    uint32_t seen = 0;

    CPU_ZERO(&one);
    if (sched_getaffinity(0, sizeof may, &may) == 0 && CPU_COUNT(&may) >= 2) {
        for (uint32_t cpu = 0; cpu < CPU_SETSIZE && seen <= which; cpu++) {
            if (CPU_ISSET(cpu, &may) && seen++ == which) {
                CPU_SET(cpu, &one);
            }
        }
        (void)sched_setaffinity(0, sizeof one, &one);
    }
}

/* A process that writes over all it can reach until it is killed: noise, and indices that could be true. */
static void scribble(size_t from, size_t to, size_t word)
{
    struct random_state r = {(uint64_t)getpid()};
    volatile uint32_t *cells = (volatile uint32_t *)mine.start;
    uint32_t index = 0;

    pin(1);
    for (;;) {
        uint32_t kind = random_below(&r, 64);

        if (kind == 0) {
            for (size_t i = from; i < to; i += 4) {
                cells[i / 4] = (uint32_t)random_next(&r);
            }
        } else if (kind < 8) {
            cells[(from + random_below(&r, (uint32_t)(to - from))) / 4] = (uint32_t)random_next(&r);
        } else if (kind < 10) {
            cells[word / 4] = (uint32_t)random_next(&r) >> random_below(&r, 32);
        } else if (kind == 10) {
            cells[word / 4] = index | (random_below(&r, 64) == 0 ? 0x80000000u : 0);
        } else if (kind == 11) {
            index = 0;
        } else {
            index = (index + random_below(&r, 3)) % (2 * layout.capacity);
            cells[word / 4] = index;
        }
    }
}

static void writer_scribbles(void)
{
    scribble(0, layout.reader_offset, 0);
}

static void reader_scribbles(void)
{
    scribble(layout.reader_offset, layout.block_bytes, layout.reader_offset);
}

static int64_t now_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool in_data(const void *run, int32_t k)
{
    size_t offset = (size_t)((const uint8_t *)run - (const uint8_t *)mine.start);

    return offset >= layout.data_offset && (offset - layout.data_offset) % layout.elem_bytes == 0 &&
           offset - layout.data_offset + (size_t)k * layout.elem_bytes <= (size_t)layout.capacity * layout.elem_bytes;
}

/* How a side fared: answers by kind. */
struct tally {
    uint64_t moved, none, ended, corrupt, streams;
};

static bool tally_answer(struct tally *t, int32_t k)
{
    t->moved += k > 0;
    t->none += k == GALE_EAGAIN;
    t->ended += k == GALE_EPIPE;
    t->corrupt += k == GALE_ECORRUPT;
    CHECK(k > 0 || k == GALE_EAGAIN || k == GALE_EPIPE || k == GALE_ECORRUPT);
    return k > 0 || k == GALE_EAGAIN;
}

static bool scribbled_enough(const struct tally *t)
{
    return t->streams > 100 && t->moved > 100 && t->corrupt > 100;
}

static void read_from_scribbler(struct random_state *r, struct tally *t)
{
    uint8_t in[16 * 20];
    const void *run = NULL;
    bool going = true;

    gale_shared_stream_region_reader_init(&reader, &layout, mine.start, 1 + random_below(r, 4));
    for (uint32_t i = 0; i < 500 && going && test_failures() == 0; i++) {
        if (random_below(r, 2)) {
            going = tally_answer(t, gale_shared_stream_region_read_n(&reader, in, 1 + random_below(r, 16)));
        } else {
            int32_t k = gale_shared_stream_region_read_claim(&reader, 1 + random_below(r, 16), &run);
            going = tally_answer(t, k);
            if (k > 0) {
                CHECK(in_data(run, k));
                memcpy(in, run, (size_t)k * layout.elem_bytes);
                CHECK_EQ(gale_shared_stream_region_read_release(&reader, random_below(r, (uint32_t)k + 1)), GALE_OK);
            }
        }
        CHECK(gale_shared_stream_region_reader_is_valid(&reader));
    }
}

static void write_to_scribbler(struct random_state *r, struct tally *t)
{
    uint8_t out[16 * 20] = {0};
    void *run = NULL;
    bool going = true;

    gale_shared_stream_region_writer_init(&writer, &layout, mine.start, 1 + random_below(r, 4));
    for (uint32_t i = 0; i < 500 && going && test_failures() == 0; i++) {
        if (random_below(r, 2)) {
            going = tally_answer(t, gale_shared_stream_region_write_n(&writer, out, 1 + random_below(r, 16)));
        } else {
            int32_t k = gale_shared_stream_region_write_claim(&writer, 1 + random_below(r, 16), &run);
            going = tally_answer(t, k);
            if (k > 0) {
                CHECK(in_data(run, k));
                memset(run, 0x33, (size_t)k * layout.elem_bytes);
                CHECK_EQ(gale_shared_stream_region_write_commit(&writer, random_below(r, (uint32_t)k + 1)), GALE_OK);
            }
        }
        CHECK(gale_shared_stream_region_writer_is_valid(&writer));
    }
}

/* New streams in the same block, one after the other, with the scribbler at work all the time. */
static void face_scribbler(enum gale_shared_stream_region_side own, void (*scribbler)(void),
                           void (*stream)(struct random_state *, struct tally *))
{
    struct random_state r = random_seed(0x5eed6);
    struct tally t = {0, 0, 0, 0, 0};
    cpu_set_t before;

    REQUIRE(sched_getaffinity(0, sizeof before, &before) == 0);
    REQUIRE(given_block(20, 33));
    REQUIRE(map_side(own));
    pid_t peer = start(own == WRITER ? READER : WRITER, scribbler);
    int64_t begin = now_ns();
    pin(0);
    while (test_failures() == 0 && now_ns() - begin < (scribbled_enough(&t) ? SCRIBBLE_NS : SCRIBBLE_NS_MAX)) {
        CHECK_EQ(gale_shared_stream_region_init(&region, &layout, owners.start, owners.bytes), GALE_OK);
        stream(&r, &t);
        t.streams++;
    }
    (void)sched_setaffinity(0, sizeof before, &before);
    CHECK_EQ(kill(peer, SIGKILL), 0);
    CHECK_EQ(join(peer), -SIGKILL);
    done_with_block();
    (void)printf("scribbler against the %s: %llu streams, %llu calls moved elements, %llu found none, "
                 "%llu saw an end, %llu saw corruption\n",
                 own == WRITER ? "writer" : "reader", (unsigned long long)t.streams, (unsigned long long)t.moved,
                 (unsigned long long)t.none, (unsigned long long)t.ended, (unsigned long long)t.corrupt);
    CHECK(scribbled_enough(&t));
}

/* @verifies MD11 */
TEST(shared_stream_region, scribbling_writer_process_never_gets_the_reader_outside_the_data)
{
    face_scribbler(READER, writer_scribbles, read_from_scribbler);
}

/* @verifies MD11 */
TEST(shared_stream_region, scribbling_reader_process_never_gets_the_writer_outside_the_data)
{
    face_scribbler(WRITER, reader_scribbles, write_to_scribbler);
}
