/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Symbolic instantiation, shared by the files link*.c.
 *
 * A component is run: each definition adds a value to an index space, imports are given values or, for the outermost
 * component, the host's. Types are evaluated where they stand, so each instantiation has its own resource types and
 * nothing is ever substituted. Validation is the same run with made-up imports, for every component definition, into a
 * plan that is thrown away.
 */
#ifndef GALE_TOOL_LINK_H
#define GALE_TOOL_LINK_H

#include "component.h"
#include "diag.h"
#include "name.h"
#include "plan.h"

/** Bounds on what a small file can unfold into. */
#define LINK_MAX_INSTANCES 10000
#define LINK_MAX_VALUES 1000000
#define LINK_MAX_DEPTH 200

#define LINK_SPACES 13

enum link_type_kind {
    LINK_TYPE_VALUE,
    LINK_TYPE_FUNC,
    LINK_TYPE_RESOURCE,
    LINK_TYPE_COMPONENT,
    LINK_TYPE_INSTANCE,
};

/** What an index of a type means. */
struct link_type {
    enum link_type_kind kind;
    const struct type *value;
    const struct func_type *func;
    struct plan_resource *resource;
    const struct def_type *def; /**< Component and instance types: declarations ... */
    struct link_scope *scope;   /**< ... and the scope they stand in. */
    bool borrows_resource;      /**< These speak of a resource that was defined outside of them. */
};

/** A core type; a module's is a list of imports and exports with their function types looked up. */
struct link_core_type {
    bool is_module;
    struct core_func_type func;
    ARRAY(struct core_import) imports;
    ARRAY(struct core_export) exports;
};

/** A core module: the code, or only its type. */
struct link_module {
    struct core_module *module; /**< NULL: known by type alone. */
    const struct core_import *imports;
    uint32_t import_count;
    const struct core_export *exports;
    uint32_t export_count;
};

/** A core function, table, memory, global or tag. */
struct link_core_item {
    struct core_extern type;
    const struct plan_core_func *func;
    const struct plan_memory *memory;
    struct plan_core_export export;
};

struct link_core_instance {
    ARRAY(struct link_core_item) items;
    struct name_map names; /**< Index in `items`. */
};

struct link_component {
    const struct component *definition; /**< NULL: known by type alone, ... */
    const struct def_type *type;        /**< ... this one. */
    struct link_scope *scope;           /**< Where definition or type stands. */
};

/** A value in an index space, or an export. */
struct link_value {
    enum sort sort;
    union {
        struct plan_func func;
        const struct link_type *type;
        const struct link_component *component;
        const struct link_instance *instance;
        const struct link_core_item *item;
        const struct link_core_type *core_type;
        const struct link_module *module;
        const struct link_core_instance *core_instance;
    } of;
};

struct link_export {
    struct extern_name name;
    uint32_t at;
    struct link_value value;
};

struct link_instance {
    uint32_t depth; /**< Instances inside instances, this one included: at most LINK_MAX_DEPTH. */
    ARRAY(struct link_export) exports;
    struct name_map names; /**< Index in `exports`. */
};

/** A set of pointers. All zero is empty. */
struct link_set {
    const void **slots;
    uint32_t room;
    uint32_t used;
};

/** Names of the imports or of the exports of one scope. */
struct link_names {
    struct link_set types_named; /**< Types and resources that have a name here. */
    struct name_map canonical;   /**< All, in the form in which they must differ. */
    struct name_map resources;   /**< Label of a resource: index in `types`. */
    ARRAY(const struct link_type *) types;
    bool inlined; /**< Exports given inline: no index is added that a function could name a resource by. */
};

/** The index spaces of a component or of the type of a component or instance. */
struct link_scope {
    struct link_scope *parent;
    bool is_type;
    struct plan_instance *instance; /**< NULL in a type. */
    ARRAY(struct link_value) spaces[LINK_SPACES];
    struct link_names imports;
    struct link_names exports;
};

/** Where an imported item comes from, for host functions and resources. */
struct link_origin {
    struct str interface;
    struct str name;
};

struct link {
    struct arena *arena;
    struct diag *diag;
    struct plan *plan;
    struct types types;
    bool validating;                  /**< The plan is thrown away; imports may be anything. */
    bool open;                        /**< Of plan_link(): instances in the outermost component may lack imports. */
    bool *validated;                  /**< By component id; NULL when not validating. */
    struct link_instance *imports;    /**< Of the outermost component. */
    uint32_t depth;                   /**< Of nested runs. */
    uint32_t values;                  /**< Made so far. */
    struct link_canon_entry **canons; /**< Hash table of the canonical functions. */
};

