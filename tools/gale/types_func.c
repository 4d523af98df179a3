/* SPDX-License-Identifier: Apache-2.0 */
/* How function types look to core code, and types as text. */
#include <string.h>

#include "types.h"

static void types_one_pointer(struct types_signature *out)
{
    out->params[0] = CORE_I32;
    out->type.param_count = 1;
    out->params_in_memory = true;
}

static void types_result_pointer_param(struct types_signature *out)
{
    out->params[out->type.param_count++] = CORE_I32;
    out->result_in_memory = true;
}

static void types_one_result(struct types_signature *out, uint8_t value)
{
    out->results[0] = value;
    out->type.result_count = 1;
}

static void types_signature_result(const struct type *result, enum types_side side, struct types_signature *out)
{
    uint32_t flat = result == NULL ? 0 : result->flat_count;
    switch (side) {
    case TYPES_LIFT_CALLBACK:
        types_one_result(out, CORE_I32);
        break;
    case TYPES_LIFT_STACKFUL:
        break;
    case TYPES_LOWER_ASYNC:
        if (flat > 0) {
            types_result_pointer_param(out);
        }
        types_one_result(out, CORE_I32);
        break;
    default:
        if (flat > TYPE_MAX_FLAT_RESULTS && side == TYPES_LOWER_SYNC) {
            types_result_pointer_param(out);
        } else if (flat > TYPE_MAX_FLAT_RESULTS) {
            out->result_in_memory = true;
            types_one_result(out, CORE_I32);
        } else if (flat > 0) {
            types_one_result(out, result->flat[0]);
        }
        break;
    }
}

void types_signature(const struct func_type *type, enum types_side side, struct types_signature *out)
{
    uint32_t most = side == TYPES_LOWER_ASYNC ? TYPE_MAX_FLAT_ASYNC_PARAMS : TYPE_MAX_FLAT_PARAMS;
    memset(out, 0, sizeof *out);
    out->type.params = out->params;
    out->type.results = out->results;
    if (type->flat_count > most) {
        types_one_pointer(out);
    } else {
        memcpy(out->params, type->flat, type->flat_count);
        out->type.param_count = type->flat_count;
    }
    types_signature_result(type->result, side, out);
}

void types_task_return(const struct type *result, struct types_signature *out)
{
    memset(out, 0, sizeof *out);
    out->type.params = out->params;
    out->type.results = out->results;
    if (result != NULL && result->flat_count > TYPE_MAX_FLAT_PARAMS) {
        types_one_pointer(out);
    } else if (result != NULL) {
        memcpy(out->params, result->flat, result->flat_count);
        out->type.param_count = result->flat_count;
    }
}

bool types_is_nominal(enum type_kind kind)
{
    return kind == TYPE_RECORD || kind == TYPE_VARIANT || kind == TYPE_ENUM || kind == TYPE_FLAGS;
}

const char *types_kind_name(enum type_kind kind)
{
    static const char *const names[] = {
        "bool", "s8",     "u8",     "s16",           "u16",  "s32",    "u32",    "s64",    "u64",   "f32",
        "f64",  "char",   "string", "error-context", "list", "list",   "map",    "record", "tuple", "variant",
        "enum", "option", "result", "flags",         "own",  "borrow", "stream", "future",
    };
    return names[kind];
}
