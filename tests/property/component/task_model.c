/* SPDX-License-Identifier: Apache-2.0 */
/** What is known of each call. */
#include "task_model.h"

const uint8_t kind_flags[KINDS] = {
    0,
    GALE_FUNC_ASYNC_TYPE | GALE_FUNC_STACK,
    GALE_FUNC_ASYNC_TYPE | GALE_FUNC_ASYNC | GALE_FUNC_CALLBACK,
    GALE_FUNC_ASYNC_TYPE | GALE_FUNC_ASYNC | GALE_FUNC_CALLBACK | GALE_FUNC_STACK,
    GALE_FUNC_ASYNC_TYPE | GALE_FUNC_ASYNC | GALE_FUNC_STACK,
};

struct gale_store task_store;
struct gale_instance task_instances[COUNT];
struct gale_memory memories[COUNT];
struct gale_value_options options[COUNT];
uint8_t task_pages[COUNT][PAGE];
const int result_type = 0;

struct random_state rnd;
struct call calls[CALLS];
unsigned queues[COUNT][2][CALLS]; /* who waits before a gate: those that need the lock, the others */
unsigned queue_counts[COUNT][2];
unsigned holder[COUNT]; /* of the lock */
unsigned closings[COUNT];
bool dead[COUNT];
uint8_t last_pages[COUNT][PAGE]; /* of those who are dead */
unsigned making;                 /* the call that is being made */
bool closing;                    /* no new calls, no new closings, no traps */
uint64_t done;                   /* things that guests did */

/* ---- queues before the gates --------------------------------------------------------------------------------- */

void queue_add(unsigned n)
{
    const struct call *c = &calls[n];
    const unsigned q = is_locked(c);

    queues[c->callee][q][queue_counts[c->callee][q]++] = n;
}

unsigned queue_find(unsigned n)
{
    const struct call *c = &calls[n];
    unsigned at = 0;

    while (at < queue_counts[c->callee][is_locked(c)] && queues[c->callee][is_locked(c)][at] != n) {
        at++;
    }
    return at;
}

void queue_remove(unsigned n)
{
    const struct call *c = &calls[n];
    unsigned *queue = queues[c->callee][is_locked(c)];
    unsigned *count = &queue_counts[c->callee][is_locked(c)];
    const unsigned at = queue_find(n);

    if (at < *count) {
        (*count)--;
        memmove(&queue[at], &queue[at + 1u], (*count - at) * sizeof queue[0]);
    }
}

/* ---- what callers learn -------------------------------------------------------------------------------------- */

static void check_result(unsigned n)
{
    const struct call *c = &calls[n];
    uint32_t cell = c->results[0].i32;

    if (c->caller != HOST && (c->binding.flags & GALE_LOWER_ASYNC) != 0) {
        memcpy(&cell, task_pages[c->caller] + CELL(n), sizeof cell);
    }
    CHECK_EQ(cell, c->returned ? value_of(n) : 0);
}

void learn(unsigned n, uint32_t state)
{
    struct call *c = &calls[n];

    CHECK_EQ(state, truth(c));
    CHECK(!c->over && (state > c->seen || state == c->seen));
    CHECK(!(c->seen == GALE_SUBTASK_STARTED && state == GALE_SUBTASK_CANCELLED_BEFORE_STARTED));
    c->seen = (uint8_t)state;
    if (is_final(state)) {
        check_result(n);
        c->over = true;
        if (c->parent != NOBODY) {
            calls[c->parent].children--;
        }
    }
}

/* The call that guest `g` knows as subtask `index`. */
static unsigned find(unsigned g, uint32_t index)
{
    unsigned n = 0;

    while (n < CALLS && !(calls[n].used && calls[n].caller == g && calls[n].index == index && !calls[n].over)) {
        n++;
    }
    return n;
}

void learn_event(unsigned g, uint32_t index, uint32_t state)
{
    const unsigned n = find(g, index);

    CHECK(n != NOBODY);
    if (n == NOBODY) {
        return;
    }
    CHECK(state != calls[n].seen); /* news */
    learn(n, state);
    if (calls[n].over) {
        gale_canon_subtask_drop(&task_instances[g], index);
        calls[n].index = 0;
    }
}

/* ---- making calls -------------------------------------------------------------------------------------------- */

static void pass_number(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *params)
{
    (void)t;
    params[0].i32 = args[0].i32;
}

static void pass_result(const struct gale_transfer *t, const union gale_flat *from, const union gale_flat *args,
                        union gale_flat *to)
{
    if (to != NULL) {
        to[0].i32 = from[0].i32;
    } else {
        memcpy(gale_value_at(&t->to, args[1].i32, 4, 4), &from[0].i32, 4);
    }
}

unsigned prepare(unsigned caller, unsigned parent, bool async)
{
    const unsigned first = caller == HOST ? 0 : caller + 1u;
    unsigned callee, n = 0;
    struct call *c;

    while (n < CALLS && calls[n].used) {
        n++;
    }
    if (n == CALLS || first >= COUNT) {
        return NOBODY;
    }
    callee = first + random_below(&rnd, COUNT - first);
    if (dead[callee]) {
        return NOBODY;
    }
    c = &calls[n];
    memset(c, 0, sizeof *c);
    *c = (struct call){.used = true, .caller = caller, .callee = callee, .parent = parent};
    c->kind = (enum kind)random_below(&rnd, KINDS);
    c->func = (struct gale_func){
        &task_instances[callee], &options[callee], kind_flags[c->kind], &result_type, task_core, task_callback, NULL};
    c->binding = (struct gale_binding){
        &c->func,    NULL,       caller == HOST ? NULL : &options[caller], async ? GALE_LOWER_ASYNC : 0, async ? 2 : 1,
        pass_number, pass_result};
    c->args[0].i32 = n;
    c->args[1].i32 = CELL(n);
    c->task.arg = c;
    if (caller != HOST) {
        memset(task_pages[caller] + CELL(n), 0, 4);
    }
    if (c->kind != SYNC) {
        queue_add(n);
    }
    making = n;
    return n;
}

void ask(unsigned n)
{
    calls[n].asked = true;
    if (!calls[n].started && !calls[n].cancelled) {
        calls[n].cancelled = true;
        calls[n].ended = true;
        queue_remove(n);
    }
}
