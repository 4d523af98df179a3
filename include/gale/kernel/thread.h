/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A thread's record and its life: what it may become from each state. Nothing here schedules or switches.
 *
 * A thread with a stack runs until it blocks, yields, is preempted or returns. A thread without one is a callback
 * task: each time it is made ready its entry runs once on the executor's stack, and it may not block.
 *
 * Owner:   the records are an array that the caller gives to the executor; ids are indices into it.
 * Used by: kernel/sched, kernel/executor. Properties: TH01..TH04, SC13..SC16.
 */
#ifndef GALE_KERNEL_THREAD_H
#define GALE_KERNEL_THREAD_H

#include "gale/port.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GALE_STACK_ALIGN 16u /**< Bytes; stacks start and end on this boundary. */
#define GALE_WAIT_WORDS 3u   /**< Words that a waker can hand to a waiting thread. */

/** What a thread is to be. */
struct gale_thread_spec {
    void (*entry)(void *arg); /**< Called once (with a stack) or each time the task is made ready (without). */
    void *arg;                /**< Passed to `entry`. */
    uint8_t *stack;           /**< Lowest byte, GALE_STACK_ALIGN aligned, kept by the caller; NULL: callback task. */
    uint32_t stack_bytes;     /**< Size, a positive multiple of GALE_STACK_ALIGN; 0 for a callback task. */
    uint8_t priority;         /**< 0 (best) .. GALE_PRIORITIES-1. */
    const struct gale_mem_domain *domain; /**< What it may reach; NULL: everything. Outlives the thread. */
};

/** A thread. Fields are private to the kernel. */
struct gale_thread {
    struct gale_port_context context;     /**< Where it continues. */
    struct gale_thread_spec spec;         /**< What it was created as; the priority may change. */
    uint32_t stack_used;                  /**< Most bytes of stack seen in use so far. */
    uint32_t wait_words[GALE_WAIT_WORDS]; /**< What it waits for, then what its waker handed over. */
    int32_t wait_status;                  /**< How its last wait ended. */
    /* Reasons not to run; a thread is ready when it has none. */
    bool pending;          /**< Waits on a queue or for a tick; a callback task: not asked to run. */
    bool suspended;        /**< Taken out until resumed. */
    bool dead;             /**< Ended or never created; no way out but gale_thread_init(). */
    bool wait_by_priority; /**< It stands in its wait queue by priority, not by arrival. */
};

/*@ predicate thread_stack_ok(struct gale_thread_spec *spec) =
      spec->stack == \null ? spec->stack_bytes == 0
                           : spec->stack_bytes > 0 && spec->stack_bytes % GALE_STACK_ALIGN == 0;
    predicate thread_spec_ok(struct gale_thread_spec *spec) =
      spec->entry != \null && spec->priority < GALE_PRIORITIES && thread_stack_ok(spec);
    predicate thread_ok(struct gale_thread *t) =
      (t->dead || thread_spec_ok(&t->spec)) && t->stack_used <= t->spec.stack_bytes;
    predicate thread_ready(struct gale_thread *t) = !t->pending && !t->suspended && !t->dead;
*/

/** True when the record holds its invariant (TH02 TH03 TH04). @context any; never blocks. */
/*@ requires own: \valid_read(t);
    assigns  \nothing;
    ensures  th02: \result <==> thread_ok(t);
*/
bool gale_thread_is_valid(const struct gale_thread *t);

/**
 * True when `spec` describes a thread: an entry, a priority in range, and a stack of a positive aligned size or none.
 *
 * @context any; never blocks.
 * @satisfies TH01 TH03 TH06
 */
/*@ requires own: \valid_read(spec);
    assigns  \nothing;
    ensures  th03: \result <==> thread_spec_ok(spec);
*/
bool gale_thread_spec_is_valid(const struct gale_thread_spec *spec);

/**
 * Make `t` the thread that `spec` describes: ready, or for a callback task pending until it is asked to run. The stack
 * is painted so that its use can be measured.
 *
 * @retval GALE_OK      `t` is alive.
 * @retval GALE_EINVAL  `spec` is not valid; `t` is unchanged.
 * @context thread; never blocks; O(stack_bytes).
 * @satisfies TH01 TH03
 */
/*@ requires own: \valid(t) && \valid_read(spec) && \separated(t, spec);
    requires stack: spec->stack == \null ||
               (\valid(spec->stack + (0 .. spec->stack_bytes - 1)) &&
                \separated(spec->stack + (0 .. spec->stack_bytes - 1), t, spec));
    assigns  *t, spec->stack[0 .. spec->stack_bytes - 1];
    behavior gale_ok:
      assumes thread_spec_ok(spec);
      ensures th01: \result == GALE_OK && thread_ok(t) && t->spec == *spec;
      ensures th03: !t->dead && !t->suspended && (t->pending <==> spec->stack == \null);
    behavior gale_einval:
      assumes !thread_spec_ok(spec);
      assigns \nothing;
      ensures result: \result == GALE_EINVAL;
    complete behaviors;
    disjoint behaviors;
*/
int gale_thread_init(struct gale_thread *t, const struct gale_thread_spec *spec);

