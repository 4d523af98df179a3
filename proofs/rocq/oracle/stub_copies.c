/* SPDX-License-Identifier: Apache-2.0 */
/** @file The C side of the oracle for streams and futures: the built-ins, called as code of the instance that is named. */
#include <string.h>

#include "stub_world.h"

/* ---- the two ends ---------------------------------------------------------------------------------------------- */

enum { READS, WRITES };

static struct gale_value_type type;
static uint32_t ends[2];   /* Index of each end in the table of its holder. */
static unsigned holder[2]; /* Which that is. */

/* What the next deed does, and what came of it. */
static struct {
    unsigned i, x, j;
    uint32_t p, n;
    bool sync;
} todo;
static long outcome;
static long returned; /* The end whose synchronous copy has returned. */
static unsigned drops;
static gale_id budget; /* Of instance 0: streams that it may make. */

static uint32_t index_for(const struct gale_instance *i, unsigned x)
{
    return i == &world_guests[holder[x]].instance ? ends[x] : WORLD_NO_INDEX;
}

static struct gale_copy_options options_of(const struct gale_instance *i, bool async)
{
    return (struct gale_copy_options){&type, &world_guests[i->id].options, async};
}

/* Whoever moves elements by a function moves them so. */
static void move_elements(const struct gale_transfer *t, uint32_t src, uint32_t dst, uint32_t count)
{
    memmove(gale_value_at(&t->to, dst, count * type.size, 1), gale_value_at(&t->from, src, count * type.size, 1),
            (size_t)count * type.size);
}

static long packed(uint32_t p)
{
    return p == GALE_CANON_BLOCKED ? WORLD_BLOCKED : (long)p;
}

/* ---- streams --------------------------------------------------------------------------------------------------- */

static void stream_new(struct gale_instance *i)
{
    const struct gale_copy_options o = options_of(i, true);
    const uint64_t both = gale_canon_stream_new(i, &o);

    ends[READS] = (uint32_t)both;
    ends[WRITES] = (uint32_t)(both >> 32);
}

static void stream_copy(struct gale_instance *i)
{
    const unsigned x = todo.x; /* others may be done while this one blocks */
    const bool sync = todo.sync;
    const struct gale_copy_options o = options_of(i, !sync);
    const uint32_t p = x == READS ? gale_canon_stream_read(i, &o, index_for(i, x), todo.p, todo.n)
                                  : gale_canon_stream_write(i, &o, index_for(i, x), todo.p, todo.n);

    outcome = packed(p);
    returned = (long)x;
}

static void copy_event(struct gale_instance *i)
{
    static const uint32_t codes[2][2] = {{GALE_CANON_EVENT_STREAM_READ, GALE_CANON_EVENT_STREAM_WRITE},
                                         {GALE_CANON_EVENT_FUTURE_READ, GALE_CANON_EVENT_FUTURE_WRITE}};
    uint32_t code = 0;
    uint32_t payload = 0;

    if (world_event(i, index_for(i, todo.x), &code, &payload)) {
        outcome = (long)payload;
        stub_check(code == codes[todo.j][todo.x]);
    }
}

static void stream_cancel(struct gale_instance *i)
{
    const struct gale_copy_options o = options_of(i, !todo.sync);

    outcome = packed(todo.x == READS ? gale_canon_stream_cancel_read(i, &o, index_for(i, todo.x))
                                     : gale_canon_stream_cancel_write(i, &o, index_for(i, todo.x)));
}

static void stream_drop(struct gale_instance *i)
{
    const struct gale_copy_options o = options_of(i, true);

    if (todo.x == READS) {
        gale_canon_stream_drop_readable(i, &o, index_for(i, todo.x));
    } else {
        gale_canon_stream_drop_writable(i, &o, index_for(i, todo.x));
    }
    drops++; /* the index stays what it was: it must be refused from now on */
}

static void stream_params(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *to)
{
    to[0].i32 = gale_value_move_stream(t, &type, args[0].i32);
}

static void copy_taken(struct gale_instance *i)
{
    ends[READS] = world_argument;
    holder[READS] = i->id;
}

static void stream_give(struct gale_instance *i)
{
    world_call_with(i, todo.j, copy_taken, index_for(i, READS), stream_params);
}

static void fault_here(struct gale_instance *i)
{
    gale_trap(i, GALE_TRAP_UNREACHABLE);
}

static void fault(struct gale_instance *i)
{
    if (todo.j == i->id) {
        fault_here(i);
    }
    world_call(i, todo.j, fault_here);
}

/* size: of an element; how: 1 a number, 2 moved by a function. */
static void stream_begin(uint32_t size, uint32_t how)
{
    type = (struct gale_value_type){size, 1, (how & 1u) != 0 ? GALE_VALUE_NUMBER : 0,
                                    (how & 2u) != 0 ? move_elements : NULL};
    holder[READS] = 0;
    holder[WRITES] = 0;
    drops = 0;
    world_begin();
    budget = world_guests[0].instance.left.streams;
    stub_check(world_run(0, stream_new) && world_guests[0].instance.left.streams == budget - 1u);
}

/* With both ends the object is gone, too. */
static void copy_check_budget(void)
{
    const struct gale_instance *i = &world_guests[0].instance;

    stub_check(drops < 2u || i->poisoned || i->left.streams == budget);
    stub_check(gale_store_is_valid(&world));
}

