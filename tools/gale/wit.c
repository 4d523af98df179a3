/* SPDX-License-Identifier: Apache-2.0 */
/* A component's imports and exports as WIT. Recursion: as deep as types and instances nest, which linking bounds. */
#include "wit.h"

#include <string.h>

#include "name.h"

/** Where a type with a name of its own was first declared. */
struct wit_home {
    struct str interface; /**< Empty: in the world. */
    struct str name;
};

struct wit {
    struct text *out;
    struct arena *arena;
    struct wit_home *types;     /**< By type id. */
    struct wit_home *resources; /**< By resource id. */
};

static const char *wit_type(struct wit *wit, const struct type *type);

/** A name as it may stand in WIT: keywords need a mark. */
static const char *wit_name(struct wit *wit, struct str name)
{
    static const char *const keywords[] = {
        "as",  "async",  "bool",   "borrow",  "char",   "constructor", "enum",          "export",    "f32",
        "f64", "flags",  "from",   "func",    "future", "import",      "include",       "interface", "list",
        "map", "option", "own",    "package", "record", "resource",    "result",        "s16",       "s32",
        "s64", "s8",     "static", "stream",  "string", "tuple",       "type",          "u16",       "u32",
        "u64", "u8",     "use",    "variant", "with",   "world",       "error-context",
    };
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        if (strcmp(name.data, keywords[i]) == 0) {
            return arena_print(wit->arena, "%%%s", name.data);
        }
    }
    return name.data;
}

static const char *wit_list(struct wit *wit, const struct type_field *fields, uint32_t count)
{
    const char *text = "";
    for (uint32_t i = 0; i < count; i++) {
        text = arena_print(wit->arena, "%s%s%s", text, i == 0 ? "" : ", ", wit_type(wit, fields[i].type));
    }
    return text;
}

static const char *wit_result(struct wit *wit, const struct type *type)
{
    const struct type *ok = type->fields[0].type;
    const struct type *error = type->fields[1].type;
    if (error == NULL) {
        return ok == NULL ? "result" : arena_print(wit->arena, "result<%s>", wit_type(wit, ok));
    }
    return arena_print(wit->arena, "result<%s, %s>", ok == NULL ? "_" : wit_type(wit, ok), wit_type(wit, error));
}

static const char *wit_handle(struct wit *wit, const struct type *type)
{
    struct str name = wit->resources[type->resource->id].name;
    const char *text = name.data == NULL ? "/* unnamed resource */" : wit_name(wit, name);
    return type->kind == TYPE_OWN ? text : arena_print(wit->arena, "borrow<%s>", text);
}

static const char *wit_type(struct wit *wit, const struct type *type)
{
    const char *kind = types_kind_name(type->kind);
    switch (type->kind) {
    case TYPE_OWN:
    case TYPE_BORROW:
        return wit_handle(wit, type);
    case TYPE_RESULT:
        return wit_result(wit, type);
    case TYPE_TUPLE:
    case TYPE_MAP:
        return arena_print(wit->arena, "%s<%s>", kind, wit_list(wit, type->fields, type->field_count));
    case TYPE_FIXED_LIST:
        return arena_print(wit->arena, "list<%s, %u>", wit_type(wit, type->element), type->length);
    case TYPE_LIST:
    case TYPE_OPTION:
    case TYPE_STREAM:
    case TYPE_FUTURE:
        return type->element == NULL ? kind : arena_print(wit->arena, "%s<%s>", kind, wit_type(wit, type->element));
    default:
        if (types_is_nominal(type->kind) && wit->types[type->id].name.data != NULL) {
            return wit_name(wit, wit->types[type->id].name);
        }
        return types_is_nominal(type->kind) ? types_print(wit->arena, type) : kind;
    }
}

