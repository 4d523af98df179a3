/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Any sequence of adds, removals, blocks, yields and priority changes against a scheduler that keeps its ready threads
 * in one plain array in order of preference and knows the rules only as sentences.
 */
#include "gale/kernel/sched.h"
#include "random.h"
#include "test.h"

#define THREADS 12u
#define OPERATIONS 400000u

static struct gale_link links[THREADS + GALE_PRIORITIES];
static struct gale_thread threads[THREADS];
static struct gale_list_pool pool;
static struct gale_sched s;
static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t stack[GALE_STACK_ALIGN];

/* The model: ready threads that are not current or preempted, by arrival; better priorities are found by looking. */
static struct {
    gale_id queue[THREADS];
    unsigned length;
    gale_id current;
    gale_id preempted;
} model;

static void entry(void *arg)
{
    (void)arg;
}

static unsigned model_priority(gale_id t)
{
    return threads[t].spec.priority;
}

static bool model_is_meta(gale_id t)
{
    return t != GALE_ID_NONE && model_priority(t) < GALE_PRIO_METAIRQ;
}

static bool model_is_cooperative(gale_id t)
{
    return model_priority(t) >= GALE_PRIO_METAIRQ && model_priority(t) < GALE_PRIO_PREEMPT;
}

static bool model_has(gale_id t)
{
    for (unsigned i = 0; i < model.length; i++) {
        if (model.queue[i] == t) {
            return true;
        }
    }
    return false;
}

static void model_insert(unsigned at, gale_id t)
{
    for (unsigned i = model.length++; i > at; i--) {
        model.queue[i] = model.queue[i - 1];
    }
    model.queue[at] = t;
}

static void model_remove(gale_id t)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < model.length; i++) {
        if (model.queue[i] != t) {
            model.queue[kept++] = model.queue[i];
        }
    }
    model.length = kept;
    if (model.preempted == t) {
        model.preempted = GALE_ID_NONE;
    }
}

static gale_id model_best(void)
{
    gale_id best = GALE_ID_NONE;

    for (unsigned i = 0; i < model.length; i++) {
        if (best == GALE_ID_NONE || model_priority(model.queue[i]) < model_priority(best)) {
            best = model.queue[i];
        }
    }
    return best;
}

static bool model_current_goes_on(gale_id other, bool yield)
{
    const gale_id c = model.current;

    if (c == GALE_ID_NONE || !gale_thread_is_ready(&threads[c]) || model_has(c)) {
        return false;
    }
    if (other == GALE_ID_NONE || model_priority(other) > model_priority(c)) {
        return true;
    }
    if (yield) {
        return false;
    }
    if (model_priority(other) == model_priority(c)) {
        return true;
    }
    return model_priority(c) < GALE_PRIO_PREEMPT && !model_is_meta(other);
}

static gale_id model_choose(bool yield)
{
    gale_id other = model_best();

    if (model.preempted != GALE_ID_NONE && !model_is_meta(other)) {
        other = model.preempted;
    }
    return model_current_goes_on(other, yield) ? model.current : other;
}

static void model_switch(bool yield)
{
    const gale_id before = model.current;
    const gale_id next = model_choose(yield);
    const bool waits =
        before != GALE_ID_NONE && before != next && gale_thread_is_ready(&threads[before]) && !model_has(before);

    model_remove(next);
    if (waits && yield) {
        model_insert(model.length, before);
    } else if (waits && model_is_meta(next) && model_is_cooperative(before) && model.preempted == GALE_ID_NONE) {
        model.preempted = before;
    } else if (waits) {
        model_insert(0, before);
    }
    model.current = next;
}

static void start(struct random_state *r)
{
    gale_id first = 0;

    gale_list_pool_init(&pool, links, THREADS, GALE_PRIORITIES);
    CHECK_EQ(gale_list_pool_take_lists(&pool, GALE_PRIORITIES, &first), GALE_OK);
    gale_sched_init(&s, &pool, threads, THREADS, first);
    for (gale_id i = 0; i < THREADS; i++) {
        const uint8_t priority = (uint8_t)random_below(r, GALE_PRIORITIES);
        const struct gale_thread_spec spec = {entry, NULL, stack, sizeof stack, priority, NULL};
        CHECK_EQ(gale_thread_init(&threads[i], &spec), GALE_OK);
        gale_thread_pend(&threads[i]);
    }
    model.length = 0;
    model.current = model.preempted = GALE_ID_NONE;
}

static void ready(gale_id t)
{
    if (!gale_thread_is_ready(&threads[t])) {
        threads[t].pending = threads[t].suspended = false;
        gale_sched_add(&s, t);
        model_insert(model.length, t);
    }
}

static void unready(gale_id t)
{
    if (gale_thread_is_ready(&threads[t])) {
        threads[t].suspended = true;
        gale_sched_remove(&s, t);
        model_remove(t);
    }
}

static void change_priority(gale_id t, uint8_t priority)
{
    const bool queued = model_has(t);

    CHECK_EQ(gale_sched_set_priority(&s, t, priority), GALE_OK);
    if (queued) {
        model_remove(t);
        model_insert(model.length, t);
    }
}

static void step(struct random_state *r)
{
    const gale_id t = (gale_id)random_below(r, THREADS);
    const bool yield = random_below(r, 4) == 0;

    switch (random_below(r, 8)) {
    case 0:
    case 1:
    case 2:
        ready(t);
        break;
    case 3:
        unready(t);
        break;
    case 4:
        change_priority(t, (uint8_t)random_below(r, random_below(r, 2) == 0 ? 4 : GALE_PRIORITIES));
        break;
    default:
        CHECK_EQ(gale_sched_choose(&s, yield), model_choose(yield));
        model_switch(yield);
        CHECK_EQ(gale_sched_switch(&s, yield), model.current);
        break;
    }
    CHECK_EQ(gale_sched_best(&s), model_best());
    CHECK_EQ(s.preempted, model.preempted);
    CHECK(gale_sched_is_valid(&s));
}

/* @verifies SC01 SC02 SC03 SC04 SC05 SC06 SC07 SC09 SC10 SC11 SC12 */
TEST(sched, any_sequence_chooses_as_the_plain_model_does)
{
    struct random_state r = random_seed(UINT64_C(0x5eed5c4ed));

    start(&r);
    for (uint32_t i = 0; i < OPERATIONS && test_failures() == 0; i++) {
        test_note("operation", i);
        step(&r);
    }
}
