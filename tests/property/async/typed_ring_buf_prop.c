/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Random operations on both ends against a plain model: four counters. Element number p lies in slot p % capacity and
 * has bytes that only its number gives, so that content, order and place are checked at once.
 */
#include <string.h>

#include "gale/async/typed_ring_buf.h"
#include "random.h"
#include "test.h"

#define EPISODES 1500u
#define OPERATIONS 200u
#define CAPACITY_MOST 40u
#define BYTES_MOST 256u
#define COUNT_MOST (2u * CAPACITY_MOST)
#define GUARD 64u
#define GUARD_BYTE 0xa5u

/** One end in the model. */
struct side {
    uint32_t done;      /**< Elements written, or read. */
    uint32_t published; /**< Those that the other side may know of. */
    uint32_t batch;
    uint32_t claimed;
    bool closed;
    bool refused; /**< GALE_EPIPE was returned. */
};

static struct {
    struct gale_typed_ring_buf ring;
    struct gale_typed_ring_buf_writer writer;
    struct gale_typed_ring_buf_reader reader;
    uint8_t area[GUARD + CAPACITY_MOST * BYTES_MOST + GUARD];
    uint8_t copy[COUNT_MOST * BYTES_MOST + GUARD];
    uint32_t capacity;
    uint32_t bytes;
    struct side w;
    struct side r;
    struct random_state random;
} t;

static uint8_t byte_of(uint32_t number, uint32_t i)
{
    return (uint8_t)((number * 37u + i * 101u + (number >> 8)) ^ (i >> 3));
}

static void fill(uint8_t *to, uint32_t first, uint32_t n)
{
    for (uint32_t k = 0; k < n; k++) {
        for (uint32_t i = 0; i < t.bytes; i++) {
            to[(size_t)k * t.bytes + i] = byte_of(first + k, i);
        }
    }
}

static bool holds(const uint8_t *from, uint32_t first, uint32_t n)
{
    bool same = true;

    for (uint32_t k = 0; k < n; k++) {
        for (uint32_t i = 0; i < t.bytes; i++) {
            same = same && from[(size_t)k * t.bytes + i] == byte_of(first + k, i);
        }
    }
    return same;
}

static bool is_guard(const uint8_t *from, size_t n)
{
    bool same = true;

    for (size_t i = 0; i < n; i++) {
        same = same && from[i] == GUARD_BYTE;
    }
    return same;
}

static uint8_t *slot_at(uint32_t number)
{
    return t.area + GUARD + (size_t)(number % t.capacity) * t.bytes;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* What each side truly has, were it to look now. */
static uint32_t space(void)
{
    return t.capacity - (t.w.done - t.r.published);
}

static uint32_t elements(void)
{
    return t.w.published - t.r.done;
}

/** The side hands over `n` elements, in the parts that the wrap makes. */
static void model_move(struct side *s, uint32_t n)
{
    while (n > 0) {
        uint32_t part = least(n, t.capacity - s->done % t.capacity);
        s->done += part;
        if (s->done - s->published >= s->batch) {
            s->published = s->done;
        }
        n -= part;
    }
}

/** Checks a refusal: it is the right one, and what was pending is public where it must be. */
static void check_refused(struct side *s, const struct side *other, bool is_writer, int32_t status)
{
    if (s->closed) {
        CHECK_EQ(status, GALE_EPERM);
    } else if (other->closed && (is_writer || elements() == 0)) {
        CHECK_EQ(status, GALE_EPIPE);
        s->refused = true;
    } else {
        CHECK_EQ(status, GALE_EAGAIN);
        CHECK_EQ(is_writer ? space() : elements(), 0);
        s->published = s->done;
    }
    s->claimed = 0;
}

/** Checks that `n` elements may be moved: the side is open, has them, and was not refused for good before. */
static void check_granted(const struct side *s, bool is_writer, uint32_t n)
{
    CHECK(!s->closed);
    CHECK(!s->refused);
    CHECK(n <= (is_writer ? space() : elements()));
}

/** The numbers first..first+n-1 and from..from+m-1 share no slot. */
static bool apart(uint32_t first, uint32_t n, uint32_t from, uint32_t m)
{
    bool ok = true;

    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < m; j++) {
            ok = ok && (first + i) % t.capacity != (from + j) % t.capacity;
        }
    }
    return ok;
}

