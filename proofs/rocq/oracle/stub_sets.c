/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The C side of the oracle for waitables and sets. A waitable is the writable end of a stream without elements, which
 * instance 0 holds and always has a long write pending on; each read of one element by instance 1 is a progress of it.
 */
#include <string.h>

#include "runtime.h"
#include "stub_world.h"

#define WAITABLES 6u
#define SETS 3u
#define LONG 0x0ffffffu

static uint32_t reads[WAITABLES];
static uint32_t writes[WAITABLES];
static uint32_t sets[SETS];       /* Indices; */
static gale_id records[SETS];     /* and which sets these are. */
static uint32_t fresh[WAITABLES]; /* Progress that was not told yet. */
static long version[WAITABLES];   /* Progress that was told. */
static bool gone[WAITABLES];
static bool sync_now[WAITABLES];
static bool set_gone[SETS];

static const struct gale_copy_options async_options = {NULL, NULL, true};
static const struct gale_copy_options sync_options = {NULL, NULL, false};

static unsigned todo_w, todo_s;
static long told;     /* 1: an event was told, 2 also when nobody waited for it in a set. */
static long told_set; /* Through which set. */

/* ---- telling --------------------------------------------------------------------------------------------------- */

static void arm(struct gale_instance *i, unsigned w)
{
    stub_check(gale_canon_stream_write(i, &async_options, writes[w], 0, LONG) == GALE_CANON_BLOCKED);
}

static void tell(struct gale_instance *i, unsigned w, uint32_t payload)
{
    stub_check((payload & 15u) == GALE_COPY_COMPLETED && payload >> 4 == fresh[w]);
    version[w] += (long)(payload >> 4);
    fresh[w] = 0;
    stub_say((long)w);
    stub_say(version[w]);
    arm(i, w);
}

static void tell_event(struct gale_instance *i, uint32_t code)
{
    uint32_t words[2];
    unsigned w = 0;

    memcpy(words, world_scratch.data, sizeof words);
    while (w < WAITABLES - 1u && writes[w] != words[0]) {
        w++;
    }
    stub_check(code == GALE_CANON_EVENT_STREAM_WRITE && writes[w] == words[0]);
    tell(i, w, words[1]);
    told = 1;
}

/* ---- deeds ----------------------------------------------------------------------------------------------------- */

static void do_new(struct gale_instance *i)
{
    for (unsigned w = 0; w < WAITABLES; w++) {
        const uint64_t both = gale_canon_stream_new(i, &async_options);

        reads[w] = (uint32_t)both;
        writes[w] = (uint32_t)(both >> 32);
    }
    for (unsigned s = 0; s < SETS; s++) {
        sets[s] = gale_canon_waitable_set_new(i);
        records[s] = gale__set_get(i, sets[s]);
    }
}

static void give_params(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *to)
{
    to[0].i32 = gale_value_move_stream(t, NULL, args[0].i32);
}

static void do_taken(struct gale_instance *i)
{
    (void)i;
    reads[todo_w] = world_argument;
}

static void do_give(struct gale_instance *i)
{
    for (todo_w = 0; todo_w < WAITABLES; todo_w++) {
        world_call_with(i, 1, do_taken, reads[todo_w], give_params);
        arm(i, todo_w);
    }
}

static void do_post(struct gale_instance *i)
{
    stub_check(gale_canon_stream_read(i, &async_options, reads[todo_w], 0, 1) == (GALE_COPY_COMPLETED | 1u << 4));
    fresh[todo_w]++;
}

static void do_join(struct gale_instance *i)
{
    gale_canon_waitable_join(i, writes[todo_w], todo_s < SETS ? sets[todo_s] : 0);
}

static void do_poll(struct gale_instance *i)
{
    const uint32_t code = gale_canon_waitable_set_poll(i, &world_scratch, false, sets[todo_s], 0);

    if (code != GALE_CANON_EVENT_NONE) {
        tell_event(i, code);
    }
}

static void do_direct(struct gale_instance *i)
{
    tell(i, todo_w, gale_canon_stream_cancel_write(i, &async_options, writes[todo_w]));
    told = 1;
}

