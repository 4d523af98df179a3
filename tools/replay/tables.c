/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables that generated code would hold: types, functions, bindings. Their functions get no argument that says which
 * entry they belong to, so each entry has a function of its own that knows its number.
 */
#include <string.h>

#include "replay.h"

#define EACH_OF_8(M, n) M(n##0) M(n##1) M(n##2) M(n##3) M(n##4) M(n##5) M(n##6) M(n##7)
#define EACH_OF_32(M) EACH_OF_8(M, 00) EACH_OF_8(M, 01) EACH_OF_8(M, 02) EACH_OF_8(M, 03)
#define EACH_OF_64(M) EACH_OF_32(M) EACH_OF_8(M, 04) EACH_OF_8(M, 05) EACH_OF_8(M, 06) EACH_OF_8(M, 07)

uint64_t replay_flat_read(uint8_t kind, const union gale_flat *flat)
{
    return replay.kinds[kind].class == KIND_U64 ? flat->i64 : flat->i32;
}

void replay_flat_write(uint8_t kind, union gale_flat *flat, uint64_t value)
{
    if (replay.kinds[kind].class == KIND_U64) {
        flat->i64 = value;
    } else {
        flat->i64 = 0;
        flat->i32 = (uint32_t)value;
    }
}

/* The identity of the result type of a function that returns nothing. */
static const char replay_no_result;

const void *replay_result_type(uint8_t kind)
{
    return kind == NO_KIND ? (const void *)&replay_no_result : &replay.kinds[kind].type;
}

static const struct gale_value_type *element_type(uint8_t kind)
{
    return kind == NO_KIND ? NULL : &replay.kinds[kind].type;
}

static uint64_t move_value(const struct gale_transfer *t, uint8_t kind, uint64_t value)
{
    const struct kind *k = &replay.kinds[kind];
    uint32_t handle = (uint32_t)value;

    switch ((enum kind_class)k->class) {
    case KIND_U8:
        return value & 0xff;
    case KIND_OWN:
        return gale_value_move_own(t, k->of, handle);
    case KIND_BORROW:
        return gale_value_move_borrow(t, k->of, handle);
    case KIND_STREAM:
        return gale_value_move_stream(t, element_type(k->of), handle);
    case KIND_FUTURE:
        return gale_value_move_future(t, element_type(k->of), handle);
    case KIND_U32:
    case KIND_U64:
        break;
    }
    return value;
}

/* Elements that are handles: four bytes each. */
static void move_elements(uint8_t kind, const struct gale_transfer *t, uint32_t src, uint32_t dst, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t handle;

        memcpy(&handle, gale_value_at(&t->from, src + 4 * i, 4, 4), 4);
        handle = (uint32_t)move_value(t, kind, handle);
        memcpy(gale_value_at(&t->to, dst + 4 * i, 4, 4), &handle, 4);
    }
}

static uint64_t load(const struct gale_value_side *side, uint32_t ptr, uint8_t kind)
{
    uint8_t size = replay.kinds[kind].size;
    uint64_t value = 0;

    memcpy(&value, gale_value_at(side, ptr, size, size), size);
    return value;
}

static uint32_t align_up(uint32_t offset, uint32_t align)
{
    return (offset + align - 1) / align * align;
}

/* Parameters as a tuple in memory: its size and alignment; `offsets` may be NULL. */
static uint32_t tuple_layout(const struct function *f, uint32_t *offsets, uint32_t *align)
{
    uint32_t size = 0;

    *align = 1;
    for (uint8_t i = 0; i < f->param_count; i++) {
        uint32_t one = replay.kinds[f->params[i]].size;

        size = align_up(size, one);
        offsets[i] = size;
        size += one;
        *align = one > *align ? one : *align;
    }
    return align_up(size, *align);
}

static bool is_spilled(const struct binding *b, const struct function *f)
{
    return b->caller >= 0 && b->is_async && f->param_count > MAX_ASYNC_PARAMS;
}

