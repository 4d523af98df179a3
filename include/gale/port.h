/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What a port implements: eleven functions, bound at link time. `ports/template` is the copy to begin from.
 *
 * Contracts here are trusted by the proofs (SOUNDNESS.md); each port's tests exercise them.
 */
#ifndef GALE_PORT_H
#define GALE_PORT_H

#include "gale/atomic.h"
#include "gale/base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gale_mem_domain;

/** A suspended flow of control. Everything else that a switch saves lies on the stack or in the port. */
struct gale_port_context {
    void *sp;           /**< Where the switch saved the registers; port-private. */
    void *stack;        /**< Lowest byte of the stack; NULL for the context that the system gave us. */
    size_t stack_bytes; /**< Size of the stack in bytes. */
    void *tool;         /**< For a sanitizer's own record of the flow; NULL otherwise. */
};

/**
 * Enter a section that no interrupt handler and no preemption can cut.
 *
 * @return A key for gale_port_unlock(). Sections nest; they are short (no loop over caller-sized data).
 * @context thread, isr; never blocks.
 */
/*@ assigns \nothing; */
uint32_t gale_port_lock(void);

/**
 * Leave the section that returned `key`.
 *
 * @context thread, isr; never blocks.
 */
/*@ assigns \nothing; */
void gale_port_unlock(uint32_t key);

/**
 * The tick now; never less than any earlier answer.
 *
 * @context thread, isr; never blocks.
 */
/*@ assigns \nothing; */
gale_tick gale_port_now(void);

/**
 * Ask for one interrupt at `deadline`, replacing the request before. GALE_FOREVER takes the request back.
 * A port whose gale_port_idle() keeps the time itself does nothing here.
 *
 * @context thread; never blocks.
 */
/*@ assigns \nothing; */
void gale_port_alarm(gale_tick deadline);

/**
 * The bit of a doorbell's word that belongs to the port; the others are events. A port that must be told when to wake
 * sets it in gale_port_idle(), and then whoever rings calls gale_port_wake(). A port that wakes by itself (an interrupt
 * ends the wait of a single core) never sets it.
 */
#define GALE_PORT_ASLEEP UINT32_C(0x80000000)

/**
 * Sleep until `word` has an event bit or `deadline` has passed; may return early. No change of `word` before, while or
 * after it decides to sleep is missed, provided its writer then calls gale_port_wake() where it saw GALE_PORT_ASLEEP
 * (DB01). May leave GALE_PORT_ASLEEP set.
 *
 * @context executor only.
 */
/*@ requires own: \valid(word);
    assigns  word->value;
*/
void gale_port_idle(struct gale_atomic_u32 *word, gale_tick deadline);

/**
 * Wake the executor that sleeps on `word` in gale_port_idle(), if one does. Called after an event bit was set.
 *
 * @context thread, isr, another core or process that maps `word`; never blocks; keeps errno where there is one.
 */
/*@ requires own: \valid(word);
    assigns  \nothing;
*/
void gale_port_wake(struct gale_atomic_u32 *word);

/**
 * Prepare `context` so that the first switch to it calls `entry(arg)` on the given stack. `entry` must not return.
 *
 * @param[out] context      Filled in.
 * @param[in]  stack        Lowest byte; aligned to 16 (8 on 32-bit Arm).
 * @param[in]  stack_bytes  Size; a multiple of the alignment, at least what the port's README states.
 * @context thread; never blocks.
 */
/*@ requires own:   \valid(context);
    requires stack: \valid((uint8_t *)stack + (0 .. stack_bytes - 1));
    assigns  *context;
*/
void gale_port_context_init(struct gale_port_context *context, void *stack, size_t stack_bytes,
                            void (*entry)(void *arg), void *arg);

/**
 * Save the running flow in `from` and continue `to`. Returns when somebody switches back to `from`.
 *
 * @context thread or executor, not isr.
 */
/*@ requires own: \valid(from) && \valid(to);
    assigns  *from, *to;
*/
void gale_port_context_switch(struct gale_port_context *from, struct gale_port_context *to);

/**
 * Let the running thread reach exactly the partitions of `domain`; NULL means no restriction.
 * A port without a memory protection unit does nothing.
 *
 * @context executor only; never blocks.
 */
/*@ assigns \nothing; */
void gale_port_mpu_apply(const struct gale_mem_domain *domain);

/**
 * True in an interrupt handler (on POSIX: in a signal handler that the port runs).
 *
 * @context any; never blocks.
 */
/*@ assigns \nothing; */
bool gale_port_in_isr(void);

/**
 * Stop for good: a precondition was broken at `file`:`line`.
 *
 * @context any; does not return.
 */
/*@ assigns \nothing;
    ensures never: \false;
*/
void gale_port_panic(const char *file, int line) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif /* GALE_PORT_H */
