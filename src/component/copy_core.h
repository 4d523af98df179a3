/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * How far a copy has come: what streams, futures and host ends count with. Library-internal.
 *
 * Source: Canonical ABI, Buffer State. Properties: ST02, ST03.
 */
#ifndef SRC_COMPONENT_COPY_CORE_H
#define SRC_COMPONENT_COPY_CORE_H

#include "gale/component/copy.h"

#ifdef __FRAMAC__
#include "component/copy.acsl"
#endif

/** Elements that the pending side still has or takes. */
/*@ requires own: \valid_read(c);
    requires ok:  c->progress <= c->length;
    assigns  \nothing;
    ensures  st02: \result + c->progress == c->length;
*/
static inline uint32_t gale__copy_left(const struct gale_copy *c)
{
    return c->length - c->progress;
}

/** How many elements pass when one who offers `length` meets the pending side. */
/*@ requires own: \valid_read(c);
    requires ok:  c->progress <= c->length;
    assigns  \nothing;
    ensures  st02: \result <= length && \result + c->progress <= c->length;
    ensures  most: \result == length || \result + c->progress == c->length;
*/
static inline uint32_t gale__copy_fitting(const struct gale_copy *c, uint32_t length)
{
    const uint32_t left = gale__copy_left(c);

    return length < left ? length : left;
}

/** `count` elements were moved: the pending side goes on behind them. */
/*@ requires own:  \valid(c) && copy_ok(c) && copy_apart_from(c, c->type, c->options);
    requires most: count <= c->length - c->progress;
    assigns  c->progress, c->ptr;
    ensures  st02: copy_ok(c) && c->progress == \old(c->progress) + count;
    ensures  st03: c->type != \null ==> c->ptr == \old(c->ptr) + count * c->type->size;
*/
static inline void gale__copy_step(struct gale_copy *c, uint32_t count)
{
    GALE_ASSERT(count <= gale__copy_left(c));
    /*@ assert span: c->type != \null ==> count * c->type->size == copy_span(count, c->type->size); */
    /*@ assert parts: c->type != \null ==> copy_span(c->length - c->progress, c->type->size) ==
          count * c->type->size + copy_span(c->length - c->progress - count, c->type->size); */
    /*@ assert rest: c->type != \null ==> 0 <= copy_span(c->length - c->progress - count, c->type->size); */
    c->progress += count;
    if (c->type != NULL) {
        c->ptr += count * c->type->size;
    }
}

#endif /* SRC_COMPONENT_COPY_CORE_H */
