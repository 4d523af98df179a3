/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stateless exploration, depth first. A schedule is the sequence of its choices; a run follows the known prefix and
 * takes the first alternative from there on; the next run changes the last choice that has an alternative left.
 */
#include "schedule.h"

#include <stdlib.h>

#include "gale/port.h"
#include "test.h"

#define CHOICES_MAX 2000u
#define ALTERNATIVES_MAX 36u /* One digit or letter each. */
#define STACK_BYTES 65536u
#define NO_FLOW SCHEDULE_FLOWS_MAX
#define UNBOUNDED UINT32_MAX

struct choice {
    uint8_t taken;
    uint8_t count;
};

struct flow {
    struct gale_port_context context;
    void (*run)(void);
    bool (*cond)(void *arg); /**< What the flow waits for; NULL: it can run. */
    void *arg;
    bool done;
};

static struct choice choices[CHOICES_MAX];
static uint32_t choices_known; /**< Choices that this run follows. */
static uint32_t choices_made;  /**< Choices made so far in this run. */

static struct flow flows[SCHEDULE_FLOWS_MAX];
static unsigned flow_count;
static unsigned current = NO_FLOW;
static struct gale_port_context home;
static uint8_t stacks[SCHEDULE_FLOWS_MAX][STACK_BYTES] __attribute__((aligned(16)));

static uint32_t preemptions_most = UNBOUNDED;
static uint32_t preemptions;

/* ---- choices ------------------------------------------------------------------------------------------------- */

static char choice_digit(unsigned value)
{
    return (char)(value < 10u ? '0' + (char)value : 'a' + (char)(value - 10u));
}

static void put(const char *text)
{
    while (*text != '\0') {
        test_put(*text++);
    }
}

static void put_number(uint64_t v)
{
    if (v >= 10u) {
        put_number(v / 10u);
    }
    test_put((char)('0' + (char)(v % 10u)));
}

static void put_choices(void)
{
    put("replay with GALE_SCHEDULE=");
    for (uint32_t i = 0; i < choices_made; i++) {
        test_put(choice_digit(choices[i].taken));
    }
    put(choices_made == 0 ? "0\n" : "\n");
}

/** Takes the choices from the environment; false if it names none. */
static bool choices_replay(void)
{
    const char *text = getenv("GALE_SCHEDULE");

    choices_known = 0;
    for (; text != NULL && text[choices_known] != '\0' && choices_known < CHOICES_MAX; choices_known++) {
        char digit = text[choices_known];
        choices[choices_known].taken = (uint8_t)(digit >= 'a' ? digit - 'a' + 10 : digit - '0');
    }
    return text != NULL;
}

/** The last choice with an alternative left takes it; false if there is none: every schedule was run. */
static bool choices_next(void)
{
    choices_known = choices_made;
    while (choices_known > 0 && choices[choices_known - 1u].taken + 1u >= choices[choices_known - 1u].count) {
        choices_known--;
    }
    if (choices_known > 0) {
        choices[choices_known - 1u].taken++;
    }
    return choices_known > 0;
}

/** Leaves the run: the flows stay where they are, their stacks are used anew. */
static void run_end(void)
{
    unsigned me = current;

    current = NO_FLOW;
    if (me != NO_FLOW) {
        gale_port_context_switch(&flows[me].context, &home);
    }
}

uint32_t schedule_choose(uint32_t n)
{
    if (n <= 1u || current == NO_FLOW) {
        return 0;
    }
    if (choices_made == CHOICES_MAX || n > ALTERNATIVES_MAX) {
        (void)test_check(false, "a schedule ends (no endless loop, at most 36 alternatives)", __FILE__, __LINE__);
        run_end();
    }
    if (choices_made == choices_known) {
        choices[choices_known++].taken = 0;
    }
    choices[choices_made].count = (uint8_t)n;
    if (choices[choices_made].taken >= n) {
        (void)test_check(false, "the replayed schedule fits the test", __FILE__, __LINE__);
        choices[choices_made].taken = 0;
    }
    return choices[choices_made++].taken;
}

/* ---- flows --------------------------------------------------------------------------------------------------- */

static bool flow_can_run(unsigned i)
{
    unsigned me = current;
    bool can = !flows[i].done;

    if (can && flows[i].cond != NULL) {
        current = NO_FLOW; /* Reads of the condition are no points. */
        can = flows[i].cond(flows[i].arg);
        current = me;
    }
    return can;
}

