/* SPDX-License-Identifier: Apache-2.0 */
/*
 * C that moves a value of one type from one side to the other: lifting and lowering in one pass.
 *
 * A value is a place: bytes in a memory or flat slots. Small records are written where they stand; variants, larger
 * records and lists become functions of their own, so the output grows with the types, not with their nesting.
 */
#include "lower.h"

#define VALUE_INLINE_FIELDS 4
#define VALUE_UNROLLED 4

static const char *value_at(struct lower *lower, struct lower_place place)
{
    return place.at == 0 ? place.base : arena_print(lower->arena, "%s + %u", place.base, place.at);
}

static struct lower_place value_behind(struct lower_place place, uint32_t bytes, uint32_t slots)
{
    place.at += place.form == LOWER_MEMORY ? bytes : slots;
    return place;
}

static const char *value_get(struct lower *lower, struct lower_place place, uint32_t size)
{
    if (place.form == LOWER_FLAT) {
        return arena_print(lower->arena, "%s[%u].%s", place.base, place.at, size == 8 ? "i64" : "i32");
    }
    return arena_print(lower->arena, "gale_glue_get%u(%s)", size, value_at(lower, place));
}

static void value_put(struct lower *lower, struct text *out, int depth, struct lower_place place, uint32_t size,
                      const char *value)
{
    if (place.form == LOWER_FLAT) {
        text_line(out, depth, "%s[%u].i64 = %s;", place.base, place.at, value);
    } else {
        text_line(out, depth, "gale_glue_put%u(%s, %s);", size, value_at(lower, place), value);
    }
}

static void value_put_range(struct lower *lower, struct text *out, int depth, struct lower_place place,
                            const char *range)
{
    text_line(out, depth, "%s(%s, %s);", place.form == LOWER_FLAT ? "gale_glue_set_range" : "gale_glue_put_range",
              value_at(lower, place), range);
}

bool lower_is_plain(const struct type *type)
{
    const unsigned more = TYPE_HAS_POINTER | TYPE_HAS_OWN | TYPE_HAS_BORROW | TYPE_HAS_STREAM | TYPE_HAS_ERROR_CONTEXT |
                          TYPE_HAS_PADDING | TYPE_HAS_CHECKED;

    return (type->contains & more) == 0;
}

/* The canonical form of a number, character, enum, flags or handle that was read as `raw`. */
static const char *value_canonical(struct lower *lower, const struct type *type, const char *raw)
{
    static const char *const functions[] = {
        [TYPE_BOOL] = "gale_glue_bool", [TYPE_S8] = "gale_glue_s8",   [TYPE_U8] = "gale_glue_u8",
        [TYPE_S16] = "gale_glue_s16",   [TYPE_U16] = "gale_glue_u16", [TYPE_F32] = "gale_glue_f32",
        [TYPE_F64] = "gale_glue_f64",
    };

    switch (type->kind) {
    case TYPE_BOOL:
    case TYPE_S8:
    case TYPE_U8:
    case TYPE_S16:
    case TYPE_U16:
    case TYPE_F32:
    case TYPE_F64:
        return arena_print(lower->arena, "%s(%s)", functions[type->kind], raw);
    case TYPE_CHAR:
        return arena_print(lower->arena, "gale_glue_char(t, %s)", raw);
    case TYPE_ENUM:
        return arena_print(lower->arena, "gale_glue_case(t, %s, %u)", raw, type->field_count);
    case TYPE_FLAGS:
        return type->field_count >= 32
                   ? raw
                   : arena_print(lower->arena, "%s & 0x%xu", raw, ((uint32_t)1 << type->field_count) - 1);
    default:
        return raw;
    }
}

