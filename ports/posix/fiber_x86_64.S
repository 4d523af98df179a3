/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The context switch on x86-64, System V ABI: rbx, rbp, r12-r15, the control bits of mxcsr and the x87 control word.
 * The frame is struct fiber_frame in fiber_asm.c.
 */
#include "fiber.h"

#if GALE__FIBER_ASM && defined(__x86_64__)

        .text

/* void gale__fiber_switch(void **from, void *to) */
        .globl  gale__fiber_switch
        .hidden gale__fiber_switch
        .type   gale__fiber_switch, @function
        .p2align 4
gale__fiber_switch:
        .cfi_startproc
        endbr64
        pushq   %rbp
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset rbp, 0
        pushq   %rbx
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset rbx, 0
        pushq   %r12
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r12, 0
        pushq   %r13
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r13, 0
        pushq   %r14
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r14, 0
        pushq   %r15
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r15, 0
        subq    $8, %rsp
        .cfi_adjust_cfa_offset 8
        stmxcsr (%rsp)
        fnstcw  4(%rsp)
        movq    %rsp, (%rdi)

        /* Both stacks have the same frame, so the unwind rows stay true. */
        movq    %rsi, %rsp
        ldmxcsr (%rsp)
        fldcw   4(%rsp)
        addq    $8, %rsp
        .cfi_adjust_cfa_offset -8
        popq    %r15
        .cfi_adjust_cfa_offset -8
        .cfi_restore r15
        popq    %r14
        .cfi_adjust_cfa_offset -8
        .cfi_restore r14
        popq    %r13
        .cfi_adjust_cfa_offset -8
        .cfi_restore r13
        popq    %r12
        .cfi_adjust_cfa_offset -8
        .cfi_restore r12
        popq    %rbx
        .cfi_adjust_cfa_offset -8
        .cfi_restore rbx
        popq    %rbp
        .cfi_adjust_cfa_offset -8
        .cfi_restore rbp
        ret                     /* Mispredicted, but steadily: an indirect jump took 4 to 300 ns, this 12. */
        .cfi_endproc
        .size   gale__fiber_switch, . - gale__fiber_switch

/* r13: entry, r12: arg. There is no caller: a backtrace ends here. */
        .globl  gale__fiber_start
        .hidden gale__fiber_start
        .type   gale__fiber_start, @function
        .p2align 4
        .cfi_startproc
        .cfi_undefined rip
        nop                     /* Debuggers look up the address before the return address. */
gale__fiber_start:
        endbr64
        movq    %r13, %rdi
        movq    %r12, %rsi
        call    gale__fiber_begin
        ud2
        .cfi_endproc
        .size   gale__fiber_start, . - gale__fiber_start

#endif

#if defined(__ELF__)
        .section .note.GNU-stack, "", %progbits
#endif
