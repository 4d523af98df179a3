/* SPDX-License-Identifier: Apache-2.0 */
/** What a trap stops, and what it leaves alone. */
#include "gale/component/host_end.h"
#include "gale/component/host_func.h"
#include "guests.h"

static void wait_for_ever(struct guest *g)
{
    (void)gale_canon_waitable_set_wait(&g->instance, &g->memory, false, gale_canon_waitable_set_new(&g->instance), 64);
}

static void nothing(struct guest *g)
{
    guest_log(g, 1);
}

static void run_wait_for_ever(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)params;
    wait_for_ever(g);
    results[0].i32 = 0;
}

/* @verifies IN01 */
TEST(trap, a_function_that_may_not_block_stops_its_instance_for_the_host_too)
{
    guests_reset();
    guests[0].core = run_wait_for_ever;
    CHECK_TRAP(guest_invoke(0, GUEST_SYNC_STACK, 0), GALE_TRAP_SYNC_BLOCK);
    CHECK(guest_task.resolved);
    CHECK_EQ(guest_task.state, GALE_SUBTASK_CANCELLED_BEFORE_RETURNED);
    CHECK(guests[0].instance.poisoned && !guests[1].instance.poisoned);
    CHECK_EQ(store.live_tasks, 0);
    CHECK_TRAP(guest_run(0, nothing), GALE_TRAP_POISONED);
    CHECK_EQ(guests[0].logged, 0);
    CHECK_EQ(guest_run(1, nothing), GALE_OK);
    CHECK(gale_store_is_valid(&store));
}

/* @verifies IN01 */
TEST(trap, a_call_of_the_host_that_is_refused_stops_nobody)
{
    guests_reset();
    guests[0].instance.left.tasks = 0;
    CHECK_TRAP(guest_run(0, nothing), GALE_TRAP_BUDGET);
    CHECK_EQ(guest_task.state, GALE_SUBTASK_CANCELLED_BEFORE_STARTED);
    CHECK(!guests[0].instance.poisoned);
    guests[0].instance.left.tasks = 1;
    CHECK_EQ(guest_run(0, nothing), GALE_OK);
    CHECK_EQ(guests[0].logged, 1);
}

/* ---- calls of host functions --------------------------------------------------------------------------------- */

static struct gale_host_call pending;
static unsigned starts, cancels;

static void start_later(void *arg, const struct gale_host_call *call, const union gale_flat *params)
{
    (void)arg;
    (void)params;
    starts++;
    pending = *call;
}

static void start_now(void *arg, const struct gale_host_call *call, const union gale_flat *params)
{
    (void)arg;
    (void)params;
    starts++;
    (void)gale_host_call_return(call, params);
}

static void cancel(void *arg, const struct gale_host_call *call)
{
    (void)arg;
    cancels++;
    CHECK_EQ(gale_host_call_cancelled(call), GALE_OK);
}

static void trap_in_params(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *params)
{
    (void)params;
    (void)gale_value_at(&t->from, args[0].i32, 4, 4);
}

static void trap_in_results(const struct gale_transfer *t, const union gale_flat *from, const union gale_flat *args,
                            union gale_flat *to)
{
    (void)from;
    (void)to;
    (void)gale_value_at(&t->to, args[0].i32, 4, 4);
}

static struct gale_host_func host_func;
static struct gale_binding import;

static void begin_import(void (*start)(void *arg, const struct gale_host_call *call, const union gale_flat *params))
{
    guests_reset();
    starts = 0;
    cancels = 0;
    host_func = (struct gale_host_func){NULL, NULL, GALE_FUNC_ASYNC_TYPE, start, cancel};
    import = (struct gale_binding){NULL, &host_func, &guests[0].options, GALE_LOWER_ASYNC, 2, NULL, trap_in_results};
}

static void call_import(struct guest *g)
{
    const union gale_flat args[2] = {{3}, {16}}; /* 3: not aligned */

    (void)gale_canon_lower(&g->instance, &import, args, NULL);
    wait_for_ever(g);
}