static const char *value_handle(struct lower *lower, const struct type *type, const char *raw)
{
    const char *element =
        type->element == NULL ? "NULL" : arena_print(lower->arena, "&gale_value_%u", type->element->id);

    switch (type->kind) {
    case TYPE_OWN:
    case TYPE_BORROW:
        return arena_print(lower->arena, "gale_value_move_%s(t, %u, %s)", type->kind == TYPE_OWN ? "own" : "borrow",
                           ((const struct plan_resource *)type->resource)->id, raw);
    case TYPE_STREAM:
    case TYPE_FUTURE:
        return arena_print(lower->arena, "gale_value_move_%s(t, %s, %s)",
                           type->kind == TYPE_STREAM ? "stream" : "future", element, raw);
    case TYPE_ERROR_CONTEXT:
    default:
        return arena_print(lower->arena, "gale_value_move_error_context(t, %s)", raw);
    }
}

static const char *value_list(struct lower *lower, const struct type *type, const char *at, const char *count)
{
    const struct type *element = type->element;

    if (type->kind == TYPE_STRING) {
        return arena_print(lower->arena, "gale_glue_string(t, %s, %s)", at, count);
    }
    if (lower_is_plain(element)) {
        return arena_print(lower->arena, "gale_glue_plain_list(t, %s, %s, %u, %u)", at, count, element->size,
                           element->align);
    }
    lower->lists[type->id].wanted = true;
    return arena_print(lower->arena, "list_%u(t, %s, %s)", type->id, at, count);
}

static void value_fields(struct lower *lower, struct text *out, int depth, const struct type *type,
                         struct lower_place from, struct lower_place to)
{
    uint32_t slot = 0;

    for (uint32_t i = 0; i < type->field_count; i++) {
        const struct type_field *field = &type->fields[i];
        lower_value(lower, out, depth, field->type, value_behind(from, field->offset, slot),
                    value_behind(to, field->offset, slot));
        slot += field->type->flat_count;
    }
}

static void value_fixed_list(struct lower *lower, struct text *out, int depth, const struct type *type,
                             struct lower_place from, struct lower_place to)
{
    const struct type *element = type->element;

    if (type->length > VALUE_UNROLLED && from.form == LOWER_MEMORY && to.form == LOWER_MEMORY) {
        text_line(out, depth, "for (size_t i = 0; i < %u; i++) {", type->length);
        text_line(out, depth + 1, "const uint8_t *item = %s + i * %u;", value_at(lower, from), element->size);
        text_line(out, depth + 1, "uint8_t *room = %s + i * %u;", value_at(lower, to), element->size);
        text_gap(out);
        lower_value(lower, out, depth + 1, element, (struct lower_place){LOWER_MEMORY, "item", 0},
                    (struct lower_place){LOWER_MEMORY, "room", 0});
        text_line(out, depth, "}");
        return;
    }
    for (uint32_t i = 0; i < type->length; i++) {
        lower_value(lower, out, depth, element, value_behind(from, i * element->size, i * element->flat_count),
                    value_behind(to, i * element->size, i * element->flat_count));
    }
}

static bool value_is_variant(const struct type *type)
{
    return type->kind == TYPE_VARIANT || type->kind == TYPE_OPTION || type->kind == TYPE_RESULT;
}

/* Has the type a function of its own? */
static bool value_is_called(const struct type *type)
{
    if (type->kind == TYPE_RECORD || type->kind == TYPE_TUPLE) {
        return type->depth > 2 || type->field_count > VALUE_INLINE_FIELDS;
    }
    return value_is_variant(type) || type->kind == TYPE_FIXED_LIST;
}

static void value_case(struct lower *lower, struct text *out, const struct type *type, uint32_t number,
                       struct lower_place from, struct lower_place to)
{
    const struct type_field *which = &type->fields[number];
    uint32_t used = 1;

    text_line(out, 1, "case %u: /* %s */", number, text_comment(lower->arena, which->name));
    if (which->type != NULL) {
        used += which->type->flat_count;
        lower_value(lower, out, 2, which->type, value_behind(from, which->offset, 1),
                    value_behind(to, which->offset, 1));
    }
    for (uint32_t slot = used; to.form == LOWER_FLAT && slot < type->flat_count; slot++) {
        text_line(out, 2, "%s[%u].i64 = 0;", to.base, to.at + slot);
    }
    text_line(out, 2, "break;");
}

