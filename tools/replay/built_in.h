/* SPDX-License-Identifier: Apache-2.0 */
/* What the host's operations do. */
#ifndef REPLAY_BUILT_IN_H
#define REPLAY_BUILT_IN_H

#include "replay.h"

bool replay_host_tick(const struct operation *op);
bool replay_host_call(const struct operation *op);
bool replay_host_cancel(const struct operation *op);

#endif /* REPLAY_BUILT_IN_H */
