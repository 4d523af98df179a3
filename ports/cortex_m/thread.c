/* SPDX-License-Identifier: Apache-2.0 */
/** Unprivileged threads: what their kernel side does all their life. */
#include "port.h"

#define FRAME_BYTES 32u
#define FRAME_LR 5u
#define FRAME_PC 6u
#define FRAME_XPSR 7u
#define XPSR_THUMB (1u << 24)
#define EXC_RETURN_FIRST 0xfffffffdu /* to thread mode, PSP, no floating point */

GALE_STATIC_ASSERT(offsetof(struct gale_cortex_m_thread, flow) == 0, a_flow_is_a_thread);

/* ---- birth --------------------------------------------------------------------------------------------------- */

static bool thread_spec_fits(const struct gale_cortex_m_spec *spec)
{
    const struct gale_mem_domain *d = spec->domain;

    return spec->entry != NULL && d != NULL && spec->image != NULL && d->rules == GALE_CORTEX_M_RULES &&
           d->capacity <= GALE_CORTEX_M_REGIONS && spec->kernel_stack != NULL &&
           spec->kernel_stack_bytes >= GALE_CORTEX_M_KERNEL_STACK_MIN;
}

/** The stack is its own, and the kernel's is not. */
static bool thread_stacks_fit(const struct gale_cortex_m_spec *spec)
{
    bool apart = true;

    for (uint32_t i = 0; i < spec->domain->count; i++) {
        const struct gale_mem_partition *p = &spec->domain->partitions[i];
        apart = apart && ((uintptr_t)spec->kernel_stack >= p->start + p->size ||
                          p->start >= (uintptr_t)spec->kernel_stack + spec->kernel_stack_bytes);
    }
    return apart && spec->stack_bytes >= GALE_STACK_MIN && spec->stack_bytes % GALE_STACK_ALIGN == 0 &&
           (uintptr_t)spec->stack % GALE_STACK_ALIGN == 0 &&
           gale_mem_domain_contains(spec->domain, (uintptr_t)spec->stack, spec->stack_bytes, GALE_MPU_RW);
}

/** A new life begins at the entry, with an empty stack; inside, the kernel's stack ends at `kernel_limit`. */
static void thread_begin(struct gale_cortex_m_thread *t, uint32_t kernel_limit)
{
    const struct gale_cortex_m_spec *spec = t->spec;
    uint32_t *frame = (uint32_t *)(void *)(spec->stack + spec->stack_bytes - FRAME_BYTES);

    for (uint32_t i = 0; i < FRAME_BYTES / 4u; i++) {
        frame[i] = 0;
        t->flow.r4_r11[i] = 0;
    }
    frame[0] = (uint32_t)(uintptr_t)spec->arg;
    frame[FRAME_LR] = (uint32_t)(uintptr_t)gale__cortex_m_return;
    frame[FRAME_PC] = (uint32_t)(uintptr_t)spec->entry & ~1u;
    frame[FRAME_XPSR] = XPSR_THUMB;
    t->flow.sp = (uint32_t)(uintptr_t)frame;
    t->flow.limit = (uint32_t)(uintptr_t)spec->stack;
    t->flow.exc_return = EXC_RETURN_FIRST;
    t->flow.kernel_limit = kernel_limit;
    t->report.cause = GALE_CORTEX_M_ALIVE;
    t->report.status = 0;
    t->report.address = 0;
    t->report.pc = 0;
    t->run_since = spec->budget_ticks != 0 ? gale_port_now() : 0;
}

/* ---- life ---------------------------------------------------------------------------------------------------- */

/** The interrupt that ends this turn outside: the end of the slice or of the budget. */
static void thread_set_clock(const struct gale_cortex_m_thread *t)
{
    const struct gale_cortex_m_spec *spec = t->spec;
    gale_tick end = GALE_FOREVER;

    if (spec->budget_ticks != 0) {
        end = t->run_since + spec->budget_ticks;
    }
    if (spec->slice_ticks != 0) {
        const gale_tick slice = gale_port_now() + spec->slice_ticks;
        end = slice < end ? slice : end;
    }
    gale__cortex_m_clock_outside(end);
}

/** Lets deadlines and doorbell be served and better threads run; equals too, where threads have slices. */
static void thread_give_way(struct gale_cortex_m_thread *t)
{
    const gale_tick left = t->spec->budget_ticks != 0 ? gale_port_now() : 0;

    if (t->executor == NULL) {
        return;
    }
    if (t->spec->slice_ticks != 0) {
        (void)gale_executor_yield(t->executor);
    } else {
        gale_executor_serve(t->executor);
    }
    if (t->spec->budget_ticks != 0) {
        t->run_since += gale_port_now() - left; /* what others took is not its own */
    }
}

static void thread_interrupted(struct gale_cortex_m_thread *t)
{
    if (t->spec->budget_ticks != 0 && gale_port_now() - t->run_since >= t->spec->budget_ticks) {
        t->report.cause = GALE_CORTEX_M_RUNAWAY;
        t->report.pc = ((const uint32_t *)(uintptr_t)t->flow.sp)[FRAME_PC];
    } else {
        thread_give_way(t);
    }
}

