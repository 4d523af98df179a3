/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The lists of kernel/list as its header promises them, but in no order: who is first is any of those in the list. What
 * is shown with them holds for every order, and says nothing of it. kernel/list_cbmc.c and WP show that the links keep
 * the promises. Only the owner of a link is used.
 */
#ifndef GALE_PROOFS_CBMC_LISTS_H
#define GALE_PROOFS_CBMC_LISTS_H

#include "gale/kernel/list.h"

void gale_list_pool_init(struct gale_list_pool *pool, struct gale_link *links, gale_id nodes, gale_id lists)
{
    *pool = (struct gale_list_pool){links, nodes, lists, 0, 0};
    for (gale_id n = 0; n < nodes; n++) {
        links[n].owner = GALE_ID_NONE;
    }
}

bool gale_list_is_empty(const struct gale_list_pool *pool, gale_id list)
{
    bool empty = true;

    GALE_ASSERT(list < pool->lists);
    for (gale_id n = 0; n < pool->nodes; n++) {
        empty = empty && pool->links[n].owner != list;
    }
    return empty;
}

gale_id gale_list_first(const struct gale_list_pool *pool, gale_id list)
{
    gale_id node;

    if (gale_list_is_empty(pool, list)) {
        return GALE_ID_NONE;
    }
    node = (gale_id)any_upto(pool->nodes - 1u);
    assume(pool->links[node].owner == list);
    return node;
}

/** The list's other member; harnesses that walk a list put no more than two into it. */
gale_id gale_list_next(const struct gale_list_pool *pool, gale_id node)
{
    const gale_id list = pool->links[node].owner;

    GALE_ASSERT(list != GALE_ID_NONE);
    for (gale_id n = (gale_id)(node + 1u); n < pool->nodes; n++) {
        if (pool->links[n].owner == list) {
            return n;
        }
    }
    return GALE_ID_NONE;
}

void gale_list_push_back(struct gale_list_pool *pool, gale_id list, gale_id node)
{
    GALE_ASSERT(node < pool->nodes && list < pool->lists && pool->links[node].owner == GALE_ID_NONE);
    pool->links[node].owner = list;
}

void gale_list_remove(struct gale_list_pool *pool, gale_id node)
{
    GALE_ASSERT(node < pool->nodes && pool->links[node].owner != GALE_ID_NONE);
    pool->links[node].owner = GALE_ID_NONE;
}

bool gale_list_pool_is_valid(const struct gale_list_pool *pool)
{
    (void)pool;
    return true;
}

#endif /* GALE_PROOFS_CBMC_LISTS_H */
