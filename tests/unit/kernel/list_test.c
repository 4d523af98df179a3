/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/list.h"

#include <string.h>

#include "test.h"

#define NODES 8u
#define LISTS 3u

static struct gale_link links[NODES + LISTS];
static struct gale_list_pool pool;

static void list_given(void)
{
    memset(links, 0xa5, sizeof links);
    gale_list_pool_init(&pool, links, NODES, LISTS);
}

/** Checks that `list` holds exactly the nodes of `expected`, one digit each, seen forwards and backwards. */
static void list_expect(gale_id list, const char *expected)
{
    size_t n = strlen(expected);
    gale_id forward = gale_list_first(&pool, list);
    gale_id backward = gale_list_last(&pool, list);

    for (size_t i = 0; i < n; i++) {
        CHECK_EQ(forward, expected[i] - '0');
        CHECK_EQ(backward, expected[n - 1 - i] - '0');
        if (forward >= NODES || backward >= NODES) {
            return;
        }
        CHECK_EQ(gale_list_owner(&pool, forward), list);
        forward = gale_list_next(&pool, forward);
        backward = gale_list_prev(&pool, backward);
    }
    CHECK_EQ(forward, GALE_ID_NONE);
    CHECK_EQ(backward, GALE_ID_NONE);
    CHECK_EQ(gale_list_is_empty(&pool, list), n == 0);
}

static void list_push(gale_id list, const char *nodes)
{
    for (; *nodes != '\0'; nodes++) {
        gale_list_push_back(&pool, list, (gale_id)(*nodes - '0'));
    }
}

/* @verifies LS01 LS02 LS03 */
TEST(list, init_makes_every_list_empty_and_every_node_free)
{
    list_given();

    for (gale_id l = 0; l < LISTS; l++) {
        list_expect(l, "");
    }
    for (gale_id i = 0; i < NODES; i++) {
        CHECK_EQ(gale_list_owner(&pool, i), GALE_ID_NONE);
    }
    CHECK(gale_list_pool_is_valid(&pool));
}

TEST(list, init_without_nodes_or_lists_is_valid)
{
    gale_list_pool_init(&pool, links, 0, 0);

    CHECK(gale_list_pool_is_valid(&pool));
}

TEST(list, take_nodes_hands_each_id_out_once_until_enomem)
{
    gale_id first = 77;

    list_given();

    CHECK_EQ(gale_list_pool_take_nodes(&pool, 5, &first), GALE_OK);
    CHECK_EQ(first, 0);
    CHECK_EQ(gale_list_pool_take_nodes(&pool, 4, &first), GALE_ENOMEM);
    CHECK_EQ(first, 0);
    CHECK_EQ(gale_list_pool_take_nodes(&pool, 3, &first), GALE_OK);
    CHECK_EQ(first, 5);
    CHECK_EQ(gale_list_pool_take_nodes(&pool, 1, &first), GALE_ENOMEM);
    CHECK_EQ(gale_list_pool_take_nodes(&pool, 0, &first), GALE_OK);
    CHECK_EQ(first, NODES);
    CHECK(gale_list_pool_is_valid(&pool));
}

TEST(list, take_lists_hands_each_number_out_once_until_enomem)
{
    gale_id first = 77;

    list_given();

    CHECK_EQ(gale_list_pool_take_lists(&pool, 2, &first), GALE_OK);
    CHECK_EQ(first, 0);
    CHECK_EQ(gale_list_pool_take_lists(&pool, 2, &first), GALE_ENOMEM);
    CHECK_EQ(first, 0);
    CHECK_EQ(gale_list_pool_take_lists(&pool, 1, &first), GALE_OK);
    CHECK_EQ(first, 2);
    CHECK_EQ(gale_list_pool_take_lists(&pool, GALE_ID_NONE, &first), GALE_ENOMEM);
    CHECK(gale_list_pool_is_valid(&pool));
}