static void do_write_claim(uint32_t n)
{
    void *run = NULL;
    int32_t k = gale_typed_ring_buf_write_claim(&t.writer, n, &run);
    uint32_t expected = least(least(n, t.capacity - t.w.done % t.capacity), space());

    if (k < 0) {
        check_refused(&t.w, &t.r, true, k);
        return;
    }
    CHECK_EQ(k, expected);
    t.w.claimed = expected;
    if (k > 0) {
        check_granted(&t.w, true, expected);
        CHECK(run == slot_at(t.w.done));
        CHECK(slot_at(t.w.done) + (size_t)expected * t.bytes <= t.area + GUARD + (size_t)t.capacity * t.bytes);
        CHECK(apart(t.w.done, expected, t.r.done, elements()));
        fill(run, t.w.done, expected);
    }
}

static void do_read_claim(uint32_t n)
{
    const void *run = NULL;
    int32_t k = gale_typed_ring_buf_read_claim(&t.reader, n, &run);
    uint32_t expected = least(least(n, t.capacity - t.r.done % t.capacity), elements());

    if (k < 0) {
        check_refused(&t.r, &t.w, false, k);
        return;
    }
    CHECK_EQ(k, expected);
    t.r.claimed = expected;
    if (k > 0) {
        check_granted(&t.r, false, expected);
        CHECK(run == slot_at(t.r.done));
        CHECK(apart(t.r.done, expected, t.w.done, space()));
        CHECK(holds(run, t.r.done, expected));
    }
}

/** A commit or release of up to one more than is claimed. */
static void do_commit(bool is_writer)
{
    struct side *s = is_writer ? &t.w : &t.r;
    uint32_t k = random_below(&t.random, s->claimed + 2u);
    int status =
        is_writer ? gale_typed_ring_buf_write_commit(&t.writer, k) : gale_typed_ring_buf_read_release(&t.reader, k);

    if (k > s->claimed) {
        CHECK_EQ(status, GALE_EINVAL);
        return;
    }
    CHECK_EQ(status, GALE_OK);
    s->claimed = 0;
    model_move(s, k);
}

/** After a copy of `k` of `n` elements, or its refusal. */
static void check_copied(bool is_writer, uint32_t n, int32_t k)
{
    struct side *s = is_writer ? &t.w : &t.r;
    const struct side *other = is_writer ? &t.r : &t.w;
    uint32_t has = is_writer ? space() : elements();

    if (k < 0) {
        check_refused(s, other, is_writer, k);
        return;
    }
    s->claimed = 0;
    if (k > 0) {
        check_granted(s, is_writer, (uint32_t)k);
    }
    CHECK(other->closed && is_writer ? (uint32_t)k <= least(n, has) : (uint32_t)k == least(n, has));
    model_move(s, (uint32_t)k);
    if ((uint32_t)k < n) {
        bool ended = other->closed && (is_writer || elements() == 0);
        s->refused = s->refused || ended;
        s->published = ended ? s->published : s->done;
    }
}

static void do_write(uint32_t n)
{
    int32_t k;

    fill(t.copy, t.w.done, n);
    if (n == 1 && random_below(&t.random, 2) == 0) {
        k = gale_typed_ring_buf_write(&t.writer, t.copy);
        k = k == GALE_OK ? 1 : k;
    } else {
        k = gale_typed_ring_buf_write_n(&t.writer, t.copy, n);
    }
    check_copied(true, n, k);
}

