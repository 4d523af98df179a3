/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A component after linking: a flat list of what exists at run time, every reference a pointer, every list in an order
 * in which it can be brought up. All ids are dense, begin at 0 and depend on the component's bytes alone.
 *
 * Order of life: for each step of `plan.steps` in order - a component instance begins to exist (init its struct), or a
 * core instance is instantiated (its imports have all been made by earlier steps; its start function runs then).
 */
#ifndef GALE_TOOL_PLAN_H
#define GALE_TOOL_PLAN_H

#include "component.h"
#include "core.h"
#include "types.h"

struct plan_lift;
struct plan_canon;

/** A component instance. */
struct plan_instance {
    uint32_t id;
    const struct plan_instance *parent; /**< NULL: the root, id 0. */
    uint32_t depth;                     /**< 0: the root. */
    uint32_t component;                 /**< struct component.id: which definition it is an instance of. */
    const char *name;                   /**< A readable path such as "root.1.0", for comments and reports. */
    bool blocks; /**< Its core code imports a canonical function that may block on the caller's stack. */
};

/** A resource type, made by one component instance or by the host. */
struct plan_resource {
    uint32_t id;
    const struct plan_resource *plain;    /**< Validation: what an import or export gave this name to; NULL: itself. */
    const struct plan_instance *instance; /**< Who implements it; NULL: the host. */
    const struct plan_core_func *destructor; /**< NULL: none, or the host's. */
    struct str interface;                    /**< Host: the import's name, "wasi:filesystem/types@0.3.0"; else empty. */
    struct str name;                         /**< The name it was first imported or exported by; may be empty. */
};

static inline const struct plan_resource *plan_resource_plain(const struct plan_resource *resource)
{
    return resource->plain != NULL ? resource->plain : resource;
}

/** An item of a core instance: the `index`-th export of its module. The lower half of the tool names it by the export. */
struct plan_core_export {
    const struct plan_core_instance *instance;
    const struct core_export *item;
};

/** A linear memory, by the instance that defines it. All memories of all core instances, exported or not. */
struct plan_memory {
    uint32_t id;
    const struct plan_core_instance *owner;
    uint32_t index;                     /**< In the memory index space of the owner's module. */
    struct core_limits limits;          /**< In pages of 1 << limits.page_log2 bytes. */
    const struct core_export *exported; /**< A name under which the owner exports it; NULL: none. */
};

enum plan_core_func_kind {
    PLAN_CORE_EXPORT, /**< A function that an earlier core instance exports. */
    PLAN_CORE_CANON,  /**< A canonical function: built-in or lowered function. */
};

struct plan_core_func {
    uint32_t id;
    enum plan_core_func_kind kind;
    const struct core_func_type *type;
    struct plan_core_export export; /**< PLAN_CORE_EXPORT. Seen through re-exports: the owner defines it itself. */
    const struct plan_canon *canon; /**< PLAN_CORE_CANON. */
};

/** What an import of a core instance is bound to. */
struct plan_core_import {
    const struct core_import *item; /**< Name and type, as the module has it. */
    enum core_sort sort;
    const struct plan_core_func *func; /**< CORE_FUNC. */
    const struct plan_memory *memory;  /**< CORE_MEMORY. */
    struct
        plan_core_export export; /**< CORE_TABLE, CORE_GLOBAL, CORE_TAG, CORE_MEMORY: the defining instance's export. */
};

/** An instance of a core module. */
struct plan_core_instance {
    uint32_t id;
    const struct plan_instance *instance; /**< The component instance it belongs to. */
    const struct core_module *module;
    const struct plan_core_import *imports; /**< module->imports.count of them, in their order. */
};

/** The options of a canonical function; pointers are NULL where the option is absent. */
struct plan_options {
    uint32_t id; /**< Equal options of one component instance are one object. */
    const struct plan_instance *instance;
    enum canon_encoding encoding;
    const struct plan_memory *memory;
    const struct plan_core_func *realloc;
};

/** A component function that a component implements: `canon lift`. */
struct plan_lift {
    uint32_t id;
    const struct plan_instance *instance;
    const struct func_type *type;
    const struct plan_core_func *core;
    const struct plan_options *options;
    const struct plan_core_func *post_return; /**< NULL: none. */
    bool async;                               /**< The async option. */
    const struct plan_core_func *callback;    /**< async: NULL means stackful. */
    bool needs_stack;                         /**< GALE_FUNC_STACK: stackful, or its instance `blocks`. */
    struct types_signature signature;         /**< Of `core`. */
};

