/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One step of the lists from any well-formed pool; each list is compared with the sequence that it should be.
 * @bound 4 nodes, 2 lists, in any arrangement
 * @cbmc --unwind 7
 */
#include "harness.h"

#include "kernel/list.c"

enum { NODES = 4, LISTS = 2 };

struct sequence {
    uint32_t length;
    gale_id at[NODES + 1];
};

static struct gale_link links[NODES + LISTS];
static struct gale_list_pool pool;
static struct sequence old[LISTS];

static struct sequence walk(uint32_t list)
{
    struct sequence s = {0};
    gale_id node = gale_list_first(&pool, (gale_id)list);

    for (; s.length < NODES && node != GALE_ID_NONE; s.length++) {
        s.at[s.length] = node;
        node = gale_list_next(&pool, node);
    }
    return s;
}

static void any_pool(void)
{
    pool = (struct gale_list_pool){links, NODES, LISTS, NODES, LISTS};
    for (uint32_t i = 0; i < NODES + LISTS; i++) {
        links[i].next = (gale_id)any_upto(NODES + LISTS - 1u);
        links[i].prev = (gale_id)any_upto(NODES + LISTS - 1u);
        links[i].owner = (gale_id)nondet_u32();
    }
    assume(gale_list_pool_is_valid(&pool));
    for (uint32_t l = 0; l < LISTS; l++) {
        old[l] = walk(l);
    }
}

static struct sequence with(struct sequence s, uint32_t position, gale_id node)
{
    for (uint32_t i = NODES; i > position; i--) {
        s.at[i] = s.at[i - 1u];
    }
    s.at[position] = node;
    s.length++;
    return s;
}

static struct sequence without(struct sequence s, uint32_t position)
{
    for (uint32_t i = position; i < NODES; i++) {
        s.at[i] = s.at[i + 1u];
    }
    s.length--;
    return s;
}

static uint32_t position_of(const struct sequence *s, gale_id node)
{
    uint32_t i = 0;

    while (i < s->length && s->at[i] != node) {
        i++;
    }
    return i;
}

static bool equal(const struct sequence *a, const struct sequence *b)
{
    bool same = a->length == b->length;

    for (uint32_t i = 0; i < NODES; i++) {
        same = same && (i >= a->length || a->at[i] == b->at[i]);
    }
    return same;
}

/** The list is `wanted` now, the other one is as it was, and every node is in the list that it names. */
static void holds(gale_id list, struct sequence wanted)
{
    const struct sequence now = walk(list);
    const struct sequence other = walk(1u - list);
    const gale_id node = (gale_id)any_upto(NODES - 1u);
    const bool here = position_of(&now, node) < now.length;
    const bool there = position_of(&other, node) < other.length;

    prove(gale_list_pool_is_valid(&pool), "LS01: the pool is well formed after the step");
    prove(equal(&now, &wanted), "LS02: the list is the sequence that the operation gives");
    prove(equal(&other, &old[1u - list]), "LS02: the other list is as it was");
    prove(!(here && there), "LS03: a node is in at most one list");
    prove(gale_list_owner(&pool, node) == (here ? list : there ? 1u - list : GALE_ID_NONE), "LS03: the owner tells it");
    reached();
}

static gale_id any_list(void)
{
    return (gale_id)any_upto(LISTS - 1u);
}

static gale_id any_free_node(void)
{
    const gale_id node = (gale_id)any_upto(NODES - 1u);

    assume(gale_list_owner(&pool, node) == GALE_ID_NONE);
    return node;
}

static gale_id any_node_of(gale_id list)
{
    const gale_id node = (gale_id)any_upto(NODES - 1u);

    assume(gale_list_owner(&pool, node) == list);
    return node;
}

/* @mutant src/kernel/list.c: `list_set(&links[s], s, s, i);` -> `list_set(&links[s], s, i, i);` */
void check_init(void)
{
    gale_list_pool_init(&pool, links, NODES, LISTS);
    prove(gale_list_pool_is_valid(&pool) && gale_list_is_empty(&pool, 0) && gale_list_is_empty(&pool, 1),
          "LS01: a new pool has empty lists");
    prove(gale_list_owner(&pool, (gale_id)any_upto(NODES - 1u)) == GALE_ID_NONE, "LS03: and free nodes");
    reached();
}

/* @mutant src/kernel/list.c: `links[next].prev = node;` -> `` */
void check_push_back(void)
{
    any_pool();
    const gale_id list = any_list();
    const gale_id node = any_free_node();

    gale_list_push_back(&pool, list, node);
    holds(list, with(old[list], old[list].length, node));
}

