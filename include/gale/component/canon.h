/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The canonical built-ins, one function each, as generated code calls them. `i` is the instance whose code calls; what
 * follows up to the guest's own arguments is static. All that comes from the guest is hostile: a wrong one traps.
 *
 * A built-in that waits needs a task with GALE_FUNC_STACK or an explicit thread; else it traps with GALE_TRAP_CANNOT_BLOCK.
 * Context: guest code of a function under way, through generated code; never an interrupt handler.
 * Source: Canonical ABI, Canonical Definitions; each function has the name of its section.
 */
#ifndef GALE_COMPONENT_CANON_H
#define GALE_COMPONENT_CANON_H

#include "gale/component/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Static options of the built-ins of one stream or future type. */
struct gale_copy_options {
    const struct gale_value_type *type;      /**< Element type; NULL: no elements. */
    const struct gale_value_options *values; /**< Memory and realloc of this side; NULL only without elements. */
    bool async;                              /**< The option `async` of this built-in: do not wait. */
};

/** Call an import.
 *
 * @param[in]  args     `b->args` flats; kept during the call alone.
 * @param[out] results  One flat; NULL for an async lower, or if there is no flat result.
 * @return Async lower: GALE_SUBTASK_RETURNED, or state | index << 4. Sync: 0.
 * @satisfies TK01 TK02 TK05
 * @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_lower(struct gale_instance *i, const struct gale_binding *b, const union gale_flat *args,
                          union gale_flat *results);

/* --- resources --- */

/** Make an owning handle. @return Its index. @satisfies HT05 @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_resource_new(struct gale_instance *i, gale_id type, uint32_t rep);

/** Drop a handle; an owning one runs the destructor. @satisfies HT03 HT04 @context guest. */
/*@ requires own: \valid(i); */
void gale_canon_resource_drop(struct gale_instance *i, gale_id type, uint32_t h);

/** The representation behind a handle. @satisfies HT01 HT04 @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_resource_rep(struct gale_instance *i, gale_id type, uint32_t h);

/* --- thread-local storage, backpressure, tasks --- */

/** Read slot 0 or 1 of the running thread. @return Its value. @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_context_get(struct gale_instance *i, uint32_t slot);

/** Write slot 0 or 1 of the running thread. @context guest. */
/*@ requires own: \valid(i); */
void gale_canon_context_set(struct gale_instance *i, uint32_t slot, uint32_t v);

/** Close the gate once more. @satisfies TK05 @context guest. */
/*@ requires own: \valid(i); */
void gale_canon_backpressure_inc(struct gale_instance *i);

/** Take back one closing of the gate. @satisfies TK05 @context guest. */
/*@ requires own: \valid(i); */
void gale_canon_backpressure_dec(struct gale_instance *i);

/** Resolve the running task with its result; `args` are the result's flats. @satisfies TK02 @context guest. */
/*@ requires own: \valid(i); */
void gale_canon_task_return(struct gale_instance *i, const void *result_type, const struct gale_value_options *o,
                            const union gale_flat *args);

/** Resolve the running task as cancelled, once it was told to. @satisfies TK02 TK03 @context guest. */
/*@ requires own: \valid(i); */
void gale_canon_task_cancel(struct gale_instance *i);

/* --- waitables --- */

/** Make an empty set. @return Its index. @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_waitable_set_new(struct gale_instance *i);

/** Wait for an event, if none is there; its two payloads go to `ptr` and `ptr + 4`. @return enum gale_canon_event. @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_waitable_set_wait(struct gale_instance *i, struct gale_memory *m, bool cancellable, uint32_t set,
                                      uint32_t ptr);

/** Take an event if there is one. @return enum gale_canon_event, GALE_CANON_EVENT_NONE if there was none. @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_waitable_set_poll(struct gale_instance *i, struct gale_memory *m, bool cancellable, uint32_t set,
                                      uint32_t ptr);

/** Drop a set without members and waiters. @context guest. */
/*@ requires own: \valid(i); */
void gale_canon_waitable_set_drop(struct gale_instance *i, uint32_t set);

/** Put a waitable into a set, out of the one it was in; 0 only takes it out. @context guest. */
/*@ requires own: \valid(i); */
void gale_canon_waitable_join(struct gale_instance *i, uint32_t w, uint32_t set);

/** Ask a call to end early. @return Its state, or GALE_CANON_BLOCKED. @satisfies TK03 @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_subtask_cancel(struct gale_instance *i, bool async, uint32_t s);

/** Drop a call whose resolution was delivered. @context guest. */
/*@ requires own: \valid(i); */
void gale_canon_subtask_drop(struct gale_instance *i, uint32_t s);

/* --- streams and futures --- */

