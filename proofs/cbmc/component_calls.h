/* SPDX-License-Identifier: Apache-2.0 */
/** @file What valid means for the calls and budgets of the small store of component.h. */
#ifndef GALE_PROOFS_CBMC_COMPONENT_CALLS_H
#define GALE_PROOFS_CBMC_COMPONENT_CALLS_H

/* ---- calls --------------------------------------------------------------------------------------------------- */

static bool func_ok(const struct gale_func *f)
{
    return (f->flags & (GALE_FUNC_ASYNC_TYPE | GALE_FUNC_ASYNC)) != GALE_FUNC_ASYNC &&
           (f->flags & (GALE_FUNC_CALLBACK | GALE_FUNC_ASYNC)) != GALE_FUNC_CALLBACK && f->flags <= 15u;
}

/** A task: its threads, its borrows, and the subtask that is the same call. */
static bool task_ok(gale_id k)
{
    const struct gale_task *t = &small_tasks[k];
    gale_id threads = 0;
    gale_id borrows = 0;

    if (k >= store.tasks.used || t->func == NULL) {
        return true;
    }
    for (gale_id n = 1; n < THREADS; n++) {
        threads = (gale_id)(threads + (n < store.threads.used && small_threads[n].state != GALE_GUEST_THREAD_FREE &&
                                               small_threads[n].task == k && small_threads[n].index != NONE
                                           ? 1
                                           : 0));
    }
    for (gale_id at = 0; at < HANDLES; at++) {
        const unsigned i = t->func->instance->id;

        borrows =
            (gale_id)(borrows +
                      (is_used(i, at) && entry(i, at)->kind == GALE_HANDLE_BORROW && entry(i, at)->set == k ? 1 : 0));
    }
    return t->state <= GALE_TASK_RESOLVED && t->threads == threads && t->borrows == borrows &&
           (threads > 0) == (t->state != GALE_TASK_INITIAL) && (t->state != GALE_TASK_INITIAL || t->implicit != NONE) &&
           (t->implicit == NONE ||
            (t->implicit < store.threads.used && t->implicit != REALLOC &&
             small_threads[t->implicit].state != GALE_GUEST_THREAD_FREE && small_threads[t->implicit].task == k)) &&
           (t->state == GALE_TASK_RESOLVED
                ? t->subtask == NONE
                : t->subtask < store.subtasks.used && small_subtasks[t->subtask].binding != NULL &&
                      small_subtasks[t->subtask].task == k) &&
           ((t->func->flags & GALE_FUNC_ASYNC_TYPE) != 0 || t->state == GALE_TASK_STARTED ||
            t->state == GALE_TASK_RESOLVED);
}

/** What a subtask says of its task. */
static bool progress_ok(const struct gale_subtask *st)
{
    const struct gale_task *t = st->task == NONE ? NULL : &small_tasks[st->task];
    const bool asked = (st->flags & GALE_SUBTASK_CANCEL_ASKED) != 0;

    if (st->state > GALE_SUBTASK_CANCELLED_BEFORE_RETURNED ||
        (t == NULL) != (st->binding->host != NULL || st->state >= 2)) {
        return false;
    }
    if (t == NULL) {
        return st->state != GALE_SUBTASK_STARTING;
    }
    return st->task < store.tasks.used && t->func == st->binding->callee &&
           (st->state == GALE_SUBTASK_STARTING) == (t->state == GALE_TASK_INITIAL) &&
           asked == (t->state == GALE_TASK_PENDING_CANCEL || t->state == GALE_TASK_CANCEL_DELIVERED);
}

static bool subtask_ok(gale_id n)
{
    const struct gale_subtask *st = &small_subtasks[n];
    const bool delivered = (st->flags & GALE_SUBTASK_DELIVERED) != 0;
    const bool waited = (st->flags & GALE_SUBTASK_WAITED) != 0;

    if (n >= store.subtasks.used || st->binding == NULL) {
        return true;
    }
    if (!progress_ok(st) || (delivered && st->state < GALE_SUBTASK_RETURNED) || st->flags > 63u ||
        ((st->flags & GALE_SUBTASK_OPEN) != 0) != (st->binding->host != NULL && st->state < GALE_SUBTASK_RETURNED) ||
        (st->flags & (GALE_SUBTASK_ORPHAN | GALE_SUBTASK_HELD)) != 0 || (delivered && st->lenders != NONE)) {
        return false;
    }
    if (st->instance == NONE) {
        return st->host == &host_task && !waited && st->handle == NONE && st->state < GALE_SUBTASK_RETURNED;
    }
    if (st->instance >= 2 || st->host != NULL) {
        return false;
    }
    if (waited) {
        return !delivered && waits(st->handle, GALE_WAIT_SUBTASK, n) && home(st->handle) == of(st->instance);
    }
    if (st->handle == NONE) { /* who called runs it now */
        return !delivered && small_threads[SELF].resumer == OTHER && home(OTHER) == of(st->instance) &&
               small_threads[OTHER].call == n;
    }
    return st->handle >= 1 && st->handle <= HANDLES && is_used(st->instance, (gale_id)(st->handle - 1u)) &&
           entry(st->instance, (gale_id)(st->handle - 1u))->kind == GALE_HANDLE_SUBTASK &&
           entry(st->instance, (gale_id)(st->handle - 1u))->object == n &&
           (delivered ? (entry(st->instance, (gale_id)(st->handle - 1u))->lends & GALE_HANDLE_EVENT) == 0
                      : st->state < GALE_SUBTASK_RETURNED ||
                            (entry(st->instance, (gale_id)(st->handle - 1u))->lends & GALE_HANDLE_EVENT) != 0);
}

static bool calls_ok(void)
{
    bool ok = true;

    for (gale_id n = 0; n < TASKS; n++) {
        ok = ok && task_ok(n);
    }
    for (gale_id n = 0; n < SUBTASKS; n++) {
        ok = ok && subtask_ok(n);
    }
    return ok;
}

/* ---- budgets ------------------------------------------------------------------------------------------------- */

/** What instance `i` has and what it may still take add up to its budget. */
static bool budget_ok(const struct gale_instance *i)
{
    const unsigned one = i == A ? 1 : 0;
    unsigned sets = i->left.sets;
    unsigned tasks = i->left.tasks;
    unsigned subtasks = i->left.subtasks;
    unsigned streams = i->left.streams;

    for (gale_id at = 0; at < HANDLES; at++) {
        sets += is_used(i->id, at) && entry(i->id, at)->kind == GALE_HANDLE_SET;
    }
    for (gale_id n = 0; n < TASKS; n++) {
        tasks += n < store.tasks.used && small_tasks[n].func != NULL && small_tasks[n].func->instance == i;
    }
    for (gale_id n = 0; n < SUBTASKS; n++) {
        subtasks += n < store.subtasks.used && small_subtasks[n].binding != NULL && small_subtasks[n].instance == i->id;
    }
    for (gale_id n = 0; n < COPIES; n++) {
        streams += n < store.copies.used && small_copies[n].ends != 0 && small_copies[n].owner == i->id;
    }
    return sets == SETS && tasks == 1 + one && subtasks == 1 + one && streams == COPIES * one;
}

#endif /* GALE_PROOFS_CBMC_COMPONENT_CALLS_H */
