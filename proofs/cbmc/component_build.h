/* SPDX-License-Identifier: Apache-2.0 */
/** @file Building any valid state of the small store, and what a call must leave. */
#ifndef GALE_PROOFS_CBMC_COMPONENT_BUILD_H
#define GALE_PROOFS_CBMC_COMPONENT_BUILD_H

static struct gale_handle old_handles[2 * HANDLES];
static struct gale_copy old_copies[COPIES];
static struct gale_task old_tasks[TASKS];
static struct gale_subtask old_subtasks[SUBTASKS];
static struct gale_guest_thread old_threads[THREADS];
static struct gale_instance old_a, old_b;
static gale_id old_owner[THREADS];

/* ---- the world ----------------------------------------------------------------------------------------------- */

static void any_types(void)
{
    for (unsigned n = 0; n < 2; n++) {
        types[n].align = nondet_bool() ? 1 : nondet_bool() ? 2 : 4;
        types[n].size = types[n].align * (1u + any_upto(1));
        types[n].flags = nondet_bool() ? GALE_VALUE_NUMBER : 0;
        types[n].move = n == 0 ? NULL : any_move;
        options[n].memory = &memories[n];
        options[n].realloc = nondet_bool() ? any_realloc : NULL;
        options[n].encoding = GALE_ENCODING_UTF8;
    }
    for (unsigned n = 0; n < TYPES; n++) {
        resource_types[n].instance = nondet_bool() ? (nondet_bool() ? A : B) : NULL;
        resource_types[n].host_dtor = nondet_bool() ? any_host_dtor : NULL;
    }
}

static void any_func(unsigned n, struct gale_instance *i)
{
    struct gale_func *f = &funcs[n];

    f->instance = i;
    f->options = nondet_bool() ? &options[i->id] : NULL;
    f->flags = nondet_u8();
    f->result_type = nondet_bool() ? &types[0] : NULL;
    f->core = any_core;
    f->callback = any_callback;
    f->post_return = nondet_bool() ? any_post_return : NULL;
    assume(func_ok(f));
    bindings[n].callee = f;
    bindings[n].options = nondet_bool() ? &options[0] : NULL;
    bindings[n].flags = nondet_bool() ? GALE_LOWER_ASYNC : 0;
    bindings[n].args = (uint8_t)any_upto(GALE_FLAT_ASYNC_ARGS);
    bindings[n].params = nondet_bool() ? any_params : NULL;
    bindings[n].results = nondet_bool() ? any_results : NULL;
}

static void new_store(void)
{
    const struct gale_instance_budget of_a = {HANDLES, 3, 2, 2, COPIES, SETS, LENDS};
    const struct gale_instance_budget of_b = {HANDLES, 1, 1, 1, 0, SETS, 0};

    prove(gale_store_init(&store, &small_memory) == GALE_OK && gale_instance_init(A, &store, NULL, &of_a, NULL) == 0 &&
              gale_instance_init(B, &store, NULL, &of_b, NULL) == GALE_OK,
          "a new store");
    gale_store_resource_types(&store, resource_table, TYPES);
    store.running = true;
    store.begun = true;
    any_types();
    any_func(0, A);
    any_func(1, nondet_bool() ? A : B);
    any_func(2, nondet_bool() ? A : B);
    host_func = (struct gale_host_func){NULL, NULL, nondet_bool() ? GALE_FUNC_ASYNC_TYPE : 0, any_host_start,
                                        nondet_bool() ? any_host_cancel : NULL};
    if (nondet_bool()) {
        bindings[1].callee = NULL;
        bindings[1].host = &host_func;
    }
}

/* ---- its objects --------------------------------------------------------------------------------------------- */

static void any_instance(struct gale_instance *i)
{
    const unsigned parent = any_upto(2);

    i->backpressure = nondet_u32();
    i->exclusive = nondet_bool() ? NONE : ALONE || nondet_bool() ? SELF : OTHER;
    i->may_leave = nondet_bool();
    i->may_enter = nondet_bool();
    i->poisoned = i == B && nondet_bool();
    i->left.streams = (gale_id)any_upto(COPIES);
    i->left.sets = (gale_id)any_upto(SETS);
    i->left.tasks = (gale_id)any_upto(2);
    i->left.subtasks = (gale_id)any_upto(2);
    i->left.lends = (gale_id)any_upto(LENDS);
    if (parent == 2 && i == A) {
        A->parent = B;
        A->depth = 1;
    } else if (parent == 2 && A->parent == NULL) {
        B->parent = A;
        B->depth = 1;
    }
}

