/* SPDX-License-Identifier: Apache-2.0 */
/* Interning: equal types become one object. A candidate is built on the stack, looked up, and copied if it is new. */
#include "types.h"

#include <string.h>

#include "diag.h"
#include "plan.h"
#include "types_layout.h"

static uint32_t types_mix(uint32_t hash, uint32_t word)
{
    return (hash ^ word) * 16777619u;
}

static uint32_t types_field_hash(uint32_t hash, const struct type_field *field)
{
    hash = types_mix(hash, field->type != NULL ? field->type->id + 1 : 0);
    for (uint32_t i = 0; i < field->name.size; i++) {
        hash = types_mix(hash, (uint8_t)field->name.data[i]);
    }
    return types_mix(hash, field->name.size);
}

static bool types_fields_equal(const struct type_field *a, const struct type_field *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (a[i].type != b[i].type || !str_equal(a[i].name, b[i].name)) {
            return false;
        }
    }
    return true;
}

static uint32_t types_hash(const struct type *type)
{
    uint32_t hash = types_mix(2166136261u, (uint32_t)type->kind);
    hash = types_mix(hash, type->element != NULL ? type->element->id + 1 : 0);
    hash = types_mix(hash, type->length);
    hash = types_mix(hash, (uint32_t)((uintptr_t)type->resource >> 4));
    for (uint32_t i = 0; i < type->field_count; i++) {
        hash = types_field_hash(hash, &type->fields[i]);
    }
    return hash ^ hash >> 16;
}

static uint32_t types_func_hash(const struct func_type *type)
{
    uint32_t hash = types_mix(type->async, type->result != NULL ? type->result->id + 1 : 0);
    for (uint32_t i = 0; i < type->param_count; i++) {
        hash = types_field_hash(hash, &type->params[i]);
    }
    return hash ^ hash >> 16;
}

static void types_grow(struct types *types)
{
    if (types->all.count < types->bucket_count) {
        return;
    }
    types->bucket_count = types->bucket_count == 0 ? 64 : types->bucket_count * 2;
    types->buckets = ARENA_ARRAY(types->arena, struct type *, types->bucket_count);
    for (uint32_t i = 0; i < types->all.count; i++) {
        struct type **bucket = &types->buckets[types_hash(types->all.at[i]) & (types->bucket_count - 1)];
        types->all.at[i]->next = *bucket;
        *bucket = types->all.at[i];
    }
}

static void types_grow_funcs(struct types *types)
{
    if (types->funcs.count < types->func_bucket_count) {
        return;
    }
    types->func_bucket_count = types->func_bucket_count == 0 ? 64 : types->func_bucket_count * 2;
    types->func_buckets = ARENA_ARRAY(types->arena, struct func_type *, types->func_bucket_count);
    for (uint32_t i = 0; i < types->funcs.count; i++) {
        struct func_type **bucket =
            &types->func_buckets[types_func_hash(types->funcs.at[i]) & (types->func_bucket_count - 1)];
        types->funcs.at[i]->next = *bucket;
        *bucket = types->funcs.at[i];
    }
}

static bool types_equal(const struct type *a, const struct type *b)
{
    return a->kind == b->kind && a->element == b->element && a->length == b->length && a->resource == b->resource &&
           a->field_count == b->field_count && types_fields_equal(a->fields, b->fields, a->field_count);
}

static void types_refuse_size(struct types *types, uint32_t at, const struct type *type)
{
    if (type->depth > TYPE_MAX_DEPTH) {
        diag_fail(types->arena->diag, DIAG_LIMIT, at, "type: nested more than %d deep", TYPE_MAX_DEPTH);
    }
    if (type->size64 >= TYPE_MAX_SIZE) {
        diag_fail(types->arena->diag, DIAG_INVALID, at, "type: a value of 2^28 bytes or more (type too large)");
    }
}

static const struct type *types_intern(struct types *types, uint32_t at, struct type *candidate, bool bounded);

/** The type made of plain parts only. Its parts have theirs: this does not go deep. */
static const struct type *types_plain(struct types *types, const struct type *type)
{
    struct type candidate = {.kind = type->kind, .length = type->length, .field_count = type->field_count};
    struct type_field *fields = ARENA_ARRAY(types->arena, struct type_field, type->field_count);
    candidate.element = type->element != NULL ? type->element->plain : NULL;
    candidate.resource = type->resource != NULL ? plan_resource_plain(type->resource) : NULL;
    bool plain = candidate.element == type->element && candidate.resource == type->resource;
    for (uint32_t i = 0; i < type->field_count; i++) {
        fields[i] = type->fields[i];
        fields[i].type = fields[i].type != NULL ? fields[i].type->plain : NULL;
        plain = plain && fields[i].type == type->fields[i].type;
    }
    candidate.fields = fields;
    return plain ? type : types_intern(types, DIAG_NOWHERE, &candidate, false);
}

