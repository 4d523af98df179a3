/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * How a lowered component is brought up: a list of steps in the component's order.
 */
#ifndef GALE_GUEST_START_H
#define GALE_GUEST_START_H

#include "wasm-rt.h"

#include "gale/component/store.h"

/** A component instance begins to exist, or a core instance of it is instantiated. */
struct gale_guest_step {
    struct gale_instance *instance;            /**< NULL: a core instance. */
    struct gale_instance *parent;              /**< Of the component instance. */
    const struct gale_instance_budget *budget; /**< Of the component instance. */
    void (*prepare)(void);                     /**< Hands its memories and tables to the core instance. */
    const struct gale_binding *instantiate;    /**< A call without parameters that instantiates the core module. */
};

/**
 * Runs the steps on a store that has been initialised.
 *
 * @retval GALE_OK  All instances exist.
 * @return Otherwise what the failing step returned: GALE_ENOMEM, GALE_ETRAP.
 */
int gale_guest_start(struct gale_store *store, const struct gale_guest_step *steps, uint32_t count);

/** Who traps when core code does: the instance that runs in the program's store. Generated. */
struct gale_instance *gale_guest_running(void);

/** The instance whose core code runs now in a store, inside a realloc too. */
struct gale_instance *gale_guest_running_in(const struct gale_store *store);

/** Traps `instance`, whose core code did what wasm2c calls `code`. */
void gale_guest_trap(struct gale_instance *instance, uint32_t code) __attribute__((noreturn));

/** What a trap of core code means; `value` is that of a GALE_TRAP_CORE. Never NULL. */
const char *gale_guest_trap_text(uint32_t value);

/** The functions that threads were made of, each once: a table may change before a new thread runs. */
struct gale_guest_entries {
    wasm_rt_funcref_t *at;
    uint32_t count; /**< A power of two, more than there are functions that a thread can run. */
};

/**
 * Entry `index` of a table as the function of a new thread of `instance`, type (func (param i32)); anything else traps.
 * What is returned stays as it is.
 */
void *gale_guest_thread_entry(struct gale_instance *instance, const struct gale_guest_entries *entries,
                              const wasm_rt_funcref_table_t *table, uint32_t index);

/** Calls what gale_guest_thread_entry() gave. */
void gale_guest_thread_run(void *guest, void *entry, uint32_t context);

#endif /* GALE_GUEST_START_H */
