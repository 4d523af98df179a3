/* SPDX-License-Identifier: Apache-2.0 */
/** Values between guests, and between a guest and the arena of the host. */
#include "guests.h"

static GALE_ALIGNED(8) uint8_t arena_bytes[64];
static struct gale_arena arena = {{arena_bytes, sizeof arena_bytes, 0, 0}, 0};
static const struct gale_value_options host_options = {&arena.memory, NULL, 0};
static struct gale_resource_type kind; /* of the host */
static const struct gale_resource_type *types[1] = {&kind};
static unsigned destroyed;

static void destroy(void *arg, uint32_t rep)
{
    (void)arg;
    destroyed = rep;
}

static void begin(void)
{
    guests_reset();
    kind = (struct gale_resource_type){NULL, NULL, destroy, NULL};
    gale_store_resource_types(&store, types, 1);
    destroyed = 0;
    arena.used = 0;
    memset(arena_bytes, 0, sizeof arena_bytes);
}

/* ---- arena --------------------------------------------------------------------------------------------------- */

static uint32_t use_arena(struct guest *g)
{
    const struct gale_value_side host = {NULL, &host_options, &g->instance, 0};
    uint32_t at = gale_value_realloc(&host, 0, 0, 1, 3);

    guest_log(g, at);
    memcpy(arena_bytes + at, "abc", 3);
    at = gale_value_realloc(&host, at, 3, 4, 8); /* grows: moves */
    guest_log(g, at);
    CHECK_EQ(memcmp(arena_bytes + at, "abc", 3), 0);
    guest_log(g, gale_value_realloc(&host, at, 8, 4, 2)); /* shrinks: stays */
    guest_log(g, gale_value_realloc(&host, 0, 0, 8, 8));
    guest_log(g, gale_value_realloc(&host, 0, 0, 1, 40));
    guest_log(g, gale_value_realloc(&host, 0, 0, 1, 1)); /* 64 are used */
    return 0;
}

/* @verifies ST03 */
TEST(value, an_arena_hands_out_what_it_has_and_no_more)
{
    begin();
    CHECK_TRAP(guest_do(0, use_arena), GALE_TRAP_NO_REALLOC);
    CHECK_LOG(&guests[0], 0, 4, 4, 16, 24);
    CHECK(guests[0].instance.poisoned); /* it asked for more than the host has */
}

static uint32_t reach(struct guest *g)
{
    const struct gale_value_side side = {&g->instance, &g->options, NULL, 0};

    CHECK(gale_value_at(&side, GUEST_PAGE - 8u, 8, 8) == g->memory.data + GUEST_PAGE - 8u);
    CHECK(gale_value_at(&side, GUEST_PAGE, 0, 4) == g->memory.data + GUEST_PAGE);
    (void)gale_value_at(&side, g->note[0], 8, 4);
    return 0;
}

/* @verifies ST03 */
TEST(value, an_address_is_aligned_and_in_memory_with_all_its_bytes)
{
    static const uint32_t wrong[] = {GUEST_PAGE - 4u, GUEST_PAGE, UINT32_MAX - 3u};

    for (unsigned n = 0; n < 3u; n++) {
        begin();
        guests[0].note[0] = wrong[n];
        CHECK_TRAP(guest_do(0, reach), GALE_TRAP_OUT_OF_BOUNDS);
    }
    begin();
    guests[0].note[0] = 2;
    CHECK_TRAP(guest_do(0, reach), GALE_TRAP_UNALIGNED);
}

/* ---- resources of the host ----------------------------------------------------------------------------------- */

static struct gale_binding import;
static uint32_t seen;

static void pass_borrow(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *params)
{
    params[0].i32 = gale_value_move_borrow(t, 0, args[0].i32);
}

static void start(void *arg, const struct gale_host_call *call, const union gale_flat *params)
{
    (void)arg;
    seen = params[0].i32;
    (void)gale_host_call_return(call, params);
}

static const struct gale_host_func host_func = {NULL, &host_options, 0, start, NULL};

static uint32_t pass_to_host(struct guest *g)
{
    const struct gale_transfer in = {{NULL, &host_options, &g->instance, 0}, {&g->instance, &g->options, NULL, 0}};
    const struct gale_transfer out = {{&g->instance, &g->options, NULL, 0}, {NULL, &host_options, &g->instance, 0}};
    const uint32_t h = gale_value_move_own(&in, 0, 71);
    union gale_flat args[1];

    args[0].i32 = h;
    (void)gale_canon_lower(&g->instance, &import, args, NULL); /* lends it */
    guest_log(g, g->instance.handles.entries[h - 1u].lends);
    guest_log(g, gale_value_move_own(&out, 0, h));
    guest_log(g, gale_value_move_error_context(&in, 0));
    return 0;
}

