/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The list of rings, filled before main() by each ring's own registration.
 */
#include "support/bench.h"

static struct bench_ring *ring_first;

struct bench_ring *bench_ring_first(void)
{
    return ring_first;
}

void bench_ring_register(struct bench_ring *ring)
{
    struct bench_ring **at = &ring_first;
    while (*at != NULL) {
        at = &(*at)->next;
    }
    *at = ring;
}
