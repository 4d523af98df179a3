/* SPDX-License-Identifier: Apache-2.0 */
/** What happens at the edges: values between instances, budgets, the profile, nesting. */
#include "gale/component/host_end.h"
#include "gale/port.h"
#include "guests.h"

static struct gale_copy_options words;
static struct gale_binding import;

static void begin(void)
{
    guests_reset();
    words = guest_copy(0, &type_u32, true);
}

/* ---- elements that are moved by generated code, between two instances ------------------------------------------ */

static void add_1000(const struct gale_transfer *t, uint32_t src, uint32_t dst, uint32_t count)
{
    for (uint32_t k = 0; k < count; k++) {
        uint32_t value;

        memcpy(&value, gale_value_at(&t->from, src + 4u * k, 4, 4), 4);
        value += 1000u;
        memcpy(gale_value_at(&t->to, dst + 4u * k, 4, 4), &value, 4);
    }
}

static const struct gale_value_type type_moved = {4, 4, 0, add_1000};

static void read_from_other(struct guest *g)
{
    const struct gale_copy_options theirs = guest_copy(1, &type_moved, true);

    guest_log(g, gale_canon_stream_read(&g->instance, &theirs, g->note[0], 64, 8));
    guest_return(g, 0);
}

static void write_to_other(struct guest *g)
{
    const struct gale_transfer t = {{&g->instance, &g->options, NULL, 0},
                                    {&guests[1].instance, &guests[1].options, NULL, 0}};
    const struct gale_copy_options mine = guest_copy(0, &type_moved, true);

    (void)gale_canon_stream_new(&g->instance, &mine);
    guests[1].note[0] = gale_value_move_stream(&t, &type_moved, 1);
    guest_set_word(g, 256, 1);
    guest_set_word(g, 260, 2);
    CHECK_EQ(gale_canon_stream_write(&g->instance, &mine, 2, 256, 2), GALE_CANON_BLOCKED);
    CHECK_EQ(guest_call(g, 1, read_from_other), GALE_SUBTASK_RETURNED);
    CHECK_EQ(gale_canon_stream_cancel_write(&g->instance, &mine, 2), 2u << 4);
}

/* @verifies ST01 ST02 */
TEST(edges, elements_between_instances_go_through_their_move)
{
    begin();
    CHECK_EQ(guest_run(0, write_to_other), GALE_OK);
    CHECK_EQ(guests[1].log[0], 2u << 4);
    CHECK_EQ(guest_word(&guests[1], 64), 1001);
    CHECK_EQ(guest_word(&guests[1], 68), 1002);
    CHECK(gale_store_is_valid(&store));
}

/* ---- the host ------------------------------------------------------------------------------------------------- */

static unsigned told;

static void count_resolution(struct gale_host_task *task)
{
    CHECK(task == &guest_task && task->arg == &told);
    told++;
}

static void return_arg(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)g;
    results[0].i32 = params[0].i32;
}

TEST(edges, the_host_is_told_once_that_its_call_resolved)
{
    begin();
    guests[0].core = return_arg;
    guest_task.on_resolve = count_resolution;
    guest_task.arg = &told;
    told = 0;
    CHECK_EQ(guest_invoke(0, GUEST_SYNC, 3), GALE_OK);
    CHECK_EQ(told, 1);
}

static void use_all_stacks(struct guest *g)
{
    for (unsigned n = 0; n < 12u; n++) {
        (void)gale_canon_thread_new_indirect(&g->instance, NULL, NULL, n);
    }
}

/* @verifies HT05 */
TEST(edges, without_a_stack_no_thread_is_made)
{
    begin();
    CHECK_TRAP(guest_run(0, use_all_stacks), GALE_TRAP_BUDGET);
    CHECK(gale_store_trap(&store)->instance == &guests[0].instance);
    CHECK(gale_store_is_valid(&store));
}

static struct gale_host_end end;

