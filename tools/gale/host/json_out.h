/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Text into a file, from signal handlers too: no stdio, no heap, only write(2).
 */
#ifndef GALE_HOST_JSON_OUT_H
#define GALE_HOST_JSON_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A file that is written. Fields are private but for `failed`. */
struct json_out {
    int fd;
    bool failed; /**< Something could not be written. */
    size_t used;
    char buffer[1 << 16];
};

/** Create or empty the file at `path`. @return false when it cannot be written. */
bool json_out_open(struct json_out *out, const char *path);

/** Write out and close. @return false when something could not be written. */
bool json_out_close(struct json_out *out);

/** As it is. */
void json_out_text(struct json_out *out, const char *text);

/** A JSON string. */
void json_out_string(struct json_out *out, const char *text);

/** Decimal. */
void json_out_number(struct json_out *out, uint64_t number);

/** Nanoseconds, written as microseconds. */
void json_out_time(struct json_out *out, uint64_t nanoseconds);

#endif /* GALE_HOST_JSON_OUT_H */
