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
    assigns  link->next, link->prev, link->owner;
    ensures  set: link->next == next && link->prev == prev && link->owner == owner;
*/
static void list_set(struct gale_link *link, gale_id next, gale_id prev, gale_id owner)
{
    link->next = next;
    link->prev = prev;
    link->owner = owner;
}

/*@ requires own:  links_memory(links, nodes, lists);
    assigns  links[0 .. nodes + lists - 1], list_ghosts;
    ensures  ls01: links_ok(links, nodes, lists);
    ensures  ls02: \forall integer l; 0 <= l < lists ==> list_len(l) == 0;
    ensures  ls03: \forall integer i; 0 <= i < nodes ==> links[i].owner == GALE_ID_NONE;
*/
static void list_init_links(struct gale_link *links, gale_id nodes, gale_id lists)
{
    gale_id i;

    //@ assert fields: links_fields(links, nodes + lists);
    /*@ loop invariant range: 0 <= i <= nodes;
        loop invariant free:  \forall integer k; 0 <= k < i ==> links[k].owner == GALE_ID_NONE;
        loop assigns i, links[0 .. nodes - 1];
        loop variant nodes - i;
    */
    for (i = 0; i < nodes; i++) {
        list_set(&links[i], GALE_ID_NONE, GALE_ID_NONE, GALE_ID_NONE);
    }
    //@ ghost list_ghost_init(nodes, lists);
    /*@ loop invariant range: 0 <= i <= lists;
        loop invariant empty: \forall integer s; nodes <= s < nodes + i ==>
            links[s].next == s && links[s].prev == s && links[s].owner == s - nodes;
        loop assigns i, links[nodes .. nodes + lists - 1];
        loop variant lists - i;
    */
    for (i = 0; i < lists; i++) {
        gale_id s = (gale_id)(nodes + i);

        list_set(&links[s], s, s, i);
    }
    //@ ghost list_ghost_empty(links, nodes, lists);
}

void gale_list_pool_init(struct gale_list_pool *pool, struct gale_link *links, gale_id nodes, gale_id lists)
{
    GALE_ASSERT(lists <= GALE_ID_NONE - nodes);
    list_init_links(links, nodes, lists);
    pool->links = links;
    pool->nodes = nodes;
    pool->lists = lists;
    pool->nodes_used = 0;
    pool->lists_used = 0;
    //@ assert seqs: \forall integer l; 0 <= l < lists ==> links_seq_ok(links, nodes, lists, l);
    //@ assert nodes: \forall integer i; 0 <= i < nodes + lists ==> links_node_ok(links, nodes, lists, i);
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

    //@ assert first: list_node_ok(pool, s) && list_place_ok(pool, list, 1);
    return pool->links[s].next == s;
}

gale_id gale_list_first(const struct gale_list_pool *pool, gale_id list)
{
    //@ assert first: list_node_ok(pool, pool->nodes + list) && list_place_ok(pool, list, 1);
    return list_node_or_none(pool, pool->links[list_sentinel(pool, list)].next);
}

gale_id gale_list_last(const struct gale_list_pool *pool, gale_id list)
{
    //@ assert last: list_place_ok(pool, list, list_len(list));
    return list_node_or_none(pool, pool->links[list_sentinel(pool, list)].prev);
}

gale_id gale_list_next(const struct gale_list_pool *pool, gale_id node)
{
    GALE_ASSERT(gale_list_owner(pool, node) != GALE_ID_NONE);
    //@ assert next: list_node_ok(pool, node) && list_place_ok(pool, pool->links[node].owner, list_pos_of(node) + 1);
    return list_node_or_none(pool, pool->links[node].next);
}

gale_id gale_list_prev(const struct gale_list_pool *pool, gale_id node)
{
    GALE_ASSERT(gale_list_owner(pool, node) != GALE_ID_NONE);
    //@ assert prev: list_node_ok(pool, node) && list_place_ok(pool, pool->links[node].owner, list_pos_of(node) - 1);
    return list_node_or_none(pool, pool->links[node].prev);
}

gale_id gale_list_owner(const struct gale_list_pool *pool, gale_id node)
{
    GALE_ASSERT(node < pool->nodes);
    return pool->links[node].owner;
}

