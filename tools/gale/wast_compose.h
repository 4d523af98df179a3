/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A component made of instances of other components, in the binary format: instance K is exported as "iK".
 */
#ifndef GALE_TOOL_WAST_COMPOSE_H
#define GALE_TOOL_WAST_COMPOSE_H

#include <stdbool.h>
#include <stdio.h>

/** An import that an earlier instance serves. */
struct wast_argument {
    char *name;
    unsigned provider; /**< Its number. */
};

/** An instance in the making. */
struct wast_part {
    const char *component; /**< Path of the file; parts of one file share a definition. */
    const struct wast_argument *arguments;
    unsigned argument_count;
};

/** Write the component to `out`; false when a file cannot be read or `out` not be written. */
bool wast_compose(FILE *out, const struct wast_part *parts, unsigned count);

#endif /* GALE_TOOL_WAST_COMPOSE_H */