/** Once outside and back. */
static void thread_turn(struct gale_cortex_m_thread *t)
{
    struct cortex_m_state *s = &gale__cortex_m_state;
    uint32_t came_by;

    s->attention = 0;
    if (s->bell != NULL && (gale_atomic_load_acquire(s->bell) & ~GALE_PORT_ASLEEP) != 0) {
        thread_give_way(t);
    }
    cortex_m_mpu_follow(t->spec->image, t->spec->domain);
    if ((t->spec->slice_ticks | t->spec->budget_ticks) != 0) {
        thread_set_clock(t);
    }
    came_by = gale__cortex_m_enter(&t->flow);
    if (came_by == CORTEX_M_CAME_BY_CALL) {
        gale__cortex_m_call_serve(t);
    } else if (came_by == CORTEX_M_CAME_BY_INTERRUPT) {
        thread_interrupted(t);
    }
}

/* ---- death --------------------------------------------------------------------------------------------------- */

/** Revokes its stream ends, reports, and says whether its owner wants it back. */
static bool thread_ended(struct gale_cortex_m_thread *t)
{
    const struct gale_cortex_m_spec *spec = t->spec;
    bool again;

    t->report.deaths++;
    for (uint32_t i = 0; i < spec->end_count; i++) {
        (void)gale_shared_stream_region_revoke(spec->ends[i].region, spec->ends[i].side);
    }
    again = spec->ended == NULL || spec->ended(t, &t->report);
    for (uint32_t i = 0; i < spec->end_count; i++) {
        if (spec->ends[i].peer != NULL) {
            gale_sem_give(spec->ends[i].peer);
        }
    }
    return again;
}

/** Waits as the policy says; false when it begins no more. */
static bool thread_may_restart(struct gale_cortex_m_thread *t)
{
    const struct gale_cortex_m_spec *spec = t->spec;

    if (t->report.cause == GALE_CORTEX_M_EXITED || t->report.deaths > spec->restarts) {
        return false;
    }
    if (t->wait_ticks != 0) {
        (void)gale_executor_sleep_until(t->executor, gale_port_now() + t->wait_ticks);
        t->wait_ticks = t->wait_ticks > spec->restart_ticks_max / 2u ? spec->restart_ticks_max : 2u * t->wait_ticks;
    }
    return true;
}

/* The body of the executor's thread. */
static void thread_main(void *arg)
{
    struct gale_cortex_m_thread *t = arg;

    t->id = gale_executor_current(t->executor);
    t->report.thread = t->id;
    do {
        thread_begin(t, (uint32_t)(uintptr_t)t->spec->kernel_stack);
        while (t->report.cause == GALE_CORTEX_M_ALIVE) {
            thread_turn(t);
        }
    } while (thread_ended(t) && thread_may_restart(t));
    t->lives = false;
}

int gale_cortex_m_spawn(struct gale_executor *x, struct gale_cortex_m_thread *t, const struct gale_cortex_m_spec *spec,
                        void *context)
{
    const struct gale_thread_spec kernel_side = {
        thread_main, t, spec->kernel_stack, spec->kernel_stack_bytes, spec->priority, spec->domain};
    int status;

    if (!thread_spec_fits(spec) || !thread_stacks_fit(spec)) {
        return GALE_EINVAL;
    }
    t->spec = spec;
    t->executor = x;
    t->context = context;
    t->report = (struct gale_cortex_m_report){0};
    t->wait_ticks = spec->restart_ticks;
    t->lives = true;
    t->borrowed = false;
    gale__cortex_m_state.bell = &gale_executor_bell(x)->word;
    status = gale_executor_spawn(x, &kernel_side, &t->id);
    t->lives = t->lives && status == GALE_OK;
    return status;
}

int gale_cortex_m_kill(struct gale_cortex_m_thread *t)
{
    if (!t->lives) {
        return GALE_EPERM;
    }
    t->lives = false;
    (void)gale_executor_abort(t->executor, t->id);
    t->report.cause = GALE_CORTEX_M_KILLED;
    (void)thread_ended(t);
    return GALE_OK;
}

/* ---- on the stack of a kernel flow --------------------------------------------------------------------------------- */

enum gale_cortex_m_cause gale_cortex_m_run(struct gale_executor *x, struct gale_cortex_m_thread *t,
                                           const struct gale_cortex_m_spec *spec, void *context)
{
    t->spec = spec;
    t->executor = x;
    t->context = context;
    t->id = GALE_ID_NONE;
    t->report = (struct gale_cortex_m_report){0};
    t->report.thread = GALE_ID_NONE;
    t->lives = true;
    t->borrowed = true;
    thread_begin(t, gale__cortex_m_kernel_limit());
    while (t->report.cause == GALE_CORTEX_M_ALIVE) {
        gale_port_mpu_apply(spec->domain); /* others may have been outside since */
        thread_turn(t);
    }
    t->lives = false;
    return t->report.cause;
}
