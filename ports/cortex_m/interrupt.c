/* SPDX-License-Identifier: Apache-2.0 */
/** Device interrupts, and how they take the core from the code outside. */
#include "port.h"

#define NVIC_ENABLE(n) CORTEX_M_REG(0xe000e100u + 4u * ((n) / 32u))
#define NVIC_DISABLE(n) CORTEX_M_REG(0xe000e180u + 4u * ((n) / 32u))
#define NVIC_BIT(n) (1u << (n) % 32u)
#define FIRST_INTERRUPT 16u

struct cortex_m_state gale__cortex_m_state;

static void (*interrupt_handlers[GALE_CORTEX_M_INTERRUPTS])(uint32_t number);

static void interrupt_unexpected(uint32_t number)
{
    gale_port_panic("device interrupt", (int)number);
}

void gale__cortex_m_interrupt_init(void)
{
    for (uint32_t n = 0; n < GALE_CORTEX_M_INTERRUPTS; n++) {
        interrupt_handlers[n] = interrupt_unexpected;
    }
}

int gale_cortex_m_interrupt(uint32_t number, void (*handler)(uint32_t number))
{
    if (number >= GALE_CORTEX_M_INTERRUPTS) {
        return GALE_EINVAL;
    }
    NVIC_DISABLE(number) = NVIC_BIT(number);
    cortex_m_barrier();
    interrupt_handlers[number] = handler == NULL ? interrupt_unexpected : handler;
    if (handler != NULL) {
        NVIC_ENABLE(number) = NVIC_BIT(number);
    }
    return GALE_OK;
}

void gale__cortex_m_attend(bool always)
{
    struct cortex_m_state *s = &gale__cortex_m_state;

    if (always || (s->bell != NULL && (gale_atomic_load_acquire(s->bell) & ~GALE_PORT_ASLEEP) != 0)) {
        s->attention = 1;
        if (s->outside != NULL) {
            CORTEX_M_ICSR = CORTEX_M_ICSR_PENDSVSET;
        }
    }
}

/* A read-only region binds the handler too, and a ring that feeds a domain is one: so the MPU is off meanwhile. */
void gale__cortex_m_device_interrupt(void)
{
    const uint32_t mpu = CORTEX_M_MPU_CTRL;
    uint32_t exception;

    CORTEX_M_MPU_CTRL = CORTEX_M_MPU_OFF;
    cortex_m_barrier();
    __asm__ volatile("mrs %0, ipsr" : "=r"(exception));
    interrupt_handlers[exception - FIRST_INTERRUPT](exception - FIRST_INTERRUPT);
    gale__cortex_m_attend(false);
    CORTEX_M_MPU_CTRL = mpu;
    cortex_m_barrier();
}
