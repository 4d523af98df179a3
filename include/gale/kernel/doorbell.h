/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Doorbell: one word of event bits that wakes an executor. With the typed ring, all that crosses into an executor.
 *
 * Any number of parties ring (threads, interrupt handlers, cores, processes that map the word); one executor takes.
 * 31 bits carry events. Bit 31, GALE_PORT_ASLEEP, is the port's, so a ring is one atomic operation and calls the port
 * only when the executor sleeps. Why no ring is lost (DB01): ring and falling asleep change the same word by one atomic
 * operation each, so one is first. Bits that were there first keep the executor from sleeping; bits that come after
 * ASLEEP make their ringer call gale_port_wake(), which finds the sleeper or a word that has changed.
 *
 * What a ringer wrote before it rings is visible to the executor after it took the bit. A party that can write the
 * word can also clear it: grant it only to those who may stop this executor's events.
 *
 * Owner: the caller supplies the struct; it must outlive its last ringer. All-zero storage is an initialised doorbell.
 * Needs: gale_port_idle, gale_port_wake. Properties: DB01, DB02.
 */
#ifndef GALE_KERNEL_DOORBELL_H
#define GALE_KERNEL_DOORBELL_H

#include "gale/atomic.h"
#include "gale/base.h"
#include "gale/port.h"

#ifdef __FRAMAC__
#include "kernel/doorbell.acsl"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** The bits that events may use. */
#define GALE_DOORBELL_BITS (~GALE_PORT_ASLEEP)

/** A doorbell. The field is private; any value is valid. */
struct gale_doorbell {
    struct gale_atomic_u32 word; /**< Bits rung and not yet taken; bit 31: the executor sleeps or is about to. */
};

/**
 * Begin with no bit rung.
 *
 * @param[out] d  Filled in; nobody rings yet.
 * @context init only; never blocks.
 */
/*@ requires own: \valid(d);
    assigns  d->word.value;
    ensures  clear: d->word.value == 0;
*/
void gale_doorbell_init(struct gale_doorbell *d);

/**
 * Ring: add `bits` to the word and wake the executor if it sleeps.
 *
 * @param[in,out] d     Doorbell.
 * @param[in]     bits  At least one of GALE_DOORBELL_BITS, nothing else.
 * @context any: thread, isr, another core or process; never blocks; any number at once.
 * @satisfies DB01
 */
/*@ requires own:  \valid(d);
    requires bits: 0 < bits <= GALE_DOORBELL_BITS;
    assigns  d->word.value;
    ensures  db01: d->word.value == (\old(d->word.value) | bits);
*/
void gale_doorbell_ring(struct gale_doorbell *d, uint32_t bits);

/**
 * The bits rung and not yet taken; takes nothing.
 *
 * @context any; never blocks.
 */
/*@ requires own: \valid_read(d);
    assigns  \nothing;
    ensures  bits: \result == doorbell_bits(d->word.value);
*/
uint32_t gale_doorbell_pending(const struct gale_doorbell *d);

/**
 * Take every bit rung since the last take; each ring is in exactly one answer.
 *
 * @return The bits; 0 if none was rung.
 * @context executor only; never blocks.
 * @satisfies DB02
 */
/*@ requires own: \valid(d);
    assigns  d->word.value;
    ensures  db02:  \result == doorbell_bits(\old(d->word.value));
    ensures  clear: d->word.value == 0;
*/
uint32_t gale_doorbell_take(struct gale_doorbell *d);

/**
 * Sleep until a bit is rung or `deadline` has passed, then take. May return early, so the caller looks at the time.
 *
 * @param[in] deadline  Absolute; GALE_NO_WAIT only takes.
 * @return The bits taken, as gale_doorbell_take(); 0 if none was rung.
 * @context executor only, once at a time; blocks until `deadline`.
 * @satisfies DB01 DB02
 */
/*@ requires own: \valid(d);
    assigns  d->word.value;
    ensures  bits:  \result == doorbell_bits(\result);
    ensures  clear: d->word.value == 0;
    ensures  db02:  deadline == GALE_NO_WAIT ==> \result == doorbell_bits(\old(d->word.value));
*/
uint32_t gale_doorbell_wait(struct gale_doorbell *d, gale_tick deadline);

#ifdef __cplusplus
}
#endif

#endif /* GALE_KERNEL_DOORBELL_H */