static void move_params(const struct binding *b, const struct gale_transfer *t, const union gale_flat *args,
                        union gale_flat *params)
{
    const struct function *f = &replay.functions[b->function];
    uint32_t offsets[MAX_PARAMS], align;
    uint32_t size = tuple_layout(f, offsets, &align);

    if (is_spilled(b, f)) {
        (void)gale_value_at(&t->from, args[0].i32, size, align);
    }
    for (uint8_t i = 0; i < f->param_count; i++) {
        uint64_t value = is_spilled(b, f) ? load(&t->from, args[0].i32 + offsets[i], f->params[i])
                                          : replay_flat_read(f->params[i], &args[i]);

        replay_flat_write(f->params[i], &params[i], move_value(t, f->params[i], value));
    }
}

static void move_results(const struct binding *b, const struct gale_transfer *t, const union gale_flat *from,
                         const union gale_flat *args, union gale_flat *to)
{
    uint8_t kind = replay.functions[b->function].result;
    uint8_t size = replay.kinds[kind].size;
    uint64_t value = replay_flat_read(kind, from);

    if (b->caller < 0 || !b->is_async) {
        replay_flat_write(kind, to, move_value(t, kind, value));
    } else {
        uint32_t ptr = args[b->binding.args - 1].i32;

        (void)gale_value_at(&t->to, ptr, size, size);
        value = move_value(t, kind, value);
        memcpy(gale_value_at(&t->to, ptr, size, size), &value, size);
    }
}

/* The numbers are octal. */
#define MOVE(n)                                                                                     \
    static void move_##n(const struct gale_transfer *t, uint32_t src, uint32_t dst, uint32_t count) \
    {                                                                                               \
        move_elements(n, t, src, dst, count);                                                       \
    }
#define FUNCTION(n)                                                                            \
    static void core_##n(void *guest, const union gale_flat *params, union gale_flat *results) \
    {                                                                                          \
        (void)guest;                                                                           \
        replay_run_core(&replay.functions[n], params, results);                                \
    }                                                                                          \
    static uint32_t callback_##n(void *guest, uint32_t event, uint32_t p1, uint32_t p2)        \
    {                                                                                          \
        (void)guest;                                                                           \
        return replay_run_callback(&replay.functions[n], event, p1, p2);                       \
    }                                                                                          \
    static void post_##n(void *guest, const union gale_flat *results)                          \
    {                                                                                          \
        (void)guest;                                                                           \
        replay_run_post(&replay.functions[n], results);                                        \
    }
#define BINDING(n)                                                                                                   \
    static void params_##n(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *params)      \
    {                                                                                                                \
        move_params(&replay.bindings[n], t, args, params);                                                           \
    }                                                                                                                \
    static void results_##n(const struct gale_transfer *t, const union gale_flat *from, const union gale_flat *args, \
                            union gale_flat *to)                                                                     \
    {                                                                                                                \
        move_results(&replay.bindings[n], t, from, args, to);                                                        \
    }
#define DTOR(n)                                                                                \
    static void dtor_##n(void *guest, const union gale_flat *params, union gale_flat *results) \
    {                                                                                          \
        (void)guest;                                                                           \
        (void)results;                                                                         \
        replay_run_dtor(&replay.resources[n], params[0].i32);                                  \
    }

EACH_OF_32(MOVE)
EACH_OF_32(FUNCTION)
EACH_OF_64(BINDING)
EACH_OF_8(DTOR, 00)

#define NAME_MOVE(n) move_##n,
#define NAME_CORE(n) core_##n,
#define NAME_CALLBACK(n) callback_##n,
#define NAME_POST(n) post_##n,
#define NAME_PARAMS(n) params_##n,
#define NAME_RESULTS(n) results_##n,
#define NAME_DTOR(n) dtor_##n,

static void (*const moves[MAX_KINDS])(const struct gale_transfer *, uint32_t, uint32_t,
                                      uint32_t) = {EACH_OF_32(NAME_MOVE)};
