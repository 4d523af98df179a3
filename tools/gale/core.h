/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A core module, as far as linking needs it: types, imports, exports, memories; bodies are left to the translator.
 */
#ifndef GALE_TOOL_CORE_H
#define GALE_TOOL_CORE_H

#include "arena.h"

/** Core value types by their byte in the binary format. */
enum core_value {
    CORE_I32 = 0x7f,
    CORE_I64 = 0x7e,
    CORE_F32 = 0x7d,
    CORE_F64 = 0x7c,
    CORE_V128 = 0x7b,
    CORE_FUNCREF = 0x70,
    CORE_EXTERNREF = 0x6f,
};

/** The sort of a core item by its byte in the binary format. */
enum core_sort {
    CORE_FUNC = 0x00,
    CORE_TABLE = 0x01,
    CORE_MEMORY = 0x02,
    CORE_GLOBAL = 0x03,
    CORE_TAG = 0x04,
    CORE_TYPE = 0x10,
    CORE_MODULE = 0x11,
    CORE_INSTANCE = 0x12,
};

/** A core function type; not interned: compare with core_func_equal. */
struct core_func_type {
    uint32_t param_count;
    uint32_t result_count;
    const uint8_t *params;  /**< enum core_value each. */
    const uint8_t *results; /**< enum core_value each. */
    bool open;              /**< Declared so that subtypes could extend it: a type of its own. Not in modules. */
};

struct core_limits {
    uint64_t min;
    uint64_t max; /**< UINT64_MAX if none is given. */
    bool has_max;
    bool shared;
    bool is64;
    uint8_t page_log2; /**< Memories: 16 unless the module says otherwise (0: pages of one byte). */
};

/** The type of an import or export. */
struct core_extern {
    enum core_sort sort;               /**< CORE_FUNC .. CORE_TAG. */
    const struct core_func_type *func; /**< CORE_FUNC, CORE_TAG. */
    struct core_limits limits;         /**< CORE_TABLE, CORE_MEMORY. */
    uint8_t value;                     /**< CORE_TABLE: element; CORE_GLOBAL: value type. */
    bool mutable_;                     /**< CORE_GLOBAL. */
};

struct core_import {
    struct str module;
    struct str field;
    struct core_extern type;
    uint32_t index; /**< In the module's index space of its sort; imports come first there. */
};

struct core_export {
    struct str name;
    struct core_extern type;
    uint32_t index; /**< In the module's index space of its sort. */
};

/** Where a section's bytes are in the module: its id byte, its body, and its end. */
struct core_section {
    uint32_t start; /**< Offset of the id byte in `bytes`; 0: there is no such section (offset 0 is the magic). */
    uint32_t body;  /**< Offset behind id and size. */
    uint32_t end;
};

#define CORE_SECTIONS 14 /* ids 0..13; custom sections (0) are not kept */

/** A module. */
struct core_module {
    uint32_t id;          /**< Index in plan.modules, once linked and instantiated. */
    const uint8_t *bytes; /**< Inside the component's bytes. */
    uint32_t size;
    uint32_t at; /**< Byte offset of the module in the component's file. */
    ARRAY(struct core_func_type) types;
    ARRAY(struct core_import) imports;
    ARRAY(struct core_export) exports;
    ARRAY(struct core_extern) funcs; /**< Index spaces, imports first. */
    ARRAY(struct core_extern) tables;
    ARRAY(struct core_extern) memories;
    ARRAY(struct core_extern) globals;
    ARRAY(struct core_extern) tags;
    bool has_start;
    uint32_t start; /**< Index of the start function. */
    struct core_section sections[CORE_SECTIONS];
};

struct reader;

/** Decodes the module in the rest of `reader`; refuses what is malformed. */
struct core_module *core_decode(struct arena *arena, struct reader *reader);

bool core_func_equal(const struct core_func_type *a, const struct core_func_type *b);

/** May an item of type `given` stand where `wanted` is imported? */
bool core_extern_matches(const struct core_extern *given, const struct core_extern *wanted);

/** "(func (param i32) (result i32))" and the like, for messages. */
const char *core_extern_print(struct arena *arena, const struct core_extern *type);
const char *core_sort_name(enum core_sort sort);
const char *core_value_name(uint8_t value);

/** An item of the module's index space of that sort; NULL: there is none. */
const struct core_extern *core_item(const struct core_module *m, enum core_sort sort, uint32_t index);

#endif /* GALE_TOOL_CORE_H */
