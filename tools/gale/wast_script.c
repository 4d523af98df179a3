/* SPDX-License-Identifier: Apache-2.0 */
#include "wast_script.h"

#include "wast_process.h"
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

static bool wast_script_take_word(struct sexpr_reader *reader, const char *word)
{
    struct sexpr_reader next = *reader;
    struct sexpr form;
    if (!sexpr_next(&next, &form) || !sexpr_is_word(form, word)) {
        return false;
    }
    *reader = next;
    return true;
}

static struct sexpr wast_script_take_id(struct sexpr_reader *reader)
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

static FILE *wast_script_open(const struct wast_script *script, unsigned number, const char *suffix, const char *mode)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%u.%s", script->directory, number, suffix);
    return fopen(path, mode);
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
    wast_script_head(script->components[number].form, &head);
    FILE *out = wast_script_open(script, number, head.binary ? "wasm" : "wat", "wb");
    bool written = out != NULL;
    if (written && (head.binary || head.quote)) {
        written = wast_script_write_strings(out, head.rest);
    } else if (written) {
        wast_script_write_text(out, &head);
    }
    return out != NULL && fclose(out) == 0 && written;
}

/* --- instances --- */

static bool wast_script_same_id(struct sexpr a, struct sexpr b)
{
    size_t length = (size_t)(a.end - a.begin);
    return length == (size_t)(b.end - b.begin) && memcmp(a.begin, b.begin, length) == 0;
}

static int wast_script_number_of(const struct wast_script *script, struct sexpr form)
{
    for (unsigned k = 0; k < script->component_count; k++) {
        if (script->components[k].form.begin == form.begin) {
            return (int)k;
        }
    }
    return -1;
}

/* The last definition above of that name; of any name when the span is empty. */
static int wast_script_definition_of(const struct wast_script *script, struct sexpr id, const char *before)
{
    int found = -1;
    for (unsigned k = 0; k < script->component_count; k++) {
        const struct wast_component *component = &script->components[k];
        bool named = id.begin == id.end || wast_script_same_id(component->id, id);
        found = named && component->form.begin < before ? (int)k : found;
    }
    return found;
}

static struct wast_instance *wast_script_instance_of(struct wast_script *script, struct sexpr id)
{
    for (unsigned k = script->instance_count; k-- > 0;) {
        if (id.begin == id.end || wast_script_same_id(script->instances[k].id, id)) {
            return &script->instances[k];
        }
    }
    return NULL;
}

/* The message that the assembler left when it refused component `number`; NULL if it did not. */
static char *wast_script_refusal(const struct wast_script *script, unsigned number)
{
    FILE *file = wast_script_open(script, number, "err", "r");
    if (file == NULL) {
        return NULL;
    }
    char *text = NULL;
    size_t size = 0;
    ssize_t length = getdelim(&text, &size, '\0', file);
    fclose(file);
    return length > 0 ? text : strcpy(realloc(text, 32), "refused by the assembler");
}

/* Run the tool on component `number`; what it printed, and whether it ended well. */
static struct wast_answer wast_script_tool(const struct wast_script *script, unsigned number, const char *const *words)
{
    char *refusal = wast_script_refusal(script, number);
    if (refusal != NULL) {
        return (struct wast_answer){.outcome = WAST_ERROR, .text = refusal};
    }
    char path[512];
    snprintf(path, sizeof path, "%s/%u.wasm", script->directory, number);
    const char *argv[8] = {script->options->gale};
    unsigned count = 1;
    for (; *words != NULL; words++) {
        argv[count++] = *words;
    }
    argv[count] = path;
    return wast_process_output(argv);
}

static struct wast_answer wast_script_check(const struct wast_script *script, unsigned number)
{
    static const char *const words[] = {"inspect", "--validate", NULL};
    return wast_script_tool(script, number, words);
}

static struct wast_answer wast_script_build(struct wast_script *script, unsigned number)
{
    static const char *const words[] = {"run", "--optimize=0", "--build-only", NULL};
    struct wast_component *component = &script->components[number];
    if (component->program == NULL) {
        struct wast_answer answer = wast_script_tool(script, number, words);
        if (answer.outcome != WAST_OK) {
            return answer;
        }
        component->program = answer.text;
    }
    return (struct wast_answer){.outcome = WAST_OK};
}