/* A tick: the end whose copy has returned, 2 if nobody was ready; and its result. */
static long copy_tick(void)
{
    returned = 2;
    const int status = gale_store_tick(&world);

    stub_check(status == (returned == 2 ? 0 : 1));
    stub_say(outcome);
    return returned;
}

/* op: 0 begin, 1 read, 2 write, 3 event, 4 cancel, 5 drop, 6 give, 7 poke, 8 fault, 9 tick. who: instance, other << 4,
   end << 8, synchronous << 9. */
value oracle_stream(value op, value vwho, value va, value vb)
{
    static const world_deed deeds[] = {NULL,        stream_copy, stream_copy, copy_event, stream_cancel,
                                       stream_drop, stream_give, NULL,        fault};
    const unsigned who = (unsigned)Long_val(vwho);
    const long kind = Long_val(op);
    long status = 0;

    stub_begin();
    todo.i = who & 15u;
    todo.j = who >> 4 & 15u;
    todo.x = who >> 8 & 1u;
    todo.sync = (who >> 9 & 1u) != 0;
    todo.p = (uint32_t)Long_val(va);
    todo.n = (uint32_t)Long_val(vb);
    outcome = kind >= 5 ? 0 : WORLD_BLOCKED;
    if (kind == 0) {
        stream_begin(todo.p, todo.n);
    } else if (kind == 7) {
        if (world_guests[todo.i].instance.poisoned) {
            status = WORLD_REFUSED;
        } else {
            world_guests[todo.i].memory.data[todo.p] = (uint8_t)todo.n;
        }
    } else if (kind == 9) {
        status = copy_tick();
    } else {
        const bool blocks = kind <= 2 && todo.sync;

        if (kind == 3) {
            todo.j = 0; /* events of streams */
        }
        const bool fine = (blocks ? world_start : world_run)(todo.i, deeds[kind]);

        status = world_outcome(fine, outcome);
    }
    copy_check_budget();
    world_says();
    return Val_long(status);
}

/* ---- futures --------------------------------------------------------------------------------------------------- */

#define FUTURE_FROM 8u /* Where the writer has its value, */
#define FUTURE_TO 4u   /* and where the reader wants it. */

static void future_new(struct gale_instance *i)
{
    const struct gale_copy_options o = options_of(i, true);
    const uint64_t both = gale_canon_future_new(i, &o);

    ends[READS] = (uint32_t)both;
    ends[WRITES] = (uint32_t)(both >> 32);
}

static void future_params(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *to)
{
    to[0].i32 = gale_value_move_future(t, &type, args[0].i32);
}

static void future_give(struct gale_instance *i)
{
    world_call_with(i, 1, copy_taken, ends[READS], future_params);
}

static void future_copy(struct gale_instance *i)
{
    const struct gale_copy_options o = options_of(i, true);

    if (todo.x == READS) {
        outcome = packed(gale_canon_future_read(i, &o, index_for(i, READS), FUTURE_TO));
    } else {
        world_guests[i->id].memory.data[FUTURE_FROM] = (uint8_t)todo.n;
        outcome = packed(gale_canon_future_write(i, &o, index_for(i, WRITES), FUTURE_FROM));
    }
}

static void future_cancel(struct gale_instance *i)
{
    const struct gale_copy_options o = options_of(i, !todo.sync);

    outcome = packed(todo.x == READS ? gale_canon_future_cancel_read(i, &o, index_for(i, READS))
                                     : gale_canon_future_cancel_write(i, &o, index_for(i, WRITES)));
}

static void future_drop(struct gale_instance *i)
{
    const struct gale_copy_options o = options_of(i, true);

    if (todo.x == READS) {
        gale_canon_future_drop_readable(i, &o, index_for(i, READS));
    } else {
        gale_canon_future_drop_writable(i, &o, index_for(i, WRITES));
    }
    drops++; /* the index stays what it was: it must be refused from now on */
}

/* given: the readable end goes to another instance. */
static void future_begin(bool given)
{
    stream_begin(1, 1);
    budget--; /* for the stream */
    stub_check(world_run(0, future_new) && (!given || world_run(0, future_give)));
}

/* op: 0 begin, 1 read, 2 write, 3 event, 4 cancel, 5 drop, 6 fault of the end's holder. Says the reader's byte. */
value oracle_future(value op, value vx, value vn, value vsync)
{
    static const world_deed deeds[] = {NULL,          future_copy, future_copy, copy_event,
                                       future_cancel, future_drop, fault_here};
    const long kind = Long_val(op);
    long status = 0;

    stub_begin();
    todo.x = (unsigned)Long_val(vx);
    todo.j = 1; /* events of futures */
    todo.n = (uint32_t)Long_val(vn);
    todo.sync = Long_val(vsync) != 0;
    outcome = kind >= 5 ? 0 : WORLD_BLOCKED;
    if (kind == 0) {
        future_begin(todo.x != 0);
    } else {
        const bool fine = world_run(holder[todo.x], deeds[kind]);

        status = world_outcome(fine, outcome);
    }
    stub_say(world_guests[holder[READS]].memory.data[FUTURE_TO]);
    copy_check_budget();
    return Val_long(status);
}
