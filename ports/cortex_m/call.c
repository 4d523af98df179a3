/* SPDX-License-Identifier: Apache-2.0 */
/** Supervisor calls, as the kernel serves them. The code outside is not trusted with any of its arguments. */
#include "port.h"

#define FRAME_NUMBER 4u /* r12 */

/** What a call gives back, in r0 and r1. */
static uint64_t call_result(int32_t status)
{
    return (uint32_t)status;
}

static gale_tick call_deadline(uint32_t low, uint32_t high)
{
    return (uint64_t)high << 32 | low;
}

static const struct gale_cortex_m_object *call_object(const struct gale_cortex_m_thread *t, uint32_t n)
{
    return n < t->spec->object_count ? &t->spec->objects[n] : NULL;
}

static struct gale_sem *call_sem(const struct gale_cortex_m_thread *t, uint32_t n)
{
    const struct gale_cortex_m_object *object = call_object(t, n);

    return object != NULL ? object->sem : NULL;
}

static int32_t call_give(const struct gale_cortex_m_thread *t, uint32_t n)
{
    struct gale_sem *sem = call_sem(t, n);

    if (sem == NULL) {
        return GALE_EINVAL;
    }
    gale_sem_give(sem);
    return GALE_OK;
}

static int32_t call_take(const struct gale_cortex_m_thread *t, uint32_t n, gale_tick deadline)
{
    struct gale_sem *sem = call_sem(t, n);

    return sem == NULL ? GALE_EINVAL : gale_sem_take(sem, deadline);
}

static int32_t call_ring(const struct gale_cortex_m_thread *t, uint32_t n, uint32_t bits)
{
    const struct gale_cortex_m_object *object = call_object(t, n);

    if (object == NULL || bits == 0 || (bits & ~object->bell) != 0) {
        return GALE_EPERM;
    }
    gale_doorbell_ring(gale_executor_bell(t->executor), bits & GALE_DOORBELL_BITS);
    return GALE_OK;
}

static int32_t call_exit(struct gale_cortex_m_thread *t, uint32_t code)
{
    t->report.cause = GALE_CORTEX_M_EXITED;
    t->report.status = code;
    return GALE_OK;
}

static int32_t call_own(struct gale_cortex_m_thread *t, uint32_t number, const uint32_t args[4])
{
    t->report.status = number;
    if (number < GALE_CORTEX_M_CALL_OWN || t->spec->call == NULL) {
        gale_cortex_m_bad_call(t);
        return GALE_EINVAL;
    }
    return t->spec->call(t, number, args);
}

/** Code that runs on the stack of another flow has no place to wait. */
static bool call_is_own(const struct gale_cortex_m_thread *t, uint32_t number)
{
    return t->borrowed && number != GALE_CORTEX_M_CALL_EXIT && number != GALE_CORTEX_M_CALL_NOW;
}

static uint64_t call_dispatch(struct gale_cortex_m_thread *t, uint32_t number, const uint32_t args[4])
{
    if (call_is_own(t, number)) {
        return call_result(call_own(t, number, args));
    }
    switch (number) {
    case GALE_CORTEX_M_CALL_EXIT:
        return call_result(call_exit(t, args[0]));
    case GALE_CORTEX_M_CALL_YIELD:
        return call_result(gale_executor_yield(t->executor));
    case GALE_CORTEX_M_CALL_SLEEP:
        return call_result(gale_executor_sleep_until(t->executor, call_deadline(args[0], args[1])));
    case GALE_CORTEX_M_CALL_NOW:
        return gale_port_now();
    case GALE_CORTEX_M_CALL_GIVE:
        return call_result(call_give(t, args[0]));
    case GALE_CORTEX_M_CALL_TAKE:
        return call_result(call_take(t, args[0], call_deadline(args[2], args[3])));
    case GALE_CORTEX_M_CALL_RING:
        return call_result(call_ring(t, args[0], args[1]));
    default:
        return call_result(call_own(t, number, args));
    }
}

/* ---- memory of the code outside ------------------------------------------------------------------------------ */

/** Lets the MPU decide, on loads and stores made with the rights of the code outside. */
static void call_guard(struct gale_cortex_m_thread *t)
{
    if (t->borrowed) {
        gale_port_mpu_apply(t->spec->domain); /* other flows may have let others out since */
    }
    cortex_m_mpu_follow(t->spec->image, t->spec->domain);
    CORTEX_M_MPU_CTRL = CORTEX_M_MPU_ON;
    cortex_m_barrier();
}

static int call_unguard(int failed)
{
    CORTEX_M_MPU_CTRL = CORTEX_M_MPU_OFF;
    cortex_m_barrier();
    return failed != 0 ? GALE_EINVAL : GALE_OK;
}

int gale_cortex_m_copy_in(struct gale_cortex_m_thread *t, void *to, const void *from, size_t bytes)
{
    call_guard(t);
    return call_unguard(gale__cortex_m_load(to, from, bytes));
}

int gale_cortex_m_copy_out(struct gale_cortex_m_thread *t, void *to, const void *from, size_t bytes)
{
    call_guard(t);
    return call_unguard(gale__cortex_m_store(to, from, bytes));
}

void gale_cortex_m_bad_call(struct gale_cortex_m_thread *t)
{
    t->report.cause = GALE_CORTEX_M_BAD_CALL;
}

/* The frame was pushed with the thread's rights, so it is its own when it comes in. After a dispatch, or a hook that has
   applied another domain, it may not be any more: then the result is stored with its rights. */
static void call_return(struct gale_cortex_m_thread *t, uint32_t *frame, uint64_t result)
{
    int failed = 0;

    if (!gale__cortex_m_state.applied) {
        frame[0] = (uint32_t)result;
        frame[1] = (uint32_t)(result >> 32);
    } else {
        call_guard(t);
        failed = call_unguard(gale__cortex_m_store_two(frame, (uint32_t)result, (uint32_t)(result >> 32)));
    }
    if (failed != 0 && t->report.cause == GALE_CORTEX_M_ALIVE) {
        t->report.cause = GALE_CORTEX_M_STACK;
    }
}

void gale__cortex_m_call_serve(struct gale_cortex_m_thread *t)
{
    uint32_t *frame = (uint32_t *)(uintptr_t)t->flow.sp;
    const uint32_t args[4] = {frame[0], frame[1], frame[2], frame[3]};

    gale__cortex_m_state.applied = false;
    call_return(t, frame, call_dispatch(t, frame[FRAME_NUMBER], args));
    if (t->spec->budget_ticks != 0) {
        t->run_since = gale_port_now();
    }
}
