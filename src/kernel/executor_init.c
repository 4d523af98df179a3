/* SPDX-License-Identifier: Apache-2.0 */
#include "executor_internal.h"

#ifdef __FRAMAC__
#include "kernel/executor_ghost.acsl"
#endif

/*@ requires own: \valid_read(m);
    assigns  \nothing;
    ensures  ok: \result <==> executor_counts_ok(m);
*/
static bool executor_memory_is_valid(const struct gale_executor_memory *m)
{
    const uint64_t links = (uint64_t)m->node_count + m->list_count;
    const uint64_t deadlines = (uint64_t)m->thread_count + m->timer_count;

    return m->thread_count > 0 && m->node_count >= m->thread_count && m->list_count >= GALE_EXECUTOR_OWN_LISTS &&
           links < GALE_ID_NONE && deadlines < GALE_ID_NONE;
}

/*@ requires own: \valid(t);
    assigns  *t;
    ensures  dead: t->dead && !t->pending && t->spec.priority == 0 && thread_ok(t);
*/
static void executor_init_slot(struct gale_thread *t)
{
    t->spec = (struct gale_thread_spec){0};
    t->stack_used = 0;
    t->pending = false;
    t->suspended = false;
    t->dead = true;
}

/*@ requires own:  executor_memory(x);
    assigns  x->memory.threads[0 .. x->memory.thread_count - 1], executor_living[0 .. LIST_NODES];
    ensures  dead: executor_slots_dead(x, x->memory.thread_count);
    ensures  none: \forall integer i; 0 <= i <= LIST_NODES ==> executor_living[i] == 0;
*/
static void executor_init_threads(struct gale_executor *x)
{
    //@ ghost executor_ghost_none_live();
    /*@ loop invariant dead: 0 <= i <= x->memory.thread_count && executor_slots_dead(x, i);
        loop assigns i, x->memory.threads[0 .. x->memory.thread_count - 1];
        loop variant x->memory.thread_count - i;
    */
    for (gale_id i = 0; i < x->memory.thread_count; i++) {
        executor_init_slot(&x->memory.threads[i]);
    }
}

/*@ requires own:  executor_memory(x) && executor_linked(x) && list_pool_ok(&x->links);
    requires in:   x->free_threads < x->links.lists;
    requires free: \forall integer i; 0 <= i < x->links.nodes ==> list_free(&x->links, i);
    assigns  executor_links(x);
    ensures  ok:   list_pool_ok(&x->links) && list_others_same{Pre, Post}(&x->links, x->free_threads);
    ensures  own:  \forall integer i; 0 <= i < x->memory.thread_count ==> x->links.links[i].owner == x->free_threads;
    ensures  rest: \forall integer i; x->memory.thread_count <= i < x->links.nodes ==> list_free(&x->links, i);
*/
static void executor_free_threads(struct gale_executor *x)
{
    /*@ loop invariant ok: 0 <= i <= x->memory.thread_count && list_pool_ok(&x->links);
        loop invariant others: list_others_same{Pre, Here}(&x->links, x->free_threads);
        loop invariant own: \forall integer k; 0 <= k < i ==> x->links.links[k].owner == x->free_threads;
        loop invariant rest: \forall integer k; i <= k < x->links.nodes ==> list_free(&x->links, k);
        loop assigns i, executor_links(x);
        loop variant x->memory.thread_count - i;
    */
    for (gale_id i = 0; i < x->memory.thread_count; i++) {
        gale_list_push_back(&x->links, x->free_threads, i);
    }
}

/*@ requires own: \valid(x);
    assigns  x->bell.word.value, x->bell_handlers[0 .. GALE_BELL_BITS - 1];
    ensures  none: \forall integer b; 0 <= b < GALE_BELL_BITS ==> x->bell_handlers[b].fn == \null;
*/
static void executor_init_bell(struct gale_executor *x)
{
    gale_doorbell_init(&x->bell);
    /*@ loop invariant none: 0 <= bit <= GALE_BELL_BITS &&
          \forall integer b; 0 <= b < bit ==> x->bell_handlers[b].fn == \null;
        loop assigns bit, x->bell_handlers[0 .. GALE_BELL_BITS - 1];
        loop variant GALE_BELL_BITS - bit;
    */
    for (uint32_t bit = 0; bit < GALE_BELL_BITS; bit++) {
        x->bell_handlers[bit].fn = NULL;
        x->bell_handlers[bit].arg = NULL;
    }
}

/* The executor's own lists and the threads' nodes come first, so a thread's node is its id. */
/*@ requires own: executor_memory(x) && list_bounds(x->memory.node_count, x->memory.list_count);
    requires th02: executor_slots_dead(x, x->memory.thread_count);
    assigns  x->links, x->sched, x->free_threads, x->joiners, x->pollers, list_ghosts,
             x->memory.links[0 .. x->memory.node_count + x->memory.list_count - 1],
             executor_waits[0 .. LIST_LISTS - 1];
    ensures  ok: list_pool_ok(&x->links) && executor_lists_ok(x);
    ensures  free: \forall integer i; 0 <= i < x->links.nodes ==> list_free(&x->links, i);
    ensures  none: x->sched.current == GALE_ID_NONE && x->sched.preempted == GALE_ID_NONE && x->sched.ready == 0;
*/
static void executor_init_links(struct gale_executor *x)
{
    gale_id first = 0;

    //@ ghost executor_ghost_no_waits();
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
    executor_init_threads(x);
    executor_init_links(x);
    executor_free_threads(x);
    executor_init_bell(x);
    return GALE_OK;
}

/** The slot's flags agree with the list of free slots. */
/*@ requires own: executor_memory(x) && executor_linked(x) && list_pool_ok(&x->links) && i < x->memory.thread_count;
    assigns  \nothing;
    ensures  ok: \result <==> thread_ok(&x->memory.threads[i]) &&
               (x->memory.threads[i].dead <==> x->links.links[i].owner == x->free_threads);
*/
static bool executor_slot_is_valid(const struct gale_executor *x, gale_id i)
{
    const bool is_free = gale_list_owner(&x->links, i) == x->free_threads;

    return gale_thread_is_valid(&x->memory.threads[i]) && is_free == x->memory.threads[i].dead;
}

/*@ requires own: executor_memory(x) && executor_linked(x) && list_pool_ok(&x->links);
    assigns  \nothing;
    ensures  ok: executor_threads_ok(x) && executor_live_ok(x) ==> \result;
*/
static bool executor_threads_are_valid(const struct gale_executor *x)
{
    uint32_t living = 0;
    bool ok = true;

    /*@ loop invariant range: 0 <= living <= i <= x->memory.thread_count;
        loop invariant ok: executor_threads_ok(x) && executor_live_ok(x) ==> ok && living == executor_living[i];
        loop assigns i, living, ok;
        loop variant x->memory.thread_count - i;
    */
    for (gale_id i = 0; i < x->memory.thread_count; i++) {
        ok = ok && executor_slot_is_valid(x, i);
        living += x->memory.threads[i].dead ? 0u : 1u;
    }
    return ok && living == x->live;
}

bool gale_executor_is_valid(const struct gale_executor *x)
{
    return gale_list_pool_is_valid(&x->links) && gale_sched_is_valid(&x->sched) &&
           gale_timeout_queue_is_valid(&x->timeouts) && executor_threads_are_valid(x) &&
           x->timers_used <= x->memory.timer_count;
}