/** Flows that can run, the running one first, then by number; returns how many. */
static uint32_t flows_enabled(unsigned enabled[SCHEDULE_FLOWS_MAX])
{
    uint32_t n = 0;

    if (current != NO_FLOW && flow_can_run(current)) {
        enabled[n++] = current;
    }
    for (unsigned i = 0; i < flow_count; i++) {
        if (i != current && flow_can_run(i)) {
            enabled[n++] = i;
        }
    }
    return n;
}

static void flow_switch(unsigned to)
{
    struct gale_port_context *from = current == NO_FLOW ? &home : &flows[current].context;

    flows[to].cond = NULL;
    if (to != current) {
        current = to;
        gale_port_context_switch(from, &flows[to].context);
    }
}

/** The running flow cannot go on: another one does, or the run is over. */
static void flow_leave(void)
{
    unsigned enabled[SCHEDULE_FLOWS_MAX];
    uint32_t n = flows_enabled(enabled);

    if (n == 0) {
        run_end();
    } else {
        flow_switch(enabled[schedule_choose(n)]);
    }
}

static void flow_main(void *arg)
{
    struct flow *self = arg;

    self->run();
    self->done = true;
    flow_leave();
}

void schedule_point(void)
{
    unsigned enabled[SCHEDULE_FLOWS_MAX];

    if (current == NO_FLOW || preemptions >= preemptions_most) {
        return;
    }
    uint32_t pick = schedule_choose(flows_enabled(enabled));
    preemptions += pick != 0;
    flow_switch(enabled[pick]);
}

void schedule_block_until(bool (*cond)(void *arg), void *arg)
{
    unsigned me = current;

    schedule_point();
    if (me == NO_FLOW) {
        (void)test_check(cond(arg), "what is waited for outside a flow holds", __FILE__, __LINE__);
        return;
    }
    flows[me].cond = cond;
    flows[me].arg = arg;
    if (flow_can_run(me)) {
        flows[me].cond = NULL;
    } else {
        flow_leave();
    }
}

/* ---- runs ---------------------------------------------------------------------------------------------------- */

/** Which flow begins is a choice too. `current` is set for it, because outside a flow nothing is chosen. */
static unsigned run_first(void)
{
    current = 0;
    unsigned first = schedule_choose(flow_count);
    current = NO_FLOW;
    return first;
}

static void run_check_all_done(void)
{
    for (unsigned i = 0; i < flow_count; i++) {
        (void)test_check(flows[i].done, "every flow ends (no deadlock)", __FILE__, __LINE__);
    }
}

/** One schedule: false if a check failed in it. */
static bool run_once(void (*setup)(void), void (*const run[])(void), void (*check)(void))
{
    unsigned failures = test_failures();

    setup();
    choices_made = 0;
    preemptions = 0;
    for (unsigned i = 0; i < flow_count; i++) {
        flows[i] = (struct flow){.run = run[i]};
        gale_port_context_init(&flows[i].context, stacks[i], STACK_BYTES, flow_main, &flows[i]);
    }
    home = (struct gale_port_context){NULL, NULL, 0, NULL};
    flow_switch(run_first());
    if (test_failures() == failures) {
        run_check_all_done();
    }
    if (test_failures() == failures && check != NULL) {
        check();
    }
    return test_failures() == failures;
}

static void put_summary(const char *name, uint64_t count, bool replayed)
{
    put("  ");
    put(name);
    put(": ");
    put_number(count);
    put(count == 1u ? " schedule" : " schedules");
    if (replayed) {
        put(", replayed");
    } else if (preemptions_most != UNBOUNDED) {
        put(", at most ");
        put_number(preemptions_most);
        put(" preemptions in each");
    } else {
        put(", every interleaving");
    }
    put("\n");
}

void schedule_bound_preemptions(uint32_t most)
{
    preemptions_most = most;
}

uint64_t schedule__explore(const char *name, void (*setup)(void), void (*const run[])(void), unsigned n,
                           void (*check)(void), uint64_t max_schedules)
{
    uint64_t count = 0;
    bool replayed = choices_replay();
    bool more = true;
    bool ok = test_check(n >= 1u && n <= SCHEDULE_FLOWS_MAX, "1 to 4 flows", __FILE__, __LINE__);

    flow_count = n;
    while (ok && more) {
        if (count == max_schedules) {
            ok = test_check(false, "the stated number of schedules is enough", __FILE__, __LINE__);
            break;
        }
        count++;
        test_note("schedule", count);
        ok = run_once(setup, run, check);
        if (!ok) {
            put_choices();
        }
        more = !replayed && choices_next();
    }
    if (ok) {
        put_summary(name, count, replayed);
    }
    preemptions_most = UNBOUNDED;
    return count;
}
