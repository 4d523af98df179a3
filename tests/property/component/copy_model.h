/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A plain model of the handle tables of three guests, of streams, futures, waitable sets, resources and error contexts,
 * with its own copy of each memory; and the guests of the runtime that it is compared with.
 */
#ifndef TESTS_PROPERTY_COMPONENT_COPY_MODEL_H
#define TESTS_PROPERTY_COMPONENT_COPY_MODEL_H

#include <string.h>

#include "gale/component/canon.h"
#include "test.h"

#define COUNT 3u    /* guests */
#define HANDLES 14u /* entries of each table */
#define STREAMS 5u  /* budget of each guest */
#define SETS 3u     /* likewise */
#define BUFFER 64u  /* bytes of the buffer of each handle; handle k has those from k * BUFFER */
#define PAGE (BUFFER * (HANDLES + 1u))
#define EVENT_PTR 0u /* where a poll puts its payloads */

enum { TYPE_U32, TYPE_U8, TYPE_PAIR, TYPE_NONE, TYPES };
extern const struct gale_value_type *const types[TYPES];
extern const uint32_t sizes[TYPES];
extern const uint32_t aligns[TYPES];

/* Element number `n` of any stream. */
void element(unsigned type, uint32_t n, uint8_t *at);

/* ---- the model ----------------------------------------------------------------------------------------------- */

struct model_handle {
    enum gale_handle_kind kind;
    enum gale_copy_state state;
    bool event;
    uint32_t payload; /* of the event, or a resource's representation */
    unsigned copy;
    unsigned set;             /* its set; 0: none */
    unsigned events[HANDLES]; /* of a set: whose, the oldest first */
    unsigned event_count, members;
};

struct model_copy {
    bool future, dropped, pending_reads;
    unsigned type, owner, ends;
    unsigned guest, index; /* the pending end; index 0: none */
    uint32_t ptr, length, progress;
    uint32_t moved; /* elements that have passed */
};

struct model_guest {
    struct model_handle handles[HANDLES + 1u];
    unsigned unused[HANDLES], unused_count, used;
    unsigned streams_left, sets_left;
    bool dead;
    uint8_t page[PAGE];
};

extern struct model_guest model[COUNT];
extern struct model_copy copies[COUNT * STREAMS];

enum operation {
    OP_NEW,
    OP_BEGIN,
    OP_CANCEL,
    OP_DROP,
    OP_MOVE,
    OP_SET_NEW,
    OP_SET_DROP,
    OP_POLL,
    OP_JOIN,
    OP_RESOURCE_NEW,
    OP_RESOURCE_REP,
    OP_RESOURCE_DROP,
    OP_CONTEXT_NEW,
    OP_CONTEXT_DROP,
    OPS
};

struct op {
    enum operation what;
    unsigned guest;
    enum gale_handle_kind kind; /* of the end; of NEW: of the readable one */
    unsigned type;
    uint32_t index;
    uint32_t other; /* set of JOIN, guest of MOVE, representation */
    uint32_t ptr, length;
    uint64_t result;
};

static inline bool op_reads(const struct op *o)
{
    return o->kind == GALE_HANDLE_STREAM_READ || o->kind == GALE_HANDLE_FUTURE_READ;
}

static inline bool op_future(const struct op *o)
{
    return o->kind >= GALE_HANDLE_FUTURE_READ;
}

void model_begin(void);
unsigned model_room(const struct model_guest *m);

/* The trap that `o` leads to. */
enum gale_trap model_expect(const struct op *o);

/* Does `o`, which does not trap: what it returns. */
uint64_t model_apply(const struct op *o);

/* The guest has trapped: nothing of it is left but what its peers learn. */
void model_kill(unsigned g);

/* ---- the guests of the runtime ------------------------------------------------------------------------------- */

extern struct gale_store store;
extern struct gale_instance instances[COUNT];
extern uint8_t pages[COUNT][PAGE];

void guests_begin(void);

/* The host lets guest `o->guest` do `o`, which gets its result; `*ran`: code of the guest has run. */
int guests_run(struct op *o, bool *ran);

#endif /* TESTS_PROPERTY_COMPONENT_COPY_MODEL_H */
