/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/timeout.h"

#ifdef __FRAMAC__
#include "kernel/timeout_ghost.acsl"
#endif

/* The heap moves a hole: while an id looks for its slot, the slot it will take is free and the others are in order. */

/*@ requires own: \valid_read(t + a) && \valid_read(t + b);
    assigns  \nothing;
    ensures  key: \result <==> timeout_key(t, a) < timeout_key(t, b);
*/
static bool timeout_before(const struct gale_timeout *t, gale_id a, gale_id b)
{
    const struct gale_timeout *x = &t[a];
    const struct gale_timeout *y = &t[b];

    return x->deadline < y->deadline || (x->deadline == y->deadline && x->sequence < y->sequence);
}

/** The parent of `slot`, which is not the root. */
/*@ requires ok: 0 < slot;
    assigns  \nothing;
    ensures  up: \result < slot && \forall integer p; timeout_child(p, slot) <==> p == \result;
*/
static gale_id timeout_parent(gale_id slot)
{
    return (gale_id)((slot - 1u) / 2u);
}

/*@ requires own: \valid(h + slot) && \valid(&t[id].slot) && \separated(h + slot, &t[id].slot);
    assigns  h[slot], t[id].slot;
    ensures  put: h[slot] == id && t[id].slot == slot;
*/
static void timeout_place(struct gale_timeout *t, gale_id *h, gale_id slot, gale_id id)
{
    h[slot] = id;
    t[id].slot = slot;
}

/** Fills the hole at `slot` with `id` or, towards the root, with what `id` comes before. */
/*@ requires own:  timeout_arrays(t, h, cap) && id < cap;
    requires hole: timeout_hole(t, h, n, cap, slot) && timeout_hole_order(t, h, n, slot) &&
                   timeout_hole_skip(t, h, n, slot) && timeout_hole_down(t, h, n, slot, id) &&
                   !timeout_in_hole(t, h, n, slot, id);
    assigns  h[0 .. n - 1], t[0 .. cap - 1].slot;
    ensures  ok:   timeout_shape(t, h, n, cap);
    ensures  to04: timeout_order(t, h, n);
    ensures  set:  timeout_filled{Pre, Post}(t, h, n, cap, slot, id) &&
                   timeout_out_kept{Pre, Post}(t, h, n, cap, slot, id);
*/
static void timeout_up(struct gale_timeout *t, gale_id *h, gale_id slot, gale_id id)
/*@ ghost (gale_id n, gale_id cap) */
{
    //@ assert apart: \forall integer y, k; 0 <= y < cap && 0 <= k < n ==> &t[y].slot != &h[k];
    /*@ loop invariant hole: timeout_hole(t, h, n, cap, slot);
        loop invariant order: timeout_hole_order(t, h, n, slot);
        loop invariant skip: timeout_hole_skip(t, h, n, slot);
        loop invariant down: timeout_hole_down(t, h, n, slot, id);
        loop invariant set:  timeout_hole_moved{Pre, Here}(t, h, n, cap, \at(slot, Pre), slot);
        loop invariant out:  timeout_out_kept{Pre, Here}(t, h, n, cap, \at(slot, Pre), -1);
        loop assigns slot, h[0 .. n - 1], t[0 .. cap - 1].slot;
        loop variant slot;
    */
    while (slot > 0 && timeout_before(t, id, h[timeout_parent(slot)])) {
        gale_id parent = timeout_parent(slot);

        //@ ghost Lifted: ;
        timeout_place(t, h, slot, h[parent]);
        //@ assert kept: \forall integer k; 0 <= k < n && k != slot ==> h[k] == \at(h[k], Lifted);
        slot = parent;
    }
    //@ assert fits: timeout_hole_up(t, h, slot, id);
    //@ ghost Filled: ;
    timeout_place(t, h, slot, id);
    //@ assert kept: \forall integer k; 0 <= k < n && k != slot ==> h[k] == \at(h[k], Filled);
    //@ assert order: timeout_hole_order(t, h, n, slot);
    //@ assert fits: timeout_hole_up(t, h, slot, id) && timeout_hole_down(t, h, n, slot, id);
    //@ assert mine: timeout_in(t, h, n, id) && t[id].slot == slot;
    /*@ assert rest: \forall integer y; 0 <= y < cap && y != id ==>
          (timeout_in(t, h, n, y) <==> timeout_in_hole{Filled}(t, h, n, slot, y)); */
}

