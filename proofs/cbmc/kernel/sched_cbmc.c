/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One step of the scheduler from any valid state.
 * @bound 3 threads, 4 priorities (one MetaIRQ, one cooperative, two preemptible)
 * @cbmc --max-field-sensitivity-array-size 0 --unwind 5
 * @cbmc --unwindset executor_init_bell.0:32,list_init_links.1:12,gale_list_pool_is_valid.0:12
 */
#define THREADS 3
#define GALE_PRIORITIES 4
#include "executor.h"

static struct gale_sched old;
static gale_id old_place[THREADS];

static void others(gale_id self)
{
    (void)self;
}

static void any_sched(void)
{
    new_executor();
    any_state();
    old = x.sched;
    for (gale_id id = 0; id < THREADS; id++) {
        old_place[id] = place_of(id);
    }
}

/** Of those who are queued: the best, and of the best the first. */
static gale_id best(void)
{
    gale_id found = GALE_ID_NONE;

    for (gale_id id = 0; id < THREADS; id++) {
        if (is_queued(id) && (found == GALE_ID_NONE || priority_of(id) < priority_of(found))) {
            found = id;
        }
    }
    return found;
}

/** The current thread has the core and may keep it. */
static bool holds(void)
{
    return old.current != GALE_ID_NONE && is_ready(old.current) && old_place[old.current] == GALE_ID_NONE;
}

/** The queues hold who they held, in their order, but for `moved`. */
static void others_kept(gale_id moved)
{
    const gale_id id = (gale_id)any_upto(THREADS - 1u);
    const gale_id queue = (gale_id)any_upto(GALE_PRIORITIES - 1u);

    prove(id == moved || place_of(id) == old_place[id], "SC02 SC03: nobody else moves");
    prove(in_order_but(queue, moved), "SC02 SC03: the others keep their order");
}

/* @mutant src/kernel/bits.h: `(unsigned)__builtin_ctz(w)` -> `31u - (unsigned)__builtin_clz(w)` */
void check_best(void)
{
    any_sched();
    prove(gale_sched_best(&x.sched) == best(), "SC01: the lowest priority number present, of those the first");
    still_valid();
}

/* @mutant src/kernel/sched.c: `gale_list_push_back(s->links, sched_list(s, thread), thread);` -> `gale_list_push_front(s->links, sched_list(s, thread), thread);`
 * @mutant src/kernel/sched.c: `s->ready = bits_set(s->ready, priority);` -> `` */
void check_add(void)
{
    const gale_id id = (gale_id)any_upto(THREADS - 1u);

    any_sched();
    assume(is_ready(id) && old_place[id] == GALE_ID_NONE && id != x.sched.preempted); /* it has just become ready */
    gale_sched_add(&x.sched, id);
    prove(gale_list_last(&x.links, (gale_id)(x.sched.first_list + priority_of(id))) == id, "SC02: behind its equals");
    others_kept(id);
    still_valid();
}

/* @mutant src/kernel/sched.c: `s->ready = bits_clear(s->ready, priority);` -> ``
 * @mutant src/kernel/sched.c: `if (thread == s->preempted) {` -> `if (false) {` */
void check_remove(void)
{
    const gale_id id = (gale_id)any_upto(THREADS - 1u);

    any_sched();
    gale_sched_remove(&x.sched, id);
    prove(!is_queued(id) && x.sched.preempted != id, "SC03: in no queue, nor preempted");
    prove(old.preempted == id || x.sched.preempted == old.preempted, "SC03: who else was preempted stays so");
    prove(place_of(id) == GALE_ID_NONE || place_of(id) == old_place[id], "SC03: from no other list");
    others_kept(id);
    prove(gale_sched_is_valid(&x.sched), "SC03: the invariant holds");
    reached();
}

/** What the rules say of an answer of choose. */
static void rules(gale_id next, bool yield)
{
    const gale_id first = best();
    const bool urgent = first != GALE_ID_NONE && priority_of(first) < GALE_PRIO_METAIRQ;
    const gale_id rival = old.preempted != GALE_ID_NONE && !urgent ? old.preempted : first;

    prove(next == GALE_ID_NONE || is_ready(next), "SC05: only a ready thread");
    prove(next == rival || (holds() && next == old.current), "SC05: the best of all, or the one that has the core");
    prove((next == GALE_ID_NONE) == (first == GALE_ID_NONE && old.preempted == GALE_ID_NONE && !holds()),
          "SC07: nobody only when nothing is ready");
    prove(old.preempted == GALE_ID_NONE || urgent || next == old.preempted || (holds() && next == old.current),
          "SC09: a preempted thread goes before the queue, unless a MetaIRQ thread stands there");
    if (!holds()) {
        return;
    }
    if (next != old.current) {
        prove(yield || priority_of(old.current) >= GALE_PRIO_PREEMPT || priority_of(next) < GALE_PRIO_METAIRQ,
              "SC06: a cooperative thread is preempted only by a MetaIRQ thread");
        prove(priority_of(next) <= priority_of(old.current), "SC10: current stays if it outranks the candidate");
        prove(yield || priority_of(next) < priority_of(old.current), "SC11: equals switch only in a yield");
    } else if (rival != GALE_ID_NONE) {
        prove(priority_of(rival) > priority_of(next) ||
                  (!yield && (priority_of(rival) == priority_of(next) ||
                              (priority_of(next) < GALE_PRIO_PREEMPT && priority_of(rival) >= GALE_PRIO_METAIRQ))),
              "SC05 SC04: who may take the core takes it");
    }
}

