/* SPDX-License-Identifier: Apache-2.0 */
/** Canonical ABI, Stream State, with the host at one end. */
#include "gale/component/host_end.h"

#include "runtime.h"

void gale__host_end_serve(struct gale_store *s, gale_id copy)
{
    (void)s;
    (void)copy;
}
void gale__host_end_closed(struct gale_store *s, gale_id copy)
{
    (void)s;
    (void)copy;
}
bool gale__host_end_serve_ready(struct gale_store *s)
{
    (void)s;
    return false;
}
