/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The deadlines of kernel/timeout as its header promises them, without the heap: kernel/timeout_cbmc.c shows that the
 * heap keeps the same promises. The deadline of an id stands in its entry of the pool; a slot that is not GALE_ID_NONE
 * says that it is active; who comes first among equals is told by the sequence number.
 */
#ifndef GALE_PROOFS_CBMC_DEADLINES_H
#define GALE_PROOFS_CBMC_DEADLINES_H

#include "gale/kernel/timeout.h"

void gale_timeout_queue_init(struct gale_timeout_queue *q, struct gale_timeout *pool, gale_id *heap, gale_id capacity,
                             gale_tick now)
{
    *q = (struct gale_timeout_queue){pool, heap, capacity, 0, now, 0};
    for (gale_id id = 0; id < capacity; id++) {
        pool[id].slot = GALE_ID_NONE;
    }
}

bool gale_timeout_is_active(const struct gale_timeout_queue *q, gale_id id)
{
    GALE_ASSERT(id < q->capacity);
    return q->pool[id].slot != GALE_ID_NONE;
}

bool gale_timeout_queue_is_valid(const struct gale_timeout_queue *q)
{
    gale_id active = 0;
    bool ok = true;

    for (gale_id id = 0; id < q->capacity; id++) {
        const struct gale_timeout *t = &q->pool[id];

        active = (gale_id)(active + (t->slot != GALE_ID_NONE ? 1 : 0));
        ok = ok && (t->slot == GALE_ID_NONE ||
                    (t->deadline >= q->now && t->deadline < GALE_FOREVER && t->sequence < q->sequence));
    }
    return ok && active == q->count;
}

gale_tick gale_timeout_deadline_after(gale_tick now, gale_tick duration)
{
    return duration < GALE_FOREVER - now ? now + duration : GALE_FOREVER;
}

int gale_timeout_add(struct gale_timeout_queue *q, gale_id id, gale_tick deadline)
{
    if (gale_timeout_is_active(q, id)) {
        return GALE_EALREADY;
    }
    if (deadline != GALE_FOREVER) {
        GALE_ASSERT(q->sequence < UINT64_MAX);
        q->pool[id] = (struct gale_timeout){deadline > q->now ? deadline : q->now, q->sequence++, 0};
        q->count++;
    }
    return GALE_OK;
}

int gale_timeout_abort(struct gale_timeout_queue *q, gale_id id)
{
    if (!gale_timeout_is_active(q, id)) {
        return GALE_ENOENT;
    }
    q->pool[id].slot = GALE_ID_NONE;
    q->count--;
    return GALE_OK;
}

/** The active id that is due first; GALE_ID_NONE if there is none. */
static gale_id first_deadline(const struct gale_timeout_queue *q)
{
    gale_id first = GALE_ID_NONE;

    for (gale_id id = 0; id < q->capacity; id++) {
        const struct gale_timeout *t = &q->pool[id];

        if (t->slot != GALE_ID_NONE &&
            (first == GALE_ID_NONE || t->deadline < q->pool[first].deadline ||
             (t->deadline == q->pool[first].deadline && t->sequence < q->pool[first].sequence))) {
            first = id;
        }
    }
    return first;
}

gale_tick gale_timeout_next_deadline(const struct gale_timeout_queue *q)
{
    const gale_id first = first_deadline(q);

    return first == GALE_ID_NONE ? GALE_FOREVER : q->pool[first].deadline;
}

int gale_timeout_pop_due(struct gale_timeout_queue *q, gale_tick now, gale_id *id)
{
    const gale_id first = first_deadline(q);
    const gale_tick due = now > q->now ? now : q->now;

    if (first == GALE_ID_NONE || q->pool[first].deadline > due) {
        q->now = due;
        return GALE_EAGAIN;
    }
    *id = first;
    q->now = q->pool[first].deadline;
    return gale_timeout_abort(q, first);
}

#endif /* GALE_PROOFS_CBMC_DEADLINES_H */