static void do_read(uint32_t n)
{
    uint32_t first = t.r.done;
    uint32_t moved;
    int32_t k;

    (void)memset(t.copy, GUARD_BYTE, sizeof t.copy);
    if (n == 1 && random_below(&t.random, 2) == 0) {
        k = gale_typed_ring_buf_read(&t.reader, t.copy);
        k = k == GALE_OK ? 1 : k;
    } else {
        k = gale_typed_ring_buf_read_n(&t.reader, t.copy, n);
    }
    moved = k > 0 ? (uint32_t)k : 0;
    CHECK(holds(t.copy, first, moved));
    CHECK(is_guard(t.copy + (size_t)moved * t.bytes, GUARD));
    check_copied(false, n, k);
}

static void do_flush_or_close(bool is_writer)
{
    struct side *s = is_writer ? &t.w : &t.r;

    if (random_below(&t.random, 40) != 0) {
        if (is_writer) {
            gale_typed_ring_buf_write_flush(&t.writer);
        } else {
            gale_typed_ring_buf_read_flush(&t.reader);
        }
    } else {
        if (is_writer) {
            gale_typed_ring_buf_write_close(&t.writer);
        } else {
            gale_typed_ring_buf_read_close(&t.reader);
        }
        s->closed = true;
        s->claimed = 0;
    }
    s->published = s->done;
}

static void do_one(void)
{
    bool few = random_below(&t.random, 2) == 0;
    uint32_t n = few ? random_below(&t.random, 3) : random_below(&t.random, 2u * t.capacity);

    switch (random_below(&t.random, 10)) {
    case 0:
    case 1:
        do_write_claim(n);
        break;
    case 2:
    case 3:
        do_read_claim(n);
        break;
    case 4:
        do_commit(true);
        break;
    case 5:
        do_commit(false);
        break;
    case 6:
        do_write(n);
        break;
    case 7:
        do_read(n);
        break;
    case 8:
        do_flush_or_close(true);
        break;
    default:
        do_flush_or_close(false);
        break;
    }
}

/** What holds after every operation. */
static void check_state(void)
{
    uint32_t free_now = gale_typed_ring_buf_space_available(&t.writer);
    uint32_t there_now = gale_typed_ring_buf_elements_available(&t.reader);

    CHECK(gale_typed_ring_buf_writer_is_valid(&t.writer));
    CHECK(gale_typed_ring_buf_reader_is_valid(&t.reader));
    CHECK_EQ(free_now, space());
    CHECK_EQ(there_now, elements());
    CHECK_EQ(free_now + there_now + (t.w.done - t.w.published) + (t.r.done - t.r.published), t.capacity);
    CHECK(is_guard(t.area, GUARD));
    CHECK(is_guard(t.area + GUARD + (size_t)t.capacity * t.bytes, GUARD));
}

static uint32_t random_batch(void)
{
    return random_below(&t.random, 2) == 0 ? 1 : 1u + random_below(&t.random, 2u * t.capacity);
}

static void begin(void)
{
    static const uint32_t sizes[] = {1, 3, 4, 16, 64, 256};

    t.capacity = 1u + random_below(&t.random, random_below(&t.random, 4) == 0 ? CAPACITY_MOST : 17u);
    t.bytes =
        random_below(&t.random, 2) == 0 ? sizes[random_below(&t.random, 6)] : 1u + random_below(&t.random, BYTES_MOST);
    t.w = (struct side){.batch = random_batch()};
    t.r = (struct side){.batch = random_batch()};
    (void)memset(t.area, GUARD_BYTE, sizeof t.area);
    gale_typed_ring_buf_writer_init(&t.writer, &t.ring.writer, &t.ring.reader, t.area + GUARD, t.capacity, t.bytes,
                                    t.w.batch);
    gale_typed_ring_buf_reader_init(&t.reader, &t.ring.reader, &t.ring.writer, t.area + GUARD, t.capacity, t.bytes,
                                    t.r.batch);
}

