/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/timeout.h"

#ifdef __FRAMAC__
#include "kernel/timeout_ghost.acsl"
#endif

/* The heap moves a hole: while an id looks for its slot, the slot it will take is free and the others are in order. */

/*@ requires own: timeout_memory(q) && a < q->capacity && b < q->capacity;
    assigns  \nothing;
    ensures  key: \result <==> timeout_key(q, a) < timeout_key(q, b);
*/
static bool timeout_before(const struct gale_timeout_queue *q, gale_id a, gale_id b)
{
    const struct gale_timeout *x = &q->pool[a];
    const struct gale_timeout *y = &q->pool[b];

    return x->deadline < y->deadline || (x->deadline == y->deadline && x->sequence < y->sequence);
}

/*@ requires own: timeout_memory(q) && slot < q->capacity && id < q->capacity;
    assigns  q->heap[slot], q->pool[id].slot;
    ensures  put: q->heap[slot] == id && q->pool[id].slot == slot;
*/
static void timeout_place(struct gale_timeout_queue *q, gale_id slot, gale_id id)
{
    q->heap[slot] = id;
    q->pool[id].slot = slot;
}

/** Fills the hole at `slot` with `id` or, towards the root, with what `id` comes before. */
/*@ requires own:  timeout_memory(q) && id < q->capacity;
    requires hole: timeout_hole(q, slot) && timeout_hole_order(q, slot) && timeout_hole_skip(q, slot) &&
                   timeout_hole_down(q, slot, id) && !timeout_in_hole(q, slot, id);
    assigns  q->heap[0 .. q->count - 1], q->pool[0 .. q->capacity - 1].slot;
    ensures  ok:   timeout_shape(q) && timeout_order(q);
    ensures  set:  timeout_filled{Pre, Post}(q, slot, id) && timeout_out_kept{Pre, Post}(q, slot, id);
*/
static void timeout_up(struct gale_timeout_queue *q, gale_id slot, gale_id id)
{
    /*@ loop invariant hole: timeout_hole(q, slot) && timeout_hole_order(q, slot) && timeout_hole_skip(q, slot);
        loop invariant down: timeout_hole_down(q, slot, id);
        loop invariant set:  timeout_hole_moved{Pre, Here}(q, \at(slot, Pre), slot);
        loop invariant out:  timeout_out_kept{Pre, Here}(q, \at(slot, Pre), -1);
        loop assigns slot, q->heap[0 .. q->count - 1], q->pool[0 .. q->capacity - 1].slot;
        loop variant slot;
    */
    while (slot > 0) {
        gale_id parent = (gale_id)((slot - 1u) / 2u);

        //@ assert up: timeout_child(parent, slot) && parent < slot;
        if (!timeout_before(q, id, q->heap[parent])) {
            break;
        }
        timeout_place(q, slot, q->heap[parent]);
        slot = parent;
    }
    //@ assert fits: timeout_hole_up(q, slot, id);
    timeout_place(q, slot, id);
}

/** The child of `slot` that comes first; `slot` must have one. */
/*@ requires own: timeout_memory(q) && q->count <= q->capacity && 0 <= slot < q->count / 2;
    requires ids: \forall integer k; slot < k < q->count ==> 0 <= q->heap[k] < q->capacity;
    assigns  \nothing;
    ensures  child: timeout_child(slot, \result) && slot < \result < q->count;
    ensures  least: \forall integer c; slot < c < q->count && timeout_child(slot, c) ==>
                      timeout_key(q, q->heap[\result]) <= timeout_key(q, q->heap[c]);
*/
static gale_id timeout_first_child(const struct gale_timeout_queue *q, gale_id slot)
{
    gale_id left = (gale_id)(2u * slot + 1u);

    if (left < q->count - 1u && timeout_before(q, q->heap[left + 1u], q->heap[left])) {
        return (gale_id)(left + 1u);
    }
    return left;
}

