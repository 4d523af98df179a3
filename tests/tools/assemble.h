/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Components for tests, from a notation close to their bytes.
 *
 * Two hexadecimal digits are a byte; #300 a number in LEB128; 'abc' a name with its length; ( ... ) bytes with their
 * length before them. So "07( 01 40 00 01 00 )" is section 7 with one function type. `%` is the preamble of a component,
 * `@` that of a core module; white space separates; { ... } is a comment.
 */
#ifndef TESTS_TOOLS_ASSEMBLE_H
#define TESTS_TOOLS_ASSEMBLE_H

#include <stddef.h>
#include <stdint.h>

#define ASSEMBLE_MAX 65536

/** Assembles into `out`, of ASSEMBLE_MAX bytes. @return Bytes; 0 if the notation is wrong. */
uint32_t assemble(const char *text, uint8_t *out);

#endif /* TESTS_TOOLS_ASSEMBLE_H */
