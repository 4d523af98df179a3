/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The context switch on 64-bit Arm, AAPCS64: x19-x30, d8-d15 and fpcr. The frame is struct fiber_frame in fiber_asm.c.
 */
#include "fiber.h"

#if GALE__FIBER_ASM && defined(__aarch64__)

#define FRAME_BYTES 176

        .text

/* void gale__fiber_switch(void **from, void *to) */
        .globl  gale__fiber_switch
        .hidden gale__fiber_switch
        .type   gale__fiber_switch, %function
        .p2align 4
gale__fiber_switch:
        .cfi_startproc
        hint    #34             /* bti c */
        sub     sp, sp, #FRAME_BYTES
        .cfi_adjust_cfa_offset FRAME_BYTES
        stp     d8, d9, [sp, #0]
        stp     d10, d11, [sp, #16]
        stp     d12, d13, [sp, #32]
        stp     d14, d15, [sp, #48]
        stp     x19, x20, [sp, #64]
        stp     x21, x22, [sp, #80]
        stp     x23, x24, [sp, #96]
        stp     x25, x26, [sp, #112]
        stp     x27, x28, [sp, #128]
        stp     x29, x30, [sp, #144]
        .cfi_rel_offset x29, 144
        .cfi_rel_offset x30, 152
        mrs     x9, fpcr
        str     x9, [sp, #160]
        mov     x10, sp
        str     x10, [x0]

        /* Both stacks have the same frame, so the unwind rows stay true. */
        mov     sp, x1
        ldr     x10, [sp, #160]
        cmp     x9, x10         /* Writing fpcr is slow and it is nearly always the same. */
        b.eq    1f
        msr     fpcr, x10
1:      ldp     d8, d9, [sp, #0]
        ldp     d10, d11, [sp, #16]
        ldp     d12, d13, [sp, #32]
        ldp     d14, d15, [sp, #48]
        ldp     x19, x20, [sp, #64]
        ldp     x21, x22, [sp, #80]
        ldp     x23, x24, [sp, #96]
        ldp     x25, x26, [sp, #112]
        ldp     x27, x28, [sp, #128]
        ldp     x29, x30, [sp, #144]
        .cfi_restore x29
        .cfi_restore x30
        add     sp, sp, #FRAME_BYTES
        .cfi_adjust_cfa_offset -FRAME_BYTES
        ret
        .cfi_endproc
        .size   gale__fiber_switch, . - gale__fiber_switch

/* x19: entry, x20: arg. There is no caller: a backtrace ends here. */
        .globl  gale__fiber_start
        .hidden gale__fiber_start
        .type   gale__fiber_start, %function
        .p2align 4
        .cfi_startproc
        .cfi_undefined x30
        nop                     /* Debuggers look up the address before the return address. */
gale__fiber_start:
        hint    #36             /* bti j */
        mov     x0, x19
        mov     x1, x20
        bl      gale__fiber_begin
        udf     #0
        .cfi_endproc
        .size   gale__fiber_start, . - gale__fiber_start

#endif

#if defined(__ELF__)
        .section .note.GNU-stack, "", %progbits
#endif
