/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What the Cortex-M port offers beyond port.h: unprivileged threads behind the MPU, and interrupt handlers.
 *
 * An unprivileged thread is a thread of the executor whose body is "run that code outside, then serve what it asks
 * for". Outside, it reaches its domain and nothing else, and an interrupt can take the core from it at any instruction.
 * Inside, the kernel works for it on a stack of its own, as sequential as everywhere. It comes in by a supervisor call,
 * by an interrupt that rang the doorbell or hit a deadline, or by a fault, and a fault ends it and nothing else.
 *
 * Owner:   the caller supplies the structs; they outlive the thread.
 * Context: threads and tasks of the executor, where nothing else is said. One executor, one core.
 * Properties: MD07, MD08, MD10, MD12.
 */
#ifndef GALE_PORT_CORTEX_M_H
#define GALE_PORT_CORTEX_M_H

#include "gale/async/shared_stream_region.h"
#include "gale/kernel/executor.h"
#include "gale/kernel/sem.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Whose rules the core's protection unit follows: of every domain given to this port. */
#if defined(__ARM_ARCH) && __ARM_ARCH >= 8
#define GALE_CORTEX_M_RULES GALE_MPU_PMSAV8
#else
#define GALE_CORTEX_M_RULES GALE_MPU_PMSAV7
#endif

/** Regions that a domain may use: all of an 8-region unit, since the kernel needs none. */
#define GALE_CORTEX_M_REGIONS 8u

/** Least kernel stack of an unprivileged thread in bytes; a hook or call of your own that needs more adds its own. */
#define GALE_CORTEX_M_KERNEL_STACK_MIN 512u

/** Device interrupts that can have a handler: numbers below this. */
#define GALE_CORTEX_M_INTERRUPTS 64u

/** Why an unprivileged thread is not running any more. */
enum gale_cortex_m_cause {
    GALE_CORTEX_M_ALIVE,      /**< It is. */
    GALE_CORTEX_M_EXITED,     /**< It returned or called gale_cortex_m_call_exit(). */
    GALE_CORTEX_M_KILLED,     /**< gale_cortex_m_kill(). */
    GALE_CORTEX_M_ACCESS,     /**< Load or store outside its domain. */
    GALE_CORTEX_M_FETCH,      /**< Executed what it must not. */
    GALE_CORTEX_M_STACK,      /**< Its stack pointer left its stack. */
    GALE_CORTEX_M_BUS,        /**< The bus refused, such as a register of the core. */
    GALE_CORTEX_M_USAGE,      /**< An undefined instruction or a forged state. */
    GALE_CORTEX_M_BREAKPOINT, /**< BKPT with nobody to catch it. */
    GALE_CORTEX_M_BAD_CALL,   /**< A supervisor call with a number or a pointer that it must not use. */
    GALE_CORTEX_M_RUNAWAY     /**< It ran for its whole budget without a call. */
};

/** What happened, where, to whom. */
struct gale_cortex_m_report {
    enum gale_cortex_m_cause cause;
    gale_id thread;   /**< Its id in the executor. */
    uint32_t deaths;  /**< How often it has died, this time included. */
    uint32_t status;  /**< Fault: CFSR. Exit: its code. Bad call: the number. */
    uint32_t address; /**< What it reached for; 0 where the core does not tell. */
    uint32_t pc;      /**< The instruction; 0 where the core does not tell. */
};

/** The MPU registers of one domain, kept so that a switch need not compute them. Zero at first; private. */
struct gale_cortex_m_image {
    struct gale_mem_partition partitions[GALE_CORTEX_M_REGIONS]; /**< What `regions` says. */
    uint32_t regions[2u * GALE_CORTEX_M_REGIONS];                /**< RBAR and RASR or RLAR of each region. */
    uint32_t count;                                              /**< Partitions. */
    bool encoded;                                                /**< `regions` is filled in. */
};

