/* SPDX-License-Identifier: Apache-2.0 */
/* Names of imports and exports with their attributes. */
#include <string.h>

#include "decode.h"
#include "name.h"

struct str decode_label(struct reader *r)
{
    uint32_t start = r->at;
    struct str label = reader_name(r);
    if (!name_is_label(label)) {
        reader_fail(r, start, "\"%s\" is not in kebab case", label.data);
    }
    return label;
}

static void decode_attribute_once(struct reader *r, const struct str *attribute, const char *name)
{
    if (attribute->data != NULL) {
        reader_fail(r, r->at - 1, "attribute %s is given twice", name);
    }
}

/** The version in the name is cut short; with the suffix behind it, it is a whole one. */
static void decode_check_version_suffix(struct reader *r, uint32_t start, const struct extern_name *name)
{
    const char *mark = memchr(name->name.data, '@', name->name.size);
    struct str cut = STR("");
    if (mark != NULL) {
        cut = (struct str){mark + 1, name->name.size - (uint32_t)(mark + 1 - name->name.data)};
    }
    const char *whole = arena_print(r->arena, "%s%s", cut.data, name->version_suffix.data);
    if (!name_is_canonical_version(cut) || !name_is_version((struct str){whole, (uint32_t)strlen(whole)})) {
        reader_fail(r, start, "versionsuffix \"%s\" does not complete the version of \"%s\"", name->version_suffix.data,
                    name->name.data);
    }
}

static void decode_attribute(struct reader *r, struct extern_name *name)
{
    uint32_t start = r->at;
    switch (reader_u8(r)) {
    case 0:
        decode_attribute_once(r, &name->implements, "implements");
        name->implements = reader_name(r);
        if (!name_is_interface(name->implements)) {
            reader_fail(r, start, "implements: \"%s\" is no name of an interface", name->implements.data);
        }
        break;
    case 1:
        decode_attribute_once(r, &name->version_suffix, "versionsuffix");
        name->version_suffix = reader_name(r);
        decode_check_version_suffix(r, start, name);
        break;
    case 2:
        decode_attribute_once(r, &name->external_id, "external-id");
        name->external_id = reader_name(r);
        break;
    default:
        reader_fail(r, start, "unknown attribute 0x%02x", r->bytes[start]);
    }
}

static struct extern_name decode_extern_name(struct reader *r, const char *what)
{
    struct extern_name name = {.name = {NULL, 0}};
    struct str parts[2];
    uint8_t form = reader_u8(r);
    uint32_t start = r->at;
    if (form > 2) {
        reader_fail(r, start - 1, "unknown form 0x%02x of a name", form);
    }
    name.name = reader_name(r);
    if (name_parse(name.name, parts) == NAME_INVALID) {
        reader_fail(r, start, "%s name `%s` is not a valid extern name", what, name.name.data);
    }
    if (form == 2) {
        for (uint32_t n = reader_count(r); n > 0; n--) {
            decode_attribute(r, &name);
        }
    }
    return name;
}

struct extern_name decode_import_name(struct reader *r)
{
    return decode_extern_name(r, "import");
}

struct extern_name decode_export_name(struct reader *r)
{
    return decode_extern_name(r, "export");
}
