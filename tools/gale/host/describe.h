/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What a lowered component says about itself: its types, exports, imports, resources and instances.
 *
 * `gale lower` writes one `const struct gale_wit_program gale_program` per program. Whoever serves imports or calls
 * exports needs nothing else: values cross in the Canonical ABI's memory layout, in an arena of the host, strings in
 * utf8. Offsets, sizes and alignments are bytes; a NULL type means "none".
 *
 * Owner:  everything here is constant and static in the program, except where a member says otherwise.
 * Source: Component Model, Canonical ABI: "Alignment", "Element Size", "Flattening".
 */
#ifndef GALE_HOST_DESCRIBE_H
#define GALE_HOST_DESCRIBE_H

#include <stdbool.h>
#include <stdint.h>

#include "gale/base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct gale_arena;
struct gale_binding;
struct gale_host_call;
struct gale_host_func;
struct gale_instance;
struct gale_memory;
struct gale_store;
struct gale_store_memory;
struct gale_value_type;
union gale_flat;

/** The value types of WIT. Tuples, enums, options, results and maps keep their names though they are special cases. */
enum gale_wit_kind {
    GALE_WIT_BOOL,
    GALE_WIT_S8,
    GALE_WIT_U8,
    GALE_WIT_S16,
    GALE_WIT_U16,
    GALE_WIT_S32,
    GALE_WIT_U32,
    GALE_WIT_S64,
    GALE_WIT_U64,
    GALE_WIT_F32,
    GALE_WIT_F64,
    GALE_WIT_CHAR,
    GALE_WIT_STRING,        /**< {u32 address, u32 length in bytes}, utf8. */
    GALE_WIT_ERROR_CONTEXT, /**< u32 handle. */
    GALE_WIT_LIST,          /**< {u32 address, u32 length in elements} of `element`. */
    GALE_WIT_FIXED_LIST,    /**< `count` times `element`, in place. */
    GALE_WIT_MAP,           /**< As a list of the tuple (key, value) that `element` is. */
    GALE_WIT_RECORD,        /**< `parts` are fields. */
    GALE_WIT_TUPLE,         /**< `parts` are fields without names. */
    GALE_WIT_VARIANT,       /**< Tag of `tag_bytes` at 0, payload at `payload`; `parts` are cases. */
    GALE_WIT_ENUM,          /**< A variant whose cases have no type. */
    GALE_WIT_OPTION,        /**< A variant of `none` and `some`. */
    GALE_WIT_RESULT,        /**< A variant of `ok` and `error`. */
    GALE_WIT_FLAGS,         /**< Bit i is label i; `parts` are labels. */
    GALE_WIT_OWN,           /**< u32: in the host, the representation of `resource`. */
    GALE_WIT_BORROW,        /**< As GALE_WIT_OWN. */
    GALE_WIT_STREAM,        /**< u32: in the host, a readable end of the runtime; `value` is what it carries. */
    GALE_WIT_FUTURE         /**< As GALE_WIT_STREAM. */
};

struct gale_wit_type;

/** A field, case, label or parameter. */
struct gale_wit_part {
    const char *name;                 /**< NULL in a tuple. */
    const struct gale_wit_type *type; /**< NULL: a case without payload, or a label. */
    uint32_t offset;                  /**< Of a field, from the start of its record. */
};

/** A type. Two types that WIT calls equal are one object, so pointers may be compared. */
struct gale_wit_type {
    uint8_t kind;      /**< enum gale_wit_kind. */
    uint8_t align;     /**< 1, 2, 4 or 8. */
    uint8_t tag_bytes; /**< Of variants: 1, 2 or 4. */
    uint32_t size;     /**< In memory. */
    uint32_t payload;  /**< Of variants: where the payload begins. */
    uint32_t count;    /**< Number of `parts`, or length of a fixed list. */
    const struct gale_wit_part *parts;
    const struct gale_wit_type *element; /**< Of lists, maps, streams, futures; NULL for a stream of nothing. */
    const struct gale_value_type *value; /**< Of streams and futures: the element as the runtime knows it. */
    uint32_t resource;                   /**< Of own and borrow: index in the program's `resources`. */
};

/** A function's type. Its parameters lie in memory as a tuple. */
struct gale_wit_func {
    const char *name;                   /**< As in WIT, such as "run" or "[method]descriptor.stat". */
    const struct gale_wit_type *params; /**< A record named by the parameters; NULL: there are none. */
    const struct gale_wit_type *result; /**< NULL: none. */
    bool is_async;                      /**< The function type is async. */
};

