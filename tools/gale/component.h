/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A component as its binary format says it: definitions in order, indices unresolved. Every bound is checked and every
 * construct known; whether indices mean anything is link.c's question.
 *
 * Each definition adds to the index space of its sort in order, as the format prescribes; an export adds one, too.
 */
#ifndef GALE_TOOL_COMPONENT_H
#define GALE_TOOL_COMPONENT_H

#include "arena.h"
#include "core.h"
#include "types.h"

struct diag;

/** Components and types nested deeper than this are refused. */
#define COMPONENT_MAX_DEPTH 64

/** Sorts: a core sort as in enum core_sort, or a component's sort + SORT_COMPONENT_LEVEL. */
enum sort {
    SORT_CORE_FUNC = CORE_FUNC,
    SORT_CORE_TABLE = CORE_TABLE,
    SORT_CORE_MEMORY = CORE_MEMORY,
    SORT_CORE_GLOBAL = CORE_GLOBAL,
    SORT_CORE_TAG = CORE_TAG,
    SORT_CORE_TYPE = CORE_TYPE,
    SORT_CORE_MODULE = CORE_MODULE,
    SORT_CORE_INSTANCE = CORE_INSTANCE,
    SORT_FUNC = 0x21,
    SORT_VALUE = 0x22,
    SORT_TYPE = 0x23,
    SORT_COMPONENT = 0x24,
    SORT_INSTANCE = 0x25,
    SORT_COUNT = 0x26,
};

const char *sort_name(enum sort sort);

struct sort_index {
    enum sort sort;
    uint32_t index;
};

/** The name of an import or export. Attributes: empty if absent. */
struct extern_name {
    struct str name;
    struct str implements;
    struct str version_suffix;
    struct str external_id;
};

/* Types as written */

/** A value type: a primitive or the index of a type. */
struct val_type {
    bool present; /**< false: "no type" where one is optional. */
    bool is_index;
    uint8_t kind; /**< enum type_kind if not an index. */
    uint32_t index;
};

struct labelled {
    struct str label;
    struct val_type type; /**< Not present in flags, enums and cases without payload. */
};

enum def_type_kind {
    DEF_TYPE_VALUE,
    DEF_TYPE_FUNC,
    DEF_TYPE_COMPONENT,
    DEF_TYPE_INSTANCE,
    DEF_TYPE_RESOURCE,
};

struct def_type {
    enum def_type_kind kind;
    uint32_t at;
    /* DEF_TYPE_VALUE */
    enum type_kind value; /**< A primitive has nothing else. */
    struct labelled
        *members; /**< Record, variant, flags, enum, tuple; result: ok, error; map: key, value; func: parameters. */
    uint32_t member_count;
    struct val_type element; /**< list, fixed list, option, stream, future; func: result. */
    uint32_t length;         /**< Fixed list. */
    uint32_t resource;       /**< own, borrow: type index. */
    /* DEF_TYPE_FUNC */
    bool async;
    /* DEF_TYPE_RESOURCE */
    uint8_t representation;
    bool has_destructor;
    uint32_t destructor; /**< Core function index. */
    /* DEF_TYPE_COMPONENT, DEF_TYPE_INSTANCE */
    struct definition *decls; /**< Only DEF_CORE_TYPE, DEF_TYPE, DEF_ALIAS, DEF_IMPORT, DEF_EXPORT_DECL. */
    uint32_t decl_count;
};

enum extern_kind {
    EXTERN_CORE_MODULE,
    EXTERN_FUNC,
    EXTERN_TYPE_EQ,
    EXTERN_TYPE_RESOURCE,
    EXTERN_COMPONENT,
    EXTERN_INSTANCE,
};

struct extern_type {
    enum extern_kind kind;
    uint32_t index; /**< Of the (core) type; unused for EXTERN_TYPE_RESOURCE. */
};

enum core_decl_kind {
    CORE_DECL_IMPORT,
    CORE_DECL_TYPE,
    CORE_DECL_ALIAS,
    CORE_DECL_EXPORT,
};

struct core_decl {
    enum core_decl_kind kind;
    uint32_t at;
    struct str module;          /**< CORE_DECL_IMPORT. */
    struct str name;            /**< CORE_DECL_IMPORT, CORE_DECL_EXPORT. */
    struct core_extern type;    /**< Type of an import or export; of a function or tag see `index`. */
    uint32_t index;             /**< Function type index (functions, tags); alias: index in the outer scope. */
    uint32_t outer;             /**< CORE_DECL_ALIAS: how many scopes out. */
    struct core_func_type func; /**< CORE_DECL_TYPE. */
};

struct core_def_type {
    bool is_module;
    uint32_t at;
    struct core_func_type func;
    struct core_decl *decls;
    uint32_t decl_count;
};

/* Definitions */

/** Options as written. */
struct canon_options {
    uint8_t encoding; /**< enum canon_encoding. */
    bool has_encoding, has_memory, has_realloc, has_post_return, async, has_callback;
    uint32_t memory, realloc, post_return, callback; /**< Core memory and function indices. */
};

enum canon_encoding {
    CANON_UTF8,
    CANON_UTF16,
    CANON_LATIN1_UTF16,
};

