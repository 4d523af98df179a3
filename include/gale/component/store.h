/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The store: all component instances of one executor, and what makes them run.
 *
 * Everything in a store is sequential. Guests run on a stack of the store, so that a trap can leave all their frames.
 * Choice is FIFO: what became ready first runs first.
 * Source: Canonical ABI, Embedding API; Stack Switching.
 */
#ifndef GALE_COMPONENT_STORE_H
#define GALE_COMPONENT_STORE_H

#include "gale/component/copy.h"
#include "gale/component/func.h"
#include "gale/component/guest_thread.h"
#include "gale/component/instance.h"
#include "gale/component/subtask.h"
#include "gale/component/task.h"
#include "gale/component/waitable.h"
#include "gale/kernel/doorbell.h"
#include "gale/kernel/list.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gale_trace;
struct gale_host_end;

/** Links that the store and its objects need: per instance, per thread; further one per handle entry. */
#define GALE_STORE_INSTANCE_NODES 4u
#define GALE_STORE_THREAD_NODES 3u
/** Lists: of the store, per instance, per task, per waitable set. */
#define GALE_STORE_OWN_LISTS 1u
#define GALE_STORE_INSTANCE_LISTS 4u
#define GALE_STORE_SET_LISTS 2u

/** Most host ends of a store: as many as its doorbell can tell apart, by way of `end_asks`. */
#define GALE_STORE_ENDS_MAX 992u
/** Words of `end_asks` for `ends_` host ends. */
#define GALE_STORE_ASKS(ends_) (((ends_) + 31u) / 32u)

/** Where a store finds a host end. Private. */
struct gale_host_slot {
    struct gale_host_end *end; /**< NULL: free. */
    gale_id next;              /**< Free: next free slot. */
};

/** All memory of a store; arrays are the caller's and outlive it. GALE_STORE_MEMORY_DEFINE lays it out. */
struct gale_store_memory {
    struct gale_instance **instances;
    struct gale_guest_thread *threads;
    struct gale_task *tasks;
    struct gale_subtask *subtasks;
    struct gale_copy *copies;
    struct gale_guest_set *sets;
    struct gale_lend *lends;
    struct gale_guest_stack *stacks;
    struct gale_handle *handles;
    gale_id *indices;                 /**< `index_count`: the instances' thread tables. */
    uint8_t *index_live;              /**< `index_count`. */
    struct gale_host_slot *ends;      /**< `end_count`, at most GALE_STORE_ENDS_MAX. */
    struct gale_atomic_u32 *end_asks; /**< One word for 32 of them, one bit each: it wants to be served. */
    struct gale_link *links;          /**< `node_count + list_count`. */
    uint8_t *stack_memory;            /**< `stack_count` stacks of `stack_bytes`, aligned to GALE_STORE_STACK_ALIGN. */
    uint8_t *run_stack;               /**< The stack on which guests run that have none of their own; so aligned. */
    size_t stack_bytes;
    size_t run_stack_bytes;
    gale_id instance_count;
    gale_id thread_count; /**< At least one more than all tasks and explicit threads at once: realloc takes one. */
    gale_id task_count;
    gale_id subtask_count; /**< Calls of the host included. */
    gale_id copy_count;    /**< `end_count` of them are for streams that the host makes. */
    gale_id set_count;
    gale_id lend_count;
    gale_id stack_count;
    gale_id handle_count;
    gale_id index_count;
    gale_id end_count;
    gale_id node_count;
    gale_id list_count;
};

#define GALE_STORE_STACK_ALIGN 16 /**< Of each stack and of its size in bytes. */

/** Free objects of a pool: those given back, the last first; then those never used. Fields are private. */
struct gale_slots {
    gale_id free;    /**< Given back last, GALE_ID_NONE if none. */
    gale_id used;    /**< Those below this have been in use. */
    gale_id count;   /**< How many there are. */
    gale_id claimed; /**< How many belong to an instance's budget. */
};

/** What runs on the run stack on behalf of the host. Private. */
struct gale_store_request {
    void (*fn)(struct gale_store *store, void *arg);
    void *arg;
};

/** Whom to follow where the definitions and the test scripts of the pinned version disagree. */
enum gale_profile {
    GALE_PROFILE_DEFINITIONS, /**< The executable definitions. */
    /**
     * The test scripts: a copy that was cancelled says CANCELLED though elements have passed; a synchronous call that
     * waits resumes no thread that needs its instance's lock; who holds a lock and can go on, goes on before a
     * newcomer waits for it.
     */
    GALE_PROFILE_SCRIPTS
};