/* @verifies HT01 HT03 */
TEST(value, a_resource_goes_to_the_host_and_comes_from_it)
{
    begin();
    import = (struct gale_binding){NULL, &host_func, &guests[0].options, 0, 1, pass_borrow, NULL};
    CHECK_EQ(guest_do(0, pass_to_host), GALE_OK);
    CHECK_EQ(seen, 71);
    CHECK_LOG(&guests[0], 0, 71, 1); /* the index that the resource had */
    CHECK_EQ(guests[0].instance.left.lends, 4);
}

static uint32_t drop_what_was_lent(struct guest *g)
{
    gale_canon_resource_drop(&g->instance, 0, g->note[0]);
    return 0;
}

static void take_borrow(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *params)
{
    params[0].i32 = args[0].i32;
    guests[0].note[0] = gale_value_move_borrow(t, 0, 72);
}

/* @verifies HT01 */
TEST(value, the_host_lends_without_a_handle_of_its_own)
{
    struct gale_binding b;
    const union gale_flat args[1] = {{0}};
    union gale_flat results[1];

    begin();
    CHECK_EQ(guest_start(0, 0, GUEST_SYNC, drop_what_was_lent, NULL), GALE_ETRAP); /* there is none yet */
    begin();
    b = guest_binding(GUESTS, 0, GUEST_SYNC, false);
    b.callee = &guest_call_funcs[0];
    guest_call_funcs[0].instance = &guests[0].instance;
    b.params = take_borrow;
    CHECK_EQ(gale_store_invoke(&store, &b, args, results, &guest_task), GALE_OK);
    CHECK_EQ(guests[0].note[0], 1);
    CHECK_EQ(destroyed, 0);
}

/* ---- what cannot be moved ------------------------------------------------------------------------------------ */

static void lend_and_move(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *params)
{
    (void)gale_value_move_borrow(t, 0, args[0].i32);
    params[0].i32 = gale_value_move_own(t, 0, args[0].i32);
}

static uint32_t pass_new(struct guest *g)
{
    union gale_flat args[1];

    args[0].i32 = gale_canon_resource_new(&g->instance, 0, 5);
    (void)gale_canon_lower(&g->instance, &import, args, NULL);
    return 0;
}

static void lend_often(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *params)
{
    for (unsigned n = 0; n < 5u; n++) {
        params[0].i32 = gale_value_move_borrow(t, 0, args[0].i32);
    }
}

/* @verifies HT01 */
TEST(value, what_is_lent_cannot_be_given_away_nor_lent_without_end)
{
    begin();
    import = (struct gale_binding){NULL, &host_func, &guests[0].options, 0, 1, lend_and_move, NULL};
    CHECK_TRAP(guest_do(0, pass_new), GALE_TRAP_LENT);
    begin();
    import.params = lend_often;
    CHECK_TRAP(guest_do(0, pass_new), GALE_TRAP_BUDGET);
}

static uint32_t move_of_another_type(struct guest *g)
{
    const struct gale_transfer t = {{&g->instance, &g->options, NULL, 0}, {&guests[1].instance, NULL, NULL, 0}};
    const struct gale_copy_options o = guest_copy(0, &type_u32, true);

    (void)gale_canon_stream_new(&g->instance, &o);
    return gale_value_move_stream(&t, &type_char, 1);
}

/* @verifies HT04 */
TEST(value, an_end_moves_as_what_it_is)
{
    begin();
    CHECK_TRAP(guest_do(0, move_of_another_type), GALE_TRAP_WRONG_KIND);
}

static uint32_t drop_of_poisoned(struct guest *g)
{
    guests[1].instance.poisoned = true;
    kind.instance = &guests[1].instance;
    gale_canon_resource_drop(&g->instance, 0, gale_canon_resource_new(&g->instance, 0, 1));
    return 0;
}

/* @verifies IN01 */
TEST(value, a_resource_whose_owner_has_trapped_cannot_be_dropped)
{
    begin();
    CHECK_TRAP(guest_do(0, drop_of_poisoned), GALE_TRAP_POISONED);
}
