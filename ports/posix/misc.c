/* SPDX-License-Identifier: Apache-2.0 */
/** Panic, and the memory protection that a process does not have. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gale/port.h"

/** Not stdio: a panic may come from a signal handler and on a stack of a few kilobytes. */
static void panic_put(const char *text)
{
    ssize_t written = write(STDERR_FILENO, text, strlen(text));

    (void)written;
}

/* Threads of one process share one address space; between processes shared_stream_region maps with protections. */
void gale_port_mpu_apply(const struct gale_mem_domain *domain)
{
    (void)domain;
}

void gale_port_panic(const char *file, int line)
{
    char digits[12] = "";
    char *first = digits + sizeof digits - 1;

    for (int rest = line; rest > 0; rest /= 10) {
        *--first = (char)('0' + rest % 10);
    }
    panic_put("gale: broken precondition at ");
    panic_put(file);
    panic_put(":");
    panic_put(first);
    panic_put("\n");
    abort();
}
