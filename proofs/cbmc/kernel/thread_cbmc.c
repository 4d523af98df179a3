/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One step of a thread's record from any valid state.
 * @bound stacks of at most 32 bytes where they are painted; any size elsewhere
 * @cbmc --unwind 34
 */
#include "harness.h"

#include "kernel/thread.c"

enum { STACK = 32 };

static uint8_t stack[STACK];
static struct gale_thread thread, old;

static void entry(void *arg)
{
    (void)arg;
}

static struct gale_thread_spec any_spec(void)
{
    struct gale_thread_spec spec = {0};

    spec.entry = nondet_bool() ? entry : NULL;
    spec.stack = nondet_bool() ? stack : NULL;
    spec.stack_bytes = nondet_u32();
    spec.priority = nondet_u8();
    return spec;
}

static void any_thread(void)
{
    thread = (struct gale_thread){0};
    thread.spec = any_spec();
    thread.stack_used = nondet_u32();
    thread.wait_status = (int32_t)nondet_u32();
    thread.pending = nondet_bool();
    thread.suspended = nondet_bool();
    thread.dead = nondet_bool();
    assume(gale_thread_is_valid(&thread));
    old = thread;
}

static void still_valid(void)
{
    prove(gale_thread_is_valid(&thread), "TH02: the record is valid after the step");
    prove(thread.dead || thread.spec.priority < GALE_PRIORITIES, "TH02: the priority is in range");
    prove(thread.dead || thread.spec.stack == NULL ||
              (thread.spec.stack_bytes > 0 && thread.spec.stack_bytes % GALE_STACK_ALIGN == 0),
          "TH03: the stack size is positive and aligned");
    prove(thread.stack_used <= thread.spec.stack_bytes, "TH04: stack use within the size");
    prove(!old.dead || thread.dead, "SC13: dead has no way out");
    prove(gale_thread_is_ready(&thread) == (!thread.pending && !thread.suspended && !thread.dead),
          "SC12: ready iff nothing holds it");
    reached();
}

/* @mutant src/kernel/thread.c: `spec->priority < GALE_PRIORITIES` -> `spec->priority <= GALE_PRIORITIES`
 * @mutant src/kernel/thread.c: `spec->stack_bytes % GALE_STACK_ALIGN == 0` -> `true`
 * @mutant src/kernel/thread.c: `t->stack_used = 0;` -> `t->stack_used = 1;` */
void check_init(void)
{
    const struct gale_thread_spec spec = any_spec();

    old.dead = false;
    assume(spec.stack == NULL || spec.stack_bytes <= STACK);
    const int status = gale_thread_init(&thread, &spec);
    const bool stack_ok =
        spec.stack == NULL ? spec.stack_bytes == 0 : spec.stack_bytes > 0 && spec.stack_bytes % GALE_STACK_ALIGN == 0;

    prove((status == GALE_OK) == (spec.entry != NULL && spec.priority < GALE_PRIORITIES && stack_ok),
          "TH01 TH03: created iff stack, entry and priority are valid");
    if (status == GALE_OK) {
        prove(thread.spec.entry == spec.entry && thread.spec.stack == spec.stack &&
                  thread.spec.stack_bytes == spec.stack_bytes && thread.spec.priority == spec.priority,
              "TH01: stack, entry and priority are set");
        prove(!thread.dead && !thread.suspended && thread.pending == (spec.stack == NULL) && thread.stack_used == 0,
              "TH01: alive; a task waits to be asked");
        still_valid();
    }
}

/* @mutant src/kernel/thread.c: `if (priority >= GALE_PRIORITIES)` -> `if (priority > GALE_PRIORITIES)` */
void check_set_priority(void)
{
    const uint8_t priority = nondet_u8();

    any_thread();
    const int status = gale_thread_set_priority(&thread, priority);

    prove(status == (priority < GALE_PRIORITIES ? GALE_OK : GALE_EINVAL), "TH02 SC08: refused iff out of range");
    prove(thread.spec.priority == (status == GALE_OK ? priority : old.spec.priority), "TH02: set, or unchanged");
    still_valid();
}

/* @mutant src/kernel/thread.c: `t->suspended = true;` -> `t->suspended = !t->suspended;`
 * @mutant src/kernel/thread.c: `t->suspended = true;` -> `t->suspended = t->pending;` */
void check_suspend(void)
{
    any_thread();
    const int status = gale_thread_suspend(&thread);

    prove(status == (old.dead ? GALE_EPERM : GALE_OK), "SC13: the dead cannot be suspended");
    prove(old.dead || thread.suspended, "SC14: suspended");
    prove(thread.pending == old.pending, "SC14: nothing else changes");
    const struct gale_thread once = thread;

    prove(gale_thread_suspend(&thread) == status && thread.suspended == once.suspended &&
              thread.pending == once.pending && thread.dead == once.dead,
          "SC14: suspending twice equals suspending once");
    still_valid();
}

/* @mutant src/kernel/thread.c: `if (!t->suspended)` -> `if (t->pending)` */
void check_resume(void)
{
    any_thread();
    const int status = gale_thread_resume(&thread);

    prove(status == (old.dead ? GALE_EPERM : old.suspended ? GALE_OK : GALE_EINVAL), "SC15: only from Suspended");
    prove(status == GALE_OK ? !thread.suspended : thread.suspended == old.suspended, "SC15: resumed, or unchanged");
    prove(thread.pending == old.pending && thread.dead == old.dead, "SC15: nothing else changes");
    still_valid();
}

/* @mutant src/kernel/thread.c: `t->dead = true;` -> `t->dead = !t->pending;` */
void check_abort(void)
{
    any_thread();
    const int status = gale_thread_abort(&thread);

    prove(status == (old.dead ? GALE_EPERM : GALE_OK), "SC16: succeeds from every live state");
    prove(thread.dead && (old.dead || (!thread.pending && !thread.suspended)), "SC16 SC13: dead, and only dead");
    still_valid();
}

/* @mutant src/kernel/thread.c: `t->wait_status = status;` -> `t->wait_status = 0;`
 * @mutant src/kernel/thread.c: `return !t->pending && !t->suspended && !t->dead;` -> `return !t->pending && !t->suspended;` */
void check_pend_and_wake(void)
{
    const int32_t status = (int32_t)nondet_u32();

    any_thread();
    if (gale_thread_is_ready(&thread)) {
        gale_thread_pend(&thread);
        prove(thread.pending && !gale_thread_is_ready(&thread), "SC12: who waits is not ready");
    }
    assume(thread.pending || old.dead);
    const bool ready = gale_thread_wake(&thread, status);

    prove(!thread.pending && thread.wait_status == status, "SC12: the wait has ended with the status");
    prove(ready == (!old.suspended && !old.dead), "SC15: ready unless suspended or dead");
    still_valid();
}

/* @mutant src/kernel/thread.c: `if (used > t->stack_used)` -> `if (true)`
 * @mutant src/kernel/thread.c: `while (i < bytes &&` -> `while (i <= bytes &&` */
void check_measure_stack(void)
{
    any_thread();
    assume(thread.spec.stack == NULL || thread.spec.stack_bytes <= STACK);
    for (uint32_t i = 0; i < STACK; i++) {
        stack[i] = nondet_u8();
    }
    const uint32_t used = gale_thread_measure_stack(&thread);

    prove(used == thread.stack_used && used >= old.stack_used && used <= thread.spec.stack_bytes,
          "TH04: never falls, never exceeds the size");
    still_valid();
}
