/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <stdio.h>
#include <string.h>

#define TEXT_FIRST 256

static void text_room(struct text *text, size_t more)
{
    size_t capacity = text->capacity == 0 ? TEXT_FIRST : text->capacity;
    char *data;

    if (text->size + more < text->capacity) {
        return;
    }
    while (capacity <= text->size + more) {
        capacity *= 2;
    }
    data = arena_take(text->arena, capacity, 1);
    if (text->size > 0) {
        memcpy(data, text->data, text->size);
    }
    text->data = data;
    text->capacity = capacity;
}

void text_bytes(struct text *text, const void *bytes, size_t size)
{
    text_room(text, size);
    memcpy(text->data + text->size, bytes, size);
    text->size += size;
    text->data[text->size] = '\0';
}

void text_add(struct text *text, const struct text *other)
{
    if (other->size > 0) {
        text_bytes(text, other->data, other->size);
    }
}

void text_leb(struct text *text, uint64_t value)
{
    do {
        uint8_t byte = (uint8_t)(value & 0x7f);
        value >>= 7;
        byte |= value != 0 ? 0x80 : 0;
        text_bytes(text, &byte, 1);
    } while (value != 0);
}

void text_section(struct text *text, uint8_t id, const struct text *body)
{
    text_bytes(text, &id, 1);
    text_leb(text, body->size);
    text_add(text, body);
}

static void text_format(struct text *text, const char *format, va_list arguments)
{
    va_list again;
    int size;

    va_copy(again, arguments);
    size = vsnprintf(NULL, 0, format, arguments);
    text_room(text, (size_t)size);
    (void)vsnprintf(text->data + text->size, (size_t)size + 1, format, again);
    va_end(again);
    text->size += (size_t)size;
}

void text_print(struct text *text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    text_format(text, format, arguments);
    va_end(arguments);
}

void text_line(struct text *text, int depth, const char *format, ...)
{
    va_list arguments;

    for (int i = 0; i < depth; i++) {
        text_bytes(text, "    ", 4);
    }
    va_start(arguments, format);
    text_format(text, format, arguments);
    va_end(arguments);
    text_bytes(text, "\n", 1);
}

void text_gap(struct text *text)
{
    text_bytes(text, "\n", 1);
}

/* Octal escapes have a fixed length, so no digit that follows can become part of them. */
const char *text_quote(struct arena *arena, struct str bytes)
{
    struct text quoted = {.arena = arena};

    text_print(&quoted, "\"");
    for (uint32_t i = 0; i < bytes.size; i++) {
        unsigned char c = (unsigned char)bytes.data[i];
        if (c == '"' || c == '\\' || c == '?' || c < 0x20 || c > 0x7e) {
            text_print(&quoted, "\\%03o", c);
        } else {
            text_bytes(&quoted, &bytes.data[i], 1);
        }
    }
    text_print(&quoted, "\"");
    return quoted.data;
}

const char *text_comment(struct arena *arena, struct str bytes)
{
    char *plain = arena_copy(arena, bytes.data == NULL ? "" : bytes.data, bytes.size);

    for (uint32_t i = 0; i < bytes.size; i++) {
        unsigned char c = (unsigned char)plain[i];
        if (c < 0x20 || c > 0x7e || c == '*' || c == '\\' || c == '?') {
            plain[i] = '.';
        }
    }
    return plain;
}
