/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Random calls between three guests and their host: what is known of each call, and what its caller is told of it.
 */
#ifndef TESTS_PROPERTY_COMPONENT_TASK_MODEL_H
#define TESTS_PROPERTY_COMPONENT_TASK_MODEL_H

#include <string.h>

#include "gale/component/canon.h"
#include "random.h"

#define COUNT 3u
#define HOST COUNT /* as a caller */
#define CALLS 12u
#define NOBODY CALLS
#define TASKS (CALLS + 1u)       /* of each guest: all calls, and one that opens the gate */
#define CELL(n) (16u + 4u * (n)) /* where the result of call `n` lands in its caller's memory */
#define PAGE 128u

enum kind { SYNC, ASYNC_SYNC, CALLBACK, CALLBACK_STACK, STACKFUL, KINDS };

/* A call, as caller and callee know it. */
struct call {
    bool used;
    unsigned caller, callee, parent; /* parent: the call whose task makes it */
    enum kind kind;
    bool started, returned, cancelled; /* what the callee has come to */
    bool ended;                        /* its task */
    bool asked, told;                  /* cancellation */
    bool over;                         /* the caller knows the end, or is gone */
    uint8_t seen;                      /* the state that the caller was told last */
    uint32_t index;                    /* of the subtask; 0: none */
    uint32_t set;                      /* of its task, for the calls that this makes */
    unsigned children;                 /* of those, how many are not over */
    struct gale_func func;
    struct gale_binding binding;
    struct gale_host_task task;
    union gale_flat args[2], results[1];
};

extern const uint8_t kind_flags[KINDS];

extern struct gale_store task_store;
extern struct gale_instance task_instances[COUNT];
extern struct gale_memory memories[COUNT];
extern struct gale_value_options options[COUNT];
extern uint8_t task_pages[COUNT][PAGE];
extern const int result_type;

extern struct random_state rnd;
extern struct call calls[CALLS];
extern unsigned queues[COUNT][2][CALLS]; /* who waits before a gate: those that need the lock, the others */
extern unsigned queue_counts[COUNT][2];
extern unsigned holder[COUNT]; /* of the lock */
extern unsigned closings[COUNT];
extern bool dead[COUNT];
extern uint8_t last_pages[COUNT][PAGE]; /* of those who are dead */
extern unsigned making;                 /* the call that is being made */
extern bool closing;                    /* no new calls, no new closings, no traps */
extern uint64_t done;                   /* things that guests did */

static inline bool one_in(uint32_t n)
{
    return random_below(&rnd, n) == 0;
}

static inline uint32_t value_of(unsigned n)
{
    return 1000u + n;
}

static inline bool is_locked(const struct call *c)
{
    return c->kind != STACKFUL && c->kind != SYNC;
}

static inline bool has_stack(const struct call *c)
{
    return (kind_flags[c->kind] & GALE_FUNC_STACK) != 0;
}

/* What the caller of `c` is to be told now. */
static inline enum gale_subtask_state truth(const struct call *c)
{
    if (!c->started) {
        return c->cancelled ? GALE_SUBTASK_CANCELLED_BEFORE_STARTED : GALE_SUBTASK_STARTING;
    }
    if (c->returned) {
        return GALE_SUBTASK_RETURNED;
    }
    return c->cancelled ? GALE_SUBTASK_CANCELLED_BEFORE_RETURNED : GALE_SUBTASK_STARTED;
}

static inline bool is_final(uint32_t state)
{
    return state >= GALE_SUBTASK_RETURNED;
}

/* Calls that wait before a gate. */
void queue_add(unsigned n);
unsigned queue_find(unsigned n);
void queue_remove(unsigned n);

/* The caller of call `n` is told `state`; likewise by an event of guest `g`. */
void learn(unsigned n, uint32_t state);
void learn_event(unsigned g, uint32_t index, uint32_t state);

/* Someone asks to cancel call `n`: one that waits before a gate never starts. */
void ask(unsigned n);

/* A free record, prepared for a call of `caller`; NOBODY if there is none or nobody to call. */
unsigned prepare(unsigned caller, unsigned parent, bool async);

/* The code of all tasks. */
void task_core(void *guest, const union gale_flat *params, union gale_flat *results);
uint32_t task_callback(void *guest, uint32_t event, uint32_t p1, uint32_t p2);

#endif /* TESTS_PROPERTY_COMPONENT_TASK_MODEL_H */
