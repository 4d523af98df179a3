/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/list.h"

#ifdef __FRAMAC__
#include "kernel/list_ghost.acsl"
#endif

/*@ requires ok: list_memory(pool) && list < pool->lists;
    assigns  \nothing;
    ensures  id: \result == pool->nodes + list;
*/
static gale_id list_sentinel(const struct gale_list_pool *pool, gale_id list)
{
    GALE_ASSERT(list < pool->lists);
    return (gale_id)(pool->nodes + list);
}

/*@ requires ok: list_memory(pool);
    assigns  \nothing;
    ensures  id: \result == (link < pool->nodes ? link : GALE_ID_NONE);
*/
static gale_id list_node_or_none(const struct gale_list_pool *pool, gale_id link)
{
    return link < pool->nodes ? link : GALE_ID_NONE;
}

/*@ requires own: \valid(link);
    assigns  *link;
    ensures  set: link->next == next && link->prev == prev && link->owner == owner;
*/
static void list_set(struct gale_link *link, gale_id next, gale_id prev, gale_id owner)
{
    link->next = next;
    link->prev = prev;
    link->owner = owner;
}

void gale_list_pool_init(struct gale_list_pool *pool, struct gale_link *links, gale_id nodes, gale_id lists)
{
    gale_id i;

    GALE_ASSERT(lists <= GALE_ID_NONE - nodes);
    *pool = (struct gale_list_pool){links, nodes, lists, 0, 0};
    /*@ loop invariant range: 0 <= i <= nodes;
        loop invariant free:  \forall integer k; 0 <= k < i ==> links[k].owner == GALE_ID_NONE;
        loop assigns i, links[0 .. nodes - 1];
        loop variant nodes - i;
    */
    for (i = 0; i < nodes; i++) {
        list_set(&links[i], GALE_ID_NONE, GALE_ID_NONE, GALE_ID_NONE);
    }
    //@ ghost list_ghost_init(pool);
    /*@ loop invariant range: 0 <= i <= lists;
        loop invariant empty: \forall integer m; 0 <= m < i ==>
            links[nodes + m].next == nodes + m && links[nodes + m].prev == nodes + m && links[nodes + m].owner == m;
        loop assigns i, links[nodes .. nodes + lists - 1];
        loop variant lists - i;
    */
    for (i = 0; i < lists; i++) {
        gale_id s = (gale_id)(nodes + i);

        list_set(&links[s], s, s, i);
    }
}

/** True when the link `at` is of `list`, and the one behind it is too as far as its id tells, and points back. */
/*@ requires own: list_readable(pool) && list < pool->lists && at < pool->nodes + pool->lists;
    assigns  \nothing;
    ensures  ls01: \result <==> list_link_agrees(pool, list, at);
*/
static bool list_link_agrees(const struct gale_list_pool *pool, gale_id list, gale_id at)
{
    gale_id next = pool->links[at].next;

    return pool->links[at].owner == list && (next < pool->nodes || next == pool->nodes + list) &&
           pool->links[next].prev == at;
}

/**
 * Walks `list` once around and counts its nodes; -1 if a link disagrees. Links that agree in both directions form no
 * cycle that misses the sentinel, so the bound on the steps is for provers.
 */
/*@ requires own: list_readable(pool) && list < pool->lists;
    assigns  \nothing;
    ensures  range: -1 <= \result <= pool->nodes;
*/
static int64_t list_walk(const struct gale_list_pool *pool, gale_id list)
{
    const gale_id sentinel = (gale_id)(pool->nodes + list);
    gale_id at = sentinel;
    gale_id steps = 0;
    bool agrees = list_link_agrees(pool, list, at);

    /*@ loop invariant range: 0 <= steps <= pool->nodes && at < pool->nodes + pool->lists;
        loop invariant link:  agrees <==> list_link_agrees(pool, list, at);
        loop assigns at, steps, agrees;
        loop variant pool->nodes - steps;
    */
    while (agrees && pool->links[at].next != sentinel && steps < pool->nodes) {
        at = pool->links[at].next;
        steps++;
        agrees = list_link_agrees(pool, list, at);
    }
    return agrees && pool->links[at].next == sentinel ? (int64_t)steps : -1;
}

/*@ requires own: \valid_read(pool) && \valid_read(pool->links + (0 .. pool->nodes - 1));
    assigns  \nothing;
    ensures  range: 0 <= \result <= pool->nodes;
*/
static int64_t list_count_linked(const struct gale_list_pool *pool)
{
    int64_t linked = 0;

    /*@ loop invariant range: 0 <= i <= pool->nodes && 0 <= linked <= i;
        loop assigns i, linked;
        loop variant pool->nodes - i;
    */
    for (gale_id i = 0; i < pool->nodes; i++) {
        linked += pool->links[i].owner != GALE_ID_NONE;
    }
    return linked;
}

bool gale_list_pool_is_valid(const struct gale_list_pool *pool)
{
    int64_t found = 0;

    if (pool->nodes_used > pool->nodes || pool->lists_used > pool->lists || pool->lists > GALE_ID_NONE - pool->nodes) {
        return false;
    }
    /*@ loop invariant range: 0 <= i <= pool->lists && 0 <= found <= i * pool->nodes;
        loop assigns i, found;
        loop variant pool->lists - i;
    */
    for (gale_id i = 0; i < pool->lists; i++) {
        int64_t count = list_walk(pool, i);

        if (count < 0) {
            return false;
        }
        found += count;
    }
    return found == list_count_linked(pool);
}

