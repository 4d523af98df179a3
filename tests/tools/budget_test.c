/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes that `gale inspect` counts for an object are those that the runtime's static memory has. */
#include "budget.h"
#include "test.h"

#include "gale/component/store.h"

#include <string.h>

GALE_STORE_MEMORY_DEFINE(none, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 64);

/* Each differs from `base` by one object of a kind. */
GALE_STORE_MEMORY_DEFINE(base, 1, 2, 2, 2, 2, 2, 2, 2, 2, 1, 64, 64);
GALE_STORE_MEMORY_DEFINE(more_instances, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 64, 64);
GALE_STORE_MEMORY_DEFINE(more_handles, 1, 3, 2, 2, 2, 2, 2, 2, 2, 1, 64, 64);
GALE_STORE_MEMORY_DEFINE(more_threads, 1, 2, 3, 2, 2, 2, 2, 2, 2, 1, 64, 64);
GALE_STORE_MEMORY_DEFINE(more_tasks, 1, 2, 2, 3, 2, 2, 2, 2, 2, 1, 64, 64);
GALE_STORE_MEMORY_DEFINE(more_subtasks, 1, 2, 2, 2, 3, 2, 2, 2, 2, 1, 64, 64);
GALE_STORE_MEMORY_DEFINE(more_streams, 1, 2, 2, 2, 2, 3, 2, 2, 2, 1, 64, 64);
GALE_STORE_MEMORY_DEFINE(more_sets, 1, 2, 2, 2, 2, 2, 3, 2, 2, 1, 64, 64);
GALE_STORE_MEMORY_DEFINE(more_lends, 1, 2, 2, 2, 2, 2, 2, 3, 2, 1, 64, 64);

#define BYTES(name)                                                                                  \
    ((void)&name##_memory, sizeof name##_instances + sizeof name##_threads + sizeof name##_tasks +   \
                               sizeof name##_subtasks + sizeof name##_copies + sizeof name##_sets +  \
                               sizeof name##_lends + sizeof name##_handles + sizeof name##_indices + \
                               sizeof name##_index_live + sizeof name##_links)

/** A small target has pointers of 4 bytes and ids of 2: right within an eighth. Elsewhere objects are larger. */
static void check_bytes(uint32_t counted, size_t real)
{
    if (sizeof(void *) == 4 && sizeof(gale_id) == 2) {
        CHECK_EQ(counted > real ? (counted - real) / (real / 8 + 1) : (real - counted) / (real / 8 + 1), 0);
    } else {
        CHECK(counted < real);
    }
}

static uint32_t counted(const char *name)
{
    for (unsigned i = 0; i < BUDGET_KIND_COUNT; i++) {
        if (strcmp(budget_kinds[i].name, name) == 0) {
            return budget_kinds[i].bytes;
        }
    }
    return 0;
}

TEST(budget, an_object_costs_what_the_store_takes_for_one_more)
{
    size_t base = BYTES(base);
    check_bytes(counted("HANDLES"), BYTES(more_handles) - base);
    check_bytes(counted("THREADS"), BYTES(more_threads) - base);
    check_bytes(counted("TASKS"), BYTES(more_tasks) - base);
    check_bytes(counted("SUBTASKS"), BYTES(more_subtasks) - base);
    check_bytes(counted("STREAMS"), BYTES(more_streams) - base);
    check_bytes(counted("SETS"), BYTES(more_sets) - base);
    check_bytes(counted("LENDS"), BYTES(more_lends) - base);
    check_bytes(BUDGET_STORE_BYTES, BYTES(none) + sizeof(struct gale_store));
    check_bytes(BUDGET_INSTANCE_BYTES, BYTES(more_instances) - base + sizeof(struct gale_instance));
}

TEST(budget, every_kind_has_a_default_for_host_and_small_target)
{
    for (unsigned i = 0; i < BUDGET_KIND_COUNT; i++) {
        CHECK(budget_kinds[i].host >= budget_kinds[i].small);
        CHECK(budget_kinds[i].small > 0);
    }
}
