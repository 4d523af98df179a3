/* SPDX-License-Identifier: Apache-2.0 */
#include "wast_build.h"

#include "command.h"
#include "process.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BUILD_TEXT_MAX = 65536, BUILD_WORDS = 8 };

const char *wast_build_path(const struct wast_script *script, unsigned number, const char *suffix)
{
    return arena_print(script->arena, "%s/%u.%s", script->directory, number, suffix);
}

/* The message that the assembler left when it refused component `number`; NULL if it did not. */
static char *build_refusal(const struct wast_script *script, unsigned number)
{
    FILE *file = fopen(wast_build_path(script, number, "err"), "r");
    if (file == NULL) {
        return NULL;
    }
    char *text = NULL;
    size_t size = 0;
    ssize_t length = getdelim(&text, &size, '\0', file);
    fclose(file);
    if (length <= 0) {
        free(text);
        return strdup("refused by the assembler");
    }
    return text;
}

static char *build_text(int file)
{
    char *text = malloc(BUILD_TEXT_MAX + 1);
    ssize_t length = text == NULL ? -1 : pread(file, text, BUILD_TEXT_MAX, 0);
    if (length < 0) {
        free(text);
        return NULL;
    }
    text[length] = '\0';
    while (length > 0 && text[length - 1] == '\n') {
        text[--length] = '\0';
    }
    return text;
}

static enum wast_outcome build_outcome(int status)
{
    switch (status) {
    case COMMAND_OK:
        return WAST_OK;
    case COMMAND_REFUSED:
        return WAST_ERROR;
    case COMMAND_UNKNOWN:
        return WAST_UNKNOWN;
    default:
        return WAST_CRASH;
    }
}

/* Run the tool; what it printed, and how it ended. The outputs go to files in memory: no pipe can fill up. */
static struct wast_answer build_run(const struct wast_script *script, const char *const *words, const char *path)
{
    char *argv[BUILD_WORDS + 3] = {arena_print(script->arena, "%s", script->options->gale)};
    unsigned count = 1;
    for (; *words != NULL && count <= BUILD_WORDS; words++) {
        argv[count++] = arena_print(script->arena, "%s", *words);
    }
    argv[count] = arena_print(script->arena, "%s", path);
    struct process_files files = {-1, memfd_create("out", MFD_CLOEXEC), memfd_create("err", MFD_CLOEXEC), -1};
    struct wast_answer answer = {.outcome = WAST_CRASH};
    if (files.out >= 0 && files.err >= 0) {
        answer.outcome = build_outcome(process_status(process_start(argv, &files)));
        answer.text = build_text(answer.outcome == WAST_OK ? files.out : files.err);
    }
    close(files.out);
    close(files.err);
    return answer;
}

static struct wast_answer build_component(const struct wast_script *script, unsigned number, const char *const *words)
{
    char *refusal = build_refusal(script, number);
    if (refusal != NULL) {
        return (struct wast_answer){.outcome = WAST_ERROR, .text = refusal};
    }
    return build_run(script, words, wast_build_path(script, number, "wasm"));
}

struct wast_answer wast_build_check(const struct wast_script *script, unsigned number)
{
    static const char *const words[] = {"inspect", "--validate", NULL};
    return build_component(script, number, words);
}

struct wast_answer wast_build_program(struct wast_script *script, unsigned number)
{
    static const char *const words[] = {"run", "--optimize=0", "--build-only", NULL};
    struct wast_component *component = &script->components.at[number];
    if (component->program != NULL) {
        return (struct wast_answer){.outcome = WAST_OK};
    }
    struct wast_answer answer = build_component(script, number, words);
    if (answer.outcome == WAST_OK && answer.text != NULL) {
        component->program = arena_print(script->arena, "%s", answer.text);
    }
    return answer;
}

struct wast_answer wast_build_check_linked(const struct wast_script *script, const char *path)
{
    static const char *const words[] = {"inspect", "--open", NULL};
    return build_run(script, words, path);
}

struct wast_answer wast_build_linked(const struct wast_script *script, const char *path)
{
    static const char *const words[] = {"run", "--open", "--optimize=0", "--build-only", NULL};
    return build_run(script, words, path);
}
