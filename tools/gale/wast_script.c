/* SPDX-License-Identifier: Apache-2.0 */
#include "wast_script.h"

#include "wast_build.h"
#include "wast_link.h"
#include "wast_value.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* --- the score --- */

static void wast_script_passed(struct wast_script *script, struct sexpr form)
{
    script->score.passed++;
    if (script->options->verbose) {
        printf("%s:%u: ok\n", script->path, form.line);
    }
}

__attribute__((format(printf, 3, 4))) static void wast_script_failed(struct wast_script *script, struct sexpr form,
                                                                     const char *format, ...)
{
    va_list args;
    script->score.failed++;
    printf("%s:%u: ", script->path, form.line);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

/* --- components --- */

bool wast_script_take_word(struct sexpr_reader *reader, const char *word)
{
    struct sexpr_reader next = *reader;
    struct sexpr form;
    if (!sexpr_next(&next, &form) || !sexpr_is_word(form, word)) {
        return false;
    }
    *reader = next;
    return true;
}

struct sexpr wast_script_take_id(struct sexpr_reader *reader)
{
    struct sexpr_reader next = *reader;
    struct sexpr form;
    if (!sexpr_next(&next, &form) || !sexpr_is_id(form)) {
        return (struct sexpr){.begin = "", .end = "", .line = reader->line};
    }
    *reader = next;
    return form;
}

bool wast_script_head(struct sexpr form, struct wast_component_head *head)
{
    *head = (struct wast_component_head){.rest = sexpr_inside(form)};
    if (!wast_script_take_word(&head->rest, "component")) {
        return false;
    }
    head->definition = wast_script_take_word(&head->rest, "definition");
    head->instance = !head->definition && wast_script_take_word(&head->rest, "instance");
    head->id = wast_script_take_id(&head->rest);
    head->binary = wast_script_take_word(&head->rest, "binary");
    head->quote = !head->binary && wast_script_take_word(&head->rest, "quote");
    return true;
}

static bool wast_script_write_strings(FILE *out, struct sexpr_reader reader)
{
    struct sexpr form;
    while (sexpr_next(&reader, &form)) {
        size_t bytes;
        char *text = sexpr_string(form, &bytes);
        if (text == NULL) {
            return false;
        }
        fwrite(text, 1, bytes, out);
        free(text);
    }
    return reader.error == NULL;
}

static void wast_script_write_text(FILE *out, const struct wast_component_head *head)
{
    fprintf(out, "(component %.*s %.*s)\n", (int)(head->id.end - head->id.begin), head->id.begin,
            (int)(head->rest.end - head->rest.at), head->rest.at);
}

bool wast_script_save(const struct wast_script *script, unsigned number)
{
    struct wast_component_head head;
    wast_script_head(script->components.at[number].form, &head);
    FILE *out = fopen(wast_build_path(script, number, head.binary ? "wasm" : "wat"), "wb");
    bool written = out != NULL;
    if (written && (head.binary || head.quote)) {
        fputs(head.quote ? "(component " : "", out);
        written = wast_script_write_strings(out, head.rest);
        fputs(head.quote ? ")" : "", out);
    } else if (written) {
        wast_script_write_text(out, &head);
    }
    return out != NULL && fclose(out) == 0 && written;
}

/* --- components by name --- */

bool wast_script_same_id(struct sexpr a, struct sexpr b)
{
    size_t length = (size_t)(a.end - a.begin);
    return length == (size_t)(b.end - b.begin) && memcmp(a.begin, b.begin, length) == 0;
}

/* The last definition above of that name; of any name when the span is empty. */
static int wast_script_definition_of(const struct wast_script *script, struct sexpr id, const char *before)
{
    int found = -1;
    for (uint32_t k = 0; k < script->components.count; k++) {
        const struct wast_component *component = &script->components.at[k];
        bool named = id.begin == id.end || wast_script_same_id(component->id, id);
        found = named && component->form.begin < before ? (int)k : found;
    }
    return found;
}

int wast_script_component_of(const struct wast_script *script, struct sexpr form)
{
    struct wast_component_head head;
    if (wast_script_head(form, &head) && head.instance) {
        return wast_script_definition_of(script, wast_script_take_id(&head.rest), form.begin);
    }
    for (uint32_t k = 0; k < script->components.count; k++) {
        if (script->components.at[k].form.begin == form.begin) {
            return (int)k;
        }
    }
    return -1;
}

/* --- invoke --- */

/* Instances that share a program have numbers: function "f" of instance 1 is "i1#f", and "a:b/c#f" is "i1/a:b/c#f". */
static void wast_script_write_name(FILE *out, const struct wast_script *script, const struct wast_instance *instance,
                                   const char *name)
{
    fputs("invoke ", out);
    if (script->groups[instance->group].linked) {
        fprintf(out, "i%u%c", instance->place, strchr(name, '#') != NULL ? '/' : '#');
    }
    fputs(name, out);
}

static const char *wast_script_write_args(FILE *out, struct sexpr_reader args)
{
    struct sexpr form;
    const char *error = NULL;
    fputc('(', out);
    for (const char *comma = ""; error == NULL && sexpr_next(&args, &form); comma = ", ") {
        fputs(comma, out);
        error = wast_value_write(out, form);
    }
    fputc(')', out);
    return error;
}

/* An invoke: which instance, which function, what with, and the value that it should return, or NULL. */
struct wast_call {
    const struct wast_instance *instance;
    struct sexpr name;
    struct sexpr_reader args;
    const struct sexpr *expected;
};

/* Take `(invoke $instance? "name" arguments)` apart. */
static const char *wast_script_read_call(const struct wast_script *script, struct sexpr form, struct wast_call *call)
{
    call->args = sexpr_inside(form);
    if (!wast_script_take_word(&call->args, "invoke") && !wast_script_take_word(&call->args, "get")) {
        return "expected (invoke ...)";
    }
    call->instance = wast_link_find(script, wast_script_take_id(&call->args), form.begin);
    if (!sexpr_next(&call->args, &call->name) || !sexpr_is_string(call->name)) {
        return "expected the name of a function";
    }
    return call->instance == NULL || !call->instance->made ? "no component instance of that name" : NULL;
}

static const char *wast_script_write_call(FILE *out, const struct wast_script *script, const struct wast_call *call)
{
    size_t bytes;
    char *name = sexpr_string(call->name, &bytes);
    if (name == NULL) {
        return "the name of the function is broken";
    }
    wast_script_write_name(out, script, call->instance, name);
    free(name);
    const char *error = wast_script_write_args(out, call->args);
    if (error == NULL && call->expected != NULL) {
        fputs(" = ", out);
        error = wast_value_write(out, *call->expected);
    }
    return error;
}

static struct wast_answer wast_script_error(const char *text)
{
    return (struct wast_answer){.outcome = WAST_ERROR, .text = strdup(text)};
}

static struct wast_answer wast_script_invoke(struct wast_script *script, struct sexpr form,
                                             const struct sexpr *expected)
{
    char *line = NULL;
    size_t bytes;
    struct wast_call call = {.expected = expected};
    const char *error = wast_script_read_call(script, form, &call);
    FILE *out = error == NULL ? open_memstream(&line, &bytes) : NULL;
    if (out == NULL) {
        return wast_script_error(error != NULL ? error : "no memory");
    }
    error = wast_script_write_call(out, script, &call);
    fclose(out);
    struct wast_answer answer = error == NULL ? wast_session_ask(&script->groups[call.instance->group].session, line)
                                              : wast_script_error(error);
    free(line);
    return answer;
}

/* --- commands --- */

static const char *wast_script_outcome_name(enum wast_outcome outcome)
{
    static const char *const names[] = {[WAST_OK] = "a return",
                                        [WAST_DIFFERENT] = "a return",
                                        [WAST_TRAP] = "a trap",
                                        [WAST_ERROR] = "an error",
                                        [WAST_UNKNOWN] = "something not supported",
                                        [WAST_CRASH] = "a crash"};
    return names[outcome];
}

static void wast_script_report(struct wast_script *script, struct sexpr form, const char *expected,
                               struct wast_answer got)
{
    const char *text = got.text != NULL ? got.text : "";
    wast_script_failed(script, form, "expected %s, got %s%s%s", expected, wast_script_outcome_name(got.outcome),
                       *text ? ": " : "", text);
}

/* An instance that the commands below may name. */
static struct wast_answer wast_script_instantiate(struct wast_script *script, struct sexpr form)
{
    struct wast_instance *instance = wast_link_made_by(script, form);
    return instance == NULL ? wast_script_error("no component definition of that name")
                            : wast_link_start(script, instance);
}

static void wast_script_component(struct wast_script *script, struct sexpr form)
{
    struct wast_component_head head;
    wast_script_head(form, &head);
    struct wast_answer answer = head.definition
                                    ? wast_build_check(script, (unsigned)wast_script_component_of(script, form))
                                    : wast_script_instantiate(script, form);
    if (answer.outcome != WAST_OK) {
        wast_script_report(script, form, "a component", answer);
    }
    free(answer.text);
}

/* What is registered was found before anything ran; here it has to be there. */
static void wast_script_register(struct wast_script *script, struct sexpr form, struct sexpr_reader args)
{
    struct sexpr name;
    if (!sexpr_next(&args, &name) || !sexpr_is_string(name)) {
        wast_script_failed(script, form, "expected (register \"name\" $instance)");
        return;
    }
    const struct wast_instance *instance = wast_link_find(script, wast_script_take_id(&args), form.begin);
    if (instance == NULL || !instance->made) {
        wast_script_failed(script, form, "expected a component instance to register, got none of that name");
    }
}

static void wast_script_return(struct wast_script *script, struct sexpr form, struct sexpr_reader args)
{
    struct sexpr action;
    struct sexpr expected;
    if (!sexpr_next(&args, &action)) {
        wast_script_failed(script, form, "expected (assert_return (invoke ...) value)");
        return;
    }
    bool value = sexpr_next(&args, &expected);
    struct wast_answer answer = wast_script_invoke(script, action, value ? &expected : NULL);
    if (answer.outcome == WAST_OK) {
        wast_script_passed(script, form);
    } else if (value) {
        char text[200];
        snprintf(text, sizeof text, "%.*s", (int)(expected.end - expected.begin), expected.begin);
        wast_script_report(script, form, text, answer);
    } else {
        wast_script_report(script, form, "a return without a value", answer);
    }
    free(answer.text);
}

/* The messages of scripts are beginnings or parts of what engines say. */
static bool wast_script_says(const struct wast_answer *answer, const char *text)
{
    static const char prefix[] = "wasm trap: ";
    text += strncmp(text, prefix, sizeof prefix - 1) == 0 ? sizeof prefix - 1 : 0;
    return answer->text != NULL && strstr(answer->text, text) != NULL;
}

static void wast_script_trap(struct wast_script *script, struct sexpr form, struct sexpr_reader args)
{
    struct sexpr action = {.begin = "", .end = ""};
    struct sexpr message = action;
    sexpr_next(&args, &action);
    sexpr_next(&args, &message);
    size_t bytes;
    char *text = sexpr_string(message, &bytes);
    struct wast_component_head head;
    struct wast_answer answer = wast_script_head(action, &head) ? wast_script_instantiate(script, action)
                                                                : wast_script_invoke(script, action, NULL);
    if (text != NULL && answer.outcome == WAST_TRAP && wast_script_says(&answer, text)) {
        wast_script_passed(script, form);
    } else {
        char expected[200];
        snprintf(expected, sizeof expected, "a trap: %s", text != NULL ? text : "(no message given)");
        wast_script_report(script, form, expected, answer);
    }
    free(text);
    free(answer.text);
}

static void wast_script_invalid(struct wast_script *script, struct sexpr form, struct sexpr_reader args)
{
    struct sexpr component;
    int number = sexpr_next(&args, &component) ? wast_script_component_of(script, component) : -1;
    struct wast_answer answer = {.outcome = WAST_UNKNOWN};
    if (number >= 0) {
        answer = wast_build_check(script, (unsigned)number);
    }
    if (answer.outcome == WAST_ERROR) {
        wast_script_passed(script, form);
    } else {
        wast_script_report(script, form, "a refusal", answer);
    }
    free(answer.text);
}

static void wast_script_unlinkable(struct wast_script *script, struct sexpr form, struct sexpr_reader args)
{
    struct sexpr component = {.begin = "", .end = ""};
    sexpr_next(&args, &component);
    struct wast_answer answer = wast_script_instantiate(script, component);
    if (answer.outcome == WAST_ERROR && wast_link_made_by(script, component) != NULL) {
        wast_script_passed(script, form);
    } else {
        wast_script_report(script, form, "a refusal", answer);
    }
    free(answer.text);
}

static void wast_script_run(struct wast_script *script, struct sexpr form)
{
    struct wast_answer answer = wast_script_invoke(script, form, NULL);
    if (answer.outcome == WAST_OK) {
        wast_script_passed(script, form);
    } else {
        wast_script_report(script, form, "a return", answer);
    }
    free(answer.text);
}

void wast_script_do(struct wast_script *script, struct sexpr form)
{
    struct sexpr_reader args = sexpr_inside(form);
    struct sexpr word;
    if (!sexpr_next(&args, &word)) {
        wast_script_failed(script, form, "expected a command");
    } else if (sexpr_is_word(word, "component")) {
        wast_script_component(script, form);
    } else if (sexpr_is_word(word, "register")) {
        wast_script_register(script, form, args);
    } else if (sexpr_is_word(word, "assert_return")) {
        wast_script_return(script, form, args);
    } else if (sexpr_is_word(word, "assert_trap")) {
        wast_script_trap(script, form, args);
    } else if (sexpr_is_word(word, "assert_invalid") || sexpr_is_word(word, "assert_malformed")) {
        wast_script_invalid(script, form, args);
    } else if (sexpr_is_word(word, "assert_unlinkable")) {
        wast_script_unlinkable(script, form, args);
    } else if (sexpr_is_word(word, "invoke") || sexpr_is_word(word, "get")) {
        wast_script_run(script, form);
    } else {
        wast_script_failed(script, form, "unknown command `%.*s`", (int)(word.end - word.begin), word.begin);
    }
}
