/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes are a component with a plan and a WIT text, or are refused. */
#include "lower_support.h"
#include "plan_support.h"
#include "text.h"
#include "wit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct plan *plan = size > UINT32_MAX ? NULL : plan_of_bytes(data, (uint32_t)size);
    if (plan != NULL) {
        struct text out = {.arena = plan->arena};
        static struct lowered lowered;
        wit_print(&out, plan);
        (void)lower_of(&lowered, plan);
    }
    plan_forget();
    return 0;
}
