/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gale-replay: runs a script of operations on Gale's component runtime. The language is in docs/REPLAY.md.
 *
 * There is one script at a time, and it is a global object: generated tables know their functions by address alone, so the
 * functions here find what they belong to in it.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include <stdio.h>

#include "gale/component/canon.h"
#include "gale/component/store.h"

#define MAX_NAME 15
#define MAX_INSTANCES 4
#define MAX_RESOURCES 8
#define MAX_FUNCTIONS 32
#define MAX_BINDINGS 64
#define MAX_KINDS 32
#define MAX_PARAMS 8
#define MAX_CALLS 256
#define MAX_VALUES 10
#define MAX_WORDS 24
#define MAX_MEMORY 65536u
#define MAX_ASYNC_PARAMS 4

/* Kinds of values. A stream or future of kind k has `of` = k's number, NO_KIND for no elements. */
enum kind_class { KIND_U8, KIND_U32, KIND_U64, KIND_OWN, KIND_BORROW, KIND_STREAM, KIND_FUTURE };

#define NO_KIND 0xff

struct kind {
    uint8_t class; /* enum kind_class */
    uint8_t of;    /* resource, or kind of the elements */
    uint8_t size;
    struct gale_value_type type; /* as an element */
};

struct guest {
    struct gale_instance instance; /* first: a realloc is given its address */
    char name[MAX_NAME + 1];
    struct gale_memory memory;
    uint8_t data[MAX_MEMORY];
    struct gale_value_options utf8, utf16;
    uint64_t heap;                /* where the allocator goes on */
    int parent;                   /* -1: none */
    char last_who[MAX_NAME + 16]; /* who ran core code last: it also runs the post-return */
};

struct resource {
    char name[MAX_NAME + 1];
    int home;
    bool has_dtor;
    struct gale_func dtor;
    struct gale_resource_type type;
};

enum lift { LIFT_SYNC, LIFT_ASYNC_SYNC, LIFT_ASYNC_CALLBACK, LIFT_ASYNC_STACKFUL };

struct function {
    char name[MAX_NAME + 1];
    int home;
    enum lift lift;
    bool no_stack; /* it runs on its caller's, and may not block */
    bool has_post;
    uint8_t params[MAX_PARAMS];
    uint8_t param_count;
    uint8_t result; /* NO_KIND: none */
    struct gale_func func;
};

struct binding {
    char name[MAX_NAME + 1];
    int function;
    int caller; /* -1: the host */
    bool is_async;
    struct gale_binding binding;
};

/* A call by the host. */
struct call {
    struct gale_host_task task; /* first */
    int binding;
    bool cancelled;
    union gale_flat args[MAX_PARAMS];
    union gale_flat result;
};

struct operation {
    uint32_t line;
    uint16_t code;  /* index in operations[] */
    uint8_t object; /* resource, binding or kind */
    uint8_t count;  /* values */
    bool flag;
    uint64_t values[MAX_VALUES];
    char *text; /* of poke: the bytes in hexadecimal; of return: the words */
};

/* Who executes. */
enum activation_kind { RUN_CORE, RUN_CALLBACK, RUN_POST, RUN_DTOR, RUN_THREAD };

struct activation {
    enum activation_kind kind;
    struct guest *guest;
    const struct function *function; /* core, callback, post */
    char who[MAX_NAME + 16];
};

struct operation_kind {
    const char *name;
    const char *shape;
    const char *flag;
    /* Executes it; false: it makes no sense here. NULL: only the host's, or `return`. */
    bool (*guest)(const struct activation *a, const struct operation *op);
    bool (*host)(const struct operation *op);
};

struct replay {
    struct gale_store store;
    struct guest guests[MAX_INSTANCES];
    struct resource resources[MAX_RESOURCES];
    const struct gale_resource_type *resource_types[MAX_RESOURCES];
    struct function functions[MAX_FUNCTIONS];
    struct binding bindings[MAX_BINDINGS];
    struct kind kinds[MAX_KINDS];
    struct call calls[MAX_CALLS];
    int guest_count, resource_count, function_count, binding_count, kind_count, call_count;
    struct operation *operations;
    size_t operation_count, operation_room;
    size_t next;   /* operation */
    uint32_t line; /* of the operation taken last */
    bool ended;    /* the script's end was reached inside a guest */
    FILE *out;
    char error[128]; /* of parsing: empty if there is none */
    uint32_t error_line;
};

extern struct replay replay;
extern const struct operation_kind operation_kinds[];

/* script.c, declare.c: parsing. They return false and set the error. */
bool replay_parse(char *text);
bool replay_declare(char **words, int count, bool *is_declaration);
bool replay_fail(const char *what);
int replay_kind(const char *word, bool borrow_too);
bool replay_number(const char *word, uint64_t *value);
int replay_find(const char *word, const void *table, size_t stride, int count);
int replay_flat_count(const struct binding *b);
#define FIND(word, table, count) replay_find(word, (table)[0].name, sizeof((table)[0]), count)

/* tables.c: the static tables that a generator would have written. */
void replay_tables_link(void);
const void *replay_result_type(uint8_t kind);
uint64_t replay_flat_read(uint8_t kind, const union gale_flat *flat);
void replay_flat_write(uint8_t kind, union gale_flat *flat, uint64_t value);

/* guest.c: guest code. */
void replay_run_core(const struct function *f, const union gale_flat *params, union gale_flat *results);
uint32_t replay_run_callback(const struct function *f, uint32_t event, uint32_t p1, uint32_t p2);
void replay_run_post(const struct function *f, const union gale_flat *results);
void replay_run_dtor(const struct resource *r, uint32_t rep);
void replay_run_thread(void *guest, void *fn_arg, uint32_t c);

/* built_in.c, host.c: what operations do. */
const struct operation *replay_next(void);
void replay_say(const char *who, const struct operation *op, const char *result);
void replay_say_number(const char *who, const struct operation *op, uint64_t result);
void replay_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* main.c or the fuzz target call this: runs one script, writes to `out` unless it is NULL. */
bool replay_run(char *text, FILE *out);

#endif /* REPLAY_H */
