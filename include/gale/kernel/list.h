/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The one linked structure: doubly linked lists of ids, with one link per object in a pool that lists share.
 *
 * A node is the id of an object (thread, waitable, timer); a list is a number. All lists of an executor live in one
 * pool: link `i` belongs to node `i`, link `nodes + l` is the sentinel of list `l`. An empty list is a sentinel that
 * points to itself, so no operation has a case for head or tail. A link names the list it is in, hence a node is in at
 * most one list (LS03). No length is stored: nobody asks for it, and what is not stored cannot be wrong.
 *
 * Owner:   the caller supplies the links; they outlive all that hold ids of the pool.
 * Context: thread, isr, within one executor; the caller serialises. Never blocks. Every call but init is O(1) (LS04).
 * Source:  properties LS01..LS04, spec/properties.toml.
 */
#ifndef GALE_KERNEL_LIST_H
#define GALE_KERNEL_LIST_H

#include "gale/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One link. Fields are private. */
struct gale_link {
    gale_id next;  /**< The node behind this one, or the sentinel of its list. */
    gale_id prev;  /**< The node before this one, or the sentinel of its list. */
    gale_id owner; /**< The list that this node is in, GALE_ID_NONE if in none; a sentinel's own list. */
};

/** The links of one executor. Fields are private. */
struct gale_list_pool {
    struct gale_link *links; /**< nodes + lists entries. */
    gale_id nodes;           /**< Ids 0..nodes-1 are nodes. */
    gale_id lists;           /**< Lists are 0..lists-1. */
    gale_id nodes_used;      /**< Node ids below this have been handed out. */
    gale_id lists_used;      /**< List numbers below this have been handed out. */
};

#ifdef __FRAMAC__
#include "kernel/list.acsl"
#endif

/**
 * Make all nodes free and all lists empty.
 *
 * @param[out] pool   Filled in.
 * @param[in]  links  nodes + lists entries, any content; kept by the pool.
 * @param[in]  nodes  Number of nodes, 0 or more.
 * @param[in]  lists  Number of lists, 0 or more; nodes + lists <= GALE_ID_NONE.
 * @context init only; never blocks; O(nodes + lists).
 * @satisfies LS01
 */
/*@ requires own:  \valid(pool) && \valid(links + (0 .. nodes + lists - 1));
    requires sep:  \separated(pool, links + (0 .. nodes + lists - 1));
    requires ok:   nodes + lists <= GALE_ID_NONE && list_bounds(nodes, lists);
    assigns  *pool, links[0 .. nodes + lists - 1], list_ghosts;
    ensures  ls01: list_pool_ok(pool) && pool->links == links && pool->nodes == nodes && pool->lists == lists;
    ensures  ls02: \forall integer l; 0 <= l < lists ==> list_len(l) == 0;
    ensures  ls03: \forall integer i; 0 <= i < nodes ==> links[i].owner == GALE_ID_NONE;
    ensures  free: pool->nodes_used == 0 && pool->lists_used == 0;
*/
void gale_list_pool_init(struct gale_list_pool *pool, struct gale_link *links, gale_id nodes, gale_id lists);

/**
 * True when `pool` holds its invariant: each list is a ring through its sentinel, links agree in both directions, and
 * every node that names a list is found in it. For tests, harnesses and assertions.
 *
 * @context thread, isr; never blocks; O(nodes + lists).
 * @satisfies LS01
 */
/*@ requires own: \valid_read(pool) && \valid_read(pool->links + (0 .. pool->nodes + pool->lists - 1));
    assigns  \nothing;
    ensures  ls01: list_pool_ok(pool) ==> \result;
*/
bool gale_list_pool_is_valid(const struct gale_list_pool *pool);

/**
 * Hand out `count` node ids, for good: first, first + 1, ...
 *
 * @param[out] first  The first id; unchanged on failure.
 * @retval GALE_OK      The ids are the caller's.
 * @retval GALE_ENOMEM  Fewer are left.
 * @context init only; never blocks.
 */
/*@ requires own: \valid(pool) && \valid(first) && \separated(pool, first);
    requires ok:  pool->nodes_used <= pool->nodes;
    assigns  pool->nodes_used, *first;
    behavior gale_ok:
      assumes count <= pool->nodes - pool->nodes_used;
      ensures range: \result == GALE_OK && *first == \old(pool->nodes_used) &&
                     pool->nodes_used == *first + count <= pool->nodes;
    behavior gale_enomem:
      assumes count > pool->nodes - pool->nodes_used;
      assigns \nothing;
      ensures full: \result == GALE_ENOMEM;
    complete behaviors;
    disjoint behaviors;
*/
int gale_list_pool_take_nodes(struct gale_list_pool *pool, gale_id count, gale_id *first);

