/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shared region under random layouts, random honest traffic with revocation, and a random liar on either side.
 * The models count elements without wrap and know nothing of indices.
 */
#include "gale/async/shared_stream_region.h"

#include <string.h>

#include "random.h"
#include "test.h"

#define CAPACITY_MAX 9u
#define ELEM_MAX 40u
#define CANARY 0xc5u
#define GUARD 64u
#define WRITER GALE_SHARED_STREAM_REGION_WRITER
#define READER GALE_SHARED_STREAM_REGION_READER

static struct {
    uint8_t before[GUARD];
    uint8_t block[1024] GALE_ALIGNED(512);
} memory;

static struct gale_shared_stream_region_layout layout;
static struct gale_shared_stream_region region;
static struct gale_shared_stream_region_writer writer;
static struct gale_shared_stream_region_reader reader;
static uint32_t batch;

static struct gale_atomic_u32 *word_of(enum gale_shared_stream_region_side side)
{
    return (struct gale_atomic_u32 *)(void *)&memory.block[side == WRITER ? 0 : layout.reader_offset];
}

static size_t data_bytes(void)
{
    return (size_t)layout.capacity * layout.elem_bytes;
}

/* A new stream of random size; all around data and words is canary. */
static bool fresh_stream(struct random_state *r)
{
    memset(&memory, CANARY, sizeof memory);
    batch = random_below(r, 3) == 0 ? 1 + random_below(r, 4) : 1;
    if (gale_shared_stream_region_layout_init(random_below(r, 2) ? GALE_MPU_PMSAV7 : GALE_MPU_PMSAV8,
                                              1 + random_below(r, ELEM_MAX), 1 + random_below(r, CAPACITY_MAX),
                                              &layout) != GALE_OK ||
        gale_shared_stream_region_init(&region, &layout, memory.block, sizeof memory.block) != GALE_OK) {
        return false;
    }
    gale_shared_stream_region_writer_init(&writer, &layout, memory.block, batch);
    gale_shared_stream_region_reader_init(&reader, &layout, memory.block, batch);
    return true;
}

/* Nothing but the two words and the data was touched. */
static bool canaries_stand(void)
{
    const uint8_t *all = (const uint8_t *)&memory;
    size_t block = (size_t)(memory.block - all);
    size_t data = block + layout.data_offset;
    size_t word = block + layout.reader_offset;

    for (size_t i = 0; i < sizeof memory; i++) {
        bool ours =
            (i >= block && i < block + 4) || (i >= data && i < data + data_bytes()) || (i >= word && i < word + 4);
        if (!ours && all[i] != CANARY) {
            return false;
        }
    }
    return true;
}

/* @verifies MD02 MD06 MD07 MD08 MD10 */
TEST(shared_stream_region, random_layouts_are_encodable_tight_and_end_where_they_say)
{
    struct random_state r = random_seed(0x5eed1);
    uint32_t laid_out = 0;

    for (uint32_t i = 0; i < 100000 && test_failures() == 0; i++) {
        enum gale_mpu_rules rules = (enum gale_mpu_rules)random_below(&r, 3);
        uint32_t elem_bytes = (uint32_t)random_next(&r) >> random_below(&r, 32);
        uint32_t capacity = (uint32_t)random_next(&r) >> random_below(&r, 32);
        struct gale_shared_stream_region_layout l;
        struct gale_mem_partition p[2];
        uint64_t need = (uint64_t)elem_bytes * capacity;

        if (gale_shared_stream_region_layout_init(rules, elem_bytes, capacity, &l) != GALE_OK) {
            CHECK(need == 0 || need >= 0x7fffffe0u || capacity > GALE_TYPED_RING_BUF_CAPACITY_MAX);
            continue;
        }
        laid_out++;
        CHECK(need != 0 && l.data_offset + need <= l.reader_offset && l.reader_offset < l.block_bytes);
        /* No larger than the next eighth of the next power of two (v7), granule (v8) or page. */
        CHECK(l.reader_offset - l.data_offset - need <
              (rules == GALE_MPU_PMSAV7 ? (need + 32) / 4 + 32 : l.data_offset));
        uint64_t starts = (UINT32_MAX - (uint64_t)l.block_bytes) / l.align_bytes;
        if (l.block_bytes > UINT32_MAX - l.align_bytes || starts == 0) {
            continue; /* larger than half the address space of the target */
        }
        uintptr_t start = (uintptr_t)(random_next(&r) % starts * l.align_bytes);
        for (uint32_t side = 0; side < 2; side++) {
            gale_shared_stream_region_partitions(&l, side ? READER : WRITER, start, p);
            CHECK(gale_mpu_partition_is_encodable(rules, &p[0]) && gale_mpu_partition_is_encodable(rules, &p[1]));
            CHECK(p[0].start == start && p[0].start + p[0].size == p[1].start);
            CHECK(p[1].start + p[1].size == start + l.block_bytes);
        }
    }
    CHECK(laid_out > 10000);
}

