/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/executor.h"

#include "executor_internal.h"
#include "gale/kernel/timer.h"

/* ---- init ---------------------------------------------------------------------------------------------------- */

static bool executor_memory_is_valid(const struct gale_executor_memory *m)
{
    const uint64_t links = (uint64_t)m->node_count + m->list_count;
    const uint64_t deadlines = (uint64_t)m->thread_count + m->timer_count;

    return m->thread_count > 0 && m->node_count >= m->thread_count && m->list_count >= GALE_EXECUTOR_OWN_LISTS &&
           links < GALE_ID_NONE && deadlines < GALE_ID_NONE;
}

static void executor_init_threads(struct gale_executor *x)
{
    for (gale_id i = 0; i < x->memory.thread_count; i++) {
        x->memory.threads[i].spec = (struct gale_thread_spec){0};
        x->memory.threads[i].stack_used = 0;
        x->memory.threads[i].pending = false;
        x->memory.threads[i].suspended = false;
        x->memory.threads[i].dead = true;
        gale_list_push_back(&x->links, x->free_threads, i);
    }
}

static void executor_init_bell(struct gale_executor *x)
{
    gale_doorbell_init(&x->bell);
    for (uint32_t bit = 0; bit < GALE_BELL_BITS; bit++) {
        x->bell_handlers[bit] = (struct gale_bell_handler){NULL, NULL};
    }
}

/* The executor's own lists and the threads' nodes come first, so a thread's node is its id. */
static void executor_init_links(struct gale_executor *x)
{
    gale_id first = 0;

    gale_list_pool_init(&x->links, x->memory.links, x->memory.node_count, x->memory.list_count);
    (void)gale_list_pool_take_nodes(&x->links, x->memory.thread_count, &first);
    (void)gale_list_pool_take_lists(&x->links, GALE_PRIORITIES, &first);
    gale_sched_init(&x->sched, &x->links, x->memory.threads, x->memory.thread_count, first);
    (void)gale_list_pool_take_lists(&x->links, 1, &x->free_threads);
    (void)gale_wait_queue_init(&x->joiners, x);
    (void)gale_wait_queue_init(&x->pollers, x);
}

int gale_executor_init(struct gale_executor *x, const struct gale_executor_memory *memory)
{
    if (!executor_memory_is_valid(memory)) {
        return GALE_EINVAL;
    }
    x->memory = *memory;
    x->host = (struct gale_port_context){NULL, NULL, 0, NULL};
    x->running = GALE_ID_NONE;
    x->live = 0;
    x->timers_used = 0;
    x->stop = false;
    x->yielding = false;
    gale_timeout_queue_init(&x->timeouts, memory->timeouts, memory->heap,
                            (gale_id)(memory->thread_count + memory->timer_count), gale_port_now());
    executor_init_links(x);
    executor_init_threads(x);
    executor_init_bell(x);
    return GALE_OK;
}

static bool executor_threads_are_valid(const struct gale_executor *x)
{
    gale_id dead = 0;
    bool ok = true;

    for (gale_id i = 0; i < x->memory.thread_count; i++) {
        const bool is_free = gale_list_owner(&x->links, i) == x->free_threads;
        ok = ok && gale_thread_is_valid(&x->memory.threads[i]);
        ok = ok && is_free == x->memory.threads[i].dead;
        dead = (gale_id)(dead + (is_free ? 1 : 0));
    }
    return ok && dead + x->live == x->memory.thread_count;
}

bool gale_executor_is_valid(const struct gale_executor *x)
{
    return gale_list_pool_is_valid(&x->links) && gale_sched_is_valid(&x->sched) &&
           gale_timeout_queue_is_valid(&x->timeouts) && executor_threads_are_valid(x) &&
           x->timers_used <= x->memory.timer_count;
}

/* ---- switching ----------------------------------------------------------------------------------------------- */

static struct gale_thread *executor_thread(const struct gale_executor *x, gale_id id)
{
    return &x->memory.threads[id];
}

bool gale__executor_may_block(const struct gale_executor *x)
{
    return x->running != GALE_ID_NONE && !gale_thread_is_task(executor_thread(x, x->running));
}

/* From a thread back to the executor's own flow; returns when the thread is dispatched again. */
static void executor_leave(struct gale_executor *x)
{
    gale_port_context_switch(&executor_thread(x, x->running)->context, &x->host);
}

/* A thread's first and last frame. */
static void executor_thread_main(void *arg)
{
    struct gale_executor *x = arg;
    const struct gale_thread *t = executor_thread(x, x->running);

    t->spec.entry(t->spec.arg);
    (void)gale_executor_abort(x, x->running);
}

static void executor_dispatch(struct gale_executor *x, gale_id id)
{
    struct gale_thread *t = executor_thread(x, id);

    x->running = id;
    gale_port_mpu_apply(t->spec.domain);
    if (gale_thread_is_task(t)) {
        gale_thread_pend(t);
        t->spec.entry(t->spec.arg);
    } else {
        gale_port_context_switch(&x->host, &t->context);
    }
    gale_port_mpu_apply(NULL);
    x->running = GALE_ID_NONE;
}