/**
 * Hand out `count` list numbers, for good: first, first + 1, ...
 *
 * @param[out] first  The first number; unchanged on failure.
 * @retval GALE_OK      The lists are the caller's.
 * @retval GALE_ENOMEM  Fewer are left.
 * @context init only; never blocks.
 */
/*@ requires own: \valid(pool) && \valid(first) && \separated(pool, first);
    requires ok:  pool->lists_used <= pool->lists;
    assigns  pool->lists_used, *first;
    behavior gale_ok:
      assumes count <= pool->lists - pool->lists_used;
      ensures range: \result == GALE_OK && *first == \old(pool->lists_used) &&
                     pool->lists_used == *first + count <= pool->lists;
    behavior gale_enomem:
      assumes count > pool->lists - pool->lists_used;
      assigns \nothing;
      ensures full: \result == GALE_ENOMEM;
    complete behaviors;
    disjoint behaviors;
*/
int gale_list_pool_take_lists(struct gale_list_pool *pool, gale_id count, gale_id *first);

/** True when no node is in `list`. @context thread, isr; never blocks. @satisfies LS02 */
/*@ requires ok:   list_pool_ok(pool) && list < pool->lists;
    assigns  \nothing;
    ensures  ls02: \result <==> list_len(list) == 0;
*/
bool gale_list_is_empty(const struct gale_list_pool *pool, gale_id list);

/** The first node of `list`; GALE_ID_NONE if it is empty. @context thread, isr; never blocks. @satisfies LS02 */
/*@ requires ok:   list_pool_ok(pool) && list < pool->lists;
    assigns  \nothing;
    ensures  ls02: \result == (list_len(list) == 0 ? GALE_ID_NONE : list_at(list, 1));
*/
gale_id gale_list_first(const struct gale_list_pool *pool, gale_id list);

/** The last node of `list`; GALE_ID_NONE if it is empty. @context thread, isr; never blocks. @satisfies LS02 */
/*@ requires ok:   list_pool_ok(pool) && list < pool->lists;
    assigns  \nothing;
    ensures  ls02: \result == (list_len(list) == 0 ? GALE_ID_NONE : list_at(list, list_len(list)));
*/
gale_id gale_list_last(const struct gale_list_pool *pool, gale_id list);

/** The node behind `node`, which is in a list; GALE_ID_NONE at the end. @context thread, isr. @satisfies LS02 */
/*@ requires ok:   list_pool_ok(pool) && list_linked(pool, node);
    assigns  \nothing;
    ensures  ls02: \result == (list_pos_of(node) == list_len(pool->links[node].owner)
                               ? GALE_ID_NONE : list_at(pool->links[node].owner, list_pos_of(node) + 1));
*/
gale_id gale_list_next(const struct gale_list_pool *pool, gale_id node);

/** The node before `node`, which is in a list; GALE_ID_NONE at the front. @context thread, isr. @satisfies LS02 */
/*@ requires ok:   list_pool_ok(pool) && list_linked(pool, node);
    assigns  \nothing;
    ensures  ls02: \result == (list_pos_of(node) == 1
                               ? GALE_ID_NONE : list_at(pool->links[node].owner, list_pos_of(node) - 1));
*/
gale_id gale_list_prev(const struct gale_list_pool *pool, gale_id node);

/** The list that `node` is in; GALE_ID_NONE if in none. @context thread, isr; never blocks. @satisfies LS03 */
/*@ requires ok:   list_pool_ok(pool) && node < pool->nodes;
    assigns  \nothing;
    ensures  ls03: \result == pool->links[node].owner;
*/
gale_id gale_list_owner(const struct gale_list_pool *pool, gale_id node);

/**
 * Put `node`, which is in no list, at the end of `list`.
 *
 * @context thread, isr; never blocks.
 * @satisfies LS01 LS02 LS03 LS04
 */
/*@ requires ok:   list_pool_ok(pool) && list < pool->lists;
    requires ls03: list_free(pool, node);
    assigns  pool->links[0 .. pool->nodes + pool->lists - 1], list_ghosts;
    ensures  ls01: list_pool_ok(pool);
    ensures  ls02: list_inserted{Pre, Post}(pool, list, \old(list_len(list)), node);
    ensures  ls03: list_owners_kept{Pre, Post}(pool, node) && pool->links[node].owner == list;
*/
void gale_list_push_back(struct gale_list_pool *pool, gale_id list, gale_id node);

/**
 * Put `node`, which is in no list, at the front of `list`.
 *
 * @context thread, isr; never blocks.
 * @satisfies LS01 LS02 LS03 LS04
 */
