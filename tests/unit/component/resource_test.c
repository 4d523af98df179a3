/* SPDX-License-Identifier: Apache-2.0 */
#include "guests.h"

/* Resource 0 is implemented by guest 1 with a destructor, 1 by guest 1 without, 2 by the host. */
static struct gale_func dtor;
static struct gale_resource_type kinds[3];
static const struct gale_resource_type *types[3] = {&kinds[0], &kinds[1], &kinds[2]};
static uint32_t host_dropped;
static struct gale_binding import;

static void destroy(void *guest, const union gale_flat *params, union gale_flat *results)
{
    (void)results;
    guest_log(guest, params[0].i32);
}

static void destroy_by_host(void *arg, uint32_t rep)
{
    CHECK(arg == &host_dropped);
    host_dropped = rep;
}

static void begin(void)
{
    guests_reset();
    dtor = (struct gale_func){&guests[1].instance, &guests[1].options, 0, NULL, destroy, NULL, NULL};
    kinds[0] = (struct gale_resource_type){&guests[1].instance, &dtor, NULL, NULL};
    kinds[1] = (struct gale_resource_type){&guests[1].instance, NULL, NULL, NULL};
    kinds[2] = (struct gale_resource_type){NULL, NULL, destroy_by_host, &host_dropped};
    gale_store_resource_types(&store, types, 3);
}

static void own_and_drop(struct guest *g)
{
    struct gale_instance *i = &g->instance;

    CHECK_EQ(gale_canon_resource_new(i, 0, 77), 1);
    CHECK_EQ(gale_canon_resource_new(i, 2, 88), 2);
    CHECK_EQ(gale_canon_resource_new(i, 1, 99), 3);
    CHECK_EQ(gale_canon_resource_rep(i, 0, 1), 77);
    gale_canon_resource_drop(i, 0, 1);
    gale_canon_resource_drop(i, 2, 2);
    gale_canon_resource_drop(i, 1, 3);
}

/* @verifies HT01 HT03 */
TEST(resource, dropping_an_owned_one_runs_its_destructor)
{
    begin();
    host_dropped = 0;
    CHECK_EQ(guest_run(0, own_and_drop), GALE_OK);
    CHECK_EQ(guests[1].logged, 1);
    CHECK_EQ(guests[1].log[0], 77);
    CHECK_EQ(host_dropped, 88);
    CHECK(gale_store_is_valid(&store));
}

/* ---- passing ------------------------------------------------------------------------------------------------- */

static uint32_t (*mover)(const struct gale_transfer *t, gale_id type, uint32_t handle);

static void move_handle(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *params)
{
    params[0].i32 = mover(t, 0, args[0].i32);
}

static void callee_uses(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    guest_log(g, params[0].i32);
    guest_log(g, gale_canon_resource_rep(&g->instance, 0, params[0].i32));
    (void)gale_canon_thread_yield(&g->instance, false);
    gale_canon_resource_drop(&g->instance, 0, params[0].i32);
    results[0].i32 = 0;
}

static void callee_implements(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    guest_log(g, params[0].i32);
    results[0].i32 = 0;
}

static void pass_it(struct guest *g)
{
    const uint32_t h = gale_canon_resource_new(&g->instance, 0, 55);
    const union gale_flat args[2] = {{h}, {64}};

    guest_log(g, gale_canon_lower(&g->instance, &import, args, NULL));
    guest_log(g, g->instance.handles.entries[h - 1u].lends);
}

static void pass_it_and_drop(struct guest *g)
{
    pass_it(g);
    gale_canon_resource_drop(&g->instance, 0, 1);
}

static void pass_to(unsigned callee, uint32_t (*how)(const struct gale_transfer *t, gale_id type, uint32_t handle))
{
    begin();
    mover = how;
    import = guest_binding(0, callee, GUEST_ASYNC_SYNC, true);
    import.params = move_handle;
    guests[callee].core = callee == 1u ? callee_implements : callee_uses;
}

