/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/sched.h"
#include "test.h"

#define THREADS 8u
#define META 0u
#define COOP GALE_PRIO_METAIRQ
#define PREEMPTIBLE GALE_PRIO_PREEMPT

static struct gale_link links[THREADS + GALE_PRIORITIES];
static struct gale_thread threads[THREADS];
static struct gale_list_pool pool;
static struct gale_sched s;

static void entry(void *arg)
{
    (void)arg;
}

static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t stack[GALE_STACK_ALIGN];

/* Threads 0.. with the given priorities, all ready and queued in order of id. */
static void sched_with(unsigned n, const uint8_t *priorities)
{
    gale_id first = 0;

    gale_list_pool_init(&pool, links, THREADS, GALE_PRIORITIES);
    CHECK_EQ(gale_list_pool_take_lists(&pool, GALE_PRIORITIES, &first), GALE_OK);
    gale_sched_init(&s, &pool, threads, THREADS, first);
    for (gale_id i = 0; i < n; i++) {
        const struct gale_thread_spec spec = {entry, NULL, stack, sizeof stack, priorities[i], NULL};
        CHECK_EQ(gale_thread_init(&threads[i], &spec), GALE_OK);
        gale_sched_add(&s, i);
    }
}

#define SCHED_WITH(...)                                        \
    do {                                                       \
        const uint8_t priorities_[] = {__VA_ARGS__};           \
        sched_with((unsigned)sizeof priorities_, priorities_); \
    } while (0)

static void make_ready(gale_id id)
{
    (void)gale_thread_wake(&threads[id], GALE_OK);
    gale_sched_add(&s, id);
}

/* @verifies SC01 SC17 */
TEST(sched, best_is_the_numerically_lowest_priority_present)
{
    SCHED_WITH(31, 9, 20, 9);

    CHECK_EQ(gale_sched_best(&s), 1);
    gale_sched_remove(&s, 1);
    CHECK_EQ(gale_sched_best(&s), 3);
    gale_sched_remove(&s, 3);
    CHECK_EQ(gale_sched_best(&s), 2);
    gale_sched_remove(&s, 2);
    CHECK_EQ(gale_sched_best(&s), 0);
    gale_sched_remove(&s, 0);
    CHECK_EQ(gale_sched_best(&s), GALE_ID_NONE);
    CHECK(gale_sched_is_valid(&s));
}

/* @verifies SC02 SC03 */
TEST(sched, insertion_and_removal_keep_arrival_order_among_equals)
{
    SCHED_WITH(10, 10, 10, 10);

    gale_sched_remove(&s, 1);
    gale_sched_remove(&s, 1);
    CHECK_EQ(gale_sched_switch(&s, false), 0);
    CHECK_EQ(gale_list_first(&pool, s.first_list + 10), 2);
    CHECK_EQ(gale_list_next(&pool, 2), 3);
    CHECK_EQ(gale_list_next(&pool, 3), GALE_ID_NONE);
    CHECK(gale_sched_is_valid(&s));
}

/* @verifies SC04 SC11 */
TEST(sched, yield_puts_current_behind_its_equals)
{
    SCHED_WITH(10, 10, 10);

    CHECK_EQ(gale_sched_switch(&s, false), 0);
    CHECK_EQ(gale_sched_switch(&s, true), 1);
    CHECK_EQ(gale_sched_switch(&s, true), 2);
    CHECK_EQ(gale_sched_switch(&s, true), 0);
}

/* @verifies SC11 */
TEST(sched, equals_do_not_switch_without_yield)
{
    SCHED_WITH(10, 10);

    CHECK_EQ(gale_sched_switch(&s, false), 0);
    CHECK_EQ(gale_sched_choose(&s, false), 0);
    CHECK_EQ(gale_sched_switch(&s, false), 0);
    CHECK_EQ(gale_sched_choose(&s, true), 1);
}

/* @verifies SC10 SC11 */
TEST(sched, current_stays_when_it_outranks_the_candidate_even_if_it_yields)
{
    SCHED_WITH(9, 10);

    CHECK_EQ(gale_sched_switch(&s, false), 0);
    CHECK_EQ(gale_sched_switch(&s, false), 0);
    CHECK_EQ(gale_sched_switch(&s, true), 0);
}