/*@ requires ok:   list_pool_ok(pool) && list < pool->lists;
    requires ls03: list_free(pool, node);
    assigns  pool->links[0 .. pool->nodes + pool->lists - 1], list_ghosts;
    ensures  ls01: list_pool_ok(pool);
    ensures  ls02: list_inserted{Pre, Post}(pool, list, 0, node);
    ensures  ls03: list_owners_kept{Pre, Post}(pool, node) && pool->links[node].owner == list;
*/
void gale_list_push_front(struct gale_list_pool *pool, gale_id list, gale_id node);

/**
 * Put `node`, which is in no list, right behind `position`, which is in one. For a caller that walks to the place.
 *
 * @context thread, isr; never blocks.
 * @satisfies LS01 LS02 LS03 LS04
 */
/*@ requires ok:   list_pool_ok(pool) && list_linked(pool, position);
    requires ls03: list_free(pool, node);
    assigns  pool->links[0 .. pool->nodes + pool->lists - 1], list_ghosts;
    ensures  ls01: list_pool_ok(pool);
    ensures  ls02: list_inserted{Pre, Post}(pool, \old(pool->links[position].owner), \old(list_pos_of(position)), node);
    ensures  ls03: list_owners_kept{Pre, Post}(pool, node) && pool->links[node].owner == pool->links[position].owner;
*/
void gale_list_insert_after(struct gale_list_pool *pool, gale_id position, gale_id node);

/**
 * Put `node`, which is in no list, right before `position`, which is in one. For a caller that walks to the place.
 *
 * @context thread, isr; never blocks.
 * @satisfies LS01 LS02 LS03 LS04
 */
/*@ requires ok:   list_pool_ok(pool) && list_linked(pool, position);
    requires ls03: list_free(pool, node);
    assigns  pool->links[0 .. pool->nodes + pool->lists - 1], list_ghosts;
    ensures  ls01: list_pool_ok(pool);
    ensures  ls02: list_inserted{Pre, Post}(pool, \old(pool->links[position].owner), \old(list_pos_of(position)) - 1,
                                            node);
    ensures  ls03: list_owners_kept{Pre, Post}(pool, node) && pool->links[node].owner == pool->links[position].owner;
*/
void gale_list_insert_before(struct gale_list_pool *pool, gale_id position, gale_id node);

/**
 * Take `node` out of the list it is in.
 *
 * @context thread, isr; never blocks.
 * @satisfies LS01 LS02 LS03 LS04
 */
/*@ requires ok:   list_pool_ok(pool) && list_linked(pool, node);
    assigns  pool->links[0 .. pool->nodes + pool->lists - 1], list_ghosts;
    ensures  ls01: list_pool_ok(pool);
    ensures  ls02: list_removed{Pre, Post}(pool, \old(pool->links[node].owner), \old(list_pos_of(node)));
    ensures  ls03: list_owners_kept{Pre, Post}(pool, node) && list_free(pool, node);
*/
void gale_list_remove(struct gale_list_pool *pool, gale_id node);

/**
 * Take the first node out of `list`.
 *
 * @return The node, now in no list; GALE_ID_NONE if `list` was empty.
 * @context thread, isr; never blocks.
 * @satisfies LS01 LS02 LS03 LS04
 */
/*@ requires ok:   list_pool_ok(pool) && list < pool->lists;
    assigns  pool->links[0 .. pool->nodes + pool->lists - 1], list_ghosts;
    ensures  ls01: list_pool_ok(pool);
    behavior taken:
      assumes list_len(list) > 0;
      ensures ls02: \result == \old(list_at(list, 1)) && list_removed{Pre, Post}(pool, list, 1);
      ensures ls03: list_owners_kept{Pre, Post}(pool, \result) && list_free(pool, \result);
    behavior empty:
      assumes list_len(list) == 0;
      assigns \nothing;
      ensures ls02: \result == GALE_ID_NONE;
    complete behaviors;
    disjoint behaviors;
*/
gale_id gale_list_pop_front(struct gale_list_pool *pool, gale_id list);

/**
 * Take `node` out of the list it is in and put it at the end of `list`, which may be the same one.
 *
 * @context thread, isr; never blocks.
 * @satisfies LS01 LS02 LS03 LS04
 */
/*@ requires ok:   list_pool_ok(pool) && list_linked(pool, node) && list < pool->lists;
    assigns  pool->links[0 .. pool->nodes + pool->lists - 1], list_ghosts;
    ensures  ls01: list_pool_ok(pool);
    ensures  ls02: list_at(list, list_len(list)) == node &&
                   list_moved{Pre, Post}(pool, \old(pool->links[node].owner), \old(list_pos_of(node)), list);
    ensures  ls03: list_owners_kept{Pre, Post}(pool, node) && pool->links[node].owner == list;
*/
void gale_list_move(struct gale_list_pool *pool, gale_id list, gale_id node);

#ifdef __cplusplus
}
#endif

#endif /* GALE_KERNEL_LIST_H */
