/* SPDX-License-Identifier: Apache-2.0 */
/** Canonical ABI, Embedding API. */
#include "gale/component/store.h"

#include "runtime.h"

/* What an idle stream and a task keep, on a 32-bit machine with 16-bit ids: budgets of the design. */
#define STORE_SMALL (GALE_ID_BITS == 16 && UINTPTR_MAX == 0xffffffffu)

#ifndef __FRAMAC__ /* which does not read this constant */
GALE_STATIC_ASSERT(!STORE_SMALL ||
                       2u * sizeof(struct gale_handle) + 2u * sizeof(struct gale_link) + sizeof(struct gale_copy) <=
                           64u,
                   an_idle_stream_takes_64_bytes);
GALE_STATIC_ASSERT(!STORE_SMALL || sizeof(struct gale_task) + sizeof(struct gale_guest_thread) +
                                           (GALE_STORE_THREAD_NODES + 1u) * sizeof(struct gale_link) + sizeof(gale_id) +
                                           1u <=
                                       128u,
                   a_task_takes_128_bytes);
#endif

/* ---- making one ---------------------------------------------------------------------------------------------- */

/*@ requires own: \valid_read(m);
    assigns  \nothing;
*/
static bool store_memory_suffices(const struct gale_store_memory *m)
{
    const uint64_t nodes = (uint64_t)GALE_STORE_INSTANCE_NODES * m->instance_count + m->handle_count +
                           (uint64_t)GALE_STORE_THREAD_NODES * m->thread_count;
    const uint64_t lists = GALE_STORE_OWN_LISTS + (uint64_t)GALE_STORE_INSTANCE_LISTS * m->instance_count +
                           m->task_count + (uint64_t)GALE_STORE_SET_LISTS * m->set_count;
    const bool aligned = ((uintptr_t)m->run_stack | (uintptr_t)m->stack_memory | m->stack_bytes | m->run_stack_bytes) %
                             GALE_STORE_STACK_ALIGN ==
                         0;

    return m->thread_count > 0 && nodes <= m->node_count && lists <= m->list_count &&
           m->node_count <= GALE_ID_NONE - m->list_count && m->end_count <= GALE_STORE_ENDS_MAX && aligned &&
           m->run_stack_bytes >= GALE_STACK_MIN && (m->stack_count == 0 || m->stack_bytes >= GALE_STACK_MIN);
}

/*@ requires own: \valid(slots);
    assigns  *slots;
*/
static void store_slots_init(struct gale_slots *slots, gale_id count)
{
    *slots = (struct gale_slots){GALE_ID_NONE, 0, count, 0};
}

/*@ requires own: \valid(s); */
static void store_pools_init(struct gale_store *s)
{
    const struct gale_store_memory *m = &s->memory;

    store_slots_init(&s->threads, m->thread_count);
    store_slots_init(&s->tasks, m->task_count);
    store_slots_init(&s->subtasks, m->subtask_count);
    store_slots_init(&s->copies, m->copy_count);
    store_slots_init(&s->sets, m->set_count);
    store_slots_init(&s->lends, m->lend_count);
    store_slots_init(&s->stacks, m->stack_count);
    store_slots_init(&s->ends, m->end_count);
    s->copies.claimed = m->end_count < m->copy_count ? m->end_count : m->copy_count;
    gale_list_pool_init(&s->links, m->links, m->node_count, m->list_count);
    /*@ loop invariant range: 0 <= n <= GALE_STORE_ASKS(m->end_count);
        loop assigns n, m->end_asks[0 .. GALE_STORE_ASKS(m->end_count) - 1];
        loop variant GALE_STORE_ASKS(m->end_count) - n;
    */
    for (unsigned n = 0; n < GALE_STORE_ASKS(m->end_count); n++) {
        gale_atomic_store_relaxed(&m->end_asks[n], 0);
    }
}

/*@ requires own: \valid(store) && \valid_read(memory); */
static void store_begin(struct gale_store *store, const struct gale_store_memory *memory)
{
    *store = (struct gale_store){0};
    store->memory = *memory;
    store_pools_init(store);
    gale_doorbell_init(&store->bell);
    store->current = GALE_ID_NONE;
    store->switch_to = GALE_ID_NONE;
    store->realloc_thread = gale__thread_new(store, GALE_ID_NONE, 0);
}

int gale_store_init(struct gale_store *store, const struct gale_store_memory *memory)
{
    if (!store_memory_suffices(memory)) {
        return GALE_EINVAL;
    }
    store_begin(store, memory);
    return GALE_OK;
}

