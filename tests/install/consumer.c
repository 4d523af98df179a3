/* SPDX-License-Identifier: Apache-2.0 */
/** A program of somebody else, built against the installed package: status texts and a ticking port. */
#include <stdio.h>
#include <string.h>

#include "gale/base.h"
#include "gale/port.h"

int main(void)
{
    gale_tick before = gale_port_now();

    if (strcmp(gale_status_name(GALE_EBUSY), "GALE_EBUSY") != 0 || gale_port_now() < before) {
        return 1;
    }
    printf("%s: %s\n", gale_status_name(GALE_OK), gale_status_text(GALE_OK));
    return 0;
}
