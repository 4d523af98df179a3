/* SPDX-License-Identifier: Apache-2.0 */
/** @file What a read or write must do, from the state that component_copy.h has made. */
#ifndef GALE_PROOFS_CBMC_COMPONENT_COPY_CALLS_H
#define GALE_PROOFS_CBMC_COMPONENT_COPY_CALLS_H

#define BLOCKS
#include "component_copy.h"

static uint32_t ptr, length;

static uint32_t smaller(uint32_t x, uint32_t y)
{
    return x < y ? x : y;
}

static bool is_dropped(void)
{
    return (old_copy.flags & GALE_COPY_IS_DROPPED) != 0;
}

static bool is_met(void)
{
    return !is_dropped() && old_copy.handle != NONE;
}

static uint32_t left(void)
{
    return old_copy.length - old_copy.progress;
}

/** Two writers of nothing do not wait for each other. */
static bool says_ready(void)
{
    return is_met() && left() == 0 && !reads && length == 0 && old_copy.length == 0;
}

static bool pends(void)
{
    return !is_dropped() && (!is_met() || (left() == 0 && !says_ready()));
}

/** Elements that pass at once. */
static uint32_t passes(void)
{
    return is_met() ? smaller(length, left()) : 0;
}

static bool place_is_wrong(void)
{
    const struct gale_value_type *type = mine.type;

    return length > GALE_COPY_LENGTH_MAX ||
           (type != NULL && length != 0 &&
            ((ptr & (type->align - 1u)) != 0 || ptr + (uint64_t)length * type->size > MEMORY));
}

/** Any arguments for A's call, any type said by it, and may it leave. */
static void any_call(void)
{
    const bool type_differs = nondet_bool();

    ptr = nondet_u32();
    length = future ? 1 : nondet_u32();
    if (mine.type == NULL && nondet_bool()) {
        mine.values = NULL;
    }
    A->may_leave = nondet_bool();
    remember();
    wrong = type_differs || !A->may_leave || old_own.state != GALE_COPY_IDLE || (!mine.async && old_own.set != NONE) ||
            place_is_wrong() || (is_met() && here && mine.type != NULL && (element.flags & GALE_VALUE_NUMBER) == 0);
    if (type_differs) {
        mine.type = mine.type == NULL ? &element : NULL;
        mine.values = &options[0];
    }
}

/** What an answer says of `count` elements that have passed. */
static uint32_t completed(uint32_t count)
{
    return future ? (uint32_t)GALE_COPY_COMPLETED : count << 4;
}

static uint32_t size(void)
{
    return mine.type == NULL ? 0 : mine.type->size;
}

static void async_call(void)
{
    const struct gale_copy *c = &small_copies[copy];
    uint32_t answer, count;

    mine.async = true;
    any_call();
    answer = begin(A, &mine, own_kind, own_end, ptr, length);
    count = passes();
    prove(reads ? bytes_moved(here, old_copy.ptr, true, ptr, count * size())
                : bytes_moved(true, ptr, here, old_copy.ptr, count * size()),
          "ST03: the bytes of the elements that pass arrive, and no other byte of either memory is touched");
    prove((answer == GALE_CANON_BLOCKED) == pends(), "ST04: it waits if and only if nothing can pass");
    if (answer == GALE_CANON_BLOCKED) {
        prove(c->handle == own_end && c->instance == 0 && c->length == length && c->progress == 0 && c->ptr == ptr &&
                  own()->state == GALE_COPY_BUSY && ((c->flags & GALE_COPY_PENDING_READ) != 0) == reads,
              "ST04: the offer is the one that waits");
        prove(!is_met() || ((peer()->lends & GALE_HANDLE_EVENT) != 0 && (peer()->payload >> 4) == old_copy.progress),
              "ST02: whose place it takes is told how many elements have passed");
    } else {
        prove(answer == (is_dropped() ? (uint32_t)GALE_COPY_DROPPED : completed(count)) && count <= length,
              "ST02, ST05: the answer says how many elements have passed, or that the other end is gone");
        prove(own()->state == (future || is_dropped() ? GALE_COPY_DONE : GALE_COPY_IDLE),
              "ST04: the end is free for the next copy, or done");
        prove(!is_met() || (c->progress == old_copy.progress + count &&
                            (count == 0 || (peer()->lends & GALE_HANDLE_EVENT) != 0)),
              "ST02: the other side goes on behind them, and is told");
        prove(!is_met() || c->handle == (future ? NONE : old_copy.handle),
              "FU01, ST04: after the value a future's other end has no offer left, and that of a stream the same");
        prove(!is_met() || !future || peer()->payload == GALE_COPY_COMPLETED,
              "FU01: the other end is told of the value");
    }
    done();
}

/** How a call that waits goes on: the peer offers anything, or goes. */
static bool peer_went;

static void peer_acts(void)
{
    peer_went = nondet_bool();
    if (peer_went) {
        peer_drops();
    } else {
        (void)peer_offers();
    }
}

static void sync_call(void)
{
    uint32_t answer, count;

    mine.async = false;
    any_call();
    answer = begin(A, &mine, own_kind, own_end, ptr, length);
    prove(was_blocked, "ST04: it waits if nothing can pass");
    count = peer_went ? 0 : smaller(length, peer_length);
    prove(answer == (peer_went ? (uint32_t)GALE_COPY_DROPPED : completed(count)),
          "ST02, ST05: the answer says how many elements have passed, or that the other end is gone");
    prove(reads ? bytes_moved(false, peer_ptr, true, ptr, count * size())
                : bytes_moved(true, ptr, false, peer_ptr, count * size()),
          "ST03: the bytes of the elements that pass arrive, and no other byte of either memory is touched");
    prove(own()->state == (future || peer_went ? GALE_COPY_DONE : GALE_COPY_IDLE) && own()->lends == 0 &&
              own()->set == NONE,
          "ST06: the buffer is back, and the end is free for the next copy, or done");
    prove(store.current == SELF && small_threads[SELF].state == GALE_GUEST_THREAD_RUNNING, "its caller goes on");
    done();
}

/** The peer has offered anything that it may. */
static void offered(enum gale_handle_kind kind, bool in_a)
{
    new_pair(kind, in_a);
    assume(peer_offers() == GALE_CANON_BLOCKED);
}

static void dropped(enum gale_handle_kind kind)
{
    new_pair(kind, false);
    peer_drops();
}

#endif /* GALE_PROOFS_CBMC_COMPONENT_COPY_CALLS_H */
