/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One step of a wait queue, ordered in either way, from any valid state of its executor.
 * @bound 3 threads, 3 priorities, 1 timer; any waiters, deadlines, caller
 * @cbmc --max-field-sensitivity-array-size 0 --unwind 5
 * @cbmc --unwindset executor_init_bell.0:32,list_init_links.1:12,gale_list_pool_is_valid.0:12
 */
#define THREADS 3
#include "executor.h"

static struct gale_wait_queue q;
static enum gale_wait_order order;
static gale_id old_place[THREADS];
static gale_tick until;

static void any_queue(void)
{
    new_executor();
    prove(gale_wait_queue_init(&q, &x) == GALE_OK && gale_wait_queue_is_empty(&q), "P10: a new queue is empty");
    any_state();
    order = nondet_bool() ? GALE_WAIT_PRIORITY : GALE_WAIT_FIFO;
    if (order == GALE_WAIT_PRIORITY) {
        waiting_by_priority(q.list);
    }
    for (gale_id id = 0; id < THREADS; id++) {
        old_place[id] = place_of(id);
        assume(old_place[id] != q.list || memory_threads[id].wait_by_priority == (order == GALE_WAIT_PRIORITY));
    }
}

static void queue_still_valid(gale_id moved)
{
    prove(order == GALE_WAIT_FIFO || by_priority(q.list), "P10: ordered by priority");
    prove(in_order_but(q.list, moved), "P10: the others keep their order");
    still_valid();
}

static void others(gale_id self)
{
    const gale_id next = gale_list_next(&x.links, self);

    prove(memory_threads[self].pending && place_of(self) == q.list, "P10: the caller stands in the queue");
    prove(next == GALE_ID_NONE || order == GALE_WAIT_PRIORITY, "P10: by arrival: at the end");
    prove(next == GALE_ID_NONE || priority_of(next) > priority_of(self), "P10: by priority: behind its equals");
    prove(order == GALE_WAIT_FIFO || by_priority(q.list), "P10: ordered by priority");
    prove(in_order_but(q.list, self), "P10: the others keep their order");
    prove(gale_timeout_is_active(&x.timeouts, self) == (until < GALE_FOREVER),
          "TO02 TO07: the deadline runs, or never comes");
    gale_wait_queue_wake(&q, self, GALE_EAGAIN);
    assume(gale_thread_is_ready(&memory_threads[self])); /* the others may go on until it is */
}

/* @mutant src/kernel/wait_queue.c: `<= priority)` -> `< priority)`
 * @mutant src/kernel/wait_queue.c: `deadline == GALE_NO_WAIT || ` -> ``
 * @mutant src/kernel/wait_queue.c: `gale_list_insert_before(&x->links, successor, thread);` -> `gale_list_push_back(&x->links, list, thread);`
 * @mutant src/kernel/executor.c: `x->running != GALE_ID_NONE && !gale_thread` -> `x->running == GALE_ID_NONE || !gale_thread` */
void check_wait(void)
{
    any_queue();
    on_any_flow();
    until = nondet_u64();
    const bool may = x.running != GALE_ID_NONE && memory_threads[x.running].spec.stack != NULL;
    const int status = gale_wait_queue_wait(&q, order, until);

    prove(may || (status == GALE_EPERM && !gave_way), "TO08: who may not block does not");
    prove(until != GALE_NO_WAIT || !gave_way, "TO08: without wait it never blocks");
    prove(!gave_way || status == GALE_EAGAIN, "P10: the waker's status");
    prove(gave_way || !may || (status == GALE_ETIMEDOUT && until <= clock),
          "TO08: blocks unless the deadline has passed");
    queue_still_valid(GALE_ID_NONE);
}

/* @mutant src/kernel/executor.c: `gale__executor_unlink(x, thread);` -> ``
 * @mutant src/kernel/executor.c: `gale_sched_add(&x->sched, thread);` -> ``
 * @mutant src/kernel/executor.c: `(void)gale_timeout_abort(&x->timeouts, thread);` -> `` */