/* A new instance of component `number`; it becomes the one in use. */
static struct wast_answer wast_script_instantiate(struct wast_script *script, unsigned number, struct sexpr id)
{
    struct wast_answer answer = wast_script_build(script, number);
    if (answer.outcome != WAST_OK) {
        return answer;
    }
    struct wast_instance *grown = realloc(script->instances, (script->instance_count + 1) * sizeof *grown);
    if (grown == NULL) {
        return (struct wast_answer){.outcome = WAST_ERROR, .text = strdup("no memory")};
    }
    script->instances = grown;
    struct wast_instance *instance = &grown[script->instance_count++];
    *instance = (struct wast_instance){.id = id};
    return wast_session_start(&instance->session, script->components[number].program);
}

/* --- invoke --- */

static const char *wast_script_write_call(FILE *out, struct sexpr name, struct sexpr_reader args)
{
    size_t bytes;
    char *text = sexpr_string(name, &bytes);
    if (text == NULL) {
        return "expected the name of a function";
    }
    fprintf(out, "invoke %s(", text);
    free(text);
    struct sexpr form;
    const char *error = NULL;
    for (const char *comma = ""; error == NULL && sexpr_next(&args, &form); comma = ", ") {
        fputs(comma, out);
        error = wast_value_write(out, form);
    }
    fputc(')', out);
    return error;
}

/* The request for `(invoke $instance? "name" arguments)`, and with `expected` the value that it should return. */
static const char *wast_script_write_invoke(FILE *out, struct sexpr form, const struct sexpr *expected,
                                            struct sexpr *id)
{
    struct sexpr_reader reader = sexpr_inside(form);
    struct sexpr name;
    if (!wast_script_take_word(&reader, "invoke") && !wast_script_take_word(&reader, "get")) {
        return "expected (invoke ...)";
    }
    *id = wast_script_take_id(&reader);
    if (!sexpr_next(&reader, &name)) {
        return "expected the name of a function";
    }
    const char *error = wast_script_write_call(out, name, reader);
    if (error == NULL && expected != NULL) {
        fputs(" = ", out);
        error = wast_value_write(out, *expected);
    }
    return error;
}

static struct wast_answer wast_script_invoke(struct wast_script *script, struct sexpr form,
                                             const struct sexpr *expected)
{
    char *line = NULL;
    size_t bytes;
    struct sexpr id;
    FILE *out = open_memstream(&line, &bytes);
    if (out == NULL) {
        return (struct wast_answer){.outcome = WAST_ERROR, .text = strdup("no memory")};
    }
    const char *error = wast_script_write_invoke(out, form, expected, &id);
    fclose(out);
    struct wast_answer answer = {.outcome = WAST_ERROR};
    struct wast_instance *instance = error == NULL ? wast_script_instance_of(script, id) : NULL;
    if (instance != NULL) {
        answer = wast_session_ask(&instance->session, line);
    } else {
        answer.text = strdup(error != NULL ? error : "no component instance of that name");
    }
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

static void wast_script_component(struct wast_script *script, struct sexpr form)
{
    struct wast_component_head head;
    wast_script_head(form, &head);
    int number = wast_script_number_of(script, form);
    if (head.instance) {
        number = wast_script_definition_of(script, wast_script_take_id(&head.rest), form.begin);
    }
    if (number < 0) {
        wast_script_failed(script, form, "no component definition of that name");
        return;
    }
    struct wast_answer answer = head.definition ? wast_script_check(script, (unsigned)number)
                                                : wast_script_instantiate(script, (unsigned)number, head.id);
    if (answer.outcome != WAST_OK) {
        wast_script_report(script, form, "a component", answer);
    }
    free(answer.text);
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
    int number = wast_script_number_of(script, action);
    struct sexpr none = {.begin = "", .end = ""};
    struct wast_answer answer = number >= 0 ? wast_script_instantiate(script, (unsigned)number, none)
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
    int number = sexpr_next(&args, &component) ? wast_script_number_of(script, component) : -1;
    struct wast_answer answer = {.outcome = WAST_UNKNOWN};
    if (number >= 0) {
        answer = wast_script_check(script, (unsigned)number);
    }
    if (answer.outcome == WAST_ERROR) {
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
    } else if (sexpr_is_word(word, "assert_return")) {
        wast_script_return(script, form, args);
    } else if (sexpr_is_word(word, "assert_trap")) {
        wast_script_trap(script, form, args);
    } else if (sexpr_is_word(word, "assert_invalid") || sexpr_is_word(word, "assert_malformed")) {
        wast_script_invalid(script, form, args);
    } else if (sexpr_is_word(word, "invoke") || sexpr_is_word(word, "get")) {
        wast_script_run(script, form);
    } else {
        wast_script_failed(script, form, "unknown command `%.*s`", (int)(word.end - word.begin), word.begin);
    }
}
