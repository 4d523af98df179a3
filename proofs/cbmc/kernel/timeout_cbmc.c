/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One step of the deadline queue from any valid state.
 * @bound 3 ids, any deadlines; the tick is not FOREVER, fewer than 2^64 - 1 deadlines were added before
 * @cbmc --unwind 5
 */
#include "harness.h"

#include "kernel/timeout.c"

enum { IDS = 3 };

static struct gale_timeout pool[IDS], old_pool[IDS];
static gale_id heap[IDS];
static struct gale_timeout_queue queue, old;

/** No two active ids were added at once; so they are in a strict order. */
static bool sequences_differ(void)
{
    bool differ = true;

    for (uint32_t i = 0; i < IDS; i++) {
        for (uint32_t k = 0; k < i; k++) {
            differ = differ && (pool[i].slot == GALE_ID_NONE || pool[k].slot == GALE_ID_NONE ||
                                pool[i].sequence != pool[k].sequence);
        }
    }
    return differ;
}

static void any_queue(void)
{
    queue = (struct gale_timeout_queue){pool, heap, IDS, (gale_id)any_upto(IDS), nondet_u64(), nondet_u64()};
    for (uint32_t i = 0; i < IDS; i++) {
        pool[i] = (struct gale_timeout){nondet_u64(), nondet_u64(), (gale_id)nondet_u32()};
        heap[i] = (gale_id)any_upto(IDS - 1u);
    }
    assume(gale_timeout_queue_is_valid(&queue) && sequences_differ() && queue.sequence < UINT64_MAX &&
           queue.now < GALE_FOREVER);
    old = queue;
    for (uint32_t i = 0; i < IDS; i++) {
        old_pool[i] = pool[i];
    }
}

static bool was_active(gale_id id)
{
    return old_pool[id].slot != GALE_ID_NONE;
}

/** All ids but `id` are as they were: active or not, with the same deadline and place among equals. */
static void others_unchanged(gale_id id)
{
    const gale_id other = (gale_id)any_upto(IDS - 1u);

    prove(other == id || gale_timeout_is_active(&queue, other) == was_active(other),
          "TO03 TO04: no other id is touched");
    prove(other == id || !was_active(other) ||
              (pool[other].deadline == old_pool[other].deadline && pool[other].sequence == old_pool[other].sequence),
          "TO04: other deadlines stay");
    prove(sequences_differ(), "TO04: ids keep different places in the order of adding");
    prove(gale_timeout_queue_is_valid(&queue), "TO01: valid after the step; no active deadline is before the tick");
    prove(queue.now >= old.now, "TO01: the tick never moves back");
    reached();
}

/* @mutant src/kernel/timeout.c: `pool[i].slot = GALE_ID_NONE;` -> `` */
void check_init(void)
{
    const gale_tick now = nondet_u64();

    for (uint32_t i = 0; i < IDS; i++) {
        pool[i].slot = (gale_id)nondet_u32();
    }
    gale_timeout_queue_init(&queue, pool, heap, IDS, now);
    prove(gale_timeout_queue_is_valid(&queue) && gale_timeout_next_deadline(&queue) == GALE_FOREVER,
          "TO01 TO07: a new queue has no deadline");
    prove(!gale_timeout_is_active(&queue, (gale_id)any_upto(IDS - 1u)), "TO03: no id is active");
    reached();
}

/* @mutant src/kernel/timeout.c: `deadline > q->now ? deadline : q->now` -> `deadline`
 * @mutant src/kernel/timeout.c: `if (deadline == GALE_FOREVER)` -> `if (false)`
 * @mutant src/kernel/timeout.c: `x->deadline < y->deadline ||` -> `x->deadline > y->deadline ||` */
void check_add(void)
{
    const gale_id id = (gale_id)any_upto(IDS - 1u);
    const gale_tick deadline = nondet_u64();

    any_queue();
    const int status = gale_timeout_add(&queue, id, deadline);

    prove(status == (was_active(id) ? GALE_EALREADY : GALE_OK), "TO01: refused iff active");
    if (status == GALE_OK && deadline != GALE_FOREVER) {
        prove(gale_timeout_is_active(&queue, id) && pool[id].deadline >= deadline && pool[id].deadline >= queue.now,
              "TO01: an active deadline is never before the tick at which it was set");
        prove(pool[id].deadline == deadline || (deadline < old.now && pool[id].deadline == old.now),
              "TO01 TO08: a deadline that has passed is due at once");
        prove(pool[id].sequence == old.sequence, "TO04: behind its equals");
    } else {
        prove(deadline != GALE_FOREVER || was_active(id) || !gale_timeout_is_active(&queue, id),
              "TO07: FOREVER is no deadline");
    }
    others_unchanged(status == GALE_OK ? id : GALE_ID_NONE);
}

