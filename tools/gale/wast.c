/* SPDX-License-Identifier: Apache-2.0 */
#include "wast.h"

#include "wast_script.h"

#include <argp.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The components of a command: the command itself, or what an assertion is about. */
static bool wast_component_of(struct sexpr form, struct sexpr *component)
{
    struct wast_component_head head;
    if (wast_script_head(form, &head)) {
        *component = form;
        return !head.instance;
    }
    struct sexpr_reader inside = sexpr_inside(form);
    struct sexpr part;
    return sexpr_next(&inside, &part) && sexpr_next(&inside, component) && sexpr_is_list(*component) &&
           wast_script_head(*component, &head) && !head.instance;
}

static bool wast_add_component(struct wast_script *script, struct sexpr form)
{
    struct wast_component *grown =
        realloc(script->components, (script->component_count + 1) * sizeof *script->components);
    if (grown == NULL) {
        return false;
    }
    struct wast_component_head head;
    wast_script_head(form, &head);
    script->components = grown;
    script->components[script->component_count++] = (struct wast_component){.form = form, .id = head.id};
    return wast_script_save(script, script->component_count - 1);
}

/* Write every component of the script to a file of its own. */
static bool wast_collect(struct wast_script *script, struct sexpr_reader reader)
{
    struct sexpr form;
    struct sexpr component;
    while (sexpr_next(&reader, &form)) {
        if (wast_component_of(form, &component) && !wast_add_component(script, component)) {
            fprintf(stderr, "%s:%u: the component cannot be written to a file\n", script->path, form.line);
            return false;
        }
    }
    if (reader.error != NULL) {
        fprintf(stderr, "%s:%u: %s\n", script->path, reader.line, reader.error);
    }
    return reader.error == NULL;
}

/* One run for all components: starting an assembler is what costs. */
static bool wast_assemble(const struct wast_script *script)
{
    pid_t child = fork();
    if (child == 0) {
        execlp("/bin/sh", "sh", "-c", "exec $0 \"$1\"", script->options->assembler, script->directory, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    if (child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return true;
    }
    fprintf(stderr, "%s: the assembler `%s` failed\n", script->path, script->options->assembler);
    return false;
}

static bool wast_run_script(struct wast_script *script, const char *text, size_t bytes)
{
    struct sexpr_reader reader = sexpr_text(text, bytes);
    if (!wast_collect(script, reader) || (script->component_count > 0 && !wast_assemble(script))) {
        return false;
    }
    struct sexpr form;
    while (sexpr_next(&reader, &form)) {
        wast_script_do(script, form);
    }
    return true;
}

static void wast_free_script(struct wast_script *script)
{
    for (unsigned k = 0; k < script->instance_count; k++) {
        wast_session_stop(&script->instances[k].session);
    }
    for (unsigned k = 0; k < script->component_count; k++) {
        free(script->components[k].program);
    }
    free(script->instances);
    free(script->components);
}

static char *wast_read(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    struct stat stat;
    char *text = NULL;
    if (file != NULL && fstat(fileno(file), &stat) == 0 && S_ISREG(stat.st_mode)) {
        *bytes = (size_t)stat.st_size;
        text = malloc(*bytes + 1);
        if (text != NULL && fread(text, 1, *bytes, file) != *bytes) {
            free(text);
            text = NULL;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return text;
}

/* The directory holds files only. */
static void wast_remove_directory(const char *directory)
{
    DIR *entries = opendir(directory);
    for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        unlinkat(dirfd(entries), entry->d_name, 0);
    }
    if (entries != NULL) {
        closedir(entries);
    }
    rmdir(directory);
}

bool wast_run_file(const struct wast_options *options, const char *path, struct wast_score *score)
{
    char directory[] = "/tmp/gale-wast-XXXXXX";
    size_t bytes = 0;
    char *text = wast_read(path, &bytes);
    if (text == NULL || mkdtemp(directory) == NULL) {
        fprintf(stderr, "%s: cannot be read\n", path);
        free(text);
        score->failed++;
        return false;
    }
    struct wast_script script = {.options = options, .path = path, .directory = directory};
    bool done = wast_run_script(&script, text, bytes);
    score->passed += script.score.passed;
    score->failed += script.score.failed + !done;
    printf("%s: %u passed, %u failed\n", path, script.score.passed, script.score.failed + !done);
    wast_free_script(&script);
    wast_remove_directory(directory);
    free(text);
    return done;
}

/* --- the sub-command --- */

enum { WAST_ASSEMBLER = 1 };

static const struct argp_option wast_argp_options[] = {
    {"assembler", WAST_ASSEMBLER, "COMMAND", 0,
     "Turns each *.wat of a directory into *.wasm or *.err; by default what GALE_ASSEMBLER names", 0},
    {"verbose", 'v', NULL, 0, "Print what passes too", 0},
    {NULL, 0, NULL, 0, NULL, 0}};

/* Options, and the files in the order of the command line. */
struct wast_line {
    struct wast_options options;
    char **files;
    int file_count;
};

static error_t wast_option(int key, char *argument, struct argp_state *state)
{
    struct wast_line *line = state->input;
    switch (key) {
    case WAST_ASSEMBLER:
        line->options.assembler = argument;
        break;
    case 'v':
        line->options.verbose = true;
        break;
    case ARGP_KEY_ARGS:
        line->files = state->argv + state->next;
        line->file_count = state->argc - state->next;
        break;
    case ARGP_KEY_NO_ARGS:
        argp_usage(state);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

int wast_command(int argc, char **argv)
{
    static const struct argp argp = {.options = wast_argp_options,
                                     .parser = wast_option,
                                     .args_doc = "FILE...",
                                     .doc = "Run test scripts of the Component Model, each file apart."};
    struct wast_line line = {.options = {.gale = "/proc/self/exe", .assembler = getenv("GALE_ASSEMBLER")}};
    struct wast_score score = {0, 0};
    argp_parse(&argp, argc, argv, 0, NULL, &line);
    if (line.options.assembler == NULL) {
        fputs("gale wast: name an assembler by --assembler or GALE_ASSEMBLER\n", stderr);
        return 2;
    }
    for (int k = 0; k < line.file_count; k++) {
        wast_run_file(&line.options, line.files[k], &score);
    }
    printf("%u passed, %u failed\n", score.passed, score.failed);
    return score.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