/** What an unprivileged thread may name in a call, by its place in the table. */
struct gale_cortex_m_object {
    struct gale_sem *sem; /**< A semaphore that it may give and take; NULL: none. */
    uint32_t bell;        /**< Doorbell bits that it may ring. */
};

/** A stream end that dies with the thread. */
struct gale_cortex_m_end {
    struct gale_shared_stream_region *region; /**< Its stream. */
    enum gale_shared_stream_region_side side; /**< The thread's side, which is revoked. */
    struct gale_sem *peer;                    /**< Given once, so that the peer looks; may be NULL. */
};

struct gale_cortex_m_thread;

/** What an unprivileged thread is to be. */
struct gale_cortex_m_spec {
    void (*entry)(void *arg);             /**< Where it begins, outside. */
    void *arg;                            /**< Passed to `entry`. */
    uint8_t *stack;                       /**< In the domain, readable and writable; aligned to GALE_STACK_ALIGN. */
    uint32_t stack_bytes;                 /**< At least GALE_STACK_MIN, a multiple of GALE_STACK_ALIGN. */
    uint8_t *kernel_stack;                /**< In no domain; aligned to GALE_STACK_ALIGN. */
    uint32_t kernel_stack_bytes;          /**< At least GALE_CORTEX_M_KERNEL_STACK_MIN. */
    const struct gale_mem_domain *domain; /**< All that it reaches, its code included. */
    struct gale_cortex_m_image *image;    /**< Of that domain; threads of one domain share it. */
    uint8_t priority;                     /**< 0 (best) .. GALE_PRIORITIES-1. */

    uint32_t slice_ticks;  /**< After so many ticks outside, equals have their turn; 0: never. */
    uint32_t budget_ticks; /**< So many ticks outside without a call end it; 0: never. */

    const struct gale_cortex_m_object *objects; /**< What its calls may name. */
    uint32_t object_count;
    const struct gale_cortex_m_end *ends; /**< What is revoked when it dies. */
    uint32_t end_count;

    uint32_t restarts;       /**< It is begun again so often; 0: never, UINT32_MAX: always. */
    gale_tick restart_ticks; /**< It waits so long before it begins again, and twice as long each time; 0: no wait. */
    gale_tick restart_ticks_max; /**< The longest wait. */

    /** Calls from GALE_CORTEX_M_CALL_OWN on; NULL: none. May block. Returns what the caller gets. If it changes the
        caller's domain, it calls gale_port_mpu_apply() with it, or the change waits for the next dispatch. */
    int32_t (*call)(struct gale_cortex_m_thread *t, uint32_t number, const uint32_t args[4]);
    /** It died: its ends are revoked. True: begin again if the policy allows it. NULL is true. May not block. */
    bool (*ended)(struct gale_cortex_m_thread *t, const struct gale_cortex_m_report *report);
};

/** Where the code outside stands. The assembly knows the order. Private. */
struct gale__cortex_m_flow {
    uint32_t r4_r11[8];
    uint32_t sp;           /**< Of the thread, at its exception frame. */
    uint32_t limit;        /**< PSPLIM where there is one. */
    uint32_t exc_return;   /**< What kind of frame it is. */
    uint32_t kernel_sp;    /**< Of the kernel, while the code outside runs. */
    uint32_t kernel_limit; /**< Its PSPLIM. */
#if defined(__ARM_FP)
    uint32_t s16_s31[16];
#endif
};

/** An unprivileged thread. Private, but for `context`. */
struct gale_cortex_m_thread {
    struct gale__cortex_m_flow flow; /**< First, for the assembly. */
    const struct gale_cortex_m_spec *spec;
    struct gale_executor *executor;
    void *context; /**< The caller's, for its hooks. */
    gale_id id;
    struct gale_cortex_m_report report; /**< Of its last death. */
    gale_tick run_since;                /**< It runs without a call since then. */
    gale_tick wait_ticks;               /**< Before the next restart. */
    bool lives;                         /**< It runs, or is to begin again. */
    bool borrowed;                      /**< By gale_cortex_m_run(): it makes calls of its own, and no others. */
};

