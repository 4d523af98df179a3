/* SPDX-License-Identifier: Apache-2.0 */
/** What a store and its instances refuse for want of room, and what their checks of themselves find. */
#include "gale/port.h"
#include "guests.h"

/* ---- making them --------------------------------------------------------------------------------------------- */

TEST(capacity, a_store_refuses_memory_that_does_not_suffice)
{
    struct gale_store other;
    struct gale_store_memory memory;

    guests_reset();
    memory = store.memory;
    memory.thread_count = 0;
    CHECK_EQ(gale_store_init(&other, &memory), GALE_EINVAL);
    memory = store.memory;
    memory.list_count--;
    CHECK_EQ(gale_store_init(&other, &memory), GALE_EINVAL);
    memory = store.memory;
    memory.node_count = (gale_id)(GALE_ID_NONE - memory.list_count + 1u);
    CHECK_EQ(gale_store_init(&other, &memory), GALE_EINVAL);
    memory = store.memory;
    memory.stack_bytes = 16;
    CHECK_EQ(gale_store_init(&other, &memory), GALE_EINVAL);
    memory.stack_count = 0; /* then their size does not matter */
    CHECK_EQ(gale_store_init(&other, &memory), GALE_OK);
}

TEST(capacity, an_instance_is_refused_whatever_of_its_budget_is_missing)
{
    static const gale_id most = 10000;
    const struct gale_instance_budget none = {0, 0, 0, 0, 0, 0, 0};
    struct gale_instance_budget budgets[7];
    struct gale_store other;
    struct gale_instance i;

    guests_reset();
    for (unsigned n = 0; n < 7u; n++) {
        budgets[n] = none;
    }
    budgets[0].handles = most;
    budgets[1].threads = most;
    budgets[2].tasks = most;
    budgets[3].subtasks = most;
    budgets[4].streams = most;
    budgets[5].sets = most;
    budgets[6].lends = most;
    for (unsigned n = 0; n < 7u; n++) {
        CHECK_EQ(gale_store_init(&other, &store.memory), GALE_OK);
        CHECK_EQ(gale_instance_init(&i, &other, NULL, &budgets[n], NULL), GALE_ENOMEM);
        CHECK_EQ(other.instances_used, 0);
    }
    for (unsigned n = 0; n < GUESTS; n++) {
        CHECK_EQ(gale_instance_init(&i, &other, NULL, &none, NULL), GALE_OK);
    }
    CHECK_EQ(gale_instance_init(&i, &other, NULL, &none, NULL), GALE_ENOMEM);
}

TEST(capacity, a_child_is_one_level_below_its_parent)
{
    static const struct gale_instance_budget budget = {1, 1, 1, 1, 1, 1, 1};
    struct gale_store other;
    struct gale_instance family[3];

    guests_reset();
    CHECK_EQ(gale_store_init(&other, &store.memory), GALE_OK);
    for (unsigned n = 0; n < 3u; n++) {
        CHECK_EQ(gale_instance_init(&family[n], &other, n == 0 ? NULL : &family[n - 1u], &budget, NULL), GALE_OK);
        CHECK_EQ(family[n].depth, n);
    }
}

/* ---- running out --------------------------------------------------------------------------------------------- */

static void be_thread(void *guest, void *fn_arg, uint32_t c)
{
    (void)fn_arg;
    guest_log(guest, c);
}

static uint32_t make_thread(struct guest *g)
{
    const uint32_t t = gale_canon_thread_new_indirect(&g->instance, be_thread, NULL, 1);

    gale_canon_thread_resume_later(&g->instance, t);
    guest_log(g, t);
    return 0;
}

static uint32_t nothing(struct guest *g)
{
    (void)g;
    return 0;
}

static uint32_t make_thread_in_a_full_store(struct guest *g)
{
    store.threads.count = store.threads.used; /* no thread is left in the store */
    return make_thread(g);
}

static uint32_t make_thread_without_index(struct guest *g)
{
    g->instance.threads.count = 1;
    return make_thread(g);
}

TEST(capacity, a_thread_needs_a_slot_and_an_index)
{
    guests_reset();
    CHECK_TRAP(guest_do(0, make_thread_in_a_full_store), GALE_TRAP_BUDGET);
    CHECK(gale_store_is_valid(&store));
    guests_reset();
    CHECK_TRAP(guest_do(0, make_thread_without_index), GALE_TRAP_BUDGET);
    CHECK_EQ(store.live_tasks, 0);
    guests_reset();
    store.threads.count = store.threads.used;
    CHECK_TRAP(guest_do(0, nothing), GALE_TRAP_BUDGET);
    CHECK(!guests[0].instance.poisoned);
}