/* @mutant src/kernel/sched.c: `return other <= mine;` -> `return other < mine;`
 * @mutant src/kernel/sched.c: `return other < mine && (` -> `return other <= mine && (`
 * @mutant src/kernel/sched.c: `sched_is_preemptible(s, s->current) || ` -> `true || `
 * @mutant src/kernel/sched.c: `|| !sched_is_metairq(s, best)` -> `|| sched_is_metairq(s, best)` */
void check_choose(void)
{
    const bool yield = nondet_bool();

    any_sched();
    rules(gale_sched_choose(&x.sched, yield), yield);
    prove(x.sched.current == old.current && x.sched.ready == old.ready, "SC05: a choice changes nothing");
    others_kept(GALE_ID_NONE);
    still_valid();
}

/* @mutant src/kernel/sched.c: `sched_set_preempted(s, s->current);` -> `sched_add_front(s, s->current);`
 * @mutant src/kernel/sched.c: `gale_sched_add(s, s->current);` -> `sched_add_front(s, s->current);`
 * @mutant src/kernel/sched.c: `sched_add_front(s, s->current);` -> ``
 * @mutant src/kernel/sched.c: `gale_sched_remove(s, next);` -> `` */
void check_switch(void)
{
    const bool yield = nondet_bool();

    any_sched();
    const gale_id next = gale_sched_choose(&x.sched, yield);
    const bool gives = holds() && next != old.current; /* somebody who can go on gives the core away */
    const bool cut_off =
        gives && !yield && priority_of(next) < GALE_PRIO_METAIRQ && priority_of(old.current) >= GALE_PRIO_METAIRQ &&
        priority_of(old.current) < GALE_PRIO_PREEMPT && (old.preempted == GALE_ID_NONE || old.preempted == next);

    prove(gale_sched_switch(&x.sched, yield) == next && x.sched.current == next, "SC05: the choice has the core");
    prove(next == GALE_ID_NONE || (place_of(next) == GALE_ID_NONE && x.sched.preempted != next),
          "SC03: out of its queue");
    if (gives) {
        const gale_id queue = (gale_id)(x.sched.first_list + priority_of(old.current));

        prove(cut_off == (x.sched.preempted == old.current),
              "SC12: a cooperative thread that a MetaIRQ thread cuts off is not queued");
        prove(cut_off || place_of(old.current) == queue, "SC12: else queued");
        prove(!yield || gale_list_last(&x.links, queue) == old.current, "SC04: who yields goes behind its equals");
        prove(yield || cut_off || gale_list_first(&x.links, queue) == old.current, "SC02: who is cut off, before them");
    } else if (old.current != GALE_ID_NONE && next != old.current) {
        prove(place_of(old.current) == old_place[old.current], "SC12: who is not active is not queued by that");
    }
    const gale_id id = (gale_id)any_upto(THREADS - 1u);
    const gale_id moved = gives ? old.current : GALE_ID_NONE;
    const gale_id list = (gale_id)any_upto(GALE_PRIORITIES - 1u);

    prove(id == next || id == moved || place_of(id) == old_place[id], "SC02 SC03: nobody else moves");
    prove(in_order_but(list, moved), "SC02 SC03: the others keep their order");
    still_valid();
}

/* @mutant src/kernel/sched.c: `const bool queued = sched_is_queued(s, thread);` -> `const bool queued = false;`
 * @mutant src/kernel/sched.c: `if (priority >= GALE_PRIORITIES) {` -> `if (priority > GALE_PRIORITIES) {`
 * @mutant src/kernel/sched.c: `(void)gale_thread_set_priority(&s->threads[thread], priority);` -> `` */
void check_set_priority(void)
{
    const gale_id id = (gale_id)any_upto(THREADS - 1u);
    const uint8_t priority = nondet_u8();

    any_sched();
    assume(!memory_threads[id].dead);
    const uint8_t before = priority_of(id);
    const bool queued = is_queued(id);
    const int status = gale_sched_set_priority(&x.sched, id, priority);

    prove(status == (priority < GALE_PRIORITIES ? GALE_OK : GALE_EINVAL), "TH02 SC08: refused iff out of range");
    prove(priority_of(id) == (status == GALE_OK ? priority : before), "TH02: set, or nothing changed");
    prove(!queued || status != GALE_OK || gale_list_last(&x.links, (gale_id)(x.sched.first_list + priority)) == id,
          "SC02: behind its new equals");
    prove(queued || place_of(id) == old_place[id], "SC03: who is not queued stays where it is");
    others_kept(id);
    still_valid();
}