/* @verifies SC05 SC12 */
TEST(sched, a_better_thread_preempts_and_the_preempted_one_stays_first_of_its_equals)
{
    SCHED_WITH(10, 10, 9);

    gale_sched_remove(&s, 2);
    CHECK_EQ(gale_sched_switch(&s, false), 0);
    gale_sched_add(&s, 2);
    CHECK_EQ(gale_sched_switch(&s, false), 2);
    gale_thread_pend(&threads[2]);
    CHECK_EQ(gale_sched_switch(&s, false), 0);
    CHECK(gale_sched_is_valid(&s));
}

/* @verifies SC06 */
TEST(sched, a_cooperative_thread_is_preempted_only_by_a_metairq_thread)
{
    SCHED_WITH(COOP + 1, COOP, META);

    gale_sched_remove(&s, 1);
    gale_sched_remove(&s, 2);
    CHECK_EQ(gale_sched_switch(&s, false), 0);
    gale_sched_add(&s, 1);
    CHECK_EQ(gale_sched_switch(&s, false), 0);
    gale_sched_add(&s, 2);
    CHECK_EQ(gale_sched_switch(&s, false), 2);
}

/* @verifies SC06 SC11 */
TEST(sched, a_cooperative_thread_that_yields_gives_way_to_a_better_one)
{
    SCHED_WITH(COOP + 1, COOP);

    gale_sched_remove(&s, 1);
    CHECK_EQ(gale_sched_switch(&s, false), 0);
    gale_sched_add(&s, 1);
    CHECK_EQ(gale_sched_switch(&s, true), 1);
}

/* @verifies SC09 SC12 */
TEST(sched, a_thread_preempted_by_a_metairq_thread_comes_before_the_queue_head)
{
    SCHED_WITH(COOP + 1, COOP, META);

    gale_sched_remove(&s, 1);
    gale_sched_remove(&s, 2);
    CHECK_EQ(gale_sched_switch(&s, false), 0);
    gale_sched_add(&s, 1);
    gale_sched_add(&s, 2);
    CHECK_EQ(gale_sched_switch(&s, false), 2);
    CHECK_EQ(gale_list_owner(&pool, 0), GALE_ID_NONE);
    gale_thread_pend(&threads[2]);
    CHECK_EQ(gale_sched_switch(&s, false), 0);
    CHECK_EQ(s.preempted, GALE_ID_NONE);
    CHECK(gale_sched_is_valid(&s));
}

/* @verifies SC05 */
TEST(sched, a_preemptible_thread_that_a_metairq_thread_cut_off_waits_for_a_better_one)
{
    SCHED_WITH(PREEMPTIBLE + 1, PREEMPTIBLE, META);

    gale_sched_remove(&s, 1);
    gale_sched_remove(&s, 2);
    CHECK_EQ(gale_sched_switch(&s, false), 0);
    gale_sched_add(&s, 2);
    CHECK_EQ(gale_sched_switch(&s, false), 2);
    gale_sched_add(&s, 1);
    gale_thread_pend(&threads[2]);
    CHECK_EQ(gale_sched_switch(&s, false), 1);
    gale_thread_pend(&threads[1]);
    CHECK_EQ(gale_sched_switch(&s, false), 0);
}

/* @verifies SC09 */
TEST(sched, another_metairq_thread_comes_before_the_preempted_thread)
{
    SCHED_WITH(COOP, META, META);

    gale_sched_remove(&s, 1);
    gale_sched_remove(&s, 2);
    CHECK_EQ(gale_sched_switch(&s, false), 0);
    gale_sched_add(&s, 1);
    CHECK_EQ(gale_sched_switch(&s, false), 1);
    gale_sched_add(&s, 2);
    gale_thread_pend(&threads[1]);
    CHECK_EQ(gale_sched_switch(&s, false), 2);
    gale_thread_pend(&threads[2]);
    CHECK_EQ(gale_sched_switch(&s, false), 0);
}