/** The first of the two cores: puts `node` behind `at`, a linked node or a sentinel. */
/*@ requires own:  links_memory(links, n, m);
    requires ok:   links_ok(links, n, m) && 0 <= at < n + m && links[at].owner != GALE_ID_NONE;
    requires ls03: 0 <= node < n && links[node].owner == GALE_ID_NONE;
    assigns  links[0 .. n + m - 1], list_ghosts;
    ensures  ls01: links_ok(links, n, m);
    ensures  ls02: links_inserted{Pre, Post}(m, \old(links[at].owner), \old(list_pos[at]), node);
    ensures  ls03: links_owners_kept{Pre, Post}(links, n + m, node) && links[node].owner == \old(links[at].owner);
*/
static void list_splice(struct gale_link *links, gale_id at, gale_id node) /*@ ghost (gale_id n, gale_id m) */
{
    const gale_id list = links[at].owner;
    const gale_id next = links[at].next;

    //@ assert at: links_node_ok(links, n, m, at) && links_seq_ok(links, n, m, list);
    //@ ghost int kp = list_pos[at];
    //@ assert fields: links_fields(links, n + m);
    /*@ assert places: \forall integer i; 0 <= i < n + m ==> links_node_ok(links, n, m, i) &&
          (links[i].owner == list ==> 0 <= list_pos[i] <= list_count[list] && list_seq[list].at[list_pos[i]] == i); */
    //@ assert elems: \forall integer k; 0 <= k <= list_count[list] ==> links_elem_ok(links, n, m, list, k);
    //@ assert next: next == list_seq[list].at[kp + 1];
    //@ assert step: kp < list_count[list] ==> links_elem_ok(links, n, m, list, kp + 1);
    //@ assert last: kp < list_count[list] ? list_pos[next] == kp + 1 : next == n + list;
    //@ assert ends: 0 <= next < n + m && links[next].owner == list && next != node && at != node;
    //@ assert absent: \forall integer k; 0 <= k <= list_count[list] ==> list_seq[list].at[k] != node;
    //@ ghost list_ghost_room(list, n, node);
    list_set(&links[node], next, at, list);
    links[at].next = node;
    links[next].prev = node;
    //@ ghost list_ghost_shift_up(list, kp, node);
    //@ assert owners: links_owners_kept{Pre, Here}(links, n + m, node);
    //@ assert others: links_others_same{Pre, Here}(m, list);
    /*@ assert nexts: \forall integer i; 0 <= i < n + m && i != node && i != at ==>
          links[i].next == \at(links[i].next, Pre); */
    /*@ assert prevs: \forall integer i; 0 <= i < n + m && i != node && i != next ==>
          links[i].prev == \at(links[i].prev, Pre); */
    /*@ assert moved: \forall integer i; 0 <= i < n + m && i != node && links[i].owner == list &&
            \at(list_pos[i], Pre) > kp ==> list_pos[i] == \at(list_pos[i], Pre) + 1; */
    /*@ assert still: \forall integer i; 0 <= i < n + m && i != node && (links[i].owner != list ||
            \at(list_pos[i], Pre) <= kp) ==> list_pos[i] == \at(list_pos[i], Pre); */
    /*@ assert elems_others: \forall integer l, k; 0 <= l < m && l != list && 0 <= k <= list_count[l] &&
          links_seq_ok{Pre}(links, n, m, l) && links_elem_ok{Pre}(links, n, m, l, k) ==>
          links_elem_ok(links, n, m, l, k); */
    /*@ assert heads_others: \forall integer l; 0 <= l < m && l != list && links_seq_ok{Pre}(links, n, m, l) ==>
          links[n + l].owner == l && list_pos[n + l] == 0 && links[n + l].prev == list_seq[l].at[list_count[l]]; */
    /*@ assert seq_others: \forall integer l; 0 <= l < m && l != list && links_seq_ok{Pre}(links, n, m, l) ==>
          links_seq_ok(links, n, m, l); */
    /*@ assert elems_low: \forall integer k; 0 <= k <= kp && links_elem_ok{Pre}(links, n, m, list, k) ==>
          links_elem_ok(links, n, m, list, k); */
    //@ assert elem_x: links_elem_ok(links, n, m, list, kp + 1);
    /*@ assert elems_high: \forall integer k; kp + 1 < k <= list_count[list] &&
          links_elem_ok{Pre}(links, n, m, list, k - 1) ==> links_elem_ok(links, n, m, list, k); */
    //@ assert seq_own: links_seq_ok(links, n, m, list);
    /*@ assert node_others: \forall integer i; 0 <= i < n + m && i != node && links[i].owner != list &&
            links_node_ok{Pre}(links, n, m, i) ==>
            links_node_ok(links, n, m, i); */
    //@ assert node_x: links_node_ok(links, n, m, node);
    //@ assert node_at: links_node_ok(links, n, m, at);
    //@ assert node_next: links_node_ok(links, n, m, next);
    /*@ assert node_low: \forall integer i; 0 <= i < n + m && i != at && i != next && i != node &&
            links[i].owner == list && \at(list_pos[i], Pre) < kp &&
            links_node_ok{Pre}(links, n, m, i) ==> links_node_ok(links, n, m, i); */
    /*@ assert node_high: \forall integer i; 0 <= i < n + m && i != at && i != next && i != node &&
            links[i].owner == list && \at(list_pos[i], Pre) > kp &&
            links_node_ok{Pre}(links, n, m, i) ==> links_node_ok(links, n, m, i); */
}

