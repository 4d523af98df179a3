/* SPDX-License-Identifier: Apache-2.0 */
/**
 * context.get and context.set in the situations of a small store that the harnesses name.
 * @bound 2 threads, of one instance or of two; any slot, any values
 * @cbmc --arrays-uf-never --max-field-sensitivity-array-size 64 --unwind 8
 * @cbmc --unwindset list_init_links.0:40,list_init_links.1:20
 */
#include "component_call.h"

static void with_other(struct gale_instance *i)
{
    self_runs(NULL, STACK_LIFT);
    prove(call_started(1, NULL, i, STACK_LIFT) == OTHER, "OTHER is the second thread");
    other_suspended(false);
}

static void call_set_get(void)
{
    const uint32_t slot = any_upto(1); /* the generated code names it: a constant */
    const uint32_t v = nondet_u32();

    vary();
    gale_canon_context_set(A, slot, v);
    prove(gale_canon_context_get(A, slot) == v, "a slot holds what was put into it");
    prove(gale_canon_context_get(A, 1u - slot) == old_threads[SELF].context[1u - slot], "the other slot keeps its own");
    prove(small_threads[OTHER].context[0] == old_threads[OTHER].context[0] &&
              small_threads[OTHER].context[1] == old_threads[OTHER].context[1],
          "and so do other threads");
    prove(others_same(0) && bytes_same(), "HT01: no handle is touched");
    ended();
}

/* @mutant src/component/canon_task.c: `->context[slot] = v;` -> `->context[0] = v;`
 * @mutant src/component/canon_task.c: `i->store->current)->context[slot];` -> `i->store->current)->context[0];` */
void check_set_get(void)
{
    switch (any_upto(2)) {
        WHEN(0, self_runs(NULL, CALLBACK_LIFT), call_set_get());
        WHEN(1, with_other(A), call_set_get());
        WHEN(2, with_other(B), call_set_get());
    }
}
