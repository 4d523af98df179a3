/* SPDX-License-Identifier: Apache-2.0 */
/** Random timeout operations against a table that is scanned. */
#include "gale/kernel/timeout.h"

#include <string.h>

#include "random.h"

#define IDS 33u
#define STEPS 300000u

struct timeout_model {
    bool active[IDS];
    gale_tick deadline[IDS];
    uint64_t order[IDS];
    uint64_t added;
    gale_tick now;
};

static struct gale_timeout pool[IDS];
static gale_id heap[IDS];
static struct gale_timeout_queue queue;
static struct timeout_model model;

/** The active id with the least deadline, the first added among equals; IDS if there is none. */
static gale_id model_first(void)
{
    gale_id best = IDS;

    for (gale_id i = 0; i < IDS; i++) {
        if (model.active[i] && (best == IDS || model.deadline[i] < model.deadline[best] ||
                                (model.deadline[i] == model.deadline[best] && model.order[i] < model.order[best]))) {
            best = i;
        }
    }
    return best;
}

static int model_add(gale_id id, gale_tick deadline)
{
    if (model.active[id]) {
        return GALE_EALREADY;
    }
    if (deadline != GALE_FOREVER) {
        model.active[id] = true;
        model.deadline[id] = deadline < model.now ? model.now : deadline;
        model.order[id] = model.added++;
    }
    return GALE_OK;
}

static void timeout_step_add(struct random_state *r, gale_id id)
{
    gale_tick about = random_below(r, 40);

    switch (random_below(r, 10)) {
    case 0:
        CHECK_EQ(gale_timeout_add(&queue, id, GALE_FOREVER), model_add(id, GALE_FOREVER));
        break;
    case 1:
        CHECK_EQ(gale_timeout_add_after(&queue, id, GALE_FOREVER - about),
                 model_add(id, model.now < about ? GALE_FOREVER - about + model.now : GALE_FOREVER));
        break;
    case 2:
    case 3:
    case 4:
        CHECK_EQ(gale_timeout_add_after(&queue, id, about), model_add(id, model.now + about));
        break;
    default:
        about += model.now > 10 ? model.now - 10 : 0;
        CHECK_EQ(gale_timeout_add(&queue, id, about), model_add(id, about));
        break;
    }
}

static void timeout_step_abort(gale_id id)
{
    CHECK_EQ(gale_timeout_abort(&queue, id), model.active[id] ? GALE_OK : GALE_ENOENT);
    model.active[id] = false;
}

/** One announce step; its tick is often the one before, so that loops over it come about. */
static void timeout_step_pop(struct random_state *r)
{
    static gale_tick tick;
    gale_id first = model_first();
    gale_id id = IDS;

    tick = random_below(r, 8) == 0 ? model.now + random_below(r, 30) : tick;
    if (first < IDS && model.deadline[first] <= (tick > model.now ? tick : model.now)) {
        CHECK_EQ(gale_timeout_pop_due(&queue, tick, &id), GALE_OK);
        CHECK_EQ(id, first);
        model.active[first] = false;
        model.now = model.deadline[first];
    } else {
        CHECK_EQ(gale_timeout_pop_due(&queue, tick, &id), GALE_EAGAIN);
        CHECK_EQ(id, IDS);
        model.now = tick > model.now ? tick : model.now;
    }
}

static void timeout_compare(void)
{
    gale_id first = model_first();

    for (gale_id i = 0; i < IDS; i++) {
        CHECK_EQ(gale_timeout_is_active(&queue, i), model.active[i]);
    }
    CHECK(gale_timeout_next_deadline(&queue) == (first < IDS ? model.deadline[first] : GALE_FOREVER));
    CHECK(gale_timeout_queue_is_valid(&queue));
}

static void timeout_run(uint64_t seed, gale_tick origin)
{
    struct random_state r = random_seed(seed);

    memset(&model, 0, sizeof model);
    model.now = origin;
    gale_timeout_queue_init(&queue, pool, heap, IDS, origin);
    for (uint32_t i = 0; i < STEPS && test_failures() == 0; i++) {
        uint32_t what = random_below(&r, 8);
        gale_id id = (gale_id)random_below(&r, IDS);

        if (what < 4u) {
            timeout_step_add(&r, id);
        } else if (what < 5u) {
            timeout_step_abort(id);
        } else {
            timeout_step_pop(&r);
        }
        timeout_compare();
    }
}

/* @verifies TO01 TO02 TO03 TO04 TO07 */
TEST(timeout_prop, any_sequence_of_operations_acts_like_a_scanned_table)
{
    timeout_run(0x71e00001, 0);
}

/* @verifies TO05 TO06 */
TEST(timeout_prop, relative_deadlines_saturate_and_never_wrap)
{
    struct random_state r = random_seed(0x71e00002);

    for (uint32_t i = 0; i < 100000u && test_failures() == 0; i++) {
        gale_tick now = random_next(&r) >> random_below(&r, 64);
        gale_tick duration = random_next(&r) >> random_below(&r, 64);
        gale_tick deadline = gale_timeout_deadline_after(now, duration);

        CHECK(deadline >= now && deadline >= duration);
        CHECK(deadline == GALE_FOREVER || (deadline - now == duration && deadline - duration == now));
        CHECK(deadline != GALE_FOREVER || GALE_FOREVER - now <= duration);
    }
}
