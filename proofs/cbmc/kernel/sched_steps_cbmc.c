/* SPDX-License-Identifier: Apache-2.0 */
/**
 * No operation of the scheduler has a loop: every loop would need one turn more than --unwind allows. Whatever the links
 * and the threads say, so the number of threads does not matter; here are 5 of them, in order or not.
 * @bound none in the state; the number of steps is bounded by the text of each operation
 * @cbmc -DGALE_PRIORITIES=3 -DGALE_PRIO_METAIRQ=1 -DGALE_PRIO_PREEMPT=2 --unwind 1
 */
#include "harness.h"

#include "kernel/list.c"
#include "kernel/sched.c"
#include "kernel/thread.c"

enum { THREADS = 5, LINKS = THREADS + GALE_PRIORITIES };

static struct gale_link links[LINKS], old[LINKS];
static struct gale_list_pool pool = {links, THREADS, GALE_PRIORITIES, THREADS, GALE_PRIORITIES};
static struct gale_thread threads[THREADS];
static struct gale_sched s = {&pool, threads, THREADS, 0, GALE_ID_NONE, GALE_ID_NONE, 0};

static void any_link(uint32_t i)
{
    links[i].next = (gale_id)any_upto(LINKS - 1u);
    links[i].prev = (gale_id)any_upto(LINKS - 1u);
    links[i].owner = nondet_bool() ? GALE_ID_NONE : (gale_id)any_upto(GALE_PRIORITIES - 1u);
    old[i] = links[i];
}

static void any_thread(uint32_t i)
{
    threads[i].spec.priority = (uint8_t)any_upto(GALE_PRIORITIES - 1u);
    threads[i].pending = nondet_bool();
    threads[i].suspended = nondet_bool();
    threads[i].dead = nondet_bool();
}

static gale_id any_or_none(void)
{
    return nondet_bool() ? GALE_ID_NONE : (gale_id)any_upto(THREADS - 1u);
}

static uint32_t changed(uint32_t i)
{
    return links[i].next != old[i].next || links[i].prev != old[i].prev || links[i].owner != old[i].owner ? 1u : 0u;
}

/* @mutant src/kernel/sched.c: `gale_list_push_back(s->links, ` -> `for (gale_id i = 0; i < s->count; i++) { } gale_list_push_back(s->links, ` */
void check_no_loop(void)
{
    const gale_id thread = (gale_id)any_upto(THREADS - 1u);

    any_link(0);
    any_link(1);
    any_link(2);
    any_link(3);
    any_link(4);
    any_link(5);
    any_link(6);
    any_link(7);
    any_thread(0);
    any_thread(1);
    any_thread(2);
    any_thread(3);
    any_thread(4);
    s.current = any_or_none();
    s.preempted = any_or_none();
    s.ready = any_upto((1u << GALE_PRIORITIES) - 1u);
    switch (any_upto(5)) {
    case 0:
        gale_sched_add(&s, thread);
        break;
    case 1:
        gale_sched_remove(&s, thread);
        break;
    case 2:
        (void)gale_sched_best(&s);
        break;
    case 3:
        (void)gale_sched_choose(&s, nondet_bool());
        break;
    case 4:
        (void)gale_sched_switch(&s, nondet_bool());
        break;
    default:
        (void)gale_sched_set_priority(&s, thread, nondet_u8());
        break;
    }
    prove(changed(0) + changed(1) + changed(2) + changed(3) + changed(4) + changed(5) + changed(6) + changed(7) <= 6,
          "SC17: best, add, remove and switch write at most six links, without a loop");
    reached();
}
