/* SPDX-License-Identifier: Apache-2.0 */
/* gzip: compresses standard input. Matches by a hash of three bytes in a window of 32 KiB, fixed Huffman codes. */
#include "stdio.h"

enum { WINDOW = 32768, LEAST_MATCH = 3, MOST_MATCH = 258, HASHES = 1 << 15, CHAIN = 32, OUT = 65536 };

/* What is written: bits from the low end, gathered to bytes, gathered to a block. */
struct writer {
    uint32_t end;
    uint32_t bits;
    uint32_t bit_count;
    uint32_t used;
    bool gone; /* Nobody reads: what is put goes nowhere. */
    char block[OUT];
};

static struct writer writer;
static uint8_t text[2 * WINDOW];      /* Half of it is the window of the other half. */
static uint32_t head[HASHES];         /* The latest place of each hash, plus one. */
static uint32_t previous[2 * WINDOW]; /* The place before it of the same hash, plus one. */
static uint32_t crc_table[256];

static void put_block(void)
{
    writer.gone = writer.gone || !write_all_stdout(writer.end, writer.block, writer.used);
    writer.used = 0;
}

static void put_byte(uint8_t byte)
{
    writer.block[writer.used++] = (char)byte;
    if (writer.used == OUT) {
        put_block();
    }
}

static void put_bits(uint32_t bits, uint32_t count)
{
    writer.bits |= bits << writer.bit_count;
    writer.bit_count += count;
    while (writer.bit_count >= 8) {
        put_byte((uint8_t)writer.bits);
        writer.bits >>= 8;
        writer.bit_count -= 8;
    }
}

/* Huffman codes go from their high end. */
static void put_code(uint32_t code, uint32_t count)
{
    uint32_t reversed = 0;
    for (uint32_t k = 0; k < count; k++) {
        reversed |= (code >> k & 1u) << (count - 1 - k);
    }
    put_bits(reversed, count);
}

/* A literal, the end of a block (256) or the code of a length, as RFC 1951, 3.2.6 fixes them. */
static void put_symbol(uint32_t symbol)
{
    if (symbol < 144) {
        put_code(0x30 + symbol, 8);
    } else if (symbol < 256) {
        put_code(0x190 + symbol - 144, 9);
    } else if (symbol < 280) {
        put_code(symbol - 256, 7);
    } else {
        put_code(0xc0 + symbol - 280, 8);
    }
}

/* `value` as a code of the family that begins at `least`, with `extra` more bits every `step` codes from `first` on. */
static uint32_t split(uint32_t value, uint32_t least, uint32_t step, uint32_t *extra, uint32_t *rest)
{
    uint32_t code = 0;
    uint32_t base = least;
    *extra = 0;
    while (value >= base + (1u << *extra)) {
        base += 1u << *extra;
        code++;
        *extra = code < 2 * step ? 0 : code / step - 1;
    }
    *rest = value - base;
    return code;
}

static void put_match(uint32_t length, uint32_t distance)
{
    uint32_t extra;
    uint32_t rest;
    uint32_t code = length == MOST_MATCH ? 28 : split(length, LEAST_MATCH, 4, &extra, &rest);
    put_symbol(257 + code);
    if (length != MOST_MATCH) {
        put_bits(rest, extra);
    }
    code = split(distance, 1, 2, &extra, &rest);
    put_code(code, 5);
    put_bits(rest, extra);
}

static uint32_t hash(const uint8_t *at)
{
    return ((at[0] * 2654435761u) ^ (at[1] * 40503u << 7) ^ (at[2] * 69069u << 3)) >> 7 & (HASHES - 1);
}

static uint32_t match_length(const uint8_t *a, const uint8_t *b, uint32_t most)
{
    uint32_t length = 0;
    while (length < most && a[length] == b[length]) {
        length++;
    }
    return length;
}

static void remember(uint32_t at)
{
    uint32_t h = hash(text + at);
    previous[at] = head[h];
    head[h] = at + 1;
}

/* The longest match of what stands at `at`; 0 if there is none. */
static uint32_t find(uint32_t at, uint32_t end, uint32_t *distance)
{
    uint32_t most = end - at < MOST_MATCH ? end - at : MOST_MATCH;
    uint32_t best = 0;
    uint32_t place = head[hash(text + at)];
    for (uint32_t k = 0; k < CHAIN && place != 0 && at - (place - 1) <= WINDOW; k++) {
        uint32_t length = match_length(text + place - 1, text + at, most);
        if (length > best) {
            best = length;
            *distance = at - (place - 1);
        }
        place = previous[place - 1];
    }
    return best >= LEAST_MATCH ? best : 0;
}

/* Compress text[from..end). */
static void compress(uint32_t from, uint32_t end)
{
    for (uint32_t at = from; at < end;) {
        uint32_t distance = 0;
        uint32_t length = end - at >= LEAST_MATCH ? find(at, end, &distance) : 0;
        uint32_t step = length == 0 ? 1 : length;
        if (length == 0) {
            put_symbol(text[at]);
        } else {
            put_match(length, distance);
        }
        for (uint32_t k = 0; k < step; k++) {
            if (end - (at + k) >= LEAST_MATCH) {
                remember(at + k);
            }
        }
        at += step;
    }
}

/* The second half becomes the window of what follows. */
static void slide(void)
{
    memcpy(text, text + WINDOW, WINDOW);
    for (uint32_t h = 0; h < HASHES; h++) {
        head[h] = head[h] > WINDOW ? head[h] - WINDOW : 0;
    }
    for (uint32_t at = 0; at < WINDOW; at++) {
        previous[at] = previous[at + WINDOW] > WINDOW ? previous[at + WINDOW] - WINDOW : 0;
    }
}

static void make_crc_table(void)
{
    for (uint32_t n = 0; n < 256; n++) {
        uint32_t c = n;
        for (int k = 0; k < 8; k++) {
            c = (c & 1) != 0 ? 0xedb88320u ^ c >> 1 : c >> 1;
        }
        crc_table[n] = c;
    }
}

static uint32_t crc(uint32_t crc, const uint8_t *at, uint32_t bytes)
{
    for (uint32_t k = 0; k < bytes; k++) {
        crc = crc_table[(crc ^ at[k]) & 255] ^ crc >> 8;
    }
    return crc;
}

static void put_word(uint32_t word)
{
    for (int k = 0; k < 4; k++) {
        put_byte((uint8_t)(word >> 8 * k));
    }
}

static void put_head(void)
{
    static const uint8_t bytes[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
    for (size_t k = 0; k < sizeof bytes; k++) {
        put_byte(bytes[k]);
    }
    put_bits(3, 3); /* The last block; fixed codes. */
}

static void put_end(uint32_t sum, uint32_t bytes)
{
    put_symbol(256);
    put_bits(0, (8 - writer.bit_count) % 8);
    put_word(~sum);
    put_word(bytes);
    put_block();
}

bool command(uint32_t in, uint32_t out)
{
    uint32_t sum = ~0u;
    uint32_t total = 0;
    uint32_t used = 0;
    bool ended = false;
    make_crc_table();
    writer.end = out;
    put_head();
    while (!ended) {
        if (used == sizeof text) {
            slide();
            used = WINDOW;
        }
        uint32_t count = READ(stdin, in, text + used, sizeof text - used, ended);
        sum = crc(sum, text + used, count);
        compress(used, used + count);
        used += count;
        total += count;
    }
    stream_drop_readable_stdin(in);
    put_end(sum, total);
    return true;
}