/**
 * Create an unprivileged thread and make it ready.
 *
 * @param[out] t     Kept by the caller until the thread is dead.
 * @param[in]  spec  Kept by the caller likewise.
 * @param[in]  context  For the hooks: `t->context`.
 * @retval GALE_OK      It lives.
 * @retval GALE_EINVAL  The spec is not valid: its stack not in its domain, its kernel stack in it, a wrong size or rule.
 * @retval GALE_ENOMEM  The executor has no free thread.
 * @context thread; never blocks; may be preempted by the new thread.
 * @satisfies MD10
 */
/*@ requires ok:  executor_calls(x) && \valid(t) && \valid_read(spec) && \separated(t, spec, x);
    requires own: \valid(spec->image) && mem_domain_ok(spec->domain);
    assigns  executor_all(x), *t, *spec->image;
    ensures  ok:  executor_calls(x) && x->running == \old(x->running);
    ensures  code: \result == GALE_OK || \result == GALE_EINVAL || \result == GALE_ENOMEM;
*/
int gale_cortex_m_spawn(struct gale_executor *x, struct gale_cortex_m_thread *t, const struct gale_cortex_m_spec *spec,
                        void *context);

/**
 * Run code outside on the calling flow until it returns or ends otherwise; nothing of it is left then.
 *
 * Of the spec, `entry`, `arg`, `stack`, `domain`, `image`, `budget_ticks` and `call` count. It may make the calls that
 * `call` serves, gale_cortex_m_call_now() and gale_cortex_m_call_exit(). `call` may run other code outside, and may
 * leave for another flow and come back, or never: then `t` is forgotten.
 *
 * @param[out] t  Of the calling flow, for the time of the call.
 * @param[in]  x  Whom to serve when an interrupt rings meanwhile; NULL: nobody, its handler has done all.
 * @return Why it ended; GALE_CORTEX_M_EXITED if it returned. `t->report` tells more.
 * @context any kernel flow with GALE_CORTEX_M_KERNEL_STACK_MIN bytes of stack left; not an interrupt handler.
 * @satisfies MD10 MD12
 */
/*@ requires own: \valid(t) && \valid_read(spec) && \separated(t, spec);
    requires ok:  \valid(spec->image) && mem_domain_ok(spec->domain);
    assigns  *t, *spec->image;
    ensures  ended: \result != GALE_CORTEX_M_ALIVE;
*/
enum gale_cortex_m_cause gale_cortex_m_run(struct gale_executor *x, struct gale_cortex_m_thread *t,
                                           const struct gale_cortex_m_spec *spec, void *context);

/**
 * End an unprivileged thread, wherever it is; it is reported and its ends are revoked. It does not begin again.
 *
 * @retval GALE_OK     It is dead.
 * @retval GALE_EPERM  It was.
 * @context thread, not the thread itself; never blocks.
 * @satisfies MD12
 */
/*@ requires ok:  \valid(t) && executor_calls(t->executor) && t->id != t->executor->running;
    assigns  executor_all(t->executor), *t;
    ensures  md12: \result == (\old(t->lives) ? GALE_OK : GALE_EPERM) && !t->lives;
*/
int gale_cortex_m_kill(struct gale_cortex_m_thread *t);

/**
 * Copy `bytes` from where the thread outside can read, byte by byte with its rights.
 *
 * @retval GALE_OK      Copied.
 * @retval GALE_EINVAL  It may not read all of that; some may have been copied.
 * @context its own `call` hook; never blocks.
 */
/*@ requires own: \valid(t) && \valid((uint8_t *)to + (0 .. bytes - 1));
    assigns  ((uint8_t *)to)[0 .. bytes - 1];
    ensures  code: \result == GALE_OK || \result == GALE_EINVAL;
*/
int gale_cortex_m_copy_in(struct gale_cortex_m_thread *t, void *to, const void *from, size_t bytes);