void gale_store_profile(struct gale_store *store, enum gale_profile profile)
{
    store->profile = profile;
}

void gale_store_resource_types(struct gale_store *store, const struct gale_resource_type *const *types, gale_id count)
{
    store->resource_types = types;
    store->resource_type_count = count;
}

void gale_store_far_bell(struct gale_store *store, struct gale_doorbell *bell, uint32_t bits)
{
    store->far = bell;
    store->far_bits = bits;
}

const struct gale_trap_info *gale_store_trap(const struct gale_store *store)
{
    return &store->trap;
}

void gale_store_stop(struct gale_store *store)
{
    store->stop = true;
}

/*@ requires own: \valid_read(s);
    assigns  \nothing;
*/
static bool store_slots_are_valid(const struct gale_slots *s)
{
    return s->used <= s->count && s->claimed <= s->count && (s->free == GALE_ID_NONE || s->free < s->used);
}

bool gale_store_is_valid(const struct gale_store *store)
{
    const struct gale_slots *slots[] = {&store->threads, &store->tasks, &store->subtasks, &store->copies,
                                        &store->sets,    &store->lends, &store->stacks,   &store->ends};

    /*@ loop invariant range: 0 <= n <= 8;
        loop assigns n;
        loop variant 8 - n;
    */
    for (unsigned n = 0; n < sizeof slots / sizeof slots[0]; n++) {
        if (!store_slots_are_valid(slots[n])) {
            return false;
        }
    }
    /*@ loop invariant range: 0 <= n <= store->instances_used;
        loop assigns n;
        loop variant store->instances_used - n;
    */
    for (gale_id n = 0; n < store->instances_used; n++) {
        if (!gale_handle_table_is_valid(&gale__instance(store, n)->handles)) {
            return false;
        }
    }
    return gale_list_pool_is_valid(&store->links);
}

/* ---- the run stack ------------------------------------------------------------------------------------------- */

/** Serves the host's requests, one per switch. A trap leaves it for good; then the next request begins anew. */
/*@ requires own: \valid((struct gale_store *)arg); */
static void store_main(void *arg)
{
    struct gale_store *s = arg;

    /*@ loop invariant own: \valid(s);
        loop assigns *s;
        // no loop variant: a store serves requests for as long as it lives
    */
    for (;;) {
        s->request.fn(s, s->request.arg);
        gale_port_context_switch(&s->run, &s->host);
    }
}

int gale__store_enter(struct gale_store *s, void (*fn)(struct gale_store *store, void *arg), void *arg)
{
    if (s->running) {
        return GALE_EBUSY;
    }
    s->running = true;
    s->trapped = false;
    s->request = (struct gale_store_request){fn, arg};
    s->flow = &s->run;
    if (!s->begun) {
        s->begun = true;
        gale_port_context_init(&s->run, s->memory.run_stack, s->memory.run_stack_bytes, store_main, s);
    }
    gale_port_context_switch(&s->host, &s->run);
    if (s->trapped) {
        s->begun = false;
        gale__store_poison(s);
    }
    s->running = false;
    return s->trapped ? GALE_ETRAP : GALE_OK;
}

/* ---- calls of the host --------------------------------------------------------------------------------------- */

/*@ requires own: \valid(s) && \valid((gale_id *)arg); */
static void store_call(struct gale_store *s, void *arg)
{
    gale__subtask_call(s, *(const gale_id *)arg, NULL);
}

/** The call has been made: it is under way, or over. */
/*@ requires own: \valid(s) && \valid(task); */
static void store_settle(struct gale_store *s, struct gale_host_task *task)
{
    struct gale_subtask *st = gale__subtask(s, task->subtask);

    st->flags = (uint8_t)(st->flags & ~GALE_SUBTASK_HELD);
    if (!task->resolved && s->trapped) { /* then it has not begun: a task on a flow that trapped has ended */
        GALE_ASSERT(st->task == GALE_ID_NONE);
        task->state = GALE_SUBTASK_CANCELLED_BEFORE_STARTED;
        task->resolved = true;
    }
    if (task->resolved) {
        gale__subtask_free(s, task->subtask);
    } else {
        task->state = st->state;
    }
}

int gale_store_invoke(struct gale_store *store, const struct gale_binding *binding, const union gale_flat *args,
                      union gale_flat *results, struct gale_host_task *task)
{
    gale_id id;
    int status;