/** The child of `slot` that comes first; `slot` must have one. */
/*@ requires own: \valid_read(t + (0 .. cap - 1)) && \valid_read(h + (0 .. n - 1)) && 0 <= slot < n / 2;
    requires ids: \forall integer k; slot < k < n ==> 0 <= h[k] < cap;
    assigns  \nothing;
    ensures  child: timeout_child(slot, \result) && slot < \result < n;
    ensures  least: \forall integer c; slot < c < n && timeout_child(slot, c) ==>
                      timeout_key(t, h[\result]) <= timeout_key(t, h[c]);
*/
static gale_id timeout_first_child(const struct gale_timeout *t, const gale_id *h, gale_id n, gale_id slot)
/*@ ghost (gale_id cap) */
{
    gale_id left = (gale_id)(2u * slot + 1u);

    if (left < n - 1u && timeout_before(t, h[left + 1u], h[left])) {
        return (gale_id)(left + 1u);
    }
    return left;
}

/** Fills the hole at `slot` with `id` or, away from the root, with what comes before `id`. */
/*@ requires own:  timeout_arrays(t, h, cap) && id < cap;
    requires hole: timeout_hole(t, h, n, cap, slot) && timeout_hole_order(t, h, n, slot) &&
                   timeout_hole_skip(t, h, n, slot) && timeout_hole_up(t, h, slot, id) &&
                   !timeout_in_hole(t, h, n, slot, id);
    assigns  h[0 .. n - 1], t[0 .. cap - 1].slot;
    ensures  ok:   timeout_shape(t, h, n, cap);
    ensures  to04: timeout_order(t, h, n);
    ensures  set:  timeout_filled{Pre, Post}(t, h, n, cap, slot, id) &&
                   timeout_out_kept{Pre, Post}(t, h, n, cap, slot, id);
*/
static void timeout_down(struct gale_timeout *t, gale_id *h, gale_id n, gale_id slot, gale_id id)
/*@ ghost (gale_id cap) */
{
    //@ assert apart: \forall integer y, k; 0 <= y < cap && 0 <= k < n ==> &t[y].slot != &h[k];
    /*@ loop invariant hole: timeout_hole(t, h, n, cap, slot);
        loop invariant order: timeout_hole_order(t, h, n, slot);
        loop invariant skip: timeout_hole_skip(t, h, n, slot);
        loop invariant up:   timeout_hole_up(t, h, slot, id);
        loop invariant set:  timeout_hole_moved{Pre, Here}(t, h, n, cap, \at(slot, Pre), slot);
        loop invariant out:  timeout_out_kept{Pre, Here}(t, h, n, cap, \at(slot, Pre), -1);
        loop assigns slot, h[0 .. n - 1], t[0 .. cap - 1].slot;
        loop variant n - slot;
    */
    while (slot < n / 2u) {
        gale_id child = timeout_first_child(t, h, n, slot) /*@ ghost (cap) */;

        if (!timeout_before(t, h[child], id)) {
            break;
        }
        //@ assert only: \forall integer p; timeout_child(p, child) ==> p == slot;
        timeout_place(t, h, slot, h[child]);
        slot = child;
    }
    //@ assert fits: timeout_hole_down(t, h, n, slot, id);
    //@ ghost Filled: ;
    timeout_place(t, h, slot, id);
    //@ assert kept: \forall integer k; 0 <= k < n && k != slot ==> h[k] == \at(h[k], Filled);
    //@ assert order: timeout_hole_order(t, h, n, slot);
    //@ assert fits: timeout_hole_up(t, h, slot, id) && timeout_hole_down(t, h, n, slot, id);
    //@ assert mine: timeout_in(t, h, n, id) && t[id].slot == slot;
    /*@ assert rest: \forall integer y; 0 <= y < cap && y != id ==>
          (timeout_in(t, h, n, y) <==> timeout_in_hole{Filled}(t, h, n, slot, y)); */
}

