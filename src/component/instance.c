/* SPDX-License-Identifier: Apache-2.0 */
/** Canonical ABI, Component Instances. */
#include "runtime.h"

/* ---- entering ------------------------------------------------------------------------------------------------ */

/** The ancestor of `i` (or `i`) that has at most `depth` ancestors of its own. */
/*@ requires own: \valid(i);
    assigns  \nothing;
*/
static struct gale_instance *instance_up(struct gale_instance *i, gale_id depth)
{
    /*@ loop invariant own: \valid(i);
        loop assigns i;
        loop variant i->depth;
    */
    while (i->depth > depth) {
        i = i->parent;
    }
    return i;
}

struct gale_instance *gale__instance_shared(struct gale_instance *i, struct gale_instance *caller)
{
    if (caller == NULL || (i->parent == caller->parent && i != caller)) {
        return caller == NULL ? NULL : i->parent;
    }
    i = instance_up(i, caller->depth);
    caller = instance_up(caller, i->depth);
    /*@ loop invariant level: \true;
        loop assigns i, caller;
        loop variant i == \null ? 0 : i->depth + 1;
    */
    while (i != caller) {
        i = i->parent;
        caller = caller->parent;
    }
    return i;
}

bool gale__instance_may_enter(const struct gale_instance *i, const struct gale_instance *stop)
{
    /*@ loop invariant level: \true;
        loop assigns i;
        loop variant i == \null ? 0 : i->depth + 1;
    */
    for (; i != stop; i = i->parent) {
        if (!i->may_enter || i->poisoned) {
            return false;
        }
    }
    return true;
}

void gale__instance_set_enter(struct gale_instance *i, const struct gale_instance *stop, bool may_enter)
{
    /*@ loop invariant level: \true;
        loop assigns i;
        loop variant i == \null ? 0 : i->depth + 1;
    */
    for (; i != stop; i = i->parent) {
        i->may_enter = may_enter;
    }
}

/* ---- lock and gate ------------------------------------------------------------------------------------------- */

void gale__instance_offer(struct gale_instance *i)
{
    const struct gale_list_pool *links = &i->store->links;

    if (i->exclusive == GALE_ID_NONE && !gale_list_is_empty(links, gale__list_of(i, GALE__LIST_TURN))) {
        gale__ready_offer(i, GALE__SOURCE_TURN);
    }
    if (!gale__instance_is_closed(i, true) && !gale_list_is_empty(links, gale__list_of(i, GALE__LIST_ENTRY_LOCKED))) {
        gale__ready_offer(i, GALE__SOURCE_ENTRY_LOCKED);
    }
    if (!gale__instance_is_closed(i, false) && !gale_list_is_empty(links, gale__list_of(i, GALE__LIST_ENTRY_FREE))) {
        gale__ready_offer(i, GALE__SOURCE_ENTRY_FREE);
    }
}

/* ---- making one ---------------------------------------------------------------------------------------------- */

/*@ requires own: \valid(s);
    assigns  s->claimed;
    ensures  room: \result <==> \old(s->count - s->claimed) >= want;
*/
static bool instance_claim(struct gale_slots *s, gale_id want)
{
    const bool fits = want <= s->count - s->claimed;

    s->claimed = (gale_id)(fits ? s->claimed + want : s->claimed);
    return fits;
}

/** Claims the budget in the pools; what was claimed before a refusal stays claimed: the store is not to be used then. */
/*@ requires own: \valid(s) && \valid_read(b); */
static bool instance_claim_all(struct gale_store *s, const struct gale_instance_budget *b)
{
    return s->instances_used < s->memory.instance_count && b->handles <= s->memory.handle_count - s->handles_used &&
           b->threads <= s->memory.index_count - s->indices_used && instance_claim(&s->tasks, b->tasks) &&
           instance_claim(&s->subtasks, b->subtasks) && instance_claim(&s->copies, b->streams) &&
           instance_claim(&s->sets, b->sets) && instance_claim(&s->lends, b->lends);
}

/** Gives the instance its tables out of the store's. */
/*@ requires own: \valid(i) && \valid_read(b); */
static void instance_take_tables(struct gale_instance *i, const struct gale_instance_budget *b)
{
    struct gale_store *s = i->store;
    const gale_id sources = (gale_id)(GALE_STORE_INSTANCE_NODES * s->memory.instance_count);

    gale_handle_table_init(&i->handles, s->memory.handles + s->handles_used, b->handles,
                           (gale_id)(gale__node_first_source(s) + sources + s->handles_used));
    i->threads = (struct gale_thread_table){s->memory.indices + s->indices_used, s->memory.index_live + s->indices_used,
                                            b->threads, 0, GALE_ID_NONE};
    i->id = s->instances_used;
    s->memory.instances[i->id] = i;
    s->instances_used++;
    s->handles_used = (gale_id)(s->handles_used + b->handles);
    s->indices_used = (gale_id)(s->indices_used + b->threads);
}

int gale_instance_init(struct gale_instance *instance, struct gale_store *store, struct gale_instance *parent,
                       const struct gale_instance_budget *budget, void *guest)
{
    if (!instance_claim_all(store, budget)) {
        return GALE_ENOMEM;
    }
    *instance = (struct gale_instance){0};
    instance->store = store;
    instance->parent = parent;
    instance->guest = guest;
    instance->left = *budget;
    instance->exclusive = GALE_ID_NONE;
    instance->depth = parent == NULL ? 0 : (gale_id)(parent->depth + 1u);
    instance->may_enter = true;
    instance->may_leave = true;
    instance_take_tables(instance, budget);
    return GALE_OK;
}