/** Make a stream. @return Readable end, writable end << 32. @context guest. */
/*@ requires own: \valid(i); */
uint64_t gale_canon_stream_new(struct gale_instance *i, const struct gale_copy_options *o);

/** Make a future. @return Readable end, writable end << 32. @context guest. */
/*@ requires own: \valid(i); */
uint64_t gale_canon_future_new(struct gale_instance *i, const struct gale_copy_options *o);

/** Offer memory that elements go to. @return Result | elements << 4, or GALE_CANON_BLOCKED. @satisfies ST02 ST03 ST04 @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_stream_read(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end, uint32_t ptr,
                                uint32_t n);

/** Offer elements. @return Result | elements << 4, or GALE_CANON_BLOCKED. @satisfies ST02 ST03 ST04 @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_stream_write(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end, uint32_t ptr,
                                 uint32_t n);

/** Offer memory for the value. @return Result, or GALE_CANON_BLOCKED. @satisfies FU01 @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_future_read(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end, uint32_t ptr);

/** Offer the value. @return Result, or GALE_CANON_BLOCKED. @satisfies FU01 @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_future_write(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end,
                                 uint32_t ptr);

/** Take back what gale_canon_stream_read() offered. @return As that. @satisfies ST06 @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_stream_cancel_read(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end);

/** Take back what gale_canon_stream_write() offered. @return As that. @satisfies ST06 @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_stream_cancel_write(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end);

/** Take back what gale_canon_future_read() offered. @return As that. @satisfies ST06 @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_future_cancel_read(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end);

/** Take back what gale_canon_future_write() offered. @return As that. @satisfies ST06 @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_future_cancel_write(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end);

/** Drop the readable end. @satisfies ST05 @context guest. */
/*@ requires own: \valid(i); */
void gale_canon_stream_drop_readable(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end);

/** Drop the writable end. @satisfies ST05 @context guest. */
/*@ requires own: \valid(i); */
void gale_canon_stream_drop_writable(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end);

/** Drop the readable end. @satisfies ST05 @context guest. */
/*@ requires own: \valid(i); */
void gale_canon_future_drop_readable(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end);

/** Drop the writable end. @satisfies FU02 @context guest. */
/*@ requires own: \valid(i); */
void gale_canon_future_drop_writable(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end);

/* --- threads --- */

/** The index of the running thread. @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_thread_index(struct gale_instance *i);

/** Make a suspended thread of the running task that calls `fn`. @return Its index. @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_thread_new_indirect(struct gale_instance *i, void (*fn)(void *guest, void *fn_arg, uint32_t c),
                                        void *fn_arg, uint32_t c);

/** Make a suspended thread ready. @context guest. */
/*@ requires own: \valid(i); */
void gale_canon_thread_resume_later(struct gale_instance *i, uint32_t t);

/** Block until another thread names this one. @return 1 if cancelled, else 0. @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_thread_suspend(struct gale_instance *i, bool cancellable);

/** Let others run. @return 1 if cancelled, else 0. @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_thread_yield(struct gale_instance *i, bool cancellable);

/** gale_canon_thread_suspend(), with the suspended thread `t` running next. @return 1 if cancelled, else 0. @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_thread_suspend_then_resume(struct gale_instance *i, bool cancellable, uint32_t t);

/** gale_canon_thread_yield(), with the suspended thread `t` running next. @return 1 if cancelled, else 0. @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_thread_yield_then_resume(struct gale_instance *i, bool cancellable, uint32_t t);

/** gale_canon_thread_suspend(), with `t` running next if it is ready. @return 1 if cancelled, else 0. @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_thread_suspend_then_promote(struct gale_instance *i, bool cancellable, uint32_t t);

/** gale_canon_thread_yield(), with `t` running next if it is ready. @return 1 if cancelled, else 0. @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_thread_yield_then_promote(struct gale_instance *i, bool cancellable, uint32_t t);

/* --- error contexts; their message is always empty, as the deterministic profile has it --- */

/** Make an error context. @return Its index. @context guest. */
/*@ requires own: \valid(i); */
uint32_t gale_canon_error_context_new(struct gale_instance *i, const struct gale_value_options *o, uint32_t ptr,
                                      uint32_t units);

/** Write its message, pointer and length, to `ptr`. @context guest. */
/*@ requires own: \valid(i); */
void gale_canon_error_context_debug_message(struct gale_instance *i, const struct gale_value_options *o, uint32_t h,
                                            uint32_t ptr);

/** Drop an error context. @context guest. */
/*@ requires own: \valid(i); */
void gale_canon_error_context_drop(struct gale_instance *i, uint32_t h);

#ifdef __cplusplus
}
#endif

#endif /* GALE_COMPONENT_CANON_H */
