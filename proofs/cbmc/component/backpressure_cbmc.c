/* SPDX-License-Identifier: Apache-2.0 */
/**
 * backpressure.inc and backpressure.dec from any valid state of a small store.
 * @bound 2 instances of 2 handles and 1 set each, 2 calls, 2 threads, 1 stream or future; any state of them
 * @cbmc --arrays-uf-never --max-field-sensitivity-array-size 8 --unwind 6
 * @cbmc --unwindset gale_list_pool_init.0:40,gale_list_is_empty.0:40
 */
#include "component.h"

/* @mutant src/component/canon_task.c: `if (i->backpressure == CANON_TASK_BACKPRESSURE_MAX) {` -> `if (false) {`
 * @mutant src/component/canon_task.c: `i->backpressure++;` -> `` */
void check_backpressure_inc(void)
{
    any_state();
    wrong = A->backpressure == 65535u;
    gale_canon_backpressure_inc(A);
    prove(A->backpressure == old_a.backpressure + 1u, "TK05: the gate is closed, once more");
    prove(gale__instance_is_closed(A, false) && gale__instance_is_closed(A, true), "TK05: nothing may start now");
    prove(others_same(0) && bytes_same(), "HT01: no handle is touched");
    done();
}

/* @mutant src/component/canon_task.c: `if (i->backpressure == 0) {` -> `if (false) {`
 * @mutant src/component/canon_task.c: `if (i->queued != 0) {` -> `if (false) {` */
void check_backpressure_dec(void)
{
    any_state();
    wrong = A->backpressure == 0;
    gale_canon_backpressure_dec(A);
    prove(A->backpressure == old_a.backpressure - 1u, "one less");
    prove(instance_ok(A), "who waits at an open gate is offered");
    prove(others_same(0) && bytes_same(), "HT01: no handle is touched");
    done();
}
