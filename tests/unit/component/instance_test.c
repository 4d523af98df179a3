/* SPDX-License-Identifier: Apache-2.0 */
#include "guests.h"

/* ---- the gate ------------------------------------------------------------------------------------------------ */

static void log_and_return(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    guest_log(g, params[0].i32);
    if ((guest_funcs[0][GUEST_STACKFUL].flags & GALE_FUNC_ASYNC) != 0 && params[0].i32 >= 10u) {
        guest_return(g, 0);
    }
    results[0].i32 = 0;
}

static struct gale_host_task tasks[4];
static union gale_flat arguments[4][1];
static union gale_flat flats[4][1];
static struct gale_binding bindings[4];

/* Arguments from 10 on are for functions lifted async. */
static int invoke(unsigned n, enum guest_kind kind, uint32_t arg)
{
    bindings[n] = guest_binding(GUESTS, 0, kind, false);
    memset(&tasks[n], 0, sizeof tasks[n]);
    arguments[n][0].i32 = arg;
    return gale_store_invoke(&store, &bindings[n], arguments[n], flats[n], &tasks[n]);
}

static void open_gate(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)params;
    (void)results;
    gale_canon_backpressure_dec(&g->instance);
}

static void open_by_guest(void)
{
    void (*core)(struct guest * g, const union gale_flat *params, union gale_flat *results) = guests[0].core;

    guests[0].core = open_gate;
    CHECK_EQ(invoke(3, GUEST_SYNC, 0), GALE_OK); /* a sync-typed function does not wait at the gate */
    guests[0].core = core;
}

/* @verifies TK05 */
TEST(instance, nothing_starts_while_the_gate_is_closed)
{
    guests_reset();
    guests[0].core = log_and_return;
    gale_canon_backpressure_inc(&guests[0].instance);
    gale_canon_backpressure_inc(&guests[0].instance);
    CHECK_EQ(invoke(0, GUEST_ASYNC_SYNC, 1), GALE_OK);
    CHECK_EQ(invoke(1, GUEST_STACKFUL, 12), GALE_OK);
    CHECK_EQ(invoke(2, GUEST_CALLBACK, 13), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_EDEADLK);
    open_by_guest();
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_EDEADLK);
    CHECK_EQ(guests[0].logged, 0);
    open_by_guest();
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_EQ(guests[0].logged, 3);
    CHECK(tasks[0].resolved && tasks[1].resolved && tasks[2].resolved);
    CHECK(gale_store_is_valid(&store));
}

static void close_again(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    guest_log(g, params[0].i32);
    gale_canon_backpressure_inc(&g->instance);
    guest_return(g, 0);
    results[0].i32 = 0;
}

/* @verifies TK05 */
TEST(instance, who_passes_the_gate_may_close_it_behind_itself)
{
    guests_reset();
    guests[0].core = close_again;
    gale_canon_backpressure_inc(&guests[0].instance);
    CHECK_EQ(invoke(0, GUEST_STACKFUL, 1), GALE_OK);
    CHECK_EQ(invoke(1, GUEST_STACKFUL, 2), GALE_OK);
    open_by_guest();
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_EDEADLK);
    CHECK_EQ(guests[0].logged, 1);
    open_by_guest();
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_EQ(guests[0].log[1], 2);
    CHECK(gale_store_is_valid(&store));
}

static void close_too_often(struct guest *g)
{
    g->instance.backpressure = 65535;
    gale_canon_backpressure_inc(&g->instance);
}

static void open_too_often(struct guest *g)
{
    gale_canon_backpressure_dec(&g->instance);
}

TEST(instance, the_gate_counts_to_65535)
{
    guests_reset();
    CHECK_TRAP(guest_run(0, close_too_often), GALE_TRAP_BACKPRESSURE);
    guests_reset();
    CHECK_TRAP(guest_run(0, open_too_often), GALE_TRAP_BACKPRESSURE);
}

/* ---- entering and leaving -------------------------------------------------------------------------------------- */

static struct gale_binding import;

static void call_import(struct guest *g)
{
    const union gale_flat args[1] = {{1}};
    union gale_flat results[1];

    (void)gale_canon_lower(&g->instance, &import, args, results);
}

static void call_back(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)params;
    (void)results;
    import = guest_binding(1, 0, GUEST_SYNC, false);
    call_import(g);
}

