/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/kernel/doorbell.h"

void gale_doorbell_init(struct gale_doorbell *d)
{
    gale_atomic_store_relaxed(&d->word, 0);
}

void gale_doorbell_ring(struct gale_doorbell *d, uint32_t bits)
{
    GALE_ASSERT(bits != 0 && (bits & GALE_PORT_ASLEEP) == 0);
    uint32_t old = gale_atomic_fetch_or(&d->word, bits);

    /* Also when another ringer saw ASLEEP first: that one may never come to its wake. */
    if ((old & GALE_PORT_ASLEEP) != 0) {
        gale_port_wake(&d->word);
    }
}

uint32_t gale_doorbell_pending(const struct gale_doorbell *d)
{
    return gale_atomic_load_acquire(&d->word) & GALE_DOORBELL_BITS;
}

uint32_t gale_doorbell_take(struct gale_doorbell *d)
{
    return gale_atomic_exchange(&d->word, 0) & GALE_DOORBELL_BITS;
}

uint32_t gale_doorbell_wait(struct gale_doorbell *d, gale_tick deadline)
{
    if (deadline != GALE_NO_WAIT) {
        gale_port_idle(&d->word, deadline);
    }
    /* Takes ASLEEP back too, so that the next ring costs no wake. */
    return gale_doorbell_take(d);
}
