/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A store in a state that the built-ins themselves have made, for harnesses of streams, futures and error contexts.
 *
 * Two instances, A and B, with memories of 16 bytes, which are objects of just that size. A's thread SELF makes the call
 * under check. One stream or future was made by A: its end END is A's, the other, PEER, was moved to B (or stays in A).
 * A has further handles: both ends of a stream of another type, a waitable set, an error context, a free entry that was
 * used, and one that never was. Contents of memories, elements (none, of 1 or 4 bytes, numbers or not), what a call is
 * given and what B had offered before are any. All code of the library below the built-ins is the real one.
 *
 * A trap is the end of a path: `wrong` says whether the call has to trap; a trap of B's own calls is not looked at.
 */
#ifndef GALE_PROOFS_CBMC_COMPONENT_COPY_H
#define GALE_PROOFS_CBMC_COMPONENT_COPY_H

#include "harness.h"

#define GALE_ASSERTIONS 1 /* what a function asks of its caller is shown at each call inside the library */
#define GALE_STACK_MIN 16
#define GALE_TRACE 0 /* records nothing that the runtime reads */

/* memcpy() byte by byte: each is looked at, and that the ranges are apart. */
#include <stddef.h>
void *memcpy(void *to, const void *from, size_t n);

#include "component/runtime.h"

#define gale_port_context_init(context, low, bytes, entry, arg) ((void)(entry), (void)(context))

#include "component/canon_copy.c"
#include "component/canon_error_context.c"
#include "component/copy.c"
#include "component/guest_thread.c"
#include "component/handle_table.c"
#include "component/instance.c"
#include "component/ready.c"
#include "component/runtime.c"
#include "component/store.c"
#include "component/value.c"
#include "component/waitable.c"
#include "kernel/doorbell.c"
#include "kernel/list.c"

enum { MEMORY = 16, HANDLES = 7, SELF = 1 };

GALE_STORE_MEMORY_DEFINE(small, 2, 2 * HANDLES, 1, 1, 1, 2, 1, 1, 0, 1, 16, 16);
#include "component_guests.h"

static struct gale_value_type element, another;
static struct gale_copy_options mine, theirs;
static struct gale_func func;

/* ---- the port, and what is not under check -------------------------------------------------------------------- */

static bool under_check;
static bool was_blocked;

static void peer_acts(void);

#ifndef BLOCKS
static void peer_acts(void)
{
    prove(false, "this call does not wait");
}
#endif

void *memcpy(void *to, const void *from, size_t n)
{
    uint8_t *dst = to;
    const uint8_t *src = from;

    for (size_t k = 0; k < n; k++) {
        prove(&dst[k] != src && &src[k] != dst, "ST03: memcpy's ranges are apart");
        dst[k] = src[k];
    }
    return to;
}

void gale_trap_value(struct gale_instance *instance, enum gale_trap code, uint32_t value)
{
    const unsigned k = any_upto(MEMORY - 1u);

    (void)value;
    if (under_check) {
        prove(instance == A, "a trap is its caller's");
        prove(code > GALE_TRAP_NONE && code < GALE_TRAP_COUNT, "a trap has a code");
        prove(wrong, "it traps only if the arguments or the state are wrong");
        prove(bytes_b.at[k] == old_bytes_b.at[k], "ST03: a trap changes no byte of another instance");
#ifdef TRAPS
        reached();
#endif
    }
    assume(false);
    while (true) {
    }
}

void gale_port_context_switch(struct gale_port_context *from, struct gale_port_context *to)
{
    struct gale_guest_thread *t = &small_threads[SELF];

    prove(from == &small_stacks[t->stack].own && to == small_stacks[t->stack].back && !was_blocked,
          "a thread that blocks goes back to who resumed it, once");
    prove(t->state == GALE_GUEST_THREAD_WAITING && t->wait == GALE_WAIT_EVENT, "ST04: it waits for its own copy");
    was_blocked = true;
    under_check = false;
    store.current = NONE;
    peer_acts();
    assume(gale__linked(&store, SELF)); /* else the peer does more, as often as it likes */
    prove(gale__ready_take(&store) == SELF, "ST05: who waits is ready when its copy has ended");
    guest_thread_begin(&store, t, SELF, false);
    store.flow = from;
    under_check = true;
}

void gale__host_end_serve(struct gale_store *s, gale_id copy)
{
    (void)s, (void)copy;
    prove(false, "no host end");
}

void gale__host_end_closed(struct gale_store *s, gale_id copy)
{
    (void)s, (void)copy;
    prove(false, "no host end");
}

