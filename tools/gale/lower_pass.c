/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two functions of a binding: `params` from the caller to the callee, `results` back. Bindings of equal function
 * types whose values travel alike share them.
 */
#include "lower.h"

#include <string.h>

static const char pass_forms[] = {'f', 'm'};

static const char *pass_add(struct lower *lower, struct lower_pass pass)
{
    for (uint32_t i = 0; i < lower->passes.count; i++) {
        const struct lower_pass *known = &lower->passes.at[i];
        if (known->type == pass.type && known->is_result == pass.is_result && known->from == pass.from &&
            known->to == pass.to && known->pointer == pass.pointer) {
            return known->name;
        }
    }
    *ARRAY_ADD(lower->arena, &lower->passes) = pass;
    return pass.name;
}

const char *lower_params(struct lower *lower, const struct func_type *type, enum lower_form from, enum lower_form to)
{
    const char *name;

    if (type->param_count == 0) {
        return "NULL";
    }
    name = arena_print(lower->arena, "params_%u_%c%c", type->id, pass_forms[from], pass_forms[to]);
    return pass_add(lower, (struct lower_pass){.type = type, .from = from, .to = to, .name = name});
}

const char *lower_results(struct lower *lower, const struct func_type *type, enum lower_form from, enum lower_form to,
                          uint32_t pointer)
{
    struct lower_pass pass = {.type = type, .is_result = true, .from = from, .to = to, .pointer = pointer};

    if (type->result == NULL) {
        return "NULL";
    }
    if (to == LOWER_FLAT) {
        pass.pointer = 0;
        pass.name = arena_print(lower->arena, "results_%u_%c%c", type->id, pass_forms[from], pass_forms[to]);
    } else {
        pass.name = arena_print(lower->arena, "results_%u_%cm%u", type->id, pass_forms[from], pointer);
    }
    return pass_add(lower, pass);
}

/* Declares where the values are that `slots` hold or point to; gives the place. */
static struct lower_place pass_from(struct text *out, enum lower_form form, const char *slots, const struct type *type)
{
    if (form == LOWER_FLAT) {
        return (struct lower_place){LOWER_FLAT, slots, 0};
    }
    text_line(out, 1, "const uint8_t *from = gale_value_at(&t->from, %s[0].i32, %u, %u);", slots, type->size,
              type->align);
    return (struct lower_place){LOWER_MEMORY, "from", 0};
}

static void pass_write_params(struct lower *lower, struct text *out, const struct lower_pass *pass)
{
    const struct type *tuple = pass->type->param_tuple;
    struct lower_place to = {LOWER_FLAT, "params", 0};
    struct lower_place from;

    text_line(out, 0, "void %s(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *params)",
              pass->name);
    text_line(out, 0, "{");
    from = pass_from(out, pass->from, "args", tuple);
    if (pass->to == LOWER_MEMORY) {
        to = (struct lower_place){LOWER_MEMORY, "to", 0};
        text_line(out, 1, "uint32_t at;");
        text_line(out, 1, "uint8_t *to = gale_glue_room(t, %u, %u, &at);", tuple->size, tuple->align);
        text_gap(out);
        text_line(out, 1, "params[0].i64 = at;");
    }
    lower_value(lower, out, 1, tuple, from, to);
    text_line(out, 1, "(void)t;");
    text_line(out, 0, "}");
    text_gap(out);
}

static void pass_write_results(struct lower *lower, struct text *out, const struct lower_pass *pass)
{
    const struct type *type = pass->type->result;
    struct lower_place to = {LOWER_FLAT, "results", 0};
    struct lower_place from;

    text_line(out, 0, "void %s(const struct gale_transfer *t, const union gale_flat *returned,", pass->name);
    text_line(out, 0, "%*sconst union gale_flat *args, union gale_flat *results)", (int)strlen(pass->name) + 6, "");
    text_line(out, 0, "{");
    from = pass_from(out, pass->from, "returned", type);
    if (pass->to == LOWER_MEMORY) {
        to = (struct lower_place){LOWER_MEMORY, "to", 0};
        text_line(out, 1, "uint8_t *to = gale_value_at(&t->to, args[%u].i32, %u, %u);", pass->pointer, type->size,
                  type->align);
        text_gap(out);
    }
    lower_value(lower, out, 1, type, from, to);
    text_line(out, 1, "(void)t, (void)args, (void)results;");
    text_line(out, 0, "}");
    text_gap(out);
}

static void pass_comment(struct lower *lower, struct text *out, const struct lower_pass *pass)
{
    const struct type *type = pass->is_result ? pass->type->result : pass->type->param_tuple;

    text_line(out, 0, "/* %s, %s to %s */", lower_type_text(lower, type),
              pass->from == LOWER_FLAT ? "flat" : "in memory", pass->to == LOWER_FLAT ? "flat" : "memory");
}

void lower_write_values(struct lower *lower, struct text *out)
{
    struct text passes = {.arena = lower->arena};

    for (uint32_t i = 0; i < lower->passes.count; i++) {
        const struct lower_pass *pass = &lower->passes.at[i];
        pass_comment(lower, &passes, pass);
        if (pass->is_result) {
            pass_write_results(lower, &passes, pass);
        } else {
            pass_write_params(lower, &passes, pass);
        }
    }
    text_line(out, 0, "/* SPDX-License-Identifier: Apache-2.0 */");
    text_line(out, 0, "/* Generated by gale lower: values on their way between instances. */");
    text_line(out, 0, "#include \"lowered.h\"");
    text_gap(out);
    lower_write_movers(lower, out);
    text_add(out, &passes);
}