/* @verifies HT01 */
TEST(resource, a_borrow_is_lent_until_the_call_is_over)
{
    pass_to(2, gale_value_move_borrow);
    CHECK_EQ(guest_run(0, pass_it), GALE_OK);
    CHECK_EQ(guests[0].log[0], GALE_SUBTASK_STARTED | 2u << 4);
    CHECK_EQ(guests[0].log[1], 1);
    CHECK_EQ(guests[2].log[0], 1);
    CHECK_EQ(guests[2].log[1], 55);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    /* Returned, but its event was not delivered: still lent. */
    CHECK_EQ(guests[0].instance.handles.entries[0].lends, 1);
    CHECK(gale_store_is_valid(&store));
}

TEST(resource, who_implements_it_gets_the_representation)
{
    pass_to(1, gale_value_move_borrow);
    CHECK_EQ(guest_run(0, pass_it), GALE_OK);
    CHECK_EQ(guests[0].log[0], GALE_SUBTASK_RETURNED);
    CHECK_EQ(guests[0].log[1], 0);
    CHECK_EQ(guests[1].log[0], 55);
    CHECK_EQ(guests[0].instance.left.lends, 4);
}

TEST(resource, a_lent_handle_cannot_be_dropped)
{
    pass_to(2, gale_value_move_borrow);
    CHECK_TRAP(guest_run(0, pass_it_and_drop), GALE_TRAP_LENT);
    (void)gale_store_run(&store, GALE_FOREVER);
    CHECK(gale_store_is_valid(&store));
}

/* @verifies HT03 */
TEST(resource, an_owned_one_moves)
{
    pass_to(2, gale_value_move_own);
    CHECK_TRAP(guest_run(0, pass_it_and_drop), GALE_TRAP_WRONG_KIND); /* its index is the subtask's now */
    CHECK_EQ(gale_store_trap(&store)->value, 1);
    CHECK_EQ(gale_store_run(&store, GALE_FOREVER), GALE_OK);
    CHECK_EQ(guests[1].log[0], 55); /* dropped by its new owner */
    CHECK(gale_store_is_valid(&store));
}

static void callee_keeps(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)g;
    (void)params;
    results[0].i32 = 0;
}

TEST(resource, a_borrow_that_is_kept_traps_the_callee)
{
    pass_to(2, gale_value_move_borrow);
    guests[2].core = callee_keeps;
    CHECK_TRAP(guest_run(0, pass_it), GALE_TRAP_BORROWS_LEFT);
    CHECK(guests[2].instance.poisoned);
    CHECK(gale_store_is_valid(&store));
}

static void callee_passes_on(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    const struct gale_transfer t = {{&g->instance, &g->options, NULL, 0}, {&guests[1].instance, NULL, NULL, 0}};

    results[0].i32 = gale_value_move_own(&t, 0, params[0].i32);
}

TEST(resource, a_borrow_cannot_be_given_away)
{
    pass_to(2, gale_value_move_borrow);
    guests[2].core = callee_passes_on;
    CHECK_TRAP(guest_run(0, pass_it), GALE_TRAP_NOT_OWNED);
}

/* ---- traps --------------------------------------------------------------------------------------------------- */

static void rep_of_other_type(struct guest *g)
{
    (void)gale_canon_resource_rep(&g->instance, 1, gale_canon_resource_new(&g->instance, 0, 1));
}

static void rep_of_set(struct guest *g)
{
    (void)gale_canon_resource_rep(&g->instance, 0, gale_canon_waitable_set_new(&g->instance));
}

static void drop_of_set(struct guest *g)
{
    gale_canon_resource_drop(&g->instance, 0, gale_canon_waitable_set_new(&g->instance));
}

static void drop_of_other_type(struct guest *g)
{
    gale_canon_resource_drop(&g->instance, 1, gale_canon_resource_new(&g->instance, 0, 1));
}

static void own_of_set(struct guest *g)
{
    const struct gale_transfer t = {{&g->instance, &g->options, NULL, 0}, {NULL, NULL, NULL, 0}};

    (void)gale_value_move_own(&t, 0, gale_canon_waitable_set_new(&g->instance));
}

static void own_of_other_type(struct guest *g)
{
    const struct gale_transfer t = {{&g->instance, &g->options, NULL, 0}, {NULL, NULL, NULL, 0}};

    (void)gale_value_move_own(&t, 1, gale_canon_resource_new(&g->instance, 0, 1));
}

