/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * How many objects of each kind a component instance may hold at once, unless told otherwise.
 */
#ifndef GALE_TOOL_BUDGET_H
#define GALE_TOOL_BUDGET_H

#include <stdint.h>

struct budget_kind {
    const char *name; /**< As in GALE_INSTANCE_<NAME>. */
    uint32_t host;    /**< On a host. */
    uint32_t small;   /**< Where memory is scarce. */
    uint32_t bytes;   /**< Each, on a 32-bit target with 16-bit ids, its links included. */
};

#define BUDGET_KIND_COUNT 7

extern const struct budget_kind budget_kinds[BUDGET_KIND_COUNT];

/** On a small target: the store itself, and each component instance. */
#define BUDGET_STORE_BYTES 483
#define BUDGET_INSTANCE_BYTES 140
#define BUDGET_SMALL_STACKS 2
#define BUDGET_SMALL_STACK_BYTES 2048
#define BUDGET_ISOLATED_STACK_BYTES 2560 /**< Where core code is entered behind the MPU. */
#define BUDGET_SMALL_RUN_STACK_BYTES 4096

#endif /* GALE_TOOL_BUDGET_H */