/* Takes the pending write back, which has not got anywhere. */
static void disarm(struct gale_instance *i, unsigned w)
{
    stub_check(gale_canon_stream_cancel_write(i, &async_options, writes[w]) == GALE_COPY_CANCELLED);
}

static void do_sync(struct gale_instance *i)
{
    const unsigned w = todo_w;

    disarm(i, w);
    sync_now[w] = true;
    const uint32_t payload = gale_canon_stream_write(i, &sync_options, writes[w], 0, LONG);

    sync_now[w] = false;
    tell(i, w, payload);
    told = 2;
}

static void do_wait(struct gale_instance *i)
{
    const unsigned s = todo_s;

    tell_event(i, gale_canon_waitable_set_wait(i, &world_scratch, false, sets[s], 0));
    told_set = (long)s;
}

static void do_drop(struct gale_instance *i)
{
    if (fresh[todo_w] == 0 && !sync_now[todo_w] && !gone[todo_w]) {
        disarm(i, todo_w);
    }
    gale_canon_stream_drop_writable(i, &async_options, writes[todo_w]);
    gone[todo_w] = true;
    writes[todo_w] = WORLD_NO_INDEX;
}

static void do_drop_set(struct gale_instance *i)
{
    gale_canon_waitable_set_drop(i, sets[todo_s]);
    set_gone[todo_s] = true;
    sets[todo_s] = WORLD_NO_INDEX;
}

/* ---- one operation --------------------------------------------------------------------------------------------- */

static void sets_begin(void)
{
    memset(fresh, 0, sizeof fresh);
    memset(version, 0, sizeof version);
    memset(gone, 0, sizeof gone);
    memset(sync_now, 0, sizeof sync_now);
    memset(set_gone, 0, sizeof set_gone);
    world_begin();
    stub_check(world_run(0, do_new) && world_run(0, do_give));
}

static void sets_say(void)
{
    for (unsigned w = 0; w < WAITABLES; w++) {
        const struct gale_handle *h = gale_handle_table_get(&world_guests[0].instance.handles, writes[w]);

        stub_say(h != NULL && (h->lends & GALE_HANDLE_EVENT) != 0);
    }
    for (unsigned s = 0; s < SETS; s++) {
        stub_say(set_gone[s] ? -1 : (long)world.memory.sets[records[s]].members);
        stub_say(set_gone[s] ? -1 : (long)world.memory.sets[records[s]].waiting);
    }
}

/* A tick: nothing if nobody was ready; else says the set waited on, or -1, after the event. */
static long sets_tick(void)
{
    stub_check(gale_store_tick(&world) == (told != 0 ? 1 : 0));
    if (told != 0) {
        stub_say(told == 1 ? told_set : -1);
    }
    return told;
}

/* op: 0 begin, 1 post, 2 join, 3 poll, 4 direct, 5 sync, 6 wait, 7 drop, 8 drop set, 9 tick; waitable, set. */
value oracle_sets(value op, value vw, value vs, value unused)
{
    static const world_deed deeds[] = {NULL,    do_post, do_join, do_poll,    do_direct,
                                       do_sync, do_wait, do_drop, do_drop_set};
    const long kind = Long_val(op);
    long status = 0;

    (void)unused;
    stub_begin();
    todo_w = (unsigned)Long_val(vw);
    todo_s = (unsigned)Long_val(vs);
    told = 0;
    if (kind == 0) {
        sets_begin();
    } else if (kind == 9) {
        status = sets_tick();
    } else if (kind != 1 || !gone[todo_w]) {
        const bool waits = kind == 5 || kind == 6;
        const bool fine = (waits ? world_start : world_run)(kind == 1, deeds[kind]);

        status = world_outcome(fine, told != 0 ? 1 : waits ? WORLD_BLOCKED : 0);
    }
    if (status != WORLD_TRAPPED) {
        sets_say();
    }
    stub_check(gale_store_is_valid(&world));
    return Val_long(status);
}
