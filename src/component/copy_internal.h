/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Moving elements from memory to memory: part of copy.c.
 *
 * Source: Canonical ABI, Buffer State. Property: ST03.
 */
#ifndef SRC_COMPONENT_COPY_INTERNAL_H
#define SRC_COMPONENT_COPY_INTERNAL_H

#include <string.h>

#include "runtime.h"

/** memcpy(); the ranges are apart. */
/*@ requires own: \valid(dst + (0 .. n - 1)) && \valid_read(src + (0 .. n - 1));
    assigns  dst[0 .. n - 1];
*/
static inline void copy_apart(uint8_t *dst, const uint8_t *src, size_t n);

#ifdef __FRAMAC__
static inline void copy_apart(uint8_t *dst, const uint8_t *src, size_t n)
{
    /*@ loop invariant range: 0 <= k <= n;
        loop assigns k, dst[0 .. n - 1];
        loop variant n - k;
    */
    for (size_t k = 0; k < n; k++) {
        dst[k] = src[k];
    }
}
#else
static inline void copy_apart(uint8_t *dst, const uint8_t *src, size_t n)
{
    (void)memcpy(dst, src, n);
}
#endif

/** How far apart two addresses are. */
/*@ assigns \nothing; */
static inline size_t copy_distance(const uint8_t *a, const uint8_t *b)
{
    const uintptr_t x = (uintptr_t)a;
    const uintptr_t y = (uintptr_t)b;

    return x > y ? x - y : y - x;
}

/** memmove() without the C library: the ranges may overlap. */
/*@ requires own: \valid(dst + (0 .. n - 1)) && \valid_read(src + (0 .. n - 1));
    assigns  dst[0 .. n - 1];
*/
static inline void copy_bytes(uint8_t *dst, const uint8_t *src, size_t n)
{
    const bool back = (uintptr_t)dst > (uintptr_t)src;

    if (copy_distance(dst, src) >= n) {
        copy_apart(dst, src, n);
        return;
    }
    /*@ loop invariant range: 0 <= k <= n;
        loop assigns k, dst[0 .. n - 1];
        loop variant n - k;
    */
    for (size_t k = 0; k < n; k++) {
        const size_t at = back ? n - 1u - k : k;

        dst[at] = src[at];
    }
}

/** Moves `n` bytes from memory to memory. */
/*@ requires own:   \valid_read(to) && \valid_read(from);
    requires range: dst + n <= to->size && src + n <= from->size;
    requires bytes: \valid(to->data + (0 .. to->size - 1)) && \valid_read(from->data + (0 .. from->size - 1));
    assigns  to->data[dst .. dst + n - 1];
    ensures  st03: \forall integer k; 0 <= k < \old(to->size) && !(dst <= k < dst + n) ==>
                     \old(to->data)[k] == \at(to->data[k], Pre);
*/
static inline void copy_between(const struct gale_memory *to, uint32_t dst, const struct gale_memory *from,
                                uint32_t src, size_t n)
{
    copy_bytes(to->data + dst, from->data + src, n);
}

/** What an end offers. */
struct copy_offer {
    struct gale_instance *instance;
    struct gale_handle *handle;
    const struct gale_copy_options *options;
    uint32_t index;
    uint32_t ptr;
    uint32_t length;
    bool reads;
};

/** Moves plain elements between the pending side of `c` and the offer. */
/*@ requires own:   \valid_read(c) && \valid_read(o) && \valid_read(o->options) && c->type != \null;
    requires own:   copy_readable(c->type, c->options) && copy_readable(c->type, o->options->values);
    requires most:  0 < count <= o->length && count <= c->length - c->progress;
    requires from:  copy_ok(c) && copy_range(c->type, o->options->values->memory, o->ptr, o->length);
    requires bytes: \let m = c->options->memory; \valid(m->data + (0 .. m->size - 1));
    requires bytes: \let m = o->options->values->memory; \valid(m->data + (0 .. m->size - 1));
    assigns  c->options->memory->data[c->ptr .. c->ptr + copy_span(count, c->type->size) - 1],
             o->options->values->memory->data[o->ptr .. o->ptr + copy_span(count, c->type->size) - 1];
*/
static inline void copy_plain(const struct gale_copy *c, const struct copy_offer *o, uint32_t count)
{
    const struct gale_memory *theirs = c->options->memory;
    const struct gale_memory *mine = o->options->values->memory;
    /*@ assert span: count * c->type->size == copy_span(count, c->type->size); */
    /*@ assert less: copy_span(count, c->type->size) <= copy_span(o->length, c->type->size) &&
                     copy_span(count, c->type->size) <= copy_span(c->length - c->progress, c->type->size); */
    const size_t n = (size_t)count * c->type->size;

    if (o->reads) {
        copy_between(mine, o->ptr, theirs, c->ptr, n);
    } else {
        copy_between(theirs, c->ptr, mine, o->ptr, n);
    }
}

#endif /* SRC_COMPONENT_COPY_INTERNAL_H */
