/* SPDX-License-Identifier: Apache-2.0 */
/* Guest code: whoever runs takes the script's next operation, until it returns. */
#include <string.h>

#include "replay.h"

static struct activation begin(enum activation_kind kind, struct guest *guest, const struct function *f)
{
    struct activation a = {.kind = kind, .guest = guest, .function = f};

    (void)snprintf(a.who, sizeof(a.who), "%s.t%u", guest->name, (unsigned)gale_canon_thread_index(&guest->instance));
    return a;
}

static void split(const char *text, char *first, char *second, size_t size)
{
    const char *space = strchr(text, ' ');
    size_t length = space == NULL ? strlen(text) : (size_t)(space - text);

    (void)snprintf(first, size, "%.*s", (int)length, text);
    (void)snprintf(second, size, "%s", space == NULL ? "" : space + 1);
}

/* exit, yield, wait SET, raw N */
static bool callback_code(const char *text, uint32_t *packed)
{
    char word[64], rest[64];
    uint64_t value = 0;
    bool is_wait;

    split(text, word, rest, sizeof(word));
    if (rest[0] == '\0') {
        *packed = strcmp(word, "yield") == 0;
        return *packed == 1 || strcmp(word, "exit") == 0;
    }
    is_wait = strcmp(word, "wait") == 0;
    if ((!is_wait && strcmp(word, "raw") != 0) || !replay_number(rest, &value)) {
        return false;
    }
    *packed = (uint32_t)(is_wait ? 2 | value << 4 : value);
    return true;
}

static bool sync_result(const struct function *f, const char *text, union gale_flat *result)
{
    uint64_t value = 0;

    if (f->result == NO_KIND) {
        return text[0] == '\0';
    }
    if (!replay_number(text, &value)) {
        return false;
    }
    replay_flat_write(f->result, result, value);
    return true;
}

/* Whether the words of a `return` suit the code that runs; then what it returns. */
static bool return_values(const struct activation *a, const char *text, union gale_flat *result)
{
    bool in_callback = a->kind == RUN_CALLBACK || (a->kind == RUN_CORE && a->function->lift == LIFT_ASYNC_CALLBACK);

    if (in_callback) {
        return callback_code(text, &result->i32);
    }
    if (a->kind == RUN_CORE && a->function->lift != LIFT_ASYNC_STACKFUL) {
        return sync_result(a->function, text, result);
    }
    return text[0] == '\0';
}

static void run(const struct activation *a, union gale_flat *result)
{
    for (;;) {
        const struct operation *op = replay_next();

        if (op == NULL) {
            replay.ended = true;
            gale_trap(&a->guest->instance, GALE_TRAP_UNREACHABLE);
        }
        if (operation_kinds[op->code].shape[0] == 'W') {
            if (return_values(a, op->text, result)) {
                replay_say(a->who, op, "ok");
                return;
            }
            replay_say(a->who, op, "skip");
        } else if (operation_kinds[op->code].guest == NULL || !operation_kinds[op->code].guest(a, op)) {
            replay_say(a->who, op, "skip");
        }
    }
}

static void say_entry(const struct activation *a, const char *what, const uint8_t *kinds, uint8_t count,
                      const union gale_flat *values)
{
    replay_print("%s %s %s", a->who, what, a->function->name);
    for (uint8_t i = 0; i < count; i++) {
        replay_print(" %llu", (unsigned long long)replay_flat_read(kinds[i], &values[i]));
    }
    replay_print("\n");
}

void replay_run_core(const struct function *f, const union gale_flat *params, union gale_flat *results)
{
    struct guest *g = &replay.guests[f->home];
    struct activation a = begin(RUN_CORE, g, f);
    union gale_flat result = {0};

    say_entry(&a, "start", f->params, f->param_count, params);
    run(&a, &result);
    (void)memcpy(g->last_who, a.who, sizeof(g->last_who));
    if (f->lift == LIFT_ASYNC_CALLBACK || (f->lift != LIFT_ASYNC_STACKFUL && f->result != NO_KIND)) {
        *results = result;
    }
}

uint32_t replay_run_callback(const struct function *f, uint32_t event, uint32_t p1, uint32_t p2)
{
    struct activation a = begin(RUN_CALLBACK, &replay.guests[f->home], f);
    union gale_flat result = {0};

    replay_print("%s callback %s %u %u %u\n", a.who, f->name, (unsigned)event, (unsigned)p1, (unsigned)p2);
    run(&a, &result);
    return result.i32;
}

/* A post-return may not call what would tell its thread: it is the one that ran the core function just before. */
void replay_run_post(const struct function *f, const union gale_flat *results)
{
    struct guest *g = &replay.guests[f->home];
    struct activation a = {.kind = RUN_POST, .guest = g, .function = f};
    union gale_flat result = {0};

    (void)memcpy(a.who, g->last_who, sizeof(a.who));
    say_entry(&a, "post", &f->result, f->result != NO_KIND, results);
    run(&a, &result);
}

void replay_run_dtor(const struct resource *r, uint32_t rep)
{
    struct activation a = begin(RUN_DTOR, &replay.guests[r->home], NULL);
    union gale_flat result = {0};

    replay_print("%s dtor %s %u\n", a.who, r->name, (unsigned)rep);
    run(&a, &result);
}

void replay_run_thread(void *guest, void *fn_arg, uint32_t c)
{
    struct activation a = begin(RUN_THREAD, guest, NULL);
    union gale_flat result = {0};

    (void)fn_arg;
    replay_print("%s thread %u\n", a.who, (unsigned)c);
    run(&a, &result);
}