/*@ requires ok:   list_pool_ok(pool) && 0 <= at < pool->nodes + pool->lists && pool->links[at].owner != GALE_ID_NONE;
    requires ls03: list_free(pool, node);
    assigns  pool->links[0 .. pool->nodes + pool->lists - 1], list_ghosts;
    ensures  ls01: list_pool_ok(pool);
    ensures  ls02: list_inserted{Pre, Post}(pool, \old(pool->links[at].owner), \old(list_pos_of(at)), node);
    ensures  ls03: list_owners_kept{Pre, Post}(pool, node) && pool->links[node].owner == \old(pool->links[at].owner);
*/
static void list_link(struct gale_list_pool *pool, gale_id at, gale_id node)
{
    GALE_ASSERT(gale_list_owner(pool, node) == GALE_ID_NONE && pool->links[at].owner != GALE_ID_NONE);
    //@ assert apart: \separated(pool, pool->links + (0 .. pool->nodes + pool->lists - 1));
    list_splice(pool->links, at, node) /*@ ghost (pool->nodes, pool->lists) */;
}

void gale_list_push_back(struct gale_list_pool *pool, gale_id list, gale_id node)
{
    //@ assert list: list_seq_ok(pool, list);
    //@ assert last: links_elem_ok(pool->links, pool->nodes, pool->lists, list, list_len(list));
    list_link(pool, pool->links[list_sentinel(pool, list)].prev, node);
}

void gale_list_push_front(struct gale_list_pool *pool, gale_id list, gale_id node)
{
    //@ assert list: list_seq_ok(pool, list);
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
    //@ assert position: list_node_ok(pool, position) && list_seq_ok(pool, pool->links[position].owner);
    /*@ assert before: links_elem_ok(pool->links, pool->nodes, pool->lists, pool->links[position].owner,
                                     list_pos_of(position) - 1); */
    list_link(pool, pool->links[position].prev, node);
}

