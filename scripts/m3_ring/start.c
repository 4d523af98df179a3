/* SPDX-License-Identifier: Apache-2.0 */
/* The least that runs a program on a Cortex-M3 under QEMU: vectors, text through semihosting, exit status. */
#include "start.h"

#define STACK_TOP 0x20400000u
#define SEMIHOSTING_WRITE0 4
#define SEMIHOSTING_EXIT_EXTENDED 0x20
#define APPLICATION_EXIT 0x20026u

void reset(void);
int main(void);

static void semihosting(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;

    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void leave(int status)
{
    uint32_t block[2] = {APPLICATION_EXIT, (uint32_t)status};

    semihosting(SEMIHOSTING_EXIT_EXTENDED, block);
}

void print(const char *text)
{
    semihosting(SEMIHOSTING_WRITE0, text);
}

void print_hundredths(uint32_t value)
{
    char text[] = "    0.00";

    for (unsigned i = sizeof text - 2u; i > 0 && (value != 0 || i > sizeof text - 5u); i--) {
        if (text[i] != '.') {
            text[i] = (char)('0' + (char)(value % 10u));
            value /= 10u;
        }
    }
    print(text);
}

void reset(void)
{
    leave(main());
    for (;;) {
    }
}

static void fault(void)
{
    print("fault\n");
    leave(1);
}

typedef void (*vector)(void);

__attribute__((section(".vectors"), used)) static const vector vectors[] = {
    (vector)(uintptr_t)STACK_TOP, reset, fault, fault, fault, fault, fault};