static const char *wit_params(struct wit *wit, const struct func_type *type, uint32_t skip)
{
    const char *text = "";
    for (uint32_t i = skip; i < type->param_count; i++) {
        text = arena_print(wit->arena, "%s%s%s: %s", text, i == skip ? "" : ", ", wit_name(wit, type->params[i].name),
                           wit_type(wit, type->params[i].type));
    }
    return text;
}

/** "async func(a: u32) -> string" */
static const char *wit_func(struct wit *wit, const struct func_type *type, uint32_t skip)
{
    const char *result = type->result == NULL ? "" : wit_type(wit, type->result);
    return arena_print(wit->arena, "%sfunc(%s)%s%s", type->async ? "async " : "", wit_params(wit, type, skip),
                       type->result == NULL ? "" : " -> ", result);
}

static void wit_members(struct wit *wit, int depth, const struct plan_item *item)
{
    const struct type *type = item->type;
    text_line(wit->out, depth, "%s %s {", types_kind_name(type->kind), wit_name(wit, item->name.name));
    for (uint32_t i = 0; i < type->field_count; i++) {
        const struct type_field *field = &type->fields[i];
        const char *name = wit_name(wit, field->name);
        if (field->type == NULL) {
            text_line(wit->out, depth + 1, "%s,", name);
        } else if (type->kind == TYPE_RECORD) {
            text_line(wit->out, depth + 1, "%s: %s,", name, wit_type(wit, field->type));
        } else {
            text_line(wit->out, depth + 1, "%s(%s),", name, wit_type(wit, field->type));
        }
    }
    text_line(wit->out, depth, "}");
}

/** The functions of a resource stand in its braces. */
static void wit_resource(struct wit *wit, int depth, const struct plan_item *items, uint32_t count,
                         const struct plan_item *resource)
{
    const char *name = wit_name(wit, resource->name.name);
    bool open = false;
    for (uint32_t i = 0; i < count; i++) {
        struct str parts[2];
        enum name_kind kind = name_parse(items[i].name.name, parts);
        bool member = kind == NAME_CONSTRUCTOR || kind == NAME_METHOD || kind == NAME_STATIC;
        if (!member || items[i].kind != PLAN_FUNC || !str_equal(parts[0], resource->name.name)) {
            continue;
        }
        if (!open) {
            text_line(wit->out, depth, "resource %s {", name);
            open = true;
        }
        const struct func_type *type = items[i].func.type;
        if (kind == NAME_CONSTRUCTOR) {
            text_line(wit->out, depth + 1, "constructor(%s);", wit_params(wit, type, 0));
        } else {
            text_line(wit->out, depth + 1, "%s: %s%s;", wit_name(wit, parts[1]), kind == NAME_STATIC ? "static " : "",
                      wit_func(wit, type, kind == NAME_METHOD));
        }
    }
    text_line(wit->out, depth, open ? "}" : "resource %s;", name);
}

/** Declared elsewhere: by reference. False if its home is this very declaration. */
static bool wit_use(struct wit *wit, int depth, const struct plan_item *item, const struct wit_home *home,
                    struct str interface)
{
    struct str name = item->name.name;
    if (str_equal(home->interface, interface)) {
        if (str_equal(home->name, name)) {
            return false;
        }
        text_line(wit->out, depth, "type %s = %s;", wit_name(wit, name), wit_name(wit, home->name));
        return true;
    }
    bool same = str_equal(home->name, name);
    text_line(wit->out, depth, "use %s.{%s%s%s};", home->interface.size == 0 ? "/* world */" : home->interface.data,
              wit_name(wit, home->name), same ? "" : " as ", same ? "" : wit_name(wit, name));
    return true;
}

