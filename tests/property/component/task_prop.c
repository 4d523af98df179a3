/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Random calls between three guests and their host: of all kinds of functions, cancelled, kept waiting by gates and
 * locks, and stopped by traps. What each task does is chosen while it runs; the model knows of each call how it stands,
 * and what a caller is told must be that.
 *
 * Guests call only those after them, so that all calls end once the gates are open.
 */
#include "task_model.h"

#define STEPS 150000u /* of the host; guests do several things in each */
#define EPISODE 500u
#define STACK 32768u

GALE_STORE_MEMORY_DEFINE(tasks, COUNT, COUNT * 2 * CALLS, 0, COUNT *TASKS, ((COUNT + 1) * CALLS + 1), 1, COUNT *CALLS,
                         1, 1, CALLS, STACK, 65536);

/* ---- the host ------------------------------------------------------------------------------------------------ */

static void bury(unsigned g)
{
    dead[g] = true;
    holder[g] = NOBODY;
    queue_counts[g][0] = 0;
    queue_counts[g][1] = 0;
    memcpy(last_pages[g], task_pages[g], PAGE);
    for (unsigned n = 0; n < CALLS; n++) {
        if (calls[n].used && calls[n].callee == g && !calls[n].ended) {
            calls[n].ended = true;
            calls[n].cancelled = !calls[n].returned;
        }
    }
}

/* Of the calls that guest `g`, which is dead, has made: those that have not begun never will, the others go on. */
static void orphan(unsigned g)
{
    for (unsigned n = 0; n < CALLS; n++) {
        if (calls[n].used && calls[n].caller == g && !calls[n].over) {
            calls[n].over = true;
            if (!calls[n].started) {
                queue_remove(n);
                calls[n].cancelled = true;
                calls[n].ended = true;
            }
        }
    }
}

static void look_after_trap(int status)
{
    bool newly[COUNT];

    if (status != GALE_ETRAP) {
        CHECK(status >= 0);
        return;
    }
    for (unsigned g = 0; g < COUNT; g++) {
        newly[g] = task_instances[g].poisoned && !dead[g];
        if (newly[g]) {
            bury(g);
        }
    }
    for (unsigned g = 0; g < COUNT; g++) {
        if (newly[g]) {
            orphan(g);
        }
    }
    CHECK(newly[0] || newly[1] || newly[2]);
}

static void host_call(void)
{
    const unsigned n = prepare(HOST, NOBODY, false);

    if (n != NOBODY) {
        look_after_trap(
            gale_store_invoke(&task_store, &calls[n].binding, calls[n].args, calls[n].results, &calls[n].task));
    }
}

static void host_cancel(void)
{
    const unsigned n = random_below(&rnd, CALLS);

    if (calls[n].used && calls[n].caller == HOST && !calls[n].over && !calls[n].asked) {
        ask(n);
        look_after_trap(gale_store_cancel(&task_store, &calls[n].task));
        CHECK_EQ(gale_store_cancel(&task_store, &calls[n].task), GALE_EALREADY);
    }
}

static void open_core(void *guest, const union gale_flat *params, union gale_flat *results)
{
    const unsigned g = (unsigned)((struct gale_instance *)guest - task_instances);

    (void)params;
    (void)results;
    CHECK(!dead[g]);
    for (; closings[g] > 0; closings[g]--) {
        gale_canon_backpressure_dec(guest);
    }
}

/* Opens the gate of a guest; one that is dead cannot be entered. */
static void open_gate(unsigned g)
{
    const struct gale_func f = {&task_instances[g], NULL, 0, NULL, open_core, NULL, NULL};
    const struct gale_binding b = {&f, NULL, NULL, 0, 0, NULL, NULL};
    struct gale_host_task task = {0};

    CHECK_EQ(gale_store_invoke(&task_store, &b, NULL, NULL, &task), dead[g] ? GALE_ETRAP : GALE_OK);
}

/* The host learns how its calls stand; records of calls that are over become free. */
static void look_after_calls(void)
{
    for (unsigned n = 0; n < CALLS; n++) {
        struct call *c = &calls[n];

        if (c->used && c->caller == HOST && c->task.resolved && !c->over) {
            learn(n, c->task.state);
        }
        c->used = c->used && !(c->over && c->ended);
    }
    for (unsigned g = 0; g < COUNT; g++) {
        CHECK(!dead[g] || memcmp(task_pages[g], last_pages[g], PAGE) == 0);
    }
}

static void host_step(void)
{
    making = NOBODY;
    switch (random_below(&rnd, 16)) {
    case 0:
    case 1:
    case 2:
    case 3:
        host_call();
        break;
    case 4:
    case 5:
        host_cancel();
        break;
    case 6:
        open_gate(random_below(&rnd, COUNT));
        break;
    default:
        look_after_trap(gale_store_tick(&task_store));
        break;
    }
    look_after_calls();
}

static void begin(void)
{
    static const struct gale_instance_budget budget = {2 * CALLS, TASKS, TASKS, CALLS, 0, CALLS, 0};

    CHECK_EQ(gale_store_init(&task_store, &tasks_memory), GALE_OK);
    memset(calls, 0, sizeof calls);
    memset(queue_counts, 0, sizeof queue_counts);
    memset(closings, 0, sizeof closings);
    memset(dead, 0, sizeof dead);
    memset(task_pages, 0, sizeof task_pages);
    closing = false;
    for (unsigned g = 0; g < COUNT; g++) {
        holder[g] = NOBODY;
        memories[g] = (struct gale_memory){task_pages[g], PAGE, 1, 1};
        options[g] = (struct gale_value_options){&memories[g], NULL, 0};
        CHECK_EQ(gale_instance_init(&task_instances[g], &task_store, NULL, &budget, &task_instances[g]), GALE_OK);
    }
}

/* Lets everything come to its end: all is given back. */
static void end(void)
{
    int status = GALE_ETRAP;

    closing = true;
    making = NOBODY;
    for (unsigned g = 0; g < COUNT; g++) {
        open_gate(g);
    }
    while (status == GALE_ETRAP && test_failures() == 0) {
        status = gale_store_run(&task_store, GALE_FOREVER);
        look_after_trap(status);
    }
    CHECK_EQ(status, GALE_OK);
    look_after_calls();
    for (unsigned n = 0; n < CALLS; n++) {
        CHECK(!calls[n].used);
    }
    for (unsigned g = 0; g < COUNT; g++) {
        CHECK_EQ(task_instances[g].left.tasks, TASKS);
        CHECK(dead[g] || (task_instances[g].left.subtasks == CALLS && task_instances[g].left.sets == CALLS));
    }
    CHECK_EQ(task_store.live_tasks, 0);
}

/* @verifies TK01 TK02 TK03 TK04 TK05 IN01 IN02 */
TEST(task_prop, what_callers_are_told_is_how_their_calls_stand)
{
    rnd = random_seed(20261123);
    done = 0;
    begin();
    for (uint32_t n = 1; n <= STEPS && test_failures() == 0; n++) {
        host_step();
        CHECK(n % 32u != 0 || gale_store_is_valid(&task_store));
        if (n % EPISODE == 0 || (dead[0] && dead[1] && dead[2])) {
            end();
            begin();
        }
    }
    CHECK(done >= 100000u);
}
