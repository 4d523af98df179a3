/* SPDX-License-Identifier: Apache-2.0 */
/**
 * resource.new, resource.rep and resource.drop in the situations of a small store that the harnesses name.
 * @bound 2 instances of 3 handles, 2 types, 2 calls; any index (drop: 0 to 4), any representation; destructors: host's, B's, none
 * @cbmc --arrays-uf-never --max-field-sensitivity-array-size 64 --unwind 8
 * @cbmc --unwindset list_init_links.0:40,list_init_links.1:20
 */
#define LENDS 1
#include "component_call.h"

enum { OWNED = 1, BORROWED = 2 }; /* indices of A; both of type 0, and the third is free */

static uint32_t destroyed;
static unsigned destructions;

static void host_destroys(void *arg, uint32_t rep)
{
    (void)arg;
    destroyed = rep;
    destructions++;
}

/** A holds a resource of type 0, and has borrowed another. */
static void with_resources(struct gale_instance *implements)
{
    self_runs(NULL, STACK_LIFT);
    resource_types[0].instance = implements;
    resource_types[0].host_dtor = implements == NULL ? host_destroys : NULL;
    prove(gale_canon_resource_new(A, 0, nondet_u32()) == OWNED, "the first index");
    prove(gale_handle_table_add(&A->handles, GALE_HANDLE_BORROW, 0) == BORROWED, "the second index");
    entry(0, BORROWED - 1)->set = 0;
    entry(0, BORROWED - 1)->payload = nondet_u32();
    small_tasks[0].borrows = 1;
}

/** B has a destructor. */
static void with_dtor(void)
{
    with_resources(B);
    fixed_func(1, B, 0);
    funcs[1].result_type = NULL;
    resource_types[0].dtor = &funcs[1];
}

/** What is owned is lent to a call that goes on. */
static void lent(void)
{
    host_binding(1);
    prove(gale__subtask_new(&store, &bindings[1], A, flats, NULL) == 1, "call 1 is subtask 1");
    gale__subtask_start_host(&store, 1, A, flats);
    small_subtasks[1].flags |= GALE_SUBTASK_OPEN;
    store.host_calls++;
    (void)handle_for(1, A);
    gale__subtask_lend(&store, 1, A, OWNED);
    params_ran = false;
}

static void full(void)
{
    (void)gale_canon_resource_new(A, 1, nondet_u32());
}

static void b_refuses(void)
{
    B->may_enter = false;
}

static bool is_resource(const struct gale_handle *h, gale_id type)
{
    return h != NULL && (h->kind == GALE_HANDLE_OWN || h->kind == GALE_HANDLE_BORROW) && h->object == type;
}

static void call_new(void)
{
    const gale_id type = (gale_id)any_upto(TYPES - 1u);
    const uint32_t rep = nondet_u32();
    uint32_t index;

    vary();
    wrong = !A->may_leave || named(3) != NULL;
    index = gale_canon_resource_new(A, type, rep);
    prove(named(index) == NULL && index >= 1 && index <= HANDLES, "HT01, HT02: an index that named nothing");
    prove(entry(0, (gale_id)(index - 1u))->object == type && entry(0, (gale_id)(index - 1u))->payload == rep,
          "HT01: it names the resource");
    prove(others_same(index) && bytes_same(), "HT01: no other handle is touched");
    ended();
}

/* @mutant src/component/resource.c: `i->handles.entries[index - 1u].payload = rep;` -> ``
 * @mutant src/component/resource.c: `if (index == 0) {` -> `if (false) {` */
void check_new(void)
{
    switch (any_upto(2)) {
        WHEN(0, self_runs(NULL, CALLBACK_LIFT), call_new());
        WHEN(1, with_resources(NULL), call_new());
        TRAPS_WHEN(2, with_resources(NULL); full(), call_new());
    }
}

static void call_rep(void)
{
    const gale_id type = (gale_id)any_upto(TYPES - 1u);
    const uint32_t index = nondet_u32();

    vary();
    wrong = !is_resource(named(index), type);
    prove(gale_canon_resource_rep(A, type, index) == named(index)->payload, "HT01: it is what the index was given for");
    prove(others_same(0) && bytes_same(), "HT01: no handle is touched");
    ended();
}

/* @mutant src/component/resource.c: `if (h->object != type) {` -> `if (false) {`
 * @mutant src/component/resource.c: `if (h->kind != GALE_HANDLE_OWN && h->kind != GALE_HANDLE_BORROW) {` -> `if (false) {` */
void check_rep(void)
{
    switch (any_upto(2)) {
        WHEN(0, with_resources(A), call_rep());
        WHEN(1, with_resources(A); full(), call_rep());
        WHEN(2, with_resources(A); lent(), call_rep());
    }
}

static void call_drop(gale_id type, uint32_t index)
{
    const struct gale_handle *h;
    bool own;

    vary();
    core_ran = params_ran = false;
    h = named(index);
    own = h != NULL && h->kind == GALE_HANDLE_OWN;
    wrong = !A->may_leave || !is_resource(h, type) || h->lends != 0 || (own && type == 0 && !B->may_enter);
    gale_canon_resource_drop(A, type, index);
    prove(named(index) != NULL && !is_used(0, (gale_id)(index - 1u)), "HT03: the index names nothing now");
    prove(destructions == (own && resource_types[type].host_dtor != NULL ? 1u : 0u) &&
              (destructions == 0 || destroyed == h->payload),
          "HT01: the host's destructor gets what it was given for, once");
    prove(core_ran == (own && resource_types[type].dtor != NULL), "B's destructor runs if it is to");
    prove(small_tasks[0].borrows == old_tasks[0].borrows - (own ? 0u : 1u), "a borrow is given back once");
    prove(others_same(index) && bytes_same(), "HT01: no other handle is touched");
    ended();
}

static void drop_first(uint32_t index)
{
    call_drop(0, index);
}

static void drop_second(uint32_t index)
{
    call_drop(1, index);
}

/* @mutant src/component/resource.c: `if (handle->lends != 0) {` -> `if (false) {`
 * @mutant src/component/resource.c: `gale__task(i->store, handle->set)->borrows--;` -> ``
 * @mutant src/component/resource.c: `} else if (t->host_dtor != NULL) {` -> `} else if (false) {`
 * @mutant src/component/resource.c: `(void)gale_canon_lower(i, &binding, args, NULL);` -> ``
 * @mutant src/component/resource.c: `} else if (!gale__instance_may_enter(type->instance,
 * gale__instance_shared(type->instance, i))) {` -> `} else if (false) {` */
void check_drop(void)
{
    switch (any_upto(7)) {
        WHEN(0, with_resources(NULL), AT_INDEX(drop_first));
        WHEN(1, with_resources(A), AT_INDEX(drop_first));
        WHEN(2, with_resources(B), AT_INDEX(drop_first));
        WHEN(3, with_dtor(), AT_INDEX(drop_first));
        WHEN(4, with_resources(B); b_refuses(), AT_INDEX(drop_first));
        WHEN(5, with_resources(NULL); lent(), AT_INDEX(drop_first));
        WHEN(6, with_dtor(); full(), AT_INDEX(drop_second));
        TRAPS_WHEN(7, with_resources(NULL), AT_INDEX(drop_second));
    }
}
