/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Validation of core code: expressions run with types for values, as the core specification's validation algorithm does.
 *
 * Source: WebAssembly core specification, appendix "Validation Algorithm"; what a proposal adds that is not supported is
 * refused by its name.
 */
#ifndef GALE_TOOL_CORE_CODE_H
#define GALE_TOOL_CORE_CODE_H

#include "core.h"
#include "reader.h"

/** More locals than this in one function are refused. */
#define CORE_CODE_MAX_LOCALS 50000

/** Of no value: what the stack gives in code that is never reached. */
#define CORE_CODE_ANY ((uint8_t)0)

/** A block, loop, branch of an if, or the function itself. */
struct core_frame {
    uint8_t op;
    bool unreachable;
    uint32_t height; /**< Of the stack when it began. */
    struct core_func_type type;
};

/** An expression while it is read. */
struct core_code {
    struct reader *r;
    const struct core_module *m;
    const char *name; /**< "core function 3", "core global 0", for messages. */
    bool constant;
    uint32_t globals; /**< Of a constant expression: how many globals it may use. */
    ARRAY(uint8_t) stack;
    ARRAY(struct core_frame) frames;
    ARRAY(uint8_t) locals;
    ARRAY(uint8_t) elements;              /**< Type of each element segment. */
    const bool *declared;                 /**< By function: whether ref.func may name it. */
    const struct core_func_type *results; /**< Of the function: only the results count. */
    bool has_data_count;
    uint32_t data_count;
};

_Noreturn void core_code_fail(const struct core_code *c, uint32_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
_Noreturn void core_code_unsupported(const struct core_code *c, uint32_t at, const char *what);

/** The value type of one byte at some address that stays: a list of one. */
const uint8_t *core_code_one(uint8_t value);

void core_code_push(struct core_code *c, uint8_t value);
void core_code_push_all(struct core_code *c, const uint8_t *values, uint32_t count);
uint8_t core_code_pop_any(struct core_code *c, uint32_t at);
uint8_t core_code_pop(struct core_code *c, uint8_t wanted, uint32_t at);
void core_code_pop_all(struct core_code *c, const uint8_t *values, uint32_t count, uint32_t at);
void core_code_unreachable(struct core_code *c);

/** The item of this sort; refuses an index out of bounds. */
const struct core_extern *core_code_item(const struct core_code *c, enum core_sort sort, uint32_t index, uint32_t at);

/** What an address or index of a memory or table is. */
uint8_t core_code_address(const struct core_extern *item);

/** An instruction that is no control instruction. */
void core_code_plain(struct core_code *c, uint8_t op, uint32_t at);

/** The expression at the reader, with its end, as a function of this type. */
void core_code_run(struct core_code *c, const struct core_func_type *type);

/** A constant expression with its end, that gives one value of this type; it may use the first `globals` globals. */
void core_code_constant(struct core_code *c, uint8_t value, uint32_t globals);

/** Reads locals and code of a function. */
void core_code_function(struct core_code *c, const struct core_func_type *type);

#endif /* GALE_TOOL_CORE_CODE_H */
