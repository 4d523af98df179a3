/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Trace of a store: fixed-size records in a ring. A run is a function of what the host did, and that is in the records.
 *
 * GALE_TRACE = 0 compiles it out. Source: Concurrency explainer, nondeterminism.
 */
#ifndef GALE_COMPONENT_TRACE_H
#define GALE_COMPONENT_TRACE_H

#include "gale/component/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a record tells; the meaning of `a` and `b` stands behind it. */
enum gale_trace_kind {
    GALE_TRACE_CALL,   /**< A task was made; a: task, b: function's flags. */
    GALE_TRACE_START,  /**< It passed the gate and has its arguments; a: task. */
    GALE_TRACE_RETURN, /**< It resolved with a result; a: task. */
    GALE_TRACE_CANCEL, /**< It resolved as cancelled; a: task. */
    GALE_TRACE_RESUME, /**< A thread runs; a: thread, b: 1 if by a cancellation. */
    GALE_TRACE_BLOCK,  /**< A thread has stopped running; a: thread, b: enum gale_wait | state << 8. */
    GALE_TRACE_EXIT,   /**< A thread has ended; a: thread. */
    GALE_TRACE_EVENT,  /**< An event was delivered; a: index, b: enum gale_canon_event. */
    GALE_TRACE_COPY,   /**< Elements were moved; a: stream or future, b: how many. */
    GALE_TRACE_DROP,   /**< An end was dropped; a: stream or future. */
    GALE_TRACE_HOST,   /**< The host did something; a: enum gale_trace_host, b: object. */
    GALE_TRACE_TRAP,   /**< An instance trapped; a: enum gale_trap. */
    GALE_TRACE_NEW,    /**< A stream or future was made; a: it, b: 1 for a future. */
    GALE_TRACE_PEND,   /**< An end waits for the other; a: stream or future, b: its index, GALE_TRACE_PEND_READS. */
    GALE_TRACE_ALLOC   /**< Room was made for the content of a string or list; a: bytes now, b: bytes before. */
};

#define GALE_TRACE_PEND_READS UINT32_C(0x80000000) /**< Added to the index of a readable end. */

/** What comes from outside, hence what a replay must repeat. */
enum gale_trace_host {
    GALE_TRACE_HOST_INVOKE,
    GALE_TRACE_HOST_CANCEL,
    GALE_TRACE_HOST_TICK,
    GALE_TRACE_HOST_RETURN,
    GALE_TRACE_HOST_END
};

/** One record, 12 bytes. */
struct gale_trace_record {
    uint16_t kind;     /**< enum gale_trace_kind. */
    uint16_t instance; /**< Low bits of the instance's number, UINT16_MAX for the host. */
    uint32_t a;
    uint32_t b;
};

/** A ring of the latest records. Fields are private but for reading. */
struct gale_trace {
    struct gale_trace_record *records;
    uint32_t count; /**< Records that fit, at least 1. */
    uint32_t next;  /**< Where the next goes. */
    uint64_t total; /**< Records ever made; the latest min(total, count) are there. */
    /** Called with each record as it is made; NULL: nobody. Runs inside the store: no calls into it. */
    void (*listen)(void *arg, const struct gale_trace_record *record);
    void *listen_arg; /**< Passed to `listen`. */
};

/**
 * Trace a store from now on; nothing happens where GALE_TRACE is 0.
 *
 * @param[out] trace    Kept by the caller.
 * @param[in]  records  `count` records, at least 1.
 * @context thread, outside of any run of the store; never blocks.
 */
/*@ requires own: \valid(store) && \valid(trace) && \valid(records + (0 .. count - 1)) && count >= 1;
    assigns  store->trace, *trace;
*/
void gale_trace_start(struct gale_store *store, struct gale_trace *trace, struct gale_trace_record *records,
                      uint32_t count);

/**
 * Hear of each record as it is made, hence of more than fit.
 *
 * @param[in] listen  Called inside the store's run: may read the store, not call it. NULL: nobody any more.
 * @context thread, outside of any run of the store; never blocks.
 */
/*@ requires own: \valid(trace);
    assigns  trace->listen, trace->listen_arg;
*/
void gale_trace_listen(struct gale_trace *trace, void (*listen)(void *arg, const struct gale_trace_record *record),
                       void *arg);

/**
 * Read record `n` of those that are there, 0 being the oldest.
 *
 * @return NULL if there is none.
 * @context thread; never blocks.
 */
/*@ requires own: \valid_read(trace);
    assigns  \nothing;
*/
const struct gale_trace_record *gale_trace_at(const struct gale_trace *trace, uint32_t n);

/** The name of a kind of record, as "call". @return A constant string. @context any; never blocks. */
/*@ assigns \nothing; */
const char *gale_trace_name(enum gale_trace_kind kind);

#ifdef __cplusplus
}
#endif

#endif /* GALE_COMPONENT_TRACE_H */
