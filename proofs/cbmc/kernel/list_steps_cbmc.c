/* SPDX-License-Identifier: Apache-2.0 */
/**
 * No operation on a list has a loop: every loop would need one turn more than --unwind allows. Whatever the links say, so
 * the number of nodes does not matter; here are 4 of them, well linked or not.
 * @bound none in the state of the links; the number of steps is bounded by the text of each operation
 * @cbmc --unwind 1
 */
#include "harness.h"

#include "kernel/list.c"

enum { NODES = 4, LISTS = 2 };

static struct gale_link links[NODES + LISTS], old[NODES + LISTS];
static struct gale_list_pool pool = {links, NODES, LISTS, NODES, LISTS};

static void any_link(uint32_t i)
{
    links[i].next = (gale_id)any_upto(NODES + LISTS - 1u);
    links[i].prev = (gale_id)any_upto(NODES + LISTS - 1u);
    links[i].owner = (gale_id)nondet_u32();
    assume(links[i].owner < LISTS || links[i].owner == GALE_ID_NONE);
    old[i] = links[i];
}

static uint32_t changed(uint32_t i)
{
    return links[i].next != old[i].next || links[i].prev != old[i].prev || links[i].owner != old[i].owner ? 1u : 0u;
}

/* @mutant src/kernel/list.c: `return list_node_or_none(pool, pool->links[list_sentinel(pool, list)].next);` -> `gale_id at = list_sentinel(pool, list); while (pool->links[at].prev != list_sentinel(pool, list)) { at = pool->links[at].prev; } return list_node_or_none(pool, at);`
 * @mutant src/kernel/list.c: `gale_list_remove(pool, node);` -> `for (gale_id i = 0; i < pool->nodes; i++) { gale_list_remove(pool, i); }` */
void check_no_loop(void)
{
    const gale_id list = (gale_id)any_upto(LISTS - 1u);
    const gale_id node = (gale_id)any_upto(NODES - 1u);
    const gale_id place = (gale_id)any_upto(NODES - 1u);

    any_link(0);
    any_link(1);
    any_link(2);
    any_link(3);
    any_link(4);
    any_link(5);
    switch (any_upto(6)) {
    case 0:
        gale_list_push_back(&pool, list, node);
        break;
    case 1:
        gale_list_push_front(&pool, list, node);
        break;
    case 2:
        assume(links[place].owner != GALE_ID_NONE);
        gale_list_insert_after(&pool, place, node);
        break;
    case 3:
        assume(links[place].owner != GALE_ID_NONE);
        gale_list_insert_before(&pool, place, node);
        break;
    case 4:
        gale_list_remove(&pool, node);
        break;
    case 5:
        (void)gale_list_pop_front(&pool, list);
        break;
    default:
        gale_list_move(&pool, list, node);
        break;
    }
    (void)gale_list_first(&pool, list);
    (void)gale_list_last(&pool, list);
    (void)gale_list_next(&pool, node);
    (void)gale_list_prev(&pool, node);
    (void)gale_list_is_empty(&pool, list);
    (void)gale_list_owner(&pool, node);
    prove(changed(0) + changed(1) + changed(2) + changed(3) + changed(4) + changed(5) <= 5,
          "LS04: an operation writes at most five links, without a loop");
    reached();
}
