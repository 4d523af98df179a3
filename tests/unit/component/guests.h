/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Guests in C for the tests of the component runtime: a store with three instances, each with a memory of one page, and
 * functions whose core code is what a test puts into `struct guest`.
 */
#ifndef TESTS_UNIT_COMPONENT_GUESTS_H
#define TESTS_UNIT_COMPONENT_GUESTS_H

#include <string.h>

#include "gale/component/canon.h"
#include "gale/component/report.h"
#include "gale/component/trace.h"
#include "test.h"

#define GUESTS 3u
#define GUEST_PAGE 65536u

/** A guest: its instance, its memory, and what its functions do. */
struct guest {
    struct gale_instance instance; /* first, so that `i` in core code is also the guest */
    struct gale_memory memory;
    struct gale_value_options options;
    void (*core)(struct guest *g, const union gale_flat *params, union gale_flat *results);
    uint32_t (*callback)(struct guest *g, uint32_t event, uint32_t p1, uint32_t p2);
    void (*body)(struct guest *g);
    uint32_t log[64]; /* what a test wants to see later */
    unsigned logged;
    uint32_t note[8]; /* indices and the like */
    uint32_t heap;    /* next byte that realloc gives */
};

extern struct gale_store store;
extern struct guest guests[GUESTS];
extern uint8_t guest_pages[GUESTS][GUEST_PAGE];

/* One function of each kind per guest; see guest_func(). */
enum guest_kind {
    GUEST_SYNC,       /* type not async */
    GUEST_SYNC_STACK, /* the same, on a stack */
    GUEST_ASYNC_SYNC, /* async type, lifted sync, on a stack */
    GUEST_CALLBACK,   /* async with callback */
    GUEST_CALLBACK_STACK,
    GUEST_STACKFUL, /* async without callback */
    GUEST_KINDS
};

extern struct gale_func guest_funcs[GUESTS][GUEST_KINDS];

/** Begins anew: empty memories, no functions. */
void guests_reset(void);

/** u32 types for streams and their options. */
extern const struct gale_value_type type_u32;
extern const struct gale_value_type type_char; /* not a number */
extern const int result_u32;

struct gale_copy_options guest_copy(unsigned g, const struct gale_value_type *type, bool async);

/** A binding from `caller` (GUESTS: the host) to a function of `callee` that takes and returns one u32. */
struct gale_binding guest_binding(unsigned caller, unsigned callee, enum guest_kind kind, bool async);

/** The host calls a function with one u32; the status of gale_store_invoke(). */
int guest_invoke(unsigned callee, enum guest_kind kind, uint32_t arg);
extern struct gale_host_task guest_task;
extern union gale_flat guest_result[1];

/** Runs `body` as code of guest `n`, in a function that may block; the status of gale_store_invoke(). */
int guest_run(unsigned n, void (*body)(struct guest *g));

/** `body` as one more call into guest `n`, from the guest `g` that runs; async, so that it may stay blocked. */
uint32_t guest_call(struct guest *g, unsigned n, void (*body)(struct guest *g));

/* Calls with code of their own, by number; all of them may be under way at once. */
#define GUEST_CALLS 8u
#define GUEST_CALL_PTR(k) (2048u + 4u * (k)) /* where the result of call `k` lands in its caller */
typedef uint32_t (*guest_core)(struct guest *g);
typedef uint32_t (*guest_callback)(void *guest, uint32_t event, uint32_t p1, uint32_t p2);
extern struct gale_host_task guest_tasks[GUEST_CALLS];
extern struct gale_func guest_call_funcs[GUEST_CALLS];

/** The host makes call `k`, of guest `n`; what `core` returns is its result, or the callback's code. */
int guest_start(unsigned k, unsigned n, enum guest_kind kind, guest_core core, guest_callback code);

/** The same by guest `g`: what the lower returns. */
uint32_t guest_lower(struct guest *g, unsigned k, unsigned n, enum guest_kind kind, bool async, guest_core core,
                     guest_callback code);

/** The host calls `core` of guest `n`, which neither waits nor is kept waiting. */
int guest_do(unsigned n, guest_core core);

/** Makes a set with the busy readable end of a stream in it; guest_poke() gives it an event. `slot` is 0 or 1. */
uint32_t guest_listen(struct guest *g, unsigned slot);
void guest_poke(struct guest *g, unsigned slot);

/* As code for guest_do(). */
uint32_t guest_poke_0(struct guest *g);
uint32_t guest_poke_1(struct guest *g);
uint32_t guest_close_gate(struct guest *g);
uint32_t guest_open_gate(struct guest *g);

void guest_log(struct guest *g, uint32_t value);
uint32_t guest_word(const struct guest *g, uint32_t ptr);
void guest_set_word(struct guest *g, uint32_t ptr, uint32_t value);

/** task.return of a u32 by the running task of `g`. */
void guest_return(struct guest *g, uint32_t value);

/** Checks what a guest has logged, and that the store is in order. */
void guest_check_log(const struct guest *g, const uint32_t *expected, unsigned count);
#define CHECK_LOG(g, ...)                                               \
    do {                                                                \
        static const uint32_t wanted[] = {__VA_ARGS__};                 \
        guest_check_log((g), wanted, sizeof wanted / sizeof wanted[0]); \
    } while (0)

/** Checks that the last call trapped with `code`. */
#define CHECK_TRAP(status, expected)                                                        \
    do {                                                                                    \
        CHECK_EQ(status, GALE_ETRAP);                                                       \
        CHECK_STR(gale_trap_text(gale_store_trap(&store)->code), gale_trap_text(expected)); \
        CHECK_EQ(gale_store_trap(&store)->code, expected);                                  \
    } while (0)

#endif /* TESTS_UNIT_COMPONENT_GUESTS_H */
