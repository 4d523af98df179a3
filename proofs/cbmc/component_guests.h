/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What the small stores of component.h and component_copy.h have in common: the library's sources are included before,
 * with MEMORY and the store `small` defined.
 */
#ifndef GALE_PROOFS_CBMC_COMPONENT_GUESTS_H
#define GALE_PROOFS_CBMC_COMPONENT_GUESTS_H

static struct gale_store store;
static struct gale_instance a, b;
#define A (&a)
#define B (&b)
#define NONE GALE_ID_NONE

/* Exactly the bytes of each guest: whatever lies outside is outside of the object. */
struct bytes {
    uint8_t at[MEMORY];
};
struct bytes nondet_bytes(void);
static struct bytes bytes_a, bytes_b, old_bytes_a, old_bytes_b;
static struct gale_memory memories[2] = {{bytes_a.at, MEMORY, 1, 1}, {bytes_b.at, MEMORY, 1, 1}};
static struct gale_value_options options[2];

static bool wrong; /* the call has to trap */

void gale_port_panic(const char *file, int line)
{
    (void)file, (void)line;
    prove(false, "a call inside the library keeps the callee's precondition");
    assume(false);
    while (true) {
    }
}

void gale_trap(struct gale_instance *instance, enum gale_trap code)
{
    gale_trap_value(instance, code, 0);
}

#endif /* GALE_PROOFS_CBMC_COMPONENT_GUESTS_H */
