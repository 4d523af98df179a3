/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes, alignments, flat values and core signatures of types; each number follows from the Canonical ABI. */
#include "test.h"
#include "types.h"

#include "diag.h"

#include <string.h>

static struct diag types_diag;
static struct arena types_arena = {.diag = &types_diag};
static struct types types;

static void begin(void)
{
    arena_close(&types_arena);
    types_init(&types, &types_arena);
}

static const struct type *of(enum type_kind kind)
{
    return types_primitive(&types, kind);
}

static struct type_field field(const char *name, const struct type *type)
{
    return (struct type_field){.name = {name, (uint32_t)strlen(name)}, .type = type};
}

/** A tuple of two or three. */
static const struct type *tuple(const struct type *a, const struct type *b, const struct type *c)
{
    const struct type_field fields[3] = {field("", a), field("", b), field("", c)};
    return types_fields(&types, 0, TYPE_TUPLE, fields, c == NULL ? 2 : 3);
}

static const struct type *either(const struct type *ok, const struct type *error)
{
    const struct type_field fields[2] = {field("ok", ok), field("error", error)};
    return types_fields(&types, 0, TYPE_RESULT, fields, 2);
}

/** Flat values as letters: i, I, f, F. */
static const char *flat(const uint8_t *values, uint32_t count)
{
    static char text[32];
    for (uint32_t i = 0; i < count; i++) {
        text[i] = values[i] == CORE_I32 ? 'i' : values[i] == CORE_I64 ? 'I' : values[i] == CORE_F32 ? 'f' : 'F';
    }
    text[count] = '\0';
    return text;
}

static void check_layout(const struct type *type, uint32_t size, uint32_t align, const char *flattened)
{
    CHECK_EQ(type->size, size);
    CHECK_EQ(type->align, align);
    CHECK_STR(flat(type->flat, type->flat_count), flattened);
}

TEST(types, equal_types_are_one_object_and_labels_count)
{
    begin();
    const struct type_field xy[2] = {field("x", of(TYPE_U8)), field("y", of(TYPE_U32))};
    const struct type_field xz[2] = {field("x", of(TYPE_U8)), field("z", of(TYPE_U32))};

    CHECK(types_fields(&types, 0, TYPE_RECORD, xy, 2) == types_fields(&types, 0, TYPE_RECORD, xy, 2));
    CHECK(types_fields(&types, 0, TYPE_RECORD, xy, 2) != types_fields(&types, 0, TYPE_RECORD, xz, 2));
    CHECK(types_element(&types, 0, TYPE_LIST, of(TYPE_U8), 0) != types_element(&types, 0, TYPE_OPTION, of(TYPE_U8), 0));
    CHECK(types_element(&types, 0, TYPE_FIXED_LIST, of(TYPE_U8), 3) !=
          types_element(&types, 0, TYPE_FIXED_LIST, of(TYPE_U8), 4));
}

TEST(types, parts_have_smaller_ids_than_the_whole)
{
    begin();
    const struct type *whole = tuple(of(TYPE_STRING), either(of(TYPE_U8), NULL), of(TYPE_CHAR));
    for (uint32_t i = 0; i < whole->field_count; i++) {
        CHECK(whole->fields[i].type->id < whole->id);
    }
    CHECK(types.all.at[whole->id] == whole);
}

TEST(types, primitives_have_the_layout_of_their_width)
{
    begin();
    check_layout(of(TYPE_BOOL), 1, 1, "i");
    check_layout(of(TYPE_S16), 2, 2, "i");
    check_layout(of(TYPE_CHAR), 4, 4, "i");
    check_layout(of(TYPE_U64), 8, 8, "I");
    check_layout(of(TYPE_F32), 4, 4, "f");
    check_layout(of(TYPE_F64), 8, 8, "F");
    check_layout(of(TYPE_STRING), 8, 4, "ii");
    check_layout(of(TYPE_ERROR_CONTEXT), 4, 4, "i");
    check_layout(types_element(&types, 0, TYPE_STREAM, NULL, 0), 4, 4, "i");
}

TEST(types, records_lay_fields_at_their_alignment)
{
    begin();
    const struct type *type = tuple(of(TYPE_U8), of(TYPE_U64), of(TYPE_U16));
    check_layout(type, 24, 8, "iIi");
    CHECK_EQ(type->fields[1].offset, 8);
    CHECK_EQ(type->fields[2].offset, 16);
    CHECK_EQ(type->contains, TYPE_HAS_PADDING);
    CHECK_EQ(tuple(of(TYPE_U8), of(TYPE_S8), NULL)->contains, 0);
}

TEST(types, variants_join_the_flat_values_of_their_cases)
{
    begin();
    check_layout(either(of(TYPE_F32), of(TYPE_U32)), 8, 4, "ii");
    check_layout(either(of(TYPE_F32), of(TYPE_F32)), 8, 4, "if");
    check_layout(either(of(TYPE_F32), of(TYPE_U64)), 16, 8, "iI");
    check_layout(either(of(TYPE_F64), of(TYPE_U32)), 16, 8, "iI");
    check_layout(either(NULL, NULL), 1, 1, "i");
    check_layout(either(of(TYPE_STRING), of(TYPE_F64)), 16, 8, "iIi");
    check_layout(types_element(&types, 0, TYPE_OPTION, of(TYPE_U8), 0), 2, 1, "ii");
}

