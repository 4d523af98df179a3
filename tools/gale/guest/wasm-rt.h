/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What C written by wasm2c 1.0.42 expects of its runtime, without a heap: memories and tables lie in static storage.
 *
 * Names and types here are wasm2c's. A memory is a `struct gale_memory`; its storage never moves, so a translated
 * function may keep its address. Every access is checked explicitly; a fault traps the running instance. How deep a
 * guest may call is left to the stack it runs on and the guard below it.
 */
#ifndef GALE_GUEST_WASM_RT_H
#define GALE_GUEST_WASM_RT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "gale/component/memory.h"

#define WABT_BIG_ENDIAN 0
#define WASM_RT_USE_MMAP 1 /* storage never moves: addresses may be kept in registers */
#define WASM_RT_USE_SEGUE 0
#define WASM_RT_SEGUE_FREE_SEGMENT 0
#define WASM_RT_MEMCHECK_GUARD_PAGES 0
#define WASM_RT_MEMCHECK_BOUNDS_CHECK 1
#define WASM_RT_NONCONFORMING_ALLOW_OOB_READ_ELIMINATION 0
#define WASM_RT_SANITY_CHECKS 0
#define WASM_RT_STACK_DEPTH_COUNT 0

#ifndef __has_builtin
#define __has_builtin(x) 0
#endif
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define wasm_rt_memcpy __builtin_memcpy
#define wasm_rt_unreachable __builtin_unreachable
#ifdef static_assert
#undef static_assert
#endif
#define static_assert(cond) _Static_assert(cond, #cond)

typedef enum {
    WASM_RT_TRAP_NONE,
    WASM_RT_TRAP_OOB,
    WASM_RT_TRAP_INT_OVERFLOW,
    WASM_RT_TRAP_DIV_BY_ZERO,
    WASM_RT_TRAP_INVALID_CONVERSION,
    WASM_RT_TRAP_UNREACHABLE,
    WASM_RT_TRAP_CALL_INDIRECT,
    WASM_RT_TRAP_NULL_REF,
    WASM_RT_TRAP_UNCAUGHT_EXCEPTION,
    WASM_RT_TRAP_UNALIGNED,
    WASM_RT_TRAP_EXHAUSTION
} wasm_rt_trap_t;

typedef enum {
    WASM_RT_I32,
    WASM_RT_I64,
    WASM_RT_F32,
    WASM_RT_F64,
    WASM_RT_V128,
    WASM_RT_FUNCREF,
    WASM_RT_EXTERNREF,
    WASM_RT_EXNREF
} wasm_rt_type_t;

typedef struct gale_memory wasm_rt_memory_t;
typedef void (*wasm_rt_function_ptr_t)(void);
typedef const char *wasm_rt_func_type_t;

typedef struct wasm_rt_tailcallee_t {
    void (*fn)(void **instance_ptr, void *tail_call_stack, struct wasm_rt_tailcallee_t *next);
} wasm_rt_tailcallee_t;

/** A function reference: what type, which function, of which instance. */
typedef struct wasm_rt_funcref_t {
    wasm_rt_func_type_t func_type;
    wasm_rt_function_ptr_t func;
    wasm_rt_tailcallee_t func_tailcallee;
    void *module_instance;
} wasm_rt_funcref_t;

typedef void *wasm_rt_externref_t;

#define wasm_rt_funcref_null_value ((wasm_rt_funcref_t){NULL, NULL, {NULL}, NULL})
#define wasm_rt_externref_null_value ((wasm_rt_externref_t){NULL})

typedef struct {
    wasm_rt_funcref_t *data;
    uint32_t max_size;
    uint32_t size;
} wasm_rt_funcref_table_t;

typedef struct {
    wasm_rt_externref_t *data;
    uint32_t max_size;
    uint32_t size;
} wasm_rt_externref_table_t;

/** Traps the running instance. */
void wasm_rt_trap(wasm_rt_trap_t code) __attribute__((noreturn));

static inline bool wasm_rt_is_initialized(void)
{
    return true;
}

/** Hands `bytes` of storage to a memory before its module is instantiated. */
void gale_guest_memory(wasm_rt_memory_t *memory, uint8_t *storage, size_t bytes);

/** Hands storage for `count` elements to a table before its module is instantiated. */
void gale_guest_funcref_table(wasm_rt_funcref_table_t *table, wasm_rt_funcref_t *storage, uint32_t count);
void gale_guest_externref_table(wasm_rt_externref_table_t *table, wasm_rt_externref_t *storage, uint32_t count);

/** Zeroes the first pages of the memory's storage. Traps when there are more than the storage holds. */
void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint64_t pages, uint64_t max_pages, bool is64,
                             uint32_t page_bytes);

/** Grows by `delta` pages: the former number of pages, or UINT32_MAX if storage or the module's limit end before. */
uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *memory, uint64_t delta);

void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t *table, uint32_t count, uint32_t max);
void wasm_rt_allocate_externref_table(wasm_rt_externref_table_t *table, uint32_t count, uint32_t max);
uint32_t wasm_rt_grow_funcref_table(wasm_rt_funcref_table_t *table, uint32_t delta, wasm_rt_funcref_t value);
uint32_t wasm_rt_grow_externref_table(wasm_rt_externref_table_t *table, uint32_t delta, wasm_rt_externref_t value);

/** Static storage is not given back. */
static inline void wasm_rt_free_memory(wasm_rt_memory_t *memory)
{
    (void)memory;
}

static inline void wasm_rt_free_funcref_table(wasm_rt_funcref_table_t *table)
{
    (void)table;
}

static inline void wasm_rt_free_externref_table(wasm_rt_externref_table_t *table)
{
    (void)table;
}

#endif /* GALE_GUEST_WASM_RT_H */