static void any_call(gale_id n)
{
    struct gale_task *t = &small_tasks[n];
    struct gale_subtask *st = &small_subtasks[n];

    t->func = NULL;
    if (n == 0 || (!ALONE && nondet_bool())) {
        t->func = &funcs[n];
        t->subtask = nondet_bool() ? n : NONE;
        t->implicit = nondet_bool() ? (gale_id)any_upto(OTHER) : NONE;
        t->threads = (gale_id)any_upto(2);
        t->borrows = (gale_id)any_upto(HANDLES);
        t->state = nondet_u8();
    }
    st->binding = NULL;
    if (!(ALONE && n != 0) && nondet_bool()) {
        st->binding = &bindings[n];
        st->instance = nondet_bool() ? NONE : (gale_id)any_upto(1);
        st->host = st->instance == NONE ? &host_task : NULL;
        st->args = flats;
        st->results = flats;
        st->task = nondet_bool() ? n : NONE;
        st->handle = nondet_bool() ? NONE : (gale_id)any_upto(HANDLES > OTHER ? HANDLES : OTHER);
        st->lenders = NONE;
        st->state = nondet_u8();
        st->flags = nondet_u8();
    }
    host_task.on_resolve = any_on_resolve;
}

static void any_thread(gale_id n, gale_id task)
{
    struct gale_guest_thread *t = &small_threads[n];

    t->context[0] = nondet_u32();
    t->context[1] = nondet_u32();
    t->fn = any_fn;
    t->task = task;
    t->stack = nondet_bool() ? NONE : (gale_id)(n - SELF);
    t->state = n == SELF ? GALE_GUEST_THREAD_RUNNING : nondet_u8();
    t->wait = nondet_u8();
    t->flags = nondet_u8();
    t->object = (gale_id)nondet_u32();
    t->resumer = NONE;
    t->call = n == SELF || nondet_bool() ? NONE : (gale_id)any_upto(1);
    assume(t->state >= GALE_GUEST_THREAD_RUNNING && t->state <= GALE_GUEST_THREAD_WAITING &&
           t->wait <= GALE_WAIT_ENTRY && (t->flags & 128u) == 0 &&
           ((t->flags & GALE_GUEST_THREAD_STACK) != 0) == (t->stack != NONE));
    if (t->stack != NONE) {
        small_stacks[t->stack].thread = n;
    }
}

/** Its place in its instance's table, if it is to have one. */
static void any_index(gale_id n, bool in)
{
    struct gale_instance *i = home(n);
    struct gale_thread_table *t = &i->threads;
    const gale_id at = t->used;

    small_threads[n].index = NONE;
    if (in) {
        assume(at < t->count);
        t->threads[at] = n;
        t->live[at] = 1;
        t->used++;
        small_threads[n].index = (gale_id)(at + 1u);
    }
}

static void free_index(struct gale_thread_table *t)
{
    if (nondet_bool() && t->used < t->count) {
        t->live[t->used] = 0;
        t->threads[t->used] = t->free;
        t->free = t->used;
        t->used++;
    }
}

static void any_threads(void)
{
    const bool other = !ALONE && nondet_bool();
    const gale_id task = !ALONE && nondet_bool() ? 1 : 0;

    store.threads.used = (gale_id)(3u + any_upto(THREADS - 3u));
    assume(small_tasks[task].func != NULL);
    any_thread(SELF, 0);
    any_index(SELF, true);
    small_threads[OTHER].state = GALE_GUEST_THREAD_FREE;
    if (other) {
        any_thread(OTHER, task);
        any_index(OTHER, nondet_bool());
        small_threads[SELF].resumer = small_threads[OTHER].state == GALE_GUEST_THREAD_RUNNING ? OTHER : NONE;
    } else {
        small_threads[OTHER].task = gale__slots_give(&store.threads, OTHER);
    }
    for (gale_id n = OTHER + 1; n < store.threads.used; n++) {
        small_threads[n].state = GALE_GUEST_THREAD_FREE;
        small_threads[n].task = gale__slots_give(&store.threads, n);
    }
    store.stacks.used = (gale_id)any_upto(STACKS);
    assume(small_threads[SELF].stack == NONE || store.stacks.used >= 1);
    assume(!other || small_threads[OTHER].stack == NONE || store.stacks.used >= 2);
    for (gale_id k = 0; k < store.stacks.used && k < 2; k++) {
        const gale_id n = (gale_id)(k + SELF);
        if (small_threads[n].state == GALE_GUEST_THREAD_FREE || small_threads[n].stack == NONE) {
            small_stacks[k].thread = gale__slots_give(&store.stacks, k);
        }
    }
    free_index(&A->threads);
    free_index(&B->threads);
}