/** Fills the hole at `slot` with `id`, in whichever direction that has to go. */
/*@ requires own:  timeout_arrays(t, h, cap) && id < cap;
    requires hole: timeout_hole(t, h, n, cap, slot) && timeout_hole_order(t, h, n, slot) &&
                   timeout_hole_skip(t, h, n, slot) && !timeout_in_hole(t, h, n, slot, id);
    assigns  h[0 .. n - 1], t[0 .. cap - 1].slot;
    ensures  ok:   timeout_shape(t, h, n, cap);
    ensures  to04: timeout_order(t, h, n);
    ensures  set:  timeout_filled{Pre, Post}(t, h, n, cap, slot, id) &&
                   timeout_out_kept{Pre, Post}(t, h, n, cap, slot, id);
*/
static void timeout_fill(struct gale_timeout *t, gale_id *h, gale_id n, gale_id slot, gale_id id)
/*@ ghost (gale_id cap) */
{
    if (slot > 0 && timeout_before(t, id, h[timeout_parent(slot)])) {
        //@ assert down: timeout_hole_down(t, h, n, slot, id);
        timeout_up(t, h, slot, id) /*@ ghost (n, cap) */;
    } else {
        //@ assert up: timeout_hole_up(t, h, slot, id);
        timeout_down(t, h, n, slot, id) /*@ ghost (cap) */;
    }
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
    struct gale_timeout *const t = q->pool;
    gale_id *const h = q->heap;
    const gale_id n = (gale_id)(q->count - 1u);
    const gale_id last = h[n];

    //@ assert unaliased: timeout_unaliased(q, q->pool, q->heap, q->capacity);
    //@ assert last: \forall integer y; 0 <= y < q->capacity ==> (q->pool[y].slot == n <==> y == last);
    //@ assert gone: \forall integer y; 0 <= y < q->capacity ==> (q->pool[y].slot == slot <==> y == q->heap[slot]);
    //@ assert apart: \separated(&q->count, h + (0 .. n - 1)) && \separated(&q->capacity, h + (0 .. n - 1));
    t[h[slot]].slot = GALE_ID_NONE;
    q->count = n;
    //@ assert fields: q->capacity == \at(q->capacity, Pre) && q->now == \at(q->now, Pre);
    if (slot != n) {
        /*@ assert set: \forall integer y; 0 <= y < q->capacity ==>
              (timeout_in_hole(t, h, n, slot, y) <==>
                 (\at(timeout_active(q, y), Pre) && y != last && y != \at(q->heap[slot], Pre)));
        */
        //@ assert skip: timeout_hole(t, h, n, q->capacity, slot) && timeout_hole_skip(t, h, n, slot);
        timeout_fill(t, h, n, slot, last) /*@ ghost (q->capacity) */;
    }
    //@ assert same: q->count == n && q->capacity == \at(q->capacity, Pre) && timeout_memory(q);
    //@ assert heap: timeout_heap_ok(q);
    /*@ assert set: \forall integer y; 0 <= y < q->capacity ==>
          (timeout_in(t, h, n, y) <==> (\at(timeout_active(q, y), Pre) && y != \at(q->heap[slot], Pre))); */
    /*@ assert none: \forall integer y; 0 <= y < q->capacity && (!\at(timeout_active(q, y), Pre) ||
          y == \at(q->heap[slot], Pre)) ==> q->pool[y].slot == GALE_ID_NONE; */
    //@ assert slots: timeout_slots(q);
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
           (slot == 0 || !timeout_before(q->pool, id, q->heap[timeout_parent(slot)]));
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
    /*@ loop invariant range: 0 <= i <= q->count;
        loop invariant shape: \forall integer k; 0 <= k < i ==>
            0 <= q->heap[k] < q->capacity && q->pool[q->heap[k]].slot == k;
        loop invariant order: timeout_order(q->pool, q->heap, i);
        loop assigns i;
        loop variant q->count - i;
    */
    for (i = 0; i < q->count; i++) {
        if (!timeout_slot_is_valid(q, i)) {
            //@ assert bad: !timeout_heap_ok(q);
            return false;
        }
    }
    //@ assert heap: timeout_heap_ok(q);
    /*@ loop invariant range: 0 <= i <= q->capacity;
        loop invariant ids: \forall integer x; 0 <= x < i && q->pool[x].slot != GALE_ID_NONE ==>
            q->pool[x].slot < q->count && q->heap[q->pool[x].slot] == x &&
            q->now <= q->pool[x].deadline < GALE_FOREVER && q->pool[x].sequence < q->sequence;
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
    //@ ghost timeout_ghost_root(q->pool, q->heap, q->count, q->capacity);
    /*@ assert root: \forall integer x; 0 <= x < q->capacity && timeout_active(q, x) ==>
          q->pool[q->heap[0]].deadline <= q->pool[q->heap[q->pool[x].slot]].deadline; */
    return q->count > 0 ? q->pool[q->heap[0]].deadline : GALE_FOREVER;
}