/* Element number `count` of a stream: every byte depends on it. */
static void fill(uint8_t *element, uint32_t count)
{
    for (uint32_t i = 0; i < layout.elem_bytes; i++) {
        element[i] = (uint8_t)(count * 7u + i * 13u + (count >> 8));
    }
}

static bool holds(const uint8_t *element, uint32_t count)
{
    uint8_t expected[ELEM_MAX];

    fill(expected, count);
    return memcmp(element, expected, layout.elem_bytes) == 0;
}

/* A side in one piece of random traffic: how many it wrote or read, and how many of these it has published. */
struct side {
    uint32_t count;
    uint32_t published;
};

static struct side wrote, read_;

static void publish(struct side *s, uint32_t n)
{
    s->count += n;
    if (s->count - s->published >= batch) {
        s->published = s->count;
    }
}

/* A copy counts the elements up to the wrap, and then those after it. */
static uint32_t first_piece(uint32_t count, uint32_t n)
{
    uint32_t to_wrap = layout.capacity - count % layout.capacity;

    return n < to_wrap ? n : to_wrap;
}

static void publish_copy(struct side *s, uint32_t n)
{
    uint32_t first = first_piece(s->count, n);

    publish(s, first);
    publish(s, n - first);
}

static void random_write(struct random_state *r)
{
    uint32_t n = 1 + random_below(r, CAPACITY_MAX);
    uint32_t used = wrote.count - read_.published;
    void *run = NULL;
    int32_t k = gale_shared_stream_region_write_claim(&writer, n, &run);

    if (k == GALE_EAGAIN) {
        CHECK_EQ(used, layout.capacity);
        wrote.published = wrote.count;
        return;
    }
    CHECK(k > 0 && (uint32_t)k <= n && (uint32_t)k <= layout.capacity - used);
    for (int32_t i = 0; i < k; i++) {
        fill((uint8_t *)run + (size_t)i * layout.elem_bytes, wrote.count + (uint32_t)i);
    }
    n = random_below(r, (uint32_t)k + 1);
    CHECK_EQ(gale_shared_stream_region_write_commit(&writer, n), GALE_OK);
    if (n != 0) {
        publish(&wrote, n);
    }
}

static int random_read(struct random_state *r)
{
    uint8_t in[CAPACITY_MAX * ELEM_MAX];
    uint32_t n = 1 + random_below(r, CAPACITY_MAX);
    uint32_t there = wrote.published - read_.count;
    int32_t k = gale_shared_stream_region_read_n(&reader, in, n);

    if (k < 0) {
        CHECK_EQ(there, 0);
        if (k == GALE_EAGAIN) {
            read_.published = read_.count;
        }
        return k;
    }
    CHECK(k > 0 && (uint32_t)k <= n && (uint32_t)k <= there);
    for (int32_t i = 0; i < k; i++) {
        CHECK(holds(&in[(size_t)i * layout.elem_bytes], read_.count + (uint32_t)i));
    }
    publish_copy(&read_, (uint32_t)k);
    if ((uint32_t)k < n && !region.revoked[WRITER]) {
        read_.published = read_.count; /* it looked for more and found none */
    }
    return GALE_OK;
}

/* @verifies MD12 RB09 RB10 RB14 */
TEST(shared_stream_region, random_traffic_ends_with_all_that_was_published_before_the_revocation)
{
    struct random_state r = random_seed(0x5eed2);

    for (uint32_t stream = 0; stream < 2000 && test_failures() == 0; stream++) {
        uint32_t length = random_below(&r, 150);
        int status = GALE_OK;

        test_note("stream", stream);
        REQUIRE(fresh_stream(&r));
        memset(&wrote, 0, sizeof wrote);
        memset(&read_, 0, sizeof read_);
        for (uint32_t i = 0; i < length; i++) {
            if (random_below(&r, 2)) {
                random_write(&r);
            } else {
                CHECK(random_read(&r) != GALE_EPIPE);
            }
        }
        CHECK_EQ(gale_shared_stream_region_revoke(&region, WRITER), GALE_OK);
        for (uint32_t i = 0; i <= CAPACITY_MAX && status == GALE_OK; i++) {
            status = random_read(&r);
        }
        CHECK_EQ(status, GALE_EPIPE);
        CHECK_EQ(read_.count, wrote.published);
        CHECK_EQ(gale_shared_stream_region_revoke(&region, READER), GALE_OK);
        CHECK(canaries_stand());
        CHECK(gale_shared_stream_region_is_valid(&region));
    }
}