    if (store->running) {
        return GALE_EBUSY;
    }
    id = gale__subtask_new(store, binding, NULL, args, results);
    if (id == GALE_ID_NONE) {
        return GALE_ENOMEM;
    }
    task->results = results;
    task->state = GALE_SUBTASK_STARTING;
    task->resolved = false;
    task->subtask = id;
    gale__subtask(store, id)->host = task;
    gale__subtask(store, id)->flags = GALE_SUBTASK_HELD;
    gale__trace(store, GALE_TRACE_HOST, GALE_ID_NONE, GALE_TRACE_HOST_INVOKE, id);
    status = gale__store_enter(store, store_call, &id);
    store_settle(store, task);
    return status;
}

/*@ requires own: \valid(s) && \valid((gale_id *)arg); */
static void store_request_cancel(struct gale_store *s, void *arg)
{
    gale__subtask_request_cancel(s, *(const gale_id *)arg, NULL);
}

int gale_store_cancel(struct gale_store *store, struct gale_host_task *task)
{
    if (store->running) {
        return GALE_EBUSY;
    }
    if (task->resolved || (gale__subtask(store, task->subtask)->flags & GALE_SUBTASK_CANCEL_ASKED) != 0) {
        return GALE_EALREADY;
    }
    gale__trace(store, GALE_TRACE_HOST, GALE_ID_NONE, GALE_TRACE_HOST_CANCEL, task->subtask);
    return gale__store_enter(store, store_request_cancel, &task->subtask);
}

/* ---- running ------------------------------------------------------------------------------------------------- */

/** Serves the host ends that asked for it, then resumes one ready thread; false if none is ready. */
/*@ requires own: \valid(s); */
static bool store_resume_one(struct gale_store *s)
{
    const uint32_t rung = s->rung | gale_doorbell_take(&s->bell);
    struct gale_instance *i;
    gale_id thread;

    s->rung = 0;
    if (rung != 0) {
        gale__host_end_serve_rung(s, rung);
    }
    thread = gale__ready_take(s);
    if (thread == GALE_ID_NONE) {
        return false;
    }
    gale__trace(s, GALE_TRACE_HOST, GALE_ID_NONE, GALE_TRACE_HOST_TICK, thread);
    i = gale__thread_instance(s, gale__thread(s, thread));
    gale__instance_set_enter(i, NULL, false);
    gale__thread_resume(s, thread, false);
    gale__instance_set_enter(i, NULL, true);
    return true;
}

/*@ requires own: \valid(s) && \valid((bool *)arg); */
static void store_tick(struct gale_store *s, void *arg)
{
    *(bool *)arg = store_resume_one(s);
}

int gale_store_tick(struct gale_store *store)
{
    bool resumed = false;
    const int status = gale__store_enter(store, store_tick, &resumed);

    return status != GALE_OK ? status : resumed;
}

/** Resumes threads until none is ready, the host says stop, or the deadline has passed. */
/*@ requires own: \valid(s) && \valid_read((gale_tick *)arg); */
static void store_run_ready(struct gale_store *s, void *arg)
{
    const gale_tick deadline = *(const gale_tick *)arg;
    bool more = true;

    /*@ loop invariant own: \valid(s);
        loop assigns more;
        // no loop variant: for as long as guests are ready
    */
    while (more) {
        more = store_resume_one(s) && !s->stop && (deadline == GALE_FOREVER || gale_port_now() < deadline);
    }
}

#define STORE_LOOK_AGAIN 1

/** Nothing is ready: what now? */
/*@ requires own: \valid(s); */
static int store_rest(struct gale_store *s, gale_tick deadline)
{
    const bool ready = !gale_list_is_empty(&s->links, GALE__LIST_READY);

    if (s->stop || s->live_tasks == 0) {
        return GALE_OK;
    }
    if (!ready && s->live_ends == 0 && s->host_calls == 0) {
        return GALE_EDEADLK;
    }
    if (deadline != GALE_FOREVER && gale_port_now() >= deadline) {
        return GALE_ETIMEDOUT;
    }
    if (s->far != NULL) {
        return ready || gale_doorbell_pending(&s->bell) != 0 ? STORE_LOOK_AGAIN : GALE_EAGAIN;
    }
    s->rung |= gale_doorbell_wait(&s->bell, deadline);
    return STORE_LOOK_AGAIN;
}

int gale_store_run(struct gale_store *store, gale_tick deadline)
{
    int status = STORE_LOOK_AGAIN;

    store->stop = false;
    /*@ loop invariant own: \valid(store);
        loop assigns status;
        // no loop variant: each turn sleeps, until the deadline at most
    */
    while (status == STORE_LOOK_AGAIN) {
        status = gale__store_enter(store, store_run_ready, &deadline);
        if (status == GALE_OK) {
            status = store_rest(store, deadline);
        }
    }
    return status;
}