/* ---- the state ------------------------------------------------------------------------------------------------ */

static uint32_t own_end, peer_end; /* indices; the peer's is B's, or A's if `here` */
static enum gale_handle_kind own_kind, peer_kind;
static bool reads, future, here;
static gale_id copy;
static struct gale_copy old_copy;
static struct gale_handle old_own, old_peer, old_entries[2 * HANDLES];

static struct gale_instance *peer_instance(void)
{
    return here ? A : B;
}

static struct gale_handle *own(void)
{
    return &A->handles.entries[own_end - 1u];
}

static struct gale_handle *peer(void)
{
    return &peer_instance()->handles.entries[peer_end - 1u];
}

/** Without gale_store_init()'s look at the stacks' addresses, which are not constants. */
static void new_store(void)
{
    const struct gale_instance_budget of_a = {HANDLES, 1, 1, 1, 2, 1, 1};
    const struct gale_instance_budget of_b = {HANDLES, 1, 0, 0, 0, 0, 0};
    gale_id thread;

    store_begin(&store, &small_memory);
    prove(gale_instance_init(A, &store, NULL, &of_a, NULL) == GALE_OK, "A begins");
    prove(gale_instance_init(B, &store, NULL, &of_b, NULL) == GALE_OK, "B begins");
    func.instance = A;
    func.flags = GALE_FUNC_ASYNC | GALE_FUNC_ASYNC_TYPE | GALE_FUNC_STACK;
    small_tasks[0].func = &func;
    store.tasks.used = 1;
    thread = gale__thread_new(&store, 0, GALE_GUEST_THREAD_STACK | GALE_GUEST_THREAD_STARTED);
    prove(thread == SELF, "the first thread");
    gale__thread_register(A, SELF);
    small_threads[SELF].state = GALE_GUEST_THREAD_RUNNING;
    small_threads[SELF].resumer = NONE;
    small_stacks[0].back = &store.run;
    store.flow = &small_stacks[0].own;
    store.current = SELF;
    store.running = true;
    options[0].memory = &memories[0];
    options[1].memory = &memories[1];
}

static void any_bytes(void)
{
    bytes_a = nondet_bytes();
    bytes_b = nondet_bytes();
}

/** Elements of 0 (no type), 1 or 4 bytes. */
static void any_elements(void)
{
    element.size = nondet_bool() ? 4 : 1;
    element.align = element.size == 4 && nondet_bool() ? 4 : 1;
    element.flags = nondet_bool() ? GALE_VALUE_NUMBER : 0;
    another.size = 1;
    another.align = 1;
    theirs.type = nondet_bool() ? NULL : &element;
    theirs.values = &options[1];
    theirs.async = true;
    mine = theirs;
    mine.values = &options[0];
}

static uint32_t set_index;

/** The other handles of A. */
static void new_others(void)
{
    static const struct gale_copy_options other = {&another, &options[0], true};

    (void)gale_canon_stream_new(A, &other);
    set_index = gale_canon_waitable_set_new(A);
    gale_canon_error_context_drop(A, gale_canon_error_context_new(A, &options[0], 0, 0));
}

/** A stream or future of which A has the end of `kind`, and B (or A too) the other. */
static void new_pair(enum gale_handle_kind kind, bool in_a)
{
    uint64_t both;

    new_store();
    any_bytes();
    any_elements();
    own_kind = kind;
    reads = kind == GALE_HANDLE_STREAM_READ || kind == GALE_HANDLE_FUTURE_READ;
    future = kind >= GALE_HANDLE_FUTURE_READ;
    here = in_a;
    peer_kind = (enum gale_handle_kind)(reads ? kind + 1 : kind - 1);
    both = future ? gale_canon_future_new(A, &mine) : gale_canon_stream_new(A, &mine);
    own_end = reads ? 1 : 2;
    peer_end = reads ? 2 : 1;
    prove(both == (1u | (uint64_t)2u << 32), "a new pair");
    copy = 0;
    if (!here) {
        gale_handle_table_remove(&A->handles, peer_end);
        peer_end = gale_handle_table_add(&B->handles, peer_kind, copy);
    } else {
        theirs.values = &options[0];
    }
    new_others();
}

