/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/thread.h"

/* Written over a fresh stack: what no longer holds it has been used. */
#define STACK_PAINT 0xa5u

/* These two look at the bytes of a stack whatever they hold; AddressSanitizer marks parts of a used one. */
#define THREAD_RAW_STACK __attribute__((no_sanitize_address))

/*@ requires own: \valid_read(spec);
    assigns  \nothing;
    ensures  th03: \result <==> thread_stack_ok(spec);
*/
static bool thread_stack_is_valid(const struct gale_thread_spec *spec)
{
    if (spec->stack == NULL) {
        return spec->stack_bytes == 0;
    }
    return spec->stack_bytes > 0 && spec->stack_bytes % GALE_STACK_ALIGN == 0;
}

bool gale_thread_spec_is_valid(const struct gale_thread_spec *spec)
{
    return spec->entry != NULL && spec->priority < GALE_PRIORITIES && thread_stack_is_valid(spec);
}

bool gale_thread_is_valid(const struct gale_thread *t)
{
    return (t->dead || gale_thread_spec_is_valid(&t->spec)) && t->stack_used <= t->spec.stack_bytes;
}

/*@ requires stack: \valid(stack + (0 .. bytes - 1));
    assigns  stack[0 .. bytes - 1];
    ensures  painted: \forall integer i; 0 <= i < bytes ==> stack[i] == STACK_PAINT;
*/
static THREAD_RAW_STACK void thread_paint(uint8_t *stack, uint32_t bytes)
{
    /*@ loop invariant done: 0 <= i <= bytes && \forall integer k; 0 <= k < i ==> stack[k] == STACK_PAINT;
        loop assigns i, stack[0 .. bytes - 1];
        loop variant bytes - i;
    */
    for (uint32_t i = 0; i < bytes; i++) {
        stack[i] = STACK_PAINT;
    }
}

int gale_thread_init(struct gale_thread *t, const struct gale_thread_spec *spec)
{
    if (!gale_thread_spec_is_valid(spec)) {
        return GALE_EINVAL;
    }
    t->spec = *spec;
    t->stack_used = 0;
    t->wait_status = GALE_OK;
    t->wait_by_priority = false;
    t->pending = spec->stack == NULL;
    t->suspended = false;
    t->dead = false;
    if (spec->stack != NULL) {
        thread_paint(spec->stack, spec->stack_bytes);
    }
    return GALE_OK;
}

bool gale_thread_is_ready(const struct gale_thread *t)
{
    return !t->pending && !t->suspended && !t->dead;
}

bool gale_thread_is_task(const struct gale_thread *t)
{
    return t->spec.stack == NULL;
}

int gale_thread_set_priority(struct gale_thread *t, uint8_t priority)
{
    if (priority >= GALE_PRIORITIES) {
        return GALE_EINVAL;
    }
    t->spec.priority = priority;
    return GALE_OK;
}

void gale_thread_pend(struct gale_thread *t)
{
    GALE_ASSERT(gale_thread_is_ready(t));
    t->pending = true;
}

bool gale_thread_wake(struct gale_thread *t, int32_t status)
{
    GALE_ASSERT(t->pending);
    t->pending = false;
    t->wait_status = status;
    return gale_thread_is_ready(t);
}

int gale_thread_suspend(struct gale_thread *t)
{
    if (t->dead) {
        return GALE_EPERM;
    }
    t->suspended = true;
    return GALE_OK;
}

int gale_thread_resume(struct gale_thread *t)
{
    if (t->dead) {
        return GALE_EPERM;
    }
    if (!t->suspended) {
        return GALE_EINVAL;
    }
    t->suspended = false;
    return GALE_OK;
}

int gale_thread_abort(struct gale_thread *t)
{
    if (t->dead) {
        return GALE_EPERM;
    }
    t->dead = true;
    t->pending = false;
    t->suspended = false;
    return GALE_OK;
}

/*@ requires stack: \valid_read(stack + (0 .. bytes - 1));
    assigns  \nothing;
    ensures  range: 0 <= \result <= bytes;
    ensures  clean: \forall integer i; 0 <= i < \result ==> stack[i] == STACK_PAINT;
*/
static THREAD_RAW_STACK uint32_t thread_painted(const uint8_t *stack, uint32_t bytes)
{
    uint32_t i = 0;

    /*@ loop invariant clean: 0 <= i <= bytes && \forall integer k; 0 <= k < i ==> stack[k] == STACK_PAINT;
        loop assigns i;
        loop variant bytes - i;
    */
    while (i < bytes && stack[i] == STACK_PAINT) {
        i++;
    }
    return i;
}

uint32_t gale_thread_measure_stack(struct gale_thread *t)
{
    if (t->spec.stack != NULL) {
        const uint32_t used = t->spec.stack_bytes - thread_painted(t->spec.stack, t->spec.stack_bytes);
        if (used > t->stack_used) {
            t->stack_used = used;
        }
    }
    return t->stack_used;
}
