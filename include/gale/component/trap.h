/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Traps: how a guest that breaks a rule is stopped, and nothing but it and those whose frames it stands on.
 *
 * Source: Canonical ABI, trap and trap_if; Explainer, Component Invariants (lockdown). Properties: IN01.
 */
#ifndef GALE_COMPONENT_TRAP_H
#define GALE_COMPONENT_TRAP_H

#include "gale/base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gale_instance;

/** Every trap: name, text. The texts are those that the Component Model's test scripts expect. */
#define GALE_TRAP_TABLE(X)                                                                                          \
    X(GALE_TRAP_NONE, "no trap")                                                                                    \
    X(GALE_TRAP_UNREACHABLE, "wasm `unreachable` instruction executed")                                             \
    X(GALE_TRAP_CORE, "wasm trap")                                                                                  \
    X(GALE_TRAP_POISONED, "cannot enter component instance")                                                        \
    X(GALE_TRAP_CANNOT_ENTER, "cannot enter component instance")                                                    \
    X(GALE_TRAP_CANNOT_LEAVE, "cannot leave component instance")                                                    \
    X(GALE_TRAP_CANNOT_BLOCK, "cannot block: this function runs without a stack of its own")                        \
    X(GALE_TRAP_SYNC_BLOCK, "deadlock detected: event loop cannot make further progress")                           \
    X(GALE_TRAP_DEADLOCK, "deadlock detected: event loop cannot make further progress")                             \
    X(GALE_TRAP_DEPTH, "call stack exhausted")                                                                      \
    X(GALE_TRAP_BUDGET, "resource budget of the component instance exhausted")                                      \
    X(GALE_TRAP_TABLE_FULL, "resource table has no free keys")                                                      \
    X(GALE_TRAP_UNKNOWN_HANDLE, "unknown handle index")                                                             \
    X(GALE_TRAP_WRONG_KIND, "handle index used with the wrong type")                                                \
    X(GALE_TRAP_WRONG_RESOURCE,                                                                                     \
      "used with the wrong type, expected guest-defined resource but found a different guest-defined resource")     \
    X(GALE_TRAP_LENT, "cannot remove owned resource while borrowed")                                                \
    X(GALE_TRAP_NOT_OWNED, "cannot lift own resource from a borrow")                                                \
    X(GALE_TRAP_BORROWS_LEFT, "borrow handles still remain at the end of the call")                                 \
    X(GALE_TRAP_UNALIGNED, "unaligned pointer")                                                                     \
    X(GALE_TRAP_OUT_OF_BOUNDS, "pointer out of bounds of memory")                                                   \
    X(GALE_TRAP_LIST_BOUNDS, "list content out-of-bounds")                                                          \
    X(GALE_TRAP_STRING_BOUNDS, "string content out-of-bounds")                                                      \
    X(GALE_TRAP_STRING_POINTER, "string pointer/length out of bounds of memory")                                    \
    X(GALE_TRAP_STRING_TOO_LONG, "string too long")                                                                 \
    X(GALE_TRAP_UTF8_INVALID, "invalid utf-8")                                                                      \
    X(GALE_TRAP_UTF8_INCOMPLETE, "incomplete utf-8 byte sequence")                                                  \
    X(GALE_TRAP_UTF16_INVALID, "unpaired surrogate found")                                                          \
    X(GALE_TRAP_CHAR, "invalid `char` bit pattern")                                                                 \
    X(GALE_TRAP_DISCRIMINANT, "invalid variant discriminant")                                                       \
    X(GALE_TRAP_REALLOC_UNALIGNED, "realloc return: result not aligned")                                            \
    X(GALE_TRAP_REALLOC_BOUNDS, "realloc return: beyond end of memory")                                             \
    X(GALE_TRAP_NO_REALLOC, "no memory for a result")                                                               \
    X(GALE_TRAP_CALLBACK_CODE, "unsupported callback code")                                                         \
    X(GALE_TRAP_NO_RESULT, "async-lifted export failed to produce a result")                                        \
    X(GALE_TRAP_RETURN_SIGNATURE, "invalid `task.return` signature and/or options for current task")                \
    X(GALE_TRAP_RETURN_SYNC, "`task.return` called by a task that was not lifted async")                            \
    X(GALE_TRAP_RETURN_TWICE, "`task.return` or `task.cancel` called more than once for current task")              \
    X(GALE_TRAP_CANCEL_SYNC, "`task.cancel` called by a task that was not lifted async")                            \
    X(GALE_TRAP_NOT_CANCELLED, "`task.cancel` called by task which has not been cancelled")                         \
    X(GALE_TRAP_BACKPRESSURE, "backpressure counter overflow")                                                      \
    X(GALE_TRAP_SET_HAS_MEMBERS, "cannot drop waitable set with members")                                           \
    X(GALE_TRAP_SET_HAS_WAITERS, "cannot drop waitable set with waiters")                                           \
    X(GALE_TRAP_SYNC_IN_SET, "waitable cannot be used synchronously while added to a waitable set")                 \
    X(GALE_TRAP_SYNC_WAITER, "waitable cannot be used synchronously while added to a waitable set")                 \
    X(GALE_TRAP_SUBTASK_DELIVERED, "`subtask.cancel` called after terminal status delivered")                       \
    X(GALE_TRAP_SUBTASK_CANCELLED, "`subtask.cancel` called twice for the same subtask")                            \
    X(GALE_TRAP_SUBTASK_UNRESOLVED, "cannot drop a subtask which has not yet resolved")                             \
    X(GALE_TRAP_COPY_BUSY, "cannot have concurrent operations active on a future/stream")                           \
    X(GALE_TRAP_COPY_IDLE, "stream or future has no operation to cancel")                                           \
    X(GALE_TRAP_COPY_LENGTH, "stream read/write count too large")                                                   \
    X(GALE_TRAP_COPY_SAME_INSTANCE, "cannot read from and write to intra-component future")                         \
    X(GALE_TRAP_STREAM_WRITE_DONE, "cannot write to stream after being notified that the readable end dropped")     \
    X(GALE_TRAP_STREAM_READ_DONE, "cannot read from stream after being notified that the writable end dropped")     \
    X(GALE_TRAP_FUTURE_WRITE_DONE, "cannot write to future after previous write succeeded or readable end dropped") \
    X(GALE_TRAP_FUTURE_READ_DONE, "cannot read from future after previous read succeeded")                          \
    X(GALE_TRAP_STREAM_LIFT_DONE, "cannot lift stream after being notified that the writable end dropped")          \
    X(GALE_TRAP_FUTURE_LIFT_DONE, "cannot lift future after previous read succeeded")                               \
    X(GALE_TRAP_STREAM_LIFT_IN_SET, "cannot lift stream while it's in a waitable set")                              \
    X(GALE_TRAP_FUTURE_LIFT_IN_SET, "cannot lift future while it's in a waitable set")                              \
    X(GALE_TRAP_READER_BUSY, "cannot remove busy stream")                                                           \
    X(GALE_TRAP_WRITER_BUSY, "cannot drop busy stream")                                                             \
    X(GALE_TRAP_FUTURE_UNWRITTEN, "cannot drop future write end without first writing a value")                     \
    X(GALE_TRAP_THREAD_NOT_SUSPENDED, "cannot resume thread which is not suspended")