/**
 * A function that the component exports.
 *
 * A call from the host goes through `binding` with at most two flat values: the arena address of the parameters' tuple
 * (if there are parameters), then the arena address where the result goes (if there is a result).
 */
struct gale_wit_export {
    const char *interface; /**< Such as "wasi:cli/run@0.3.0"; NULL for a function of the world. */
    const struct gale_wit_func *func;
    const struct gale_binding *binding;
};

/**
 * A function that the component imports and the host serves, by gale_host_start().
 *
 * Its parameters arrive lifted into `import_arena`, as the tuple `func->params` at the address in flat value 0.
 * A result is returned as flat value 0: the address in that arena of a `func->result`.
 */
struct gale_wit_import {
    const char *interface; /**< Such as "wasi:cli/stdout@0.3.0"; NULL for a function of the world. */
    const struct gale_wit_func *func;
    struct gale_host_func *host; /**< Not constant: the host may set `arg` before the program starts. */
};

/** A resource type. Its index in the program's list is the runtime's type number. */
struct gale_wit_resource {
    const char *interface; /**< Of the import or export that names it; NULL if none. */
    const char *name;      /**< NULL: nobody outside knows it. */
    int32_t instance;      /**< Index of the instance that implements it; -1: the host does. */
};

/** An instance of a component. */
struct gale_wit_instance {
    const char *name; /**< A path such as "root.1.0". */
    struct gale_instance *instance;
    int32_t parent; /**< Index; -1 for the outermost. */
};

/** A linear memory. */
struct gale_wit_memory {
    const char *name; /**< Such as "root.1 memory 0". */
    const struct gale_memory *memory;
    uint32_t reserve_pages; /**< Static storage, in pages of `page_bytes`. */
    uint32_t page_bytes;
    int32_t instance; /**< Whose. */
};

/** Number and static cost of one kind of object, for `--stats` and `gale inspect`. */
struct gale_wit_budget {
    const char *name; /**< Such as "threads". */
    uint32_t count;
    uint32_t bytes;
};

/** The program. */
struct gale_wit_program {
    const char *name; /**< Of the file it was lowered from, without folder. */
    struct gale_store *store;
    const struct gale_store_memory *store_memory; /**< Where its stacks lie: the lowest page of each may be guarded. */
    struct gale_arena *call_arena;                /**< For calls of exports; the host library sets `used` back. */
    struct gale_arena *import_arena;              /**< For calls of imports; the store empties it before each. */
    const struct gale_wit_export *exports;
    const struct gale_wit_import *imports;
    const struct gale_wit_resource *resources;
    const struct gale_wit_instance *instances;
    const struct gale_wit_memory *memories;
    const struct gale_wit_budget *budgets;
    uint32_t export_count;
    uint32_t import_count;
    uint32_t resource_count;
    uint32_t instance_count;
    uint32_t memory_count;
    uint32_t budget_count;
    uint32_t part_count; /**< Of start_part(): 1 unless the program links components of a test script. */
    /**
     * Sets up the store and its instances anew and runs what instantiation runs, in the component's order.
     *
     * @retval GALE_OK  Every export can be called.
     * @return Otherwise the status of the store, GALE_ETRAP for a trap while starting.
     * @context init only; may be called again, which begins with fresh instances.
     */
    int (*start)(void);
    /** A part of start(): they follow each other from 0 to part_count - 1, also behind one that failed. */
    int (*start_part)(uint32_t part);
};

/** The one program that this executable is. Defined by the generated plan.c. */
extern const struct gale_wit_program gale_program;

/* What the host library defines, or in firmware the application. */

/** `start` of every imported function; `arg` is its `const struct gale_wit_import *` until the host sets another. */
void gale_host_start(void *arg, const struct gale_host_call *call, const union gale_flat *params);

/** `cancel` of every imported function. */
void gale_host_cancel(void *arg, const struct gale_host_call *call);

/** A component dropped the last handle of a resource of the host; `resource` is its `const struct gale_wit_resource *`. */
void gale_host_drop(void *resource, uint32_t representation);

#ifdef __cplusplus
}
#endif

#endif /* GALE_HOST_DESCRIBE_H */