/* What the model knows of an end that a liar faces: absolute counts. */
struct model {
    bool writes;      /* the end is a writer */
    uint32_t count;   /* elements that the end handed over */
    uint32_t pending; /* of these, not yet published */
    uint32_t seen;    /* the peer's count, as last admitted */
    uint32_t claimed; /* of the open claim */
    bool peer_closed; /* admitted as closed */
    int status;       /* what every call answers */
};

/* The peer writes: honest progress, a step too far or back, or anything. */
static void liar_writes(struct random_state *r, const struct model *m)
{
    uint32_t high = m->count - m->pending + (m->writes ? 0 : layout.capacity);
    uint32_t kind = random_below(r, 100);
    uint32_t word;

    if (kind < 88) {
        word = (m->seen + random_below(r, high - m->seen + 1)) % (2 * layout.capacity);
    } else if (kind < 94) {
        word = random_below(r, 2 * layout.capacity + 2);
    } else {
        word = (uint32_t)random_next(r) >> random_below(r, 32);
    }
    if (random_below(r, 40) == 0) {
        word |= 0x80000000u;
    }
    gale_atomic_store_release(word_of(m->writes ? READER : WRITER), word);
    if (!m->writes && random_below(r, 2) == 0) {
        memset(&memory.block[layout.data_offset], (int)random_below(r, 256), data_bytes());
    }
}

/* The model's idea of the one look at the peer's word. */
static void model_look(struct model *m)
{
    uint32_t word = gale_atomic_load_relaxed(word_of(m->writes ? READER : WRITER));
    uint32_t high = m->count - m->pending + (m->writes ? 0 : layout.capacity);

    if (m->status != GALE_OK || m->peer_closed) {
        return;
    }
    for (uint32_t count = m->seen; count <= high; count++) {
        if (count % (2 * layout.capacity) == (word & 0x7fffffffu)) {
            m->seen = count;
            m->peer_closed = (word & 0x80000000u) != 0;
            m->status = m->writes && m->peer_closed ? GALE_EPIPE : GALE_OK;
            return;
        }
    }
    m->status = GALE_ECORRUPT;
    m->claimed = m->pending = 0;
}

/* How many slots the end owns. */
static uint32_t model_slots(const struct model *m)
{
    return m->writes ? m->seen + layout.capacity - m->count : m->seen - m->count;
}

static int model_refusal(struct model *m)
{
    if (m->status != GALE_OK) {
        return m->status;
    }
    if (!m->peer_closed) {
        m->pending = 0; /* an end that finds nothing publishes what is pending */
    }
    return m->peer_closed ? GALE_EPIPE : GALE_EAGAIN;
}

static void model_publish(struct model *m, uint32_t n)
{
    m->count += n;
    m->pending = m->pending + n >= batch ? 0 : m->pending + n;
}

/* One claim against the model: its answer, its place, its length. */
static void claim_agrees(struct random_state *r, struct model *m)
{
    uint32_t n = 1 + random_below(r, CAPACITY_MAX);
    uint32_t to_wrap = layout.capacity - m->count % layout.capacity;
    void *run = NULL;
    const void *seen = NULL;
    int32_t k = m->writes ? gale_shared_stream_region_write_claim(&writer, n, &run)
                          : gale_shared_stream_region_read_claim(&reader, n, &seen);
    const uint8_t *place = m->writes ? (const uint8_t *)run : (const uint8_t *)seen;

    model_look(m);
    if (k <= 0) {
        bool none = m->status != GALE_OK || model_slots(m) == 0;
        CHECK(none);
        CHECK_EQ(k, model_refusal(m));
        m->claimed = m->status == GALE_OK ? 0 : m->claimed;
        return;
    }
    CHECK(m->status == GALE_OK && (uint32_t)k <= n && (uint32_t)k <= model_slots(m) && (uint32_t)k <= to_wrap);
    CHECK(place == &memory.block[layout.data_offset + (size_t)(m->count % layout.capacity) * layout.elem_bytes]);
    m->claimed = (uint32_t)k;
    if (m->writes) {
        memset(run, 0x77, (size_t)k * layout.elem_bytes);
    }
}

static void commit_agrees(struct random_state *r, struct model *m)
{
    uint32_t k = random_below(r, m->claimed + 2);
    int expected = m->status != GALE_OK ? m->status : k > m->claimed ? GALE_EINVAL : GALE_OK;
    int status = m->writes ? gale_shared_stream_region_write_commit(&writer, k)
                           : gale_shared_stream_region_read_release(&reader, k);

    CHECK_EQ(status, expected);
    if (status == GALE_OK) {
        m->claimed = 0;
        if (k != 0) {
            model_publish(m, k);
        }
    }
}

