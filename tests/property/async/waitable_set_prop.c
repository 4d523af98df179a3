/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Random operations of four threads and a callback task on two sets against a plain model, in virtual time.
 */
#include <sys/mman.h>

#include "gale/port_virtual.h"

#include "random.h"
#include "set_turns.h"

#define ROUNDS 400u
#define STEPS_PER_ROUND 1000u

static struct random_state dice;

static uint32_t roll(uint32_t n)
{
    return random_below(&dice, n);
}

/* @verifies PL09 PL10 PL11 PL12 PL13 PL14 */
TEST(waitable_set_prop, any_sequence_of_operations_agrees_with_the_model)
{
    dice = random_seed(20260902);
    for (unsigned round = 0; round < ROUNDS && test_failures() == 0; round++) {
        test_note("round", round);
        set_begin(1u + roll(TURNS_THREADS), (gale_id)(1u + roll(SET_WAITABLES)), roll);
        for (unsigned i = 0; i < STEPS_PER_ROUND && test_failures() == 0; i++) {
            set_step();
        }
        set_end();
    }
}

/* ---- no call looks at other members ----------------------------------------------------------------------------- */

#define MANY (GALE_ID_BITS == 16 ? 60000u : 1000000u)
#define PAGE 4096u
#define USED 3u

static void *reserve(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

/* Takes every access away from the pages that lie wholly between the two places. */
static void forbid(const void *after, const void *before)
{
    const uintptr_t begin = ((uintptr_t)after + PAGE - 1u) / PAGE * PAGE;
    const uintptr_t end = (uintptr_t)before / PAGE * PAGE;

    CHECK(begin < end);
    CHECK_EQ(mprotect((void *)begin, end - begin, PROT_NONE), 0);
}

/* Post, poll, cancel, leave, join, drop of each of the three, with all three in the FIFO at a time. */
static void use(struct gale_waitable_pool *pool, struct gale_waitable_set *set, const gale_id used[USED])
{
    struct gale_waitable_event event = {0, 0, 0};

    for (uint32_t i = 0; i < USED; i++) {
        CHECK_EQ(gale_waitable_set_post(pool, used[i], GALE_WAITABLE_EVENT_SUBTASK, i), GALE_OK);
    }
    CHECK_EQ(gale_waitable_set_cancel(pool, used[1]), GALE_OK);
    CHECK_EQ(gale_waitable_set_leave(pool, used[1]), GALE_OK);
    CHECK_EQ(gale_waitable_set_members(set), MANY - 1u);
    CHECK_EQ(gale_waitable_set_join(set, used[1]), GALE_OK);
    CHECK_EQ(gale_waitable_set_poll(set, &event), GALE_OK);
    CHECK_EQ(event.join_id, used[0]);
    CHECK_EQ(gale_waitable_set_poll(set, &event), GALE_OK);
    CHECK_EQ(event.join_id, used[2]);
    CHECK_EQ(gale_waitable_set_drop_waitable(pool, used[1]), GALE_OK);
    CHECK_EQ(gale_waitable_set_join(set, used[1]), GALE_OK);
    CHECK_EQ(gale_waitable_set_poll(set, &event), GALE_EAGAIN);
    CHECK_EQ(gale_waitable_set_drop(set), GALE_EBUSY);
    CHECK_EQ(gale_waitable_set_members(set), MANY);
}

/*
 * Nearly all of a million members and of their links lie in memory that nobody may read: a call that scanned members,
 * or walked over them, would end the program. Three members, far apart, stay in reach.
 *
 * @verifies PL15
 */
TEST(waitable_set_prop, no_call_touches_other_members_of_a_million)
{
    static struct gale_waitable_pool pool;
    static struct gale_waitable_set set;
    static const gale_id used[USED] = {0, MANY / 2u, MANY - 1u};
    struct gale_executor_memory memory = turns_memory;
    const size_t item_bytes = MANY * sizeof(struct gale_waitable);
    const size_t link_bytes = (MANY + 100u) * sizeof(struct gale_link);
    struct gale_waitable *items = reserve(item_bytes);
    struct gale_link *links = reserve(link_bytes);

    REQUIRE(items != NULL && links != NULL);
    memory.links = links;
    memory.node_count = (gale_id)(memory.thread_count + MANY);
    CHECK_EQ(gale_executor_init(&turns_x, &memory), GALE_OK);
    CHECK_EQ(gale_waitable_set_pool_init(&pool, &turns_x, items, MANY), GALE_OK);
    CHECK_EQ(gale_waitable_set_init(&set, &pool), GALE_OK);
    for (gale_id w = 0; w < MANY; w++) {
        CHECK_EQ(gale_waitable_set_join(&set, w), GALE_OK);
    }
    for (unsigned i = 0; i + 1u < USED; i++) {
        forbid(&items[used[i] + 1u], &items[used[i + 1u]]);
        forbid(&links[pool.first_node + used[i] + 1u], &links[pool.first_node + used[i + 1u]]);
    }

    use(&pool, &set, used);

    CHECK_EQ(munmap(items, item_bytes), 0);
    CHECK_EQ(munmap(links, link_bytes), 0);
}
