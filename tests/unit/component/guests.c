/* SPDX-License-Identifier: Apache-2.0 */
#include "guests.h"

GALE_STORE_MEMORY_DEFINE(test, GUESTS, 96, 12, 24, 24, 24, 12, 12, 4, 12, 65536, 131072);

struct gale_store store;
struct guest guests[GUESTS];
uint8_t guest_pages[GUESTS][GUEST_PAGE];
struct gale_func guest_funcs[GUESTS][GUEST_KINDS];
struct gale_host_task guest_task;
union gale_flat guest_result[1];

const struct gale_value_type type_u32 = {4, 4, GALE_VALUE_NUMBER, NULL};
const struct gale_value_type type_char = {4, 4, 0, NULL};
const int result_u32 = 0;

static void core(void *guest, const union gale_flat *params, union gale_flat *results)
{
    struct guest *g = guest;

    g->core(g, params, results);
}

static uint32_t callback(void *guest, uint32_t event, uint32_t p1, uint32_t p2)
{
    struct guest *g = guest;

    return g->callback(g, event, p1, p2);
}

static uint32_t guest_realloc(struct gale_instance *instance, uint32_t old, uint32_t old_size, uint32_t align,
                              uint32_t new_size)
{
    struct guest *g = (struct guest *)instance;
    const uint32_t at = (g->heap + align - 1u) & ~(align - 1u);

    (void)old;
    (void)old_size;
    g->heap = at + new_size;
    return at;
}

static const uint8_t kind_flags[GUEST_KINDS] = {
    0,
    GALE_FUNC_STACK,
    GALE_FUNC_ASYNC_TYPE | GALE_FUNC_STACK,
    GALE_FUNC_ASYNC_TYPE | GALE_FUNC_ASYNC | GALE_FUNC_CALLBACK,
    GALE_FUNC_ASYNC_TYPE | GALE_FUNC_ASYNC | GALE_FUNC_CALLBACK | GALE_FUNC_STACK,
    GALE_FUNC_ASYNC_TYPE | GALE_FUNC_ASYNC | GALE_FUNC_STACK,
};

static void guest_reset(unsigned n)
{
    static const struct gale_instance_budget budget = {32, 12, 8, 8, 8, 4, 4};
    struct guest *g = &guests[n];

    memset(g, 0, sizeof *g);
    memset(guest_pages[n], 0, GUEST_PAGE);
    g->memory = (struct gale_memory){guest_pages[n], GUEST_PAGE, 1, 1};
    g->options = (struct gale_value_options){&g->memory, guest_realloc, GALE_ENCODING_UTF8};
    g->heap = 32768;
    CHECK_EQ(gale_instance_init(&g->instance, &store, NULL, &budget, g), GALE_OK);
    for (unsigned k = 0; k < GUEST_KINDS; k++) {
        const bool has_callback = (kind_flags[k] & GALE_FUNC_CALLBACK) != 0;

        guest_funcs[n][k] = (struct gale_func){
            &g->instance, &g->options, kind_flags[k], &result_u32, core, has_callback ? callback : NULL, NULL};
    }
}

void guests_reset(void)
{
    CHECK_EQ(gale_store_init(&store, &test_memory), GALE_OK);
    for (unsigned n = 0; n < GUESTS; n++) {
        guest_reset(n);
    }
    memset(&guest_task, 0, sizeof guest_task);
    guest_result[0].i32 = 0xdeadu;
}

struct gale_copy_options guest_copy(unsigned g, const struct gale_value_type *type, bool async)
{
    return (struct gale_copy_options){type, &guests[g].options, async};
}

static void move_params(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *params)
{
    (void)t;
    params[0].i32 = args[0].i32;
}

/* A u32: as a flat of a sync lower, or through the pointer that an async one passes. */
static void move_results(const struct gale_transfer *t, const union gale_flat *from, const union gale_flat *args,
                         union gale_flat *to)
{
    if (to != NULL) {
        to[0].i32 = from[0].i32;
    } else {
        memcpy(gale_value_at(&t->to, args[1].i32, 4, 4), &from[0].i32, 4);
    }
}

struct gale_binding guest_binding(unsigned caller, unsigned callee, enum guest_kind kind, bool async)
{
    return (struct gale_binding){&guest_funcs[callee][kind],
                                 NULL,
                                 caller < GUESTS ? &guests[caller].options : NULL,
                                 async ? GALE_LOWER_ASYNC : 0,
                                 async ? 2 : 1,
                                 move_params,
                                 move_results};
}

int guest_invoke(unsigned callee, enum guest_kind kind, uint32_t arg)
{
    static struct gale_binding bindings[GUESTS][GUEST_KINDS];
    static union gale_flat args[1];

    bindings[callee][kind] = guest_binding(GUESTS, callee, kind, false);
    args[0].i32 = arg;
    return gale_store_invoke(&store, &bindings[callee][kind], args, guest_result, &guest_task);
}

static void run_body(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)params;
    g->body(g);
    results[0].i32 = 0;
}

int guest_run(unsigned n, void (*body)(struct guest *g))
{
    guests[n].core = run_body;
    guests[n].body = body;
    return guest_invoke(n, GUEST_ASYNC_SYNC, 0);
}

static void run_async_body(struct guest *g, const union gale_flat *params, union gale_flat *results)
{
    (void)params;
    (void)results;
    g->body(g);
}

