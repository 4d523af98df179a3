/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/doorbell.h"

#include "test.h"

/* @verifies DB02 */
TEST(doorbell, take_returns_all_bits_rung_and_clears_them)
{
    struct gale_doorbell d;
    gale_doorbell_init(&d);
    CHECK_EQ(gale_doorbell_take(&d), 0);

    gale_doorbell_ring(&d, 1u);
    gale_doorbell_ring(&d, 0x40000002u);
    gale_doorbell_ring(&d, 1u);

    CHECK_EQ(gale_doorbell_take(&d), 0x40000003);
    CHECK_EQ(gale_doorbell_take(&d), 0);
}

/* @verifies DB02 */
TEST(doorbell, every_one_of_the_31_bits_arrives_alone)
{
    struct gale_doorbell d = {{0}};

    for (unsigned i = 0; i < 31u; i++) {
        gale_doorbell_ring(&d, 1u << i);
        CHECK_EQ(gale_doorbell_take(&d), 1u << i);
    }
    CHECK_EQ(GALE_DOORBELL_BITS, 0x7fffffff);
}

/* @verifies DB02 */
TEST(doorbell, pending_shows_bits_and_takes_none)
{
    struct gale_doorbell d;
    gale_doorbell_init(&d);
    CHECK_EQ(gale_doorbell_pending(&d), 0);

    gale_doorbell_ring(&d, 6u);

    CHECK_EQ(gale_doorbell_pending(&d), 6);
    CHECK_EQ(gale_doorbell_pending(&d), 6);
    CHECK_EQ(gale_doorbell_take(&d), 6);
}

/* @verifies DB01 */
TEST(doorbell, wait_returns_at_once_with_bits_rung_before)
{
    struct gale_doorbell d;
    gale_doorbell_init(&d);
    gale_doorbell_ring(&d, 4u);

    CHECK_EQ(gale_doorbell_wait(&d, GALE_FOREVER), 4);
    CHECK_EQ(gale_doorbell_pending(&d), 0);
}

/* @verifies DB02 */
TEST(doorbell, wait_without_a_ring_returns_nothing_at_the_deadline)
{
    struct gale_doorbell d;
    gale_doorbell_init(&d);

    CHECK_EQ(gale_doorbell_wait(&d, GALE_NO_WAIT), 0);
    CHECK_EQ(gale_doorbell_wait(&d, gale_port_now() + 1u), 0);
    CHECK_EQ(gale_doorbell_pending(&d), 0);
    CHECK_EQ(d.word.value, 0); /* Awake again: the next ring calls no wake. */
}

/* @verifies DB02 */
TEST(doorbell, the_ports_bit_is_never_an_event)
{
    struct gale_doorbell d = {{GALE_PORT_ASLEEP}};

    CHECK_EQ(gale_doorbell_pending(&d), 0);
    gale_doorbell_ring(&d, 1u); /* Wakes nobody, which is harmless. */
    CHECK_EQ(gale_doorbell_pending(&d), 1);
    CHECK_EQ(gale_doorbell_take(&d), 1);
}
