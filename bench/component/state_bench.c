/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What the component runtime keeps, in bytes. Compiled for 32 bits and 16-bit ids, as on a microcontroller: the sizes
 * are those of any such machine. With --check the exit status is 1 if a target is missed.
 */
#include <stdio.h>
#include <string.h>

#include "gale/component/canon.h"

#define LINK sizeof(struct gale_link)

static bool print(const char *what, size_t bytes, size_t most)
{
    const bool ok = most == 0 || bytes <= most;

    printf("  %-57s %5zu", what, bytes);
    if (most != 0) {
        printf("   at most %3zu: %s", most, ok ? "holds" : "MISSED");
    }
    printf("\n");
    return ok;
}

int main(int argc, char **argv)
{
    const bool check = argc > 1 && strcmp(argv[1], "--check") == 0;
    bool held;

    printf("component runtime, bytes at %u-bit pointers and %d-bit ids\n", (unsigned)(8u * sizeof(void *)),
           GALE_ID_BITS);
    held = print("idle stream: two handles, their links, what they share",
                 2u * (sizeof(struct gale_handle) + LINK) + sizeof(struct gale_copy), 64);
    held = print("task: with its thread, links and index",
                 sizeof(struct gale_task) + sizeof(struct gale_guest_thread) + (GALE_STORE_THREAD_NODES + 1u) * LINK +
                     sizeof(gale_id) + 1u,
                 128) &&
           held;
    (void)print("subtask", sizeof(struct gale_subtask), 0);
    (void)print("waitable set", sizeof(struct gale_guest_set) + GALE_STORE_SET_LISTS * LINK, 0);
    (void)print("instance",
                sizeof(struct gale_instance) + (GALE_STORE_INSTANCE_NODES + GALE_STORE_INSTANCE_LISTS) * LINK, 0);
    (void)print("store", sizeof(struct gale_store) + GALE_STORE_OWN_LISTS * LINK, 0);
    return check && !held ? 1 : 0;
}
