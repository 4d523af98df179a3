/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Core code of component instances outside: unprivileged, each instance in a memory domain of its own.
 *
 * All that an instance may write is one block: the records of its core modules, their tables and linear memories, and
 * the stacks it runs on. It reads and executes the code of the program. The runtime stays inside: it enters core code by
 * gale_isolate_enter(), and core code reaches canonical functions by one supervisor call through gates, whose
 * number and arguments are checked. What the runtime must know of a guest's memory it keeps itself.
 *
 * A fault of core code, a call that it must not make, or its budget's end traps its instance like any other trap.
 *
 * Owner:   generated code; everything is static.
 * Context: inside the store, where nothing else is said.
 */
#ifndef GALE_GUEST_ISOLATE_H
#define GALE_GUEST_ISOLATE_H

#include "wasm-rt.h"

#include "gale/component/value.h"
#include "gale/port_cortex_m.h"

/** Added to the cause of a fault (enum gale_cortex_m_cause) in the value of GALE_TRAP_CORE, or _DEPTH. */
#define GALE_ISOLATE_FAULT 0x100u

/* The block of n bytes as a region: on PMSAv7 a run of eighths of a power of two, on PMSAv8 one of granules. */
#define GALE_ISOLATE_S1(n) ((n) | (n) >> 1)
#define GALE_ISOLATE_S2(n) (GALE_ISOLATE_S1(n) | GALE_ISOLATE_S1(n) >> 2)
#define GALE_ISOLATE_S4(n) (GALE_ISOLATE_S2(n) | GALE_ISOLATE_S2(n) >> 4)
#define GALE_ISOLATE_S8(n) (GALE_ISOLATE_S4(n) | GALE_ISOLATE_S4(n) >> 8)
#define GALE_ISOLATE_POWER(n) ((GALE_ISOLATE_S8((n)-1u) | GALE_ISOLATE_S8((n)-1u) >> 16) + 1u)
#define GALE_ISOLATE_UP(n, to) (((n) + (to)-1u) / (to) * (to))
#if defined(__ARM_ARCH) && __ARM_ARCH >= 8
#define GALE_ISOLATE_ALIGN(n) GALE_MPU_GRANULE
#define GALE_ISOLATE_BYTES(n) GALE_ISOLATE_UP(n, GALE_MPU_GRANULE)
#else
#define GALE_ISOLATE_ALIGN(n) GALE_ISOLATE_POWER((uint32_t)(n))
#define GALE_ISOLATE_BYTES(n) \
    GALE_ISOLATE_UP(n, GALE_ISOLATE_ALIGN(n) / 8u < GALE_MPU_GRANULE ? GALE_MPU_GRANULE : GALE_ISOLATE_ALIGN(n) / 8u)
#endif

/** A linear memory: what the guest says of it, what there is, and what the runtime goes by. */
struct gale_isolate_memory {
    struct gale_memory *view;        /**< The runtime's. */
    const wasm_rt_memory_t *claimed; /**< The guest's own record, in its block: its size counts, within bounds. */
    uint8_t *storage;
    size_t bytes;
};

/** A canonical function that core code may call. */
struct gale_isolate_gate {
    const struct gale_instance *instance; /**< Whose. */
    /** Runs inside: parameters are the first flats; a result replaces the first. */
    void (*serve)(union gale_flat *flats);
    uint8_t params;
    uint8_t results; /**< 0 or 1. */
};

/** What changes of an isolated instance. Private, but for `last`. */
struct gale_isolate_state {
    struct gale_mem_domain domain;
    struct gale_cortex_m_image image;
    uint32_t busy;                    /**< Bit n: stack n is in use. */
    struct gale_cortex_m_report last; /**< Of its last fault: what, where; all zero: none. */
};

/** An isolated instance. */
struct gale_isolate {
    struct gale_instance *instance;
    struct gale_isolate_state *state;
    uint8_t *block;
    size_t block_bytes;
    uint8_t *stacks; /**< In the block, at its low end. */
    uint32_t stack_bytes;
    uint32_t stack_count;  /**< Calls of it that may be under way at once, at most 32. */
    uint32_t budget_ticks; /**< So long without a call of the runtime ends it; 0: never. */
    const struct gale_isolate_memory *memories;
    uint32_t memory_count;
    const struct gale_isolate_gate *gates;
    uint32_t gate_count;
};

/** The isolated instances of the program and their number. Generated. */
extern const struct gale_isolate *const gale_isolates[];
extern const uint32_t gale_isolate_count;

/**
 * Sets up the domains of all; before anything of the program starts.
 *
 * @retval GALE_OK      Done.
 * @retval GALE_EINVAL  A block is no region of this core, or a stack is too small.
 */
int gale_isolate_init(void);

/** The isolate of an instance; NULL: it has no core code. */
const struct gale_isolate *gale_isolate_of(const struct gale_instance *instance);

/** Runs `core` outside with copies of the parameters, until it returns; copies its results. Traps if it does worse. */
void gale_isolate_enter(const struct gale_isolate *isolate,
                        void (*core)(void *guest, const union gale_flat *params, union gale_flat *results),
                        const union gale_flat *params, uint32_t param_count, union gale_flat *results,
                        uint32_t result_count);

/** Core code calls gate `number`. `flats` has room for the parameters and for a result. @context outside. */
void gale_isolate_call(uint32_t number, union gale_flat *flats);

#endif /* GALE_GUEST_ISOLATE_H */