int gale_list_pool_take_nodes(struct gale_list_pool *pool, gale_id count, gale_id *first)
{
    if (count > pool->nodes - pool->nodes_used) {
        return GALE_ENOMEM;
    }
    *first = pool->nodes_used;
    pool->nodes_used = (gale_id)(pool->nodes_used + count);
    return GALE_OK;
}

int gale_list_pool_take_lists(struct gale_list_pool *pool, gale_id count, gale_id *first)
{
    if (count > pool->lists - pool->lists_used) {
        return GALE_ENOMEM;
    }
    *first = pool->lists_used;
    pool->lists_used = (gale_id)(pool->lists_used + count);
    return GALE_OK;
}

bool gale_list_is_empty(const struct gale_list_pool *pool, gale_id list)
{
    gale_id s = list_sentinel(pool, list);

    return pool->links[s].next == s;
}

gale_id gale_list_first(const struct gale_list_pool *pool, gale_id list)
{
    return list_node_or_none(pool, pool->links[list_sentinel(pool, list)].next);
}

gale_id gale_list_last(const struct gale_list_pool *pool, gale_id list)
{
    return list_node_or_none(pool, pool->links[list_sentinel(pool, list)].prev);
}

gale_id gale_list_next(const struct gale_list_pool *pool, gale_id node)
{
    GALE_ASSERT(gale_list_owner(pool, node) != GALE_ID_NONE);
    return list_node_or_none(pool, pool->links[node].next);
}

gale_id gale_list_prev(const struct gale_list_pool *pool, gale_id node)
{
    GALE_ASSERT(gale_list_owner(pool, node) != GALE_ID_NONE);
    return list_node_or_none(pool, pool->links[node].prev);
}

gale_id gale_list_owner(const struct gale_list_pool *pool, gale_id node)
{
    GALE_ASSERT(node < pool->nodes);
    return pool->links[node].owner;
}

/** The first of the two cores: puts `node` behind `at`, a linked node or a sentinel. */
/*@ requires ok:   list_pool_ok(pool) && 0 <= at < pool->nodes + pool->lists && pool->links[at].owner != GALE_ID_NONE;
    requires ls03: list_free(pool, node);
    requires room: list_len(pool->links[at].owner) < pool->nodes;
    assigns  pool->links[0 .. pool->nodes + pool->lists - 1], list_ghosts;
    ensures  ls01: list_pool_ok(pool);
    ensures  ls02: list_inserted{Pre, Post}(pool, \old(pool->links[at].owner), \old(list_pos_of(at)), node);
    ensures  ls03: list_owners_kept{Pre, Post}(pool, node) && pool->links[node].owner == \old(pool->links[at].owner);
*/
static void list_link(struct gale_list_pool *pool, gale_id at, gale_id node)
{
    struct gale_link *links = pool->links;
    gale_id next = links[at].next;

    GALE_ASSERT(gale_list_owner(pool, node) == GALE_ID_NONE && links[at].owner != GALE_ID_NONE);
    list_set(&links[node], next, at, links[at].owner);
    links[at].next = node;
    links[next].prev = node;
    //@ ghost list_ghost_shift_up(links[at].owner, list_pos[at], node);
}

void gale_list_push_back(struct gale_list_pool *pool, gale_id list, gale_id node)
{
    list_link(pool, pool->links[list_sentinel(pool, list)].prev, node);
}

void gale_list_push_front(struct gale_list_pool *pool, gale_id list, gale_id node)
{
    list_link(pool, list_sentinel(pool, list), node);
}

void gale_list_insert_after(struct gale_list_pool *pool, gale_id position, gale_id node)
{
    GALE_ASSERT(gale_list_owner(pool, position) != GALE_ID_NONE);
    list_link(pool, position, node);
}

void gale_list_insert_before(struct gale_list_pool *pool, gale_id position, gale_id node)
{
    GALE_ASSERT(gale_list_owner(pool, position) != GALE_ID_NONE);
    list_link(pool, pool->links[position].prev, node);
}

void gale_list_remove(struct gale_list_pool *pool, gale_id node)
{
    struct gale_link *links = pool->links;
    gale_id prev = links[node].prev;
    gale_id next = links[node].next;

    GALE_ASSERT(gale_list_owner(pool, node) != GALE_ID_NONE);
    links[prev].next = next;
    links[next].prev = prev;
    //@ ghost list_ghost_shift_down(links[node].owner, list_pos[node]);
    links[node].owner = GALE_ID_NONE;
}

gale_id gale_list_pop_front(struct gale_list_pool *pool, gale_id list)
{
    gale_id node = gale_list_first(pool, list);

    if (node != GALE_ID_NONE) {
        gale_list_remove(pool, node);
    }
    return node;
}

void gale_list_move(struct gale_list_pool *pool, gale_id list, gale_id node)
{
    gale_list_remove(pool, node);
    gale_list_push_back(pool, list, node);
}
