/* SPDX-License-Identifier: Apache-2.0 */
#include "semihosting.h"

#define OPERATION_WRITE0 4u
#define OPERATION_GET_CMDLINE 0x15u
#define OPERATION_EXIT_EXTENDED 0x20u
#define APPLICATION_EXIT 0x20026u
#define LINE_BYTES 256u

static char semihosting_line[LINE_BYTES];
static uint32_t semihosting_used;

static void semihosting_do(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;

    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void semihosting_flush(void)
{
    semihosting_line[semihosting_used] = '\0';
    semihosting_do(OPERATION_WRITE0, semihosting_line);
    semihosting_used = 0;
}

void semihosting_put(char c)
{
    semihosting_line[semihosting_used++] = c;
    if (c == '\n' || semihosting_used == LINE_BYTES - 1u) {
        semihosting_flush();
    }
}

void semihosting_text(const char *text)
{
    for (; *text != '\0'; text++) {
        semihosting_put(*text);
    }
}

static void semihosting_number(uint32_t value)
{
    static const char digits[] = "0123456789abcdef";

    semihosting_text("0x");
    for (uint32_t shift = 32; shift > 0; shift -= 4u) {
        semihosting_put(digits[value >> (shift - 4u) & 15u]);
    }
}

void semihosting_panic(const char *file, uint32_t line)
{
    semihosting_text("panic: ");
    semihosting_text(file);
    semihosting_put(':');
    semihosting_number(line);
    semihosting_put('\n');
    semihosting_exit(1);
}

const char *semihosting_argument(void)
{
    static char argument[LINE_BYTES];
    struct {
        char *text;
        uint32_t bytes;
    } block = {argument, LINE_BYTES - 1u};

    semihosting_do(OPERATION_GET_CMDLINE, &block);
    return argument;
}

void semihosting_exit(int status)
{
    const uint32_t block[2] = {APPLICATION_EXIT, (uint32_t)status};

    semihosting_flush();
    semihosting_do(OPERATION_EXIT_EXTENDED, block);
    for (;;) {
    }
}