/** Gives `id`, which is inactive, a deadline that comes. */
/*@ requires ok:  timeout_queue_ok(q) && id < q->capacity && q->sequence < UINT64_MAX;
    requires off: !timeout_active(q, id) && deadline < GALE_FOREVER;
    assigns  q->count, q->sequence, q->heap[0 .. q->capacity - 1], q->pool[0 .. q->capacity - 1];
    ensures  ok:   timeout_queue_ok(q);
    ensures  to01: timeout_active(q, id) && q->pool[id].deadline == \max(deadline, q->now);
    ensures  last: q->pool[id].sequence == \old(q->sequence) && q->sequence == \old(q->sequence) + 1;
    ensures  set:  timeout_others_kept{Pre, Post}(q, id);
*/
static void timeout_insert(struct gale_timeout_queue *q, gale_id id, gale_tick deadline)
{
    struct gale_timeout *const t = q->pool;
    gale_id *const h = q->heap;
    const gale_id n = q->count;

    //@ assert unaliased: timeout_unaliased(q, t, h, q->capacity);
    //@ ghost timeout_ghost_room(t, h, n, q->capacity, id);
    //@ assert room: n < q->capacity;
    //@ assert apart: \separated(&q->count, h + (0 .. n)) && \separated(&q->capacity, h + (0 .. n));
    t[id].deadline = deadline > q->now ? deadline : q->now;
    t[id].sequence = q->sequence;
    q->sequence++;
    q->count = (gale_id)(n + 1u);
    /*@ assert fields: q->count == n + 1 && q->capacity == \at(q->capacity, Pre) && q->now == \at(q->now, Pre) &&
          q->sequence == \at(q->sequence, Pre) + 1 && t[id].sequence == \at(q->sequence, Pre); */
    /*@ assert keys: \forall integer y; 0 <= y < q->capacity && y != id ==>
          t[y].deadline == \at(q->pool[y].deadline, Pre) && t[y].sequence == \at(q->pool[y].sequence, Pre); */
    /*@ assert set: \forall integer y; 0 <= y < q->capacity ==>
          (timeout_in_hole(t, h, n + 1, n, y) <==> \at(timeout_active(q, y), Pre)); */
    timeout_up(t, h, n, id) /*@ ghost ((gale_id)(n + 1), q->capacity) */;
    //@ assert same: q->count == n + 1 && q->capacity == \at(q->capacity, Pre) && timeout_memory(q);
    //@ assert heap: timeout_heap_ok(q);
    /*@ assert none: \forall integer y; 0 <= y < q->capacity && y != id && !\at(timeout_active(q, y), Pre) ==>
          q->pool[y].slot == GALE_ID_NONE; */
    //@ assert mine: timeout_in(t, h, n + 1, id);
    //@ assert slots: timeout_slots(q);
}

int gale_timeout_add(struct gale_timeout_queue *q, gale_id id, gale_tick deadline)
{
    if (gale_timeout_is_active(q, id)) {
        return GALE_EALREADY;
    }
    if (deadline == GALE_FOREVER) {
        return GALE_OK;
    }
    timeout_insert(q, id, deadline);
    return GALE_OK;
}

