/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Waitables and waitable sets of guests. Events of a set are delivered in the order in which they arrived in it.
 *
 * Source: Canonical ABI, Waitable State. Property: ST05.
 */
#ifndef GALE_COMPONENT_WAITABLE_H
#define GALE_COMPONENT_WAITABLE_H

#include "gale/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What happened to a waitable. */
enum gale_canon_event {
    GALE_CANON_EVENT_NONE,
    GALE_CANON_EVENT_SUBTASK,
    GALE_CANON_EVENT_STREAM_READ,
    GALE_CANON_EVENT_STREAM_WRITE,
    GALE_CANON_EVENT_FUTURE_READ,
    GALE_CANON_EVENT_FUTURE_WRITE,
    GALE_CANON_EVENT_TASK_CANCELLED
};

/** What a built-in answers that has not finished: an event will tell. */
#define GALE_CANON_BLOCKED 0xffffffffu

/** A waitable set: two lists of the store, of pending events and of waiting threads. Fields are private. */
struct gale_guest_set {
    gale_id members; /**< Waitables in it. */
    gale_id waiting; /**< Threads that wait on it. */
    gale_id next;    /**< Its index in its instance's handle table. Free: next free set. */
};

#ifdef __cplusplus
}
#endif

#endif /* GALE_COMPONENT_WAITABLE_H */