static int32_t never_give(struct gale_host_end *e, uint8_t *dst, uint32_t count)
{
    (void)e;
    (void)dst;
    (void)count;
    return 0;
}

static uint32_t token;

static void read_and_wait(struct guest *g)
{
    const struct gale_transfer t = {{NULL, NULL, &g->instance, 0}, {&g->instance, &g->options, NULL, 0}};
    const struct gale_copy_options sync = guest_copy(0, &type_u32, false);

    guest_log(g, gale_canon_stream_read(&g->instance, &sync, gale_value_move_stream(&t, &type_u32, token), 256, 1));
}

TEST(edges, a_run_sleeps_until_its_deadline_while_something_can_come)
{
    static const struct gale_host_end_ops ops = {NULL, never_give, NULL};
    const gale_tick deadline = gale_port_now() + GALE_TICKS_PER_SECOND / 500u;

    begin();
    memset(&end, 0, sizeof end);
    end.ops = &ops;
    CHECK_EQ(gale_host_end_open(&store, &end, &type_u32, false, &token), GALE_OK);
    CHECK_EQ(guest_run(0, read_and_wait), GALE_OK);
    CHECK_EQ(gale_store_run(&store, deadline), GALE_ETIMEDOUT);
    CHECK(gale_port_now() >= deadline);
    CHECK_EQ(gale_host_end_close(&end), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_EQ(guests[0].log[0], GALE_COPY_DROPPED);
}

static void hold_a_stream(struct guest *g)
{
    const struct gale_transfer t = {{NULL, NULL, &g->instance, 0}, {&g->instance, &g->options, NULL, 0}};

    g->instance.left.streams = 0;
    (void)gale_value_move_stream(&t, &type_u32, token);
}

/* @verifies HT05 */
TEST(edges, a_stream_of_the_host_counts_in_the_budget_of_who_gets_it)
{
    static const struct gale_host_end_ops ops = {NULL, never_give, NULL};

    begin();
    memset(&end, 0, sizeof end);
    end.ops = &ops;
    CHECK_EQ(gale_host_end_open(&store, &end, &type_u32, false, &token), GALE_OK);
    CHECK_TRAP(guest_run(0, hold_a_stream), GALE_TRAP_BUDGET);
}

/* ---- the profile ---------------------------------------------------------------------------------------------- */

static void cancel_after_a_copy(struct guest *g)
{
    (void)gale_canon_stream_new(&g->instance, &words);
    (void)gale_canon_stream_write(&g->instance, &words, 2, 256, 2);
    (void)gale_canon_stream_read(&g->instance, &words, 1, 512, 1);
    guest_log(g, gale_canon_stream_cancel_write(&g->instance, &words, 2));
}

/* @verifies ST06 */
TEST(edges, the_profile_says_what_a_cancelled_copy_is_called)
{
    begin();
    CHECK_EQ(guest_run(0, cancel_after_a_copy), GALE_OK);
    CHECK_EQ(guests[0].log[0], GALE_COPY_COMPLETED | 1u << 4);
    begin();
    gale_store_profile(&store, GALE_PROFILE_SCRIPTS);
    CHECK_EQ(guest_run(0, cancel_after_a_copy), GALE_OK);
    CHECK_EQ(guests[0].log[0], GALE_COPY_CANCELLED | 1u << 4);
}

static void yield_by_callback(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    if (params[0].i32 == 0) {
        (void)gale_canon_thread_suspend(&g->instance, false);
    }
    results[0].i32 = 1;
}

static uint32_t resume_the_other(struct guest *g, uint32_t event, uint32_t p1, uint32_t p2)
{
    (void)event;
    (void)p1;
    (void)p2;
    gale_canon_thread_resume_later(&g->instance, 2);
    guest_return(g, 1);
    return 0;
}

/* @verifies TK04 */
TEST(edges, the_profile_says_whether_a_sync_call_lets_callbacks_run)
{
    for (unsigned profile = 0; profile < 2u; profile++) {
        static struct gale_host_task second;
        const struct gale_binding b = guest_binding(GUESTS, 0, GUEST_SYNC_STACK, false);
        const union gale_flat args[1] = {{0}};
        union gale_flat results[1];
        int status;

        begin();
        gale_store_profile(&store, profile == 0 ? GALE_PROFILE_DEFINITIONS : GALE_PROFILE_SCRIPTS);
        guests[0].core = yield_by_callback;
        guests[0].callback = resume_the_other;
        CHECK_EQ(guest_invoke(0, GUEST_CALLBACK, 1), GALE_OK);
        memset(&second, 0, sizeof second);
        status = gale_store_invoke(&store, &b, args, results, &second);
        CHECK_EQ(status, profile == 0 ? GALE_OK : GALE_ETRAP);
        CHECK(gale_store_is_valid(&store));
    }
}

/* ---- the rest of what must not be -------------------------------------------------------------------------------- */

static void call_late(struct guest *g)
{
    (void)gale_canon_thread_yield(&g->instance, false);
    guest_return(g, 1);
}

static void cancel_delivered(struct guest *g)
{
    const uint32_t s = guest_call(g, 1, call_late) >> 4;
    const uint32_t set = gale_canon_waitable_set_new(&g->instance);

    gale_canon_waitable_join(&g->instance, s, set);
    (void)gale_canon_waitable_set_wait(&g->instance, &g->memory, false, set, 64);
    (void)gale_canon_subtask_cancel(&g->instance, true, s);
}

static void drop_where_none_may_leave(struct guest *g)
{
    static const struct gale_resource_type host = {NULL, NULL, NULL, NULL};
    static const struct gale_resource_type *const types[1] = {&host};

    gale_store_resource_types(&store, types, 1);
    gale_canon_resource_drop(&g->instance, 0, gale_canon_resource_new(&g->instance, 0, 1));
    g->instance.may_leave = false;
    gale_canon_resource_drop(&g->instance, 0, 1);
}

static void too_deep(struct guest *g)
{
    store.nesting = GALE_CALL_DEPTH;
    (void)guest_call(g, 1, call_late);
}

static void listen_forever(struct guest *g)
{
    (void)gale_canon_thread_suspend(&g->instance, true);
}

static void cancel_too_deep(struct guest *g)
{
    const uint32_t s = guest_call(g, 1, listen_forever) >> 4;

    store.nesting = GALE_CALL_DEPTH;
    (void)gale_canon_subtask_cancel(&g->instance, true, s);
}

/* @verifies TK01 HT05 */
TEST(edges, cancelling_too_late_and_nesting_too_deep_trap)
{
    static void (*const bodies[])(struct guest * g) = {cancel_delivered, drop_where_none_may_leave, too_deep,
                                                       cancel_too_deep};
    static const enum gale_trap traps[] = {GALE_TRAP_SUBTASK_DELIVERED, GALE_TRAP_CANNOT_LEAVE, GALE_TRAP_DEPTH,
                                           GALE_TRAP_DEPTH};

    for (unsigned n = 0; n < 4u; n++) {
        int status;

        test_note("case", n);
        begin();
        status = guest_run(0, bodies[n]);
        status = status == GALE_OK ? gale_store_run(&store, GALE_FOREVER) : status;
        CHECK_TRAP(status, traps[n]);
        (void)gale_store_run(&store, GALE_FOREVER);
        CHECK(gale_store_is_valid(&store));
    }
}

static void yield_without_stack(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)params;
    (void)results;
    (void)gale_canon_thread_yield(&g->instance, false);
}

