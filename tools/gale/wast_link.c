/* SPDX-License-Identifier: Apache-2.0 */
#include "wast_link.h"

#include "component.h"
#include "diag.h"
#include "output.h"
#include "wast_build.h"

#include <stdlib.h>
#include <string.h>

/* --- what the commands make --- */

/* `(register "name" $instance)` while the commands are gone through. */
struct link_registration {
    char *name;
    unsigned instance;
};

struct link_names {
    ARRAY(struct link_registration) all; /* A later one of the same name comes first. */
};

static struct link_registration *link_registered(const struct link_names *names, struct str name)
{
    for (uint32_t k = names->all.count; k-- > 0;) {
        if (str_equal((struct str){names->all.at[k].name, (uint32_t)strlen(names->all.at[k].name)}, name)) {
            return &names->all.at[k];
        }
    }
    return NULL;
}

static struct component *link_decode(const struct wast_script *script, unsigned number)
{
    struct diag diag = {.kind = DIAG_NONE};
    struct str bytes;
    if (setjmp(diag.escape) != 0) {
        return NULL;
    }
    return output_read(script->arena, wast_build_path(script, number, "wasm"), &bytes)
               ? component_decode(script->arena, &diag, (const uint8_t *)bytes.data, bytes.size)
               : NULL;
}

/* Two groups become one, led by the first of all. */
static void link_join(struct wast_script *script, unsigned a, unsigned b)
{
    unsigned one = script->instances.at[a].group;
    unsigned other = script->instances.at[b].group;
    unsigned leader = one < other ? one : other;
    for (uint32_t k = 0; k < script->instances.count; k++) {
        struct wast_instance *instance = &script->instances.at[k];
        instance->group = instance->group == one || instance->group == other ? leader : instance->group;
    }
}

static void link_imports(struct wast_script *script, const struct link_names *names, unsigned number)
{
    struct wast_instance *instance = &script->instances.at[number];
    const struct component *component = names->all.count == 0 ? NULL : link_decode(script, instance->component);
    for (uint32_t k = 0; component != NULL && k < component->definitions.count; k++) {
        const struct definition *definition = &component->definitions.at[k];
        struct link_registration *found =
            definition->kind != DEF_IMPORT ? NULL : link_registered(names, definition->of.import.name.name);
        if (found != NULL) {
            *ARRAY_ADD(script->arena, &instance->arguments) = (struct wast_argument){found->name, found->instance};
            link_join(script, number, found->instance);
        }
    }
}

/* The component form of a command: itself, or what `(assert_trap (component ...) ...)` and its like are about. */
static struct sexpr link_component_form(struct sexpr form)
{
    struct sexpr_reader inside = sexpr_inside(form);
    struct sexpr part;
    bool asserts = wast_script_take_word(&inside, "assert_trap") || wast_script_take_word(&inside, "assert_unlinkable");
    return asserts && sexpr_next(&inside, &part) ? part : form;
}

static void link_command(struct wast_script *script, struct link_names *names, struct sexpr form)
{
    struct sexpr_reader inside = sexpr_inside(form);
    struct sexpr component = link_component_form(form);
    struct wast_component_head head;
    struct sexpr word;
    if (wast_script_take_word(&inside, "register") && sexpr_next(&inside, &word)) {
        size_t bytes;
        char *name = sexpr_string(word, &bytes);
        const struct wast_instance *found = wast_link_find(script, wast_script_take_id(&inside), form.begin);
        if (name != NULL && found != NULL) {
            *ARRAY_ADD(script->arena, &names->all) = (struct link_registration){
                arena_copy(script->arena, name, bytes), (unsigned)(found - script->instances.at)};
        }
        free(name);
        return;
    }
    int number = wast_script_component_of(script, component);
    if (number >= 0 && wast_script_head(component, &head) && !head.definition) {
        uint32_t index = script->instances.count;
        *ARRAY_ADD(script->arena, &script->instances) =
            (struct wast_instance){.form = component, .id = head.id, .component = (unsigned)number, .group = index};
        link_imports(script, names, index);
    }
}

void wast_link(struct wast_script *script, struct sexpr_reader commands)
{
    struct link_names names = {{NULL, 0, 0}};
    struct sexpr form;
    while (sexpr_next(&commands, &form)) {
        link_command(script, &names, form);
    }
    script->groups = ARENA_ARRAY(script->arena, struct wast_group, script->instances.count);
    for (uint32_t k = 0; k < script->instances.count; k++) {
        script->groups[script->instances.at[k].group].size++;
    }
}

struct wast_instance *wast_link_made_by(const struct wast_script *script, struct sexpr form)
{
    for (uint32_t k = 0; k < script->instances.count; k++) {
        if (script->instances.at[k].form.begin == form.begin) {
            return &script->instances.at[k];
        }
    }
    return NULL;
}

