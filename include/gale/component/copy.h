/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The rendezvous that streams and futures share: one side waits with a buffer, the other moves elements into or out of it.
 *
 * No element is ever stored in between. Source: Canonical ABI, Stream State; Future State. Properties: ST01..ST07, FU01, FU02.
 */
#ifndef GALE_COMPONENT_COPY_H
#define GALE_COMPONENT_COPY_H

#include "gale/component/value.h"

#ifdef __cplusplus
extern "C" {
#endif

/** State of one end. */
enum gale_copy_state { GALE_COPY_IDLE, GALE_COPY_BUSY, GALE_COPY_DONE };

/** How a copy ended; low four bits of what a guest gets. */
enum gale_copy_result { GALE_COPY_COMPLETED, GALE_COPY_DROPPED, GALE_COPY_CANCELLED };

#define GALE_COPY_LENGTH_MAX 0x0fffffffu /**< Most elements of one copy. */

#define GALE_COPY_IS_FUTURE 1u     /**< Flag: a future. */
#define GALE_COPY_IS_DROPPED 2u    /**< Flag: one end is gone. */
#define GALE_COPY_HOST_READS 4u    /**< Flag: the readable end is the host's. */
#define GALE_COPY_HOST_WRITES 8u   /**< Flag: the writable end is the host's. */
#define GALE_COPY_PENDING_READ 16u /**< Flag: the pending side is the reader. */

/** What both ends of a stream or future share. Fields are private. */
struct gale_copy {
    const struct gale_value_type *type;       /**< NULL: no elements. */
    const struct gale_value_options *options; /**< Of the pending side. */
    uint32_t ptr;                             /**< Of the pending side: where its next element goes or lies. */
    uint32_t length;                          /**< Elements that the pending side offered. */
    uint32_t progress;                        /**< Elements of those that have been moved. */
    gale_id handle;   /**< Index of the pending end, GALE_ID_NONE if none is pending. Free: next free object. */
    gale_id instance; /**< Whose it is. */
    gale_id owner;    /**< The instance whose budget it counts in, or the host end that holds one end. */
    uint8_t flags;    /**< GALE_COPY_*. */
    uint8_t ends;     /**< Ends alive, 0..2. */
};

#ifdef __cplusplus
}
#endif

#endif /* GALE_COMPONENT_COPY_H */
