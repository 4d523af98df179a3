/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Value types and function types of the Component Model with their memory and flat layouts (memory32).
 *
 * Types are interned by structure: equal types are one object, so identity is pointer equality. Resource types are
 * generative: each instantiation of a component makes its own `struct plan_resource`.
 */
#ifndef GALE_TOOL_TYPES_H
#define GALE_TOOL_TYPES_H

#include "arena.h"
#include "core.h"

struct plan_resource;

enum type_kind {
    TYPE_BOOL,
    TYPE_S8,
    TYPE_U8,
    TYPE_S16,
    TYPE_U16,
    TYPE_S32,
    TYPE_U32,
    TYPE_S64,
    TYPE_U64,
    TYPE_F32,
    TYPE_F64,
    TYPE_CHAR,
    TYPE_STRING,
    TYPE_ERROR_CONTEXT,
    TYPE_LIST,
    TYPE_FIXED_LIST,
    TYPE_MAP,
    TYPE_RECORD,
    TYPE_TUPLE,
    TYPE_VARIANT,
    TYPE_ENUM,
    TYPE_OPTION,
    TYPE_RESULT,
    TYPE_FLAGS,
    TYPE_OWN,
    TYPE_BORROW,
    TYPE_STREAM,
    TYPE_FUTURE,
};

/** What a type contains, itself included; streams and futures do not pass on what their elements contain. */
enum type_contains {
    TYPE_HAS_POINTER = 1, /**< string, list, map: bytes elsewhere in memory. */
    TYPE_HAS_OWN = 2,
    TYPE_HAS_BORROW = 4,
    TYPE_HAS_STREAM = 8, /**< stream or future. */
    TYPE_HAS_ERROR_CONTEXT = 16,
    TYPE_HAS_PADDING = 32, /**< Some bytes of `size` carry no value. */
    TYPE_HAS_CHECKED =
        64, /**< bool, char, enum, variant, flags or float: not every bit pattern is a value or canonical. */
    TYPE_HAS_RESOURCE = 128, /**< own or borrow anywhere, elements of streams and futures included. */
};

#define TYPE_MAX_FLAT_PARAMS 16
#define TYPE_MAX_FLAT_ASYNC_PARAMS 4
#define TYPE_MAX_FLAT_RESULTS 1
#define TYPE_MAX_SIZE ((uint32_t)1 << 28) /* every element size is less */
#define TYPE_MAX_DEPTH 100                /* types nested deeper are refused: code that walks a type may recurse */

struct type;

/** Field of a record or tuple, case of a variant, option, result or enum, flag, or parameter. */
struct type_field {
    struct str name;         /**< Empty in tuples; "none" "some" in options, "ok" "error" in results. */
    const struct type *type; /**< NULL: a case without payload, an enum's case, a flag. */
    uint32_t offset;         /**< In memory: from the start of the value; of a case's payload, the payload's offset. */
};

struct type {
    enum type_kind kind;
    uint32_t id;    /**< Dense, in order of interning: a type's parts have smaller ids. */
    uint32_t depth; /**< 1 for a type without parts. */
    uint32_t size;  /**< Bytes in memory, a multiple of align. */
    uint8_t align;  /**< 1, 2, 4 or 8. */
    uint8_t align64;
    uint32_t size64; /**< As if pointers had 64 bits: only for the bound TYPE_MAX_SIZE. */
    uint8_t contains;
    bool has_nominal;          /**< A record, variant, enum, flags, own or borrow, itself or inside. */
    uint8_t flat_count;        /**< Core values; TYPE_MAX_FLAT_PARAMS + 1 means more than fit. */
    uint8_t discriminant_size; /**< variant, enum, option, result: 1, 2 or 4 bytes; flags: bytes of the word. */
    uint8_t flat[TYPE_MAX_FLAT_PARAMS]; /**< enum core_value each; meaningless if flat_count says too many. */
    uint32_t field_count;
    const struct type_field *fields; /**< record, tuple, variant, enum, option, result, flags; map: key and value. */
    const struct type *element; /**< list, fixed list, option, stream, future (NULL: none); map: the pair as a tuple. */
    uint32_t length;            /**< Fixed list. */
    const struct plan_resource *resource; /**< own, borrow. */
    const struct type *plain; /**< The same type without the names that types_named() gave to it or to parts of it. */
    struct type *next;        /**< In the table of all types. */
};