/* @verifies SC03 SC09 */
TEST(sched, a_preempted_thread_that_is_taken_out_is_not_chosen)
{
    SCHED_WITH(COOP, PREEMPTIBLE, META);

    gale_sched_remove(&s, 2);
    CHECK_EQ(gale_sched_switch(&s, false), 0);
    gale_sched_add(&s, 2);
    CHECK_EQ(gale_sched_switch(&s, false), 2);
    CHECK_EQ(gale_thread_suspend(&threads[0]), GALE_OK);
    gale_sched_remove(&s, 0);
    gale_thread_pend(&threads[2]);
    CHECK_EQ(gale_sched_switch(&s, false), 1);
    CHECK(gale_sched_is_valid(&s));
}

/* @verifies SC07 */
TEST(sched, idle_only_when_nothing_is_ready)
{
    SCHED_WITH(PREEMPTIBLE);

    CHECK_EQ(gale_sched_switch(&s, true), 0);
    gale_thread_pend(&threads[0]);
    CHECK_EQ(gale_sched_switch(&s, false), GALE_ID_NONE);
    CHECK_EQ(gale_sched_switch(&s, true), GALE_ID_NONE);
    make_ready(0);
    CHECK_EQ(gale_sched_switch(&s, false), 0);
}

/* @verifies SC12 */
TEST(sched, a_blocked_current_thread_is_not_requeued)
{
    SCHED_WITH(9, 10);

    CHECK_EQ(gale_sched_switch(&s, false), 0);
    gale_thread_pend(&threads[0]);
    CHECK_EQ(gale_sched_switch(&s, false), 1);
    CHECK_EQ(gale_list_owner(&pool, 0), GALE_ID_NONE);
}

/* @verifies SC12 */
TEST(sched, a_current_thread_that_was_queued_meanwhile_is_queued_once)
{
    SCHED_WITH(9, 9);

    CHECK_EQ(gale_sched_switch(&s, false), 0);
    gale_thread_pend(&threads[0]);
    make_ready(0);
    CHECK_EQ(gale_sched_choose(&s, false), 1);
    CHECK_EQ(gale_sched_switch(&s, false), 1);
    gale_thread_pend(&threads[1]);
    CHECK_EQ(gale_sched_switch(&s, false), 0);
    gale_thread_pend(&threads[0]);
    CHECK_EQ(gale_sched_switch(&s, false), GALE_ID_NONE);
}

/* @verifies SC08 TH06 */
TEST(sched, the_extreme_priorities_compare_right)
{
    SCHED_WITH(GALE_PRIORITIES - 1, 0);

    CHECK_EQ(gale_sched_switch(&s, false), 1);
    gale_thread_pend(&threads[1]);
    CHECK_EQ(gale_sched_switch(&s, false), 0);
    make_ready(1);
    CHECK_EQ(gale_sched_switch(&s, false), 1);
}

/* @verifies SC02 SC03 TH02 */
TEST(sched, a_new_priority_moves_a_queued_thread_behind_its_new_equals)
{
    SCHED_WITH(20, 21, 20);

    CHECK_EQ(gale_sched_set_priority(&s, 1, 20), GALE_OK);
    CHECK_EQ(gale_list_next(&pool, 2), 1);
    CHECK_EQ(gale_sched_set_priority(&s, 1, GALE_PRIORITIES), GALE_EINVAL);
    CHECK_EQ(gale_list_next(&pool, 2), 1);
    CHECK_EQ(gale_sched_switch(&s, false), 0);
    CHECK_EQ(gale_sched_set_priority(&s, 0, 30), GALE_OK);
    CHECK_EQ(gale_sched_switch(&s, false), 2);
    CHECK_EQ(gale_sched_best(&s), 1);
    CHECK(gale_sched_is_valid(&s));
}

/* @verifies SC05 */
TEST(sched, is_valid_sees_bitmap_queue_and_readiness_disagree)
{
    SCHED_WITH(20, 21);
    s.ready ^= 1u;
    CHECK(!gale_sched_is_valid(&s));
    s.ready ^= 1u;
    CHECK(gale_sched_is_valid(&s));
    threads[1].suspended = true;
    CHECK(!gale_sched_is_valid(&s));
    threads[1].suspended = false;
    threads[1].spec.priority = 22;
    CHECK(!gale_sched_is_valid(&s));
    threads[1].spec.priority = 21;
    s.preempted = 1;
    CHECK(!gale_sched_is_valid(&s));
    s.preempted = 2;
    threads[2].dead = true;
    CHECK(!gale_sched_is_valid(&s));
}