static void value_variant(struct lower *lower, struct text *out, const struct type *type, struct lower_place from,
                          struct lower_place to)
{
    text_line(out, 1, "uint32_t tag = gale_glue_case(t, %s, %u);", value_get(lower, from, type->discriminant_size),
              type->field_count);
    text_gap(out);
    value_put(lower, out, 1, to, type->discriminant_size, "tag");
    text_line(out, 1, "switch (tag) {");
    for (uint32_t i = 0; i < type->field_count; i++) {
        value_case(lower, out, type, i, from, to);
    }
    text_line(out, 1, "}");
}

static void value_by_call(struct lower *lower, struct text *out, int depth, const struct type *type,
                          struct lower_place from, struct lower_place to)
{
    static const char forms[] = {'f', 'm'};

    lower->movers[type->id * 4 + from.form * 2 + to.form].wanted = true;
    text_line(out, depth, "move_%u_%c%c(t, %s, %s);", type->id, forms[from.form], forms[to.form], value_at(lower, from),
              value_at(lower, to));
}

/* Inside the function of its own, or where it stands. */
static void value_compound(struct lower *lower, struct text *out, int depth, const struct type *type,
                           struct lower_place from, struct lower_place to)
{
    if (value_is_variant(type)) {
        value_variant(lower, out, type, from, to);
    } else if (type->kind == TYPE_FIXED_LIST) {
        value_fixed_list(lower, out, depth, type, from, to);
    } else {
        value_fields(lower, out, depth, type, from, to);
    }
}

static void value_scalar(struct lower *lower, struct text *out, int depth, const struct type *type,
                         struct lower_place from, struct lower_place to)
{
    const char *value = value_get(lower, from, type->size);
    bool is_handle = type->kind >= TYPE_OWN || type->kind == TYPE_ERROR_CONTEXT;

    value_put(lower, out, depth, to, type->size,
              is_handle ? value_handle(lower, type, value) : value_canonical(lower, type, value));
}

void lower_value(struct lower *lower, struct text *out, int depth, const struct type *type, struct lower_place from,
                 struct lower_place to)
{
    bool in_memory = from.form == LOWER_MEMORY && to.form == LOWER_MEMORY;

    switch (type->kind) {
    case TYPE_STRING:
    case TYPE_LIST:
    case TYPE_MAP:
        value_put_range(
            lower, out, depth, to,
            value_list(lower, type, value_get(lower, from, 4), value_get(lower, value_behind(from, 4, 1), 4)));
        return;
    case TYPE_RECORD:
    case TYPE_TUPLE:
    case TYPE_FIXED_LIST:
    case TYPE_VARIANT:
    case TYPE_OPTION:
    case TYPE_RESULT:
        if (in_memory && lower_is_plain(type)) {
            text_line(out, depth, "memmove(%s, %s, %u);", value_at(lower, to), value_at(lower, from), type->size);
        } else if (value_is_called(type)) {
            value_by_call(lower, out, depth, type, from, to);
        } else {
            value_compound(lower, out, depth, type, from, to);
        }
        return;
    default:
        value_scalar(lower, out, depth, type, from, to);
    }
}

/* The function of a type for one pair of forms. */
static void value_mover(struct lower *lower, const struct type *type, enum lower_form from, enum lower_form to)
{
    static const char *const names[] = {"union gale_flat", "uint8_t"};
    static const char forms[] = {'f', 'm'};
    struct text *out = &lower->movers[type->id * 4 + from * 2 + to].body;

    out->arena = lower->arena;
    text_line(out, 0, "static void move_%u_%c%c(const struct gale_transfer *t, const %s *from, %s *to)", type->id,
              forms[from], forms[to], names[from], names[to]);
    text_line(out, 0, "{");
    value_compound(lower, out, 1, type, (struct lower_place){from, "from", 0}, (struct lower_place){to, "to", 0});
    text_line(out, 1, "(void)t;");
    text_line(out, 0, "}");
    text_gap(out);
}

