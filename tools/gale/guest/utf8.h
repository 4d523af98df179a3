/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A code point as UTF-8: for generated programs, their host library and the tool. Includes nothing of theirs.
 */
#ifndef GALE_GUEST_UTF8_H
#define GALE_GUEST_UTF8_H

#include <stdint.h>

/** Writes at most four bytes. @return How many. @param code  A Unicode scalar value. */
static inline uint32_t gale_utf8_put(uint8_t *to, uint32_t code)
{
    if (code < 0x80) {
        to[0] = (uint8_t)code;
        return 1;
    }
    if (code < 0x800) {
        to[0] = (uint8_t)(0xc0 | code >> 6);
        to[1] = (uint8_t)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        to[0] = (uint8_t)(0xe0 | code >> 12);
        to[1] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
        to[2] = (uint8_t)(0x80 | (code & 0x3f));
        return 3;
    }
    to[0] = (uint8_t)(0xf0 | code >> 18);
    to[1] = (uint8_t)(0x80 | (code >> 12 & 0x3f));
    to[2] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
    to[3] = (uint8_t)(0x80 | (code & 0x3f));
    return 4;
}

#endif /* GALE_GUEST_UTF8_H */
