/* SPDX-License-Identifier: Apache-2.0 */
/*
 * describe.c of the output: types, exports and imports as the host library reads them (host/describe.h).
 */
#include "lower.h"

static const char *const describe_kinds[] = {
    [TYPE_BOOL] = "BOOL",     [TYPE_S8] = "S8",
    [TYPE_U8] = "U8",         [TYPE_S16] = "S16",
    [TYPE_U16] = "U16",       [TYPE_S32] = "S32",
    [TYPE_U32] = "U32",       [TYPE_S64] = "S64",
    [TYPE_U64] = "U64",       [TYPE_F32] = "F32",
    [TYPE_F64] = "F64",       [TYPE_CHAR] = "CHAR",
    [TYPE_STRING] = "STRING", [TYPE_ERROR_CONTEXT] = "ERROR_CONTEXT",
    [TYPE_LIST] = "LIST",     [TYPE_FIXED_LIST] = "FIXED_LIST",
    [TYPE_MAP] = "MAP",       [TYPE_RECORD] = "RECORD",
    [TYPE_TUPLE] = "TUPLE",   [TYPE_VARIANT] = "VARIANT",
    [TYPE_ENUM] = "ENUM",     [TYPE_OPTION] = "OPTION",
    [TYPE_RESULT] = "RESULT", [TYPE_FLAGS] = "FLAGS",
    [TYPE_OWN] = "OWN",       [TYPE_BORROW] = "BORROW",
    [TYPE_STREAM] = "STREAM", [TYPE_FUTURE] = "FUTURE",
};

static const char *describe_text(struct lower *lower, struct str text)
{
    return text.size == 0 ? "NULL" : text_quote(lower->arena, text);
}

static const char *describe_address(struct lower *lower, const struct type *type)
{
    return type == NULL ? "NULL" : arena_print(lower->arena, "&type_%u", type->id);
}

static bool describe_has_tag(const struct type *type)
{
    return type->kind == TYPE_VARIANT || type->kind == TYPE_ENUM || type->kind == TYPE_OPTION ||
           type->kind == TYPE_RESULT;
}

/* All payloads begin at the same offset. */
static uint32_t describe_payload(const struct type *type)
{
    for (uint32_t i = 0; describe_has_tag(type) && i < type->field_count; i++) {
        if (type->fields[i].type != NULL) {
            return type->fields[i].offset;
        }
    }
    return 0;
}

static const char *describe_parts(struct lower *lower, struct text *out, const struct type *type)
{
    if (type->field_count == 0) {
        return "NULL";
    }
    text_line(out, 0, "static const struct gale_wit_part parts_%u[] = {", type->id);
    for (uint32_t i = 0; i < type->field_count; i++) {
        const struct type_field *field = &type->fields[i];
        text_line(out, 1, "{%s, %s, %u},", describe_text(lower, field->name), describe_address(lower, field->type),
                  describe_has_tag(type) ? 0 : field->offset);
    }
    text_line(out, 0, "};");
    return arena_print(lower->arena, "parts_%u", type->id);
}

static void describe_type(struct lower *lower, struct text *out, const struct type *type)
{
    const char *parts = describe_parts(lower, out, type);
    bool carries = (type->kind == TYPE_STREAM || type->kind == TYPE_FUTURE) && type->element != NULL;

    text_line(out, 0, "/* %s */", lower_type_text(lower, type));
    text_line(out, 0, "static const struct gale_wit_type type_%u = {", type->id);
    text_line(out, 1, "GALE_WIT_%s, %u, %u, %u, %u, %u,", describe_kinds[type->kind], type->align,
              describe_has_tag(type) ? type->discriminant_size : 0, type->size, describe_payload(type),
              type->kind == TYPE_FIXED_LIST ? type->length : type->field_count);
    text_line(out, 1, "%s, %s, %s, %u};", parts, describe_address(lower, type->element),
              carries ? arena_print(lower->arena, "&gale_value_%u", type->element->id) : "NULL",
              type->resource == NULL ? 0 : type->resource->id);
}

static void describe_func(struct lower *lower, struct text *out, const char *name, struct str wit,
                          const struct func_type *type)
{
    text_line(out, 0, "static const struct gale_wit_func %s = {%s, %s, %s, %s};", name, text_quote(lower->arena, wit),
              describe_address(lower, type->param_tuple), describe_address(lower, type->result),
              type->async ? "true" : "false");
}

static void describe_exports(struct lower *lower, struct text *out)
{
    for (uint32_t i = 0; i < lower->exports.count; i++) {
        describe_func(lower, out, arena_print(lower->arena, "export_%u", i), lower->exports.at[i].name,
                      lower->exports.at[i].lift->type);
    }
    text_line(out, 0, "const struct gale_wit_export gale_exports[] = {");
    for (uint32_t i = 0; i < lower->exports.count; i++) {
        text_line(out, 1, "{%s, &export_%u, &gale_export_%u},", describe_text(lower, lower->exports.at[i].interface), i,
                  i);
    }
    text_line(out, 1, "{NULL, NULL, NULL},");
    text_line(out, 0, "};");
    text_gap(out);
}

static void describe_imports(struct lower *lower, struct text *out)
{
    const struct plan *plan = lower->plan;

    for (uint32_t i = 0; i < plan->host_funcs.count; i++) {
        describe_func(lower, out, arena_print(lower->arena, "import_%u", i), plan->host_funcs.at[i]->name,
                      plan->host_funcs.at[i]->type);
    }
    text_line(out, 0, "const struct gale_wit_import gale_imports[] = {");
    for (uint32_t i = 0; i < plan->host_funcs.count; i++) {
        text_line(out, 1, "{%s, &import_%u, &gale_host_%u},", describe_text(lower, plan->host_funcs.at[i]->interface),
                  i, i);
    }
    text_line(out, 1, "{NULL, NULL, NULL},");
    text_line(out, 0, "};");
    for (uint32_t i = 0; i < plan->host_funcs.count; i++) {
        text_line(out, 0, "struct gale_host_func gale_host_%u = {(void *)&gale_imports[%u], &gale_import_options, %s,",
                  i, i, plan->host_funcs.at[i]->type->async ? "GALE_FUNC_ASYNC_TYPE" : "0");
        text_line(out, 0, "                                              gale_host_start, gale_host_cancel};");
    }
    text_gap(out);
}

static void describe_resources(struct lower *lower, struct text *out)
{
    const struct plan *plan = lower->plan;

    text_line(out, 0, "const struct gale_wit_resource gale_resources[] = {");
    for (uint32_t i = 0; i < plan->resources.count; i++) {
        const struct plan_resource *resource = plan->resources.at[i];
        text_line(out, 1, "{%s, %s, %d},", describe_text(lower, resource->interface),
                  describe_text(lower, resource->name), resource->instance == NULL ? -1 : (int)resource->instance->id);
    }
    text_line(out, 1, "{NULL, NULL, -1},");
    text_line(out, 0, "};");
}

void lower_write_describe(struct lower *lower, struct text *out)
{
    text_line(out, 0, "/* SPDX-License-Identifier: Apache-2.0 */");
    text_line(out, 0, "/* Generated by gale lower: types, exports and imports, for the host library. */");
    text_line(out, 0, "#include \"lowered.h\"");
    text_gap(out);
    for (uint32_t id = 0; id < lower->plan->types->all.count; id++) {
        if (lower->described[id]) {
            describe_type(lower, out, lower->plan->types->all.at[id]);
        }
    }
    text_gap(out);
    describe_exports(lower, out);
    describe_imports(lower, out);
    describe_resources(lower, out);
}
