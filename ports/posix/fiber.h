/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Which implementation of the context switch this build takes; read by C and by assembly.
 *
 * GALE__FIBER_ASM is 1 where the port has assembly of its own. GALE_POSIX_UCONTEXT=1 takes ucontext everywhere.
 */
#ifndef PORTS_POSIX_FIBER_H
#define PORTS_POSIX_FIBER_H

#ifndef GALE_POSIX_UCONTEXT
#define GALE_POSIX_UCONTEXT 0
#endif

#if !GALE_POSIX_UCONTEXT && defined(__ELF__) && defined(__LP64__) && (defined(__x86_64__) || defined(__aarch64__))
#define GALE__FIBER_ASM 1
#else
#define GALE__FIBER_ASM 0
#endif

#ifndef __ASSEMBLER__
#include "gale/port.h"

/** Where every new flow begins, on its own stack: tells the tools, then runs `entry(arg)`, which must not return. */
void gale__fiber_begin(void (*entry)(void *arg), void *arg) __attribute__((noreturn));

/** Checks of gale_port_context_init() that all implementations share. */
void gale__fiber_check_stack(const void *stack, size_t stack_bytes);
#endif

#endif /* PORTS_POSIX_FIBER_H */
