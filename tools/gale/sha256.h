/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * SHA-256 (FIPS 180-4): names of cached programs.
 */
#ifndef GALE_TOOL_SHA256_H
#define GALE_TOOL_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_HEX 65 /* with the NUL */

struct sha256 {
    uint32_t state[8];
    uint64_t bytes;
    uint8_t block[64];
};

void sha256_init(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *bytes, size_t size);

/** Ends the hash; `hex` gets 64 digits and a NUL. */
void sha256_finish(struct sha256 *hash, char hex[SHA256_HEX]);

#endif /* GALE_TOOL_SHA256_H */
