/* SPDX-License-Identifier: Apache-2.0 */
#include "host_value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct host_place host_value_new(struct gale_arena *arena, const struct gale_wit_type *type)
{
    return (struct host_place){
        .arena = arena, .type = type, .address = host_arena_take(arena, type->size, type->align)};
}

struct host_place host_value_field(struct host_place record, uint32_t index)
{
    const struct gale_wit_part *part = &record.type->parts[index];
    return (struct host_place){.arena = record.arena, .type = part->type, .address = record.address + part->offset};
}

uint64_t host_value_load(struct host_place place)
{
    return host_arena_load(place.arena, place.address, place.type->size);
}

void host_value_store(struct host_place place, uint64_t value)
{
    host_arena_store(place.arena, place.address, place.type->size, value);
}

/* The number of the part `label`, or that of no part. */
static uint32_t host_value_find(const struct gale_wit_type *type, const char *label)
{
    uint32_t k = 0;
    while (k < type->count && strcmp(type->parts[k].name, label) != 0) {
        k++;
    }
    return k;
}

static uint32_t host_value_index(const struct gale_wit_type *type, const char *label)
{
    uint32_t index = host_value_find(type, label);
    if (index == type->count) {
        fprintf(stderr, "gale: a type that the component imports has no `%s`\n", label);
        abort();
    }
    return index;
}

static uint32_t host_value_tag(struct host_place variant)
{
    return (uint32_t)host_arena_load(variant.arena, variant.address, variant.type->tag_bytes);
}

const char *host_value_label(struct host_place variant)
{
    return variant.type->parts[host_value_tag(variant)].name;
}

struct host_place host_value_payload(struct host_place variant)
{
    return (struct host_place){.arena = variant.arena,
                               .type = variant.type->parts[host_value_tag(variant)].type,
                               .address = variant.address + variant.type->payload};
}

struct host_place host_value_case(struct host_place variant, const char *label)
{
    uint32_t tag = host_value_index(variant.type, label);
    host_arena_store(variant.arena, variant.address, variant.type->tag_bytes, tag);
    return host_value_payload(variant);
}

bool host_value_has_case(const struct gale_wit_type *variant, const char *label)
{
    return host_value_find(variant, label) < variant->count;
}

bool host_value_flag(struct host_place flags, const char *label)
{
    uint32_t bit = host_value_index(flags.type, label);
    return (host_arena_load(flags.arena, flags.address + bit / 8, 1) >> bit % 8 & 1) != 0;
}

void host_value_set_flag(struct host_place flags, const char *label)
{
    uint32_t bit = host_value_index(flags.type, label);
    uint64_t byte = host_arena_load(flags.arena, flags.address + bit / 8, 1);
    host_arena_store(flags.arena, flags.address + bit / 8, 1, byte | UINT64_C(1) << bit % 8);
}

struct host_bytes host_value_bytes(struct host_place place)
{
    uint32_t at = (uint32_t)host_arena_load(place.arena, place.address, 4);
    return (struct host_bytes){.data = host_arena_at(place.arena, at),
                               .count = (uint32_t)host_arena_load(place.arena, place.address + 4, 4)};
}

bool host_value_store_bytes(struct host_place place, const void *data, size_t bytes)
{
    return bytes <= UINT32_MAX && host_arena_put_string(place.arena, place.address, data, (uint32_t)bytes);
}

struct host_place host_value_list(struct host_place place, uint32_t count)
{
    const struct gale_wit_type *element = place.type->element;
    uint64_t bytes = (uint64_t)count * element->size;
    uint32_t at = bytes > UINT32_MAX ? 0 : host_arena_take(place.arena, (uint32_t)bytes, element->align);
    host_arena_store(place.arena, place.address, 4, at);
    host_arena_store(place.arena, place.address + 4, 4, at == 0 ? 0 : count);
    return (struct host_place){.arena = place.arena, .type = element, .address = at};
}

struct host_place host_value_item(struct host_place first, uint32_t index)
{
    first.address += index * first.type->size;
    return first;
}
