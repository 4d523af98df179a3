/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * From a plan to C: what the files lower_*.c share. All names in the output are numbers from the plan:
 *
 *   mK.c            core module K, by wasm2c           w2c_mK            its instances' type
 *   gale_core_N     core instance N                    gale_instance_N   component instance N
 *   gale_options_N  canonical options N                gale_lift_N       lifted function N
 *   builtinN        canonical function N               gale_lower_N      binding of lowered function N
 *   gale_type_N     description of value type N        gale_value_N      type N as stream element
 */
#ifndef GALE_TOOL_LOWER_H
#define GALE_TOOL_LOWER_H

#include "plan.h"
#include "text.h"

/** What the command line says about the output. */
struct lower_options {
    const char *component; /**< Path of the input. */
    const char *output;    /**< Directory to make. */
    const char *budget;    /**< File that overrides budgets; NULL: none. */
    bool open;             /**< The component links others: see plan.h. */
    bool page_size;        /**< Shrink memories to pages of one byte where the module tells where its heap begins. */
    const char *target;    /**< Core that runs it, each instance in a memory domain: "cortex-m3"; NULL: not isolated. */
};

struct output;

/** How the values of a call lie on a side. */
enum lower_form {
    LOWER_FLAT,
    LOWER_MEMORY,
};

/** A function that moves values of one type between two forms; `wanted` once code calls it. */
struct lower_mover {
    bool wanted;
    struct text body;
};

/** A params or results function that a binding needs. */
struct lower_pass {
    const struct func_type *type;
    bool is_result;
    enum lower_form from, to;
    uint32_t pointer; /**< Results to memory: which of the caller's arguments points to the room. */
    const char *name;
};

/** A function that the program exports, for the host to call. */
struct lower_export {
    struct str interface; /**< Empty: of the world. */
    struct str name;
    const struct plan_lift *lift;
};

/** What a core module needs to be translated. */
struct lower_module {
    const struct core_module *module;
    ARRAY(const struct plan_core_instance *) instances;
    bool *exported[CORE_TAG + 1]; /**< By sort and index: whether glue refers to it. */
};

/** Everything while writing. */
struct lower {
    struct arena *arena;
    const struct plan *plan;
    const struct lower_options *options;
    struct output *output; /**< Where files grow. */
    struct lower_module *modules;
    ARRAY(struct lower_export) exports;
    ARRAY(struct lower_pass) passes;
    struct lower_mover *movers; /**< Four per type: from form * 2 + to form. */
    struct lower_mover *lists;  /**< One per type. */
    bool *values;               /**< Type is the element of a stream or future. */
    bool *described;            /**< Type is part of an export, import, stream or future. */
    bool *results;              /**< Type is a function's result. */
};

/* lower_collect.c: what the output consists of. */
void lower_collect(struct lower *lower);

/* lower_value.c: code that moves values. */
struct lower_place {
    enum lower_form form;
    const char *base; /**< A variable: `const uint8_t *` or `const union gale_flat *`. */
    uint32_t at;      /**< Bytes or slots behind it. */
};
void lower_value(struct lower *lower, struct text *out, int depth, const struct type *type, struct lower_place from,
                 struct lower_place to);
/** The functions that lower_value turned out to call, and the element types of streams. */
void lower_write_movers(struct lower *lower, struct text *out);
/** May a value of the type be moved by copying its bytes? */
bool lower_is_plain(const struct type *type);

/* lower_pass.c */
const char *lower_params(struct lower *lower, const struct func_type *type, enum lower_form from, enum lower_form to);
const char *lower_results(struct lower *lower, const struct func_type *type, enum lower_form from, enum lower_form to,
                          uint32_t pointer);
void lower_write_values(struct lower *lower, struct text *out);

