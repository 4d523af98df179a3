/* SPDX-License-Identifier: Apache-2.0 */
/** What guests do: chosen while their tasks run. */
#include "task_model.h"

#define TRAP_ONE_IN 1600u

/* ---- calls -------------------------------------------------------------------------------------------------- */

static void call_async(unsigned g, unsigned me)
{
    const unsigned n = prepare(g, me, true);
    uint32_t packed;

    if (n == NOBODY) {
        return;
    }
    calls[me].children++;
    packed = gale_canon_lower(&task_instances[g], &calls[n].binding, calls[n].args, NULL);
    if (packed == GALE_SUBTASK_RETURNED) {
        learn(n, packed);
        return;
    }
    calls[n].index = packed >> 4;
    calls[n].seen = packed & 15u;
    CHECK_EQ(calls[n].seen, truth(&calls[n]));
    CHECK(!is_final(calls[n].seen));
    gale_canon_waitable_join(&task_instances[g], calls[n].index, calls[me].set);
}

/* Waits for the end; only for those who have a stack. */
static void call_sync(unsigned g, unsigned me)
{
    const unsigned n = prepare(g, me, false);

    if (n != NOBODY) {
        calls[me].children++;
        (void)gale_canon_lower(&task_instances[g], &calls[n].binding, calls[n].args, calls[n].results);
        CHECK(calls[n].returned);
        learn(n, GALE_SUBTASK_RETURNED);
    }
}

static void cancel_child(unsigned g, unsigned me)
{
    const unsigned n = random_below(&rnd, CALLS);
    const struct call *c = &calls[n];

    if (c->used && c->parent == me && !c->over && !c->asked && c->index != 0) {
        const uint32_t index = c->index;
        uint32_t state;

        ask(n);
        state = gale_canon_subtask_cancel(&task_instances[g], true, index);
        if (state == GALE_CANON_BLOCKED) {
            CHECK(!is_final(truth(c)));
        } else {
            CHECK(is_final(state));
            learn(n, state);
            gale_canon_subtask_drop(&task_instances[g], index);
            calls[n].index = 0;
        }
    }
}

/* ---- what a task does ---------------------------------------------------------------------------------------- */

/* A cancellation reaches the task of call `n`. */
static void be_told(unsigned n)
{
    CHECK(calls[n].asked && !calls[n].told);
    calls[n].told = true;
}

static void resolve(unsigned g, unsigned n)
{
    struct call *c = &calls[n];
    const union gale_flat args[1] = {{value_of(n)}};

    if (c->told && one_in(2)) {
        c->cancelled = true;
        gale_canon_task_cancel(&task_instances[g]);
    } else {
        c->returned = true;
        gale_canon_task_return(&task_instances[g], &result_type, &options[g], args);
    }
}

/* Takes what a set says: an event of a call, or that the task is cancelled. */
static void take_event(unsigned g, unsigned me, uint32_t code)
{
    uint32_t payload[2];

    memcpy(payload, task_pages[g], sizeof payload);
    if (code == GALE_CANON_EVENT_TASK_CANCELLED) {
        be_told(me);
    } else if (code == GALE_CANON_EVENT_SUBTASK) {
        learn_event(g, payload[0], payload[1]);
    } else {
        CHECK_EQ(code, GALE_CANON_EVENT_NONE);
    }
}

static void change_gate(unsigned g)
{
    if (closings[g] > 0 && one_in(2)) {
        closings[g]--;
        gale_canon_backpressure_dec(&task_instances[g]);
    } else if (closings[g] < 2u && !closing) {
        closings[g]++;
        gale_canon_backpressure_inc(&task_instances[g]);
    }
}

/* Lets others run, by one of the ways to block. */
static void block(unsigned g, unsigned me)
{
    struct gale_instance *i = &task_instances[g];
    const bool cancellable = one_in(2);

    if (calls[me].children > 0 && one_in(2)) {
        take_event(g, me, gale_canon_waitable_set_wait(i, &memories[g], cancellable, calls[me].set, 0));
    } else if (gale_canon_thread_yield(i, cancellable) != 0) {
        be_told(me);
    }
    CHECK(!dead[g]);
}