static void any_handles(unsigned i)
{
    struct gale_handle_table *t = &of(i)->handles;

    t->used = (gale_id)any_upto(HANDLES);
    for (gale_id at = 0; at < HANDLES; at++) {
        struct gale_handle *h = entry(i, at);

        h->kind = nondet_u8();
        h->state = nondet_u8();
        h->lends = (gale_id)nondet_u32();
        h->object = (gale_id)any_upto(COPIES + ALL_SETS + TASKS + TYPES);
        h->set = nondet_bool() ? NONE : (gale_id)any_upto(ALL_SETS + OTHER + TASKS);
        h->payload = nondet_u32();
        assume(h->kind <= GALE_HANDLE_FUTURE_WRITE);
        if (at < t->used && h->kind == GALE_HANDLE_FREE) {
            h->object = t->free;
            t->free = at;
        }
    }
}

static void any_copies(void)
{
    store.copies.used = (gale_id)any_upto(COPIES);
    for (gale_id n = 0; n < COPIES; n++) {
        struct gale_copy *c = &small_copies[n];

        c->type = nondet_bool() ? NULL : nondet_bool() ? &types[0] : &types[1];
        c->ptr = nondet_u32();
        c->length = nondet_u32();
        c->progress = nondet_u32();
        c->handle = nondet_bool() ? NONE : (gale_id)any_upto(HANDLES);
        c->instance = (gale_id)any_upto(1);
        c->options = &options[c->instance];
        c->owner = (gale_id)any_upto(1);
        c->flags = nondet_u8();
        c->ends = (uint8_t)any_upto(2);
        value_passed[n] = nondet_bool();
        if (n < store.copies.used && c->ends == 0) {
            c->handle = gale__slots_give(&store.copies, n);
        }
    }
}

static void any_owner(gale_id node)
{
    small_links[node].owner = (gale_id)nondet_u32();
}

/** Whatever waits or is to be looked at stands in any list; the invariant says which. */
static void any_places(void)
{
    any_owner(gale__node_sibling(&store, SELF));
    if (!ALONE) {
        any_owner(OTHER);
        any_owner(gale__node_here(&store, OTHER));
        any_owner(gale__node_sibling(&store, OTHER));
    }
    for (unsigned i = 0; i < 2; i++) {
        for (unsigned n = 0; !ALONE && n < GALE_STORE_INSTANCE_NODES; n++) {
            any_owner((gale_id)(GALE_STORE_THREAD_NODES * THREADS + GALE_STORE_INSTANCE_NODES * i + n));
        }
        for (gale_id at = 0; at < HANDLES; at++) {
            any_owner((gale_id)(GALE_STORE_THREAD_NODES * THREADS + 2 * GALE_STORE_INSTANCE_NODES + i * HANDLES + at));
        }
        of(i)->queued = (gale_id)(ALONE ? 0 : any_upto(1));
    }
}

/** Free slots of tasks, subtasks and sets into their chains. */
static void any_chains(void)
{
    for (gale_id n = 0; n < TASKS; n++) {
        if (n < store.tasks.used && small_tasks[n].func == NULL) {
            small_tasks[n].subtask = gale__slots_give(&store.tasks, n);
        }
    }
    for (gale_id n = 0; n < SUBTASKS; n++) {
        if (n < store.subtasks.used && small_subtasks[n].binding == NULL) {
            small_subtasks[n].handle = gale__slots_give(&store.subtasks, n);
        }
    }
    for (gale_id n = 0; n < store.sets.used; n++) {
        small_sets[n].members = (gale_id)any_upto(HANDLES);
        small_sets[n].waiting = (gale_id)any_upto(1);
        small_sets[n].next = (gale_id)any_upto(HANDLES);
        if (count(GALE_HANDLE_SET, n) == 0) {
            small_sets[n].next = gale__slots_give(&store.sets, n);
        }
    }
}

static void any_flow(void)
{
    const struct gale_guest_thread *t = &small_threads[SELF];
    const gale_id under = small_threads[OTHER].state == GALE_GUEST_THREAD_RUNNING ? small_threads[OTHER].stack : NONE;
    struct gale_port_context *back = under == NONE ? &store.run : &small_stacks[under].own;

    store.current = SELF;
    store.flow = t->stack == NONE ? back : &small_stacks[t->stack].own;
    if (t->stack != NONE) {
        small_stacks[t->stack].back = back;
    }
    store.nesting = (gale_id)any_upto(GALE_CALL_DEPTH);
    store.profile = nondet_bool() ? GALE_PROFILE_DEFINITIONS : GALE_PROFILE_SCRIPTS;
    store.live_tasks = TASKS;
    store.host_calls = CALLS;
}

