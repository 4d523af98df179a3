/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/wait_queue.h"

#include "executor_internal.h"

int gale_wait_queue_init(struct gale_wait_queue *q, struct gale_executor *x)
{
    q->executor = x;
    if (gale_list_pool_take_lists(&x->links, 1, &q->list) != GALE_OK) {
        return GALE_ENOMEM;
    }
    //@ ghost executor_waits[q->list] = 1;
    return GALE_OK;
}

bool gale_wait_queue_is_empty(const struct gale_wait_queue *q)
{
    return gale_list_is_empty(&q->executor->links, q->list);
}

/*@ requires own: executor_ok(x) && thread < x->memory.thread_count;
    assigns  \nothing;
    ensures  prio: \result == wait_queue_prio(x, thread);
*/
static uint8_t wait_queue_priority(const struct gale_executor *x, gale_id thread)
{
    return x->memory.threads[thread].spec.priority;
}

/** The first waiter of `list` that is worse than `thread`: it goes before that one, behind its equals (P10). */
/*@ requires ok:   executor_ok(x) && executor_wait_list(x, list) && thread < x->memory.thread_count;
    assigns  \nothing;
    ensures  none: \result == GALE_ID_NONE ==> wait_queue_all_before(x, list, list_len(list), thread);
    ensures  p10:  \result != GALE_ID_NONE ==>
               \result < x->memory.thread_count && x->links.links[\result].owner == list &&
               wait_queue_prio(x, \result) > wait_queue_prio(x, thread) &&
               wait_queue_all_before(x, list, list_pos_of(\result) - 1, thread);
*/
static gale_id wait_queue_successor(const struct gale_executor *x, gale_id list, gale_id thread)
{
    const uint8_t priority = wait_queue_priority(x, thread);
    gale_id other = gale_list_first(&x->links, list);

    /*@ loop invariant in: other == GALE_ID_NONE ||
          (other < x->memory.thread_count && x->links.links[other].owner == list);
        loop invariant before: wait_queue_all_before(x, list,
          other == GALE_ID_NONE ? list_len(list) : list_pos_of(other) - 1, thread);
        loop assigns other;
        loop variant other == GALE_ID_NONE ? 0 : list_len(list) + 1 - list_pos_of(other);
    */
    while (other != GALE_ID_NONE && wait_queue_priority(x, other) <= priority) {
        other = gale_list_next(&x->links, other);
    }
    return other;
}

/*@ requires ok:   executor_ok(x) && executor_wait_list(x, list) && executor_waits_on(x, thread);
    requires free: list_free(&x->links, thread);
    assigns  executor_links(x);
    ensures  ok:   executor_ok(x) && x->links.links[thread].owner == list;
    ensures  p10:  \old(wait_queue_ordered(x, list)) ==> wait_queue_ordered(x, list);
    ensures  flow: list_owners_kept{Pre, Post}(&x->links, thread);
*/
static void wait_queue_insert(struct gale_executor *x, gale_id list, gale_id thread)
{
    const gale_id successor = wait_queue_successor(x, list, thread);

    if (successor == GALE_ID_NONE) {
        gale_list_push_back(&x->links, list, thread);
    } else {
        gale_list_insert_before(&x->links, successor, thread);
    }
}

/*@ requires ok:   wait_queue_ok(q) && executor_waits_on(q->executor, thread);
    requires free: list_free(&q->executor->links, thread);
    assigns  executor_links(q->executor), q->executor->memory.threads[thread].wait_by_priority;
    ensures  ok:   wait_queue_ok(q) && wait_queue_has(q, thread);
    ensures  p10:  order == GALE_WAIT_PRIORITY && \old(wait_queue_ordered(q->executor, q->list)) ==>
               wait_queue_ordered(q->executor, q->list);
    ensures  fifo: order == GALE_WAIT_FIFO ==>
               list_inserted{Pre, Post}(&q->executor->links, q->list, \old(list_len(q->list)), thread);
    ensures  flow: list_owners_kept{Pre, Post}(&q->executor->links, thread);
*/
static void wait_queue_enter(struct gale_wait_queue *q, gale_id thread, enum gale_wait_order order)
{
    struct gale_executor *x = q->executor;

    x->memory.threads[thread].wait_by_priority = order == GALE_WAIT_PRIORITY;
    if (order == GALE_WAIT_PRIORITY) {
        wait_queue_insert(x, q->list, thread);
    } else {
        gale_list_push_back(&x->links, q->list, thread);
    }
}

void gale__wait_queue_reorder(struct gale_executor *x, gale_id thread)
{
    const gale_id list = gale_list_owner(&x->links, thread);

    if (list != GALE_ID_NONE && x->memory.threads[thread].wait_by_priority) {
        gale_list_remove(&x->links, thread);
        wait_queue_insert(x, list, thread);
    }
}

int gale_wait_queue_wait(struct gale_wait_queue *q, enum gale_wait_order order, gale_tick deadline)
{
    struct gale_executor *x = q->executor;

    if (!gale__executor_may_block(x)) {
        return GALE_EPERM;
    }
    if (deadline == GALE_NO_WAIT || deadline <= gale_port_now()) {
        return GALE_ETIMEDOUT;
    }
    gale__executor_pend(x, deadline);
    wait_queue_enter(q, x->running, order);
    return gale__executor_block(x);
}

gale_id gale_wait_queue_first(const struct gale_wait_queue *q)
{
    return gale_list_first(&q->executor->links, q->list);
}

gale_id gale_wait_queue_next(const struct gale_wait_queue *q, gale_id thread)
{
    return gale_list_next(&q->executor->links, thread);
}

uint32_t *gale_wait_queue_words(const struct gale_wait_queue *q, gale_id thread)
{
    return q->executor->memory.threads[thread].wait_words;
}

void gale_wait_queue_wake(struct gale_wait_queue *q, gale_id thread, int status)
{
    gale__executor_unblock(q->executor, thread, status);
}

gale_id gale_wait_queue_wake_first(struct gale_wait_queue *q, int status)
{
    const gale_id thread = gale_wait_queue_first(q);

    if (thread != GALE_ID_NONE) {
        gale_wait_queue_wake(q, thread, status);
    }
    return thread;
}

gale_id gale_wait_queue_wake_all(struct gale_wait_queue *q, int status)
{
    gale_id woken = 0;

    /*@ loop invariant ok: wait_queue_ok(q) && 0 <= woken <= q->executor->memory.thread_count;
        loop invariant flow: \at(executor_flow(q->executor), Pre) ==> executor_flow(q->executor);
        loop invariant kept: \at(executor_calls(q->executor), Pre) ==> executor_calls(q->executor);
        loop assigns woken, executor_unblocks_any(q->executor);
        loop variant q->executor->memory.thread_count - woken;
    */
    while (woken < q->executor->memory.thread_count && gale_wait_queue_wake_first(q, status) != GALE_ID_NONE) {
        woken++;
    }
    return woken;
}
