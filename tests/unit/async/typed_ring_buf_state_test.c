/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/async/typed_ring_buf.h"
#include "test.h"

#define CAPACITY 5u

static struct gale_typed_ring_buf ring;
static struct gale_typed_ring_buf_writer w;
static struct gale_typed_ring_buf_reader r;
static uint16_t data[CAPACITY];

/* @verifies RB10 */
TEST(typed_ring_buf_state, is_valid_rejects_each_broken_field)
{
    static const uint16_t in[3] = {1, 2, 3};
    struct gale__ring_end good;
    struct gale__ring_end bad[18];

    gale_typed_ring_buf_writer_init(&w, &ring.writer, &ring.reader, data, CAPACITY, sizeof data[0], 2);
    gale_typed_ring_buf_reader_init(&r, &ring.reader, &ring.writer, data, CAPACITY, sizeof data[0], 1);
    REQUIRE(gale_typed_ring_buf_write_n(&w, in, 3) == 3);
    good = w.end;
    REQUIRE(gale__ring_end_is_valid(&good));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        bad[i] = good;
    }
    bad[0].capacity = 0;
    bad[1].capacity = GALE_TYPED_RING_BUF_CAPACITY_MAX + 1u;
    bad[2].batch = 0;
    bad[3].elem_bytes = 0;
    bad[4].elem_bytes = UINT32_MAX;
    bad[5].bias = 1;
    bad[6].index = 2u * CAPACITY;
    bad[7].limit = 2u * CAPACITY;
    bad[8].slot = good.slot + 1u;
    bad[9].pending = 2;
    bad[10].batch = UINT32_MAX;
    bad[10].pending = CAPACITY + 1u;
    bad[11].limit = good.index + CAPACITY;
    bad[12].claimed = 3;
    bad[12].gate = good.index;
    bad[13].claimed = 1;
    bad[14].gate = good.limit + 1u;
    bad[15].index = good.index + CAPACITY;
    bad[16].index = good.limit + 1u;
    bad[16].slot = bad[16].index - CAPACITY;
    bad[17] = r.end;
    bad[17].limit = 5;
    bad[17].gate = 0;
    bad[17].index = 3;
    bad[17].slot = 3;
    bad[17].claimed = 3;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        test_note("field", i);
        CHECK(!gale__ring_end_is_valid(&bad[i]));
    }
}

/* @verifies RB10 */
TEST(typed_ring_buf_state, is_valid_tells_a_writer_from_a_reader)
{
    gale_typed_ring_buf_init(&ring, &w, &r, data, CAPACITY, sizeof data[0]);
    w.end.bias = 0;
    w.end.limit = 0;
    w.end.gate = 0;
    r.end.bias = CAPACITY;

    CHECK(!gale_typed_ring_buf_writer_is_valid(&w));
    CHECK(!gale_typed_ring_buf_reader_is_valid(&r));
    r.end.batch = 0;
    w.end.batch = 0;
    CHECK(!gale_typed_ring_buf_writer_is_valid(&w));
    CHECK(!gale_typed_ring_buf_reader_is_valid(&r));
}