static void (*const cores[MAX_FUNCTIONS])(void *, const union gale_flat *, union gale_flat *) = {EACH_OF_32(NAME_CORE)};
static uint32_t (*const callbacks[MAX_FUNCTIONS])(void *, uint32_t, uint32_t, uint32_t) = {EACH_OF_32(NAME_CALLBACK)};
static void (*const posts[MAX_FUNCTIONS])(void *, const union gale_flat *) = {EACH_OF_32(NAME_POST)};
static void (*const params_of[MAX_BINDINGS])(const struct gale_transfer *, const union gale_flat *,
                                             union gale_flat *) = {EACH_OF_64(NAME_PARAMS)};
static void (*const results_of[MAX_BINDINGS])(const struct gale_transfer *, const union gale_flat *,
                                              const union gale_flat *, union gale_flat *) = {EACH_OF_64(NAME_RESULTS)};
static void (*const dtors[MAX_RESOURCES])(void *, const union gale_flat *,
                                          union gale_flat *) = {EACH_OF_8(NAME_DTOR, 00)};

static void link_kind(int n)
{
    struct kind *k = &replay.kinds[n];
    bool is_number = k->class <= KIND_U64;

    k->type.size = k->size;
    k->type.align = k->size;
    k->type.flags = is_number ? GALE_VALUE_NUMBER : 0;
    k->type.move = is_number ? NULL : moves[n];
}

static void link_function(int n)
{
    static const uint8_t flags[] = {
        [LIFT_SYNC] = 0,
        [LIFT_ASYNC_SYNC] = GALE_FUNC_ASYNC_TYPE,
        [LIFT_ASYNC_CALLBACK] = GALE_FUNC_ASYNC_TYPE | GALE_FUNC_ASYNC | GALE_FUNC_CALLBACK,
        [LIFT_ASYNC_STACKFUL] = GALE_FUNC_ASYNC_TYPE | GALE_FUNC_ASYNC,
    };
    struct function *f = &replay.functions[n];

    f->func.instance = &replay.guests[f->home].instance;
    f->func.options = &replay.guests[f->home].utf8;
    f->func.flags = (uint8_t)(flags[f->lift] | (f->no_stack ? 0 : GALE_FUNC_STACK));
    f->func.result_type = replay_result_type(f->result);
    f->func.core = cores[n];
    f->func.callback = f->lift == LIFT_ASYNC_CALLBACK ? callbacks[n] : NULL;
    f->func.post_return = f->has_post ? posts[n] : NULL;
}

static void link_binding(int n)
{
    struct binding *b = &replay.bindings[n];
    const struct function *f = &replay.functions[b->function];

    b->binding.callee = &f->func;
    b->binding.host = NULL;
    b->binding.options = b->caller >= 0 ? &replay.guests[b->caller].utf8 : NULL;
    b->binding.flags = b->is_async ? GALE_LOWER_ASYNC : 0;
    b->binding.args = (uint8_t)replay_flat_count(b);
    b->binding.params = f->param_count > 0 ? params_of[n] : NULL;
    b->binding.results = f->result != NO_KIND ? results_of[n] : NULL;
}

static void link_resource(int n)
{
    struct resource *r = &replay.resources[n];

    r->dtor.instance = &replay.guests[r->home].instance;
    r->dtor.options = &replay.guests[r->home].utf8;
    r->dtor.flags = GALE_FUNC_STACK;
    r->dtor.result_type = replay_result_type(NO_KIND);
    r->dtor.core = dtors[n];
    r->type.instance = r->dtor.instance;
    r->type.dtor = r->has_dtor ? &r->dtor : NULL;
    replay.resource_types[n] = &r->type;
}

void replay_tables_link(void)
{
    for (int i = 0; i < replay.kind_count; i++) {
        link_kind(i);
    }
    for (int i = 0; i < replay.function_count; i++) {
        link_function(i);
    }
    for (int i = 0; i < replay.binding_count; i++) {
        link_binding(i);
    }
    for (int i = 0; i < replay.resource_count; i++) {
        link_resource(i);
    }
}