/** `bounded`: a type of the component, whose size has a limit; not an entry of a map. */
static const struct type *types_intern(struct types *types, uint32_t at, struct type *candidate, bool bounded)
{
    types_grow(types);
    struct type **bucket = &types->buckets[types_hash(candidate) & (types->bucket_count - 1)];
    for (const struct type *known = *bucket; known != NULL; known = known->next) {
        if (types_equal(known, candidate)) {
            if (bounded) {
                types_refuse_size(types, at, known);
            }
            return known;
        }
    }
    struct type *type = ARENA_NEW(types->arena, struct type);
    struct type_field *fields = ARENA_ARRAY(types->arena, struct type_field, candidate->field_count);
    if (candidate->field_count != 0) {
        memcpy(fields, candidate->fields, candidate->field_count * sizeof *fields);
    }
    *type = *candidate;
    type->fields = fields;
    types_layout(type, fields);
    if (bounded) {
        types_refuse_size(types, at, type);
    }
    type->id = types->all.count;
    type->next = *bucket;
    *bucket = type;
    *ARRAY_ADD(types->arena, &types->all) = type;
    type->plain = types_plain(types, type);
    return type;
}

const struct type *types_named(struct types *types, const struct type *type)
{
    struct type *named = ARENA_NEW(types->arena, struct type);
    *named = *type;
    return named;
}

void types_init(struct types *types, struct arena *arena)
{
    memset(types, 0, sizeof *types);
    types->arena = arena;
}

const struct type *types_primitive(struct types *types, enum type_kind kind)
{
    struct type candidate = {.kind = kind};
    return types_intern(types, DIAG_NOWHERE, &candidate, true);
}

const struct type *types_element(struct types *types, uint32_t at, enum type_kind kind, const struct type *element,
                                 uint32_t length)
{
    struct type candidate = {.kind = kind, .element = element, .length = length};
    struct type_field cases[2] = {{.name = STR("none")}, {.name = STR("some"), .type = element}};
    if (kind == TYPE_OPTION) {
        candidate.fields = cases;
        candidate.field_count = 2;
    }
    return types_intern(types, at, &candidate, true);
}

const struct type *types_fields(struct types *types, uint32_t at, enum type_kind kind, const struct type_field *fields,
                                uint32_t count)
{
    struct type candidate = {.kind = kind, .fields = fields, .field_count = count};
    if (kind == TYPE_MAP) {
        struct type entry = {.kind = TYPE_TUPLE, .fields = fields, .field_count = count};
        candidate.element = types_intern(types, at, &entry, false);
    }
    return types_intern(types, at, &candidate, true);
}

const struct type *types_handle(struct types *types, enum type_kind kind, const struct plan_resource *resource)
{
    struct type candidate = {.kind = kind, .resource = resource};
    return types_intern(types, DIAG_NOWHERE, &candidate, true);
}

static const struct type *types_tuple_of(struct types *types, uint32_t at, const struct type_field *params,
                                         uint32_t count)
{
    struct type_field *fields = ARENA_ARRAY(types->arena, struct type_field, count);
    for (uint32_t i = 0; i < count; i++) {
        fields[i] = (struct type_field){.name = STR(""), .type = params[i].type};
    }
    return count == 0 ? NULL : types_fields(types, at, TYPE_TUPLE, fields, count);
}

static bool types_func_equal(const struct func_type *a, const struct func_type *b)
{
    return a->async == b->async && a->result == b->result && a->param_count == b->param_count &&
           types_fields_equal(a->params, b->params, a->param_count);
}

static const struct func_type *types_plain_func(struct types *types, const struct func_type *type)
{
    struct type_field *params = ARENA_ARRAY(types->arena, struct type_field, type->param_count);
    const struct type *result = type->result != NULL ? type->result->plain : NULL;
    bool plain = result == type->result;
    for (uint32_t i = 0; i < type->param_count; i++) {
        params[i] = type->params[i];
        params[i].type = params[i].type->plain;
        plain = plain && params[i].type == type->params[i].type;
    }
    return plain ? type : types_func(types, DIAG_NOWHERE, type->async, params, type->param_count, result);
}

const struct func_type *types_func(struct types *types, uint32_t at, bool async, const struct type_field *params,
                                   uint32_t count, const struct type *result)
{
    struct func_type candidate = {.async = async, .params = params, .param_count = count, .result = result};
    types_grow_funcs(types);
    struct func_type **bucket = &types->func_buckets[types_func_hash(&candidate) & (types->func_bucket_count - 1)];
    for (const struct func_type *known = *bucket; known != NULL; known = known->next) {
        if (types_func_equal(known, &candidate)) {
            return known;
        }
    }
    struct func_type *type = ARENA_NEW(types->arena, struct func_type);
    struct type_field *fields = ARENA_ARRAY(types->arena, struct type_field, count);
    *type = candidate;
    type->param_tuple = types_tuple_of(types, at, params, count);
    for (uint32_t i = 0; i < count; i++) {
        fields[i] = params[i];
        fields[i].offset = type->param_tuple->fields[i].offset;
    }
    type->params = fields;
    if (type->param_tuple != NULL) {
        type->flat_count = type->param_tuple->flat_count;
        memcpy(type->flat, type->param_tuple->flat, sizeof type->flat);
    }
    type->id = types->funcs.count;
    type->next = *bucket;
    *bucket = type;
    *ARRAY_ADD(types->arena, &types->funcs) = type;
    type->plain = types_plain_func(types, type);
    return type;
}