/** Fills the hole at `slot` with `id` or, away from the root, with what comes before `id`. */
/*@ requires own:  timeout_memory(q) && id < q->capacity;
    requires hole: timeout_hole(q, slot) && timeout_hole_order(q, slot) && timeout_hole_skip(q, slot) &&
                   timeout_hole_up(q, slot, id) && !timeout_in_hole(q, slot, id);
    assigns  q->heap[0 .. q->count - 1], q->pool[0 .. q->capacity - 1].slot;
    ensures  ok:   timeout_shape(q) && timeout_order(q);
    ensures  set:  timeout_filled{Pre, Post}(q, slot, id) && timeout_out_kept{Pre, Post}(q, slot, id);
*/
static void timeout_down(struct gale_timeout_queue *q, gale_id slot, gale_id id)
{
    /*@ loop invariant hole: timeout_hole(q, slot) && timeout_hole_order(q, slot) && timeout_hole_skip(q, slot);
        loop invariant up:   timeout_hole_up(q, slot, id);
        loop invariant set:  timeout_hole_moved{Pre, Here}(q, \at(slot, Pre), slot);
        loop invariant out:  timeout_out_kept{Pre, Here}(q, \at(slot, Pre), -1);
        loop assigns slot, q->heap[0 .. q->count - 1], q->pool[0 .. q->capacity - 1].slot;
        loop variant q->count - slot;
    */
    while (slot < q->count / 2u) {
        gale_id child = timeout_first_child(q, slot);

        if (!timeout_before(q, q->heap[child], id)) {
            break;
        }
        timeout_place(q, slot, q->heap[child]);
        slot = child;
    }
    //@ assert fits: timeout_hole_down(q, slot, id);
    timeout_place(q, slot, id);
}

/** Takes the id at `slot` out; the last one fills the hole. */
/*@ requires ok:  timeout_queue_ok(q) && slot < q->count;
    assigns  q->count, q->heap[0 .. q->capacity - 1], q->pool[0 .. q->capacity - 1].slot;
    ensures  ok:  timeout_queue_ok(q);
    ensures  out: !timeout_active(q, \old(q->heap[slot]));
    ensures  set: timeout_others_kept{Pre, Post}(q, \old(q->heap[slot]));
*/
static void timeout_extract(struct gale_timeout_queue *q, gale_id slot)
{
    gale_id last = q->heap[q->count - 1u];

    q->pool[q->heap[slot]].slot = GALE_ID_NONE;
    q->count--;
    if (slot == q->count) {
        return;
    }
    /*@ assert set: \forall integer y; 0 <= y < q->capacity ==>
          (timeout_in_hole(q, slot, y) <==>
             (\at(timeout_active(q, y), Pre) && y != last && y != \at(q->heap[slot], Pre)));
    */
    //@ assert skip: timeout_hole(q, slot) && timeout_hole_skip(q, slot);
    if (slot > 0 && timeout_before(q, last, q->heap[(slot - 1u) / 2u])) {
        timeout_up(q, slot, last);
    } else {
        timeout_down(q, slot, last);
    }
}

void gale_timeout_queue_init(struct gale_timeout_queue *q, struct gale_timeout *pool, gale_id *heap, gale_id capacity,
                             gale_tick now)
{
    *q = (struct gale_timeout_queue){pool, heap, capacity, 0, now, 0};
    /*@ loop invariant range: 0 <= i <= capacity;
        loop invariant ids:   \forall integer k; 0 <= k < i ==> pool[k].slot == GALE_ID_NONE;
        loop assigns i, pool[0 .. capacity - 1].slot;
        loop variant capacity - i;
    */
    for (gale_id i = 0; i < capacity; i++) {
        pool[i].slot = GALE_ID_NONE;
    }
}

/*@ requires own: timeout_memory(q) && q->count <= q->capacity && 0 <= slot < q->count;
    requires ids: \forall integer k; 0 <= k < slot ==> 0 <= q->heap[k] < q->capacity;
    assigns  \nothing;
    ensures  ok:  \result <==> timeout_slot_ok(q, slot);
*/
static bool timeout_slot_is_valid(const struct gale_timeout_queue *q, gale_id slot)
{
    gale_id id = q->heap[slot];

    return id < q->capacity && q->pool[id].slot == slot &&
           (slot == 0 || timeout_before(q, q->heap[(slot - 1u) / 2u], id));
}