/* Not by way of gale_timeout_add(): WP does not carry through it that a refused call changes nothing. */
int gale_timeout_add_after(struct gale_timeout_queue *q, gale_id id, gale_tick duration)
{
    const gale_tick deadline = gale_timeout_deadline_after(q->now, duration);

    if (gale_timeout_is_active(q, id)) {
        return GALE_EALREADY;
    }
    if (deadline == GALE_FOREVER) {
        return GALE_OK;
    }
    timeout_insert(q, id, deadline);
    return GALE_OK;
}

int gale_timeout_abort(struct gale_timeout_queue *q, gale_id id)
{
    if (!gale_timeout_is_active(q, id)) {
        return GALE_ENOENT;
    }
    timeout_extract(q, q->pool[id].slot);
    return GALE_OK;
}

/* Two stores, each in a function of its own, so that provers see what it leaves alone. */

/*@ requires ok:  timeout_queue_ok(q);
    requires due: \forall integer x; 0 <= x < q->capacity && q->pool[x].slot != GALE_ID_NONE ==>
                    now <= q->pool[x].deadline;
    assigns  q->now;
    ensures  ok:  timeout_queue_ok(q);
    ensures  set: q->now == now;
*/
static void timeout_advance(struct gale_timeout_queue *q, gale_tick now)
{
    //@ assert unaliased: timeout_unaliased(q, q->pool, q->heap, q->capacity);
    q->now = now;
    //@ assert slots: timeout_slots(q);
}

/*@ requires ok:  timeout_queue_ok(q) && \valid(id) && timeout_apart(q, id);
    assigns  *id;
    ensures  ok:  timeout_queue_ok(q);
    ensures  set: *id == first;
    ensures  kept: q->count == \old(q->count) && q->capacity == \old(q->capacity) &&
               \forall integer y; 0 <= y < q->capacity ==> q->pool[y].slot == \old(q->pool[y].slot);
*/
static void timeout_answer(const struct gale_timeout_queue *q, gale_id first, gale_id *id)
{
    //@ ghost struct gale_timeout *t = q->pool;
    //@ ghost gale_id *h = q->heap;
    //@ assert apart: id != &q->count && id != &q->capacity;
    //@ assert apart: \forall integer y; 0 <= y < q->capacity ==> id != &t[y].slot;
    //@ assert apart: \forall integer y; 0 <= y < q->capacity ==> id != &h[y];
    *id = first;
    /*@ assert heap: \forall integer k; 0 <= k < q->count ==> 0 <= h[k] < q->capacity && t[h[k]].slot == k; */
    (void)q;
}

int gale_timeout_pop_due(struct gale_timeout_queue *q, gale_tick now, gale_id *id)
{
    const gale_tick due = now > q->now ? now : q->now;
    gale_id first;

    //@ assert unaliased: timeout_unaliased(q, q->pool, q->heap, q->capacity);
    //@ ghost timeout_ghost_root(q->pool, q->heap, q->count, q->capacity);
    /*@ assert root: \forall integer x; 0 <= x < q->capacity && timeout_active(q, x) ==> q->count > 0 &&
          q->pool[q->heap[0]].deadline <= q->pool[q->heap[q->pool[x].slot]].deadline &&
          timeout_key(q->pool, q->heap[0]) <= timeout_key(q->pool, q->heap[q->pool[x].slot]);
    */
    if (q->count == 0 || q->pool[q->heap[0]].deadline > due) {
        timeout_advance(q, due);
        return GALE_EAGAIN;
    }
    first = q->heap[0];
    //@ assert first: timeout_first(q, first) && timeout_any_due(q, due);
    timeout_advance(q, q->pool[first].deadline);
    timeout_extract(q, 0);
    //@ assert out: !timeout_active(q, first) && timeout_others_kept{Pre, Here}(q, first);
    //@ ghost Out: ;
    timeout_answer(q, first, id);
    //@ assert size: *id == first && q->capacity == \at(q->capacity, Pre);
    /*@ assert same: \forall integer y; 0 <= y < q->capacity ==> q->pool[y].slot == \at(q->pool[y].slot, Out) &&
          (y != first ==> (timeout_active(q, y) <==> timeout_active{Pre}(q, y))); */
    //@ assert kept: !timeout_active(q, first) && timeout_others_kept{Pre, Here}(q, first);
    return GALE_OK;
}
