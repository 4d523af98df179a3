/* SPDX-License-Identifier: Apache-2.0 */
#include "lower_support.h"

#include <string.h>

#include "diag.h"

static const struct lower_options lower_support_options = {.component = "folder/sample.wasm"};

static const struct lower_options lower_support_isolated = {.component = "folder/sample.wasm", .target = "cortex-m3"};

static bool lower_with(struct lowered *lowered, const struct plan *plan, const struct lower_options *options)
{
    *lowered = (struct lowered){.lower = {.arena = plan->arena, .plan = plan, .options = options}};
    if (setjmp(plan->arena->diag->escape) != 0) {
        return false;
    }
    lower_isolate_check(&lowered->lower);
    lower_collect(&lowered->lower);
    lower_texts(&lowered->lower, lowered->files);
    for (uint32_t i = 0; i < plan->modules.count; i++) {
        (void)lower_rewrite(&lowered->lower, &lowered->lower.modules[i]);
    }
    return true;
}

bool lower_of(struct lowered *lowered, const struct plan *plan)
{
    return lower_with(lowered, plan, &lower_support_options);
}

bool lower_isolated_of(struct lowered *lowered, const struct plan *plan)
{
    return lower_with(lowered, plan, &lower_support_isolated);
}

const char *lower_file_text(const struct lowered *lowered, const char *name)
{
    for (size_t i = 0; i < LOWER_FILES; i++) {
        if (strcmp(lowered->files[i].name, name) == 0) {
            return lowered->files[i].text.data;
        }
    }
    return "";
}