static void wit_type_item(struct wit *wit, int depth, const struct plan_item *items, uint32_t count,
                          const struct plan_item *item, struct str interface)
{
    const char *name = wit_name(wit, item->name.name);
    if (item->resource != NULL) {
        if (!wit_use(wit, depth, item, &wit->resources[item->resource->id], interface)) {
            wit_resource(wit, depth, items, count, item);
        }
    } else if (item->func_type != NULL) {
        text_line(wit->out, depth, "/* type %s = %s */", name, wit_func(wit, item->func_type, 0));
    } else if (!types_is_nominal(item->type->kind)) {
        text_line(wit->out, depth, "type %s = %s;", name, wit_type(wit, item->type));
    } else if (!wit_use(wit, depth, item, &wit->types[item->type->id], interface)) {
        wit_members(wit, depth, item);
    }
}

static void wit_items(struct wit *wit, int depth, const struct plan_item *items, uint32_t count, struct str interface)
{
    for (uint32_t i = 0; i < count; i++) {
        struct str parts[2];
        const struct plan_item *item = &items[i];
        enum name_kind kind = name_parse(item->name.name, parts);
        if (item->kind == PLAN_TYPE) {
            wit_type_item(wit, depth, items, count, item, interface);
        } else if (item->kind == PLAN_FUNC && (kind == NAME_PLAIN || kind == NAME_INTERFACE)) {
            text_line(wit->out, depth, "%s: %s;", wit_name(wit, item->name.name), wit_func(wit, item->func.type, 0));
        } else if (item->kind == PLAN_INSTANCE) {
            text_line(wit->out, depth, "%s: interface {", wit_name(wit, item->name.name));
            wit_items(wit, depth + 1, item->items, item->item_count, item->name.name);
            text_line(wit->out, depth, "}");
        } else if (item->kind == PLAN_OPAQUE) {
            text_line(wit->out, depth, "/* %s: no WIT for this */", item->name.name.data);
        }
    }
}

/** "wasi:cli/run@0.3.0" is interface run of package wasi:cli@0.3.0. */
struct wit_path {
    int package; /**< Bytes of "wasi:cli". */
    int interface;
    const char *name;
    const char *version; /**< "@0.3.0" or empty. */
};

static bool wit_path(const struct plan_item *item, struct wit_path *path)
{
    const char *name = item->name.name.data;
    const char *slash = strchr(name, '/');
    const char *at = strchr(name, '@');
    if (item->kind != PLAN_INSTANCE || slash == NULL) {
        return false;
    }
    path->package = (int)(slash - name);
    path->interface = at == NULL ? (int)strlen(slash + 1) : (int)(at - slash - 1);
    path->name = slash + 1;
    path->version = at == NULL ? "" : at;
    return true;
}

/** An interface to be written, in the list of its package. */
struct wit_entry {
    struct wit_path path;
    const struct plan_item *item;
    struct wit_entry *next;
};

struct wit_package {
    struct wit_entry *first;
    struct wit_entry *last;
};

/** Packages in order of appearance; `names` gives their index. */
struct wit_packages {
    ARRAY(struct wit_package) at;
    struct name_map names;
    struct name_map interfaces; /**< Those listed already: one may be imported and exported. */
};

static void wit_collect(struct wit *wit, struct wit_packages *packages, const struct plan_item *items, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct wit_path path;
        if (!wit_path(&items[i], &path) || !name_map_add(wit->arena, &packages->interfaces, items[i].name.name, 0)) {
            continue;
        }
        const char *text = arena_print(wit->arena, "%.*s%s", path.package, items[i].name.name.data, path.version);
        struct str key = {text, (uint32_t)strlen(text)};
        uint32_t index = packages->at.count;
        if (name_map_add(wit->arena, &packages->names, key, index)) {
            (void)ARRAY_ADD(wit->arena, &packages->at);
        } else {
            (void)name_map_find(&packages->names, key, &index);
        }
        struct wit_entry *entry = ARENA_NEW(wit->arena, struct wit_entry);
        struct wit_package *package = &packages->at.at[index];
        *entry = (struct wit_entry){path, &items[i], NULL};
        *(package->first == NULL ? &package->first : &package->last->next) = entry;
        package->last = entry;
    }
}