uint32_t guest_call(struct guest *g, unsigned n, void (*body)(struct guest *g))
{
    static struct gale_binding bindings[GUESTS];
    const union gale_flat args[2] = {{0}, {1024}};

    bindings[n] = guest_binding((unsigned)(g - guests), n, GUEST_STACKFUL, true);
    guests[n].core = run_async_body;
    guests[n].body = body;
    return gale_canon_lower(&g->instance, &bindings[n], args, NULL);
}

/* ---- calls by number ----------------------------------------------------------------------------------------- */

struct gale_host_task guest_tasks[GUEST_CALLS];
struct gale_func guest_call_funcs[GUEST_CALLS];
static guest_core cores[GUEST_CALLS];
static struct gale_binding call_bindings[GUEST_CALLS];
static union gale_flat call_results[GUEST_CALLS];

static void call_core(void *guest, const union gale_flat *params, union gale_flat *results)
{
    results[0].i32 = cores[params[0].i32](guest);
}

static const struct gale_binding *call_prepare(unsigned k, unsigned caller, unsigned n, enum guest_kind kind,
                                               bool async)
{
    call_bindings[k] = guest_binding(caller, n, kind, async);
    call_bindings[k].callee = &guest_call_funcs[k];
    guest_call_funcs[k] = guest_funcs[n][kind];
    guest_call_funcs[k].core = call_core;
    return &call_bindings[k];
}

int guest_start(unsigned k, unsigned n, enum guest_kind kind, guest_core core_code, guest_callback code)
{
    static union gale_flat args[GUEST_CALLS];
    const struct gale_binding *b = call_prepare(k, GUESTS, n, kind, false);

    cores[k] = core_code;
    guest_call_funcs[k].callback = code;
    args[k].i32 = k;
    memset(&guest_tasks[k], 0, sizeof guest_tasks[k]);
    return gale_store_invoke(&store, b, &args[k], &call_results[k], &guest_tasks[k]);
}

uint32_t guest_lower(struct guest *g, unsigned k, unsigned n, enum guest_kind kind, bool async, guest_core core_code,
                     guest_callback code)
{
    const union gale_flat args[2] = {{k}, {GUEST_CALL_PTR(k)}};
    const struct gale_binding *b = call_prepare(k, (unsigned)(g - guests), n, kind, async);

    cores[k] = core_code;
    guest_call_funcs[k].callback = code;
    return gale_canon_lower(&g->instance, b, args, async ? NULL : &call_results[k]);
}

int guest_do(unsigned n, guest_core core_code)
{
    return guest_start(GUEST_CALLS - 1u, n, GUEST_SYNC, core_code, NULL);
}

uint32_t guest_listen(struct guest *g, unsigned slot)
{
    static struct gale_copy_options words[GUESTS];
    struct gale_copy_options *o = &words[g - guests];
    uint32_t *note = &g->note[3u * slot];
    uint64_t both;

    *o = guest_copy((unsigned)(g - guests), &type_u32, true);
    both = gale_canon_stream_new(&g->instance, o);
    note[0] = (uint32_t)both;
    note[1] = (uint32_t)(both >> 32);
    note[2] = gale_canon_waitable_set_new(&g->instance);
    CHECK_EQ(gale_canon_stream_read(&g->instance, o, note[0], 256, 1), GALE_CANON_BLOCKED);
    gale_canon_waitable_join(&g->instance, note[0], note[2]);
    return note[2];
}

void guest_poke(struct guest *g, unsigned slot)
{
    const struct gale_copy_options o = guest_copy((unsigned)(g - guests), &type_u32, true);

    CHECK_EQ(gale_canon_stream_write(&g->instance, &o, g->note[3u * slot + 1u], 260, 1), 1u << 4);
}

uint32_t guest_poke_0(struct guest *g)
{
    guest_poke(g, 0);
    return 0;
}

uint32_t guest_poke_1(struct guest *g)
{
    guest_poke(g, 1);
    return 0;
}

uint32_t guest_close_gate(struct guest *g)
{
    gale_canon_backpressure_inc(&g->instance);
    return 0;
}

uint32_t guest_open_gate(struct guest *g)
{
    gale_canon_backpressure_dec(&g->instance);
    return 0;
}

void guest_log(struct guest *g, uint32_t value)
{
    if (g->logged < sizeof g->log / sizeof g->log[0]) {
        g->log[g->logged++] = value;
    }
}

void guest_check_log(const struct guest *g, const uint32_t *expected, unsigned count)
{
    CHECK_EQ(g->logged, count);
    for (unsigned k = 0; k < count; k++) {
        CHECK_EQ(g->log[k], expected[k]);
    }
    CHECK(gale_store_is_valid(&store));
}

uint32_t guest_word(const struct guest *g, uint32_t ptr)
{
    uint32_t value;

    memcpy(&value, g->memory.data + ptr, sizeof value);
    return value;
}

void guest_set_word(struct guest *g, uint32_t ptr, uint32_t value)
{
    memcpy(g->memory.data + ptr, &value, sizeof value);
}

void guest_return(struct guest *g, uint32_t value)
{
    const union gale_flat args[1] = {{value}};

    gale_canon_task_return(&g->instance, &result_u32, &g->options, args);
}
