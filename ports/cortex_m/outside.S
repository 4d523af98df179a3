/* SPDX-License-Identifier: Apache-2.0 */
/* What code outside calls: the number goes to r12, arguments and results are where a C call has them. */
    .syntax unified
    .thumb

    .macro call name, number
    .section .text.\name, "ax", %progbits
    .global \name
    .type \name, %function
    .thumb_func
\name:
    mov r12, #\number
    svc #0
    bx lr
    .endm

    call gale_cortex_m_call_exit, 0
    call gale_cortex_m_call_yield, 1
    call gale_cortex_m_call_sleep, 2
    call gale_cortex_m_call_now, 3
    call gale_cortex_m_call_give, 4
    call gale_cortex_m_call_take, 5
    call gale_cortex_m_call_ring, 6

/* int32_t gale_cortex_m_call_own(uint32_t number, uint32_t a, uint32_t b, uint32_t c, uint32_t d) */
    .section .text.gale_cortex_m_call_own, "ax", %progbits
    .global gale_cortex_m_call_own
    .type gale_cortex_m_call_own, %function
    .thumb_func
gale_cortex_m_call_own:
    mov r12, r0
    mov r0, r1
    mov r1, r2
    mov r2, r3
    ldr r3, [sp]
    svc #0
    bx lr
