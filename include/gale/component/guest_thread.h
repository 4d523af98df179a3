/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Threads of guests: the cooperative threads of the Component Model. Not kernel threads: a store runs all of its guests'
 * threads within one flow of control of its executor.
 *
 * Source: Canonical ABI, Stack Switching; Threads.
 */
#ifndef GALE_COMPONENT_GUEST_THREAD_H
#define GALE_COMPONENT_GUEST_THREAD_H

#include "gale/port.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a thread of a guest does. */
enum gale_guest_thread_state {
    GALE_GUEST_THREAD_FREE,
    GALE_GUEST_THREAD_RUNNING,
    GALE_GUEST_THREAD_SUSPENDED, /**< Until another thread names it. */
    GALE_GUEST_THREAD_WAITING    /**< Until what it waits for holds. */
};

/** What a waiting thread waits for. */
enum gale_wait {
    GALE_WAIT_NOTHING,  /**< Ready at once: yield, resume-later. */
    GALE_WAIT_SUBTASK,  /**< A subtask that it called synchronously; `object`. */
    GALE_WAIT_EVENT,    /**< The event of one waitable; `object` is its index. */
    GALE_WAIT_SET,      /**< An event in a set; `object`. */
    GALE_WAIT_TURN,     /**< The exclusive lock, between two runs of a callback. */
    GALE_WAIT_SET_TURN, /**< Both: an event in the set `object`, and the lock. */
    GALE_WAIT_ENTRY     /**< The end of backpressure, before its task starts. */
};

#define GALE_GUEST_THREAD_CANCELLABLE 1u /**< Flag: a cancellation may end the wait. */
#define GALE_GUEST_THREAD_CANCELLED 2u   /**< Flag: it did. */
#define GALE_GUEST_THREAD_STACK 4u       /**< Flag: needs a stack of its own. */
#define GALE_GUEST_THREAD_EXPLICIT 8u    /**< Flag: made by thread.new-indirect. */
#define GALE_GUEST_THREAD_STARTED 16u    /**< Flag: its function has begun. */

#define GALE_GUEST_THREAD_INSIDE 32u /**< Flag: blocked in the middle of its function, on its stack. */

#define GALE_GUEST_THREAD_SYNC 64u /**< Flag: in a built-in or call that may block it. */

/** A thread of a guest. Fields are private. */
struct gale_guest_thread {
    uint32_t context[2];                               /**< context.get and .set. */
    void (*fn)(void *guest, void *fn_arg, uint32_t c); /**< Explicit threads: what it runs. */
    void *fn_arg;
    uint32_t c;
    gale_id task;    /**< Whose; GALE_ID_NONE for the thread of a realloc. Free: next free thread. */
    gale_id index;   /**< In its instance's thread table; GALE_ID_NONE before it has entered. */
    gale_id resumer; /**< Running: the thread that resumed it, GALE_ID_NONE for the host. */
    gale_id stack;   /**< Its stack, GALE_ID_NONE if it has none now. */
    gale_id object;  /**< Waiting: for what. */
    gale_id call;    /**< The subtask that it makes a call with now, GALE_ID_NONE if none. */
    uint8_t state;   /**< enum gale_guest_thread_state. */
    uint8_t wait;    /**< enum gale_wait. */
    uint8_t flags;   /**< GALE_GUEST_THREAD_*. */
};

/** A stack that threads take while they live. Fields are private. */
struct gale_guest_stack {
    struct gale_port_context own;   /**< Where its thread goes on. */
    struct gale_port_context *back; /**< Who resumed it. */
    gale_id thread;                 /**< Whose it is. Free: next free stack. */
};

#ifdef __cplusplus
}
#endif

#endif /* GALE_COMPONENT_GUEST_THREAD_H */
