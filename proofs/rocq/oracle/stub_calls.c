/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The C side of the oracle for tasks and subtasks. Instance 0 calls functions of instance 1, of a kind that needs the
 * exclusive lock (with a callback) and of one that does not. A task that has started does what it is told, one command at
 * a time, and suspends itself in between, or returns from its callback. Instance 2 posts events to waiting callbacks.
 */
#include <string.h>

#include "runtime.h"
#include "stub_world.h"

#define CALLS 6u
#define LONG 0x0ffffffu

enum {
    COMMAND_NOTHING,
    COMMAND_RETURN,
    COMMAND_CANCELLED,
    COMMAND_LEAVE,
    COMMAND_YIELD,
    COMMAND_WAIT,
    COMMAND_POLL,
    COMMAND_NONSENSE
};
enum { SAYS_STARTS = 1, SAYS_RESOLVES, SAYS_REACHES, SAYS_TELLS, SAYS_AGAIN };
enum { CODE_EXIT, CODE_YIELD, CODE_WAIT, CODE_NONE };

static struct gale_func locked_func, free_func;
static struct gale_binding bindings[2];
static uint32_t handles[CALLS]; /* Of the subtask in instance 0, 0 if there is none. */
static uint32_t caller_set;     /* A set of instance 0, once it is needed. */
static gale_id threads[CALLS];  /* The task's thread. */
static uint32_t sets[CALLS];    /* Indices in instance 1: a set, */
static uint32_t writes[CALLS];  /* the only member of it, */
static uint32_t reads[CALLS];   /* and in instance 2 the end that makes it have events. */

static const struct gale_copy_options async_options = {NULL, NULL, true};
static unsigned todo_t;
static bool todo_locked;
static bool todo_waits; /* The caller waits for the end of what it asks to cancel. */
static bool listens;    /* The next wait of a task in its code can be cancelled. */
static unsigned command;

/* ---- the callee ------------------------------------------------------------------------------------------------ */

static void arm(struct gale_instance *i, unsigned t)
{
    stub_check(gale_canon_stream_write(i, &async_options, writes[t], 0, LONG) == GALE_CANON_BLOCKED);
}

static void says(long what, unsigned t)
{
    stub_say(what);
    stub_say((long)t);
}

static void took(struct gale_instance *i, unsigned t, uint32_t code)
{
    if (code == GALE_CANON_EVENT_TASK_CANCELLED) {
        says(SAYS_REACHES, t);
    } else if (code == GALE_CANON_EVENT_STREAM_WRITE) {
        arm(i, t);
    }
}

/* One command; the callback code that ends the run, or -1. */
static long obey(struct gale_instance *i, unsigned t)
{
    switch (command) {
    case COMMAND_RETURN:
        gale_canon_task_return(i, NULL, NULL, NULL);
        says(SAYS_RESOLVES, t);
        stub_say(GALE_SUBTASK_RETURNED);
        return -1;
    case COMMAND_CANCELLED:
        gale_canon_task_cancel(i);
        says(SAYS_RESOLVES, t);
        stub_say(GALE_SUBTASK_CANCELLED_BEFORE_RETURNED);
        return -1;
    case COMMAND_LEAVE:
        return CODE_EXIT;
    case COMMAND_YIELD:
        return CODE_YIELD;
    case COMMAND_WAIT:
        return CODE_WAIT | (long)sets[t] << 4;
    case COMMAND_POLL:
        took(i, t, gale_canon_waitable_set_poll(i, &world_scratch, true, sets[t], 0));
        return -1;
    case COMMAND_NONSENSE:
        return CODE_NONE;
    default:
        return -1;
    }
}

static uint32_t work(struct gale_instance *i, unsigned t)
{
    long code = -1;

    while (code < 0) {
        if (gale_canon_thread_suspend(i, listens) != 0) {
            says(SAYS_REACHES, t);
        } else {
            code = obey(i, t);
        }
    }
    return (uint32_t)code;
}

