/* SPDX-License-Identifier: Apache-2.0 */
/* wc: lines, words and bytes of standard input. */
#include "stdio.h"

struct counts {
    uint64_t lines;
    uint64_t words;
    uint64_t bytes;
    bool in_word;
};

static void count(struct counts *c, const char *text, uint32_t bytes)
{
    for (uint32_t k = 0; k < bytes; k++) {
        bool blank = text[k] == ' ' || (text[k] >= '\t' && text[k] <= '\r');
        c->lines += text[k] == '\n';
        c->words += !blank && !c->in_word;
        c->in_word = !blank;
    }
    c->bytes += bytes;
}

/* Decimal, right-aligned to `width`, ended by `end`. */
static size_t print(char *to, uint64_t number, size_t width, char end)
{
    char digits[24];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    size_t at = 0;
    while (at + count < width) {
        to[at++] = ' ';
    }
    while (count > 0) {
        to[at++] = digits[--count];
    }
    to[at++] = end;
    return at;
}

bool command(uint32_t in, uint32_t out)
{
    static char buffer[65536];
    struct counts c = {0, 0, 0, false};
    bool ended = false;
    while (!ended) {
        count(&c, buffer, READ(stdin, in, buffer, sizeof buffer, ended));
    }
    stream_drop_readable_stdin(in);
    size_t length = print(buffer, c.lines, 7, ' ');
    length += print(buffer + length, c.words, 7, ' ');
    length += print(buffer + length, c.bytes, 7, '\n');
    write_all_stdout(out, buffer, length);
    return true;
}
