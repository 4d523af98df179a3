/* SPDX-License-Identifier: Apache-2.0 */
/** @file What the C sides of the oracle share: each fills in one answer per call from the OCaml side. */
#ifndef GALE_PROOFS_ROCQ_ORACLE_STUB_H
#define GALE_PROOFS_ROCQ_ORACLE_STUB_H

#include <stdbool.h>
#include <stdint.h>

#define CAML_NAME_SPACE
#include <caml/mlvalues.h>

#define WAIT_BLOCKED 1000L /* The status of a call that has not returned. */
#define FOREVER_HERE \
    1000000L /* The models' GALE_FOREVER; the upper half stands for the ticks just below the real one. */

/** Begins the answer of a call. */
void stub_begin(void);
/** Adds one number to it. */
void stub_say(long v);
/** A check of the C side's own: what fails is reported as a mismatch. */
void stub_check(bool ok);
/** Byte `i` of what the OCaml side left for this call. */
uint8_t stub_byte(unsigned i);

#endif /* GALE_PROOFS_ROCQ_ORACLE_STUB_H */