struct func_type {
    uint32_t id; /**< Dense. */
    bool async;
    uint32_t param_count;
    const struct type_field *params;
    const struct type *result;      /**< NULL: none. */
    const struct type *param_tuple; /**< Layout of the parameters when they go through memory. NULL: there are none. */
    uint8_t flat_count;             /**< Of all parameters; TYPE_MAX_FLAT_PARAMS + 1 means more than fit. */
    uint8_t flat[TYPE_MAX_FLAT_PARAMS];
    const struct func_type *plain; /**< As in struct type. */
    struct func_type *next;
};

/** The table of interned types. */
struct types {
    struct arena *arena;
    ARRAY(struct type *) all;        /**< By id. */
    ARRAY(struct func_type *) funcs; /**< By id. */
    struct type **buckets;           /**< Hash tables; they double when there are more types than lists. */
    struct func_type **func_buckets;
    uint32_t bucket_count; /**< A power of two. */
    uint32_t func_bucket_count;
};

void types_init(struct types *types, struct arena *arena);

/** Interning. `at` is the offset that a refusal (too large, too deep) names. */
const struct type *types_primitive(struct types *types, enum type_kind kind);
const struct type *types_element(struct types *types, uint32_t at, enum type_kind kind, const struct type *element,
                                 uint32_t length);
const struct type *types_fields(struct types *types, uint32_t at, enum type_kind kind, const struct type_field *fields,
                                uint32_t count);
const struct type *types_handle(struct types *types, enum type_kind kind, const struct plan_resource *resource);
const struct func_type *types_func(struct types *types, uint32_t at, bool async, const struct type_field *params,
                                   uint32_t count, const struct type *result);

/**
 * The type as an import or export names it: equal to `type` by its `plain`, and yet another object. Only validation makes
 * these; they are not in the table.
 */
const struct type *types_named(struct types *types, const struct type *type);

/** Records, variants, enums and flags have names in most languages: interfaces name them. */
bool types_is_nominal(enum type_kind kind);

/** How a function type looks to core code. */
enum types_side {
    TYPES_LIFT_SYNC,     /**< The callee's core function of a synchronous lift. */
    TYPES_LIFT_CALLBACK, /**< ... of an asynchronous lift with callback: returns i32. */
    TYPES_LIFT_STACKFUL, /**< ... of an asynchronous lift without: returns nothing. */
    TYPES_LOWER_SYNC,    /**< The caller's core function. */
    TYPES_LOWER_ASYNC,   /**< ... of an asynchronous lower: returns i32. */
};

/** The core signature and which values travel through memory. */
struct types_signature {
    struct core_func_type type; /**< params and results point into the two arrays. */
    bool params_in_memory;      /**< One pointer to the tuple of parameters. */
    bool result_in_memory; /**< Lift sync: the result is a pointer. Lower: the last parameter points to the room. */
    uint8_t params[TYPE_MAX_FLAT_PARAMS + 1];
    uint8_t results[1];
};

void types_signature(const struct func_type *type, enum types_side side, struct types_signature *out);

/** Signature of task.return for a result type (NULL: none): flat values, at most 16, else one pointer. */
void types_task_return(const struct type *result, struct types_signature *out);

/** The type in WIT, without names: "list<tuple<u32, string>>"; resources by their name. */
const char *types_print(struct arena *arena, const struct type *type);
const char *types_print_func(struct arena *arena, const struct func_type *type);
const char *types_kind_name(enum type_kind kind);

#endif /* GALE_TOOL_TYPES_H */
