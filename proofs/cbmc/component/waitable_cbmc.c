/* SPDX-License-Identifier: Apache-2.0 */
/**
 * waitable-set.drop from any valid state of a small store.
 * @bound 2 instances of 2 handles and 1 set each, 2 calls, 2 threads, 1 stream or future; any index
 * @cbmc --arrays-uf-never --max-field-sensitivity-array-size 8 --unwind 6
 * @cbmc --unwindset gale_list_pool_init.0:40,gale_list_is_empty.0:40
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
