/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Random built-ins of three guests against a plain model: streams, futures, waitable sets, resources and error contexts
 * in their handle tables, ends that move between guests, and wrong calls, which must trap and leave the others alone.
 *
 * The model's copy of each memory must agree byte by byte after each operation.
 */
#include "copy_model.h"
#include "random.h"

#define STEPS 200000u /* that are made; those that come up and are not are not counted */
#define EPISODE 4000u
#define WRONG_ONE_IN 100u   /* of the wrong calls that come up, so many are made */
#define UNKNOWN_ONE_IN 800u /* likewise, of those that are wrong in their index */

static struct op op;
static bool ran; /* code of the guest */

static void begin(void)
{
    model_begin();
    guests_begin();
}

/* ---- choosing ------------------------------------------------------------------------------------------------ */

/* True for a handle that `what` is meant for. */
static bool suits(enum operation what, const struct model_handle *h)
{
    switch (what) {
    case OP_CANCEL:
        return h->kind >= GALE_HANDLE_STREAM_READ && h->state == GALE_COPY_BUSY;
    case OP_MOVE:
        return h->kind == GALE_HANDLE_STREAM_READ || h->kind == GALE_HANDLE_FUTURE_READ;
    case OP_SET_DROP:
    case OP_POLL:
        return h->kind == GALE_HANDLE_SET;
    case OP_RESOURCE_REP:
    case OP_RESOURCE_DROP:
        return h->kind == GALE_HANDLE_OWN;
    case OP_CONTEXT_DROP:
        return h->kind == GALE_HANDLE_ERROR_CONTEXT;
    default:
        return h->kind >= GALE_HANDLE_STREAM_READ;
    }
}

/* An index that suits `what`, most of the time. */
static uint32_t choose_index(struct random_state *r, enum operation what, unsigned guest)
{
    uint32_t index = random_below(r, HANDLES + 2u);

    for (unsigned n = 0; n < 24u && (index > HANDLES || !suits(what, &model[guest].handles[index])); n++) {
        index = random_below(r, HANDLES + 2u);
    }
    return index;
}

/* The kind and type of the end that `index` is, most of the time. */
static void choose_end(struct random_state *r, struct op *o)
{
    const struct model_handle *h = &model[o->guest].handles[o->index > HANDLES ? 0 : o->index];

    o->kind = (enum gale_handle_kind)(GALE_HANDLE_STREAM_READ + random_below(r, 4));
    o->type = random_below(r, TYPES);
    if (h->kind >= GALE_HANDLE_STREAM_READ && random_below(r, 50) != 0) {
        o->kind = h->kind;
        o->type = copies[h->copy].type;
    }
}

/* A buffer; a writer fills it with the elements that come next. */
static void choose_buffer(struct random_state *r, struct op *o)
{
    const unsigned copy = model[o->guest].handles[o->index > HANDLES ? 0 : o->index].copy;

    o->ptr = o->index * BUFFER + 4u * random_below(r, 2);
    o->length = op_future(o) || random_below(r, 4) != 0 ? 1u + random_below(r, 7) : 0;
    o->length = op_future(o) ? 1 : o->length;
    if (o->type != TYPE_NONE && random_below(r, 40) == 0) {
        o->ptr = PAGE - o->length * sizes[o->type] + 1u + random_below(r, 8); /* beyond, aligned or not */
    }
    if (random_below(r, 40) == 0 && !op_future(o)) {
        o->length = random_below(r, 2) == 0 ? GALE_COPY_LENGTH_MAX + 1u : UINT32_MAX;
    }
    if (!op_reads(o) && model_expect(o) == GALE_TRAP_NONE) {
        for (uint32_t n = 0; n < o->length; n++) {
            element(o->type, copies[copy].moved + n, pages[o->guest] + o->ptr + n * sizes[o->type]);
        }
        memcpy(model[o->guest].page, pages[o->guest], PAGE);
    }
}

/* Copies come up most, then sets. */
static enum operation choose_what(struct random_state *r)
{
    static const uint8_t weights[OPS] = {6, 40, 6, 8, 6, 3, 1, 14, 12, 1, 2, 1, 5, 1};
    uint32_t n = random_below(r, 106);
    unsigned what = 0;

    while (n >= weights[what]) {
        n -= weights[what++];
    }
    return (enum operation)what;
}

