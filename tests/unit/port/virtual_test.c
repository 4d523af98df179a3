/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/port_virtual.h"

#include "gale/kernel/doorbell.h"

#include "test.h"

static struct gale_doorbell bell;
static unsigned order[8];
static unsigned order_count;
static bool in_isr;

static void note(void *arg)
{
    in_isr = gale_port_in_isr();
    order[order_count++] = *(unsigned *)arg;
}

static void ring(void *arg)
{
    (void)arg;
    gale_doorbell_ring(&bell, 1u);
}

static void begin(gale_tick now)
{
    gale_virtual_reset(now);
    gale_doorbell_init(&bell);
    order_count = 0;
    in_isr = false;
}

TEST(virtual_time, stands_still_until_a_sleep_takes_it_to_the_deadline)
{
    begin(100);
    CHECK_EQ(gale_port_now(), 100);
    CHECK_EQ(gale_port_now(), 100);

    gale_port_idle(&bell.word, 5000);
    CHECK_EQ(gale_port_now(), 5000);

    gale_port_idle(&bell.word, 10); /* Passed: time does not go back. */
    gale_port_alarm(9000);
    CHECK_EQ(gale_port_now(), 5000);
    CHECK(!gale_virtual_deadlocked());
}

TEST(virtual_time, a_sleep_ends_at_an_interrupt_before_the_deadline)
{
    begin(0);
    REQUIRE(gale_virtual_at(40, ring, NULL) == GALE_OK);

    CHECK_EQ(gale_doorbell_wait(&bell, 100), 1);
    CHECK_EQ(gale_port_now(), 40);
    CHECK_EQ(gale_virtual_scheduled(), 0);
}

TEST(virtual_time, a_sleep_with_a_bit_set_takes_no_time)
{
    begin(7);
    gale_doorbell_ring(&bell, 2u);
    gale_port_idle(&bell.word, 100);
    CHECK_EQ(gale_port_now(), 7);
    CHECK_EQ(gale_doorbell_take(&bell), 2);
}

TEST(virtual_time, interrupts_run_by_tick_and_then_as_scheduled)
{
    unsigned names[] = {0, 1, 2, 3};
    begin(0);
    REQUIRE(gale_virtual_at(20, note, &names[2]) == GALE_OK);
    REQUIRE(gale_virtual_at(10, note, &names[0]) == GALE_OK);
    REQUIRE(gale_virtual_at(20, note, &names[3]) == GALE_OK);
    REQUIRE(gale_virtual_at(10, note, &names[1]) == GALE_OK);

    gale_virtual_advance(15);
    CHECK_EQ(order_count, 2);
    CHECK_EQ(gale_port_now(), 15);
    CHECK_EQ(gale_virtual_scheduled(), 2);

    gale_virtual_advance(5);
    REQUIRE(order_count == 4u);
    for (unsigned i = 0; i < 4u; i++) {
        CHECK_EQ(order[i], i);
    }
    CHECK(in_isr);
    CHECK(!gale_port_in_isr());
}

TEST(virtual_time, an_interrupt_in_the_past_runs_when_time_passes_next)
{
    unsigned name = 5;
    begin(50);
    REQUIRE(gale_virtual_at(10, note, &name) == GALE_OK);
    CHECK_EQ(order_count, 0);
    gale_port_idle(&bell.word, 60);
    CHECK_EQ(order_count, 1);
    CHECK_EQ(gale_port_now(), 50);
}

TEST(virtual_time, the_table_of_interrupts_is_bounded)
{
    begin(0);
    for (unsigned i = 0; i < GALE_VIRTUAL_INTERRUPTS; i++) {
        REQUIRE(gale_virtual_at(i, ring, NULL) == GALE_OK);
    }
    CHECK_EQ(gale_virtual_at(0, ring, NULL), GALE_ENOMEM);
    CHECK_EQ(gale_virtual_scheduled(), GALE_VIRTUAL_INTERRUPTS);
}

static void count_deadlock(void *arg)
{
    (*(unsigned *)arg)++;
}

TEST(virtual_time, sleeping_forever_with_nothing_to_come_is_a_deadlock)
{
    unsigned count = 0;

    begin(3);
    gale_port_idle(&bell.word, GALE_FOREVER);
    CHECK(gale_virtual_deadlocked());
    CHECK_EQ(gale_port_now(), 3);

    begin(3);
    CHECK(!gale_virtual_deadlocked());
    gale_virtual_on_deadlock(count_deadlock, &count);
    gale_port_idle(&bell.word, GALE_FOREVER);
    gale_port_idle(&bell.word, GALE_FOREVER);
    CHECK_EQ(count, 2);
    CHECK(gale_virtual_deadlocked());
}