static uint32_t begin(struct gale_instance *i, const struct gale_copy_options *o, enum gale_handle_kind kind,
                      uint32_t end, uint32_t ptr, uint32_t length)
{
    switch (kind) {
    case GALE_HANDLE_STREAM_READ:
        return gale_canon_stream_read(i, o, end, ptr, length);
    case GALE_HANDLE_STREAM_WRITE:
        return gale_canon_stream_write(i, o, end, ptr, length);
    case GALE_HANDLE_FUTURE_READ:
        return gale_canon_future_read(i, o, end, ptr);
    default:
        return gale_canon_future_write(i, o, end, ptr);
    }
}

static void drop(struct gale_instance *i, const struct gale_copy_options *o, enum gale_handle_kind kind, uint32_t end)
{
    switch (kind) {
    case GALE_HANDLE_STREAM_READ:
        gale_canon_stream_drop_readable(i, o, end);
        break;
    case GALE_HANDLE_STREAM_WRITE:
        gale_canon_stream_drop_writable(i, o, end);
        break;
    case GALE_HANDLE_FUTURE_READ:
        gale_canon_future_drop_readable(i, o, end);
        break;
    default:
        gale_canon_future_drop_writable(i, o, end);
        break;
    }
}

static uint32_t peer_ptr, peer_length;

/** The peer offers anything. */
static uint32_t peer_offers(void)
{
    peer_ptr = nondet_u32();
    peer_length = future ? 1 : nondet_u32();
    return begin(peer_instance(), &theirs, peer_kind, peer_end, peer_ptr, peer_length);
}

static void peer_drops(void)
{
    drop(peer_instance(), &theirs, peer_kind, peer_end);
}

/** The call under check begins: what has been is remembered. */
static void remember(void)
{
    old_bytes_a = bytes_a;
    old_bytes_b = bytes_b;
    old_copy = small_copies[copy];
    old_own = *own();
    old_peer = *peer();
    for (unsigned n = 0; n < 2 * HANDLES; n++) {
        old_entries[n] = small_handles[n];
    }
    under_check = true;
}

/* ---- what is to hold ------------------------------------------------------------------------------------------ */

static bool same_entry(const struct gale_handle *h, const struct gale_handle *o)
{
    return h->kind == o->kind && h->state == o->state && h->lends == o->lends && h->object == o->object &&
           h->set == o->set && h->payload == o->payload;
}

/** No handle but the two ends has changed. */
static bool others_same(void)
{
    const unsigned n = any_upto(2u * HANDLES - 1u);

    return &small_handles[n] == own() || &small_handles[n] == peer() || same_entry(&small_handles[n], &old_entries[n]);
}

static bool bytes_same(void)
{
    const unsigned k = any_upto(MEMORY - 1u);

    return bytes_a.at[k] == old_bytes_a.at[k] && bytes_b.at[k] == old_bytes_b.at[k];
}

/** `bytes` bytes have gone from `src` of one memory to `dst` of another, and nothing else has changed. */
static bool bytes_moved(bool from_a, uint32_t src, bool to_a, uint32_t dst, uint32_t bytes)
{
    const unsigned k = any_upto(MEMORY - 1u);
    const bool hit = k >= dst && k - dst < bytes;
    uint8_t arrived = 0;

    if (hit) {
        arrived = (from_a ? old_bytes_a.at : old_bytes_b.at)[src + (k - dst)];
    }
    return bytes_a.at[k] == (hit && to_a ? arrived : old_bytes_a.at[k]) &&
           bytes_b.at[k] == (hit && !to_a ? arrived : old_bytes_b.at[k]);
}

/** The pending side's buffer is in its memory, and nothing has gone beyond its length. */
static bool copy_in_order(void)
{
    const struct gale_copy *c = &small_copies[copy];

    if (c->ends == 0 || c->handle == NONE) {
        return true;
    }
    return c->progress <= c->length && c->length <= GALE_COPY_LENGTH_MAX && c->instance <= 1 &&
           gale__instance(&store, c->instance)->handles.entries[c->handle - 1u].state == GALE_COPY_BUSY &&
           (c->type == NULL || c->length == 0 ||
            gale_memory_holds(&memories[c->instance], c->ptr, (uint64_t)(c->length - c->progress) * c->type->size));
}

#ifndef TRAPS
static void done(void)
{
    prove(!wrong, "ST04: wrong arguments, or an end that is not free for it, trap");
    prove(copy_in_order(), "ST02, ST03: what is pending lies in its memory, and its progress is within its request");
    prove(others_same(), "HT01: no other handle is touched");
    prove(gale_handle_table_is_valid(&A->handles) && gale_handle_table_is_valid(&B->handles),
          "HT05: each entry is in use, free once, or was never used");
    reached();
}
#endif

#endif /* GALE_PROOFS_CBMC_COMPONENT_COPY_H */