int gale__executor_block(struct gale_executor *x, gale_tick deadline)
{
    struct gale_thread *t = executor_thread(x, x->running);

    gale_thread_pend(t);
    (void)gale_timeout_add(&x->timeouts, x->running, deadline);
    executor_leave(x);
    return t->wait_status;
}

void gale__executor_unblock(struct gale_executor *x, gale_id thread, int status)
{
    if (gale_list_owner(&x->links, thread) != GALE_ID_NONE) {
        gale_list_remove(&x->links, thread);
    }
    (void)gale_timeout_abort(&x->timeouts, thread);
    if (gale_thread_wake(executor_thread(x, thread), status)) {
        gale_sched_add(&x->sched, thread);
    }
}

void gale_executor_reschedule(struct gale_executor *x)
{
    if (gale__executor_may_block(x) && gale_sched_choose(&x->sched, false) != x->running) {
        executor_leave(x);
    }
}

/* ---- the main loop ------------------------------------------------------------------------------------------- */

static void executor_serve_bell(struct gale_executor *x, uint32_t rung)
{
    for (uint32_t bit = 0; rung != 0 && bit < GALE_BELL_BITS; bit++) {
        const struct gale_bell_handler *h = &x->bell_handlers[bit];
        if (((rung >> bit) & 1u) != 0 && h->fn != NULL) {
            h->fn(h->arg);
        }
    }
}

static void executor_fire(struct gale_executor *x, gale_id deadline_id)
{
    if (deadline_id < x->memory.thread_count) {
        gale__executor_unblock(x, deadline_id, GALE_ETIMEDOUT);
    } else {
        gale__timer_expire(x->memory.timers[deadline_id - x->memory.thread_count]);
    }
}

/* Fires what is due, at most as many as there are deadlines; a periodic timer that is far behind goes on next time. */
static void executor_fire_due(struct gale_executor *x)
{
    gale_id id = GALE_ID_NONE;

    if (gale_timeout_next_deadline(&x->timeouts) != GALE_FOREVER) {
        const gale_tick now = gale_port_now();
        for (gale_id n = 0; n < x->timeouts.capacity && gale_timeout_pop_due(&x->timeouts, now, &id) == GALE_OK; n++) {
            executor_fire(x, id);
        }
    }
}

bool gale_executor_step(struct gale_executor *x)
{
    const bool yielding = x->yielding;
    gale_id next = GALE_ID_NONE;

    x->yielding = false;
    if (gale_doorbell_pending(&x->bell) != 0) {
        executor_serve_bell(x, gale_doorbell_take(&x->bell));
    }
    executor_fire_due(x);
    next = gale_sched_switch(&x->sched, yielding);
    gale_port_alarm(gale_timeout_next_deadline(&x->timeouts));
    if (next == GALE_ID_NONE) {
        return false;
    }
    executor_dispatch(x, next);
    return true;
}

int gale_executor_run(struct gale_executor *x)
{
    x->stop = false;
    while (!x->stop && x->live > 0) {
        if (!gale_executor_step(x)) {
            executor_serve_bell(x, gale_doorbell_wait(&x->bell, gale_timeout_next_deadline(&x->timeouts)));
        }
    }
    return x->stop ? GALE_ECANCELED : GALE_OK;
}

void gale_executor_stop(struct gale_executor *x)
{
    x->stop = true;
}

/* ---- threads and tasks --------------------------------------------------------------------------------------- */

gale_id gale_executor_current(const struct gale_executor *x)
{
    return x->running;
}

struct gale_doorbell *gale_executor_bell(struct gale_executor *x)
{
    return &x->bell;
}

int gale_executor_on_bell(struct gale_executor *x, uint32_t bit, void (*fn)(void *arg), void *arg)
{
    if (bit >= GALE_BELL_BITS) {
        return GALE_EINVAL;
    }
    x->bell_handlers[bit] = (struct gale_bell_handler){fn, arg};
    return GALE_OK;
}

static void executor_start(struct gale_executor *x, gale_id id)
{
    struct gale_thread *t = executor_thread(x, id);

    x->live++;
    if (!gale_thread_is_task(t)) {
        gale_port_context_init(&t->context, t->spec.stack, t->spec.stack_bytes, executor_thread_main, x);
        gale_sched_add(&x->sched, id);
    }
}

int gale_executor_spawn(struct gale_executor *x, const struct gale_thread_spec *spec, gale_id *id)
{
    const gale_id slot = gale_list_first(&x->links, x->free_threads);

    if (!gale_thread_spec_is_valid(spec)) {
        return GALE_EINVAL;
    }
    if (slot == GALE_ID_NONE) {
        return GALE_ENOMEM;
    }
    gale_list_remove(&x->links, slot);
    (void)gale_thread_init(executor_thread(x, slot), spec);
    executor_start(x, slot);
    if (id != NULL) {
        *id = slot;
    }
    gale_executor_reschedule(x);
    return GALE_OK;
}

