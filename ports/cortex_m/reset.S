/* SPDX-License-Identifier: Apache-2.0 */
/* Thread mode gets a stack of its own, so that no thread has to find room for handlers. */
    .syntax unified
    .thumb
    .section .text.gale_cortex_m_reset, "ax", %progbits
    .global gale_cortex_m_reset
    .type gale_cortex_m_reset, %function
    .thumb_func
gale_cortex_m_reset:
    ldr r0, =gale_board_main_stack_end
    msr psp, r0
    movs r0, #2
    msr control, r0
    isb
    b gale__cortex_m_start
    .ltorg
