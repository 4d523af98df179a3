/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Waitable sets: one place to wait for many things. A waitable holds what happened to it until somebody takes it.
 *
 * A waitable (a subtask, a stream or future end) is an index into a pool. It is in at most one set and has at most one
 * event pending; posting another is refused until that one is delivered, so an event is never overwritten. The pending
 * events of a set form a FIFO in the order in which they became pending in that set: by a post, by a join of a
 * waitable that brought its event along, or, for a cancellation that found an event pending, by the delivery of that
 * event. An event is delivered exactly once: to the call that polls, or, if threads wait, straight to the one that
 * waited longest. A thread that is aborted after that, before it ran, takes its event with it.
 *
 * A cancellation never replaces an event and is never refused for one: it follows it. Each waitable delivers at most
 * one until it is dropped.
 *
 * Owner:  the caller supplies all structs; a pool outlives its sets, a set its members. Every call is O(1), however
 *         many waitables there are. An executor needs one linked object per waitable (`waitables` of
 *         GALE_EXECUTOR_MEMORY_DEFINE) and GALE_WAITABLE_SET_LISTS lists per set.
 * Needs:  kernel/list, kernel/wait_queue, kernel/executor. Used by: async/callback_table, component/task.
 * Source: Component Model, canonical built-ins waitable-set.* and waitable.join. Properties: PL09..PL15.
 */
#ifndef GALE_ASYNC_WAITABLE_SET_H
#define GALE_ASYNC_WAITABLE_SET_H

#include "gale/kernel/executor.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GALE_WAITABLE_SET_LISTS 2u /**< Lists of the executor that one set takes, for good. */

/** What can happen to a waitable; the numbers are those of the Canonical ABI. */
enum gale_waitable_event_type {
    GALE_WAITABLE_EVENT_NONE = 0,         /**< Nothing. */
    GALE_WAITABLE_EVENT_SUBTASK = 1,      /**< A subtask changed its state. */
    GALE_WAITABLE_EVENT_STREAM_READ = 2,  /**< A read of a stream made progress. */
    GALE_WAITABLE_EVENT_STREAM_WRITE = 3, /**< A write to a stream made progress. */
    GALE_WAITABLE_EVENT_FUTURE_READ = 4,  /**< A read of a future made progress. */
    GALE_WAITABLE_EVENT_FUTURE_WRITE = 5, /**< A write to a future made progress. */
    GALE_WAITABLE_EVENT_CANCELLED = 6     /**< gale_waitable_set_cancel() was called. */
};

#define GALE_WAITABLE_EVENT_TYPES 7u /**< How many types there are: 0..6. */

/** An event as it is delivered. */
struct gale_waitable_event {
    uint32_t type;    /**< An enum gale_waitable_event_type. */
    uint32_t join_id; /**< The waitable: its index in its pool. */
    uint32_t payload; /**< As it was posted; 0 for a cancellation. */
};

struct gale_waitable_set;

/** A waitable. Fields are private; all-zero is a waitable without set and event. */
struct gale_waitable {
    struct gale_waitable_set *set; /**< The set it is in; NULL: none. */
    uint32_t payload;              /**< Of the pending event. */
    uint8_t type;                  /**< Of the pending event; GALE_WAITABLE_EVENT_NONE: none pending. */
    uint8_t cancel;                /**< How far its cancellation is: enum gale_waitable_cancel_state. */
};

/** The way of a cancellation; private. */
enum gale_waitable_cancel_state {
    GALE_WAITABLE_CANCEL_NONE, /**< Not cancelled. */
    GALE_WAITABLE_CANCEL_NEXT, /**< Becomes pending when the event before it is delivered. */
    GALE_WAITABLE_CANCEL_SENT  /**< Pending or delivered. */
};

/** The waitables of one executor. Fields are private. */
struct gale_waitable_pool {
    struct gale_executor *executor; /**< Where they live. */
    struct gale_waitable *items;    /**< `count` waitables, the caller's. */
    gale_id count;                  /**< How many; their ids are 0..count-1. */
    gale_id first_node;             /**< Waitable w is node first_node + w of the executor's links. */
};