/**
 * Copy `bytes` to where the thread outside can write, byte by byte with its rights.
 *
 * @retval GALE_OK      Copied.
 * @retval GALE_EINVAL  It may not write all of that; some may have been copied.
 * @context its own `call` hook; never blocks.
 */
/*@ requires own: \valid(t) && \valid_read((uint8_t *)from + (0 .. bytes - 1));
    assigns  ((uint8_t *)to)[0 .. bytes - 1];
    ensures  code: \result == GALE_OK || \result == GALE_EINVAL;
*/
int gale_cortex_m_copy_out(struct gale_cortex_m_thread *t, void *to, const void *from, size_t bytes);

/** End the calling thread as GALE_CORTEX_M_BAD_CALL after this call. @context its `call` hook; never blocks. */
/*@ requires own: \valid(t);
    assigns  t->report.cause;
    ensures  cause: t->report.cause == GALE_CORTEX_M_BAD_CALL;
*/
void gale_cortex_m_bad_call(struct gale_cortex_m_thread *t);

/**
 * Let `handler` serve device interrupt `number`, and enable it. It may ring doorbells and use its end of a typed ring.
 *
 * @param[in] handler  NULL: disable it.
 * @retval GALE_OK      Done.
 * @retval GALE_EINVAL  `number` is not below GALE_CORTEX_M_INTERRUPTS.
 * @context init, thread; never blocks.
 */
/*@ assigns  \nothing;
    ensures  range: \result == (number < GALE_CORTEX_M_INTERRUPTS ? GALE_OK : GALE_EINVAL);
*/
int gale_cortex_m_interrupt(uint32_t number, void (*handler)(uint32_t number));

/* What code outside calls. Each is one supervisor call. */

/** Numbers of the calls. */
enum gale_cortex_m_call {
    GALE_CORTEX_M_CALL_EXIT,
    GALE_CORTEX_M_CALL_YIELD,
    GALE_CORTEX_M_CALL_SLEEP,
    GALE_CORTEX_M_CALL_NOW,
    GALE_CORTEX_M_CALL_GIVE,
    GALE_CORTEX_M_CALL_TAKE,
    GALE_CORTEX_M_CALL_RING,
    GALE_CORTEX_M_CALL_OWN = 16 /**< First of the application's. */
};

/** End this thread. @context outside; does not return. */
/*@ assigns \nothing;
    ensures never: \false;
*/
void gale_cortex_m_call_exit(uint32_t code) __attribute__((noreturn));

/** gale_executor_yield(). @return Its status. @context outside; blocks. */
/*@ assigns \nothing; */
int32_t gale_cortex_m_call_yield(void);

/** gale_executor_sleep_until(). @return Its status. @context outside; blocks until `deadline`. */
/*@ assigns \nothing; */
int32_t gale_cortex_m_call_sleep(gale_tick deadline);

/** gale_port_now(). @return The tick. @context outside; never blocks. */
/*@ assigns \nothing; */
gale_tick gale_cortex_m_call_now(void);

/** gale_sem_give() on object `object`. @retval GALE_EINVAL  It is no semaphore of this thread. @context outside. */
/*@ assigns \nothing; */
int32_t gale_cortex_m_call_give(uint32_t object);

/** gale_sem_take() on object `object`. @retval GALE_EINVAL  It is no semaphore of this thread. @context outside; blocks. */
/*@ assigns \nothing; */
int32_t gale_cortex_m_call_take(uint32_t object, gale_tick deadline);

/** Ring the doorbell. @retval GALE_EPERM  `bits` are not all in object `object`. @context outside; never blocks. */
/*@ assigns \nothing; */
int32_t gale_cortex_m_call_ring(uint32_t object, uint32_t bits);

/** A call of the application's own, GALE_CORTEX_M_CALL_OWN or above. @return What its hook gives. @context outside. */
/*@ assigns \nothing; */
int32_t gale_cortex_m_call_own(uint32_t number, uint32_t a, uint32_t b, uint32_t c, uint32_t d);

#ifdef __cplusplus
}
#endif

#endif /* GALE_PORT_CORTEX_M_H */