/** True when nothing keeps the thread from running. @context any; never blocks. */
/*@ requires own: \valid_read(t);
    assigns  \nothing;
    ensures  ready: \result <==> thread_ready(t);
*/
bool gale_thread_is_ready(const struct gale_thread *t);

/** True when the thread is a callback task: it has no stack and cannot block. @context any; never blocks. */
/*@ requires own: \valid_read(t);
    assigns  \nothing;
    ensures  task: \result <==> t->spec.stack == \null;
*/
bool gale_thread_is_task(const struct gale_thread *t);

/**
 * Change the priority.
 *
 * @retval GALE_OK      It is `priority` now.
 * @retval GALE_EINVAL  Out of range; nothing changed.
 * @context thread; never blocks.
 * @satisfies TH02
 */
/*@ requires own: \valid(t);
    requires ok:  thread_ok(t);
    assigns  t->spec.priority;
    ensures  th02: thread_ok(t);
    ensures  range: \result == (priority < GALE_PRIORITIES ? GALE_OK : GALE_EINVAL);
    ensures  set:  t->spec.priority == (priority < GALE_PRIORITIES ? priority : \old(t->spec.priority));
*/
int gale_thread_set_priority(struct gale_thread *t, uint8_t priority);

/**
 * Mark the thread as waiting.
 *
 * @context executor only; never blocks. The thread is ready before.
 */
/*@ requires own:   \valid(t);
    requires ready: thread_ready(t);
    assigns  t->pending;
    ensures  pending: t->pending;
*/
void gale_thread_pend(struct gale_thread *t);

/**
 * End the thread's wait with `status`.
 *
 * @return True if the thread is ready now, false if it is still suspended.
 * @context executor only; never blocks. The thread is pending before.
 */
/*@ requires own:     \valid(t);
    requires pending: t->pending && !t->dead;
    assigns  t->pending, t->wait_status;
    ensures  wake:    t->wait_status == status && !t->pending;
    ensures  ready:   \result <==> thread_ready(t);
*/
bool gale_thread_wake(struct gale_thread *t, int32_t status);

/**
 * Take the thread out until it is resumed. Suspending twice equals suspending once.
 *
 * @retval GALE_OK     It is suspended.
 * @retval GALE_EPERM  It is dead.
 * @context thread; never blocks.
 * @satisfies SC13 SC14
 */
/*@ requires own: \valid(t);
    behavior gale_ok:
      assumes !t->dead;
      assigns t->suspended;
      ensures sc14: \result == GALE_OK && t->suspended;
    behavior gale_eperm:
      assumes t->dead;
      assigns \nothing;
      ensures sc13: \result == GALE_EPERM;
    complete behaviors;
    disjoint behaviors;
*/
int gale_thread_suspend(struct gale_thread *t);

/**
 * Undo gale_thread_suspend().
 *
 * @retval GALE_OK      It is no longer suspended (it may still wait).
 * @retval GALE_EINVAL  It was not suspended; nothing changed.
 * @retval GALE_EPERM   It is dead.
 * @context thread; never blocks.
 * @satisfies SC13 SC15
 */
/*@ requires own: \valid(t);
    behavior gale_ok:
      assumes !t->dead && t->suspended;
      assigns t->suspended;
      ensures sc15: \result == GALE_OK && !t->suspended;
    behavior gale_einval:
      assumes !t->dead && !t->suspended;
      assigns \nothing;
      ensures sc15: \result == GALE_EINVAL;
    behavior gale_eperm:
      assumes t->dead;
      assigns \nothing;
      ensures sc13: \result == GALE_EPERM;
    complete behaviors;
    disjoint behaviors;
*/
int gale_thread_resume(struct gale_thread *t);

/**
 * End the thread for good.
 *
 * @retval GALE_OK     It is dead now.
 * @retval GALE_EPERM  It was dead before.
 * @context thread; never blocks.
 * @satisfies SC13 SC16
 */
/*@ requires own: \valid(t);
    behavior gale_ok:
      assumes !t->dead;
      assigns t->dead, t->pending, t->suspended;
      ensures sc16: \result == GALE_OK && t->dead && !t->pending && !t->suspended;
    behavior gale_eperm:
      assumes t->dead;
      assigns \nothing;
      ensures sc13: \result == GALE_EPERM;
    complete behaviors;
    disjoint behaviors;
*/
int gale_thread_abort(struct gale_thread *t);

/**
 * Most bytes of its stack that the thread has used so far; 0 for a callback task.
 *
 * @return 0..stack_bytes, never less than an earlier answer for the same thread.
 * @context thread; never blocks; O(stack_bytes).
 * @satisfies TH04
 */
/*@ requires own: \valid(t);
    requires ok:  thread_ok(t);
    requires stack: t->spec.stack == \null || \valid_read(t->spec.stack + (0 .. t->spec.stack_bytes - 1));
    assigns  t->stack_used;
    ensures  th04: \result == t->stack_used && t->stack_used <= t->spec.stack_bytes;
*/
uint32_t gale_thread_measure_stack(struct gale_thread *t);

#ifdef __cplusplus
}
#endif

#endif /* GALE_KERNEL_THREAD_H */
