/* SPDX-License-Identifier: Apache-2.0 */
/** Random list operations against arrays. */
#include "gale/kernel/list.h"

#include <string.h>

#include "random.h"

#define NODES 12u
#define LISTS 4u
#define STEPS 200000u

/** Each list as an array of nodes. */
struct list_model {
    gale_id nodes[LISTS][NODES];
    uint32_t count[LISTS];
};

static struct gale_link links[NODES + LISTS];
static struct gale_list_pool pool;
static struct list_model model;

static void model_insert(gale_id list, uint32_t at, gale_id node)
{
    gale_id *nodes = model.nodes[list];

    memmove(&nodes[at + 1u], &nodes[at], (model.count[list] - at) * sizeof nodes[0]);
    nodes[at] = node;
    model.count[list]++;
}

static void model_remove(gale_id list, uint32_t at)
{
    gale_id *nodes = model.nodes[list];

    model.count[list]--;
    memmove(&nodes[at], &nodes[at + 1u], (model.count[list] - at) * sizeof nodes[0]);
}

/** Finds `node`; LISTS as list if it is in none. */
static gale_id model_find(gale_id node, uint32_t *at)
{
    for (gale_id l = 0; l < LISTS; l++) {
        for (*at = 0; *at < model.count[l]; (*at)++) {
            if (model.nodes[l][*at] == node) {
                return l;
            }
        }
    }
    return LISTS;
}

static void list_step_linked(struct random_state *r, gale_id node, gale_id owner, uint32_t at)
{
    gale_id list = (gale_id)random_below(r, LISTS);

    switch (random_below(r, 3)) {
    case 0:
        gale_list_remove(&pool, node);
        model_remove(owner, at);
        break;
    case 1:
        gale_list_move(&pool, list, node);
        model_remove(owner, at);
        model_insert(list, model.count[list], node);
        break;
    default:
        if (model.count[list] == 0) {
            CHECK_EQ(gale_list_pop_front(&pool, list), GALE_ID_NONE);
        } else {
            CHECK_EQ(gale_list_pop_front(&pool, list), model.nodes[list][0]);
            model_remove(list, 0);
        }
        break;
    }
}

static void list_step_free(struct random_state *r, gale_id node)
{
    gale_id list = (gale_id)random_below(r, LISTS);
    uint32_t count = model.count[list];
    uint32_t at = count > 0 ? random_below(r, count) : 0;

    switch (random_below(r, count > 0 ? 4 : 2)) {
    case 0:
        gale_list_push_back(&pool, list, node);
        model_insert(list, count, node);
        break;
    case 1:
        gale_list_push_front(&pool, list, node);
        model_insert(list, 0, node);
        break;
    case 2:
        gale_list_insert_after(&pool, model.nodes[list][at], node);
        model_insert(list, at + 1u, node);
        break;
    default:
        gale_list_insert_before(&pool, model.nodes[list][at], node);
        model_insert(list, at, node);
        break;
    }
}

static void list_compare(void)
{
    uint32_t at;

    for (gale_id l = 0; l < LISTS; l++) {
        gale_id forward = gale_list_first(&pool, l);
        gale_id backward = gale_list_last(&pool, l);

        CHECK_EQ(gale_list_is_empty(&pool, l), model.count[l] == 0);
        for (uint32_t i = 0; i < model.count[l]; i++) {
            REQUIRE(forward == model.nodes[l][i]);
            REQUIRE(backward == model.nodes[l][model.count[l] - 1u - i]);
            forward = gale_list_next(&pool, forward);
            backward = gale_list_prev(&pool, backward);
        }
        CHECK_EQ(forward, GALE_ID_NONE);
        CHECK_EQ(backward, GALE_ID_NONE);
    }
    for (gale_id i = 0; i < NODES; i++) {
        gale_id owner = model_find(i, &at);
        CHECK_EQ(gale_list_owner(&pool, i), owner < LISTS ? owner : GALE_ID_NONE);
    }
    CHECK(gale_list_pool_is_valid(&pool));
}

/* @verifies LS01 LS02 LS03 */
TEST(list_prop, any_sequence_of_operations_acts_like_arrays)
{
    struct random_state r = random_seed(0x11570001);

    memset(&model, 0, sizeof model);
    gale_list_pool_init(&pool, links, NODES, LISTS);
    for (uint32_t i = 0; i < STEPS && test_failures() == 0; i++) {
        gale_id node = (gale_id)random_below(&r, NODES);
        uint32_t at;
        gale_id owner = model_find(node, &at);

        if (owner < LISTS) {
            list_step_linked(&r, node, owner, at);
        } else {
            list_step_free(&r, node);
        }
        list_compare();
    }
}
