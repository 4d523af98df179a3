/* SPDX-License-Identifier: Apache-2.0 */
#include "program.h"

#include "host_run.h"
#include "host_serve.h"
#include "host_stacks.h"
#include "monitor.h"
#include "script.h"
#include "stats.h"
#include "trace_json.h"
#include "wasi.h"

#include <argp.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* What a shell gives for a process that was ended by abort(): hosts of components use it for a trap. */
enum { PROGRAM_TRAPPED = 134 };

struct host_program host_program;

const struct host_module *const host_modules[] = {
    &wasi_cli,           &wasi_stdio,           &wasi_clocks,   &wasi_random, &wasi_filesystem,
    &wasi_filesystem_at, &wasi_filesystem_file, &wasi_preview2, NULL};

_Noreturn void host_program_exit(int status)
{
    fflush(NULL);
    trace_json_end();
    if (host_program.stats) {
        stats_print(stderr);
    }
    _Exit(status);
}

/* --- command line --- */

enum { PROGRAM_INVOKE = 1, PROGRAM_DIR, PROGRAM_ENV, PROGRAM_STATS, PROGRAM_TRACE, PROGRAM_SCRIPT };

static const struct argp_option program_options[] = {
    {"invoke", PROGRAM_INVOKE, "'F(ARGS)'", 0, "Call the export F with arguments in WAVE and print its result", 0},
    {"dir", PROGRAM_DIR, "HOST[::GUEST]", 0, "Give the component a directory, by its own name or as GUEST", 0},
    {"env", PROGRAM_ENV, "NAME=VALUE", 0, "Give the component a variable", 0},
    {"stats", PROGRAM_STATS, NULL, 0, "Print at the end what was moved, waited for and used of each budget", 0},
    {"trace", PROGRAM_TRACE, "FILE", 0, "Write what happened to FILE, for Perfetto or chrome://tracing", 0},
    {"script", PROGRAM_SCRIPT, NULL, 0, "Serve requests from standard input; answers go to descriptor 3", 0},
    {NULL, 0, NULL, 0, NULL, 0}};

static void program_add_directory(struct argp_state *state, const char *argument)
{
    const char *colons = strstr(argument, "::");
    char *host = colons == NULL ? strdup(argument) : strndup(argument, (size_t)(colons - argument));
    int fd = host == NULL ? -1 : open(host, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct host_preopen *grown =
        realloc(host_program.preopens, (host_program.preopen_count + 1) * sizeof *host_program.preopens);
    if (fd < 0 || grown == NULL) {
        argp_failure(state, EXIT_FAILURE, 0, "%s: cannot be opened as a directory", argument);
        return;
    }
    host_program.preopens = grown;
    grown[host_program.preopen_count++] =
        (struct host_preopen){.guest = colons == NULL ? argument : colons + 2, .fd = fd};
    free(host);
}

static void program_add_variable(struct argp_state *state, char *argument)
{
    char **grown = realloc(host_program.env, (host_program.env_count + 1) * sizeof *host_program.env);
    if (grown == NULL || strchr(argument, '=') == NULL) {
        argp_failure(state, EXIT_FAILURE, 0, "%s: expected NAME=VALUE", argument);
        return;
    }
    host_program.env = grown;
    grown[host_program.env_count++] = argument;
}

static error_t program_option(int key, char *argument, struct argp_state *state)
{
    switch (key) {
    case PROGRAM_INVOKE:
        host_program.invoke = argument;
        break;
    case PROGRAM_DIR:
        program_add_directory(state, argument);
        break;
    case PROGRAM_ENV:
        program_add_variable(state, argument);
        break;
    case PROGRAM_STATS:
        host_program.stats = true;
        break;
    case PROGRAM_TRACE:
        host_program.trace = argument;
        break;
    case PROGRAM_SCRIPT:
        host_program.script = true;
        break;
    case ARGP_KEY_ARG:
        /* What follows the first word without a dash is the component's, dashes or not. */
        state->next--;
        host_program.args = state->argv + state->next - 1;
        host_program.arg_count = (uint32_t)(state->argc - state->next + 1);
        state->next = state->argc;
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static void program_parse(int argc, char **argv)
{
    static const struct argp argp = {.options = program_options, .parser = program_option, .args_doc = "[ARG...]"};
    static char *name[2];
    name[0] = basename(argv[0]);
    host_program.args = name;
    host_program.arg_count = 1;
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, NULL);
    host_program.args[0] = basename(argv[0]);
}

/* --- running --- */

static int program_fail(int status)
{
    fputs("gale: ", stderr);
    host_run_explain(stderr, status);
    fputc('\n', stderr);
    return status == GALE_ETRAP ? PROGRAM_TRAPPED : EXIT_FAILURE;
}

static const struct gale_wit_export *program_command(void)
{
    static const char *const families[] = {"wasi:cli/run@0.3", "wasi:cli/run@0.2"};
    for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
        for (uint32_t k = 0; k < gale_program.export_count; k++) {
            const struct gale_wit_export *export = &gale_program.exports[k];
            if (strcmp(export->func->name, "run") == 0 && host_serve_matches(export->interface, families[f])) {
                return export;
            }
        }
    }
    return NULL;
}

static int program_run_command(void)
{
    const struct gale_wit_export *command = program_command();
    if (command == NULL) {
        fprintf(stderr, "gale: %s exports no wasi:cli/run: name a function with --invoke\n", gale_program.name);
        return EXIT_FAILURE;
    }
    struct host_place result = host_value_new(gale_program.call_arena, command->func->result);
    int status = host_run_export(command, 0, result.address);
    if (status != GALE_OK) {
        return program_fail(status);
    }
    host_run_settle();
    return strcmp(host_value_label(result), "ok") == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int program_run_invoke(void)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);
    if (out == NULL) {
        return EXIT_FAILURE;
    }
    enum script_outcome outcome = script_call(host_program.invoke, out);
    fclose(out);
    if (outcome == SCRIPT_OK) {
        host_run_settle();
        printf("%s%s", text, *text == '\0' ? "" : "\n");
    } else {
        fprintf(stderr, "gale: %s\n", text);
    }
    free(text);
    return outcome == SCRIPT_OK ? EXIT_SUCCESS : outcome == SCRIPT_TRAP ? PROGRAM_TRAPPED : EXIT_FAILURE;
}

static int program_run(void)
{
    if (host_program.script) {
        return script_serve();
    }
    int status = gale_program.start();
    if (status != GALE_OK) {
        return program_fail(status);
    }
    if (!monitor_begin(host_program.trace, host_program.stats)) {
        return EXIT_FAILURE;
    }
    return host_program.invoke != NULL ? program_run_invoke() : program_run_command();
}

int main(int argc, char **argv)
{
    program_parse(argc, argv);
    if (!host_serve_bind() || !host_stacks_guard()) {
        return EXIT_FAILURE;
    }
    host_program_exit(program_run());
}