/** A function the root component imports. */
struct plan_host_func {
    uint32_t id;
    struct str interface; /**< The import's name if it came with an instance; empty: imported by itself. */
    struct str name;      /**< "read-via-stream", "[method]descriptor.stat". */
    const struct func_type *type;
};

/** A component function: exactly one of the two. */
struct plan_func {
    const struct plan_lift *lift;
    const struct plan_host_func *host;
    const struct func_type *type;
};

/** A canonical function that core code imports; equal ones of one component instance are one object. */
struct plan_canon {
    uint32_t id;
    enum canon_op op; /**< Never CANON_LIFT. */
    const struct plan_instance *instance;
    const struct core_func_type *type;  /**< Its core signature. */
    const struct plan_options *options; /**< Those that take options, else NULL. */
    bool async;                         /**< lower, stream/future read/write: the option; the cancels: the immediate. */
    bool cancellable;
    const struct type
        *value; /**< stream.*, future.*: the stream or future type; task.return: the result (NULL: none). */
    const struct plan_resource *resource; /**< resource.*. */
    const struct plan_memory *memory;     /**< waitable-set.wait, .poll. */
    uint32_t slot;                        /**< context.*. */
    uint8_t core_value;                   /**< context.*: CORE_I32. */
    struct plan_core_export table;        /**< thread.new-indirect. */
    const struct core_func_type *thread;  /**< thread.new-indirect: type of the function in the table. */
    struct plan_func callee;              /**< lower. */
    struct types_signature signature;     /**< lower, task.return: what travels through memory. */
    bool blocks;                          /**< May block on the caller's stack. */
};

enum plan_item_kind {
    PLAN_FUNC,
    PLAN_INSTANCE,
    PLAN_TYPE,   /**< A value type, function type or resource with a name. */
    PLAN_OPAQUE, /**< A core module or component: named, of no use at run time. */
};

/** A named import or export, as a tree. */
struct plan_item {
    struct extern_name name;
    uint32_t at; /**< Byte offset of the import or export. */
    enum plan_item_kind kind;
    struct plan_func func;         /**< PLAN_FUNC. */
    const struct plan_item *items; /**< PLAN_INSTANCE. */
    uint32_t item_count;
    const struct type *type;              /**< PLAN_TYPE: a value type ... */
    const struct plan_resource *resource; /**< ... or a resource ... */
    const struct func_type *func_type;    /**< ... or a function type. */
};

/** A step of bringing the component up: exactly one of the two. */
struct plan_step {
    const struct plan_instance *instance;
    const struct plan_core_instance *core;
};

#define PLAN_LIST(type)    \
    struct {               \
        type **at;         \
        uint32_t count;    \
        uint32_t capacity; \
    }

struct plan {
    struct arena *arena;
    const uint8_t *bytes; /**< The component's file. */
    uint32_t size;
    struct types *types; /**< All types that were met, by id; those a function uses may be fewer. */
    PLAN_LIST(const struct core_module) modules; /**< Those instantiated, once each; `core_module.id` is the index. */
    PLAN_LIST(struct plan_instance) instances;
    PLAN_LIST(struct plan_core_instance) core_instances;
    PLAN_LIST(struct plan_memory) memories;
    PLAN_LIST(struct plan_resource) resources;
    PLAN_LIST(struct plan_core_func) core_funcs;
    PLAN_LIST(struct plan_options) options;
    PLAN_LIST(struct plan_lift) lifts;
    PLAN_LIST(struct plan_canon) canons;
    PLAN_LIST(struct plan_host_func) host_funcs;
    ARRAY(struct plan_step) steps;
    bool open;                       /**< As the component. */
    const struct plan_item *imports; /**< Of the root, in order. */
    uint32_t import_count;
    const struct plan_item *exports; /**< Of the root, in order. */
    uint32_t export_count;
};

/**
 * Links a decoded component into a plan that lives in the arena; what cannot be linked or is not supported is refused
 * through the arena's diag. The component has been validated then.
 *
 * Of an open component, what its instances import and are not given is the host's; their types need no names in it; and
 * its instances can be brought up one by one.
 */
struct plan *plan_link(struct arena *arena, const struct component *component, const uint8_t *bytes, uint32_t size);

/** Validates only: every definition, instantiated or not. For assert_invalid. */
void plan_validate(struct arena *arena, const struct component *component);

#endif /* GALE_TOOL_PLAN_H */
