/* SPDX-License-Identifier: Apache-2.0 */
/** @file The C side of the oracle for memory domains, callback tables and threads: calls that nobody waits in. */
#include <string.h>

#include "stub.h"

#include "gale/async/callback_table.h"
#include "gale/kernel/mem_domain.h"
#include "gale/kernel/thread.h"

/* ---- memory domains -------------------------------------------------------------------------------------------- */

static struct gale_mem_domain domain;

value oracle_domain(value op, value va, value vb, value vc)
{
    const struct gale_mem_partition p = {(uintptr_t)Long_val(va), (size_t)Long_val(vb), (uint32_t)Long_val(vc)};
    long status = 0;

    stub_begin();
    switch (Long_val(op)) {
    case 0: /* rules, capacity */
        gale_mem_domain_init(&domain, (enum gale_mpu_rules)Long_val(va), (uint32_t)Long_val(vb));
        break;
    case 1:
        status = gale_mem_domain_add(&domain, &p);
        break;
    default:
        status = gale_mem_domain_remove(&domain, &p);
        break;
    }
    for (uint32_t i = 0; i < domain.count; i++) {
        stub_say((long)domain.partitions[i].start);
        stub_say((long)domain.partitions[i].size);
        stub_say((long)domain.partitions[i].access);
    }
    stub_check(gale_mem_domain_is_valid(&domain));
    return Val_long(status);
}

/* ---- callback tables ------------------------------------------------------------------------------------------- */

#define TABLE_MOST 8u

static struct gale_callback_table table;
static struct gale_callback table_entries[TABLE_MOST];

static int called(long fn, void *arg, const struct gale_waitable_event *event)
{
    stub_say(fn);
    stub_say((long)(intptr_t)arg);
    stub_say((long)event->type);
    stub_say((long)event->join_id);
    stub_say((long)event->payload);
    return (int)fn;
}

static int first_fn(void *arg, const struct gale_waitable_event *event)
{
    return called(1, arg, event);
}

static int second_fn(void *arg, const struct gale_waitable_event *event)
{
    return called(2, arg, event);
}

static long table_dispatch(uint32_t type, uint32_t id, uint32_t payload)
{
    const struct gale_waitable_event event = {type, id, payload};
    int result = -1;
    const int status = gale_callback_table_dispatch(&table, &event, &result);

    stub_check(status == GALE_OK ? result == 1 || result == 2 : result == -1);
    return status;
}

value oracle_table(value op, value va, value vb, value vc)
{
    static const gale_callback_fn fns[] = {NULL, first_fn, second_fn};
    const uint32_t a = (uint32_t)Long_val(va);
    const uint32_t b = (uint32_t)Long_val(vb);
    long status = 0;

    stub_begin();
    switch (Long_val(op)) {
    case 0:
        gale_callback_table_init(&table, table_entries, a);
        break;
    case 1:
        status = gale_callback_table_register(&table, a, fns[b], (void *)(intptr_t)Long_val(vc));
        break;
    case 2:
        gale_callback_table_seal(&table);
        break;
    default:
        status = table_dispatch(a, b, (uint32_t)Long_val(vc));
        break;
    }
    stub_check(gale_callback_table_is_valid(&table));
    return Val_long(status);
}

/* ---- threads --------------------------------------------------------------------------------------------------- */

#define LIVES 3u
#define LIFE_STACK (8u * GALE_STACK_ALIGN)

static struct gale_thread lives[LIVES];
static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t life_stacks[LIVES][LIFE_STACK];

static void life_entry(void *arg)
{
    (void)arg;
}

static void life_begin(void)
{
    memset(lives, 0, sizeof lives);
    for (unsigned i = 0; i < LIVES; i++) {
        lives[i].dead = true;
    }
}

/* what: 1 an entry, 2 a stack. */
static long life_init(unsigned i, uint32_t what, uint32_t bytes, uint8_t priority)
{
    const struct gale_thread_spec spec = {
        (what & 1u) != 0 ? life_entry : NULL, NULL, (what & 2u) != 0 ? life_stacks[i] : NULL, bytes, priority, NULL};

    return !lives[i].dead ? GALE_ENOMEM : gale_thread_init(&lives[i], &spec);
}

/* The thread uses `bytes` of its stack, from the top. */
static long life_use(struct gale_thread *t, uint32_t bytes)
{
    const uint32_t size = t->spec.stack_bytes;
    const uint32_t used = bytes < size ? bytes : size;

    if (used > 0) {
        memset(t->spec.stack + (size - used), 0, used);
    }
    stub_check(gale_thread_measure_stack(t) == t->stack_used);
    return GALE_OK;
}

static long life_change(long op, struct gale_thread *t, uint32_t b)
{
    switch (op) {
    case 2:
        if (!gale_thread_is_ready(t)) {
            return GALE_EINVAL;
        }
        gale_thread_pend(t);
        return GALE_OK;
    case 3: {
        const bool could = !t->suspended && !t->dead;
        if (!t->pending) {
            return GALE_EINVAL;
        }
        stub_check(gale_thread_wake(t, 7) == could && t->wait_status == 7);
        return GALE_OK;
    }
    case 4:
        return gale_thread_suspend(t);
    case 5:
        return gale_thread_resume(t);
    case 6:
        return gale_thread_abort(t);
    case 7:
        return gale_thread_set_priority(t, (uint8_t)b);
    default:
        return life_use(t, b);
    }
}

value oracle_thread(value op, value va, value vb, value vc)
{
    const unsigned i = (unsigned)Long_val(va);
    const uint32_t b = (uint32_t)Long_val(vb);
    long status = 0;

    stub_begin();
    if (Long_val(op) == 0) {
        life_begin();
    } else if (Long_val(op) == 1) { /* b: what, and how many bytes */
        status = life_init(i, b & 3u, b >> 2, (uint8_t)Long_val(vc));
    } else {
        status = life_change(Long_val(op), &lives[i], b);
    }
    stub_say(lives[i].pending);
    stub_say(lives[i].suspended);
    stub_say(lives[i].dead);
    stub_say(lives[i].dead ? 0 : lives[i].spec.priority);
    stub_say(lives[i].dead ? 0 : (long)lives[i].stack_used);
    stub_check(gale_thread_is_valid(&lives[i]));
    return Val_long(status);
}
