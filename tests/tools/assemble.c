/* SPDX-License-Identifier: Apache-2.0 */
#include "assemble.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NESTING 32

struct assemble {
    uint8_t *out;
    uint32_t size;
    uint32_t open[NESTING]; /**< Where regions begin whose length is not known yet. */
    unsigned depth;
    bool failed;
};

static void assemble_byte(struct assemble *a, uint8_t byte)
{
    if (a->size >= ASSEMBLE_MAX) {
        a->failed = true;
        return;
    }
    a->out[a->size++] = byte;
}

static void assemble_bytes(struct assemble *a, const void *bytes, size_t count)
{
    const uint8_t *from = bytes;
    for (size_t i = 0; i < count; i++) {
        assemble_byte(a, from[i]);
    }
}

static void assemble_number(struct assemble *a, uint32_t number)
{
    while (number >= 0x80) {
        assemble_byte(a, (uint8_t)(number | 0x80));
        number >>= 7;
    }
    assemble_byte(a, (uint8_t)number);
}

static void assemble_open(struct assemble *a)
{
    if (a->depth >= NESTING) {
        a->failed = true;
        return;
    }
    a->open[a->depth++] = a->size;
}

/** Moves the region up and puts its length before it. */
static void assemble_close(struct assemble *a)
{
    uint8_t length[8];
    struct assemble prefix = {.out = length};
    if (a->depth == 0) {
        a->failed = true;
        return;
    }
    uint32_t start = a->open[--a->depth];
    uint32_t size = a->size - start;
    assemble_number(&prefix, size);
    if (a->size + prefix.size > ASSEMBLE_MAX) {
        a->failed = true;
        return;
    }
    memmove(a->out + start + prefix.size, a->out + start, size);
    memcpy(a->out + start, length, prefix.size);
    a->size += prefix.size;
}

static const char *assemble_name(struct assemble *a, const char *text)
{
    const char *end = strchr(text, '\'');
    if (end == NULL) {
        a->failed = true;
        return text + strlen(text);
    }
    assemble_number(a, (uint32_t)(end - text));
    assemble_bytes(a, text, (size_t)(end - text));
    return end + 1;
}

static const char *assemble_hex(struct assemble *a, const char *text)
{
    char digits[3] = {text[0], text[1], '\0'};
    if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1])) {
        a->failed = true;
        return text + 1;
    }
    assemble_byte(a, (uint8_t)strtoul(digits, NULL, 16));
    return text + 2;
}

/** Assembles what begins at `text`, which is no white space; returns what follows. */
static const char *assemble_token(struct assemble *a, const char *text)
{
    static const uint8_t component[8] = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
    static const uint8_t module[8] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    char *end = NULL;
    switch (*text) {
    case '%':
        assemble_bytes(a, component, sizeof component);
        return text + 1;
    case '@':
        assemble_bytes(a, module, sizeof module);
        return text + 1;
    case '(':
        assemble_open(a);
        return text + 1;
    case ')':
        assemble_close(a);
        return text + 1;
    case '#':
        assemble_number(a, (uint32_t)strtoul(text + 1, &end, 10));
        return end;
    case '\'':
        return assemble_name(a, text + 1);
    case '{':
        end = strchr(text, '}');
        return end == NULL ? text + strlen(text) : end + 1;
    default:
        return assemble_hex(a, text);
    }
}

uint32_t assemble(const char *text, uint8_t *out)
{
    struct assemble a = {.out = out};
    while (*text != '\0' && !a.failed) {
        text = isspace((unsigned char)*text) ? text + 1 : assemble_token(&a, text);
    }
    return a.failed || a.depth != 0 ? 0 : a.size;
}
