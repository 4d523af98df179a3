/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What the POSIX port offers beyond port.h: the size of a stack, and signals in the role of interrupts.
 */
#ifndef GALE_PORT_POSIX_H
#define GALE_PORT_POSIX_H

#include "gale/port.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Least stack of a thread in bytes. A signal that arrives takes its frame from it too; see ports/posix/README.md. */
#define GALE_POSIX_STACK_MIN 4096u

/** Alignment of a stack and of its size in bytes. */
#define GALE_POSIX_STACK_ALIGN 16u

/**
 * Begin and end what counts as an interrupt handler on this system thread; for handlers that a program installs
 * itself. Pairs nest.
 *
 * @context isr (a signal handler's first and last call); never blocks.
 */
/*@ assigns \nothing; */
void gale_posix_isr_enter(void);

/** The other half of gale_posix_isr_enter(). @context isr; never blocks. */
/*@ assigns \nothing; */
void gale_posix_isr_exit(void);

/**
 * Let `handler` be the interrupt handler of a signal: it runs with gale_port_in_isr() true and keeps errno.
 * Calls that the signal interrupts are restarted. It may ring doorbells and use its end of a typed ring.
 *
 * @param[in] signal   A signal number.
 * @param[in] handler  Called with the number; NULL gives the signal its default action back.
 * @retval GALE_OK      Installed.
 * @retval GALE_EINVAL  No signal that can be handled.
 * @context thread; never blocks.
 */
/*@ assigns \nothing;
    ensures status: \result == GALE_OK || \result == GALE_EINVAL;
*/
int gale_posix_isr_install(int signal, void (*handler)(int signal));

#ifdef __cplusplus
}
#endif

#endif /* GALE_PORT_POSIX_H */
