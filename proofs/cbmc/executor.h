/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A small executor in any valid state, the library's own code under it, and a port that shows what it is asked.
 *
 * The state is built, not assumed: each thread is given any record and any place that the executor's invariant allows.
 * Within one list the threads stand in the order of their ids: every other state is one of these with the threads
 * renamed, and the thread that a harness speaks of has any id.
 *
 * A call that gives the core away comes to gale_port_context_switch(). If the caller waits, the harness's others() run
 * in its place: what other threads and handlers may do meanwhile, up to the end of the wait by the library's own
 * functions. Then the caller has the core again. If it does not wait, giving way is the last thing that the call does,
 * and the harness looks at the state as the others find it.
 */
#ifndef GALE_PROOFS_CBMC_EXECUTOR_H
#define GALE_PROOFS_CBMC_EXECUTOR_H

#include "harness.h"

#ifndef GALE_PRIORITIES
#define GALE_PRIORITIES 3 /* one of each class: MetaIRQ, cooperative, preemptible */
#endif
#define GALE_PRIO_METAIRQ 1
#define GALE_PRIO_PREEMPT 2
#define GALE_STACK_MIN 32
#define GALE_ASSERTIONS 1 /* what a function asks of its caller is shown at each call inside the library */

#ifndef THREADS
#define THREADS 2
#endif
#ifndef WAITABLES
#define WAITABLES 0
#endif
#ifndef OBJECT_LISTS
#define OBJECT_LISTS 1
#endif

#include "deadlines.h"
#include "kernel/doorbell.c"
#include "kernel/executor.c"
#include "kernel/executor_init.c"
#include "kernel/executor_thread.c"
#include "kernel/list.c"
#include "kernel/sched.c"
#include "kernel/thread.c"
#include "kernel/timer.c"
#include "kernel/wait_queue.c"

enum { TIMERS = 1, STACK = 2 * GALE_STACK_ALIGN };

GALE_EXECUTOR_MEMORY_DEFINE(memory, THREADS, TIMERS, WAITABLES, OBJECT_LISTS);
static struct gale_executor x;
static uint8_t stack[STACK] GALE_ALIGNED(GALE_STACK_ALIGN);

/* ---- the port ------------------------------------------------------------------------------------------------ */

static gale_tick clock; /* the tick that was told last */
static bool gave_way;   /* the core was given to others */

/** What happens while the thread `self` waits. Each harness says it. */
static void others(gale_id self);

void gale_port_panic(const char *file, int line)
{
    (void)file, (void)line;
    prove(false, "a call inside the library keeps the callee's precondition");
    assume(false);
    while (true) {
    }
}

gale_tick gale_port_now(void)
{
    const gale_tick before = clock;

    clock = nondet_u64();
    assume(clock >= before && clock < GALE_FOREVER); /* port.h: never less than an earlier answer */
    return clock;
}

void gale_port_alarm(gale_tick deadline)
{
    prove(deadline == gale_timeout_next_deadline(&x.timeouts), "TO04: the alarm is set to the first deadline");
}

void gale_port_mpu_apply(const struct gale_mem_domain *domain)
{
    (void)domain;
}

bool gale_port_in_isr(void)
{
    return false; /* the executor's calls are none of a handler's: executor.h, @context */
}

void gale_port_wake(struct gale_atomic_u32 *word)
{
    (void)word;
}

void gale_port_idle(struct gale_atomic_u32 *word, gale_tick deadline)
{
    (void)deadline;
    word->value |= nondet_u32();
}

void gale_port_context_init(struct gale_port_context *context, void *low, size_t bytes, void (*entry)(void *),
                            void *arg)
{
    prove(entry == executor_thread_main && arg == &x, "TH01: a new thread begins in the executor");
    context->stack = low;
    context->stack_bytes = bytes;
}

/** The running thread gives the core away; it has it again when this returns. */
static void leave(struct gale_port_context *from, struct gale_port_context *to)
{
    const gale_id self = x.running;

    prove(self < THREADS && from == &memory_threads[self].context && to == &x.host,
          "SC05: a thread leaves to its host");
    gave_way = true;
    if (gale_thread_is_ready(&memory_threads[self]) || memory_threads[self].dead) {
        return;
    }
    x.running = GALE_ID_NONE;
    others(self);
    prove(gale_thread_is_ready(&memory_threads[self]), "SC05: only a ready thread has the core again");
    gale_sched_remove(&x.sched, self);
    x.sched.current = self;
    x.running = self;
}

#ifndef RUNS_THREADS
void gale_port_context_switch(struct gale_port_context *from, struct gale_port_context *to)
{
    leave(from, to);
}
#endif

