/* SPDX-License-Identifier: Apache-2.0 */
/** @file
 * Stacks of guests that end in pages nobody may touch: what recurses too deeply traps. */
#ifndef GALE_HOST_HOST_STACKS_H
#define GALE_HOST_HOST_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Guard the lowest whole page of every stack of the program; before it starts. @return false when that fails. */
bool host_stacks_guard(void);

/** How many bytes of a guarded stack have ever been written, from its upper end to the lowest that is not 0. */
size_t host_stacks_depth(const uint8_t *stack, size_t bytes);

#endif /* GALE_HOST_HOST_STACKS_H */
