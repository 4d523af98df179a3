/* SPDX-License-Identifier: Apache-2.0 */
#include "plan_support.h"

#include <string.h>

static struct diag plan_diag;
static struct arena plan_arena = {.diag = &plan_diag, .limit = (size_t)64 << 20};
static const struct plan *plan_result;

const struct plan *plan_of_bytes(const uint8_t *bytes, uint32_t size)
{
    plan_forget();
    if (setjmp(plan_diag.escape) == 0) {
        const struct component *component = component_decode(&plan_arena, &plan_diag, bytes, size);
        plan_result = plan_link(&plan_arena, component, bytes, size);
    }
    return plan_result;
}

const struct plan *plan_of(const char *text)
{
    static uint8_t bytes[ASSEMBLE_MAX];
    return plan_of_bytes(bytes, assemble(text, bytes));
}

const struct diag *plan_refusal(void)
{
    return &plan_diag;
}

void plan_forget(void)
{
    arena_close(&plan_arena);
    memset(&plan_diag, 0, sizeof plan_diag);
    plan_result = NULL;
}
