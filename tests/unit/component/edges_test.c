/* SPDX-License-Identifier: Apache-2.0 */
/** What happens at the edges: full tables, cancellations that come when nobody listens, ends on their way. */
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

static void check_traps(void (*const *bodies)(struct guest *g), const enum gale_trap *traps, unsigned count)
{
    for (unsigned n = 0; n < count; n++) {
        test_note("case", n);
        begin();
        CHECK_TRAP(guest_run(0, bodies[n]), traps[n]);
        (void)gale_store_run(&store, GALE_FOREVER);
        CHECK(gale_store_is_valid(&store));
    }
}

/* ---- full tables: 32 entries --------------------------------------------------------------------------------- */

static void fill_table(struct guest *g, unsigned left)
{
    for (unsigned n = 0; n < 32u - left; n++) {
        (void)gale_canon_resource_new(&g->instance, 0, n);
    }
}

static void full_for_stream(struct guest *g)
{
    fill_table(g, 1);
    (void)gale_canon_stream_new(&g->instance, &words);
}

static void full_for_set(struct guest *g)
{
    fill_table(g, 0);
    (void)gale_canon_waitable_set_new(&g->instance);
}

static void full_for_error(struct guest *g)
{
    fill_table(g, 0);
    (void)gale_canon_error_context_new(&g->instance, NULL, 0, 0);
}

static void full_for_subtask(struct guest *g)
{
    const union gale_flat args[2] = {{0}, {16}};

    fill_table(g, 0);
    import = guest_binding(0, 1, GUEST_STACKFUL, true);
    guests[1].instance.backpressure = 1;
    (void)gale_canon_lower(&g->instance, &import, args, NULL);
}

static void full_for_value(struct guest *g)
{
    const struct gale_transfer t = {{NULL, NULL, NULL, 0}, {&g->instance, &g->options, NULL, 0}};

    fill_table(g, 0);
    (void)gale_value_move_own(&t, 0, 5);
}

/* @verifies HT05 */
TEST(edges, a_full_table_traps_whatever_is_made)
{
    static void (*const bodies[])(struct guest * g) = {full_for_stream, full_for_set, full_for_error, full_for_subtask,
                                                       full_for_value};
    static const enum gale_trap traps[] = {GALE_TRAP_TABLE_FULL, GALE_TRAP_TABLE_FULL, GALE_TRAP_TABLE_FULL,
                                           GALE_TRAP_TABLE_FULL, GALE_TRAP_TABLE_FULL};

    check_traps(bodies, traps, 5);
}

/* ---- ends on their way ----------------------------------------------------------------------------------------- */

static void move_out(struct guest *g, bool future, uint32_t handle)
{
    const struct gale_transfer t = {{&g->instance, &g->options, NULL, 0}, {NULL, NULL, &g->instance, 0}};

    (void)(future ? gale_value_move_future(&t, &type_u32, handle) : gale_value_move_stream(&t, &type_u32, handle));
}

static void move_busy(struct guest *g)
{
    (void)gale_canon_stream_new(&g->instance, &words);
    (void)gale_canon_stream_read(&g->instance, &words, 1, 256, 1);
    move_out(g, false, 1);
}

static void move_writable(struct guest *g)
{
    (void)gale_canon_stream_new(&g->instance, &words);
    move_out(g, false, 2);
}

static void move_done_stream(struct guest *g)
{
    (void)gale_canon_stream_new(&g->instance, &words);
    gale_canon_stream_drop_writable(&g->instance, &words, 2);
    (void)gale_canon_stream_read(&g->instance, &words, 1, 256, 1);
    move_out(g, false, 1);
}

static void move_done_future(struct guest *g)
{
    (void)gale_canon_future_new(&g->instance, &words);
    (void)gale_canon_future_write(&g->instance, &words, 2, 256);
    (void)gale_canon_future_read(&g->instance, &words, 1, 256);
    move_out(g, true, 1);
}

static void move_stream_in_set(struct guest *g)
{
    (void)gale_canon_stream_new(&g->instance, &words);
    gale_canon_waitable_join(&g->instance, 1, gale_canon_waitable_set_new(&g->instance));
    move_out(g, false, 1);
}

static void move_future_in_set(struct guest *g)
{
    (void)gale_canon_future_new(&g->instance, &words);
    gale_canon_waitable_join(&g->instance, 1, gale_canon_waitable_set_new(&g->instance));
    move_out(g, true, 1);
}

/* @verifies ST04 */
TEST(edges, only_an_idle_end_in_no_set_can_be_passed)
{
    static void (*const bodies[])(struct guest * g) = {move_busy,        move_writable,      move_done_stream,
                                                       move_done_future, move_stream_in_set, move_future_in_set};
    static const enum gale_trap traps[] = {GALE_TRAP_COPY_BUSY,          GALE_TRAP_WRONG_KIND,
                                           GALE_TRAP_STREAM_LIFT_DONE,   GALE_TRAP_FUTURE_LIFT_DONE,
                                           GALE_TRAP_STREAM_LIFT_IN_SET, GALE_TRAP_FUTURE_LIFT_IN_SET};

    check_traps(bodies, traps, 6);
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

/* ---- cancellations that wait ------------------------------------------------------------------------------------- */

static uint32_t first_code; /* what the core function returns after it has blocked */

static void block_then_obey(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)params;
    (void)gale_canon_thread_yield(&g->instance, false);
    if (first_code == 2u) {
        first_code |= gale_canon_waitable_set_new(&g->instance) << 4;
    }
    results[0].i32 = first_code;
}