static void wit_package(struct wit *wit, const struct wit_package *package)
{
    const struct wit_path *path = &package->first->path;
    text_gap(wit->out);
    text_line(wit->out, 0, "package %.*s%s {", path->package, package->first->item->name.name.data, path->version);
    for (const struct wit_entry *entry = package->first; entry != NULL; entry = entry->next) {
        text_line(wit->out, 1, "interface %.*s {", entry->path.interface, entry->path.name);
        wit_items(wit, 2, entry->item->items, entry->item->item_count, entry->item->name.name);
        text_line(wit->out, 1, "}");
    }
    text_line(wit->out, 0, "}");
}

/** A line of the world: interfaces by name, all else in place. */
static void wit_world_item(struct wit *wit, const char *word, const struct plan_item *items, uint32_t count,
                           const struct plan_item *item)
{
    struct str parts[2];
    const char *name = item->name.name.data;
    bool interface = name_parse(item->name.name, parts) == NAME_INTERFACE;
    switch (item->kind) {
    case PLAN_FUNC:
        if (name[0] != '[') {
            text_line(wit->out, 1, "%s %s: %s;", word, interface ? name : wit_name(wit, item->name.name),
                      wit_func(wit, item->func.type, 0));
        }
        break;
    case PLAN_INSTANCE:
        if (interface) {
            text_line(wit->out, 1, "%s %s;", word, name);
        } else {
            text_line(wit->out, 1, "%s %s: interface {", word, wit_name(wit, item->name.name));
            wit_items(wit, 2, item->items, item->item_count, item->name.name);
            text_line(wit->out, 1, "}");
        }
        break;
    case PLAN_TYPE:
        wit_type_item(wit, 1, items, count, item, STR(""));
        break;
    default:
        text_line(wit->out, 1, "/* %s %s: no WIT for this */", word, name);
        break;
    }
}

/** Names are known before anything is written, for the world stands before the interfaces it names. */
static void wit_learn(struct wit *wit, const struct plan_item *items, uint32_t count, struct str interface)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct plan_item *item = &items[i];
        struct wit_home *home = NULL;
        if (item->kind == PLAN_INSTANCE) {
            wit_learn(wit, item->items, item->item_count, item->name.name);
        } else if (item->kind == PLAN_TYPE && item->resource != NULL) {
            home = &wit->resources[item->resource->id];
        } else if (item->kind == PLAN_TYPE && item->type != NULL && types_is_nominal(item->type->kind)) {
            home = &wit->types[item->type->id];
        }
        if (home != NULL && home->name.data == NULL) {
            *home = (struct wit_home){interface, item->name.name};
        }
    }
}

void wit_print(struct text *out, const struct plan *plan)
{
    struct wit wit = {.out = out, .arena = plan->arena};
    wit.types = ARENA_ARRAY(plan->arena, struct wit_home, plan->types->all.count + 1);
    wit.resources = ARENA_ARRAY(plan->arena, struct wit_home, plan->resources.count + 1);
    wit_learn(&wit, plan->imports, plan->import_count, STR(""));
    wit_learn(&wit, plan->exports, plan->export_count, STR(""));
    text_line(out, 0, "world root {");
    for (uint32_t i = 0; i < plan->import_count; i++) {
        wit_world_item(&wit, "import", plan->imports, plan->import_count, &plan->imports[i]);
    }
    for (uint32_t i = 0; i < plan->export_count; i++) {
        wit_world_item(&wit, "export", plan->exports, plan->export_count, &plan->exports[i]);
    }
    text_line(out, 0, "}");
    struct wit_packages packages = {{NULL, 0, 0}, {NULL, 0, 0}, {NULL, 0, 0}};
    wit_collect(&wit, &packages, plan->imports, plan->import_count);
    wit_collect(&wit, &packages, plan->exports, plan->export_count);
    for (uint32_t i = 0; i < packages.at.count; i++) {
        wit_package(&wit, &packages.at.at[i]);
    }
}
