/* SPDX-License-Identifier: Apache-2.0 */
/** Full tables, and ends that cannot be passed. */
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
TEST(limits, a_full_table_traps_whatever_is_made)
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
TEST(limits, only_an_idle_end_in_no_set_can_be_passed)
{
    static void (*const bodies[])(struct guest * g) = {move_busy,        move_writable,      move_done_stream,
                                                       move_done_future, move_stream_in_set, move_future_in_set};
    static const enum gale_trap traps[] = {GALE_TRAP_COPY_BUSY,          GALE_TRAP_WRONG_KIND,
                                           GALE_TRAP_STREAM_LIFT_DONE,   GALE_TRAP_FUTURE_LIFT_DONE,
                                           GALE_TRAP_STREAM_LIFT_IN_SET, GALE_TRAP_FUTURE_LIFT_IN_SET};

    check_traps(bodies, traps, 6);
}
