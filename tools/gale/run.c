/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"
#include "compile.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    RUN_BUDGET = 1,
    RUN_REBUILD,
    RUN_BUILD,
    RUN_INVOKE,
    RUN_DIR,
    RUN_ENV,
    RUN_STATS,
    RUN_TRACE,
    RUN_SCRIPT,
    RUN_OPEN
};

static const struct argp_option run_options[] = {
    {NULL, 0, NULL, 0, "Running:", 1},
    {"invoke", RUN_INVOKE, "'F(ARGS)'", 0, "Call the export F with arguments in WAVE and print its result", 1},
    {"dir", RUN_DIR, "HOST[::GUEST]", 0, "Give the component a directory, by its own name or as GUEST", 1},
    {"env", RUN_ENV, "NAME=VALUE", 0, "Give the component a variable", 1},
    {"stats", RUN_STATS, NULL, 0, "Print at the end what was moved, waited for and used of each budget", 1},
    {"trace", RUN_TRACE, "FILE", 0, "Write what happened to FILE, for Perfetto or chrome://tracing", 1},
    {"script", RUN_SCRIPT, NULL, OPTION_HIDDEN, "", 1},
    {"open", RUN_OPEN, NULL, OPTION_HIDDEN, "", 1},
    {NULL, 0, NULL, 0, "Building:", 2},
    {"budget", RUN_BUDGET, "FILE", 0, "C header with #defines that override the program's budgets", 2},
    {"optimize", 'O', "LEVEL", 0, "Level of the C compiler, 0 to 3; 1 if not given", 2},
    {"rebuild", RUN_REBUILD, NULL, 0, "Translate and compile even if the cache has the program", 2},
    {"build-only", RUN_BUILD, NULL, 0, "Do not run it: print the path of the program", 2},
    {NULL, 0, NULL, 0, NULL, 0}};

struct run {
    struct compile_options compile;
    char **passed; /* What the program gets: its options, then the component's own arguments. */
    size_t passed_count;
    bool only_build;
};

/* The program parses its own options again; they reach it as "--name=value". */
static void run_pass(struct run *run, int key, const char *argument)
{
    const struct argp_option *option = run_options;
    char *word = NULL;

    while (option->key != key) {
        option++;
    }
    if (asprintf(&word, "--%s%s%s", option->name, argument == NULL ? "" : "=", argument == NULL ? "" : argument) >= 0) {
        run->passed[run->passed_count++] = word;
    }
}

static void run_component(struct run *run, struct argp_state *state, char *argument)
{
    run->compile.component = argument;
    if (state->next < state->argc) {
        static char end[] = "--";
        run->passed[run->passed_count++] = end;
    }
    while (state->next < state->argc) {
        run->passed[run->passed_count++] = state->argv[state->next++];
    }
}

static error_t run_option(int key, char *argument, struct argp_state *state)
{
    struct run *run = state->input;

    switch (key) {
    case RUN_INVOKE:
    case RUN_DIR:
    case RUN_ENV:
    case RUN_STATS:
    case RUN_TRACE:
    case RUN_SCRIPT:
        run_pass(run, key, argument);
        return 0;
    case RUN_BUDGET:
        run->compile.budget = argument;
        return 0;
    case RUN_REBUILD:
        run->compile.rebuild = true;
        return 0;
    case RUN_OPEN:
        run->compile.open = true;
        return 0;
    case RUN_BUILD:
        run->only_build = true;
        return 0;
    case 'O':
        if (strlen(argument) != 1 || argument[0] < '0' || argument[0] > '3') {
            argp_error(state, "the level is 0, 1, 2 or 3");
        }
        run->compile.level = argument;
        return 0;
    case ARGP_KEY_ARG:
        run_component(run, state, argument);
        return 0;
    case ARGP_KEY_END:
        if (run->compile.component == NULL) {
            argp_usage(state);
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int run_command(int argc, char **argv)
{
    static const struct argp argp = {
        .options = run_options,
        .parser = run_option,
        .args_doc = "APP.wasm [ARG...]",
        .doc = "Run a component: translate it to C, compile that, and keep the program for the next time."};
    struct run run = {.compile = {.level = "1"}};
    char *program;
    int status;

    run.passed = calloc((size_t)argc + 4, sizeof *run.passed);
    if (run.passed == NULL) {
        perror("gale");
        return COMMAND_FAILED;
    }
    run.passed_count = 1;
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &run);
    status = compile_component(&run.compile, &program);
    if (status != COMMAND_OK) {
        return status;
    }
    if (run.only_build) {
        (void)puts(program);
        return COMMAND_OK;
    }
    run.passed[0] = strdup(run.compile.component);
    (void)execv(program, run.passed);
    perror(program);
    return COMMAND_FAILED;
}
