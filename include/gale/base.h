/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What every module shares: status codes, ids, ticks, assertions.
 *
 * A call returns a `GALE_*` status, or, where it says so, a count: never negative, so that one `int32_t` carries
 * either. CONVENTIONS.md tells the rules that hold for all calls.
 */
#ifndef GALE_BASE_H
#define GALE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gale/config.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Every status: name, value, text. The values are Zephyr's errno numbers, negated, so a port translates nothing. */
#define GALE_STATUS_TABLE(X)                                          \
    X(GALE_OK, 0, "success")                                          \
    X(GALE_EPERM, -1, "not allowed here or not any more")             \
    X(GALE_ENOENT, -2, "no such object")                              \
    X(GALE_EAGAIN, -11, "nothing to take or no space now: try again") \
    X(GALE_ENOMEM, -12, "the caller's budget is used up")             \
    X(GALE_ETRAP, -14, "a guest trapped")                             \
    X(GALE_EBUSY, -16, "in use or closed now")                        \
    X(GALE_EEXIST, -17, "already there")                              \
    X(GALE_EINVAL, -22, "an argument is out of range")                \
    X(GALE_EPIPE, -32, "the other end is closed")                     \
    X(GALE_EDEADLK, -45, "all wait and nothing can come")             \
    X(GALE_ECORRUPT, -77, "the peer wrote an impossible value")       \
    X(GALE_ETIMEDOUT, -116, "the deadline passed")                    \
    X(GALE_EALREADY, -120, "already done")                            \
    X(GALE_EOVERFLOW, -139, "a counter would leave its range")        \
    X(GALE_ECANCELED, -140, "the wait or operation was cancelled")

/** A status; 0 is success, all others are negative. */
enum gale_status {
#define GALE_STATUS_ENUM(name, value, text) name = (value),
    GALE_STATUS_TABLE(GALE_STATUS_ENUM)
#undef GALE_STATUS_ENUM
};

/** A point in time, in ticks since an origin that the port chooses. Deadlines are absolute. */
typedef uint64_t gale_tick;

#define GALE_NO_WAIT ((gale_tick)0)          /**< A deadline that has always passed: the call never blocks. */
#define GALE_FOREVER ((gale_tick)UINT64_MAX) /**< A deadline that never comes. */

/** An index into a pool that the caller supplied: a thread, a waitable, a timer, a list. */
#if GALE_ID_BITS == 16
typedef uint16_t gale_id;
#define GALE_ID_NONE ((gale_id)UINT16_MAX) /**< No object. */
#else
typedef uint32_t gale_id;
#define GALE_ID_NONE ((gale_id)UINT32_MAX) /**< No object. */
#endif

/** Fails to compile unless `cond` holds; `tag` makes the name unique in C99. */
#if defined(__cplusplus)
#define GALE_STATIC_ASSERT(cond, tag) static_assert(cond, #tag)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define GALE_STATIC_ASSERT(cond, tag) _Static_assert(cond, #tag)
#else
#define GALE_STATIC_ASSERT(cond, tag) typedef char gale_static_assert_##tag[(cond) ? 1 : -1]
#endif

/** Aligns an object or member to `bytes`, a power of two. */
#define GALE_ALIGNED(bytes) __attribute__((aligned(bytes)))

/** Checks a precondition in debug builds; see GALE_ASSERTIONS. */
#if GALE_ASSERTIONS && !defined(__FRAMAC__)
void gale_port_panic(const char *file, int line) __attribute__((noreturn));
#define GALE_ASSERT(cond) ((cond) ? (void)0 : gale_port_panic(__FILE__, __LINE__))
#else
#define GALE_ASSERT(cond) ((void)0)
#endif

/**
 * The name of a status, such as "GALE_EBUSY".
 *
 * @return A constant string; "GALE_E?" for a value that is no status.
 * @context thread, isr; never blocks.
 */
/*@ assigns \result \from status;
    ensures text: \valid_read(\result);
*/
const char *gale_status_name(int status);

/**
 * What a status means, as a phrase without a full stop.
 *
 * @return A constant string; "unknown status" for a value that is no status.
 * @context thread, isr; never blocks.
 */
/*@ assigns \result \from status;
    ensures text: \valid_read(\result);
*/
const char *gale_status_text(int status);

#ifdef __cplusplus
}
#endif

#endif /* GALE_BASE_H */