static uint32_t name_the_dead(struct guest *g)
{
    gale_canon_thread_resume_later(&g->instance, 2);
    return 0;
}

static uint32_t make_and_yield(struct guest *g)
{
    (void)make_thread(g);
    (void)gale_canon_thread_yield(&g->instance, false);
    return name_the_dead(g);
}

TEST(capacity, an_index_of_a_thread_that_has_ended_is_unknown)
{
    guests_reset();
    CHECK_EQ(guest_start(0, 0, GUEST_ASYNC_SYNC, make_and_yield, NULL), GALE_OK);
    CHECK_EQ(gale_store_tick(&store), 1);
    CHECK_EQ(guests[0].log[1], 1);
    CHECK_TRAP(gale_store_tick(&store), GALE_TRAP_UNKNOWN_HANDLE);
    CHECK_EQ(gale_store_trap(&store)->value, 2);
}

TEST(capacity, a_call_of_the_host_needs_a_subtask)
{
    guests_reset();
    store.subtasks.count = 0;
    CHECK_EQ(guest_do(0, nothing), GALE_ENOMEM);
    CHECK(!store.running);
}

static uint32_t message_without_realloc(struct guest *g)
{
    const struct gale_value_options o = {&g->memory, NULL, GALE_ENCODING_UTF8};
    const uint32_t c = gale_canon_error_context_new(&g->instance, &o, 0, 0);

    guest_set_word(g, 64, 9);
    guest_set_word(g, 68, 9);
    gale_canon_error_context_debug_message(&g->instance, &o, c, 64);
    guest_log(g, guest_word(g, 64));
    guest_log(g, guest_word(g, 68));
    return 0;
}

TEST(capacity, an_empty_message_needs_no_realloc)
{
    guests_reset();
    CHECK_EQ(guest_do(0, message_without_realloc), GALE_OK);
    CHECK_LOG(&guests[0], 0, 0);
}

/* ---- checks of themselves ------------------------------------------------------------------------------------ */

static uint32_t make_sets(struct guest *g)
{
    (void)gale_canon_waitable_set_new(&g->instance);
    gale_canon_waitable_set_drop(&g->instance, 1);
    return 0;
}

TEST(capacity, a_store_that_is_out_of_order_is_found_out)
{
    struct gale_slots *pool = &store.sets;

    guests_reset();
    CHECK_EQ(guest_do(0, make_sets), GALE_OK);
    CHECK(gale_store_is_valid(&store));
    pool->used = (gale_id)(pool->count + 1u);
    CHECK(!gale_store_is_valid(&store));
    pool->used = 1;
    pool->claimed = (gale_id)(pool->count + 1u);
    CHECK(!gale_store_is_valid(&store));
    pool->claimed = 0;
    pool->free = 1;
    CHECK(!gale_store_is_valid(&store));
    pool->free = 0;
    CHECK(gale_store_is_valid(&store));
    guests[0].instance.handles.free = 5; /* never used */
    CHECK(!gale_store_is_valid(&store));
}

/* ---- running ------------------------------------------------------------------------------------------------- */

static uint32_t yield_for_ever(struct guest *g)
{
    for (unsigned n = 0; n < 1000u; n++) {
        g->logged = 0;
        guest_log(g, n);
        (void)gale_canon_thread_yield(&g->instance, false);
    }
    return 0;
}

static uint32_t yield_and_stop(struct guest *g)
{
    (void)gale_canon_thread_yield(&g->instance, false);
    gale_store_stop(&store);
    return yield_for_ever(g);
}

TEST(capacity, a_run_ends_at_its_deadline_or_when_told)
{
    guests_reset();
    CHECK_EQ(guest_start(0, 0, GUEST_ASYNC_SYNC, yield_for_ever, NULL), GALE_OK);
    CHECK_EQ(gale_store_run(&store, gale_port_now()), GALE_ETIMEDOUT);
    CHECK_EQ(guests[0].log[0], 1); /* a run makes progress */
    CHECK(!guest_tasks[0].resolved);
    CHECK_EQ(gale_store_run(&store, gale_port_now() + 1000000000u), GALE_OK);
    CHECK(guest_tasks[0].resolved);

    guests_reset();
    CHECK_EQ(guest_start(0, 0, GUEST_ASYNC_SYNC, yield_and_stop, NULL), GALE_OK);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK(!guest_tasks[0].resolved);
}
