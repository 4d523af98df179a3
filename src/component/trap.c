/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/component/trap.h"

const char *gale_trap_text(enum gale_trap code)
{
    static const char *const texts[] = {
#define TRAP_TEXT(name, text) text,
        GALE_TRAP_TABLE(TRAP_TEXT)
#undef TRAP_TEXT
    };

    return (unsigned)code < GALE_TRAP_COUNT ? texts[code] : "unknown trap";
}