static void callee_core(void *guest, const union gale_flat *params, union gale_flat *results)
{
    struct world_guest *g = guest;
    const unsigned t = params[0].i32;

    threads[t] = world.current;
    gale_canon_context_set(&g->instance, 0, t);
    says(SAYS_STARTS, t);
    results[0].i32 = work(&g->instance, t);
}

static uint32_t callee_callback(void *guest, uint32_t event, uint32_t p1, uint32_t p2)
{
    struct world_guest *g = guest;
    const unsigned t = gale_canon_context_get(&g->instance, 0);

    (void)p2;
    stub_check(event != GALE_CANON_EVENT_STREAM_WRITE || p1 == writes[t]);
    took(&g->instance, t, event);
    says(SAYS_AGAIN, t);
    return work(&g->instance, t);
}

static void do_sets(struct gale_instance *i)
{
    for (unsigned t = 0; t < CALLS; t++) {
        const uint64_t both = gale_canon_stream_new(i, &async_options);

        reads[t] = (uint32_t)both;
        writes[t] = (uint32_t)(both >> 32);
        sets[t] = gale_canon_waitable_set_new(i);
        gale_canon_waitable_join(i, writes[t], sets[t]);
    }
}

static void give_params(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *to)
{
    to[0].i32 = gale_value_move_stream(t, NULL, args[0].i32);
}

static void do_taken(struct gale_instance *i)
{
    (void)i;
    reads[todo_t] = world_argument;
}

static void do_give(struct gale_instance *i)
{
    for (todo_t = 0; todo_t < CALLS; todo_t++) {
        world_call_with(i, 2, do_taken, reads[todo_t], give_params);
        arm(i, todo_t);
    }
}

static void do_inc(struct gale_instance *i)
{
    gale_canon_backpressure_inc(i);
}

static void do_dec(struct gale_instance *i)
{
    gale_canon_backpressure_dec(i);
}

static void do_post(struct gale_instance *i)
{
    stub_check(gale_canon_stream_read(i, &async_options, reads[todo_t], 0, 1) == (GALE_COPY_COMPLETED | 1u << 4));
}

/* ---- the caller ------------------------------------------------------------------------------------------------ */

static void call_params(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *to)
{
    (void)t;
    to[0].i32 = args[0].i32;
}

static void do_call(struct gale_instance *i)
{
    const union gale_flat args[1] = {{todo_t}};
    const uint32_t packed = gale_canon_lower(i, &bindings[todo_locked ? 0 : 1], args, NULL);

    handles[todo_t] = packed >> 4;
    stub_say((long)(packed & 15u));
}

static void do_ask(struct gale_instance *i)
{
    const unsigned t = todo_t; /* others may be asked while this one waits */
    const uint32_t answer = gale_canon_subtask_cancel(i, !todo_waits, handles[t]);

    if (answer == GALE_CANON_BLOCKED) {
        return;
    }
    if (answer == GALE_SUBTASK_CANCELLED_BEFORE_STARTED) {
        says(SAYS_REACHES, t);
        says(SAYS_RESOLVES, t);
        stub_say((long)answer);
    }
    says(SAYS_TELLS, t);
    stub_say((long)answer);
}

static void do_take(struct gale_instance *i)
{
    uint32_t code = 0;
    uint32_t payload = 0;

    if (world_event(i, handles[todo_t], &code, &payload)) {
        stub_check(code == GALE_CANON_EVENT_SUBTASK);
        stub_say((long)payload);
    }
}

static void do_join(struct gale_instance *i)
{
    if (caller_set == 0) {
        caller_set = gale_canon_waitable_set_new(i);
    }
    gale_canon_waitable_join(i, handles[todo_t], caller_set);
}

static void do_drop(struct gale_instance *i)
{
    gale_canon_subtask_drop(i, handles[todo_t]);
    handles[todo_t] = 0;
}