/** A set. Fields are private. */
struct gale_waitable_set {
    struct gale_waitable_pool *pool; /**< Where its members come from. */
    struct gale_wait_queue waiters;  /**< Threads in gale_waitable_set_wait(); empty while an event is pending. */
    gale_id pending;                 /**< List of the members with a pending event, oldest first. */
    gale_id members;                 /**< Waitables in the set. */
    gale_id task;                    /**< Callback task to run when an event is pending; GALE_ID_NONE: none. */
};

#ifdef __FRAMAC__
#include "async/waitable_set.acsl"
#endif

/**
 * Make a pool of `count` waitables that are in no set and have no event.
 *
 * @param[out]    pool   Kept by the caller; must not move.
 * @param[in,out] x      Executor; gives `count` nodes for good.
 * @param[out]    items  `count` waitables; kept by the caller.
 * @param[in]     count  How many, at least 1.
 * @retval GALE_OK      Ready for use.
 * @retval GALE_EINVAL  `count` is 0.
 * @retval GALE_ENOMEM  The executor has fewer nodes left; `pool` must not be used.
 * @context init only; never blocks; O(count).
 */
/*@ requires own: \valid(pool) && \valid(x) && \valid(items + (0 .. count - 1));
    requires sep: \separated(pool, x, items + (0 .. count - 1));
    ensures  ok:  \result == GALE_OK ==> waitable_pool_ok(pool) && pool->count == count;
    ensures  result: \result == GALE_OK || \result == GALE_EINVAL || \result == GALE_ENOMEM;
*/
int gale_waitable_set_pool_init(struct gale_waitable_pool *pool, struct gale_executor *x, struct gale_waitable *items,
                                gale_id count);

/** True when every waitable is in its set's FIFO iff it is to be there (a walk of the pool). @context thread; never
 * blocks; O(count); for tests and assertions. */
/*@ requires own: \valid_read(pool);
    assigns  \nothing;
*/
bool gale_waitable_set_pool_is_valid(const struct gale_waitable_pool *pool);

/**
 * Make an empty set.
 *
 * @param[out]    set   Kept by the caller; must not move.
 * @param[in,out] pool  Where its members will come from.
 * @retval GALE_OK      Ready for use.
 * @retval GALE_ENOMEM  The executor has too few lists left; `set` must not be used.
 * @context init only; never blocks.
 */
/*@ requires own: \valid(set) && \valid(pool) && \valid(pool->executor) && \separated(set, pool);
    ensures  ok:  \result == GALE_OK ==> set->pool == pool && set->members == 0 && set->task == GALE_ID_NONE;
    ensures  result: \result == GALE_OK || \result == GALE_ENOMEM;
*/
int gale_waitable_set_init(struct gale_waitable_set *set, struct gale_waitable_pool *pool);

/** True when each pending event is a member's and no thread waits while there is one (a walk of the pool).
 * @context thread; never blocks; for tests and assertions. */
/*@ requires own: \valid_read(set);
    assigns  \nothing;
*/
bool gale_waitable_set_is_valid(const struct gale_waitable_set *set);

/**
 * How many waitables are in the set.
 *
 * @return 0..count of the pool.
 * @context thread; never blocks; O(1).
 */
/*@ requires own: \valid_read(set);
    assigns  \nothing;
    ensures  members: \result == set->members;
*/
gale_id gale_waitable_set_members(const struct gale_waitable_set *set);

/**
 * Run callback task `task` whenever an event becomes pending in `set` and no thread waits for it. It is asked to run
 * once now, whether an event is pending or not. GALE_ID_NONE ends that; do so before the task dies, for its id may
 * become that of another task.
 *
 * @retval GALE_OK      Set.
 * @retval GALE_EINVAL  `task` is no callback task; nothing changed.
 * @retval GALE_EPERM   It is dead; nothing changed.
 * @context thread; never blocks; O(1); may be preempted by the task.
 * @satisfies PL13
 */