int gale_executor_post_task(struct gale_executor *x, gale_id task)
{
    if (task >= x->memory.thread_count || !gale_thread_is_task(executor_thread(x, task))) {
        return GALE_EINVAL;
    }
    if (executor_thread(x, task)->dead) {
        return GALE_EPERM;
    }
    if (executor_thread(x, task)->pending) {
        gale__executor_unblock(x, task, GALE_OK);
        gale_executor_reschedule(x);
    }
    return GALE_OK;
}

int gale_executor_yield(struct gale_executor *x)
{
    if (!gale__executor_may_block(x)) {
        return GALE_EPERM;
    }
    x->yielding = true;
    executor_leave(x);
    return GALE_OK;
}

int gale_executor_sleep_until(struct gale_executor *x, gale_tick deadline)
{
    int status = GALE_ETIMEDOUT;

    if (!gale__executor_may_block(x)) {
        return GALE_EPERM;
    }
    if (deadline > gale_port_now()) {
        status = gale__executor_block(x, deadline);
    }
    return status == GALE_ETIMEDOUT ? GALE_OK : status;
}

int gale_executor_cancel_wait(struct gale_executor *x, gale_id thread)
{
    if (thread >= x->memory.thread_count || gale_thread_is_task(executor_thread(x, thread)) ||
        !executor_thread(x, thread)->pending) {
        return GALE_EINVAL;
    }
    gale__executor_unblock(x, thread, GALE_ECANCELED);
    gale_executor_reschedule(x);
    return GALE_OK;
}

int gale_executor_suspend(struct gale_executor *x, gale_id thread)
{
    int status = GALE_EINVAL;

    if (thread < x->memory.thread_count) {
        status = gale_thread_suspend(executor_thread(x, thread));
    }
    if (status == GALE_OK) {
        gale_sched_remove(&x->sched, thread);
        gale_executor_reschedule(x);
    }
    return status;
}

int gale_executor_resume(struct gale_executor *x, gale_id thread)
{
    int status = GALE_EINVAL;

    if (thread < x->memory.thread_count) {
        status = gale_thread_resume(executor_thread(x, thread));
    }
    if (status == GALE_OK && gale_thread_is_ready(executor_thread(x, thread))) {
        gale_sched_add(&x->sched, thread);
        gale_executor_reschedule(x);
    }
    return status;
}

static void executor_wake_joiners(struct gale_executor *x, gale_id dead)
{
    gale_id joiner = gale_wait_queue_first(&x->joiners);

    for (gale_id n = 0; n < x->memory.thread_count && joiner != GALE_ID_NONE; n++) {
        const gale_id next = gale_wait_queue_next(&x->joiners, joiner);
        if (gale_wait_queue_words(&x->joiners, joiner)[0] == dead) {
            gale_wait_queue_wake(&x->joiners, joiner, GALE_OK);
        }
        joiner = next;
    }
}

/* Takes a dying thread out of every queue and gives its slot back. */
static void executor_bury(struct gale_executor *x, gale_id thread)
{
    gale_sched_remove(&x->sched, thread);
    if (gale_list_owner(&x->links, thread) != GALE_ID_NONE) {
        gale_list_remove(&x->links, thread);
    }
    (void)gale_timeout_abort(&x->timeouts, thread);
    gale_list_push_back(&x->links, x->free_threads, thread);
    x->live--;
}

int gale_executor_abort(struct gale_executor *x, gale_id thread)
{
    int status = GALE_EINVAL;

    if (thread < x->memory.thread_count) {
        status = gale_thread_abort(executor_thread(x, thread));
    }
    if (status == GALE_OK) {
        executor_bury(x, thread);
        executor_wake_joiners(x, thread);
        gale_executor_reschedule(x);
    }
    return status;
}

int gale_executor_join(struct gale_executor *x, gale_id thread, gale_tick deadline)
{
    if (!gale__executor_may_block(x)) {
        return GALE_EPERM;
    }
    if (thread >= x->memory.thread_count || thread == x->running) {
        return GALE_EINVAL;
    }
    if (executor_thread(x, thread)->dead) {
        return GALE_ENOENT;
    }
    executor_thread(x, x->running)->wait_words[0] = thread;
    return gale_wait_queue_wait(&x->joiners, GALE_WAIT_FIFO, deadline);
}

int gale_executor_set_priority(struct gale_executor *x, gale_id thread, uint8_t priority)
{
    int status = GALE_OK;

    if (thread >= x->memory.thread_count) {
        return GALE_EINVAL;
    }
    if (executor_thread(x, thread)->dead) {
        return GALE_EPERM;
    }
    status = gale_sched_set_priority(&x->sched, thread, priority);
    if (executor_thread(x, thread)->pending) {
        gale__wait_queue_reorder(x, thread);
    }
    gale_executor_reschedule(x);
    return status;
}