/* @verifies IN01 TK02 */
TEST(trap, a_host_call_whose_arguments_trap_never_begins)
{
    begin_import(start_later);
    import.params = trap_in_params;
    CHECK_TRAP(guest_run(0, call_import), GALE_TRAP_UNALIGNED);
    CHECK_EQ(starts, 0);
    CHECK_EQ(cancels, 0);
    CHECK_EQ(store.host_calls, 0);
    CHECK_EQ(guests[0].instance.left.subtasks, 8);
}

/* @verifies IN01 TK02 */
TEST(trap, a_host_call_whose_answer_traps_is_over)
{
    begin_import(start_now);
    CHECK_TRAP(guest_run(0, call_import), GALE_TRAP_UNALIGNED);
    CHECK_EQ(starts, 1);
    CHECK_EQ(cancels, 0);
    CHECK_EQ(store.host_calls, 0);
    CHECK_EQ(guests[0].instance.left.subtasks, 8);

    begin_import(start_later);
    CHECK_EQ(guest_run(0, call_import), GALE_OK);
    CHECK_EQ(store.host_calls, 1);
    CHECK_TRAP(gale_host_call_return(&pending, NULL), GALE_TRAP_UNALIGNED);
    CHECK(guests[0].instance.poisoned);
    CHECK_EQ(cancels, 0);
    CHECK_EQ(store.host_calls, 0);
    CHECK_EQ(store.live_tasks, 0);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK(gale_store_is_valid(&store));
}

static void call_import_and_trap(struct guest *g)
{
    const union gale_flat args[2] = {{3}, {16}};

    (void)gale_canon_lower(&g->instance, &import, args, NULL);
    gale_trap(&g->instance, GALE_TRAP_UNREACHABLE);
}

/* @verifies IN01 */
TEST(trap, a_host_call_under_way_is_cancelled)
{
    begin_import(start_later);
    CHECK_TRAP(guest_run(0, call_import_and_trap), GALE_TRAP_UNREACHABLE);
    CHECK_EQ(cancels, 1);
    CHECK_EQ(store.host_calls, 0);
    CHECK_EQ(guests[0].instance.left.subtasks, 8);
}

/* ---- what an instance has ------------------------------------------------------------------------------------ */

static void be_queued(struct guest *g)
{
    gale_canon_backpressure_inc(&g->instance);
}

static void trap_now(struct guest *g)
{
    gale_trap(&g->instance, GALE_TRAP_UNREACHABLE);
}

static void wait_at_gate(struct guest *g)
{
    guest_log(g, guest_call(g, 1, nothing) & 15u);
    wait_for_ever(g);
}

static void run_trap_now(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)params;
    (void)results;
    trap_now(g);
}

/* @verifies IN01 TK05 */
TEST(trap, calls_that_wait_before_the_gate_end_unstarted)
{
    guests_reset();
    CHECK_EQ(guest_run(1, be_queued), GALE_OK);
    CHECK_EQ(guest_run(0, wait_at_gate), GALE_OK);
    CHECK_EQ(guests[0].log[0], GALE_SUBTASK_STARTING);
    guests[1].core = run_trap_now;
    CHECK_TRAP(guest_invoke(1, GUEST_SYNC, 0), GALE_TRAP_UNREACHABLE);
    CHECK_EQ(guests[1].logged, 0);
    CHECK(!guests[0].instance.poisoned);
    CHECK_EQ(store.memory.subtasks[guests[0].instance.handles.entries[0].object].state,
             GALE_SUBTASK_CANCELLED_BEFORE_STARTED);
    CHECK_EQ(guests[1].instance.left.tasks, 8);
    CHECK(gale_store_is_valid(&store));
}

static void fill_threads(struct guest *g)
{
    g->instance.threads.count = 1; /* its own */
    (void)guest_call(g, 0, nothing);
}