/*@ requires own: \valid(set) && \valid(set->pool) && \valid(set->pool->executor);
    ensures  set: \result == GALE_OK ==> set->task == task;
    ensures  kept: \result != GALE_OK ==> set->task == \old(set->task);
*/
int gale_waitable_set_on_event(struct gale_waitable_set *set, gale_id task);

/**
 * Put `waitable` into `set`, out of the set it was in. A pending event moves along, to the end of the new FIFO (or
 * straight to a waiting thread). Joining the set it is in already changes nothing.
 *
 * @retval GALE_OK      It is a member.
 * @retval GALE_EINVAL  No such waitable in the set's pool; nothing changed.
 * @context thread; never blocks; O(1); may be preempted by the thread it wakes.
 * @satisfies PL10 PL12 PL13 PL14 PL15
 */
/*@ requires own: waitable_set_own(set);
    ensures  pl14: \result == GALE_OK ==> set->pool->items[waitable].set == set;
    ensures  range: \result == GALE_OK <==> waitable < set->pool->count;
*/
int gale_waitable_set_join(struct gale_waitable_set *set, gale_id waitable);

/**
 * Take `waitable` out of its set; nothing if it is in none. A pending event stays with it and is delivered when it
 * joins a set again.
 *
 * @retval GALE_OK      It is in no set.
 * @retval GALE_EINVAL  No such waitable; nothing changed.
 * @context thread; never blocks; O(1).
 * @satisfies PL14 PL15
 */
/*@ requires own: waitable_pool_ok(pool);
    ensures  pl14: \result == GALE_OK ==> pool->items[waitable].set == \null;
    ensures  pl12: \result == GALE_OK ==> pool->items[waitable].type == \old(pool->items[waitable].type);
    ensures  range: \result == GALE_OK <==> waitable < pool->count;
*/
int gale_waitable_set_leave(struct gale_waitable_pool *pool, gale_id waitable);

/**
 * Make `waitable` new: out of its set, its pending event and its cancellation gone.
 *
 * @retval GALE_OK      In no set, no event.
 * @retval GALE_EINVAL  No such waitable; nothing changed.
 * @context thread; never blocks; O(1).
 * @satisfies PL14 PL15
 */
/*@ requires own: waitable_pool_ok(pool);
    ensures  pl14: \result == GALE_OK ==> pool->items[waitable].set == \null &&
               pool->items[waitable].type == GALE_WAITABLE_EVENT_NONE;
    ensures  pl11: \result == GALE_OK ==> pool->items[waitable].cancel == GALE_WAITABLE_CANCEL_NONE;
    ensures  range: \result == GALE_OK <==> waitable < pool->count;
*/
int gale_waitable_set_drop_waitable(struct gale_waitable_pool *pool, gale_id waitable);

/**
 * Give `waitable` an event. If it is in a set, the thread that has waited there longest gets it, or it queues up.
 *
 * @param[in,out] pool      Pool.
 * @param[in]     waitable  Whose event; in a set or in none.
 * @param[in]     type      GALE_WAITABLE_EVENT_SUBTASK..GALE_WAITABLE_EVENT_FUTURE_WRITE.
 * @param[in]     payload   Any.
 * @retval GALE_OK      Delivered or pending.
 * @retval GALE_EINVAL  No such waitable, or no type that can be posted; nothing changed.
 * @retval GALE_EBUSY   An event is pending already; the new one stays with the caller.
 * @context thread; never blocks; O(1); may be preempted by the thread it wakes.
 * @satisfies PL09 PL10 PL12 PL13 PL15
 */
/*@ requires own: waitable_pool_ok(pool);
    ensures  pl09: \result == GALE_OK ==> GALE_WAITABLE_EVENT_SUBTASK <= type <= GALE_WAITABLE_EVENT_FUTURE_WRITE;
    ensures  pl12: \result == GALE_EBUSY ==> pool->items[waitable] == \old(pool->items[waitable]);
*/
int gale_waitable_set_post(struct gale_waitable_pool *pool, gale_id waitable, uint32_t type, uint32_t payload);