/* @verifies LS01 LS02 */
TEST(list, push_back_and_push_front_put_nodes_at_the_ends)
{
    list_given();

    list_push(1, "12");
    gale_list_push_front(&pool, 1, 0);
    gale_list_push_back(&pool, 1, 3);

    list_expect(1, "0123");
    list_expect(0, "");
    list_expect(2, "");
    CHECK(gale_list_pool_is_valid(&pool));
}

/* @verifies LS01 LS02 */
TEST(list, insert_puts_a_node_right_before_or_behind_another)
{
    list_given();
    list_push(0, "05");

    gale_list_insert_after(&pool, 0, 1);
    gale_list_insert_before(&pool, 5, 4);
    gale_list_insert_after(&pool, 5, 6);
    gale_list_insert_before(&pool, 0, 7);

    list_expect(0, "701456");
    CHECK(gale_list_pool_is_valid(&pool));
}

/* @verifies LS01 LS02 LS03 */
TEST(list, remove_takes_out_first_middle_last_and_only_node)
{
    list_given();
    list_push(2, "01234");

    gale_list_remove(&pool, 2);
    list_expect(2, "0134");
    gale_list_remove(&pool, 0);
    list_expect(2, "134");
    gale_list_remove(&pool, 4);
    list_expect(2, "13");
    gale_list_remove(&pool, 1);
    gale_list_remove(&pool, 3);
    list_expect(2, "");

    for (gale_id i = 0; i < NODES; i++) {
        CHECK_EQ(gale_list_owner(&pool, i), GALE_ID_NONE);
    }
    CHECK(gale_list_pool_is_valid(&pool));
}

/* @verifies LS02 */
TEST(list, pop_front_gives_the_nodes_in_order_then_none)
{
    list_given();
    list_push(0, "351");

    CHECK_EQ(gale_list_pop_front(&pool, 0), 3);
    CHECK_EQ(gale_list_owner(&pool, 3), GALE_ID_NONE);
    CHECK_EQ(gale_list_pop_front(&pool, 0), 5);
    CHECK_EQ(gale_list_pop_front(&pool, 0), 1);
    CHECK_EQ(gale_list_pop_front(&pool, 0), GALE_ID_NONE);
    CHECK(gale_list_pool_is_valid(&pool));
}

/* @verifies LS01 LS02 LS03 */
TEST(list, move_takes_a_node_to_the_end_of_another_or_its_own_list)
{
    list_given();
    list_push(0, "012");
    list_push(1, "34");

    gale_list_move(&pool, 1, 1);
    list_expect(0, "02");
    list_expect(1, "341");
    gale_list_move(&pool, 0, 0);
    list_expect(0, "20");
    gale_list_move(&pool, 0, 0);
    list_expect(0, "20");

    CHECK(gale_list_pool_is_valid(&pool));
}

/* @verifies LS03 */
TEST(list, a_node_is_found_in_the_one_list_that_owns_it)
{
    list_given();
    list_push(0, "0");
    list_push(1, "1");

    gale_list_move(&pool, 2, 0);

    CHECK_EQ(gale_list_owner(&pool, 0), 2);
    list_expect(0, "");
    list_expect(1, "1");
    list_expect(2, "0");
}

#define MANY 1000u
static struct gale_link many_links[MANY + 1u];
static struct gale_list_pool many;

/** A list of MANY - 1 nodes in which all links but those near node 500, the tail and the sentinel are unusable. */
static void list_given_many_poisoned(void)
{
    gale_list_pool_init(&many, many_links, MANY, 1);
    for (gale_id i = 0; i < MANY - 1u; i++) {
        gale_list_push_back(&many, 0, i);
    }
    for (gale_id i = 1; i < MANY - 2u; i++) {
        if (i < 499u || i > 501u) {
            memset(&many_links[i], 0xfe, sizeof many_links[i]);
        }
    }
}

static unsigned list_changed(const struct gale_link *before)
{
    unsigned changed = 0;

    for (size_t i = 0; i < MANY + 1u; i++) {
        changed += memcmp(&before[i], &many_links[i], sizeof before[i]) != 0;
    }
    return changed;
}

