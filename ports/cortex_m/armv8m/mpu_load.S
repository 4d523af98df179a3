/* SPDX-License-Identifier: Apache-2.0 */
/* void gale__cortex_m_mpu_load(const uint32_t *regions): eight regions, the MPU is off. */
    .syntax unified
    .thumb
    .section .text.gale__cortex_m_mpu_load, "ax", %progbits
    .global gale__cortex_m_mpu_load
    .type gale__cortex_m_mpu_load, %function
    .thumb_func
gale__cortex_m_mpu_load:
    push {r4-r11}
    ldr r12, =0xe000ed9c /* RBAR, RLAR, and three more pairs: four regions from the selected one on */
    movs r1, #0
    movs r2, #4
    str r1, [r12, #-4]
    ldmia r0!, {r4-r11}
    stmia r12, {r4-r11}
    str r2, [r12, #-4]
    ldmia r0, {r4-r11}
    stmia r12, {r4-r11}
    pop {r4-r11}
    bx lr
    .ltorg