/** All component instances of one executor. Fields are private. */
struct gale_store {
    struct gale_store_memory memory;
    struct gale_list_pool links;
    struct gale_slots threads, tasks, subtasks, copies, sets, lends, stacks, ends;
    gale_id instances_used;
    gale_id handles_used;
    gale_id indices_used;
    gale_id current;   /**< The running thread; GALE_ID_NONE: the host. */
    gale_id switch_to; /**< Whom the thread that just blocked wants to run. */
    gale_id nesting;   /**< Calls and resumptions under way on this flow. */
    gale_id realloc_thread;
    gale_id host_calls; /**< Calls of host functions that are not resolved. */
    gale_id live_tasks; /**< Tasks that have not ended. */
    gale_id live_ends;  /**< Host ends that are open. */
    bool stop;          /**< gale_store_stop() was called. */
    bool trapped;       /**< The flow ended in a trap. */
    bool spares;        /**< The trap refused a call of the host: no instance is at fault. */
    bool running;       /**< Guests run now. */
    bool begun;         /**< The run stack holds the loop that serves requests. */
    struct gale_trap_info trap;
    struct gale_store_request request;
    struct gale_port_context host;  /**< Who called. */
    struct gale_port_context run;   /**< The run stack's own flow. */
    struct gale_port_context *flow; /**< The flow that runs now: `run` or that of a stack. */
    const struct gale_resource_type *const *resource_types;
    gale_id resource_type_count;
    struct gale_doorbell bell; /**< Bit n: look at word n of `end_asks`; any bit wakes. */
    uint32_t rung;             /**< Bits taken from it and not yet served. */
    struct gale_doorbell *far; /**< Rung after it, for who sleeps elsewhere; NULL: nobody. */
    uint32_t far_bits;
    struct gale_trace *trace; /**< NULL: none. */
    enum gale_profile profile;
};

/** A call that the host makes. The first four members are the host's. */
struct gale_host_task {
    /** Called once when the call has resolved; NULL: not wanted. Runs inside the store: no calls into the store. */
    void (*on_resolve)(struct gale_host_task *task);
    void *arg;                /**< The host's own. */
    union gale_flat *results; /**< Where flat results are put. Set by gale_store_invoke(). */
    uint8_t state;            /**< enum gale_subtask_state. */
    bool resolved;            /**< `state` is final. */
    gale_id subtask;          /**< Private. */
};

/**
 * Defines `struct gale_store_memory name##_memory` over static storage. `threads_`: explicit threads beyond one per
 * task. `handles_`, `tasks_` and so on: sums over the instances' budgets; add calls of the host to `subtasks_`.
 */
