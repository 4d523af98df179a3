/* SPDX-License-Identifier: Apache-2.0 */
/** @file A store with three instances whose code is what the oracle wants done: the C side of the component models. */
#ifndef GALE_PROOFS_ROCQ_ORACLE_STUB_WORLD_H
#define GALE_PROOFS_ROCQ_ORACLE_STUB_WORLD_H

#include "stub.h"

#include "gale/component/canon.h"

#define WORLD_INSTANCES 3u
#define WORLD_BYTES 32u        /* Of each memory. */
#define WORLD_BLOCKED (-1L)    /* What a deed says that has not returned. */
#define WORLD_TRAPPED (-2L)    /* Its instance is stopped. */
#define WORLD_REFUSED (-3L)    /* Its instance was stopped before: nothing ran. */
#define WORLD_NO_INDEX 0x7777u /* No table has it. */

struct world_guest {
    struct gale_instance instance; /* first: core code gets it */
    struct gale_memory memory;
    struct gale_value_options options;
};

extern struct gale_store world;
extern struct world_guest world_guests[WORLD_INSTANCES];
extern struct gale_memory world_scratch; /* Where events are written. */

typedef void (*world_deed)(struct gale_instance *i);

/** Begins anew: no handles, no threads, memories of zeros. */
void world_begin(void);
/** Runs `deed` as code of instance i; false if it, or whom it called, trapped or was refused. */
bool world_run(unsigned i, world_deed deed);
/** The same in a thread that may block; `true` also if it has. */
bool world_start(unsigned i, world_deed deed);
/** From within a deed of another instance: a call of instance `to` that runs `deed` there. */
void world_call(struct gale_instance *from, unsigned to, world_deed deed);
/** The same with one argument, moved by `params`; the deed finds it in world_argument. */
void world_call_with(struct gale_instance *from, unsigned to, world_deed deed, uint32_t argument,
                     void (*params)(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *to));
extern uint32_t world_argument;
/** What world_run() and world_start() came to: `otherwise` if nothing was wrong. */
long world_outcome(bool fine, long otherwise);
/** The pending event of waitable `w` of `i`, by a set made for it: false if there is none. */
bool world_event(struct gale_instance *i, uint32_t w, uint32_t *code, uint32_t *payload);
/** Says who is dead and what the memories hold, and checks the store. */
void world_says(void);

#endif /* GALE_PROOFS_ROCQ_ORACLE_STUB_WORLD_H */
