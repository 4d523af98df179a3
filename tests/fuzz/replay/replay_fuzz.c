/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scripts of gale-replay: an input is a script as it stands, so what is found can be given to the program itself. The
 * mutator works on lines: it takes, doubles, moves and swaps them, changes a number, or writes a new operation.
 */
#include <stdlib.h>
#include <string.h>

#include "replay.h"

#define LONGEST 65536u
#define MAX_LINES 512
#define MAX_ADDED 96

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[LONGEST + 1];

    if (size > LONGEST) {
        return 0;
    }
    (void)memcpy(text, data, size);
    text[size] = '\0';
    (void)replay_run(text, NULL);
    return 0;
}

struct line {
    const char *text;
    size_t length;
};

static unsigned state;

static unsigned below(unsigned n)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % n;
}

static unsigned split(const char *text, size_t size, struct line *lines)
{
    unsigned count = 0;

    while (size > 0 && count < MAX_LINES) {
        const char *end = memchr(text, '\n', size);
        size_t length = end == NULL ? size : (size_t)(end - text) + 1;

        lines[count++] = (struct line){text, length};
        text += length;
        size -= length;
    }
    return count;
}

static unsigned any_number(void)
{
    static const unsigned numbers[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 64, 88, 255, 256, 65536, 268435455, 4294967295u};

    return numbers[below(sizeof(numbers) / sizeof(numbers[0]))];
}

static const char *any_type(void)
{
    static const char *const types[] = {"none", "u8", "u32", "u64", "own.R", "stream.u8", "future.u32", "stream.own.R"};

    return types[below(sizeof(types) / sizeof(types[0]))];
}

static size_t put_word(char *out, size_t at, const char *word)
{
    return at + (size_t)snprintf(out + at, MAX_ADDED - at, " %s", word);
}

static void new_line(char *out)
{
    static const char *const codes[] = {"exit", "yield", "wait 1", "wait 3", "raw 7", "", "5"};
    unsigned kinds = 0, kind;
    size_t at;

    while (operation_kinds[kinds].name != NULL) {
        kinds++;
    }
    kind = below(kinds);
    at = (size_t)snprintf(out, MAX_ADDED, "%s", operation_kinds[kind].name);
    for (const char *shape = operation_kinds[kind].shape; *shape != '\0'; shape++) {
        if (*shape == 'u') {
            at += (size_t)snprintf(out + at, MAX_ADDED - at, " %u", any_number());
        } else if (*shape == 'E') {
            at = put_word(out, at, any_type());
        } else if (*shape == 'R') {
            at = put_word(out, at, "R");
        } else if (*shape == 'W') {
            at = put_word(out, at, codes[below(7)]);
        } else {
            at = put_word(out, at, *shape == 'C' ? "c1" : *shape == 'K' ? "u32 5" : *shape == 'B' ? "h0" : "00010203");
        }
    }
    if (operation_kinds[kind].flag != NULL && below(2) == 0) {
        at = put_word(out, at, operation_kinds[kind].flag);
    }
    (void)snprintf(out + at, MAX_ADDED - at, "\n");
}

/* The line with its n-th number, if it has one, replaced. */
static void new_number(const struct line *line, char *out)
{
    size_t length = line->length < MAX_ADDED - 16 ? line->length : 0, at = 0;
    unsigned wanted = below(3);

    while (at < length && !(line->text[at] == ' ' && at + 1 < length && line->text[at + 1] >= '0' &&
                            line->text[at + 1] <= '9' && wanted-- == 0)) {
        at++;
    }
    (void)snprintf(out, MAX_ADDED, "%.*s", (int)at, line->text);
    if (at < length) {
        size_t end = at + 1 + strspn(line->text + at + 1, "0123456789");

        (void)snprintf(out + at, MAX_ADDED - at, " %u%.*s", any_number(), (int)(length - end), line->text + end);
    }
}

static void mutate(struct line *lines, unsigned *count, char *added)
{
    unsigned n = below(*count), other = below(*count);
    struct line kept = lines[n];

    switch (below(5)) {
    case 0:
        *count -= 1;
        (void)memmove(&lines[n], &lines[n + 1], (*count - n) * sizeof(*lines));
        return;
    case 1:
        lines[n] = lines[other];
        lines[other] = kept;
        return;
    case 2:
        new_number(&kept, added);
        lines[n] = (struct line){added, strlen(added)};
        return;
    case 3:
        new_line(added);
        kept = (struct line){added, strlen(added)};
        break;
    default:
        break;
    }
    (void)memmove(&lines[other + 1], &lines[other], (*count - other) * sizeof(*lines));
    lines[other] = kept;
    *count += 1;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static struct line lines[MAX_LINES + 8];
    static char text[LONGEST + 1], added[4][MAX_ADDED];
    unsigned count, times;
    size_t at = 0;

    state = seed;
    if (size >= LONGEST || size == 0 || below(32) == 0) {
        return LLVMFuzzerMutate(data, size, max_size);
    }
    (void)memcpy(text, data, size);
    text[size] = '\0';
    count = split(text, size, lines);
    times = 1 + below(4);
    for (unsigned i = 0; i < times && count > 1; i++) {
        mutate(lines, &count, added[i]);
    }
    for (unsigned i = 0; i < count && at + lines[i].length <= max_size; i++) {
        (void)memcpy(data + at, lines[i].text, lines[i].length);
        at += lines[i].length;
    }
    return at;
}