void check_wake(void)
{
    const gale_id id = (gale_id)any_upto(THREADS - 1u);
    const gale_id other = (gale_id)any_upto(THREADS - 1u);

    any_queue();
    on_any_flow();
    assume(old_place[id] == q.list);
    const gale_id next = gale_wait_queue_next(&q, id);

    prove(next == GALE_ID_NONE || (next > id && old_place[next] == q.list), "P10: the one behind");
    gale_wait_queue_wake(&q, id, GALE_EBUSY);
    prove(is_woken(id, GALE_EBUSY), "P10: ready, with the waker's status");
    prove(other == id || place_of(other) == old_place[other], "P10: nobody else");
    queue_still_valid(id);
}

/* @mutant src/kernel/wait_queue.c: `return gale_list_first(&q` -> `return gale_list_last(&q` */
void check_wake_first(void)
{
    const gale_id other = (gale_id)any_upto(THREADS - 1u);

    any_queue();
    on_any_flow();
    gale_id first = GALE_ID_NONE;
    for (gale_id id = 0; id < THREADS; id++) {
        first = first == GALE_ID_NONE && old_place[id] == q.list ? id : first;
    }
    prove(gale_wait_queue_is_empty(&q) == (first == GALE_ID_NONE), "P10: empty iff nobody waits");
    prove(order == GALE_WAIT_FIFO || first == best_of(q.list), "P10: the head is the best, longest waiting thread");
    prove(gale_wait_queue_wake_first(&q, GALE_EBUSY) == first, "P10: the head");
    prove(first == GALE_ID_NONE || is_woken(first, GALE_EBUSY), "P10: ready, with the waker's status");
    prove(other == first || place_of(other) == old_place[other], "P10: nobody else");
    queue_still_valid(GALE_ID_NONE);
}

/* @mutant src/kernel/wait_queue.c: `woken < q->executor` -> `woken + 1u < q->executor` */
void check_wake_all(void)
{
    const gale_id other = (gale_id)any_upto(THREADS - 1u);

    any_queue();
    assume(x.running == GALE_ID_NONE);
    gale_id waiting = 0;
    for (gale_id id = 0; id < THREADS; id++) {
        waiting = (gale_id)(waiting + (old_place[id] == q.list ? 1 : 0));
    }
    prove(gale_wait_queue_wake_all(&q, GALE_EBUSY) == waiting, "P10: as many as waited");
    prove(old_place[other] == q.list ? is_woken(other, GALE_EBUSY) : place_of(other) == old_place[other],
          "P10: all who waited here, and nobody else");
    queue_still_valid(GALE_ID_NONE);
}

/* @mutant src/kernel/wait_queue.c: `list != GALE_ID_NONE && x->memory` -> `list == GALE_ID_NONE && x->memory`
 * @mutant src/kernel/executor_thread.c: `gale__wait_queue_reorder(x, thread);` -> `` */
void check_priority_of_a_waiter(void)
{
    const gale_id id = (gale_id)any_upto(THREADS - 1u);
    const uint8_t priority = nondet_u8();

    any_queue();
    on_any_flow();
    assume(old_place[id] == q.list);
    const int status = gale_executor_set_priority(&x, id, priority);
    const gale_id next = gale_list_next(&x.links, id);

    prove(status == (priority < GALE_PRIORITIES ? GALE_OK : GALE_EINVAL), "TH02: refused iff out of range");
    prove(place_of(id) == q.list && memory_threads[id].pending, "P10: it waits on");
    prove(status != GALE_OK || order == GALE_WAIT_FIFO || next == GALE_ID_NONE || priority_of(next) > priority_of(id),
          "P10: behind its equals");
    prove(order == GALE_WAIT_PRIORITY || in_order_but(q.list, GALE_ID_NONE), "P10: by arrival: it keeps its place");
    queue_still_valid(id);
}