#define GALE_STORE_MEMORY_DEFINE(name, instances_, handles_, threads_, tasks_, subtasks_, streams_, sets_, lends_, \
                                 ends_, stacks_, stack_bytes_, run_stack_bytes_)                                   \
    static struct gale_instance *name##_instances[(instances_) + 1];                                               \
    static struct gale_guest_thread name##_threads[(threads_) + (tasks_) + 1];                                     \
    static struct gale_task name##_tasks[(tasks_) + 1];                                                            \
    static struct gale_subtask name##_subtasks[(subtasks_) + 1];                                                   \
    static struct gale_copy name##_copies[(streams_) + (ends_) + 1];                                               \
    static struct gale_guest_set name##_sets[(sets_) + 1];                                                         \
    static struct gale_lend name##_lends[(lends_) + 1];                                                            \
    static struct gale_guest_stack name##_stacks[(stacks_) + 1];                                                   \
    static struct gale_handle name##_handles[(handles_) + 1];                                                      \
    static gale_id name##_indices[(threads_) + (tasks_) + 1];                                                      \
    static uint8_t name##_index_live[(threads_) + (tasks_) + 1];                                                   \
    static struct gale_host_slot name##_ends[(ends_) + 1];                                                         \
    static struct gale_atomic_u32 name##_end_asks[GALE_STORE_ASKS(ends_) + 1];                                     \
    static struct gale_link name##_links[GALE_STORE_NODES(instances_, handles_, threads_, tasks_) +                \
                                         GALE_STORE_LISTS(instances_, tasks_, sets_)];                             \
    static GALE_ALIGNED(GALE_STORE_STACK_ALIGN) uint8_t name##_stack_memory[(stacks_) * (stack_bytes_) + 16];      \
    static GALE_ALIGNED(GALE_STORE_STACK_ALIGN) uint8_t name##_run_stack[run_stack_bytes_];                        \
    static const struct gale_store_memory name##_memory = {                                                        \
        name##_instances,                                                                                          \
        name##_threads,                                                                                            \
        name##_tasks,                                                                                              \
        name##_subtasks,                                                                                           \
        name##_copies,                                                                                             \
        name##_sets,                                                                                               \
        name##_lends,                                                                                              \
        name##_stacks,                                                                                             \
        name##_handles,                                                                                            \
        name##_indices,                                                                                            \
        name##_index_live,                                                                                         \
        name##_ends,                                                                                               \
        name##_end_asks,                                                                                           \
        name##_links,                                                                                              \
        name##_stack_memory,                                                                                       \
        name##_run_stack,                                                                                          \
        (stack_bytes_),                                                                                            \
        (run_stack_bytes_),                                                                                        \
        (gale_id)(instances_),                                                                                     \
        (gale_id)((threads_) + (tasks_) + 1),                                                                      \
        (gale_id)(tasks_),                                                                                         \
        (gale_id)(subtasks_),                                                                                      \
        (gale_id)((streams_) + (ends_)),                                                                           \
        (gale_id)(sets_),                                                                                          \
        (gale_id)(lends_),                                                                                         \
        (gale_id)(stacks_),                                                                                        \
        (gale_id)(handles_),                                                                                       \
        (gale_id)((threads_) + (tasks_)),                                                                          \
        (gale_id)(ends_),                                                                                          \
        (gale_id)GALE_STORE_NODES(instances_, handles_, threads_, tasks_),                                         \
        (gale_id)GALE_STORE_LISTS(instances_, tasks_, sets_)};                                                     \
    GALE_STATIC_ASSERT(GALE_STORE_NODES(instances_, handles_, threads_, tasks_) +                                  \
                               GALE_STORE_LISTS(instances_, tasks_, sets_) <                                       \
                           GALE_ID_NONE,                                                                           \
                       name##_fits_ids)

/** Links that are nodes. */
#define GALE_STORE_NODES(instances_, handles_, threads_, tasks_) \
    (GALE_STORE_INSTANCE_NODES * (instances_) + (handles_) + GALE_STORE_THREAD_NODES * ((threads_) + (tasks_) + 1u))
/** Links that are lists. */
#define GALE_STORE_LISTS(instances_, tasks_, sets_) \
    (GALE_STORE_OWN_LISTS + GALE_STORE_INSTANCE_LISTS * (instances_) + (tasks_) + GALE_STORE_SET_LISTS * (sets_))

/**
 * Prepare a store over `memory`.
 *
 * @param[out] store   Kept by the caller; must not move.
 * @param[in]  memory  Copied; its arrays stay in use.
 * @retval GALE_OK      Ready for instances.
 * @retval GALE_EINVAL  The links do not suffice for the counts, or a stack is too small or not aligned.
 * @context init only; never blocks.
 */
/*@ requires own: \valid(store) && \valid_read(memory); */
int gale_store_init(struct gale_store *store, const struct gale_store_memory *memory);

/**
 * Tell the store its resource types: `types[n]` is what built-ins call type n.
 *
 * @context thread, before the first call; never blocks.
 */
/*@ requires own: \valid(store) && \valid_read(types + (0 .. count - 1));
    assigns  store->resource_types, store->resource_type_count;
*/
void gale_store_resource_types(struct gale_store *store, const struct gale_resource_type *const *types, gale_id count);

/**
 * Choose the profile; GALE_PROFILE_DEFINITIONS if not called.
 *
 * @context thread, before the first call; never blocks.
 */
/*@ requires own: \valid(store);
    assigns  store->profile;
    ensures  own: store->profile == profile;
*/
void gale_store_profile(struct gale_store *store, enum gale_profile profile);

/**
 * Call a function; it runs until it returns or first blocks.
 *
 * @param[in]     binding  Its lower with the host as the caller (options: an arena, or NULL).
 * @param[in]     args     `binding->args` flats; kept until the call has resolved.
 * @param[out]    results  Kept until the call has resolved; NULL if there are none.
 * @param[in,out] task     Kept until the call has resolved; `on_resolve` and `arg` are set by the host.
 * @retval GALE_OK      Under way or resolved: see `task->state`.
 * @retval GALE_ETRAP   A guest trapped: gale_store_trap() says why.
 * @retval GALE_ENOMEM  No subtask is left.
 * @retval GALE_EBUSY   Guests run now.
 * @context thread, outside of any run of the store; never blocks, but runs guest code.
 */
/*@ requires own: \valid(store) && \valid_read(binding) && \valid(task); */
int gale_store_invoke(struct gale_store *store, const struct gale_binding *binding, const union gale_flat *args,
                      union gale_flat *results, struct gale_host_task *task);

/**
 * Ask a call of the host to end early. It resolves now or later, cancelled or not.
 *
 * @retval GALE_OK        Asked.
 * @retval GALE_EALREADY  It has resolved, or was asked before.
 * @retval GALE_ETRAP     A guest trapped.
 * @retval GALE_EBUSY     Guests run now.
 * @context thread, outside of any run of the store; never blocks, but runs guest code.
 */
/*@ requires own: \valid(store) && \valid(task); */
int gale_store_cancel(struct gale_store *store, struct gale_host_task *task);

/**
 * Resume one ready thread: of what is ready, the one that has been so longest.
 *
 * @retval 1           One was resumed and has blocked or ended.
 * @retval 0           None is ready.
 * @retval GALE_ETRAP  It trapped.
 * @retval GALE_EBUSY  Guests run now.
 * @context thread, outside of any run of the store; never blocks, but runs guest code.
 */
/*@ requires own: \valid(store); */
int gale_store_tick(struct gale_store *store);

/**
 * Tick until nothing is ready, serve the host ends, sleep on the doorbell, and again, until no task is left, or
 * `deadline` has passed, or gale_store_stop() was called.
 *
 * @retval GALE_OK         No task is left, or the host said stop.
 * @retval GALE_ETIMEDOUT  The deadline has passed.
 * @retval GALE_EAGAIN     Tasks wait for the host, and gale_store_far_bell() says who will tell: run again then.
 * @retval GALE_EDEADLK    Tasks wait, no host end and no call of a host function is open: component/report.h tells why.
 * @retval GALE_ETRAP      A guest trapped; more may be ready.
 * @retval GALE_EBUSY      Guests run now.
 * @context thread, outside of any run of the store; blocks until `deadline`, and with it the executor that the thread
 *          may belong to: see gale_store_far_bell().
 */
/*@ requires own: \valid(store); */
int gale_store_run(struct gale_store *store, gale_tick deadline);

/**
 * Sleep elsewhere: `bell` is rung too when a host end asks for service, and gale_store_run() does not sleep but returns
 * GALE_EAGAIN. For a store that runs in a thread of an executor of the kernel, whose other threads would sleep with it:
 * `bell` is the executor's, and what gale_executor_on_bell() calls lets the thread run the store again.
 *
 * @param[in,out] bell  Kept; NULL: the store sleeps on its own.
 * @param[in]     bits  At least one of GALE_DOORBELL_BITS; not used if `bell` is NULL.
 * @context thread, before the first call; never blocks.
 */
/*@ requires own: \valid(store) && (bell == \null || \valid(bell));
    assigns  store->far, store->far_bits;
    ensures  own: store->far == bell && store->far_bits == bits;
*/
void gale_store_far_bell(struct gale_store *store, struct gale_doorbell *bell, uint32_t bits);

/**
 * Let gale_store_run() end with GALE_OK as soon as the thread that runs has blocked.
 *
 * @context thread, and `on_resolve`; never blocks.
 */
/*@ requires own: \valid(store);
    assigns  store->stop;
    ensures  own: store->stop;
*/
void gale_store_stop(struct gale_store *store);

/** The last trap; its code is GALE_TRAP_NONE if there was none. @context thread; never blocks. */
/*@ requires own: \valid_read(store);
    assigns  \nothing;
    ensures  own: \result == &store->trap;
*/
const struct gale_trap_info *gale_store_trap(const struct gale_store *store);

/** True when the store's links, pools and counts agree; O(all objects). @context any; never blocks. */
/*@ requires own: \valid_read(store);
    assigns  \nothing;
*/
bool gale_store_is_valid(const struct gale_store *store);

#ifdef __cplusplus
}
#endif

#endif /* GALE_COMPONENT_STORE_H */
