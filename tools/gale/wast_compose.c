/* SPDX-License-Identifier: Apache-2.0 */
#include "wast_compose.h"

#include "component.h"
#include "diag.h"
#include "output.h"
#include "text.h"

#include <string.h>

enum { COMPOSE_SECTION_COMPONENT = 4, COMPOSE_SECTION_INSTANCE = 5, COMPOSE_SECTION_EXPORT = 11, COMPOSE_INSTANCE = 5 };

static void compose_name(struct text *out, const char *name)
{
    text_leb(out, strlen(name));
    text_bytes(out, name, strlen(name));
}

/* The first part with the same file: it has the definition. */
static unsigned compose_first(const struct wast_part *parts, unsigned part)
{
    unsigned first = 0;
    while (strcmp(parts[first].component, parts[part].component) != 0) {
        first++;
    }
    return first;
}

/* Definitions, and for each part the index of its own. */
static bool compose_definitions(struct text *out, const struct wast_part *parts, unsigned count, uint32_t *indices)
{
    uint32_t defined = 0;
    for (unsigned k = 0; k < count; k++) {
        unsigned first = compose_first(parts, k);
        struct text definition = {.arena = out->arena};
        struct str bytes;
        if (first < k) {
            indices[k] = indices[first];
            continue;
        }
        if (!output_read(out->arena, parts[k].component, &bytes)) {
            return false;
        }
        text_bytes(&definition, bytes.data, bytes.size);
        text_section(out, COMPOSE_SECTION_COMPONENT, &definition);
        indices[k] = defined++;
    }
    return true;
}

static void compose_instance(struct text *out, const struct wast_part *part, uint32_t definition)
{
    static const uint8_t instantiate = 0;
    static const uint8_t sort = COMPOSE_INSTANCE;
    text_bytes(out, &instantiate, 1);
    text_leb(out, definition);
    text_leb(out, part->argument_count);
    for (unsigned k = 0; k < part->argument_count; k++) {
        compose_name(out, part->arguments[k].name);
        text_bytes(out, &sort, 1);
        text_leb(out, part->arguments[k].provider);
    }
}

static void compose_export(struct text *out, unsigned number)
{
    static const uint8_t plain_name = 0;
    static const uint8_t sort = COMPOSE_INSTANCE;
    static const uint8_t no_type = 0;
    text_bytes(out, &plain_name, 1);
    compose_name(out, arena_print(out->arena, "i%u", number));
    text_bytes(out, &sort, 1);
    text_leb(out, number);
    text_bytes(out, &no_type, 1);
}

static bool compose_parts(struct arena *arena, FILE *out, const struct wast_part *parts, unsigned count)
{
    static const uint8_t preamble[] = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
    struct text file = {.arena = arena};
    struct text instances = {.arena = arena};
    struct text exports = {.arena = arena};
    uint32_t *indices = ARENA_ARRAY(arena, uint32_t, count);
    text_bytes(&file, preamble, sizeof preamble);
    if (!compose_definitions(&file, parts, count, indices)) {
        return false;
    }
    text_leb(&instances, count);
    text_leb(&exports, count);
    for (unsigned k = 0; k < count; k++) {
        compose_instance(&instances, &parts[k], indices[k]);
        compose_export(&exports, k);
    }
    text_section(&file, COMPOSE_SECTION_INSTANCE, &instances);
    text_section(&file, COMPOSE_SECTION_EXPORT, &exports);
    return fwrite(file.data, 1, file.size, out) == file.size;
}

bool wast_compose(FILE *out, const struct wast_part *parts, unsigned count)
{
    struct diag diag = {.kind = DIAG_NONE};
    struct arena arena = {.diag = &diag};
    volatile bool written = false;
    if (setjmp(diag.escape) == 0) {
        written = compose_parts(&arena, out, parts, count);
    }
    arena_close(&arena);
    return written;
}
