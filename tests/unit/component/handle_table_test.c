/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/component/handle_table.h"

#include "test.h"

#define ENTRIES 4u

static struct gale_handle entries[ENTRIES];
static struct gale_handle_table table;

static void begin(void)
{
    gale_handle_table_init(&table, entries, ENTRIES, 0);
}

/* @verifies HT02 */
TEST(handle_table, index_0_is_never_valid)
{
    begin();
    CHECK(gale_handle_table_get(&table, 0) == NULL);
    CHECK_EQ(gale_handle_table_add(&table, GALE_HANDLE_OWN, 7), 1);
    CHECK(gale_handle_table_get(&table, 0) == NULL);
    CHECK(gale_handle_table_is_valid(&table));
}

/* @verifies HT01 HT04 */
TEST(handle_table, an_index_designates_its_entry_until_removed)
{
    begin();
    CHECK_EQ(gale_handle_table_add(&table, GALE_HANDLE_OWN, 7), 1);
    CHECK_EQ(gale_handle_table_add(&table, GALE_HANDLE_SET, 9), 2);

    REQUIRE(gale_handle_table_get(&table, 1) != NULL && gale_handle_table_get(&table, 2) != NULL);
    CHECK_EQ(gale_handle_table_get(&table, 1)->kind, GALE_HANDLE_OWN);
    CHECK_EQ(gale_handle_table_get(&table, 1)->object, 7);
    CHECK_EQ(gale_handle_table_get(&table, 2)->kind, GALE_HANDLE_SET);
    CHECK_EQ(gale_handle_table_get(&table, 2)->object, 9);
    CHECK(gale_handle_table_is_valid(&table));
}

/* @verifies HT03 */
TEST(handle_table, a_removed_index_is_refused_until_reissued)
{
    begin();
    (void)gale_handle_table_add(&table, GALE_HANDLE_OWN, 1);
    (void)gale_handle_table_add(&table, GALE_HANDLE_OWN, 2);
    (void)gale_handle_table_add(&table, GALE_HANDLE_OWN, 3);

    gale_handle_table_remove(&table, 1);
    gale_handle_table_remove(&table, 3);
    CHECK(gale_handle_table_get(&table, 1) == NULL);
    CHECK(gale_handle_table_get(&table, 3) == NULL);
    CHECK(gale_handle_table_is_valid(&table));

    /* The one freed last comes first. */
    CHECK_EQ(gale_handle_table_add(&table, GALE_HANDLE_OWN, 4), 3);
    CHECK_EQ(gale_handle_table_add(&table, GALE_HANDLE_OWN, 5), 1);
    CHECK_EQ(gale_handle_table_add(&table, GALE_HANDLE_OWN, 6), 4);
    CHECK(gale_handle_table_is_valid(&table));
}

/* @verifies HT05 */
TEST(handle_table, add_when_full_gives_0_and_changes_nothing)
{
    begin();
    for (unsigned n = 0; n < ENTRIES; n++) {
        CHECK_EQ(gale_handle_table_add(&table, GALE_HANDLE_OWN, (gale_id)n), n + 1u);
    }
    CHECK_EQ(gale_handle_table_add(&table, GALE_HANDLE_OWN, 9), 0);
    CHECK(gale_handle_table_get(&table, ENTRIES + 1u) == NULL);
    CHECK(gale_handle_table_get(&table, UINT32_MAX) == NULL);
    CHECK(gale_handle_table_is_valid(&table));
}

TEST(handle_table, is_valid_sees_a_broken_chain)
{
    begin();
    (void)gale_handle_table_add(&table, GALE_HANDLE_OWN, 1);
    (void)gale_handle_table_add(&table, GALE_HANDLE_OWN, 2);
    gale_handle_table_remove(&table, 1);

    entries[0].object = 0; /* a cycle */
    CHECK(!gale_handle_table_is_valid(&table));
    entries[0].object = ENTRIES - 1u; /* an entry never used */
    CHECK(!gale_handle_table_is_valid(&table));
    entries[0].object = 1; /* an entry in use */
    CHECK(!gale_handle_table_is_valid(&table));
    entries[0].object = GALE_ID_NONE;
    CHECK(gale_handle_table_is_valid(&table));
    table.free = GALE_ID_NONE; /* a lost entry */
    CHECK(!gale_handle_table_is_valid(&table));
    table.used = ENTRIES + 1u;
    CHECK(!gale_handle_table_is_valid(&table));
}
