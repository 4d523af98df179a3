/* SPDX-License-Identifier: Apache-2.0 */
/** Faults: what happened, and whether it ends the code outside, a copy for it, or everything. */
#include "port.h"

#define CFSR_IACCVIOL (1u << 0)
#define CFSR_MUNSTKERR (1u << 3)
#define CFSR_MSTKERR (1u << 4)
#define CFSR_MLSPERR (1u << 5)
#define CFSR_MMARVALID (1u << 7)
#define CFSR_MEMORY 0xffu
#define CFSR_UNSTKERR (1u << 11)
#define CFSR_STKERR (1u << 12)
#define CFSR_BFARVALID (1u << 15)
#define CFSR_BUS 0xff00u
#define CFSR_INVPC (1u << 18)
#define CFSR_STKOF (1u << 20)
#define HFSR_DEBUGEVT (1u << 31)
#define FAULT_OF_STACK (CFSR_MUNSTKERR | CFSR_MSTKERR | CFSR_MLSPERR | CFSR_UNSTKERR | CFSR_STKERR | CFSR_STKOF)

#define EXC_RETURN_THREAD_PSP 0xcu
#define FRAME_PC 6u

extern const uint8_t gale__cortex_m_copy_begin[];
int gale__cortex_m_copy_failed(void);
struct gale__cortex_m_flow *gale__cortex_m_fault_taken(uint32_t exc_return, uint32_t *frame);

static enum gale_cortex_m_cause fault_cause(uint32_t cfsr, uint32_t hfsr)
{
    if ((hfsr & HFSR_DEBUGEVT) != 0 || cfsr == 0) { /* QEMU has no such bit: then nothing else accounts for it */
        return GALE_CORTEX_M_BREAKPOINT;
    }
    if ((cfsr & FAULT_OF_STACK) != 0) {
        return GALE_CORTEX_M_STACK;
    }
    if ((cfsr & CFSR_MEMORY) != 0) {
        return (cfsr & CFSR_IACCVIOL) != 0 ? GALE_CORTEX_M_FETCH : GALE_CORTEX_M_ACCESS;
    }
    return (cfsr & CFSR_BUS) != 0 ? GALE_CORTEX_M_BUS : GALE_CORTEX_M_USAGE;
}

static uint32_t fault_address(uint32_t cfsr)
{
    if ((cfsr & CFSR_MMARVALID) != 0) {
        return CORTEX_M_MMFAR;
    }
    return (cfsr & CFSR_BFARVALID) != 0 ? CORTEX_M_BFAR : 0;
}

/* The frame is not looked at when it may not be one. */
static void fault_report(struct gale_cortex_m_report *report, const uint32_t *frame)
{
    const uint32_t cfsr = CORTEX_M_CFSR;
    const uint32_t hfsr = CORTEX_M_HFSR;

    report->cause = fault_cause(cfsr, hfsr);
    report->status = cfsr;
    report->address = fault_address(cfsr);
    report->pc = (cfsr & (FAULT_OF_STACK | CFSR_INVPC)) == 0 ? frame[FRAME_PC] : 0;
    CORTEX_M_CFSR = cfsr; /* write 1 to clear */
    CORTEX_M_HFSR = hfsr;
}

static bool fault_is_of_copy(const uint32_t *frame)
{
    return frame[FRAME_PC] >= (uintptr_t)gale__cortex_m_copy_begin &&
           frame[FRAME_PC] < ((uintptr_t)gale__cortex_m_copy_failed & ~(uintptr_t)1);
}

/** Called by the fault handler. @return The flow that the fault ends; NULL: the kernel goes on. */
struct gale__cortex_m_flow *gale__cortex_m_fault_taken(uint32_t exc_return, uint32_t *frame)
{
    struct gale__cortex_m_flow *outside = gale__cortex_m_state.outside;

    if ((exc_return & EXC_RETURN_THREAD_PSP) != EXC_RETURN_THREAD_PSP) {
        gale_port_panic("fault in a handler", (int)CORTEX_M_CFSR);
    }
    if (outside == NULL && !fault_is_of_copy(frame)) {
        gale_port_panic("fault in the kernel", (int)frame[FRAME_PC]);
    }
    if (outside != NULL) {
        fault_report(&((struct gale_cortex_m_thread *)(void *)outside)->report, frame);
    } else {
        CORTEX_M_CFSR = CORTEX_M_CFSR;
        frame[FRAME_PC] = (uintptr_t)gale__cortex_m_copy_failed & ~(uintptr_t)1;
    }
    return outside;
}
