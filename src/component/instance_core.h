/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The gate and the exclusive lock of an instance: what decides who may start. Library-internal.
 *
 * Source: Canonical ABI, Component Instances. Properties: TK04, TK05.
 */
#ifndef SRC_COMPONENT_INSTANCE_CORE_H
#define SRC_COMPONENT_INSTANCE_CORE_H

#include "gale/component/instance.h"

#ifdef __FRAMAC__
#include "component/instance.acsl"
#endif

/** True when a task that needs the lock (`locked`) or does not must wait to start. */
/*@ requires own: \valid_read(i);
    assigns  \nothing;
    ensures  tk05: \result <==> instance_closed(i, locked);
    ensures  tk04: locked && i->exclusive != GALE_ID_NONE ==> \result;
*/
inline bool gale__instance_is_closed(const struct gale_instance *i, bool locked)
{
    return i->backpressure > 0 || (locked && i->exclusive != GALE_ID_NONE);
}

/** The thread takes the lock, which nobody holds. */
/*@ requires own:  \valid(i);
    requires free: i->exclusive == GALE_ID_NONE;
    assigns  i->exclusive;
    ensures  tk04: i->exclusive == thread;
*/
inline void gale__instance_lock(struct gale_instance *i, gale_id thread)
{
    GALE_ASSERT(i->exclusive == GALE_ID_NONE);
    i->exclusive = thread;
}

#endif /* SRC_COMPONENT_INSTANCE_CORE_H */