/* @verifies IN01 */
TEST(instance, one_that_is_being_called_cannot_be_entered_again)
{
    guests_reset();
    import = guest_binding(0, 1, GUEST_SYNC, false);
    guests[1].core = call_back;
    CHECK_TRAP(guest_run(0, call_import), GALE_TRAP_CANNOT_ENTER);
    CHECK(guests[0].instance.poisoned && guests[1].instance.poisoned);
    CHECK(gale_store_is_valid(&store));
}

static void return_5(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)g;
    (void)params;
    results[0].i32 = 5;
}

TEST(instance, a_child_may_call_its_parent_while_that_calls_it)
{
    guests_reset();
    guests[1].instance.parent = &guests[0].instance;
    guests[1].instance.depth = 1;
    import = guest_binding(1, 0, GUEST_SYNC, false);
    guests[0].core = return_5;
    CHECK_EQ(guest_run(1, call_import), GALE_OK);
    guests[2].instance.parent = &guests[1].instance;
    guests[2].instance.depth = 2;
    import = guest_binding(2, 0, GUEST_SYNC, false);
    CHECK_EQ(guest_run(2, call_import), GALE_OK);
    CHECK(guests[0].instance.may_enter && guests[1].instance.may_enter && guests[2].instance.may_enter);
}

static void leave_from_post_return(void *guest, const union gale_flat *results)
{
    CHECK_EQ(results[0].i32, 5);
    (void)gale_canon_waitable_set_new(&((struct guest *)guest)->instance);
}

TEST(instance, post_return_cannot_leave)
{
    guests_reset();
    guests[0].core = return_5;
    guest_funcs[0][GUEST_SYNC].post_return = leave_from_post_return;
    CHECK_TRAP(guest_invoke(0, GUEST_SYNC, 0), GALE_TRAP_CANNOT_LEAVE);
    CHECK(guest_task.resolved); /* the result was there before */
    CHECK_EQ(guest_task.state, GALE_SUBTASK_RETURNED);
}

/* Every built-in but context, backpressure and resource.rep refuses where no call may leave. */
static unsigned which;

static void leave_by_handle(struct gale_instance *i, const struct gale_copy_options *o)
{
    switch (which) {
    case 0:
        (void)gale_canon_resource_new(i, 0, 0);
        return;
    case 1:
        (void)gale_canon_waitable_set_wait(i, NULL, false, 0, 0);
        return;
    case 2:
        (void)gale_canon_waitable_set_poll(i, NULL, false, 0, 0);
        return;
    case 3:
        gale_canon_waitable_set_drop(i, 0);
        return;
    case 4:
        gale_canon_waitable_join(i, 0, 0);
        return;
    case 5:
        (void)gale_canon_stream_new(i, o);
        return;
    case 6:
        (void)gale_canon_stream_read(i, o, 0, 0, 0);
        return;
    case 7:
        (void)gale_canon_error_context_new(i, NULL, 0, 0);
        return;
    default:
        gale_canon_error_context_drop(i, 0);
        return;
    }
}

static void leave_by_thread(struct gale_instance *i)
{
    switch (which) {
    case 9:
        (void)gale_canon_thread_index(i);
        return;
    case 10:
        (void)gale_canon_thread_new_indirect(i, NULL, NULL, 0);
        return;
    case 11:
        gale_canon_thread_resume_later(i, 0);
        return;
    case 12:
        (void)gale_canon_thread_yield(i, false);
        return;
    case 13:
        (void)gale_canon_thread_yield_then_resume(i, false, 0);
        return;
    default:
        (void)gale_canon_thread_yield_then_promote(i, false, 0);
        return;
    }
}

static void leave_somehow(struct guest *g)
{
    struct gale_instance *i = &g->instance;
    const struct gale_copy_options o = guest_copy(0, &type_u32, true);
    const union gale_flat args[1] = {{0}};

    i->may_leave = false;
    if (which < 9u) {
        leave_by_handle(i, &o);
    } else if (which < 15u) {
        leave_by_thread(i);
    }
    switch (which) {
    case 15:
        (void)gale_canon_subtask_cancel(i, false, 0);
        return;
    case 16:
        gale_canon_subtask_drop(i, 0);
        return;
    case 17:
        gale_canon_task_cancel(i);
        return;
    case 18:
        gale_canon_task_return(i, NULL, NULL, args);
        return;
    default:
        (void)gale_canon_lower(i, &import, args, NULL);
        return;
    }
}

TEST(instance, no_built_in_leaves_where_none_may)
{
    for (which = 0; which < 20u; which++) {
        test_note("case", which);
        guests_reset();
        CHECK_TRAP(guest_run(0, leave_somehow), GALE_TRAP_CANNOT_LEAVE);
    }
}

