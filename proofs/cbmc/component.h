/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A small store in any valid state, the library's own code under it, and a port that shows what it is asked.
 *
 * Two instances, `A` and `B`. The thread SELF of A makes the call under check; the thread OTHER is of A or B and does
 * anything, or is not there. Each call n is a subtask n of A, B or the host, and a task n: of A for n = 0, of A, B or the
 * host for n = 1. Every record is any value that the invariant of component_state.h allows, and every handle any of
 * those that it allows. Lists are those of lists.h: in any order. Any other state of this size is one of these with
 * objects renamed.
 *
 * A trap is the end of a harness: `wrong` says whether the call has to trap. A thread that blocks comes to
 * gale_port_context_switch(): the invariant must hold, and the harness says what happens until it is resumed.
 */
#ifndef GALE_PROOFS_CBMC_COMPONENT_H
#define GALE_PROOFS_CBMC_COMPONENT_H

#include "harness.h"

#define GALE_ASSERTIONS 1 /* what a function asks of its caller is shown at each call inside the library */
#define GALE_STACK_MIN 16
#define GALE_TRACE 0 /* records nothing that the runtime reads */

#ifndef HANDLES
#define HANDLES 2 /* of each instance */
#endif
#ifndef COPIES
#define COPIES 1
#endif
#ifndef SETS
#define SETS 1 /* of each instance */
#endif
#ifndef LENDS
#define LENDS 0
#endif
#ifndef ALONE
#define ALONE 0 /* 1: no OTHER, and no call but that of SELF */
#endif
#ifndef STACKS
#define STACKS 2
#endif
enum {
    CALLS = 2,
    TASKS = CALLS + 1,
    SUBTASKS = TASKS + 1,
    THREADS = TASKS + 2,
    ALL_SETS = 2 * SETS,
    TYPES = 2,
    MEMORY = 16
};
enum { REALLOC, SELF, OTHER };

#include "component/runtime.h"

/* A flow begins when it is switched to, and then the harness says what it does: its entry is not to be a function that
 * a pointer of the guests' code could mean. */
static void context_begins(struct gale_port_context *context, void *low, size_t bytes, void *arg);
#define gale_port_context_init(context, low, bytes, entry, arg) context_begins((context), (low), (bytes), (arg))

#ifdef REAL_LISTS
#include "kernel/list.c"
#else
#include "lists.h"
#endif
#include "component/canon_copy.c"
#include "component/canon_error_context.c"
#include "component/canon_task.c"
#include "component/canon_thread.c"
#include "component/copy.c"
#include "component/guest_thread.c"
#include "component/handle_table.c"
#include "component/host_func.c"
#include "component/instance.c"
#include "component/lift.c"
#include "component/ready.c"
#include "component/resource.c"
#include "component/runtime.c"
#include "component/store.c"
#include "component/subtask.c"
#include "component/task.c"
#ifdef TRAPS
#include "component/trap.c"
#endif
#include "component/value.c"
#include "component/waitable.c"
#include "kernel/doorbell.c"

GALE_STORE_MEMORY_DEFINE(small, 2, 2 * HANDLES, 1, TASKS, SUBTASKS, COPIES, ALL_SETS, LENDS, 0, STACKS, 16, 16);
#include "component_guests.h"

static struct gale_value_type types[2]; /* plain elements; elements that generated code moves */
static struct gale_func funcs[TASKS];
static struct gale_binding bindings[TASKS];
static struct gale_host_func host_func;
static struct gale_host_task host_task;
static struct gale_resource_type resource_types[TYPES];
static const struct gale_resource_type *const resource_table[TYPES] = {&resource_types[0], &resource_types[1]};
static union gale_flat flats[GALE_FLAT_PARAMS + 1];

/* ---- the port ------------------------------------------------------------------------------------------------ */

static bool may_choose; /* whether the call traps is not told by `wrong` */

static void trapped(enum gale_trap code);
static void blocked(void);

void gale_port_wake(struct gale_atomic_u32 *word)
{
    (void)word;
}

static void context_begins(struct gale_port_context *context, void *low, size_t bytes, void *arg)
{
    prove(arg == &store && bytes == 16, "a flow begins in the store, on its own stack");
    context->stack = low;
    context->stack_bytes = bytes;
}

#ifndef TRAPS /* how a flow is left: trap_cbmc.c */
void gale_trap_value(struct gale_instance *instance, enum gale_trap code, uint32_t value)
{
    (void)value;
    prove(instance == A || instance == B, "a trap has an instance");
    trapped(code);
    assume(false);
    while (true) {
    }
}

void gale__trap_refuse(struct gale_instance *caller, struct gale_instance *callee, enum gale_trap code)
{
    gale_trap_value(caller != NULL ? caller : callee, code, 0);
}

/** Only after a trap. */
void gale__store_poison(struct gale_store *s)
{
    (void)s;
    prove(false, "no trap has been");
}
#endif