TEST(types, discriminants_and_flags_take_the_smallest_word)
{
    static struct type_field cases[70000];
    begin();
    for (size_t i = 0; i < 70000; i++) {
        cases[i] = field("a", NULL);
    }
    CHECK_EQ(types_fields(&types, 0, TYPE_ENUM, cases, 256)->size, 1);
    CHECK_EQ(types_fields(&types, 0, TYPE_ENUM, cases, 257)->size, 2);
    CHECK_EQ(types_fields(&types, 0, TYPE_ENUM, cases, 65536)->size, 2);
    CHECK_EQ(types_fields(&types, 0, TYPE_ENUM, cases, 65537)->size, 4);
    CHECK_EQ(types_fields(&types, 0, TYPE_FLAGS, cases, 8)->size, 1);
    CHECK_EQ(types_fields(&types, 0, TYPE_FLAGS, cases, 9)->size, 2);
    CHECK_EQ(types_fields(&types, 0, TYPE_FLAGS, cases, 17)->size, 4);
    CHECK_EQ(types_fields(&types, 0, TYPE_FLAGS, cases, 32)->align, 4);
}

TEST(types, fixed_lists_repeat_their_element_and_maps_are_lists_of_pairs)
{
    begin();
    const struct type *pair = tuple(of(TYPE_U8), of(TYPE_U16), NULL);
    check_layout(types_element(&types, 0, TYPE_FIXED_LIST, pair, 3), 12, 2, "iiiiii");
    CHECK_EQ(types_element(&types, 0, TYPE_FIXED_LIST, pair, 9)->flat_count, TYPE_MAX_FLAT_PARAMS + 1);
    const struct type_field entry[2] = {field("", of(TYPE_STRING)), field("", of(TYPE_U8))};
    const struct type *map = types_fields(&types, 0, TYPE_MAP, entry, 2);
    check_layout(map, 8, 4, "ii");
    CHECK_EQ(map->element->size, 12);
}

TEST(types, what_a_type_contains_passes_through_values_but_not_through_streams)
{
    begin();
    const struct type *text = tuple(of(TYPE_STRING), of(TYPE_U8), NULL);
    CHECK((text->contains & TYPE_HAS_POINTER) != 0);
    CHECK_EQ(types_element(&types, 0, TYPE_STREAM, text, 0)->contains, TYPE_HAS_STREAM);
    CHECK((either(types_element(&types, 0, TYPE_FUTURE, NULL, 0), NULL)->contains & TYPE_HAS_STREAM) != 0);
}

TEST(types, values_of_2_to_the_28_bytes_are_refused)
{
    begin();
    CHECK_EQ(types_element(&types, 0, TYPE_FIXED_LIST, of(TYPE_U8), TYPE_MAX_SIZE - 1)->size, TYPE_MAX_SIZE - 1);
    types_diag.kind = DIAG_NONE;
    if (setjmp(types_diag.escape) == 0) {
        (void)types_element(&types, 77, TYPE_FIXED_LIST, of(TYPE_STRING), TYPE_MAX_SIZE / 16);
    }
    CHECK_EQ(types_diag.kind, DIAG_INVALID);
    CHECK_EQ(types_diag.at, 77);
}

static const struct func_type *func(uint32_t params, const struct type *type, const struct type *result)
{
    struct type_field fields[20];
    for (uint32_t i = 0; i < params; i++) {
        fields[i] = field("a", type);
    }
    return types_func(&types, 0, true, fields, params, result);
}

static void check_signature(const struct func_type *type, enum types_side side, const char *params, const char *results)
{
    struct types_signature out;
    types_signature(type, side, &out);
    CHECK_STR(flat(out.type.params, out.type.param_count), params);
    CHECK_STR(flat(out.type.results, out.type.result_count), results);
}

TEST(types, few_values_travel_flat)
{
    begin();
    const struct func_type *type = func(2, of(TYPE_F32), of(TYPE_U64));
    check_signature(type, TYPES_LIFT_SYNC, "ff", "I");
    check_signature(type, TYPES_LIFT_CALLBACK, "ff", "i");
    check_signature(type, TYPES_LIFT_STACKFUL, "ff", "");
    check_signature(type, TYPES_LOWER_SYNC, "ff", "I");
    check_signature(type, TYPES_LOWER_ASYNC, "ffi", "i");
}

TEST(types, long_results_and_many_parameters_travel_through_memory)
{
    begin();
    const struct func_type *text = func(1, of(TYPE_STRING), of(TYPE_STRING));
    check_signature(text, TYPES_LIFT_SYNC, "ii", "i");
    check_signature(text, TYPES_LOWER_SYNC, "iii", "");
    const struct func_type *five = func(5, of(TYPE_U32), NULL);
    check_signature(five, TYPES_LOWER_SYNC, "iiiii", "");
    check_signature(five, TYPES_LOWER_ASYNC, "i", "i");
    const struct func_type *many = func(17, of(TYPE_U8), NULL);
    check_signature(many, TYPES_LIFT_SYNC, "i", "");
    check_signature(func(16, of(TYPE_U8), NULL), TYPES_LIFT_SYNC, "iiiiiiiiiiiiiiii", "");
    CHECK_EQ(many->param_tuple->size, 17);
    CHECK_EQ(many->params[16].offset, 16);
}

TEST(types, task_return_takes_up_to_16_values)
{
    struct types_signature out;
    begin();
    types_task_return(NULL, &out);
    CHECK_EQ(out.type.param_count, 0);
    types_task_return(types_element(&types, 0, TYPE_FIXED_LIST, of(TYPE_U8), 16), &out);
    CHECK_EQ(out.type.param_count, 16);
    types_task_return(types_element(&types, 0, TYPE_FIXED_LIST, of(TYPE_U8), 17), &out);
    CHECK_EQ(out.type.param_count, 1);
    CHECK_EQ(out.params_in_memory, true);
    arena_close(&types_arena);
}
