/* SPDX-License-Identifier: Apache-2.0 */
/** Runs the registered tests on the host: `unit_tests [part of suite or name]`. */
#include <stdio.h>

#include "test.h"

void test_put(char c)
{
    (void)putchar(c);
}

int main(int argc, char **argv)
{
    (void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    return test_main(argc > 1 ? argv[1] : NULL);
}
