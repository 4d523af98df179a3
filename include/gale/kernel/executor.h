/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The executor: one kernel on one core. It runs threads and callback tasks, fires deadlines, and sleeps on its doorbell.
 *
 * Everything inside an executor is sequential. From outside (an interrupt handler, another core or process) only two
 * things reach it: typed rings and the doorbell. Calls with `@context thread` may be made by the executor's threads,
 * callback tasks, timer functions and doorbell handlers, and before gale_executor_run(); never from an interrupt.
 * Only a thread with a stack may block. A thread is preempted at the calls that make a better one ready;
 * deadlines and doorbell are served whenever a thread leaves the core, so one that never does holds them back.
 *
 * Owner:   the caller supplies the struct and all memory (GALE_EXECUTOR_MEMORY_DEFINE lays it out statically).
 * Properties: SC05, TH05, TH06, TO04, DB01.
 */
#ifndef GALE_KERNEL_EXECUTOR_H
#define GALE_KERNEL_EXECUTOR_H

#include "gale/kernel/doorbell.h"
#include "gale/kernel/list.h"
#include "gale/kernel/sched.h"
#include "gale/kernel/thread.h"
#include "gale/kernel/timeout.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gale_executor;
struct gale_timer;

/** A queue of waiting threads; kernel/wait_queue has its operations. Fields are private. */
struct gale_wait_queue {
    struct gale_executor *executor; /**< Whose threads wait here. */
    gale_id list;                   /**< Their list in the executor's links. */
};

/** Doorbell bits that can have a handler: 0..GALE_BELL_BITS-1. */
#define GALE_BELL_BITS 31u

/** Lists that an executor needs for itself: ready queues, free thread slots, joiners, pollers. */
#define GALE_EXECUTOR_OWN_LISTS (GALE_PRIORITIES + 3)

/** All memory of an executor; arrays are the caller's and outlive it. */
struct gale_executor_memory {
    struct gale_thread *threads;   /**< `thread_count` records. */
    struct gale_link *links;       /**< `node_count + list_count` links. */
    struct gale_timeout *timeouts; /**< `thread_count + timer_count` records. */
    gale_id *heap;                 /**< As many ids. */
    struct gale_timer **timers;    /**< `timer_count` pointers. */
    gale_id thread_count;          /**< Most threads alive at once, at least 1. */
    gale_id timer_count;           /**< Most timers. */
    gale_id node_count;            /**< Linked objects: `thread_count` plus one per waitable. */
    gale_id list_count;            /**< GALE_EXECUTOR_OWN_LISTS plus those that the objects' headers state. */
};

/** What rings of one doorbell bit lead to. */
struct gale_bell_handler {
    void (*fn)(void *arg); /**< NULL: nothing. */
    void *arg;             /**< Passed to `fn`. */
};

/** An executor. Fields are private. */
struct gale_executor {
    struct gale_list_pool links;
    struct gale_sched sched;
    struct gale_timeout_queue timeouts;
    struct gale_doorbell bell;
    struct gale_executor_memory memory;
    struct gale_wait_queue joiners; /**< Threads in gale_executor_join(). */
    struct gale_wait_queue pollers; /**< Threads in gale_poll(). */
    struct gale_port_context host;  /**< The flow that called gale_executor_run(). */
    gale_id free_threads;           /**< List of the slots without a living thread. */
    gale_id running;                /**< Whose code executes now; GALE_ID_NONE: the executor's own. */
    gale_id live;                   /**< Threads alive, 0..thread_count. */
    gale_id timers_used;            /**< Timers handed out, 0..timer_count. */
    bool stop;                      /**< gale_executor_stop() was called. */
    bool yielding;                  /**< The thread that left last offers the core to its equals. */
    struct gale_bell_handler bell_handlers[GALE_BELL_BITS];
};

#ifdef __FRAMAC__
#include "kernel/executor.acsl"
#endif

/**
 * Defines `struct gale_executor_memory name##_memory` over static storage for `threads` threads, `timers` timers,
 * `waitables` further linked objects and `lists` lists for the objects that live in the executor.
 */