/* @mutant src/kernel/list.c: `list_link(pool, list_sentinel(pool, list), node);` -> `gale_list_push_back(pool, list, node);` */
void check_push_front(void)
{
    any_pool();
    const gale_id list = any_list();
    const gale_id node = any_free_node();

    gale_list_push_front(&pool, list, node);
    holds(list, with(old[list], 0, node));
}

/* @mutant src/kernel/list.c: `list_link(pool, pool->links[position].prev, node);` -> `list_link(pool, position, node);` */
void check_insert(void)
{
    any_pool();
    const gale_id list = any_list();
    const gale_id node = any_free_node();
    const gale_id position = any_node_of(list);
    const uint32_t i = position_of(&old[list], position);

    if (nondet_bool()) {
        gale_list_insert_before(&pool, position, node);
        holds(list, with(old[list], i, node));
    } else {
        gale_list_insert_after(&pool, position, node);
        holds(list, with(old[list], i + 1u, node));
    }
}

/* @mutant src/kernel/list.c: `links[node].owner = GALE_ID_NONE;` -> ``
 * @mutant src/kernel/list.c: `links[prev].next = next;` -> `` */
void check_remove(void)
{
    any_pool();
    const gale_id list = any_list();
    const gale_id node = any_node_of(list);

    gale_list_remove(&pool, node);
    holds(list, without(old[list], position_of(&old[list], node)));
}

/* @mutant src/kernel/list.c: `if (node != GALE_ID_NONE)` -> `if (node != GALE_ID_NONE && node != 0)` */
void check_pop_front(void)
{
    any_pool();
    const gale_id list = any_list();
    const gale_id node = gale_list_pop_front(&pool, list);

    prove(node == (old[list].length == 0 ? GALE_ID_NONE : old[list].at[0]), "LS02: the first node, or none");
    holds(list, old[list].length == 0 ? old[list] : without(old[list], 0));
}

/* @mutant src/kernel/list.c: `gale_list_push_back(pool, list, node);` -> `gale_list_push_front(pool, list, node);` */
void check_move(void)
{
    any_pool();
    const gale_id from = any_list();
    const gale_id to = any_list();
    const gale_id node = any_node_of(from);

    gale_list_move(&pool, to, node);
    old[from] = without(old[from], position_of(&old[from], node));
    holds(to, with(old[to], old[to].length, node));
}

/* @mutant src/kernel/list.c: `return list_node_or_none(pool, pool->links[list_sentinel(pool, list)].prev);` -> `return list_node_or_none(pool, pool->links[list_sentinel(pool, list)].next);` */
void check_look(void)
{
    any_pool();
    const gale_id list = any_list();
    const struct sequence *s = &old[list];

    prove(gale_list_is_empty(&pool, list) == (s->length == 0), "LS02: empty iff the sequence is");
    prove(gale_list_last(&pool, list) == (s->length == 0 ? GALE_ID_NONE : s->at[s->length - 1u]),
          "LS02: the last node");
    if (s->length > 0) {
        const gale_id node = any_node_of(list);
        const uint32_t i = position_of(s, node);

        prove(gale_list_prev(&pool, node) == (i == 0 ? GALE_ID_NONE : s->at[i - 1u]), "LS02: the one before");
        prove(gale_list_next(&pool, node) == (i + 1u == s->length ? GALE_ID_NONE : s->at[i + 1u]),
              "LS02: the one behind");
    }
    holds(list, *s);
}

/* @mutant src/kernel/list.c: `count > pool->nodes - pool->nodes_used` -> `count > pool->nodes`
 * @mutant src/kernel/list.c: `count > pool->lists - pool->lists_used` -> `count >= pool->lists - pool->lists_used` */
void check_take(void)
{
    gale_id first = 7;
    const gale_id count = (gale_id)nondet_u32();

    pool = (struct gale_list_pool){links, NODES, LISTS, (gale_id)any_upto(NODES), (gale_id)any_upto(LISTS)};
    const struct gale_list_pool before = pool;

    if (nondet_bool()) {
        const int status = gale_list_pool_take_nodes(&pool, count, &first);
        prove(status == (before.nodes_used + count <= NODES ? GALE_OK : GALE_ENOMEM), "LS03: ids are handed out once");
        prove(status == GALE_OK ? first == before.nodes_used && pool.nodes_used == first + count
                                : first == 7 && pool.nodes_used == before.nodes_used,
              "LS03: the ids that follow, or none");
    } else {
        const int status = gale_list_pool_take_lists(&pool, count, &first);
        prove(status == (before.lists_used + count <= LISTS ? GALE_OK : GALE_ENOMEM),
              "LS03: lists are handed out once");
        prove(status == GALE_OK ? first == before.lists_used && pool.lists_used == first + count
                                : first == 7 && pool.lists_used == before.lists_used,
              "LS03: the lists that follow, or none");
    }
    reached();
}