/* ---- budgets ------------------------------------------------------------------------------------------------- */

static void recurse(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    static struct gale_binding down[GUESTS];
    const unsigned next = ((unsigned)(g - guests) + 1u) % GUESTS;

    g->instance.may_enter = true;
    down[next] = guest_binding((unsigned)(g - guests), next, GUEST_SYNC, false);
    (void)gale_canon_lower(&g->instance, &down[next], params, results);
}

TEST(instance, calls_that_nest_without_end_use_up_the_tasks)
{
    guests_reset();
    guests[0].core = guests[1].core = guests[2].core = recurse;
    CHECK_TRAP(guest_invoke(0, GUEST_SYNC, 0), GALE_TRAP_BUDGET);
    CHECK_EQ(store.live_tasks, 0);
    CHECK(gale_store_is_valid(&store));
}

static void call_often(struct guest *g)
{
    const union gale_flat args[2] = {{1}, {16}};

    for (unsigned n = 0; n < 9u; n++) {
        (void)gale_canon_lower(&g->instance, &import, args, NULL);
    }
}

TEST(instance, calls_that_are_never_dropped_use_up_the_subtasks)
{
    guests_reset();
    import = guest_binding(0, 1, GUEST_STACKFUL, true);
    guests[1].instance.backpressure = 1;
    CHECK_TRAP(guest_run(0, call_often), GALE_TRAP_BUDGET);
    CHECK_EQ(store.live_tasks, 0);
    CHECK(gale_store_is_valid(&store));
}

TEST(instance, a_budget_beyond_the_pools_is_refused)
{
    struct gale_instance_budget budget = {0};
    struct gale_instance more;

    guests_reset();
    budget.handles = 1;
    CHECK_EQ(gale_instance_init(&more, &store, NULL, &budget, NULL), GALE_ENOMEM); /* no fourth instance */
}

TEST(store, init_refuses_memory_that_does_not_suffice)
{
    struct gale_store other;
    struct gale_store_memory memory;

    guests_reset();
    memory = store.memory;
    CHECK_EQ(gale_store_init(&other, &memory), GALE_OK);
    memory.node_count--;
    CHECK_EQ(gale_store_init(&other, &memory), GALE_EINVAL);
    memory = store.memory;
    memory.run_stack_bytes = 16;
    CHECK_EQ(gale_store_init(&other, &memory), GALE_EINVAL);
    memory = store.memory;
    memory.run_stack++;
    CHECK_EQ(gale_store_init(&other, &memory), GALE_EINVAL);
}

/* ---- realloc ------------------------------------------------------------------------------------------------- */

static uint32_t answer;

static uint32_t realloc_answer(struct gale_instance *i, uint32_t old, uint32_t old_size, uint32_t align, uint32_t size)
{
    (void)old;
    (void)old_size;
    (void)align;
    (void)size;
    CHECK_EQ(gale_canon_context_get(i, 0), 0);
    CHECK(!i->may_leave);
    return answer;
}

static void reallocate(struct guest *g)
{
    const struct gale_value_options options = {&g->memory, realloc_answer, 0};
    const struct gale_value_side side = {&g->instance, &options, NULL, 0};

    gale_canon_context_set(&g->instance, 0, 9);
    guest_log(g, gale_value_realloc(&side, 0, 0, 4, 8));
    guest_log(g, gale_canon_context_get(&g->instance, 0));
}

static void reallocate_none(struct guest *g)
{
    const struct gale_value_options options = {&g->memory, NULL, 0};
    const struct gale_value_side side = {&g->instance, &options, NULL, 0};

    (void)gale_value_realloc(&side, 0, 0, 4, 8);
}

/* @verifies ST03 */
TEST(value, what_realloc_returns_is_checked)
{
    guests_reset();
    answer = 128;
    CHECK_EQ(guest_run(0, reallocate), GALE_OK);
    CHECK_EQ(guests[0].log[0], 128);
    CHECK_EQ(guests[0].log[1], 9);
    answer = 126;
    CHECK_TRAP(guest_run(0, reallocate), GALE_TRAP_REALLOC_UNALIGNED);
    guests_reset();
    answer = GUEST_PAGE - 4u;
    CHECK_TRAP(guest_run(0, reallocate), GALE_TRAP_REALLOC_BOUNDS);
    guests_reset();
    CHECK_TRAP(guest_run(0, reallocate_none), GALE_TRAP_NO_REALLOC);
}