/* The loop over `count` elements at `from`, to `to`. */
static void value_elements(struct lower *lower, struct text *out, const struct type *element)
{
    text_line(out, 1, "for (uint32_t i = 0; i < count; i++) {");
    lower_value(lower, out, 2, element, (struct lower_place){LOWER_MEMORY, "from", 0},
                (struct lower_place){LOWER_MEMORY, "to", 0});
    text_line(out, 2, "from += %u;", element->size);
    text_line(out, 2, "to += %u;", element->size);
    text_line(out, 1, "}");
}

static void value_move_elements(struct lower *lower, struct text *out, const struct type *element)
{
    if (element->kind == TYPE_F32 || element->kind == TYPE_F64) {
        text_line(out, 1, "gale_glue_move_%s(to, from, count);", element->kind == TYPE_F32 ? "f32" : "f64");
    } else {
        value_elements(lower, out, element);
    }
}

static void value_list_mover(struct lower *lower, const struct type *type)
{
    const struct type *element = type->element;
    struct text *out = &lower->lists[type->id].body;

    out->arena = lower->arena;
    text_line(out, 0,
              "static struct gale_glue_range list_%u(const struct gale_transfer *t, uint32_t at, uint32_t count)",
              type->id);
    text_line(out, 0, "{");
    text_line(out, 1, "struct gale_glue_list list = gale_glue_list(t, at, count, %u, %u);", element->size,
              element->align);
    text_line(out, 1, "const uint8_t *from = list.from;");
    text_line(out, 1, "uint8_t *to = list.to;");
    text_gap(out);
    value_move_elements(lower, out, element);
    text_line(out, 1, "return (struct gale_glue_range){list.at, count};");
    text_line(out, 0, "}");
    text_gap(out);
}

static void value_element_type(struct lower *lower, struct text *out, const struct type *type)
{
    bool number = type->kind >= TYPE_S8 && type->kind <= TYPE_F64;
    const char *move = "NULL";

    if (!lower_is_plain(type)) {
        text_line(out, 0,
                  "static void value_%u(const struct gale_transfer *t, uint32_t src, uint32_t dst, uint32_t count)",
                  type->id);
        text_line(out, 0, "{");
        text_line(out, 1, "const uint8_t *from = t->from.options->memory->data + src;");
        text_line(out, 1, "uint8_t *to = t->to.options->memory->data + dst;");
        text_gap(out);
        value_move_elements(lower, out, type);
        text_line(out, 0, "}");
        text_gap(out);
        move = arena_print(lower->arena, "value_%u", type->id);
    }
    text_line(out, 0, "/* %s */", lower_type_text(lower, type));
    text_line(out, 0, "const struct gale_value_type gale_value_%u = {%u, %u, %s, %s};", type->id, type->size,
              type->align, number ? "GALE_VALUE_NUMBER" : "0", move);
    text_gap(out);
}

/* Parts have smaller ids: going down, whatever a body calls is found wanted before its turn. */
static void value_movers(struct lower *lower)
{
    for (uint32_t id = lower->plan->types->all.count; id-- > 0;) {
        const struct type *type = lower->plan->types->all.at[id];
        for (unsigned forms = 0; forms < 4; forms++) {
            if (lower->movers[id * 4 + forms].wanted) {
                value_mover(lower, type, (enum lower_form)(forms / 2), (enum lower_form)(forms % 2));
            }
        }
        if (lower->lists[id].wanted) {
            value_list_mover(lower, type);
        }
    }
}

void lower_write_movers(struct lower *lower, struct text *out)
{
    struct text values = {.arena = lower->arena};

    for (uint32_t id = 0; id < lower->plan->types->all.count; id++) {
        if (lower->values[id]) {
            value_element_type(lower, &values, lower->plan->types->all.at[id]);
        }
    }
    value_movers(lower);
    for (uint32_t id = 0; id < lower->plan->types->all.count; id++) {
        for (unsigned forms = 0; forms < 4; forms++) {
            text_add(out, &lower->movers[id * 4 + forms].body);
        }
        text_add(out, &lower->lists[id].body);
    }
    text_add(out, &values);
}