static void copy_agrees(struct random_state *r, struct model *m)
{
    uint8_t element[GUARD + CAPACITY_MAX * ELEM_MAX + GUARD];
    uint8_t *at = &element[GUARD];
    uint32_t n = random_below(r, 2) ? 1 : 1 + random_below(r, CAPACITY_MAX);
    int32_t k;

    memset(element, CANARY, sizeof element);
    if (n == 1) {
        k = m->writes ? gale_shared_stream_region_write(&writer, at) : gale_shared_stream_region_read(&reader, at);
        k = k == GALE_OK ? 1 : k;
    } else {
        k = m->writes ? gale_shared_stream_region_write_n(&writer, at, n)
                      : gale_shared_stream_region_read_n(&reader, at, n);
    }
    model_look(m);
    if (k <= 0) {
        CHECK(m->status != GALE_OK || model_slots(m) == 0);
        CHECK_EQ(k, model_refusal(m));
        m->claimed = m->status == GALE_OK ? 0 : m->claimed;
    } else {
        CHECK(m->status == GALE_OK);
        CHECK_EQ(k, n < model_slots(m) ? n : model_slots(m));
        uint32_t first = first_piece(m->count, (uint32_t)k);
        m->claimed = 0;
        model_publish(m, first);
        model_publish(m, (uint32_t)k - first);
        m->pending = (uint32_t)k < n && !m->peer_closed ? 0 : m->pending; /* it looked for more and found none */
    }
    for (size_t i = GUARD + (size_t)(k > 0 ? k : 0) * layout.elem_bytes; i < sizeof element; i++) {
        CHECK(element[i] == CANARY);
    }
}

static void look_agrees(struct model *m)
{
    int32_t k = m->writes ? gale_shared_stream_region_space_available(&writer)
                          : gale_shared_stream_region_elements_available(&reader);

    model_look(m);
    CHECK_EQ(k, m->status != GALE_OK ? m->status : (int32_t)model_slots(m));
}

static void flush_or_close(struct random_state *r, struct model *m)
{
    bool close = random_below(r, 60) == 0;

    if (close && m->writes) {
        gale_shared_stream_region_write_close(&writer);
    } else if (close) {
        gale_shared_stream_region_read_close(&reader);
    } else if (m->writes) {
        gale_shared_stream_region_write_flush(&writer);
    } else {
        gale_shared_stream_region_read_flush(&reader);
    }
    m->pending = 0;
    if (close) {
        m->claimed = 0;
        m->status = m->status == GALE_ECORRUPT ? GALE_ECORRUPT : GALE_EPERM;
    }
}

static void random_step(struct random_state *r, struct model *m)
{
    switch (random_below(r, 6)) {
    case 0:
        claim_agrees(r, m);
        break;
    case 1:
        commit_agrees(r, m);
        break;
    case 2:
    case 3:
        copy_agrees(r, m);
        break;
    case 4:
        look_agrees(m);
        break;
    default:
        flush_or_close(r, m);
        break;
    }
}

/* The end's own published word is what the model says. */
static void own_word_agrees(const struct model *m)
{
    uint32_t word = gale_atomic_load_relaxed(word_of(m->writes ? WRITER : READER));
    bool closed = m->status == GALE_EPERM || m->status == GALE_ECORRUPT;

    CHECK_EQ(word, (m->count - m->pending) % (2 * layout.capacity) + (closed ? 0x80000000u : 0));
}

static void liar_against(bool writes, uint64_t seed)
{
    struct random_state r = random_seed(seed);
    uint32_t corrupt = 0;
    uint64_t steps = 0;

    for (uint32_t stream = 0; stream < 20000 && test_failures() == 0; stream++) {
        struct model m = {writes, 0, 0, 0, 0, false, GALE_OK};
        uint32_t after = 0;

        test_note("stream", stream);
        REQUIRE(fresh_stream(&r));
        for (uint32_t i = 0; i < 120 && after < 12; i++, steps++) {
            if (random_below(&r, 3) == 0) {
                liar_writes(&r, &m);
            }
            random_step(&r, &m);
            own_word_agrees(&m);
            CHECK(writes ? gale_shared_stream_region_writer_is_valid(&writer)
                         : gale_shared_stream_region_reader_is_valid(&reader));
            after += m.status != GALE_OK;
        }
        CHECK(canaries_stand());
        corrupt += m.status == GALE_ECORRUPT;
    }
    test_note("steps", steps);
    CHECK(steps > 100000);
    CHECK(corrupt > 1000);
}

/* @verifies MD11 RB10 RB11 RB14 */
TEST(shared_stream_region, lying_reader_never_gets_the_writer_outside_the_data)
{
    liar_against(true, 0x5eed3);
}

/* @verifies MD11 RB10 RB11 RB14 */
TEST(shared_stream_region, lying_writer_never_gets_the_reader_outside_the_data)
{
    liar_against(false, 0x5eed4);
}
