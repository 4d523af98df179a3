/* SPDX-License-Identifier: Apache-2.0 */
#include "wast.h"

#include "diag.h"
#include "output.h"
#include "process.h"
#include "wast_link.h"
#include "wast_script.h"

#include <argp.h>
#include <stdlib.h>

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
    struct wast_component_head head;
    wast_script_head(form, &head);
    *ARRAY_ADD(script->arena, &script->components) = (struct wast_component){.form = form, .id = head.id};
    return wast_script_save(script, script->components.count - 1);
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
    char *argv[] = {arena_print(script->arena, "/bin/sh"),
                    arena_print(script->arena, "-c"),
                    arena_print(script->arena, "exec $0 \"$1\""),
                    arena_print(script->arena, "%s", script->options->assembler),
                    arena_print(script->arena, "%s", script->directory),
                    NULL};
    if (process_wait(process_start(argv, NULL))) {
        return true;
    }
    fprintf(stderr, "%s: the assembler `%s` failed\n", script->path, script->options->assembler);
    return false;
}

static bool wast_run_script(struct wast_script *script, const char *text, size_t bytes)
{
    struct sexpr_reader reader = sexpr_text(text, bytes);
    if (!wast_collect(script, reader) || (script->components.count > 0 && !wast_assemble(script))) {
        return false;
    }
    wast_link(script, reader);
    struct sexpr form;
    while (!process_signalled() && sexpr_next(&reader, &form)) {
        wast_script_do(script, form);
    }
    return !process_signalled();
}

/* The memory of a script is given back at once, however it ends. */
static bool wast_run_in(struct wast_script *script)
{
    struct diag diag = {.kind = DIAG_NONE};
    struct arena arena = {.diag = &diag};
    struct str text;
    volatile bool done = false;
    script->arena = &arena;
    if (setjmp(diag.escape) == 0) {
        done = output_read(&arena, script->path, &text) && wast_run_script(script, text.data, text.size);
    } else {
        diag_print(&diag, script->path);
    }
    wast_link_end(script);
    arena_close(&arena);
    return done;
}

bool wast_run_file(const struct wast_options *options, const char *path, struct wast_score *score)
{
    char directory[] = "/tmp/gale-wast-XXXXXX";
    if (mkdtemp(directory) == NULL) {
        perror(directory);
        score->failed++;
        return false;
    }
    struct wast_script script = {.options = options, .path = path, .directory = directory};
    bool done = wast_run_in(&script);
    score->passed += script.score.passed;
    score->failed += script.score.failed + !done;
    printf("%s: %u passed, %u failed\n", path, script.score.passed, script.score.failed + !done);
    output_remove(directory);
    return done;
}

/* --- the sub-command --- */

enum { WAST_ASSEMBLER = 1, WAST_BUILDER };

static const struct argp_option wast_argp_options[] = {
    {"assembler", WAST_ASSEMBLER, "COMMAND", 0,
     "Turns each *.wat of a directory into *.wasm or *.err; by default what GALE_ASSEMBLER names", 0},
    {"builder", WAST_BUILDER, "COMMAND", 0, "Called in the place of this tool to check and build components", 0},
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
    case WAST_BUILDER:
        line->options.gale = argument;
        break;
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
    process_signals_begin();
    for (int k = 0; k < line.file_count && !process_signalled(); k++) {
        wast_run_file(&line.options, line.files[k], &score);
    }
    process_signals_end();
    printf("%u passed, %u failed\n", score.passed, score.failed);
    return score.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
