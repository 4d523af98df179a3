/* SPDX-License-Identifier: Apache-2.0 */
#include "start.h"

/* A realloc runs on a thread that belongs to no task and names its instance. */
struct gale_instance *gale_guest_running_in(const struct gale_store *store)
{
    const struct gale_guest_thread *thread = &store->memory.threads[store->current];

    return thread->task == GALE_ID_NONE ? store->memory.instances[thread->object]
                                        : store->memory.tasks[thread->task].func->instance;
}

static int start_step(struct gale_store *store, const struct gale_guest_step *step)
{
    struct gale_host_task task = {0};

    if (step->instance != NULL) {
        return gale_instance_init(step->instance, store, step->parent, step->budget, NULL);
    }
    step->prepare();
    return gale_store_invoke(store, step->instantiate, NULL, NULL, &task);
}

int gale_guest_start(struct gale_store *store, const struct gale_guest_step *steps, uint32_t count)
{
    int status = GALE_OK;

    for (uint32_t i = 0; i < count && status == GALE_OK; i++) {
        status = start_step(store, &steps[i]);
    }
    return status;
}

/* wasm2c identifies a function type by a digest; this is the one of (func (param i32)). */
static const char start_thread_type[] = "\x89\x3a\x3d\x2c\x8f\x4d\x7f\x6d\x6c\x9d\x62\x67\x29\xaf\x3d\x44"
                                        "\x39\x8e\xc3\xf3\xe8\x51\xc1\x99\xb9\xdd\x9f\xd5\x3d\x1f\xd3\xe4";

/* Looks from where the function's address says for its place, or a free one: there always is one. */
static wasm_rt_funcref_t *start_keep(const struct gale_guest_entries *entries, const wasm_rt_funcref_t *function)
{
    uintptr_t hash = (uintptr_t)function->func >> 4 ^ (uintptr_t)function->module_instance >> 4;
    wasm_rt_funcref_t *kept = &entries->at[hash & (entries->count - 1)];

    while (kept->func != NULL && (kept->func != function->func || kept->module_instance != function->module_instance)) {
        hash++;
        kept = &entries->at[hash & (entries->count - 1)];
    }
    *kept = *function;
    return kept;
}

void *gale_guest_thread_entry(struct gale_instance *instance, const struct gale_guest_entries *entries,
                              const wasm_rt_funcref_table_t *table, uint32_t index)
{
    const wasm_rt_funcref_t *entry;

    if (!instance->may_leave) {
        gale_trap(instance, GALE_TRAP_CANNOT_LEAVE);
    }
    if (index >= table->size) {
        wasm_rt_trap(WASM_RT_TRAP_CALL_INDIRECT);
    }
    entry = &table->data[index];
    if (entry->func == NULL || memcmp(entry->func_type, start_thread_type, sizeof start_thread_type - 1) != 0) {
        wasm_rt_trap(WASM_RT_TRAP_CALL_INDIRECT);
    }
    return start_keep(entries, entry);
}

void gale_guest_thread_run(void *guest, void *entry, uint32_t context)
{
    const wasm_rt_funcref_t *function = entry;
    void (*run)(void *, uint32_t) = (void (*)(void *, uint32_t))function->func;

    (void)guest;
    run(function->module_instance, context);
}