_Noreturn void link_fail(const struct link *link, uint32_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
_Noreturn void link_unsupported(const struct link *link, uint32_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* link.c: running components */

/** Runs a component with arguments by name; NULL: its imports are the host's or, when validating, made up. */
const struct link_instance *link_run(struct link *link, const struct component *component, struct link_scope *parent,
                                     const struct plan_instance *parent_instance, const struct link_instance *arguments,
                                     uint32_t at);
void link_enter(struct link *link, uint32_t at);
void link_leave(struct link *link);

/** A component instance from a component, defined or known by type alone. */
const struct link_instance *link_instantiate(struct link *link, const struct plan_instance *parent_instance,
                                             const struct link_component *component,
                                             const struct link_instance *arguments, uint32_t at);

/* link_scope.c: index spaces and names */

/** Counts a definition unfolded; too many are refused. */
void link_count_value(struct link *link);
void link_push(struct link *link, struct link_scope *scope, struct link_value value);
const struct link_value *link_at(const struct link *link, const struct link_scope *scope, enum sort sort,
                                 uint32_t index, uint32_t at);
const struct link_type *link_type_at(const struct link *link, const struct link_scope *scope, uint32_t index,
                                     uint32_t at);
const struct link_core_item *link_core_at(const struct link *link, const struct link_scope *scope, enum sort sort,
                                          uint32_t index, uint32_t at);
struct link_instance *link_instance_new(struct link *link);
void link_instance_add(struct link *link, struct link_instance *instance, const struct extern_name *name,
                       struct link_value value, uint32_t at);
const struct link_value *link_instance_find(const struct link_instance *instance, struct str name);

/** Notes a name of an import or export; refuses it if it is not unique or does not suit what it names. */
void link_name(struct link *link, struct link_names *names, const struct extern_name *name,
               const struct link_value *value, uint32_t at);

/** The scope `count` levels out, NULL if there is none. */
const struct link_scope *link_outer(const struct link_scope *scope, uint32_t count);
void link_alias(struct link *link, struct link_scope *scope, const struct alias *alias, uint32_t at);

/* link_type.c: types */
const struct type *link_val_type(struct link *link, const struct link_scope *scope, struct val_type type, uint32_t at);
const struct link_type *link_def_type(struct link *link, struct link_scope *scope, const struct def_type *def);
const struct link_core_type *link_core_def_type(struct link *link, const struct link_scope *scope,
                                                const struct core_def_type *def);
bool link_type_has_resource(const struct link_type *type);

/** The type with the identity that an import or export gives it: equal to `type`, but visible outside by its name. */
const struct link_type *link_named(struct link *link, const struct link_type *type);

/* link_visible.c */

/** Refuses an import or export whose type speaks of a type that has no name outside; then its own types have names. */
void link_visible(struct link *link, struct link_scope *scope, bool is_import, const struct extern_name *name,
                  const struct link_value *value, uint32_t at);

/* link_match.c: what is given against what is wanted */

/** The value for an import or export of this type: `given` seen through the type, or, if NULL, made up (the host's). */
struct link_value link_extern(struct link *link, struct link_scope *scope, const struct extern_type *type,
                              const struct link_value *given, const struct link_origin *origin, uint32_t at);

/** Instantiates a component that is known by its type alone. */
const struct link_instance *link_run_type(struct link *link, const struct link_component *component,
                                          const struct link_instance *arguments, uint32_t at);

/* link_core.c: core modules */
const struct link_core_instance *link_core_instantiate(struct link *link, struct link_scope *scope,
                                                       const struct instantiation *instance, uint32_t at);
const struct link_module *link_module_of(struct link *link, struct core_module *module, uint32_t at);

/** The two names of an import as one key; and a refusal if one key is there twice. */
struct str link_import_key(struct link *link, const struct core_import *import);
void link_check_imports(struct link *link, const struct core_import *imports, uint32_t count, uint32_t at);

/* link_canon.c, link_lift.c: canonical functions */

/** Adds a function: lift a component's, everything else a core one. */
void link_canon(struct link *link, struct link_scope *scope, const struct canon *canon, uint32_t at);
struct plan_func link_lift(struct link *link, struct link_scope *scope, const struct canon *canon, uint32_t at);
void link_lower(struct link *link, struct link_scope *scope, const struct canon *canon, struct plan_canon *lowered,
                uint32_t at);

/* link_options.c */

/** Options looked up, and as written: what was given can be checked where items are made up, too. */
struct link_options {
    const struct plan_options *plan;
    const struct canon_options *given;
    const char *name; /**< Of the canonical function, for messages. */
};

enum link_direction {
    LINK_INTO,   /**< The value goes into the component: strings and lists need realloc. */
    LINK_OUT_OF, /**< It comes out of it. */
};

/** Memory, encoding and realloc; equal ones are one object. */
struct link_options link_options(struct link *link, const struct link_scope *scope, const struct canon *canon,
                                 uint32_t at);
const struct plan_core_func *link_callback(const struct link *link, const struct link_scope *scope,
                                           const struct canon_options *options, uint32_t at);
const struct plan_memory *link_memory(const struct link *link, const struct link_scope *scope, uint32_t index,
                                      uint32_t at);

/** Refuse options that lack what moving a value of this type needs. */
void link_need(const struct link *link, const struct link_options *options, enum link_direction direction,
               const struct type *type, uint32_t at);
void link_need_memory(const struct link *link, const struct link_options *options, uint32_t at);
void link_need_realloc(const struct link *link, const struct link_options *options, uint32_t at);

#endif /* GALE_TOOL_LINK_H */
