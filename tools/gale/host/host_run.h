/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Calls of exports, run to their end: the store goes on as long as it can, then the loop waits for files and time.
 */
#ifndef GALE_HOST_RUN_H
#define GALE_HOST_RUN_H

#include "describe.h"
#include "gale/component/trap.h"

#include <stdio.h>

/**
 * Call an export and wait until it has returned.
 *
 * @param[in] params  Address of its parameters' tuple in the arena; ignored if it has none.
 * @param[in] result  Address where its result goes; ignored if it has none.
 * @retval GALE_OK       It returned.
 * @retval GALE_ETRAP    A component trapped.
 * @retval GALE_EDEADLK  It waits for what cannot come.
 * @return Otherwise what gale_store_invoke() says.
 */
int host_run_export(const struct gale_wit_export *export, uint32_t params, uint32_t result);

/** Let what was begun go on until everything waits. */
void host_run_settle(void);

/**
 * The export that `name` means: "run", "wasi:cli/run@0.3.0#run" or "wasi:cli/run@0.3.0.run".
 *
 * @param[out] error  What is wrong when there is none: unknown, or more than one.
 */
const struct gale_wit_export *host_run_find(const char *name, const char **error);

/** What a trap says, whose `value` stands beside it. @return A constant string. */
const char *host_run_trap_text(enum gale_trap code, uint32_t value);

/** Write why a call ended with `status`: the trap, or what every task waits for. On one line, without its end. */
void host_run_explain(FILE *out, int status);

#endif /* GALE_HOST_RUN_H */