/* lower_core.c: names and signatures of core items. */
/** A type in WIT, for a comment. */
const char *lower_type_text(struct lower *lower, const struct type *type);
const char *lower_core_c_type(uint8_t value);
const char *lower_core_result(struct arena *arena, const struct core_func_type *type);
void lower_core_params(struct text *out, const struct core_func_type *type, const char *first);
/** "w2c_m3_x12(&gale_core_7" or "builtin9(" with `arguments` appended and the call closed. */
const char *lower_core_call(struct lower *lower, const struct plan_core_func *func, const char *arguments);
const char *lower_core_address(struct lower *lower, struct plan_core_export item);
const char *lower_memory_address(struct lower *lower, const struct plan_memory *memory);
/** The record of a memory that the runtime goes by: where guests are isolated, not the guest's own. */
const char *lower_memory_view(struct lower *lower, const struct plan_memory *memory);
void lower_want(struct lower *lower, const struct plan_core_instance *instance, enum core_sort sort, uint32_t index);

/** A function of the form of `gale_func.core` that calls a core function. */
void lower_core_thunk(struct lower *lower, struct text *out, const char *name, const struct plan_core_func *func);
/** "results[0] = gale_glue_slot" or the like around a call with a result of type `value`. */
const char *lower_core_slot(uint8_t value);
/** "params[0].i32, params[1].f64" */
const char *lower_core_arguments(struct lower *lower, const struct core_func_type *type, const char *slots);
const char *lower_options_address(struct lower *lower, const struct plan_options *options);
/** What tells result types apart at run time. */
const char *lower_result_identity(struct lower *lower, const struct type *result);

/* The files of the output, and parts of glue.c. */
void lower_write_options(struct lower *lower, struct text *out);
void lower_write_bindings(struct lower *lower, struct text *out);
void lower_write_resources(struct lower *lower, struct text *out);
void lower_write_header(struct lower *lower, struct text *out);
void lower_write_glue(struct lower *lower, struct text *out);
void lower_write_builtins(struct lower *lower, struct text *out);
void lower_write_imports(struct lower *lower, struct text *out);
void lower_write_lifts(struct lower *lower, struct text *out);
void lower_write_plan(struct lower *lower, struct text *out);
void lower_write_describe(struct lower *lower, struct text *out);
void lower_write_budgets(struct lower *lower, struct text *out);
void lower_write_cmake(struct lower *lower, struct text *out);

/* lower_isolate.c: instances behind the MPU. All of it is empty without a target. */
/** Does the instance run code outside, and so have a domain? */
bool lower_is_isolated(struct lower *lower, const struct plan_instance *instance);
/** Body of a function inside that lets `outside` run: `params` and, if `results`, `results` are its arrays of flats. */
void lower_isolate_enter(struct lower *lower, struct text *out, const struct plan_core_func *func, const char *outside,
                         const char *params, const char *results);
/** In lowered.h: what guests may write, and what the runtime keeps of it. */
void lower_isolate_header(struct lower *lower, struct text *out);
/** In glue.c: gates, as core code calls them (first their declarations), and as they are served. */
void lower_isolate_declare_gates(struct lower *lower, struct text *out);
void lower_isolate_gates(struct lower *lower, struct text *out);
/** In plan.c: blocks and isolates. */
void lower_isolate_blocks(struct lower *lower, struct text *out);
/** Refuses a component that cannot be isolated. */
void lower_isolate_check(struct lower *lower);
/** parts.txt: which object files and symbols are whose, for scripts/firmware_link. */
void lower_write_parts(struct lower *lower, struct text *out);
/** In budgets.h. */
void lower_isolate_budgets(struct lower *lower, struct text *out);

/* lower_page.c */
/** The size in bytes that --page-size gives the module's memory; 0: none, it keeps its pages. */
uint32_t lower_page_bytes(struct lower *lower, const struct core_module *module);
/** Limits of a memory as the output has it. */
struct core_limits lower_limits(struct lower *lower, const struct plan_memory *memory);

/** The module with imports and exports renamed, custom sections dropped, memory pages shrunk if asked for. */
struct str lower_rewrite(struct lower *lower, const struct lower_module *module);

/** A file of the output that is no module. */
struct lower_file {
    const char *name;
    struct text text;
};
#define LOWER_FILES 8
/** Writes them all, to memory; after lower_collect(), once. */
void lower_texts(struct lower *lower, struct lower_file files[LOWER_FILES]);

/** Lowers one component: the whole of `gale lower`. Exit status 0, 1 (environment) or 2 (component). */
int lower_component(const struct lower_options *options);

#endif /* GALE_TOOL_LOWER_H */