/* @verifies LS04 */
TEST(list, operations_on_a_long_list_touch_only_the_neighbours)
{
    static struct gale_link before[MANY + 1u];

    list_given_many_poisoned();
    memcpy(before, many_links, sizeof before);
    gale_list_push_back(&many, 0, MANY - 1u);
    CHECK_EQ(gale_list_last(&many, 0), MANY - 1u);
    CHECK(list_changed(before) <= 3u);

    memcpy(before, many_links, sizeof before);
    CHECK_EQ(gale_list_pop_front(&many, 0), 0);
    CHECK(list_changed(before) <= 3u);

    memcpy(before, many_links, sizeof before);
    gale_list_remove(&many, 500);
    CHECK_EQ(gale_list_next(&many, 499), 501);
    CHECK_EQ(gale_list_prev(&many, 501), 499);
    CHECK(list_changed(before) <= 3u);

    memcpy(before, many_links, sizeof before);
    gale_list_insert_after(&many, 499, 500);
    CHECK_EQ(gale_list_next(&many, 499), 500);
    CHECK(list_changed(before) <= 3u);

    memcpy(before, many_links, sizeof before);
    gale_list_move(&many, 0, 500);
    CHECK_EQ(gale_list_last(&many, 0), 500);
    CHECK(list_changed(before) <= 5u);
}

static void list_given_three(void)
{
    list_given();
    list_push(0, "012");
    list_push(1, "3");
    CHECK(gale_list_pool_is_valid(&pool));
}

/* @verifies LS01 */
TEST(list, is_valid_sees_links_that_disagree)
{
    list_given_three();
    links[1].prev = 2;
    CHECK(!gale_list_pool_is_valid(&pool));

    list_given_three();
    links[NODES + 2u].prev = 4;
    CHECK(!gale_list_pool_is_valid(&pool));
}

/* @verifies LS01 */
TEST(list, is_valid_sees_a_ring_that_misses_its_sentinel)
{
    list_given_three();
    links[2].next = 1;
    links[1].prev = 2;
    CHECK(!gale_list_pool_is_valid(&pool));
}

/* @verifies LS01 */
TEST(list, is_valid_sees_ids_out_of_range_and_foreign_sentinels)
{
    list_given_three();
    links[0].next = GALE_ID_NONE;
    CHECK(!gale_list_pool_is_valid(&pool));

    list_given_three();
    links[2].next = NODES + 1u;
    CHECK(!gale_list_pool_is_valid(&pool));
}

/* @verifies LS01 LS03 */
TEST(list, is_valid_sees_a_node_whose_owner_is_wrong_or_that_no_list_holds)
{
    list_given_three();
    links[1].owner = 1;
    CHECK(!gale_list_pool_is_valid(&pool));

    list_given_three();
    links[5].owner = 0;
    CHECK(!gale_list_pool_is_valid(&pool));
}

/* @verifies LS01 */
TEST(list, is_valid_sees_counts_out_of_range)
{
    list_given_three();
    pool.nodes_used = NODES + 1u;
    CHECK(!gale_list_pool_is_valid(&pool));

    list_given_three();
    pool.lists_used = LISTS + 1u;
    CHECK(!gale_list_pool_is_valid(&pool));

    list_given_three();
    pool.lists = (gale_id)(GALE_ID_NONE - NODES + 1u);
    CHECK(!gale_list_pool_is_valid(&pool));
}

/* @verifies LS01 */
TEST(list, is_valid_ends_where_more_nodes_claim_to_be_linked_than_exist)
{
    list_given_three();
    pool.nodes = 2;
    pool.nodes_used = 0;
    links[2] = (struct gale_link){0, 1, 0};
    links[0] = (struct gale_link){1, 2, 0};
    links[1] = (struct gale_link){2, 0, 0};
    pool.lists = 1;
    CHECK(gale_list_pool_is_valid(&pool));
    links[1].next = 0;
    CHECK(!gale_list_pool_is_valid(&pool));
}
