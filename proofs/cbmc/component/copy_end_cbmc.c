/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Ends of streams and futures: new ones, and which end an index names.
 * @cbmc --max-field-sensitivity-array-size 64 --unwind 18
 * @cbmc --unwindset list_init_links.0:40,list_init_links.1:40,waitable_wake.0:2
 */
#include "component_copy.h"

/** The call under check comes: any type said by it, and may it leave. */
static void any_call(void)
{
    const bool type_differs = nondet_bool();

    A->may_leave = nondet_bool();
    remember();
    wrong = type_differs || !A->may_leave;
    if (type_differs) {
        mine.type = mine.type == NULL ? &element : NULL;
    }
}

/* ---- which end ------------------------------------------------------------------------------------------------ */

static void any_end(enum gale_handle_kind kind, bool in_a)
{
    const uint32_t index = nondet_u32();

    new_pair(kind, in_a);
    any_call();
    wrong = wrong || index != own_end;
    prove(gale__copy_end(A, kind, mine.type, index) == own(), "HT01: it is the end that the index names");
    prove(bytes_same(), "ST03: no byte is touched");
    done();
}

/* @bound an end of each kind among other handles of its instance, where each call of an end begins; any index
 * @mutant src/component/copy.c: `h->kind != kind ||` -> ``
 * @mutant src/component/copy.c: `if (h->kind != kind || gale__copy(i->store, h->object)->type != type) {` -> `if (h->kind != kind) {`
 * @mutant src/component/copy.c: `if (!i->may_leave) {` -> `if (false) {` */
void check_named(void)
{
    switch (any_upto(3)) {
    case 0:
        any_end(GALE_HANDLE_STREAM_READ, nondet_bool());
        break;
    case 1:
        any_end(GALE_HANDLE_STREAM_WRITE, false);
        break;
    case 2:
        any_end(GALE_HANDLE_FUTURE_READ, true);
        break;
    default:
        any_end(GALE_HANDLE_FUTURE_WRITE, false);
        break;
    }
}

/* ---- new ------------------------------------------------------------------------------------------------------ */

static void make(bool of_future)
{
    uint64_t both;

    new_store();
    any_bytes();
    any_elements();
    own_end = 1;
    peer_end = 2;
    here = true;
    A->left.streams = (gale_id)any_upto(2);
    A->may_leave = nondet_bool();
    remember();
    wrong = !A->may_leave || A->left.streams == 0;
    old_own.lends = A->left.streams;
    both = of_future ? gale_canon_future_new(A, &mine) : gale_canon_stream_new(A, &mine);
    prove(both == (1u | (uint64_t)2u << 32), "HT02: two indices that named nothing");
    prove(own()->object == 0 && peer()->object == 0 &&
              own()->kind == (of_future ? GALE_HANDLE_FUTURE_READ : GALE_HANDLE_STREAM_READ) &&
              peer()->kind == own()->kind + 1,
          "HT04: a readable and a writable end of it");
    prove(own()->state == GALE_COPY_IDLE && peer()->state == GALE_COPY_IDLE && small_copies[0].ends == 2 &&
              small_copies[0].handle == NONE && small_copies[0].type == mine.type &&
              ((small_copies[0].flags & GALE_COPY_IS_FUTURE) != 0) == of_future,
          "ST04: neither end is busy");
    prove(A->left.streams + 1u == old_own.lends && bytes_same(), "HT05: it counts in the budget");
    done();
}

/* @bound an instance without handles, any budget
 * @mutant src/component/canon_copy.c: `i->left.streams--;` -> ``
 * @mutant src/component/canon_copy.c: `if (i->left.streams == 0) {` -> `if (false) {`
 * @mutant src/component/copy.c: `c->ends = 2;` -> `c->ends = 1;` */
void check_new(void)
{
    if (nondet_bool()) {
        make(true);
    } else {
        make(false);
    }
}
