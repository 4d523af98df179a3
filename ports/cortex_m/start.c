/* SPDX-License-Identifier: Apache-2.0 */
/** Vectors, and the way from reset to main(). */
#include "board.h"
#include "port.h"

#define SHPR2_SVC (0xe0u << 24)
#define SHPR3_PENDSV_SYSTICK 0xf0f00000u /* the lowest: what they ask for waits until no handler runs */
#define SHCSR_FAULTS (7u << 16)
#define CPACR CORTEX_M_REG(0xe000ed88u)
#define CPACR_FLOAT (0xfu << 20)
#define FPCCR CORTEX_M_REG(0xe000ef34u)
#define FPCCR_AUTOMATIC (1u << 31)
#define FPCCR_LAZY (1u << 30)

int main(void);
void gale_cortex_m_reset(void);
void gale__cortex_m_start(void);
void gale__cortex_m_svc(void);
void gale__cortex_m_pendsv(void);
void gale__cortex_m_fault(void);

/** The first vector is a stack pointer. */
union start_vector {
    void (*handler)(void);
    const uint8_t *stack;
};

static void start_unexpected(void)
{
    gale_port_panic("exception", (int)(CORTEX_M_ICSR & 0x1ffu));
}

#define VECTORS_8(h)                   \
    {h}, {h}, {h}, {h}, {h}, {h}, {h}, \
    {                                  \
        h                              \
    }

__attribute__((section(".vectors"),
               used)) static const union start_vector start_vectors[16u + GALE_CORTEX_M_INTERRUPTS] = {
    {.stack = gale_board_handler_stack_end},
    {gale_cortex_m_reset},
    {start_unexpected}, /* NMI */
    {gale__cortex_m_fault},
    {gale__cortex_m_fault},
    {gale__cortex_m_fault},
    {gale__cortex_m_fault},
    {start_unexpected}, /* secure fault */
    {start_unexpected},
    {start_unexpected},
    {start_unexpected},
    {gale__cortex_m_svc},
    {start_unexpected}, /* debug monitor */
    {start_unexpected},
    {gale__cortex_m_pendsv},
    {gale__cortex_m_clock_interrupt},
    VECTORS_8(gale__cortex_m_device_interrupt),
    VECTORS_8(gale__cortex_m_device_interrupt),
    VECTORS_8(gale__cortex_m_device_interrupt),
    VECTORS_8(gale__cortex_m_device_interrupt),
    VECTORS_8(gale__cortex_m_device_interrupt),
    VECTORS_8(gale__cortex_m_device_interrupt),
    VECTORS_8(gale__cortex_m_device_interrupt),
    VECTORS_8(gale__cortex_m_device_interrupt),
};

GALE_STATIC_ASSERT(GALE_CORTEX_M_INTERRUPTS == 64u, the_table_has_as_many);

/* Bytes, so that the compiler makes no call of it before memory is in place. */
static void start_memory(void)
{
    const volatile uint8_t *from = gale_board_data_load;

    for (volatile uint8_t *to = gale_board_data; to != gale_board_data_end; to++, from++) {
        *to = *from;
    }
    for (volatile uint8_t *to = gale_board_bss; to != gale_board_bss_end; to++) {
        *to = 0;
    }
}

#if defined(__ARM_FP)
/* Not lazily: a lazy save faults where it is done, in a handler of the kernel, and not where the stack was wrong. */
static void start_float(void)
{
    CPACR |= CPACR_FLOAT;
    cortex_m_barrier();
    FPCCR = (FPCCR | FPCCR_AUTOMATIC) & ~FPCCR_LAZY;
}
#else
static void start_float(void)
{
    /* There is none. */
}
#endif

static void start_core(void)
{
    start_float();
    CORTEX_M_SHPR2 = SHPR2_SVC;
    CORTEX_M_SHPR3 = SHPR3_PENDSV_SYSTICK;
    CORTEX_M_SHCSR |= SHCSR_FAULTS;
}

/** Reset, on the stack of main(). */
void gale__cortex_m_start(void)
{
    start_memory();
    start_core();
    gale__cortex_m_interrupt_init();
    gale__cortex_m_mpu_init();
    gale__cortex_m_clock_init();
    gale_board_init();
    for (void (*const *c)(void) = gale_board_constructors; c != gale_board_constructors_end; c++) {
        (*c)();
    }
    gale_port_panic("main returned", main());
}
