/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What an end must refuse: in each of these situations the call traps, whatever its arguments.
 * @cbmc --max-field-sensitivity-array-size 64 --unwind 18
 * @cbmc --unwindset list_init_links.0:40,list_init_links.1:40,waitable_wake.0:2
 */
#define TRAPS
#include "component_copy.h"

enum situation { BUSY, DONE, IN_SET, NO_STACK };

static void own_begins(void)
{
    mine.async = true;
    (void)begin(A, &mine, own_kind, own_end, nondet_u32(), nondet_u32());
}

static void situate(enum gale_handle_kind kind, enum situation situation)
{
    new_pair(kind, false);
    if (situation == BUSY) {
        own_begins();
    } else if (situation == DONE) {
        peer_drops();
        own_begins();
    } else if (situation == IN_SET) {
        gale_canon_waitable_join(A, own_end, set_index);
    } else {
        small_threads[SELF].stack = NONE;
    }
    mine.async = situation <= DONE && nondet_bool();
    remember();
    wrong = true;
}

static void begins(enum gale_handle_kind kind, enum situation situation)
{
    situate(kind, situation);
    (void)begin(A, &mine, own_kind, own_end, nondet_u32(), nondet_u32());
    prove(false, "ST04: an end that is busy or done, or in a set, or cannot wait, refuses a copy");
}

static void begins_any(enum gale_handle_kind kind)
{
    switch (any_upto(3)) {
    case 0:
        begins(kind, BUSY);
        break;
    case 1:
        begins(kind, DONE);
        break;
    case 2:
        begins(kind, IN_SET);
        break;
    default:
        begins(kind, NO_STACK);
        break;
    }
}

/* @bound a stream's end that is busy or done, or with the option sync in a set or on a thread without stack
 * @mutant src/component/copy.c: `if (o->handle->state != GALE_COPY_IDLE) {` -> `if (o->handle->state == GALE_COPY_DONE) {` */
void check_stream(void)
{
    if (nondet_bool()) {
        begins_any(GALE_HANDLE_STREAM_READ);
    } else {
        begins_any(GALE_HANDLE_STREAM_WRITE);
    }
}

/* @bound a future's end that is busy, or with the option sync in a set or on a thread without stack; a writer done
 * @mutant src/component/copy.c: `if (!async && h->set != GALE_ID_NONE) {` -> `if (false) {`
 * @mutant src/component/copy.c: `if (o->handle->state != GALE_COPY_IDLE) {` -> `if (o->handle->state == GALE_COPY_BUSY) {` */
void check_future(void)
{
    switch (any_upto(3)) {
    case 0:
        begins(GALE_HANDLE_FUTURE_READ, BUSY);
        break;
    case 1:
        begins(GALE_HANDLE_FUTURE_READ, IN_SET);
        break;
    case 2:
        begins(GALE_HANDLE_FUTURE_READ, NO_STACK);
        break;
    default:
        begins_any(GALE_HANDLE_FUTURE_WRITE);
        break;
    }
}

static void cancels_idle(enum gale_handle_kind kind)
{
    new_pair(kind, false);
    mine.async = nondet_bool();
    remember();
    wrong = true;
    (void)gale__copy_cancel(A, kind, &mine, own_end);
    prove(false, "ST06: what is not under way is not cancelled");
}

/* @bound an end of each kind that is idle
 * @mutant src/component/copy.c: `if (h->state != GALE_COPY_BUSY ||` -> `if (` */
void check_cancel_idle(void)
{
    switch (any_upto(3)) {
    case 0:
        cancels_idle(GALE_HANDLE_STREAM_READ);
        break;
    case 1:
        cancels_idle(GALE_HANDLE_STREAM_WRITE);
        break;
    case 2:
        cancels_idle(GALE_HANDLE_FUTURE_READ);
        break;
    default:
        cancels_idle(GALE_HANDLE_FUTURE_WRITE);
        break;
    }
}

static void drops_busy(enum gale_handle_kind kind)
{
    situate(kind, BUSY);
    drop(A, &mine, own_kind, own_end);
    prove(false, "ST04: an end that is busy is not dropped");
}

/* @bound an end of each kind that waits with any buffer
 * @mutant src/component/canon_copy.c: `if (h->state == GALE_COPY_BUSY) {` -> `if (false) {` */
void check_drop_busy(void)
{
    switch (any_upto(3)) {
    case 0:
        drops_busy(GALE_HANDLE_STREAM_READ);
        break;
    case 1:
        drops_busy(GALE_HANDLE_STREAM_WRITE);
        break;
    case 2:
        drops_busy(GALE_HANDLE_FUTURE_READ);
        break;
    default:
        drops_busy(GALE_HANDLE_FUTURE_WRITE);
        break;
    }
}

/* @bound a future's writer that is idle; its reader is idle, waits with any pointer, or was dropped and not noticed
 * @mutant src/component/canon_copy.c: `kind == GALE_HANDLE_FUTURE_WRITE && h->state != GALE_COPY_DONE` -> `false` */
void check_drop_unwritten(void)
{
    new_pair(GALE_HANDLE_FUTURE_WRITE, false);
    if (nondet_bool()) {
        peer_drops();
    } else if (nondet_bool()) {
        (void)peer_offers();
    }
    remember();
    wrong = true;
    drop(A, &mine, own_kind, own_end);
    prove(false, "FU02: a writer does not go before its value has passed, or it knows that the reader is gone");
}

/* @bound an instance with one free handle
 * @mutant src/component/canon_copy.c: `if (index == 0) {` -> `if (false) {` */
void check_new_full(void)
{
    new_pair(GALE_HANDLE_STREAM_READ, true);
    (void)gale_canon_error_context_new(A, &options[0], 0, 0);
    remember();
    wrong = true;
    (void)(nondet_bool() ? gale_canon_stream_new(A, &mine) : gale_canon_future_new(A, &mine));
    prove(false, "HT05: without two free handles there is no new stream");
}
