/* SPDX-License-Identifier: Apache-2.0 */
/** Runs the registered tests on a board; the exit status goes to the emulator. */
#include "semihosting.h"
#include "test.h"

int main(void);

void test_put(char c)
{
    semihosting_put(c);
}

int main(void)
{
    semihosting_exit(test_main(NULL));
}