#define GALE_EXECUTOR_MEMORY_DEFINE(name, threads_, timers_, waitables_, lists_)                              \
    static struct gale_thread name##_threads[threads_];                                                       \
    static struct gale_link name##_links[(threads_) + (waitables_) + GALE_EXECUTOR_OWN_LISTS + (lists_)];     \
    static struct gale_timeout name##_timeouts[(threads_) + (timers_)];                                       \
    static gale_id name##_heap[(threads_) + (timers_)];                                                       \
    static struct gale_timer *name##_timers[(timers_) + 1];                                                   \
    static const struct gale_executor_memory name##_memory = {name##_threads,                                 \
                                                              name##_links,                                   \
                                                              name##_timeouts,                                \
                                                              name##_heap,                                    \
                                                              name##_timers,                                  \
                                                              (gale_id)(threads_),                            \
                                                              (gale_id)(timers_),                             \
                                                              (gale_id)((threads_) + (waitables_)),           \
                                                              (gale_id)(GALE_EXECUTOR_OWN_LISTS + (lists_))}; \
    GALE_STATIC_ASSERT((threads_) + (waitables_) + GALE_EXECUTOR_OWN_LISTS + (lists_) < GALE_ID_NONE &&       \
                           (threads_) + (timers_) < GALE_ID_NONE,                                             \
                       name##_fits_ids)

/**
 * Prepare an executor over `memory`.
 *
 * @param[out] x       Kept by the caller; must not move.
 * @param[in]  memory  Copied; its arrays stay in use.
 * @retval GALE_OK      Ready: spawn threads, then run.
 * @retval GALE_EINVAL  `thread_count` is 0, a count is too large, or the lists do not suffice for the executor's own.
 * @context init only; never blocks.
 */
/*@ requires own: \valid(x) && \valid_read(memory) && \separated(x, memory, executor_regions(memory));
    requires arrays: executor_counts_ok(memory) ==>
               executor_arrays_ok(memory) && list_bounds(memory->node_count, memory->list_count);
    assigns  *x, memory->threads[0 .. memory->thread_count - 1], list_ghosts,
             memory->links[0 .. memory->node_count + memory->list_count - 1],
             memory->timeouts[0 .. memory->thread_count + memory->timer_count - 1].slot,
             executor_waits[0 .. LIST_LISTS - 1], executor_living[0 .. LIST_NODES];
    behavior gale_ok:
      assumes executor_counts_ok(memory);
      ensures ok: \result == GALE_OK && executor_own_flow(x) && x->live == 0;
    behavior gale_einval:
      assumes !executor_counts_ok(memory);
      assigns \nothing;
      ensures result: \result == GALE_EINVAL;
    complete behaviors;
    disjoint behaviors;
*/
int gale_executor_init(struct gale_executor *x, const struct gale_executor_memory *memory);

/** True when queues, deadlines and counts agree (bounded walks); for tests and assertions. @context any; never blocks. */
/*@ requires own: executor_memory(x) && executor_linked(x) && sched_memory(&x->sched);
    assigns  \nothing;
    ensures  ok: executor_ok(x) ==> \result;
*/
bool gale_executor_is_valid(const struct gale_executor *x);

/**
 * Create a thread or callback task and, if it is a thread, make it ready.
 *
 * @param[in]  spec  Copied; its stack and domain stay in use until the thread is dead.
 * @param[out] id    The new thread; may be NULL. Unchanged after an error.
 * @retval GALE_OK      It lives.
 * @retval GALE_EINVAL  The spec is not valid, or its stack is misaligned or smaller than GALE_STACK_MIN.
 * @retval GALE_ENOMEM  `thread_count` threads live already.
 * @context thread; never blocks; may be preempted by the new thread.
 * @satisfies TH01 TH05 TH06
 */
/*@ requires ok:  executor_calls(x) && \valid_read(spec) && (thread_spec_ok(spec) ==> executor_spec_apart(x, spec));
    requires out: id == \null || (\valid(id) && \separated(id, x, executor_arrays(x)));
    assigns  executor_all(x), *id, spec->stack[0 .. spec->stack_bytes - 1];
    ensures  ok:  executor_calls(x) && x->running == \old(x->running) && executor_waits_kept{Pre, Post}(x);
    ensures  th01: \result == GALE_EINVAL <==> !thread_spec_ok{Pre}(spec);
    ensures  th06: \result == GALE_ENOMEM <==>
               thread_spec_ok{Pre}(spec) && \old(list_len(x->free_threads)) == 0;
*/
int gale_executor_spawn(struct gale_executor *x, const struct gale_thread_spec *spec, gale_id *id);

/** The thread or task whose code is executing; GALE_ID_NONE in handlers and outside. @context thread; never blocks. */
/*@ requires own: \valid_read(x);
    assigns  \nothing;
    ensures  result: \result == x->running;
*/
gale_id gale_executor_current(const struct gale_executor *x);

/**
 * Ask a callback task to run once more. Several requests before it runs are one.
 *
 * @retval GALE_OK      It will run (once it is resumed, if it is suspended).
 * @retval GALE_EINVAL  `task` is no callback task.
 * @retval GALE_EPERM   It is dead.
 * @context thread; never blocks; O(1).
 */
/*@ requires ok:  executor_calls(x);
    assigns  executor_all(x);
    ensures  ok:  executor_calls(x) && x->running == \old(x->running) && executor_waits_kept{Pre, Post}(x);
    ensures  range: task >= x->memory.thread_count ==> \result == GALE_EINVAL;
*/
int gale_executor_post_task(struct gale_executor *x, gale_id task);

/**
 * Give way to threads of the same or a better priority; return when it is this thread's turn again.
 *
 * @retval GALE_OK     Others had their turn.
 * @retval GALE_EPERM  The caller is not a thread with a stack.
 * @context thread; blocks until the others yield or block.
 * @satisfies SC04
 */
/*@ requires ok:  executor_calls(x);
    assigns  executor_all(x);
    ensures  ok:  executor_calls(x) && x->running == \old(x->running) && executor_waits_kept{Pre, Post}(x);
    ensures  sc04: executor_on_thread{Pre}(x) ? \result == GALE_OK : \result == GALE_EPERM;
*/
int gale_executor_yield(struct gale_executor *x);

/**
 * Sleep until `deadline`. GALE_FOREVER sleeps until gale_executor_cancel_wait().
 *
 * @retval GALE_OK        The deadline has passed.
 * @retval GALE_ECANCELED gale_executor_cancel_wait() ended the sleep early.
 * @retval GALE_EPERM     The caller may not block.
 * @context thread; blocks until `deadline`.
 */
/*@ requires ok:  executor_calls(x) && x->timeouts.sequence < UINT64_MAX;
    assigns  executor_all(x);
    ensures  ok:  executor_calls(x) && x->running == \old(x->running) && executor_waits_kept{Pre, Post}(x);
    ensures  eperm: !executor_on_thread{Pre}(x) ==> \result == GALE_EPERM;
*/
int gale_executor_sleep_until(struct gale_executor *x, gale_tick deadline);

/**
 * End the wait or sleep of a thread early: it leaves its queue and its call returns GALE_ECANCELED.
 *
 * @retval GALE_OK      The wait was cancelled; nothing that it waited for is lost.
 * @retval GALE_EINVAL  `thread` is out of range or does not wait.
 * @context thread; never blocks.
 * @satisfies BP04
 */
/*@ requires ok:  executor_calls(x);
    assigns  executor_all(x);
    ensures  ok:  executor_calls(x) && x->running == \old(x->running) && executor_waits_kept{Pre, Post}(x);
    ensures  bp04: \result == GALE_OK <==> executor_waits_on{Pre}(x, thread) && !executor_is_task{Pre}(x, thread);
    ensures  einval: \result == GALE_OK || \result == GALE_EINVAL;
*/
int gale_executor_cancel_wait(struct gale_executor *x, gale_id thread);

/**
 * Take a thread out until it is resumed; its waits go on and may end meanwhile.
 *
 * @retval GALE_OK      It is suspended (also if it was before).
 * @retval GALE_EPERM   It is dead.
 * @retval GALE_EINVAL  `thread` is out of range.
 * @context thread; if it is the calling thread, blocks until resumed; a task that suspends itself goes on to its end.
 * @satisfies SC13 SC14
 */
/*@ requires ok:  executor_calls(x);
    assigns  executor_all(x);
    ensures  ok:  executor_calls(x) && x->running == \old(x->running) && executor_waits_kept{Pre, Post}(x);
    ensures  sc13: executor_state_status{Pre}(x, thread, \result);
*/
int gale_executor_suspend(struct gale_executor *x, gale_id thread);

/**
 * Undo gale_executor_suspend().
 *
 * @retval GALE_OK      It runs again as soon as nothing else holds it.
 * @retval GALE_EPERM   It is dead.
 * @retval GALE_EINVAL  It is not suspended, or out of range.
 * @context thread; never blocks; may be preempted by it.
 * @satisfies SC15
 */
/*@ requires ok:  executor_calls(x);
    assigns  executor_all(x);
    ensures  ok:  executor_calls(x) && x->running == \old(x->running) && executor_waits_kept{Pre, Post}(x);
    ensures  sc15: \result == GALE_OK <==> executor_suspended{Pre}(x, thread);
    ensures  sc13: \result == GALE_EPERM <==> executor_dead{Pre}(x, thread);
*/
int gale_executor_resume(struct gale_executor *x, gale_id thread);

/**
 * End a thread wherever it is. Its slot can be used again, its joiners are woken. Does not return if it is
 * the calling thread; a task that ends itself goes on to its end. What was handed to a thread that has not run yet (a
 * permit, an admission, an event) ends with it.
 *
 * @retval GALE_OK      It is dead.
 * @retval GALE_EPERM   It was dead.
 * @retval GALE_EINVAL  `thread` is out of range.
 * @context thread; never blocks.
 * @satisfies SC16 TH05
 */
/*@ requires ok:  executor_calls(x);
    assigns  executor_all(x);
    ensures  ok:  executor_calls(x) && executor_waits_kept{Pre, Post}(x);
    ensures  flow: thread != \old(x->running) ==> x->running == \old(x->running);
    ensures  sc16: executor_state_status{Pre}(x, thread, \result);
*/
int gale_executor_abort(struct gale_executor *x, gale_id thread);

/**
 * Wait until `thread` is dead.
 *
 * @retval GALE_OK         It died while we waited.
 * @retval GALE_ENOENT     It is dead (or was never created).
 * @retval GALE_EINVAL     `thread` is out of range or the caller itself.
 * @retval GALE_ETIMEDOUT  The deadline passed first.
 * @retval GALE_EPERM      The caller may not block.
 * @context thread; blocks until `deadline`.
 */
/*@ requires ok:  executor_calls(x) && x->timeouts.sequence < UINT64_MAX;
    assigns  executor_all(x);
    ensures  ok:  executor_calls(x) && x->running == \old(x->running) && executor_waits_kept{Pre, Post}(x);
    ensures  eperm: !executor_on_thread{Pre}(x) ==> \result == GALE_EPERM;
    ensures  einval: executor_on_thread{Pre}(x) && (thread >= x->memory.thread_count || thread == \old(x->running)) ==>
               \result == GALE_EINVAL;
*/
int gale_executor_join(struct gale_executor *x, gale_id thread, gale_tick deadline);

/**
 * Change a thread's priority. A queued or waiting thread goes behind its new equals; the running one goes on unless a
 * better one is ready.
 *
 * @retval GALE_OK      Done.
 * @retval GALE_EINVAL  `thread` or `priority` is out of range.
 * @retval GALE_EPERM   It is dead.
 * @context thread; never blocks; may be preempted.
 * @satisfies TH02
 */
/*@ requires ok:  executor_calls(x);
    assigns  executor_all(x);
    ensures  ok:  executor_calls(x) && x->running == \old(x->running) && executor_waits_kept{Pre, Post}(x);
    ensures  th02: priority < GALE_PRIORITIES ? executor_state_status{Pre}(x, thread, \result)
                                              : \result == GALE_EINVAL || \result == GALE_EPERM;
*/
int gale_executor_set_priority(struct gale_executor *x, gale_id thread, uint8_t priority);

/**
 * Call `fn(arg)` in the executor whenever doorbell bit `bit` was rung; NULL takes the handler away.
 *
 * @retval GALE_OK      Set.
 * @retval GALE_EINVAL  `bit` is not below GALE_BELL_BITS.
 * @context thread; never blocks. `fn` runs on the executor's stack and may not block.
 */
/*@ requires own: \valid(x);
    assigns  x->bell_handlers[0 .. GALE_BELL_BITS - 1];
    ensures  range: \result == (bit < GALE_BELL_BITS ? GALE_OK : GALE_EINVAL);
    ensures  set:  bit < GALE_BELL_BITS ==> x->bell_handlers[bit].fn == fn && x->bell_handlers[bit].arg == arg;
    ensures  kept: \forall integer b; 0 <= b < GALE_BELL_BITS && b != bit ==>
               x->bell_handlers[b].fn == \old(x->bell_handlers[b].fn);
*/
int gale_executor_on_bell(struct gale_executor *x, uint32_t bit, void (*fn)(void *arg), void *arg);

/** The executor's doorbell, for whoever shall ring it. @context any; never blocks. */
/*@ requires own: \valid(x);
    assigns  \nothing;
    ensures  bell: \result == &x->bell;
*/
struct gale_doorbell *gale_executor_bell(struct gale_executor *x);

/**
 * Switch to a better thread if one has become ready. Every call that readies threads ends with this; handlers and
 * callback tasks go on.
 *
 * @context thread; never blocks; may be preempted.
 * @satisfies SC05 SC10
 */
/*@ requires ok:  executor_ok(x) && executor_flow(x);
    requires own: x->running != GALE_ID_NONE && executor_is_task(x, x->running) ==>
               !x->memory.threads[x->running].dead;
    assigns  executor_all(x);
    ensures  ok:  executor_calls(x) && x->running == \old(x->running) && executor_waits_kept{Pre, Post}(x);
*/
void gale_executor_reschedule(struct gale_executor *x);

/**
 * Have doorbell and deadlines served now, and go on unless a better thread is ready then. For a thread that computes
 * for long, and for a port where an interrupt took the core from it. Handlers and callback tasks go on at once.
 *
 * @context thread; may be preempted.
 * @satisfies SC05 SC12
 */
/*@ requires ok:  executor_calls(x);
    assigns  executor_all(x);
    ensures  ok:  executor_calls(x) && x->running == \old(x->running) && executor_waits_kept{Pre, Post}(x);
*/
void gale_executor_serve(struct gale_executor *x);

/**
 * Serve the doorbell, fire what is due, and run one thread (until it blocks, yields or is preempted) or task.
 *
 * @return True if a thread or task ran; false if none was ready.
 * @context the flow that owns the executor, outside its threads; never blocks.
 * @satisfies SC07 TO04
 */
/*@ requires ok:  executor_own_flow(x);
    assigns  executor_all(x);
    ensures  ok:  executor_own_flow(x) && executor_waits_kept{Pre, Post}(x);
*/
bool gale_executor_step(struct gale_executor *x);

/**
 * Run until no thread or task lives or gale_executor_stop() is called; sleeps when nothing is ready.
 *
 * @retval GALE_OK         No thread or task lives.
 * @retval GALE_ECANCELED  Stopped.
 * @context the flow that owns the executor, outside its threads.
 */
/*@ requires ok:  executor_own_flow(x);
    assigns  executor_all(x);
    ensures  ok:  executor_own_flow(x) && executor_waits_kept{Pre, Post}(x);
    ensures  result: \result == GALE_OK ? x->live == 0 : \result == GALE_ECANCELED && x->stop;
*/
int gale_executor_run(struct gale_executor *x);

/** Make gale_executor_run() return after the present step. @context thread; never blocks. */
/*@ requires own: \valid(x);
    assigns  x->stop;
    ensures  stop: x->stop;
*/
void gale_executor_stop(struct gale_executor *x);

#ifdef __cplusplus
}
#endif

#endif /* GALE_KERNEL_EXECUTOR_H */
