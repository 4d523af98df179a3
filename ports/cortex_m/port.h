/* SPDX-License-Identifier: Apache-2.0 */
/** @file What the files of this port share, with each other and with the assembly. */
#ifndef PORTS_CORTEX_M_PORT_H
#define PORTS_CORTEX_M_PORT_H

#include "gale/port_cortex_m.h"

/** A register of the core. */
#define CORTEX_M_REG(address) (*(volatile uint32_t *)(address))

#define CORTEX_M_ICSR CORTEX_M_REG(0xe000ed04u)
#define CORTEX_M_SHPR2 CORTEX_M_REG(0xe000ed1cu)
#define CORTEX_M_SHPR3 CORTEX_M_REG(0xe000ed20u)
#define CORTEX_M_SHCSR CORTEX_M_REG(0xe000ed24u)
#define CORTEX_M_CFSR CORTEX_M_REG(0xe000ed28u)
#define CORTEX_M_HFSR CORTEX_M_REG(0xe000ed2cu)
#define CORTEX_M_MMFAR CORTEX_M_REG(0xe000ed34u)
#define CORTEX_M_BFAR CORTEX_M_REG(0xe000ed38u)
#define CORTEX_M_MPU_CTRL CORTEX_M_REG(0xe000ed94u)
#define CORTEX_M_MPU_RNR CORTEX_M_REG(0xe000ed98u)

#define CORTEX_M_ICSR_PENDSVSET (1u << 28)
#define CORTEX_M_MPU_OFF 0u
#define CORTEX_M_MPU_ON 5u /* ENABLE, and PRIVDEFENA: the kernel keeps the default map */

/** Why the code outside came in; gale__cortex_m_enter() returns it. The assembly knows the values. */
enum cortex_m_came_by { CORTEX_M_CAME_BY_CALL = 1, CORTEX_M_CAME_BY_INTERRUPT = 2, CORTEX_M_CAME_BY_FAULT = 3 };

/** The whole state of the port that handlers and kernel share. The assembly knows the first three. */
struct cortex_m_state {
    struct gale__cortex_m_flow *volatile outside;  /**< Whose code runs outside now; NULL: the kernel runs. */
    struct gale__cortex_m_flow *volatile entering; /**< Set for the supervisor call that enters it. */
    volatile uint32_t attention;                 /**< Not 0: the kernel has something to look at, so do not stay out. */
    const struct gale_atomic_u32 *volatile bell; /**< The doorbell of the executor whose thread runs outside. */
    const struct gale_cortex_m_image *loaded;    /**< What the MPU holds. */
    bool dispatched;                             /**< A domain was applied since the MPU was last made to hold one. */
    bool applied;                                /**< A domain was applied since the present call came in. */
};

extern struct cortex_m_state gale__cortex_m_state;

GALE_STATIC_ASSERT(offsetof(struct cortex_m_state, attention) == 8, assembly_knows_the_state);
GALE_STATIC_ASSERT(offsetof(struct gale__cortex_m_flow, kernel_limit) == 48, assembly_knows_the_flow);

static inline void cortex_m_barrier(void)
{
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}

/** A handler has run: if somebody rang, take the core from the code outside as soon as no handler runs. */
void gale__cortex_m_attend(bool always);

/** Let the code outside run until it comes in. @return One of enum cortex_m_came_by. */
uint32_t gale__cortex_m_enter(struct gale__cortex_m_flow *flow);

/** Where the stack of the running kernel flow ends, if the core has such a limit; else 0. */
uint32_t gale__cortex_m_kernel_limit(void);

/** Where code outside that returns from its entry arrives: it exits. */
void gale__cortex_m_return(void);

/* Copy with the rights of the code outside; the fault handler ends them with an error. */
int gale__cortex_m_load(uint8_t *to, const uint8_t *from, size_t bytes);
int gale__cortex_m_store(uint8_t *to, const uint8_t *from, size_t bytes);
int gale__cortex_m_store_two(uint32_t *to, uint32_t first, uint32_t second);

/** Make the MPU hold `domain`, by way of its image. It is off meanwhile: no value of a register matters. */
void gale__cortex_m_mpu_select(struct gale_cortex_m_image *image, const struct gale_mem_domain *domain);

/** The same, if a thread was dispatched since. */
static inline void cortex_m_mpu_follow(struct gale_cortex_m_image *image, const struct gale_mem_domain *domain)
{
    if (gale__cortex_m_state.dispatched) {
        gale__cortex_m_mpu_select(image, domain);
    }
}

/* What v7 and v8 do differently. */
void gale__cortex_m_mpu_encode(const struct gale_mem_partition *partition, uint32_t region, uint32_t registers[2]);
void gale__cortex_m_mpu_load(const uint32_t *regions);
void gale__cortex_m_mpu_init(void);

/** Interrupt at `deadline` too, if that is before the kernel's alarm; GALE_FOREVER: no more. */
void gale__cortex_m_clock_outside(gale_tick deadline);
void gale__cortex_m_clock_init(void);
void gale__cortex_m_clock_interrupt(void);

/** Device interrupts begin masked, with a handler each that panics. */
void gale__cortex_m_interrupt_init(void);
void gale__cortex_m_device_interrupt(void);

/** Serves the call that `t` has made, and hands back the result. */
void gale__cortex_m_call_serve(struct gale_cortex_m_thread *t);

#endif /* PORTS_CORTEX_M_PORT_H */