static void remember(void)
{
    for (unsigned n = 0; n < 2 * HANDLES; n++) {
        old_handles[n] = small_handles[n];
    }
    for (unsigned n = 0; n < COPIES; n++) {
        old_copies[n] = small_copies[n];
    }
    for (unsigned n = 0; n < TASKS; n++) {
        old_tasks[n] = small_tasks[n];
    }
    for (unsigned n = 0; n < SUBTASKS; n++) {
        old_subtasks[n] = small_subtasks[n];
    }
    for (gale_id n = 0; n < THREADS; n++) {
        old_threads[n] = small_threads[n];
        old_owner[n] = owner(n);
    }
    old_a = *A;
    old_b = *B;
    old_bytes_a = bytes_a = nondet_bytes();
    old_bytes_b = bytes_b = nondet_bytes();
}

/** Nothing is left of an instance that is poisoned. */
static bool nothing_of_poisoned(void)
{
    return !B->poisoned || (B->handles.used == 0 && B->threads.used == 0 && B->exclusive == NONE && B->queued == 0 &&
                            (small_tasks[1].func == NULL || small_tasks[1].func->instance == A) &&
                            (small_subtasks[0].binding == NULL || small_subtasks[0].instance != 1) &&
                            (small_subtasks[1].binding == NULL || small_subtasks[1].instance != 1));
}

static void any_state(void)
{
    new_store();
    any_instance(A);
    any_instance(B);
    store.tasks.used = (gale_id)(CALLS + any_upto(TASKS - CALLS));
    store.subtasks.used = (gale_id)(CALLS + any_upto(SUBTASKS - CALLS));
    store.sets.used = (gale_id)any_upto(ALL_SETS);
    any_call(0);
    any_call(1);
    any_threads();
    any_copies();
    any_handles(0);
    any_handles(1);
    any_chains();
    any_places();
    any_flow();
    assume(handles_ok() && copies_ok() && sets_ok() && chains_ok() && threads_ok() && calls_ok() && instance_ok(A) &&
           instance_ok(B) && budget_ok(A) && budget_ok(B) && nothing_of_poisoned());
    remember();
}

/* ---- what is to hold ------------------------------------------------------------------------------------------ */

static void still_valid(void)
{
    prove(handles_ok(), "HT01 HT04: each handle in use stands for one live object of its kind");
    prove(copies_ok(), "one side of a copy waits at most, with a buffer in its memory");
    prove(sets_ok(), "the counts of each set agree with its members and waiters");
    prove(chains_ok(), "HT05: what is free is in its chain, once");
    prove(threads_ok(), "each thread is where it will be found");
    prove(calls_ok(), "each task and its subtask agree");
    prove(budget_ok(A) && budget_ok(B), "HT05: what an instance has and may still take is its budget");
    prove(instance_ok(A) && instance_ok(B), "who can have the lock or pass the gate is offered");
}

static struct gale_handle *old_entry(unsigned i, gale_id at)
{
    return &old_handles[i * HANDLES + at];
}

/** The entry of A that a guest's index names, as it was; NULL if none. */
static const struct gale_handle *named(uint32_t index)
{
    return index != 0 && index - 1u < old_a.handles.used && old_handles[index - 1u].kind != GALE_HANDLE_FREE
               ? &old_handles[index - 1u]
               : NULL;
}

static bool same_handle(unsigned i, gale_id at)
{
    const struct gale_handle *h = entry(i, at);
    const struct gale_handle *o = old_entry(i, at);

    return h->kind == o->kind && h->state == o->state && h->lends == o->lends && h->object == o->object &&
           h->set == o->set && h->payload == o->payload;
}

/** No entry of A but `index` has changed, as far as it was in use. */
static bool others_same(uint32_t index)
{
    const gale_id at = (gale_id)any_upto(HANDLES - 1u);

    return at + 1u == index || named(at + 1u) == NULL || same_handle(0, at);
}

static bool bytes_same(void)
{
    const unsigned k = any_upto(MEMORY - 1u);

    return bytes_a.at[k] == old_bytes_a.at[k] && bytes_b.at[k] == old_bytes_b.at[k];
}

static void trapped(enum gale_trap code)
{
    const unsigned k = any_upto(MEMORY - 1u);

    prove(code > GALE_TRAP_NONE && code < GALE_TRAP_COUNT, "a trap has a code");
    prove(wrong || may_choose, "it traps only if the arguments or the state are wrong");
    prove(bytes_b.at[k] == old_bytes_b.at[k], "a trap changes no byte of another instance");
}

#ifndef BLOCKS
static void blocked(void)
{
    prove(false, "this call does not block");
}
#endif

#ifndef RUNS
static void stack_runs(void)
{
    prove(false, "this call runs no other thread");
}
#endif

static void done(void)
{
    prove(!wrong || may_choose, "wrong arguments trap");
    still_valid();
    reached();
}

#endif /* GALE_PROOFS_CBMC_COMPONENT_BUILD_H */
