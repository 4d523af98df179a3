/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memories smaller than a page of 64 KiB: with --page-size, a module that exports `__heap_base` gets a memory of exactly so
 * many bytes, in pages of one byte (the custom page sizes of WebAssembly). Its stack and static data lie below that
 * address when it was linked with --stack-first; what it would allocate by memory.grow it does not get.
 */
#include "lower.h"

#include "diag.h"

#define PAGE_ALIGN 16u

enum page_opcode {
    PAGE_END = 0x0b,
    PAGE_GLOBAL_GET = 0x23,
    PAGE_I32_CONST = 0x41,
    PAGE_I64_CONST = 0x42,
    PAGE_F32_CONST = 0x43,
    PAGE_F64_CONST = 0x44,
    PAGE_REF_NULL = 0xd0,
    PAGE_REF_FUNC = 0xd2,
};

static uint32_t page_skip_leb(const uint8_t *bytes, uint32_t at)
{
    while ((bytes[at] & 0x80) != 0) {
        at++;
    }
    return at + 1;
}

/* Behind the constant expression at `at`, which decoding has bounded by its section. */
static uint32_t page_skip_expression(const uint8_t *bytes, uint32_t at, uint32_t end)
{
    while (at < end && bytes[at] != PAGE_END) {
        switch (bytes[at]) {
        case PAGE_GLOBAL_GET:
        case PAGE_I32_CONST:
        case PAGE_I64_CONST:
        case PAGE_REF_NULL:
        case PAGE_REF_FUNC:
            at = page_skip_leb(bytes, at + 1);
            break;
        case PAGE_F32_CONST:
            at += 5;
            break;
        case PAGE_F64_CONST:
            at += 9;
            break;
        default:
            at++;
        }
    }
    return at + 1;
}

/* The value of an i32.const, as it lies in the binary: signed, but an address. */
static uint32_t page_constant(const uint8_t *bytes, uint32_t at)
{
    uint32_t value = 0;
    unsigned shift = 0;

    for (; (bytes[at] & 0x80) != 0; at++, shift += 7) {
        value |= (uint32_t)(bytes[at] & 0x7f) << shift;
    }
    return value | (uint32_t)(bytes[at] & 0x7f) << shift;
}

static uint32_t page_imported(const struct core_module *module, enum core_sort sort)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < module->imports.count; i++) {
        count += module->imports.at[i].type.sort == sort ? 1 : 0;
    }
    return count;
}

/* The initial value of global `index`, if it is a constant; 0 otherwise. */
static uint32_t page_global(const struct core_module *module, uint32_t index)
{
    const struct core_section *section = &module->sections[6];
    uint32_t at = page_skip_leb(module->bytes, section->body);

    for (uint32_t i = page_imported(module, CORE_GLOBAL); i < index && at < section->end; i++) {
        at = page_skip_expression(module->bytes, at + 2, section->end);
    }
    return at + 2 < section->end && module->bytes[at + 2] == PAGE_I32_CONST ? page_constant(module->bytes, at + 3) : 0;
}

static uint32_t page_heap_base(const struct core_module *module)
{
    for (uint32_t i = 0; i < module->exports.count; i++) {
        const struct core_export *export = &module->exports.at[i];
        if (export->type.sort == CORE_GLOBAL && str_equal(export->name, STR("__heap_base")) &&
            export->index >= page_imported(module, CORE_GLOBAL)) {
            return page_global(module, export->index);
        }
    }
    return 0;
}

uint32_t lower_page_bytes(struct lower *lower, const struct core_module *module)
{
    uint32_t bytes;

    if (!lower->options->page_size || module->memories.count != 1 || page_imported(module, CORE_MEMORY) != 0 ||
        module->memories.at[0].limits.page_log2 != 16) {
        return 0;
    }
    bytes = (page_heap_base(module) + PAGE_ALIGN - 1) / PAGE_ALIGN * PAGE_ALIGN;
    if (bytes > module->memories.at[0].limits.min * 65536) {
        diag_fail(lower->arena->diag, DIAG_UNSUPPORTED, module->at,
                  "core module: `__heap_base` lies outside of its memory, --page-size cannot be used");
    }
    return bytes;
}

struct core_limits lower_limits(struct lower *lower, const struct plan_memory *memory)
{
    uint32_t bytes = lower_page_bytes(lower, memory->owner->module);

    if (bytes == 0) {
        return memory->limits;
    }
    return (struct core_limits){.min = bytes, .max = bytes, .has_max = true};
}
