/* SPDX-License-Identifier: Apache-2.0 */
/* The script's declarations. */
#include <string.h>

#include "replay.h"

static bool set_name(char *name, const char *word, const void *table, size_t stride, int count)
{
    if (strlen(word) > MAX_NAME || replay_find(word, table, stride, count) >= 0) {
        return replay_fail("the name is too long or taken");
    }
    (void)strcpy(name, word);
    return true;
}

#define SET_NAME(entry, word, table, count) set_name((entry)->name, word, (table)[0].name, sizeof((table)[0]), count)

/* The number of a kind, made if it is new. */
static int intern(enum kind_class class, int of, uint8_t size)
{
    for (int i = 0; i < replay.kind_count; i++) {
        if (replay.kinds[i].class == class && replay.kinds[i].of == of) {
            return i;
        }
    }
    if (replay.kind_count == MAX_KINDS) {
        (void)replay_fail("too many types");
        return -1;
    }
    replay.kinds[replay.kind_count] = (struct kind){.class = (uint8_t) class, .of = (uint8_t)of, .size = size};
    return replay.kind_count++;
}

static int number_kind(const char *word)
{
    if (strcmp(word, "u8") == 0) {
        return intern(KIND_U8, NO_KIND, 1);
    }
    if (strcmp(word, "u32") == 0) {
        return intern(KIND_U32, NO_KIND, 4);
    }
    return strcmp(word, "u64") == 0 ? intern(KIND_U64, NO_KIND, 8) : -1;
}

static bool begins(const char *word, const char *prefix, const char **rest)
{
    size_t length = strlen(prefix);

    *rest = word + length;
    return strncmp(word, prefix, length) == 0;
}

static int resource_kind(enum kind_class class, const char *name)
{
    int resource = FIND(name, replay.resources, replay.resource_count);

    return resource < 0 ? -1 : intern(class, resource, 4);
}

/* stream.stream.future.u8: from the inside out. */
int replay_kind(const char *word, bool borrow_too)
{
    enum kind_class wraps[MAX_KINDS];
    int depth = 0, kind;
    const char *rest = word;

    while (depth < MAX_KINDS && (begins(word, "stream.", &rest) || begins(word, "future.", &rest))) {
        wraps[depth++] = word[0] == 's' ? KIND_STREAM : KIND_FUTURE;
        word = rest;
    }
    if (depth > 0 && strcmp(word, "none") == 0) {
        kind = NO_KIND;
    } else if (begins(word, "own.", &rest)) {
        kind = resource_kind(KIND_OWN, rest);
    } else if (depth == 0 && borrow_too && begins(word, "borrow.", &rest)) {
        kind = resource_kind(KIND_BORROW, rest);
    } else {
        kind = number_kind(word);
    }
    while (kind >= 0 && depth > 0) {
        kind = intern(wraps[--depth], kind, 4);
    }
    return kind;
}

static bool declare_instance(char **words, int count)
{
    struct guest *g = &replay.guests[replay.guest_count];
    uint64_t bytes = 0;

    if (replay.guest_count == MAX_INSTANCES) {
        return replay_fail("too many instances");
    }
    if ((count != 4 && count != 6) || strcmp(words[2], "memory") != 0 || !replay_number(words[3], &bytes) ||
        bytes > MAX_MEMORY || (count == 6 && strcmp(words[4], "parent") != 0)) {
        return replay_fail("expected: instance NAME memory BYTES [parent NAME]");
    }
    g->parent = count == 6 ? FIND(words[5], replay.guests, replay.guest_count) : -1;
    if ((count == 6 && g->parent < 0) || strcmp(words[1], "host") == 0) {
        return replay_fail("unknown parent, or an instance called host");
    }
    g->memory.data = g->data;
    g->memory.size = (size_t)bytes;
    g->heap = bytes / 2;
    return SET_NAME(g, words[1], replay.guests, replay.guest_count++);
}

static bool declare_resource(char **words, int count)
{
    struct resource *r = &replay.resources[replay.resource_count];

    if (replay.resource_count == MAX_RESOURCES) {
        return replay_fail("too many resources");
    }
    if ((count != 4 && count != 5) || strcmp(words[2], "of") != 0 || (count == 5 && strcmp(words[4], "dtor") != 0)) {
        return replay_fail("expected: resource NAME of INSTANCE [dtor]");
    }
    r->home = FIND(words[3], replay.guests, replay.guest_count);
    if (r->home < 0) {
        return replay_fail("unknown instance");
    }
    r->has_dtor = count == 5;
    return SET_NAME(r, words[1], replay.resources, replay.resource_count++);
}