/** Ends the wait of `self` by a cancel or by its deadline, if it has one; the status that its call is to return. */
static inline int end_early(gale_id self)
{
    const gale_tick deadline = memory_timeouts[self].deadline;

    if (nondet_bool() || !gale_timeout_is_active(&x.timeouts, self)) {
        prove(gale_executor_cancel_wait(&x, self) == GALE_OK, "BP04: a wait can be cancelled");
        return GALE_ECANCELED;
    }
    clock = clock > deadline ? clock : deadline;
    executor_fire(&x, self);
    return GALE_ETIMEDOUT;
}

/* ---- any state ----------------------------------------------------------------------------------------------- */

/** Where a thread is. */
enum place { DEAD, ASLEEP, JOINING, POLLING, OBJECT, HELD = OBJECT + OBJECT_LISTS, QUEUED, PREEMPTED, SUSPENDED };

static int entries; /* calls of the threads' function */

static void any_entry(void *arg)
{
    (void)arg;
    entries++;
}

static gale_id object_lists; /* lists that the harness has given to its objects */

static void any_record(struct gale_thread *t, bool task)
{
    t->spec.entry = any_entry;
    t->spec.stack = task ? NULL : stack;
    t->spec.stack_bytes = task ? 0 : STACK;
    t->spec.priority = (uint8_t)any_upto(GALE_PRIORITIES - 1u);
    t->stack_used = task ? 0 : any_upto(STACK);
    t->wait_status = (int32_t)nondet_u32();
    t->wait_words[0] = nondet_u32();
    t->wait_words[1] = nondet_u32();
    t->wait_words[2] = nondet_u32();
    t->wait_by_priority = nondet_bool();
    t->dead = false;
}

/** Puts thread `id`, a free slot, into a place that it may be in. */
static void any_place(gale_id id)
{
    struct gale_thread *t = &memory_threads[id];
    const bool task = nondet_bool();
    const enum place place = (enum place)any_upto(SUSPENDED);

    if (place == DEAD) {
        return;
    }
    any_record(t, task);
    t->pending = place > DEAD && place < HELD;
    t->suspended = place == SUSPENDED || (t->pending && nondet_bool());
    gale_list_remove(&x.links, id);
    x.live++;
    if (place >= JOINING && place < HELD) { /* a task never waits in a queue */
        assume(!task && place < OBJECT + object_lists);
        gale_list_push_back(&x.links, (gale_id)(x.joiners.list + (place - JOINING)), id);
    } else if (place == QUEUED) {
        gale_sched_add(&x.sched, id);
    } else if (place == PREEMPTED) {
        assume(x.sched.preempted == GALE_ID_NONE);
        x.sched.preempted = id;
    } else if (place == HELD) {
        assume(x.sched.current == GALE_ID_NONE);
        x.sched.current = id;
    }
}

/** Any deadlines: of waiting threads and of the timer, if it is in use. */
static void any_deadlines(void)
{
    for (gale_id id = 0; id < THREADS + TIMERS; id++) {
        const bool may = id < THREADS ? memory_threads[id].pending && memory_threads[id].spec.stack != NULL
                                      : id - THREADS < x.timers_used;

        memory_timeouts[id].deadline = nondet_u64();
        memory_timeouts[id].sequence = nondet_u64();
        if (may && nondet_bool()) {
            memory_timeouts[id].slot = 0;
            x.timeouts.count++;
        }
    }
    x.timeouts.sequence = nondet_u64();
    x.timeouts.now = nondet_u64();
    clock = nondet_u64();
    assume(x.timeouts.sequence < UINT64_MAX && x.timeouts.now <= clock && clock < GALE_FOREVER);
    assume(gale_timeout_queue_is_valid(&x.timeouts));
}

/** An empty executor; the harness then makes its objects, and last any_state(). */
static void new_executor(void)
{
    prove(gale_executor_init(&x, &memory_memory) == GALE_OK, "TH05: a new executor");
}

/** Any threads, any deadlines; the executor's own code runs, or that of handlers and timers. */
static void any_state(void)
{
    object_lists = (gale_id)(x.links.lists_used - x.pollers.list - 1u);
    for (gale_id i = 0; i < THREADS; i++) {
        any_place(i);
    }
    any_deadlines();
    if (x.sched.current == GALE_ID_NONE && nondet_bool()) { /* who had the core last, and holds it no more */
        x.sched.current = (gale_id)any_upto(THREADS - 1u);
        assume(x.sched.current != x.sched.preempted);
        assume(!gale_thread_is_ready(&memory_threads[x.sched.current]) ||
               gale_list_owner(&x.links, x.sched.current) != GALE_ID_NONE);
    }
    assume(x.sched.current == GALE_ID_NONE || x.sched.current != x.sched.preempted);
    x.running = GALE_ID_NONE;
    x.yielding = nondet_bool();
}