/** After the writer closed, exactly what is left comes out, then the end, again and again. */
static void drain(void)
{
    gale_typed_ring_buf_write_close(&t.writer);
    t.w.closed = true;
    t.w.published = t.w.done;
    while (!t.r.closed && elements() > 0 && test_failures() == 0) {
        do_read(1u + random_below(&t.random, t.capacity));
    }
    for (uint32_t i = 0; i < 3; i++) {
        CHECK_EQ(gale_typed_ring_buf_read(&t.reader, t.copy), t.r.closed ? GALE_EPERM : GALE_EPIPE);
        CHECK_EQ(gale_typed_ring_buf_read_n(&t.reader, t.copy, 1), t.r.closed ? GALE_EPERM : GALE_EPIPE);
    }
}

/* @verifies RB09 RB10 RB11 RB12 RB13 RB14 */
TEST(typed_ring_buf_prop, any_sequence_of_calls_agrees_with_four_counters)
{
    t.random = random_seed(20261122);

    for (uint32_t episode = 0; episode < EPISODES && test_failures() == 0; episode++) {
        test_note("episode", episode);
        begin();
        for (uint32_t i = 0; i < OPERATIONS && test_failures() == 0; i++) {
            test_note("operation", i);
            do_one();
            check_state();
        }
        drain();
    }
}

struct triple {
    uint8_t byte[3];
};

GALE_TYPED_RING_BUF_DEFINE(plain, struct triple, 7);
GALE_TYPED_RING_BUF_DEFINE_DEFERRED(lazy, struct triple, 16, 5);

static struct triple triple_of(uint32_t number)
{
    struct triple x = {{(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number * 7u)}};

    return x;
}

/** Random calls of a typed face: what comes out is what went in, in order, and no more. */
#define TYPED_RUN(name, capacity)                                            \
    static void name##_run(void)                                             \
    {                                                                        \
        uint32_t in = 0;                                                     \
        uint32_t out = 0;                                                    \
        for (uint32_t i = 0; i < 100000u && test_failures() == 0; i++) {     \
            uint32_t kind = random_below(&t.random, 6);                      \
            struct triple x = triple_of(in);                                 \
            struct triple *run = NULL;                                       \
            const struct triple *seen = NULL;                                \
            if (kind == 0 && name##_write(&x) == GALE_OK) {                  \
                in++;                                                        \
            } else if (kind == 1 && name##_write_claim(3, &run) > 0) {       \
                run[0] = x;                                                  \
                CHECK_EQ(name##_write_commit(1), GALE_OK);                   \
                in++;                                                        \
            } else if (kind == 2 && name##_write_n(&x, 1) == 1) {            \
                in++;                                                        \
            } else if (kind == 3 && name##_read(&x) == GALE_OK) {            \
                struct triple expected = triple_of(out++);                   \
                CHECK(memcmp(&x, &expected, sizeof x) == 0);                 \
            } else if (kind == 4 && name##_read_claim(2, &seen) > 0) {       \
                struct triple expected = triple_of(out++);                   \
                CHECK(memcmp(seen, &expected, sizeof x) == 0);               \
                CHECK_EQ(name##_read_release(1), GALE_OK);                   \
            } else if (kind == 5) {                                          \
                name##_write_flush();                                        \
                name##_read_flush();                                         \
                CHECK_EQ(name##_elements_available(), in - out);             \
                CHECK_EQ(name##_space_available(), (capacity) - (in - out)); \
            }                                                                \
            CHECK(in - out <= (capacity));                                   \
            CHECK(gale_typed_ring_buf_writer_is_valid(&name##_writer));      \
            CHECK(gale_typed_ring_buf_reader_is_valid(&name##_reader));      \
        }                                                                    \
        CHECK(out > 10000u);                                                 \
    }

TYPED_RUN(plain, 7u)
TYPED_RUN(lazy, 16u)

/* @verifies RB09 RB10 RB12 */
TEST(typed_ring_buf_prop, the_typed_faces_keep_order_and_count)
{
    t.random = random_seed(20261123);
    plain_run();
    lazy_run();
}
