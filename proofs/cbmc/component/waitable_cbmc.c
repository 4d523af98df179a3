/* SPDX-License-Identifier: Apache-2.0 */
/**
 * waitable-set.new, waitable-set.drop and waitable.join from any valid state of a small store.
 * @bound 2 instances of 2 handles and 1 set each, 2 calls, 2 threads, 1 stream or future; any indices
 * @cbmc --arrays-uf-never --max-field-sensitivity-array-size 8 --unwind 6
 * @cbmc --unwindset gale_list_pool_init.0:40,gale_list_is_empty.0:40,waitable_wake.0:3
 */
#include "component.h"

/* @mutant src/component/waitable.c: `if (record->members > 0) {` -> `if (false) {`
 * @mutant src/component/waitable.c: `if (record->waiting > 0) {` -> `if (false) {`
 * @mutant src/component/waitable.c: `gale__set_free(i, id);` -> `` */
void check_set_drop(void)
{
    const uint32_t set = nondet_u32();
    const struct gale_handle *h;

    any_state();
    h = named(set);
    wrong = !A->may_leave || h == NULL || h->kind != GALE_HANDLE_SET || small_sets[h->object].members != 0 ||
            small_sets[h->object].waiting != 0;
    gale_canon_waitable_set_drop(A, set);
    prove(!is_used(0, (gale_id)(set - 1u)) && A->left.sets == old_a.left.sets + 1, "HT03: the index names nothing now");
    prove(others_same(set) && bytes_same(), "HT01: no other handle is touched");
    done();
}

/* @mutant src/component/waitable.c: `if (i->left.sets == 0) {` -> `if (false) {`
 * @mutant src/component/waitable.c: `gale__slots_take(&s->sets, set, s->memory.sets[set].next);` -> `` */
void check_set_new(void)
{
    bool full;
    gale_id next;
    uint32_t index;

    any_state();
    next = gale__slots_next(&store.sets);
    full = A->handles.free == NONE && A->handles.used == HANDLES;
    wrong = !A->may_leave || A->left.sets == 0 || full;
    index = gale_canon_waitable_set_new(A);
    prove(named(index) == NULL && index >= 1 && index <= HANDLES, "HT01 HT02: an index that named nothing");
    prove(entry(0, (gale_id)(index - 1u))->object == next && small_sets[next].members == 0, "HT01: it names a new set");
    prove(others_same(index) && bytes_same(), "HT01: no other handle is touched");
    done();
}

/* @mutant src/component/waitable.c: `if ((h->lends & GALE_HANDLE_SYNC) != 0) {
        gale_trap(i, GALE_TRAP_SYNC_WAITER);` -> `if (false) {
        gale_trap(i, GALE_TRAP_SYNC_WAITER);`
 * @mutant src/component/waitable.c: `gale__waitable_leave(i, w);
    if (id` -> `if (id`
 * @mutant src/component/waitable.c: `i->store->memory.sets[set].members++;` -> `` */
void check_join(void)
{
    const uint32_t w = nondet_u32();
    const uint32_t set = nondet_u32();
    const struct gale_handle *h;
    const struct gale_handle *s;

    any_state();
    h = named(w);
    s = named(set);
    wrong = !A->may_leave || h == NULL || h->kind < GALE_HANDLE_SUBTASK || (h->lends & GALE_HANDLE_SYNC) != 0 ||
            (set != 0 && (s == NULL || s->kind != GALE_HANDLE_SET));
    gale_canon_waitable_join(A, w, set);
    prove(entry(0, (gale_id)(w - 1u))->set == (set == 0 ? NONE : s->object), "ST05: it is in the set, or in none");
    prove(entry(0, (gale_id)(w - 1u))->lends == h->lends && others_same(w) && bytes_same(),
          "HT01: nothing else changes");
    done();
}
