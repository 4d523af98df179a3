/* SPDX-License-Identifier: Apache-2.0 */
#include "name.h"

#include <string.h>

static bool name_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool name_is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool name_is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/** Words without mixed case; `upper` allows acronyms. The first begins with a letter. */
static bool name_is_words(struct str text, bool upper)
{
    bool has_lower = false;
    bool has_upper = false;
    if (text.size == 0 || text.data[text.size - 1] == '-' || name_is_digit(text.data[0])) {
        return false;
    }
    for (uint32_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '-') {
            if (i == 0 || text.data[i - 1] == '-') {
                return false;
            }
            has_lower = has_upper = false;
            continue;
        }
        has_lower = has_lower || name_is_lower(c);
        has_upper = has_upper || name_is_upper(c);
        if ((!name_is_lower(c) && !name_is_upper(c) && !name_is_digit(c)) || (has_upper && (has_lower || !upper))) {
            return false;
        }
    }
    return true;
}

bool name_is_label(struct str text)
{
    return name_is_words(text, true);
}

/** Splits at the first `mark`: `text` becomes what follows it. Without one, `head` is all and the result false. */
static bool name_split(struct str *text, char mark, struct str *head)
{
    const char *at = text->size == 0 ? NULL : memchr(text->data, mark, text->size);
    *head = *text;
    if (at == NULL) {
        return false;
    }
    head->size = (uint32_t)(at - text->data);
    *text = (struct str){at + 1, text->size - head->size - 1};
    return true;
}

/** Identifiers joined by dots; `numeric` forbids leading zeros in those of digits alone. */
static bool name_is_identifiers(struct str text, bool numeric)
{
    bool more = true;
    while (more) {
        struct str part;
        bool digits = true;
        more = name_split(&text, '.', &part);
        for (uint32_t i = 0; i < part.size; i++) {
            char c = part.data[i];
            digits = digits && name_is_digit(c);
            if (!name_is_digit(c) && !name_is_lower(c) && !name_is_upper(c) && c != '-') {
                return false;
            }
        }
        if (part.size == 0 || (numeric && digits && part.size > 1 && part.data[0] == '0')) {
            return false;
        }
    }
    return true;
}

static bool name_is_number(struct str text)
{
    for (uint32_t i = 0; i < text.size; i++) {
        if (!name_is_digit(text.data[i])) {
            return false;
        }
    }
    return text.size == 1 || (text.size > 1 && text.size < 20 && text.data[0] != '0');
}

bool name_is_version(struct str text)
{
    struct str rest = text;
    struct str core;
    struct str part;
    if (name_split(&rest, '+', &core) && !name_is_identifiers(rest, false)) {
        return false;
    }
    rest = core;
    if (name_split(&rest, '-', &core) && !name_is_identifiers(rest, true)) {
        return false;
    }
    return name_split(&core, '.', &part) && name_is_number(part) && name_split(&core, '.', &part) &&
           name_is_number(part) && name_is_number(core);
}

bool name_is_canonical_version(struct str text)
{
    struct str part;
    bool more = true;
    unsigned numbers = 0;
    while (more) {
        more = name_split(&text, '.', &part);
        numbers++;
        if (!name_is_number(part) || numbers > 3 || (more && !str_equal(part, STR("0")))) {
            return false;
        }
    }
    return numbers == 3 || !str_equal(part, STR("0"));
}

bool name_is_interface(struct str text)
{
    struct str version = text;
    struct str path;
    struct str package;
    if (name_split(&version, '@', &path) && !name_is_version(version) && !name_is_canonical_version(version)) {
        return false;
    }
    struct str interface = path;
    if (!name_split(&interface, '/', &package) || !name_is_label(interface)) {
        return false;
    }
    struct str name = package;
    struct str namespace;
    return name_split(&name, ':', &namespace) && name_is_words(namespace, false) && name_is_words(name, false);
}

enum name_kind name_parse(struct str text, struct str parts[2])
{
    static const struct {
        const char *prefix;
        enum name_kind kind;
    } forms[] = {{"[constructor]", NAME_CONSTRUCTOR}, {"[method]", NAME_METHOD}, {"[static]", NAME_STATIC}};
    for (unsigned i = 0; i < 3; i++) {
        if (!str_starts(text, forms[i].prefix)) {
            continue;
        }
        uint32_t skip = (uint32_t)strlen(forms[i].prefix);
        parts[1] = (struct str){text.data + skip, text.size - skip};
        bool dot = name_split(&parts[1], '.', &parts[0]);
        bool good =
            name_is_label(parts[0]) && dot == (forms[i].kind != NAME_CONSTRUCTOR) && (!dot || name_is_label(parts[1]));
        return good ? forms[i].kind : NAME_INVALID;
    }
    if (name_is_label(text)) {
        return NAME_PLAIN;
    }
    return name_is_interface(text) ? NAME_INTERFACE : NAME_INVALID;
}

struct str name_canonical(struct arena *arena, struct str text)
{
    struct str parts[2];
    enum name_kind kind = name_parse(text, parts);
    if (kind == NAME_METHOD || kind == NAME_STATIC) {
        text = (struct str){parts[0].data, parts[0].size + 1 + parts[1].size};
    }
    char *lower = arena_copy(arena, text.data, text.size);
    for (uint32_t i = 0; i < text.size; i++) {
        lower[i] = name_is_upper(lower[i]) ? (char)(lower[i] - 'A' + 'a') : lower[i];
    }
    const char *dot = memchr(lower, '.', text.size);
    if ((kind == NAME_METHOD || kind == NAME_STATIC) && dot != NULL) {
        uint32_t half = (uint32_t)(dot - lower);
        if (text.size == 2 * half + 1 && memcmp(lower, dot + 1, half) == 0) {
            return (struct str){lower, half};
        }
    }
    return (struct str){lower, text.size};
}

static uint32_t name_hash(struct str text)
{
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < text.size; i++) {
        hash = (hash ^ (uint8_t)text.data[i]) * 16777619u;
    }
    return hash;
}

struct name_slot {
    struct str name;
    uint32_t value;
};

/** The slot that holds `name`, or the free one where it belongs. There is always a free one. */
static struct name_slot *name_map_slot(const struct name_map *map, struct str name)
{
    uint32_t at = name_hash(name) & (map->room - 1);
    while (map->slots[at].name.data != NULL && !str_equal(map->slots[at].name, name)) {
        at = (at + 1) & (map->room - 1);
    }
    return &map->slots[at];
}

static void name_map_grow(struct arena *arena, struct name_map *map)
{
    struct name_map old = *map;
    map->room = old.room == 0 ? 16 : old.room * 2;
    map->slots = ARENA_ARRAY(arena, struct name_slot, map->room);
    for (uint32_t i = 0; i < old.room; i++) {
        if (old.slots[i].name.data != NULL) {
            *name_map_slot(map, old.slots[i].name) = old.slots[i];
        }
    }
}

bool name_map_add(struct arena *arena, struct name_map *map, struct str name, uint32_t value)
{
    if (map->used * 2 >= map->room) {
        name_map_grow(arena, map);
    }
    struct name_slot *slot = name_map_slot(map, name);
    if (slot->name.data != NULL) {
        return false;
    }
    *slot = (struct name_slot){name, value};
    map->used++;
    return true;
}

bool name_map_find(const struct name_map *map, struct str name, uint32_t *value)
{
    const struct name_slot *slot = map->room == 0 ? NULL : name_map_slot(map, name);
    if (slot == NULL || slot->name.data == NULL) {
        return false;
    }
    *value = slot->value;
    return true;
}
