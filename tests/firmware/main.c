/* SPDX-License-Identifier: Apache-2.0 */
/** Runs the registered tests on a board; the exit status goes to the emulator. `arg=only=part` runs some of them. */
#include "semihosting.h"
#include "test.h"

int main(void);

void test_put(char c)
{
    semihosting_put(c);
}

/** What follows "only=" in the emulator's `arg=`; NULL if it was given something else, such as the image's name. */
static const char *only(const char *argument)
{
    const char *key = "only=";

    while (*key != '\0' && *key == *argument) {
        key++;
        argument++;
    }
    return *key == '\0' ? argument : NULL;
}

int main(void)
{
    semihosting_exit(test_main(only(semihosting_argument())));
}