TEST(edges, a_yield_without_a_stack_traps)
{
    begin();
    guests[0].core = yield_without_stack;
    CHECK_TRAP(guest_invoke(0, GUEST_SYNC, 0), GALE_TRAP_CANNOT_BLOCK);
}

static unsigned post_returns;

static void count_post_return(void *guest, const union gale_flat *results)
{
    (void)guest;
    CHECK_EQ(results[0].i32, 3);
    post_returns++;
}

TEST(edges, post_return_runs_after_the_result_was_taken)
{
    begin();
    guests[0].core = return_arg;
    guest_funcs[0][GUEST_SYNC].post_return = count_post_return;
    post_returns = 0;
    CHECK_EQ(guest_invoke(0, GUEST_SYNC, 3), GALE_OK);
    CHECK_EQ(post_returns, 1);
    CHECK(guests[0].instance.may_leave);
}

TEST(edges, the_host_can_make_as_many_calls_as_there_are_subtasks)
{
    static struct gale_host_task tasks[25];
    const struct gale_binding b = guest_binding(GUESTS, 0, GUEST_STACKFUL, false);
    const union gale_flat args[1] = {{0}};
    int status = GALE_OK;

    begin();
    guests[0].instance.backpressure = 1;
    guests[0].instance.left.tasks = 25; /* so that subtasks run out first */
    for (unsigned n = 0; n < 25u && status == GALE_OK; n++) {
        memset(&tasks[n], 0, sizeof tasks[n]);
        status = gale_store_invoke(&store, &b, args, NULL, &tasks[n]);
    }
    CHECK(status == GALE_ENOMEM || status == GALE_ETRAP);
    CHECK(gale_store_is_valid(&store));
}

