/* SPDX-License-Identifier: Apache-2.0 */
#include "start.h"

#include "gale/component/trap.h"

#define WASM_PAGE_BYTES 65536u

void gale_guest_trap(struct gale_instance *instance, uint32_t code)
{
    enum gale_trap trap = code == WASM_RT_TRAP_UNREACHABLE  ? GALE_TRAP_UNREACHABLE
                          : code == WASM_RT_TRAP_EXHAUSTION ? GALE_TRAP_DEPTH
                                                            : GALE_TRAP_CORE;

    gale_trap_value(instance, trap, code);
}

const char *gale_guest_trap_text(uint32_t value)
{
    static const char *const texts[] = {
        [WASM_RT_TRAP_OOB] = "wasm trap: out of bounds memory access",
        [WASM_RT_TRAP_INT_OVERFLOW] = "wasm trap: integer overflow",
        [WASM_RT_TRAP_DIV_BY_ZERO] = "wasm trap: integer divide by zero",
        [WASM_RT_TRAP_INVALID_CONVERSION] = "wasm trap: invalid conversion to integer",
        [WASM_RT_TRAP_CALL_INDIRECT] = "wasm trap: uninitialized element or indirect call type mismatch",
        [WASM_RT_TRAP_NULL_REF] = "wasm trap: null reference",
        [WASM_RT_TRAP_UNALIGNED] = "wasm trap: unaligned atomic",
    };

    return value < sizeof texts / sizeof texts[0] && texts[value] != NULL ? texts[value] : "wasm trap";
}

void gale_guest_memory(wasm_rt_memory_t *memory, uint8_t *storage, size_t bytes)
{
    *memory = (wasm_rt_memory_t){.data = storage, .size = bytes};
}

/* The size a memory comes with is that of its storage; what is not a whole page of it is never used. */
void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint64_t pages, uint64_t max_pages, bool is64,
                             uint32_t page_bytes)
{
    uint64_t room = memory->size / page_bytes;

    (void)is64;
    if (pages > room) {
        wasm_rt_trap(WASM_RT_TRAP_OOB);
    }
    memory->pages = (uint32_t)pages;
    memory->max_pages = (uint32_t)(max_pages < room ? max_pages : room);
    memory->size = (size_t)(pages * page_bytes);
    memset(memory->data, 0, memory->size);
}

/* Pages of one byte are recognised by their number; a memory that begins empty has pages of the usual size. */
static size_t page_bytes_of(const wasm_rt_memory_t *memory)
{
    return memory->pages == 0 ? WASM_PAGE_BYTES : memory->size / memory->pages;
}

uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *memory, uint64_t delta)
{
    size_t page_bytes = page_bytes_of(memory);
    uint32_t pages = memory->pages;

    if (delta > memory->max_pages - pages) {
        return UINT32_MAX;
    }
    memset(memory->data + memory->size, 0, (size_t)delta * page_bytes);
    memory->pages = pages + (uint32_t)delta;
    memory->size = memory->pages * page_bytes;
    return pages;
}

void gale_guest_funcref_table(wasm_rt_funcref_table_t *table, wasm_rt_funcref_t *storage, uint32_t count)
{
    *table = (wasm_rt_funcref_table_t){storage, count, 0};
}

void gale_guest_externref_table(wasm_rt_externref_table_t *table, wasm_rt_externref_t *storage, uint32_t count)
{
    *table = (wasm_rt_externref_table_t){storage, count, 0};
}

void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t *table, uint32_t count, uint32_t max)
{
    if (count > table->max_size) {
        wasm_rt_trap(WASM_RT_TRAP_OOB);
    }
    table->max_size = max < table->max_size ? max : table->max_size;
    table->size = 0;
    (void)wasm_rt_grow_funcref_table(table, count, wasm_rt_funcref_null_value);
}

void wasm_rt_allocate_externref_table(wasm_rt_externref_table_t *table, uint32_t count, uint32_t max)
{
    if (count > table->max_size) {
        wasm_rt_trap(WASM_RT_TRAP_OOB);
    }
    table->max_size = max < table->max_size ? max : table->max_size;
    table->size = 0;
    (void)wasm_rt_grow_externref_table(table, count, wasm_rt_externref_null_value);
}

uint32_t wasm_rt_grow_funcref_table(wasm_rt_funcref_table_t *table, uint32_t delta, wasm_rt_funcref_t value)
{
    uint32_t size = table->size;

    if (delta > table->max_size - size) {
        return UINT32_MAX;
    }
    for (uint32_t i = size; i < size + delta; i++) {
        table->data[i] = value;
    }
    table->size = size + delta;
    return size;
}

uint32_t wasm_rt_grow_externref_table(wasm_rt_externref_table_t *table, uint32_t delta, wasm_rt_externref_t value)
{
    uint32_t size = table->size;

    if (delta > table->max_size - size) {
        return UINT32_MAX;
    }
    for (uint32_t i = size; i < size + delta; i++) {
        table->data[i] = value;
    }
    table->size = size + delta;
    return size;
}