/* @verifies IN01 */
TEST(trap, a_task_without_an_index_leaves_nothing_behind)
{
    const unsigned free_tasks = 8;

    guests_reset();
    CHECK_TRAP(guest_run(0, fill_threads), GALE_TRAP_BUDGET);
    CHECK_EQ(guests[0].instance.left.tasks, free_tasks);
    CHECK_EQ(guests[0].instance.left.subtasks, free_tasks);
    guests_reset();
    guests[0].instance.threads.count = 0;
    CHECK_TRAP(guest_run(0, nothing), GALE_TRAP_BUDGET);
    CHECK(guests[0].instance.poisoned);
    CHECK_EQ(guests[0].instance.left.tasks, free_tasks);
    CHECK_EQ(store.live_tasks, 0);
    CHECK(guest_task.resolved);
    CHECK(gale_store_is_valid(&store));
}

/* ---- many host ends ------------------------------------------------------------------------------------------ */

#define MANY 70u

GALE_STORE_MEMORY_DEFINE(many, 1, 80, 1, 2, 2, MANY, 1, 1, MANY, 1, 65536, 65536);
static struct gale_store many_store;
static struct guest many_guest;
static struct gale_host_end ends[MANY];
static unsigned served[MANY];

static int32_t count_take(struct gale_host_end *e, const uint8_t *src, uint32_t count)
{
    (void)src;
    (void)count;
    served[e - ends]++;
    return 0;
}

static const struct gale_host_end_ops count_ops = {count_take, NULL, NULL};

static void make_many(void *guest, const union gale_flat *params, union gale_flat *results)
{
    struct guest *g = guest;
    const struct gale_copy_options o = {NULL, NULL, true};
    const struct gale_transfer t = {{&g->instance, NULL, NULL, 0}, {NULL, NULL, &g->instance, 0}};

    (void)params;
    for (unsigned n = 0; n < MANY; n++) {
        const uint64_t both = gale_canon_stream_new(&g->instance, &o);

        ends[n].ops = &count_ops;
        CHECK_EQ(gale_host_end_attach(&many_store, &ends[n], gale_value_move_stream(&t, NULL, (uint32_t)both)),
                 GALE_OK);
        CHECK_EQ(gale_canon_stream_write(&g->instance, &o, (uint32_t)(both >> 32), 0, 1), GALE_CANON_BLOCKED);
    }
    results[0].i32 = 0;
}

/* @verifies DB01 */
TEST(host_end, of_many_ends_those_that_ask_are_served_and_no_others)
{
    static const struct gale_instance_budget budget = {80, 2, 1, 1, MANY, 1, 1};
    struct gale_func f = {&many_guest.instance, NULL, 0, NULL, make_many, NULL, NULL};
    const struct gale_binding b = {&f, NULL, NULL, 0, 0, NULL, NULL};
    struct gale_host_task task = {0};

    CHECK_EQ(gale_store_init(&many_store, &many_memory), GALE_OK);
    CHECK_EQ(gale_instance_init(&many_guest.instance, &many_store, NULL, &budget, &many_guest), GALE_OK);
    memset(ends, 0, sizeof ends);
    CHECK_EQ(gale_store_invoke(&many_store, &b, NULL, NULL, &task), GALE_OK);
    CHECK_EQ(gale_store_tick(&many_store), 0); /* attaching asks for service */
    for (unsigned n = 0; n < MANY; n++) {
        memset(served, 0, sizeof served);
        gale_host_end_ready(&ends[n]);
        gale_host_end_ready(&ends[MANY - 1u]);
        gale_doorbell_ring(&many_store.bell, 1u << 30); /* no end's: just wakes */
        CHECK_EQ(gale_store_tick(&many_store), 0);
        for (unsigned k = 0; k < MANY; k++) {
            CHECK_EQ(served[k], k == n || k == MANY - 1u);
        }
    }
    CHECK_EQ(gale_host_end_close(&ends[3]), GALE_OK);
    many_store.memory.end_asks[0].value = 1u << 3; /* asked just before it closed */
    gale_doorbell_ring(&many_store.bell, 1);
    CHECK_EQ(gale_store_tick(&many_store), 0);
}

