/* SPDX-License-Identifier: Apache-2.0 */
#include "script.h"

#include "describe.h"
#include "host_run.h"
#include "host_value.h"
#include "wave.h"

#include "gale/component/store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A call while it is read, made and answered. */
struct script_call {
    const struct gale_wit_export *export;
    struct host_place params;
    struct host_place result;
    struct host_place expected; /**< Its address is 0 when none was given. */
};

static enum script_outcome script_broken(FILE *out, const struct wave_reader *reader)
{
    fprintf(out, "%s, at `%.40s`", reader->error == NULL ? "not a call: NAME(ARGUMENTS)" : reader->error, reader->at);
    return SCRIPT_ERROR;
}

static bool script_read_expected(struct script_call *call, struct wave_reader *reader)
{
    const struct gale_wit_type *type = call->export->func->result;
    reader->at += strspn(reader->at, " ");
    if (*reader->at != '=') {
        return wave_at_end(reader);
    }
    reader->at++;
    if (type == NULL) {
        reader->error = "the function has no result";
        return false;
    }
    call->expected = host_value_new(gale_program.call_arena, type);
    return wave_read(reader, type, gale_program.call_arena, call->expected.address) && wave_at_end(reader);
}

/* The values of a call, from the parenthesis on. */
static bool script_read_values(struct script_call *call, struct wave_reader *reader)
{
    const struct gale_wit_func *func = call->export->func;
    gale_program.call_arena->used = HOST_ARENA_FIRST;
    if (func->params != NULL) {
        call->params = host_value_new(gale_program.call_arena, func->params);
    }
    if (func->result != NULL) {
        call->result = host_value_new(gale_program.call_arena, func->result);
    }
    return wave_read_params(reader, func->params, gale_program.call_arena, call->params.address) &&
           script_read_expected(call, reader);
}

static char *script_text(struct host_place place)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);
    if (out != NULL) {
        wave_write(out, place.type, place.arena, place.address);
        fclose(out);
    }
    return text;
}

/* Values are equal when they are written alike: so a NaN is any NaN. */
static enum script_outcome script_answer(const struct script_call *call, FILE *out)
{
    char *got = call->result.address == 0 ? NULL : script_text(call->result);
    char *expected = call->expected.address == 0 ? NULL : script_text(call->expected);
    bool same = expected == NULL || (got != NULL && strcmp(got, expected) == 0);
    fputs(got == NULL ? "" : got, out);
    free(got);
    free(expected);
    return same ? SCRIPT_OK : SCRIPT_DIFFERENT;
}

enum script_outcome script_call(const char *text, FILE *out)
{
    struct script_call call = {.export = NULL};
    const char *error;
    size_t length = strcspn(text, "(");
    char *name = strndup(text, length);
    struct wave_reader reader = {.at = text + length};
    if (name == NULL || *reader.at == '\0') {
        free(name);
        return script_broken(out, &reader);
    }
    call.export = host_run_find(name, &error);
    if (call.export == NULL) {
        fprintf(out, "%s: %s", name, error);
        free(name);
        return SCRIPT_ERROR;
    }
    free(name);
    if (!script_read_values(&call, &reader)) {
        return script_broken(out, &reader);
    }
    int status = host_run_export(call.export, call.params.address, call.result.address);
    if (status != GALE_OK) {
        host_run_explain(out, status);
        return status == GALE_ETRAP || status == GALE_EDEADLK ? SCRIPT_TRAP : SCRIPT_ERROR;
    }
    return script_answer(&call, out);
}

/* --- requests --- */

static void script_reply(FILE *answers, enum script_outcome outcome, const char *text)
{
    static const char *const words[] = {
        [SCRIPT_OK] = "ok", [SCRIPT_DIFFERENT] = "different", [SCRIPT_TRAP] = "trap", [SCRIPT_ERROR] = "error"};
    fprintf(answers, "%s%s%s\n", words[outcome], *text == '\0' ? "" : " ", text);
    fflush(answers);
}

static void script_request(FILE *answers, const char *line)
{
    static const char word[] = "invoke ";
    if (strncmp(line, word, sizeof word - 1) != 0) {
        script_reply(answers, SCRIPT_ERROR, "unknown request");
        return;
    }
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);
    enum script_outcome outcome = script_call(line + sizeof word - 1, out);
    fclose(out);
    script_reply(answers, outcome, text);
    free(text);
}

static void script_reply_start(FILE *answers, int status)
{
    char text[512] = "";
    FILE *out = fmemopen(text, sizeof text, "w");
    if (status != GALE_OK && out != NULL) {
        host_run_explain(out, status);
    }
    if (out != NULL) {
        fclose(out);
    }
    script_reply(answers, status == GALE_OK ? SCRIPT_OK : status == GALE_ETRAP ? SCRIPT_TRAP : SCRIPT_ERROR, text);
}

int script_serve(void)
{
    FILE *answers = fdopen(3, "w");
    if (answers == NULL) {
        fputs("gale: --script wants descriptor 3 for its answers\n", stderr);
        return EXIT_FAILURE;
    }
    uint32_t part = 0;
    int status = gale_program.start_part(part++);
    script_reply_start(answers, status);
    bool linked = gale_program.part_count > 1;
    char *line = NULL;
    size_t size = 0;
    while ((linked || status == GALE_OK) && getline(&line, &size, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(line, "start") == 0 && part < gale_program.part_count) {
            script_reply_start(answers, gale_program.start_part(part++));
        } else {
            script_request(answers, line);
        }
    }
    free(line);
    return status == GALE_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