/** The second of the two cores: takes `node` out of the list it is in. */
/*@ requires own:  links_memory(links, n, m);
    requires ok:   links_ok(links, n, m) && 0 <= node < n && links[node].owner != GALE_ID_NONE;
    assigns  links[0 .. n + m - 1], list_ghosts;
    ensures  ls01: links_ok(links, n, m);
    ensures  ls02: links_removed{Pre, Post}(m, \old(links[node].owner), \old(list_pos[node]));
    ensures  ls03: links_owners_kept{Pre, Post}(links, n + m, node) && links[node].owner == GALE_ID_NONE;
*/
static void list_unlink(struct gale_link *links, gale_id node) /*@ ghost (gale_id n, gale_id m) */
{
    const gale_id prev = links[node].prev;
    const gale_id next = links[node].next;

    //@ ghost gale_id list = links[node].owner;
    //@ ghost int kp = list_pos[node];
    //@ assert node: links_node_ok(links, n, m, node) && links_seq_ok(links, n, m, list);
    /*@ assert places: \forall integer i; 0 <= i < n + m ==> links_node_ok(links, n, m, i) &&
          (links[i].owner == list ==> 0 <= list_pos[i] <= list_count[list] && list_seq[list].at[list_pos[i]] == i); */
    //@ assert elems: \forall integer k; 0 <= k <= list_count[list] ==> links_elem_ok(links, n, m, list, k);
    //@ assert next: next == list_seq[list].at[kp + 1];
    //@ assert step: kp < list_count[list] ==> links_elem_ok(links, n, m, list, kp + 1);
    //@ assert last: kp < list_count[list] ? list_pos[next] == kp + 1 : next == n + list;
    //@ assert back: links_elem_ok(links, n, m, list, kp - 1);
    //@ assert prev: prev == list_seq[list].at[kp - 1] && list_pos[prev] == kp - 1 && links[prev].owner == list;
    //@ assert ends: 0 <= next < n + m && links[next].owner == list && next != node;
    //@ assert ends: 0 <= prev < n + m && links[prev].owner == list && prev != node;
    //@ assert fields: links_fields(links, n + m);
    links[prev].next = next;
    links[next].prev = prev;
    links[node].owner = GALE_ID_NONE;
    //@ ghost list_ghost_shift_down(list, kp);
    //@ assert owners: links_owners_kept{Pre, Here}(links, n + m, node);
    //@ assert others: links_others_same{Pre, Here}(m, list);
    //@ assert nexts: \forall integer i; 0 <= i < n + m && i != prev ==> links[i].next == \at(links[i].next, Pre);
    //@ assert prevs: \forall integer i; 0 <= i < n + m && i != next ==> links[i].prev == \at(links[i].prev, Pre);
    /*@ assert moved: \forall integer i; 0 <= i < n + m && i != node && links[i].owner == list &&
            \at(list_pos[i], Pre) > kp ==> list_pos[i] == \at(list_pos[i], Pre) - 1; */
    /*@ assert still: \forall integer i; 0 <= i < n + m && i != node && (links[i].owner != list ||
            \at(list_pos[i], Pre) < kp) ==> list_pos[i] == \at(list_pos[i], Pre); */
    /*@ assert elems_others: \forall integer l, k; 0 <= l < m && l != list && 0 <= k <= list_count[l] &&
          links_seq_ok{Pre}(links, n, m, l) && links_elem_ok{Pre}(links, n, m, l, k) ==>
          links_elem_ok(links, n, m, l, k); */
    /*@ assert heads_others: \forall integer l; 0 <= l < m && l != list && links_seq_ok{Pre}(links, n, m, l) ==>
          links[n + l].owner == l && list_pos[n + l] == 0 && links[n + l].prev == list_seq[l].at[list_count[l]]; */
    /*@ assert seq_others: \forall integer l; 0 <= l < m && l != list && links_seq_ok{Pre}(links, n, m, l) ==>
          links_seq_ok(links, n, m, l); */
    /*@ assert elems_low: \forall integer k; 0 <= k < kp && links_elem_ok{Pre}(links, n, m, list, k) ==>
          links_elem_ok(links, n, m, list, k); */
    /*@ assert elems_high: \forall integer k; kp <= k <= list_count[list] &&
          links_elem_ok{Pre}(links, n, m, list, k + 1) ==> links_elem_ok(links, n, m, list, k); */
    //@ assert seq_own: links_seq_ok(links, n, m, list);
    /*@ assert node_others: \forall integer i; 0 <= i < n + m && i != node && links[i].owner != list &&
            links_node_ok{Pre}(links, n, m, i) ==>
            links_node_ok(links, n, m, i); */
    //@ assert node_prev: links_node_ok(links, n, m, prev);
    //@ assert node_next: links_node_ok(links, n, m, next);
    /*@ assert node_low: \forall integer i; 0 <= i < n + m && i != prev && i != next && i != node &&
            links[i].owner == list && \at(list_pos[i], Pre) < kp &&
            links_node_ok{Pre}(links, n, m, i) ==> links_node_ok(links, n, m, i); */
    /*@ assert node_high: \forall integer i; 0 <= i < n + m && i != prev && i != next && i != node &&
            links[i].owner == list && \at(list_pos[i], Pre) > kp &&
            links_node_ok{Pre}(links, n, m, i) ==> links_node_ok(links, n, m, i); */
}

void gale_list_remove(struct gale_list_pool *pool, gale_id node)
{
    GALE_ASSERT(gale_list_owner(pool, node) != GALE_ID_NONE);
    //@ assert unaliased: list_unaliased(pool);
    list_unlink(pool->links, node) /*@ ghost (pool->nodes, pool->lists) */;
}

gale_id gale_list_pop_front(struct gale_list_pool *pool, gale_id list)
{
    gale_id node = gale_list_first(pool, list);

    //@ assert first: list_place_ok(pool, list, 1);
    if (node != GALE_ID_NONE) {
        gale_list_remove(pool, node);
    }
    return node;
}

void gale_list_move(struct gale_list_pool *pool, gale_id list, gale_id node)
{
    //@ ghost gale_id from = pool->links[node].owner;
    //@ ghost int k = list_pos[node];
    //@ assert from: list_node_ok(pool, node) && list_seq_ok(pool, from) && list_seq_ok(pool, list);
    gale_list_remove(pool, node);
    gale_list_push_back(pool, list, node);
    //@ assert last: list_at(list, list_len(list)) == node;
    /*@ assert counts: \let l = from; from == list ? list_count[list] == \at(list_count[list], Pre)
          : list_count[list] == \at(list_count[list], Pre) + 1 && list_count[l] == \at(list_count[l], Pre) - 1; */
    /*@ assert low: \let l = from; \forall integer j; 0 <= j < k ==> list_at(l, j) == \at(list_seq[l].at[j], Pre); */
    /*@ assert high: \let l = from; \forall integer j; k < j <= \at(list_count[l], Pre) ==>
          list_at(l, j - 1) == \at(list_seq[l].at[j], Pre); */
    /*@ assert to: from != list ==> \forall integer j; 0 <= j <= \at(list_count[list], Pre) ==>
          list_at(list, j) == \at(list_seq[list].at[j], Pre); */
}
