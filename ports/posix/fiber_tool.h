/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What a context switch tells AddressSanitizer and ThreadSanitizer; without them, nothing.
 *
 * A flow may be abandoned where it stands and its stack given to a new one: prepare() forgets what the tool knew.
 */
#ifndef PORTS_POSIX_FIBER_TOOL_H
#define PORTS_POSIX_FIBER_TOOL_H

#include "gale/port.h"

#if defined(__SANITIZE_ADDRESS__)
#define GALE__FIBER_ASAN 1
#elif defined(__SANITIZE_THREAD__)
#define GALE__FIBER_TSAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GALE__FIBER_ASAN 1
#elif __has_feature(thread_sanitizer)
#define GALE__FIBER_TSAN 1
#endif
#endif

#if defined(GALE__FIBER_ASAN) || defined(GALE__FIBER_TSAN)
/** A new flow will begin on the stack of `context`. */
void gale__fiber_tool_prepare(struct gale_port_context *context);
#endif

#if defined(GALE__FIBER_ASAN)

/** The running flow, `from`, is about to switch to `to`. */
void gale__fiber_tool_leave(struct gale_port_context *from, struct gale_port_context *to);

/** A flow runs (again). */
void gale__fiber_tool_arrive(void);

#elif defined(GALE__FIBER_TSAN)

#include <sanitizer/tsan_interface.h>

/* In line, because the tool notes the end of a call on the flow that then runs. A switch orders all before it ahead of
   all after it, as an executor does. */
__attribute__((always_inline)) static inline void gale__fiber_tool_leave(struct gale_port_context *from,
                                                                         struct gale_port_context *to)
{
    from->tool = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(to->tool, 0);
}

static inline void gale__fiber_tool_arrive(void)
{
}

#else

static inline void gale__fiber_tool_prepare(struct gale_port_context *context)
{
    context->tool = NULL;
}

static inline void gale__fiber_tool_leave(struct gale_port_context *from, struct gale_port_context *to)
{
    (void)from;
    (void)to;
}

static inline void gale__fiber_tool_arrive(void)
{
}

#endif

#endif /* PORTS_POSIX_FIBER_TOOL_H */
