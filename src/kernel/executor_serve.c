/* SPDX-License-Identifier: Apache-2.0 */
#include "executor_internal.h"

void gale_executor_serve(struct gale_executor *x)
{
    GALE_ASSERT(!gale_port_in_isr());
    if (gale__executor_may_block(x)) {
        (void)gale__executor_block(x);
    }
}