/** Canonical functions by their byte in the binary format. */
enum canon_op {
    CANON_LIFT = 0x00,
    CANON_LOWER = 0x01,
    CANON_RESOURCE_NEW = 0x02,
    CANON_RESOURCE_DROP = 0x03,
    CANON_RESOURCE_REP = 0x04,
    CANON_TASK_CANCEL = 0x05,
    CANON_SUBTASK_CANCEL = 0x06,
    CANON_TASK_RETURN = 0x09,
    CANON_CONTEXT_GET = 0x0a,
    CANON_CONTEXT_SET = 0x0b,
    CANON_THREAD_YIELD = 0x0c,
    CANON_SUBTASK_DROP = 0x0d,
    CANON_STREAM_NEW = 0x0e,
    CANON_STREAM_READ = 0x0f,
    CANON_STREAM_WRITE = 0x10,
    CANON_STREAM_CANCEL_READ = 0x11,
    CANON_STREAM_CANCEL_WRITE = 0x12,
    CANON_STREAM_DROP_READABLE = 0x13,
    CANON_STREAM_DROP_WRITABLE = 0x14,
    CANON_FUTURE_NEW = 0x15,
    CANON_FUTURE_READ = 0x16,
    CANON_FUTURE_WRITE = 0x17,
    CANON_FUTURE_CANCEL_READ = 0x18,
    CANON_FUTURE_CANCEL_WRITE = 0x19,
    CANON_FUTURE_DROP_READABLE = 0x1a,
    CANON_FUTURE_DROP_WRITABLE = 0x1b,
    CANON_ERROR_CONTEXT_NEW = 0x1c,
    CANON_ERROR_CONTEXT_DEBUG_MESSAGE = 0x1d,
    CANON_ERROR_CONTEXT_DROP = 0x1e,
    CANON_WAITABLE_SET_NEW = 0x1f,
    CANON_WAITABLE_SET_WAIT = 0x20,
    CANON_WAITABLE_SET_POLL = 0x21,
    CANON_WAITABLE_SET_DROP = 0x22,
    CANON_WAITABLE_JOIN = 0x23,
    CANON_BACKPRESSURE_INC = 0x24,
    CANON_BACKPRESSURE_DEC = 0x25,
    CANON_THREAD_INDEX = 0x26,
    CANON_THREAD_NEW_INDIRECT = 0x27,
    CANON_THREAD_RESUME_LATER = 0x28,
    CANON_THREAD_SUSPEND = 0x29,
    CANON_THREAD_SUSPEND_THEN_RESUME = 0x2a,
    CANON_THREAD_YIELD_THEN_RESUME = 0x2b,
    CANON_THREAD_SUSPEND_THEN_PROMOTE = 0x2c,
    CANON_THREAD_YIELD_THEN_PROMOTE = 0x2d,
    CANON_OP_COUNT = 0x2e,
};

/** "stream.cancel-read" and so on; NULL if there is none with this byte. */
const char *canon_op_name(enum canon_op op);

struct canon {
    enum canon_op op;
    uint32_t
        index; /**< lift: core function; lower: function; thread.new-indirect: core type; waitable-set.*: core memory. */
    uint32_t type; /**< lift: function type; resource.*: resource type; stream.*, future.*: type. */
    bool async;    /**< The async? immediate of the cancels. */
    bool cancellable;
    uint32_t slot;          /**< context.*: which word; thread.new-indirect: the core table. */
    uint8_t value;          /**< context.*: its core type. */
    struct val_type result; /**< task.return. */
    struct canon_options options;
};

enum definition_kind {
    DEF_CORE_MODULE,
    DEF_CORE_INSTANCE,
    DEF_CORE_TYPE,
    DEF_COMPONENT,
    DEF_INSTANCE,
    DEF_ALIAS,
    DEF_TYPE,
    DEF_CANON,
    DEF_IMPORT,
    DEF_EXPORT,
    DEF_EXPORT_DECL, /**< In the type of a component or instance. */
};

/** An argument of an instantiation or an inline export. Core: the sort is SORT_CORE_INSTANCE for arguments. */
struct argument {
    struct extern_name name;
    struct sort_index what;
};

/** instantiate `index` with `arguments`, or, if `is_inline`, exactly these exports. */
struct instantiation {
    bool is_inline;
    uint32_t index;
    struct argument *arguments;
    uint32_t count;
};

enum alias_kind {
    ALIAS_EXPORT = 0,
    ALIAS_CORE_EXPORT = 1,
    ALIAS_OUTER = 2,
};

struct alias {
    enum alias_kind kind;
    enum sort sort;
    uint32_t instance; /**< Of an export. */
    struct str name;   /**< Of an export. */
    uint32_t outer;    /**< How many scopes out. */
    uint32_t index;
};

struct export_def {
    struct extern_name name;
    struct sort_index what; /**< DEF_EXPORT. */
    bool has_type;          /**< DEF_EXPORT: an ascribed type; DEF_EXPORT_DECL always. */
    struct extern_type type;
};

struct import_def {
    struct extern_name name;
    struct extern_type type;
};

struct definition {
    enum definition_kind kind;
    uint32_t at; /**< Byte offset in the file. */
    union {
        struct core_module *module;
        struct instantiation instance; /**< DEF_CORE_INSTANCE, DEF_INSTANCE. */
        struct core_def_type *core_type;
        struct component *component;
        struct alias alias;
        struct def_type *type;
        struct canon canon;
        struct import_def import;
        struct export_def export;
    } of;
};

struct component {
    uint32_t id; /**< In order of appearance in the file; the outermost is 0. */
    uint32_t at;
    uint32_t depth; /**< 0 for the outermost. */
    bool open;      /**< Set for an outermost component made up to link others: see plan.h. */
    ARRAY(struct definition) definitions;
};

/** Decodes a whole file. Does not return if the bytes are no component: see diag.h. The result lives in the arena and
    points into `bytes`. */
struct component *component_decode(struct arena *arena, struct diag *diag, const uint8_t *bytes, uint32_t size);

#endif /* GALE_TOOL_COMPONENT_H */