static uint32_t answer_once(struct guest *g, uint32_t event, uint32_t p1, uint32_t p2)
{
    (void)p1;
    (void)p2;
    guest_log(g, event);
    gale_canon_task_cancel(&g->instance);
    return 0;
}

/* @verifies TK03 */
TEST(edges, a_cancellation_that_waits_is_told_when_the_callback_would_wait)
{
    for (uint32_t code = 1; code <= 2u; code++) {
        begin();
        guests[0].core = block_then_obey;
        guests[0].callback = answer_once;
        first_code = code;
        CHECK_EQ(guest_invoke(0, GUEST_CALLBACK_STACK, 0), GALE_OK);
        CHECK_EQ(gale_store_cancel(&store, &guest_task), GALE_OK);
        CHECK(!guest_task.resolved);
        CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
        CHECK_EQ(guests[0].logged, 1);
        CHECK_EQ(guests[0].log[0], GALE_CANON_EVENT_TASK_CANCELLED);
        CHECK_EQ(guest_task.state, GALE_SUBTASK_CANCELLED_BEFORE_RETURNED);
        CHECK(gale_store_is_valid(&store));
    }
}

static unsigned listener;

static void block_then_listen(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    const uint32_t set = gale_canon_waitable_set_new(&g->instance);

    (void)params;
    (void)results;
    (void)gale_canon_thread_yield(&g->instance, false);
    switch (listener) {
    case 0:
        guest_log(g, gale_canon_waitable_set_poll(&g->instance, &g->memory, true, set, 64));
        break;
    case 1:
        guest_log(g, gale_canon_waitable_set_wait(&g->instance, &g->memory, true, set, 64));
        break;
    case 2:
        guest_log(g, gale_canon_thread_yield_then_promote(&g->instance, true, 1));
        break;
    default:
        guest_log(g, gale_canon_thread_suspend(&g->instance, true));
        break;
    }
    gale_canon_task_cancel(&g->instance);
}

/* @verifies TK03 */
TEST(edges, each_built_in_that_listens_is_told)
{
    for (listener = 0; listener < 4u; listener++) {
        test_note("built-in", listener);
        begin();
        guests[0].core = block_then_listen;
        CHECK_EQ(guest_invoke(0, GUEST_STACKFUL, 0), GALE_OK);
        CHECK_EQ(gale_store_cancel(&store, &guest_task), GALE_OK);
        CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
        CHECK_EQ(guests[0].log[0], listener < 2u ? GALE_CANON_EVENT_TASK_CANCELLED : 1);
        CHECK(guest_task.resolved);
    }
}

static void listen_in_thread(void *guest, void *arg, uint32_t c)
{
    struct guest *g = guest;

    (void)arg;
    if (gale_canon_thread_suspend(&g->instance, c != 0) != 0) {
        guest_log(g, c);
        gale_canon_task_cancel(&g->instance);
    }
}

static void two_threads_one_listens(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)params;
    (void)results;
    for (uint32_t c = 0; c < 2u; c++) {
        gale_canon_thread_resume_later(&g->instance,
                                       gale_canon_thread_new_indirect(&g->instance, listen_in_thread, NULL, c));
    }
    (void)gale_canon_thread_suspend(&g->instance, false);
}

/* @verifies TK03 */
TEST(edges, of_several_threads_the_oldest_that_listens_is_told)
{
    begin();
    guests[0].core = two_threads_one_listens;
    CHECK_EQ(guest_invoke(0, GUEST_STACKFUL, 0), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_EDEADLK);
    CHECK_EQ(gale_store_cancel(&store, &guest_task), GALE_OK);
    CHECK_EQ(guests[0].log[0], 1);
    CHECK(guest_task.resolved);
    CHECK(gale_store_is_valid(&store));
}

/* ---- callbacks ----------------------------------------------------------------------------------------------------- */

static void return_code(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)g;
    results[0].i32 = params[0].i32;
}

TEST(edges, a_callback_code_that_does_not_exist_traps)
{
    begin();
    guests[0].core = return_code;
    CHECK_TRAP(guest_invoke(0, GUEST_CALLBACK, 3), GALE_TRAP_CALLBACK_CODE);
    CHECK_EQ(gale_store_trap(&store)->value, 3);
    begin();
    guests[0].core = return_code;
    CHECK_TRAP(guest_invoke(0, GUEST_CALLBACK, 2u | 9u << 4), GALE_TRAP_UNKNOWN_HANDLE);
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