/** Why an instance was stopped. */
enum gale_trap {
#define GALE_TRAP_ENUM(name, text) name,
    GALE_TRAP_TABLE(GALE_TRAP_ENUM)
#undef GALE_TRAP_ENUM
        GALE_TRAP_COUNT
};

/** What happened, for who reports it. */
struct gale_trap_info {
    enum gale_trap code;            /**< GALE_TRAP_NONE: nothing. */
    uint32_t value;                 /**< The handle index of GALE_TRAP_UNKNOWN_HANDLE and _WRONG_*; else 0. */
    struct gale_instance *instance; /**< Whose code did it. */
    bool sync; /**< A task that may not block was about to: some runtimes refuse that as such, whatever came of it. */
};

/**
 * What a trap means, as a phrase without a full stop.
 *
 * @return A constant string; "unknown trap" for a value that is none.
 * @context any; never blocks.
 */
/*@ assigns \nothing;
    ensures text: \valid_read(\result);
*/
const char *gale_trap_text(enum gale_trap code);

/**
 * Stop the running flow: every instance with a frame on it is poisoned, its peers are told, and the call of the host
 * that led here returns GALE_ETRAP. All frames up to there are abandoned.
 *
 * @param[in,out] instance  Whose code runs.
 * @param[in]     code      Why; not GALE_TRAP_NONE.
 * @context guest code, generated code and host functions, within a call that the host made on the store; does not return.
 * @satisfies IN01
 */
/*@ requires own: \valid(instance);
    assigns  \nothing;
    ensures  in01: \false;
*/
void gale_trap(struct gale_instance *instance, enum gale_trap code) __attribute__((noreturn));

/**
 * gale_trap() with the handle index, or what else tells more.
 *
 * @context as gale_trap(); does not return.
 * @satisfies IN01
 */
/*@ requires own: \valid(instance);
    assigns  \nothing;
    ensures  in01: \false;
*/
void gale_trap_value(struct gale_instance *instance, enum gale_trap code, uint32_t value) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif /* GALE_COMPONENT_TRAP_H */