/**
 * Cancel what `waitable` stands for: it delivers one GALE_WAITABLE_EVENT_CANCELLED, after the event that is pending
 * now, if there is one. Later posts go on as before.
 *
 * @retval GALE_OK        Will be delivered, once.
 * @retval GALE_EALREADY  Cancelled before and not dropped since; nothing changed.
 * @retval GALE_EINVAL    No such waitable; nothing changed.
 * @context thread; never blocks; O(1); may be preempted by the thread it wakes.
 * @satisfies PL11 PL12 PL13 PL15
 */
/*@ requires own: waitable_pool_ok(pool);
    ensures  pl11: \result == GALE_OK ==> \old(pool->items[waitable].cancel) == GALE_WAITABLE_CANCEL_NONE;
    ensures  once: \result == GALE_EALREADY ==> \old(pool->items[waitable].cancel) != GALE_WAITABLE_CANCEL_NONE;
*/
int gale_waitable_set_cancel(struct gale_waitable_pool *pool, gale_id waitable);

/**
 * Take the oldest pending event.
 *
 * @param[in,out] set    Set.
 * @param[out]    event  The event; unchanged if there is none.
 * @retval GALE_OK      Delivered.
 * @retval GALE_EAGAIN  None is pending.
 * @context thread; never blocks; O(1).
 * @satisfies PL09 PL10 PL11 PL12 PL15
 */
/*@ requires own: waitable_set_own(set) && \valid(event);
    ensures  pl09: \result == GALE_OK ==> 0 < event->type < GALE_WAITABLE_EVENT_TYPES;
    ensures  pl10: \result == GALE_OK ==> event->join_id < set->pool->count;
    ensures  none: \result == GALE_EAGAIN ==> *event == \old(*event);
    ensures  result: \result == GALE_OK || \result == GALE_EAGAIN;
*/
int gale_waitable_set_poll(struct gale_waitable_set *set, struct gale_waitable_event *event);

/**
 * Take the oldest pending event, waiting for one if there is none. Threads are served in order of arrival. A set
 * without members can be waited on: somebody may join.
 *
 * @param[in,out] set       Set.
 * @param[in]     deadline  Absolute, in ticks; GALE_NO_WAIT makes this gale_waitable_set_poll().
 * @param[out]    event     The event; unchanged unless GALE_OK.
 * @retval GALE_OK         Delivered.
 * @retval GALE_EAGAIN     None is pending, and `deadline` is GALE_NO_WAIT.
 * @retval GALE_ETIMEDOUT  None came before `deadline`.
 * @retval GALE_ECANCELED  gale_executor_cancel_wait() ended the wait.
 * @retval GALE_EPERM      None is pending, and the caller may not block.
 * @context thread; blocks until `deadline`, and only if no event is pending.
 * @satisfies PL09 PL10 PL11 PL12 PL13
 */
/*@ requires own: waitable_set_own(set) && \valid(event); */
int gale_waitable_set_wait(struct gale_waitable_set *set, gale_tick deadline, struct gale_waitable_event *event);

/**
 * Give a set up: it is as after init and may be used again.
 *
 * @retval GALE_OK     Empty; its callback task is forgotten.
 * @retval GALE_EBUSY  It has members, or threads wait on it (a trap for a guest); nothing changed.
 * @context thread; never blocks; O(1).
 */
/*@ requires own: \valid(set);
    ensures  members: \result == GALE_OK ==> set->members == 0 && set->task == GALE_ID_NONE;
    ensures  busy: \old(set->members) != 0 ==> \result == GALE_EBUSY;
    ensures  result: \result == GALE_OK || \result == GALE_EBUSY;
*/
int gale_waitable_set_drop(struct gale_waitable_set *set);

#ifdef __cplusplus
}
#endif

#endif /* GALE_ASYNC_WAITABLE_SET_H */