static void act(unsigned g, unsigned me)
{
    done++;
    switch (random_below(&rnd, 8)) {
    case 0:
    case 1:
        closing || calls[me].kind == SYNC ? (void)0 : call_async(g, me); /* it could not wait for its calls */
        break;
    case 2:
        for (unsigned k = 0; k < 4u; k++) {
            cancel_child(g, me); /* a call that comes up may be somebody else's */
        }
        break;
    case 3:
        take_event(g, me, gale_canon_waitable_set_poll(&task_instances[g], &memories[g], true, calls[me].set, 0));
        break;
    case 4:
        change_gate(g);
        break;
    case 5:
        closing || !has_stack(&calls[me]) || one_in(2) ? (void)0 : call_sync(g, me);
        break;
    case 6:
        has_stack(&calls[me]) ? block(g, me) : (void)0;
        break;
    default:
        if (!closing && one_in(TRAP_ONE_IN / 8u)) {
            gale_trap(&task_instances[g], GALE_TRAP_UNREACHABLE);
        }
        break;
    }
}

static void act_often(unsigned g, unsigned me)
{
    for (uint32_t k = random_below(&rnd, 9); k > 0; k--) {
        act(g, me);
    }
}

/* No call is left to whose end nobody listens. */
static void await_children(unsigned g, unsigned me)
{
    while (calls[me].children > 0) {
        take_event(g, me, gale_canon_waitable_set_wait(&task_instances[g], &memories[g], false, calls[me].set, 0));
    }
}

static void take_lock(unsigned g, unsigned n)
{
    if (is_locked(&calls[n])) {
        CHECK_EQ(holder[g], NOBODY);
        holder[g] = n;
    }
}

static void give_lock(unsigned g, unsigned n)
{
    if (is_locked(&calls[n])) {
        CHECK_EQ(holder[g], n);
        holder[g] = NOBODY;
    }
}

/* What the code of call `n` says to its callback's loop. */
static uint32_t decide(unsigned g, unsigned n)
{
    struct call *c = &calls[n];
    uint32_t code = 1; /* YIELD */

    if (!c->returned && !c->cancelled && (closing || one_in(2))) {
        resolve(g, n);
    }
    if ((c->returned || c->cancelled) && c->children == 0) {
        gale_canon_waitable_set_drop(&task_instances[g], c->set);
        c->ended = true;
        code = 0; /* EXIT */
    } else if (c->children > 0 && one_in(2)) {
        code = 2u | c->set << 4; /* WAIT */
    }
    give_lock(g, n);
    return code;
}

/* The task of call `n` begins: it must be its turn. */
static void start(unsigned g, unsigned n)
{
    struct call *c = &calls[n];

    CHECK(c->used && c->callee == g && !c->started && !c->cancelled && !dead[g]);
    c->started = true;
    if (c->kind != SYNC) {
        CHECK_EQ(closings[g], 0);
        CHECK_EQ(queue_find(n), 0);
        CHECK(making != n || queue_counts[g][0] + queue_counts[g][1] == 1u);
        queue_remove(n);
    }
    take_lock(g, n);
    gale_canon_context_set(&task_instances[g], 0, n);
    c->set = gale_canon_waitable_set_new(&task_instances[g]);
}

void task_core(void *guest, const union gale_flat *params, union gale_flat *results)
{
    const unsigned g = (unsigned)((struct gale_instance *)guest - task_instances);
    const unsigned n = params[0].i32;
    struct call *c = &calls[n];

    start(g, n);
    act_often(g, n);
    if ((kind_flags[c->kind] & GALE_FUNC_CALLBACK) != 0) {
        results[0].i32 = decide(g, n);
        return;
    }
    if (c->kind != SYNC) {
        await_children(g, n);
    }
    if (c->kind == STACKFUL) {
        resolve(g, n);
    }
    gale_canon_waitable_set_drop(&task_instances[g], c->set);
    c->returned = c->returned || c->kind != STACKFUL;
    c->ended = true;
    results[0].i32 = value_of(n);
    give_lock(g, n);
}

uint32_t task_callback(void *guest, uint32_t event, uint32_t p1, uint32_t p2)
{
    const unsigned g = (unsigned)((struct gale_instance *)guest - task_instances);
    const unsigned n = gale_canon_context_get(guest, 0);
    const uint32_t payload[2] = {p1, p2};

    CHECK(calls[n].started && !calls[n].ended && !dead[g]);
    take_lock(g, n);
    memcpy(task_pages[g], payload, sizeof payload);
    take_event(g, n, event);
    act_often(g, n);
    return decide(g, n);
}
