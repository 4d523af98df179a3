/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One step of a semaphore from any valid state of it and of its executor.
 * @bound 2 threads, 3 priorities, 1 timer; any count, limit, waiters, deadlines, caller
 * @cbmc --max-field-sensitivity-array-size 0 --unwind 5
 * @cbmc --unwindset executor_init_bell.0:32,list_init_links.1:12,gale_list_pool_is_valid.0:12
 */
#include "executor.h"

#include "kernel/sem.c"

static struct gale_sem s;
static uint32_t old_count;
static gale_id old_place[THREADS];

static void any_sem(void)
{
    new_executor();
    assume(gale_sem_init(&s, &x, 0, 1) == GALE_OK);
    s.count = nondet_u32();
    s.limit = nondet_u32();
    any_state();
    assume(gale_sem_is_valid(&s));
    waiting_by_priority(s.waiters.list);
    old_count = s.count;
    for (gale_id id = 0; id < THREADS; id++) {
        old_place[id] = place_of(id);
    }
}

static void sem_still_valid(void)
{
    prove(gale_sem_is_valid(&s) && s.count <= s.limit, "P01 P09: the count is within 0..limit");
    prove(s.limit > 0, "P02: the limit is positive");
    prove(by_priority(s.waiters.list), "P10: the queue is ordered by priority");
    still_valid();
}

/* @mutant src/kernel/sem.c: `initial > limit` -> `initial > limit + 1u` */
void check_init(void)
{
    const uint32_t initial = nondet_u32();
    const uint32_t limit = nondet_u32();

    new_executor();
    if (nondet_bool()) {
        x.links.lists_used = x.links.lists;
    }
    const bool room = x.links.lists_used < x.links.lists;
    const int status = gale_sem_init(&s, &x, initial, limit);

    prove((status == GALE_EINVAL) == (limit == 0 || initial > limit),
          "P01 P02: a limit that is not positive or too low");
    prove(status == GALE_EINVAL || status == (room ? GALE_OK : GALE_ENOMEM), "P02: made, if the executor has a list");
    prove(status != GALE_OK || (s.count == initial && s.limit == limit && gale_sem_is_valid(&s)), "P01: as asked");
    reached();
}

/* @mutant src/kernel/sem.c: `s->count--;` -> `s->count -= 2u;`
 * @mutant src/kernel/sem.c: `s->count > 0;` -> `s->count > 1u;` */
void check_take_without_wait(void)
{
    any_sem();
    on_any_flow();
    const int status = nondet_bool() ? gale_sem_try_take(&s) : gale_sem_take(&s, GALE_NO_WAIT);

    prove(status == (old_count > 0 ? GALE_OK : GALE_EBUSY), "P05 P06: taken iff a permit is free");
    prove(s.count == old_count - (status == GALE_OK ? 1u : 0u), "P05 P06: exactly one, or nothing changed");
    prove(!gave_way, "P06 TO08: without wait it never blocks");
    sem_still_valid();
}

static enum { GIVEN, RESET, EARLY } how; /* what ends the wait */
static int owed;                         /* what it is to return then */
static gale_tick until;

/** The caller waits in its place in the queue. Then a give reaches it, or a reset, a cancel or the deadline. */
static void others(gale_id self)
{
    const gale_id next = gale_list_next(&x.links, self);

    prove(memory_threads[self].pending && place_of(self) == s.waiters.list, "P07: the caller waits in the queue");
    prove(by_priority(s.waiters.list), "P10: the queue is ordered by priority");
    prove(in_order_but(s.waiters.list, self), "P10: the others keep their order");
    prove(next == GALE_ID_NONE || priority_of(next) > priority_of(self), "P10: the caller stands behind its equals");
    prove(gale_timeout_is_active(&x.timeouts, self) == (until < GALE_FOREVER), "P07: until the deadline");
    if (how == GIVEN) {
        owed = GALE_OK;
        gale_sem_give(&s);
    } else if (how == RESET) {
        owed = GALE_EAGAIN;
        gale_sem_reset(&s);
    } else {
        owed = end_early(self);
    }
    assume(gale_thread_is_ready(&memory_threads[self])); /* the others may go on until it is */
}

