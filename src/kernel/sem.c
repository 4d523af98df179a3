/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/sem.h"

#include "gale/kernel/executor.h"
#include "poll_internal.h"

/*@ requires own: \valid(s) && sem_ok(s);
    assigns  s->count;
    ensures  p01: sem_ok(s);
    ensures  p05: \result ==> s->count == \old(s->count) - 1;
    ensures  p06: !\result ==> s->count == \old(s->count);
    ensures  result: \result <==> \old(s->count) > 0;
*/
static bool sem_remove_permit(struct gale_sem *s)
{
    const bool free = s->count > 0;

    if (free) {
        s->count--;
    }
    return free;
}

/*@ requires own: \valid(s) && sem_ok(s);
    assigns  s->count;
    ensures  p01: sem_ok(s);
    ensures  p03: s->count == \min(\old(s->count) + 1, s->limit);
    ensures  p09: s->count >= \old(s->count);
*/
static void sem_add_permit(struct gale_sem *s)
{
    if (s->count < s->limit) {
        s->count++;
    }
}

/*@ requires own: \valid(s) && sem_ok(s) && sem_queue_ok(s);
    assigns  s->count, executor_unblocks_any(s->waiters.executor);
    ensures  p01: sem_ok(s);
    behavior p04:
      assumes !sem_no_waiters(s);
      ensures p04: s->count == \old(s->count);
      ensures p04_first: \let t = \old(list_at(s->waiters.list, 1));
                !s->waiters.executor->memory.threads[t].pending &&
                s->waiters.executor->memory.threads[t].wait_status == GALE_OK;
    behavior p03:
      assumes sem_no_waiters(s);
      ensures p03: s->count == \min(\old(s->count) + 1, s->limit);
    complete behaviors;
    disjoint behaviors;
*/
static void sem_release(struct gale_sem *s)
{
    if (gale_wait_queue_wake_first(&s->waiters, GALE_OK) == GALE_ID_NONE) {
        sem_add_permit(s);
        gale__poll_notify(s->waiters.executor);
    }
}

int gale_sem_init(struct gale_sem *s, struct gale_executor *x, uint32_t initial, uint32_t limit)
{
    if (limit == 0 || initial > limit) {
        return GALE_EINVAL;
    }
    s->count = initial;
    s->limit = limit;
    return gale_wait_queue_init(&s->waiters, x);
}

bool gale_sem_is_valid(const struct gale_sem *s)
{
    return s->limit > 0 && s->count <= s->limit && (s->count == 0 || gale_wait_queue_is_empty(&s->waiters));
}

uint32_t gale_sem_count(const struct gale_sem *s)
{
    return s->count;
}

int gale_sem_try_take(struct gale_sem *s)
{
    return sem_remove_permit(s) ? GALE_OK : GALE_EBUSY;
}

int gale_sem_take(struct gale_sem *s, gale_tick deadline)
{
    int status = gale_sem_try_take(s);

    if (status == GALE_EBUSY && deadline != GALE_NO_WAIT) {
        status = gale_wait_queue_wait(&s->waiters, GALE_WAIT_PRIORITY, deadline);
    }
    return status;
}

void gale_sem_give(struct gale_sem *s)
{
    sem_release(s);
    gale_executor_reschedule(s->waiters.executor);
}

void gale_sem_reset(struct gale_sem *s)
{
    s->count = 0;
    (void)gale_wait_queue_wake_all(&s->waiters, GALE_EAGAIN);
    gale_executor_reschedule(s->waiters.executor);
}