struct wast_instance *wast_link_find(const struct wast_script *script, struct sexpr id, const char *at)
{
    for (uint32_t k = script->instances.count; k-- > 0;) {
        struct wast_instance *instance = &script->instances.at[k];
        if (instance->form.begin < at && (id.begin == id.end || wast_script_same_id(instance->id, id))) {
            return instance;
        }
    }
    return NULL;
}

/* --- programs --- */

/* The parts of a group's program in the order of the commands, without those that have been refused. */
struct link_parts {
    struct wast_part *at;
    unsigned count;
};

static void link_add_part(const struct wast_script *script, struct link_parts *parts, struct wast_instance *instance)
{
    struct wast_argument *arguments = ARENA_ARRAY(script->arena, struct wast_argument, instance->arguments.count);
    unsigned count = 0;
    for (uint32_t k = 0; k < instance->arguments.count; k++) {
        const struct wast_instance *provider = &script->instances.at[instance->arguments.at[k].provider];
        if (provider->refusal == NULL) {
            arguments[count++] = (struct wast_argument){instance->arguments.at[k].name, provider->place};
        }
    }
    instance->place = parts->count;
    parts->at[parts->count++] =
        (struct wast_part){wast_build_path(script, instance->component, "wasm"), arguments, count};
}

static bool link_compose(const struct link_parts *parts, const char *path)
{
    FILE *out = fopen(path, "wb");
    bool written = out != NULL && wast_compose(out, parts->at, parts->count);
    return out != NULL && fclose(out) == 0 && written;
}

/* Add one instance; if the program does not link with it, it is left out. */
static void link_try_part(const struct wast_script *script, struct link_parts *parts, struct wast_instance *instance,
                          const char *path)
{
    struct wast_answer answer = wast_build_check(script, instance->component);
    unsigned count = parts->count;
    if (answer.outcome == WAST_OK) {
        link_add_part(script, parts, instance);
        free(answer.text);
        answer = link_compose(parts, path) ? wast_build_check_linked(script, path)
                                           : (struct wast_answer){.outcome = WAST_ERROR, .text = NULL};
    }
    if (answer.outcome != WAST_OK) {
        instance->refusal = answer.text == NULL ? "it cannot be linked" : arena_print(script->arena, "%s", answer.text);
        parts->count = count;
    }
    free(answer.text);
}

static struct wast_answer link_build(struct wast_script *script, unsigned leader)
{
    const char *path = arena_print(script->arena, "%s/linked-%u.wasm", script->directory, leader);
    struct wast_group *group = &script->groups[leader];
    struct link_parts parts = {ARENA_ARRAY(script->arena, struct wast_part, group->size), 0};
    for (uint32_t k = leader; k < script->instances.count; k++) {
        if (script->instances.at[k].group == leader) {
            link_try_part(script, &parts, &script->instances.at[k], path);
        }
    }
    if (!link_compose(&parts, path)) {
        return (struct wast_answer){.outcome = WAST_ERROR, .text = strdup("the linked component cannot be written")};
    }
    struct wast_answer answer = wast_build_linked(script, path);
    if (answer.outcome == WAST_OK && answer.text != NULL) {
        group->program = arena_print(script->arena, "%s", answer.text);
    }
    return answer;
}

static struct wast_answer link_program(struct wast_script *script, const struct wast_instance *instance)
{
    struct wast_group *group = &script->groups[instance->group];
    struct wast_answer answer = {.outcome = WAST_OK};
    if (group->program != NULL) {
        return answer;
    }
    group->linked = group->size > 1;
    if (group->linked) {
        return link_build(script, instance->group);
    }
    answer = wast_build_program(script, instance->component);
    group->program = script->components.at[instance->component].program;
    return answer;
}

struct wast_answer wast_link_start(struct wast_script *script, struct wast_instance *instance)
{
    struct wast_group *group = &script->groups[instance->group];
    struct wast_answer answer = link_program(script, instance);
    if (answer.outcome != WAST_OK) {
        return answer;
    }
    free(answer.text);
    if (instance->refusal != NULL) {
        return (struct wast_answer){.outcome = WAST_ERROR, .text = strdup(instance->refusal)};
    }
    answer = instance->place == 0 ? wast_session_start(&group->session, group->program)
                                  : wast_session_ask(&group->session, "start");
    instance->made = answer.outcome == WAST_OK;
    if (!instance->made && !group->linked) {
        wast_session_stop(&group->session);
    }
    return answer;
}

void wast_link_end(struct wast_script *script)
{
    for (uint32_t k = 0; script->groups != NULL && k < script->instances.count; k++) {
        wast_session_stop(&script->groups[k].session);
    }
}