static void choose(struct random_state *r, struct op *o)
{
    *o = (struct op){.what = choose_what(r), .guest = random_below(r, COUNT)};
    o->index = choose_index(r, o->what, o->guest);
    choose_end(r, o);
    if (o->what == OP_NEW) {
        o->kind = random_below(r, 3) == 0 ? GALE_HANDLE_FUTURE_READ : GALE_HANDLE_STREAM_READ;
    } else if (o->what == OP_MOVE) {
        o->kind = op_future(o) ? GALE_HANDLE_FUTURE_READ : GALE_HANDLE_STREAM_READ;
        o->other = random_below(r, COUNT);
    } else if (o->what == OP_JOIN) {
        o->other = random_below(r, 4) == 0 ? 0 : choose_index(r, OP_POLL, o->guest);
    } else {
        o->other = (uint32_t)random_next(r);
    }
    if (o->what == OP_BEGIN) {
        choose_buffer(r, o);
    }
}

/* ---- comparing ----------------------------------------------------------------------------------------------- */

static void compare_tables(void)
{
    for (unsigned g = 0; g < COUNT; g++) {
        CHECK(memcmp(pages[g], model[g].page, PAGE) == 0);
        CHECK_EQ(instances[g].poisoned, model[g].dead);
        CHECK(gale_handle_table_get(&instances[g].handles, 0) == NULL);
        for (unsigned k = 1; k <= HANDLES; k++) {
            const struct gale_handle *h = gale_handle_table_get(&instances[g].handles, k);

            CHECK_EQ(h == NULL ? GALE_HANDLE_FREE : h->kind, model[g].handles[k].kind);
        }
    }
}

static void step_trap(enum gale_trap trap)
{
    CHECK_EQ(guests_run(&op, &ran), GALE_ETRAP);
    CHECK(ran);
    CHECK_EQ(gale_store_trap(&store)->code, trap);
    model_kill(op.guest);
    if (op.what == OP_MOVE && trap == GALE_TRAP_TABLE_FULL) {
        model_kill(op.other); /* whose table it was */
    }
}

static void step_dead(void)
{
    CHECK_EQ(guests_run(&op, &ran), GALE_ETRAP);
    CHECK(!ran);
    CHECK_EQ(gale_store_trap(&store)->code, GALE_TRAP_POISONED);
}

static bool is_made(struct random_state *r, enum gale_trap trap)
{
    if (model[op.guest].dead) {
        return random_below(r, WRONG_ONE_IN) == 0;
    }
    if (op.what == OP_MOVE && model[op.other].dead) {
        return false;
    }
    if (trap == GALE_TRAP_UNKNOWN_HANDLE || trap == GALE_TRAP_WRONG_KIND) {
        return random_below(r, UNKNOWN_ONE_IN) == 0;
    }
    if (trap == GALE_TRAP_TABLE_FULL && op.what == OP_MOVE) {
        return true; /* rare: an end is lost between two tables */
    }
    return trap == GALE_TRAP_NONE || random_below(r, WRONG_ONE_IN) == 0;
}

/* One operation; false if what came up is not made. */
static bool step(struct random_state *r)
{
    enum gale_trap trap;

    choose(r, &op);
    trap = model_expect(&op);
    if (!is_made(r, trap)) {
        return false;
    }
    if (model[op.guest].dead) {
        step_dead();
    } else if (trap != GALE_TRAP_NONE) {
        step_trap(trap);
    } else {
        const uint64_t wanted = model_apply(&op);

        CHECK_EQ(guests_run(&op, &ran), GALE_OK);
        CHECK_EQ(op.result, wanted);
    }
    return true;
}

/* Begins anew after a time, and when nobody is left, or only one for a while. */
static bool is_over(struct random_state *r, uint32_t steps)
{
    const unsigned dead = (unsigned)model[0].dead + model[1].dead + model[2].dead;

    return steps % EPISODE == 0 || dead == COUNT || (dead == COUNT - 1u && random_below(r, 200) == 0);
}

/* @verifies ST01 ST02 ST03 ST04 ST05 ST06 ST07 FU01 FU02 HT01 HT02 HT03 HT04 HT05 IN01 IN02 */
TEST(copy_prop, streams_futures_sets_and_tables_do_as_a_plain_model_does)
{
    struct random_state r = random_seed(20261122);
    uint32_t steps = 0;

    begin();
    while (steps < STEPS && test_failures() == 0) {
        if (step(&r)) {
            compare_tables();
            steps++;
            CHECK(steps % 64u != 0 || gale_store_is_valid(&store));
        }
        if (is_over(&r, steps)) {
            begin();
        }
    }
    test_note("step", steps);
}