/** The thread that holds the core makes the call under check. */
static gale_id on_thread(void)
{
    const gale_id self = x.sched.current;

    assume(self < THREADS && gale_thread_is_ready(&memory_threads[self]) && memory_threads[self].spec.stack != NULL &&
           gale_list_owner(&x.links, self) == GALE_ID_NONE);
    x.running = self;
    x.yielding = false;
    return self;
}

/** A task, a handler or the executor's own flow makes the call. */
static void on_no_thread(void)
{
    if (nondet_bool()) {
        x.running = x.sched.current;
        assume(x.running == GALE_ID_NONE ||
               (memory_threads[x.running].spec.stack == NULL && !memory_threads[x.running].dead));
    }
}

/** Any of them makes the call. */
static inline void on_any_flow(void)
{
    if (nondet_bool()) {
        (void)on_thread();
    } else {
        on_no_thread();
    }
}

/* ---- what is to hold ------------------------------------------------------------------------------------------ */

static gale_id place_of(gale_id id)
{
    return x.links.links[id].owner;
}

static uint8_t priority_of(gale_id id)
{
    return memory_threads[id].spec.priority;
}

static bool is_ready(gale_id id)
{
    return gale_thread_is_ready(&memory_threads[id]);
}

static bool is_queued(gale_id id)
{
    return place_of(id) >= x.sched.first_list && place_of(id) < x.sched.first_list + GALE_PRIORITIES;
}

/** Of those who stood in `list` in the order of their ids: the best, and of the best the first. */
static inline gale_id best_of(gale_id list)
{
    gale_id best = GALE_ID_NONE;

    for (gale_id id = 0; id < THREADS; id++) {
        if (place_of(id) == list && (best == GALE_ID_NONE || priority_of(id) < priority_of(best))) {
            best = id;
        }
    }
    return best;
}

/** Nobody in `list` stands before a better one. */
static bool by_priority(gale_id list)
{
    gale_id id = gale_list_first(&x.links, list);
    bool ok = true;

    for (gale_id n = 0; n < THREADS && id != GALE_ID_NONE; n++) {
        const gale_id next = gale_list_next(&x.links, id);
        ok = ok && (next == GALE_ID_NONE || priority_of(id) <= priority_of(next));
        id = next;
    }
    return ok;
}

/** Those in `list`, but for `moved`, still stand in the order in which the harness put them there. */
static inline bool in_order_but(gale_id list, gale_id moved)
{
    gale_id id = gale_list_first(&x.links, list);
    gale_id last = GALE_ID_NONE;
    bool ok = true;

    for (gale_id n = 0; n < THREADS && id != GALE_ID_NONE; n++) {
        if (id != moved) {
            ok = ok && (last == GALE_ID_NONE || last < id);
            last = id;
        }
        id = gale_list_next(&x.links, id);
    }
    return ok;
}

/** The waiters of an object whose queue is ordered by priority. */
static inline void waiting_by_priority(gale_id list)
{
    for (gale_id id = 0; id < THREADS; id++) {
        assume(place_of(id) != list || memory_threads[id].wait_by_priority);
    }
    assume(by_priority(list));
}

/** The thread was made ready with `status`; a suspended one will be ready when it is resumed. */
static inline bool is_woken(gale_id id, int status)
{
    const struct gale_thread *t = &memory_threads[id];

    return !t->pending && t->wait_status == status && !gale_timeout_is_active(&x.timeouts, id) &&
           (t->suspended ? place_of(id) == GALE_ID_NONE : is_queued(id));
}

/** The invariant of the executor, and thread by thread that none is forgotten: who is ready has a place to run from. */
static void still_valid(void)
{
    const gale_id id = (gale_id)any_upto(THREADS - 1u);
    const struct gale_thread *t = &memory_threads[id];

    prove(gale_executor_is_valid(&x), "SC02 SC03 TH02 TH03 TH04 TH06: the executor's invariant holds after the step");
    prove(!is_ready(id) || is_queued(id) || id == x.sched.current || id == x.sched.preempted,
          "SC05: a ready thread is in its queue, current or preempted");
    prove(!gale_timeout_is_active(&x.timeouts, id) || t->pending, "TO03: only who waits has a deadline");
    prove(place_of(id) < GALE_PRIORITIES + 1u || place_of(id) == GALE_ID_NONE || t->pending,
          "SC05: only who waits is in a wait queue");
    prove(x.live <= THREADS, "TH05 TH06: the number of live threads is within its bounds");
    reached();
}

#endif /* GALE_PROOFS_CBMC_EXECUTOR_H */
