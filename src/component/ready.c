/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What can run. A source is in the ready list from the moment it became ready; whether it still is, is looked at when
 * its turn comes, so that nothing is searched when a lock is taken or an event goes to somebody else.
 *
 * Canonical ABI, Threads (ready); Embedding API (tick); canon lift (threads of an instance in a sync call).
 */
#include "runtime.h"

/*@ requires own: \valid(s); */
static void ready_append(struct gale_store *s, gale_id list, gale_id node)
{
    if (!gale__linked(s, node)) {
        gale_list_push_back(&s->links, list, node);
    }
}

void gale__ready_offer(struct gale_instance *i, enum gale__source source)
{
    ready_append(i->store, GALE__LIST_READY, gale__node_source(i, source));
    if (source == GALE__SOURCE_TURN) {
        ready_append(i->store, gale__list_of(i, GALE__LIST_HERE), gale__node_source(i, GALE__SOURCE_TURN_HERE));
    }
}

void gale__ready_put(struct gale_store *s, gale_id thread)
{
    const struct gale_guest_thread *t = gale__thread(s, thread);
    struct gale_instance *i = gale__thread_instance(s, t);

    if (t->wait == GALE_WAIT_TURN || t->wait == GALE_WAIT_SET_TURN) {
        i->queued++;
        gale_list_push_back(&s->links, gale__list_of(i, GALE__LIST_TURN), thread);
        if (i->exclusive == GALE_ID_NONE) {
            gale__ready_offer(i, GALE__SOURCE_TURN);
        }
    } else {
        gale_list_push_back(&s->links, GALE__LIST_READY, thread);
        gale_list_push_back(&s->links, gale__list_of(i, GALE__LIST_HERE), gale__node_here(s, thread));
    }
}

/** Takes a thread whose turn it is out of its lists; false if the event it waited for went to somebody else. */
/*@ requires own: \valid(s); */
static bool ready_take_thread(struct gale_store *s, gale_id thread)
{
    const struct gale_guest_thread *t = gale__thread(s, thread);
    const bool ready = gale__thread_is_ready(s, thread);

    gale__thread_unlink(s, thread);
    if (!ready) {
        gale_list_push_back(&s->links, gale__list_waiters(s, t->object), thread);
    }
    return ready;
}

/** The first thread that can have the lock of `i` for its callback. */
/*@ requires own: \valid(i); */
static gale_id ready_take_turn(struct gale_instance *i)
{
    struct gale_store *s = i->store;
    const gale_id list = gale__list_of(i, GALE__LIST_TURN);
    gale_id thread = gale_list_first(&s->links, list);

    gale__unlink(s, gale__node_source(i, GALE__SOURCE_TURN));
    gale__unlink(s, gale__node_source(i, GALE__SOURCE_TURN_HERE));
    if (i->exclusive != GALE_ID_NONE) {
        return GALE_ID_NONE;
    }
    /*@ loop invariant own: \valid(i);
        loop assigns thread;
        loop variant list_len(list);
    */
    while (thread != GALE_ID_NONE && !ready_take_thread(s, thread)) {
        thread = gale_list_first(&s->links, list);
    }
    return thread;
}

/** The first thread that can pass the gate of `i`, of those that need the lock for it or of the others. */
/*@ requires own: \valid(i); */
static gale_id ready_take_entry(struct gale_instance *i, bool locked)
{
    struct gale_store *s = i->store;
    const enum gale__source source = locked ? GALE__SOURCE_ENTRY_LOCKED : GALE__SOURCE_ENTRY_FREE;
    const gale_id list = gale__list_of(i, locked ? GALE__LIST_ENTRY_LOCKED : GALE__LIST_ENTRY_FREE);
    const gale_id thread = gale_list_first(&s->links, list);

    gale__unlink(s, gale__node_source(i, source));
    if (thread == GALE_ID_NONE || gale__instance_is_closed(i, locked)) {
        return GALE_ID_NONE;
    }
    gale__thread_unlink(s, thread);
    if (!locked && !gale_list_is_empty(&s->links, list)) {
        gale__ready_offer(i, source);
    }
    return thread;
}

/** The thread that `node` of a ready list stands for, taken out; GALE_ID_NONE if it is not ready any more. */
/*@ requires own: \valid(s); */
static gale_id ready_take_node(struct gale_store *s, gale_id node)
{
    const gale_id threads = s->memory.thread_count;
    const gale_id source = (gale_id)(node - gale__node_first_source(s));
    const enum gale__source kind = (enum gale__source)(source % GALE_STORE_INSTANCE_NODES);
    struct gale_instance *i;

    if (node < 2u * threads) {
        const gale_id thread = node < threads ? node : (gale_id)(node - threads);

        return ready_take_thread(s, thread) ? thread : GALE_ID_NONE;
    }
    i = gale__instance(s, (gale_id)(source / GALE_STORE_INSTANCE_NODES));
    if (kind == GALE__SOURCE_TURN || kind == GALE__SOURCE_TURN_HERE) {
        return ready_take_turn(i);
    }
    return ready_take_entry(i, kind == GALE__SOURCE_ENTRY_LOCKED);
}

/** True for the node of the thread that holds the lock of `i`. */
/*@ requires own: \valid(s); */
static bool ready_is_holder(const struct gale_store *s, const struct gale_instance *i, gale_id node)
{
    return i != NULL && i->exclusive != GALE_ID_NONE && node == gale__node_here(s, i->exclusive);
}

/** The first thread of `list` that is ready, taken out; never the holder of the lock of `i` (NULL: of no instance). */
/*@ requires own: \valid(s); */
static gale_id ready_take_from(struct gale_store *s, gale_id list, const struct gale_instance *i)
{
    gale_id node = gale_list_first(&s->links, list);
    gale_id thread = GALE_ID_NONE;

    /*@ loop invariant own: \valid(s);
        loop assigns node, thread;
        loop variant node == GALE_ID_NONE ? 0 : list_len(list) + 1 - list_pos_of(node);
    */
    while (node != GALE_ID_NONE && thread == GALE_ID_NONE) {
        const gale_id next = gale_list_next(&s->links, node);

        if (!ready_is_holder(s, i, node)) {
            thread = ready_take_node(s, node);
        }
        node = next;
    }
    return thread;
}

gale_id gale__ready_take(struct gale_store *s)
{
    return ready_take_from(s, GALE__LIST_READY, NULL);
}

gale_id gale__ready_take_here(struct gale_instance *i)
{
    struct gale_store *s = i->store;
    const gale_id turn = gale__node_source(i, GALE__SOURCE_TURN_HERE);
    const gale_id list = gale__list_of(i, GALE__LIST_HERE);
    gale_id thread;

    if (!gale__linked(s, turn)) {
        return ready_take_from(s, list, i);
    }
    /* A callback that wants the lock would run on top of the call that waits: it comes last, or not at all. */
    gale_list_remove(&s->links, turn);
    thread = ready_take_from(s, list, i);
    gale_list_push_back(&s->links, list, turn);
    if (thread != GALE_ID_NONE || s->profile == GALE_PROFILE_SCRIPTS) {
        return thread;
    }
    return ready_take_from(s, list, i);
}