static void take_with_wait(void)
{
    any_sem();
    (void)on_thread();
    until = nondet_u64();
    assume(until != GALE_NO_WAIT && s.count == 0);
    const int status = gale_sem_take(&s, until);

    prove(status == (gave_way ? owed : GALE_ETIMEDOUT), "P07 P08: what ended the wait, or a deadline that had passed");
    prove(gave_way || until <= clock, "P07: at zero the caller blocks");
    prove(s.count == 0, "P04 P05: the permit went straight to the caller, never through the count");
    sem_still_valid();
}

/* @mutant src/kernel/wait_queue.c: `<= priority)` -> `< priority)`
 * @mutant src/kernel/sem.c: `&s->waiters, GALE_WAIT_PRIORITY` -> `&s->waiters, GALE_WAIT_FIFO` */
void check_take_until_given(void)
{
    how = GIVEN;
    take_with_wait();
}

/* @mutant src/kernel/sem.c: `GALE_EAGAIN` -> `GALE_OK` */
void check_take_until_reset(void)
{
    how = RESET;
    take_with_wait();
}

/* @mutant src/kernel/executor.c: `gale__executor_unblock(x, id, GALE_ETIMEDOUT)` -> `gale__executor_unblock(x, id, GALE_OK)`
 * @mutant src/kernel/executor_thread.c: `GALE_ECANCELED` -> `GALE_OK` */
void check_take_until_ended(void)
{
    how = EARLY;
    take_with_wait();
}

/* @mutant src/kernel/sem.c: `status == GALE_EBUSY && deadline` -> `deadline`
 * @mutant src/kernel/wait_queue.c: `return GALE_EPERM;` -> `return GALE_ETIMEDOUT;` */
void check_take_other(void)
{
    any_sem();
    on_any_flow();
    assume(s.count > 0 || !gale__executor_may_block(&x));
    const gale_tick deadline = nondet_u64();
    const int status = gale_sem_take(&s, deadline);

    prove(!gave_way, "P07: who may not block does not");
    prove(old_count == 0 || (status == GALE_OK && s.count == old_count - 1u), "P05: a free permit is taken at once");
    prove(old_count > 0 || status == (deadline == GALE_NO_WAIT ? GALE_EBUSY : GALE_EPERM), "P06: or the failure");
    sem_still_valid();
}

/* @mutant src/kernel/sem.c: `if (s->count < s->limit)` -> `if (s->count <= s->limit)`
 * @mutant src/kernel/sem.c: `== GALE_ID_NONE) {` -> `!= GALE_ID_NONE) {`
 * @mutant src/kernel/wait_queue.c: `gale_wait_queue_wake(q, thread, status);` -> `gale_wait_queue_wake(q, gale_list_last(&q->executor->links, q->list), status);` */
void check_give(void)
{
    any_sem();
    on_any_flow();
    const gale_id first = best_of(s.waiters.list);
    const gale_id id = (gale_id)any_upto(THREADS - 1u);

    gale_sem_give(&s);
    if (first == GALE_ID_NONE) {
        prove(s.count == (old_count < s.limit ? old_count + 1u : s.limit), "P03 P09: one more, at most the limit");
        prove(old_place[id] != x.pollers.list || is_woken(id, GALE_OK), "PL03: who polls looks again");
    } else {
        prove(s.count == old_count && is_woken(first, GALE_OK), "P04: the best, longest waiting thread has it");
        prove(id == first || place_of(id) == old_place[id], "P04: nobody else is woken");
    }
    prove(in_order_but(s.waiters.list, GALE_ID_NONE), "P10: the others keep their order");
    sem_still_valid();
}

/* @mutant src/kernel/sem.c: `s->count = 0;` -> ``
 * @mutant src/kernel/sem.c: `GALE_EAGAIN` -> `GALE_OK`
 * @mutant src/kernel/wait_queue.c: `woken < q->executor` -> `woken + 1u < q->executor` */
void check_reset(void)
{
    const gale_id id = (gale_id)any_upto(THREADS - 1u);

    any_sem();
    on_any_flow();
    gale_sem_reset(&s);
    prove(s.count == 0, "P08: no permit is left");
    prove(old_place[id] != s.waiters.list || is_woken(id, GALE_EAGAIN), "P08: every waiter is woken to try again");
    prove(gale_wait_queue_is_empty(&s.waiters), "P08: nobody waits");
    sem_still_valid();
}