static void full_table(struct guest *g)
{
    for (unsigned n = 0; n < 33u; n++) {
        (void)gale_canon_resource_new(&g->instance, 0, n);
    }
}

static void drop_of_entered(struct guest *g)
{
    guests[1].instance.may_enter = false;
    gale_canon_resource_drop(&g->instance, 1, gale_canon_resource_new(&g->instance, 1, 1));
}

/* @verifies HT04 HT05 */
TEST(resource, what_a_guest_must_not_do_traps)
{
    static const struct {
        void (*body)(struct guest *g);
        enum gale_trap trap;
    } cases[] = {
        {rep_of_other_type, GALE_TRAP_WRONG_RESOURCE},
        {rep_of_set, GALE_TRAP_WRONG_KIND},
        {drop_of_set, GALE_TRAP_WRONG_KIND},
        {drop_of_other_type, GALE_TRAP_WRONG_RESOURCE},
        {own_of_set, GALE_TRAP_WRONG_KIND},
        {own_of_other_type, GALE_TRAP_WRONG_RESOURCE},
        {full_table, GALE_TRAP_TABLE_FULL},
        {drop_of_entered, GALE_TRAP_CANNOT_ENTER},
    };

    for (unsigned n = 0; n < sizeof cases / sizeof cases[0]; n++) {
        test_note("case", n);
        begin();
        CHECK_TRAP(guest_run(0, cases[n].body), cases[n].trap);
        CHECK(gale_store_is_valid(&store));
    }
}

/* ---- error contexts ------------------------------------------------------------------------------------------ */

static void error_context(struct guest *g)
{
    struct gale_instance *i = &g->instance;
    const struct gale_transfer t = {{i, &g->options, NULL, 0}, {&guests[1].instance, NULL, NULL, 0}};
    const struct gale_transfer out = {{i, &g->options, NULL, 0}, {NULL, NULL, NULL, 0}};
    const uint32_t e = gale_canon_error_context_new(i, &g->options, 0, 5);

    guest_set_word(g, 132, 5);
    gale_canon_error_context_debug_message(i, &g->options, e, 128);
    CHECK_EQ(guest_word(g, 132), 0);
    CHECK_EQ(gale_value_move_error_context(&t, e), 1);
    CHECK_EQ(gale_value_move_error_context(&out, e), 0);
    gale_canon_error_context_drop(i, e);
    gale_canon_error_context_drop(i, gale_canon_waitable_set_new(i));
}

static void lift_no_error_context(struct guest *g)
{
    const struct gale_transfer t = {{&g->instance, NULL, NULL, 0}, {&guests[1].instance, NULL, NULL, 0}};

    (void)gale_value_move_error_context(&t, gale_canon_waitable_set_new(&g->instance));
}

/* @verifies HT04 */
TEST(error_context, its_message_is_empty_and_its_handle_is_of_its_kind)
{
    begin();
    CHECK_TRAP(guest_run(0, error_context), GALE_TRAP_WRONG_KIND);
    begin();
    CHECK_TRAP(guest_run(0, lift_no_error_context), GALE_TRAP_WRONG_KIND);
}

static uint32_t message_align;

static uint32_t realloc_message(struct gale_instance *i, uint32_t old, uint32_t old_size, uint32_t align, uint32_t size)
{
    (void)i, (void)old, (void)old_size;
    CHECK_EQ(size, 0);
    message_align = align;
    return 64;
}

static void error_context_encodings(struct guest *g)
{
    struct gale_instance *i = &g->instance;
    const uint32_t e = gale_canon_error_context_new(i, &g->options, 0, 0);

    for (uint8_t n = GALE_ENCODING_UTF8; n <= GALE_ENCODING_LATIN1_UTF16; n++) {
        const struct gale_value_options options = {&g->memory, realloc_message, n};

        gale_canon_error_context_debug_message(i, &options, e, 128);
        CHECK_EQ(guest_word(g, 128), 64);
        CHECK_EQ(message_align, n == GALE_ENCODING_UTF8 ? 1 : 2);
    }
}

/* @verifies HT04 */
TEST(error_context, room_for_its_message_is_aligned_as_the_encoding_wants)
{
    begin();
    CHECK_EQ(guest_run(0, error_context_encodings), GALE_OK);
}