static void call_a_cousin(struct guest *g)
{
    const union gale_flat args[1] = {{4}};
    union gale_flat results[1];

    import = guest_binding(0, 1, GUEST_SYNC, false);
    (void)gale_canon_lower(&g->instance, &import, args, results);
    guest_log(g, results[0].i32);
}

TEST(edges, instances_of_two_parents_call_each_other)
{
    static struct gale_instance parents[2];

    begin();
    for (unsigned n = 0; n < 2u; n++) {
        parents[n] = guests[2].instance;
        parents[n].parent = NULL;
        guests[n].instance.parent = &parents[n];
        guests[n].instance.depth = 1;
    }
    guests[1].core = return_arg;
    CHECK_EQ(guest_run(0, call_a_cousin), GALE_OK);
    CHECK_EQ(guests[0].log[0], 4);
    CHECK(parents[0].may_enter && parents[1].may_enter);
}

static void attach_twice(struct guest *g)
{
    static const struct gale_host_end_ops ops = {NULL, never_give, NULL};
    static struct gale_host_end more[6];
    const struct gale_transfer t = {{&g->instance, &g->options, NULL, 0}, {NULL, NULL, &g->instance, 0}};

    more[5].ops = &ops;
    for (uint32_t n = 0; n < 5u; n++) {
        const uint64_t ends = gale_canon_stream_new(&g->instance, &words);

        more[n].ops = &ops;
        token = gale_value_move_stream(&t, &type_u32, (uint32_t)ends);
        if (n == 0) { /* dropped before the host takes hold of the other end */
            gale_canon_stream_drop_writable(&g->instance, &words, (uint32_t)(ends >> 32));
            CHECK_EQ(gale_host_end_attach(&store, &more[5], token), GALE_OK);
            CHECK_EQ(more[5].copy, GALE_ID_NONE);
            continue;
        }
        CHECK_EQ(gale_host_end_attach(&store, &more[n], token), GALE_OK);
        CHECK_EQ(gale_host_end_attach(&store, &more[n], token), GALE_EINVAL);
    }
    token = gale_value_move_stream(&t, &type_u32, (uint32_t)gale_canon_stream_new(&g->instance, &words));
    CHECK_EQ(gale_host_end_attach(&store, &more[0], token), GALE_ENOMEM);
}

TEST(edges, an_end_is_attached_once_and_only_if_there_is_room)
{
    static const struct gale_host_end_ops ops = {NULL, never_give, NULL};

    begin();
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    memset(&end, 0, sizeof end);
    end.ops = &ops;
    CHECK_EQ(guest_run(0, attach_twice), GALE_OK);
    CHECK(gale_store_is_valid(&store));
}