TEST(store, more_host_ends_than_a_doorbell_can_tell_apart_are_refused)
{
    struct gale_store_memory memory = many_memory;
    struct gale_store other;

    memory.end_count = GALE_STORE_ENDS_MAX + 1u;
    CHECK_EQ(gale_store_init(&other, &memory), GALE_EINVAL);
}

/* ---- traps that meet calls of each other --------------------------------------------------------------------- */

static uint32_t wait_0(struct guest *g)
{
    (void)gale_canon_waitable_set_wait(&g->instance, &g->memory, false, guest_listen(g, 0), 64);
    return 0;
}

static uint32_t call_1_and_wait(struct guest *g)
{
    (void)guest_lower(g, 1, 1, GUEST_ASYNC_SYNC, false, wait_0, NULL);
    guest_log(g, 1);
    return 0;
}

static uint32_t unreachable(struct guest *g)
{
    gale_trap(&g->instance, GALE_TRAP_UNREACHABLE);
}

static uint32_t call_0_which_traps(struct guest *g)
{
    return guest_lower(g, 3, 0, GUEST_SYNC, false, unreachable, NULL);
}

static uint32_t call_1_which_traps(struct guest *g)
{
    return guest_lower(g, 3, 1, GUEST_SYNC, false, unreachable, NULL);
}

/* @verifies IN01 TK02 */
TEST(trap, caller_and_callee_of_a_call_under_way_may_be_stopped_together)
{
    guests_reset();
    CHECK_EQ(guest_start(0, 0, GUEST_ASYNC_SYNC, call_1_and_wait, NULL), GALE_OK);
    CHECK_TRAP(guest_start(2, 1, GUEST_SYNC, call_0_which_traps, NULL), GALE_TRAP_UNREACHABLE);
    CHECK(guests[0].instance.poisoned && guests[1].instance.poisoned);
    CHECK_EQ(store.live_tasks, 0);
    CHECK(guest_tasks[0].resolved && guest_tasks[2].resolved);
    CHECK_EQ(guests[0].instance.left.subtasks, 8);
    CHECK_EQ(gale_store_tick(&store), 0);
    CHECK_EQ(guests[0].logged, 0);
    CHECK(gale_store_is_valid(&store));

    guests_reset();
    CHECK_EQ(guest_start(0, 0, GUEST_ASYNC_SYNC, call_1_and_wait, NULL), GALE_OK);
    CHECK_TRAP(guest_start(2, 0, GUEST_SYNC, call_1_which_traps, NULL), GALE_TRAP_UNREACHABLE);
    CHECK_EQ(store.live_tasks, 0);
    CHECK(guest_tasks[0].resolved && guest_tasks[2].resolved);
    CHECK_EQ(guests[0].instance.left.subtasks, 8);
    CHECK(gale_store_is_valid(&store));
}

static uint32_t realloc_traps(struct gale_instance *i, uint32_t old, uint32_t old_size, uint32_t align, uint32_t size)
{
    (void)old;
    (void)old_size;
    (void)align;
    (void)size;
    gale_trap(i, GALE_TRAP_UNREACHABLE);
}

static uint32_t reallocate(struct guest *g)
{
    const struct gale_value_options o = {&g->memory, realloc_traps, 0};
    const struct gale_value_side side = {&g->instance, &o, NULL, 0};

    return gale_value_realloc(&side, 0, 0, 1, 1);
}

/* @verifies IN01 */
TEST(trap, a_realloc_may_trap)
{
    guests_reset();
    CHECK_TRAP(guest_do(0, reallocate), GALE_TRAP_UNREACHABLE);
    CHECK(guests[0].instance.poisoned);
    CHECK_EQ(store.live_tasks, 0);
    CHECK_EQ(guest_do(1, guest_close_gate), GALE_OK); /* the store's thread for it is still there */
    CHECK(gale_store_is_valid(&store));
}