/* ---- one operation --------------------------------------------------------------------------------------------- */

/* The thread of the task, which has suspended itself, goes on. */
static void go_on(struct gale_store *s, void *arg)
{
    struct gale_instance *i = &world_guests[1].instance;

    gale__instance_set_enter(i, NULL, false);
    gale__thread_resume(s, *(const gale_id *)arg, false);
    gale__instance_set_enter(i, NULL, true);
}

/* pressure: how often the gate was closed already. */
static void calls_begin(uint32_t pressure)
{
    static const uint8_t free_flags = GALE_FUNC_ASYNC_TYPE | GALE_FUNC_ASYNC | GALE_FUNC_STACK;
    struct gale_instance *i = &world_guests[1].instance;

    memset(handles, 0, sizeof handles);
    caller_set = 0;
    world_begin();
    locked_func =
        (struct gale_func){i, NULL, free_flags | GALE_FUNC_CALLBACK, NULL, callee_core, callee_callback, NULL};
    free_func = (struct gale_func){i, NULL, free_flags, NULL, callee_core, NULL, NULL};
    bindings[0] = (struct gale_binding){&locked_func, NULL, NULL, GALE_LOWER_ASYNC, 1, call_params, NULL};
    bindings[1] = (struct gale_binding){&free_func, NULL, NULL, GALE_LOWER_ASYNC, 1, call_params, NULL};
    stub_check(world_run(1, do_sets) && world_run(1, do_give));
    i->backpressure = pressure;
}

/* What is seen of the calls from outside: the lock, the gate, and each subtask. */
static void calls_say(void)
{
    const struct gale_instance *i = &world_guests[1].instance;

    for (unsigned t = 0; t < CALLS; t++) {
        const struct gale_handle *h = gale_handle_table_get(&world_guests[0].instance.handles, handles[t]);

        if (h != NULL) {
            const struct gale_subtask *st = gale__subtask(&world, h->object);

            stub_say(st->state);
            stub_say((h->lends & GALE_HANDLE_EVENT) != 0);
            stub_say((st->flags & GALE_SUBTASK_DELIVERED) != 0);
        }
    }
    stub_say(i->exclusive == GALE_ID_NONE ? -1 : (long)gale__thread(&world, i->exclusive)->context[0]);
    stub_say((long)i->backpressure);
}

static long caller_or_callee(long kind)
{
    static const world_deed deeds[] = {NULL,    do_call, NULL,   NULL,    do_ask, do_take,
                                       do_drop, do_inc,  do_dec, do_post, do_join};
    const unsigned where = kind == 9 ? 2 : kind == 7 || kind == 8 ? 1 : 0;

    return world_outcome((kind == 4 && todo_waits ? world_start : world_run)(where, deeds[kind]), 0);
}

/* op: 0 begin, 1 call, 2 tick, 3 command, 4 ask, 5 take, 6 drop, 7 inc, 8 dec, 9 post, 10 join; task, what, listens. */
value oracle_calls(value op, value vt, value vwhat, value vlistens)
{
    const long kind = Long_val(op);
    long status = 0;

    stub_begin();
    todo_t = (unsigned)Long_val(vt);
    todo_locked = Long_val(vwhat) != 0;
    todo_waits = todo_locked;
    command = (unsigned)Long_val(vwhat);
    listens = Long_val(vlistens) != 0;
    if (kind == 0) {
        calls_begin((uint32_t)Long_val(vt));
    } else if (kind == 2) {
        status = gale_store_tick(&world);
    } else if (kind == 3) {
        status = gale__store_enter(&world, go_on, &threads[todo_t]) == GALE_OK ? 0 : WORLD_TRAPPED;
    } else {
        status = caller_or_callee(kind);
    }
    if (status != WORLD_TRAPPED) {
        calls_say();
    }
    stub_check(gale_store_is_valid(&world));
    return Val_long(status);
}
