/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Switches, all of them. Kernel flows (the executor's own and its threads) are privileged, use PSP, and switch by a
 * call. Code outside is unprivileged; it is entered by a supervisor call of the kernel, and what brings it in (its own
 * supervisor call, PendSV, a fault) ends in `leave`. Its registers are saved in the kernel's memory: it owns its stack
 * pointer, so nothing of ours goes there. Handlers use MSP.
 *
 * state:  0 outside, 4 entering, 8 attention                                  struct cortex_m_state
 * flow:   0 r4-r11, 32 sp, 36 limit, 40 exc_return, 44 kernel sp, 48 kernel limit, 52 s16-s31     ports/cortex_m/port.h
 */
    .syntax unified
    .thumb
    .text

#define STATE_OUTSIDE 0
#define STATE_ENTERING 4
#define STATE_ATTENTION 8
#define FLOW_SP 32
#define FLOW_EXC_RETURN 40
#define FLOW_KERNEL_SP 44
#define FLOW_KERNEL_LIMIT 48
#define FLOW_S16 52
#define CAME_BY_CALL 1
#define CAME_BY_INTERRUPT 2
#define CAME_BY_FAULT 3
#define PRIVILEGED_PSP 2
#define UNPRIVILEGED_PSP 3
#define MPU_CTRL 0xe000ed94
#define MPU_ON 5
#define ICSR 0xe000ed04
#define ICSR_PENDSVSET 0x10000000

/* Armv8-M has a limit for the stack pointer; it is lifted while the pointer moves. */
#if __ARM_ARCH >= 8
    .macro lift_limit scratch
    movs \scratch, #0
    msr psplim, \scratch
    .endm
    .macro set_limit reg
    msr psplim, \reg
    .endm
    .macro get_limit reg
    mrs \reg, psplim
    .endm
#else
    .macro lift_limit scratch
    .endm
    .macro set_limit reg
    .endm
    .macro get_limit reg
    movs \reg, #0
    .endm
#endif

/* Floating point registers of the code outside, if its frame has any: the core has pushed the others. */
#if defined(__ARM_FP)
    .macro save_float flow, exc_return
    tst \exc_return, #0x10
    bne 90f
    add r2, \flow, #FLOW_S16
    vstmia r2, {s16-s31}
90:
    .endm
    .macro load_float flow_sp, exc_return
    tst \exc_return, #0x10
    bne 91f
    add r3, \flow_sp, #FLOW_S16 - FLOW_SP
    vldmia r3, {s16-s31}
91:
    .endm
    .macro forget_float scratch
    movs \scratch, #PRIVILEGED_PSP
    msr control, \scratch
    isb
    .endm
#else
    .macro save_float flow, exc_return
    .endm
    .macro load_float flow_sp, exc_return
    .endm
    .macro forget_float scratch
    .endm
#endif

    .macro function name
    .section .text.\name, "ax", %progbits
    .global \name
    .type \name, %function
    .thumb_func
\name:
    .endm

/* void gale_port_context_switch(struct gale_port_context *from, struct gale_port_context *to) */
    function gale_port_context_switch
    push {r4-r11, lr}
    str sp, [r0]
    lift_limit r2
    ldr sp, [r1]
    ldr r2, [r1, #4]
    set_limit r2
    pop {r4-r11, pc}
    .ltorg

/* uint32_t gale__cortex_m_kernel_limit(void) */
    function gale__cortex_m_kernel_limit
    get_limit r0
    bx lr

/* First instructions of a kernel flow: entry in r4, its argument in r5. The entry does not return. */
    function gale__cortex_m_begin
    mov r0, r5
    blx r4
    udf #0

/* Where code outside that returns from its entry arrives: call 0, exit, with code 0. */
    function gale__cortex_m_return
    movs r0, #0
    mov r12, r0
    svc #0
    udf #0

/* uint32_t gale__cortex_m_enter(struct gale__cortex_m_flow *flow) */
    function gale__cortex_m_enter
    forget_float r3
    ldr r3, =gale__cortex_m_state
    str r0, [r3, #STATE_ENTERING]
    svc #0
    bx lr
    .ltorg

/* The handlers share a section: they branch to each other. */
    .section .text.gale__cortex_m_handlers, "ax", %progbits

    .macro handler name
    .global \name
    .type \name, %function
    .thumb_func
\name:
    .endm

/*
 * Supervisor call. From the kernel: go out. From outside: come in. From neither: it is the call of code that a fault
 * has ended meanwhile, since that call's own frame could not be pushed; the fault has done all.
 */
    handler gale__cortex_m_svc
    ldr r3, =gale__cortex_m_state
    ldrd r0, r1, [r3]
    cbnz r1, go_out
    movs r1, #CAME_BY_CALL
    cmp r0, #0
    bne come_in
    bx lr

go_out:
    mrs r2, psp
    stmdb r2!, {r4-r11}
    str r2, [r1, #FLOW_KERNEL_SP]
    movs r2, #0
    strd r1, r2, [r3]
    /* Whoever rang before this store found nobody outside; whoever rings after it finds the code outside. */
    ldr r2, [r3, #STATE_ATTENTION]
    ldr r3, =MPU_CTRL
    cbz r2, 1f
    mov r2, #ICSR_PENDSVSET
    str r2, [r3, #ICSR - MPU_CTRL]
1:  movs r2, #MPU_ON
    str r2, [r3]
    lift_limit r2
    ldmia r1!, {r4-r11}
    ldmia r1, {r0, r2, lr}
    load_float r1, lr
    msr psp, r0
    set_limit r2
    movs r0, #UNPRIVILEGED_PSP
    msr control, r0
    dsb
    bx lr

    handler gale__cortex_m_pendsv
    ldr r3, =gale__cortex_m_state
    ldr r0, [r3, #STATE_OUTSIDE]
    movs r1, #CAME_BY_INTERRUPT
    cbnz r0, come_in
    bx lr

/* The code outside comes in: r0 its flow, r1 why, r3 the state. Ends in the kernel, behind gale__cortex_m_enter(). */
come_in:
    save_float r0, lr
    stmia r0!, {r4-r11}
    mrs r2, psp
    str r2, [r0, #FLOW_SP - FLOW_SP]
    str lr, [r0, #FLOW_EXC_RETURN - FLOW_SP]
    movs r2, #0
    str r2, [r3, #STATE_OUTSIDE]
    ldr r3, =MPU_CTRL
    str r2, [r3]
    ldr r2, [r0, #FLOW_KERNEL_SP - FLOW_SP]
    ldr r3, [r0, #FLOW_KERNEL_LIMIT - FLOW_SP]
    lift_limit r0
    ldmia r2!, {r4-r11}
    msr psp, r2
    set_limit r3
    str r1, [r2]
    movs r1, #PRIVILEGED_PSP
    msr control, r1
    mvn lr, #2
    dsb
    bx lr

/* Every fault. The answer is the flow to end, or NULL when the kernel goes on. */
    handler gale__cortex_m_fault
    mov r0, lr
    mrs r1, psp
    push {r3, lr}
    bl gale__cortex_m_fault_taken
    pop {r3, lr}
    movs r1, #CAME_BY_FAULT
    ldr r3, =gale__cortex_m_state
    cmp r0, #0
    bne come_in
    bx lr
    .ltorg

/*
 * Copies with the rights of the code outside. A fault between the two marks goes on at gale__cortex_m_copy_failed.
 */
    .section .text.gale__cortex_m_copy, "ax", %progbits
    .global gale__cortex_m_copy_begin
gale__cortex_m_copy_begin:

/* int gale__cortex_m_load(uint8_t *to, const uint8_t *from, size_t bytes) */
    .global gale__cortex_m_load
    .type gale__cortex_m_load, %function
    .thumb_func
gale__cortex_m_load:
    cbz r2, copied
1:  ldrbt r3, [r1]
    adds r1, #1
    strb r3, [r0], #1
    subs r2, #1
    bne 1b
copied:
    movs r0, #0
    bx lr

/* int gale__cortex_m_store(uint8_t *to, const uint8_t *from, size_t bytes) */
    .global gale__cortex_m_store
    .type gale__cortex_m_store, %function
    .thumb_func
gale__cortex_m_store:
    cmp r2, #0
    beq copied
1:  ldrb r3, [r1], #1
    strbt r3, [r0]
    adds r0, #1
    subs r2, #1
    bne 1b
    b copied

/* int gale__cortex_m_store_two(uint32_t *to, uint32_t first, uint32_t second) */
    .global gale__cortex_m_store_two
    .type gale__cortex_m_store_two, %function
    .thumb_func
gale__cortex_m_store_two:
    strt r1, [r0]
    strt r2, [r0, #4]
    b copied

    .global gale__cortex_m_copy_failed
    .type gale__cortex_m_copy_failed, %function
    .thumb_func
gale__cortex_m_copy_failed:
    mvn r0, #0
    bx lr
