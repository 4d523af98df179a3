/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A component as an executable, in the cache: lowered and compiled once for the same bytes, options and tools.
 */
#ifndef GALE_TOOL_COMPILE_H
#define GALE_TOOL_COMPILE_H

#include <stdbool.h>

struct compile_options {
    const char *component; /**< Path. */
    const char *budget;    /**< Header that overrides budgets; NULL: none. */
    const char *level;     /**< "0" to "3", the compiler's -O. */
    bool open;             /**< The component links others: see plan.h. */
    bool rebuild;          /**< Even if the cache has it. */
};

/**
 * The path of the executable, from malloc.
 *
 * @param[out] program  NULL on failure.
 * @return enum command_status; a message has been printed if it is not COMMAND_OK.
 */
int compile_component(const struct compile_options *options, char **program);

#endif /* GALE_TOOL_COMPILE_H */
