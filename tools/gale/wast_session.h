/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A component instance under test: the program made from the component, run as a process of its own, so that whatever
 * happens in it stays in it. Requests and answers are lines (host/script.h).
 */
#ifndef GALE_TOOL_WAST_SESSION_H
#define GALE_TOOL_WAST_SESSION_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/** A running program. */
struct wast_session {
    pid_t pid;     /**< 0 when none runs. */
    FILE *request; /**< Lines to it. */
    FILE *answer;  /**< Lines from it. */
};

/** How a request ended. */
enum wast_outcome {
    WAST_OK,        /**< It returned; the text is the value in WAVE, empty if none. */
    WAST_DIFFERENT, /**< It returned another value than expected; the text is that value. */
    WAST_TRAP,      /**< It trapped; the text says why. */
    WAST_ERROR,     /**< It was refused; the text says why. */
    WAST_UNKNOWN,   /**< Whether it is valid is not known: it uses what is not supported. */
    WAST_CRASH      /**< The process ended in a way that it never should. */
};

/** An answer. `text` belongs to the caller, who frees it. */
struct wast_answer {
    enum wast_outcome outcome;
    char *text;
};

/**
 * Start `program` and wait until its instances are made, or of a linked program the first one.
 *
 * @return WAST_OK; WAST_TRAP when instantiation trapped; WAST_ERROR. Whatever it is, wast_session_stop() ends the session.
 */
struct wast_answer wast_session_start(struct wast_session *session, const char *program);

/** Send one request line and wait for its answer. */
struct wast_answer wast_session_ask(struct wast_session *session, const char *line);

/** End the program, if one runs. */
void wast_session_stop(struct wast_session *session);

#endif /* GALE_TOOL_WAST_SESSION_H */