/* @mutant src/kernel/timeout.c: `now + duration : GALE_FOREVER` -> `now + duration : now + duration`
 * @mutant src/kernel/timeout.c: `duration < GALE_FOREVER - now` -> `duration <= GALE_FOREVER` */
void check_deadline_after(void)
{
    const gale_tick now = nondet_u64();
    const gale_tick duration = nondet_u64();
    const gale_tick deadline = gale_timeout_deadline_after(now, duration);

    prove(deadline >= now && deadline >= duration, "TO05: 64-bit arithmetic does not overflow");
    prove(deadline == GALE_FOREVER || deadline - now == duration, "TO02 TO06: now plus the duration");
    prove(deadline != GALE_FOREVER || duration >= GALE_FOREVER - now, "TO02 TO06: FOREVER only beyond the range");
    reached();
}

/* @mutant src/kernel/timeout.c: `gale_timeout_deadline_after(q->now, duration)` -> `duration` */
void check_add_after(void)
{
    const gale_id id = (gale_id)any_upto(IDS - 1u);
    const gale_tick duration = nondet_u64();

    any_queue();
    const int status = gale_timeout_add_after(&queue, id, duration);

    prove(status != GALE_OK || duration >= GALE_FOREVER - old.now || pool[id].deadline == old.now + duration,
          "TO02 TO06: relative to the tick now");
    others_unchanged(status == GALE_OK ? id : GALE_ID_NONE);
}

/* @mutant src/kernel/timeout.c: `timeout_extract(q, q->pool[id].slot);` -> ``
 * @mutant src/kernel/timeout.c: `if (slot > 0 && timeout_before(` -> `if (false && timeout_before(` */
void check_abort(void)
{
    const gale_id id = (gale_id)any_upto(IDS - 1u);

    any_queue();
    const int status = gale_timeout_abort(&queue, id);

    prove(status == (was_active(id) ? GALE_OK : GALE_ENOENT), "TO03: an active deadline can be aborted");
    prove(!gale_timeout_is_active(&queue, id), "TO03: it is inactive after that");
    others_unchanged(id);
}

/* @mutant src/kernel/timeout.c: `deadline > due)` -> `deadline >= due)`
 * @mutant src/kernel/timeout.c: `x->sequence < y->sequence` -> `x->sequence > y->sequence` */
void check_pop_due(void)
{
    const gale_tick now = nondet_u64();
    const gale_id other = (gale_id)any_upto(IDS - 1u);
    gale_id id = GALE_ID_NONE;

    assume(now < GALE_FOREVER);
    any_queue();
    const int status = gale_timeout_pop_due(&queue, now, &id);

    if (status == GALE_OK) {
        prove(was_active(id) && !gale_timeout_is_active(&queue, id), "TO04: a deadline fires once");
        prove(old_pool[id].deadline <= now || old_pool[id].deadline == old.now, "TO04: none fires early");
        prove(!was_active(other) || old_pool[id].deadline < old_pool[other].deadline ||
                  (old_pool[id].deadline == old_pool[other].deadline &&
                   old_pool[id].sequence <= old_pool[other].sequence),
              "TO04: in deadline order, FIFO among equals");
    } else {
        prove(status == GALE_EAGAIN && id == GALE_ID_NONE, "TO04: or none is due");
        prove(!was_active(other) || old_pool[other].deadline > now, "TO04: none that is due is left out");
        prove(queue.now == (now > old.now ? now : old.now), "TO04: announced up to the tick");
    }
    others_unchanged(id);
}

/* @mutant src/kernel/timeout.c: `q->count > 0 ? q->pool[q->heap[0]].deadline` -> `q->count > 0 ? q->pool[q->heap[q->count - 1u]].deadline` */
void check_next_deadline(void)
{
    const gale_id other = (gale_id)any_upto(IDS - 1u);

    any_queue();
    const gale_tick next = gale_timeout_next_deadline(&queue);

    prove(!was_active(other) || next <= pool[other].deadline, "TO04: no deadline is before the next one");
    prove((next == GALE_FOREVER) == (queue.count == 0), "TO07: FOREVER iff there is none");
    others_unchanged(GALE_ID_NONE);
}