/*@ requires own: timeout_memory(q) && id < q->capacity && q->count <= q->capacity;
    assigns  \nothing;
    ensures  ok:  \result <==> timeout_id_ok(q, id);
*/
static bool timeout_id_is_valid(const struct gale_timeout_queue *q, gale_id id)
{
    const struct gale_timeout *t = &q->pool[id];

    return t->slot == GALE_ID_NONE || (t->slot < q->count && q->heap[t->slot] == id && t->deadline >= q->now &&
                                       t->deadline < GALE_FOREVER && t->sequence < q->sequence);
}

bool gale_timeout_queue_is_valid(const struct gale_timeout_queue *q)
{
    gale_id i;

    if (q->count > q->capacity) {
        return false;
    }
    /*@ loop invariant slots: 0 <= i <= q->count && \forall integer k; 0 <= k < i ==> timeout_slot_ok(q, k);
        loop assigns i;
        loop variant q->count - i;
    */
    for (i = 0; i < q->count; i++) {
        if (!timeout_slot_is_valid(q, i)) {
            return false;
        }
    }
    /*@ loop invariant ids: 0 <= i <= q->capacity && \forall integer x; 0 <= x < i ==> timeout_id_ok(q, x);
        loop assigns i;
        loop variant q->capacity - i;
    */
    for (i = 0; i < q->capacity; i++) {
        if (!timeout_id_is_valid(q, i)) {
            return false;
        }
    }
    return true;
}

gale_tick gale_timeout_deadline_after(gale_tick now, gale_tick duration)
{
    return duration < GALE_FOREVER - now ? now + duration : GALE_FOREVER;
}

bool gale_timeout_is_active(const struct gale_timeout_queue *q, gale_id id)
{
    GALE_ASSERT(id < q->capacity);
    return q->pool[id].slot != GALE_ID_NONE;
}

gale_tick gale_timeout_next_deadline(const struct gale_timeout_queue *q)
{
    //@ ghost timeout_ghost_root(q);
    return q->count > 0 ? q->pool[q->heap[0]].deadline : GALE_FOREVER;
}

int gale_timeout_add(struct gale_timeout_queue *q, gale_id id, gale_tick deadline)
{
    if (gale_timeout_is_active(q, id)) {
        return GALE_EALREADY;
    }
    if (deadline == GALE_FOREVER) {
        return GALE_OK;
    }
    q->pool[id].deadline = deadline > q->now ? deadline : q->now;
    q->pool[id].sequence = q->sequence++;
    q->count++;
    /*@ assert set: \forall integer y; 0 <= y < q->capacity ==>
          (timeout_in_hole(q, q->count - 1, y) <==> \at(timeout_active(q, y), Pre));
    */
    timeout_up(q, (gale_id)(q->count - 1u), id);
    return GALE_OK;
}

int gale_timeout_add_after(struct gale_timeout_queue *q, gale_id id, gale_tick duration)
{
    return gale_timeout_add(q, id, gale_timeout_deadline_after(q->now, duration));
}

int gale_timeout_abort(struct gale_timeout_queue *q, gale_id id)
{
    if (!gale_timeout_is_active(q, id)) {
        return GALE_ENOENT;
    }
    timeout_extract(q, q->pool[id].slot);
    return GALE_OK;
}

int gale_timeout_pop_due(struct gale_timeout_queue *q, gale_tick now, gale_id *id)
{
    gale_tick due = now > q->now ? now : q->now;

    //@ ghost timeout_ghost_root(q);
    if (q->count == 0 || q->pool[q->heap[0]].deadline > due) {
        q->now = due;
        return GALE_EAGAIN;
    }
    *id = q->heap[0];
    q->now = q->pool[*id].deadline;
    timeout_extract(q, 0);
    return GALE_OK;
}
