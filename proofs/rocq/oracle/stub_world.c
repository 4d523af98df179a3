/* SPDX-License-Identifier: Apache-2.0 */
/** @file The store of the component models: instances, and deeds that run in them. */
#include <string.h>

#include "stub_world.h"

#include "gale/component/trap.h"

#define WORLD_STARTS 16u

GALE_STORE_MEMORY_DEFINE(world_store, WORLD_INSTANCES, 96, 8, 48, 40, 24, 24, 4, 0, 16, 16384, 32768);

struct gale_store world;
struct world_guest world_guests[WORLD_INSTANCES];
struct gale_memory world_scratch;
uint32_t world_argument;

static uint8_t pages[WORLD_INSTANCES][WORLD_BYTES];
static uint8_t scratch[16];

enum world_kind { WORLD_PLAIN, WORLD_STACKFUL, WORLD_KINDS };
static struct gale_func funcs[WORLD_INSTANCES][WORLD_KINDS];
static struct gale_binding bindings[WORLD_INSTANCES][WORLD_KINDS];
static struct gale_host_task run_task;
static struct gale_host_task start_tasks[WORLD_STARTS];
static world_deed deed_now;
static bool ran; /* The last deed has begun. */

static void plain_core(void *guest, const union gale_flat *params, union gale_flat *results)
{
    struct world_guest *g = guest;

    (void)results;
    ran = true;
    world_argument = params[0].i32;
    deed_now(&g->instance);
}

static void stackful_core(void *guest, const union gale_flat *params, union gale_flat *results)
{
    struct world_guest *g = guest;

    plain_core(guest, params, results);
    gale_canon_task_return(&g->instance, NULL, NULL, NULL);
}

void world_begin(void)
{
    static const struct gale_instance_budget budget = {32, 18, 16, 13, 8, 8, 1};
    static const uint8_t flags[WORLD_KINDS] = {0, GALE_FUNC_ASYNC_TYPE | GALE_FUNC_ASYNC | GALE_FUNC_STACK};

    memset(pages, 0, sizeof pages);
    memset(&run_task, 0, sizeof run_task);
    memset(start_tasks, 0, sizeof start_tasks);
    world_scratch = (struct gale_memory){scratch, sizeof scratch, 1, 1};
    stub_check(gale_store_init(&world, &world_store_memory) == GALE_OK);
    for (unsigned i = 0; i < WORLD_INSTANCES; i++) {
        struct world_guest *g = &world_guests[i];

        memset(g, 0, sizeof *g);
        g->memory = (struct gale_memory){pages[i], WORLD_BYTES, 1, 1};
        g->options = (struct gale_value_options){&g->memory, NULL, GALE_ENCODING_UTF8};
        stub_check(gale_instance_init(&g->instance, &world, NULL, &budget, g) == GALE_OK);
        for (unsigned k = 0; k < WORLD_KINDS; k++) {
            funcs[i][k] = (struct gale_func){
                &g->instance, NULL, flags[k], NULL, k == WORLD_PLAIN ? plain_core : stackful_core, NULL, NULL};
            bindings[i][k] = (struct gale_binding){&funcs[i][k], NULL, NULL, 0, 0, NULL, NULL};
        }
    }
}

bool world_run(unsigned i, world_deed deed)
{
    ran = false;
    deed_now = deed;
    return gale_store_invoke(&world, &bindings[i][WORLD_PLAIN], NULL, NULL, &run_task) == GALE_OK;
}

bool world_start(unsigned i, world_deed deed)
{
    unsigned n = 0;

    while (n < WORLD_STARTS - 1u && start_tasks[n].arg != NULL && !start_tasks[n].resolved) {
        n++;
    }
    start_tasks[n].arg = &world; /* in use from now on */
    ran = false;
    deed_now = deed;
    return gale_store_invoke(&world, &bindings[i][WORLD_STACKFUL], NULL, NULL, &start_tasks[n]) == GALE_OK;
}

void world_call_with(struct gale_instance *from, unsigned to, world_deed deed, uint32_t argument,
                     void (*params)(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *to))
{
    const struct gale_binding b = {&funcs[to][WORLD_PLAIN], NULL, NULL, 0, params != NULL, params, NULL};
    const union gale_flat args[1] = {{argument}};

    deed_now = deed;
    (void)gale_canon_lower(from, &b, args, NULL);
}

void world_call(struct gale_instance *from, unsigned to, world_deed deed)
{
    world_call_with(from, to, deed, 0, NULL);
}

long world_outcome(bool fine, long otherwise)
{
    if (fine) {
        return otherwise;
    }
    stub_check(gale_store_trap(&world)->code != GALE_TRAP_BUDGET && gale_store_trap(&world)->code != GALE_TRAP_DEPTH);
    return ran ? WORLD_TRAPPED : WORLD_REFUSED;
}

bool world_event(struct gale_instance *i, uint32_t w, uint32_t *code, uint32_t *payload)
{
    const uint32_t set = gale_canon_waitable_set_new(i);
    uint32_t words[2];

    gale_canon_waitable_join(i, w, set);
    *code = gale_canon_waitable_set_poll(i, &world_scratch, false, set, 0);
    memcpy(words, scratch, sizeof words);
    *payload = words[1];
    stub_check(*code == GALE_CANON_EVENT_NONE || words[0] == w);
    gale_canon_waitable_join(i, w, 0);
    gale_canon_waitable_set_drop(i, set);
    return *code != GALE_CANON_EVENT_NONE;
}

void world_says(void)
{
    for (unsigned i = 0; i < WORLD_INSTANCES; i++) {
        long sum = 0;

        for (unsigned a = 0; a < WORLD_BYTES; a++) {
            sum = (sum * 31 + pages[i][a]) & 0x3fffffff;
        }
        stub_say(world_guests[i].instance.poisoned);
        stub_say(sum);
    }
    stub_check(gale_store_is_valid(&world));
}