/** Another thread runs on its own stack until it blocks or ends; the harness of threads says more of it. */
static void stack_runs(void);

void gale_port_context_switch(struct gale_port_context *from, struct gale_port_context *to)
{
    const struct gale_guest_thread *t = &small_threads[SELF];

    prove(to != &store.host, "a trap ends elsewhere");
    if (store.current == SELF && t->stack != GALE_ID_NONE && from == &small_stacks[t->stack].own &&
        t->state != GALE_GUEST_THREAD_RUNNING) {
        prove(to == small_stacks[t->stack].back, "a thread that blocks goes back to who resumed it");
        blocked();
    } else {
        stack_runs();
    }
}

/* ---- the guests' and the host's code ------------------------------------------------------------------------- */

static bool core_ran, params_ran, results_ran, callback_ran, move_ran;
static uint32_t realloc_result;

/** The running thread's task may end for its caller now. */
static void may_resolve(void)
{
    struct gale_task *t = gale__current_task(&store);

    if (nondet_bool() && t->borrows == 0 && t->state == GALE_TASK_CANCEL_DELIVERED) {
        gale__task_cancel(&store, small_threads[store.current].task);
    } else if (nondet_bool() && t->borrows == 0 && t->state != GALE_TASK_RESOLVED) {
        gale__task_return(&store, small_threads[store.current].task, flats);
    }
}

static void any_core(void *guest, const union gale_flat *params, union gale_flat *results)
{
    (void)guest, (void)params;
    core_ran = true;
    if ((gale__current_task(&store)->func->flags & GALE_FUNC_ASYNC) != 0) {
        may_resolve();
    }
    results[0].i32 = nondet_u32();
}

static uint32_t any_callback(void *guest, uint32_t event, uint32_t p1, uint32_t p2)
{
    (void)guest, (void)event, (void)p1, (void)p2;
    prove(gale__current_task(&store)->func->instance->exclusive == store.current, "a callback has the lock");
    callback_ran = true;
    may_resolve();
    return nondet_u32();
}

static void any_post_return(void *guest, const union gale_flat *results)
{
    (void)guest, (void)results;
}

static void any_params(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *params)
{
    (void)t, (void)args;
    prove(!params_ran, "parameters pass once");
    params_ran = true;
    params[0].i32 = nondet_u32();
}

static void any_results(const struct gale_transfer *t, const union gale_flat *from, const union gale_flat *args,
                        union gale_flat *to)
{
    (void)t, (void)from, (void)args, (void)to;
    prove(!results_ran, "a result is returned once");
    results_ran = true;
}

static uint32_t any_realloc(struct gale_instance *instance, uint32_t old, uint32_t old_size, uint32_t align,
                            uint32_t new_size)
{
    (void)old, (void)old_size, (void)align, (void)new_size;
    prove(!instance->may_leave, "no call leaves a realloc");
    realloc_result = nondet_u32();
    return realloc_result;
}

static void any_fn(void *guest, void *arg, uint32_t c)
{
    (void)guest, (void)arg, (void)c;
}

static void any_host_start(void *arg, const struct gale_host_call *call, const union gale_flat *params)
{
    (void)arg, (void)params;
    if (nondet_bool()) {
        (void)gale_host_call_return(call, flats);
    }
}

static void any_host_cancel(void *arg, const struct gale_host_call *call)
{
    (void)arg;
    if (nondet_bool()) {
        (void)gale_host_call_cancelled(call);
    } else if (nondet_bool()) {
        (void)gale_host_call_return(call, flats);
    }
}

static void any_on_resolve(struct gale_host_task *task)
{
    prove(task->resolved, "the host is told of what has resolved");
}

static void any_host_dtor(void *arg, uint32_t rep)
{
    (void)arg, (void)rep;
}

#ifndef MOVES
/** Generated code: the library has checked both ranges. */
static void any_move(const struct gale_transfer *t, uint32_t src, uint32_t dst, uint32_t count)
{
    const uint64_t bytes = (uint64_t)count * types[1].size;

    prove(gale_memory_holds(t->from.options->memory, src, bytes) &&
              gale_memory_holds(t->to.options->memory, dst, bytes),
          "elements are moved within both memories");
    move_ran = true;
}
#endif

#ifndef HOST_ENDS /* harnesses without host ends never come there */
void gale__host_end_serve(struct gale_store *s, gale_id copy)
{
    (void)s, (void)copy;
    prove(false, "no host end");
}

void gale__host_end_closed(struct gale_store *s, gale_id copy)
{
    (void)s, (void)copy;
    prove(false, "no host end");
}

void gale__host_end_serve_rung(struct gale_store *s, uint32_t rung)
{
    (void)s, (void)rung;
    prove(false, "no host end");
}

void gale__host_end_adopt(struct gale_store *s, gale_id copy, struct gale_instance *i)
{
    (void)s, (void)copy, (void)i;
    prove(false, "no host end");
}
#endif

#include "component_state.h"

#endif /* GALE_PROOFS_CBMC_COMPONENT_H */