static bool find_lift(const char *word, enum lift *lift)
{
    static const char *const names[] = {"sync", "async-sync", "async-callback", "async-stackful"};

    for (unsigned i = 0; i < 4; i++) {
        if (strcmp(word, names[i]) == 0) {
            *lift = (enum lift)i;
            return true;
        }
    }
    return false;
}

/* TYPE... [-> TYPE] */
static bool declare_signature(struct function *f, char **words, int count)
{
    f->result = NO_KIND;
    if (count >= 2 && strcmp(words[count - 2], "->") == 0) {
        int kind = replay_kind(words[count - 1], false);

        if (kind < 0) {
            return replay_fail("unknown result type");
        }
        f->result = (uint8_t)kind;
        count -= 2;
    }
    for (int i = 0; i < count; i++) {
        int kind = replay_kind(words[i], true);

        if (kind < 0 || f->param_count == MAX_PARAMS) {
            return replay_fail("unknown parameter type, or too many parameters");
        }
        f->params[f->param_count++] = (uint8_t)kind;
    }
    return true;
}

static bool declare_function(char **words, int count)
{
    struct function *f = &replay.functions[replay.function_count];
    int first = 5;

    if (replay.function_count == MAX_FUNCTIONS) {
        return replay_fail("too many functions");
    }
    if (count < 5 || strcmp(words[2], "of") != 0 || !find_lift(words[4], &f->lift)) {
        return replay_fail("expected: function NAME of INSTANCE LIFT [nostack] [post] TYPE... [-> TYPE]");
    }
    f->home = FIND(words[3], replay.guests, replay.guest_count);
    if (f->home < 0) {
        return replay_fail("unknown instance");
    }
    if (count > first && strcmp(words[first], "nostack") == 0) {
        f->no_stack = true;
        first++;
    }
    if (count > first && strcmp(words[first], "post") == 0) {
        f->has_post = true;
        first++;
    }
    if (f->has_post && f->lift != LIFT_SYNC && f->lift != LIFT_ASYNC_SYNC) {
        return replay_fail("post-return needs a sync lift");
    }
    return SET_NAME(f, words[1], replay.functions, replay.function_count++) &&
           declare_signature(f, words + first, count - first);
}

static bool is_number(uint8_t kind)
{
    return kind == NO_KIND || replay.kinds[kind].class <= KIND_U64;
}

/* The host passes and takes numbers. */
static bool suits_host(const struct function *f)
{
    for (uint8_t i = 0; i < f->param_count; i++) {
        if (!is_number(f->params[i])) {
            return false;
        }
    }
    return is_number(f->result);
}

static bool declare_bind(char **words, int count)
{
    struct binding *b = &replay.bindings[replay.binding_count];
    bool host;

    if (replay.binding_count == MAX_BINDINGS) {
        return replay_fail("too many bindings");
    }
    if (count < 6 || strcmp(words[2], "of") != 0 || strcmp(words[4], "by") != 0) {
        return replay_fail("expected: bind NAME of FUNCTION by host, or: by INSTANCE sync|async");
    }
    host = strcmp(words[5], "host") == 0;
    b->function = FIND(words[3], replay.functions, replay.function_count);
    b->caller = host ? -1 : FIND(words[5], replay.guests, replay.guest_count);
    b->is_async = count == 7 && strcmp(words[6], "async") == 0;
    if (b->function < 0 || (!host && b->caller < 0) || count != (host ? 6 : 7)) {
        return replay_fail("unknown function or caller");
    }
    if (!host && !b->is_async && strcmp(words[6], "sync") != 0) {
        return replay_fail("sync or async was expected");
    }
    if (b->is_async && replay.functions[b->function].lift == LIFT_SYNC) {
        return replay_fail("async lower of a sync function");
    }
    if (host && !suits_host(&replay.functions[b->function])) {
        return replay_fail("the host passes and takes numbers only");
    }
    return SET_NAME(b, words[1], replay.bindings, replay.binding_count++);
}

bool replay_declare(char **words, int count, bool *is_declaration)
{
    static const struct {
        const char *word;
        bool (*declare)(char **words, int count);
    } forms[] = {{"instance", declare_instance},
                 {"resource", declare_resource},
                 {"function", declare_function},
                 {"bind", declare_bind}};

    for (unsigned i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (strcmp(words[0], forms[i].word) == 0) {
            *is_declaration = true;
            if (replay.operation_count > 0) {
                return replay_fail("a declaration after an operation");
            }
            return forms[i].declare(words, count);
        }
    }
    return true;
}