static uint32_t end_soon(struct guest *g)
{
    (void)gale_canon_thread_yield(&g->instance, false);
    guest_return(g, 0);
    return 0;
}

static uint32_t never(struct guest *g)
{
    guest_return(g, 0);
    (void)gale_canon_thread_suspend(&g->instance, false);
    return 0;
}

/* @verifies IN01 */
TEST(trap, threads_that_have_ended_are_left_alone)
{
    guests_reset();
    CHECK_EQ(guest_start(0, 0, GUEST_STACKFUL, end_soon, NULL), GALE_OK);
    CHECK_EQ(guest_start(1, 0, GUEST_STACKFUL, never, NULL), GALE_OK);
    CHECK_EQ(gale_store_tick(&store), 1);
    CHECK_TRAP(guest_do(0, unreachable), GALE_TRAP_UNREACHABLE);
    CHECK_EQ(store.live_tasks, 0);
    CHECK_EQ(guests[0].instance.left.tasks, 8);
    CHECK(gale_store_is_valid(&store));
}

/* ---- ends of the same number --------------------------------------------------------------------------------- */

static struct gale_copy_options from, to;

static uint32_t open_and_pass(struct guest *g)
{
    const struct gale_transfer t = {{&g->instance, &g->options, NULL, 0}, {&guests[1].instance, NULL, NULL, 0}};

    (void)gale_canon_stream_new(&g->instance, &from);
    gale_canon_error_context_drop(&guests[1].instance, gale_canon_error_context_new(&guests[1].instance, NULL, 0, 0));
    (void)gale_canon_error_context_new(&guests[1].instance, NULL, 0, 0);
    return gale_value_move_stream(&t, &type_u32, 1) == 2u ? 0 : 1;
}

static uint32_t read_2(struct guest *g)
{
    guest_log(g, gale_canon_stream_read(&g->instance, &to, 2, 256, 1));
    return 0;
}

static uint32_t write_2(struct guest *g)
{
    guest_log(g, gale_canon_stream_write(&g->instance, &from, 2, 256, 1));
    return 0;
}

static uint32_t read_event(struct guest *g)
{
    const uint32_t set = gale_canon_waitable_set_new(&g->instance);

    gale_canon_waitable_join(&g->instance, 2, set);
    guest_log(g, gale_canon_waitable_set_poll(&g->instance, &g->memory, false, set, 64));
    guest_log(g, guest_word(g, 68));
    return 0;
}

/* @verifies ST01 ST04 */
TEST(stream, a_pending_end_is_not_taken_for_one_of_the_same_number_elsewhere)
{
    guests_reset();
    from = guest_copy(0, &type_u32, true);
    to = guest_copy(1, &type_u32, true);
    CHECK_EQ(guest_do(0, open_and_pass), GALE_OK);
    CHECK_EQ(guest_do(1, read_2), GALE_OK);
    CHECK_EQ(guest_do(0, write_2), GALE_OK);
    CHECK_EQ(guest_do(0, write_2), GALE_OK); /* pends in the place of the reader, whose event waits */
    CHECK_EQ(guest_do(1, read_event), GALE_OK);
    CHECK_LOG(&guests[1], GALE_CANON_BLOCKED, GALE_CANON_EVENT_STREAM_READ, 1u << 4);
    CHECK_EQ(guest_do(1, read_2), GALE_OK); /* meets the writer */
    CHECK_EQ(guests[1].log[3], 1u << 4);

    guests_reset();
    CHECK_EQ(guest_do(0, open_and_pass), GALE_OK);
    CHECK_EQ(guest_do(0, write_2), GALE_OK);
    CHECK_TRAP(guest_do(1, unreachable), GALE_TRAP_UNREACHABLE); /* its end is not the pending one */
    CHECK_EQ(store.memory.copies[0].ends, 1);
    CHECK_EQ(guests[0].instance.handles.entries[1].payload, GALE_COPY_DROPPED);
}
